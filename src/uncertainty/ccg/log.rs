//! What an iteration has found.

use crate::uncertainty::recourse::Shortage;
use serde::{Deserialize, Serialize};

/// One iteration. Costs are turned so that less is better, in coherent units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Iteration {
    /// Lower bound after its master (minus infinity while there is none).
    #[serde(with = "super::open::least")]
    pub lower: f64,
    /// Upper bound after its worst case (infinity while no plan is known to serve everything).
    #[serde(with = "super::open::most")]
    pub upper: f64,
    /// The realisation found: a value per factor.
    pub factors: Vec<f64>,
    /// What could not be served in it, worst first; empty where it was the costliest.
    pub shortages: Vec<Shortage>,
}
