//! Several periods, or decisions beside the topology.

use super::{Searched, oriented};
use crate::deadline::Deadline;
use crate::lowered::{Arborescence, Lowered};
use crate::network::reconfigure::{SearchOptions, Task, search, search_together};
use crate::program::{Affine, Program};
use crate::solution::{Candidate, Primal};
use rayon::prelude::*;

/// Proposes, for what a relaxation injects at the buses, radial states of low losses that keep the
/// limits: one for all periods, or one for each.
pub(super) struct Horizon {
    network: Searched,
    /// Per period: active and reactive power injected per bus, W and var.
    injections: Vec<(Vec<Affine>, Vec<Affine>)>,
    trees: Vec<Arborescence>,
    /// Per variable of the program: coherent units in 1 of its column.
    scales: Vec<f64>,
    seed: u64,
    limit: Deadline,
}

impl Horizon {
    /// Where the arborescences are one for all periods or one for each.
    pub(super) fn new(program: &Program, problem: &Lowered, seed: u64, limit: &Deadline) -> Option<Self> {
        let network = program.network.as_ref()?;
        let trees = problem.arborescences.clone();
        let periods = network.periods.len();
        if trees.is_empty() || (trees.len() != 1 && trees.len() != periods) {
            return None;
        }
        let injections = network.periods.iter().map(|state| (state.active.clone(), state.reactive.clone())).collect();
        let scales = problem.columns.iter().take(program.variables.len()).map(|c| c.scale).collect();
        let limit = limit.clone();
        Some(Horizon { network: Searched::new(network)?, injections, trees, scales, seed, limit })
    }

    fn states(&self, tasks: &[Task<'_>]) -> Option<Vec<Vec<bool>>> {
        let given = std::slice::from_ref(&self.network.given);
        if self.trees.len() == 1 {
            return Some(vec![search_together(tasks, given, self.seed, &self.limit)?]);
        }
        let options = SearchOptions { seed: self.seed, starts: 2, rounds: 20, limit: Some(&self.limit) };
        let each = tasks.par_iter().map(|task| search(task, given, &options).ok().map(|found| found.closed));
        each.collect()
    }
}

impl Primal for Horizon {
    fn propose(&self, relaxation: &[f64]) -> Vec<Candidate> {
        // Nothing to inject where there is no relaxation.
        if relaxation.len() < self.scales.len() {
            return Vec::new();
        }
        let x: Vec<f64> = relaxation.iter().zip(&self.scales).map(|(x, scale)| x * scale).collect();
        let values = |forms: &[Affine]| -> Vec<f64> { forms.iter().map(|a| a.value(&x)).collect() };
        let powers: Vec<(Vec<f64>, Vec<f64>)> = self.injections.iter().map(|(p, q)| (values(p), values(q))).collect();
        let Searched { grid, limits, switching, .. } = &self.network;
        let tasks: Vec<Task<'_>> = powers.iter().map(|(p, q)| Task { grid, p, q, limits, switching }).collect();
        let Some(states) = self.states(&tasks) else { return Vec::new() };
        let values = self.trees.iter().zip(&states).flat_map(|(tree, closed)| oriented(tree, closed)).collect();
        vec![Candidate { values }]
    }

    fn searched(&self) -> bool {
        false
    }
}
