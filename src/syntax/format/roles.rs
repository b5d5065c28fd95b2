//! What each token is in its statement, as far as layout depends on it.

use super::kind;

use crate::syntax::scan::{Token, TokenKind as K};
use crate::syntax::split::{Body, Raw};
use crate::syntax::words::{is_special, joins};

/// What a token's layout depends on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Role {
    /// First token of a statement.
    pub starts: bool,
    /// Inside a statement's header, behind its first token (comments between its lines included).
    pub inside: bool,
    /// Braces of a block or table group that holds a line break.
    pub open_block: bool,
    /// Braces of a block or table group, on one line or several.
    pub block: bool,
    /// Braces of a `match`.
    pub arms: bool,
    /// A part of a unit: `EUR`, `/`, `MWh`, `^`, `2`.
    pub unit: bool,
    /// A sign before a value rather than between two.
    pub prefix: bool,
    /// The mode of `in mode: value`.
    pub mode: bool,
    /// An operator that has blanks on both sides although its kind would not.
    pub spaced: bool,
    /// Stands close to what is before it although its kind would not.
    pub close: bool,
}

/// The roles of all tokens.
pub fn assign(text: &str, tokens: &[Token], statements: &[Raw]) -> Vec<Role> {
    let mut assigner = Assigner { text, tokens, roles: vec![Role::default(); tokens.len()] };
    assigner.statements(statements);
    assigner.roles
}

struct Assigner<'a> {
    text: &'a str,
    tokens: &'a [Token],
    roles: Vec<Role>,
}

/// The innermost open bracket of a header.
#[derive(Clone, Copy, PartialEq)]
enum Bracket {
    Paren,
    AspectParams,
    Square,
    Set,
    Arms,
}

impl Assigner<'_> {
    fn mark(&mut self, at: usize, change: impl FnOnce(&mut Role)) {
        if let Some(role) = self.roles.get_mut(at) {
            change(role);
        }
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| t.text(self.text))
    }

    fn adjacent(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|i| self.tokens.get(i));
        before.zip(self.tokens.get(at)).is_some_and(|(a, b)| a.end == b.start)
    }

    fn statements(&mut self, statements: &[Raw]) {
        for raw in statements {
            self.mark(raw.head.0, |r| r.starts = true);
            for at in raw.head.0 + 1..raw.head.1 {
                self.mark(at, |r| r.inside = true);
            }
            self.header(raw);
            match &raw.body {
                Body::None => {}
                Body::Block(list) => {
                    self.block(raw.head.1);
                    self.statements(list);
                }
                Body::Table(groups) => {
                    for (n, group) in groups.iter().enumerate() {
                        self.block(group.0.saturating_sub(1));
                        self.group(*group, n == 0);
                    }
                }
            }
        }
    }

    /// Marks a block's braces.
    fn block(&mut self, open: usize) {
        let mut depth = 0usize;
        let mut broken = false;
        for at in open..self.tokens.len() {
            match kind(self.tokens, at) {
                Some(K::LeftBrace) => depth += 1,
                Some(K::RightBrace) => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        for end in [open, at] {
                            self.mark(end, |r| {
                                r.block = true;
                                r.open_block = broken;
                            });
                        }
                        return;
                    }
                }
                Some(K::Newline) => broken = true,
                _ => {}
            }
        }
    }

    /// Signs and units of a table's cells; in its columns every `/` belongs to a unit.
    fn group(&mut self, range: (usize, usize), columns: bool) {
        let mut before = None;
        for at in range.0..range.1 {
            let token = kind(self.tokens, at);
            if columns && matches!(token, Some(K::Slash | K::Star)) {
                self.mark(at, |r| r.unit = true);
                self.mark(at + 1, |r| r.unit = true);
            } else if !columns {
                self.value_roles(at, before, None);
            }
            if token.is_some_and(|k| !matches!(k, K::Comment | K::Doc | K::Newline)) {
                before = Some(at);
            }
        }
    }

    fn header(&mut self, raw: &Raw) {
        let keyword = raw.form.keyword;
        let mut brackets: Vec<Bracket> = Vec::new();
        let mut pending_match = None;
        let mut before = None;
        for at in raw.head.0..raw.head.1 {
            let Some(token) = kind(self.tokens, at) else { break };
            if token.is_trivia() {
                continue;
            }
            let top = brackets.last().copied();
            match token {
                K::LeftParen => {
                    let params = keyword == "aspect" && brackets.is_empty();
                    if params || (keyword == "study" && brackets.is_empty()) {
                        self.mark(at, |r| r.close = true);
                    }
                    brackets.push(if params { Bracket::AspectParams } else { Bracket::Paren });
                }
                K::LeftBracket => brackets.push(Bracket::Square),
                K::LeftBrace if pending_match == Some(brackets.len()) => {
                    pending_match = None;
                    self.mark(at, |r| r.arms = true);
                    brackets.push(Bracket::Arms);
                }
                K::LeftBrace => brackets.push(Bracket::Set),
                K::RightParen | K::RightBracket | K::RightBrace => {
                    brackets.pop();
                    if top == Some(Bracket::Arms) {
                        self.mark(at, |r| r.arms = true);
                    }
                }
                K::Colon => {
                    let mode = before.and_then(|b: usize| self.roles.get(b)).is_some_and(|r: &Role| r.mode);
                    let close = match top {
                        None => keyword == "device" || mode,
                        Some(Bracket::AspectParams) => false,
                        Some(_) => true,
                    };
                    self.mark(at, |r| r.close = close);
                }
                K::Word if self.text(at) == "match" && before.is_none_or(|b| kind(self.tokens, b) != Some(K::Dot)) => {
                    pending_match = Some(brackets.len());
                }
                _ => {}
            }
            self.value_roles(at, before, top);
            // `in mode:` before a value: the mode's colon stands close.
            if self.text(at) == "in"
                && at > raw.head.0
                && self.expects_value(before)
                && kind(self.tokens, at + 1) == Some(K::Word)
            {
                self.mark(at + 1, |r| r.mode = true);
            }
            before = Some(at);
        }
    }

    /// Signs, units and ids of the token at `at`, after the significant token `before`.
    fn value_roles(&mut self, at: usize, before: Option<usize>, top: Option<Bracket>) {
        let Some(token) = kind(self.tokens, at) else { return };
        let same_line = before.is_some_and(|b| b + 1 == at);
        let before_kind = before.and_then(|b| kind(self.tokens, b));
        let before_role = before.and_then(|b| self.roles.get(b)).copied().unwrap_or_default();
        let names_a_unit = |a: &Self, i: usize| match kind(a.tokens, i) {
            Some(K::Percent) => true,
            Some(K::Word) => !is_special(a.text(i)),
            _ => false,
        };
        match token {
            K::Minus => {
                let entry = top == Some(Bracket::Square)
                    && !self.adjacent(at)
                    && self.adjacent(at + 1)
                    && kind(self.tokens, at + 1) == Some(K::Number);
                let exponent = before_kind == Some(K::Caret);
                if entry || exponent || self.expects_value(before) {
                    self.mark(at, |r| r.prefix = true);
                }
            }
            K::Word | K::Percent if same_line && names_a_unit(self, at) => {
                let after_number = matches!(before_kind, Some(K::Number)) && !before_role.unit && !before_role.close;
                let after_list = before_kind == Some(K::RightBracket);
                let after_operator = before_role.unit && matches!(before_kind, Some(K::Slash | K::Star));
                if before_role.close && before_kind == Some(K::Number) && self.adjacent(at) {
                    self.mark(at, |r| r.close = true);
                } else if after_number || after_list || after_operator {
                    self.mark(at, |r| r.unit = true);
                }
            }
            K::Slash | K::Star
                if before_role.unit && self.adjacent(at) && self.adjacent(at + 1) && names_a_unit(self, at + 1) =>
            {
                self.mark(at, |r| r.unit = true);
            }
            K::Slash if self.yes_no(at) => {
                self.mark(at, |r| r.unit = true);
                self.mark(at + 1, |r| r.unit = true);
            }
            K::Caret if before_role.unit && self.adjacent(at) && self.adjacent(at + 1) => {
                self.mark(at, |r| r.unit = true);
                let power = at + 1 + usize::from(kind(self.tokens, at + 1) == Some(K::Minus));
                self.mark(power, |r| r.unit = true);
            }
            // `5 kW ^ 2` is a power of a quantity, `5 kW^2` has the unit kW^2.
            K::Caret if before_role.unit => self.mark(at, |r| r.spaced = true),
            // A field that begins with digits: what is glued to it belongs to it.
            K::Number if before_kind == Some(K::Dot) => self.mark(at, |r| r.close = true),
            _ => {}
        }
    }

    fn yes_no(&self, at: usize) -> bool {
        at > 0 && self.text(at - 1) == "yes" && self.text(at + 1) == "no" && self.adjacent(at) && self.adjacent(at + 1)
    }

    /// Must a value follow the token at `before`?
    fn expects_value(&self, before: Option<usize>) -> bool {
        let Some(at) = before else { return true };
        match kind(self.tokens, at) {
            None => true,
            Some(K::Word) => {
                let field = at > 0 && kind(self.tokens, at - 1) == Some(K::Dot);
                let word = self.text(at);
                let leads = matches!(word, "inject" | "add" | "require" | "check" | "minimize" | "maximize" | "starts")
                    && (self.roles.get(at).is_some_and(|r| r.starts)
                        || matches!(word, "minimize" | "maximize" | "starts" | "check")
                            && matches!(kind(self.tokens, at.wrapping_sub(1)), Some(K::Colon | K::Comma | K::Word)));
                !field && (joins(word) || leads)
            }
            Some(k) => {
                k.opens()
                    || (k.is_operator() && !(k == K::Star && at > 0 && kind(self.tokens, at - 1) == Some(K::Dot)))
                    || matches!(k, K::Comma | K::Semicolon | K::Colon | K::Bar)
            }
        }
    }
}
