//! Which devices hold a voltage in a period of a plan, and what all others put into the buses.

use crate::program::Network;

/// The roots of a period and the injections beside them.
pub(super) struct Roots {
    /// Per source of the network: does it hold the voltage of its bus?
    pub holding: Vec<bool>,
    /// Per source: what the plan lets it give, W and var.
    pub planned: Vec<(f64, f64)>,
    /// Per bus: active power of everything that is neither a branch nor a root, W.
    pub p: Vec<f64>,
    /// Per bus: reactive power likewise, var.
    pub q: Vec<f64>,
}

/// The roots at a point. With `base`, all sources that are not lost hold their voltage and no unit does.
pub(super) fn roots(network: &Network, period: usize, x: &[f64], base: bool) -> Option<Roots> {
    let state = network.periods.get(period)?;
    let mut p: Vec<f64> = state.active.iter().map(|a| a.value(x)).collect();
    let mut q: Vec<f64> = state.reactive.iter().map(|a| a.value(x)).collect();
    let mut holding = Vec::new();
    let mut planned = Vec::new();
    for (k, source) in network.sources.iter().enumerate() {
        let given = |list: &[crate::program::Affine]| list.get(k).map_or(0.0, |a| a.value(x));
        let power = (given(&state.source_active), given(&state.source_reactive));
        let holds = state.holds.get(k).is_none_or(|h| {
            if base { source.is_source && !(h.is_constant() && h.constant < 0.5) } else { h.value(x) > 0.5 }
        });
        // The injections hold what units give and not what sources do; a root's power is sought.
        let sign = match (holds, source.is_source) {
            (true, false) => -1.0,
            (false, true) => 1.0,
            _ => 0.0,
        };
        if let (Some(p), Some(q)) = (p.get_mut(source.bus), q.get_mut(source.bus)) {
            *p += sign * power.0;
            *q += sign * power.1;
        }
        holding.push(holds);
        planned.push(power);
    }
    Some(Roots { holding, planned, p, q })
}
