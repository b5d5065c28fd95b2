//! A study under a plan that is given: what the plan fixes is fixed, the rest is the study's. A plan
//! that leaves nothing open of what a robust study decides ahead is judged as it is.

use super::robust::{chosen, worst_case};
use super::{Found, SolveOptions, Solved, check_cost, dispatch, refused};
use crate::diagnostics::{Diagnostic, ids_solution};
use crate::ids::Id;
use crate::model::Model;
use crate::program::{Affine, Constraint, Form, Program, Relation, VarId, number, shown};
use crate::solution::{Outcome, Termination};
use crate::source::Span;
use crate::study::{Status, StudyOptions, StudyResult, broken_rules, check};
use crate::uncertainty::parts::is_later;
use crate::uncertainty::plan::{Fixed, Given, Plan, fit};
use crate::uncertainty::study::{Method, Study};
use crate::uncertainty::verify::{Points, Stands, stands};
use crate::uncertainty::worst::Worst;
use crate::uncertainty::{Oracle, Set, at, deviations, realisations, samples};

/// Rules and realisations that a finding names.
const MOST_NAMED: usize = 5;

pub(super) fn given(
    program: &Program,
    model: &Model,
    with: &super::With<'_>,
    study: Option<&Study>,
    plan: &Plan,
    options: &SolveOptions,
) -> Solved {
    let method = study.map_or(&Method::Deterministic, |s| &s.method);
    let fixed = match fit(program, plan, *method != Method::Deterministic) {
        Ok(fixed) => fixed,
        Err(found) => return refused(program, found),
    };
    let told = |stands| Given { name: plan.name.clone(), fixed: fixed.fixed, open: fixed.open, stands };
    if let Some(found) = broken(program, &fixed, plan.span) {
        let mut solved = failing(study, program.clone(), vec![found]);
        solved.given = Some(told(None));
        return solved;
    }
    let under = without_settled(program, &fixed);
    let whole = fixed.open == 0;
    let (mut solved, stands) = match (method, study) {
        (Method::Robust { rules: None, sets, samples, .. }, Some(study)) => {
            let under = match super::robust::with_sets(&under, sets.as_deref()) {
                Ok(under) => under,
                Err(found) => return refused(program, found),
            };
            robust(&under, study, whole.then(|| fixed.plan()), *samples, &options.study)
        }
        (Method::Stochastic(ask), Some(study)) if whole => {
            // Better information changes nothing where nothing is left to decide.
            let ask = crate::uncertainty::Stochastic { value: Some(false), ..ask.clone() };
            let solved = super::stochastic::stochastic(&under, model, study, &ask, &options.study);
            let failed = solved.result.status == Status::Infeasible;
            let list = realisations(&under, model, ask.over.as_ref(), study.span).ok().filter(|_| failed);
            let stands = list.and_then(|list| {
                let all: Vec<Vec<f64>> = list.iter().map(|r| r.factors.clone()).collect();
                let middle = Set::new(&under).nominal();
                let points = Points { middle: &middle, samples: &[], all: Some(&all), worst: None, known: &[] };
                stands(&under, &fixed.plan(), &points, options.study.engine, &options.study.solver).ok()
            });
            (solved, stands)
        }
        _ => {
            let with = |setting: &str| with(setting).map(|p| without_settled(&p, &fixed));
            (dispatch(&under, model, &with, study, options), None)
        }
    };
    if solved.result.status == Status::Infeasible {
        explain(&mut solved.result, plan, &fixed, stands.as_ref());
    }
    solved.given = Some(told(stands));
    solved
}

/// A robust study with what is decided ahead fixed, in part or as a whole.
fn robust(
    program: &Program,
    study: &Study,
    plan: Option<Vec<f64>>,
    count: Option<usize>,
    options: &StudyOptions,
) -> (Solved, Option<Stands>) {
    let set = Set::new(program);
    let oracle = match chosen(program, study, &set, options) {
        Ok(oracle) => oracle,
        Err(found) => return (refused(program, found), None),
    };
    let solver = &options.solver;
    let (plan, solved) = match plan {
        Some(plan) => (plan, None),
        None => {
            let solved = super::robust::robust(program, study, (None, None), &options.clone().into());
            match solved.result.values.clone() {
                Some(plan) => (plan, Some(solved)),
                None => return (solved, None),
            }
        }
    };
    let (solved, known) = match solved {
        Some(solved) => (solved, Vec::new()),
        None => match oracle.worst(program, &plan, options.engine, solver) {
            Ok(worst) => judged(program, study, &set, &oracle, worst, options),
            Err(found) => return (refused(program, found), None),
        },
    };
    let sign = if program.objectives.first().is_some_and(|o| o.maximize) { -1.0 } else { 1.0 };
    let drawn = count.map_or_else(Vec::new, |n| samples(&set, n, solver.seed, solver));
    let all = match &oracle {
        Oracle::Corners(points) => Some(points.clone()),
        Oracle::Regions => match Oracle::corners(program, &set) {
            Some(Oracle::Corners(points)) => Some(points),
            _ => None,
        },
        Oracle::Blocks(_) => None,
    };
    let worst = solved.result.objective.map(|c| c * sign);
    let points = Points { middle: &set.inner(solver), samples: &drawn, all: all.as_deref(), worst, known: &known };
    let stands = stands(program, &plan, &points, options.engine, solver).ok();
    (solved, stands)
}

/// The worst case of a plan as the result of a study; the rules that it misses.
fn judged(
    program: &Program,
    study: &Study,
    set: &Set<'_>,
    oracle: &Oracle,
    worst: Worst,
    options: &StudyOptions,
) -> (Solved, Vec<crate::uncertainty::Shortage>) {
    let sign = if program.objectives.first().is_some_and(|o| o.maximize) { -1.0 } else { 1.0 };
    let ended = |termination, factors: Vec<f64>| {
        let found = Found::Worst(worst_case(program, &factors, oracle.proof()));
        let result = StudyResult {
            status: Status::of(termination, false),
            outcome: Some(outcome(termination, None)),
            ..StudyResult::default()
        };
        Solved { study: study.name.clone(), shown: at(program, &factors), result, found, given: None }
    };
    match worst {
        Worst::Served { factors, cost, values } => {
            let mut solved = ended(Termination::Optimal, factors);
            let result = &mut solved.result;
            result.status = Status::Optimal;
            result.outcome = Some(outcome(Termination::Optimal, Some(cost)));
            result.values = Some(values);
            check(&solved.shown, result);
            check_cost(&solved.shown, Some(cost), super::robust::apart(program, options), result);
            result.objective = Some(cost * sign);
            result.bound = Some(cost * sign);
            result.gap = 0.0;
            (solved, Vec::new())
        }
        Worst::Unserved { factors, shortages } => {
            let mut solved = ended(Termination::Infeasible, factors.clone());
            let text = "the plan leaves realisations of the uncertainty set that cannot be served";
            let mut d = Diagnostic::new(ids_solution::INFEASIBLE, study.span, text, "the plan does not stand");
            let moved: Vec<String> = deviations(program, &factors)
                .into_iter()
                .filter_map(|(f, z)| Some(format!("{} = {}", program.factors.get(f.0 as usize)?.name, number(z))))
                .collect();
            let where_ = if moved.is_empty() { "nothing deviates".to_string() } else { moved.join(", ") };
            for s in shortages.iter().take(MOST_NAMED) {
                d = d.note(format!("where {where_}, it misses `{}` by {} {}", s.rule, number(s.by), s.unit));
            }
            solved.result.diagnostics.push(d);
            (solved, shortages)
        }
        Worst::Unknown(why) => (ended(why, set.nominal()), Vec::new()),
    }
}

/// Says of an infeasible study that the plan is in the way, and where.
fn explain(result: &mut StudyResult, plan: &Plan, fixed: &Fixed, stands: Option<&Stands>) {
    let Some(d) = result.diagnostics.iter_mut().rfind(|d| d.id == ids_solution::INFEASIBLE) else { return };
    d.notes.push(format!("{} decisions are fixed as `{}` has them", fixed.fixed, plan.name));
    if let Some(Stands { all: Some(all), failing, missed, .. }) = stands {
        d.notes.push(format!("{failing} of {all} realisations looked at cannot be served"));
        for m in missed.iter().take(MOST_NAMED) {
            let by = format!("{} {}", number(m.by), m.unit);
            d.notes.push(format!("`{}` is missed in {} realisations, by at most {}", m.rule, m.times, by.trim_end()));
        }
    }
    d.help = Some("change the plan where these rules leave room, or see what the study decides without it".into());
}

/// Rules over decisions that are all fixed, and that fail.
fn broken(program: &Program, fixed: &Fixed, span: Span) -> Option<Diagnostic> {
    let settled = |c: &&Constraint| !is_later(program, &c.relation) && is_fixed(program, &c.relation, fixed);
    let missed = broken_rules(program, program.constraints.iter().filter(settled), &fixed.plan());
    if missed.is_empty() {
        return None;
    }
    let rules = if missed.len() == 1 { "a rule".to_string() } else { format!("{} rules", missed.len()) };
    let text = format!("the plan breaks {rules} over what it decides");
    let mut d = Diagnostic::new(ids_solution::PLAN_BREAKS_RULES, span, text, "this plan");
    for (c, by) in missed.iter().take(MOST_NAMED) {
        let unit = crate::program::DisplayUnit { factor: 1.0, ..(*c.unit).clone() };
        d = d.label(program.origin(c.origin).span, "broken by the plan").note(format!(
            "it misses `{}` by {}",
            c.name,
            shown(*by, &unit)
        ));
    }
    if missed.len() > MOST_NAMED {
        d = d.note(format!("and {} more", missed.len() - MOST_NAMED));
    }
    Some(d.help("change the values of the plan, or leave some out: the study then decides them"))
}

/// The program with what is fixed as limits. Rules over nothing else have been judged: for an engine the
/// last digits of a plan, which it cannot change, would be contradictions.
fn without_settled(program: &Program, fixed: &Fixed) -> Program {
    let mut out = fixed.apply(program);
    out.constraints.retain(|c| is_later(program, &c.relation) || !is_fixed(program, &c.relation, fixed));
    out
}

fn is_fixed(program: &Program, relation: &Relation, fixed: &Fixed) -> bool {
    let known = |v: VarId| v.of(&fixed.values).is_some();
    match relation {
        Relation::Le(form) | Relation::Eq(form) => form_is_fixed(program, form, &known),
        Relation::Implies { when, then, .. } => known(*when) && is_fixed(program, then, fixed),
    }
}

fn form_is_fixed(program: &Program, form: &Form, known: &impl Fn(VarId) -> bool) -> bool {
    let affine = |a: &Affine| a.terms.iter().all(|(v, _)| known(*v));
    affine(&form.affine)
        && form.uncertain.is_empty()
        && form.products.iter().all(|p| affine(&p.left) && affine(&p.right))
        && form.atoms.iter().all(|(a, _)| program.atom(*a).args.iter().all(|f| form_is_fixed(program, f, known)))
}

/// A study that ends without a plan.
fn failing(study: Option<&Study>, shown: Program, diagnostics: Vec<Diagnostic>) -> Solved {
    let result = StudyResult {
        status: Status::Infeasible,
        diagnostics,
        outcome: Some(outcome(Termination::Infeasible, None)),
        ..StudyResult::default()
    };
    let study = study.map_or_else(String::new, |s| s.name.clone());
    Solved { study, shown, result, found: Found::Nothing, given: None }
}

fn outcome(termination: Termination, cost: Option<f64>) -> Outcome {
    Outcome {
        termination,
        point: None,
        objective: cost,
        bound: cost.unwrap_or(f64::NEG_INFINITY),
        certified: f64::NEG_INFINITY,
        engine: "worst case of the given plan".into(),
        nodes: 0,
        iterations: 1,
    }
}
