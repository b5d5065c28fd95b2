//! Intervals: ranges of expressions over boxes.

/// All reals from `lower` to `upper`, either of which may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Least value.
    pub lower: f64,
    /// Greatest value.
    pub upper: f64,
}

impl Interval {
    /// All reals.
    pub const ALL: Interval = Interval { lower: f64::NEG_INFINITY, upper: f64::INFINITY };

    /// From `lower` to `upper`.
    pub fn new(lower: f64, upper: f64) -> Self {
        Interval { lower, upper }
    }

    /// One number.
    pub fn point(value: f64) -> Self {
        Interval { lower: value, upper: value }
    }

    /// Are both ends finite?
    pub fn is_finite(self) -> bool {
        self.lower.is_finite() && self.upper.is_finite()
    }

    /// Greatest absolute value.
    pub fn magnitude(self) -> f64 {
        self.lower.abs().max(self.upper.abs())
    }

    /// `{x + y}`
    pub fn plus(self, other: Interval) -> Self {
        Interval { lower: self.lower + other.lower, upper: self.upper + other.upper }
    }

    /// `{factor · x}`; zero times an unbounded interval is zero.
    pub fn times(self, factor: f64) -> Self {
        let (a, b) = (mul(self.lower, factor), mul(self.upper, factor));
        Interval { lower: a.min(b), upper: a.max(b) }
    }

    /// `{x · y}` for independent `x` and `y`.
    pub fn product(self, other: Interval) -> Self {
        let corners = [
            mul(self.lower, other.lower),
            mul(self.lower, other.upper),
            mul(self.upper, other.lower),
            mul(self.upper, other.upper),
        ];
        Interval {
            lower: corners.iter().copied().fold(f64::INFINITY, f64::min),
            upper: corners.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// `{x²}`
    pub fn square(self) -> Self {
        let magnitude = self.abs();
        Interval { lower: mul(magnitude.lower, magnitude.lower), upper: mul(magnitude.upper, magnitude.upper) }
    }

    /// `{|x|}`
    pub fn abs(self) -> Self {
        if self.lower >= 0.0 {
            self
        } else if self.upper <= 0.0 {
            Interval { lower: -self.upper, upper: -self.lower }
        } else {
            Interval { lower: 0.0, upper: self.magnitude() }
        }
    }

    /// `{max(x, y)}`
    pub fn max(self, other: Interval) -> Self {
        Interval { lower: self.lower.max(other.lower), upper: self.upper.max(other.upper) }
    }

    /// `{min(x, y)}`
    pub fn min(self, other: Interval) -> Self {
        Interval { lower: self.lower.min(other.lower), upper: self.upper.min(other.upper) }
    }

    /// `{√(x² + y²)}` for nonnegative `x` and `y`.
    pub fn hypot(self, other: Interval) -> Self {
        Interval { lower: self.lower.hypot(other.lower), upper: self.upper.hypot(other.upper) }
    }

    /// The smallest interval that contains both.
    pub fn hull(self, other: Interval) -> Self {
        Interval { lower: self.lower.min(other.lower), upper: self.upper.max(other.upper) }
    }
}

fn mul(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

#[cfg(test)]
mod tests {
    use super::Interval;

    #[test]
    fn products_take_the_extreme_corners() {
        let p = Interval::new(-2.0, 3.0).product(Interval::new(-5.0, 1.0));
        assert_eq!(p, Interval::new(-15.0, 10.0));
        assert_eq!(Interval::new(0.0, 0.0).product(Interval::ALL), Interval::point(0.0));
        assert_eq!(Interval::new(-2.0, 3.0).square(), Interval::new(0.0, 9.0));
        assert_eq!(Interval::new(-3.0, -2.0).abs(), Interval::new(2.0, 3.0));
        assert_eq!(Interval::new(-1.0, 2.0).times(-2.0), Interval::new(-4.0, 2.0));
    }
}
