//! The worst case where the later decisions fall into independent blocks, such as hours, and the set
//! counts deviations: each block is solved at every combination of its factors' levels, and a small
//! integer program chooses one combination per block within the counts. It is exact: the cost is the
//! sum of the blocks' costs, and the worst of a sum of convex functions is at a corner.

use super::counted::Counted;
use super::recourse::{Ask, Later, Reaction, Recourse, Shortage};
use super::run::run;
use super::worst::{Worst, each};
use crate::diagnostics::Diagnostic;
use crate::lowered::{LowerOptions, lower};
use crate::program::{Affine, Domain, Form, Objective, OriginId, Program, Relation, Stage, VarId, Variable};
use crate::solution::{Engine, Options, Termination};

/// Combinations of levels in one block that are looked at.
const MOST_IN_BLOCK: usize = 4096;
/// Combinations in all blocks.
const MOST_IN_ALL: usize = 200_000;

/// One combination of one block: levels by factor (others 0), and what it takes of each group.
#[derive(Debug, Clone)]
struct Combination {
    block: usize,
    factors: Vec<(usize, f64)>,
    takes: Vec<(usize, f64)>,
}

/// The worst realisation of a plan; none where blocks have too many combinations.
pub fn worst(
    program: &Program,
    plan: &[f64],
    set: &Counted,
    engine: Engine,
    options: &Options,
) -> Result<Option<Worst>, Vec<Diagnostic>> {
    let parts = Later::of(program, plan, Ask::Cost).components();
    let Some(combinations) = combinations(&parts, set) else { return Ok(None) };
    let blocks = lowered(parts)?;
    let reactions = each(&combinations, options, |c, o| match blocks.get(c.block) {
        Some(block) => block.at(&point(program, set, &[c]), plan, engine, o),
        None => Reaction::Unknown(Termination::Failed),
    });
    let mut values = Vec::new();
    for reaction in &reactions {
        match reaction {
            Reaction::Unknown(why) => return Ok(Some(Worst::Unknown(*why))),
            Reaction::Unserved => values.push(f64::INFINITY),
            Reaction::Served { cost, .. } => values.push(*cost),
        }
    }
    if values.iter().any(|v| v.is_infinite()) {
        let missing = shortages(program, plan, set, &combinations, &values, engine, options)?;
        let totals: Vec<f64> = missing.iter().map(|m| m.0).collect();
        let Some((chosen, _)) = choose(program, blocks.len(), &combinations, &totals, set, options) else {
            return Ok(Some(Worst::Unknown(Termination::Failed)));
        };
        let picked: Vec<&Combination> = chosen.iter().filter_map(|i| combinations.get(*i)).collect();
        let mut shortages: Vec<Shortage> =
            chosen.iter().filter_map(|i| missing.get(*i)).flat_map(|m| m.1.clone()).collect();
        shortages.sort_by(|a, b| b.by.total_cmp(&a.by));
        return Ok(Some(Worst::Unserved { factors: point(program, set, &picked), shortages }));
    }
    let Some((chosen, most)) = choose(program, blocks.len(), &combinations, &values, set, options) else {
        return Ok(Some(Worst::Unknown(Termination::Failed)));
    };
    let mut all = plan.to_vec();
    let mut cost = 0.0;
    for i in &chosen {
        if let (Some(Reaction::Served { cost: c, values, .. }), Some(block)) =
            (reactions.get(*i), combinations.get(*i).and_then(|c| blocks.get(c.block)))
        {
            cost += c;
            block.later.put(values, &mut all);
        }
    }
    let picked: Vec<&Combination> = chosen.iter().filter_map(|i| combinations.get(*i)).collect();
    Ok(Some(Worst::Served { factors: point(program, set, &picked), cost: cost.max(most), values: all }))
}

/// How many combinations there are, if few enough: for the choice of a method.
pub fn few(program: &Program, set: &Counted) -> bool {
    // What is decided ahead has no part in how the later decisions fall apart.
    let nothing = vec![0.0; program.variables.len()];
    combinations(&Later::of(program, &nothing, Ask::Cost).components(), set).is_some()
}

fn lowered(parts: Vec<Later>) -> Result<Vec<Recourse>, Vec<Diagnostic>> {
    let some = |p: &Later| !p.program.variables.is_empty();
    parts.into_iter().filter(some).map(Later::lowered).collect()
}

/// Every combination of every block that keeps the counts on its own.
fn combinations(parts: &[Later], set: &Counted) -> Option<Vec<Combination>> {
    let mut out = Vec::new();
    for (block, part) in parts.iter().filter(|p| !p.program.variables.is_empty()).enumerate() {
        let mut list = vec![Combination { block, factors: Vec::new(), takes: Vec::new() }];
        for f in part.factors() {
            let (levels, group) = (set.levels.get(f)?, *set.group.get(f)?);
            let mut next = Vec::new();
            for c in &list {
                for (z, take) in levels {
                    let mut c = c.clone();
                    c.factors.push((f, *z));
                    match c.takes.iter_mut().find(|t| t.0 == group) {
                        Some(t) => t.1 += take,
                        None => c.takes.push((group, *take)),
                    }
                    if c.takes.iter().all(|(g, t)| *t <= set.most[*g] + 1e-9) {
                        next.push(c);
                    }
                }
            }
            list = next;
            if list.len() > MOST_IN_BLOCK {
                return None;
            }
        }
        out.extend(list);
        if out.len() > MOST_IN_ALL {
            return None;
        }
    }
    Some(out)
}

/// Values of all factors: those of combinations; 0, or the nearest end, for the others.
fn point(program: &Program, set: &Counted, combinations: &[&Combination]) -> Vec<f64> {
    let rest = |(f, levels): (&crate::program::Factor, &Vec<(f64, f64)>)| {
        levels.iter().find(|l| l.1 == 0.0).map_or(0.0f64.clamp(f.lower.min(f.upper), f.upper), |l| l.0)
    };
    let mut out: Vec<f64> = program.factors.iter().zip(&set.levels).map(rest).collect();
    for (f, z) in combinations.iter().flat_map(|c| &c.factors) {
        if let Some(at) = out.get_mut(*f) {
            *at = *z;
        }
    }
    out
}

/// Total shortage and its rules per combination; none missing where it is served.
fn shortages(
    program: &Program,
    plan: &[f64],
    set: &Counted,
    combinations: &[Combination],
    values: &[f64],
    engine: Engine,
    options: &Options,
) -> Result<Vec<(f64, Vec<Shortage>)>, Vec<Diagnostic>> {
    let blocks = lowered(Later::of(program, plan, Ask::Shortage).components())?;
    let open: Vec<(&Combination, f64)> = combinations.iter().zip(values.iter().copied()).collect();
    Ok(each(&open, options, |(c, value), o| {
        if value.is_finite() {
            return (0.0, Vec::new());
        }
        let found = blocks.get(c.block).and_then(|b| b.shortages(&point(program, set, &[c]), engine, o));
        // Where even the slacks leave it open, something is missing all the same.
        found.unwrap_or((1.0, Vec::new()))
    }))
}

/// One combination per block with the greatest sum of values, within the counts; and a bound on it.
fn choose(
    program: &Program,
    blocks: usize,
    combinations: &[Combination],
    values: &[f64],
    set: &Counted,
    options: &Options,
) -> Option<(Vec<usize>, f64)> {
    let mut to = Program { periods: 1, origins: program.origins.clone(), ..Program::default() };
    let origin = OriginId(0);
    let mut one = vec![Affine::constant(-1.0); blocks];
    let mut taken: Vec<Affine> = set.most.iter().map(|m| Affine::constant(-m)).collect();
    let mut aim = Affine::default();
    for (i, c) in combinations.iter().enumerate() {
        let v = VarId(i as u32);
        to.variables.push(Variable {
            name: format!("chosen[{}]", i + 1).into(),
            domain: Domain::Binary,
            lower: 0.0,
            upper: 1.0,
            stage: Stage::Recourse,
            unit: super::plain(),
            origin,
        });
        one.get_mut(c.block)?.terms.push((v, 1.0));
        for (g, take) in c.takes.iter().filter(|t| t.1 > 0.0) {
            taken.get_mut(*g)?.terms.push((v, *take));
        }
        let value = *values.get(i)?;
        if value != 0.0 {
            aim.terms.push((v, value));
        }
    }
    for (b, form) in one.into_iter().enumerate() {
        to.constraints.push(super::rule(format!("one of block {}", b + 1), Relation::Eq(Form::affine(form))));
    }
    for (g, form) in taken.into_iter().enumerate() {
        if !form.terms.is_empty() && form.constant.is_finite() {
            to.constraints.push(super::rule(format!("count of group {}", g + 1), Relation::Le(Form::affine(form))));
        }
    }
    let terms = vec![("sum".to_string(), Form::affine(aim))];
    to.objectives.push(Objective { name: "sum".into(), maximize: true, terms, unit: super::plain(), origin });
    let lowering = lower(&to, &LowerOptions::default());
    let outcome = run(&lowering.problem, Engine::Highs, &Options { gap: 1e-9, progress: None, ..options.clone() });
    let solved = lowering.map.values(&lowering.problem, &outcome.point?);
    let chosen = solved.iter().enumerate().filter(|(_, x)| **x > 0.5).map(|(i, _)| i).collect();
    Some((chosen, outcome.bound * lowering.problem.objective_scale))
}
