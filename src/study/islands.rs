//! Islands of a plan that decides its roots: who holds which buses, what is served there, what is dark.

use super::{AcState, StudyResult, form_value};
use crate::program::{Network, Program};
use std::collections::BTreeSet;

/// Powers below this share of all that is served are none.
const NOTHING: f64 = 1e-6;

/// The live and the dark part of the network in a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Islands {
    /// The islands, in the order of the devices that hold them.
    pub live: Vec<Island>,
    /// Dark buses.
    pub dark: Vec<usize>,
}

/// A part of the network that something holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Island {
    /// What holds its voltage (indices of [`Network::sources`]).
    pub roots: Vec<usize>,
    /// Units that run in parallel with the root.
    pub parallel: Vec<usize>,
    /// Its buses, ascending.
    pub buses: Vec<usize>,
    /// Load that is served, W.
    pub served: f64,
    /// What the roots give by AC power flow, W and var.
    pub given: (f64, f64),
    /// Losses by AC power flow, W.
    pub losses: f64,
    /// Lowest voltage, pu, and its bus.
    pub lowest: (f64, usize),
}

/// The islands of a period; none where the plan decides no roots, or where there is no power flow.
pub fn islands(program: &Program, result: &StudyResult, period: usize) -> Option<Islands> {
    let network = program.network.as_ref()?;
    let x = result.values.as_ref()?;
    let state = result.ac.get(period)?.as_ref().ok()?;
    if !network.periods.get(period)?.decides_roots() {
        return None;
    }
    let served = served(program, x, period, network.buses.len());
    let least = NOTHING * served.iter().map(|p| p.abs()).sum::<f64>();
    let part = parts(network, state);
    let at = |bus: usize| part.get(bus).copied().flatten();
    let mut live: Vec<Island> = Vec::new();
    for (k, source) in network.sources.iter().enumerate().filter(|(k, _)| state.holding.get(*k) == Some(&true)) {
        let Some(this) = at(source.bus) else { continue };
        let (p, q) = state.source_power.get(k).copied().unwrap_or_default();
        if let Some(known) = live.iter_mut().find(|i| i.buses.contains(&source.bus)) {
            known.roots.push(k);
            known.given = (known.given.0 + p, known.given.1 + q);
            continue;
        }
        let buses: Vec<usize> = (0..network.buses.len()).filter(|b| at(*b) == Some(this)).collect();
        let lowest = buses.iter().filter_map(|b| {
            let v = state.voltage.get(*b).copied().flatten()?;
            Some((v / network.buses.get(*b)?.nominal, *b))
        });
        let runs = |(k, s): &(usize, &crate::program::Source)| {
            let (p, q) = state.source_power.get(*k).copied().unwrap_or_default();
            state.holding.get(*k) == Some(&false) && at(s.bus) == Some(this) && p.hypot(q) > least
        };
        let flows = network.branches.iter().zip(&state.flow).filter(|(b, _)| at(b.from) == Some(this));
        live.push(Island {
            roots: vec![k],
            parallel: network.sources.iter().enumerate().filter(runs).map(|(k, _)| k).collect(),
            served: buses.iter().filter_map(|b| served.get(*b)).sum(),
            given: (p, q),
            losses: flows.map(|(b, flow)| b.r * flow.current2).sum(),
            lowest: lowest.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::INFINITY, source.bus)),
            buses,
        });
    }
    let dark = (0..network.buses.len()).filter(|b| at(*b).is_none()).collect();
    Some(Islands { live, dark })
}

/// Per bus: a number that buses joined by closed branches share, where something holds their voltage.
fn parts(network: &Network, state: &AcState) -> Vec<Option<usize>> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); network.buses.len()];
    for (b, _) in network.branches.iter().zip(&state.closed).filter(|(_, closed)| **closed) {
        for (here, there) in [(b.from, b.to), (b.to, b.from)] {
            if let Some(list) = next.get_mut(here) {
                list.push(there);
            }
        }
    }
    let mut part: Vec<Option<usize>> = vec![None; network.buses.len()];
    for (k, source) in network.sources.iter().enumerate().filter(|(k, _)| state.holding.get(*k) == Some(&true)) {
        let mut queue = vec![source.bus];
        while let Some(bus) = queue.pop() {
            if let Some(slot) = part.get_mut(bus).filter(|slot| slot.is_none()) {
                *slot = Some(k);
                queue.extend(next.get(bus).into_iter().flatten());
            }
        }
    }
    part
}

/// Classes of which power may go unserved: loads.
pub(super) fn load_classes(program: &Program) -> BTreeSet<&str> {
    let shed = program.sums.iter().filter(|s| s.role.as_deref() == Some("shed"));
    shed.flat_map(|s| &s.contributions).map(|c| class(program, c.origin)).collect()
}

/// The class whose statement it is.
pub(super) fn class(program: &Program, origin: crate::program::OriginId) -> &str {
    program.origin(origin).rule.rsplit_once('.').map_or("", |(class, _)| class)
}

/// Per bus: active power that loads are served, W.
fn served(program: &Program, x: &[f64], period: usize, buses: usize) -> Vec<f64> {
    let loads = load_classes(program);
    let mut out = vec![0.0; buses];
    let of = |s: &&crate::program::OpenSum| s.role.as_deref() == Some("active") && s.period == Some(period);
    for sum in program.sums.iter().filter(of) {
        let Some(slot) = sum.element.and_then(|e| out.get_mut(e)) else { continue };
        let taken = sum.contributions.iter().filter(|c| loads.contains(class(program, c.origin)));
        *slot -= taken.map(|c| form_value(program, &c.form, x)).sum::<f64>();
    }
    out
}

impl Islands {
    /// The names of what holds an island: `D1`, `substation and reserve`.
    pub fn held_by(network: &Network, island: &Island) -> String {
        let ids: Vec<&str> = island.roots.iter().filter_map(|k| Some(network.sources.get(*k)?.id.as_str())).collect();
        ids.join(" and ")
    }
}
