//! Values of the program's expressions at a point, computed directly from the program stage: no code
//! is shared with the lowering.

use crate::program::{AtomKind, Form, Program, Relation, SolvedCheck};

/// The value of a form at a point (a value per program variable, coherent units).
pub fn form_value(program: &Program, f: &Form, x: &[f64]) -> f64 {
    let mut v = f.affine.value(x);
    for p in &f.products {
        v += p.coefficient * p.left.value(x) * p.right.value(x);
    }
    for (id, c) in &f.atoms {
        let atom = program.atom(*id);
        let args: Vec<f64> = atom.args.iter().map(|a| form_value(program, a, x)).collect();
        let first = args.first().copied().unwrap_or(0.0);
        v += c * match &atom.kind {
            AtomKind::Abs => first.abs(),
            AtomKind::Max => args.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            AtomKind::Min => args.iter().copied().fold(f64::INFINITY, f64::min),
            AtomKind::Norm => args.iter().map(|a| a * a).sum::<f64>().sqrt(),
            AtomKind::Piecewise(points) => {
                let last = points.len().saturating_sub(1).max(1);
                let i = points.partition_point(|p| p.0 < first).clamp(1, last);
                match (points.get(i - 1), points.get(i)) {
                    (Some(a), Some(b)) => a.1 + (first - a.0) / (b.0 - a.0) * (b.1 - a.1),
                    _ => 0.0,
                }
            }
        };
    }
    v
}

/// The size of what a form adds up, to judge a violation by.
fn size(program: &Program, f: &Form, x: &[f64]) -> f64 {
    let mut s = f.affine.constant.abs();
    s += f.affine.terms.iter().map(|(v, c)| (c * x.get(v.0 as usize).copied().unwrap_or(0.0)).abs()).sum::<f64>();
    s += f.products.iter().map(|p| (p.coefficient * p.left.value(x) * p.right.value(x)).abs()).sum::<f64>();
    // What the sides of a product may reach measures a cone whose flow happens to be small.
    let bounds = |v: crate::program::VarId| (program.variable(v).lower, program.variable(v).upper);
    let most = |a: &crate::program::Affine| {
        let (low, high) = a.range(bounds);
        low.abs().max(high.abs())
    };
    let products = f.products.iter().map(|p| (p.coefficient * most(&p.left) * most(&p.right)).abs());
    s += 1e-3 * products.filter(|m| m.is_finite()).fold(0.0, f64::max);
    // A limit that a variable may reach measures a row whose activity happens to be small.
    let reach = |v: &(crate::program::VarId, f64)| {
        let var = program.variable(v.0);
        let most = var.lower.abs().max(var.upper.abs());
        if most.is_finite() { (v.1 * most).abs() } else { 0.0 }
    };
    s + 1e-3 * f.affine.terms.iter().map(reach).fold(0.0, f64::max)
}

/// The relative violation of a relation at a point; zero or less where it holds or is not switched on.
fn violation(program: &Program, relation: &Relation, x: &[f64]) -> f64 {
    let mut relation = relation;
    while let Relation::Implies { when, is, then } = relation {
        if (x.get(when.0 as usize).copied().unwrap_or(0.0) > 0.5) != *is {
            return 0.0;
        }
        relation = then;
    }
    let (f, equal) = match relation {
        Relation::Le(f) => (f, false),
        Relation::Eq(f) => (f, true),
        Relation::Implies { .. } => return 0.0,
    };
    let v = form_value(program, f, x);
    (if equal { v.abs() } else { v }) / size(program, f, x).max(1e-9)
}

/// The checks of the solution that fail by more than a relative tolerance.
pub fn failed_checks<'p>(program: &'p Program, x: &[f64], tolerance: f64) -> Vec<&'p SolvedCheck> {
    let fails = |c: &&SolvedCheck| c.relations.iter().any(|r| violation(program, r, x) > tolerance);
    program.checks.iter().filter(fails).collect()
}

/// The largest relative violation of any rule or variable limit, with its name.
pub fn largest_violation(program: &Program, x: &[f64]) -> (f64, String) {
    let mut worst = (0.0, String::new());
    let mut see = |violation: f64, name: &str| {
        if violation > worst.0 || violation.is_nan() {
            worst = (violation, name.to_string());
        }
    };
    for (v, x) in program.variables.iter().zip(x) {
        let range = if v.upper.is_finite() && v.lower.is_finite() { v.upper - v.lower } else { x.abs() };
        let scale = range.abs().max(v.lower.abs().min(1e300)).max(1e-9);
        if v.lower.is_finite() {
            see((v.lower - x) / scale, &v.name);
        }
        if v.upper.is_finite() {
            see((x - v.upper) / scale, &v.name);
        }
    }
    for c in &program.constraints {
        see(violation(program, &c.relation, x), &c.name);
    }
    worst
}
