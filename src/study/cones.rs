//! Tightness of flow cones. A conic formulation relaxes `P² + Q² = v·l` to an inequality; where it is
//! slack, a line carries more current than its flow needs and the point is no state of the network.

use crate::program::{FlowCone, Network};

/// A slack above this share of a cone (half of it in the current) is no rounding of the solver.
pub const TIGHT: f64 = 1e-3;
/// A cone smaller than this share of the largest in its period is judged by that share of it: lines
/// that carry next to nothing are computed less accurately, and what they lose does not count.
const SMALL: f64 = 1e-3;

/// Does every flow need no more current than it has? A cone that is missed by more than its share of [`TIGHT`] holds
/// a line that loses next to nothing for what it carries.
pub(super) fn kept(network: &Network, x: &[f64]) -> bool {
    measured(network, x).all(|(_, _, gap)| gap >= -TIGHT)
}

/// Cones of all periods, each with its period and its relative slack.
fn measured<'a>(network: &'a Network, x: &'a [f64]) -> impl Iterator<Item = (usize, &'a FlowCone, f64)> {
    network.periods.iter().enumerate().flat_map(move |(period, state)| {
        let size = move |c: &FlowCone| c.v.value(x) * c.l.value(x);
        let flow2 = move |c: &FlowCone| c.p.value(x).powi(2) + c.q.value(x).powi(2);
        let floor = SMALL * state.cones.iter().map(size).fold(1e-9, f64::max);
        state.cones.iter().map(move |cone| (period, cone, (size(cone) - flow2(cone)) / size(cone).max(floor)))
    })
}

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
    for (period, cone, gap) in measured(network, x) {
        if worst.as_ref().is_none_or(|w| gap > w.gap) {
            let (v, l) = (cone.v.value(x), cone.l.value(x).max(0.0));
            let flow2 = cone.p.value(x).powi(2) + cone.q.value(x).powi(2);
            let needed = if v > 0.0 { flow2 / v } else { 0.0 };
            let excess = (l / 3.0).sqrt() - (needed / 3.0).sqrt();
            worst = Some(Loosest { gap, branch: cone.branch, period, excess });
        }
    }
    worst
}
