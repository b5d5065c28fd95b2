//! Solving one deterministic problem, with another engine where the first one fails.

use crate::lowered::Lowered;
use crate::solution::{Engine, Options, Outcome, Termination, solve};

/// Solves. Where the engine may be chosen and the chosen one ends in numerical trouble, outer
/// approximation has a try: it needs no accurate duals at its leaves.
pub(super) fn run(problem: &Lowered, engine: Engine, options: &Options) -> Outcome {
    let first = solve(problem, engine, options, None);
    let mixed = !problem.cones.is_empty() && problem.columns.iter().any(|c| c.integer);
    if first.termination != Termination::Failed || engine != Engine::Auto || !mixed {
        return first;
    }
    let second = solve(problem, Engine::OuterApproximation, options, None);
    Outcome { nodes: first.nodes + second.nodes, iterations: first.iterations + second.iterations, ..second }
}
