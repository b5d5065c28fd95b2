//! The AC power flow of a plan, period by period.

use super::referred::referred;
use crate::network::powerflow::{BranchFlow, OperatingPoint, Snapshot};
use crate::program::Network;

/// What the AC power flow of one period gives.
#[derive(Debug, Clone, PartialEq)]
pub struct AcState {
    /// Losses, W.
    pub losses: f64,
    /// Active power of all sources, W.
    pub import: f64,
    /// Lowest voltage, pu, and its bus.
    pub lowest: (f64, String),
    /// Highest voltage, pu, and its bus.
    pub highest: (f64, String),
    /// Closed branches.
    pub closed: Vec<bool>,
    /// What breaks a limit: voltage (pu) or current rating, in words.
    pub broken: Vec<String>,
    /// Per bus: line-to-line voltage, V; none where no source reaches.
    pub voltage: Vec<Option<f64>>,
    /// Per branch: powers and current, referred to the level of its source where taps are changed.
    pub flow: Vec<BranchFlow>,
    /// Per source: active and reactive power, W and var.
    pub source_power: Vec<(f64, f64)>,
}

/// The power flow of a period at a point; `base` takes the network's normal state instead of the
/// plan's.
///
/// # Errors
/// Why there is no state (diverged, sources in conflict), in words.
pub fn power_flow(network: &Network, period: usize, x: &[f64], base: bool) -> Result<AcState, String> {
    let state = network.periods.get(period).ok_or("there is no such period")?;
    let closed: Vec<bool> = network
        .branches
        .iter()
        .zip(&state.closed)
        .map(|(b, c)| if base { !b.normally_open } else { c.value(x) > 0.5 })
        .collect();
    let ratio: Vec<f64> =
        if base { state.normal_ratio.clone() } else { state.ratio.iter().map(|a| a.value(x)).collect() };
    let (grid, level) = referred(network, &closed, &ratio)?;
    let p: Vec<f64> = state.active.iter().map(|a| a.value(x)).collect();
    let q: Vec<f64> = state.reactive.iter().map(|a| a.value(x)).collect();
    let point = OperatingPoint::of(&grid, &Snapshot { closed: &closed, p: &p, q: &q }).map_err(|e| e.to_string())?;
    let mut out = AcState {
        losses: point.losses,
        import: point.losses - p.iter().sum::<f64>(),
        lowest: (f64::INFINITY, String::new()),
        highest: (f64::NEG_INFINITY, String::new()),
        closed,
        broken: Vec::new(),
        voltage: Vec::new(),
        flow: Vec::new(),
        source_power: Vec::new(),
    };
    // Islands that units of their own hold have roots that the plan decides; the power flow knows
    // sources alone, and leaves them dark.
    let islands = state.radial.as_ref().is_some_and(|r| r.root.iter().any(|root| !root.is_constant()));
    for (i, b) in network.buses.iter().enumerate() {
        let Some(v) = point.voltage_pu.get(i).copied().flatten() else {
            if !islands {
                out.broken.push(format!("bus {} is connected to no source", b.id));
            }
            continue;
        };
        if v < out.lowest.0 {
            out.lowest = (v, b.id.clone());
        }
        if v > out.highest.0 {
            out.highest = (v, b.id.clone());
        }
        if b.v_min.is_some_and(|m| v < m - 1e-5) || b.v_max.is_some_and(|m| v > m + 1e-5) {
            out.broken.push(format!("bus {} is at {v:.5} pu", b.id));
        }
    }
    for (k, b) in network.branches.iter().enumerate() {
        let Some(rate) = b.rate else { continue };
        if let Some(flow) = point.flow.get(k)
            && let current = flow.current() / level.get(k).copied().unwrap_or(1.0)
            && current > rate * (1.0 + 1e-5)
        {
            out.broken.push(format!("line {} carries {current:.1} A", b.id));
        }
    }
    out.voltage = network.buses.iter().zip(&point.voltage_pu).map(|(b, v)| v.map(|v| v * b.nominal)).collect();
    out.flow = point.flow;
    out.source_power = point.source_power;
    Ok(out)
}
