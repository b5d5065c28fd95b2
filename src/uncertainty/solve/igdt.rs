//! An information-gap study: the radius for each tolerance, and the plan at the first of them.

use super::{Found, Solved, check_cost, refused};
use crate::deadline::Deadline;
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, Severity, ids_names, ids_solution, unfinished};
use crate::model::Model;
use crate::names::{MemberId, MemberKind, ROOT};
use crate::program::Program;
use crate::solution::{Outcome, Termination};
use crate::source::Span;
use crate::study::{Status, StudyOptions, StudyResult, check};
use crate::uncertainty::igdt::{Question, Radius, View, solve_igdt};
use crate::uncertainty::study::Study;
use crate::uncertainty::{Oracle, Set, at};

/// Radii by tolerance. Costs in coherent units, in the user's direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Radii {
    /// Which way the uncertain is looked at.
    pub view: View,
    /// Name of the parameter that is the radius.
    pub parameter: String,
    /// Cost without deviation, and its proven bound.
    pub base: Option<(f64, f64)>,
    /// One per tolerance.
    pub curve: Vec<Radius>,
    /// Problems solved on the way.
    pub evaluations: usize,
}

pub(super) fn igdt(
    program: &Program,
    model: &Model,
    study: &Study,
    radius: &(String, Span),
    question: &Question,
    with: &super::With<'_>,
    options: &StudyOptions,
) -> Solved {
    if let Err(found) = ends(program, model, study, (radius, question), with, &options.solver.limit) {
        if options.solver.limit.passed() {
            let found = unfinished(options.solver.limit.interrupted(), "the study was set to its radii");
            let mut solved = refused(program, vec![found]);
            solved.result.status = Status::Limit;
            return solved;
        }
        return refused(program, found);
    }
    let at_radius = |value: f64| at_radius(radius, value, with);
    let mut answer = solve_igdt(question, &at_radius, options.engine, &options.solver);
    if answer.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return refused(program, answer.diagnostics);
    }
    let sign = if program.objectives.first().is_some_and(|o| o.maximize) { -1.0 } else { 1.0 };
    let first = answer.radii.first().cloned();
    let closed = answer.radii.iter().all(|r| r.closed);
    let planned = first.as_ref().is_some_and(|r| r.values.is_some());
    let mut result = StudyResult { diagnostics: std::mem::take(&mut answer.diagnostics), ..StudyResult::default() };
    result.status = match answer.termination {
        Termination::Optimal if closed => Status::Optimal,
        // Without a radius there is no plan to show.
        Termination::Optimal if options.solver.limit.passed() && !planned => Status::Limit,
        Termination::Optimal => Status::Feasible,
        Termination::Infeasible => Status::Infeasible,
        Termination::Unbounded => Status::Unbounded,
        Termination::Limit | Termination::Interrupted => Status::Limit,
        Termination::Failed => Status::Failed,
    };
    if result.status == Status::Infeasible {
        let text = "there is no plan even where nothing deviates";
        result.diagnostics.push(Diagnostic::new(ids_solution::INFEASIBLE, study.span, text, "no plan"));
    }
    let mut shown = program.clone();
    if let Some(Radius { lower, upper, values: Some(values), factors: Some(factors), cost, .. }) = &first {
        let proven = if question.view == View::RiskAverse { *lower } else { *upper };
        if let Some(there) = at_radius(proven) {
            shown = at(&there, factors);
            result.values = Some(values.clone());
            check(&shown, &mut result);
            check_cost(&shown, *cost, super::robust::apart(program, options), &mut result);
            result.objective = cost.map(|c| c * sign);
        }
    } else if result.status == Status::Optimal {
        // A capped opportunity has no plan to show: nothing is enough.
        result.passed = true;
    }
    result.outcome = Some(Outcome {
        termination: answer.termination,
        point: None,
        objective: None,
        bound: f64::NEG_INFINITY,
        certified: f64::NEG_INFINITY,
        engine: "bisection over robust programs".into(),
        nodes: 0,
        iterations: answer.evaluations as u64,
    });
    let turned = |r: Radius| Radius { threshold: r.threshold * sign, cost: r.cost.map(|c| c * sign), ..r };
    let radii = Radii {
        view: question.view,
        parameter: radius.0.clone(),
        base: answer.base.map(|(c, b)| (c * sign, b * sign)),
        curve: answer.radii.into_iter().map(turned).collect(),
        evaluations: answer.evaluations,
    };
    Solved { study: study.name.clone(), shown, result, found: Found::Radii(radii), given: None }
}

/// The program at a radius.
fn at_radius(radius: &(String, Span), value: f64, with: &super::With<'_>) -> Option<Program> {
    with(&format!("{}={value:e}", radius.0))
}

/// The programs without deviation and at the largest radius.
///
/// # Errors
/// Why radii cannot be looked at.
pub(super) fn ends(
    program: &Program,
    model: &Model,
    study: &Study,
    (radius, question): (&(String, Span), &Question),
    with: &super::With<'_>,
    limit: &Deadline,
) -> Result<(Program, Program), Vec<Diagnostic>> {
    let names = &model.names;
    let is_parameter = |m: &MemberId| matches!(names.members[*m].kind, MemberKind::Param(_));
    if names.member(ROOT, &radius.0).filter(is_parameter).is_none() {
        let d = Diagnostic::new(
            ids_names::WRONG_VALUE,
            radius.1,
            format!("`{}` is no parameter", radius.0),
            "no parameter",
        );
        let known = names.class(ROOT).members.iter().filter(|(_, m)| is_parameter(m)).map(|(name, _)| name.as_str());
        return Err(vec![match did_you_mean(&radius.0, known) {
            Some(s) => d.help(format!("did you mean `{s}`?")),
            None => d.help("declare it as `param radius : ratio in 0..1`, and let it scale what is uncertain"),
        }]);
    }
    let mut found = super::robust::preconditions(program, study);
    let ends = (at_radius(radius, 0.0, with), at_radius(radius, question.most, with));
    let (Some(none), Some(largest)) = ends else {
        let text = format!("`{}` cannot be set to every radius from 0 to {}", radius.0, question.most);
        let d = Diagnostic::new(ids_names::WRONG_VALUE, radius.1, text, "not a radius");
        return Err(vec![d.help("declare it as `param radius : ratio in 0..1`, or ask for less: `most = 50 %`")]);
    };
    if found.is_empty() && same(&none, &largest) {
        let text = format!("`{}` moves nothing that is uncertain", radius.0);
        let d = Diagnostic::new(ids_names::WRONG_VALUE, radius.1, text, "moves nothing");
        found.push(d.help("let it scale an uncertain factor: `forecast * (1 + radius * z)`"));
    }
    let set = Set::new(&largest);
    if found.is_empty() {
        found = set.check(limit);
    }
    if found.is_empty() && question.view == View::RiskAverse && Oracle::choose(&largest, &set).is_none() {
        found.push(super::robust::too_large(program, study.span));
    }
    if found.is_empty() { Ok((none, largest)) } else { Err(found) }
}

/// Do two programs say the same?
fn same(a: &Program, b: &Program) -> bool {
    a.constraints == b.constraints && a.objectives == b.objectives && a.atoms == b.atoms
}
