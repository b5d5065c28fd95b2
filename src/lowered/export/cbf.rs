//! The Conic Benchmark Format, version 1: rows and bounds in the nonnegative orthants, second-order
//! cones as `Q`, rotated ones as `QR`. CBF has no names: comments and the name map carry them.

use super::header;
use super::names::{NameMap, Named};
use super::number::number;
use super::{ExportError, Exported, check};
use crate::lowered::{ColumnId, Cone, ConeKind, Lowered};
use crate::program::Name;
use indexmap::IndexMap;
use std::fmt::Write as _;

/// The affine rows `A x + b` of the file with the cones they fill, in order.
#[derive(Default)]
struct Affine {
    /// (row, column, value).
    matrix: Vec<(usize, ColumnId, f64)>,
    /// (row, value).
    constants: Vec<(usize, f64)>,
    /// (cone, rows).
    cones: Vec<(&'static str, usize)>,
    rows: usize,
    names: IndexMap<String, Named>,
}

impl Affine {
    /// One row `terms + constant` (`sign` times both) in a linear cone, merged with its neighbours.
    fn linear(&mut self, cone: &'static str, terms: &[(ColumnId, f64)], constant: f64, name: &Name, scale: f64) {
        self.push(terms, constant, &name.to_string(), scale);
        match self.cones.last_mut() {
            Some((last, rows)) if *last == cone => *rows += 1,
            _ => self.cones.push((cone, 1)),
        }
    }

    fn cone(&mut self, cone: &Cone) {
        for entry in &cone.entries {
            self.push(&entry.terms, entry.constant, &cone.name.to_string(), 1.0);
        }
        let kind = match cone.kind {
            ConeKind::SecondOrder => "Q",
            ConeKind::Rotated => "QR",
        };
        self.cones.push((kind, cone.entries.len()));
    }

    fn push(&mut self, terms: &[(ColumnId, f64)], constant: f64, name: &str, scale: f64) {
        let row = self.rows;
        self.matrix.extend(terms.iter().filter(|(_, k)| *k != 0.0).map(|(c, k)| (row, *c, *k)));
        if constant != 0.0 {
            self.constants.push((row, constant));
        }
        self.names.insert(row.to_string(), Named { name: name.to_owned(), scale });
        self.rows += 1;
    }
}

/// Writes a problem, cones and integers included, as CBF text. The keys of its name map are the
/// zero-based column and row numbers of the file.
///
/// # Errors
/// Numbers that are not finite, terms of unknown columns.
pub fn cbf(problem: &Lowered) -> Result<Exported, ExportError> {
    check::writable(problem)?;
    let affine = rows(problem);
    let mut out = String::new();
    for line in header::lines(problem) {
        let _ = writeln!(out, "# {line}");
    }
    for (i, column) in problem.columns.iter().enumerate() {
        let _ = writeln!(out, "# column {i}: {}", header::comment(&column.name.to_string()));
    }
    out.push_str("\nVER\n1\n\nOBJSENSE\nMIN\n\n");
    let domains = domains(problem);
    let _ = writeln!(out, "VAR\n{} {}", problem.columns.len(), domains.len());
    for (domain, count) in domains {
        let _ = writeln!(out, "{domain} {count}");
    }
    let integers: Vec<usize> = problem.columns.iter().enumerate().filter(|(_, c)| c.integer).map(|(i, _)| i).collect();
    if !integers.is_empty() {
        let _ = writeln!(out, "\nINT\n{}", integers.len());
        for i in integers {
            let _ = writeln!(out, "{i}");
        }
    }
    let _ = writeln!(out, "\nCON\n{} {}", affine.rows, affine.cones.len());
    for (cone, count) in &affine.cones {
        let _ = writeln!(out, "{cone} {count}");
    }
    let objective: Vec<&(ColumnId, f64)> = problem.objective.iter().filter(|(_, k)| *k != 0.0).collect();
    let _ = writeln!(out, "\nOBJACOORD\n{}", objective.len());
    for (column, value) in objective {
        let _ = writeln!(out, "{} {}", column.0, number(*value));
    }
    if problem.offset != 0.0 {
        let _ = writeln!(out, "\nOBJBCOORD\n{}", number(problem.offset));
    }
    let _ = writeln!(out, "\nACOORD\n{}", affine.matrix.len());
    for (row, column, value) in &affine.matrix {
        let _ = writeln!(out, "{row} {} {}", column.0, number(*value));
    }
    let _ = writeln!(out, "\nBCOORD\n{}", affine.constants.len());
    for (row, value) in &affine.constants {
        let _ = writeln!(out, "{row} {}", number(*value));
    }
    let columns = problem
        .columns
        .iter()
        .enumerate()
        .map(|(i, c)| (i.to_string(), Named { name: c.name.to_string(), scale: c.scale }))
        .collect();
    let names = NameMap { objective_scale: problem.objective_scale, columns, rows: affine.names };
    Ok(Exported { text: out, names })
}

/// Columns with lower bound 0 are nonnegative variables; all others are free ones with rows.
fn domains(problem: &Lowered) -> Vec<(&'static str, usize)> {
    let mut runs: Vec<(&'static str, usize)> = Vec::new();
    for column in &problem.columns {
        let domain = if column.lower == 0.0 { "L+" } else { "F" };
        match runs.last_mut() {
            Some((last, count)) if *last == domain => *count += 1,
            _ => runs.push((domain, 1)),
        }
    }
    runs
}

fn rows(problem: &Lowered) -> Affine {
    let mut affine = Affine::default();
    for row in &problem.rows {
        if row.lower == row.upper {
            affine.linear("L=", &row.terms, -row.lower, &row.name, row.scale);
            continue;
        }
        if row.lower != f64::NEG_INFINITY {
            affine.linear("L+", &row.terms, -row.lower, &row.name, row.scale);
        }
        if row.upper != f64::INFINITY {
            affine.linear("L-", &row.terms, -row.upper, &row.name, row.scale);
        }
    }
    for (id, column) in problem.columns.each() {
        let term = [(id, 1.0)];
        if column.lower == column.upper {
            affine.linear("L=", &term, -column.lower, &column.name, column.scale);
            continue;
        }
        if column.lower != 0.0 && column.lower != f64::NEG_INFINITY {
            affine.linear("L+", &term, -column.lower, &column.name, column.scale);
        }
        if column.upper != f64::INFINITY {
            affine.linear("L-", &term, -column.upper, &column.name, column.scale);
        }
    }
    for cone in &problem.cones {
        affine.cone(cone);
    }
    affine
}
