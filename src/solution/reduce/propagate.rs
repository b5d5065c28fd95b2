//! Bounds that follow from rows and cones.

use super::work::Work;
use super::{Contradiction, range};
use crate::lowered::{ColumnId, ConeId, ConeKind, RowId};
use crate::solution::conic::LinearRow;

/// Passes over what changed.
const PASSES: usize = 12;
/// Least relative narrowing of a continuous column worth passing on.
const WORTH: f64 = 0.05;
/// Outward margin of a derived bound, relative to the magnitudes it was made of.
const MARGIN: f64 = 1e-13;

impl Work<'_> {
    /// Propagates bounds through the rows and cones that are pending.
    pub(super) fn propagate(&mut self) -> Result<(), Contradiction> {
        for _ in 0..PASSES {
            let mut changed = false;
            for index in self.rows.ids() {
                if std::mem::take(&mut self.pending_rows[index]) {
                    changed |= self.propagate_row(index)?;
                }
            }
            for index in self.cones.ids() {
                if std::mem::take(&mut self.pending_cones[index]) {
                    changed |= self.propagate_cone(index)?;
                }
            }
            if !changed {
                break;
            }
        }
        Ok(())
    }

    fn propagate_row(&mut self, index: RowId) -> Result<bool, Contradiction> {
        let Some(row) = &mut self.rows[index] else { return Ok(false) };
        let row = LinearRow { terms: std::mem::take(&mut row.terms), ..*row };
        let result = self.tighten(&row, self.noise[index]);
        if let Some(slot) = &mut self.rows[index] {
            slot.terms = row.terms;
        }
        result
    }

    fn tighten(&mut self, row: &LinearRow, noise: f64) -> Result<bool, Contradiction> {
        let (mut least, mut greatest, mut size) = (0.0, 0.0, 0.0);
        let (mut open_least, mut open_greatest) = (0u32, 0u32);
        let ends = |work: &Work<'_>, column: ColumnId, a: f64| {
            let (low, high) = work.implied(column);
            if a > 0.0 { (a * low, a * high) } else { (a * high, a * low) }
        };
        for &(column, a) in &row.terms {
            let (low, high) = ends(self, column, a);
            if low.is_finite() {
                least += low;
                size += low.abs();
            } else {
                open_least += 1;
            }
            if high.is_finite() {
                greatest += high;
                size += high.abs();
            } else {
                open_greatest += 1;
            }
        }
        let tolerance = 1e-7 * f64::max(1.0, size) + noise;
        if (open_least == 0 && least > row.upper + tolerance)
            || (open_greatest == 0 && greatest < row.lower - tolerance)
        {
            return Err(Contradiction);
        }
        if open_least > 1 && open_greatest > 1 {
            return Ok(false);
        }
        let mut changed = false;
        for &(column, a) in &row.terms {
            let (low, high) = ends(self, column, a);
            // The rest of the row at its least and greatest, where finite.
            let rest_least = rest(least, open_least, low);
            let rest_greatest = rest(greatest, open_greatest, high);
            let margin = MARGIN * size + noise;
            let most = rest_least.filter(|_| row.upper.is_finite()).map_or(f64::INFINITY, |r| row.upper - r + margin);
            let fewest =
                rest_greatest.filter(|_| row.lower.is_finite()).map_or(f64::NEG_INFINITY, |r| row.lower - r - margin);
            let (lower, upper) = if a > 0.0 { (fewest / a, most / a) } else { (most / a, fewest / a) };
            if self.worth(column, lower, upper) && self.restrict(column, lower, upper)? {
                changed = true;
                // The sums follow the narrower column.
                let (new_low, new_high) = ends(self, column, a);
                follow(&mut least, &mut open_least, low, new_low);
                follow(&mut greatest, &mut open_greatest, high, new_high);
            }
        }
        Ok(changed)
    }

    fn propagate_cone(&mut self, index: ConeId) -> Result<bool, Contradiction> {
        let Some(cone) = &self.cones[index] else { return Ok(false) };
        let bounds: Vec<(f64, f64)> = cone
            .entries
            .iter()
            .map(|e| {
                let (low, high) = range(&e.terms, &self.implied_lower, &self.implied_upper);
                (e.constant + low, e.constant + high)
            })
            .collect();
        let heads = if cone.kind == ConeKind::Rotated { 2 } else { 1 };
        let reach = match (cone.kind, bounds.as_slice()) {
            (ConeKind::Rotated, [u, w, ..]) => {
                if crosses_zero(u.1) || crosses_zero(w.1) {
                    return Err(Contradiction);
                }
                (2.0 * u.1.max(0.0) * w.1.max(0.0)).sqrt()
            }
            (ConeKind::SecondOrder, [head, ..]) => {
                if crosses_zero(head.1) {
                    return Err(Contradiction);
                }
                head.1.max(0.0)
            }
            _ => return Ok(false),
        };
        let mut limits = Vec::new();
        for (position, entry) in cone.entries.iter().enumerate() {
            if let [(column, a)] = entry.terms.as_slice() {
                let (low, high) = if position < heads { (0.0, f64::INFINITY) } else { (-reach, reach) };
                let ends = ((low - entry.constant) / a, (high - entry.constant) / a);
                limits.push((*column, ends.0.min(ends.1), ends.0.max(ends.1)));
            }
        }
        let mut changed = false;
        for (column, low, high) in limits {
            let margin = |v: f64| if v.is_finite() { MARGIN * v.abs() } else { 0.0 };
            let (low, high) = (low - margin(low), high + margin(high));
            if !low.is_nan() && !high.is_nan() && self.worth(column, low, high) {
                changed |= self.restrict(column, low, high)?;
            }
        }
        Ok(changed)
    }

    /// Whether new bounds narrow the column enough.
    fn worth(&self, column: ColumnId, lower: f64, upper: f64) -> bool {
        let (low, high) = self.implied(column);
        if self.is_integer(column) {
            return lower > low + 0.5e-6 || upper < high - 0.5e-6;
        }
        let width = high - low;
        if width == 0.0 {
            return super::crosses(lower, upper) || lower > high || upper < low;
        }
        if !width.is_finite() {
            return (lower > low && (low.is_infinite() || lower - low > 1e-3 * low.abs().max(1.0)))
                || (upper < high && (high.is_infinite() || high - upper > 1e-3 * high.abs().max(1.0)));
        }
        lower - low > WORTH * width || high - upper > WORTH * width
    }
}

/// Whether an upper bound of a nonnegative quantity is negative beyond tolerance.
fn crosses_zero(upper: f64) -> bool {
    upper < -1e-7
}

/// A sum without one of its terms, unless another term is infinite.
fn rest(sum: f64, open: u32, term: f64) -> Option<f64> {
    match (term.is_finite(), open) {
        (true, 0) => Some(sum - term),
        (false, 1) => Some(sum),
        _ => None,
    }
}

/// Updates a sum when one of its terms moves.
fn follow(sum: &mut f64, open: &mut u32, old: f64, new: f64) {
    if old.is_finite() {
        *sum -= old;
    } else {
        *open = open.saturating_sub(1);
    }
    if new.is_finite() {
        *sum += new;
    } else {
        *open += 1;
    }
}
