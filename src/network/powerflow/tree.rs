//! Breadth-first orientation of the closed branches away from the sources.

use super::grid::Grid;

/// Marks a bus that no source reaches.
pub(in crate::network) const DARK: u32 = u32::MAX;

/// The closed branches oriented away from the source buses, in breadth-first positions: parents come
/// before children, roots first, and parents never decrease, so both sweeps run through memory in
/// order. All vectors are indexed by position except [`Tree::position`].
#[derive(Debug, Clone, Default)]
pub(in crate::network) struct Tree {
    /// Bus at each position.
    pub bus: Vec<u32>,
    /// Position of the parent (its own position for a root).
    pub parent: Vec<u32>,
    /// Branch that feeds the bus (unused for a root).
    pub branch: Vec<u32>,
    /// Position of each bus, or [`DARK`].
    pub position: Vec<u32>,
    /// Number of roots: positions `0..roots` are source buses.
    pub roots: usize,
    /// A closed branch that makes a loop or joins two source buses.
    pub chord: Option<usize>,
}

impl Tree {
    /// Orients the branches that are closed. Where they are meshed, `chord` is set, and the positions
    /// still cover every energised bus.
    pub fn rebuild(&mut self, grid: &Grid, closed: &[bool]) {
        self.bus.clear();
        self.parent.clear();
        self.branch.clear();
        self.position.clear();
        self.position.resize(grid.bus_count(), DARK);
        self.chord = None;
        for source in grid.sources() {
            if self.position[source.bus] == DARK {
                let here = self.bus.len() as u32;
                self.position[source.bus] = here;
                self.push(source.bus as u32, here, DARK);
            }
        }
        self.roots = self.bus.len();
        let mut next = 0;
        while next < self.bus.len() {
            let via = self.branch[next];
            for &(branch, other) in grid.incident(self.bus[next] as usize) {
                if !closed[branch as usize] || branch == via {
                    continue;
                }
                let slot = &mut self.position[other as usize];
                if *slot == DARK {
                    *slot = self.bus.len() as u32;
                    self.push(other, next as u32, branch);
                } else {
                    self.chord.get_or_insert(branch as usize);
                }
            }
            next += 1;
        }
    }

    fn push(&mut self, bus: u32, parent: u32, branch: u32) {
        self.bus.push(bus);
        self.parent.push(parent);
        self.branch.push(branch);
    }
}
