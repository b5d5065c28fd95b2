//! Cones whose interior is gone: a head that can only be zero forces its tail to zero.

use super::work::Work;
use super::{Contradiction, range};
use crate::lowered::{ConeKind, Entry};
use crate::solution::conic::{ConicRow, LinearRow, cone_violation};

/// A head below this is zero.
const ZERO: f64 = 1e-14;

impl Work<'_> {
    /// Replaces collapsed cones by linear rows and drops those that are constant.
    pub(super) fn collapse_cones(&mut self) -> Result<bool, Contradiction> {
        let mut changed = false;
        for index in self.cones.ids() {
            let Some(cone) = &self.cones[index] else { continue };
            if !self.collapses(cone) {
                continue;
            }
            let Some(cone) = self.cones[index].take() else { continue };
            changed = true;
            if cone.entries.iter().all(|e| e.terms.is_empty()) {
                let values: Vec<f64> = cone.entries.iter().map(|e| e.constant).collect();
                if cone_violation(cone.kind, &values) > 1e-6 {
                    return Err(Contradiction);
                }
                continue;
            }
            let heads = if cone.kind == ConeKind::Rotated { 2 } else { 1 };
            for (position, entry) in cone.entries.into_iter().enumerate() {
                let upper = if position < heads { f64::INFINITY } else { -entry.constant };
                self.add_row(LinearRow { lower: -entry.constant, upper, terms: entry.terms });
            }
        }
        Ok(changed)
    }

    fn collapses(&self, cone: &ConicRow) -> bool {
        let zero = |e: &Entry| e.constant + range(&e.terms, &self.implied_lower, &self.implied_upper).1 <= ZERO;
        let heads = if cone.kind == ConeKind::Rotated { 2 } else { 1 };
        cone.entries.iter().take(heads).any(zero)
            || cone.entries.iter().skip(heads).all(|e| e.terms.is_empty() && e.constant == 0.0)
            || cone.entries.iter().all(|e| e.terms.is_empty())
    }
}
