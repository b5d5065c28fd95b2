//! Arborescences: what the library says of the radial orientation, as columns, for engines that
//! branch on parents and round by spanning trees.

use super::Arborescence;
use crate::lowered::ColumnId;
use crate::program::{Affine, Network, PeriodState, Program};

/// One arborescence per different set of columns; periods that share their topology share it.
///
/// Left out where it would not be one in every feasible point: arcs that are not single binary
/// columns, buses that may be dark, roots that are decided.
pub(super) fn arborescences(program: &Program) -> Vec<Arborescence> {
    let Some(network) = &program.network else { return Vec::new() };
    let mut found: Vec<Arborescence> = Vec::new();
    for (period, state) in network.periods.iter().enumerate() {
        if let Some(a) = arborescence(network, state, period)
            && !found.iter().any(|f| f.arcs == a.arcs && f.root == a.root)
        {
            found.push(a);
        }
    }
    found
}

/// Whether every period's topology is one of these.
pub(super) fn all(program: &Program, found: &[Arborescence]) -> bool {
    let Some(network) = &program.network else { return false };
    let one_of = |a: &Arborescence| found.iter().any(|f| f.arcs == a.arcs && f.root == a.root);
    network.periods.iter().enumerate().all(|(period, state)| {
        state.radial.is_some() && arborescence(network, state, period).is_some_and(|a| one_of(&a))
    })
}

/// Whether a period decides, along with its radial topology, which buses are roots or alive.
pub(super) fn islands(program: &Program) -> bool {
    let open = |list: &[Affine]| list.iter().any(|a| decided(a).is_none());
    let of = |state: &PeriodState| state.radial.as_ref().is_some_and(|r| open(&r.root) || open(&r.energised));
    program.network.as_ref().is_some_and(|network| network.periods.iter().any(of))
}

fn arborescence(network: &Network, state: &PeriodState, period: usize) -> Option<Arborescence> {
    let radial = state.radial.as_ref()?;
    let nodes = network.buses.len();
    let edges = network.branches.len();
    if radial.root.len() != nodes || radial.energised.len() != nodes {
        return None;
    }
    let root = radial.root.iter().map(decided).collect::<Option<Vec<bool>>>()?;
    if radial.energised.iter().any(|e| decided(e) != Some(true)) {
        return None;
    }
    let mut arcs = Vec::with_capacity(radial.arcs.len());
    for (edge, tail, head, column) in &radial.arcs {
        if decided(column) == Some(false) {
            continue;
        }
        let column = Network::single_variable(column)?;
        if *edge >= edges || *tail >= nodes || *head >= nodes {
            return None;
        }
        arcs.push((*tail, *head, *edge, ColumnId(column.0)));
    }
    let column = |edge: usize| state.closed.get(edge).and_then(Network::single_variable).map(|v| ColumnId(v.0));
    Some(Arborescence { period, nodes, root, arcs, edges, closed: (0..edges).map(column).collect() })
}

/// 0 or 1, if it is constant.
fn decided(affine: &Affine) -> Option<bool> {
    match (affine.is_constant(), affine.constant) {
        (true, 0.0) => Some(false),
        (true, 1.0) => Some(true),
        _ => None,
    }
}
