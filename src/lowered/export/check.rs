//! What must hold of a problem before any text is written.

use super::ExportError;
use crate::ids::Id;
use crate::lowered::{ColumnId, Lowered};
use std::fmt::Display;

/// Every coefficient finite, every bound a number, every term of an existing column.
///
/// # Errors
/// The first column, row or cone that breaks this.
pub(super) fn writable(problem: &Lowered) -> Result<(), ExportError> {
    let columns = problem.columns.len();
    let not_finite = |name: &dyn Display| ExportError::NotFinite { name: name.to_string() };
    for column in &problem.columns {
        if !is_interval(column.lower, column.upper) {
            return Err(not_finite(&column.name));
        }
    }
    terms(&"the objective", &problem.objective, columns)?;
    if !problem.offset.is_finite() {
        return Err(not_finite(&"the objective"));
    }
    for row in &problem.rows {
        terms(&row.name, &row.terms, columns)?;
        if !is_interval(row.lower, row.upper) {
            return Err(not_finite(&row.name));
        }
    }
    for cone in &problem.cones {
        for entry in &cone.entries {
            terms(&cone.name, &entry.terms, columns)?;
            if !entry.constant.is_finite() {
                return Err(not_finite(&cone.name));
            }
        }
    }
    Ok(())
}

/// [`writable`], and no cones.
///
/// # Errors
/// As there, and [`ExportError::Cones`].
pub(super) fn linear(problem: &Lowered, format: &'static str) -> Result<(), ExportError> {
    if let Some(first) = problem.cones.first() {
        return Err(ExportError::Cones { format, count: problem.cones.len(), first: first.name.to_string() });
    }
    writable(problem)
}

/// Bounds a format can express: infinite ends point outwards.
fn is_interval(lower: f64, upper: f64) -> bool {
    lower < f64::INFINITY && upper > f64::NEG_INFINITY
}

fn terms(name: &dyn Display, terms: &[(ColumnId, f64)], columns: usize) -> Result<(), ExportError> {
    for (column, coefficient) in terms {
        if column.place() >= columns {
            return Err(ExportError::UnknownColumn { name: name.to_string() });
        }
        if !coefficient.is_finite() {
            return Err(ExportError::NotFinite { name: name.to_string() });
        }
    }
    Ok(())
}
