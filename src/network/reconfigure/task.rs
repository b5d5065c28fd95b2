//! What is asked: a snapshot, its limits, and which branches may be switched.

use std::fmt;

use crate::network::powerflow::{Failure, Grid, Snapshot, Solution, Workspace};

/// Slack in a limit before it counts as broken, relative: what the precision of a power flow leaves.
const LIMIT_SLACK: f64 = 1e-7;

/// Limits of voltage and current.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Lowest voltage per bus, pu of nominal (0 for none).
    pub v_min: Vec<f64>,
    /// Highest voltage per bus, pu of nominal (infinite for none).
    pub v_max: Vec<f64>,
    /// Largest phase current per branch, A (infinite for none). Without shunts it is the same at both
    /// ends.
    pub rate: Vec<f64>,
}

impl Limits {
    /// No limits for a grid.
    pub fn none(grid: &Grid) -> Limits {
        Limits::voltage(grid, 0.0, f64::INFINITY)
    }

    /// The same voltage window at every bus, pu, and no limit of current.
    pub fn voltage(grid: &Grid, v_min: f64, v_max: f64) -> Limits {
        Limits {
            v_min: vec![v_min; grid.bus_count()],
            v_max: vec![v_max; grid.bus_count()],
            rate: vec![f64::INFINITY; grid.branches().len()],
        }
    }

    /// By how much a voltage (pu) breaks the limits of its bus, pu.
    pub(super) fn voltage_excess(&self, bus: usize, v: f64) -> f64 {
        excess(self.v_min[bus] - v, self.v_min[bus]) + excess(v - self.v_max[bus], self.v_max[bus])
    }

    /// By how much a phase current (A) exceeds the rating of its branch, as a share of the rating.
    pub(super) fn current_excess(&self, branch: usize, current: f64) -> f64 {
        let rate = self.rate[branch];
        if rate.is_finite() && current > rate { excess(current / rate - 1.0, 1.0) } else { 0.0 }
    }
}

fn excess(by: f64, limit: f64) -> f64 {
    if by > LIMIT_SLACK * limit { by } else { 0.0 }
}

/// Whether a branch may be switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Switching {
    /// Open or closed.
    #[default]
    Free,
    /// Stays open.
    Open,
    /// Stays closed.
    Closed,
}

/// A network to reconfigure for one snapshot.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The network.
    pub grid: &'a Grid,
    /// Active power injected per bus, W (loads negative).
    pub p: &'a [f64],
    /// Reactive power injected per bus, var.
    pub q: &'a [f64],
    /// Limits.
    pub limits: &'a Limits,
    /// Per branch.
    pub switching: &'a [Switching],
}

/// A radial state judged by a power flow of the whole network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluated {
    /// Active power lost in all branches, W.
    pub losses: f64,
    /// Sum of what all voltages (pu) and currents (share of the rating) are beyond their limits.
    pub violation: f64,
}

impl Evaluated {
    /// Are all limits kept?
    pub fn is_feasible(&self) -> bool {
        self.violation == 0.0
    }

    /// Is this state to be preferred to another: the feasible one, the one nearer to it, the one of
    /// lower losses?
    pub fn beats(&self, other: &Evaluated) -> bool {
        self.violation < other.violation || (self.violation == other.violation && self.losses < other.losses)
    }
}

/// Why a state or a task cannot be worked on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Refusal {
    /// A slice does not have one entry per branch or bus.
    WrongLength {
        /// Entries needed.
        expected: usize,
        /// Entries given.
        found: usize,
    },
    /// A weight or a limit is not a number.
    NotANumber,
    /// Branches that must stay closed contain a loop, or join two sources.
    ForcedLoop {
        /// A branch that closes the loop.
        branch: usize,
    },
    /// The state given is not radial.
    Loop {
        /// A branch that closes a loop.
        branch: usize,
    },
    /// The state given leaves a bus dark that could be fed.
    Dark {
        /// The bus.
        bus: usize,
    },
    /// The state given has a branch open that must be closed, or closed that must be open.
    NotSwitchable {
        /// The branch.
        branch: usize,
    },
    /// No power flow.
    PowerFlow(Failure),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::WrongLength { expected, found } => write!(f, "{found} entries where {expected} are needed"),
            Refusal::NotANumber => write!(f, "a weight or a limit is not a number"),
            Refusal::ForcedLoop { branch } => {
                write!(f, "branches that cannot be opened form a loop (branch {branch} closes it)")
            }
            Refusal::Loop { branch } => write!(f, "the state is not radial (branch {branch} closes a loop)"),
            Refusal::Dark { bus } => write!(f, "the state leaves bus {bus} dark, which could be fed"),
            Refusal::NotSwitchable { branch } => write!(f, "branch {branch} is not in the state it must keep"),
            Refusal::PowerFlow(failure) => failure.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        Refusal::PowerFlow(failure)
    }
}

impl Task<'_> {
    /// Checks that all slices fit the grid and all numbers are numbers.
    ///
    /// # Errors
    /// [`Refusal::WrongLength`], [`Refusal::NotANumber`] or [`Failure::NotFinite`].
    pub fn check(&self) -> Result<(), Refusal> {
        let (buses, branches) = (self.grid.bus_count(), self.grid.branches().len());
        let lengths = [
            (buses, self.p.len()),
            (buses, self.q.len()),
            (buses, self.limits.v_min.len()),
            (buses, self.limits.v_max.len()),
            (branches, self.limits.rate.len()),
            (branches, self.switching.len()),
        ];
        for (expected, found) in lengths {
            if expected != found {
                return Err(Refusal::WrongLength { expected, found });
            }
        }
        if let Some(bus) = self.p.iter().zip(self.q).position(|(p, q)| !(p.is_finite() && q.is_finite())) {
            return Err(Failure::NotFinite { bus }.into());
        }
        let limits = self.limits;
        if limits.v_min.iter().chain(&limits.v_max).chain(&limits.rate).any(|x| x.is_nan()) {
            return Err(Refusal::NotANumber);
        }
        Ok(())
    }

    /// Judges a state by a power flow of the whole network. The state need not be radial.
    ///
    /// # Errors
    /// [`Refusal::PowerFlow`] when there is none, or a [`Refusal`] of the task.
    pub fn evaluate(&self, workspace: &mut Workspace, closed: &[bool]) -> Result<Evaluated, Refusal> {
        self.check()?;
        let solution = workspace.solve(self.grid, &Snapshot { closed, p: self.p, q: self.q })?;
        Ok(Evaluated { losses: solution.losses(), violation: self.violation(&solution) })
    }

    /// Sum of what voltages and currents are beyond their limits.
    fn violation(&self, solution: &Solution<'_>) -> f64 {
        let voltages = (0..self.grid.bus_count()).filter_map(|bus| Some((bus, solution.voltage_pu(bus)?)));
        let over_voltages: f64 = voltages.map(|(bus, v)| self.limits.voltage_excess(bus, v)).sum();
        let rated = (0..self.grid.branches().len()).filter(|&b| self.limits.rate[b].is_finite());
        over_voltages + rated.map(|b| self.limits.current_excess(b, solution.flow(b).current())).sum::<f64>()
    }
}
