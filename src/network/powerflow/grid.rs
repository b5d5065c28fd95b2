//! The electrical data of a network, and one state of it.

use std::collections::BTreeMap;
use std::fmt;

/// A series branch between two buses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Branch {
    /// Index of one bus.
    pub from: usize,
    /// Index of the other bus.
    pub to: usize,
    /// Series resistance per phase, ohm.
    pub r: f64,
    /// Series reactance per phase, ohm.
    pub x: f64,
}

/// A source: it holds the voltage of its bus, magnitude and angle (0), and delivers what is missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Source {
    /// Index of its bus.
    pub bus: usize,
    /// Voltage, per unit of the bus's nominal voltage.
    pub v_set: f64,
}

/// Buses, branches and sources, checked once, with the incidence lists the solvers walk.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    nominal: Vec<f64>,
    branches: Vec<Branch>,
    sources: Vec<Source>,
    /// Number of sources at each bus.
    sources_at: Vec<u32>,
    /// Incidence in compressed rows: `incident[first[bus]..first[bus + 1]]` = (branch, other bus).
    first: Vec<usize>,
    incident: Vec<(u32, u32)>,
}

/// One state of a grid: which branches are closed, and what is injected at each bus by everything
/// that is neither a branch nor a source (loads are negative).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snapshot<'a> {
    /// Per branch: closed.
    pub closed: &'a [bool],
    /// Per bus: active power injected, W.
    pub p: &'a [f64],
    /// Per bus: reactive power injected, var.
    pub q: &'a [f64],
}

/// Data that no grid can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridError {
    /// A nominal voltage is not a positive finite number.
    NominalVoltage {
        /// The bus.
        bus: usize,
    },
    /// A branch refers to a bus that does not exist.
    UnknownBusOfBranch {
        /// The branch.
        branch: usize,
    },
    /// A branch joins a bus to itself.
    SelfLoop {
        /// The branch.
        branch: usize,
    },
    /// A resistance or reactance is not a finite number.
    Impedance {
        /// The branch.
        branch: usize,
    },
    /// A source refers to a bus that does not exist.
    UnknownBusOfSource {
        /// The source.
        source: usize,
    },
    /// A source's voltage is not a positive finite number.
    SourceVoltage {
        /// The source.
        source: usize,
    },
    /// Two sources at one bus hold different voltages.
    SourcesConflict {
        /// The first source.
        first: usize,
        /// The second.
        second: usize,
    },
    /// More buses or branches than 32-bit indices can number.
    TooLarge,
}

impl fmt::Display for GridError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GridError::NominalVoltage { bus } => {
                write!(f, "the nominal voltage of bus {bus} is not positive and finite")
            }
            GridError::UnknownBusOfBranch { branch } => write!(f, "branch {branch} ends at a bus that does not exist"),
            GridError::SelfLoop { branch } => write!(f, "branch {branch} joins a bus to itself"),
            GridError::Impedance { branch } => write!(f, "the impedance of branch {branch} is not finite"),
            GridError::UnknownBusOfSource { source } => {
                write!(f, "source {source} stands at a bus that does not exist")
            }
            GridError::SourceVoltage { source } => {
                write!(f, "the voltage of source {source} is not positive and finite")
            }
            GridError::SourcesConflict { first, second } => {
                write!(f, "sources {first} and {second} hold different voltages at the same bus")
            }
            GridError::TooLarge => write!(f, "the network has more elements than can be numbered"),
        }
    }
}

impl std::error::Error for GridError {}

impl Grid {
    /// Builds a grid from nominal line-to-line voltages (V, one per bus), branches and sources.
    ///
    /// # Errors
    /// A [`GridError`] naming the first element with unusable data.
    pub fn new(nominal: Vec<f64>, branches: Vec<Branch>, sources: Vec<Source>) -> Result<Grid, GridError> {
        let buses = nominal.len();
        if buses >= u32::MAX as usize / 2 || branches.len() >= u32::MAX as usize / 2 {
            return Err(GridError::TooLarge);
        }
        let positive = |x: f64| x.is_finite() && x > 0.0;
        if let Some(bus) = nominal.iter().position(|&v| !positive(v)) {
            return Err(GridError::NominalVoltage { bus });
        }
        for (branch, b) in branches.iter().enumerate() {
            if b.from >= buses || b.to >= buses {
                return Err(GridError::UnknownBusOfBranch { branch });
            }
            if b.from == b.to {
                return Err(GridError::SelfLoop { branch });
            }
            if !b.r.is_finite() || !b.x.is_finite() {
                return Err(GridError::Impedance { branch });
            }
        }
        for (source, s) in sources.iter().enumerate() {
            if s.bus >= buses {
                return Err(GridError::UnknownBusOfSource { source });
            }
            if !positive(s.v_set) {
                return Err(GridError::SourceVoltage { source });
            }
        }
        let mut first_at: BTreeMap<usize, usize> = BTreeMap::new();
        let mut sources_at = vec![0u32; buses];
        for (source, s) in sources.iter().enumerate() {
            let first = *first_at.entry(s.bus).or_insert(source);
            if sources[first].v_set != s.v_set {
                return Err(GridError::SourcesConflict { first, second: source });
            }
            sources_at[s.bus] += 1;
        }
        let mut first = vec![0usize; buses + 1];
        for b in &branches {
            first[b.from + 1] += 1;
            first[b.to + 1] += 1;
        }
        for bus in 0..buses {
            first[bus + 1] += first[bus];
        }
        let mut next = first.clone();
        let mut incident = vec![(0u32, 0u32); 2 * branches.len()];
        for (k, b) in branches.iter().enumerate() {
            for (here, there) in [(b.from, b.to), (b.to, b.from)] {
                incident[next[here]] = (k as u32, there as u32);
                next[here] += 1;
            }
        }
        Ok(Grid { nominal, branches, sources, sources_at, first, incident })
    }

    /// Number of buses.
    pub fn bus_count(&self) -> usize {
        self.nominal.len()
    }

    /// Nominal line-to-line voltages, V, one per bus.
    pub fn nominal(&self) -> &[f64] {
        &self.nominal
    }

    /// The branches.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The sources.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Number of sources at a bus.
    pub(in crate::network) fn sources_at(&self, bus: usize) -> u32 {
        self.sources_at[bus]
    }

    /// (branch, other bus) of every branch that ends at `bus`, in the order of the branches.
    pub(in crate::network) fn incident(&self, bus: usize) -> &[(u32, u32)] {
        &self.incident[self.first[bus]..self.first[bus + 1]]
    }

    /// Squared voltage (V²) that a source holds at its bus.
    pub(in crate::network) fn held_voltage2(&self, source: &Source) -> f64 {
        (source.v_set * self.nominal[source.bus]).powi(2)
    }
}
