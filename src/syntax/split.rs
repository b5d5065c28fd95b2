//! The splitter: tokens → a tree of raw statements, each a header and perhaps a block.
//!
//! It knows where statements end and what braces mean, nothing else; headers are read later, one
//! by one. Brackets that do not match are reported at their opener, and reading goes on at the next
//! line that looks like a statement.

use super::ast::Annotation;
use super::form::{self, Braces, Form};
use super::open::Open;
use super::pending::{Pending, append_doc};
use super::scan::{Token, TokenKind as K};
use super::sink::Sink;
use super::{annotation, resync};
use crate::diagnostics::{Diagnostic, ids_syntax as ids};
use crate::source::{FileId, Span};
use smol_str::SmolStr;

/// Brackets, blocks and conditions may nest this deep.
pub const MAX_NESTING: usize = 100;

/// Unreadable statements kept in a tree.
pub const MAX_HOPELESS: usize = 1000;

/// A statement whose header is not read yet.
#[derive(Debug)]
pub struct Raw {
    /// Its form, from its first words.
    pub form: &'static Form,
    /// Its header: a half-open range of tokens.
    pub head: (usize, usize),
    /// End of the statement, block included: a byte offset.
    pub end: usize,
    /// What its braces hold.
    pub body: Body,
    /// Its documentation.
    pub doc: Option<SmolStr>,
    /// Its annotations.
    pub annotations: Vec<Annotation>,
    /// A mistake in it is reported already; reading its header would only repeat that.
    pub spoiled: bool,
}

/// What stands in braces after a header.
#[derive(Debug)]
pub enum Body {
    /// No braces.
    None,
    /// Statements.
    Block(Vec<Raw>),
    /// Token ranges of a table's brace groups, braces excluded.
    Table(Vec<(usize, usize)>),
}

/// The raw statements of a file, and the `##` lines at its head that a blank line sets apart.
#[derive(Debug)]
pub struct Split {
    /// Statements in order.
    pub statements: Vec<Raw>,
    /// The file's own documentation.
    pub doc: Option<SmolStr>,
}

/// Splits a file's tokens.
pub fn split(file: FileId, text: &str, tokens: &[Token], sink: &mut Sink) -> Split {
    let resync = !resync::balanced(tokens);
    let mut splitter = Splitter {
        file,
        text,
        tokens,
        sink,
        at: 0,
        resync,
        frames: Vec::new(),
        closing: Closing::No,
        doc: None,
        hopeless: 0,
    };
    let mut statements = Vec::new();
    while splitter.at < tokens.len() {
        splitter.statements(&mut statements, &mut None);
        splitter.closing = Closing::No;
        if splitter.kind() == Some(K::RightBrace) {
            splitter.stray_closer();
            splitter.at += 1;
        }
    }
    Split { statements, doc: splitter.doc }
}

/// An open block.
struct Frame {
    owner: &'static Form,
    /// Column of the first token of the line that opened it.
    indent: usize,
}

/// Why a block ends without its own `}`.
#[derive(PartialEq, Clone, Copy)]
enum Closing {
    No,
    /// Only this block.
    One,
    /// All blocks.
    All,
}

struct Splitter<'a> {
    file: FileId,
    text: &'a str,
    tokens: &'a [Token],
    sink: &'a mut Sink,
    at: usize,
    resync: bool,
    frames: Vec<Frame>,
    closing: Closing,
    doc: Option<SmolStr>,
    hopeless: usize,
}

impl Splitter<'_> {
    fn token(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).copied()
    }

    fn kind(&self) -> Option<K> {
        self.token(self.at).map(|t| t.kind)
    }

    fn span(&self, at: usize) -> Span {
        let token = self.token(at).unwrap_or(Token { kind: K::Newline, start: 0, end: 0 });
        Span::new(self.file, token.start as usize, token.end as usize)
    }

    fn first_on_line(&self, at: usize) -> bool {
        at == 0 || self.token(at - 1).is_none_or(|t| t.kind == K::Newline)
    }

    /// Does nothing but separators stand before the token on its line?
    fn alone_on_line(&self, at: usize) -> bool {
        let before = self.tokens.get(..at).unwrap_or(&[]);
        before.iter().rev().find(|t| t.kind != K::Semicolon).is_none_or(|t| t.kind == K::Newline)
    }

    /// The statements of a block up to its `}`, or of the file up to a `}` too many or its end.
    fn statements(&mut self, out: &mut Vec<Raw>, owner_doc: &mut Option<SmolStr>) {
        let mut pending = Pending::default();
        while let Some(token) = self.token(self.at) {
            match token.kind {
                K::Newline => {
                    if self.first_on_line(self.at) {
                        pending.blank_line(self.frames.is_empty() && out.is_empty(), &mut self.doc);
                    }
                    self.at += 1;
                }
                K::Comment | K::ForeignComment | K::Semicolon => self.at += 1,
                K::Doc if self.alone_on_line(self.at) => {
                    pending.doc.push(token.text(self.text));
                    self.at += 1;
                }
                K::Doc => {
                    append_doc(out.last_mut().map_or(&mut *owner_doc, |s| &mut s.doc), token.text(self.text));
                    self.at += 1;
                }
                K::At => {
                    let (found, next) = annotation::read(self.file, self.text, self.tokens, self.at, self.sink);
                    pending.first_annotation.get_or_insert(self.at);
                    pending.annotations.extend(found);
                    self.at = next;
                }
                K::RightBrace => {
                    if self.resync && self.closes_an_outer_block() {
                        self.closing = Closing::One;
                    }
                    break;
                }
                _ => {
                    if self.resync && self.leaves_the_block() {
                        break;
                    }
                    let statement = self.statement(std::mem::take(&mut pending));
                    if self.worth_keeping(&statement) {
                        out.push(statement);
                    }
                    if self.closing == Closing::All && !self.frames.is_empty() {
                        return;
                    }
                    self.closing = Closing::No;
                }
            }
        }
        if self.at >= self.tokens.len() {
            pending.blank_line(self.frames.is_empty() && out.is_empty(), &mut self.doc);
        }
        if let Some(at) = pending.first_annotation.filter(|_| !pending.annotations.is_empty()) {
            let span = self.span(at).to(self.span(at + 1));
            self.sink.push(|| {
                Diagnostic::new(
                    ids::UNREADABLE_STATEMENT,
                    span,
                    "no declaration follows this annotation",
                    "annotates nothing",
                )
                .help("put the annotation on the line before the declaration it belongs to, or delete it")
            });
        }
    }

    /// Hopeless statements are kept up to a number: a file of garbage must not fill the memory.
    fn worth_keeping(&mut self, statement: &Raw) -> bool {
        let nameless = statement.form.rule.is_none();
        if !(nameless || statement.spoiled) || !matches!(statement.body, Body::None) {
            return true;
        }
        self.hopeless += 1;
        if self.hopeless <= MAX_HOPELESS {
            return true;
        }
        if !statement.spoiled {
            self.sink.skip();
        }
        false
    }

    /// Does the `}` at hand close a block further out, by its place under that block's opening line?
    fn closes_an_outer_block(&self) -> bool {
        let Some((inner, outer)) = self.frames.split_last() else { return false };
        let column = resync::column(self.text, self.span(self.at).start as usize);
        self.first_on_line(self.at) && column < inner.indent && outer.iter().any(|f| f.indent == column)
    }

    /// Does the statement at hand show that open blocks were not closed?
    fn leaves_the_block(&mut self) -> bool {
        let Some(frame) = self.frames.last() else { return false };
        if !self.first_on_line(self.at) {
            return false;
        }
        let form = self.form_at(self.at);
        let column = resync::column(self.text, self.span(self.at).start as usize);
        if form.top_level && column == 0 {
            self.closing = Closing::All;
            true
        } else if std::ptr::eq(frame.owner, &form::INSTANCE)
            && column <= frame.indent
            && form.rule != form::SETTING.rule
        {
            self.closing = Closing::One;
            true
        } else {
            false
        }
    }

    fn form_at(&self, at: usize) -> &'static Form {
        let Some(first) = self.token(at).filter(|t| t.kind == K::Word) else { return &form::UNKNOWN };
        let line = self.tokens.get(at + 1..).unwrap_or(&[]);
        let mut next = [(K::Newline, ""); 2];
        let mut count = 0;
        for (slot, token) in next.iter_mut().zip(line.iter().take_while(|t| !t.kind.is_trivia())) {
            *slot = (token.kind, token.text(self.text));
            count += 1;
        }
        let adjacent = line.first().is_some_and(|t| t.start == first.end);
        form::classify(first.text(self.text), &next[..count], adjacent)
    }

    fn statement(&mut self, pending: Pending) -> Raw {
        let start = self.at;
        let mut raw = Raw {
            form: self.form_at(start),
            head: (start, start),
            end: 0,
            body: Body::None,
            doc: pending.doc.finish(),
            annotations: pending.annotations,
            spoiled: false,
        };
        let mut open = Open::default();
        // The last token of the header so far, and whether its braces can only be an expression's.
        let mut last = None;
        let mut defines = false;
        while let Some(token) = self.token(self.at) {
            match token.kind {
                K::Newline if open.is_empty() => {
                    let next = self.next_significant(self.at);
                    let goes_on = match self.goes_on_after(last) {
                        _ if self.span_kind(next) == Some(K::LeftBrace) => raw.form.braces != Braces::Expression,
                        true => !resync::begins_a_declaration(self.text, self.tokens, next),
                        false => self.next_line_goes_on(next, raw.form),
                    };
                    if !goes_on {
                        break;
                    }
                    self.at = next;
                    continue;
                }
                K::Newline => {
                    let next = self.next_significant(self.at);
                    if self.resync && resync::looks_like_a_statement(self.text, self.tokens, next, start) {
                        self.unclosed(&open, &mut raw);
                        break;
                    }
                    self.at = next;
                    continue;
                }
                K::Semicolon if open.is_empty() => break,
                K::Semicolon if open.top().is_some_and(|t| self.span_kind(t) == Some(K::LeftParen)) => {
                    self.unclosed(&open, &mut raw);
                    break;
                }
                K::Doc if !self.first_on_line(self.at) => append_doc(&mut raw.doc, token.text(self.text)),
                K::Comment | K::Doc | K::ForeignComment => {}
                K::LeftBrace if open.is_empty() && self.opens_a_body(raw.form, last, defines) => {
                    raw.head.1 = self.at;
                    self.body(&mut raw);
                    raw.end = self.tokens.get(self.at.wrapping_sub(1)).map_or(0, |t| t.end as usize);
                    return raw;
                }
                kind if kind.opens() => {
                    last = Some(self.at);
                    open.push(self.at);
                    if open.weight() > MAX_NESTING && !raw.spoiled {
                        raw.spoiled = true;
                        let span = self.span(self.at);
                        self.sink.push(|| too_deep(span));
                    }
                }
                K::RightParen | K::RightBracket | K::RightBrace => {
                    if !self.close(token.kind, &mut open, &mut raw) {
                        break;
                    }
                    last = Some(self.at);
                }
                K::Stray | K::UnclosedText => {
                    raw.spoiled = true;
                    last = Some(self.at);
                    if token.kind == K::UnclosedText {
                        open = Open::default();
                    }
                }
                kind => {
                    last = Some(self.at);
                    let word = if kind == K::Word { token.text(self.text) } else { "" };
                    if open.is_empty() {
                        defines |= (kind == K::Equals && !open.filtered) || word == "match";
                        open.filtered |= matches!(word, "where" | "when");
                    }
                    if matches!(kind, K::Comma | K::Semicolon) {
                        open.conditions = 0;
                    }
                    if matches!(word, "if" | "in") {
                        open.conditions += 1;
                        if open.weight() > MAX_NESTING && !raw.spoiled {
                            raw.spoiled = true;
                            let span = self.span(self.at);
                            self.sink.push(|| too_deep(span));
                        }
                    }
                }
            }
            self.at += 1;
        }
        if self.at >= self.tokens.len() && !open.is_empty() {
            self.unclosed(&open, &mut raw);
        }
        raw.head.1 = last.map_or(start, |l| l + 1);
        raw.end = last.and_then(|l| self.token(l)).map_or(0, |t| t.end as usize);
        raw
    }

    fn span_kind(&self, at: usize) -> Option<K> {
        self.token(at).map(|t| t.kind)
    }

    /// Is the `{` at hand a block rather than a set in the header's last expression?
    fn opens_a_body(&self, form: &Form, last: Option<usize>, defines: bool) -> bool {
        if form.braces == Braces::Expression || (std::ptr::eq(form, &form::INSTANCE) && defines) {
            return false;
        }
        let Some(token) = last.and_then(|l| self.token(l)) else { return true };
        let word = if token.kind == K::Word { token.text(self.text) } else { "" };
        let field = last.is_some_and(|l| l > 0 && self.span_kind(l - 1) == Some(K::Dot));
        let expects_value = token.kind.is_operator()
            || matches!(token.kind, K::Comma | K::Colon | K::LeftParen | K::LeftBracket)
            || matches!(word, "in" | "of" | "where" | "when" | "and" | "or" | "not" | "then" | "else");
        !expects_value || field || std::ptr::eq(form, form::of_keyword("in").unwrap_or(&form::UNKNOWN))
    }

    /// Reads the braces after a header; `self.at` stands on `{`, and afterwards behind `}`.
    fn body(&mut self, raw: &mut Raw) {
        if raw.form.braces == Braces::Table {
            raw.body = Body::Table(self.table_groups());
            return;
        }
        let open = self.at;
        if self.frames.len() >= MAX_NESTING {
            let span = self.span(open);
            self.sink.push(|| too_deep(span));
            raw.spoiled = true;
            self.at = resync::past_group(self.tokens, open);
            return;
        }
        let indent = resync::indent(self.text, self.span(raw.head.0).start as usize);
        self.frames.push(Frame { owner: raw.form, indent });
        self.at += 1;
        let mut list = Vec::new();
        self.statements(&mut list, &mut raw.doc);
        self.frames.pop();
        raw.body = Body::Block(list);
        let closed = self.closing == Closing::No && self.kind() == Some(K::RightBrace);
        if closed {
            self.at += 1;
        } else if self.closing != Closing::All || self.frames.is_empty() {
            let span = self.span(open);
            self.sink.push(|| unclosed_diagnostic(span, '{'));
        }
    }

    /// The brace groups of a table as token ranges.
    fn table_groups(&mut self) -> Vec<(usize, usize)> {
        let mut groups = Vec::new();
        while self.kind() == Some(K::LeftBrace) && groups.len() < 2 {
            let open = self.at;
            let mut depth = 0usize;
            self.at += 1;
            while let Some(token) = self.token(self.at) {
                let ends = match token.kind {
                    K::LeftBrace => {
                        depth += 1;
                        false
                    }
                    K::RightBrace => {
                        depth = depth.wrapping_sub(1);
                        depth == usize::MAX
                    }
                    K::Newline if self.resync => {
                        let next = self.next_significant(self.at);
                        let column = self.token(next).map(|t| resync::column(self.text, t.start as usize));
                        column == Some(0)
                            && self.token(next).is_some_and(|t| t.kind == K::Word)
                            && self.form_at(next).rule.is_some()
                    }
                    _ => false,
                };
                if ends {
                    break;
                }
                self.at += 1;
            }
            groups.push((open + 1, self.at));
            if self.kind() != Some(K::RightBrace) {
                let span = self.span(open);
                self.sink.push(|| unclosed_diagnostic(span, '{'));
                break;
            }
            self.at += 1;
            let next = self.next_significant(self.at);
            if self.span_kind(next) == Some(K::LeftBrace) && groups.len() < 2 {
                self.at = next;
            }
        }
        groups
    }

    /// Handles a closing bracket inside a statement; false where the statement ends before it.
    fn close(&mut self, kind: K, open: &mut Open, raw: &mut Raw) -> bool {
        let matches = |at: usize| self.tokens.get(at).and_then(|t| t.kind.closer()) == Some(kind);
        if open.top().is_some_and(matches) {
            open.pop();
            return true;
        }
        if open.list.iter().any(|(at, _)| matches(*at)) {
            self.unclosed_top(open, raw);
            while open.top().is_some_and(|at| !matches(at)) {
                open.pop();
            }
            open.pop();
            return true;
        }
        if kind == K::RightBrace && (open.is_empty() || !self.frames.is_empty()) {
            if !open.is_empty() {
                self.unclosed(open, raw);
            }
            return false;
        }
        if !raw.spoiled {
            self.stray_closer();
            raw.spoiled = true;
        }
        true
    }

    fn unclosed(&mut self, open: &Open, raw: &mut Raw) {
        if let Some((at, _)) = open.list.first().copied().filter(|_| !raw.spoiled) {
            self.report_unclosed(at);
        }
        raw.spoiled = true;
    }

    fn unclosed_top(&mut self, open: &Open, raw: &mut Raw) {
        if let Some(at) = open.top().filter(|_| !raw.spoiled) {
            self.report_unclosed(at);
        }
        raw.spoiled = true;
    }

    fn report_unclosed(&mut self, at: usize) {
        let span = self.span(at);
        let bracket = match self.span_kind(at) {
            Some(K::LeftParen) => '(',
            Some(K::LeftBracket) => '[',
            _ => '{',
        };
        self.sink.push(|| unclosed_diagnostic(span, bracket));
    }

    fn stray_closer(&mut self) {
        let span = self.span(self.at);
        let text = self.token(self.at).map_or("", |t| t.text(self.text));
        self.sink.push(|| {
            Diagnostic::new(
                ids::UNCLOSED_BRACKET,
                span,
                format!("this `{text}` closes nothing"),
                "no matching opening bracket",
            )
            .help("delete it, or add the opening bracket where it belongs")
        });
    }

    /// Does the header go on after its last token on this line?
    fn goes_on_after(&self, last: Option<usize>) -> bool {
        let Some((at, token)) = last.and_then(|l| self.token(l).map(|t| (l, t))) else { return false };
        if at > 0 && self.span_kind(at - 1) == Some(K::Dot) {
            return false;
        }
        token.kind.is_operator()
            || matches!(token.kind, K::Comma | K::Colon | K::ForeignOperator)
            || (token.kind == K::Word && ends_open(token.text(self.text)))
    }

    fn next_line_goes_on(&self, next: usize, form: &Form) -> bool {
        let Some(token) = self.token(next) else { return false };
        if self.tokens.get(self.at..next).is_some_and(|skipped| skipped.iter().any(|t| t.kind == K::Doc)) {
            return false;
        }
        token.kind.is_operator()
            || token.kind == K::ForeignOperator
            || (token.kind == K::Word && begins_continuation(token.text(self.text), form, self.span_kind(next + 1)))
    }

    fn next_significant(&self, from: usize) -> usize {
        let rest = self.tokens.get(from..).unwrap_or(&[]);
        from + rest.iter().take_while(|t| t.kind.is_trivia()).count()
    }
}

/// Words after which a header cannot end.
fn ends_open(word: &str) -> bool {
    matches!(
        word,
        "and" | "or" | "not" | "if" | "then" | "else" | "where" | "when" | "of" | "in" | "into" | "to" | "for"
    )
}

/// Does a line that begins with this word belong to the statement of the line before? So do words
/// that cannot begin a statement, and the parts of the headers of elements, classes and tables.
fn begins_continuation(word: &str, form: &Form, next: Option<K>) -> bool {
    if matches!(next, Some(K::Equals | K::Dot | K::Colon)) {
        return false;
    }
    match word {
        "and" | "or" | "else" | "then" | "where" | "when" | "of" | "into" | "for" => true,
        "in" => next != Some(K::Word),
        "at" | "from" | "to" | "over" | "each" | "like" | "fills" | "needs" | "excludes" | "extends" | "wide"
        | "by" => form.braces != Braces::Expression,
        _ => false,
    }
}

fn unclosed_diagnostic(span: Span, bracket: char) -> Diagnostic {
    let (message, help) = match bracket {
        '(' => ("this `(` is never closed", "add the missing `)`"),
        '[' => ("this `[` is never closed", "add the missing `]`"),
        _ => ("this `{` is never closed", "add the missing `}`"),
    };
    Diagnostic::new(ids::UNCLOSED_BRACKET, span, message, "opened here, never closed").help(help)
}

fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(
        ids::NESTED_TOO_DEEPLY,
        span,
        format!("brackets or conditions nest more than {MAX_NESTING} deep"),
        "too deep from here on",
    )
    .help("give inner parts a name with `let` and use the names")
}
