//! `abs_to_signs`
//!
//! Mathematics, for `L <= x <= U` with `L < 0 < U` and a binary `s` (1: `x >= 0`):
//! `t >= x`, `t >= −x`, `t <= x − 2L(1 − s)`, `t <= −x + 2U s`.
//! Source: `exact(abs(x))` in any position.
//! Creates: one column `t`, one binary `s`, four rows.
//! Bounds: the least and the greatest value of `x`, both finite.
//! Exact: `s = 1` leaves `t = x >= 0`, `s = 0` leaves `t = −x >= 0`; the relaxation is the convex hull.

use crate::lowered::draft::{Draft, Rule};
use crate::lowered::interval::Interval;
use crate::lowered::map::Definition;
use crate::lowered::refuse;
use crate::program::{Affine, VarId};
use crate::source::Span;

/// `t = |x|` for an affine `x` of unknown sign.
pub(in crate::lowered) fn abs_to_signs(draft: &mut Draft, x: Affine, span: Span) -> Rule<VarId> {
    let range = draft.bounds.affine(&x);
    if !range.is_finite() {
        return Err(refuse::needs_bounds(draft, span, "exact abs", &x, true, true));
    }
    let name = draft.fresh("abs");
    let t = draft.column(name.clone(), range.abs(), false, Definition::Max(vec![x.clone(), x.scaled(-1.0)]));
    let sign = draft.column(name.with(".sign"), Interval::new(0.0, 1.0), true, Definition::Sign(x.clone()));
    let mut row = |end: &str, t_sign: f64, x_sign: f64, s: f64, constant: f64| {
        let mut affine = x.scaled(x_sign);
        affine.add_scaled(&Affine::variable(t), t_sign);
        affine.add_scaled(&Affine::variable(sign), s);
        affine.constant += constant;
        draft.defining_row(name.with(format!(".{end}")), affine, false);
    };
    row("above", -1.0, 1.0, 0.0, 0.0);
    row("below", -1.0, -1.0, 0.0, 0.0);
    row("if_positive", 1.0, -1.0, -2.0 * range.lower, 2.0 * range.lower);
    row("if_negative", 1.0, 1.0, -2.0 * range.upper, 0.0);
    Ok(t)
}
