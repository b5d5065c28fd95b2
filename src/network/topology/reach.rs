//! Which buses a source can reach when every switch is closed.

use super::Topology;
use petgraph::unionfind::UnionFind;

/// Buses that lines join to one another and to no source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Island {
    /// Indices of its buses, ascending; at least one.
    pub buses: Vec<usize>,
}

/// Every island without a source, in the order of its first bus.
pub fn islands_without_source(topology: &Topology) -> Vec<Island> {
    let mut parts: UnionFind<usize> = UnionFind::new(topology.buses);
    for (_, line) in topology.proper().filter(|(_, l)| l.usable) {
        parts.union(line.from, line.to);
    }
    let labels = parts.into_labeling();
    let mut supplied = vec![false; topology.buses];
    for source in &topology.sources {
        if let Some(label) = labels.get(*source) {
            supplied[*label] = true;
        }
    }
    let mut place: Vec<Option<usize>> = vec![None; topology.buses];
    let mut islands: Vec<Island> = Vec::new();
    for (bus, label) in labels.iter().enumerate() {
        if supplied[*label] {
            continue;
        }
        match place[*label] {
            Some(i) => islands[i].buses.push(bus),
            None => {
                place[*label] = Some(islands.len());
                islands.push(Island { buses: vec![bus] });
            }
        }
    }
    islands
}
