//! `abs_to_linear`
//!
//! Mathematics: `t >= |x|  ⟺  t >= x and t >= −x`.
//! Source: `abs(x)` where a greater value can only hurt: positive coefficient on the smaller side of
//! `<=`, or in a minimised objective.
//! Creates: one column `t` with the range of `|x|`, two rows.
//! Bounds: none needed.
//! Exact: the rows let `t` be `|x|` or greater, and everything that contains `t` holds for `|x|` as
//! soon as it holds for a greater `t`. One column serves every such use of the same atom.

use crate::lowered::draft::{Draft, Rule};
use crate::lowered::map::Definition;
use crate::program::{Affine, VarId};

/// `t >= |x|` for an affine `x`.
pub(in crate::lowered) fn abs_to_linear(draft: &mut Draft, x: Affine) -> Rule<VarId> {
    let range = draft.bounds.affine(&x).abs();
    let name = draft.fresh("abs");
    let t = draft.column(name.clone(), range, false, Definition::Max(vec![x.clone(), x.scaled(-1.0)]));
    for (sign, end) in [(1.0, "above"), (-1.0, "below")] {
        let mut row = x.scaled(sign);
        row.add_scaled(&Affine::variable(t), -1.0);
        draft.defining_row(name.with(format!(".{end}")), row, false);
    }
    Ok(t)
}
