//! Later decisions as affine functions of the factors (Ben-Tal, Goryashko, Guslitzer and Nemirovski
//! 2004): `y(z) = y₀ + Y (z − c)` with a point `c` of the set. Every rule that the factors reach is
//! asked of all of the set, which duality of linear programs turns into rules without factors. What
//! comes out is a plan with a way to act; its worst cost is an upper bound of the robust one.
//!
//! A decision depends on the factors of its block alone, and on those known by its period where
//! decisions are causal. Rules must be linear in what is decided later.

mod build;
mod known;
mod lift;
mod linear;
mod support;

use super::run::run;
use super::set::Set;
use crate::diagnostics::{Diagnostic, Severity};
use crate::lowered::{LowerOptions, lower};
use crate::program::{Affine, Program, VarId};
use crate::solution::{Engine, Options, Outcome, Termination};

/// Decisions as functions of the factors.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The point of the set around which they are written: a value per factor.
    pub centre: Vec<f64>,
    /// Value per variable there, those decided ahead included.
    pub base: Vec<f64>,
    /// Per variable: factors and the change per unit of each.
    pub slopes: Vec<Vec<(usize, f64)>>,
}

impl Policy {
    /// Value per variable in a realisation.
    pub fn at(&self, factors: &[f64]) -> Vec<f64> {
        let moved = |(base, slopes): (&f64, &Vec<(usize, f64)>)| {
            let change = |(f, s): &(usize, f64)| match (factors.get(*f), self.centre.get(*f)) {
                (Some(z), Some(c)) => s * (z - c),
                _ => 0.0,
            };
            base + slopes.iter().map(change).sum::<f64>()
        };
        self.base.iter().zip(&self.slopes).map(moved).collect()
    }
}

/// A program solved by affine rules. Costs: less is better, coherent units.
#[derive(Debug, Clone)]
pub struct ByRules {
    /// Why it ended. `Infeasible`: no affine rules keep everything, which says nothing of other plans.
    pub termination: Termination,
    /// No realisation costs more under these rules.
    pub cost: Option<f64>,
    /// No affine rules have a better worst cost.
    pub bound: f64,
    /// The rules.
    pub policy: Option<Policy>,
    /// The costliest realisation under them.
    pub worst: Option<Vec<f64>>,
    /// Engine.
    pub engine: String,
    /// Tree nodes.
    pub nodes: u64,
    /// Columns and rows.
    pub size: (usize, usize),
}

/// Why affine rules cannot be written for a program, and what the lowering refuses of them.
pub(super) fn refusals(program: &Program, set: &Set<'_>, causal: bool) -> Vec<Diagnostic> {
    match build::build(program, set, set.nominal(), causal) {
        Ok(built) if built.broken => Vec::new(),
        Ok(built) => lower(&built.program, &LowerOptions::default()).diagnostics,
        Err(found) => found,
    }
}

/// Solves; the first objective counts. With `causal`, decisions of a period know the factors that rules
/// of earlier periods and its own mention.
///
/// # Errors
/// Why affine rules cannot be written for the program, in place; what the lowering refuses.
pub fn solve_affine(
    program: &Program,
    set: &Set<'_>,
    causal: bool,
    engine: Engine,
    options: &Options,
) -> Result<ByRules, Vec<Diagnostic>> {
    let built = build::build(program, set, set.inner(options), causal)?;
    let mut out = ByRules {
        termination: Termination::Infeasible,
        cost: None,
        bound: f64::INFINITY,
        policy: None,
        worst: None,
        engine: String::new(),
        nodes: 0,
        size: (0, 0),
    };
    if built.broken {
        return Ok(out);
    }
    let limit = options.limit.clone();
    let lowering = lower(&built.program, &LowerOptions { limit, ..LowerOptions::default() });
    if lowering.is_unfinished() {
        (out.termination, out.bound) = (options.stopped(), f64::NEG_INFINITY);
        return Ok(out);
    }
    if lowering.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return Err(lowering.diagnostics);
    }
    let problem = &lowering.problem;
    out.size = (problem.columns.len(), problem.rows.len());
    let Outcome { termination, point, objective, bound, engine, nodes, .. } = run(problem, engine, options);
    let scale = problem.objective_scale;
    (out.termination, out.engine, out.nodes) = (termination, engine, nodes);
    if termination != Termination::Infeasible {
        out.bound = bound * scale;
    }
    let Some(point) = point else { return Ok(out) };
    let values = lowering.map.values(problem, &point);
    out.cost = objective.map(|o| o * scale);
    let policy = built.policy(&values);
    let terms = built.cost.iter().map(|(f, a)| (VarId(*f as u32), a.value(&values))).collect();
    out.worst = set.greatest(&Affine { constant: 0.0, terms }, options).map(|found| found.1);
    out.policy = Some(policy);
    Ok(out)
}
