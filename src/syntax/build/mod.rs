//! From the grammar's pairs to syntax tree nodes.
//!
//! A builder returns `None` where the header has no meaning; it has then reported why, or the
//! caller reports that the statement cannot be read.

mod declare;
mod elements;
mod expr;
mod precedence;
mod statement;
mod study;
pub mod tables;
mod types;

pub use statement::{Parts, statement_kind};

use super::ast::Ident;
use super::grammar::Rule;
use super::sink::Sink;
use crate::diagnostics::{Diagnostic, Id};
use crate::source::{FileId, Span};
use pest::iterators::Pair;
use smol_str::SmolStr;

/// What builders need: where the header stands in its file, and where diagnostics go.
pub struct Builder<'s> {
    /// The file.
    pub file: FileId,
    /// Byte offset of the parsed text in the file; negative where a keyword was mended to a longer one.
    pub base: i64,
    /// Receives diagnostics.
    pub sink: &'s mut Sink,
    /// Expressions being built around the one at hand.
    level: usize,
}

impl<'s> Builder<'s> {
    /// A builder for one header.
    pub fn new(file: FileId, base: i64, sink: &'s mut Sink) -> Self {
        Builder { file, base, sink, level: 0 }
    }

    /// The span of a pair in the file.
    pub fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span { file: self.file, start: self.offset(span.start()), end: self.offset(span.end()) }
    }

    fn offset(&self, local: usize) -> u32 {
        (self.base + local as i64).clamp(0, i64::from(u32::MAX)) as u32
    }

    fn ident(&self, pair: &Pair<'_, Rule>) -> Ident {
        Ident { text: SmolStr::new(pair.as_str()), span: self.span(pair) }
    }

    /// The identifier directly inside a pair.
    fn inner_ident(&self, pair: Pair<'_, Rule>) -> Option<Ident> {
        pair.into_inner().find(|p| is_word(p.as_rule())).map(|p| self.ident(&p))
    }

    /// An identifier or quoted text as a name.
    fn label(&self, pair: &Pair<'_, Rule>) -> Ident {
        match pair.as_rule() {
            Rule::text => Ident { text: super::literal::text(pair.as_str()), span: self.span(pair) },
            _ => self.ident(pair),
        }
    }

    fn report(&mut self, id: Id, span: Span, message: &str, label: &str, help: &str) {
        self.sink.push(|| Diagnostic::new(id, span, message, label).help(help));
    }
}

fn is_word(rule: Rule) -> bool {
    matches!(rule, Rule::ident | Rule::name | Rule::plain | Rule::unit_word)
}
