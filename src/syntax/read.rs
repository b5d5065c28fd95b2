//! Raw statements → statements: headers are read by the grammar, plain ones directly from tokens.

use super::ast::{InstanceDecl, Place, Statement, StatementKind};
use super::build::{self, Builder};
use super::form::{self, Form};
use super::grammar::{Grammar, Rule};
use super::scan::{Token, TokenKind as K};
use super::sink::Sink;
use super::split::{Body, MAX_HOPELESS, Raw};
use super::words::is_special;
use super::{direct, foreign, mistake, table};
use crate::diagnostics::{Diagnostic, ids_syntax as ids};
use crate::source::{FileId, Span};
use pest::Parser;
use smol_str::SmolStr;
use std::sync::Arc;

/// Headers with more tokens than this are refused: data of that size belong in a table.
const MAX_HEADER: usize = 100_000;

/// A file's text and tokens.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The file.
    pub file: FileId,
    /// Its text.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: &'a [Token],
}

impl<'a> Context<'a> {
    /// The tokens of a range.
    pub fn slice(&self, range: (usize, usize)) -> &'a [Token] {
        self.tokens.get(range.0..range.1).unwrap_or(&[])
    }

    /// The span of a token.
    pub fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start as usize, token.end as usize)
    }

    /// The text from the first to the last of some tokens, and its offset.
    pub fn cover(&self, tokens: &[Token]) -> (&'a str, usize) {
        let start = tokens.first().map_or(0, |t| t.start as usize);
        let end = tokens.last().map_or(start, |t| t.end as usize);
        (self.text.get(start..end).unwrap_or(""), start)
    }
}

/// Reads statements in order.
pub fn statements(cx: Context<'_>, raws: Vec<Raw>, sink: &mut Sink) -> Vec<Statement> {
    let mut unreadable = 0;
    let mut kept = Vec::with_capacity(raws.len());
    for raw in raws {
        let statement = statement(cx, raw, sink);
        unreadable += usize::from(matches!(statement.kind, StatementKind::Unreadable { .. }));
        if unreadable <= MAX_HOPELESS || !matches!(statement.kind, StatementKind::Unreadable { .. }) {
            kept.push(statement);
        }
    }
    kept
}

/// Reads one statement and its block.
pub fn statement(cx: Context<'_>, raw: Raw, sink: &mut Sink) -> Statement {
    let Raw { form, head, end, body, doc, annotations, spoiled } = raw;
    let tokens = cx.slice(head);
    let start = tokens.first().map_or(end, |t| t.start as usize);
    let span = Span::new(cx.file, start, end.max(start));
    let braces = !matches!(body, Body::None);
    let mut reader = Reader { cx, form, tokens, sink };
    let mut parts = build::Parts::default();
    let mut readable = !spoiled;
    match body {
        Body::None => {
            if form.braces == form::Braces::Table && readable {
                readable = reader.require_columns();
            }
        }
        Body::Block(raws) => parts.body = statements(cx, raws, reader.sink),
        Body::Table(groups) => match table::groups(cx, &groups, reader.sink) {
            Some(decl) => parts.table = Some(decl),
            None => readable = false,
        },
    }
    let kind = if readable { reader.header(parts, braces) } else { None };
    let kind = kind.unwrap_or_else(|| StatementKind::Unreadable { declares: declares(cx, form, tokens) });
    Statement { span, doc, annotations, kind }
}

struct Reader<'a, 's> {
    cx: Context<'a>,
    form: &'static Form,
    tokens: &'a [Token],
    sink: &'s mut Sink,
}

impl Reader<'_, '_> {
    fn word(&self) -> &str {
        self.tokens.first().filter(|t| t.kind == K::Word).map_or("", |t| t.text(self.cx.text))
    }

    fn require_columns(&mut self) -> bool {
        let Some(last) = self.tokens.last() else { return false };
        let span = self.cx.span(*last);
        self.sink.push(|| {
            Diagnostic::new(
                ids::UNREADABLE_STATEMENT,
                span,
                "this table declares no columns",
                "expected `{` and columns after this",
            )
            .help(format!("write `{}`", form::of_keyword("table").map_or("", |f| f.pattern)))
        });
        false
    }

    fn header(&mut self, parts: build::Parts, braces: bool) -> Option<StatementKind> {
        if foreign::leading(self.cx, self.tokens, self.sink) {
            return None;
        }
        let form = self.form;
        let mut direct = false;
        match form.rule {
            Some(Rule::s_setting) => {
                if let Some(kind) = direct::setting(self.cx, self.tokens) {
                    return Some(kind);
                }
            }
            Some(Rule::s_instance) => {
                if let Some(decl) = direct::instance(self.cx, self.tokens) {
                    if braces && !holds_declarations(&parts.body) || decl.place != Place::None {
                        let decl = InstanceDecl { body: parts.body, ..decl };
                        return Some(StatementKind::Instance(Arc::new(decl)));
                    }
                    direct = true;
                }
            }
            _ => {}
        }
        if !direct && foreign::operators(self.cx, self.tokens, self.sink) {
            return None;
        }
        if self.tokens.len() > MAX_HEADER {
            self.too_long();
            return None;
        }
        let misspelled = !form.keyword.is_empty() && form.keyword != self.word();
        if misspelled {
            return self.mended(form.keyword, parts);
        }
        let keyword = if form.keyword.is_empty() && form.rule != form::SETTING.rule {
            self.tokens.first().and_then(|_| form::keyword_near(self.word()))
        } else {
            None
        };
        let (header, base) = self.cx.cover(self.tokens);
        let parsed = form.rule.map(|rule| Grammar::parse(rule, header));
        match parsed {
            Some(Ok(mut pairs)) => {
                let suspicious = form.rule == form::INSTANCE.rule
                    && ((!braces && self.tokens.len() <= 2) || holds_declarations(&parts.body));
                if suspicious && let Some(keyword) = keyword {
                    return self.mended(keyword, parts);
                }
                let mut builder = Builder::new(self.cx.file, base as i64, self.sink);
                build::statement_kind(&mut builder, pairs.next()?, parts)
            }
            Some(Err(_)) if keyword.is_some() => self.mended(keyword.unwrap_or(""), parts),
            None if keyword.is_some() => self.mended(keyword.unwrap_or(""), parts),
            Some(Err(error)) => {
                let (cx, form, tokens) = (self.cx, self.form, self.tokens);
                self.sink.push(|| mistake::explain(cx, form, tokens, base as i64, &error));
                None
            }
            None => {
                let (cx, tokens) = (self.cx, self.tokens);
                self.sink.push(|| mistake::no_statement(cx, tokens));
                None
            }
        }
    }

    /// Reports a misspelled keyword and reads the header as if it were spelled right.
    fn mended(&mut self, keyword: &'static str, parts: build::Parts) -> Option<StatementKind> {
        let first = *self.tokens.first()?;
        let word = self.word().to_string();
        let span = self.cx.span(first);
        self.sink.push(|| {
            Diagnostic::new(
                ids::MISSPELLED_KEYWORD,
                span,
                format!("`{word}` begins no statement"),
                format!("did you mean `{keyword}`?"),
            )
            .help(
                form::of_keyword(keyword).map_or(String::new(), |f| format!("{} is written `{}`", f.called, f.pattern)),
            )
            .fix(format!("write `{keyword}`"), vec![(span, keyword.to_string())])
        });
        let form = form::of_keyword(keyword)?;
        let (header, base) = self.cx.cover(self.tokens);
        let mended = format!("{keyword}{}", header.get(word.len()..)?);
        let mut pairs = Grammar::parse(form.rule?, &mended).ok()?;
        let base = base as i64 + word.len() as i64 - keyword.len() as i64;
        build::statement_kind(&mut Builder::new(self.cx.file, base, self.sink), pairs.next()?, parts)
    }

    fn too_long(&mut self) {
        let Some(first) = self.tokens.first() else { return };
        let span = self.cx.span(*first);
        self.sink.push(|| {
            Diagnostic::new(ids::NESTED_TOO_DEEPLY, span, "this statement is too long to read", "begins here")
                .note(format!("a statement may have {MAX_HEADER} words and signs"))
                .help("put its data into a `table`, and sum over its rows")
        });
    }
}

/// Does the block hold anything but settings, as an element's never does?
fn holds_declarations(body: &[Statement]) -> bool {
    body.iter().any(|s| {
        !matches!(
            s.kind,
            StatementKind::Setting { .. }
                | StatementKind::Restage { .. }
                | StatementKind::Unreadable { .. }
                | StatementKind::Instance(_)
        )
    })
}

/// The names an unreadable statement may declare: the words after its keyword.
fn declares(cx: Context<'_>, form: &Form, tokens: &[Token]) -> Vec<SmolStr> {
    let mut names = Vec::new();
    let mut depth = 0usize;
    let skip = usize::from(!form.keyword.is_empty() || form.rule == form::INSTANCE.rule || form.rule.is_none());
    for token in tokens.iter().skip(skip) {
        match token.kind {
            kind if kind.opens() => depth += 1,
            K::RightParen | K::RightBracket | K::RightBrace => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            K::Word if matches!(token.text(cx.text), "let" | "rule" | "check") && names.is_empty() => {}
            K::Word if is_special(token.text(cx.text)) => break,
            K::Word => names.push(SmolStr::new(token.text(cx.text))),
            K::Text => names.push(super::literal::text(token.text(cx.text))),
            K::Comma => {}
            _ => break,
        }
    }
    names.truncate(32);
    names
}
