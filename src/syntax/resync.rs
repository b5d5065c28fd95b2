//! Where to read on in a file whose brackets do not match. These guesses are only made in such
//! files; in all others brackets alone decide.

use super::form;
use super::scan::{Token, TokenKind as K};

/// Do all brackets match?
pub fn balanced(tokens: &[Token]) -> bool {
    let mut open = Vec::new();
    for token in tokens {
        let kind = token.kind;
        if kind.opens() {
            open.push(kind.closer());
        } else if matches!(kind, K::RightParen | K::RightBracket | K::RightBrace) && open.pop() != Some(Some(kind)) {
            return false;
        }
    }
    open.is_empty()
}

/// Lines are looked at this far back: what stands further right is far right enough.
const LOOK_BACK: usize = 4096;

/// Byte column of an offset, counted from zero.
pub fn column(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(&[]);
    before.iter().rev().take(LOOK_BACK).take_while(|b| **b != b'\n').count()
}

/// Byte column of the first visible character of an offset's line.
pub fn indent(text: &str, offset: usize) -> usize {
    let start = offset - column(text, offset);
    text.as_bytes().get(start..offset).unwrap_or(&[]).iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// Do the words at token `at` begin a declaration, as no expression does?
pub fn begins_a_declaration(text: &str, tokens: &[Token], at: usize) -> bool {
    let (Some(token), Some(next)) = (tokens.get(at), tokens.get(at + 1)) else { return false };
    token.kind == K::Word
        && next.kind == K::Word
        && matches!(
            token.text(text),
            "rule"
                | "param"
                | "var"
                | "let"
                | "device"
                | "aspect"
                | "extend"
                | "inject"
                | "table"
                | "case"
                | "sweep"
                | "study"
                | "minimize"
                | "maximize"
                | "objective"
                | "provide"
                | "redefine"
                | "use"
                | "require"
                | "check"
                | "add"
        )
}

/// Inside an open bracket: does the line that begins with token `at` start a new statement, so that
/// the bracket was forgotten? Keywords that no expression contains decide, and lines no further
/// right than the statement's own.
pub fn looks_like_a_statement(text: &str, tokens: &[Token], at: usize, statement: usize) -> bool {
    let Some(token) = tokens.get(at).filter(|t| t.kind == K::Word) else { return false };
    if begins_a_declaration(text, tokens, at) {
        return true;
    }
    let Some(start) = tokens.get(statement) else { return false };
    let next = tokens.get(at + 1).map(|t| t.kind);
    column(text, token.start as usize) <= indent(text, start.start as usize)
        && (form::of_keyword(token.text(text)).is_some()
            || matches!(next, Some(K::Word | K::Text | K::Number | K::LeftBrace | K::Equals | K::Dot)))
}

/// The token behind the group that opens at `open`, nested groups skipped without recursion.
pub fn past_group(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0usize;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            K::LeftBrace => depth += 1,
            K::RightBrace => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}
