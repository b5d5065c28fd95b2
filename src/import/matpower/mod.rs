//! MATPOWER case files (`.m`, format version 2): data, and the code that converts their units.
//!
//! Distribution cases come in ohms and kilowatts and convert themselves to per unit in a few lines of
//! code at their end. That code is evaluated by a small interpreter; what it cannot evaluate is
//! refused with its place, never skipped.

mod case;
mod columns;
mod constants;
mod convert;
mod eval;
mod functions;
mod generators;
mod index;
mod levels;
mod parse;
mod scan;
mod syntax;
mod value;

use self::syntax::Place;
use super::feeder::Feeder;
use crate::diagnostics::ids_import::{MATPOWER_UNREADABLE, MATPOWER_UNSUPPORTED_CODE};
use crate::diagnostics::{Diagnostic, Id};
use crate::source::{FileId, Span};

/// Reads a case file. Every finding has its place in the file; a feeder comes back only if none of
/// them is an error. The caller sets [`Feeder::file`] to the path as the engineer knows it.
pub fn read(file: FileId, text: &str, base_kv: Option<f64>) -> (Option<Feeder>, Vec<Diagnostic>) {
    if u32::try_from(text.len()).is_err() {
        let message = "the file is larger than 4 GB";
        return (None, vec![Diagnostic::new(MATPOWER_UNREADABLE, Span::new(file, 0, 0), message, "too large")]);
    }
    let case = parse::parse(text).and_then(|statements| eval::run(&statements)).and_then(case::Case::from_variables);
    match case {
        Ok(mut case) => {
            let filled = base_kv.map_or(0, |kv| case.fill_base_kv(kv));
            let (mut feeder, findings) = convert::feeder(&case, file, text);
            if let (Some(feeder), Some(kv), 1..) = (&mut feeder, base_kv, filled) {
                let buses = if filled == 1 { "1 bus".to_owned() } else { format!("{filled} buses") };
                feeder.notes.push(format!("{buses} without nominal voltage: {kv} kV as given on import"));
            }
            (feeder, findings)
        }
        Err(trouble) => (None, vec![trouble.diagnostic(file)]),
    }
}

/// What stops the reading of a file.
#[derive(Debug, Clone, PartialEq)]
struct Trouble {
    id: Id,
    place: Place,
    message: String,
    label: String,
    help: Option<&'static str>,
}

impl Trouble {
    fn help(mut self, text: &'static str) -> Self {
        self.help = Some(text);
        self
    }

    fn diagnostic(self, file: FileId) -> Diagnostic {
        let span = Span { file, start: self.place.start, end: self.place.end };
        let diagnostic = Diagnostic::new(self.id, span, self.message, self.label);
        match self.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

fn unreadable(place: Place, message: impl Into<String>, label: impl Into<String>) -> Trouble {
    Trouble { id: MATPOWER_UNREADABLE, place, message: message.into(), label: label.into(), help: None }
}

fn unsupported(place: Place, message: impl Into<String>, label: impl Into<String>) -> Trouble {
    Trouble { id: MATPOWER_UNSUPPORTED_CODE, place, message: message.into(), label: label.into(), help: None }
}
