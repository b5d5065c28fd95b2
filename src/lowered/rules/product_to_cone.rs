//! `product_to_cone`
//!
//! Mathematics, for nonnegative affine `w`, `l` and a constant `k >= 0`:
//! `Σ cᵢ xᵢ² + k <= d·w·l  ⟺  (w, d·l/2, √cᵢ xᵢ …, √k)` in the rotated cone, and
//! `Σ cᵢ xᵢ² + k <= d·w²  ⟺  ‖(√cᵢ xᵢ …, √k)‖ <= √d·w`.
//! Source: `P^2 + Q^2 <= W * l`, `P^2 + Q^2 <= (S * u)^2`, `1 <= x * y` with nothing else on either
//! side; products with a common factor count as one.
//! Creates: one cone.
//! Bounds: the least value of `w` and of `l`, both at least 0 (or both greatest values at most 0). The
//! proof is by declared limits and propagation; without it the set is not convex and is refused.
//! Exact: the cone is the same set. The squared binary on the right keeps the stronger form
//! `‖x‖ <= S u` rather than `‖x‖² <= S² u`.

use super::product_of_binary_to_rows::only_binaries;
use super::square_to_cone::roots;
use crate::diagnostics::Diagnostic;
use crate::lowered::ConeKind;
use crate::lowered::draft::Draft;
use crate::lowered::map::{ConeSource, Relaxes, RowSource};
use crate::lowered::refuse;
use crate::program::{Affine, Product};

/// What became of `affine + Σ products <= 0`.
pub(in crate::lowered) enum Attempt {
    /// It is a cone now.
    Done,
    /// It would be one if a sign were proven.
    Unproven(Box<Diagnostic>),
    /// It has another structure.
    Other,
}

/// States `affine + Σ products <= 0` as one cone, if it has that structure.
pub(in crate::lowered) fn product_to_cone(
    draft: &mut Draft,
    affine: &Affine,
    products: &[Product],
    source: RowSource,
) -> Attempt {
    if !affine.is_constant() || affine.constant < 0.0 {
        return Attempt::Other;
    }
    let (positive, negative): (Vec<&Product>, Vec<&Product>) = products.iter().partition(|p| p.coefficient > 0.0);
    if positive.iter().any(|p| p.left != p.right) {
        return Attempt::Other;
    }
    let Some((weight, w, l)) = merged(&negative) else { return Attempt::Other };
    if positive.is_empty() && (only_binaries(draft, &w) || only_binaries(draft, &l)) {
        return Attempt::Other;
    }
    if positive.is_empty() && w == l && draft.bounds.affine(&w).lower < 0.0 && draft.bounds.affine(&w).upper > 0.0 {
        return Attempt::Other;
    }
    let (a, b) = (draft.bounds.affine(&w), draft.bounds.affine(&l));
    let sign = if a.lower >= 0.0 && b.lower >= 0.0 {
        1.0
    } else if a.upper <= 0.0 && b.upper <= 0.0 {
        -1.0
    } else {
        return match negative.first() {
            Some(p) => Attempt::Unproven(refuse::unproven_sign(draft, p, &w, &l)),
            None => Attempt::Other,
        };
    };
    let squares: Vec<(f64, Affine)> = positive.into_iter().map(|p| (p.coefficient, p.left.clone())).collect();
    let mut entries =
        if w == l { vec![w.scaled(sign * weight.sqrt())] } else { vec![w.scaled(sign), l.scaled(sign * 0.5 * weight)] };
    let kind = if w == l { ConeKind::SecondOrder } else { ConeKind::Rotated };
    entries.extend(roots(&squares));
    if affine.constant > 0.0 {
        entries.push(Affine::constant(affine.constant.sqrt()));
    }
    let name = draft.current.name.clone();
    draft.cone(name, kind, entries, ConeSource { source, relaxes: Relaxes::Gap, factor: 1.0 });
    Attempt::Done
}

/// `Σ −products = weight · w · l`, if products with a common side make one product.
fn merged(negative: &[&Product]) -> Option<(f64, Affine, Affine)> {
    let (first, others) = negative.split_first()?;
    let (weight, mut w, mut l) = (-first.coefficient, first.left.clone(), first.right.clone());
    for p in others {
        let ratio = -p.coefficient / weight;
        if p.left == w {
            l.add_scaled(&p.right, ratio);
        } else if p.right == w {
            l.add_scaled(&p.left, ratio);
        } else if p.left == l {
            w.add_scaled(&p.right, ratio);
        } else if p.right == l {
            w.add_scaled(&p.left, ratio);
        } else {
            return None;
        }
    }
    Some((weight, w, l))
}
