//! A node of the tree: bounds of the integers, its solved relaxation, and what follows from both.

use super::space::Space;
use crate::ids::Id;
use crate::solution::clarabel::Request;
use crate::solution::reduce::{Effort, Reduction, reduce};
use crate::solution::relaxation::{Relaxed, Verdict, solve_reduced};

/// Bounds of the integer columns, in the order of [`Space::integers`].
pub type Bounds = Vec<(f64, f64)>;

/// A solved node that waits to be branched on.
#[derive(Debug, Clone)]
pub struct Node {
    /// Bounds of the integers.
    pub bounds: Bounds,
    /// Certified lower bound.
    pub bound: f64,
    /// Bound certified by this node's own duals, to which the reduced costs belong.
    pub certified: f64,
    /// Relaxation: a value per searched column.
    pub x: Vec<f64>,
    /// Per integer: reduced cost (positive: raising it costs; negative: lowering it costs).
    pub reduced: Vec<f64>,
    /// Per integer: how hard the constraints press on it, the weight in branching.
    pub pressure: Vec<f64>,
    /// Whether the relaxation was solved to the tolerance.
    pub solved: bool,
}

/// What became of a node.
#[derive(Debug, Clone)]
pub enum Fate {
    /// It stays open.
    Open(Box<Node>),
    /// Proven empty.
    Empty,
    /// Its certified bound passed the cut-off.
    Beyond(f64),
    /// Stopped from outside.
    Stopped,
}

/// A node's fate with the work it took.
#[derive(Debug, Clone)]
pub struct Evaluated {
    /// What became of it.
    pub fate: Fate,
    /// Interior-point iterations.
    pub iterations: u64,
}

/// Tightens, solves and certifies the node with these bounds. `parent` is a bound that holds
/// already.
pub fn evaluate(space: &Space, mut bounds: Bounds, parent: f64, request: &Request) -> Evaluated {
    let over = |fate, iterations| Evaluated { fate, iterations };
    if request.limit.passed() {
        return over(Fate::Stopped, 0);
    }
    let Some(reduction) = tighten(space, &mut bounds) else { return over(Fate::Empty, 0) };
    let relaxed = solve_reduced(reduction, request);
    let iterations = relaxed.iterations;
    let bound = relaxed.bound.max(parent);
    let fate = match relaxed.verdict {
        Verdict::Infeasible => Fate::Empty,
        Verdict::Stopped => Fate::Stopped,
        _ if request.cutoff.is_some_and(|c| bound >= c) => Fate::Beyond(bound),
        _ => Fate::Open(Box::new(node(space, &bounds, bound, relaxed))),
    };
    over(fate, iterations)
}

/// Propagates arborescences and rows to a common end and reduces; `None` if nothing is left.
fn tighten(space: &Space, bounds: &mut Bounds) -> Option<Reduction> {
    let effort = Effort { integer: &space.integer, eliminate_integers: true, kept: &[] };
    loop {
        space.orient(bounds).ok()?;
        let reduction = reduce(&space.problem, &space.restricted(bounds), &effort).ok()?;
        let mut narrowed = false;
        for (&column, bounds) in space.integers.iter().zip(bounds.iter_mut()) {
            let (low, high) = (reduction.original_lower[column], reduction.original_upper[column]);
            narrowed |= low > bounds.0 + 0.5 || high < bounds.1 - 0.5;
            *bounds = (bounds.0.max(low), bounds.1.min(high));
        }
        if !narrowed || space.orientations.is_empty() {
            return Some(reduction);
        }
    }
}

fn node(space: &Space, bounds: &Bounds, bound: f64, relaxed: Relaxed) -> Node {
    let (mut reduced, mut pressure) = (vec![0.0; bounds.len()], vec![0.0; bounds.len()]);
    if let Some((reduction, costs)) = &relaxed.reduced {
        // A problem that reduction alone has solved leaves nothing to be priced.
        for (place, &column) in reduction.kept.each().filter(|_| !costs.is_empty()) {
            let Some(index) = space.integer_index(column) else { continue };
            reduced[index] = costs[place];
            pressure[index] = *place.of(&relaxed.pressure);
        }
    }
    let solved = relaxed.verdict == Verdict::Solved;
    Node { bounds: bounds.clone(), bound, certified: relaxed.bound, x: relaxed.x, reduced, pressure, solved }
}

impl Node {
    /// Fixes integers whose other value would cost more than what is left to the cut-off; returns
    /// the least bound of what was cut off.
    pub fn fix_by_reduced_cost(&mut self, cutoff: f64) -> f64 {
        let mut floor = f64::INFINITY;
        for ((low, high), &cost) in self.bounds.iter_mut().zip(&self.reduced) {
            let width = *high - *low;
            let stepped = self.certified + cost.abs();
            if width < 0.5 || stepped <= cutoff {
                continue;
            }
            floor = floor.min(stepped);
            if cost > 0.0 { *high = *low } else { *low = *high }
        }
        floor
    }
}
