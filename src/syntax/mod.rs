//! The syntax stage: text → (syntax tree, diagnostics). Never fails.
//!
//! [`scan`] cuts the text into tokens, `split` the tokens into a tree of raw statements, and each
//! statement's header is read on its own, so that a mistake stays where it is.

pub mod ast;
pub mod dictionary;
pub mod form;
pub mod format;
pub mod outline;
pub mod scan;
pub mod walk;

mod annotation;
mod build;
mod direct;
mod foreign;
mod grammar;
mod lexical;
mod literal;
mod mistake;
mod open;
mod pending;
mod read;
mod resync;
mod sink;
mod split;
mod table;
mod words;

pub use scan::{Token, TokenKind, tokens};

use crate::diagnostics::Diagnostic;
use crate::source::FileId;
use rayon::prelude::*;
use sink::Sink;

/// Files from this size on (in bytes) are read by several threads.
const PARALLEL: usize = 256 * 1024;

/// What parsing a file gives.
#[derive(Debug, Clone, Default)]
pub struct Parse {
    /// The tree; what could not be read is in it as such.
    pub module: ast::Module,
    /// Findings in file order: at most fifty, and one that counts the rest.
    pub diagnostics: Vec<Diagnostic>,
    /// All tokens, comments and line ends included.
    pub tokens: Vec<Token>,
}

/// Parses a file's text. Every input gives a tree; the result does not depend on the number of threads.
pub fn parse(file: FileId, text: &str) -> Parse {
    let tokens = scan::tokens(text);
    let mut sink = Sink::default();
    lexical::report(file, text, &tokens, &mut sink);
    let split = split::split(file, text, &tokens, &mut sink);
    let cx = read::Context { file, text, tokens: &tokens };
    let mut module = ast::Module { statements: Vec::new(), doc: split.doc };
    if text.len() < PARALLEL {
        module.statements = read::statements(cx, split.statements, &mut sink);
    } else {
        let chunk = (split.statements.len() / 64).max(1);
        let mut raws = split.statements.into_iter();
        let chunks: Vec<Vec<_>> =
            std::iter::from_fn(|| Some(raws.by_ref().take(chunk).collect()).filter(|c: &Vec<_>| !c.is_empty()))
                .collect();
        let read: Vec<_> = chunks
            .into_par_iter()
            .map(|chunk| {
                let mut own = Sink::default();
                let statements = read::statements(cx, chunk, &mut own);
                (statements, own)
            })
            .collect();
        for (statements, own) in read {
            module.statements.extend(statements);
            sink.append(own);
        }
    }
    Parse { module, diagnostics: sink.finish(file), tokens }
}
