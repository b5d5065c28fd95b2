//! One study from its statement to a checked result.

mod affine;
mod given;
mod igdt;
mod options;
mod refuse;
mod robust;
mod stochastic;

pub use affine::{AtBest, AtMost};
pub use igdt::Radii;
pub use options::{Keeper, SolveOptions};
pub use refuse::refusals;
pub use robust::WorstCase;
pub use stochastic::{Context, Scenarios};

use super::study::{Method, Rules, Study, read};
use super::{Given, Set, at, parts};
use crate::diagnostics::{Diagnostic, Severity, ids_solution, unfinished};
use crate::model::Model;
use crate::program::Program;
use crate::source::Span;
use crate::study::{Status, StudyOptions, StudyResult, form_value, solve as solve_deterministic};

/// A solved study.
#[derive(Debug, Clone)]
pub struct Solved {
    /// The study's name; empty for a file without a study.
    pub study: String,
    /// The program in the realisation that `result` shows.
    pub shown: Program,
    /// Status, value and bound of the study; values and checks in the realisation shown.
    pub result: StudyResult,
    /// What the method adds.
    pub found: Found,
    /// What became of a plan that was given.
    pub given: Option<Given>,
}

/// What a method adds to values and bounds.
#[derive(Debug, Clone)]
pub enum Found {
    /// Nothing: the study is deterministic.
    Nothing,
    /// A worst case.
    Worst(WorstCase),
    /// Scenarios.
    Scenarios(Box<Scenarios>),
    /// Radii.
    Radii(Radii),
}

/// The program with one more setting.
pub type With<'a> = dyn Fn(&str) -> Option<Program> + 'a;

/// Difference between a cost and its re-computation that counts as none, as a share.
const SAME_COST: f64 = 1e-5;

/// Solves the study that a file declares (the first, where it declares several and none is chosen). A
/// file without one is deterministic, and then nothing in it may be uncertain.
///
/// With a plan among the options, what it fixes is not decided again.
///
/// `with` gives the program of the same file with one more setting, `path=value`; none where that has
/// errors.
pub fn solve(program: &Program, model: &Model, with: &With<'_>, options: &SolveOptions) -> Solved {
    let study = match model.names.studies.first().map(read) {
        Some(Ok(study)) => Some(study),
        Some(Err(found)) => return refused(program, found),
        None => None,
    };
    let mut options = options.clone();
    if let Some(gap) = study.as_ref().and_then(|s| s.gap) {
        options.study.solver.gap = gap;
    }
    let mut solved = match options.plan.take() {
        Some(plan) => given::given(program, model, with, study.as_ref(), &plan, &options),
        None => dispatch(program, model, with, study.as_ref(), &options),
    };
    tell_limit(&mut solved.result, &options.study);
    solved
}

/// A study that a limit ended without a plan says so.
fn tell_limit(result: &mut StudyResult, options: &StudyOptions) {
    let told = result.diagnostics.iter().any(|d| d.severity == Severity::Error);
    let limit = &options.solver.limit;
    // A part of the search may end with its share of the time, before all of it is over.
    let timed = limit.passed() || limit.left().is_finite();
    if result.status == Status::Limit && !told && timed {
        result.diagnostics.push(unfinished(limit.interrupted(), "a plan was sought"));
    }
}

/// By the study's method.
fn dispatch(
    program: &Program,
    model: &Model,
    with: &With<'_>,
    study: Option<&Study>,
    options: &SolveOptions,
) -> Solved {
    let Some(study) = study else {
        return match program.factors.first() {
            Some(first) => refused(program, vec![no_study(program.origin(first.origin).span)]),
            None => plain(String::new(), program.clone(), &options.study),
        };
    };
    if !matches!(study.method, Method::Robust { rules: None, .. })
        && (options.resume.is_some() || options.keep.is_some())
    {
        return refused(program, vec![no_state(study.span)]);
    }
    match &study.method {
        Method::Deterministic => plain(study.name.clone(), at(program, &Set::new(program).nominal()), &options.study),
        Method::Robust { rules, sets, samples, scenarios } => match robust::with_sets(program, sets.as_deref()) {
            Ok(program) => match rules {
                Some(Rules { causal }) => {
                    affine::affine(&program, study, *causal, (*samples, *scenarios), &options.study)
                }
                None => robust::robust(&program, study, (*samples, *scenarios), options),
            },
            Err(found) => refused(program, found),
        },
        Method::Igdt { radius, question } => igdt::igdt(program, model, study, radius, question, with, &options.study),
        Method::Stochastic(ask) => stochastic::stochastic(program, model, study, ask, &options.study),
    }
}

fn plain(study: String, program: Program, options: &StudyOptions) -> Solved {
    let result = solve_deterministic(&program, options);
    Solved { study, shown: program, result, found: Found::Nothing, given: None }
}

fn refused(program: &Program, diagnostics: Vec<Diagnostic>) -> Solved {
    let result = StudyResult { diagnostics, ..StudyResult::default() };
    Solved { study: String::new(), shown: program.clone(), result, found: Found::Nothing, given: None }
}

fn no_study(span: Span) -> Diagnostic {
    let text = "the file declares what is uncertain and no study that says what to do with it";
    Diagnostic::new(ids_solution::NOT_SOLVABLE_YET, span, text, "uncertain, without a study").help(
        "add `study worst = robust ccg(gap = 1 %)`, or `study plain = deterministic` for the middle of the ranges",
    )
}

fn no_state(span: Span) -> Diagnostic {
    let text = "only the search of a robust study can be saved and gone on with";
    Diagnostic::new(ids_solution::OTHER_STATE, span, text, "not a robust study")
        .help("leave out `--save-state` and `--resume`, or choose a robust study with `--study`")
}

/// A cost must come out again from the values of a result, evaluated on the program shown; a proven
/// bound may be greater by the share `apart`.
fn check_cost(shown: &Program, cost: Option<f64>, apart: f64, result: &mut StudyResult) {
    let (Some(cost), Some(values)) = (cost, &result.values) else { return };
    let again = parts::cost_value(shown, values, form_value);
    let slack = SAME_COST * (1.0 + cost.abs());
    if again <= cost + slack && again >= cost - slack - apart * cost.abs() {
        return;
    }
    result.passed = false;
    result.status = Status::Failed;
    let text = "the cost does not come out again when the plan is evaluated directly";
    result.diagnostics.push(
        Diagnostic::unlocated(ids_solution::CHECK_FAILED_AFTER_SOLVE, text).note(format!("{again} instead of {cost}")),
    );
}
