//! A continuous linear or second-order cone problem: what one relaxation is made of.

use crate::ids::{Id, IdVec};
use crate::lowered::{ColumnId, ConeId, ConeKind, Entry, Lowered, RowId};

/// `lower <= Σ terms <= upper`.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearRow {
    /// Least value (may be minus infinity).
    pub lower: f64,
    /// Greatest value (may be infinity).
    pub upper: f64,
    /// Column and coefficient, each column once.
    pub terms: Vec<(ColumnId, f64)>,
}

/// Membership of a vector of affine entries in a cone.
#[derive(Debug, Clone, PartialEq)]
pub struct ConicRow {
    /// Which cone.
    pub kind: ConeKind,
    /// Entries, in the order of [`ConeKind`].
    pub entries: Vec<Entry>,
}

/// Minimise `offset + cost · x` over rows, cones and column bounds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conic {
    /// Constant of the objective.
    pub offset: f64,
    /// Cost per column.
    pub cost: IdVec<ColumnId, f64>,
    /// Least value per column.
    pub lower: IdVec<ColumnId, f64>,
    /// Greatest value per column.
    pub upper: IdVec<ColumnId, f64>,
    /// Linear rows.
    pub rows: IdVec<RowId, LinearRow>,
    /// Cones.
    pub cones: IdVec<ConeId, ConicRow>,
}

impl Conic {
    /// The continuous relaxation of a lowered problem: the same columns, integrality dropped.
    pub fn relaxation(problem: &Lowered) -> Conic {
        let mut cost = IdVec::filled(0.0, problem.columns.len());
        for &(column, value) in &problem.objective {
            cost[column] += value;
        }
        Conic {
            offset: problem.offset,
            cost,
            lower: problem.columns.iter().map(|c| c.lower).collect(),
            upper: problem.columns.iter().map(|c| c.upper).collect(),
            rows: problem
                .rows
                .iter()
                .map(|row| LinearRow { lower: row.lower, upper: row.upper, terms: present(&row.terms) })
                .collect(),
            cones: problem
                .cones
                .iter()
                .map(|cone| ConicRow {
                    kind: cone.kind,
                    entries: (cone.entries.iter())
                        .map(|entry| Entry { constant: entry.constant, terms: present(&entry.terms) })
                        .collect(),
                })
                .collect(),
        }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.cost.len()
    }

    /// `offset + cost · x`.
    pub fn objective(&self, x: &[f64]) -> f64 {
        self.offset + self.cost.iter().zip(x).map(|(c, v)| c * v).sum::<f64>()
    }

    /// The greatest violation of a bound, a row or a cone at `x`, each relative to the size of the
    /// numbers it is made of (at least 1).
    pub fn violation(&self, x: &[f64]) -> f64 {
        let mut worst: f64 = 0.0;
        for ((&value, &lower), &upper) in x.iter().zip(&self.lower).zip(&self.upper) {
            let size = value.abs().max(1.0);
            worst = worst.max((lower - value) / size).max((value - upper) / size);
        }
        for row in &self.rows {
            let (activity, size) = activity(&row.terms, x);
            worst = worst.max((row.lower - activity) / size).max((activity - row.upper) / size);
        }
        for cone in &self.cones {
            let values: Vec<f64> = cone.entries.iter().map(|entry| evaluate(entry, x)).collect();
            worst = worst.max(cone_violation(cone.kind, &values));
        }
        worst
    }
}

/// Terms without those whose coefficient is zero.
fn present(terms: &[(ColumnId, f64)]) -> Vec<(ColumnId, f64)> {
    terms.iter().copied().filter(|t| t.1 != 0.0).collect()
}

/// Value and size (sum of magnitudes, at least 1) of a linear form.
fn activity(terms: &[(ColumnId, f64)], x: &[f64]) -> (f64, f64) {
    let (mut sum, mut size) = (0.0, 0.0);
    for &(column, coefficient) in terms {
        let term = coefficient * column.of(x);
        sum += term;
        size += term.abs();
    }
    (sum, f64::max(size, 1.0))
}

/// Value of an affine entry at `x`.
pub fn evaluate(entry: &Entry, x: &[f64]) -> f64 {
    entry.terms.iter().fold(entry.constant, |sum, &(column, coefficient)| sum + coefficient * column.of(x))
}

/// How far a vector is outside its cone, relative to its size (at least 1). The rotated cone is
/// measured in its rotation, an ordinary second-order cone.
pub fn cone_violation(kind: ConeKind, values: &[f64]) -> f64 {
    let rotated = rotate(kind, values);
    let head = rotated.first().copied().unwrap_or(0.0);
    let tail = rotated.iter().skip(1).map(|v| v * v).sum::<f64>().sqrt();
    (tail - head) / head.abs().max(1.0)
}

/// The orthogonal map of the rotated cone to the second-order cone, which is its own inverse:
/// `(u, w, t) → ((u + w)/√2, (u − w)/√2, t)`. The identity for a second-order cone.
pub fn rotate(kind: ConeKind, values: &[f64]) -> Vec<f64> {
    let mut result = values.to_vec();
    if let (ConeKind::Rotated, [u, w, ..]) = (kind, values)
        && let [first, second, ..] = result.as_mut_slice()
    {
        *first = (u + w) * std::f64::consts::FRAC_1_SQRT_2;
        *second = (u - w) * std::f64::consts::FRAC_1_SQRT_2;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotation_is_its_own_inverse_and_keeps_membership() {
        let inside = [2.0, 1.0, 1.0, 1.5];
        let turned = rotate(ConeKind::Rotated, &inside);
        let back = rotate(ConeKind::Rotated, &turned);
        for (a, b) in inside.iter().zip(&back) {
            assert!((a - b).abs() < 1e-12);
        }
        assert!(cone_violation(ConeKind::Rotated, &inside) <= 0.0);
        assert!(cone_violation(ConeKind::Rotated, &[1.0, 1.0, 1.5]) > 0.0);
    }
}
