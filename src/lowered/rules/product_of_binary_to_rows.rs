//! `product_of_binary_to_rows`
//!
//! Mathematics, for a binary `b` and an affine `x` with `L <= x <= U`: `z = b·x` is exactly
//! `L b <= z <= U b` and `x − U(1 − b) <= z <= x − L(1 − b)`. A side of several binaries is expanded,
//! `(c + Σ αᵢ bᵢ)·x = c·x + Σ αᵢ (bᵢ·x)`; a square of a binary is the binary, and inside `x` the
//! binary itself counts as 1.
//! Source: a product with a side that consists of binaries and constants, in any position.
//! Creates: one column `z` and up to four rows for each different `b·x`; none for `b·b`.
//! Bounds: the least and the greatest value of `x`, both finite.
//! Exact: for `b = 0` the first pair gives `z = 0`, for `b = 1` the second gives `z = x`; the
//! relaxation is the convex hull.

use crate::lowered::draft::{AffineKey, Draft, Rule};
use crate::lowered::interval::Interval;
use crate::lowered::map::Definition;
use crate::lowered::refuse;
use crate::program::{Affine, Product, VarId};
use crate::source::Span;

/// Moves every product with a side of binaries into `affine`; returns the others.
pub(in crate::lowered) fn products_of_binaries_to_rows(
    draft: &mut Draft,
    affine: &mut Affine,
    products: Vec<Product>,
) -> Rule<Vec<Product>> {
    let mut rest = Vec::new();
    for product in products {
        let left = only_binaries(draft, &product.left);
        let right = only_binaries(draft, &product.right);
        let (binaries, other) = match (left, right) {
            (true, true) if product.right.terms.len() < product.left.terms.len() => (&product.right, &product.left),
            (true, _) => (&product.left, &product.right),
            (false, true) => (&product.right, &product.left),
            (false, false) => {
                rest.push(product);
                continue;
            }
        };
        affine.add_scaled(other, product.coefficient * binaries.constant);
        for (b, c) in &binaries.terms {
            add_product(draft, affine, *b, other, product.coefficient * c, product.span)?;
        }
    }
    Ok(rest)
}

/// Does the expression consist of binaries and a constant, with at least one binary?
pub(in crate::lowered) fn only_binaries(draft: &Draft, affine: &Affine) -> bool {
    !affine.is_constant() && affine.terms.iter().all(|(v, _)| draft.is_binary(*v))
}

/// `affine += factor · b · x`
fn add_product(draft: &mut Draft, affine: &mut Affine, b: VarId, x: &Affine, factor: f64, span: Span) -> Rule<()> {
    let own = x.terms.iter().find(|(v, _)| *v == b).map_or(0.0, |t| t.1);
    affine.add_scaled(&Affine::variable(b), factor * (x.constant + own));
    let rest = Affine { constant: 0.0, terms: x.terms.iter().copied().filter(|(v, _)| *v != b).collect() };
    let (b, rest, factor) = match rest.terms.as_slice() {
        [] => return Ok(()),
        [(v, c)] if draft.is_binary(*v) && *v < b => (*v, Affine::variable(b), factor * c),
        [(v, c)] => (b, Affine::variable(*v), factor * c),
        _ => (b, rest, factor),
    };
    let z = column(draft, b, rest, span)?;
    affine.add_scaled(&Affine::variable(z), factor);
    Ok(())
}

/// The column `z = b·x`.
fn column(draft: &mut Draft, b: VarId, x: Affine, span: Span) -> Rule<VarId> {
    let key = (b, AffineKey::new(&x));
    if let Some(z) = draft.products.get(&key) {
        return Ok(*z);
    }
    let range = draft.bounds.affine(&x);
    if !range.is_finite() {
        return Err(refuse::needs_bounds(draft, span, "product with a binary", &x, true, true));
    }
    let name = draft.fresh("product");
    let hull = range.hull(Interval::point(0.0));
    let z = draft.column(name.clone(), hull, false, Definition::Product(b, x.clone()));
    let mut row = |end: &str, z_sign: f64, x_sign: f64, bound: f64, constant: f64| {
        let mut affine = x.scaled(x_sign);
        affine.add_scaled(&Affine::variable(z), z_sign);
        affine.add_scaled(&Affine::variable(b), bound);
        affine.constant += constant;
        draft.defining_row(name.with(format!(".{end}")), affine, false);
    };
    if range.upper != 0.0 {
        row("off_above", 1.0, 0.0, -range.upper, 0.0);
    }
    if range.lower != 0.0 {
        row("off_below", -1.0, 0.0, range.lower, 0.0);
    }
    row("on_above", 1.0, -1.0, -range.lower, range.lower);
    row("on_below", -1.0, 1.0, range.upper, -range.upper);
    draft.products.insert(key, z);
    Ok(z)
}
