//! For reading: source lines with underlined labels, reasons and what to do.

use super::snippet::{Mark, Texts, draw, excerpt};
use super::{harmless, heading};
use crate::diagnostics::collect::Collected;
use crate::diagnostics::position::Extent;
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::SourceMap;
use ariadne::Color;

/// Labels of one finding that are drawn; further places are counted.
const MOST_LABELS: usize = 12;

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Colour escape sequences.
    pub color: bool,
    /// Box-drawing characters instead of ASCII.
    pub unicode: bool,
}

/// All findings, a summary of those left out, and the counts.
pub fn human(sources: &SourceMap, collected: &Collected, style: Style) -> String {
    let mut texts = Texts::new(sources);
    let mut out = String::new();
    for diagnostic in &collected.shown {
        one(&mut out, sources, &mut texts, diagnostic, style);
        out.push('\n');
    }
    for (id, more) in &collected.hidden {
        out.push_str(&format!("and {more} more like this: {} {}\n", id.code, id.name));
    }
    if let Some(summary) = collected.counts.summary() {
        out.push_str(&summary);
        out.push('\n');
    }
    out.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

fn one(out: &mut String, sources: &SourceMap, texts: &mut Texts<'_>, diagnostic: &Diagnostic, style: Style) {
    let color = severity_color(diagnostic.severity);
    let title = painted(&heading(diagnostic), color, style);
    out.push_str(&format!("{title}: {}\n", harmless(&diagnostic.message)));
    let mut marks: Vec<Mark<'_>> = Vec::new();
    for label in diagnostic.labels.iter().take(MOST_LABELS) {
        let Some(extent) = Extent::of(sources, label.span) else { continue };
        let color = if marks.is_empty() { color } else { Color::Blue };
        marks.push(Mark { file: label.span.file, extent: extent.underlined(), text: harmless(&label.text), color });
    }
    match draw(texts, &marks, style.color, style.unicode) {
        Some(drawn) => out.push_str(&drawn),
        None => listed(out, &marks),
    }
    let beyond = diagnostic.labels.len().saturating_sub(MOST_LABELS);
    if beyond > 0 {
        out.push_str(&format!("  and {beyond} more places\n"));
    }
    for note in &diagnostic.notes {
        remark(out, "note", note, style);
    }
    if let Some(help) = &diagnostic.help {
        remark(out, "help", help, style);
    }
}

/// Places without drawn source lines.
fn listed(out: &mut String, marks: &[Mark<'_>]) {
    for mark in marks {
        let place = mark.extent.first();
        out.push_str(&format!("  at {}:{}:{}", harmless(&mark.extent.file.name), place.line, place.column));
        if !mark.text.is_empty() {
            out.push_str(&format!(": {}", mark.text));
        }
        out.push('\n');
        let text = excerpt(mark.extent);
        if !text.is_empty() {
            out.push_str(&format!("    {text}\n"));
        }
    }
}

/// `  note: ...`, further lines indented below the first.
fn remark(out: &mut String, what: &str, text: &str, style: Style) {
    let text = harmless(text);
    for (n, line) in text.lines().enumerate() {
        if n == 0 {
            out.push_str(&format!("  {}: {line}\n", painted(what, Color::Cyan, style)));
        } else {
            out.push_str(&format!("        {line}\n"));
        }
    }
}

fn severity_color(severity: Severity) -> Color {
    match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Info => Color::Cyan,
    }
}

/// Bold text in a colour.
fn painted(text: &str, color: Color, style: Style) -> String {
    let code = match color {
        Color::Red => 31,
        Color::Yellow => 33,
        Color::Cyan => 36,
        _ => 34,
    };
    if style.color { format!("\u{1b}[1;{code}m{text}\u{1b}[0m") } else { text.to_string() }
}
