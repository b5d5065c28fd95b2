//! Through an engine and back: the conic feeder's optimum satisfies the program.

use crate::feeder::ladder;
use crate::support::*;
use tieline::lowered::{LowerOptions, lower};
use tieline::solution::{Engine, Options, Termination, solve};

#[test]
fn the_optimum_of_a_feeder_satisfies_its_program() {
    let program = ladder(12);
    let lowering = lower(&program, &LowerOptions::default());
    let outcome = solve(&lowering.problem, Engine::Auto, &Options { gap: 1e-4, ..Options::default() }, None);
    assert_eq!(outcome.termination, Termination::Optimal);
    let point = outcome.point.expect("a point");
    let values = lowering.map.values(&lowering.problem, &point);
    for (c, row) in program.constraints.iter().zip(values_of(&program, &values)) {
        assert!(row.0 <= 1e-5 * row.1, "{} is violated by {} of {}", c.name, row.0, row.1);
    }
    let losses = objective(&program, &values);
    let reported = lowered_objective(&lowering.problem, &point);
    assert!((losses - reported).abs() <= 1e-9 * losses, "{losses} {reported}");
    let bound = lowering.problem.objective_scale * outcome.bound;
    assert!(bound <= losses * (1.0 + 1e-9) && bound >= losses * (1.0 - 2e-4), "{bound} {losses}");
    assert!((1e3..1e6).contains(&losses), "losses of {losses} W");
}

/// Violation and size (sum of absolute terms) of every constraint.
fn values_of(program: &tieline::program::Program, point: &[f64]) -> Vec<(f64, f64)> {
    use tieline::program::Relation;
    let of = |relation: &Relation| match relation {
        Relation::Le(f) | Relation::Eq(f) => {
            let size = f.affine.constant.abs()
                + f.affine.terms.iter().map(|(v, c)| (c * point[v.0 as usize]).abs()).sum::<f64>()
                + f.products
                    .iter()
                    .map(|p| (p.coefficient * p.left.value(point) * p.right.value(point)).abs())
                    .sum::<f64>();
            let value = value(program, f, point);
            (if matches!(relation, Relation::Eq(_)) { value.abs() } else { value }, size.max(1.0))
        }
        Relation::Implies { .. } => (0.0, 1.0),
    };
    program.constraints.iter().map(|c| of(&c.relation)).collect()
}
