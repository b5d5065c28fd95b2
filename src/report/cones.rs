//! Tightness of flow cones. A conic formulation relaxes `P² + Q² = v·l` to an inequality; where it is
//! slack, a line carries more current than its flow needs and the point is no state of the network.

use crate::program::{FlowCone, Network};

/// A slack above this share of a cone (half of it in the current) is no rounding of the solver.
pub(super) const TIGHT: f64 = 1e-3;
/// A cone smaller than this share of the largest in its period is judged by that share of it: lines
/// that carry next to nothing are computed less accurately, and what they lose does not count.
const SMALL: f64 = 1e-3;

/// The flow cone whose inequality is slackest.
#[derive(Debug, Clone, PartialEq)]
pub struct Loosest {
    /// `(v·l − P² − Q²) / max(v·l, share of the largest v·l of the period)`.
    pub gap: f64,
    /// Index of the branch.
    pub branch: usize,
    /// Zero-based period.
    pub period: usize,
    /// Phase current beyond what the flow needs, A.
    pub excess: f64,
}

/// The loosest of all cones at a point; none where the physics has no cones.
pub fn loosest(network: &Network, x: &[f64]) -> Option<Loosest> {
    let mut worst: Option<Loosest> = None;
    for (period, state) in network.periods.iter().enumerate() {
        let size = |c: &FlowCone| c.v.value(x) * c.l.value(x);
        let floor = SMALL * state.cones.iter().map(size).fold(1e-9, f64::max);
        for cone in &state.cones {
            let flow2 = cone.p.value(x).powi(2) + cone.q.value(x).powi(2);
            let gap = (size(cone) - flow2) / size(cone).max(floor);
            if worst.as_ref().is_none_or(|w| gap > w.gap) {
                let (v, l) = (cone.v.value(x), cone.l.value(x).max(0.0));
                let needed = if v > 0.0 { flow2 / v } else { 0.0 };
                let excess = (l / 3.0).sqrt() - (needed / 3.0).sqrt();
                worst = Some(Loosest { gap, branch: cone.branch, period, excess });
            }
        }
    }
    worst
}
