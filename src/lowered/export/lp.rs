//! The LP format, in the dialect that HiGHS reads: a constant in the objective, one comparison per
//! row (a row with two ends becomes two), every column in `bounds`.

use super::header;
use super::names::{NameMap, Namer};
use super::number::number;
use super::{ExportError, Exported, check};
use crate::ids::Id;
use crate::lowered::{ColumnId, Lowered, Row};
use crate::program::{Origin, OriginId};
use std::fmt::Write as _;

/// Widest line that gets a further term.
const WIDTH: usize = 110;

/// Writes a linear problem as LP text. Comments name the rule that made the rows below them.
///
/// # Errors
/// Cones, numbers that are not finite, terms of unknown columns.
pub fn lp(problem: &Lowered, origins: &[Origin]) -> Result<Exported, ExportError> {
    check::linear(problem, "LP")?;
    let mut columns = Namer::default();
    let mut rows = Namer::default();
    let words: Vec<String> = problem.columns.iter().map(|c| columns.word(&c.name.to_string(), c.scale)).collect();
    let mut out = String::new();
    for line in header::lines(problem) {
        let _ = writeln!(out, "\\ {line}");
    }
    out.push_str("\nminimize\n");
    expression(&mut out, " obj:", &problem.objective, &words);
    if problem.offset != 0.0 {
        let _ = write!(out, " {} {}", sign(problem.offset), number(problem.offset.abs()));
    }
    out.push_str("\n\nsubject to\n");
    let mut rule: Option<OriginId> = None;
    for row in &problem.rows {
        if rule != Some(row.origin) {
            rule = Some(row.origin);
            if let Some(origin) = origins.get(row.origin.0 as usize) {
                let _ = writeln!(out, "\\ {}", header::comment(&origin.rule));
            }
        }
        write_row(&mut out, row, &mut rows, &words);
    }
    out.push_str("\nbounds\n");
    for (column, word) in problem.columns.iter().zip(&words) {
        let (low, high) = (column.lower, column.upper);
        let _ = match (low.is_finite(), high.is_finite()) {
            _ if low == f64::NEG_INFINITY && high == f64::INFINITY => writeln!(out, " {word} free"),
            (true, true) if low == high => writeln!(out, " {word} = {}", number(low)),
            _ if high == f64::INFINITY => writeln!(out, " {word} >= {}", number(low)),
            _ => writeln!(out, " {} <= {word} <= {}", number(low), number(high)),
        };
    }
    let binary = |i: &usize| problem.columns.get(*i).is_some_and(|c| c.lower == 0.0 && c.upper == 1.0);
    let integers: Vec<usize> = problem.columns.iter().enumerate().filter(|(_, c)| c.integer).map(|(i, _)| i).collect();
    let (zero_one, general): (Vec<usize>, Vec<usize>) = integers.into_iter().partition(binary);
    for (section, members) in [("binary", zero_one), ("general", general)] {
        if !members.is_empty() {
            let _ = writeln!(out, "\n{section}");
            for word in members.iter().filter_map(|i| words.get(*i)) {
                let _ = writeln!(out, " {word}");
            }
        }
    }
    out.push_str("\nend\n");
    let names = NameMap { objective_scale: problem.objective_scale, columns: columns.finish(), rows: rows.finish() };
    Ok(Exported { text: out, names })
}

fn write_row(out: &mut String, row: &Row, rows: &mut Namer, words: &[String]) {
    let word = rows.word(&row.name.to_string(), row.scale);
    let side = |out: &mut String, name: &str, comparison: &str, value: f64| {
        expression(out, &format!(" {name}:"), &row.terms, words);
        let _ = writeln!(out, " {comparison} {}", number(value));
    };
    match (row.lower == f64::NEG_INFINITY, row.upper == f64::INFINITY) {
        _ if row.lower == row.upper => side(out, &word, "=", row.lower),
        (true, _) => side(out, &word, "<=", row.upper),
        (_, true) => side(out, &word, ">=", row.lower),
        _ => {
            side(out, &rows.split(&word, "lo"), ">=", row.lower);
            side(out, &rows.split(&word, "up"), "<=", row.upper);
        }
    }
}

/// `label: 2 a - b + …`, wrapped. An empty sum is `0` times the first column, if there is one.
fn expression(out: &mut String, label: &str, terms: &[(ColumnId, f64)], words: &[String]) {
    out.push_str(label);
    let mut width = label.len();
    let mut empty = true;
    for (column, coefficient) in terms.iter().filter(|(_, k)| *k != 0.0) {
        let word = column.of(words);
        let size = coefficient.abs();
        let factor = if size == 1.0 { String::new() } else { number(size) + " " };
        let term = match (empty, *coefficient < 0.0) {
            (true, false) => format!(" {factor}{word}"),
            _ => format!(" {} {factor}{word}", sign(*coefficient)),
        };
        if width + term.len() > WIDTH && !empty {
            out.push_str("\n   ");
            width = 3;
        }
        width += term.len();
        out.push_str(&term);
        empty = false;
    }
    if empty {
        match words.first() {
            Some(word) => {
                let _ = write!(out, " 0 {word}");
            }
            None => out.push_str(" 0"),
        }
    }
}

fn sign(x: f64) -> char {
    if x < 0.0 { '-' } else { '+' }
}
