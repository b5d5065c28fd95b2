//! `norm_to_cone`
//!
//! Mathematics: `t >= √(x₁² + … + xₙ²)  ⟺  (t, x₁, …, xₙ)` in the second-order cone.
//! Source: `hypot(...)` where a greater value can only hurt: positive coefficient on the smaller side
//! of `<=`, or in a minimised objective. Arguments are affine, or convex and proven nonnegative.
//! Creates: one column `t >= 0`, one second-order cone. `c·hypot(x, …) + w <= 0` as a whole rule is
//! the cone `(−w/c, x, …)` without a column.
//! Bounds: for convex arguments only, their least value (it must be at least 0).
//! Exact: `t` may be the norm or greater, and everything that contains `t` holds for the norm as soon
//! as it holds for a greater `t`. The norm rises with every nonnegative argument, so a convex one may
//! be replaced by a column above it.

use crate::lowered::ConeKind;
use crate::lowered::draft::{Draft, Rule};
use crate::lowered::interval::Interval;
use crate::lowered::map::{ConeSource, Definition, Relaxes, RowSource};
use crate::lowered::position;
use crate::program::{Affine, Form, VarId};

/// `t >= ‖args‖`.
pub(in crate::lowered) fn norm_to_cone(draft: &mut Draft, args: &[Form]) -> Rule<VarId> {
    let name = draft.fresh("norm");
    let mut entries = Vec::with_capacity(args.len() + 1);
    for arg in args {
        entries.push(if !arg.is_affine() && draft.bounds.form(arg).lower >= 0.0 {
            position::overestimate(draft, arg)?
        } else {
            position::exact(draft, arg, false)?
        });
    }
    let range = entries.iter().map(|a| draft.bounds.affine(a).abs()).fold(super::ZERO, Interval::hypot);
    let t = draft.column(name.clone(), range, false, Definition::Norm(entries.clone()));
    entries.insert(0, Affine::variable(t));
    draft.cone(
        name,
        ConeKind::SecondOrder,
        entries,
        ConeSource { source: RowSource::Definition, relaxes: Relaxes::Gap, factor: 1.0 },
    );
    Ok(t)
}

/// `coefficient · ‖args‖ + affine <= 0` with affine arguments as the current constraint.
pub(in crate::lowered) fn norm_below_affine_to_cone(
    draft: &mut Draft,
    coefficient: f64,
    args: &[Form],
    affine: &Affine,
    source: RowSource,
) {
    let mut entries = vec![affine.scaled(-1.0 / coefficient)];
    entries.extend(args.iter().map(|a| a.affine.clone()));
    let source = ConeSource { source, relaxes: Relaxes::First, factor: 1.0 / coefficient };
    draft.cone(draft.current.name.clone(), ConeKind::SecondOrder, entries, source);
}
