//! A study solved again in numbers of the size of its plan. Ranges that nothing narrows, such as flows of lines without
//! rating, make scaled numbers in which plan and goal are next to nothing: an engine then takes for closed what is open,
//! and for a state what is none.

use super::demand::{Solved, solve_on_demand};
use super::progress::StudyListener;
use crate::lowered::{LowerOptions, Near, lower};
use crate::program::Program;
use crate::solution::{Engine, Options, Outcome, Termination};
use std::sync::Arc;

/// A scaled goal of less than this over the gap is next to nothing: engines end at a difference of 1e-8.
const SMALL: f64 = 1e-6;
/// What the bound of a search in such a goal may be off by.
const ACCURACY: f64 = 1e-7;
/// The goal has to become so much greater.
const GREATER: f64 = 16.0;

/// The answer in numbers of the size of the plan, where these are next to nothing in those of the ranges; in numbers of
/// the size of the network's loads where the engine met numerical trouble. Where that finds no plan, the first one
/// stays, with a bound that is as wide as its engine is accurate.
pub(super) fn rescaled(
    program: &Program,
    what: &LowerOptions,
    (engine, options): (Engine, &Options),
    listener: Option<(&StudyListener, (usize, usize))>,
    first: Solved,
) -> Solved {
    let gap = options.gap.max(1e-6);
    let Some(outcome) = &first.outcome else { return first };
    if options.limit.passed() {
        return first;
    }
    let failed = outcome.termination == Termination::Failed;
    let near = match (&outcome.point, outcome.objective) {
        _ if failed => Near::Loads,
        (Some(point), Some(value)) if value != 0.0 && value.abs() <= SMALL / gap => {
            Near::Plan(Arc::new(first.lowering.map.values(&first.lowering.problem, point)))
        }
        _ => return first,
    };
    let again = LowerOptions { near, ..what.clone() };
    let after = lower(program, &LowerOptions { limit: options.limit.clone(), ..again.clone() }).problem.objective_scale;
    if after == 0.0 || first.lowering.problem.objective_scale.abs() < GREATER * after.abs() {
        return first;
    }
    let second = solve_on_demand(program, &again, engine, options, listener);
    match &second.outcome {
        Some(o) if o.point.is_some() || failed && o.termination == Termination::Infeasible => second,
        _ if failed => first,
        _ => wider(first, gap),
    }
}

fn wider(first: Solved, gap: f64) -> Solved {
    let wider = |outcome: Outcome| {
        let bound = outcome.bound - ACCURACY;
        let mut wider = Outcome { bound, certified: outcome.certified.min(bound), ..outcome };
        if wider.termination == Termination::Optimal && wider.gap() > gap {
            wider.termination = Termination::Limit;
        }
        wider
    };
    Solved { outcome: first.outcome.map(wider), ..first }
}
