//! The free MPS format. The objective's constant is the negated right-hand side of the objective
//! row, which is what HiGHS, CPLEX, Gurobi and SCIP read.

use super::header;
use super::names::{NameMap, Namer};
use super::number::number;
use super::{ExportError, Exported, check};
use crate::ids::Id;
use crate::lowered::{Lowered, Row};
use std::fmt::Write as _;

/// The objective row. The escape never makes this word of a user's name.
const OBJECTIVE: &str = "objective";

/// Writes a linear problem as free MPS text.
///
/// # Errors
/// Cones, numbers that are not finite, terms of unknown columns.
pub fn mps(problem: &Lowered) -> Result<Exported, ExportError> {
    check::linear(problem, "MPS")?;
    let mut column_names = Namer::default();
    let mut row_names = Namer::default();
    let columns: Vec<String> =
        problem.columns.iter().map(|c| column_names.word(&c.name.to_string(), c.scale)).collect();
    let rows: Vec<String> = problem.rows.iter().map(|r| row_names.word(&r.name.to_string(), r.scale)).collect();
    let mut out = String::new();
    for line in header::lines(problem) {
        let _ = writeln!(out, "* {line}");
    }
    let _ = writeln!(out, "NAME tieline\nROWS\n N {OBJECTIVE}");
    for (row, word) in problem.rows.iter().zip(&rows) {
        let _ = writeln!(out, " {} {word}", kind(row));
    }
    out.push_str("COLUMNS\n");
    let mut in_integers = false;
    for ((column, word), entries) in problem.columns.iter().zip(&columns).zip(by_column(problem)) {
        if column.integer != in_integers {
            in_integers = column.integer;
            let mark = if in_integers { "'INTORG'" } else { "'INTEND'" };
            let _ = writeln!(out, " MARKER 'MARKER' {mark}");
        }
        if entries.is_empty() {
            let _ = writeln!(out, " {word} {OBJECTIVE} 0");
        }
        for (row, value) in entries {
            let row = row.and_then(|r| rows.get(r)).map_or(OBJECTIVE, String::as_str);
            let _ = writeln!(out, " {word} {row} {}", number(value));
        }
    }
    if in_integers {
        out.push_str(" MARKER 'MARKER' 'INTEND'\n");
    }
    out.push_str("RHS\n");
    if problem.offset != 0.0 {
        let _ = writeln!(out, " RHS {OBJECTIVE} {}", number(-problem.offset));
    }
    for (row, word) in problem.rows.iter().zip(&rows) {
        let value = if kind(row) == 'G' { row.lower } else { row.upper };
        if value != 0.0 && kind(row) != 'N' {
            let _ = writeln!(out, " RHS {word} {}", number(value));
        }
    }
    out.push_str("RANGES\n");
    for (row, word) in problem.rows.iter().zip(&rows) {
        if row.lower.is_finite() && row.upper.is_finite() && row.lower != row.upper {
            let _ = writeln!(out, " RANGES {word} {}", number(row.upper - row.lower));
        }
    }
    out.push_str("BOUNDS\n");
    for (column, word) in problem.columns.iter().zip(&columns) {
        bounds(&mut out, word, column.lower, column.upper);
    }
    out.push_str("ENDATA\n");
    let names =
        NameMap { objective_scale: problem.objective_scale, columns: column_names.finish(), rows: row_names.finish() };
    Ok(Exported { text: out, names })
}

fn kind(row: &Row) -> char {
    match (row.lower == f64::NEG_INFINITY, row.upper == f64::INFINITY) {
        _ if row.lower == row.upper => 'E',
        (true, true) => 'N',
        (false, true) => 'G',
        _ => 'L',
    }
}

fn bounds(out: &mut String, word: &str, lower: f64, upper: f64) {
    let _ = match (lower == f64::NEG_INFINITY, upper == f64::INFINITY) {
        (true, true) => writeln!(out, " FR BOUNDS {word}"),
        _ if lower == upper => writeln!(out, " FX BOUNDS {word} {}", number(lower)),
        (low, high) => {
            let _ = if low {
                writeln!(out, " MI BOUNDS {word}")
            } else {
                writeln!(out, " LO BOUNDS {word} {}", number(lower))
            };
            if high { writeln!(out, " PL BOUNDS {word}") } else { writeln!(out, " UP BOUNDS {word} {}", number(upper)) }
        }
    };
}

/// Entries of each column: row index (none for the objective) and value, zeros left out.
fn by_column(problem: &Lowered) -> Vec<Vec<(Option<usize>, f64)>> {
    let mut entries: Vec<Vec<(Option<usize>, f64)>> = vec![Vec::new(); problem.columns.len()];
    let objective = problem.objective.iter().map(|t| (None, *t));
    let rows = problem.rows.iter().enumerate().flat_map(|(i, r)| r.terms.iter().map(move |t| (Some(i), *t)));
    for (row, (column, value)) in objective.chain(rows) {
        if value != 0.0 {
            column.of_mut(&mut entries).push((row, value));
        }
    }
    entries
}
