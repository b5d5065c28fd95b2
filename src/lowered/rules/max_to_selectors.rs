//! `max_to_selectors`
//!
//! Mathematics, for `Lᵢ <= xᵢ <= Uᵢ` and binaries `sᵢ` with `Σ sᵢ = 1`:
//! `t >= xᵢ` and `t <= xᵢ + (U − Lᵢ)(1 − sᵢ)` with `U` the greatest `Uⱼ` of the others.
//! Source: `exact(max(...))` and, by `min(x) = −max(−x)`, `exact(min(...))` in any position.
//! Creates: one column `t`, one binary and two rows per argument, one row that chooses.
//! Bounds: the least and the greatest value of every argument, all finite.
//! Exact: the chosen argument is at least `t` and `t` is at least all of them. Arguments that can
//! never be the greatest get no binary.

use crate::lowered::draft::{Draft, Rule};
use crate::lowered::interval::Interval;
use crate::lowered::map::Definition;
use crate::lowered::refuse;
use crate::program::{Affine, VarId};
use crate::source::Span;

/// `t = max(args)` for affine arguments.
pub(in crate::lowered) fn max_to_selectors(draft: &mut Draft, args: Vec<Affine>, span: Span) -> Rule<VarId> {
    select(draft, args, span, "max", 1.0)
}

/// `t = min(args)` for affine arguments.
pub(in crate::lowered) fn min_to_selectors(draft: &mut Draft, args: Vec<Affine>, span: Span) -> Rule<VarId> {
    select(draft, args, span, "min", -1.0)
}

/// `sign · t = max(sign · args)`.
fn select(draft: &mut Draft, args: Vec<Affine>, span: Span, what: &'static str, sign: f64) -> Rule<VarId> {
    for arg in &args {
        if !draft.bounds.affine(arg).is_finite() {
            return Err(refuse::needs_bounds(draft, span, &format!("exact {what}"), arg, true, true));
        }
    }
    let signed: Vec<Affine> = args.iter().map(|a| a.scaled(sign)).collect();
    let ranges: Vec<Interval> = signed.iter().map(|a| draft.bounds.affine(a)).collect();
    let range = ranges.iter().copied().reduce(Interval::max).unwrap_or(super::ZERO);
    let name = draft.fresh(what);
    let definition = if sign > 0.0 { Definition::Max(args) } else { Definition::Min(args) };
    let t = draft.column(name.clone(), range.times(sign), false, definition);
    let candidates: Vec<usize> = (0..signed.len()).filter(|i| ranges[*i].upper >= range.lower).collect();
    let chosen: Vec<Affine> = candidates.iter().map(|i| signed[*i].clone()).collect();
    let mut one = Affine::constant(-1.0);
    for (i, arg) in signed.iter().enumerate() {
        let mut row = arg.clone();
        row.add_scaled(&Affine::variable(t), -sign);
        draft.defining_row(name.with(format!(".{}", i + 1)), row, false);
        let Some(place) = candidates.iter().position(|c| *c == i) else { continue };
        let others = candidates.iter().filter(|j| **j != i).map(|j| ranges[*j].upper).fold(f64::NEG_INFINITY, f64::max);
        let gap = (others - ranges[i].lower).max(0.0);
        let definition = Definition::Selected(chosen.clone(), place);
        let s = draft.column(name.with(format!(".is{}", i + 1)), Interval::new(0.0, 1.0), true, definition);
        one.add_scaled(&Affine::variable(s), 1.0);
        let mut row = Affine::constant(-gap);
        row.add_scaled(&Affine::variable(s), gap);
        row.add_scaled(&Affine::variable(t), sign);
        row.add_scaled(arg, -1.0);
        draft.defining_row(name.with(format!(".if{}", i + 1)), row, false);
    }
    draft.defining_row(name.with(".one"), one, true);
    Ok(t)
}
