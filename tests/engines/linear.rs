//! HiGHS and Clarabel on linear problems.

use crate::random_problems::{column, columns, cone, entry, enumerate, mixed_integer_linear, row};
use tieline::ids::Id;
use tieline::lowered::{ColumnId, ConeKind, Lowered, RowId};
use tieline::solution::{Engine, Options, Termination, bound_by, highs, solve};

#[test]
fn milp_equals_enumeration() {
    let options = Options { gap: 1e-7, ..Options::default() };
    for seed in 0..12 {
        let problem = mixed_integer_linear(seed, 6);
        let best = enumerate(&problem).expect("built around a feasible point");
        let outcome = solve(&problem, Engine::Auto, &options, None);
        assert_eq!(outcome.termination, Termination::Optimal, "seed {seed}");
        let value = outcome.objective.expect("optimal");
        assert!((value - best).abs() <= 1e-5 * best.abs().max(1.0), "seed {seed}: {value} is not {best}");
        assert!(outcome.bound <= best + 1e-6 * best.abs().max(1.0), "seed {seed}");
    }
}

#[test]
fn lp_of_both_engines_agree_and_prices_are_derivatives() {
    for seed in 20..26 {
        let mut problem = mixed_integer_linear(seed, 5);
        problem.columns.iter_mut().for_each(|c| c.integer = false);
        let options = Options::default();
        let simplex = highs::solve(&problem, &options, None);
        let interior = solve(&problem, Engine::Clarabel, &options, None);
        assert_eq!(interior.termination, Termination::Optimal);
        let value = simplex.outcome.objective.expect("optimal");
        assert!((value - interior.objective.expect("optimal")).abs() < 1e-6);
        assert!(simplex.outcome.bound <= value + 1e-9 && simplex.outcome.gap() < 1e-6);
        let duals = simplex.row_duals.expect("an optimal LP has prices");
        let step = 1e-5;
        for (index, dual) in duals.iter().enumerate() {
            let mut moved = problem.clone();
            moved.rows[RowId::at(index)].upper -= step;
            let worse = solve(&moved, Engine::Highs, &options, None).objective.expect("feasible around its point");
            assert!(worse - value >= -dual * step - 1e-9, "convexity: seed {seed} row {index}");
        }
    }
}

#[test]
fn a_vertex_of_another_problem_changes_no_optimum_and_its_prices_bound_it() {
    let options = Options::default();
    for seed in 40..52 {
        let mut first = mixed_integer_linear(seed, 6);
        first.columns.iter_mut().for_each(|c| c.integer = false);
        let mut second = first.clone();
        for (i, row) in second.rows.iter_mut().enumerate() {
            row.upper += 0.1 * (i as f64 - 1.0) * row.upper.abs().min(1.0);
        }
        let solved = highs::solve(&first, &options, None);
        let (vertex, duals) = (solved.vertex.expect("a vertex"), solved.row_duals.expect("prices"));
        let value = solved.outcome.objective.expect("optimal");
        assert!((bound_by(&first, &duals) - value).abs() <= 1e-6 * value.abs().max(1.0), "seed {seed}");

        let cold = highs::solve(&second, &options, None).outcome;
        let warm = highs::solve(&second, &options, Some(highs::Start::Vertex(&vertex))).outcome;
        assert_eq!(cold.termination, warm.termination, "seed {seed}");
        let bound = bound_by(&second, &duals);
        if let (Some(cold), Some(warm)) = (cold.objective, warm.objective) {
            assert!((cold - warm).abs() <= 1e-6 * cold.abs().max(1.0), "seed {seed}: {cold} {warm}");
            assert!(bound.is_finite() && bound <= cold + 1e-9 * cold.abs().max(1.0), "seed {seed}: {bound} {cold}");
        }
        // Of another shape it is no help, and no harm.
        second.rows.pop();
        let fewer = highs::solve(&second, &options, Some(highs::Start::Vertex(&vertex))).outcome;
        assert_eq!(fewer, highs::solve(&second, &options, None).outcome, "seed {seed}");
        assert_eq!(bound_by(&second, &duals), f64::NEG_INFINITY);
    }
}

fn ends(problem: &Lowered, expected: Termination) {
    for engine in [Engine::Auto, Engine::Clarabel, Engine::Tree, Engine::OuterApproximation] {
        let outcome = solve(problem, engine, &Options::default(), None);
        assert_eq!(outcome.termination, expected, "{engine:?}: {outcome:?}");
        assert!(outcome.objective.is_none() && outcome.point.is_none());
    }
}

#[test]
fn infeasible_is_said() {
    let mut problem =
        Lowered { columns: vec![column(0.0, 5.0, false), column(0.0, 5.0, false)].into(), ..Lowered::default() };
    problem.objective = columns(&[(0, 1.0)]);
    problem.rows =
        vec![row(3.0, f64::INFINITY, &[(0, 1.0), (1, 1.0)]), row(f64::NEG_INFINITY, 1.0, &[(0, 1.0), (1, 2.0)])].into();
    problem.rows.push(row(-1.0, -1.0, &[(0, 1.0), (1, -1.0)]));
    ends(&problem, Termination::Infeasible);
    // x >= |(y, 2)| with x <= 1.
    let mut problem =
        Lowered { columns: vec![column(0.0, 1.0, false), column(-5.0, 5.0, false)].into(), ..Lowered::default() };
    problem.cones =
        vec![cone(ConeKind::SecondOrder, vec![entry(0.0, &[(0, 1.0)]), entry(0.0, &[(1, 1.0)]), entry(2.0, &[])])]
            .into();
    ends(&problem, Termination::Infeasible);
    // 2 b = 1 for a binary b, with a cone.
    let mut problem =
        Lowered { columns: vec![column(0.0, 1.0, true), column(0.0, 5.0, false)].into(), ..Lowered::default() };
    problem.rows = vec![row(1.0, 1.0, &[(0, 2.0)])].into();
    problem.cones = vec![cone(ConeKind::SecondOrder, vec![entry(0.0, &[(1, 1.0)]), entry(1.0, &[(0, 1.0)])])].into();
    ends(&problem, Termination::Infeasible);
}

#[test]
fn unbounded_is_said() {
    let inf = f64::INFINITY;
    let mut problem =
        Lowered { columns: vec![column(0.0, inf, false), column(0.0, 1.0, false)].into(), ..Lowered::default() };
    problem.objective = columns(&[(0, -1.0), (1, 1.0)]);
    problem.rows = vec![row(f64::NEG_INFINITY, 3.0, &[(0, -1.0), (1, 1.0)])].into();
    ends(&problem, Termination::Unbounded);
    // Along a cone: t >= |x|, minimise -x.
    problem.columns.push(column(f64::NEG_INFINITY, inf, false));
    problem.objective.push((ColumnId(2), -1.0));
    problem.objective[0] = (ColumnId(0), 0.0);
    problem.cones = vec![cone(ConeKind::SecondOrder, vec![entry(0.0, &[(0, 1.0)]), entry(0.0, &[(2, 1.0)])])].into();
    ends(&problem, Termination::Unbounded);
    // The same with an integer column.
    problem.columns[ColumnId(1)].integer = true;
    ends(&problem, Termination::Unbounded);
}

#[test]
fn a_limit_without_a_solution_claims_nothing() {
    let problem = mixed_integer_linear(3, 12);
    let limit = tieline::deadline::Deadline::never().or_when(std::sync::Arc::new(true.into()));
    let options = Options { limit, ..Options::default() };
    let outcome = solve(&problem, Engine::Clarabel, &options, None);
    assert_eq!(outcome.termination, Termination::Interrupted);
}
