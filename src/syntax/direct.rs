//! The plain forms that fill data files, read from tokens without the grammar: settings with a
//! literal value, elements at a place, table cells. The trees are the ones the grammar would give;
//! whatever is not plain is left to it.

use super::ast::{Expr, ExprKind, Ident, InstanceDecl, Place, StatementKind, UnaryOp, UnitExpr};
use super::literal;
use super::read::Context;
use super::scan::{Token, TokenKind as K};
use super::words::is_special;
use crate::source::Span;
use smol_str::SmolStr;

/// A reader over a few tokens; every method either takes all it describes or gives up.
struct Cursor<'a> {
    cx: Context<'a>,
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn kind(&self) -> Option<K> {
        self.tokens.get(self.at).map(|t| t.kind)
    }

    fn next(&mut self, kind: K) -> Option<Token> {
        let token = *self.tokens.get(self.at).filter(|t| t.kind == kind)?;
        self.at += 1;
        Some(token)
    }

    fn text(&self, token: Token) -> &'a str {
        token.text(self.cx.text)
    }

    fn span(&self, token: Token) -> Span {
        self.cx.span(token)
    }

    fn ident(&self, token: Token) -> Ident {
        Ident { text: SmolStr::new(self.text(token)), span: self.span(token) }
    }

    fn done(&self) -> bool {
        self.at == self.tokens.len()
    }

    fn before(&self) -> Option<K> {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map(|t| t.kind)
    }

    /// Does the next token follow without a blank?
    fn adjacent(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|i| self.tokens.get(i));
        before.zip(self.tokens.get(self.at)).is_some_and(|(a, b)| a.end == b.start)
    }

    /// `a.b.14."x".*` from its first word on.
    fn path(&mut self, first: Token) -> Option<Expr> {
        let mut base = Expr { span: self.span(first), kind: ExprKind::Name(SmolStr::new(self.text(first))) };
        let mut fields = 0;
        while self.kind() == Some(K::Dot) {
            fields += 1;
            if !self.adjacent() || fields > 16 {
                return None;
            }
            self.at += 1;
            if !self.adjacent() {
                return None;
            }
            let token = *self.tokens.get(self.at)?;
            self.at += 1;
            let text = match token.kind {
                K::Word | K::Star => SmolStr::new(self.text(token)),
                K::Text => literal::text(self.text(token)),
                K::Number if self.text(token).bytes().all(|b| b.is_ascii_digit()) => {
                    let word = self.kind() == Some(K::Word) && self.adjacent();
                    if word {
                        return None;
                    }
                    SmolStr::new(self.text(token))
                }
                _ => return None,
            };
            let field = Ident { text, span: self.span(token) };
            base = Expr { span: base.span.to(field.span), kind: ExprKind::Field(Box::new(base), field) };
        }
        Some(base)
    }

    /// A number with its unit.
    fn quantity(&mut self) -> Option<Expr> {
        let token = self.next(K::Number)?;
        let value = literal::number(self.text(token))?;
        let written = literal::own_digits(self.text(token));
        let span = self.span(token);
        let unit = match self.kind() {
            Some(K::Percent) => Some(self.unit()?),
            Some(K::Word) if !self.tokens.get(self.at).is_some_and(|t| is_special(self.text(*t))) => Some(self.unit()?),
            _ => None,
        };
        let span = unit.as_ref().map_or(span, |u| span.to(u.span));
        Some(Expr { span, kind: ExprKind::Number { value, unit, written } })
    }

    fn unit(&mut self) -> Option<UnitExpr> {
        let mut factors = Vec::new();
        let mut sign = 1;
        let mut span: Option<Span> = None;
        loop {
            let token = *self.tokens.get(self.at)?;
            if !(token.kind == K::Percent || (token.kind == K::Word && !is_special(self.text(token)))) {
                return None;
            }
            self.at += 1;
            factors.push((self.ident(token), sign));
            span = Some(span.map_or(self.span(token), |s| s.to(self.span(token))));
            match self.kind() {
                Some(K::Caret) => return None,
                Some(kind @ (K::Slash | K::Star)) if self.adjacent() => {
                    let follows = self.tokens.get(self.at + 1)?;
                    if self.tokens.get(self.at).is_none_or(|op| op.end != follows.start) || follows.kind != K::Word {
                        return None;
                    }
                    sign = if kind == K::Slash { -1 } else { 1 };
                    self.at += 1;
                }
                _ => break,
            }
        }
        Some(UnitExpr { span: span?, factors })
    }

    /// A number with a sign and unit.
    fn signed(&mut self) -> Option<Expr> {
        let Some(minus) = self.next(K::Minus) else { return self.quantity() };
        let inner = self.quantity()?;
        let span = self.span(minus).to(inner.span);
        Some(Expr { span, kind: ExprKind::Unary(UnaryOp::Neg, Box::new(inner)) })
    }

    /// `bus 7`, `bus "A1"`, `bus row.bus`, the id being the rest of the tokens or followed by `to`.
    fn element(&mut self, class: Token) -> Option<Expr> {
        if self.adjacent() {
            return None;
        }
        let token = *self.tokens.get(self.at)?;
        self.at += 1;
        let id = match token.kind {
            K::Number => {
                let digits = self.text(token);
                let (value, written) = (literal::number(digits)?, literal::own_digits(digits));
                let kind = ExprKind::Number { value, unit: None, written };
                Expr { span: self.span(token), kind }
            }
            K::Text => Expr { span: self.span(token), kind: ExprKind::Text(literal::text(self.text(token))) },
            K::Word if !is_special(self.text(token)) => self.path(token)?,
            _ => return None,
        };
        let span = self.span(class).to(id.span);
        Some(Expr { span, kind: ExprKind::Element(self.ident(class), Box::new(id)) })
    }

    fn value(&mut self) -> Option<Expr> {
        match self.kind()? {
            K::Number | K::Minus => self.signed(),
            K::Text => {
                let token = self.next(K::Text)?;
                Some(Expr { span: self.span(token), kind: ExprKind::Text(literal::text(self.text(token))) })
            }
            K::Word => {
                let word = self.next(K::Word)?;
                let kind = match self.text(word) {
                    "yes" | "no" if !self.done() => return None,
                    "yes" => ExprKind::YesNo(true),
                    "no" => ExprKind::YesNo(false),
                    text if is_special(text) => return None,
                    _ if matches!(self.kind(), Some(K::Number | K::Text | K::Word)) => return self.element(word),
                    _ => return self.path(word),
                };
                Some(Expr { span: self.span(word), kind })
            }
            K::LeftBracket => self.numbers(),
            _ => None,
        }
    }

    /// `[1, 2, 3]`, `[1 2; 3 4]` without units.
    fn numbers(&mut self) -> Option<Expr> {
        let open = self.next(K::LeftBracket)?;
        let mut rows = Vec::new();
        let mut row = Vec::new();
        loop {
            match self.kind()? {
                K::Number => row.push(self.quantity()?),
                K::Minus => {
                    let glued = self.adjacent() && matches!(self.before(), Some(K::Number | K::Word | K::Percent));
                    self.at += 1;
                    if glued {
                        return None;
                    }
                    if !self.adjacent() {
                        return None;
                    }
                    self.at -= 1;
                    row.push(self.signed()?);
                }
                K::Semicolon if !row.is_empty() => {
                    self.at += 1;
                    rows.push(std::mem::take(&mut row));
                    continue;
                }
                _ => return None,
            }
            match self.kind()? {
                K::Comma => {
                    self.at += 1;
                    if !matches!(self.kind()?, K::Number | K::Minus) {
                        return None;
                    }
                }
                K::RightBracket => break,
                _ => {}
            }
        }
        let close = self.next(K::RightBracket)?;
        rows.push(row);
        Some(Expr { span: self.span(open).to(self.span(close)), kind: ExprKind::List(rows) })
    }
}

/// A literal, path or element that is all of `tokens`.
pub fn value(cx: Context<'_>, tokens: &[Token]) -> Option<Expr> {
    let mut cursor = Cursor { cx, tokens, at: 0 };
    let value = cursor.value()?;
    cursor.done().then_some(value)
}

/// `path = value`.
pub fn setting(cx: Context<'_>, tokens: &[Token]) -> Option<StatementKind> {
    let mut cursor = Cursor { cx, tokens, at: 0 };
    let first = cursor.next(K::Word)?;
    let path = cursor.path(first)?;
    cursor.next(K::Equals)?;
    let value = cursor.value()?;
    cursor.done().then_some(StatementKind::Setting { path, value })
}

/// `class`, `class id`, `class id at bus 1`, `class id from bus 1 to bus 2`.
pub fn instance(cx: Context<'_>, tokens: &[Token]) -> Option<InstanceDecl> {
    let mut cursor = Cursor { cx, tokens, at: 0 };
    let class = cursor.next(K::Word)?;
    if cursor.text(class) == "candidate" || is_special(cursor.text(class)) {
        return None;
    }
    let name = match cursor.tokens.get(cursor.at) {
        Some(token) if token.kind == K::Text => Some((literal::text(token.text(cx.text)), cx.span(*token))),
        Some(token) if token.kind == K::Number || (token.kind == K::Word && !is_special(token.text(cx.text))) => {
            Some((SmolStr::new(token.text(cx.text)), cx.span(*token)))
        }
        _ => None,
    };
    cursor.at += usize::from(name.is_some());
    let mut element = |keyword: &str| {
        let word = cursor.next(K::Word).filter(|t| t.text(cx.text) == keyword)?;
        let class = cursor.next(K::Word).filter(|t| !is_special(t.text(cx.text)))?;
        (word.end != class.start).then_some(())?;
        cursor.element(class)
    };
    let place = match tokens.get(1 + usize::from(name.is_some())).map(|t| t.text(cx.text)) {
        None => Place::None,
        Some("at") => Place::At(element("at")?),
        Some("from") => Place::Between(element("from")?, element("to")?),
        Some(_) => return None,
    };
    let body = Vec::new();
    let class = cursor.ident(class);
    cursor.done().then_some(InstanceDecl { class, candidate: false, name, place, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::build::{Builder, Parts, statement_kind, tables};
    use crate::syntax::grammar::{Grammar, Rule};
    use crate::syntax::scan;
    use crate::syntax::sink::Sink;
    use pest::Parser;
    use proptest::prelude::*;

    /// Reads a header both ways; the direct way may give up, but not give something else.
    fn agree(text: &str, rule: Rule) -> bool {
        let tokens = scan::tokens(text);
        let cx = Context { file: FileId(0), text, tokens: &tokens };
        let mut sink = Sink::default();
        let mut builder = Builder::new(FileId(0), 0, &mut sink);
        let by_grammar = |builder: &mut Builder<'_>| {
            let pair = Grammar::parse(rule, text).ok()?.next()?;
            match rule {
                Rule::s_cell => tables::cell(builder, pair).map(|e| format!("{e:?}")),
                _ => statement_kind(builder, pair, Parts::default()).map(|k| format!("{k:?}")),
            }
        };
        let direct = match rule {
            Rule::s_cell => value(cx, &tokens).map(|e| format!("{e:?}")),
            Rule::s_setting => setting(cx, &tokens).map(|k| format!("{k:?}")),
            _ => instance(cx, &tokens).map(|d| format!("{:?}", StatementKind::Instance(d.into()))),
        };
        let Some(direct) = direct else { return false };
        assert_eq!(Some(direct), by_grammar(&mut builder), "{text}");
        true
    }

    #[test]
    fn plain_forms_are_read_directly() {
        for text in
            ["r = 0.71 ohm", "a.b.14.c = -3 EUR/MWh", "x = yes", "y = bus row.bus", "z = [1, -2; 3 4]", "q = \"a\""]
        {
            assert!(agree(text, Rule::s_setting), "{text}");
        }
        for text in ["line \"7\" from bus 7 to bus \"A\"", "bus 7", "unit G1 at bus n.x", "storage"] {
            assert!(agree(text, Rule::s_instance), "{text}");
        }
        for text in ["14", "-3", "A1", "\"ESS 1\"", "0.5 kW"] {
            assert!(agree(text, Rule::s_cell), "{text}");
        }
    }

    const PIECES: &[&str] = &[
        "a", "bus", "row", ".", ".14", ".*", "=", "-", "1", "2.5", "1e3", "999", "kW", "EUR", "/", "*", "^", "2", "%",
        "\"t\"", "[", "]", ",", ";", " ", " ", " ", "at", "from", "to", "yes", "no", "of", "step", "each", "_b", "4a",
        "(", "{",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn both_ways_agree(pieces in prop::collection::vec(prop::sample::select(PIECES), 1..9), blanks in any::<bool>()) {
            let rest = pieces.join(if blanks { " " } else { "" });
            agree(&format!("x = {rest}"), Rule::s_setting);
            agree(&format!("x{rest}"), Rule::s_setting);
            agree(&format!("line {rest}"), Rule::s_instance);
            agree(&format!("line 1 from bus {rest}"), Rule::s_instance);
            agree(rest.trim(), Rule::s_cell);
        }
    }
}
