//! The solution stage: engines over the lowered stage. Termination, bound, gap and proof are kept
//! apart: a status is never read off an objective value.

mod apart;
mod auto;
mod blocks;
pub mod bound;
pub mod boxes;
pub mod clarabel;
pub mod conic;
pub mod continuous;
pub mod convex_concave;
mod finer;
pub mod highs;
mod highs_ffi;
mod origin;
pub mod outer;
pub mod periods;
mod proven;
pub mod reduce;
mod refuted;
pub mod relaxation;
pub mod tree;
mod workers;

pub use apart::is_work_left;
pub use auto::{Engine, choose, solve};
pub use origin::BoundOrigin;
pub use proven::bound_by;
pub use workers::{each, in_order};

use crate::deadline::{Deadline, Stopwatch};
use crate::lowered::ColumnId;
use std::sync::Arc;

/// Why an engine stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Termination {
    /// The gap asked for is closed.
    Optimal,
    /// Proven to have no solution.
    Infeasible,
    /// Proven to be unbounded.
    Unbounded,
    /// Time, node or iteration limit.
    Limit,
    /// Ctrl-C.
    Interrupted,
    /// Numerical trouble; nothing is claimed.
    Failed,
}

/// Receives the progress of a search.
pub type Listener = Arc<dyn Fn(&Progress) + Send + Sync>;

/// What an engine is asked for.
#[derive(Clone)]
pub struct Options {
    /// Relative gap, e.g. 1e-3.
    pub gap: f64,
    /// When to stop with the best so far.
    pub limit: Deadline,
    /// Worker threads (at least 1). The result does not depend on it.
    pub threads: usize,
    /// Seed of everything random.
    pub seed: u64,
    /// Called from time to time.
    pub progress: Option<Listener>,
}

/// A moment of a search. Values are scaled objectives of the lowered problem (minimised).
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Best proven bound so far.
    pub bound: f64,
    /// Best solution so far.
    pub incumbent: Option<f64>,
    /// Nodes or iterations done.
    pub nodes: u64,
    /// Seconds since the start.
    pub seconds: f64,
}

/// The outcome of an engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Why it ended.
    pub termination: Termination,
    /// Best solution: a value per column of the lowered problem.
    pub point: Option<Vec<f64>>,
    /// Its scaled objective (an upper bound).
    pub objective: Option<f64>,
    /// Proven lower bound on the scaled objective (minus infinity if none).
    pub bound: f64,
    /// What duals and the ranges of the columns prove of it, whatever accuracy they were computed to (minus infinity
    /// if nothing). Never above `bound`.
    pub certified: f64,
    /// Which engine, with version.
    pub engine: String,
    /// Tree nodes.
    pub nodes: u64,
    /// Subproblems solved.
    pub iterations: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { gap: 1e-3, limit: Deadline::never(), threads: 2, seed: 1, progress: None }
    }
}

impl Options {
    /// The same, to a gap and until then, unwatched.
    pub(crate) fn part(&self, gap: f64, limit: Deadline) -> Options {
        Options { gap, limit, progress: None, ..self.clone() }
    }

    /// What a search ends with that was stopped.
    pub(crate) fn stopped(&self) -> Termination {
        if self.limit.interrupted() { Termination::Interrupted } else { Termination::Limit }
    }

    /// Tells whoever listens how far a search is that began then.
    fn tell(&self, began: Stopwatch, bound: f64, incumbent: Option<f64>, nodes: u64) {
        if let Some(progress) = &self.progress {
            progress(&Progress { bound, incumbent, nodes, seconds: began.seconds() });
        }
    }
}

/// Scaled objectives that differ by no more are the same: rounding, not a gap.
pub const NO_DIFFERENCE: f64 = 1e-8;

/// The bound that closes the relative gap of a solution with this objective.
fn closing(objective: f64, gap: f64) -> f64 {
    objective - gap * objective.abs() - NO_DIFFERENCE
}

impl Outcome {
    /// What stands behind the bound.
    pub fn origin(&self) -> BoundOrigin {
        if self.certified >= self.bound { BoundOrigin::Certified } else { BoundOrigin::Search }
    }

    /// `(objective − bound) / |objective|`, 0 for a closed gap (a difference up to
    /// [`NO_DIFFERENCE`]), infinity without solution or bound.
    pub fn gap(&self) -> f64 {
        match self.objective {
            Some(o) if self.bound.is_finite() && o - self.bound <= NO_DIFFERENCE => 0.0,
            Some(o) if self.bound.is_finite() => (o - self.bound) / o.abs().max(1e-10),
            _ => f64::INFINITY,
        }
    }
}

/// Values proposed for integer columns. Integer columns left out are decided by the engine.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Candidate {
    /// Column of the lowered problem and whole value.
    pub values: Vec<(ColumnId, f64)>,
}

/// A source of good integer values from outside, e.g. branch exchange on a network. The engine
/// checks every proposal by solving for the continuous columns.
pub trait Primal: Sync {
    /// Proposals near a relaxation (a value per column of the lowered problem; empty where there is none yet), best first. Must
    /// be deterministic.
    fn propose(&self, relaxation: &[f64]) -> Vec<Candidate>;

    /// Whether the proposals come from a search of their own, so that engines need none near them.
    fn searched(&self) -> bool {
        true
    }
}
