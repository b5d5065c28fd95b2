//! `piecewise_to_shares`
//!
//! Mathematics: on the argument's range `[L, U]` let piece `k` have width `wₖ` and rise `rₖ`. With
//! shares `0 <= dₖ <= 1` and binaries `bₖ`: `x = L + Σ wₖ dₖ`, `t = f(L) + Σ rₖ dₖ`,
//! `bₖ <= dₖ`, `dₖ₊₁ <= bₖ`.
//! Source: `exact(piecewise(...))` in any position, or with any shape.
//! Creates: the column `t`, a share per piece, a binary between pieces, two equations, two rows per
//! binary.
//! Bounds: the least and the greatest value of the argument, both finite.
//! Exact: a share may leave 0 only when the one before is 1, so the pieces fill in order; without the
//! binaries the corner points are those of the function (the formulation is locally ideal).

use super::{piecewise_on_range, piecewise_range, piecewise_value};
use crate::lowered::draft::{Draft, Rule};
use crate::lowered::interval::Interval;
use crate::lowered::map::Definition;
use crate::lowered::refuse;
use crate::program::{Affine, VarId};
use crate::source::Span;

/// `t = f(x)` for an affine `x`.
pub(in crate::lowered) fn piecewise_to_shares(
    draft: &mut Draft,
    points: &[(f64, f64)],
    x: Affine,
    span: Span,
) -> Rule<VarId> {
    let over = draft.bounds.affine(&x);
    if !over.is_finite() {
        return Err(refuse::needs_bounds(draft, span, "exact piecewise", &x, true, true));
    }
    let mut corners = vec![over.lower];
    corners.extend(piecewise_on_range(points, over).iter().map(|p| p.0).filter(|p| over.lower < *p && *p < over.upper));
    corners.push(over.upper);
    let name = draft.fresh("piecewise");
    let definition = Definition::Piecewise(points.to_vec(), x.clone());
    let t = draft.column(name.clone(), piecewise_range(points, over), false, definition);
    let mut argument = x.scaled(-1.0);
    argument.constant += over.lower;
    let mut value = Affine::constant(piecewise_value(points, over.lower));
    value.add_scaled(&Affine::variable(t), -1.0);
    let mut before: Option<VarId> = None;
    for (k, pair) in corners.windows(2).enumerate() {
        let (start, width) = (pair[0], pair[1] - pair[0]);
        if width <= 0.0 {
            continue;
        }
        let definition = Definition::Share(x.clone(), start, width);
        let share = draft.column(name.with(format!(".share{}", k + 1)), Interval::new(0.0, 1.0), false, definition);
        if let Some(before) = before {
            let definition = Definition::Reached(x.clone(), start);
            let full = draft.column(name.with(format!(".full{k}")), Interval::new(0.0, 1.0), true, definition);
            let ordered = |low: VarId, high: VarId| {
                let mut row = Affine::variable(low);
                row.add_scaled(&Affine::variable(high), -1.0);
                row
            };
            draft.defining_row(name.with(format!(".fill{k}")), ordered(full, before), false);
            draft.defining_row(name.with(format!(".start{}", k + 1)), ordered(share, full), false);
        }
        before = Some(share);
        argument.add_scaled(&Affine::variable(share), width);
        let rise = piecewise_value(points, pair[1]) - piecewise_value(points, start);
        value.add_scaled(&Affine::variable(share), rise);
    }
    draft.defining_row(name.with(".argument"), argument, true);
    draft.defining_row(name.with(".value"), value, true);
    Ok(t)
}
