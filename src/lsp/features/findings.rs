//! All findings about a study, each at a place that an editor can show.

use crate::analysis::{Analysis, Request, analyse};
use crate::diagnostics::collect::collect;
use crate::diagnostics::{Diagnostic, Label, Severity};
use crate::names::library;
use crate::source::{FileId, Files, SourceMap, Span};

/// Programs are built while typing up to this many elements times periods.
const PROGRAM_LIMIT: usize = 20_000;

/// At most this many findings of one id.
const CAP: usize = 100;

/// One finding as an editor shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where; never in a library file.
    pub span: Span,
    /// Gravity.
    pub severity: Severity,
    /// `E0201 unknown-name`.
    pub code: String,
    /// The sentence, the reasons and what to do, one per line.
    pub message: String,
    /// Further places that editors can open.
    pub related: Vec<Label>,
}

/// Analyses a study as far as is quick enough while typing: as it stands and, where it has no
/// mistakes and is small, each of its cases.
pub fn study(files: &dyn Files, root: &str) -> (Analysis, Vec<Analysis>) {
    let base = one(files, root, &Request::default());
    let cases = match is_small(&base) {
        true => base.cases(&Request::default(), |request| one(files, root, request)),
        false => Vec::new(),
    };
    (base, cases)
}

fn is_small(analysis: &Analysis) -> bool {
    let elements: usize = analysis.model.classes.iter().map(|c| c.elements.len()).sum();
    elements.saturating_mul(analysis.model.periods) < PROGRAM_LIMIT
}

fn one(files: &dyn Files, root: &str, request: &Request) -> Analysis {
    let mut analysis = analyse(files, root, request);
    if analysis.names.is_study() && is_small(&analysis) {
        let _ = analysis.program();
    }
    analysis
}

/// The findings of an analysis in reading order.
pub fn findings(analysis: &Analysis) -> Vec<Finding> {
    let shown = collect(analysis.diagnostics.iter().cloned(), Some(CAP)).shown;
    shown.iter().filter_map(|d| finding(analysis, d)).collect()
}

fn finding(analysis: &Analysis, d: &Diagnostic) -> Option<Finding> {
    let sources = &analysis.sources;
    let main = d.labels.iter().position(|l| can_open(sources, l.span.file));
    let root = analysis.names.root.or_else(|| sources.ids().last())?;
    let span = main.and_then(|i| d.labels.get(i)).map_or(Span::new(root, 0, 0), |l| l.span);
    let mut message = d.message.clone();
    let mut related = Vec::new();
    for (i, label) in d.labels.iter().enumerate() {
        if main == Some(i) {
            continue;
        }
        if can_open(sources, label.span.file) {
            related.push(label.clone());
        } else if let Some(file) = sources.get(label.span.file) {
            let (line, column) = sources.line_col(label.span);
            message.push_str(&format!("\n{}:{line}:{column}: {}", file.name, label.text));
        }
    }
    for note in &d.notes {
        message.push_str(&format!("\nnote: {note}"));
    }
    if let Some(help) = &d.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let code = format!("{} {}", d.id.code, d.id.name);
    Some(Finding { span, severity: d.severity, code, message, related })
}

fn can_open(sources: &SourceMap, file: FileId) -> bool {
    sources.get(file).is_some_and(|f| !f.name.starts_with(library::PREFIX))
}
