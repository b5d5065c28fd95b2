//! A node of the tree: bounds of the integers, its solved relaxation, and what follows from both.

use super::space::Space;
use crate::solution::clarabel::Request;
use crate::solution::reduce::{Effort, reduce};
use crate::solution::relaxation::{Verdict, solve_reduced};

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
    let over = |fate| Evaluated { fate, iterations: 0 };
    let effort = Effort { integer: &space.integer, eliminate_integers: true, lazy: &[] };
    let mut reduction;
    loop {
        if space.orient(&mut bounds).is_err() {
            return over(Fate::Empty);
        }
        reduction = match reduce(&space.problem, &space.restricted(&bounds), &effort) {
            Ok(reduction) => reduction,
            Err(_) => return over(Fate::Empty),
        };
        let mut narrowed = false;
        for (&column, bounds) in space.integers.iter().zip(&mut bounds) {
            let c = column as usize;
            let low = reduction.original_lower.get(c).copied().unwrap_or(bounds.0);
            let high = reduction.original_upper.get(c).copied().unwrap_or(bounds.1);
            narrowed |= low > bounds.0 + 0.5 || high < bounds.1 - 0.5;
            *bounds = (bounds.0.max(low), bounds.1.min(high));
        }
        if !narrowed || space.orientations.is_empty() {
            break;
        }
    }
    let relaxed = solve_reduced(reduction, request);
    let bound = relaxed.bound.max(parent);
    let fate = match relaxed.verdict {
        Verdict::Infeasible => Fate::Empty,
        Verdict::Stopped => Fate::Stopped,
        _ if request.cutoff.is_some_and(|c| bound >= c) => Fate::Beyond(bound),
        verdict => {
            let (mut reduced, mut pressure) = (vec![0.0; bounds.len()], vec![0.0; bounds.len()]);
            if let Some((reduction, costs)) = &relaxed.reduced {
                for (place, &column) in reduction.kept.iter().enumerate() {
                    if let Some(index) = space.integer_index(column) {
                        if let (Some(slot), Some(&cost)) = (reduced.get_mut(index), costs.get(place)) {
                            *slot = cost;
                        }
                        if let (Some(slot), Some(&weight)) = (pressure.get_mut(index), relaxed.pressure.get(place)) {
                            *slot = weight;
                        }
                    }
                }
            }
            let solved = verdict == Verdict::Solved;
            Fate::Open(Box::new(Node {
                bounds,
                bound,
                certified: relaxed.bound,
                x: relaxed.x,
                reduced,
                pressure,
                solved,
            }))
        }
    };
    Evaluated { fate, iterations: relaxed.iterations }
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
