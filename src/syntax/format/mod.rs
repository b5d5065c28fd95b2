//! The formatter: tokens with their comments, laid out anew.
//!
//! Line breaks between statements and inside them stay the author's (at most one blank line);
//! indentation and the blanks between tokens are made uniform. Braces that open and close on one
//! line stay on it. The formatted text parses to the same tree, and formatting it again changes
//! nothing.

mod layout;
mod roles;
mod spacing;

use super::scan;
use crate::diagnostics::Diagnostic;
use crate::source::FileId;

/// The formatted text, or the diagnostics of a text that has syntax mistakes.
pub fn format(file: FileId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let parse = super::parse(file, text);
    if !parse.diagnostics.is_empty() {
        return Err(parse.diagnostics);
    }
    let mut sink = super::sink::Sink::default();
    let split = super::split::split(file, text, &parse.tokens, &mut sink);
    let roles = roles::assign(text, &parse.tokens, &split.statements);
    Ok(layout::lay_out(text, &parse.tokens, &roles))
}

/// Kind of the token at an index, if there is one.
fn kind(tokens: &[scan::Token], at: usize) -> Option<scan::TokenKind> {
    tokens.get(at).map(|t| t.kind)
}
