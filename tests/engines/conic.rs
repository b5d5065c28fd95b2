//! Mixed-integer conic problems against enumeration of the integers.

use crate::random_problems::{Stream, enumerate, mixed_integer_conic};
use tieline::ids::IdVec;
use tieline::lowered::ColumnId;
use tieline::solution::bound::certify;
use tieline::solution::clarabel::{self, Request, Status};
use tieline::solution::conic::Conic;
use tieline::solution::reduce::{Domain, Effort, reduce};
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
fn any_duals_certify_a_bound_below_the_optimum() {
    for seed in 40..46 {
        let mut problem = mixed_integer_conic(seed, 5);
        problem.columns.iter_mut().for_each(|c| c.integer = false);
        let best = solve(&problem, Engine::Clarabel, &Options::default(), None).objective.expect("feasible");
        let conic = Conic::relaxation(&problem);
        let exact = clarabel::solve(&conic, &Request::default()).duals;
        let mut s = Stream(seed);
        let mut closest = f64::NEG_INFINITY;
        for size in [0.0, 1e-6, 1e-3, 0.1, 1.0, 10.0] {
            for _ in 0..20 {
                let mut duals = exact.clone();
                duals.rows.iter_mut().for_each(|v| *v += s.between(-size, size));
                duals.cones.iter_mut().flatten().for_each(|v| *v += s.between(-size, size));
                let value = certify(&conic, &conic.lower, &conic.upper, &duals).value;
                assert!(value <= best + 1e-6 * best.abs().max(1.0), "seed {seed}, size {size}: {value} above {best}");
                closest = closest.max(value);
            }
        }
        assert!(
            best - closest < 1e-4 * best.abs().max(1.0),
            "seed {seed}: the exact duals certify {closest} of {best}"
        );
    }
}

#[test]
fn reductions_keep_the_optimum_and_give_back_a_feasible_point() {
    for seed in 60..90 {
        let problem = mixed_integer_conic(seed, 6);
        let conic = Conic::relaxation(&problem);
        let whole = clarabel::solve(&conic, &Request::default());
        let integer: IdVec<ColumnId, bool> = problem.columns.iter().map(|c| c.integer).collect();
        // Fixing some binaries gives the reductions something to do.
        let mut s = Stream(seed);
        let mut domain = Domain::of(&conic);
        let mut fixed = conic.clone();
        for (column, _) in integer.each().filter(|(_, i)| **i) {
            if s.next() < 0.5 {
                let value = s.next().round();
                domain.restrict(column, value, value);
                (fixed.lower[column], fixed.upper[column]) = (value, value);
            }
        }
        let direct = clarabel::solve(&fixed, &Request::default());
        // As continuous columns: rounding their bounds would be worth more than the relaxation.
        let continuous = IdVec::filled(false, integer.len());
        let effort = Effort { integer: &continuous, eliminate_integers: true, kept: &[] };
        match reduce(&conic, &domain, &effort) {
            Err(_) => assert_eq!(direct.status, Status::Infeasible, "seed {seed}"),
            Ok(reduction) => {
                let reduced = clarabel::solve(&reduction.problem, &Request::default());
                assert_eq!(direct.status, reduced.status, "seed {seed}");
                if direct.status == Status::Solved {
                    let point = reduction.expand(&reduced.x);
                    assert!(fixed.violation(&point) < 1e-6, "seed {seed}");
                    let (a, b) = (fixed.objective(&direct.x), fixed.objective(&point));
                    assert!((a - b).abs() < 1e-6 * a.abs().max(1.0), "seed {seed}: {a} {b}");
                    assert!(a >= conic.objective(&whole.x) - 1e-6, "a restriction costs");
                }
            }
        }
    }
}
