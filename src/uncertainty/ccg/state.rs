//! Where a search stands between two iterations: enough to go on as if it had never stopped.

use super::Iteration;
use serde::{Deserialize, Serialize};

/// The state after an iteration. Costs are turned so that less is better, in coherent units.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Realisations of the next master, a value per factor each.
    pub realisations: Vec<Vec<f64>>,
    /// The first of them is the one to begin with, which leaves when another is found.
    pub provisional: bool,
    /// Share of the asked gap that the next master is solved to.
    pub share: f64,
    /// Best lower bound; none before there is one.
    pub lower: Option<f64>,
    /// Cost of the best plan in its worst case.
    pub upper: Option<f64>,
    /// That plan, with the later decisions of its worst case: a value per variable.
    pub values: Option<Vec<f64>>,
    /// That worst case.
    pub worst: Option<Vec<f64>>,
    /// Values of the last plan, where the next master begins.
    pub last: Option<Vec<f64>>,
    /// What every iteration has found.
    pub iterations: Vec<Iteration>,
    /// Tree nodes so far.
    pub nodes: u64,
}
