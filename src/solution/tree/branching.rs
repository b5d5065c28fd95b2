//! Which integers to branch on.

use super::node::{Bounds, Node};
use super::space::Space;

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
/// An integer is ranked by its distance to the nearest whole numbers times the pressure of the
/// constraints on it; an integral relaxation is split at an integer that is still free.
pub fn splits(space: &Space, node: &Node, count: usize) -> Vec<Split> {
    let mut ranked: Vec<(f64, usize, f64)> = Vec::new();
    for (index, (&column, &(low, high))) in space.integers.iter().zip(&node.bounds).enumerate() {
        if high - low < 0.5 {
            continue;
        }
        let value = node.x.get(column as usize).copied().unwrap_or(low).clamp(low, high);
        let distance = (value - value.floor()).min(value.ceil() - value);
        let weight = node.pressure.get(index).copied().unwrap_or(0.0);
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
                if let Some(slot) = bounds.get_mut(index) {
                    *slot = part;
                }
                bounds
            };
            Some(Split { children: [part((low, floor)), part((floor + 1.0, high))] })
        })
        .collect()
}
