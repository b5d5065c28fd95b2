//! Good topologies from branch exchange with AC power flows, proposed to the engines.

use crate::lowered::Lowered;
use crate::network::powerflow::{Branch, Grid, Source};
use crate::network::reconfigure::{Limits, SearchOptions, Switching, Task, search};
use crate::program::{Domain, Network, Program};
use crate::solution::{Candidate, Primal};

/// Proposes the orientation of the best radial state that branch exchange has found.
pub struct BranchExchangePrimal {
    candidates: Vec<Candidate>,
}

impl BranchExchangePrimal {
    /// Searches, where the problem has one arborescence over the network of one period.
    pub fn new(program: &Program, problem: &Lowered, seed: u64) -> Option<Self> {
        let network = program.network.as_ref()?;
        let [tree] = problem.arborescences.as_slice() else { return None };
        if !network.minimises_losses || program.periods != 1 {
            return None;
        }
        let state = network.periods.first()?;
        // The search knows no ratios, and no roots but the sources.
        if !state.ratio.is_empty() || state.decides_roots() {
            return None;
        }
        // Injections must be data: there is nothing else to decide.
        if state.active.iter().chain(&state.reactive).any(|a| !a.is_constant()) {
            return None;
        }
        let p: Vec<f64> = state.active.iter().map(|a| a.constant).collect();
        let q: Vec<f64> = state.reactive.iter().map(|a| a.constant).collect();
        let nominal = network.buses.iter().map(|b| b.nominal).collect();
        let branches = network.branches.iter().map(|b| Branch { from: b.from, to: b.to, r: b.r, x: b.x }).collect();
        let sources = network.sources.iter().map(|s| Source { bus: s.bus, v_set: s.v_set }).collect();
        let grid = Grid::new(nominal, branches, sources).ok()?;
        let mut limits = Limits::none(&grid);
        for (i, b) in network.buses.iter().enumerate() {
            limits.v_min[i] = b.v_min.unwrap_or(0.0);
            limits.v_max[i] = b.v_max.unwrap_or(f64::INFINITY);
        }
        for (k, b) in network.branches.iter().enumerate() {
            limits.rate[k] = b.rate.unwrap_or(f64::INFINITY);
        }
        let fixed = |b: &crate::program::Branch| match (b.switchable, b.normally_open) {
            (true, _) => Switching::Free,
            (false, true) => Switching::Open,
            (false, false) => Switching::Closed,
        };
        let switching: Vec<Switching> = network.branches.iter().map(fixed).collect();
        let task = Task { grid: &grid, p: &p, q: &q, limits: &limits, switching: &switching };
        let given = vec![network.branches.iter().map(|b| !b.normally_open).collect()];
        let rounds = if network.branches.len() > 2000 { 100 } else { 60 };
        let found = search(&task, &given, &SearchOptions { seed, starts: 2, rounds, stop: None }).ok()?;
        // Orient the tree away from the roots.
        let mut fed = tree.root.clone();
        let mut values = vec![0.0; tree.arcs.len()];
        let mut queue: Vec<usize> = (0..tree.nodes).filter(|n| fed[*n]).collect();
        while let Some(node) = queue.pop() {
            for (k, (tail, head, edge, _)) in tree.arcs.iter().enumerate() {
                if *tail == node && found.closed.get(*edge).copied().unwrap_or(false) && !fed[*head] {
                    fed[*head] = true;
                    values[k] = 1.0;
                    queue.push(*head);
                }
            }
        }
        let mut list: Vec<(u32, f64)> = tree.arcs.iter().zip(&values).map(|(a, v)| (a.3, *v)).collect();
        for (edge, column) in tree.closed.iter().enumerate() {
            if let Some(c) = column {
                list.push((*c, f64::from(u8::from(found.closed.get(edge).copied().unwrap_or(false)))));
            }
        }
        Some(BranchExchangePrimal { candidates: vec![Candidate { values: list }] })
    }
}

impl Primal for BranchExchangePrimal {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        self.candidates.clone()
    }
}

/// Proposes the network's switches as they are given, in every period: a start where there is no better.
pub struct AsGiven {
    candidate: Candidate,
}

impl AsGiven {
    /// Where the study decides about switches.
    pub fn new(program: &Program) -> Option<Self> {
        let network = program.network.as_ref()?;
        let mut values: Vec<(u32, f64)> = Vec::new();
        for state in &network.periods {
            for (closed, branch) in state.closed.iter().zip(&network.branches) {
                if let Some(variable) = Network::single_variable(closed) {
                    values.push((variable.0, if branch.normally_open { 0.0 } else { 1.0 }));
                }
            }
        }
        (!values.is_empty()).then_some(AsGiven { candidate: Candidate { values } })
    }
}

impl Primal for AsGiven {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        vec![self.candidate.clone()]
    }
}

/// Proposes the whole numbers of a plan that another problem of the same program had.
pub struct Previous {
    candidate: Candidate,
}

impl Previous {
    /// From values of the program's variables.
    pub fn new(program: &Program, x: &[f64]) -> Self {
        let whole = program.variables.iter().zip(x).enumerate().filter(|(_, (v, _))| v.domain != Domain::Continuous);
        Previous { candidate: Candidate { values: whole.map(|(i, (_, x))| (i as u32, x.round())).collect() } }
    }
}

impl Primal for Previous {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        vec![self.candidate.clone()]
    }
}
