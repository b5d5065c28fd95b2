//! Collects diagnostics, at most [`LIMIT`] per file: a file of garbage must not cost a message per byte.

use crate::diagnostics::{Diagnostic, ids_syntax as ids};
use crate::source::{FileId, Span};

/// Diagnostics listed per file; the rest is counted.
pub const LIMIT: usize = 50;

/// Diagnostics in the order they were found.
#[derive(Debug, Default)]
pub struct Sink {
    list: Vec<Diagnostic>,
    dropped: usize,
}

impl Sink {
    /// Adds a diagnostic, built only if it will be listed.
    pub fn push(&mut self, build: impl FnOnce() -> Diagnostic) {
        if self.list.len() < LIMIT {
            self.list.push(build());
        } else {
            self.dropped += 1;
        }
    }

    /// Counts a diagnostic that nobody will see.
    pub fn skip(&mut self) {
        self.dropped += 1;
    }

    /// Adds all of another sink's.
    pub fn append(&mut self, other: Sink) {
        self.list.extend(other.list);
        self.dropped += other.dropped;
    }

    /// The first [`LIMIT`] in file order, and one that counts the others.
    pub fn finish(mut self, file: FileId) -> Vec<Diagnostic> {
        self.list.sort_by_key(|d| d.span().map_or(0, |s| s.start));
        let more = self.dropped + self.list.len().saturating_sub(LIMIT);
        self.list.truncate(LIMIT);
        if more > 0 {
            let span = self.list.last().and_then(Diagnostic::span).unwrap_or(Span::new(file, 0, 0));
            self.list.push(
                Diagnostic::new(
                    ids::TOO_MANY_MISTAKES,
                    span,
                    format!("{more} more mistakes are not listed"),
                    "the last one listed",
                )
                .help("mend the ones above first; the others may be their consequences"),
            );
        }
        self.list
    }
}
