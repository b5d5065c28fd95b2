//! Continuous conic problems by Clarabel. The bound is certified wherever the bounds of the columns
//! allow it to within the gap, and the solver's own to its tolerance elsewhere.

use super::clarabel::Request;
use super::conic::Conic;
use super::reduce::{Domain, Effort};
use super::relaxation::{Relaxed, Verdict, relax};
use super::{Options, Outcome, Primal, Termination};
use crate::ids::IdVec;
use crate::lowered::Lowered;

/// Greatest relative violation of a point that counts as feasible.
pub(super) const FEASIBLE: f64 = 1e-6;

/// A gap below this is not asked of an interior-point solve.
const LEAST_GAP: f64 = 1e-6;
/// What a solved problem's dual objective may be off by.
pub(super) const TOLERANCE: f64 = 5e-8;

/// Clarabel's name with version, as this package depends on it.
pub(super) const CLARABEL: &str = "Clarabel 0.11";

/// Solves a lowered problem, its integrality dropped.
pub fn solve(problem: &Lowered, options: &Options) -> Outcome {
    let conic = Conic::relaxation(problem);
    let continuous = IdVec::filled(false, conic.columns());
    let effort = Effort { integer: &continuous, eliminate_integers: true, kept: &[] };
    let request = Request { limit: options.limit.clone(), ..Request::default() };
    let relaxed = relax(&conic, &Domain::of_lowered(problem), &effort, &request);
    let mut outcome = Outcome {
        termination: termination(&relaxed, options),
        point: None,
        objective: None,
        bound: relaxed.bound,
        certified: relaxed.bound,
        engine: CLARABEL.to_string(),
        nodes: 0,
        iterations: relaxed.iterations,
    };
    match relaxed.verdict {
        Verdict::Solved if conic.violation(&relaxed.x) <= FEASIBLE => {
            outcome.objective = Some(conic.objective(&relaxed.x));
            outcome.point = Some(relaxed.x);
            if outcome.gap() > options.gap.max(LEAST_GAP) {
                // Free columns, or very wide ones, can make the certificate useless; the solve itself
                // has closed its gap to the tolerance.
                let value = outcome.objective.unwrap_or(f64::NEG_INFINITY);
                outcome.bound = outcome.bound.max(value - TOLERANCE * value.abs().max(1.0));
            }
        }
        Verdict::Solved => outcome.termination = Termination::Failed,
        Verdict::Unbounded => outcome.termination = unbounded(&conic, &effort, &request),
        _ => {}
    }
    outcome
}

fn termination(relaxed: &Relaxed, options: &Options) -> Termination {
    match relaxed.verdict {
        Verdict::Solved | Verdict::Cutoff => Termination::Optimal,
        Verdict::Infeasible => Termination::Infeasible,
        Verdict::Unbounded => Termination::Unbounded,
        Verdict::Stopped => options.stopped(),
        Verdict::Failed => Termination::Failed,
    }
}

/// A direction of unlimited decrease makes a problem unbounded if it has a feasible point.
pub(super) fn unbounded(problem: &Conic, effort: &Effort<'_>, request: &Request) -> Termination {
    let feasibility = Conic { cost: IdVec::filled(0.0, problem.columns()), offset: 0.0, ..problem.clone() };
    let relaxed = relax(&feasibility, &Domain::of(&feasibility), effort, request);
    match relaxed.verdict {
        Verdict::Solved if problem.violation(&relaxed.x) <= FEASIBLE => Termination::Unbounded,
        Verdict::Infeasible => Termination::Infeasible,
        Verdict::Stopped => Termination::Limit,
        _ => Termination::Failed,
    }
}

/// An engine for mixed-integer problems.
type Solve = fn(&Lowered, &Options, Option<&dyn Primal>) -> Outcome;

/// Whether a mixed-integer problem is unbounded: its relaxation is, it has a solution, and with
/// that solution's integers the objective still falls for ever. `Failed` if that stays open.
pub(super) fn unlimited(
    problem: &Lowered,
    options: &Options,
    primal: Option<&dyn Primal>,
    engine: Solve,
) -> Termination {
    match self::solve(problem, options).termination {
        Termination::Unbounded => {}
        Termination::Infeasible => return Termination::Infeasible,
        _ => return Termination::Failed,
    }
    let found = engine(&problem.feasibility(), options, primal);
    let Some(point) = found.point else {
        let empty = found.termination == Termination::Infeasible;
        return if empty { Termination::Infeasible } else { Termination::Failed };
    };
    let mut fixed = problem.clone();
    for (column, value) in fixed.columns.iter_mut().zip(point) {
        if column.integer {
            column.lower = value;
            column.upper = value;
        }
    }
    match self::solve(&fixed, options).termination {
        Termination::Unbounded => Termination::Unbounded,
        _ => Termination::Failed,
    }
}
