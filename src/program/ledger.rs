//! What became of everything that a study declares: each rule, balance, total, contribution, variable, check and
//! term, for each element and index, ends as a row, a limit, something that holds by the data, something that its
//! own `when` or `where` leaves out, something that a reduction with a name took, or a finding.

use super::number;
use crate::source::{SourceMap, Span};
use std::fmt::Write;

/// What instances of a declaration have become so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Stand in the program: rows, sums, summands, variables, terms, checks of the solution.
    pub rows: u64,
    /// Say nothing beyond the limits of a variable.
    pub bounds: u64,
    /// Hold whatever is decided, or add nothing.
    pub holds: u64,
    /// Ended in a finding; the instances behind it were not looked at.
    pub findings: u64,
}

impl Tally {
    /// Counts one.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Row => self.rows += 1,
            Outcome::Bound => self.bounds += 1,
            Outcome::Holds => self.holds += 1,
            Outcome::Finding => self.findings += 1,
        }
    }
}

/// What one instance has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It stands in the program.
    Row,
    /// It says nothing beyond the limits of a variable.
    Bound,
    /// It holds whatever is decided.
    Holds,
    /// It is told.
    Finding,
}

/// One declaration, in one mode.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `rule`, `balance`, `variable`, ...
    pub kind: &'static str,
    /// `storage.level`, with its mode where there are several.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// Elements times indices, counted by themselves.
    pub declared: u64,
    /// Left out by its `when`.
    pub when: u64,
    /// Left out by its `where`.
    pub filtered: u64,
    /// What the others became.
    pub tally: Tally,
    /// Taken by a reduction.
    pub reduced: u64,
    /// Which one.
    pub reduction: Option<&'static str>,
}

impl Entry {
    /// Instances of which nothing is known.
    pub fn lost(&self) -> i64 {
        let t = self.tally;
        let ended = self.when + self.filtered + self.reduced + t.rows + t.bounds + t.holds + t.findings;
        self.declared as i64 - ended as i64
    }
}

/// All declarations in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// One for each.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// The declarations that do not add up.
    pub fn wrong(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.lost() != 0)
    }

    /// A table, a declaration in each line that has instances. `sources` gives the places.
    pub fn display(&self, sources: Option<&SourceMap>) -> String {
        let shown: Vec<&Entry> = self.entries.iter().filter(|e| e.declared > 0 || e.lost() != 0).collect();
        let name = |e: &Entry| format!("{} {}", e.kind, e.name);
        let width = shown.iter().map(|e| name(e).chars().count()).max().unwrap_or(0).max(10);
        let heads = ["declared", "rows", "bounds", "hold", "when", "where", "reduced", "findings"];
        let counts = |e: &Entry| {
            let t = e.tally;
            [e.declared, t.rows, t.bounds, t.holds, e.when, e.filtered, e.reduced, t.findings]
        };
        let mut out = format!("{:width$}", "");
        let _ = writeln!(out, "{}", heads.map(|h| format!("  {h:>8}")).concat());
        let mut sums = [0u64; 8];
        for e in &shown {
            let list = counts(e);
            sums.iter_mut().zip(list).for_each(|(sum, x)| *sum += x);
            let _ = write!(out, "{:width$}{}", name(e), cells(list));
            if let Some(reduction) = e.reduction.filter(|_| e.reduced > 0) {
                let _ = write!(out, "  ({reduction})");
            }
            if e.lost() != 0 {
                let _ = write!(out, "  ({} lost)", e.lost());
            }
            if let Some(file) = sources.and_then(|s| s.get(e.span.file).map(|f| (s, f))) {
                let _ = write!(out, "  # {}:{}", file.1.name, file.0.line_col(e.span).0);
            }
            out.push('\n');
        }
        let _ = writeln!(out, "{:width$}{}", "all", cells(sums));
        let lost: i64 = shown.iter().map(|e| e.lost().abs()).sum();
        let verdict = match lost {
            0 => "all instances are accounted for".to_owned(),
            _ => format!("{} instances are lost", number(lost as f64)),
        };
        let _ = writeln!(out, "{verdict}");
        out
    }
}

/// Numbers under their heads; nothing for zero.
fn cells(list: [u64; 8]) -> String {
    list.map(|x| if x == 0 { format!("  {:>8}", "") } else { format!("  {x:>8}") }).concat()
}
