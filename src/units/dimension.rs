//! Dimensions and kinds.

/// How many base dimensions a study can have.
pub const MAX_BASE: usize = 12;

/// Exponents of base dimensions, in halves (so that square roots exist).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Dimension(pub [i8; MAX_BASE]);

impl Dimension {
    /// A pure number.
    pub const NONE: Dimension = Dimension([0; MAX_BASE]);

    /// The base dimension of this index.
    pub fn base(index: usize) -> Dimension {
        let mut d = Dimension::NONE;
        d.0[index] = 2;
        d
    }

    /// Is it a pure number?
    pub fn is_none(&self) -> bool {
        *self == Dimension::NONE
    }

    /// `self · other^sign`.
    pub fn combine(&self, other: &Dimension, sign: i8) -> Dimension {
        let mut out = *self;
        for (a, b) in out.0.iter_mut().zip(other.0) {
            *a = a.saturating_add(b.saturating_mul(sign));
        }
        out
    }

    /// `self^exponent`, where every exponent stays a multiple of one half.
    pub fn power(&self, exponent: f64) -> Option<Dimension> {
        let mut out = *self;
        for a in &mut out.0 {
            let e = f64::from(*a) * exponent;
            if (e - e.round()).abs() > 1e-9 || e.abs() > 120.0 {
                return None;
            }
            *a = e.round() as i8;
        }
        Some(out)
    }
}

/// Index of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KindId(pub u16);

/// The unit type of a number: its dimension and, where it has one, its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Quantity {
    /// Dimension.
    pub dimension: Dimension,
    /// Kind: W, var and VA share a dimension and differ in kind.
    pub kind: Option<KindId>,
}

impl Quantity {
    /// A pure number.
    pub const NUMBER: Quantity = Quantity { dimension: Dimension::NONE, kind: None };

    /// Without its kind.
    pub fn bare(dimension: Dimension) -> Quantity {
        Quantity { dimension, kind: None }
    }

    /// Product (`sign` 1) or quotient (−1). A kind survives multiplication by a pure number only.
    pub fn combine(&self, other: &Quantity, sign: i8) -> Quantity {
        let dimension = self.dimension.combine(&other.dimension, sign);
        let kind = match (self.dimension.is_none(), other.dimension.is_none()) {
            (false, true) => self.kind,
            (true, false) if sign > 0 => other.kind,
            (true, true) if other.kind.is_none() => self.kind,
            (true, true) if self.kind.is_none() && sign > 0 => other.kind,
            _ => None,
        };
        Quantity { dimension, kind }
    }

    /// Sum, difference, comparison: the common quantity, or none where they do not fit.
    pub fn meet(&self, other: &Quantity) -> Option<Quantity> {
        if self.dimension != other.dimension {
            return None;
        }
        match (self.kind, other.kind) {
            (Some(a), Some(b)) if a != b => None,
            (a, b) => Some(Quantity { dimension: self.dimension, kind: a.or(b) }),
        }
    }
}
