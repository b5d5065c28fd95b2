//! Lines between the same two buses, and buses without any line.

use super::Topology;
use indexmap::IndexMap;

/// Groups of two and more lines that join the same buses, in the order of their first line.
pub fn parallel_lines(topology: &Topology) -> Vec<Vec<usize>> {
    let mut groups: IndexMap<(usize, usize), Vec<usize>, rustc_hash::FxBuildHasher> = IndexMap::default();
    for (index, line) in topology.proper() {
        groups.entry((line.from.min(line.to), line.from.max(line.to))).or_default().push(index);
    }
    groups.into_values().filter(|g| g.len() > 1).collect()
}

/// Buses at which no line ends, ascending.
pub fn unconnected_buses(topology: &Topology) -> Vec<usize> {
    let mut connected = vec![false; topology.buses];
    for (_, line) in topology.proper() {
        connected[line.from] = true;
        connected[line.to] = true;
    }
    connected.iter().enumerate().filter(|(_, c)| !**c).map(|(b, _)| b).collect()
}
