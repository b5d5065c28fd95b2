//! What each rule makes, as text.

use crate::support::*;
use tieline::lowered::{LowerOptions, display, lower};
use tieline::program::*;

fn text(m: &Model) -> String {
    let lowering = lower(&m.program, &LowerOptions::default());
    assert!(lowering.diagnostics.is_empty(), "{:#?}", lowering.diagnostics);
    display(&lowering.problem)
}

#[test]
fn abs_below_a_limit_is_two_rows() {
    let mut m = Model::new();
    let x = m.var("x", -4.0, 2.0);
    let y = m.free("y");
    let a = m.abs(&(&x - &y));
    m.le("near", a.clone(), 3.0.into());
    m.minimize(&a + &y);
    insta::assert_snapshot!(text(&m));
}

#[test]
fn abs_of_known_sign_is_its_argument() {
    let mut m = Model::new();
    let x = m.free("x");
    let y = m.var("y", 0.0, 8.0);
    m.eq("tied", x.clone(), &y + 1.0);
    let a = m.abs(&x);
    m.eq("value", a, 4.0.into());
    insta::assert_snapshot!(text(&m));
}

#[test]
fn exact_abs_has_a_sign() {
    let mut m = Model::new();
    let x = m.var("x", -4.0, 2.0);
    let a = m.atom(AtomKind::Abs, &[&x], true);
    m.eq("value", a, 2.0.into());
    insta::assert_snapshot!(text(&m));
}

#[test]
fn max_and_min_in_their_positions() {
    let mut m = Model::new();
    let x = m.var("x", -4.0, 4.0);
    let y = m.var("y", -4.0, 4.0);
    let top = m.max(&[&x, &(2.0 * &y), &1.0.into()]);
    let bottom = m.min(&[&x, &y]);
    m.le("spread", top, &bottom + 3.0);
    m.maximize(bottom);
    insta::assert_snapshot!(text(&m));
}

#[test]
fn exact_max_has_selectors() {
    let mut m = Model::new();
    let x = m.var("x", -4.0, 4.0);
    let y = m.var("y", 0.0, 2.0);
    let never = m.var("never", -9.0, -1.0);
    let top = m.atom(AtomKind::Max, &[&x, &y, &never], true);
    m.maximize(top);
    insta::assert_snapshot!(text(&m));
}

#[test]
fn norm_below_a_limit_is_a_cone_without_a_column() {
    let mut m = Model::new();
    let p = m.free("p");
    let q = m.free("q");
    let u = m.binary("u");
    let n = m.norm(&[&p, &q]);
    m.le("rating", n, 10.0 * &u);
    insta::assert_snapshot!(text(&m));
}

#[test]
fn convex_piecewise_is_its_pieces() {
    let mut m = Model::new();
    let x = m.var("x", 0.0, 3.0);
    let f = m.piecewise(&[(0.0, 0.0), (1.0, 1.0), (2.0, 4.0), (3.0, 9.0), (4.0, 16.0)], &x);
    m.minimize(&f - 2.0 * &x);
    insta::assert_snapshot!(text(&m));
}

#[test]
fn exact_piecewise_fills_in_order() {
    let mut m = Model::new();
    let x = m.var("x", 0.0, 3.0);
    let f = m.atom(AtomKind::Piecewise(vec![(0.0, 0.0), (1.0, 2.0), (2.0, 1.0), (4.0, 3.0)]), &[&x], true);
    m.eq("value", f, 1.5.into());
    insta::assert_snapshot!(text(&m));
}

#[test]
fn squares_below_an_expression_a_square_a_product_and_a_number() {
    let mut m = Model::new();
    let p = m.var("P", -8.0, 8.0);
    let q = m.var("Q", -8.0, 8.0);
    let w = m.var("W", 0.0, 16.0);
    let l = m.var("l", 0.0, 4.0);
    let u = m.binary("u");
    let s = sq(&p) + sq(&q);
    m.le("expression", s.clone(), &w + 1.0);
    m.le("square", s.clone(), sq(&(8.0 * &u)));
    m.le("product", s.clone(), &w * &l);
    m.le("number", s, 64.0.into());
    m.le("hyperbola", 4.0.into(), &w * &l);
    insta::assert_snapshot!(text(&m));
}

#[test]
fn a_convex_quadratic_is_factorised() {
    let mut m = Model::new();
    let x = m.var("x", -1.0, 1.0);
    let y = m.var("y", -1.0, 1.0);
    let z = m.var("z", -1.0, 1.0);
    m.minimize(4.0 * sq(&x) + 4.0 * (&x * &y) + 5.0 * sq(&y) + sq(&(&z - 3.0)));
    insta::assert_snapshot!(text(&m));
}

#[test]
fn products_with_binaries_are_exact_rows() {
    let mut m = Model::new();
    let b = m.binary("b");
    let c = m.binary("c");
    let x = m.var("x", -2.0, 6.0);
    m.eq("part", &(-1.0 * &b + 1.0) * &x, 3.0.into());
    m.le("pair", &b * &c, &(&b * &b) - 0.5);
    insta::assert_snapshot!(text(&m));
}

#[test]
fn implications_use_derived_bounds() {
    let mut m = Model::new();
    let b = m.binary("b");
    let x = m.var("x", 0.0, 6.0);
    let y = m.free("y");
    m.eq("tied", y.clone(), 2.0 * &x - 1.0);
    m.when_le("zero", &b, true, x.clone(), 0.0.into());
    m.when_eq("equal", &b, false, y.clone(), 3.0.into());
    m.when_le("idle", &b, true, y, 20.0.into());
    insta::assert_snapshot!(text(&m));
}

#[test]
fn one_atom_makes_one_column() {
    let mut m = Model::new();
    let x = m.var("x", -4.0, 2.0);
    let a = m.abs(&x);
    m.le("first", a.clone(), 3.0.into());
    m.le("second", 2.0 * &a, 5.0.into());
    m.minimize(a);
    let lowering = lower(&m.program, &LowerOptions::default());
    assert_eq!(lowering.problem.columns.len(), 2);
    assert_eq!(lowering.problem.rows.len(), 4);
}

#[test]
fn constants_that_hold_leave_nothing() {
    let mut m = Model::new();
    let x = m.var("x", 0.0, 1.0);
    m.le("holds", &x + 1.0, &x + 2.0);
    m.eq("same", 2.0 * &x, &x + &x);
    assert!(lower(&m.program, &LowerOptions::default()).problem.rows.is_empty());
}
