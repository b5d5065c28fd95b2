//! Loops of lines that stay closed whatever is decided.

use super::Topology;
use petgraph::algo::astar;
use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::unionfind::UnionFind;

/// At most `limit` loops of fixed lines, each as ascending indices of lines. Every one is the loop that one
/// line closes in the forest of the fixed lines before it, so that the first is found whenever there is any.
pub fn fixed_loops(topology: &Topology, limit: usize) -> Vec<Vec<usize>> {
    let mut joined: UnionFind<usize> = UnionFind::new(topology.buses);
    let mut forest: UnGraph<(), usize> = UnGraph::with_capacity(topology.buses, topology.buses);
    for _ in 0..topology.buses {
        forest.add_node(());
    }
    let mut loops = Vec::new();
    for (index, line) in topology.proper().filter(|(_, l)| l.fixed) {
        let (from, to) = (NodeIndex::new(line.from), NodeIndex::new(line.to));
        if joined.union(line.from, line.to) {
            forest.add_edge(from, to, index);
            continue;
        }
        if loops.len() == limit {
            break;
        }
        // In a forest the path is unique; every edge counts one.
        let Some((_, path)) = astar(&forest, from, |n| n == to, |_| 1usize, |_| 0) else { continue };
        let mut lines: Vec<usize> = path
            .windows(2)
            .filter_map(|ends| forest.find_edge(*ends.first()?, *ends.get(1)?))
            .filter_map(|edge| forest.edge_weight(edge).copied())
            .chain([index])
            .collect();
        lines.sort_unstable();
        loops.push(lines);
    }
    loops
}
