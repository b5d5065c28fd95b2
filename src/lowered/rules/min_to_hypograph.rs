//! `min_to_hypograph`
//!
//! Mathematics: `t <= min(x₁, …, xₙ)  ⟺  t <= xᵢ for every i`.
//! Source: `min(...)` where a smaller value can only hurt: on the greater side of `<=`, or in a
//! maximised objective. The arguments may themselves be concave.
//! Creates: one column `t`, one constraint `t <= xᵢ` per argument.
//! Bounds: none needed.
//! Exact: `t` may be the minimum or smaller, and everything that contains `t` holds for the minimum
//! as soon as it holds for a smaller `t`.

use crate::lowered::draft::{Draft, Rule};
use crate::lowered::map::Definition;
use crate::lowered::position;
use crate::program::{Affine, Form, VarId};

/// `t <= min(args)`.
pub(in crate::lowered) fn min_to_hypograph(draft: &mut Draft, args: &[Form]) -> Rule<VarId> {
    let name = draft.fresh("min");
    let args = args.iter().map(|a| position::underestimate(draft, a)).collect::<Rule<Vec<_>>>()?;
    let range = args.iter().map(|a| draft.bounds.affine(a)).reduce(|a, b| a.min(b)).unwrap_or(super::ZERO);
    let t = draft.column(name.clone(), range, false, Definition::Min(args.clone()));
    for (i, arg) in args.into_iter().enumerate() {
        let mut row = arg.scaled(-1.0);
        row.add_scaled(&Affine::variable(t), 1.0);
        draft.defining_row(name.with(format!(".{}", i + 1)), row, false);
    }
    Ok(t)
}
