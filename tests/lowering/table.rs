//! The published table in `docs/lowering.md` is what the lowering does.

use crate::support::*;
use tieline::lowered::{LowerOptions, lower};
use tieline::program::*;

type Build = fn(&mut Model, &Symbols) -> E;

/// `x`, `y` of any sign, `v`, `w` proven nonnegative, binaries `b`, `c`.
struct Symbols {
    x: E,
    y: E,
    v: E,
    w: E,
    b: E,
    c: E,
}

const POSITIONS: [&str; 5] = ["… <= w", "… >= w", "… = w", "minimize …", "maximize …"];

const CONVEX: [(f64, f64); 3] = [(-1.0, 2.0), (0.0, 0.0), (1.0, 3.0)];
const CONCAVE: [(f64, f64); 3] = [(-1.0, -2.0), (0.0, 0.0), (1.0, 1.0)];
const WAVY: [(f64, f64); 4] = [(-1.0, 2.0), (0.0, 0.0), (1.0, 3.0), (2.0, 0.0)];

fn exact(m: &mut Model, kind: AtomKind, args: &[&E]) -> E {
    m.atom(kind, args, true)
}

const CONSTRUCTS: &[(&str, Build)] = &[
    ("`2*x - y`", |_, s| 2.0 * &s.x - &s.y),
    ("`abs(x)`", |m, s| m.abs(&s.x)),
    ("`max(x, y)`", |m, s| m.max(&[&s.x, &s.y])),
    ("`min(x, y)`", |m, s| m.min(&[&s.x, &s.y])),
    ("`hypot(x, y)`", |m, s| m.norm(&[&s.x, &s.y])),
    ("`piecewise(x)`, slopes rising", |m, s| m.piecewise(&CONVEX, &s.x)),
    ("`piecewise(x)`, slopes falling", |m, s| m.piecewise(&CONCAVE, &s.x)),
    ("`piecewise(x)`, other", |m, s| m.piecewise(&WAVY, &s.x)),
    ("`exact(abs(x))`", |m, s| exact(m, AtomKind::Abs, &[&s.x])),
    ("`exact(max(x, y))`", |m, s| exact(m, AtomKind::Max, &[&s.x, &s.y])),
    ("`exact(min(x, y))`", |m, s| exact(m, AtomKind::Min, &[&s.x, &s.y])),
    ("`exact(piecewise(x))`, other", |m, s| exact(m, AtomKind::Piecewise(WAVY.to_vec()), &[&s.x])),
    ("`exact(hypot(x, y))`", |m, s| exact(m, AtomKind::Norm, &[&s.x, &s.y])),
    ("`x^2`", |_, s| sq(&s.x)),
    ("`x^2 + x*y + y^2` (sum of squares)", |_, s| sq(&s.x) + &s.x * &s.y + sq(&s.y)),
    ("`x*y`", |_, s| &s.x * &s.y),
    ("`v*w`, both proven `>= 0`, against a number", |_, s| &s.v * &(&s.w + 1.0)),
    ("`x^2 + y^2 - v*w`, against 0", |_, s| sq(&s.x) + sq(&s.y) - &s.v * &s.w),
    ("`x^2 + y^2 - v^2`, against 0", |_, s| sq(&s.x) + sq(&s.y) - sq(&s.v)),
    ("`b*x`, also `(1 - b)*x`", |_, s| &(-&s.b + 1.0) * &s.x),
    ("`b*c`", |_, s| &s.b * &s.c),
    ("`b^2`", |_, s| sq(&s.b)),
];

fn model(bounded: bool) -> (Model, Symbols) {
    let mut m = Model::new();
    let most = if bounded { 4.0 } else { f64::INFINITY };
    let (x, y) = (m.var("x", -most, most), m.var("y", -most, most));
    let (v, w) = (m.var("v", 0.0, most), m.var("w", 0.0, most));
    let (b, c) = (m.binary("b"), m.binary("c"));
    (m, Symbols { x, y, v, w, b, c })
}

/// What a lowering makes, or the finding.
fn outcome(build: impl Fn(bool) -> Model) -> String {
    let bounded = lower(&build(true).program, &LowerOptions::default());
    if let Some(d) = bounded.diagnostics.first() {
        return d.id.code.to_owned();
    }
    let made = |integer: bool| bounded.problem.columns.iter().skip(6).filter(|c| c.integer == integer).count();
    let mut parts = Vec::new();
    if !bounded.problem.rows.is_empty() {
        parts.push("rows");
    }
    if !bounded.problem.cones.is_empty() {
        parts.push("cone");
    }
    if made(true) > 0 {
        parts.push("binaries");
    }
    if parts.is_empty() {
        parts.push("as it is");
    }
    let unbounded = lower(&build(false).program, &LowerOptions::default());
    let needs = unbounded.diagnostics.iter().any(|d| d.id.code == "E0503");
    format!("{}{}", parts.join(" + "), if needs { ", **bounds**" } else { "" })
}

fn cell(construct: &(&str, Build), position: usize) -> String {
    outcome(|bounded| {
        let (mut m, s) = model(bounded);
        let e = construct.1(&mut m, &s);
        let number = construct.0.contains("against");
        let other = match (number, construct.0.contains("against 0")) {
            (true, true) => 0.0.into(),
            (true, false) => 3.0.into(),
            _ => s.w.clone(),
        };
        match position {
            0 => m.le("rule", e, other),
            1 => m.le("rule", other, e),
            2 => m.eq("rule", e, other),
            3 => m.minimize(e),
            _ => m.maximize(e),
        }
        m
    })
}

fn condition(equation: bool, curved: bool) -> String {
    outcome(|bounded| {
        let (mut m, s) = model(bounded);
        let left = if curved { sq(&s.x) } else { s.x.clone() };
        if equation {
            m.when_eq("rule", &s.b, true, left, s.w.clone())
        } else {
            m.when_le("rule", &s.b, true, left, s.w.clone())
        }
        m
    })
}

#[test]
fn the_published_table_is_true() {
    let mut table =
        format!("| construct | {} |\n|---|{}\n", POSITIONS.map(|p| format!("`{p}`")).join(" | "), "---|".repeat(5));
    for construct in CONSTRUCTS {
        let cells: Vec<String> = (0..POSITIONS.len()).map(|p| cell(construct, p)).collect();
        table += &format!("| {} | {} |\n", construct.0, cells.join(" | "));
    }
    let rows = [
        ("`b => x <= w`", condition(false, false)),
        ("`b => x = w`", condition(true, false)),
        ("`b => x^2 <= w`", condition(false, true)),
        ("`b => x^2 = w`", condition(true, true)),
    ];
    table += "\n| condition | result |\n|---|---|\n";
    rows.iter().for_each(|(name, result)| table += &format!("| {name} | {result} |\n"));
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lowering.md")).expect("docs/lowering.md");
    assert!(page.contains(&table), "docs/lowering.md should contain this table:\n\n{table}");
}
