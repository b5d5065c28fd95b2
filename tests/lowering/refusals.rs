//! What is refused, where it points and what it says.

use crate::support::*;
use tieline::diagnostics::Diagnostic;
use tieline::lowered::{LowerOptions, lower};
use tieline::program::*;

fn refusals(m: &Model) -> Vec<Diagnostic> {
    lower(&m.program, &LowerOptions::default()).diagnostics
}

fn text(m: &Model) -> String {
    let mut out = String::new();
    for d in refusals(m) {
        out += &format!("{} {}: {}\n", d.id.code, d.id.name, d.message);
        for l in &d.labels {
            out += &format!("  at {}..{}: {}\n", l.span.start, l.span.end, l.text);
            assert!(l.text.split(' ').count() <= 8, "label too long: {}", l.text);
        }
        d.notes.iter().for_each(|n| out += &format!("  note: {n}\n"));
        d.help.iter().for_each(|h| out += &format!("  help: {h}\n"));
    }
    out
}

#[test]
fn the_smallest_offending_product_is_underlined() {
    let mut m = Model::new();
    let x = m.var("x", 0.0, 4.0);
    let y = m.var("y", 0.0, 4.0);
    let mut bad = &x * &y;
    bad.0.products[0].span = span(40, 45);
    m.le("area", sq(&x) + bad + &y, 3.0.into());
    insta::assert_snapshot!(text(&m));
}

#[test]
fn a_square_on_the_greater_side() {
    let mut m = Model::new();
    let x = m.var("x", -4.0, 4.0);
    m.le("apart", 4.0.into(), sq(&x));
    insta::assert_snapshot!(text(&m));
}

#[test]
fn a_product_whose_factor_may_be_negative() {
    let mut m = Model::new();
    let p = m.var("p", -4.0, 4.0);
    let w = m.free("w");
    let l = m.var("l", 0.0, 4.0);
    m.le("cone", sq(&p), &w * &l);
    insta::assert_snapshot!(text(&m));
}

#[test]
fn equations_take_no_curvature() {
    let mut m = Model::new();
    let x = m.var("x", -4.0, 4.0);
    let y = m.var("y", -4.0, 4.0);
    let a = m.abs(&x);
    m.eq("size", a, y.clone());
    m.eq("square", sq(&x), y.clone());
    m.eq("product", &x * &y, 1.0.into());
    insta::assert_snapshot!(text(&m));
}

#[test]
fn missing_bounds_are_named() {
    let mut m = Model::new();
    let b = m.binary("b");
    let x = m.var("x", 0.0, f64::INFINITY);
    let y = m.free("y");
    m.when_le("off", &b, true, x.clone(), 0.0.into());
    m.le("part", &b * &(&x + &y), 3.0.into());
    let a = m.atom(AtomKind::Abs, &[&y], true);
    m.eq("size", a, 1.0.into());
    insta::assert_snapshot!(text(&m));
}

#[test]
fn a_constant_rule_that_fails_has_its_numbers() {
    let mut m = Model::new();
    let x = m.var("x", 0.0, 1.0);
    m.le("impossible", &x + 5.0, x.clone());
    m.eq("unequal", 2.0.into(), 3.5.into());
    m.program.constraints[0].unit = DisplayUnit::new("kW", 1000.0).into();
    insta::assert_snapshot!(text(&m));
}

#[test]
fn concave_functions_on_the_wrong_side() {
    let mut m = Model::new();
    let x = m.var("x", -4.0, 4.0);
    let y = m.var("y", -4.0, 4.0);
    let low = m.min(&[&x, &y]);
    let a = m.abs(&x);
    let n = m.norm(&[&x, &y]);
    let f = m.piecewise(&[(-4.0, 0.0), (0.0, 3.0), (1.0, 0.0), (2.0, 5.0)], &x);
    m.le("below", low, 1.0.into());
    m.le("above", 1.0.into(), a);
    m.le("outside", 1.0.into(), n);
    m.le("waves", f, 1.0.into());
    insta::assert_snapshot!(text(&m));
}

#[test]
fn instances_of_one_statement_are_one_finding() {
    let mut m = Model::new();
    for i in 0..5 {
        let x = m.var(&format!("x[{i}]"), -4.0, 4.0);
        m.le(&format!("apart[{i}]"), 4.0.into(), sq(&x));
    }
    let found = refusals(&m);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].notes.iter().any(|n| n.contains("4 more")), "{found:#?}");
}

#[test]
fn uncertain_factors_are_not_lowered() {
    let mut m = Model::new();
    let x = m.var("x", 0.0, 4.0);
    m.le("load", x.clone(), 3.0.into());
    if let Relation::Le(f) = &mut m.program.constraints[0].relation {
        f.uncertain.push((FactorId(0), Affine::constant(1.0)));
    }
    insta::assert_snapshot!(text(&m));
}

#[test]
fn a_program_without_decisions() {
    let m = Model::new();
    assert_eq!(refusals(&m)[0].id.code, "E0510");
}
