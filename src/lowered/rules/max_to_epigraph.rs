//! `max_to_epigraph`
//!
//! Mathematics: `t >= max(x₁, …, xₙ)  ⟺  t >= xᵢ for every i`.
//! Source: `max(...)` where a greater value can only hurt: positive coefficient on the smaller side
//! of `<=`, or in a minimised objective. The arguments may themselves be convex.
//! Creates: one column `t`, one constraint `xᵢ <= t` per argument, lowered like any other.
//! Bounds: none needed.
//! Exact: `t` may be the maximum or greater, and everything that contains `t` holds for the maximum
//! as soon as it holds for a greater `t`.

use crate::lowered::draft::{Draft, Rule};
use crate::lowered::map::Definition;
use crate::lowered::position;
use crate::program::{Affine, Form, VarId};

/// `t >= max(args)`.
pub(in crate::lowered) fn max_to_epigraph(draft: &mut Draft, args: &[Form]) -> Rule<VarId> {
    let name = draft.fresh("max");
    let args = args.iter().map(|a| position::overestimate(draft, a)).collect::<Rule<Vec<_>>>()?;
    let range = args.iter().map(|a| draft.bounds.affine(a)).reduce(|a, b| a.max(b)).unwrap_or(super::ZERO);
    let t = draft.column(name.clone(), range, false, Definition::Max(args.clone()));
    for (i, mut row) in args.into_iter().enumerate() {
        row.add_scaled(&Affine::variable(t), -1.0);
        draft.defining_row(name.with(format!(".{}", i + 1)), row, false);
    }
    Ok(t)
}
