//! A position in a text, with the tokens and statements around it.
//!
//! Tokens decide what is at the position, since they exist however broken the statement is; the
//! tree only says in which blocks the position lies.

use crate::analysis::Analysis;
use crate::names::{ClassId, ROOT};
use crate::source::{FileId, Span};
use crate::syntax::ast::{Statement, StatementKind};
use crate::syntax::{Token, TokenKind, tokens};
use smol_str::SmolStr;
use std::cell::Cell;

/// A position in a file of an analysis.
pub struct Cursor<'a> {
    /// The study.
    pub analysis: &'a Analysis,
    /// The file.
    pub file: FileId,
    /// The file's text.
    pub text: &'a str,
    /// Its tokens without comments; line ends are among them.
    pub tokens: Vec<Token>,
    /// Byte offset.
    pub at: u32,
    /// Is it in a comment or a text?
    pub in_prose: bool,
    /// Statements around the position, outermost first.
    pub around: Vec<&'a Statement>,
    /// Names looked up so far.
    steps: Cell<usize>,
}

/// Names that one question may look up. Chains of names and index variables need a few; nothing that is
/// written, however odd, may keep an editor waiting.
pub const MOST_STEPS: usize = 256;

/// What bare names mean at a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The class whose members are visible; [`ROOT`] for none.
    pub class: ClassId,
    /// The aspect whose parameters are visible.
    pub aspect: Option<SmolStr>,
    /// Is it in the block of a device statement, where parameters are set?
    pub sets: bool,
}

impl<'a> Cursor<'a> {
    /// The cursor at a byte offset of a file; none if the analysis has no such file.
    pub fn new(analysis: &'a Analysis, file: FileId, at: usize) -> Option<Self> {
        let text: &str = &analysis.sources.get(file)?.text;
        let at = at.min(text.len()) as u32;
        let all = tokens(text);
        let prose = |t: &Token| match t.kind {
            TokenKind::Comment | TokenKind::Doc | TokenKind::ForeignComment | TokenKind::UnclosedText => {
                t.start < at && at <= t.end
            }
            TokenKind::Text => t.start < at && at < t.end,
            _ => false,
        };
        let in_prose = all.iter().any(prose);
        let tokens = all.into_iter().filter(|t| t.kind == TokenKind::Newline || !t.kind.is_trivia()).collect();
        let mut around = Vec::new();
        let mut inner: &'a [Statement] =
            analysis.modules.modules.iter().find(|m| m.file == file).map_or(&[], |m| m.ast.statements.as_slice());
        while let Some(s) = inner.iter().rev().find(|s| s.span.touches(at)) {
            around.push(s);
            inner = block(s);
        }
        Some(Cursor { analysis, file, text, tokens, at, in_prose, around, steps: Cell::new(0) })
    }

    /// Names looked up so far, at most [`MOST_STEPS`].
    pub fn steps(&self) -> usize {
        self.steps.get()
    }

    /// Takes account of one more name; false where there have been too many.
    pub(super) fn step(&self) -> bool {
        let more = self.steps.get() < MOST_STEPS;
        self.steps.set(self.steps.get() + usize::from(more));
        more
    }

    /// Index of the word (or percent sign) at the position, its end included.
    pub fn word(&self) -> Option<usize> {
        let from = self.tokens.partition_point(|t| t.end < self.at);
        let touching = self.tokens.iter().enumerate().skip(from).take_while(|(_, t)| t.start <= self.at);
        touching.filter(|(_, t)| matches!(t.kind, TokenKind::Word | TokenKind::Percent)).map(|(i, _)| i).last()
    }

    /// Text of a token; empty past the ends.
    pub fn token_text(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |t| t.text(self.text))
    }

    /// Kind of a token.
    pub fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|t| t.kind)
    }

    /// Where a token is.
    pub fn span(&self, index: usize) -> Option<Span> {
        self.tokens.get(index).map(|t| Span { file: self.file, start: t.start, end: t.end })
    }

    /// Indices of the tokens of the innermost statement around a token, as half-open range. In a
    /// block's header, that is the header.
    pub fn statement(&self, index: usize) -> std::ops::Range<usize> {
        let offset = self.tokens.get(index).map_or(self.at, |t| t.start);
        let innermost = self.around.iter().rev().find(|s| s.span.touches(offset));
        let first = innermost.map(|s| self.tokens.partition_point(|t| t.start < s.span.start)).filter(|first| {
            let brace = |t: &Token| t.kind == TokenKind::LeftBrace;
            *first <= index && !(opens_block(innermost) && self.tokens[*first..index].iter().any(brace))
        });
        let first = first.unwrap_or_else(|| self.line_head(index));
        let mut depth = 0i64;
        let mut end = first;
        while let Some(t) = self.tokens.get(end) {
            match t.kind {
                k if k.opens() => depth += 1,
                TokenKind::RightParen | TokenKind::RightBracket | TokenKind::RightBrace => depth -= 1,
                TokenKind::Newline | TokenKind::Semicolon if depth <= 0 && end >= index && !self.goes_on(end) => break,
                _ => {}
            }
            if depth < 0 && end >= index {
                break;
            }
            end += 1;
        }
        first..end.max(index + 1).min(self.tokens.len()).max(first)
    }

    /// First token of the statement by line ends alone, walking back from `index`.
    fn line_head(&self, index: usize) -> usize {
        let mut depth = 0i64;
        let mut at = index.min(self.tokens.len());
        while at > 0 {
            match self.tokens[at - 1].kind {
                TokenKind::RightParen | TokenKind::RightBracket | TokenKind::RightBrace => depth += 1,
                TokenKind::LeftBrace if depth == 0 => return at,
                k if k.opens() => depth = (depth - 1).max(0),
                TokenKind::Semicolon if depth == 0 => return at,
                TokenKind::Newline if depth == 0 && !self.goes_on(at - 1) => return at,
                _ => {}
            }
            at -= 1;
        }
        0
    }

    /// Does the statement go on after this line end?
    fn goes_on(&self, newline: usize) -> bool {
        let before = newline.checked_sub(1).and_then(|i| self.kind(i));
        before.is_some_and(|k| k.is_operator() || matches!(k, TokenKind::Comma | TokenKind::Colon))
    }

    /// Does a statement begin at this token index (which may be one past the last token)?
    pub fn begins_statement(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1).and_then(|i| self.kind(i)) else { return true };
        match before {
            TokenKind::Newline => !self.goes_on(index - 1) && self.line_head(index) == index,
            TokenKind::RightBrace => {
                self.tokens.get(index).is_none_or(|t| t.start > 0) && self.line_head(index) == index
            }
            TokenKind::LeftBrace => opens_block(self.around.last()),
            TokenKind::Semicolon => self.line_head(index) == index && opens_block(self.around.last()),
            _ => false,
        }
    }

    /// What bare names mean here.
    pub fn scope(&self) -> Scope {
        let names = &self.analysis.names;
        let mut scope = Scope { class: ROOT, aspect: None, sets: false };
        for s in &self.around {
            let class = match &s.kind {
                StatementKind::Device(d) => Some(&d.name.text),
                StatementKind::Extend { class, .. } => Some(&class.text),
                StatementKind::Instance(i) => {
                    scope.sets = true;
                    Some(&i.class.text)
                }
                StatementKind::Aspect(a) => {
                    scope.aspect = Some(a.name.text.clone());
                    None
                }
                _ => None,
            };
            if let Some(id) = class.and_then(|c| names.class_id(c)) {
                scope.class = id;
            }
        }
        scope
    }
}

fn opens_block(s: Option<&&Statement>) -> bool {
    s.is_some_and(|s| {
        matches!(
            s.kind,
            StatementKind::Device(_)
                | StatementKind::Aspect(_)
                | StatementKind::Extend { .. }
                | StatementKind::Case { .. }
                | StatementKind::Study { .. }
                | StatementKind::In { .. }
                | StatementKind::Instance(_)
        )
    })
}

fn block(s: &Statement) -> &[Statement] {
    match &s.kind {
        StatementKind::Device(d) => &d.body,
        StatementKind::Aspect(a) => &a.body,
        StatementKind::Instance(i) => &i.body,
        StatementKind::Extend { body, .. }
        | StatementKind::Case { body, .. }
        | StatementKind::Study { body, .. }
        | StatementKind::In { body, .. } => body,
        _ => &[],
    }
}
