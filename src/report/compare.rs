//! Cases of a study beside each other: every number of each, and what it differs from the first case.

use super::json::word;
use super::{Quantity, quantities};
use crate::program::{Program, number};
use crate::study::{Status, StudyResult};
use indexmap::IndexMap;
use serde_json::{Value, json};

/// Widest table, in characters; more cases continue in a further block.
const WIDTH: usize = 110;

/// What a case comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// How it ended.
    pub status: Status,
    /// Relative gap, if there is one.
    pub gap: Option<f64>,
    /// Ids of the open lines, in a snapshot of a network with a plan.
    pub open_lines: Option<Vec<String>>,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Its numbers.
    pub quantities: Vec<Quantity>,
}

/// A number in one case, against that of the first case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// The number, where the case has it.
    pub value: Option<f64>,
    /// Difference from the first case.
    pub difference: Option<f64>,
    /// The same in per cent of the first case's number; none where that is zero.
    pub percent: Option<f64>,
}

/// A table of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The cases, in the order of the file.
    pub cases: Vec<Case>,
    /// (name, unit) → an entry per case. Numbers that are zero in all cases are left out.
    pub rows: IndexMap<(String, String), Vec<Entry>>,
}

impl Case {
    /// Of a solved study.
    pub fn of(name: &str, program: &Program, result: &StudyResult, seconds: f64) -> Self {
        let open = program.network.as_ref().zip(result.ac.first()).and_then(|(n, s)| {
            let state = s.as_ref().ok().filter(|_| result.ac.len() == 1)?;
            Some(n.branches.iter().zip(&state.closed).filter(|(_, c)| !**c).map(|(b, _)| b.id.clone()).collect())
        });
        Case {
            name: name.into(),
            status: result.status,
            gap: result.gap.is_finite().then_some(result.gap),
            open_lines: open,
            seconds,
            quantities: quantities(program, result),
        }
    }

    /// Of a study that could not be solved for its mistakes.
    pub fn refused(name: &str) -> Self {
        let (status, quantities) = (Status::Failed, Vec::new());
        Case { name: name.into(), status, gap: None, open_lines: None, seconds: 0.0, quantities }
    }
}

/// Puts cases beside each other.
pub fn compare(cases: Vec<Case>) -> Comparison {
    let mut rows: IndexMap<(String, String), Vec<Entry>> = IndexMap::new();
    let mut keys: Vec<(String, String)> = Vec::new();
    for case in &cases {
        let mut after = 0;
        for q in &case.quantities {
            let key = (q.name.clone(), q.unit.clone());
            match keys.iter().position(|k| *k == key) {
                Some(at) => after = at + 1,
                None => {
                    keys.insert(after.min(keys.len()), key);
                    after += 1;
                }
            }
        }
    }
    for key in keys {
        let value = |case: &Case| case.quantities.iter().find(|q| q.name == key.0 && q.unit == key.1).map(|q| q.value);
        let first = cases.first().and_then(value);
        let entries: Vec<Entry> = cases
            .iter()
            .enumerate()
            .map(|(at, case)| {
                let value = value(case);
                // Bounds say how well a case is solved; their differences say nothing.
                let compared = at > 0 && key.0 != "proven bound";
                let difference = value.zip(first).map(|(v, f)| difference(v, f)).filter(|_| compared);
                let percent = difference.zip(first).filter(|(_, f)| *f != 0.0).map(|(d, f)| 100.0 * d / f.abs());
                Entry { value, difference, percent }
            })
            .collect();
        if entries.iter().any(|e| e.value.is_some_and(|v| v.abs() > 1e-9)) {
            rows.insert(key, entries);
        }
    }
    Comparison { cases, rows }
}

impl Comparison {
    /// For reading: a column per case, under each number its difference from the first case.
    pub fn table(&self) -> String {
        let lines = self.lines();
        let head: usize = lines.iter().map(|l| width(&l[0])).max().unwrap_or(0);
        let widths: Vec<usize> = (1..=self.cases.len())
            .map(|c| lines.iter().filter_map(|l| l.get(c)).map(|t| width(t)).max().unwrap_or(0))
            .collect();
        let mut out = String::new();
        let mut at = 0;
        while at < self.cases.len() {
            let mut end = at;
            let mut wide = head;
            while end < self.cases.len() && (end == at || wide + widths[end] + 2 <= WIDTH) {
                wide += widths[end] + 2;
                end += 1;
            }
            if at > 0 {
                out.push('\n');
            }
            for line in &lines {
                let cells = line.get(at + 1..end + 1).unwrap_or(&[]);
                if cells.iter().all(String::is_empty) {
                    continue;
                }
                let mut text = padded(&line[0], head, false);
                for (cell, width) in cells.iter().zip(&widths[at..end]) {
                    text.push_str("  ");
                    text.push_str(&padded(cell, *width, true));
                }
                out.push_str(text.trim_end());
                out.push('\n');
            }
            at = end;
        }
        out
    }

    /// Cells of the table, the quantity first.
    fn lines(&self) -> Vec<Vec<String>> {
        let mut lines = Vec::new();
        let mut row = |head: &str, cell: &dyn Fn(&Case) -> String| {
            lines.push(std::iter::once(head.to_string()).chain(self.cases.iter().map(cell)).collect::<Vec<_>>());
        };
        row("case", &|c| c.name.clone());
        row("status", &|c| word(c.status).into());
        row("gap, %", &|c| match c.gap {
            Some(gap) => format!("{:.4}", 100.0 * gap),
            None if c.quantities.is_empty() => String::new(),
            None => "open".into(),
        });
        row("time, s", &|c| format!("{:.2}", c.seconds));
        if self.cases.iter().any(|c| c.open_lines.is_some()) && self.cases.iter().all(few) {
            row("open lines", &|c| c.open_lines.as_ref().map_or(String::new(), |l| l.join(" ")));
        }
        let first = self.cases.first().map_or("", |c| c.name.as_str());
        for ((name, unit), entries) in &self.rows {
            let head = if unit.is_empty() { name.clone() } else { format!("{name}, {unit}") };
            let cells = |cell: &dyn Fn(&Entry) -> Option<String>, head: String| {
                std::iter::once(head).chain(entries.iter().map(|e| cell(e).unwrap_or_default())).collect::<Vec<_>>()
            };
            lines.push(cells(&|e| e.value.map(number), head));
            let percent = |e: &Entry| e.percent.map(|p| format!("{p:+.2} %"));
            lines.push(cells(&|e| e.difference.map(signed), format!("  from {first}")));
            lines.push(cells(&percent, "  in per cent".into()));
        }
        lines
    }

    /// One line per case and number: `case,quantity,unit,value,difference,percent`.
    pub fn csv(&self) -> String {
        let mut out = String::from("case,quantity,unit,value,difference,percent\n");
        let full = |x: Option<f64>| x.map_or(String::new(), |x| x.to_string());
        for (at, case) in self.cases.iter().enumerate() {
            let name = quoted(&case.name);
            out.push_str(&format!("{name},status,,{},,\n", word(case.status)));
            out.push_str(&format!("{name},gap,%,{},,\n", full(case.gap.map(|g| 100.0 * g))));
            out.push_str(&format!("{name},time,s,{},,\n", case.seconds));
            for ((quantity, unit), entries) in &self.rows {
                let Some(e) = entries.get(at).filter(|e| e.value.is_some()) else { continue };
                let (value, difference, percent) = (full(e.value), full(e.difference), full(e.percent));
                let (quantity, unit) = (quoted(quantity), quoted(unit));
                out.push_str(&format!("{name},{quantity},{unit},{value},{difference},{percent}\n"));
            }
        }
        out
    }

    /// The table as JSON; `solutions` are the documents of the cases.
    pub fn document(&self, solutions: Vec<Value>) -> Value {
        let cases: Vec<Value> = self
            .cases
            .iter()
            .zip(solutions)
            .map(|(c, solution)| json!({ "case": c.name, "status": word(c.status), "solution": solution }))
            .collect();
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|((name, unit), entries)| {
                let entry = |(case, e): (&Case, &Entry)| {
                    json!({ "case": case.name, "value": e.value, "difference": e.difference, "percent": e.percent })
                };
                let values: Vec<Value> = self.cases.iter().zip(entries).map(entry).collect();
                json!({ "quantity": name, "unit": unit, "values": values })
            })
            .collect();
        json!({ "schema": "tieline-comparison-1", "cases": cases, "comparison": rows })
    }
}

/// A difference in the last of the digits that engines give is none.
fn difference(value: f64, first: f64) -> f64 {
    if (value - first).abs() <= 1e-8 * value.abs().max(first.abs()) { 0.0 } else { value - first }
}

/// Is the list of open lines short enough for a cell?
fn few(case: &Case) -> bool {
    case.open_lines.as_ref().is_none_or(|l| l.iter().map(|id| id.len() + 1).sum::<usize>() <= 30)
}

fn signed(x: f64) -> String {
    if x > 0.0 { format!("+{}", number(x)) } else { number(x) }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn padded(text: &str, to: usize, right: bool) -> String {
    let pad = " ".repeat(to.saturating_sub(width(text)));
    if right { format!("{pad}{text}") } else { format!("{text}{pad}") }
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_string() }
}
