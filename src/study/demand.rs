//! Binaries and cycle cuts on demand: a goal is solved without the binaries of `exact_on_demand(...)` and
//! without rows against cycles where they are left to the solving; and again with the binaries of every
//! atom that the solution does not meet and rows against its cycles, until nothing is off.
//!
//! Without them an atom's column may lie on the far side of its value, and a cycle may be chosen. So each
//! round is a relaxation of the next: its bound holds for the study, its infeasibility is the study's, and
//! its plan is one where nothing is off. Rounds only add, so they end; where time ends first, there is a
//! bound and no plan.

use super::cycles::cycle_cuts;
use super::form_value;
use super::primal::{Previous, proposals};
use super::progress::{StudyListener, translated};
use crate::diagnostics::Severity;
use crate::lowered::{LowerOptions, Lowering, lower};
use crate::program::{Affine, Form, Program};
use crate::solution::{Engine, Options, Outcome, Primal, solve};
use std::collections::BTreeSet;

/// How far a column may be off its atom's value, relative to the column's scale.
const LOOSE: f64 = 1e-8;

/// A goal solved.
pub(crate) struct Solved {
    /// The last round's problem.
    pub lowering: Lowering,
    /// Its outcome, with the best bound of all rounds; none where the lowering refuses the program.
    pub outcome: Option<Outcome>,
    /// What proposed solutions.
    pub primal: Option<Box<dyn Primal>>,
}

/// Solves the goal of `what` within `options.limit`; `listener` hears of it as goal `place`.
pub(crate) fn solve_on_demand(
    program: &Program,
    what: &LowerOptions,
    engine: Engine,
    options: &Options,
    listener: Option<(&StudyListener, (usize, usize))>,
) -> Solved {
    rounds(program, what, (engine, true), options, listener)
}

/// The same without any binaries of `exact_on_demand(...)`: bound and infeasibility are those of the study,
/// the plan may be off in what they would decide.
pub(crate) fn solve_undemanded(program: &Program, what: &LowerOptions, engine: Engine, options: &Options) -> Solved {
    rounds(program, what, (engine, false), options, None)
}

fn rounds(
    program: &Program,
    what: &LowerOptions,
    (engine, atoms): (Engine, bool),
    options: &Options,
    listener: Option<(&StudyListener, (usize, usize))>,
) -> Solved {
    let mut demanded = BTreeSet::new();
    let mut cuts: Vec<Affine> = Vec::new();
    let mut previous: Option<Previous> = None;
    let (mut known, mut certified) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    let (mut nodes, mut iterations) = (0, 0);
    loop {
        let (demands, cut, limit) = (Some(demanded.clone()), cuts.clone(), options.limit.clone());
        let lowering = lower(program, &LowerOptions { demanded: demands, cuts: cut, limit, ..what.clone() });
        if lowering.diagnostics.iter().any(|d| d.severity == Severity::Error) {
            return Solved { lowering, outcome: None, primal: None };
        }
        let problem = &lowering.problem;
        let mut primal = proposals(program, problem, options.seed, &options.limit);
        if let Some(previous) = previous.take() {
            primal = Some(Box::new(previous));
        }
        let mut limited = options.clone();
        if let (Some((listener, place)), Some(goal)) = (listener, program.objectives.get(what.objective)) {
            limited.progress = Some(translated(listener, problem, goal, place));
        }
        let mut outcome = solve(problem, engine, &limited, primal.as_deref());
        nodes += outcome.nodes;
        iterations += outcome.iterations;
        (outcome.nodes, outcome.iterations) = (nodes, iterations);
        outcome.bound = outcome.bound.max(known / problem.objective_scale.abs());
        known = outcome.bound * problem.objective_scale.abs();
        outcome.certified = outcome.certified.max(certified / problem.objective_scale.abs());
        certified = outcome.certified * problem.objective_scale.abs();
        let values = outcome.point.as_ref().map(|point| lowering.map.values(problem, point));
        let off = match (&outcome.point, &values) {
            (Some(point), Some(x)) if atoms => {
                let value = |atom| form_value(program, &Form { atoms: [(atom, 1.0)].into(), ..Form::default() }, x);
                lowering.map.inexact(problem, point, value, LOOSE)
            }
            _ => Vec::new(),
        };
        let cycles = program.network.as_ref().zip(values.as_ref()).map_or(Vec::new(), |(n, x)| cycle_cuts(n, x));
        if off.is_empty() && cycles.is_empty() {
            return Solved { lowering, outcome: Some(outcome), primal };
        }
        if options.limit.passed() {
            let termination = options.stopped();
            let outcome = Outcome { termination, point: None, objective: None, ..outcome };
            return Solved { lowering, outcome: Some(outcome), primal };
        }
        // A plan with a cycle is no start.
        previous = values.filter(|_| cycles.is_empty()).map(|x| Previous::new(program, &x));
        demanded.extend(off);
        cuts.extend(cycles);
    }
}
