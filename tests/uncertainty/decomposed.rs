//! Scenario by scenario against one program over all of them: random two-stage problems with sites opened
//! ahead and flows sent later, some of which cannot be served under every plan.

use crate::support::random::Random;
use crate::{analysis_of, example, options};
use std::fmt::Write;
use std::sync::Arc;
use tieline::analysis::Analysis;
use tieline::deadline::Deadline;
use tieline::program::Program;
use tieline::solution::{Engine, Options, Termination};
use tieline::study::{Status, StudyOptions};
use tieline::uncertainty::{
    Aim, Found, Realisation, SolveOptions, Solved, Stochastics, realisations, solve, solve_decomposed, solve_stochastic,
};

/// What an instance has beside the plain problem.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// All must be served: some plans cannot.
    Hard,
    /// What is not served costs.
    Soft,
    /// Later cost grows with the square of flows.
    Conic,
    /// Later decisions in lots.
    Lots,
    /// A bonus that grows on both sides of one unit that is not served, exact where a solution needs it.
    Bonus,
}

/// Four sites, three customers, so many scenarios of demand.
fn text(seed: u64, scenarios: usize, kind: Kind) -> String {
    let mut r = Random(seed);
    let mut between = |low: f64, high: f64| (10.0 * (low + (high - low) * r.unit())).round() / 10.0;
    let mut out = String::from(
        "horizon 3 h step 1 h\ntable demands { id : id; probability : number; a : number; b : number; c : number } {",
    );
    let weights: Vec<f64> = (0..scenarios).map(|_| between(0.5, 3.0)).collect();
    let total: f64 = weights.iter().sum();
    for (s, w) in weights.iter().enumerate() {
        let level = between(0.3, 1.6);
        let (a, b, c) = (level * between(2.0, 9.0), level * between(2.0, 9.0), level * between(2.0, 9.0));
        let _ = write!(out, "{} s{s} | {:.12} | {a} | {b} | {c}", if s == 0 { "" } else { ";" }, w / total);
    }
    out.push_str(" }\nscenarios d = rows(demands)\n");
    let mut cost = Vec::new();
    for i in 0..4 {
        let _ = writeln!(out, "var open_{i} : binary, ahead");
        cost.push(format!("{} * open_{i}", between(5.0, 40.0)));
        let capacity = if kind == Kind::Hard { between(4.0, 14.0) } else { between(6.0, 20.0) };
        let sent: Vec<String> = (0..3).map(|j| format!("flow_{i}_{j}")).collect();
        for flow in &sent {
            let domain = if kind == Kind::Lots { "integer" } else { "number" };
            let _ = writeln!(out, "var {flow} : {domain} in 0..30, recourse");
            cost.push(format!("{} * {flow}", between(1.0, 6.0)));
            if kind == Kind::Conic {
                cost.push(format!("{} * {flow}^2", between(0.05, 0.4)));
            }
        }
        let _ = writeln!(out, "rule capacity_{i} : {} <= {capacity} * open_{i}", sent.join(" + "));
    }
    if between(0.0, 1.0) < 0.5 {
        let _ = writeln!(out, "rule apart : open_0 + open_1 <= 1");
    }
    for j in 0..3 {
        let mut got: Vec<String> = (0..4).map(|i| format!("flow_{i}_{j}")).collect();
        if kind != Kind::Hard {
            let _ = writeln!(out, "var short_{j} : number in 0..40, recourse");
            cost.push(format!("{} * short_{j}", between(5.0, 25.0)));
            got.push(format!("short_{j}"));
        }
        if kind == Kind::Bonus {
            let _ = writeln!(out, "var bonus_{j} : number in 0..6, recourse");
            let _ = writeln!(out, "rule more_{j} : bonus_{j} <= exact_on_demand(abs(short_{j} - 1))");
            cost.push(format!("(-{}) * bonus_{j}", between(0.5, 12.0)));
        }
        let _ = writeln!(out, "rule meet_{j} : {} >= d.value[{}]", got.join(" + "), j + 1);
    }
    let _ = writeln!(out, "minimize {}\nstudy mean = stochastic decomposed(over = d, gap = 0.01 %)", cost.join(" + "));
    out
}

fn scenarios(analysis: &Analysis, program: &Program) -> Vec<Realisation> {
    realisations(program, &analysis.model, None, analysis.model.names.studies[0].span).expect("scenarios")
}

fn instance(seed: u64, count: usize, kind: Kind) -> (Program, Vec<Realisation>) {
    let (analysis, program) = analysis_of(&text(seed, count, kind));
    let list = scenarios(&analysis, &program);
    (program, list)
}

const GAP: f64 = 1e-4;

fn agree(seed: u64, count: usize, kind: Kind) {
    let (program, list) = instance(seed, count, kind);
    let whole = solve_stochastic(&program, &list, Aim::Expected, None, Engine::Auto, &options(1e-7, 1));
    let parts = solve_decomposed(&program, &list, Engine::Auto, &options(GAP, 1), None);
    assert_eq!(parts.termination, whole.termination, "seed {seed}");
    let (Some(least), Some(cost)) = (whole.cost, parts.cost) else {
        assert_eq!((whole.cost, parts.cost), (None, None), "seed {seed}");
        return;
    };
    let close = 1e-6 * (1.0 + least.abs());
    assert!(cost >= least - close && cost <= least * (1.0 + GAP) + close, "seed {seed}: {cost} against {least}");
    assert!(parts.bound <= least + close, "seed {seed}: {} above {least}", parts.bound);
    assert!(parts.bound >= cost - GAP * cost.abs() - close, "seed {seed}: gap");
    let mean: f64 = parts.costs.iter().zip(&list).map(|(c, s)| c * s.probability).sum();
    assert!((mean - cost).abs() <= close, "seed {seed}: {mean} is not {cost}");
    let ahead = |course: &[f64]| (0..4).map(|i| course[variable(&program, &format!("open_{i}"))]).collect::<Vec<_>>();
    assert!(parts.courses.iter().all(|c| ahead(c) == ahead(&parts.courses[0])), "seed {seed}: plans differ");
}

fn variable(program: &Program, name: &str) -> usize {
    program.variables.iter().position(|v| v.name == name).expect("a variable")
}

#[test]
fn costs_and_bounds_are_those_of_the_whole_problem() {
    for seed in 0..12 {
        agree(seed, 5, Kind::Soft);
        agree(100 + seed, 4, Kind::Hard);
    }
}

#[test]
fn later_decisions_may_be_conic_or_whole_or_exact_on_demand() {
    for seed in 0..4 {
        agree(200 + seed, 4, Kind::Conic);
        agree(300 + seed, 3, Kind::Lots);
        agree(400 + seed, 4, Kind::Bonus);
    }
}

#[test]
fn some_random_problems_have_plans_that_cannot_serve_and_some_have_no_plan() {
    let ends: Vec<Termination> = (0..12)
        .map(|seed| {
            let (program, list) = instance(100 + seed, 4, Kind::Hard);
            solve_decomposed(&program, &list, Engine::Auto, &options(GAP, 1), None).termination
        })
        .collect();
    assert!(ends.contains(&Termination::Infeasible) && ends.contains(&Termination::Optimal), "{ends:?}");
}

/// All that must be the same, in full digits.
fn told(s: &Stochastics) -> String {
    format!("{:?}", (s.termination, s.cost, s.bound, &s.costs, &s.courses, s.iterations, &s.value))
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    for (seed, kind) in [(3, Kind::Soft), (105, Kind::Hard), (201, Kind::Conic), (8, Kind::Soft)] {
        let (program, list) = instance(seed, 5, kind);
        let with = |threads| told(&solve_decomposed(&program, &list, Engine::Auto, &options(GAP, threads), None));
        assert_eq!(with(1), with(2), "seed {seed}");
        assert_eq!(with(1), with(3), "seed {seed}");
    }
}

#[test]
fn perfect_information_is_worth_what_the_whole_problem_says() {
    for seed in 0..4 {
        let (program, list) = instance(seed, 4, Kind::Soft);
        let known = tieline::uncertainty::value(&program, &list, Aim::Expected, None, Engine::Auto, &options(1e-7, 1));
        let known = known.expect("no limit");
        let parts = solve_decomposed(&program, &list, Engine::Auto, &options(GAP, 1), None);
        let found = parts.value.expect("a value");
        let perfect = known.perfect.expect("a cost");
        let (low, high) = (found.perfect_bound.expect("a bound"), found.perfect.expect("a cost"));
        assert!(low <= perfect * (1.0 + 1e-6) && perfect <= high * (1.0 + 1e-6), "{low} {perfect} {high}");
        let (mean, same) = (found.mean_plan.expect("a cost"), known.mean_plan.expect("a cost"));
        // There may be several plans for the mean; these differ by more than rounding where they are others.
        assert!(mean >= parts.bound - 1e-6 && same >= parts.bound - 1e-6, "{mean} {same} {}", parts.bound);
    }
}

fn study(text: &str) -> Solved {
    let (analysis, program) = analysis_of(text);
    solve(
        &program,
        &analysis.model,
        &|_| None,
        &StudyOptions { solver: options(0.0, 2), ..StudyOptions::default() }.into(),
    )
}

#[test]
fn a_study_names_the_method_and_is_checked_scenario_by_scenario() {
    let solved = study(&text(1, 4, Kind::Soft));
    assert_eq!(solved.result.status, Status::Optimal, "{:?}", solved.result.diagnostics);
    assert!(solved.result.passed && solved.result.gap <= 1e-4);
    let Found::Scenarios(found) = &solved.found else { panic!("no scenarios") };
    assert_eq!(found.contexts.len(), 4);
    assert!((found.expected.expect("a cost") - solved.result.objective.expect("a cost")).abs() < 1e-6);
    assert!(found.value.is_some());
}

#[test]
fn a_maximum_and_decisions_that_are_no_whole_numbers_have_a_true_bound() {
    let farmer = example("textbook/farmer.tie").replace("stochastic extensive", "stochastic decomposed");
    let (analysis, program) = analysis_of(&farmer);
    let list = scenarios(&analysis, &program);
    let solved = solve_decomposed(&program, &list, Engine::Auto, &options(1e-3, 2), None);
    // The farmer earns 108 390; perfect information would be worth 7016.
    let cost = solved.cost.expect("a plan");
    assert!(solved.bound <= -108_390.0 + 0.1 && cost >= -108_390.0 - 0.1, "{} {cost}", solved.bound);
    assert!(solved.bound >= -108_390.0 - 7_016.0, "{}", solved.bound);
    assert!(cost <= -107_240.0 + 0.1, "no worse than the plan for the mean: {cost}");
}

#[test]
fn what_joins_scenarios_is_refused_with_its_place() {
    for (argument, what) in [
        ("weight = 50 %", "the conditional value at risk joins the scenarios, and is not solved scenario by scenario"),
        (
            "chance = [meet_0], risk = 5 %",
            "a chance constraint joins the scenarios, and is not solved scenario by scenario",
        ),
    ] {
        let solved = study(&text(1, 3, Kind::Soft).replace("gap = 0.01 %", argument));
        let found: Vec<&str> = solved.result.diagnostics.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(found, [what]);
        assert!(solved.result.diagnostics[0].span().is_some());
    }
}

#[test]
fn one_program_that_its_time_is_too_short_for_names_the_other_method() {
    let (analysis, program) = analysis_of(&text(1, 4, Kind::Lots).replace("decomposed", "extensive"));
    let solver = Options { limit: Deadline::after(0.0), ..options(0.0, 1) };
    let options = SolveOptions::from(StudyOptions { solver, ..StudyOptions::default() });
    let solved = solve(&program, &analysis.model, &|_| None, &options);
    let help = solved.result.diagnostics.iter().filter_map(|d| d.help.as_deref()).collect::<Vec<_>>();
    assert!(help.iter().any(|h| h.contains("stochastic decomposed")), "{help:?}");
}

#[test]
fn a_search_that_is_stopped_has_a_true_bound() {
    let (program, list) = instance(5, 5, Kind::Soft);
    let limit = Deadline::never().or_when(Arc::new(true.into()));
    let options = Options { limit, ..options(0.0, 1) };
    let solved = solve_decomposed(&program, &list, Engine::Auto, &options, None);
    let least = solve_stochastic(&program, &list, Aim::Expected, None, Engine::Auto, &crate::options(1e-7, 1)).cost;
    assert!(solved.bound <= least.expect("a cost") + 1e-6);
    assert_eq!(solved.termination, Termination::Interrupted);
}
