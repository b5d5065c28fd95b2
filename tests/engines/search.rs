//! Limits, interruption, proposals and thread counts.

use crate::distflow::{Formulation, Network, folder, lower, read};
use crate::random_problems::{column, mixed_integer_conic};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tieline::deadline::Deadline;
use tieline::ids::Id;
use tieline::lowered::{Arborescence, ColumnId, Lowered, Row};
use tieline::program::OriginId;
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
        let options = Options {
            gap: 1e-6,
            limit: Deadline::never().or_when(stop),
            progress: Some(progress),
            ..Options::default()
        };
        limited(&solve(&problem, engine, &options, None), Termination::Interrupted);
    }
}

#[test]
fn a_time_limit_of_nothing_is_a_limit() {
    let Some((_, problem)) = feeder() else { return };
    for engine in [Engine::Tree, Engine::OuterApproximation, Engine::Clarabel] {
        let options = Options { limit: Deadline::after(0.0), ..Options::default() };
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
    let wrong = Candidate { values: vec![(ColumnId(0), 7.0), (ColumnId(1), -2.0)] };
    for engine in [Engine::Tree, Engine::OuterApproximation] {
        let options = Options { gap: 0.2, ..Options::default() };
        let told = Told(vec![all.clone(), none.clone(), wrong.clone(), optimum.clone()]);
        let outcome = solve(&problem, engine, &options, Some(&told));
        assert_eq!(outcome.termination, Termination::Optimal);
        let value = outcome.objective.expect("optimal");
        assert!((value - 139.5513).abs() < 1e-3, "{engine:?} took {value} although the optimum was proposed");
    }
}

#[test]
fn arcs_that_stand_in_one_row_only_are_still_decided_by_the_search() {
    // A square 0-1-2-3 whose root is 0, with a spur 2-4. Each arc stands in the row of its head alone: for the
    // rows it is a slack, for the arborescence it is a choice.
    let edges = [(0, 1), (1, 2), (2, 3), (3, 0), (2, 4)];
    let arcs: Vec<(usize, usize, usize, ColumnId)> = (edges.iter().enumerate())
        .flat_map(|(e, &(a, b))| [(a, b, e, ColumnId::at(2 * e)), (b, a, e, ColumnId::at(2 * e + 1))])
        .collect();
    let columns = (0..10).map(|_| column(0.0, 1.0, true)).collect();
    let parent = |node: usize| {
        let terms = arcs.iter().filter(|a| a.1 == node).map(|a| (a.3, 1.0)).collect();
        Row { name: "".into(), lower: 1.0, upper: 1.0, terms, scale: 1.0, origin: OriginId(0) }
    };
    let tree = Arborescence {
        period: 0,
        nodes: 5,
        root: vec![true, false, false, false, false],
        arcs: arcs.clone(),
        edges: 5,
        closed: vec![None; 5],
    };
    let rows = (1..5).map(parent).collect();
    let problem =
        Lowered { columns, rows, objective_scale: 1.0, arborescences: vec![tree.clone()], ..Lowered::default() };
    let outcome = solve(&problem, Engine::Tree, &Options::default(), None);
    assert_eq!(outcome.termination, Termination::Optimal, "{outcome:?}");
    let x = outcome.point.expect("a tree");
    let mut reached = tree.root;
    for _ in 0..5 {
        arcs.iter().filter(|a| *a.3.of(&x) > 0.5).for_each(|a| reached[a.1] |= reached[a.0]);
    }
    assert!(reached.iter().all(|r| *r), "{x:?}");
}
