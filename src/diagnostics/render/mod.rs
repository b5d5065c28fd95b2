//! The ways to show findings. Each takes the texts and the findings and returns a string; none
//! prints, and none panics, whatever the spans are.

mod concise;
mod human;
mod json;
mod sarif;
mod snippet;

pub use concise::concise;
pub use human::{Style, human};
pub use json::{JSON_SCHEMA, json};
pub use sarif::sarif;

use super::{Diagnostic, Severity};

/// The word for a severity, as printed in every format.
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// `error[E0201 unknown-name]`.
fn heading(diagnostic: &Diagnostic) -> String {
    format!("{}[{} {}]", severity_word(diagnostic.severity), diagnostic.id.code, diagnostic.id.name)
}

/// A text for a terminal: control characters and those that change the direction of writing are
/// replaced, so that a file cannot write escape sequences to the screen through a message.
fn harmless(text: &str) -> String {
    text.chars().map(harmless_char).collect()
}

fn harmless_char(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\u{2028}' | '\u{2029}' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\r' => ' ',
        c if c.is_control() => '\u{FFFD}',
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' => '\u{FFFD}',
        c => c,
    }
}

#[cfg(test)]
mod tests;
