//! `square_to_cone`
//!
//! Mathematics, for positive `cᵢ` and affine `xᵢ`, `w`: `Σ cᵢ xᵢ² <= w  ⟺  (w, ½, √cᵢ xᵢ …)` in the
//! rotated cone `2 e₀ e₁ >= ‖rest‖²`; for a constant `w = K > 0` the second-order cone
//! `‖(√cᵢ xᵢ …)‖ <= √K`; for `K = 0` the equations `xᵢ = 0`.
//! Source: `x^2 + y^2 + … <= w`, and every convex quadratic after `quadratic_to_squares`.
//! Creates: one cone. Sums of more than eight squares are split: a column `q` and a cone of its own
//! per group of at most eight, and one row `Σ q <= w` (small cones are cut and factorised better).
//! Bounds: none.
//! Exact: the cone is the same set. A split is exact because `q` may be its sum of squares or more.

use crate::lowered::ConeKind;
use crate::lowered::draft::{Draft, Rule};
use crate::lowered::interval::Interval;
use crate::lowered::map::{ConeSource, Definition, Relaxes, RowSource};
use crate::lowered::refuse;
use crate::program::{Affine, VarId};

/// Most squares in one cone.
const MOST: usize = 8;

/// `affine + Σ squares <= 0` as the current constraint.
pub(in crate::lowered) fn squares_to_cone(
    draft: &mut Draft,
    mut affine: Affine,
    squares: Vec<(f64, Affine)>,
    source: RowSource,
) -> Rule<()> {
    let name = draft.current.name.clone();
    if affine.is_constant() && affine.constant > 0.0 {
        return Err(refuse::never_holds(draft, affine.constant, false));
    }
    if affine.is_constant() && affine.constant == 0.0 {
        for (i, (_, x)) in squares.into_iter().enumerate() {
            draft.defining_row(name.with(format!(":zero{}", i + 1)), x, true);
        }
        return Ok(());
    }
    if squares.len() > MOST {
        squares_to_epigraphs(draft, &squares, &mut affine);
        draft.row(name, affine, false, source);
        return Ok(());
    }
    if affine.is_constant() {
        let mut entries = vec![Affine::constant((-affine.constant).sqrt())];
        entries.extend(roots(&squares));
        draft.cone(name, ConeKind::SecondOrder, entries, ConeSource { source, relaxes: Relaxes::Gap, factor: 1.0 });
    } else {
        let mut entries = vec![affine.scaled(-1.0), Affine::constant(0.5)];
        entries.extend(roots(&squares));
        draft.cone(name, ConeKind::Rotated, entries, ConeSource { source, relaxes: Relaxes::First, factor: 1.0 });
    }
    Ok(())
}

/// A column `q >= Σ squares`.
fn squares_to_epigraph(draft: &mut Draft, squares: Vec<(f64, Affine)>) -> VarId {
    let name = draft.fresh("squares");
    let range = squares
        .iter()
        .map(|(c, x)| draft.bounds.affine(x).square().times(*c))
        .fold(Interval::point(0.0), Interval::plus);
    let mut entries = roots(&squares);
    let q = draft.column(name.clone(), range, false, Definition::Squares(squares));
    entries.splice(0..0, [Affine::variable(q), Affine::constant(0.5)]);
    draft.cone(
        name,
        ConeKind::Rotated,
        entries,
        ConeSource { source: RowSource::Definition, relaxes: Relaxes::Gap, factor: 1.0 },
    );
    q
}

/// Sums of squares in parts of at most eight, each with a column above it.
pub(in crate::lowered) fn squares_to_epigraphs(draft: &mut Draft, squares: &[(f64, Affine)], affine: &mut Affine) {
    for part in squares.chunks(MOST) {
        let q = squares_to_epigraph(draft, part.to_vec());
        affine.add_scaled(&Affine::variable(q), 1.0);
    }
}

pub(super) fn roots(squares: &[(f64, Affine)]) -> Vec<Affine> {
    squares.iter().map(|(c, x)| x.scaled(c.sqrt())).collect()
}
