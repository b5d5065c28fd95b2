//! Declarations: of the language's basis, of classes, and of what their members are.

use super::{Builder, is_word};
use crate::diagnostics::ids_syntax as ids;
use crate::syntax::ast::{
    AspectDecl, CheckDecl, ContributeDecl, DeviceDecl, Expr, Ident, LetDecl, RuleDecl, Statement, StatementKind,
    Terminals, TotalDecl, UsePath, VarDecl,
};
use crate::syntax::grammar::Rule;
use crate::syntax::literal;
use pest::iterators::Pair;

impl Builder<'_> {
    /// All identifiers directly inside a pair.
    pub fn idents(&mut self, pair: Pair<'_, Rule>) -> Vec<Ident> {
        pair.into_inner().filter(|p| is_word(p.as_rule())).map(|p| self.ident(&p)).collect()
    }

    pub(super) fn use_paths(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let mut paths = Vec::new();
        for part in pair.into_inner().filter(|p| p.as_rule() == Rule::use_path) {
            let mut path = Vec::new();
            let mut alias = None;
            for word in part.into_inner() {
                match word.as_rule() {
                    Rule::ident => path.push(self.ident(&word)),
                    Rule::alias => alias = Some(self.ident(&word)),
                    _ => {}
                }
            }
            paths.push(UsePath { path, alias });
        }
        Some(StatementKind::Use(paths))
    }

    pub(super) fn definitions(&mut self, pair: &Pair<'_, Rule>) -> Option<Vec<(Ident, Option<Expr>)>> {
        let mut list = Vec::new();
        for part in pair.clone().into_inner().filter(|p| p.as_rule() == Rule::definition) {
            let mut inner = part.into_inner();
            let name = self.ident(&inner.next()?);
            let value = match inner.find(|p| p.as_rule() == Rule::product) {
                Some(value) => Some(self.expr(value)?),
                None => None,
            };
            list.push((name, value));
        }
        Some(list)
    }

    /// The last pair of a rule directly inside, as an expression.
    fn last_expr(&mut self, pair: &Pair<'_, Rule>, rule: Rule) -> Option<Expr> {
        let last = pair.clone().into_inner().filter(|p| p.as_rule() == rule).last()?;
        self.expr(last)
    }

    pub(super) fn kind(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let of = self.last_expr(&pair, Rule::product)?;
        Some(StatementKind::Kind { names: self.idents(pair), of })
    }

    pub(super) fn units(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let of = self.last_expr(&pair, Rule::product)?;
        Some(StatementKind::Unit { units: self.definitions(&pair)?, of })
    }

    pub(super) fn graph(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let mut words = self.idents(pair).into_iter();
        Some(StatementKind::Graph { name: words.next()?, nodes: words.next()?, edges: words.next()? })
    }

    pub(super) fn total(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let mut parts = pair.into_inner();
        let balance = parts.next()?.as_str() == "balance";
        let (name, indices) = self.family(parts.next()?)?;
        let ty = self.type_expr(parts.find(|p| p.as_rule() == Rule::type_expr)?)?;
        Some(StatementKind::Total(Box::new(TotalDecl { name, balance, indices, ty })))
    }

    pub(super) fn device(&mut self, pair: Pair<'_, Rule>, body: Vec<Statement>) -> Option<StatementKind> {
        let mut name = None;
        let mut terminals = Terminals::None;
        let mut like = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.ident(&part)),
                Rule::like => like = self.inner_ident(part),
                rule @ (Rule::t_at | Rule::t_between | Rule::t_over) => {
                    let mut words = self.idents(part).into_iter();
                    let (first, class) = (words.next()?, words.next()?);
                    terminals = match rule {
                        Rule::t_at => Terminals::At(first, class),
                        Rule::t_over => Terminals::Over(first, class),
                        _ => Terminals::Between { from: (first, class), to: (words.next()?, words.next()?) },
                    };
                }
                _ => {}
            }
        }
        Some(StatementKind::Device(Box::new(DeviceDecl { name: name?, terminals, like, body })))
    }

    pub(super) fn aspect(&mut self, pair: Pair<'_, Rule>, body: Vec<Statement>) -> Option<StatementKind> {
        let mut decl = AspectDecl {
            name: self.inner_ident(pair.clone())?,
            params: Vec::new(),
            fills: None,
            needs: Vec::new(),
            excludes: Vec::new(),
            body,
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::aspect_params => {
                    for entry in part.into_inner().filter(|p| p.as_rule() == Rule::parameter) {
                        decl.params.extend(self.params(entry.into_inner())?);
                    }
                }
                Rule::fills => decl.fills = self.inner_ident(part),
                Rule::needs => decl.needs = self.idents(part),
                Rule::excludes => decl.excludes = self.idents(part),
                _ => {}
            }
        }
        Some(StatementKind::Aspect(decl))
    }

    pub(super) fn extend(&mut self, pair: Pair<'_, Rule>, body: Vec<Statement>) -> Option<StatementKind> {
        let class = self.inner_ident(pair.clone())?;
        let guards = self.guards(pair)?;
        Some(StatementKind::Extend { class, when: guards.when, body })
    }

    /// The `where` and `when` clauses directly inside a pair.
    fn guards(&mut self, pair: Pair<'_, Rule>) -> Option<Guards> {
        let mut guards = Guards::default();
        for part in pair.into_inner() {
            let (slot, word) = match part.as_rule() {
                Rule::where_clause => (&mut guards.where_, "where"),
                Rule::when_clause => (&mut guards.when, "when"),
                _ => continue,
            };
            let span = self.span(&part);
            if slot.is_some() {
                self.report(
                    ids::UNREADABLE_STATEMENT,
                    span,
                    &format!("a second `{word}` stands in this statement"),
                    "one is enough",
                    "join the conditions with `and`",
                );
                return None;
            }
            *slot = Some(self.clause(part)?);
        }
        Some(guards)
    }

    pub(super) fn var(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let guards = self.guards(pair.clone())?;
        let mut parts = pair.into_inner();
        let state = parts.next()?.as_str() == "state";
        let mut names = Vec::new();
        let mut ty = None;
        let mut ahead = None;
        let mut starts = None;
        for part in parts {
            match part.as_rule() {
                Rule::family => names.push(self.family(part)?),
                Rule::type_expr => ty = Some(self.type_expr(part)?),
                Rule::attribute => {
                    for word in part.into_inner() {
                        match word.as_rule() {
                            Rule::kw_ahead | Rule::kw_recourse => ahead = Some(self.stage(ahead, &word)?),
                            Rule::expr if starts.is_some() => {
                                let help = "keep the start that is meant";
                                let (id, span) = (ids::UNREADABLE_STATEMENT, self.span(&word));
                                self.report(id, span, "this decision starts twice", "a second start", help);
                                return None;
                            }
                            Rule::expr => starts = Some(self.expr(word)?),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        let Guards { where_, when } = guards;
        Some(StatementKind::Var(Box::new(VarDecl { names, state, ty: ty?, ahead, starts, where_, when })))
    }

    /// `ahead` (true) or `recourse` (false), once for a decision.
    pub(super) fn stage(&mut self, before: Option<bool>, word: &Pair<'_, Rule>) -> Option<bool> {
        let ahead = word.as_rule() == Rule::kw_ahead;
        let text = match before {
            None => return Some(ahead),
            Some(first) if first == ahead => format!("`{}` stands here twice", word.as_str()),
            Some(_) => "a decision is made ahead or later, not both".to_owned(),
        };
        let help = "keep `ahead` where it is made before the uncertain is known, else `recourse`";
        self.report(ids::UNREADABLE_STATEMENT, self.span(word), &text, "a second stage", help);
        None
    }

    pub(super) fn let_decl(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let keyword = pair.as_str();
        let (redefine, provide) = (keyword.starts_with("redefine"), keyword.starts_with("provide"));
        let mut open = false;
        let (mut family, mut ty, mut value) = (None, None, None);
        let guards = self.guards(pair.clone())?;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_open => open = true,
                Rule::family => family = Some(self.family(part)?),
                Rule::type_expr => ty = Some(self.type_expr(part)?),
                Rule::expr => value = Some(self.expr(part)?),
                _ => {}
            }
        }
        let (name, indices) = family?;
        let when = guards.when;
        Some(StatementKind::Let(Box::new(LetDecl { name, indices, ty, value: value?, open, redefine, provide, when })))
    }

    pub(super) fn rule(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let Guards { where_, when } = self.guards(pair.clone())?;
        let mut decl = RuleDecl {
            name: None,
            implied: false,
            indices: Vec::new(),
            where_,
            when,
            condition: self.last_expr(&pair, Rule::expr)?,
        };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_implied => decl.implied = true,
                Rule::indices => decl.indices = self.indices(part)?,
                Rule::family => {
                    let (name, indices) = self.family(part)?;
                    decl.name = Some(name);
                    decl.indices = indices;
                }
                _ => {}
            }
        }
        Some(StatementKind::Rule(Box::new(decl)))
    }

    pub(super) fn require(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let condition = self.last_expr(&pair, Rule::expr)?;
        let when = self.guards(pair)?.when;
        let (name, where_) = (None, None);
        Some(StatementKind::Rule(Box::new(RuleDecl {
            name,
            implied: false,
            indices: Vec::new(),
            where_,
            when,
            condition,
        })))
    }

    pub(super) fn check(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let condition = self.last_expr(&pair, Rule::expr)?;
        let when = self.guards(pair.clone())?.when;
        let mut after_solve = false;
        let mut message = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_after_solve => after_solve = true,
                Rule::text => message = Some(literal::text(part.as_str())),
                _ => {}
            }
        }
        Some(StatementKind::Check(Box::new(CheckDecl { after_solve, condition, message, when })))
    }

    pub(super) fn cost(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let name = self.inner_ident(pair.clone())?;
        let value = self.last_expr(&pair, Rule::expr)?;
        let when = self.guards(pair)?.when;
        Some(StatementKind::Cost { name, value: Box::new(value), when })
    }

    pub(super) fn contribute(&mut self, pair: Pair<'_, Rule>, inject: bool) -> Option<StatementKind> {
        let Guards { where_, when } = self.guards(pair.clone())?;
        let mut decl = ContributeDecl {
            inject,
            value: self.last_expr(&pair, Rule::expr)?,
            target: self.postfix(pair.clone().into_inner().find(|p| p.as_rule() == Rule::postfix)?)?,
            indices: Vec::new(),
            where_,
            when,
        };
        if let Some(families) = pair.into_inner().find(|p| p.as_rule() == Rule::for_clause) {
            decl.indices = self.indices(families)?;
        }
        Some(StatementKind::Contribute(Box::new(decl)))
    }

    /// A label (name or text) directly inside a pair, by its position.
    pub(super) fn nth_label(&mut self, pair: &Pair<'_, Rule>, n: usize) -> Option<Ident> {
        let found = pair.clone().into_inner().filter(|p| p.as_rule() == Rule::text || is_word(p.as_rule())).nth(n)?;
        Some(self.label(&found))
    }
}

/// `where` and `when` of a statement.
#[derive(Default)]
struct Guards {
    where_: Option<Expr>,
    when: Option<Expr>,
}
