//! What may be said of a result: `optimal` only where the plan's own value, as the checks compute it,
//! is within the gap asked for of the proven bound; and the findings that say why it is not.

use super::repair::{Found, Repair};
use super::{Status, StudyResult};
use crate::diagnostics::{Diagnostic, ids_solution};
use crate::program::{DisplayUnit, Program, amount, number};
use crate::solution::{Options, Termination};

/// A gap below this is closed: what is left is the accuracy of the engines.
const CLOSED: f64 = 1e-6;
/// A plan that is better than the bound by more than this share shows that the bound is wrong.
pub(super) const BETTER: f64 = 1e-4;

/// Settles the status of a checked result and adds the findings that explain it.
pub(super) fn conclude(program: &Program, result: &mut StudyResult, options: &Options, seconds: f64) {
    let asked = options.gap;
    let ended = result.outcome.as_ref().map(|o| o.termination);
    let goal = program.objectives.get(result.goal);
    let unit = goal.map_or_else(|| DisplayUnit::new("", 1.0).into(), |g| g.unit.clone());
    match result.status {
        Status::Optimal | Status::Feasible => {
            if contradicts(program, result) {
                result.status = Status::Failed;
                result.passed = false;
                let text = "the plan is better than the bound that was proven, so one of the two is wrong";
                let d = Diagnostic::unlocated(ids_solution::CHECK_FAILED_AFTER_SOLVE, text);
                result.diagnostics.push(d.help("report this study: it shows a mistake in Tieline"));
                return;
            }
            let last = result.goal + 1 == program.objectives.len();
            if last && result.gap <= asked.max(CLOSED) {
                result.status = Status::Optimal;
                return;
            }
            result.status = Status::Feasible;
            result.diagnostics.push(open_gap(program, result, options, seconds, &unit));
        }
        Status::Limit if ended == Some(Termination::Infeasible) => {
            let text = "no solution was found, and that there is none is not proven";
            let d = Diagnostic::unlocated(ids_solution::LIMIT_WITHOUT_SOLUTION, text).note(
                "the search says so, which nobody can check; a second one that proves each step could not decide everything",
            );
            result.diagnostics.push(d.help(
                "state ranges as narrow as you know them: proofs fail where numbers are far apart; or allow more time",
            ));
        }
        Status::Limit if result.repair.is_some() => {
            let text = "no state of the network was found that keeps all rules, and none was excluded for all plans";
            let d = Diagnostic::unlocated(ids_solution::LIMIT_WITHOUT_SOLUTION, text);
            result.diagnostics.push(d.help("widen the limits that bind, or allow feed-in to be curtailed further"));
        }
        Status::Limit => {
            let how = if ended == Some(Termination::Interrupted) { "before the interruption" } else { "within" };
            let text = match how {
                "within" => format!("no solution after {} s", number(rounded(seconds))),
                how => format!("no solution {how}, after {} s", number(rounded(seconds))),
            };
            let mut d = Diagnostic::unlocated(ids_solution::LIMIT_WITHOUT_SOLUTION, text);
            if let (Some(bound), Some(goal)) = (result.bound, goal) {
                let side = if goal.maximize { "at most" } else { "at least" };
                d = d.note(format!("proven so far: `{}` is {side} {}", goal.name, amount(bound, &unit)));
            }
            let limited = options.limit.left().is_finite();
            result.diagnostics.push(d.help(if limited && how == "within" {
                "allow more time with `--time-limit`, or leave out an optional part"
            } else {
                "let the search run on, try another `--engine`, or leave out an optional part"
            }));
        }
        Status::Failed if result.values.is_none() && result.outcome.is_some() => {
            let text = "the solver met numerical trouble and claims nothing";
            let d = Diagnostic::unlocated(ids_solution::SOLVER_FAILED, text);
            result.diagnostics.push(d.help("try the other engine: `--engine tree` or `--engine outer-approximation`"));
        }
        _ => {}
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

/// Is the plan better than what was proven to be possible, by more than what its limits may be missed by?
fn contradicts(program: &Program, result: &StudyResult) -> bool {
    let (Some(goal), Some(value), Some(bound)) = (program.objectives.get(result.goal), result.objective, result.bound)
    else {
        return false;
    };
    let better = if goal.maximize { value - bound } else { bound - value };
    better > BETTER * value.abs().max(bound.abs()) + goal.unit.floor.max(1e-6 * goal.unit.factor.abs())
}

/// A gap from here on says nothing as a share of the value, which is next to nothing beside the bound.
const USELESS: f64 = 10.0;

fn open_gap(
    program: &Program,
    result: &StudyResult,
    options: &Options,
    seconds: f64,
    unit: &DisplayUnit,
) -> Diagnostic {
    let asked = options.gap;
    let percent = |gap: f64| format!("{} %", number(100.0 * gap));
    let gap = match (result.bound, result.objective) {
        _ if result.gap <= USELESS => format!("gap {}", percent(result.gap)),
        (Some(bound), Some(value)) => format!("{} with a bound of {}", amount(value, unit), amount(bound, unit)),
        _ => "no bound".into(),
    };
    let text = format!("{gap} after {} s, {} was asked for", number(rounded(seconds)), percent(asked));
    let mut d = Diagnostic::unlocated(ids_solution::GAP_NOT_CLOSED, text);
    let outcome = result.outcome.as_ref();
    let ended = outcome.map(|o| o.termination);
    match ended {
        Some(Termination::Interrupted) => d = d.note("the search was interrupted; this is its best solution"),
        Some(Termination::Limit) if options.limit.left().is_finite() => {
            d = d.note("the time limit was reached; this is the best solution until then");
        }
        Some(Termination::Limit) => d = d.note("the engine ended by itself; this is its best solution"),
        Some(Termination::Failed) => {
            d = d.note(
                "the engine met numerical trouble in a part of the search, which stays open; this is its best solution",
            );
        }
        _ => {
            if let (Some(value), Some(bound)) = (result.objective, result.bound) {
                d = d.note(format!(
                    "the engine closed the gap for its own model; the plan by AC power flow is worth {} and the bound is {}",
                    amount(value, unit),
                    amount(bound, unit)
                ));
            }
        }
    }
    if result.goal + 1 < program.objectives.len()
        && let Some(goal) = program.objectives.get(result.goal)
    {
        d = d.note(format!(
            "this is goal {} of {}, `{}`; the later ones were not sought",
            result.goal + 1,
            program.objectives.len(),
            goal.name
        ));
    }
    let in_time = matches!(ended, Some(Termination::Interrupted | Termination::Limit));
    d.help(if in_time && options.limit.left().is_finite() {
        "allow more time with `--time-limit`, or accept a larger gap with `--gap`"
    } else if ended == Some(Termination::Interrupted) {
        "let the search run on, or accept a larger gap with `--gap`"
    } else {
        "more time closes no gap of this kind: accept a larger one with `--gap`, or try another `--engine`"
    })
}

/// A cone that is slack at the engine's plan: where, by how much, and what became of it. `value` is
/// what the plan that is shown is worth.
pub(super) fn loose_cone(program: &Program, goal: usize, repair: &Repair, value: Option<f64>) -> Diagnostic {
    let Repair { loosest, promised, found, topologies, .. } = repair;
    let network = program.network.as_ref();
    let id = network.and_then(|n| n.branches.get(loosest.branch)).map_or("?", |b| b.id.as_str());
    let when = match program.periods {
        0 | 1 => String::new(),
        _ => format!(" in period {}", loosest.period + 1),
    };
    let text = format!("line {id} carries {} A more than its flow needs{when}", number(loosest.excess));
    let d = Diagnostic::unlocated(ids_solution::CONE_NOT_TIGHT, text).note(format!(
        "the cone of this line is slack by {} %: the relaxation is no state of the network",
        number(100.0 * loosest.gap)
    ));
    let d = match (found, program.objectives.get(goal), value) {
        (Found::State, Some(goal), Some(value)) => d.note(format!(
            "the plan shown is a state of the network by AC power flow, which keeps all rules: {} instead of {} in the relaxation",
            amount(value, &goal.unit),
            amount(*promised, &goal.unit)
        )),
        (Found::State | Found::Impossible, ..) => d,
        (Found::Nothing, ..) => {
            let with = if *topologies > 1 {
                format!("{topologies} topologies, the best of the relaxation")
            } else {
                "the plan's whole numbers".into()
            };
            let d = d.note(format!("with {with}, no state of the network was found that keeps all rules: the plan is not feasible"));
            d.note("the search was not exhaustive, so this is no proof that there is none")
        }
        (Found::Stopped, ..) => {
            d.note("the search for a state of the network that keeps all rules was not finished, so there is no plan")
        }
    };
    d.help(if network.is_some_and(|n| n.minimises_losses) {
        "widen the upper voltage limit that binds, or let feed-in be curtailed"
    } else {
        "give losses a small positive price, or widen the upper voltage limit that binds"
    })
}

/// Why a plan does not pass its check, and what to do where its formulation only comes close to the flows.
pub(super) fn failed_check(program: &Program, result: &StudyResult) -> Diagnostic {
    let mut why = Vec::new();
    let rules_broken = result.violation.0 > super::TOLERANCE || result.violation.0.is_nan();
    if rules_broken {
        why.push(format!("`{}` is violated by {:.1e} of its size", result.violation.1, result.violation.0));
    }
    for (t, ac) in result.ac.iter().enumerate() {
        let when = if result.ac.len() > 1 { format!(" in period {}", t + 1) } else { String::new() };
        match ac {
            Ok(s) => why.extend(s.broken.iter().take(3).map(|b| format!("{b}{when} by AC power flow"))),
            Err(e) => why.push(format!("AC power flow{when}: {e}")),
        }
    }
    let d = Diagnostic::unlocated(ids_solution::CHECK_FAILED_AFTER_SOLVE, "the solution does not pass its check");
    let d = why.into_iter().take(8).fold(d, Diagnostic::note);
    let flows_approximated = program.network.as_ref().is_some_and(|n| n.periods.iter().all(|p| p.cones.is_empty()));
    if rules_broken || !flows_approximated || result.ac.iter().any(Result::is_err) {
        return d;
    }
    d.help("keep plans off these limits with the formulation's `margin` (voltages) or `source_margin` (sources), or use `conic`, whose plans are states of the network")
}
