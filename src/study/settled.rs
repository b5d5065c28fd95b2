//! A plan of a study with ranges that stand for "no limit", made exact: beside its whole numbers the rest is solved
//! again, as a problem of its own. With them fixed, what switched is limited by the network, so that bounds and
//! scales of the new problem are those of the plan and not those of the ranges.

use super::demand::{Solved, solve_on_demand};
use super::largest_violation;
use super::verdict::BETTER;
use crate::lowered::{LowerOptions, Lowering};
use crate::program::{Domain, Program};
use crate::solution::{Engine, Options, Outcome};

/// The plan with its whole numbers as given and the rest solved again, with the bound of `outcome`; none where that
/// finds nothing that keeps the rules better. A bound that the plan beats says nothing and is left out.
pub(super) fn settled(
    program: &Program,
    what: &LowerOptions,
    (engine, options): (Engine, &Options),
    (lowering, outcome): (&Lowering, &Outcome),
) -> Option<(Lowering, Outcome)> {
    let point = outcome.point.as_ref().filter(|_| lowering.unlimited)?;
    let x = lowering.map.values(&lowering.problem, point);
    let mut fixed = program.clone();
    for (v, x) in fixed.variables.iter_mut().zip(&x).filter(|(v, _)| v.domain != Domain::Continuous) {
        (v.lower, v.upper) = (x.round(), x.round());
    }
    // A vertex keeps its rules to more digits than an interior point.
    let engine = if lowering.problem.cones.is_empty() { Engine::Highs } else { engine };
    let options = Options { limit: options.limit.grace(), ..options.clone() };
    let Solved { lowering: exact, outcome: found, .. } = solve_on_demand(&fixed, what, engine, &options, None);
    let found = found.filter(|o| o.point.is_some())?;
    let after = exact.map.values(&exact.problem, found.point.as_ref()?);
    if largest_violation(program, &after).0 > largest_violation(program, &x).0 {
        return None;
    }
    let (from, to) = (lowering.problem.objective_scale, exact.problem.objective_scale);
    let bound = outcome.bound * (from / to);
    let value = found.objective?;
    let beaten = value < bound - BETTER * bound.abs().max(value.abs()) - f64::MIN_POSITIVE;
    let bound = if beaten { f64::NEG_INFINITY } else { bound.min(value) };
    let certified = bound.min(outcome.certified * (from / to));
    Some((exact, Outcome { point: found.point, objective: found.objective, bound, certified, ..outcome.clone() }))
}
