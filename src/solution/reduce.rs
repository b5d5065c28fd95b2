//! Reduction of a continuous problem before it goes to an interior-point method: bound
//! propagation, fixed columns and the cones that collapse with them, singleton rows, parallel rows,
//! two-term equations and slack columns. Every reduction is undone for values by [`Reduction::expand`].

mod columns;
mod cones;
mod dominated;
mod propagate;
mod rows;
mod work;

use super::conic::{Conic, LinearRow};
use crate::ids::IdVec;
use crate::lowered::{ColumnId, ConeId, Lowered};
use work::{Undo, Work};

/// Bounds of every column of a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    /// Bounds that must be kept.
    pub lower: IdVec<ColumnId, f64>,
    /// See `lower`.
    pub upper: IdVec<ColumnId, f64>,
    /// Bounds that follow from the constraints (at least as tight).
    pub implied_lower: IdVec<ColumnId, f64>,
    /// See `implied_lower`.
    pub implied_upper: IdVec<ColumnId, f64>,
}

impl Domain {
    /// A problem's own bounds.
    pub fn of(problem: &Conic) -> Domain {
        Domain {
            lower: problem.lower.clone(),
            upper: problem.upper.clone(),
            implied_lower: problem.lower.clone(),
            implied_upper: problem.upper.clone(),
        }
    }

    /// The bounds of a lowered problem's columns, with those derived for it.
    pub fn of_lowered(problem: &Lowered) -> Domain {
        let mut domain = Domain {
            lower: problem.columns.iter().map(|c| c.lower).collect(),
            upper: problem.columns.iter().map(|c| c.upper).collect(),
            implied_lower: problem.columns.iter().map(|c| c.lower).collect(),
            implied_upper: problem.columns.iter().map(|c| c.upper).collect(),
        };
        let implied = domain.implied_lower.iter_mut().zip(&mut domain.implied_upper);
        for ((lower, upper), &(low, high)) in implied.zip(&problem.derived) {
            *lower = lower.max(low);
            *upper = upper.min(high);
        }
        domain
    }

    /// Narrows a column.
    pub fn restrict(&mut self, column: ColumnId, lower: f64, upper: f64) {
        for bounds in [&mut self.lower, &mut self.implied_lower] {
            bounds[column] = bounds[column].max(lower);
        }
        for bounds in [&mut self.upper, &mut self.implied_upper] {
            bounds[column] = bounds[column].min(upper);
        }
    }
}

/// How far to go.
#[derive(Debug, Clone, Copy)]
pub struct Effort<'a> {
    /// Per column: integer. Bounds of integer columns are rounded in propagation.
    pub integer: &'a IdVec<ColumnId, bool>,
    /// Whether integer columns may be eliminated by equations (fixed ones always are).
    pub eliminate_integers: bool,
    /// Columns, sorted, that only go when they are fixed: more is said of them than stands in the problem.
    pub kept: &'a [ColumnId],
}

/// The problem proved to have no solution while it was reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contradiction;

/// A smaller problem with the same optimum, and the way back.
#[derive(Debug, Clone)]
pub struct Reduction {
    /// The smaller problem. Its bounds are those that must be kept.
    pub problem: Conic,
    /// Per column of the smaller problem: the original column.
    pub kept: IdVec<ColumnId, ColumnId>,
    /// Per cone of the smaller problem: the original cone. Entries keep their places, so a dual of
    /// the one is a dual of the other.
    pub cones: IdVec<ConeId, ConeId>,
    /// Bounds that follow from the constraints, per column of the smaller problem; at least as
    /// tight as the problem's own.
    pub lower: IdVec<ColumnId, f64>,
    /// See `lower`.
    pub upper: IdVec<ColumnId, f64>,
    /// Implied bounds per original column (fixed columns have equal ends).
    pub original_lower: IdVec<ColumnId, f64>,
    /// See `original_lower`.
    pub original_upper: IdVec<ColumnId, f64>,
    undo: Vec<Undo>,
}

impl Reduction {
    /// Values of all original columns from those of the smaller problem.
    pub fn expand(&self, x: &[f64]) -> Vec<f64> {
        let mut full: IdVec<ColumnId, f64> = IdVec::filled(0.0, self.original_lower.len());
        for (&column, &value) in self.kept.iter().zip(x) {
            full[column] = value;
        }
        for step in self.undo.iter().rev() {
            step.apply(&mut full);
        }
        full.into_vec()
    }
}

/// Reduces `problem` with its columns in `domain` (its own bounds or tighter ones).
///
/// # Errors
/// [`Contradiction`] if propagation finds an empty domain or a row that no point satisfies.
pub fn reduce(problem: &Conic, domain: &Domain, effort: &Effort<'_>) -> Result<Reduction, Contradiction> {
    let mut work = Work::new(problem, domain, effort)?;
    for _ in 0..ROUNDS {
        work.propagate()?;
        let mut changed = work.fix_columns()?;
        changed |= work.collapse_cones()?;
        changed |= work.simplify_rows()?;
        changed |= work.merge_parallel_rows()?;
        changed |= work.eliminate_columns()?;
        if !changed {
            break;
        }
    }
    work.drop_dominated_bounds();
    Ok(work.finish())
}

/// Rounds of the whole list of reductions.
const ROUNDS: usize = 8;

/// Relative difference under which two bounds meet.
const MEET: f64 = 1e-11;
/// Relative amount by which a lower bound must pass an upper bound to be a contradiction.
const CROSS: f64 = 1e-7;

/// Whether the interval is a single point up to rounding.
fn meets(lower: f64, upper: f64) -> bool {
    let size = lower.abs().max(upper.abs());
    size.is_finite() && upper - lower <= MEET * size
}

/// Whether the interval is empty beyond tolerance.
fn crosses(lower: f64, upper: f64) -> bool {
    lower - upper > CROSS * lower.abs().max(upper.abs()).max(1.0)
}

/// Least and greatest value of a linear form over a box, infinite where a bound is.
pub(super) fn range(
    terms: &[(ColumnId, f64)],
    lower: &IdVec<ColumnId, f64>,
    upper: &IdVec<ColumnId, f64>,
) -> (f64, f64) {
    terms.iter().fold((0.0, 0.0), |(least, greatest), &(column, a)| {
        let (low, high) = (lower[column], upper[column]);
        if a > 0.0 { (least + a * low, greatest + a * high) } else { (least + a * high, greatest + a * low) }
    })
}

/// A row whose terms were emptied or shortened still means the same with its constant moved over.
fn shift(row: &mut LinearRow, constant: f64) {
    row.lower -= constant;
    row.upper -= constant;
}
