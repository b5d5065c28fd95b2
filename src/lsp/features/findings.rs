//! All findings about a study, each at a place that an editor can show.

use crate::analysis::{Analysis, Request};
use crate::check::{Beyond, Task};
use crate::deadline::Deadline;
use crate::diagnostics::collect::collect;
use crate::diagnostics::{Diagnostic, Label, Severity};
use crate::names::library;
use crate::source::{FileId, Files, SourceMap, Span};

/// Programs are built for an editor up to this many elements times periods.
const PROGRAM_LIMIT: usize = 200_000;

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

/// What only programs, other studies and cases show, for a study small enough to look at it while its text
/// is open; incomplete where `limit` says that nobody waits for it.
pub fn beyond(files: &dyn Files, root: &str, base: &Analysis, limit: &Deadline) -> Beyond {
    let elements: usize = base.model.classes.iter().map(|c| c.elements.len()).sum();
    if elements.saturating_mul(base.model.periods) > PROGRAM_LIMIT {
        return Beyond::default();
    }
    Task { files, root, request: Request { limit: limit.clone(), ..Request::default() } }.beyond(base)
}

/// Findings in reading order; those that have no place stand at the beginning of `root`.
pub fn findings(sources: &SourceMap, root: &str, diagnostics: &[Diagnostic]) -> Vec<Finding> {
    let root = sources.find(root).or_else(|| sources.ids().last());
    let shown = collect(diagnostics.iter().cloned(), Some(CAP)).shown;
    shown.iter().filter_map(|d| finding(sources, root?, d)).collect()
}

fn finding(sources: &SourceMap, root: FileId, d: &Diagnostic) -> Option<Finding> {
    let main = d.labels.iter().position(|l| can_open(sources, l.span.file));
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
    sources.get(file).is_some_and(|f| !library::has(&f.name))
}
