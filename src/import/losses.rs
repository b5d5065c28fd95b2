//! Findings about data that do not survive the import, one per kind of field.

use crate::diagnostics::ids_import::{FIELD_APPROXIMATED, FIELD_DROPPED};
use crate::diagnostics::{Diagnostic, Id};
use crate::source::Span;

/// Findings in order, each with its first place and the number of places.
#[derive(Debug, Default)]
pub(super) struct Losses {
    found: Vec<Loss>,
}

#[derive(Debug)]
struct Loss {
    id: Id,
    what: &'static str,
    label: &'static str,
    why: &'static str,
    first: Span,
    count: usize,
}

impl Losses {
    /// The field is not in the written file. `what` is a plural phrase: `line charging of branches`.
    pub(super) fn dropped(&mut self, what: &'static str, why: &'static str, place: Span) {
        self.add(FIELD_DROPPED, what, "dropped", why, place);
    }

    /// The field is in the written file in a simpler form.
    pub(super) fn approximated(&mut self, what: &'static str, why: &'static str, place: Span) {
        self.add(FIELD_APPROXIMATED, what, "approximated", why, place);
    }

    fn add(&mut self, id: Id, what: &'static str, label: &'static str, why: &'static str, first: Span) {
        match self.found.iter_mut().find(|l| l.what == what) {
            Some(loss) => loss.count += 1,
            None => self.found.push(Loss { id, what, label, why, first, count: 1 }),
        }
    }

    /// The diagnostics, and the same as sentences for the head of the written file.
    pub(super) fn finish(self) -> (Vec<Diagnostic>, Vec<String>) {
        let mut diagnostics = Vec::with_capacity(self.found.len());
        let mut notes = Vec::with_capacity(self.found.len());
        for loss in self.found {
            let verb = if loss.id == FIELD_DROPPED { "are dropped" } else { "are approximated" };
            let places = if loss.count == 1 { "1 place".to_owned() } else { format!("{} places", loss.count) };
            let message = format!("{} {verb} ({places})", loss.what);
            notes.push(format!("{message}: {}", loss.why));
            let label = if loss.count == 1 { loss.label.to_owned() } else { format!("{} here first", loss.label) };
            diagnostics.push(Diagnostic::new(loss.id, loss.first, message, label).note(loss.why));
        }
        (diagnostics, notes)
    }
}
