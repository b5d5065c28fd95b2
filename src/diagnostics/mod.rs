//! Diagnostics as data: one type, several renderers.
//!
//! Stages return diagnostics; only the command line and the language server show them.

pub mod collect;
pub mod ids_import;
pub mod ids_names;
pub mod ids_network;
pub mod ids_program;
pub mod ids_solution;
pub mod ids_source;
pub mod ids_syntax;
pub mod ids_units;
pub mod page;
mod position;
pub mod registry;
pub mod render;
pub mod suggest;
mod unfinished;
pub use unfinished::unfinished;

/// Letter, four digits and a kebab-case name, e.g. `E0201 unknown-name`. Declared once in
/// [`registry`], each with a page in `docs/errors/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    /// `E0201`.
    pub code: &'static str,
    /// `unknown-name`.
    pub name: &'static str,
}

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The model has no meaning, or none that can be computed.
    Error,
    /// The model has a meaning that is probably not the intended one.
    Warning,
    /// Worth knowing.
    Info,
}

/// A span with a short text (at most eight words, lower case, no full stop).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: crate::source::Span,
    /// What stands there.
    pub text: String,
}

/// A replacement that an editor can apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the change does, as an editor's menu entry.
    pub title: String,
    /// Non-overlapping replacements.
    pub edits: Vec<(crate::source::Span, String)>,
}

/// One finding about a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable identity.
    pub id: Id,
    /// Gravity.
    pub severity: Severity,
    /// One terse sentence; if only one thing is shown, it is this.
    pub message: String,
    /// First is primary; others may be in other files. Empty only for findings without a place.
    pub labels: Vec<Label>,
    /// Why, in the engineer's terms.
    pub notes: Vec<String>,
    /// What to do next.
    pub help: Option<String>,
    /// A change that does it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A diagnostic with one primary label. Severity follows the id's letter.
    pub fn new(id: Id, span: crate::source::Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Diagnostic { labels: vec![Label { span, text: label.into() }], ..Self::unlocated(id, message) }
    }

    /// A diagnostic about no place in a source text.
    pub fn unlocated(id: Id, message: impl Into<String>) -> Self {
        let severity = match id.code.as_bytes().first() {
            Some(b'W') => Severity::Warning,
            Some(b'I') => Severity::Info,
            _ => Severity::Error,
        };
        Diagnostic {
            id,
            severity,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Adds a further label.
    pub fn label(mut self, span: crate::source::Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a note.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Sets the help.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Sets the fix.
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<(crate::source::Span, String)>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// The primary span.
    pub fn span(&self) -> Option<crate::source::Span> {
        self.labels.first().map(|l| l.span)
    }
}
