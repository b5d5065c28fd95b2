//! Values of the program's expressions at a point, computed directly from the program stage: no code
//! is shared with the lowering.
//!
//! # When a rule is violated
//!
//! A rule `f <= 0` or `f = 0` is missed by `f`. It passes up to the floor of its quantity, which the study's units
//! declare (`@floor(1 W)`), or up to [`TOLERANCE`] of what the rule adds up at the point, whichever is more; its constant and
//! what whole numbers add to it count as one, since they are exact. Where an instance of a rule adds up next to
//! nothing, what the largest instance of the same rule at the same point adds up beside whole numbers counts with a
//! thousandth (with a ten-thousandth where products or squares are added up): so accurate are the engines. A
//! declared range counts nowhere. Through a steep piecewise function an argument that is off by its floor makes more
//! than the floor of the value; that passes, too.
//!
//! Limits of variables are judged likewise: by the variable's floor, or by its value and its limit.

use crate::program::{
    AtomId, AtomKind, Constraint, DisplayUnit, Domain, Form, Objective, OriginId, Program, Relation, SolvedCheck,
    Variable,
};
use std::collections::BTreeMap;

/// Largest relative violation that passes.
pub const TOLERANCE: f64 = 1e-5;
/// Share of the largest instance of the same rule that an instance is measured by at least.
const LARGEST: f64 = 1e-3;
/// The same for a rule with products or squares.
const LARGEST_CURVED: f64 = 1e-4;
/// Distance of a whole number from its value that passes, relative to [`TOLERANCE`].
const WHOLE: f64 = 1e-6;

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

/// The value of a goal at a point: the sum of its terms.
pub fn goal_value(program: &Program, goal: &Objective, x: &[f64]) -> f64 {
    goal.terms.iter().map(|(_, f)| form_value(program, f, x)).sum()
}

/// The size of what a form adds up, and of the part of it that engines know to their accuracy. The constant and what
/// whole numbers add are exact, so they count as one, and not for the accuracy: in `x <= 1e9 (1 - b)` nothing is left
/// of the 1e9 for `b = 1`.
fn size(program: &Program, f: &Form, x: &[f64]) -> (f64, f64) {
    let (mut exact, mut inexact, mut whole) = (f.affine.constant, 0.0, false);
    for (v, c) in &f.affine.terms {
        let at = v.0 as usize;
        let value = c * x.get(at).copied().unwrap_or(0.0);
        if program.variables.get(at).is_some_and(|v| v.domain != Domain::Continuous) {
            exact += value;
            whole = true;
        } else {
            inexact += value.abs();
        }
    }
    inexact += f.products.iter().map(|p| (p.coefficient * p.left.value(x) * p.right.value(x)).abs()).sum::<f64>();
    for (id, c) in &f.atoms {
        let atom = Form { atoms: [(*id, *c)].into(), ..Form::default() };
        inexact += form_value(program, &atom, x).abs();
    }
    let size = inexact + exact.abs();
    (size, if whole { inexact } else { size })
}

/// By how much a relation is missed at a point, and what to measure that by.
struct Missed {
    by: f64,
    size: f64,
    /// The part of its size that engines know to their accuracy.
    inexact: f64,
    curved: bool,
    /// What piecewise functions make of the floors of their arguments.
    floor: f64,
}

/// The checks of the solution that fail by more than a relative tolerance.
pub fn failed_checks<'p>(program: &'p Program, x: &[f64], tolerance: f64) -> Vec<&'p SolvedCheck> {
    let fails = |relation: &Relation, unit: &DisplayUnit| {
        missed(program, relation, x)
            .is_some_and(|m| m.by.is_nan() || m.by > unit.floor.max(m.floor).max(tolerance * m.size))
    };
    program.checks.iter().filter(|c| c.relations.iter().any(|r| fails(r, &c.unit))).collect()
}

/// The largest relative violation of any rule, variable limit or whole number, with its name. See the
/// module's text for what it is relative to; up to [`TOLERANCE`] passes.
pub fn largest_violation(program: &Program, x: &[f64]) -> (f64, String) {
    violation(program, x, |_| true)
}

/// The same, but for equations of the network that are relaxed to inequalities.
pub(super) fn largest_violation_beside_cones(program: &Program, x: &[f64]) -> (f64, String) {
    violation(program, x, |c| !c.relaxed)
}

fn violation(program: &Program, x: &[f64], judged: impl Fn(&Constraint) -> bool) -> (f64, String) {
    let mut worst = (0.0, String::new());
    let mut see = |violation: f64, name: &crate::program::Name| {
        if violation > worst.0 || violation.is_nan() {
            worst = (violation, name.to_string());
        }
    };
    if x.len() < program.variables.len() {
        return (f64::INFINITY, "values are missing".into());
    }
    let x = &whole(program, x);
    let mut largest: BTreeMap<OriginId, f64> = BTreeMap::new();
    for (v, x) in program.variables.iter().zip(x) {
        let most = largest.entry(v.origin).or_insert(0.0);
        *most = most.max(x.abs());
    }
    for (v, x) in program.variables.iter().zip(x) {
        let alike = LARGEST * largest.get(&v.origin).copied().unwrap_or(0.0);
        for (missing, limit) in [(v.lower - x, v.lower), (x - v.upper, v.upper)] {
            if limit.is_finite() {
                see(missing / measured(x.abs().max(limit.abs()).max(alike), &v.unit), &v.name);
            }
        }
        if v.domain != Domain::Continuous {
            see((x - x.round()).abs() * TOLERANCE / WHOLE, &v.name);
        }
    }
    for (c, relative, _) in misses(program, program.constraints.iter().filter(|c| judged(c)), x) {
        see(relative, &c.name);
    }
    worst
}

/// The point with whole numbers where engines have them to within a tolerance: those are carried out.
fn whole(program: &Program, x: &[f64]) -> Vec<f64> {
    let near = |(v, x): (&Variable, &f64)| {
        let near = v.domain != Domain::Continuous && (x - x.round()).abs() <= WHOLE;
        if near { x.round() } else { *x }
    };
    program.variables.iter().zip(x).map(near).collect()
}

/// What a miss is divided by: a size, or what makes the floor pass.
fn measured(size: f64, unit: &DisplayUnit) -> f64 {
    size.max(unit.floor / TOLERANCE).max(f64::MIN_POSITIVE)
}

/// The rules among these that are missed by more than [`TOLERANCE`], and by how much in their units.
pub(crate) fn broken_rules<'p>(
    program: &Program,
    rules: impl Iterator<Item = &'p Constraint>,
    x: &[f64],
) -> Vec<(&'p Constraint, f64)> {
    let all = misses(program, rules, x).into_iter();
    let broken = all.filter(|(_, relative, _)| relative.is_nan() || *relative > TOLERANCE);
    broken.map(|(c, _, by)| (c, if c.unit.factor > 0.0 { by / c.unit.factor } else { by })).collect()
}

/// By how much rules are missed: relative to what they are measured by, and absolute.
fn misses<'p>(
    program: &Program,
    rules: impl Iterator<Item = &'p Constraint>,
    x: &[f64],
) -> Vec<(&'p Constraint, f64, f64)> {
    let missed: Vec<(&Constraint, Missed)> =
        rules.filter_map(|c| Some((c, missed(program, &c.relation, x)?))).collect();
    let mut largest: BTreeMap<OriginId, f64> = BTreeMap::new();
    for (c, m) in &missed {
        let most = largest.entry(c.origin).or_insert(0.0);
        *most = most.max(m.inexact);
    }
    let relative = |(c, m): (&'p Constraint, Missed)| {
        let share = if m.curved { LARGEST_CURVED } else { LARGEST };
        let alike = share * largest.get(&c.origin).copied().unwrap_or(0.0);
        (c, m.by / measured(m.size.max(alike).max(m.floor / TOLERANCE), &c.unit), m.by)
    };
    missed.into_iter().map(relative).collect()
}

/// What a rule adds up at a point, by which it is measured; nothing where it is not switched on.
pub(super) fn measure(program: &Program, rule: &Constraint, x: &[f64]) -> f64 {
    missed(program, &rule.relation, x).map_or(0.0, |m| m.size)
}

/// How a relation is missed; none where it is not switched on.
fn missed(program: &Program, relation: &Relation, x: &[f64]) -> Option<Missed> {
    let mut relation = relation;
    while let Relation::Implies { when, is, then } = relation {
        if (x.get(when.0 as usize).is_some_and(|b| *b > 0.5)) != *is {
            return None;
        }
        relation = then;
    }
    let (f, equal) = match relation {
        Relation::Le(f) => (f, false),
        Relation::Eq(f) => (f, true),
        Relation::Implies { .. } => return None,
    };
    let value = form_value(program, f, x);
    let by = if equal { value.abs() } else { value };
    let (size, inexact) = size(program, f, x);
    Some(Missed { by, size, inexact, curved: !f.products.is_empty(), floor: steep(program, f, x) })
}

/// What the piecewise functions of a form make of the floors of their arguments: where they are steep, nothing of an
/// argument is more than nothing of the value.
fn steep(program: &Program, f: &Form, x: &[f64]) -> f64 {
    let of = |(id, c): &(AtomId, f64)| {
        let atom = program.atom(*id);
        let (AtomKind::Piecewise(points), Some(arg)) = (&atom.kind, atom.args.first()) else { return 0.0 };
        let (at, floor) = (form_value(program, arg, x), floor_of(program, arg));
        let near = points.windows(2).filter_map(|w| match w {
            [a, b] if a.0 <= at + floor && b.0 >= at - floor => Some(((b.1 - a.1) / (b.0 - a.0)).abs()),
            _ => None,
        });
        c.abs() * floor * near.fold(0.0, f64::max)
    };
    f.atoms.iter().map(of).sum()
}

/// The greatest floor of what an expression adds up.
fn floor_of(program: &Program, f: &Form) -> f64 {
    let of_terms = f.affine.terms.iter().map(|(v, c)| c.abs() * program.variable(*v).unit.floor);
    let of_atoms = f
        .atoms
        .iter()
        .map(|(id, c)| c.abs() * program.atom(*id).args.iter().map(|arg| floor_of(program, arg)).fold(0.0, f64::max));
    of_terms.chain(of_atoms).fold(0.0, f64::max)
}
