//! `implication_to_rows`
//!
//! Mathematics, for binaries `bⱼ`, `off = Σ (1 − bⱼ)` and `M` the greatest value of the affine `x`:
//! `(all bⱼ = 1) => x <= 0` is exactly `x <= M·off`; an equation is two such rows, each with its own
//! `M`. A condition `b = 0` counts `b` itself. Inside `x` the condition's binary has its value.
//! For `b => x <= 0` with a single variable this is its variable upper bound `x <= U(1 − b)`.
//! Source: `b => relation`. A convex left side is first bounded from above by columns of its own.
//! Creates: one row per direction.
//! Bounds: the greatest value of `x` (for an equation also the least), finite. Where it is at most 0
//! the row always holds: it is left out and the columns keep the bounds that show it.
//! Exact: with `off = 0` the row is `x <= 0`, otherwise `M·off >= M` and nothing is excluded.

use crate::lowered::draft::{Draft, Rule};
use crate::lowered::map::RowSource;
use crate::lowered::refuse;
use crate::program::{Affine, Name, VarId};

/// `conditions => affine <= 0` (or `= 0`) as the current constraint.
pub(in crate::lowered) fn implication_to_rows(
    draft: &mut Draft,
    mut affine: Affine,
    conditions: &[(VarId, bool)],
    equation: bool,
    source: RowSource,
) -> Rule<()> {
    let mut off = Affine::default();
    for (b, is) in conditions {
        off.constant += f64::from(*is);
        off.add_scaled(&Affine::variable(*b), if *is { -1.0 } else { 1.0 });
        if let Ok(place) = affine.terms.binary_search_by_key(b, |t| t.0) {
            let (_, coefficient) = affine.terms.remove(place);
            affine.constant += if *is { coefficient } else { 0.0 };
        }
    }
    let range = draft.bounds.affine(&affine);
    if !range.upper.is_finite() || equation && !range.lower.is_finite() {
        return Err(refuse::implication_needs_bounds(draft, &affine, equation));
    }
    let name = draft.current.name.clone();
    let mut one_way = |affine: Affine, most: f64, name: Name, source: RowSource| {
        if most <= 0.0 {
            draft.rely_on(&affine);
            return;
        }
        let mut row = affine;
        row.add_scaled(&off, -most);
        draft.row(name, row, false, source);
    };
    if equation {
        one_way(affine.scaled(-1.0), -range.lower, name.with(":at_least"), reverse(source));
        one_way(affine, range.upper, name.with(":at_most"), source);
    } else {
        one_way(affine, range.upper, name, source);
    }
    Ok(())
}

fn reverse(source: RowSource) -> RowSource {
    match source {
        RowSource::Constraint(c) => RowSource::Reverse(c),
        other => other,
    }
}
