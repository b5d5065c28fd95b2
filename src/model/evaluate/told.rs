//! Findings of an evaluation, and the proof that one was made.

use super::Evaluator;
use crate::diagnostics::{Diagnostic, Severity, ids_program};
use crate::names::MemberId;
use crate::source::{FileId, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// Evaluation stopped at an error that has been told. [`Evaluator::report`] alone makes it, so whoever meets one
/// may go on with the rest: the study ends with a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop(());

/// What has been told so far, so that nothing is told twice.
#[derive(Debug, Default)]
pub(super) struct Told {
    places: FxHashSet<(&'static str, Span)>,
    /// Where evaluation stopped first.
    stopped: Option<Span>,
    /// Parameters that were told to have no value.
    pub(super) absent: FxHashMap<MemberId, Stop>,
}

impl Evaluator<'_> {
    /// Tells an error, once per place and id.
    pub fn report(&mut self, d: Diagnostic) -> Stop {
        self.told.stopped = self.told.stopped.or(Some(place(&d)));
        self.tell(Diagnostic { severity: Severity::Error, ..d });
        Stop(())
    }

    /// Tells what stops nothing, once per place and id.
    pub fn warn(&mut self, d: Diagnostic) {
        self.tell(d);
    }

    /// There is nothing to compute here, and whoever types expressions should have seen to it that this cannot be.
    /// What could not be typed was told there; beside such a finding, this one is left out.
    pub fn internal(&mut self, span: Span, what: &str) -> Stop {
        self.report(internal(span, what))
    }

    fn tell(&mut self, d: Diagnostic) {
        // What is told after the end would be about what is not there.
        if !self.over && self.told.places.insert((d.id.code, place(&d))) {
            self.diagnostics.push(d);
        }
    }

    /// All findings. That evaluation stopped and none of them is an error cannot be, and is told.
    pub fn findings(&mut self) -> Vec<Diagnostic> {
        let mut found = std::mem::take(&mut self.diagnostics);
        if let Some(span) = self.told.stopped
            && !found.iter().any(|d| d.severity == Severity::Error)
        {
            found.push(internal(span, "what could not be computed was not told"));
        }
        found
    }
}

fn place(d: &Diagnostic) -> Span {
    d.span().unwrap_or(Span::new(FileId(0), 0, 0))
}

/// The finding that something of the study has got lost in the compiler.
fn internal(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(ids_program::INTERNAL_ERROR, span, format!("internal: {what}"), "got lost here")
        .note("this is a mistake of Tieline, and nothing is claimed of the study")
        .help("report it with the study, or as much of it as shows the message")
}
