//! Every radial state of a small network, and the best of them: the oracle of the optimisation tests.
//!
//! All source buses count as one vertex. Branches are decided in order, in or out; a branch that would
//! close a loop must be out, one without which a vertex could no longer be reached must be in, so that
//! every path of decisions ends in a spanning tree and none is visited twice.

use std::ops::ControlFlow;

use tieline::network::powerflow::{Grid, Snapshot, Solution, Workspace};

/// What a branch may be in the states enumerated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    Either,
    Open,
    Closed,
}

/// Calls `visit` with the closed branches of every spanning tree that respects `allowed`, in a fixed
/// order, until it breaks. Returns the number of trees visited.
pub fn spanning_trees(grid: &Grid, allowed: &[Allowed], mut visit: impl FnMut(&[bool]) -> ControlFlow<()>) -> usize {
    let vertex = vertices(grid);
    let ends: Vec<(usize, usize)> = grid.branches().iter().map(|b| (vertex[b.from], vertex[b.to])).collect();
    let count = vertex.iter().copied().max().map_or(0, |m| m + 1);
    let mut search = Search { ends: &ends, allowed, count, closed: vec![false; ends.len()], visited: 0 };
    let parts = Parts::new(count);
    if search.spans(&parts, 0) {
        let _ = search.decide(0, &parts, &mut visit);
    }
    search.visited
}

/// Number of spanning trees by the matrix-tree theorem: checks the enumeration.
pub fn tree_count(grid: &Grid) -> f64 {
    let vertex = vertices(grid);
    let n = vertex.iter().copied().max().unwrap_or(0);
    let mut a = vec![vec![0.0f64; n + 1]; n + 1];
    for b in grid.branches() {
        let (i, j) = (vertex[b.from], vertex[b.to]);
        if i != j {
            a[i][i] += 1.0;
            a[j][j] += 1.0;
            a[i][j] -= 1.0;
            a[j][i] -= 1.0;
        }
    }
    let mut determinant = 1.0;
    for k in 1..=n {
        let pivot = (k..=n).max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs())).unwrap_or(k);
        if a[pivot][k] == 0.0 {
            return 0.0;
        }
        if pivot != k {
            a.swap(pivot, k);
            determinant = -determinant;
        }
        determinant *= a[k][k];
        for i in k + 1..=n {
            let factor = a[i][k] / a[k][k];
            let pivot = a[k].clone();
            for (target, value) in a[i].iter_mut().zip(pivot).skip(k) {
                *target -= factor * value;
            }
        }
    }
    determinant
}

/// The best radial state, and how many were compared.
#[derive(Debug, Clone)]
pub struct Best {
    pub losses: f64,
    pub closed: Vec<bool>,
    pub trees: usize,
}

/// The radial state of least losses among those with a power flow for which `accept` holds.
///
/// Where nothing is injected but loads, states are passed over whose losses at the sources' voltage and
/// without what the losses themselves draw, a lower bound, are above the best found.
pub fn least_losses(
    grid: &Grid,
    p: &[f64],
    q: &[f64],
    allowed: &[Allowed],
    accept: impl Fn(&Solution<'_>) -> bool,
) -> Option<Best> {
    let mut workspace = Workspace::new();
    let mut best: Option<(f64, Vec<bool>)> = None;
    let mut bound = LossBound::new(grid, p, q);
    let trees = spanning_trees(grid, allowed, |closed| {
        let beats = |losses: f64| best.as_ref().is_none_or(|(least, _)| losses < *least);
        if bound.as_mut().is_none_or(|bound| beats(bound.of(closed)))
            && let Ok(solution) = workspace.solve(grid, &Snapshot { closed, p, q })
            && beats(solution.losses())
            && accept(&solution)
        {
            best = Some((solution.losses(), closed.to_vec()));
        }
        ControlFlow::Continue(())
    });
    best.map(|(losses, closed)| Best { losses, closed, trees })
}

/// A lower bound of the losses of a radial state that only feeds loads.
struct LossBound<'a> {
    grid: &'a Grid,
    p: &'a [f64],
    q: &'a [f64],
    highest2: f64,
    incident: Vec<Vec<usize>>,
    /// (bus, place of its parent in this list, feeding branch), parents first.
    order: Vec<(usize, usize, usize)>,
    load: Vec<(f64, f64)>,
}

impl<'a> LossBound<'a> {
    /// None where something generates or an impedance is negative: voltages may then rise.
    fn new(grid: &'a Grid, p: &'a [f64], q: &'a [f64]) -> Option<LossBound<'a>> {
        let consumes = p.iter().chain(q).all(|&s| s <= 0.0);
        if !consumes || grid.branches().iter().any(|b| b.r < 0.0 || b.x < 0.0) {
            return None;
        }
        let volts = grid.sources().iter().map(|s| s.v_set * grid.nominal()[s.bus]);
        let highest2 = volts.fold(0.0, f64::max).powi(2);
        let mut incident = vec![Vec::new(); grid.nominal().len()];
        for (k, b) in grid.branches().iter().enumerate() {
            incident[b.from].push(k);
            incident[b.to].push(k);
        }
        Some(LossBound { grid, p, q, highest2, incident, order: Vec::new(), load: Vec::new() })
    }

    fn of(&mut self, closed: &[bool]) -> f64 {
        self.order.clear();
        for source in self.grid.sources() {
            if self.order.iter().all(|&(bus, ..)| bus != source.bus) {
                self.order.push((source.bus, usize::MAX, usize::MAX));
            }
        }
        let mut next = 0;
        while let Some(&(bus, _, via)) = self.order.get(next) {
            for &branch in &self.incident[bus] {
                if closed[branch] && branch != via {
                    let b = &self.grid.branches()[branch];
                    self.order.push((b.from + b.to - bus, next, branch));
                }
            }
            next += 1;
        }
        self.load.clear();
        self.load.extend(self.order.iter().map(|&(bus, ..)| (self.p[bus], self.q[bus])));
        let mut losses = 0.0;
        for k in (0..self.order.len()).rev() {
            let (_, parent, branch) = self.order[k];
            if parent == usize::MAX {
                continue;
            }
            let (p, q) = self.load[k];
            losses += self.grid.branches()[branch].r * (p * p + q * q) / self.highest2;
            self.load[parent].0 += p;
            self.load[parent].1 += q;
        }
        losses
    }
}

/// Vertex of each bus: all source buses are vertex 0.
fn vertices(grid: &Grid) -> Vec<usize> {
    let mut next = usize::from(!grid.sources().is_empty());
    (0..grid.nominal().len())
        .map(|bus| {
            if grid.sources().iter().any(|s| s.bus == bus) {
                0
            } else {
                next += 1;
                next - 1
            }
        })
        .collect()
}

/// Disjoint sets of vertices.
#[derive(Clone)]
struct Parts {
    of: Vec<usize>,
    count: usize,
}

impl Parts {
    fn new(count: usize) -> Parts {
        Parts { of: (0..count).collect(), count }
    }

    fn find(&self, mut v: usize) -> usize {
        while self.of[v] != v {
            v = self.of[v];
        }
        v
    }

    /// Joins two sets; false when they are one already.
    fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a != b {
            self.of[a.max(b)] = a.min(b);
            self.count -= 1;
        }
        a != b
    }
}

struct Search<'a> {
    ends: &'a [(usize, usize)],
    allowed: &'a [Allowed],
    count: usize,
    closed: Vec<bool>,
    visited: usize,
}

impl Search<'_> {
    /// Can the branches from `next` on still join all parts?
    fn spans(&self, parts: &Parts, next: usize) -> bool {
        let mut parts = parts.clone();
        for k in next..self.ends.len() {
            if parts.count == 1 {
                break;
            }
            if self.allowed[k] != Allowed::Open {
                parts.join(self.ends[k].0, self.ends[k].1);
            }
        }
        parts.count <= 1
    }

    fn decide(
        &mut self,
        next: usize,
        parts: &Parts,
        visit: &mut impl FnMut(&[bool]) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if parts.count == 1 && self.allowed[next..].iter().all(|a| *a != Allowed::Closed) {
            self.visited += 1;
            return visit(&self.closed);
        }
        let Some(&(a, b)) = self.ends.get(next) else { return ControlFlow::Continue(()) };
        if self.allowed[next] != Allowed::Open {
            let mut joined = parts.clone();
            if joined.join(a, b) {
                self.closed[next] = true;
                let flow = self.decide(next + 1, &joined, visit);
                self.closed[next] = false;
                flow?;
            }
        }
        if self.allowed[next] != Allowed::Closed && self.spans(parts, next + 1) {
            self.decide(next + 1, parts, visit)?;
        }
        ControlFlow::Continue(())
    }
}
