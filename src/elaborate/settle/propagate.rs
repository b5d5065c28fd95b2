//! Rows over whole numbers, and what follows from those that are fixed.

use crate::program::{Domain, Relation, Variable};
use std::collections::VecDeque;

/// Rounding of sums of whole numbers.
const TOLERANCE: f64 = 1e-9;

/// Rows `constant + Σ terms <= 0` (or `= 0`), one after the other.
#[derive(Default)]
pub(super) struct Rows {
    /// Where the terms of each row end.
    ends: Vec<u32>,
    columns: Vec<u32>,
    coefficients: Vec<f64>,
    constants: Vec<f64>,
    equal: Vec<bool>,
}

impl Rows {
    /// Adds a relation, if it is a row.
    pub fn add(&mut self, relation: &Relation) {
        let (form, equal) = match relation {
            Relation::Le(form) => (form, false),
            Relation::Eq(form) => (form, true),
            Relation::Implies { .. } => return,
        };
        if !form.is_affine() {
            return;
        }
        self.columns.extend(form.affine.terms.iter().map(|t| t.0.0));
        self.coefficients.extend(form.affine.terms.iter().map(|t| t.1));
        self.ends.push(self.columns.len() as u32);
        self.constants.push(form.affine.constant);
        self.equal.push(equal);
    }

    /// Fixes binaries that have one value left; false where a row cannot hold.
    pub fn propagate(&self, variables: &[Variable], settled: &mut [f64]) -> bool {
        let rows = self.ends.len();
        let (starts, of) = self.by_column(settled.len());
        let mut queue: VecDeque<u32> = (0..rows as u32).collect();
        let mut queued = vec![true; rows];
        let mut fixed = Vec::new();
        while let Some(row) = queue.pop_front() {
            queued[row as usize] = false;
            fixed.clear();
            if !self.visit(row as usize, variables, settled, &mut fixed) {
                return false;
            }
            for column in &fixed {
                let c = *column as usize;
                for next in &of[starts[c] as usize..starts[c + 1] as usize] {
                    if !queued[*next as usize] {
                        queued[*next as usize] = true;
                        queue.push_back(*next);
                    }
                }
            }
        }
        true
    }

    fn terms(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        let range = start..self.ends[row] as usize;
        self.columns[range.clone()].iter().map(|c| *c as usize).zip(self.coefficients[range].iter().copied())
    }

    fn by_column(&self, columns: usize) -> (Vec<u32>, Vec<u32>) {
        let mut starts = vec![0u32; columns + 2];
        self.columns.iter().for_each(|c| starts[*c as usize + 2] += 1);
        for i in 2..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut of = vec![0u32; self.columns.len()];
        for row in 0..self.ends.len() {
            for (c, _) in self.terms(row) {
                of[starts[c + 1] as usize] = row as u32;
                starts[c + 1] += 1;
            }
        }
        starts.pop();
        (starts, of)
    }

    fn visit(&self, row: usize, variables: &[Variable], settled: &mut [f64], fixed: &mut Vec<u32>) -> bool {
        let (mut least, mut most) = (self.constants[row], self.constants[row]);
        for (column, k) in self.terms(row) {
            let (low, high) = range(&variables[column], settled[column]);
            least += (k * low).min(k * high);
            most += (k * low).max(k * high);
        }
        let equal = self.equal[row];
        if least > TOLERANCE || equal && most < -TOLERANCE {
            return false;
        }
        for (column, k) in self.terms(row) {
            if !settled[column].is_nan() || variables[column].domain != Domain::Binary {
                continue;
            }
            // With the value that adds more, the least sum is too great; with the other, the greatest too small.
            let (lesser, greater) = if k > 0.0 { (0.0, 1.0) } else { (1.0, 0.0) };
            let not_greater = least + k.abs() > TOLERANCE;
            let not_lesser = equal && most - k.abs() < -TOLERANCE;
            match (not_lesser, not_greater) {
                (true, true) => return false,
                (false, false) => continue,
                (true, false) => {
                    settled[column] = greater;
                    least += k.abs();
                }
                (false, true) => {
                    settled[column] = lesser;
                    most -= k.abs();
                }
            }
            fixed.push(column as u32);
        }
        true
    }
}

fn range(variable: &Variable, settled: f64) -> (f64, f64) {
    if settled.is_nan() { (variable.lower, variable.upper) } else { (settled, settled) }
}
