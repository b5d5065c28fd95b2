//! One period in which nothing but the topology is decided.

use super::{Searched, oriented};
use crate::deadline::Deadline;
use crate::lowered::Lowered;
use crate::network::reconfigure::{SearchOptions, Task, search};
use crate::program::Program;
use crate::solution::{Candidate, Primal};

/// Proposes the orientation of the best radial state that branch exchange has found.
pub(super) struct Snapshot {
    candidates: Vec<Candidate>,
}

impl Snapshot {
    /// Searches, where the problem has one arborescence over the network of one period.
    pub(super) fn new(program: &Program, problem: &Lowered, seed: u64, limit: &Deadline) -> Option<Self> {
        let network = program.network.as_ref()?;
        let [tree] = problem.arborescences.as_slice() else { return None };
        if !network.minimises_losses || program.periods != 1 {
            return None;
        }
        let state = network.periods.first()?;
        // Injections must be data: there is nothing else to decide.
        if state.active.iter().chain(&state.reactive).any(|a| !a.is_constant()) {
            return None;
        }
        let p: Vec<f64> = state.active.iter().map(|a| a.constant).collect();
        let q: Vec<f64> = state.reactive.iter().map(|a| a.constant).collect();
        let Searched { grid, limits, switching, given } = Searched::new(network)?;
        let task = Task { grid: &grid, p: &p, q: &q, limits: &limits, switching: &switching };
        let rounds = if network.branches.len() > 2000 { 100 } else { 60 };
        let options = SearchOptions { seed, starts: 2, rounds, limit: Some(limit) };
        let found = search(&task, &[given], &options).ok()?;
        Some(Snapshot { candidates: vec![Candidate { values: oriented(tree, &found.closed) }] })
    }
}

impl Primal for Snapshot {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        self.candidates.clone()
    }
}
