//! Solving one deterministic problem, with another engine where the first one fails.

use crate::lowered::Lowered;
use crate::solution::{Candidate, Engine, Options, Outcome, Primal, Termination, solve};

/// Solves. Where the engine may be chosen and the chosen one ends in numerical trouble, outer
/// approximation has a try: it needs no accurate duals at its leaves.
pub(super) fn run(problem: &Lowered, engine: Engine, options: &Options) -> Outcome {
    run_from(problem, engine, options, &Start::default())
}

/// The same from integer values that are good, or were for a problem much like this one.
pub(super) fn run_from(problem: &Lowered, engine: Engine, options: &Options, start: &Start) -> Outcome {
    let primal = (!start.candidates.is_empty()).then_some(start as &dyn Primal);
    let first = solve(problem, engine, options, primal);
    let mixed = !problem.cones.is_empty() && problem.columns.iter().any(|c| c.integer);
    if first.termination != Termination::Failed || engine != Engine::Auto || !mixed {
        return first;
    }
    let second = solve(problem, Engine::OuterApproximation, options, primal);
    Outcome { nodes: first.nodes + second.nodes, iterations: first.iterations + second.iterations, ..second }
}

/// Integer values to begin with.
#[derive(Debug, Clone, Default)]
pub(super) struct Start {
    /// Best first.
    pub candidates: Vec<Candidate>,
}

impl Primal for Start {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        self.candidates.clone()
    }

    fn searched(&self) -> bool {
        false
    }
}
