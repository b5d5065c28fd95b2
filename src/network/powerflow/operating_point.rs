//! A power flow's result on its own, without a workspace.

use super::{BranchFlow, Failure, Grid, Method, Snapshot, Workspace};

/// Everything a converged power flow says of a state.
#[derive(Debug, Clone, PartialEq)]
pub struct OperatingPoint {
    /// The method that found it.
    pub method: Method,
    /// Iterations it took.
    pub iterations: usize,
    /// Largest complex power mismatch at a bus, per unit (see [`super::TOLERANCE`]).
    pub mismatch: f64,
    /// Per bus: voltage per unit of nominal; none where no source reaches.
    pub voltage_pu: Vec<Option<f64>>,
    /// Per bus: voltage angle against the sources, radians; NaN where no source reaches.
    pub angle: Vec<f64>,
    /// Per branch: power at both ends and current; zero where open or dark.
    pub flow: Vec<BranchFlow>,
    /// Per source: active and reactive power delivered, W and var.
    pub source_power: Vec<(f64, f64)>,
    /// Active power lost in all branches, W.
    pub losses: f64,
}

impl OperatingPoint {
    /// Solves one state with memory of its own. Use a [`Workspace`] where many are solved.
    ///
    /// # Errors
    /// A [`Failure`], as for [`Workspace::solve`].
    pub fn of(grid: &Grid, snapshot: &Snapshot<'_>) -> Result<OperatingPoint, Failure> {
        Ok(Workspace::new().solve(grid, snapshot)?.to_operating_point())
    }
}
