//! Robust values against enumeration, and what must hold between sets, over random problems.

use crate::instances::Instance;
use crate::{options, program_of, robust};
use tieline::lowered::{LowerOptions, lower};
use tieline::program::Program;
use tieline::solution::{Engine, Termination, solve};
use tieline::uncertainty::{Robust, Set};

fn deterministic(program: &Program, gap: f64) -> Option<f64> {
    let lowering = lower(program, &LowerOptions::default());
    assert!(lowering.diagnostics.is_empty(), "{:?}", lowering.diagnostics);
    let cones = !lowering.problem.cones.is_empty();
    let engine = if cones { Engine::OuterApproximation } else { Engine::Auto };
    let outcome = solve(&lowering.problem, engine, &options(gap, 1), None);
    match outcome.termination {
        Termination::Infeasible => None,
        Termination::Optimal => Some(outcome.objective.expect("a value") * lowering.problem.objective_scale),
        other => panic!("{other:?}"),
    }
}

/// Its cost; none where no plan serves everything.
fn value(result: &Robust) -> Option<f64> {
    match result.termination {
        Termination::Infeasible => None,
        Termination::Optimal => Some(result.cost.expect("a cost")),
        other => panic!("{other:?} after {:?}", result.iterations),
    }
}

/// Gap asked for: conic solvers do not work to the last digits.
fn gap(conic: bool) -> f64 {
    if conic { 1e-4 } else { 1e-6 }
}

fn close(a: f64, b: f64, gap: f64) -> bool {
    (a - b).abs() <= 2.5 * gap * (1.0 + b.abs())
}

fn equals_enumeration(instance: &Instance, what: &str) {
    let gap = gap(instance.conic);
    let result = robust(&program_of(&instance.uncertain()), &options(gap, 2));
    let corners = instance.corners();
    let all = deterministic(&program_of(&instance.against(&corners)), gap);
    let found = value(&result);
    assert_eq!(found.is_none(), all.is_none(), "{what}: {found:?} against {all:?}");
    if let (Some(a), Some(b)) = (found, all) {
        assert!(close(a, b, gap), "{what}: {a} against {b} over {} corners; {:?}", corners.len(), result.iterations);
        assert!(result.bound <= b * (1.0 + 2.0 * gap), "{what}: bound {} above {b}", result.bound);
    }
}

#[test]
fn linear_recourse_equals_enumeration() {
    for seed in 0..24 {
        equals_enumeration(&Instance::random(seed, 2 + (seed % 3) as usize, false), &format!("seed {seed}"));
    }
}

#[test]
fn conic_recourse_equals_enumeration() {
    for seed in 100..110 {
        equals_enumeration(&Instance::random(seed, 2 + (seed % 2) as usize, true), &format!("seed {seed}"));
    }
}

#[test]
fn corners_of_sets_are_all_found() {
    for seed in 200..260 {
        let instance = Instance::random(seed, 2 + (seed % 3) as usize, false);
        let program = program_of(&instance.uncertain());
        let set = Set::new(&program);
        let mut found = vec![vec![]];
        for group in set.groups() {
            let corners = set.corners(group, 10_000).expect("a small set");
            found = found
                .iter()
                .flat_map(|p: &Vec<f64>| corners.iter().map(move |c| [p.clone(), c.clone()].concat()))
                .collect();
        }
        for corner in instance.corners() {
            let has = found.iter().any(|f| f.iter().zip(&corner).all(|(a, b)| (a - b).abs() < 1e-6));
            assert!(has, "seed {seed}: {corner:?} is not among {found:?}");
        }
        assert!(found.iter().all(|f| set.contains(f, 1e-6)), "seed {seed}");
    }
}

#[test]
fn ten_factors_with_a_fractional_budget() {
    let instance = Instance::random(300, 10, false).first_budget().with_limit(1.5);
    let result = robust(&program_of(&instance.uncertain()), &options(1e-6, 2));
    // One factor at its end, another half way.
    let worst = result.worst.clone().expect("a worst case");
    let sizes: Vec<f64> = worst.iter().map(|z| z.abs()).filter(|z| *z > 1e-6).collect();
    assert!(sizes.iter().all(|z| close(*z, 1.0, 1e-6) || close(*z, 0.5, 1e-6)), "{worst:?}");
    let mut corners = Vec::new();
    for a in 0..10 {
        for b in (0..10).filter(|b| *b != a) {
            for (x, y) in [(1.0, 0.5), (1.0, -0.5), (-1.0, 0.5), (-1.0, -0.5)] {
                let mut z = vec![0.0; 10];
                (z[a], z[b]) = (x, y);
                corners.push(z);
            }
        }
    }
    // More demand costs more, so positive corners are enough, if factors reach below zero or not.
    corners.retain(|z| z.iter().all(|z| *z >= 0.0));
    let all = deterministic(&program_of(&instance.against(&corners)), 1e-6).expect("a value");
    assert!(close(value(&result).expect("a value"), all, 1e-6), "{:?} against {all}", result.cost);
}

#[test]
fn no_budget_left_is_the_deterministic_value() {
    for seed in 400..406 {
        let instance = Instance::random(seed, 3, false).first_budget().with_limit(0.0);
        let found = value(&robust(&program_of(&instance.uncertain()), &options(1e-6, 1)));
        let plain = deterministic(&program_of(&instance.against(&[vec![0.0; 3]])), 1e-6);
        assert!(close(found.expect("a value"), plain.expect("a value"), 1e-6), "seed {seed}: {found:?} {plain:?}");
    }
}

#[test]
fn a_full_budget_is_the_worst_over_all_signs() {
    for seed in 500..506 {
        let instance = Instance::random(seed, 3, seed % 2 == 0).first_budget().with_limit(2.999_999_999);
        let gap = gap(instance.conic);
        let found = value(&robust(&program_of(&instance.uncertain()), &options(gap, 1)));
        let ends = |p: usize| (0..3).map(|j| if p >> j & 1 == 1 { 1.0 } else { -1.0 }).collect();
        let signs: Vec<Vec<f64>> = (0..8)
            .map(ends)
            .filter(|z: &Vec<f64>| {
                instance.rows().iter().all(|(a, b)| a.iter().zip(z).map(|(a, z)| a * z).sum::<f64>() <= b + 1e-6)
            })
            .collect();
        let all = deterministic(
            &program_of(&instance.against(&if signs.is_empty() { vec![vec![1.0; 3]] } else { signs })),
            gap,
        );
        assert!(close(found.expect("a value"), all.expect("a value"), gap), "seed {seed}: {found:?} {all:?}");
    }
}

#[test]
fn larger_sets_never_cost_less() {
    for seed in 600..604 {
        let mut before = f64::NEG_INFINITY;
        for limit in [0.0, 0.4, 0.9, 1.3, 2.0, 2.7] {
            let instance = Instance::random(seed, 3, seed % 2 == 0).first_budget().with_limit(limit);
            let gap = gap(instance.conic);
            let found = value(&robust(&program_of(&instance.uncertain()), &options(gap, 1))).unwrap_or(f64::INFINITY);
            assert!(found >= before * (1.0 - gap), "seed {seed}, limit {limit}: {found} after {before}");
            before = found;
        }
    }
}
