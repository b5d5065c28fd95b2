//! Cycles among the arcs that a solution chooses, and the rows that cut them off.
//!
//! Where every bus has one parent, arcs that are cut off from all roots close a cycle. Chosen arcs form
//! a forest within any set of buses, so of those within the buses `S` of a cycle at most `|S| − 1` are
//! chosen: a row that no tree breaks and that this cycle breaks, in either direction and with any chord.

use crate::program::{Affine, Network, RadialArcs};
use std::collections::BTreeSet;

/// For each cycle in the chosen arcs of a period, `affine <= 0` for its buses in every period whose
/// cycles are to be cut off. Each once, and none that holds whatever is chosen.
pub(super) fn cycle_cuts(network: &Network, x: &[f64]) -> Vec<Affine> {
    let asked = || network.periods.iter().filter_map(|p| p.radial.as_ref()).filter(|r| r.cut_cycles);
    let sets: BTreeSet<BTreeSet<usize>> = asked().flat_map(|radial| cycles(radial, network.buses.len(), x)).collect();
    let mut cuts: Vec<Affine> = Vec::new();
    for radial in asked() {
        for set in &sets {
            let mut cut = Affine::constant(1.0 - set.len() as f64);
            for (_, _, _, chosen) in radial.arcs.iter().filter(|a| set.contains(&a.1) && set.contains(&a.2)) {
                cut.add_scaled(chosen, 1.0);
            }
            if !cut.is_constant() && !cuts.contains(&cut) {
                cuts.push(cut);
            }
        }
    }
    cuts
}

/// The buses of each cycle among the chosen arcs.
fn cycles(radial: &RadialArcs, buses: usize, x: &[f64]) -> Vec<BTreeSet<usize>> {
    let mut parent: Vec<Option<usize>> = vec![None; buses];
    for (_, tail, head, chosen) in &radial.arcs {
        if chosen.value(x) > 0.5
            && let Some(slot) = parent.get_mut(*head)
        {
            *slot = Some(*tail);
        }
    }
    let mut seen = vec![usize::MAX; buses];
    let mut found = Vec::new();
    for start in 0..buses {
        let mut at = Some(start);
        // Upwards until a root or a bus that has been seen: on this walk, a cycle.
        while let Some(bus) = at.filter(|b| seen.get(*b) == Some(&usize::MAX)) {
            seen[bus] = start;
            at = parent.get(bus).copied().flatten();
        }
        if let Some(bus) = at.filter(|b| seen.get(*b) == Some(&start)) {
            let mut cycle = BTreeSet::new();
            let mut next = Some(bus);
            while let Some(b) = next.filter(|b| cycle.insert(*b)) {
                next = parent.get(b).copied().flatten();
            }
            found.push(cycle);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::VarId;

    /// Arcs both ways for the edges, variables 2k and 2k + 1.
    fn radial(edges: &[(usize, usize)]) -> RadialArcs {
        let arc =
            |k: usize, tail: usize, head: usize, way: u32| (k, tail, head, Affine::variable(VarId(2 * k as u32 + way)));
        let arcs = edges.iter().enumerate().flat_map(|(k, (i, j))| [arc(k, *i, *j, 0), arc(k, *j, *i, 1)]).collect();
        RadialArcs { arcs, root: Vec::new(), energised: Vec::new(), cut_cycles: true }
    }

    #[test]
    fn a_ring_is_found_and_a_branch_on_it_is_not_part_of_it() {
        // 0 feeds 1; 2, 3 and 4 feed one another; 3 feeds 5.
        let radial = radial(&[(0, 1), (2, 3), (3, 4), (4, 2), (3, 5), (1, 2)]);
        let mut x = vec![0.0; 12];
        [0, 2, 4, 6, 8].into_iter().for_each(|v| x[v] = 1.0);
        assert_eq!(cycles(&radial, 6, &x), [BTreeSet::from([2, 3, 4])]);
        // Fed from 1, without the arc 4 to 2, it is a tree.
        (x[6], x[10]) = (0.0, 1.0);
        assert!(cycles(&radial, 6, &x).is_empty());
    }

    #[test]
    fn two_lines_side_by_side_can_be_a_cycle() {
        let radial = radial(&[(1, 2), (1, 2)]);
        assert_eq!(cycles(&radial, 3, &[1.0, 0.0, 0.0, 1.0]), [BTreeSet::from([1, 2])]);
    }
}
