//! Mixed-integer conic problems against enumeration of the integers.

use crate::random_problems::{enumerate, mixed_integer_conic};
use tieline::solution::{Engine, Options, Termination, solve};

fn equals_enumeration(engine: Engine) {
    let options = Options { gap: 1e-5, ..Options::default() };
    for seed in 0..16 {
        let problem = mixed_integer_conic(seed, 4 + seed as usize % 4);
        let outcome = solve(&problem, engine, &options, None);
        match enumerate(&problem) {
            None => assert_eq!(outcome.termination, Termination::Infeasible, "seed {seed}"),
            Some(best) => {
                assert_eq!(outcome.termination, Termination::Optimal, "seed {seed}");
                let (value, size) = (outcome.objective.expect("optimal"), best.abs().max(1.0));
                assert!((value - best).abs() <= 3e-5 * size, "seed {seed}: {value} is not {best}");
                assert!(outcome.bound <= best + 1e-7 * size, "seed {seed}: bound {} above {best}", outcome.bound);
            }
        }
    }
}

#[test]
fn tree_equals_enumeration() {
    equals_enumeration(Engine::Tree);
}

#[test]
fn outer_approximation_equals_enumeration() {
    equals_enumeration(Engine::OuterApproximation);
}

#[test]
fn the_result_does_not_depend_on_threads() {
    for seed in 30..34 {
        let problem = mixed_integer_conic(seed, 7);
        let run = |threads| solve(&problem, Engine::Tree, &Options { threads, ..Options::default() }, None);
        let one = run(1);
        for threads in [2, 3, 8] {
            assert_eq!(one, run(threads), "seed {seed}, {threads} threads");
        }
    }
}
