//! Lines and indentation.

use super::kind;
use super::roles::Role;
use super::spacing::{Seen, blank};
use crate::syntax::scan::{Token, TokenKind as K};

/// Columns per level.
const INDENT: usize = 4;

/// The laid-out text.
pub fn lay_out(text: &str, tokens: &[Token], roles: &[Role]) -> String {
    let mut layout = Layout {
        text,
        tokens,
        roles,
        out: String::with_capacity(text.len() + text.len() / 8),
        open: Vec::new(),
        statement: 0,
        line: 0,
        left: None,
    };
    layout.run();
    layout.out
}

/// An open bracket.
struct Open {
    /// Indentation of the line it stands on; of its statement's first line for blocks.
    indent: usize,
    /// Braces of a block or table.
    block: bool,
    /// A block over several lines.
    broken: bool,
}

struct Layout<'a> {
    text: &'a str,
    tokens: &'a [Token],
    roles: &'a [Role],
    out: String,
    open: Vec<Open>,
    /// Indentation of the current statement's first line.
    statement: usize,
    /// Indentation of the current line.
    line: usize,
    /// The token before, if the line is not empty.
    left: Option<usize>,
}

impl<'a> Layout<'a> {
    fn role(&self, at: usize) -> Role {
        self.roles.get(at).copied().unwrap_or_default()
    }

    fn seen(&self, at: usize) -> Option<Seen<'a>> {
        let token = self.tokens.get(at)?;
        Some(Seen { kind: token.kind, text: token.text(self.text), role: self.role(at) })
    }

    fn run(&mut self) {
        let mut newlines = 0;
        let mut separator = None;
        for at in 0..self.tokens.len() {
            match kind(self.tokens, at) {
                Some(K::Newline) => newlines += 1,
                Some(K::Semicolon) if self.separates(at) => {
                    separator = separator.or(self.left.is_some().then_some(at));
                }
                Some(_) => {
                    self.token(at, newlines, separator.take());
                    newlines = 0;
                }
                None => {}
            }
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    /// Is this `;` between statements, columns or rows, rather than inside an expression?
    fn separates(&self, at: usize) -> bool {
        !self.role(at).inside && self.open.last().is_none_or(|o| o.block)
    }

    fn token(&mut self, at: usize, newlines: usize, separator: Option<usize>) {
        let Some(seen) = self.seen(at) else { return };
        let comment = seen.kind.is_trivia();
        let closes_broken = seen.kind == K::RightBrace && seen.role.open_block;
        let after_open =
            self.left.and_then(|l| self.seen(l)).is_some_and(|l| l.kind == K::LeftBrace && l.role.open_block);
        let trailing = comment && newlines == 0 && self.left.is_some();
        // A block opens on its header's line, unless a comment ends that line.
        let after_comment = self.left.and_then(|l| kind(self.tokens, l)).is_some_and(K::is_trivia);
        let opens = seen.kind == K::LeftBrace && seen.role.block && !after_comment;
        let breaks = !trailing && !opens && (newlines > 0 || closes_broken || after_open);
        if let Some(separator) = separator
            && (self.needed(separator) || (!breaks && !comment && seen.kind != K::RightBrace))
        {
            self.out.push(';');
        }
        if breaks && !self.out.is_empty() {
            let block_start = self.left.is_none() || after_open;
            let airy = newlines > 1
                && !block_start
                && !closes_broken
                && !seen.role.inside
                && self.open.last().is_none_or(|o| o.block);
            self.out.push_str(if airy { "\n\n" } else { "\n" });
        }
        if breaks || self.out.is_empty() {
            self.line = self.indent(at, seen);
            self.out.extend(std::iter::repeat_n(' ', self.line));
        } else if trailing {
            self.out.push_str("  ");
        } else if let Some(left) = self.left.and_then(|l| self.seen(l)) {
            let adjacent = self
                .tokens
                .get(at.wrapping_sub(1))
                .is_some_and(|l| self.tokens.get(at).is_some_and(|r| l.end == r.start));
            if separator.is_some() || blank(left, seen, adjacent) {
                self.out.push(' ');
            }
        }
        if seen.role.starts || (seen.kind == K::At && !seen.role.inside) {
            self.statement = self.block_indent();
        }
        match seen.kind {
            K::LeftBrace if seen.role.block => {
                self.open.push(Open { indent: self.statement, block: true, broken: seen.role.open_block });
            }
            k if k.opens() => self.open.push(Open { indent: self.line, block: false, broken: false }),
            K::RightParen | K::RightBracket | K::RightBrace => {
                if let Some(closed) = self.open.pop()
                    && closed.block
                {
                    self.statement = closed.indent;
                }
            }
            _ => {}
        }
        self.out.push_str(seen.text.trim_end());
        self.left = Some(at);
    }

    /// A `;` without which the next line would be read as part of the statement.
    fn needed(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|b| self.seen(b)) else { return false };
        before.kind == K::Word
            && matches!(before.text, "of" | "in" | "to" | "for" | "into" | "when" | "where" | "not" | "or" | "and")
            || before.kind.is_operator()
    }

    /// Indentation of statements in the innermost block.
    fn block_indent(&self) -> usize {
        self.open.iter().rev().find(|o| o.block && o.broken).map_or(0, |o| o.indent + INDENT)
    }

    /// Indentation of a line that begins with this token.
    fn indent(&self, at: usize, seen: Seen<'_>) -> usize {
        let closes = matches!(seen.kind, K::RightParen | K::RightBracket | K::RightBrace);
        match self.open.last() {
            Some(open) if closes => open.indent,
            _ if seen.role.block => self.statement,
            Some(open) if !open.block => open.indent + INDENT,
            _ if self.role(at).inside => self.statement + INDENT,
            _ => self.block_indent(),
        }
    }
}
