//! The problem while it is being reduced.

use super::{Contradiction, Domain, Effort, Reduction, crosses, shift};
use crate::ids::{Id, IdVec};
use crate::lowered::{ColumnId, ConeId, RowId};
use crate::solution::conic::{Conic, ConicRow, LinearRow};

/// One elimination, undone for values.
#[derive(Debug, Clone)]
pub(super) enum Undo {
    /// The column has this value.
    Fixed { column: ColumnId, value: f64 },
    /// `column = factor · other + constant`.
    Affine { column: ColumnId, other: ColumnId, factor: f64, constant: f64 },
    /// `lower <= rest + coefficient · column <= upper`, the column in its own bounds.
    Slack { column: ColumnId, coefficient: f64, row: LinearRow, lower: f64, upper: f64, integer: bool },
}

impl Undo {
    /// Sets the eliminated column's value from the others.
    pub(super) fn apply(&self, x: &mut IdVec<ColumnId, f64>) {
        let (column, value) = match self {
            Undo::Fixed { column, value } => (*column, *value),
            Undo::Affine { column, other, factor, constant } => (*column, factor * x[*other] + constant),
            Undo::Slack { column, coefficient, row, lower, upper, integer } => {
                let rest: f64 = row.terms.iter().map(|&(c, a)| a * x[c]).sum();
                let (mut low, mut high) = ((row.lower - rest) / coefficient, (row.upper - rest) / coefficient);
                if *coefficient < 0.0 {
                    std::mem::swap(&mut low, &mut high);
                }
                let (low, high) = (low.max(*lower), high.min(*upper));
                let middle = match (low.is_finite(), high.is_finite()) {
                    (true, true) => 0.5 * (low + high),
                    (true, false) => low,
                    (false, true) => high,
                    (false, false) => 0.0,
                };
                let whole = middle.round();
                let near = *integer && whole >= low - 1e-6 && whole <= high + 1e-6;
                (*column, if near { whole } else { middle })
            }
        };
        x[column] = value;
    }
}

pub(super) struct Work<'a> {
    pub cost: IdVec<ColumnId, f64>,
    pub offset: f64,
    /// Bounds to be kept.
    pub lower: IdVec<ColumnId, f64>,
    pub upper: IdVec<ColumnId, f64>,
    /// Bounds that follow.
    pub implied_lower: IdVec<ColumnId, f64>,
    pub implied_upper: IdVec<ColumnId, f64>,
    pub integer: &'a IdVec<ColumnId, bool>,
    pub eliminate_integers: bool,
    /// Columns that only go when they are fixed.
    pub kept: &'a [ColumnId],
    pub gone: IdVec<ColumnId, bool>,
    pub rows: IdVec<RowId, Option<LinearRow>>,
    /// Per row: what rounding may have added to its ends. A small coefficient makes much of it.
    pub noise: IdVec<RowId, f64>,
    pub cones: IdVec<ConeId, Option<ConicRow>>,
    /// Rows per column; may hold rows that are gone or no longer contain the column.
    pub column_rows: IdVec<ColumnId, Vec<RowId>>,
    pub column_cones: IdVec<ColumnId, Vec<ConeId>>,
    /// Rows and cones to propagate.
    pub pending_rows: IdVec<RowId, bool>,
    pub pending_cones: IdVec<ConeId, bool>,
    undo: Vec<Undo>,
}

impl<'a> Work<'a> {
    pub(super) fn new(problem: &Conic, domain: &Domain, effort: &Effort<'a>) -> Result<Work<'a>, Contradiction> {
        let n = problem.columns();
        let mut column_rows: IdVec<ColumnId, Vec<RowId>> = IdVec::filled(Vec::new(), n);
        for (index, row) in problem.rows.each() {
            for &(column, _) in &row.terms {
                column_rows[column].push(index);
            }
        }
        let mut column_cones: IdVec<ColumnId, Vec<ConeId>> = IdVec::filled(Vec::new(), n);
        for (index, cone) in problem.cones.each() {
            for &(column, _) in cone.entries.iter().flat_map(|e| &e.terms) {
                let list = &mut column_cones[column];
                if list.last() != Some(&index) {
                    list.push(index);
                }
            }
        }
        let mut work = Work {
            cost: problem.cost.clone(),
            offset: problem.offset,
            lower: domain.lower.clone(),
            upper: domain.upper.clone(),
            implied_lower: domain.implied_lower.clone(),
            implied_upper: domain.implied_upper.clone(),
            integer: effort.integer,
            eliminate_integers: effort.eliminate_integers,
            kept: effort.kept,
            gone: IdVec::filled(false, n),
            rows: problem.rows.iter().cloned().map(Some).collect(),
            noise: IdVec::filled(0.0, problem.rows.len()),
            cones: problem.cones.iter().cloned().map(Some).collect(),
            column_rows,
            column_cones,
            pending_rows: IdVec::filled(true, problem.rows.len()),
            pending_cones: IdVec::filled(true, problem.cones.len()),
            undo: Vec::new(),
        };
        for column in ColumnId::first(n) {
            work.restrict(column, f64::NEG_INFINITY, f64::INFINITY)?;
        }
        Ok(work)
    }

    pub(super) fn is_integer(&self, column: ColumnId) -> bool {
        self.integer[column]
    }

    pub(super) fn implied(&self, column: ColumnId) -> (f64, f64) {
        (self.implied_lower[column], self.implied_upper[column])
    }

    /// Tightens the implied bounds of a column and wakes its rows and cones. Bounds of integer
    /// columns are rounded and kept.
    pub(super) fn restrict(&mut self, column: ColumnId, lower: f64, upper: f64) -> Result<bool, Contradiction> {
        let (old_low, old_high) = self.implied(column);
        let (mut low, mut high) = (lower.max(old_low), upper.min(old_high));
        let integer = self.is_integer(column);
        if integer {
            low = (low - 1e-6).ceil();
            high = (high + 1e-6).floor();
        }
        if low.is_nan() || high.is_nan() || crosses(low, high) {
            return Err(Contradiction);
        }
        if low > high {
            // Rounding noise: either end is as good.
            if low > old_low && high < old_high {
                low = 0.5 * (low + high);
                high = low;
            } else if low > old_low {
                low = high;
            } else {
                high = low;
            }
        }
        if low <= old_low && high >= old_high {
            return Ok(false);
        }
        self.implied_lower[column] = low;
        self.implied_upper[column] = high;
        if integer {
            self.lower[column] = low;
            self.upper[column] = high;
        }
        self.wake(column);
        Ok(true)
    }

    /// Marks what the column stands in for propagation.
    pub(super) fn wake(&mut self, column: ColumnId) {
        for &row in &self.column_rows[column] {
            self.pending_rows[row] = true;
        }
        for &cone in &self.column_cones[column] {
            self.pending_cones[cone] = true;
        }
    }

    /// Bounds that are off by up to `error` and miss the known ones by no more than that meet them.
    pub(super) fn forgive(&self, column: ColumnId, (lower, upper): (f64, f64), error: f64) -> (f64, f64) {
        let (low, high) = self.implied(column);
        let lower = if lower > high && lower - error <= high { high } else { lower };
        let upper = if upper < low && upper + error >= low { low } else { upper };
        (lower, upper)
    }

    /// Makes a bound one that must be kept.
    pub(super) fn keep_bounds(&mut self, column: ColumnId, lower: f64, upper: f64) -> Result<(), Contradiction> {
        self.restrict(column, lower, upper)?;
        self.lower[column] = self.lower[column].max(lower);
        self.upper[column] = self.upper[column].min(upper);
        Ok(())
    }

    /// Adds a row.
    pub(super) fn add_row(&mut self, row: LinearRow) {
        let index = self.rows.next_id();
        for &(column, _) in &row.terms {
            self.column_rows[column].push(index);
        }
        self.rows.push(Some(row));
        self.noise.push(0.0);
        self.pending_rows.push(true);
    }

    /// Replaces a column by `factor · other + constant` (factor 0: a constant), known to `error`,
    /// everywhere.
    pub(super) fn substitute(&mut self, column: ColumnId, other: ColumnId, factor: f64, constant: f64, error: f64) {
        let error = error + ROUNDING * constant.abs();
        let rows = std::mem::take(&mut self.column_rows[column]);
        for &index in &rows {
            let Some(row) = &mut self.rows[index] else { continue };
            let Some(moved) = replace(&mut row.terms, column, other, factor) else { continue };
            shift(row, moved * constant);
            self.noise[index] += moved.abs() * error;
            self.pending_rows[index] = true;
            if factor != 0.0 && !self.column_rows[other].contains(&index) {
                self.column_rows[other].push(index);
            }
        }
        let cones = std::mem::take(&mut self.column_cones[column]);
        for &index in &cones {
            let Some(cone) = &mut self.cones[index] else { continue };
            for entry in &mut cone.entries {
                if let Some(moved) = replace(&mut entry.terms, column, other, factor) {
                    entry.constant += moved * constant;
                }
            }
            self.pending_cones[index] = true;
            if factor != 0.0 && !self.column_cones[other].contains(&index) {
                self.column_cones[other].push(index);
            }
        }
        let cost = std::mem::take(&mut self.cost[column]);
        self.offset += cost * constant;
        if factor != 0.0 {
            self.cost[other] += cost * factor;
        }
        self.gone[column] = true;
        self.undo.push(if factor == 0.0 {
            Undo::Fixed { column, value: constant }
        } else {
            Undo::Affine { column, other, factor, constant }
        });
    }

    /// Takes a column out as the slack of `row`, which has already lost it.
    pub(super) fn take_slack(&mut self, column: ColumnId, coefficient: f64, row: LinearRow) {
        let (lower, upper) = (self.lower[column], self.upper[column]);
        self.gone[column] = true;
        self.undo.push(Undo::Slack { column, coefficient, row, lower, upper, integer: self.is_integer(column) });
    }

    /// Packs what is left.
    pub(super) fn finish(self) -> Reduction {
        let mut place: IdVec<ColumnId, Option<ColumnId>> = IdVec::filled(None, self.gone.len());
        let mut kept: IdVec<ColumnId, ColumnId> = IdVec::new();
        for (column, _) in self.gone.each().filter(|(_, gone)| !**gone) {
            place[column] = Some(kept.push(column));
        }
        let pick = |values: &IdVec<ColumnId, f64>| kept.iter().map(|&c| values[c]).collect::<IdVec<ColumnId, f64>>();
        let renumber = |terms: &mut Vec<(ColumnId, f64)>| {
            for (column, _) in terms {
                let Some(new) = place[*column] else {
                    panic!("internal: {column:?} is gone and still stands in a row")
                };
                *column = new;
            }
        };
        let mut rows: IdVec<RowId, LinearRow> = self.rows.into_iter().flatten().collect();
        rows.iter_mut().for_each(|row| renumber(&mut row.terms));
        let sources = self.cones.each().filter(|(_, cone)| cone.is_some()).map(|(index, _)| index).collect();
        let mut cones: IdVec<ConeId, ConicRow> = self.cones.into_iter().flatten().collect();
        cones.iter_mut().flat_map(|cone| &mut cone.entries).for_each(|entry| renumber(&mut entry.terms));
        Reduction {
            problem: Conic {
                offset: self.offset,
                cost: pick(&self.cost),
                lower: pick(&self.lower),
                upper: pick(&self.upper),
                rows,
                cones,
            },
            lower: pick(&self.implied_lower),
            upper: pick(&self.implied_upper),
            kept,
            cones: sources,
            original_lower: self.implied_lower,
            original_upper: self.implied_upper,
            undo: self.undo,
        }
    }
}

/// Relative error of a few operations.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Replaces `column` by `factor · other` in terms; its coefficient, if it was there.
fn replace(terms: &mut Vec<(ColumnId, f64)>, column: ColumnId, other: ColumnId, factor: f64) -> Option<f64> {
    let position = terms.iter().position(|t| t.0 == column)?;
    let (_, coefficient) = terms.swap_remove(position);
    if factor != 0.0 {
        match terms.iter_mut().find(|t| t.0 == other) {
            Some(term) => {
                let sum = term.1 + coefficient * factor;
                // Exact cancellation up to rounding.
                term.1 = if sum.abs() <= 1e-13 * term.1.abs() { 0.0 } else { sum };
            }
            None => terms.push((other, coefficient * factor)),
        }
        terms.retain(|t| t.1 != 0.0);
    }
    Some(coefficient)
}
