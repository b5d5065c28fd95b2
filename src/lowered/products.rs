//! Products in a normal form: no constant sides, proportional sides as squares, equal products merged.

use super::draft::AffineKey;
use crate::program::{Affine, Product};
use rustc_hash::FxHashMap;

/// Products without constant sides (those go into `affine`), merged, in order of first appearance.
pub(super) fn normalised(affine: &mut Affine, products: Vec<Product>) -> Vec<Product> {
    let mut out: Vec<Product> = Vec::with_capacity(products.len());
    let mut seen: FxHashMap<(AffineKey, AffineKey), usize> = FxHashMap::default();
    let many = products.len() > 1;
    for mut p in products {
        if p.coefficient == 0.0 {
            continue;
        }
        if p.left.is_constant() {
            affine.add_scaled(&p.right, p.coefficient * p.left.constant);
            continue;
        }
        if p.right.is_constant() {
            affine.add_scaled(&p.left, p.coefficient * p.right.constant);
            continue;
        }
        if let Some(ratio) = proportional(&p.left, &p.right) {
            p.coefficient *= ratio;
            p.right = p.left.clone();
        }
        if many {
            let (a, b) = (AffineKey::new(&p.left), AffineKey::new(&p.right));
            let key =
                if p.left.terms.first().map(|t| t.0) <= p.right.terms.first().map(|t| t.0) { (a, b) } else { (b, a) };
            if let Some(have) = seen.get(&key).and_then(|i| out.get_mut(*i)) {
                have.coefficient += p.coefficient;
                continue;
            }
            seen.insert(key, out.len());
        }
        out.push(p);
    }
    out.retain(|p| p.coefficient != 0.0);
    out
}

/// `k` with `right = k · left`, if there is one.
fn proportional(left: &Affine, right: &Affine) -> Option<f64> {
    let (first, other) = (left.terms.first()?, right.terms.first()?);
    if left.terms.len() != right.terms.len() || first.0 != other.0 {
        return None;
    }
    let ratio = other.1 / first.1;
    let same = |a: f64, b: f64| ratio * a == b;
    let terms = left.terms.iter().zip(&right.terms).all(|(a, b)| a.0 == b.0 && same(a.1, b.1));
    (terms && same(left.constant, right.constant)).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::VarId;
    use crate::source::{FileId, Span};

    fn product(coefficient: f64, left: Affine, right: Affine) -> Product {
        Product { coefficient, left, right, span: Span::new(FileId(0), 0, 0) }
    }

    #[test]
    fn opposite_products_cancel_and_proportional_sides_are_squares() {
        let (x, y) = (Affine::variable(VarId(0)), Affine::variable(VarId(1)));
        let mut affine = Affine::default();
        let out = normalised(
            &mut affine,
            vec![
                product(1.0, x.clone(), y.clone()),
                product(-1.0, y.clone(), x.clone()),
                product(3.0, x.clone(), x.scaled(-2.0)),
                product(2.0, Affine::constant(5.0), y.clone()),
            ],
        );
        assert_eq!(out, vec![product(-6.0, x.clone(), x)]);
        assert_eq!(affine, y.scaled(10.0));
    }
}
