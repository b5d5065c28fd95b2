//! Dantzig's transport problem.

use crate::studies::{of, optimum, program_of_file, value};
use tieline::solution::Engine;

/// Supplies, demands and miles as printed.
const SUPPLY: [i32; 2] = [350, 600];
const DEMAND: [i32; 3] = [325, 300, 275];
const MILES: [[i32; 3]; 2] = [[2500, 1700, 1800], [2500, 1800, 1400]];

/// Least cost over all plans in multiples of 25 cases. All data are such multiples and the corners of
/// a transport problem are whole in them, so one of these plans is an optimum.
fn enumerated() -> f64 {
    let mut best = i32::MAX;
    for first in (0..=DEMAND[0]).step_by(25) {
        for second in (0..=DEMAND[1]).step_by(25) {
            for third in (0..=DEMAND[2]).step_by(25) {
                let one = [first, second, third];
                let other: Vec<i32> = DEMAND.iter().zip(one).map(|(d, s)| d - s).collect();
                if one.iter().sum::<i32>() <= SUPPLY[0] && other.iter().sum::<i32>() <= SUPPLY[1] {
                    let cost =
                        |row: usize, sent: &[i32]| -> i32 { MILES[row].iter().zip(sent).map(|(m, s)| m * s).sum() };
                    best = best.min(cost(0, &one) + cost(1, &other));
                }
            }
        }
    }
    0.09 * f64::from(best)
}

#[test]
fn the_least_freight_is_that_of_the_best_plan() {
    let program = program_of_file("examples/textbook/transport.tie", &[]);
    assert!(program.network.is_none());
    let result = optimum(&program, Engine::Auto, 0.0);
    // As printed in 1963, in dollars.
    assert!((value(&result) - 153_675.0).abs() < 1e-6, "{}", value(&result));
    assert!((value(&result) - enumerated()).abs() < 1e-6, "{}", enumerated());
    let sent: f64 = program.variables.iter().map(|v| of(&program, &result, &v.name.to_string())).sum();
    assert!((sent - 900.0).abs() < 1e-6, "{sent}");
}

#[test]
fn the_conic_solver_agrees() {
    let program = program_of_file("examples/textbook/transport.tie", &[]);
    let result = optimum(&program, Engine::Clarabel, 1e-6);
    assert!((value(&result) - 153_675.0).abs() < 1e-6 * 153_675.0, "{}", value(&result));
}
