//! Mixed-integer conic problems by the outer approximation.

use super::{Options, Outcome, Primal, Termination};
use crate::lowered::Lowered;

/// Solves a mixed-integer conic problem.
pub fn solve(_problem: &Lowered, _options: &Options, _primal: Option<&dyn Primal>) -> Outcome {
    Outcome {
        termination: Termination::Failed,
        point: None,
        objective: None,
        bound: f64::NEG_INFINITY,
        engine: "outer approximation".to_string(),
        nodes: 0,
        iterations: 0,
    }
}
