//! Balanced AC power flow in physical units.
//!
//! Powers are three-phase totals (W, var), voltages line to line (V), impedances per phase (ohm).
//! With `l = (P² + Q²) / v`, where `v` is a squared voltage (V²), losses are `r·l` and neither √3
//! nor a base power appears; the phase current is `√(l/3)`.
//!
//! - A radial state (every island a tree with one source bus) is solved by a tree-ordered backward
//!   and forward sweep over `(P, Q, v, l)` (the branch equations of Baran and Wu 1989).
//! - A meshed state, several sources in one island, or a sweep that slows or grows is solved by
//!   Newton's method on the nodal current balance, with a sparse factorisation in 2×2 blocks.
//! - *Converged* means that the complex power mismatch at every energised bus is at most
//!   [`TOLERANCE`] per unit; one unit is the largest apparent power at a bus or of the whole case.
//!   A small step is never taken for convergence.
//! - Of the several voltages that satisfy the equations only the high ones are returned: those that
//!   are connected to the unloaded network without passing a singular point.
//! - Buses of an island without a source are dark: they have no voltage, and whether that is
//!   acceptable is the caller's decision.
//!
//! A [`Solution`] exists only for a converged case, so no number of a diverged iteration can leak.

mod block_lu;
mod complex;
mod failure;
mod grid;
mod merge;
mod newton;
mod operating_point;
pub(in crate::network) mod sweep;
pub(in crate::network) mod tree;
mod workspace;

pub use failure::Failure;
pub use grid::{Branch, Grid, GridError, Snapshot, Source};
pub use operating_point::OperatingPoint;
pub use workspace::{BranchFlow, Method, Solution, Strategy, Workspace};

/// Largest complex power mismatch of a converged power flow, per unit of the case's largest power.
pub const TOLERANCE: f64 = 1e-8;
