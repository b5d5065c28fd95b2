//! When a rule counts as violated.

use crate::studies::{of, options, program, program_of_file};
use tieline::program::Program;
use tieline::report::{StudyResult, TOLERANCE, largest_violation, solve};
use tieline::solution::Engine;

fn index(program: &Program, name: &str) -> usize {
    program.variables.iter().position(|v| v.name == name).unwrap_or_else(|| panic!("there is no `{name}`"))
}

/// The violation after one variable of the plan is multiplied.
fn after(program: &Program, plan: &[f64], name: &str, factor: f64) -> (f64, String) {
    let mut x = plan.to_vec();
    x[index(program, name)] *= factor;
    largest_violation(program, &x)
}

fn solved(path: &str) -> (Program, StudyResult) {
    let program = program_of_file(path, &[]);
    let result = solve(&program, &options(Engine::Auto, 0.05));
    (program, result)
}

#[test]
fn plans_of_the_examples_pass() {
    for name in ["ieee33", "ieee69", "zhang118", "mantovani136"] {
        let (_, result) = solved(&format!("examples/{name}.tie"));
        assert!(result.passed, "{name}: {:?}", result.violation);
        assert!(result.violation.0 <= TOLERANCE && result.cone_gap < 1e-3, "{name}: {:?}", result.violation);
    }
}

#[test]
fn a_cone_that_is_missed_by_a_ten_thousandth_fails() {
    let (program, result) = solved("examples/ieee33.tie");
    let plan = result.values.expect("a plan");
    // Arcs are named by their number; those in use carry current.
    let used: Vec<String> = program
        .variables
        .iter()
        .zip(&plan)
        .filter(|(v, x)| v.name.to_string().starts_with("arc.l[") && **x > 1.0)
        .map(|(v, _)| v.name.to_string())
        .collect();
    assert!(used.len() >= 25, "{used:?}");
    for name in used {
        let (violation, rule) = after(&program, &plan, &name, 1.0 - 1e-4);
        assert!(violation > TOLERANCE, "{name}: {violation:e} at {rule}");
    }
}

#[test]
fn a_linear_row_that_is_missed_by_a_ten_thousandth_fails() {
    let (program, result) = solved("examples/ieee33.tie");
    let plan = result.values.expect("a plan");
    for name in program.variables.iter().map(|v| v.name.to_string()).filter(|n| {
        n.starts_with("arc.P[") || n.starts_with("arc.Q[") || n.starts_with("arc.W[") || n.starts_with("bus.v[")
    }) {
        if plan[index(&program, &name)].abs() < 1e3 {
            continue;
        }
        for factor in [1.0 - 1e-4, 1.0 + 1e-4] {
            let (violation, rule) = after(&program, &plan, &name, factor);
            assert!(violation > TOLERANCE, "{name} times {factor}: {violation:e} at {rule}");
        }
    }
}

#[test]
fn rules_outside_networks_are_judged_by_what_they_add_up() {
    let program = program(
        "var x : number in 0..1000\nvar y : number in 0..1000\nvar b : binary\nrule sum : x + y >= 100\nrule disc : x^2 + y^2 <= 1e4\nminimize x + 2 * y + b\n",
    );
    let at = |x: f64, y: f64, b: f64| {
        let mut point = vec![0.0; 3];
        point[index(&program, "x")] = x;
        point[index(&program, "y")] = y;
        point[index(&program, "b")] = b;
        largest_violation(&program, &point)
    };
    assert!(at(60.0, 50.0, 1.0).0 <= 0.0);
    assert!(at(60.0, 40.0 * (1.0 - 1e-9), 0.0).0 <= TOLERANCE);
    let missed = at(60.0, 40.0 - 0.01, 0.0);
    assert!(missed.0 > TOLERANCE && missed.1 == "sum", "{missed:?}");
    let outside = at(100.0 * (1.0 + 1e-4), 0.0, 0.0);
    assert!(outside.0 > TOLERANCE && outside.1 == "disc", "{outside:?}");
    let broken = at(60.0, 50.0, 0.5);
    assert!(broken.0 > TOLERANCE && broken.1 == "b", "{broken:?}");
    assert!(largest_violation(&program, &[f64::NAN, 1.0, 0.0]).0.is_nan());
    assert!(largest_violation(&program, &[]).0.is_infinite());
}

#[test]
fn the_value_is_that_of_the_plan() {
    let program = program("var x : number in 0..10\nrule least : x >= 2\nmaximize 5 - x\n");
    let result = solve(&program, &options(Engine::Auto, 1e-4));
    let x = of(&program, &result, "x");
    assert_eq!(result.objective, Some(5.0 - x));
    assert!((x - 2.0).abs() < 1e-6 && result.gap <= 1e-4);
}
