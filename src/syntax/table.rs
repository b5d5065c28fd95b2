//! The brace groups of a table: columns, then rows. Columns are separated by `;`, `|` or line ends,
//! rows by `;` or line ends, cells by `|`.

use super::ast::{ColumnDecl, Expr, Ident, TableDecl};
use super::build::{Builder, tables};
use super::grammar::{Grammar, Rule};
use super::read::Context;
use super::scan::{Token, TokenKind as K};
use super::sink::Sink;
use super::{direct, mistake};
use crate::diagnostics::{Diagnostic, ids_syntax as ids};
use crate::source::Span;
use pest::Parser;
use smol_str::SmolStr;

/// Reads the groups; none where a part is not readable (and reported).
pub fn groups(cx: Context<'_>, groups: &[(usize, usize)], sink: &mut Sink) -> Option<TableDecl> {
    let columns = columns(cx, cx.slice(*groups.first()?), sink);
    let rows = groups.get(1).map(|group| rows(cx, cx.slice(*group), sink));
    Some(TableDecl {
        name: Ident { text: SmolStr::default(), span: Span::new(cx.file, 0, 0) },
        from: None,
        wide: None,
        by_period: false,
        columns: columns?,
        rows: match rows {
            Some(rows) => Some(rows?),
            None => None,
        },
    })
}

/// Cuts at separators; runs without a token are left out.
fn entries(tokens: &[Token], separates: impl Fn(K) -> bool) -> Vec<&[Token]> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut depth = 0usize;
    for (i, token) in tokens.iter().enumerate() {
        match token.kind {
            kind if kind.opens() => depth += 1,
            K::RightParen | K::RightBracket | K::RightBrace => depth = depth.saturating_sub(1),
            K::Newline if i > 0 && matches!(tokens[i - 1].kind, K::Comma | K::Colon) => continue,
            _ => {}
        }
        if depth == 0 && separates(token.kind) {
            out.push(&tokens[from..i]);
            from = i + 1;
        }
    }
    out.push(&tokens[from..]);
    out
}

/// Without comments and blank lines at either end.
fn trimmed(mut tokens: &[Token]) -> &[Token] {
    while let [first, rest @ ..] = tokens
        && first.kind.is_trivia()
    {
        tokens = rest;
    }
    while let [rest @ .., last] = tokens
        && last.kind.is_trivia()
    {
        tokens = rest;
    }
    tokens
}

fn columns(cx: Context<'_>, tokens: &[Token], sink: &mut Sink) -> Option<Vec<ColumnDecl>> {
    let mut columns = Vec::new();
    let mut readable = true;
    for entry in entries(tokens, |k| matches!(k, K::Semicolon | K::Bar | K::Newline)) {
        let entry = trimmed(entry);
        if entry.is_empty() {
            continue;
        }
        match column(cx, entry, sink) {
            Some(found) => columns.extend(found),
            None => readable = false,
        }
    }
    readable.then_some(columns)
}

fn column(cx: Context<'_>, entry: &[Token], sink: &mut Sink) -> Option<Vec<ColumnDecl>> {
    if spoiled(entry) {
        return None;
    }
    let (text, base) = cx.cover(entry);
    match Grammar::parse(Rule::s_column, text) {
        Ok(mut pairs) => tables::columns(&mut Builder::new(cx.file, base as i64, sink), pairs.next()?),
        Err(error) => {
            sink.push(|| mistake::explain(cx, &mistake::COLUMN, entry, base as i64, &error));
            None
        }
    }
}

fn rows(cx: Context<'_>, tokens: &[Token], sink: &mut Sink) -> Option<Vec<Vec<Expr>>> {
    let mut rows = Vec::new();
    let mut readable = true;
    for row in entries(tokens, |k| matches!(k, K::Semicolon | K::Newline)) {
        let row = trimmed(row);
        if row.is_empty() {
            continue;
        }
        let mut cells = Vec::new();
        for entry in entries(row, |k| k == K::Bar) {
            match cell(cx, trimmed(entry), row, sink) {
                Some(found) => cells.push(found),
                None => readable = false,
            }
        }
        rows.push(cells);
    }
    readable.then_some(rows)
}

fn cell(cx: Context<'_>, entry: &[Token], row: &[Token], sink: &mut Sink) -> Option<Expr> {
    if spoiled(entry) {
        return None;
    }
    if entry.is_empty() {
        let whole = row.first().zip(row.last()).map(|(a, b)| cx.span(*a).to(cx.span(*b)))?;
        sink.push(|| {
            Diagnostic::new(ids::MISSING_VALUE, whole, "a cell of this row is empty", "a cell is missing here")
                .help("write a value in every cell; leave the column out where there is none")
        });
        return None;
    }
    if let Some(value) = direct::value(cx, entry) {
        return Some(value);
    }
    let (text, base) = cx.cover(entry);
    match Grammar::parse(Rule::s_cell, text) {
        Ok(mut pairs) => tables::cell(&mut Builder::new(cx.file, base as i64, sink), pairs.next()?),
        Err(error) => {
            sink.push(|| mistake::explain(cx, &mistake::CELL, entry, base as i64, &error));
            None
        }
    }
}

fn spoiled(tokens: &[Token]) -> bool {
    tokens.iter().any(|t| matches!(t.kind, K::Stray | K::UnclosedText))
}
