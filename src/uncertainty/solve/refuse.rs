//! What a study is refused for before any engine runs: the same findings as those of solving it, from the
//! same readers, for whoever only wants to know what is wrong.

use super::robust::{preconditions, too_large, with_sets};
use super::stochastic::{Asked, asked};
use super::{With, affine, igdt, no_study};
use crate::deadline::Deadline;
use crate::diagnostics::Diagnostic;
use crate::elaborate::no_objective;
use crate::lowered::{LowerOptions, lower};
use crate::model::Model;
use crate::program::Program;
use crate::uncertainty::affine::refusals as affine_refusals;
use crate::uncertainty::igdt::{View, factors_chosen};
use crate::uncertainty::study::{Method, Rules, Study, read};
use crate::uncertainty::{Aim, Chance, Oracle, Realisation, Set, at, extensive, unreadable};

/// Variables times scenarios up to which the program over all scenarios is looked at; beyond, that over
/// the first ones is.
const MOST_COPIES: usize = 100_000;

/// Why the study of a program would be refused; empty where an engine would be asked. `with` gives the
/// program with one more setting; after `limit` the rest is left out.
pub fn refusals(program: &Program, model: &Model, with: &With<'_>, limit: &Deadline) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = no_objective(program).into_iter().collect();
    let study = match model.names.studies.first().map(read).transpose() {
        Ok(study) => study,
        Err(wrong) => {
            found.extend(wrong);
            return found;
        }
    };
    // A stochastic study reads them itself.
    if !study.as_ref().is_some_and(|s| matches!(s.method, Method::Stochastic(_))) {
        found.extend(unreadable(model, None));
    }
    found.extend(match (&study, program.factors.first()) {
        _ if program.variables.is_empty() => lowered(program, limit),
        (None, Some(first)) => vec![no_study(program.origin(first.origin).span)],
        (None, None) => lowered(program, limit),
        (Some(study), _) => of_method(program, model, study, with, limit),
    });
    found
}

/// By the study's method.
fn of_method(program: &Program, model: &Model, study: &Study, with: &With<'_>, limit: &Deadline) -> Vec<Diagnostic> {
    match &study.method {
        Method::Deterministic => lowered(&at(program, &Set::new(program).nominal()), limit),
        Method::Robust { rules, sets, .. } => match with_sets(program, sets.as_deref()) {
            Ok(program) => robust(&program, study, rules.as_ref(), limit),
            Err(found) => found,
        },
        Method::Igdt { radius, question } => match igdt::ends(program, model, study, (radius, question), with, limit) {
            Ok((none, largest)) => {
                let mut found = lowered(&at(&none, &Set::new(&none).nominal()), limit);
                if found.is_empty() {
                    found = match question.view {
                        View::RiskAverse => worst(&largest, limit),
                        View::Opportunity => lowered(&factors_chosen(&largest), limit),
                    };
                }
                found
            }
            Err(found) => found,
        },
        Method::Stochastic(ask) => match asked(program, model, study, ask) {
            Ok(Asked { scenarios, chance, aim }) => {
                let most = (MOST_COPIES / program.variables.len().max(1)).max(1);
                let some = scenarios.get(..most.min(scenarios.len())).unwrap_or_default();
                over(program, some, aim, chance.as_ref(), limit)
            }
            Err(found) => found,
        },
    }
}

fn robust(program: &Program, study: &Study, rules: Option<&Rules>, limit: &Deadline) -> Vec<Diagnostic> {
    let mut found = preconditions(program, study);
    let set = Set::new(program);
    if found.is_empty() {
        found = set.check(limit);
    }
    if !found.is_empty() {
        return found;
    }
    match rules {
        Some(Rules { causal }) => affine::told(affine_refusals(program, &set, *causal), study),
        None if Oracle::choose(program, &set).is_none() => vec![too_large(program, study.span)],
        None => worst(program, limit),
    }
}

/// Of the first master: one realisation, the middle of the set.
fn worst(program: &Program, limit: &Deadline) -> Vec<Diagnostic> {
    let middle = Realisation { name: "1".into(), factors: Set::new(program).nominal(), probability: 0.0 };
    over(program, &[middle], Aim::Worst { floor: f64::NEG_INFINITY }, None, limit)
}

fn over(
    program: &Program,
    scenarios: &[Realisation],
    aim: Aim,
    chance: Option<&Chance>,
    limit: &Deadline,
) -> Vec<Diagnostic> {
    let whole = extensive(program, scenarios, aim, chance);
    // A rule that no decision can mend makes the study infeasible, not wrong.
    if whole.broken.is_some() {
        return Vec::new();
    }
    lower(&whole.program, &LowerOptions { limit: limit.clone(), ..LowerOptions::default() }).diagnostics
}

/// What the lowering refuses, goal by goal.
fn lowered(program: &Program, limit: &Deadline) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for objective in 0..program.objectives.len().max(1) {
        let lowering = lower(program, &LowerOptions { objective, limit: limit.clone(), ..LowerOptions::default() });
        found.extend(lowering.diagnostics.into_iter().filter(|d| !found.contains(d)).collect::<Vec<_>>());
    }
    found
}
