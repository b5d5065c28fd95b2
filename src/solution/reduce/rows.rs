//! Rows that are empty, bounds, redundant or parallel to others.

use super::work::Work;
use super::{Contradiction, meets, range};
use crate::lowered::{ColumnId, RowId};
use crate::solution::conic::LinearRow;
use rustc_hash::FxHashMap;

impl Work<'_> {
    /// Turns rows of one term into bounds and drops rows that the bounds imply.
    pub(super) fn simplify_rows(&mut self) -> Result<bool, Contradiction> {
        let mut changed = false;
        for index in self.rows.ids() {
            let Some(row) = &self.rows[index] else { continue };
            match row.terms.as_slice() {
                [] => {
                    let noise = 1e-6 + self.noise[index];
                    if row.lower > noise || row.upper < -noise {
                        return Err(Contradiction);
                    }
                }
                &[(column, a)] => {
                    let (low, high) = (row.lower / a, row.upper / a);
                    let error = self.noise[index] / a.abs();
                    let (low, high) = self.forgive(column, (low.min(high), low.max(high)), error);
                    self.keep_bounds(column, low, high)?;
                }
                terms => {
                    let (least, greatest) = range(terms, &self.lower, &self.upper);
                    let size = 1e-12 * least.abs().max(greatest.abs());
                    let (low, high) = (row.lower, row.upper);
                    let (idle_low, idle_high) = (least >= low - size.min(1e-9), greatest <= high + size.min(1e-9));
                    if !(idle_low && idle_high) {
                        if let Some(row) = &mut self.rows[index] {
                            if idle_low && low.is_finite() && low != high {
                                row.lower = f64::NEG_INFINITY;
                            }
                            if idle_high && high.is_finite() && low != high {
                                row.upper = f64::INFINITY;
                            }
                        }
                        continue;
                    }
                }
            }
            changed = true;
            self.rows[index] = None;
        }
        Ok(changed)
    }

    /// Merges rows with proportional terms into one with both ranges.
    pub(super) fn merge_parallel_rows(&mut self) -> Result<bool, Contradiction> {
        let mut seen: FxHashMap<Vec<(ColumnId, u64)>, (RowId, f64)> = FxHashMap::default();
        let mut changed = false;
        for index in self.rows.ids() {
            let Some(row) = &mut self.rows[index] else { continue };
            row.terms.sort_unstable_by_key(|t| t.0);
            let Some(&(_, lead)) = row.terms.first() else { continue };
            // Coefficients relative to the first, compared to about twelve digits.
            let key = row.terms.iter().map(|&(c, a)| (c, rounded(a / lead))).collect();
            let (first, factor) = *seen.entry(key).or_insert((index, lead));
            if first == index {
                continue;
            }
            let factor = factor / lead;
            let (low, high) = (row.lower * factor, row.upper * factor);
            let (low, high) = if factor > 0.0 { (low, high) } else { (high, low) };
            changed = true;
            self.rows[index] = None;
            let noise = self.noise[index] * factor.abs();
            self.noise[first] = self.noise[first].max(noise);
            if let Some(row) = &mut self.rows[first] {
                intersect(row, low, high)?;
            }
        }
        Ok(changed)
    }
}

fn intersect(row: &mut LinearRow, lower: f64, upper: f64) -> Result<(), Contradiction> {
    let (low, high) = (row.lower.max(lower), row.upper.min(upper));
    if super::crosses(low, high) {
        return Err(Contradiction);
    }
    row.lower = low;
    row.upper = high;
    if meets(low, high) || low > high {
        let middle = 0.5 * (low + high);
        row.lower = middle;
        row.upper = middle;
    }
    Ok(())
}

fn rounded(value: f64) -> u64 {
    // Dropping the last 12 of 52 bits keeps about twelve digits.
    (value.to_bits().wrapping_add(1 << 11)) & !((1 << 12) - 1)
}
