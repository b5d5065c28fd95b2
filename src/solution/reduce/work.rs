//! The problem while it is being reduced.

use super::{Contradiction, Domain, Effort, Reduction, crosses, shift};
use crate::solution::conic::{Conic, ConicRow, LinearRow};

/// One elimination, undone for values.
#[derive(Debug, Clone)]
pub(super) enum Undo {
    /// The column has this value.
    Fixed { column: u32, value: f64 },
    /// `column = factor · other + constant`.
    Affine { column: u32, other: u32, factor: f64, constant: f64 },
    /// `lower <= rest + coefficient · column <= upper`, the column in its own bounds.
    Slack { column: u32, coefficient: f64, row: LinearRow, lower: f64, upper: f64, integer: bool },
}

impl Undo {
    /// Sets the eliminated column's value from the others.
    pub(super) fn apply(&self, x: &mut [f64]) {
        let at = |x: &[f64], c: u32| x.get(c as usize).copied().unwrap_or(0.0);
        let (column, value) = match self {
            Undo::Fixed { column, value } => (*column, *value),
            Undo::Affine { column, other, factor, constant } => (*column, factor * at(x, *other) + constant),
            Undo::Slack { column, coefficient, row, lower, upper, integer } => {
                let rest: f64 = row.terms.iter().map(|&(c, a)| a * at(x, c)).sum();
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
        if let Some(slot) = x.get_mut(column as usize) {
            *slot = value;
        }
    }
}

pub(super) struct Work<'a> {
    pub cost: Vec<f64>,
    pub offset: f64,
    /// Bounds to be kept.
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
    /// Bounds that follow.
    pub implied_lower: Vec<f64>,
    pub implied_upper: Vec<f64>,
    pub integer: &'a [bool],
    pub eliminate_integers: bool,
    /// Columns that only go when they are fixed.
    pub kept: &'a [u32],
    pub gone: Vec<bool>,
    pub rows: Vec<Option<LinearRow>>,
    /// Per row: what rounding may have added to its ends. A small coefficient makes much of it.
    pub noise: Vec<f64>,
    pub cones: Vec<Option<ConicRow>>,
    /// Rows per column; may hold rows that are gone or no longer contain the column.
    pub column_rows: Vec<Vec<u32>>,
    pub column_cones: Vec<Vec<u32>>,
    /// Rows and cones to propagate.
    pub pending_rows: Vec<bool>,
    pub pending_cones: Vec<bool>,
    undo: Vec<Undo>,
}

impl<'a> Work<'a> {
    pub(super) fn new(problem: &Conic, domain: &Domain, effort: &Effort<'a>) -> Result<Work<'a>, Contradiction> {
        let n = problem.columns();
        let mut column_rows = vec![Vec::new(); n];
        for (index, row) in problem.rows.iter().enumerate() {
            for &(column, _) in &row.terms {
                if let Some(list) = column_rows.get_mut(column as usize) {
                    list.push(index as u32);
                }
            }
        }
        let mut column_cones = vec![Vec::new(); n];
        for (index, cone) in problem.cones.iter().enumerate() {
            for &(column, _) in cone.entries.iter().flat_map(|e| &e.terms) {
                if let Some(list) = column_cones.get_mut(column as usize)
                    && list.last() != Some(&(index as u32))
                {
                    list.push(index as u32);
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
            gone: vec![false; n],
            rows: problem.rows.iter().cloned().map(Some).collect(),
            noise: vec![0.0; problem.rows.len()],
            cones: problem.cones.iter().cloned().map(Some).collect(),
            column_rows,
            column_cones,
            pending_rows: vec![true; problem.rows.len()],
            pending_cones: vec![true; problem.cones.len()],
            undo: Vec::new(),
        };
        for column in 0..n as u32 {
            work.restrict(column, f64::NEG_INFINITY, f64::INFINITY)?;
        }
        Ok(work)
    }

    pub(super) fn is_integer(&self, column: u32) -> bool {
        self.integer.get(column as usize).copied().unwrap_or(false)
    }

    pub(super) fn implied(&self, column: u32) -> (f64, f64) {
        let c = column as usize;
        (
            self.implied_lower.get(c).copied().unwrap_or(f64::NEG_INFINITY),
            self.implied_upper.get(c).copied().unwrap_or(f64::INFINITY),
        )
    }

    /// Tightens the implied bounds of a column and wakes its rows and cones. Bounds of integer
    /// columns are rounded and kept.
    pub(super) fn restrict(&mut self, column: u32, lower: f64, upper: f64) -> Result<bool, Contradiction> {
        let c = column as usize;
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
        if let (Some(l), Some(u)) = (self.implied_lower.get_mut(c), self.implied_upper.get_mut(c)) {
            *l = low;
            *u = high;
        }
        if integer && let (Some(l), Some(u)) = (self.lower.get_mut(c), self.upper.get_mut(c)) {
            *l = low;
            *u = high;
        }
        self.wake(column);
        Ok(true)
    }

    /// Marks what the column stands in for propagation.
    pub(super) fn wake(&mut self, column: u32) {
        for &row in self.column_rows.get(column as usize).into_iter().flatten() {
            if let Some(flag) = self.pending_rows.get_mut(row as usize) {
                *flag = true;
            }
        }
        for &cone in self.column_cones.get(column as usize).into_iter().flatten() {
            if let Some(flag) = self.pending_cones.get_mut(cone as usize) {
                *flag = true;
            }
        }
    }

    /// Bounds that are off by up to `error` and miss the known ones by no more than that meet them.
    pub(super) fn forgive(&self, column: u32, (lower, upper): (f64, f64), error: f64) -> (f64, f64) {
        let (low, high) = self.implied(column);
        let lower = if lower > high && lower - error <= high { high } else { lower };
        let upper = if upper < low && upper + error >= low { low } else { upper };
        (lower, upper)
    }

    /// Makes a bound one that must be kept.
    pub(super) fn keep_bounds(&mut self, column: u32, lower: f64, upper: f64) -> Result<(), Contradiction> {
        self.restrict(column, lower, upper)?;
        let c = column as usize;
        if let (Some(l), Some(u)) = (self.lower.get_mut(c), self.upper.get_mut(c)) {
            *l = l.max(lower);
            *u = u.min(upper);
        }
        Ok(())
    }

    /// Adds a row.
    pub(super) fn add_row(&mut self, row: LinearRow) {
        let index = self.rows.len() as u32;
        for &(column, _) in &row.terms {
            if let Some(list) = self.column_rows.get_mut(column as usize) {
                list.push(index);
            }
        }
        self.rows.push(Some(row));
        self.noise.push(0.0);
        self.pending_rows.push(true);
    }

    /// Replaces a column by `factor · other + constant` (factor 0: a constant), known to `error`,
    /// everywhere.
    pub(super) fn substitute(&mut self, column: u32, other: u32, factor: f64, constant: f64, error: f64) {
        let error = error + ROUNDING * constant.abs();
        let rows = self.column_rows.get_mut(column as usize).map(std::mem::take).unwrap_or_default();
        for &index in &rows {
            if let Some(Some(row)) = self.rows.get_mut(index as usize)
                && let Some(moved) = replace(&mut row.terms, column, other, factor)
            {
                shift(row, moved * constant);
                if let Some(noise) = self.noise.get_mut(index as usize) {
                    *noise += moved.abs() * error;
                }
                if let Some(flag) = self.pending_rows.get_mut(index as usize) {
                    *flag = true;
                }
                if factor != 0.0
                    && let Some(list) = self.column_rows.get_mut(other as usize)
                    && !list.contains(&index)
                {
                    list.push(index);
                }
            }
        }
        let cones = self.column_cones.get_mut(column as usize).map(std::mem::take).unwrap_or_default();
        for &index in &cones {
            let Some(Some(cone)) = self.cones.get_mut(index as usize) else { continue };
            for entry in &mut cone.entries {
                if let Some(moved) = replace(&mut entry.terms, column, other, factor) {
                    entry.constant += moved * constant;
                }
            }
            if let Some(flag) = self.pending_cones.get_mut(index as usize) {
                *flag = true;
            }
            if factor != 0.0
                && let Some(list) = self.column_cones.get_mut(other as usize)
                && !list.contains(&index)
            {
                list.push(index);
            }
        }
        let cost = self.cost.get_mut(column as usize).map(std::mem::take).unwrap_or(0.0);
        self.offset += cost * constant;
        if factor != 0.0
            && let Some(total) = self.cost.get_mut(other as usize)
        {
            *total += cost * factor;
        }
        if let Some(gone) = self.gone.get_mut(column as usize) {
            *gone = true;
        }
        self.undo.push(if factor == 0.0 {
            Undo::Fixed { column, value: constant }
        } else {
            Undo::Affine { column, other, factor, constant }
        });
    }

    /// Takes a column out as the slack of `row`, which has already lost it.
    pub(super) fn take_slack(&mut self, column: u32, coefficient: f64, row: LinearRow) {
        let c = column as usize;
        let (lower, upper) = (
            self.lower.get(c).copied().unwrap_or(f64::NEG_INFINITY),
            self.upper.get(c).copied().unwrap_or(f64::INFINITY),
        );
        if let Some(gone) = self.gone.get_mut(c) {
            *gone = true;
        }
        self.undo.push(Undo::Slack { column, coefficient, row, lower, upper, integer: self.is_integer(column) });
    }

    /// Packs what is left.
    pub(super) fn finish(self) -> Reduction {
        let mut place = vec![u32::MAX; self.gone.len()];
        let mut kept = Vec::new();
        for (column, _) in self.gone.iter().enumerate().filter(|(_, gone)| !**gone) {
            if let Some(slot) = place.get_mut(column) {
                *slot = kept.len() as u32;
            }
            kept.push(column as u32);
        }
        let pick = |values: &[f64]| kept.iter().filter_map(|&c| values.get(c as usize).copied()).collect::<Vec<f64>>();
        let renumber = |terms: &mut Vec<(u32, f64)>| {
            terms.retain_mut(|term| {
                term.0 = place.get(term.0 as usize).copied().unwrap_or(u32::MAX);
                term.0 != u32::MAX
            });
        };
        let mut rows: Vec<LinearRow> = self.rows.into_iter().flatten().collect();
        rows.iter_mut().for_each(|row| renumber(&mut row.terms));
        let (sources, mut cones): (Vec<u32>, Vec<ConicRow>) =
            (0..).zip(self.cones).filter_map(|(index, cone)| Some((index, cone?))).unzip();
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
fn replace(terms: &mut Vec<(u32, f64)>, column: u32, other: u32, factor: f64) -> Option<f64> {
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
