//! A stochastic study: scenarios, one program over all of them, a check of each.

use super::{Found, Solved, refused};
use crate::diagnostics::{Diagnostic, Severity, ids_names, ids_solution};
use crate::model::Model;
use crate::program::Program;
use crate::solution::{Outcome, Termination};
use crate::study::{Status, StudyOptions, StudyResult, check, of_costs};
use crate::uncertainty::study::{Stochastic, Study};
use crate::uncertainty::{
    Aim, Chance, Realisation, Steps, Stochastics, Value, at, realisations, solve_decomposed, solve_stochastic, value,
};
use std::sync::Arc;

/// The scenarios of a solved study. Costs in coherent units, in the user's direction.
#[derive(Debug, Clone)]
pub struct Scenarios {
    /// The program before any of them is known.
    pub stated: Program,
    /// One by one.
    pub contexts: Vec<Context>,
    /// Expected cost.
    pub expected: Option<f64>,
    /// Value of what the study minimises or maximises: the expectation, or with the risk that it counts.
    pub aim: Option<f64>,
    /// What better information would be worth; none where it was not asked for.
    pub value: Option<Value>,
    /// Columns, rows and cones of the program over all scenarios.
    pub size: (usize, usize, usize),
}

/// One scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Its name.
    pub scenario: String,
    /// Its probability.
    pub probability: f64,
    /// Value of the objective.
    pub cost: Option<f64>,
    /// Value per factor.
    pub factors: Vec<(String, f64)>,
    /// The plan in it, checked.
    pub checked: StudyResult,
}

/// Columns of the whole program up to which the value of information is computed unasked.
const SMALL: usize = 5_000;

pub(super) fn stochastic(
    program: &Program,
    model: &Model,
    study: &Study,
    ask: &Stochastic,
    options: &StudyOptions,
) -> Solved {
    let Asked { scenarios, chance, aim } = match asked(program, model, study, ask) {
        Ok(asked) => asked,
        Err(found) => return refused(program, found),
    };
    let mut solved = match ask.decomposed {
        true => solve_decomposed(program, &scenarios, options.engine, &options.solver, steps(program, options)),
        false => solve_stochastic(program, &scenarios, aim, chance.as_ref(), options.engine, &options.solver),
    };
    if solved.courses.is_empty() && solved.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return refused(program, solved.diagnostics);
    }
    let maximize = program.objectives.first().is_some_and(|o| o.maximize);
    let sign = if maximize { -1.0 } else { 1.0 };
    let mut result = StudyResult {
        status: Status::of(solved.termination, solved.cost.is_some()),
        diagnostics: solved.diagnostics.clone(),
        outcome: Some(outcome(&solved)),
        passed: !solved.courses.is_empty(),
        ..StudyResult::default()
    };
    if result.status == Status::Infeasible {
        let text = "no plan keeps all rules in every scenario";
        result.diagnostics.push(Diagnostic::new(
            ids_solution::INFEASIBLE,
            study.span,
            text,
            "no plan for all scenarios",
        ));
    }
    let alone = aim == Aim::Expected && chance.is_none() && scenarios.len() > 1;
    if !ask.decomposed && alone && solved.termination == Termination::Limit {
        result.diagnostics.push(too_much_together(study, &solved));
    }
    let mut contexts = Vec::new();
    let mut shown = at(program, &scenarios.first().map_or_else(Vec::new, |s| s.factors.clone()));
    let mut likeliest = f64::NEG_INFINITY;
    for ((s, course), cost) in scenarios.iter().zip(&solved.courses).zip(&solved.costs) {
        let there = at(program, &s.factors);
        let forgiving = without(&there, chance.as_ref());
        let mut checked = StudyResult { values: Some(course.clone()), status: result.status, ..StudyResult::default() };
        check(&forgiving, &mut checked);
        super::check_cost(&there, Some(*cost), 0.0, &mut checked);
        result.passed &= checked.passed;
        if checked.violation.0 > result.violation.0 {
            result.violation = checked.violation.clone();
        }
        result.diagnostics.append(&mut checked.diagnostics);
        let factors = program.factors.iter().map(|f| f.name.clone()).zip(s.factors.iter().copied()).collect();
        contexts.push(Context {
            scenario: s.name.clone(),
            probability: s.probability,
            cost: Some(cost * sign),
            factors,
            checked,
        });
        if s.probability > likeliest {
            likeliest = s.probability;
            (shown, result.values) = (there, Some(course.clone()));
        }
    }
    if !result.passed && matches!(result.status, Status::Optimal | Status::Feasible) {
        result.status = Status::Failed;
    }
    result.objective = solved.cost.map(|c| c * sign);
    result.bound = solved.bound.is_finite().then_some(solved.bound * sign);
    result.certified = solved.certified.is_finite().then_some(solved.certified * sign);
    result.gap = result.outcome.as_ref().map_or(f64::INFINITY, Outcome::gap);
    let expected = (!solved.costs.is_empty())
        .then(|| sign * solved.costs.iter().zip(&scenarios).map(|(c, s)| c * s.probability).sum::<f64>());
    let wanted = ask.value.unwrap_or(solved.size.0 <= SMALL) && solved.cost.is_some();
    let worth = match solved.value.take() {
        // By scenario it has come out on the way.
        known if ask.decomposed => known.filter(|_| ask.value != Some(false)),
        _ => {
            wanted.then(|| value(program, &scenarios, aim, chance.as_ref(), options.engine, &options.solver)).flatten()
        }
    };
    let worth = worth.map(|v| Value {
        mean_plan: v.mean_plan.map(|c| c * sign),
        perfect: v.perfect.map(|c| c * sign),
        perfect_bound: v.perfect_bound.map(|c| c * sign),
    });
    let found = Found::Scenarios(Box::new(Scenarios {
        stated: program.clone(),
        contexts,
        expected,
        aim: result.objective,
        value: worth,
        size: solved.size,
    }));
    Solved { study: study.name.clone(), shown, result, found, given: None }
}

/// What a stochastic study is solved over.
pub(super) struct Asked {
    /// The scenarios.
    pub scenarios: Vec<Realisation>,
    /// Rules that may fail.
    pub chance: Option<Chance>,
    /// What is minimised.
    pub aim: Aim,
}

/// Reads what a stochastic study asks for.
///
/// # Errors
/// Why it cannot be solved.
pub(super) fn asked(
    program: &Program,
    model: &Model,
    study: &Study,
    ask: &Stochastic,
) -> Result<Asked, Vec<Diagnostic>> {
    let scenarios = realisations(program, model, ask.over.as_ref(), study.span)?;
    if let Some(second) = program.objectives.get(1) {
        let d = Diagnostic::new(
            ids_solution::NOT_SOLVABLE_YET,
            program.origin(second.origin).span,
            "a stochastic study has one objective",
            "a second objective",
        );
        return Err(vec![d.label(study.span, "stochastic study")]);
    }
    let chance = ask.chance.as_ref().map(|(rules, risk)| chance(program, rules, *risk)).transpose()?;
    if ask.decomposed && (ask.weight > 0.0 || chance.is_some()) {
        return Err(vec![whole_only(study, ask.weight > 0.0)]);
    }
    let aim = if ask.weight > 0.0 { Aim::RiskAverse { level: ask.level, weight: ask.weight } } else { Aim::Expected };
    Ok(Asked { scenarios, chance, aim })
}

/// A line for every step, in the study's terms.
fn steps(program: &Program, options: &StudyOptions) -> Option<Steps> {
    let (told, goal) = (options.progress.clone()?, program.objectives.first()?.clone());
    Some(Arc::new(move |progress, step| told(&of_costs(&goal, progress, Some(step)))))
}

/// A program over all scenarios that is too large for its time, where another method might do.
fn too_much_together(study: &Study, solved: &Stochastics) -> Diagnostic {
    let (id, text) = match solved.cost {
        Some(_) => (ids_solution::GAP_NOT_CLOSED, "the time ended before one program over all scenarios was proven"),
        None => {
            (ids_solution::LIMIT_WITHOUT_SOLUTION, "the time ended before one program over all scenarios had a plan")
        }
    };
    Diagnostic::new(id, study.span, text, "all scenarios in one program")
        .note(format!("that program has {} columns and {} rows", solved.size.0, solved.size.1))
        .help("solve scenario by scenario, `stochastic decomposed(...)`, or with fewer of them: `reduce(s, into = 3)`")
}

/// What connects the costs of scenarios is not taken apart.
fn whole_only(study: &Study, risk: bool) -> Diagnostic {
    let what = if risk { "the conditional value at risk" } else { "a chance constraint" };
    let text = format!("{what} joins the scenarios, and is not solved scenario by scenario");
    Diagnostic::new(ids_solution::NOT_SOLVABLE_YET, study.span, text, "joins the scenarios")
        .help("write `stochastic extensive`, with fewer scenarios: `reduce(s, into = 3)`")
}

/// The rules of a chance constraint, by their names.
fn chance(program: &Program, rules: &[(String, crate::source::Span)], risk: f64) -> Result<Chance, Vec<Diagnostic>> {
    let unknown = rules.iter().find(|(r, _)| !program.constraints.iter().any(|c| c.name.family() == *r));
    if let Some((name, span)) = unknown {
        let d = Diagnostic::new(ids_names::UNKNOWN_NAME, *span, format!("there is no rule `{name}`"), "unknown rule");
        return Err(vec![d.help("name rules as they are declared, without indices")]);
    }
    Ok(Chance { rules: rules.iter().map(|r| r.0.clone()).collect(), risk })
}

/// The program without the rules that may fail.
fn without(program: &Program, chance: Option<&Chance>) -> Program {
    let mut out = program.clone();
    if let Some(chance) = chance {
        out.constraints.retain(|c| !chance.rules.iter().any(|r| c.name.family() == r.as_str()));
    }
    out
}

fn outcome(solved: &Stochastics) -> Outcome {
    Outcome {
        termination: solved.termination,
        point: None,
        objective: solved.cost,
        bound: solved.bound,
        certified: solved.certified,
        engine: solved.engine.clone(),
        nodes: solved.nodes,
        iterations: solved.iterations,
    }
}
