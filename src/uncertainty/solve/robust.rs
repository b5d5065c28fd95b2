//! A robust study: preconditions, column-and-constraint generation, checks of its worst case.

use super::affine::AtMost;
use super::{Found, Keeper, SolveOptions, Solved, check_cost, refused};
use crate::deadline::Stopwatch;
use crate::diagnostics::{Diagnostic, Severity, ids_names, ids_program, ids_solution};
use crate::program::{Program, Stage, number};
use crate::solution::{Listener, Options, Outcome, Progress};
use crate::source::Span;
use crate::study::{Status, StudyOptions, StudyResult, check, of_costs};
use crate::uncertainty::ccg::{Ask, Follower, Iteration, Robust, State, WORST_SHARE, solve_robust};
use crate::uncertainty::saved::Saved;
use crate::uncertainty::study::Study;
use crate::uncertainty::worst::whole_later;
use crate::uncertainty::{
    Aim, Judged, Oracle, Realisation, Set, at, deviations, fast_forward, judge, regions, solve_stochastic,
};
use std::sync::Arc;

/// The worst case of a plan and how it was found. Values in coherent units, in the user's direction.
#[derive(Debug, Clone, PartialEq)]
pub struct WorstCase {
    /// Name and value of every factor.
    pub factors: Vec<(String, f64)>,
    /// Names of those that leave the middle of their range.
    pub moved: Vec<String>,
    /// Bounds, iteration by iteration.
    pub iterations: Vec<Iteration>,
    /// Names of factors, for the iterations.
    pub names: Vec<String>,
    /// How worst cases were proven.
    pub proof: String,
    /// The plan for the middle and the robust one side by side, if asked for (costs less is better).
    pub compared: Vec<(String, Judged)>,
    /// What affine rules guarantee, where the study was solved by these: then it is their worst case.
    pub affine: Option<Box<AtMost>>,
    /// The objective is maximised: costs of the iterations have the opposite sign.
    pub maximize: bool,
}

/// Samples from which scenarios are chosen.
const MOST_REDUCED: usize = 200;
/// Realisations that an infeasible study names.
const MOST_NAMED: usize = 3;

/// The program with the budgets that a study names; all where it names none.
pub(super) fn with_sets(program: &Program, sets: Option<&[(String, Span)]>) -> Result<Program, Vec<Diagnostic>> {
    let mut program = program.clone();
    let Some(sets) = sets else { return Ok(program) };
    let family = |name: &str| name.split('[').next().unwrap_or_default().to_string();
    let known: Vec<String> = program.budgets.iter().map(|b| family(&b.name)).collect();
    let mut found = Vec::new();
    for (name, span) in sets {
        if !known.contains(name) {
            let text = format!("there is no budget `{name}`");
            let d = Diagnostic::new(ids_names::UNKNOWN_NAME, *span, text, "unknown budget");
            found.push(d.help(format!("the study has: {}", known.join(", "))));
        }
    }
    program.budgets.retain(|b| sets.iter().any(|(n, _)| *n == family(&b.name)));
    if found.is_empty() { Ok(program) } else { Err(found) }
}

pub(super) fn robust(
    program: &Program,
    study: &Study,
    (samples, scenarios): (Option<usize>, Option<usize>),
    options: &SolveOptions,
) -> Solved {
    let set = Set::new(program);
    let (resume, keep, options) = (options.resume.as_ref(), options.keep.clone(), &options.study);
    let oracle = match chosen(program, study, &set, options) {
        Ok(oracle) => oracle,
        Err(found) => return refused(program, found),
    };
    if let Some(why) = resume.and_then(|s| s.fits(program).err()) {
        return refused(program, vec![other_state(study.span, &why)]);
    }
    let ask = Ask {
        resume: resume.map(|s| s.state.clone()),
        follow: Some(follower(program, study, options, keep)),
        ..Ask::default()
    };
    let solver = Options { progress: listener(program, options), ..options.solver.clone() };
    let mut solved = solve_robust(program, &set, &oracle, options.engine, &solver, ask);
    if solved.iterations.is_empty() && solved.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return refused(program, solved.diagnostics);
    }
    let maximize = program.objectives.first().is_some_and(|o| o.maximize);
    let sign = if maximize { -1.0 } else { 1.0 };
    let factors = solved.worst.clone().unwrap_or_else(|| set.nominal());
    let shown = at(program, &factors);
    let mut result = StudyResult {
        status: Status::of(solved.termination, solved.values.is_some()),
        diagnostics: std::mem::take(&mut solved.diagnostics),
        values: solved.values.clone(),
        outcome: Some(outcome(&solved)),
        ..StudyResult::default()
    };
    if result.status == Status::Infeasible {
        result.diagnostics.push(infeasible(study, program, &solved));
    }
    check(&shown, &mut result);
    // Between the proven worst cost and that of the realisation found lies what worst cases are solved to.
    check_cost(&shown, solved.cost, apart(program, options), &mut result);
    result.objective = solved.cost.map(|c| c * sign);
    result.bound = solved.bound.is_finite().then_some(solved.bound * sign);
    result.gap = solved.gap();
    let compared = match (samples, &solved.values) {
        (Some(count), Some(plan)) => compare(program, &set, &oracle, plan, (count, scenarios), options),
        _ => Vec::new(),
    };
    let worst = WorstCase { iterations: solved.iterations, compared, ..worst_case(program, &factors, solved.proof) };
    Solved { study: study.name.clone(), shown, result, found: Found::Worst(worst), given: None }
}

/// How the worst case of a plan is sought.
///
/// # Errors
/// Why it cannot be proven, or that there is none.
pub(super) fn chosen(
    program: &Program,
    study: &Study,
    set: &Set<'_>,
    options: &StudyOptions,
) -> Result<Oracle, Vec<Diagnostic>> {
    let mut found = preconditions(program, study);
    if found.is_empty() {
        found = set.check(&options.solver.limit);
    }
    if !found.is_empty() {
        return Err(found);
    }
    Oracle::choose(program, set).ok_or_else(|| vec![too_large(program, study.span)])
}

/// A worst case without the way there.
pub(super) fn worst_case(program: &Program, factors: &[f64], proof: String) -> WorstCase {
    let names: Vec<String> = program.factors.iter().map(|f| f.name.clone()).collect();
    let moved = deviations(program, factors).into_iter().filter_map(|(f, _)| names.get(f.0 as usize).cloned());
    WorstCase {
        factors: names.iter().cloned().zip(factors.iter().copied()).collect(),
        moved: moved.collect(),
        iterations: Vec::new(),
        names,
        proof,
        compared: Vec::new(),
        affine: None,
        maximize: program.objectives.first().is_some_and(|o| o.maximize),
    }
}

/// The progress of the masters in the study's terms.
fn listener(program: &Program, options: &StudyOptions) -> Option<Listener> {
    let (told, goal) = (options.progress.clone()?, program.objectives.first()?.clone());
    Some(Arc::new(move |p: &Progress| told(&of_costs(&goal, p, None))))
}

/// A line for every iteration, and the state for whoever keeps it.
fn follower(program: &Program, study: &Study, options: &StudyOptions, keep: Option<Keeper>) -> Follower {
    let (told, goal) = (options.progress.clone(), program.objectives.first().cloned());
    let keeps = keep.map(|keep| (keep, Saved::of(program, &study.name, &State::default())));
    let began = Stopwatch::start();
    Arc::new(move |state: &State| {
        if let (Some(told), Some(goal)) = (&told, &goal) {
            let progress = Progress {
                bound: state.lower.unwrap_or(f64::NEG_INFINITY),
                incumbent: state.upper,
                nodes: state.nodes,
                seconds: began.seconds(),
            };
            told(&of_costs(goal, &progress, Some(format!("iteration {}", state.iterations.len()))));
        }
        if let Some((keep, saved)) = &keeps {
            keep(&Saved { state: state.clone(), ..saved.clone() });
        }
    })
}

/// What robustness costs and buys: the plan made for the middle of the set beside the robust one.
pub(super) fn compare(
    program: &Program,
    set: &Set<'_>,
    oracle: &Oracle,
    plan: &[f64],
    (count, scenarios): (usize, Option<usize>),
    options: &StudyOptions,
) -> Vec<(String, Judged)> {
    let solver = &options.solver;
    let points = crate::uncertainty::samples(set, count, solver.seed, solver);
    let middle = crate::study::solve(&at(program, &set.inner(solver)), options).values;
    let expected = scenarios.and_then(|keep| least_mean(program, &points, keep, options));
    let plans = [("for the middle", middle), ("for the mean", expected), ("robust", Some(plan.to_vec()))];
    let judged = |(name, plan): (&str, Option<Vec<f64>>)| {
        let found = judge(program, set, oracle, &plan?, &points, options.engine, solver).ok()?;
        Some((name.to_string(), found))
    };
    let found = plans.into_iter().filter_map(judged).collect();
    // Plans judged by halves cannot be compared.
    if solver.limit.passed() { Vec::new() } else { found }
}

fn outcome(solved: &Robust) -> Outcome {
    Outcome {
        termination: solved.termination,
        point: None,
        objective: solved.cost,
        bound: solved.bound,
        certified: f64::NEG_INFINITY,
        engine: format!("column-and-constraint generation on {}", solved.engine),
        nodes: solved.nodes,
        iterations: solved.iterations.len() as u64,
    }
}

/// The plan of least expected cost over some of the samples, to which fast forward selection reduces them.
fn least_mean(program: &Program, points: &[Vec<f64>], keep: usize, options: &StudyOptions) -> Option<Vec<f64>> {
    let points = points.get(..points.len().min(MOST_REDUCED)).unwrap_or_default();
    let share = vec![1.0 / points.len().max(1) as f64; points.len()];
    let distance = |a: usize, b: usize| match (points.get(a), points.get(b)) {
        (Some(a), Some(b)) => a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt(),
        _ => f64::INFINITY,
    };
    let kept = fast_forward(&share, keep, distance);
    let realisation = |(i, probability): (usize, f64)| {
        Some(Realisation { name: (i + 1).to_string(), factors: points.get(i)?.clone(), probability })
    };
    let scenarios: Vec<Realisation> = kept.into_iter().filter_map(realisation).collect();
    let found = solve_stochastic(program, &scenarios, Aim::Expected, None, options.engine, &options.solver);
    found.courses.into_iter().next()
}

/// Why no plan is good for all realisations.
fn infeasible(study: &Study, program: &Program, solved: &Robust) -> Diagnostic {
    let text = "no plan keeps all rules in every realisation of the uncertainty set";
    let mut d = Diagnostic::new(ids_solution::INFEASIBLE, study.span, text, "no plan for the worst case");
    for i in solved.iterations.iter().rev().take(MOST_NAMED) {
        let Some(s) = i.shortages.first() else { continue };
        let moved: Vec<String> = deviations(program, &i.factors)
            .into_iter()
            .filter_map(|(f, z)| Some(format!("{} = {}", program.factors.get(f.0 as usize)?.name, number(z))))
            .collect();
        let situation = if moved.is_empty() { "nothing deviates".to_string() } else { moved.join(", ") };
        d = d.note(format!(
            "where {situation}, a plan that was tried misses `{}` by {} {}",
            s.rule,
            number(s.by),
            s.unit
        ));
    }
    d.help("allow what cannot be served to be shed at a price, or tighten the budgets of the uncertainty")
}

/// Share by which a proven worst cost may pass that of the realisation found.
pub(super) fn apart(program: &Program, options: &StudyOptions) -> f64 {
    if whole_later(program).is_some() { WORST_SHARE * options.solver.gap } else { 0.0 }
}

/// A state that does not belong to the study.
fn other_state(span: Span, why: &str) -> Diagnostic {
    let text = "the saved state does not belong to this study";
    Diagnostic::new(ids_solution::OTHER_STATE, span, text, "cannot go on from there")
        .note(why.to_string())
        .help("take back the change, or solve the study from the beginning without `--resume`")
}

/// Why no exact way is known.
pub(super) fn too_large(program: &Program, span: Span) -> Diagnostic {
    let fewer = "let fewer factors move, for instance one per hour for the whole system instead of one per bus";
    if let Some((v, count)) = whole_later(program) {
        let text =
            format!("`{}` is a whole number decided after the uncertainty is known, and the set is large", v.name);
        let origin = program.origin(v.origin).span;
        return Diagnostic::new(ids_solution::NOT_SOLVABLE_YET, origin, text, "whole and decided later")
            .label(span, "study of worst cases")
            .note(format!(
                "there are {count} such decisions; with them the worst case need not be a corner, and sets of more than {} corners are not parted",
                regions::MOST_CORNERS
            ))
            .help(format!("decide it `ahead` in the study's block, or {fewer}"));
    }
    let text = "the worst case of this set cannot be proven yet: it has too many corners";
    Diagnostic::new(ids_solution::NOT_SOLVABLE_YET, span, text, "too many corners")
        .note("a worst case is proven by looking at every corner of the set that budgets and ranges leave")
        .help(fewer)
}

/// What must hold for the cost to be convex in the factors once whole numbers are settled.
pub(super) fn preconditions(program: &Program, study: &Study) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let Some(second) = program.objectives.get(1) {
        let text = "a study of worst cases has one objective";
        let span = program.origin(second.origin).span;
        found.push(
            Diagnostic::new(ids_solution::NOT_SOLVABLE_YET, span, text, "a second objective")
                .label(study.span, "study of worst cases"),
        );
    }
    for (_, form) in program.objectives.iter().flat_map(|o| &o.terms) {
        for (factor, affine) in &form.uncertain {
            let later = affine.terms.iter().find(|(v, _)| program.variable(*v).stage == Stage::Recourse);
            if let (Some((v, _)), Some(f)) = (later, program.factors.get(factor.0 as usize)) {
                let (v, o) = (program.variable(*v), &program.objectives[0]);
                let text = format!(
                    "in the objective the uncertain `{}` is the price of `{}`, which is decided after it is known",
                    f.name, v.name
                );
                found.push(
                    Diagnostic::new(
                        ids_program::UNCERTAIN_RECOURSE_MATRIX,
                        program.origin(o.origin).span,
                        text,
                        "uncertain times recourse",
                    )
                    .label(program.origin(v.origin).span, "decided later")
                    .label(program.origin(f.origin).span, "uncertain")
                    .note("the cost is then no convex function of the factors, and its worst case need not be a corner")
                    .help("decide the quantity `ahead`, or make the price a scenario of a stochastic study"),
                );
                return found;
            }
        }
    }
    found.retain(|d| d.severity == Severity::Error);
    found
}
