//! Columns that are fixed, tied to another by an equation, or slacks of one row.

use super::work::Work;
use super::{Contradiction, meets};
use crate::ids::Id;
use crate::lowered::{ColumnId, RowId};
use crate::solution::conic::LinearRow;

impl Work<'_> {
    /// Substitutes columns whose bounds meet.
    pub(super) fn fix_columns(&mut self) -> Result<bool, Contradiction> {
        let mut changed = false;
        for column in ColumnId::first(self.gone.len()) {
            let (low, high) = self.implied(column);
            if self.gone[column] || !low.is_finite() || !meets(low, high) {
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
        for index in self.rows.ids() {
            changed |= self.use_equation(index)?;
        }
        for column in ColumnId::first(self.gone.len()) {
            changed |= self.use_slack(column);
        }
        Ok(changed)
    }

    fn is_kept(&self, column: ColumnId) -> bool {
        self.kept.binary_search(&column).is_ok()
    }

    fn may_go(&self, column: ColumnId) -> bool {
        (self.eliminate_integers || !self.is_integer(column)) && !self.is_kept(column)
    }

    /// `a x + b y = c` eliminates x or y; the bounds of the one become bounds of the other.
    fn use_equation(&mut self, index: RowId) -> Result<bool, Contradiction> {
        let Some(LinearRow { lower, upper, terms }) = &self.rows[index] else { return Ok(false) };
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
        let (low, high) = (self.lower[column], self.upper[column]);
        let (kept_low, kept_high) = order(back(low), back(high));
        let (low, high) = self.implied(column);
        let (implied_low, implied_high) = order(back(low), back(high));
        self.rows[index] = None;
        let error = self.noise[index] / a.abs();
        self.substitute(column, other, factor, constant, error);
        let error = error / factor.abs();
        let (kept_low, kept_high) = self.forgive(other, (kept_low, kept_high), error);
        self.keep_bounds(other, kept_low, kept_high)?;
        let (implied_low, implied_high) = self.forgive(other, (implied_low, implied_high), error);
        self.restrict(other, implied_low, implied_high)?;
        Ok(true)
    }

    /// A column without cost in one row and no cone widens that row and goes.
    fn use_slack(&mut self, column: ColumnId) -> bool {
        if self.gone[column] || self.cost[column] != 0.0 || self.is_kept(column) {
            return false;
        }
        if self.column_cones[column].iter().any(|&k| self.cones[k].is_some()) {
            return false;
        }
        let mut found: Option<(RowId, f64)> = None;
        for &index in &self.column_rows[column] {
            let Some(row) = &self.rows[index] else { continue };
            let Some(&(_, a)) = row.terms.iter().find(|t| t.0 == column) else { continue };
            if found.is_some_and(|(other, _)| other != index) {
                return false;
            }
            found = Some((index, a));
        }
        let Some((index, a)) = found else { return self.drop_idle(column) };
        let Some(row) = &self.rows[index] else { return false };
        if self.is_integer(column) && !self.whole_without(row, column, a) {
            return false;
        }
        if row.terms.len() < 2 {
            return false;
        }
        let (low, high) = (self.lower[column], self.upper[column]);
        let (least, greatest) = if a > 0.0 { (a * low, a * high) } else { (a * high, a * low) };
        let mut before = row.clone();
        before.terms.retain(|t| t.0 != column);
        let after = LinearRow {
            lower: if row.lower.is_finite() { row.lower - greatest } else { f64::NEG_INFINITY },
            upper: if row.upper.is_finite() { row.upper - least } else { f64::INFINITY },
            terms: before.terms.clone(),
        };
        self.rows[index] = (after.lower.is_finite() || after.upper.is_finite()).then_some(after);
        self.pending_rows[index] = true;
        self.take_slack(column, a, before);
        true
    }

    /// A column that nothing depends on takes its value nearest to zero.
    fn drop_idle(&mut self, column: ColumnId) -> bool {
        let (low, high) = self.implied(column);
        if low > high || (self.is_integer(column) && !self.eliminate_integers) {
            return false;
        }
        let value = 0.0_f64.clamp(low, high);
        self.substitute(column, column, 0.0, value, 0.0);
        true
    }

    /// Whether an integer slack takes a whole value whenever the rest of its row does.
    fn whole_without(&self, row: &LinearRow, column: ColumnId, a: f64) -> bool {
        let whole = |v: f64| v.is_infinite() || (v / a).fract() == 0.0;
        whole(row.lower)
            && whole(row.upper)
            && row.terms.iter().all(|&(c, b)| c == column || (self.is_integer(c) && whole(b)))
    }
}
