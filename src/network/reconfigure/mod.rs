//! Heuristics for the radial state of least losses of one snapshot.
//!
//! Every state considered is a spanning forest of the network: each bus fed along one path from one
//! source bus. Three parts build on one another:
//!
//! - [`spanning_tree`] rounds weights of branches (the fractional values of a relaxation, or the
//!   currents of the meshed network) to such a state;
//! - [`BranchExchange`] descends from a state by closing one branch and opening another on the loop
//!   that arises, screened by the change of losses at unchanged load currents (Civanlar et al. 1988)
//!   and decided by a power flow of the feeders concerned;
//! - [`search`] disturbs what the descent found, descends again, and keeps what is better (iterated
//!   local search), from several starts.
//!
//! Injections may have either sign, so flows may reverse. Limits of voltage and current enter as a
//! penalty that outweighs losses; an [`Evaluated`] state says whether it keeps them.
//!
//! All losses that are compared come from the same sweep with the same tolerance, and an exchange
//! counts only if it saves more than [`IMPROVEMENT`] of the losses of the feeders concerned: without
//! both, the descent can go round in circles.

mod exchange;
mod forest;
mod search;
mod spanning_tree;
mod task;
mod together;

pub use exchange::BranchExchange;
pub use search::{Found, SearchOptions, search};
pub use spanning_tree::{meshed_currents, spanning_tree};
pub use task::{Evaluated, Limits, Refusal, Switching, Task};
pub use together::search_together;

/// Least relative saving that counts as an improvement.
pub const IMPROVEMENT: f64 = 1e-6;
