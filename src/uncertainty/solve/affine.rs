//! A robust study by affine rules: a plan, a way to act and an upper bound; beside it the proven worst
//! cost of the plan, where that can be had.

use super::robust::{compare, preconditions, worst_case};
use super::{Found, SAME_COST, Solved, check_cost, refused};
use crate::diagnostics::{Diagnostic, ids_solution};
use crate::program::{Affine, Program, VarId};
use crate::solution::{Outcome, Termination};
use crate::study::{Status, StudyOptions, StudyResult, TOLERANCE, check, form_value, largest_violation};
use crate::uncertainty::parts::cost_value;
use crate::uncertainty::study::Study;
use crate::uncertainty::worst::Worst;
use crate::uncertainty::{ByRules, Oracle, Policy, Set, at, samples as drawn, solve_affine};

/// Samples at which rules are checked, and as many corners.
const POINTS: usize = 16;

/// What affine rules guarantee. Costs in coherent units, in the user's direction.
#[derive(Debug, Clone, PartialEq)]
pub struct AtMost {
    /// No realisation costs more where one acts by the rules.
    pub cost: f64,
    /// The rules.
    pub policy: Policy,
    /// What the plan costs where one acts as well as possible; none where that cannot be proven.
    pub plan: Option<AtBest>,
    /// Columns and rows.
    pub size: (usize, usize),
}

/// The worst case of a plan under the best later decisions.
#[derive(Debug, Clone, PartialEq)]
pub struct AtBest {
    /// Proven worst cost.
    pub cost: f64,
    /// Name and value of every factor there.
    pub factors: Vec<(String, f64)>,
    /// How it is proven.
    pub proof: String,
}

pub(super) fn affine(
    program: &Program,
    study: &Study,
    causal: bool,
    (samples, scenarios): (Option<usize>, Option<usize>),
    options: &StudyOptions,
) -> Solved {
    let mut found = preconditions(program, study);
    let set = Set::new(program);
    if found.is_empty() {
        found = set.check(&options.solver.limit);
    }
    if !found.is_empty() {
        return refused(program, found);
    }
    let solver = &options.solver;
    let mut solved = match solve_affine(program, &set, causal, options.engine, solver) {
        Ok(solved) => solved,
        Err(found) => return refused(program, told(found, study)),
    };
    let sign = if program.objectives.first().is_some_and(|o| o.maximize) { -1.0 } else { 1.0 };
    let factors = solved.worst.take().unwrap_or_else(|| set.nominal());
    let shown = at(program, &factors);
    let mut worst = worst_case(program, &factors, "affine rules for all of the set".into());
    let mut result = StudyResult {
        status: match solved.termination {
            // That there are no such rules does not mean that there is no plan.
            Termination::Infeasible => Status::Limit,
            other => Status::of(other, solved.policy.is_some()),
        },
        outcome: Some(outcome(&solved)),
        ..StudyResult::default()
    };
    if solved.termination == Termination::Infeasible {
        result.diagnostics.push(none(study));
    }
    if let (Some(policy), Some(cost)) = (solved.policy.take(), solved.cost) {
        let plan = policy.at(&factors);
        result.values = Some(plan.clone());
        check(&shown, &mut result);
        check_cost(&shown, Some(cost), 1.0, &mut result);
        result.objective = Some(cost * sign);
        result.bound = solved.bound.is_finite().then_some(solved.bound * sign);
        result.gap = result.outcome.as_ref().map_or(f64::INFINITY, Outcome::gap);
        if solved.bound > cost + SAME_COST * (1.0 + cost.abs()) {
            // A bound that the checked rules undercut is none: a large linear program solved badly.
            (result.bound, result.gap) = (None, f64::INFINITY);
            if result.status == Status::Optimal {
                result.status = Status::Feasible;
            }
        }
        kept(program, &set, &policy, cost, options, &mut result);
        let oracle = Oracle::choose(program, &set);
        let proven =
            oracle.as_ref().and_then(|o| Some((o.worst(program, &plan, options.engine, solver).ok()?, o.proof())));
        let named = |z: Vec<f64>| program.factors.iter().map(|f| f.name.clone()).zip(z).collect();
        let proven = match proven {
            Some((Worst::Served { factors, cost, .. }, proof)) => {
                Some(AtBest { cost: cost * sign, factors: named(factors), proof })
            }
            _ => None,
        };
        if let (Some(count), Some(oracle)) = (samples, &oracle) {
            worst.compared = compare(program, &set, oracle, &plan, (count, scenarios), options);
        }
        worst.affine = Some(Box::new(AtMost { cost: cost * sign, policy, plan: proven, size: solved.size }));
    }
    Solved { study: study.name.clone(), shown, result, found: Found::Worst(worst), given: None }
}

/// What affine rules cannot do, with the study that asks for them.
pub(super) fn told(found: Vec<Diagnostic>, study: &Study) -> Vec<Diagnostic> {
    let by_rules = |d: Diagnostic| match d.id == ids_solution::NEEDS_LINEAR_RECOURSE {
        true => d.label(study.span, "study by affine rules"),
        false => d,
    };
    found.into_iter().map(by_rules).collect()
}

/// The rules must keep everything, and cost no more than they say, in corners of the set in directions
/// drawn at random, and in samples.
fn kept(
    program: &Program,
    set: &Set<'_>,
    policy: &Policy,
    cost: f64,
    options: &StudyOptions,
    result: &mut StudyResult,
) {
    let solver = &options.solver;
    let mut points = drawn(set, POINTS, solver.seed, solver);
    let corner = |z: &Vec<f64>| {
        let aim = z.iter().zip(&policy.centre).enumerate().map(|(f, (z, c))| (VarId(f as u32), z - c));
        set.greatest(&Affine { constant: 0.0, terms: aim.collect() }, solver).map(|found| found.1)
    };
    points.extend(points.iter().filter_map(corner).collect::<Vec<_>>());
    for z in &points {
        let (there, values) = (at(program, z), policy.at(z));
        let missed = largest_violation(&there, &values);
        let again = cost_value(&there, &values, form_value);
        let dearer = again > cost + SAME_COST * (1.0 + cost.abs());
        if missed.0 > result.violation.0 {
            result.violation = missed;
        }
        if result.violation.0 > TOLERANCE || dearer {
            result.passed = false;
            result.status = Status::Failed;
            let text = "the rules do not keep what they promise in all of the set";
            let d = Diagnostic::unlocated(ids_solution::CHECK_FAILED_AFTER_SOLVE, text);
            let (by, rule) = &result.violation;
            result.diagnostics.push(if dearer {
                d.note(format!("a realisation costs {again} instead of at most {cost}"))
            } else {
                d.note(format!("`{rule}` is missed by {by:.1e} of what it adds up"))
            });
            return;
        }
    }
}

fn none(study: &Study) -> Diagnostic {
    let text = "no affine rules keep everything in every realisation of the uncertainty set";
    Diagnostic::new(ids_solution::NO_AFFINE_PLAN, study.span, text, "no plan of this kind")
        .note("plans whose later decisions follow no such rules are not excluded by that")
        .help("solve it by `robust ccg`, or allow what cannot be served to be shed at a price")
}

fn outcome(solved: &ByRules) -> Outcome {
    Outcome {
        termination: solved.termination,
        point: None,
        objective: solved.cost,
        bound: solved.bound,
        certified: f64::NEG_INFINITY,
        engine: format!("affine rules on {}", solved.engine),
        nodes: solved.nodes,
        iterations: 1,
    }
}
