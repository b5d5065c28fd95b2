//! Who proposes solutions to the engines: searches over the network's radial states, the network as it
//! is given, and the plan of a problem before.

mod given;
mod horizon;
mod previous;
mod snapshot;

pub(super) use previous::Previous;

use crate::deadline::Deadline;
use crate::lowered::{Arborescence, ColumnId, Lowered};
use crate::network::powerflow::{Branch, Grid, Source};
use crate::network::reconfigure::{Limits, Switching};
use crate::program::{Network, Program};
use crate::solution::Primal;
use given::AsGiven;
use horizon::Horizon;
use snapshot::Snapshot;

/// Who proposes solutions of a problem: branch exchange where it applies, else the network as given
/// where HiGHS can start from it.
pub(super) fn proposals(program: &Program, problem: &Lowered, seed: u64, limit: &Deadline) -> Option<Box<dyn Primal>> {
    if let Some(snapshot) = Snapshot::new(program, problem, seed, limit) {
        return Some(Box::new(snapshot));
    }
    if problem.cones.is_empty() {
        return AsGiven::new(program).map(|given| Box::new(given) as Box<dyn Primal>);
    }
    Horizon::new(program, problem, seed, limit).map(|horizon| Box::new(horizon) as Box<dyn Primal>)
}

/// The network as branch exchange sees it.
struct Searched {
    grid: Grid,
    limits: Limits,
    switching: Vec<Switching>,
    /// The radial state as given.
    given: Vec<bool>,
}

impl Searched {
    /// None where branch exchange does not know what the network has: ratios of tap changers, and
    /// roots other than the sources.
    fn new(network: &Network) -> Option<Self> {
        if network.periods.iter().any(|state| !state.ratio.is_empty() || state.decides_roots()) {
            return None;
        }
        let nominal = network.buses.iter().map(|b| b.nominal).collect();
        let branches = network.branches.iter().map(|b| Branch { from: b.from, to: b.to, r: b.r, x: b.x }).collect();
        let sources = network.sources.iter().map(|s| Source { bus: s.bus, v_set: s.v_set }).collect();
        let grid = Grid::new(nominal, branches, sources).ok()?;
        let limits = Limits {
            v_min: network.buses.iter().map(|b| b.v_min.unwrap_or(0.0)).collect(),
            v_max: network.buses.iter().map(|b| b.v_max.unwrap_or(f64::INFINITY)).collect(),
            rate: network.branches.iter().map(|b| b.rate.unwrap_or(f64::INFINITY)).collect(),
        };
        let fixed = |b: &crate::program::Branch| match (b.switchable, b.normally_open) {
            (true, _) => Switching::Free,
            (false, true) => Switching::Open,
            (false, false) => Switching::Closed,
        };
        let switching = network.branches.iter().map(fixed).collect();
        let given = network.branches.iter().map(|b| !b.normally_open).collect();
        Some(Searched { grid, limits, switching, given })
    }
}

/// Values of an arborescence's columns for a radial state, oriented away from the roots.
fn oriented(tree: &Arborescence, closed: &[bool]) -> Vec<(ColumnId, f64)> {
    let is_closed = |edge: usize| closed.get(edge).copied().unwrap_or(false);
    let mut fed = tree.root.clone();
    let mut values = vec![0.0; tree.arcs.len()];
    let mut queue: Vec<usize> = (0..tree.nodes).filter(|n| fed[*n]).collect();
    while let Some(node) = queue.pop() {
        for (k, (tail, head, edge, _)) in tree.arcs.iter().enumerate() {
            if *tail == node && is_closed(*edge) && !fed[*head] {
                fed[*head] = true;
                values[k] = 1.0;
                queue.push(*head);
            }
        }
    }
    let arcs = tree.arcs.iter().zip(&values).map(|(arc, v)| (arc.3, *v));
    let edges = tree.closed.iter().enumerate();
    let edges = edges.filter_map(|(edge, column)| column.map(|c| (c, f64::from(u8::from(is_closed(edge))))));
    arcs.chain(edges).collect()
}
