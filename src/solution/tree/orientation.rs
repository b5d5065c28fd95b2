//! What an arborescence says about its arcs: single parents, reachability, cycles.

use crate::ids::{Id, IdVec};
use crate::lowered::{Arborescence, ColumnId};
use crate::solution::reduce::Contradiction;
use petgraph::unionfind::UnionFind;
use rustc_hash::FxHashMap;

/// Where an arc's choice stands in the searched problem.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Choice {
    /// A column.
    Column(ColumnId),
    /// Decided before the search.
    Decided(bool),
}

/// The graph of one arborescence over the columns of the searched problem.
#[derive(Debug, Clone)]
pub struct Orientation {
    root: Vec<bool>,
    arcs: Vec<(usize, usize, Choice)>,
    /// Per arc: the other direction of its edge.
    reverse: Vec<Option<usize>>,
    into: Vec<Vec<usize>>,
    out: Vec<Vec<usize>>,
}

impl Orientation {
    /// Maps an arborescence; `place` gives the searched column or the decided value of a column.
    pub fn new(source: &Arborescence, place: impl Fn(ColumnId) -> Result<ColumnId, f64>) -> Orientation {
        let mut into = vec![Vec::new(); source.nodes];
        let mut out = vec![Vec::new(); source.nodes];
        let mut arcs = Vec::new();
        let mut edges: FxHashMap<usize, usize> = FxHashMap::default();
        let mut reverse: Vec<Option<usize>> = Vec::new();
        for &(tail, head, edge, column) in &source.arcs {
            if tail >= source.nodes || head >= source.nodes {
                continue;
            }
            let choice = match place(column) {
                Ok(column) => Choice::Column(column),
                Err(value) => Choice::Decided(value > 0.5),
            };
            if let (Some(i), Some(o)) = (into.get_mut(head), out.get_mut(tail)) {
                i.push(arcs.len());
                o.push(arcs.len());
            }
            let other = edges.insert(edge, arcs.len());
            if let Some(slot) = other.and_then(|o| reverse.get_mut(o)) {
                *slot = Some(arcs.len());
            }
            reverse.push(other);
            arcs.push((tail, head, choice));
        }
        let mut root = source.root.clone();
        root.resize(source.nodes, false);
        Orientation { root, arcs, reverse, into, out }
    }

    /// Narrows the bounds of the arcs' columns until nothing follows any more.
    ///
    /// # Errors
    /// [`Contradiction`] where no arborescence is left.
    pub fn propagate(
        &self,
        lower: &mut IdVec<ColumnId, f64>,
        upper: &mut IdVec<ColumnId, f64>,
    ) -> Result<bool, Contradiction> {
        let mut changed = false;
        loop {
            let mut again = self.parents(lower, upper)?;
            again |= self.dominators(lower, upper)?;
            again |= self.cycles(lower, upper)?;
            if !again {
                return Ok(changed);
            }
            changed = true;
        }
    }

    fn arc(&self, arc: usize) -> (usize, usize, Choice) {
        self.arcs[arc]
    }

    fn allowed(&self, arc: usize, upper: &IdVec<ColumnId, f64>) -> bool {
        match self.arc(arc).2 {
            Choice::Column(c) => upper[c] > 0.5,
            Choice::Decided(value) => value,
        }
    }

    fn forced(&self, arc: usize, lower: &IdVec<ColumnId, f64>) -> bool {
        match self.arc(arc).2 {
            Choice::Column(c) => lower[c] > 0.5,
            Choice::Decided(value) => value,
        }
    }

    fn set(
        &self,
        arc: usize,
        value: bool,
        lower: &mut IdVec<ColumnId, f64>,
        upper: &mut IdVec<ColumnId, f64>,
    ) -> Result<bool, Contradiction> {
        let column = match self.arc(arc).2 {
            Choice::Column(column) => column,
            Choice::Decided(decided) => return if decided == value { Ok(false) } else { Err(Contradiction) },
        };
        let (low, high) = (&mut lower[column], &mut upper[column]);
        let target = if value { 1.0 } else { 0.0 };
        if target < *low - 0.5 || target > *high + 0.5 {
            return Err(Contradiction);
        }
        let bound = if value { low } else { high };
        if (*bound - target).abs() < 0.5 {
            return Ok(false);
        }
        *bound = target;
        Ok(true)
    }

    /// Exactly one parent per node that is not a root.
    fn parents(
        &self,
        lower: &mut IdVec<ColumnId, f64>,
        upper: &mut IdVec<ColumnId, f64>,
    ) -> Result<bool, Contradiction> {
        let mut changed = false;
        for (node, arcs) in self.into.iter().enumerate() {
            let root = self.root[node];
            let forced = arcs.iter().copied().find(|&a| self.forced(a, lower));
            let mut open = arcs.iter().copied().filter(|&a| self.allowed(a, upper));
            let only = match (root, forced) {
                (true, _) => None,
                (false, Some(arc)) => Some(arc),
                (false, None) => match (open.next(), open.next()) {
                    (None, _) => return Err(Contradiction),
                    (Some(arc), None) => Some(arc),
                    _ => continue,
                },
            };
            for &arc in arcs {
                changed |= self.set(arc, Some(arc) == only, lower, upper)?;
            }
        }
        Ok(changed)
    }

    /// A node that every path to another passes through cannot be that other's child. What no path
    /// reaches has no parent at all.
    fn dominators(
        &self,
        lower: &mut IdVec<ColumnId, f64>,
        upper: &mut IdVec<ColumnId, f64>,
    ) -> Result<bool, Contradiction> {
        let mut changed = false;
        if self.reached(None, upper).iter().any(|r| !r) {
            return Err(Contradiction);
        }
        for (node, arcs) in self.into.iter().enumerate() {
            if self.root[node] || arcs.iter().filter(|&&a| self.allowed(a, upper)).count() < 2 {
                continue;
            }
            let reached = self.reached(Some(node), upper);
            for &arc in arcs {
                let tail = self.arc(arc).0;
                if self.allowed(arc, upper) && !reached[tail] {
                    changed |= self.set(arc, false, lower, upper)?;
                }
            }
        }
        Ok(changed)
    }

    /// Nodes reached from the roots along allowed arcs, without passing through `without`.
    fn reached(&self, without: Option<usize>, upper: &IdVec<ColumnId, f64>) -> Vec<bool> {
        let mut reached = self.root.clone();
        let mut stack: Vec<usize> = (0..reached.len()).filter(|&n| reached.get(n) == Some(&true)).collect();
        while let Some(node) = stack.pop() {
            for &arc in self.out.get(node).into_iter().flatten() {
                let head = self.arc(arc).1;
                if Some(head) != without
                    && self.allowed(arc, upper)
                    && let Some(seen) = reached.get_mut(head)
                    && !std::mem::replace(seen, true)
                {
                    stack.push(head);
                }
            }
        }
        reached
    }

    /// An arc inside a component of chosen arcs would close a cycle.
    fn cycles(
        &self,
        lower: &mut IdVec<ColumnId, f64>,
        upper: &mut IdVec<ColumnId, f64>,
    ) -> Result<bool, Contradiction> {
        let mut component: UnionFind<usize> = UnionFind::new(self.root.len());
        for arc in 0..self.arcs.len() {
            if self.forced(arc, lower) {
                let (tail, head, _) = self.arc(arc);
                if !component.union(tail, head) {
                    return Err(Contradiction);
                }
            }
        }
        let mut changed = false;
        for arc in 0..self.arcs.len() {
            let (tail, head, _) = self.arc(arc);
            if self.allowed(arc, upper) && !self.forced(arc, lower) && component.equiv(tail, head) {
                changed |= self.set(arc, false, lower, upper)?;
            }
        }
        Ok(changed)
    }

    /// The arborescences that differ from the one in `values` by one branch exchange: an arc `u → v`
    /// comes in, and of the path from `v` up towards the common ancestor one arc goes and those below
    /// it turn around. Each as pairs of searched column and value, those next to the incoming arc
    /// first; none for an arc that `upper` or `lower` forbids.
    pub fn exchanges(
        &self,
        values: &IdVec<ColumnId, f64>,
        lower: &IdVec<ColumnId, f64>,
        upper: &IdVec<ColumnId, f64>,
    ) -> Vec<Vec<(ColumnId, f64)>> {
        let parent: Vec<Option<usize>> =
            self.into.iter().map(|arcs| arcs.iter().copied().find(|&a| self.forced(a, values))).collect();
        let parent_of = |node: usize| parent.get(node).copied().flatten();
        let mut found: Vec<(usize, Vec<(ColumnId, f64)>)> = Vec::new();
        for (arc, &(tail, head, _)) in self.arcs.iter().enumerate() {
            if parent_of(head) == Some(arc) || parent_of(tail).is_some_and(|a| self.reverse.get(arc) == Some(&Some(a)))
            {
                continue;
            }
            let above_tail: Vec<usize> = std::iter::successors(Some(tail), |&n| parent_of(n).map(|a| self.arc(a).0))
                .take(self.root.len())
                .collect();
            let mut choice: Vec<(usize, bool)> = vec![(arc, true)];
            let mut node = head;
            let mut steps = 0;
            while let Some(up) = parent_of(node)
                && !above_tail.contains(&node)
            {
                choice.push((up, false));
                if let Some(columns) = self.columns(&choice, lower, upper) {
                    found.push((steps, columns));
                }
                let Some(back) = self.reverse.get(up).copied().flatten() else { break };
                choice.push((back, true));
                node = self.arc(up).0;
                steps += 1;
            }
        }
        found.sort_by_key(|f| f.0);
        found.into_iter().map(|f| f.1).collect()
    }

    /// Arcs as searched columns, unless one is decided otherwise.
    fn columns(
        &self,
        choice: &[(usize, bool)],
        lower: &IdVec<ColumnId, f64>,
        upper: &IdVec<ColumnId, f64>,
    ) -> Option<Vec<(ColumnId, f64)>> {
        let mut columns = Vec::new();
        for &(arc, value) in choice {
            let possible = if value { self.allowed(arc, upper) } else { !self.forced(arc, lower) };
            match self.arc(arc).2 {
                _ if !possible => return None,
                Choice::Column(column) => columns.push((column, f64::from(u8::from(value)))),
                Choice::Decided(_) => {}
            }
        }
        Some(columns)
    }

    /// The columns of the arcs.
    pub fn arc_columns(&self) -> impl Iterator<Item = ColumnId> + '_ {
        self.arcs.iter().filter_map(|a| match a.2 {
            Choice::Column(column) => Some(column),
            Choice::Decided(_) => None,
        })
    }

    /// A whole choice near `x`: grown from the roots along the greatest allowed arc. Pairs of
    /// searched column and value; `None` if the allowed arcs reach not all nodes.
    pub fn round(
        &self,
        x: &[f64],
        lower: &IdVec<ColumnId, f64>,
        upper: &IdVec<ColumnId, f64>,
    ) -> Option<Vec<(ColumnId, f64)>> {
        let mut inside = self.root.clone();
        let mut chosen = vec![false; self.arcs.len()];
        let forced: Vec<Option<usize>> =
            self.into.iter().map(|arcs| arcs.iter().copied().find(|&a| self.forced(a, lower))).collect();
        for _ in 0..inside.iter().filter(|i| !**i).count() {
            let mut best: Option<(f64, usize)> = None;
            for (arc, &(tail, head, choice)) in self.arcs.iter().enumerate() {
                let fits = inside.get(tail) == Some(&true)
                    && inside.get(head) == Some(&false)
                    && self.allowed(arc, upper)
                    && forced.get(head).copied().flatten().is_none_or(|f| f == arc);
                let weight = match choice {
                    Choice::Column(c) => *c.of(x),
                    Choice::Decided(_) => 2.0,
                };
                if fits && best.is_none_or(|(w, _)| weight > w) {
                    best = Some((weight, arc));
                }
            }
            let (_, arc) = best?;
            if let (Some(flag), Some(node)) = (chosen.get_mut(arc), inside.get_mut(self.arc(arc).1)) {
                *flag = true;
                *node = true;
            }
        }
        let value = |(&(_, _, choice), &chosen): (&(usize, usize, Choice), &bool)| match choice {
            Choice::Column(column) => Some((column, f64::from(u8::from(chosen)))),
            Choice::Decided(_) => None,
        };
        Some(self.arcs.iter().zip(&chosen).filter_map(value).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0 is the root of a square 0-1-2-3-0 with a spur 2-4; both directions of every edge.
    fn square() -> Arborescence {
        let edges = [(0, 1), (1, 2), (2, 3), (3, 0), (2, 4)];
        let mut arcs = Vec::new();
        for (edge, &(a, b)) in edges.iter().enumerate() {
            arcs.push((a, b, edge, ColumnId(2 * edge as u32)));
            arcs.push((b, a, edge, ColumnId(2 * edge as u32 + 1)));
        }
        let root = vec![true, false, false, false, false];
        Arborescence { period: 0, nodes: 5, root, arcs, edges: 5, closed: vec![None; 5] }
    }

    fn wide() -> [IdVec<ColumnId, f64>; 2] {
        [IdVec::filled(0.0, 10), IdVec::filled(1.0, 10)]
    }

    #[test]
    fn spurs_and_roots_are_decided_and_chains_follow() {
        let orientation = Orientation::new(&square(), Ok);
        let [mut lower, mut upper] = wide();
        assert_eq!(orientation.propagate(&mut lower, &mut upper), Ok(true));
        assert_eq!((lower[ColumnId(8)], upper[ColumnId(9)]), (1.0, 0.0), "the spur hangs on the square");
        assert_eq!((upper[ColumnId(1)], upper[ColumnId(6)]), (0.0, 0.0), "nothing feeds the root");
        upper[ColumnId(4)] = 0.0; // 2 does not feed 3, so 0 does
        assert_eq!(orientation.propagate(&mut lower, &mut upper), Ok(true));
        assert_eq!(lower[ColumnId(7)], 1.0);
        upper[ColumnId(0)] = 0.0; // 0 does not feed 1
        assert_eq!(orientation.propagate(&mut lower, &mut upper), Ok(true));
        assert_eq!((lower[ColumnId(5)], lower[ColumnId(3)]), (1.0, 1.0), "3 feeds 2 feeds 1");
        upper[ColumnId(7)] = 0.0;
        assert_eq!(orientation.propagate(&mut lower, &mut upper), Err(Contradiction));
    }

    #[test]
    fn rounding_is_an_arborescence_that_keeps_decisions() {
        let orientation = Orientation::new(&square(), Ok);
        let [mut lower, mut upper] = wide();
        orientation.propagate(&mut lower, &mut upper).expect("possible");
        let x = [0.9, 0.0, 0.8, 0.1, 0.7, 0.2, 0.0, 0.3, 1.0, 0.0];
        let chosen: Vec<ColumnId> = orientation
            .round(&x, &lower, &upper)
            .expect("connected")
            .into_iter()
            .filter_map(|(c, v)| (v > 0.5).then_some(c))
            .collect();
        assert_eq!(chosen, [0, 2, 4, 8].map(ColumnId));
    }
}
