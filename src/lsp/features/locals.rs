//! Index variables of the statement around a position: `i in site`, `each row in buses`, `t`.

use super::cursor::Cursor;
use super::resolve::{Holder, holder, resolve_at};
use crate::syntax::TokenKind;
use crate::syntax::ast::StatementKind;

/// An index variable. What it runs over is read only where it is asked for: sets may mention further
/// index variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// Token index of its declaration.
    pub token: usize,
    /// Tokens of the set it runs over; none for a period.
    set: Option<std::ops::Range<usize>>,
}

impl Local {
    /// What its fields are.
    pub fn holder(&self, cursor: &Cursor<'_>, depth: usize) -> Holder {
        self.set.as_ref().map_or(Holder::Period, |set| of_set(cursor, set, depth))
    }
}

/// The index variables around token `index`, in order: of the device statement whose block it lies
/// in, then of its own statement.
pub fn locals(cursor: &Cursor<'_>, index: usize) -> Vec<Local> {
    let range = cursor.statement(index);
    let mut out = Vec::new();
    for s in cursor.around.iter().filter(|s| matches!(s.kind, StatementKind::Instance(_))) {
        let first = cursor.tokens.partition_point(|t| t.start < s.span.start);
        let header = cursor.tokens.iter().skip(first).take_while(|t| t.kind != TokenKind::LeftBrace).count();
        if first < range.start {
            declared(cursor, first..first + header, &mut out);
        }
    }
    declared(cursor, range, &mut out);
    out
}

fn declared(cursor: &Cursor<'_>, range: std::ops::Range<usize>, out: &mut Vec<Local>) {
    for i in range.clone() {
        if cursor.kind(i) != Some(TokenKind::Word) {
            continue;
        }
        if cursor.token_text(i) == "t" && is_bare_index(cursor, i) {
            out.push(Local { token: i, set: None });
        } else if cursor.token_text(i + 1) == "in" && is_declared(cursor, i, range.start) {
            out.push(Local { token: i, set: Some(i + 2..range.end) });
        }
    }
}

/// `[t]`, `(t:`, `for t`, `, t]`.
fn is_bare_index(cursor: &Cursor<'_>, i: usize) -> bool {
    let Some(before) = i.checked_sub(1) else { return false };
    let opens = matches!(cursor.kind(before), Some(TokenKind::LeftBracket | TokenKind::LeftParen | TokenKind::Comma))
        || cursor.token_text(before) == "for";
    let closes = matches!(cursor.kind(i + 1), Some(TokenKind::RightBracket | TokenKind::Comma | TokenKind::Colon))
        || cursor.token_text(i + 1) == "where";
    opens && closes
}

/// The word before `in` declares an index after an opening bracket, a comma, `for` or `each`.
fn is_declared(cursor: &Cursor<'_>, i: usize, first: usize) -> bool {
    if i <= first {
        return false;
    }
    cursor.kind(i - 1).is_some_and(|k| k.opens() || k == TokenKind::Comma)
        || matches!(cursor.token_text(i - 1), "for" | "each")
}

/// What the elements of the set at the first of these tokens are.
fn of_set(cursor: &Cursor<'_>, set: &std::ops::Range<usize>, depth: usize) -> Holder {
    let mut last = set.start;
    while last + 2 < set.end
        && cursor.kind(last + 1) == Some(TokenKind::Dot)
        && cursor.kind(last + 2) == Some(TokenKind::Word)
    {
        last += 2;
    }
    if cursor.token_text(last) == "periods" {
        return Holder::Period;
    }
    resolve_at(cursor, last, depth + 1).map_or(Holder::Nothing, |t| holder(cursor.analysis, &t))
}
