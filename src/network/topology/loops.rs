//! Loops of lines that stay closed whatever is decided.

use super::Topology;
use petgraph::algo::astar;
use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::unionfind::UnionFind;

/// At most `limit` loops of fixed lines, each as ascending indices of lines. Every one is the loop that one
/// line closes in the forest of the fixed lines before it, so that the first is found whenever there is any.
pub fn fixed_loops(topology: &Topology, limit: usize) -> Vec<Vec<usize>> {
    let mut joined: UnionFind<usize> = UnionFind::new(topology.buses);
    let mut forest = unconnected(topology.buses);
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
        let mut lines = path(&forest, from, to);
        lines.push(index);
        lines.sort_unstable();
        loops.push(lines);
    }
    loops
}

/// Two sources that lines join which stay closed whatever is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedSources {
    /// One, as an index in [`Topology::sources`].
    pub first: usize,
    /// The other, at another bus.
    pub second: usize,
    /// The lines between them, in order from the first.
    pub lines: Vec<usize>,
}

/// At most `limit` pairs of sources at different buses that fixed lines join: each one with the first of its part
/// of the network.
pub fn joined_sources(topology: &Topology, limit: usize) -> Vec<JoinedSources> {
    let mut joined: UnionFind<usize> = UnionFind::new(topology.buses);
    let mut forest = unconnected(topology.buses);
    for (index, line) in topology.proper().filter(|(_, l)| l.fixed) {
        if joined.union(line.from, line.to) {
            forest.add_edge(NodeIndex::new(line.from), NodeIndex::new(line.to), index);
        }
    }
    let mut firsts: Vec<usize> = Vec::new();
    let mut pairs = Vec::new();
    let inside = |bus: &usize| *bus < topology.buses;
    for (source, bus) in topology.sources.iter().enumerate().filter(|(_, bus)| inside(bus)) {
        match firsts.iter().find(|first| joined.equiv(topology.sources[**first], *bus)) {
            Some(first) if topology.sources[*first] != *bus && pairs.len() < limit => {
                let lines = path(&forest, NodeIndex::new(topology.sources[*first]), NodeIndex::new(*bus));
                pairs.push(JoinedSources { first: *first, second: source, lines });
            }
            Some(_) => {}
            None => firsts.push(source),
        }
    }
    pairs
}

fn unconnected(buses: usize) -> UnGraph<(), usize> {
    let mut forest = UnGraph::with_capacity(buses, buses);
    for _ in 0..buses {
        forest.add_node(());
    }
    forest
}

/// The lines between two buses of a forest, where the path is unique.
fn path(forest: &UnGraph<(), usize>, from: NodeIndex, to: NodeIndex) -> Vec<usize> {
    let Some((_, buses)) = astar(forest, from, |n| n == to, |_| 1usize, |_| 0) else { return Vec::new() };
    let edges = buses.windows(2).filter_map(|ends| forest.find_edge(*ends.first()?, *ends.get(1)?));
    edges.filter_map(|edge| forest.edge_weight(edge).copied()).collect()
}
