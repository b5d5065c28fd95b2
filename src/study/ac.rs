//! The AC power flow of a plan, period by period.

use super::referred::referred;
use super::roots::{Roots, roots};
use crate::network::powerflow::{BranchFlow, OperatingPoint, Snapshot};
use crate::program::Network;
use indexmap::IndexMap;
use indexmap::map::Entry;

/// What a limit may be passed by: per unit for voltages, else relative.
const LIMIT: f64 = 1e-5;

/// What the AC power flow of one period gives.
#[derive(Debug, Clone, PartialEq)]
pub struct AcState {
    /// Losses, W.
    pub losses: f64,
    /// Active power of all sources, W; what units give that hold an island is none.
    pub import: f64,
    /// Lowest voltage, pu, and its bus.
    pub lowest: (f64, String),
    /// Highest voltage, pu, and its bus.
    pub highest: (f64, String),
    /// The bus whose voltage comes nearest to its upper limit or goes farthest beyond: bus, voltage and limit, pu.
    pub nearest: Option<(String, f64, f64)>,
    /// Closed branches.
    pub closed: Vec<bool>,
    /// What breaks a limit, in words: voltages, currents, apparent power at both ends of lines, power of sources
    /// and of units that hold an island; and buses that are alive or dark where the plan says otherwise, or dark
    /// and loaded.
    pub broken: Vec<String>,
    /// Per bus: line-to-line voltage, V; none where nothing holds one.
    pub voltage: Vec<Option<f64>>,
    /// Per branch: powers and current, referred to the level of its source where taps are changed.
    pub flow: Vec<BranchFlow>,
    /// Per source of the network: active and reactive power, W and var. Of those that hold no voltage, as planned.
    pub source_power: Vec<(f64, f64)>,
    /// Per source of the network: does it hold the voltage of its bus?
    pub holding: Vec<bool>,
}

/// The power flow of a period at a point; `base` takes the network's normal state instead of the
/// plan's. Roots that the plan decides hold their islands; dark buses are left out, and must carry nothing.
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
    let Roots { holding, planned, p, q } = roots(network, period, x, base).ok_or("there is no such period")?;
    let (grid, level) = referred(network, &holding, &closed, &ratio)?;
    let point = OperatingPoint::of(&grid, &Snapshot { closed: &closed, p: &p, q: &q }).map_err(|e| e.to_string())?;
    let mut found = point.source_power.iter().copied();
    let power = |(holds, planned): (&bool, (f64, f64))| if *holds { found.next().unwrap_or(planned) } else { planned };
    let source_power: Vec<(f64, f64)> = holding.iter().zip(planned).map(power).collect();
    let lit = |(p, v): (&f64, &Option<f64>)| v.map_or(0.0, |_| *p);
    // What units give that hold an island is no import.
    let units = network.sources.iter().zip(&holding).zip(&source_power);
    let units: f64 = units.filter(|((s, holds), _)| **holds && !s.is_source).map(|(_, power)| power.0).sum();
    let mut out = AcState {
        losses: point.losses,
        import: point.losses - p.iter().zip(&point.voltage_pu).map(lit).sum::<f64>() - units,
        lowest: (f64::INFINITY, String::new()),
        highest: (f64::NEG_INFINITY, String::new()),
        nearest: None,
        closed,
        broken: Vec::new(),
        voltage: Vec::new(),
        flow: Vec::new(),
        source_power,
        holding,
    };
    // What is next to nothing in this network.
    let floors = network.floors;
    let least = floors.apparent.max(LIMIT * p.iter().zip(&q).map(|(p, q)| p.hypot(*q)).sum::<f64>());
    for (i, b) in network.buses.iter().enumerate() {
        let alive = base || state.energised.get(i).is_none_or(|e| e.value(x) > 0.5);
        let Some(v) = point.voltage_pu.get(i).copied().flatten() else {
            let at = |list: &[f64]| list.get(i).copied().unwrap_or(0.0);
            let carried = at(&p).hypot(at(&q));
            if alive {
                out.broken.push(format!("bus {} is connected to no source", b.id));
            } else if carried > least {
                out.broken.push(format!("bus {} is dark and carries {:.2} kVA", b.id, carried / 1e3));
            }
            continue;
        };
        if !alive {
            out.broken.push(format!("bus {} is dark in the plan and is fed", b.id));
        }
        if v < out.lowest.0 {
            out.lowest = (v, b.id.clone());
        }
        if v > out.highest.0 {
            out.highest = (v, b.id.clone());
        }
        if let Some(m) = b.v_max
            && out.nearest.as_ref().is_none_or(|(_, voltage, limit)| limit - voltage > m - v)
        {
            out.nearest = Some((b.id.clone(), v, m));
        }
        if let Some(m) = b.v_min.filter(|m| v < m - LIMIT) {
            out.broken.push(format!("bus {} is at {v:.5} pu, below {m} pu", b.id));
        }
        if let Some(m) = b.v_max.filter(|m| v > m + LIMIT) {
            out.broken.push(format!("bus {} is at {v:.5} pu, above {m} pu", b.id));
        }
    }
    for (k, b) in network.branches.iter().enumerate() {
        let Some(flow) = point.flow.get(k) else { continue };
        let current = flow.current() / level.get(k).copied().unwrap_or(1.0);
        if b.rate.is_some_and(|rate| current > rate * (1.0 + LIMIT)) {
            out.broken.push(format!("line {} carries {current:.1} A", b.id));
        }
        let (from, to) = flow.apparent();
        if b.capacity.is_some_and(|capacity| from.max(to) - capacity > floors.apparent.max(LIMIT * capacity)) {
            out.broken.push(format!("line {} carries {:.1} kVA", b.id, from.max(to) / 1e3));
        }
    }
    for (name, [p, q, s]) in sources(network, &out) {
        if p.broken(q.value, floors.active) {
            out.broken.push(format!("{name} gives {:.2} kW", p.value / 1e3));
        }
        if q.broken(p.value, floors.reactive) {
            out.broken.push(format!("{name} gives {:.2} kvar", q.value / 1e3));
        }
        if s.broken(0.0, floors.apparent) {
            out.broken.push(format!("{name} gives {:.2} kVA", s.value / 1e3));
        }
    }
    out.voltage = network.buses.iter().zip(&point.voltage_pu).map(|(b, v)| v.map(|v| v * b.nominal)).collect();
    out.flow = point.flow;
    Ok(out)
}

/// One power of the sources at a bus, within its limits or not.
struct Given {
    value: f64,
    least: Option<f64>,
    most: Option<f64>,
}

impl Given {
    /// Is a limit passed by more than nothing? The other power adds to what the limit is measured by.
    fn broken(&self, other: f64, floor: f64) -> bool {
        let passed = |missing: f64, limit: f64| missing > floor.max(LIMIT * limit.abs().max(self.value.hypot(other)));
        self.least.is_some_and(|l| passed(l - self.value, l)) || self.most.is_some_and(|m| passed(self.value - m, m))
    }
}

/// Active, reactive and apparent power by bus, of what holds a voltage: how sources at one bus share it is the
/// plan's business.
fn sources(network: &Network, state: &AcState) -> Vec<(String, [Given; 3])> {
    let mut by_bus: IndexMap<usize, (String, [Given; 3])> = IndexMap::new();
    let holding = network.sources.iter().zip(&state.holding).zip(&state.source_power).filter(|((_, holds), _)| **holds);
    for ((source, _), &(p, q)) in holding {
        let new = [
            Given { value: p, least: source.p_min, most: source.p_max },
            Given { value: q, least: source.q_min, most: source.q_max },
            Given { value: p.hypot(q), least: None, most: source.s_max },
        ];
        match by_bus.entry(source.bus) {
            Entry::Vacant(entry) => {
                entry.insert((format!("{} {}", source.class, source.id), new));
            }
            Entry::Occupied(mut entry) => {
                let sum = |a: Option<f64>, b: Option<f64>| Some(a? + b?);
                let (name, known) = entry.get_mut();
                *name = format!("{name} and {}", source.id);
                for (known, new) in known.iter_mut().zip(new) {
                    known.value += new.value;
                    known.least = sum(known.least, new.least);
                    known.most = sum(known.most, new.most);
                }
            }
        }
    }
    by_bus.into_values().collect()
}
