//! Solutions: integer values are only believed after the continuous columns are solved for.

use super::node::Bounds;
use super::space::Space;
use crate::solution::clarabel::Request;
use crate::solution::continuous::FEASIBLE;
use crate::solution::reduce::Effort;
use crate::solution::relaxation::{Relaxed, Verdict, relax};

/// A checked solution.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Objective of the point.
    pub objective: f64,
    /// A value per column of the lowered problem.
    pub point: Vec<f64>,
}

/// Rounds in which integers that the bounds leave open are rounded.
const ROUNDS: usize = 3;

/// Solves with the integers in `bounds`, rounding those that stay fractional. `None` unless the
/// point is whole and feasible and the solve ended well. Also returns the iterations spent.
pub fn settle(space: &Space, mut bounds: Bounds, request: &Request) -> (Option<Solution>, u64) {
    let effort = Effort { integer: &space.integer, eliminate_integers: true };
    let mut iterations = 0;
    for _ in 0..ROUNDS {
        if space.orient(&mut bounds).is_err() {
            return (None, iterations);
        }
        let mut domain = space.domain.clone();
        for (&column, &(low, high)) in space.integers.iter().zip(&bounds) {
            domain.restrict(column, low, high);
        }
        let Relaxed { verdict, x, iterations: spent, .. } = relax(&space.problem, &domain, &effort, request);
        iterations += spent;
        if verdict != Verdict::Solved {
            return (None, iterations);
        }
        let point = space.expand(&x);
        if space.whole(&point) {
            let feasible = space.original.violation(&point) <= FEASIBLE;
            let objective = space.original.objective(&point);
            return (feasible.then_some(Solution { objective, point }), iterations);
        }
        let mut moved = false;
        for (&column, bounds) in space.integers.iter().zip(&mut bounds) {
            if bounds.1 - bounds.0 > 0.5 {
                let value = x.get(column as usize).copied().unwrap_or(0.0).round().clamp(bounds.0, bounds.1);
                *bounds = (value, value);
                moved = true;
            }
        }
        if !moved {
            return (None, iterations);
        }
    }
    (None, iterations)
}
