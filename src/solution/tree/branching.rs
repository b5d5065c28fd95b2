//! Which integers to branch on.

use super::node::{Bounds, Node};
use super::space::Space;
use crate::ids::Id;
use crate::lowered::{ConeId, ConeKind};
use crate::solution::conic::{ConicRow, evaluate};

/// Distance from a whole number under which a value counts as one.
pub const WHOLE: f64 = 1e-6;

/// A way to split a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// Bounds of the two parts.
    pub children: [Bounds; 2],
}

/// Up to `count` promising splits of a node, best first; none if every integer is fixed.
///
/// An integer is ranked by its distance to the nearest whole numbers times what it decides about:
/// the flow through the cones it switches (for an arc of a network, the power into its head), or,
/// where it switches none, the pressure of the constraints on it. An integral relaxation is split
/// at an integer that is still free.
pub fn splits(space: &Space, node: &Node, count: usize) -> Vec<Split> {
    let weights = weights(space, node);
    let mut ranked: Vec<(f64, usize, f64)> = Vec::new();
    for (index, (&column, &(low, high))) in space.integers.iter().zip(&node.bounds).enumerate() {
        if high - low < 0.5 {
            continue;
        }
        let value = column.of(&node.x).clamp(low, high);
        let distance = (value - value.floor()).min(value.ceil() - value);
        let weight = weights[index];
        let score = if distance > WHOLE { distance * (weight + 1e-9) } else { 1e-15 * (1.0 + distance) };
        ranked.push((score, index, value));
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked
        .into_iter()
        .take(count)
        .filter_map(|(_, index, value)| {
            let (low, high) = node.bounds.get(index).copied()?;
            let floor = value.floor().clamp(low, high - 1.0);
            let part = |part: (f64, f64)| {
                let mut bounds = node.bounds.clone();
                bounds[index] = part;
                bounds
            };
            Some(Split { children: [part((low, floor)), part((floor + 1.0, high))] })
        })
        .collect()
}

/// What each integer decides about; flows and pressures each relative to their greatest.
fn weights(space: &Space, node: &Node) -> Vec<f64> {
    let flows: Vec<Option<f64>> = space
        .switched
        .iter()
        .map(|cones| {
            let flow = |&cone: &ConeId| tail(&space.problem.cones[cone], &node.x);
            (!cones.is_empty()).then(|| cones.iter().map(flow).sum())
        })
        .collect();
    let greatest = flows.iter().flatten().fold(0.0, |m: f64, &v| m.max(v)).max(1e-12);
    let pressed = node.pressure.iter().fold(0.0, |m: f64, &v| m.max(v)).max(1e-12);
    flows.iter().zip(&node.pressure).map(|(flow, pressure)| flow.map_or(pressure / pressed, |f| f / greatest)).collect()
}

/// Norm of a cone's tail.
fn tail(cone: &ConicRow, x: &[f64]) -> f64 {
    let heads = if cone.kind == ConeKind::Rotated { 2 } else { 1 };
    cone.entries.iter().skip(heads).map(|entry| evaluate(entry, x).powi(2)).sum::<f64>().sqrt()
}
