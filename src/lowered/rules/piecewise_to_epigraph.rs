//! `piecewise_to_epigraph`
//!
//! Mathematics: a piecewise linear function whose slopes rise is the greatest of its pieces, so
//! `t >= f(x)  ⟺  t >= yₖ + sₖ (x − xₖ)` for every piece `k`; with falling slopes it is the least of
//! them and `t <= f(x)` likewise. Outside its points a function goes on along its end pieces.
//! Source: `piecewise(...)` where a greater value can only hurt (convex) or only help (concave).
//! Creates: one column `t`, one row per piece.
//! Bounds: none needed; pieces that the argument cannot reach by its bounds are left out (and the
//! argument's bounds are then kept on its columns).
//! Exact: as for `max`; a function of a single piece on the argument's range is that piece.

use crate::lowered::draft::{Draft, Rule};
use crate::lowered::interval::Interval;
use crate::lowered::map::Definition;
use crate::program::{Affine, VarId};

/// The curvature of a piecewise linear function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::lowered) enum Shape {
    /// One piece: `constant + slope · x`.
    Affine {
        /// Value at 0.
        constant: f64,
        /// Slope.
        slope: f64,
    },
    /// Slopes rise.
    Convex,
    /// Slopes fall.
    Concave,
    /// Neither.
    Neither,
}

/// `f(x)`, going on along the end pieces outside the points.
pub(in crate::lowered) fn piecewise_value(points: &[(f64, f64)], x: f64) -> f64 {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return 0.0 };
    if points.len() == 1 || last.0 <= first.0 {
        return first.1;
    }
    let piece = points.partition_point(|p| p.0 <= x).clamp(1, points.len() - 1);
    let ((x0, y0), (x1, y1)) = (points[piece - 1], points[piece]);
    if x1 > x0 { y0 + (y1 - y0) / (x1 - x0) * (x - x0) } else { y0 }
}

/// Range of `f` over an interval.
pub(in crate::lowered) fn piecewise_range(points: &[(f64, f64)], over: Interval) -> Interval {
    let at = |x: f64| {
        if x.is_finite() {
            return piecewise_value(points, x);
        }
        let slope = if x > 0.0 { slopes(points).last() } else { slopes(points).next() }.unwrap_or(0.0);
        if slope == 0.0 { piecewise_value(points, points.first().map_or(0.0, |p| p.0)) } else { slope * x }
    };
    let (a, b) = (at(over.lower), at(over.upper));
    let mut range = Interval::new(a.min(b), a.max(b));
    for (x, y) in points {
        if over.lower <= *x && *x <= over.upper {
            range = range.hull(Interval::point(*y));
        }
    }
    range
}

/// The points of the pieces that an argument of this range can reach, without points between pieces
/// of one slope.
pub(in crate::lowered) fn piecewise_on_range(points: &[(f64, f64)], over: Interval) -> Vec<(f64, f64)> {
    let mut reached: Vec<(f64, f64)> = Vec::new();
    for (i, pair) in points.windows(2).enumerate() {
        let (start, end) = (pair[0], pair[1]);
        let from = if i == 0 { f64::NEG_INFINITY } else { start.0 };
        let to = if i + 2 == points.len() { f64::INFINITY } else { end.0 };
        let missed = if over.lower < over.upper {
            to <= over.lower || from >= over.upper
        } else {
            to < over.lower || from > over.upper
        };
        if end.0 <= start.0 || missed {
            continue;
        }
        if let [.., before, last] = reached.as_slice()
            && same((last.1 - before.1) / (last.0 - before.0), (end.1 - start.1) / (end.0 - start.0))
        {
            reached.pop();
        }
        if reached.is_empty() {
            reached.push(start);
        }
        reached.push(end);
    }
    if reached.is_empty() { points.first().map(|p| vec![*p]).unwrap_or_default() } else { reached }
}

/// The shape of a function given by points from [`piecewise_on_range`].
pub(in crate::lowered) fn piecewise_shape(points: &[(f64, f64)]) -> Shape {
    let all: Vec<f64> = slopes(points).collect();
    match (all.as_slice(), points.first()) {
        ([], first) => Shape::Affine { constant: first.map_or(0.0, |p| p.1), slope: 0.0 },
        ([slope], Some(first)) => Shape::Affine { constant: first.1 - slope * first.0, slope: *slope },
        _ if all.windows(2).all(|w| w[0] <= w[1]) => Shape::Convex,
        _ if all.windows(2).all(|w| w[0] >= w[1]) => Shape::Concave,
        _ => Shape::Neither,
    }
}

fn slopes(points: &[(f64, f64)]) -> impl DoubleEndedIterator<Item = f64> + '_ {
    points.windows(2).filter(|w| w[1].0 > w[0].0).map(|w| (w[1].1 - w[0].1) / (w[1].0 - w[0].0))
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
}

/// `t >= f(x)` for a convex `f` (`upward`), `t <= f(x)` for a concave one, through these points.
pub(in crate::lowered) fn piecewise_to_epigraph(
    draft: &mut Draft,
    points: Vec<(f64, f64)>,
    x: Affine,
    upward: bool,
) -> Rule<VarId> {
    let name = draft.fresh("piecewise");
    let range = piecewise_range(&points, draft.bounds.affine(&x));
    let t = draft.column(name.clone(), range, false, Definition::Piecewise(points.clone(), x.clone()));
    let sign = if upward { 1.0 } else { -1.0 };
    for (k, pair) in points.windows(2).enumerate() {
        let slope = (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0);
        let mut row = x.scaled(sign * slope);
        row.constant += sign * (pair[0].1 - slope * pair[0].0);
        row.add_scaled(&Affine::variable(t), -sign);
        draft.defining_row(name.with(format!(".{}", k + 1)), row, false);
    }
    Ok(t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_goes_on_along_its_end_pieces() {
        let f = [(0.0, 0.0), (1.0, 1.0), (2.0, 4.0)];
        assert_eq!(piecewise_value(&f, -1.0), -1.0);
        assert_eq!(piecewise_value(&f, 1.5), 2.5);
        assert_eq!(piecewise_value(&f, 3.0), 7.0);
        assert_eq!(piecewise_range(&f, Interval::new(-1.0, 3.0)), Interval::new(-1.0, 7.0));
        assert_eq!(piecewise_range(&f, Interval::ALL), Interval::ALL);
    }

    #[test]
    fn only_reachable_pieces_decide_the_shape() {
        let f = [(0.0, 0.0), (1.0, 1.0), (2.0, 4.0), (3.0, 4.0)];
        assert_eq!(piecewise_shape(&piecewise_on_range(&f, Interval::ALL)), Shape::Neither);
        assert_eq!(piecewise_shape(&piecewise_on_range(&f, Interval::new(-1.0, 2.0))), Shape::Convex);
        assert_eq!(piecewise_shape(&piecewise_on_range(&f, Interval::new(1.0, 5.0))), Shape::Concave);
        assert_eq!(
            piecewise_shape(&piecewise_on_range(&f, Interval::new(-9.0, 1.0))),
            Shape::Affine { constant: 0.0, slope: 1.0 }
        );
        let line = [(0.0, 0.0), (1.0, 2.0), (4.0, 8.0)];
        assert_eq!(piecewise_on_range(&line, Interval::ALL), vec![(0.0, 0.0), (4.0, 8.0)]);
    }
}
