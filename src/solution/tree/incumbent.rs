//! Solutions: integer values are only believed after the continuous columns are solved for.

use super::node::Bounds;
use super::space::Space;
use crate::ids::Id;
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

/// What became of proposed integer values.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The solution, if the point is whole and feasible and the solve ended well.
    pub solution: Option<Solution>,
    /// The last relaxation that was solved.
    pub relaxed: Option<Relaxed>,
    /// Interior-point iterations.
    pub iterations: u64,
}

/// Solves with the integers in `bounds`, rounding those that stay fractional.
pub fn settle(space: &Space, mut bounds: Bounds, request: &Request) -> Settled {
    let effort = Effort { integer: &space.integer, eliminate_integers: true, kept: &[] };
    let mut settled = Settled { solution: None, relaxed: None, iterations: 0 };
    for _ in 0..ROUNDS {
        if space.orient(&mut bounds).is_err() {
            return settled;
        }
        let relaxed = relax(&space.problem, &space.restricted(&bounds), &effort, request);
        settled.iterations += relaxed.iterations;
        let relaxed = settled.relaxed.insert(relaxed);
        if relaxed.verdict != Verdict::Solved {
            return settled;
        }
        let point = space.expand(&relaxed.x);
        if space.whole(&point) {
            let Some(point) = space.complete(point, request) else { return settled };
            let objective = space.original.objective(&point);
            let feasible = space.original.violation(&point) <= FEASIBLE;
            settled.solution = feasible.then_some(Solution { objective, point });
            return settled;
        }
        let mut moved = false;
        for (&column, bounds) in space.integers.iter().zip(&mut bounds) {
            if bounds.1 - bounds.0 > 0.5 {
                let value = column.of(&relaxed.x).round().clamp(bounds.0, bounds.1);
                *bounds = (value, value);
                moved = true;
            }
        }
        if !moved {
            return settled;
        }
    }
    settled
}
