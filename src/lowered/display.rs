//! The lowered problem as text: columns, rows and cones with their names, in scaled numbers, the
//! scale beside each.

use super::{ColumnSource, ConeKind, Entry, Lowered};
use crate::lowered::ColumnId;
use crate::program::number;
use std::fmt::Write;

/// A readable and stable text of the problem. `program value = scale · number`.
pub fn display(problem: &Lowered) -> String {
    let mut out = String::new();
    let integers = problem.columns.iter().filter(|c| c.integer).count();
    let _ = writeln!(
        out,
        "{} columns ({integers} whole), {} rows, {} cones\nvalue in coherent units = scale * number",
        problem.columns.len(),
        problem.rows.len(),
        problem.cones.len()
    );
    let _ = writeln!(out, "\nminimize  [scale {}]", number(problem.objective_scale));
    let _ = writeln!(out, "  {}", sum(problem, problem.offset, &problem.objective));
    let _ = writeln!(out, "\ncolumns");
    for c in &problem.columns {
        let domain = match (c.integer, c.lower, c.upper) {
            (true, 0.0, 1.0) => " binary".to_owned(),
            (whole, lower, upper) => {
                format!("{} in {}..{}", if whole { " integer" } else { "" }, number(lower), number(upper))
            }
        };
        let made = if c.source == ColumnSource::Auxiliary { "  (made)" } else { "" };
        let scale = if c.scale == 1.0 { String::new() } else { format!("  [scale {}]", number(c.scale)) };
        let _ = writeln!(out, "  {}{domain}{scale}{made}", c.name);
    }
    if !problem.rows.is_empty() {
        let _ = writeln!(out, "\nrows");
    }
    for r in &problem.rows {
        let body = sum(problem, 0.0, &r.terms);
        let text = match (r.lower.is_finite(), r.upper.is_finite()) {
            (true, true) if r.lower == r.upper => format!("{body} = {}", number(r.upper)),
            (true, true) => format!("{} <= {body} <= {}", number(r.lower), number(r.upper)),
            (true, false) => format!("{body} >= {}", number(r.lower)),
            _ => format!("{body} <= {}", number(r.upper)),
        };
        let scale = if r.scale == 1.0 { String::new() } else { format!("  [scale {}]", number(r.scale)) };
        let _ = writeln!(out, "  {}: {text}{scale}", r.name);
    }
    if !problem.cones.is_empty() {
        let _ = writeln!(out, "\ncones");
    }
    for c in &problem.cones {
        let entry = |e: &Entry| sum(problem, e.constant, &e.terms);
        let squares = |from: usize| {
            let squares: Vec<String> = c.entries.iter().skip(from).map(|e| format!("({})^2", entry(e))).collect();
            if squares.is_empty() { "0".to_owned() } else { squares.join(" + ") }
        };
        let first = |i: usize| c.entries.get(i).map(entry).unwrap_or_default();
        let _ = match c.kind {
            ConeKind::SecondOrder => writeln!(out, "  {}: ({}) >= sqrt({})", c.name, first(0), squares(1)),
            ConeKind::Rotated => writeln!(out, "  {}: 2 * ({}) * ({}) >= {}", c.name, first(0), first(1), squares(2)),
        };
    }
    for a in &problem.arborescences {
        let name = |column: ColumnId| problem.columns[column].name.to_string();
        let roots: Vec<String> = a.root.iter().enumerate().filter(|(_, r)| **r).map(|(i, _)| i.to_string()).collect();
        let _ =
            writeln!(out, "\narborescence of period {}: {} nodes, roots {}", a.period + 1, a.nodes, roots.join(", "));
        for (tail, head, edge, column) in &a.arcs {
            let _ = writeln!(out, "  {tail} -> {head} along {edge}: {}", name(*column));
        }
    }
    out
}

fn sum(problem: &Lowered, constant: f64, terms: &[(ColumnId, f64)]) -> String {
    let mut out = String::new();
    for (c, a) in terms {
        push_term(&mut out, *a, &problem.columns[*c].name.to_string());
    }
    if constant != 0.0 || terms.is_empty() {
        push_term(&mut out, constant, "");
    }
    out
}

fn push_term(out: &mut String, coefficient: f64, name: &str) {
    out.push_str(match (out.is_empty(), coefficient < 0.0) {
        (true, true) => "-",
        (true, false) => "",
        (false, true) => " - ",
        (false, false) => " + ",
    });
    let size = number(coefficient.abs());
    match (name.is_empty(), size == "1") {
        (true, _) => out.push_str(&size),
        (false, true) => out.push_str(name),
        (false, false) => {
            let _ = write!(out, "{size} {name}");
        }
    }
}
