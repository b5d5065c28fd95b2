//! Limits, interruption, proposals and thread counts.

use crate::distflow::{Formulation, Network, folder, lower, read};
use crate::random_problems::mixed_integer_conic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tieline::lowered::Lowered;
use tieline::solution::{Candidate, Engine, Options, Outcome, Primal, Progress, Termination, solve};

/// The 33-bus feeder, or a visible message.
fn feeder() -> Option<(Network, Lowered)> {
    let Some(folder) = folder("33bw") else {
        eprintln!("SKIPPED: ../shared/networks/33bw is not there");
        return None;
    };
    let net = read(&folder);
    let problem = lower(&net, &Formulation { v_min: 0.9, v_max: 1.05, implied: true });
    Some((net, problem))
}

fn limited(outcome: &Outcome, termination: Termination) {
    assert_eq!(outcome.termination, termination, "{outcome:?}");
    let value = outcome.objective.expect("the first rounding is a solution");
    assert_eq!(outcome.point.is_some(), outcome.objective.is_some());
    assert!(outcome.bound.is_finite() && outcome.bound <= 139.5514 && value >= 139.5512);
}

#[test]
fn interruption_keeps_the_best_and_its_bound() {
    let Some((_, problem)) = feeder() else { return };
    for engine in [Engine::Tree, Engine::OuterApproximation] {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = stop.clone();
        let progress = Arc::new(move |p: &Progress| {
            if p.incumbent.is_some() {
                flag.store(true, Ordering::Relaxed);
            }
        });
        let options = Options { gap: 1e-6, stop, progress: Some(progress), ..Options::default() };
        limited(&solve(&problem, engine, &options, None), Termination::Interrupted);
    }
}

#[test]
fn a_time_limit_of_nothing_is_a_limit() {
    let Some((_, problem)) = feeder() else { return };
    for engine in [Engine::Tree, Engine::OuterApproximation, Engine::Clarabel] {
        let options = Options { time_limit: 0.0, ..Options::default() };
        let outcome = solve(&problem, engine, &options, None);
        assert_eq!(outcome.termination, Termination::Limit, "{engine:?}");
        assert!(outcome.gap() > 1e-3);
    }
}

#[test]
fn the_result_does_not_depend_on_threads() {
    let mut problems: Vec<Lowered> = (30..34).map(|seed| mixed_integer_conic(seed, 7)).collect();
    problems.extend(feeder().map(|f| f.1));
    for (index, problem) in problems.iter().enumerate() {
        let run = |threads| solve(problem, Engine::Tree, &Options { threads, ..Options::default() }, None);
        let one = run(1);
        for threads in [2, 5] {
            assert_eq!(one, run(threads), "problem {index}, {threads} threads");
        }
    }
}

/// Proposes what it is told to.
struct Told(Vec<Candidate>);

impl Primal for Told {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        self.0.clone()
    }
}

#[test]
fn proposals_are_used_but_never_believed() {
    let Some((net, problem)) = feeder() else { return };
    let optimum = crate::distflow::with_open(&net, &problem, &["7", "9", "14", "32", "37"]);
    // Every arc at once, every arc at none, and columns that are no integers.
    let arcs = &problem.arborescences[0].arcs;
    let all = Candidate { values: arcs.iter().map(|a| (a.3, 1.0)).collect() };
    let none = Candidate { values: arcs.iter().map(|a| (a.3, 0.0)).collect() };
    let wrong = Candidate { values: vec![(0, 1.0), (u32::MAX, 1.0)] };
    for engine in [Engine::Tree, Engine::OuterApproximation] {
        let options = Options { gap: 0.2, ..Options::default() };
        let told = Told(vec![all.clone(), none.clone(), wrong.clone(), optimum.clone()]);
        let outcome = solve(&problem, engine, &options, Some(&told));
        assert_eq!(outcome.termination, Termination::Optimal);
        let value = outcome.objective.expect("optimal");
        assert!((value - 139.5513).abs() < 1e-3, "{engine:?} took {value} although the optimum was proposed");
    }
}
