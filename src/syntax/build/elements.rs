//! Elements of classes, their places, and settings.

use super::Builder;
use crate::diagnostics::ids_syntax as ids;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, InstanceDecl, Place, Statement, StatementKind};
use crate::syntax::grammar::Rule;
use crate::syntax::literal;
use pest::iterators::Pair;
use smol_str::SmolStr;

impl Builder<'_> {
    pub(super) fn instance(&mut self, pair: Pair<'_, Rule>, body: Vec<Statement>) -> Option<StatementKind> {
        let (mut class, mut candidate, mut name, mut place) = (None, false, None, Place::None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_candidate => candidate = true,
                Rule::class => class = Some(self.ident(&part)),
                Rule::instance_name => {
                    let word = part.into_inner().next()?;
                    let text = match word.as_rule() {
                        Rule::text => literal::text(word.as_str()),
                        _ => SmolStr::new(word.as_str()),
                    };
                    name = Some((text, self.span(&word)));
                }
                Rule::EOI => {}
                _ => place = self.place(part)?,
            }
        }
        Some(StatementKind::Instance(std::sync::Arc::new(InstanceDecl { class: class?, candidate, name, place, body })))
    }

    fn place(&mut self, pair: Pair<'_, Rule>) -> Option<Place> {
        let rule = pair.as_rule();
        let (mut words, mut values, mut filter) = (Vec::new(), Vec::new(), None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => words.push(self.ident(&part)),
                Rule::postfix => values.push(self.postfix(part)?),
                Rule::where_clause => filter = Some(self.clause(part)?),
                Rule::id => values.push(self.id(part)?),
                _ => {}
            }
        }
        let mut words = words.into_iter();
        let mut values = values.into_iter();
        Some(match rule {
            Rule::p_at => Place::At(values.next()?),
            Rule::p_over => Place::Over(values.next()?),
            Rule::p_between => Place::Between(values.next()?, values.next()?),
            Rule::each_row => Place::EachRow { row: words.next()?, table: values.next()?, where_: filter },
            Rule::at_each_in => Place::AtEachIn { class: words.next()?, set: values.next()?, where_: filter },
            _ => Place::AtEach(words.next()?, values.collect()),
        })
    }

    /// An id in a list: number, text or word.
    fn id(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let word = pair.into_inner().next()?;
        let kind = match word.as_rule() {
            Rule::number => self.plain_number(&word)?,
            Rule::text => ExprKind::Text(literal::text(word.as_str())),
            _ => ExprKind::Name(SmolStr::new(word.as_str())),
        };
        Some(Expr { span: self.span(&word), kind })
    }

    pub(super) fn setting(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let mut parts = pair.into_inner();
        let path = self.path(parts.next()?)?;
        let (mut constant_over_periods, mut ahead) = (false, None);
        for part in parts {
            match part.as_rule() {
                Rule::values => return Some(StatementKind::Setting { path, value: self.values(part)? }),
                Rule::restage => {
                    let word = part.into_inner().next()?;
                    match word.as_rule() {
                        Rule::constant_over => constant_over_periods = true,
                        _ => ahead = Some(self.stage(ahead, &word)?),
                    }
                }
                _ => {}
            }
        }
        Some(StatementKind::Restage { path, constant_over_periods, ahead })
    }

    /// One value, or several as a set: `1..8, 19..24`.
    pub(super) fn values(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let exprs = pair.into_inner().filter(|p| p.as_rule() == Rule::expr);
        let mut list = exprs.map(|p| self.expr(p)).collect::<Option<Vec<_>>>()?;
        if list.len() == 1 {
            return list.pop();
        }
        if let Some(other) = list.iter().skip(1).find(|e| sets_a_path(e)) {
            self.report(
                ids::UNREADABLE_STATEMENT,
                other.span,
                "settings are separated by `;` or line ends",
                "another setting, after a comma",
                "write `{ a = 1; b = 2 }`",
            );
            return None;
        }
        Some(Expr { span, kind: ExprKind::SetLiteral(list) })
    }

    pub(super) fn set_decl(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let (mut name, mut within, mut value) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.ident(&part)),
                Rule::postfix => within = Some(self.postfix(part)?),
                Rule::values => value = Some(self.values(part)?),
                _ => {}
            }
        }
        Some(StatementKind::Set { name: name?, within, value: Box::new(value?) })
    }
}

/// `path = value` read as a comparison, since it stands behind a comma.
fn sets_a_path(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Binary(BinaryOp::Eq, path, _)
        if matches!(path.kind, ExprKind::Name(_) | ExprKind::Field(..) | ExprKind::Index(..)))
}
