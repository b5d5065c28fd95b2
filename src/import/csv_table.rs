//! A CSV file as rows of located cells. The importer keeps its own reader because every finding
//! needs the byte range of its cell.

use crate::diagnostics::Diagnostic;
use crate::diagnostics::ids_import::{CSV_FOLDER_INCOMPLETE, CSV_FOLDER_UNREADABLE};
use crate::diagnostics::ids_source::{CELL_UNREADABLE, CSV_RAGGED};
use crate::source::{FileId, Span};

/// A cell: its text without quotes and blanks around it, and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) span: Span,
}

impl Cell {
    /// The finite number in the cell.
    ///
    /// # Errors
    /// A located diagnostic.
    pub(super) fn number(&self) -> Result<f64, Box<Diagnostic>> {
        match self.text.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(x),
            Ok(_) => Err(self.unreadable(format!("`{}` is not a finite number", self.text), "not finite")),
            Err(_) if self.text.is_empty() => Err(self.unreadable("a number is missing", "empty cell")),
            Err(_) => Err(self.unreadable(format!("`{}` is not a number", self.text), "not a number")),
        }
    }

    /// 0 or 1.
    ///
    /// # Errors
    /// A located diagnostic.
    pub(super) fn flag(&self) -> Result<bool, Box<Diagnostic>> {
        match self.text.as_str() {
            "0" => Ok(false),
            "1" => Ok(true),
            other => Err(self.unreadable(format!("`{other}` is neither 0 nor 1"), "neither 0 nor 1")),
        }
    }

    /// A non-empty id.
    ///
    /// # Errors
    /// A located diagnostic.
    pub(super) fn id(&self) -> Result<String, Box<Diagnostic>> {
        if self.text.is_empty() {
            return Err(self.unreadable("an id is missing", "empty cell"));
        }
        Ok(self.text.clone())
    }

    /// A finding about what the cell holds.
    pub(super) fn unreadable(&self, message: impl Into<String>, label: impl Into<String>) -> Box<Diagnostic> {
        Box::new(Diagnostic::new(CELL_UNREADABLE, self.span, message, label))
    }
}

/// Rows with the cells of the wanted columns, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) rows: Vec<Vec<Option<Cell>>>,
}

/// Reads a table with these required and optional columns; nothing else may be in its header.
/// Every row yields one cell per asked column, none for absent optional columns.
pub(super) fn read(
    file: FileId,
    text: &str,
    required: &[&str],
    optional: &[&str],
    findings: &mut Vec<Diagnostic>,
) -> Rows {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut at = start;
    let Some(header) = record(file, text, &mut at) else {
        findings.push(unreadable(Span::new(file, 0, 0), "the file is empty", "no header line"));
        return Rows::default();
    };
    let wanted: Vec<&str> = required.iter().chain(optional).copied().collect();
    let mut columns: Vec<Option<usize>> = vec![None; wanted.len()];
    let mut usable = true;
    for (position, cell) in header.iter().enumerate() {
        match wanted.iter().position(|w| *w == cell.text) {
            None => {
                findings.push(unknown_column(cell, &wanted));
                usable = false;
            }
            Some(which) => match columns.get_mut(which) {
                Some(slot) if slot.is_none() => *slot = Some(position),
                _ => {
                    findings.push(unreadable(cell.span, format!("column `{}` appears twice", cell.text), "again here"))
                }
            },
        }
    }
    let line = header.first().zip(header.last()).map_or(Span::new(file, 0, 0), |(a, b)| a.span.to(b.span));
    for (name, _) in required.iter().zip(&columns).filter(|(_, c)| c.is_none()) {
        let message = format!("column `{name}` is missing");
        let help = format!("the header needs {}", required.join(", "));
        findings.push(Diagnostic::new(CSV_FOLDER_INCOMPLETE, line, message, format!("no `{name}` here")).help(help));
        usable = false;
    }
    let mut rows = Rows::default();
    while let Some(cells) = record(file, text, &mut at).filter(|_| usable) {
        if cells.len() != header.len() {
            let place = cells.first().zip(cells.last()).map_or(line, |(a, b)| a.span.to(b.span));
            let label = format!("{} cells, header has {}", cells.len(), header.len());
            findings.push(Diagnostic::new(CSV_RAGGED, place, "a row does not fit the header", label));
            continue;
        }
        rows.rows.push(columns.iter().map(|c| c.and_then(|c| cells.get(c)).cloned()).collect());
    }
    rows
}

fn unknown_column(cell: &Cell, wanted: &[&str]) -> Diagnostic {
    let error = unreadable(cell.span, format!("column `{}` is not known", cell.text), "not known");
    let near = wanted.iter().map(|w| (strsim::damerau_levenshtein(w, &cell.text), w)).min();
    match near {
        Some((distance, name)) if distance <= 2 => error.help(format!("did you mean `{name}`?")),
        _ => error.help(format!("known columns are {}", wanted.join(", "))),
    }
}

/// The cells of the next line that is not blank; a quoted cell may hold commas and newlines.
fn record(file: FileId, text: &str, at: &mut usize) -> Option<Vec<Cell>> {
    let bytes = text.as_bytes();
    let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r');
    loop {
        let line = bytes.get(*at..)?.iter().take_while(|b| **b != b'\n').count();
        if *at >= bytes.len() {
            return None;
        }
        if !bytes.get(*at..*at + line).is_some_and(|l| l.iter().all(blank)) {
            break;
        }
        *at += line + 1;
    }
    let mut cells = Vec::new();
    loop {
        while bytes.get(*at).is_some_and(blank) {
            *at += 1;
        }
        let start = *at;
        let quoted = bytes.get(*at) == Some(&b'"');
        let mut inside = false;
        while let Some(byte) = bytes.get(*at) {
            match byte {
                b'"' if quoted => inside = !inside,
                b',' | b'\n' if !inside => break,
                _ => {}
            }
            *at += 1;
        }
        let raw = text.get(start..*at).unwrap_or("").trim_end_matches([' ', '\t', '\r']);
        let inner = raw.strip_prefix('"').map(|s| s.strip_suffix('"').unwrap_or(s).replace("\"\"", "\""));
        let span = Span::new(file, start, start + raw.len());
        cells.push(Cell { text: inner.unwrap_or_else(|| raw.to_owned()), span });
        let end = bytes.get(*at).copied();
        *at += usize::from(end.is_some());
        if end != Some(b',') {
            return Some(cells);
        }
    }
}

/// A finding about what a file of the folder says.
pub(super) fn unreadable(span: Span, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
    Diagnostic::new(CSV_FOLDER_UNREADABLE, span, message, label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> (Vec<Vec<String>>, usize) {
        let mut findings = Vec::new();
        let rows = read(FileId(0), text, &["a", "b"], &["c"], &mut findings);
        let text = |c: &Option<Cell>| c.as_ref().map_or("-".to_owned(), |c| c.text.clone());
        (rows.rows.iter().map(|r| r.iter().map(text).collect()).collect(), findings.len())
    }

    #[test]
    fn reads_any_column_order_quotes_and_blank_lines() {
        assert_eq!(
            texts("b,a\r\n1, 2\r\n\r\n\"x,\"\"y\",3\n"),
            (vec![vec!["2".into(), "1".into(), "-".into()], vec!["3".into(), "x,\"y".into(), "-".into()]], 0)
        );
    }

    #[test]
    fn reports_ragged_rows_and_unknown_columns() {
        assert_eq!(texts("a,b\n1\n1,2,3\n1,2").1, 2);
        assert_eq!(texts("a,bb\n1,2").1, 2);
        assert_eq!(texts("").1, 1);
        assert_eq!(texts("a,a,b\n1,2,3").1, 1);
    }
}
