//! Columns that are fixed, tied to another by an equation, or slacks of one row.

use super::work::Work;
use super::{Contradiction, meets};
use crate::solution::conic::LinearRow;

impl Work<'_> {
    /// Substitutes columns whose bounds meet.
    pub(super) fn fix_columns(&mut self) -> Result<bool, Contradiction> {
        let mut changed = false;
        for column in 0..self.gone.len() as u32 {
            let (low, high) = self.implied(column);
            if self.gone.get(column as usize).copied().unwrap_or(true) || !low.is_finite() || !meets(low, high) {
                continue;
            }
            let value = if self.is_integer(column) { low.round() } else { 0.5 * (low + high) };
            self.substitute(column, column, 0.0, value, 0.5 * (high - low));
            changed = true;
        }
        Ok(changed)
    }

    /// Eliminates columns by two-term equations and as slacks.
    pub(super) fn eliminate_columns(&mut self) -> Result<bool, Contradiction> {
        let mut changed = false;
        for index in 0..self.rows.len() {
            changed |= self.use_equation(index)?;
        }
        for column in 0..self.gone.len() as u32 {
            changed |= self.use_slack(column);
        }
        Ok(changed)
    }

    fn is_kept(&self, column: u32) -> bool {
        self.kept.binary_search(&column).is_ok()
    }

    fn may_go(&self, column: u32) -> bool {
        (self.eliminate_integers || !self.is_integer(column)) && !self.is_kept(column)
    }

    /// `a x + b y = c` eliminates x or y; the bounds of the one become bounds of the other.
    fn use_equation(&mut self, index: usize) -> Result<bool, Contradiction> {
        let Some(Some(LinearRow { lower, upper, terms })) = self.rows.get(index) else { return Ok(false) };
        let (&[first, second], true) = (terms.as_slice(), lower == upper) else { return Ok(false) };
        let rhs = *lower;
        // Keep the integer one; between equals the one with the larger coefficient goes.
        let second_goes = match (self.may_go(first.0), self.may_go(second.0)) {
            (false, false) => return Ok(false),
            (true, false) => false,
            (false, true) => true,
            (true, true) => second.1.abs() >= first.1.abs(),
        };
        let ((column, a), (other, b)) = if second_goes { (second, first) } else { (first, second) };
        let ratio = (b / a).abs();
        if !(1e-4..=1e4).contains(&ratio) {
            return Ok(false);
        }
        let (factor, constant) = (-b / a, rhs / a);
        let back = |v: f64| (v - constant) / factor;
        let order = |x: f64, y: f64| (x.min(y), x.max(y));
        let c = column as usize;
        let (low, high) = (
            self.lower.get(c).copied().unwrap_or(f64::NEG_INFINITY),
            self.upper.get(c).copied().unwrap_or(f64::INFINITY),
        );
        let (kept_low, kept_high) = order(back(low), back(high));
        let (low, high) = self.implied(column);
        let (implied_low, implied_high) = order(back(low), back(high));
        if let Some(slot) = self.rows.get_mut(index) {
            *slot = None;
        }
        let error = self.noise.get(index).copied().unwrap_or(0.0) / a.abs();
        self.substitute(column, other, factor, constant, error);
        let error = error / factor.abs();
        let (kept_low, kept_high) = self.forgive(other, (kept_low, kept_high), error);
        self.keep_bounds(other, kept_low, kept_high)?;
        let (implied_low, implied_high) = self.forgive(other, (implied_low, implied_high), error);
        self.restrict(other, implied_low, implied_high)?;
        Ok(true)
    }

    /// A column without cost in one row and no cone widens that row and goes.
    fn use_slack(&mut self, column: u32) -> bool {
        let c = column as usize;
        if self.gone.get(c).copied().unwrap_or(true) || self.cost.get(c).copied() != Some(0.0) || self.is_kept(column) {
            return false;
        }
        if self.column_cones.get(c).into_iter().flatten().any(|&k| matches!(self.cones.get(k as usize), Some(Some(_))))
        {
            return false;
        }
        let mut found: Option<(usize, f64)> = None;
        for &index in self.column_rows.get(c).into_iter().flatten() {
            let Some(Some(row)) = self.rows.get(index as usize) else { continue };
            let Some(&(_, a)) = row.terms.iter().find(|t| t.0 == column) else { continue };
            if found.is_some_and(|(other, _)| other != index as usize) {
                return false;
            }
            found = Some((index as usize, a));
        }
        let Some((index, a)) = found else { return self.drop_idle(column) };
        let Some(Some(row)) = self.rows.get(index) else { return false };
        if self.is_integer(column) && !self.whole_without(row, column, a) {
            return false;
        }
        if row.terms.len() < 2 {
            return false;
        }
        let (low, high) = (
            self.lower.get(c).copied().unwrap_or(f64::NEG_INFINITY),
            self.upper.get(c).copied().unwrap_or(f64::INFINITY),
        );
        let (least, greatest) = if a > 0.0 { (a * low, a * high) } else { (a * high, a * low) };
        let mut before = row.clone();
        before.terms.retain(|t| t.0 != column);
        let after = LinearRow {
            lower: if row.lower.is_finite() { row.lower - greatest } else { f64::NEG_INFINITY },
            upper: if row.upper.is_finite() { row.upper - least } else { f64::INFINITY },
            terms: before.terms.clone(),
        };
        if let Some(slot) = self.rows.get_mut(index) {
            *slot = (after.lower.is_finite() || after.upper.is_finite()).then_some(after);
        }
        if let Some(flag) = self.pending_rows.get_mut(index) {
            *flag = true;
        }
        self.take_slack(column, a, before);
        true
    }

    /// A column that nothing depends on takes its value nearest to zero.
    fn drop_idle(&mut self, column: u32) -> bool {
        let (low, high) = self.implied(column);
        if low > high || (self.is_integer(column) && !self.eliminate_integers) {
            return false;
        }
        let value = 0.0_f64.clamp(low, high);
        self.substitute(column, column, 0.0, value, 0.0);
        true
    }

    /// Whether an integer slack takes a whole value whenever the rest of its row does.
    fn whole_without(&self, row: &LinearRow, column: u32, a: f64) -> bool {
        let whole = |v: f64| v.is_infinite() || (v / a).fract() == 0.0;
        whole(row.lower)
            && whole(row.upper)
            && row.terms.iter().all(|&(c, b)| c == column || (self.is_integer(c) && whole(b)))
    }
}
