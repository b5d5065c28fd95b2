//! For editors and scripts: one line per finding.

use super::{harmless, heading};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::position::Extent;
use crate::source::SourceMap;

/// `file:line:column: error[E0201 unknown-name]: message` for each finding, or the same without the
/// place where there is none. Columns count characters from 1.
pub fn concise(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|d| line(sources, d)).collect()
}

fn line(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let place = diagnostic.span().and_then(|s| Extent::of(sources, s)).map_or_else(String::new, |extent| {
        let place = extent.underlined().first();
        format!("{}:{}:{}: ", extent.file.name, place.line, place.column)
    });
    let text = format!("{place}{}: {}", heading(diagnostic), diagnostic.message);
    let mut one_line = harmless(&text).replace('\n', " ");
    one_line.push('\n');
    one_line
}
