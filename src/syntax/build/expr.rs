//! Expressions: flat lists of operands and operators, put in order of precedence.

use super::Builder;
use super::precedence::{self, Item};
use crate::diagnostics::ids_syntax as ids;
use crate::source::Span;
use crate::syntax::ast::{Arg, BinaryOp, Expr, ExprKind, Ident, Index, UnaryOp, UnitExpr};
use crate::syntax::grammar::Rule;
use crate::syntax::{literal, walk};
use pest::iterators::{Pair, Pairs};
use smol_str::SmolStr;

/// Expressions nest less deep than this, so that later stages may walk them by recursion.
pub const MAX_TREE: usize = 400;
/// Fields and indices that may follow one another.
const MAX_PATH: usize = 64;
impl Builder<'_> {
    /// `expr`, `sum_expr`, `term_expr`, `product`. Never deeper than [`MAX_TREE`].
    pub fn expr(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        self.level += 1;
        let found = self.nested_expr(pair, span);
        self.level -= 1;
        if self.level == 0 && found.as_ref().is_some_and(|e| walk::depth(e, MAX_TREE) >= MAX_TREE) {
            self.too_deep(span);
            return None;
        }
        found
    }

    fn too_deep(&mut self, span: Span) {
        self.report(
            ids::NESTED_TOO_DEEPLY,
            span,
            "these operators nest too deeply",
            "too deep to read",
            "give parts of the expression a name with `let`",
        );
    }

    fn nested_expr(&mut self, pair: Pair<'_, Rule>, span: Span) -> Option<Expr> {
        let mut items = Vec::new();
        for part in pair.into_inner() {
            let part_span = self.span(&part);
            items.push(match part.as_rule() {
                Rule::prefix if part.as_str() == "-" => Item::Prefix(UnaryOp::Neg, part_span),
                Rule::prefix => Item::Prefix(UnaryOp::Not, part_span),
                Rule::infix | Rule::sum_infix | Rule::mul_infix => Item::Infix(precedence::operator(part.as_str())?),
                _ => Item::Operand(self.postfix(part)?),
            });
        }
        if items.len() == 1
            && let Some(Item::Operand(only)) = items.pop()
        {
            return Some(only);
        }
        let found = precedence::tree(items);
        if found.is_none() {
            self.too_deep(span);
        }
        found
    }

    /// A primary with fields, indices and `given`.
    pub fn postfix(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let mut parts = pair.into_inner();
        let first = parts.next()?;
        let base = self.primary(first)?;
        self.suffixes(base, parts)
    }

    /// Applies fields, indices, `given` and `is constant` to a base.
    fn suffixes(&mut self, mut base: Expr, parts: Pairs<'_, Rule>) -> Option<Expr> {
        for (count, part) in parts.enumerate() {
            let part_span = self.span(&part);
            let span = base.span.to(part_span);
            if count >= MAX_PATH {
                self.report(
                    ids::NESTED_TOO_DEEPLY,
                    part_span,
                    "too many fields and indices follow one another",
                    "too long from here on",
                    "shorten the path",
                );
                return None;
            }
            base = match part.as_rule() {
                Rule::field => {
                    let name = part.into_inner().next()?;
                    let text = match name.as_str() {
                        quoted if quoted.starts_with('"') => literal::text(quoted),
                        word => SmolStr::new(word),
                    };
                    let field = Ident { text, span: self.span(&name) };
                    Expr { span, kind: ExprKind::Field(Box::new(base), field) }
                }
                Rule::index => {
                    let mut args = Vec::new();
                    for arg in part.into_inner() {
                        match arg.as_rule() {
                            Rule::expr => args.push(self.expr(arg)?),
                            Rule::before => {
                                let span = self.span(&arg);
                                let name = self.inner_ident(arg)?;
                                args.push(Expr { span, kind: ExprKind::Before(name) });
                            }
                            _ => {}
                        }
                    }
                    Expr { span, kind: ExprKind::Index(Box::new(base), args) }
                }
                Rule::kw_given => Expr { span, kind: ExprKind::Given(Box::new(base)) },
                Rule::is_constant => {
                    let words = part_span;
                    let value = self.postfix(part.into_inner().find(|p| p.as_rule() == Rule::postfix)?)?;
                    let op = Ident { text: SmolStr::new_static("is_constant"), span: words };
                    let args = vec![Arg { name: None, value: base }, Arg { name: None, value }];
                    Expr { span, kind: ExprKind::Call(op, args) }
                }
                _ => base,
            };
        }
        Some(base)
    }

    /// A path whose first word may be any: of settings.
    pub fn path(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let mut parts = pair.into_inner();
        let first = parts.next()?;
        let base = Expr { span: self.span(&first), kind: ExprKind::Name(self.label(&first).text) };
        self.suffixes(base, parts)
    }

    fn primary(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::quantity => return self.quantity(pair),
            Rule::text => ExprKind::Text(literal::text(pair.as_str())),
            Rule::list => return self.list(pair),
            Rule::set => return self.set(pair),
            Rule::paren => {
                let inner = pair.into_inner().find(|p| p.as_rule() == Rule::expr)?;
                return Some(Expr { span, ..self.expr(inner)? });
            }
            Rule::if_expr => {
                let mut parts = pair.into_inner().filter(|p| p.as_rule() == Rule::expr);
                let (condition, yes, no) = (parts.next()?, parts.next()?, parts.next()?);
                ExprKind::If(Box::new(self.expr(condition)?), Box::new(self.expr(yes)?), Box::new(self.expr(no)?))
            }
            Rule::match_expr => {
                let mut subject = None;
                let mut arms = Vec::new();
                for part in pair.into_inner() {
                    match part.as_rule() {
                        Rule::postfix => subject = Some(self.postfix(part)?),
                        Rule::arm => {
                            let mut inner = part.into_inner();
                            let word = inner.next()?;
                            let value = inner.find(|p| p.as_rule() == Rule::expr)?;
                            arms.push((self.ident(&word), self.expr(value)?));
                        }
                        _ => {}
                    }
                }
                ExprKind::Match(Box::new(subject?), arms)
            }
            Rule::in_mode => {
                let mut parts = pair.into_inner().filter(|p| matches!(p.as_rule(), Rule::name | Rule::expr));
                let (mode, body) = (parts.next()?, parts.next()?);
                ExprKind::InMode(self.ident(&mode), Box::new(self.expr(body)?))
            }
            Rule::named => return self.named(pair),
            _ => return None,
        };
        Some(Expr { span, kind })
    }

    fn quantity(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let digits = parts.next()?;
        let value = self.number_value(&digits)?;
        let written = literal::own_digits(digits.as_str());
        let unit = match parts.next() {
            Some(unit) => Some(self.unit(unit)?),
            None => None,
        };
        Some(Expr { span, kind: ExprKind::Number { value, unit, written } })
    }

    /// A number without a unit.
    pub fn plain_number(&mut self, pair: &Pair<'_, Rule>) -> Option<ExprKind> {
        let (value, written) = (self.number_value(pair)?, literal::own_digits(pair.as_str()));
        Some(ExprKind::Number { value, unit: None, written })
    }

    /// The value of a number, reported where it is beyond all range.
    pub fn number_value(&mut self, pair: &Pair<'_, Rule>) -> Option<f64> {
        let value = literal::number(pair.as_str());
        if value.is_none() {
            let span = self.span(pair);
            self.report(
                ids::NUMBER_TOO_LARGE,
                span,
                "this number is too large to compute with",
                "beyond 1.8e308",
                "leave a bound out where there is none, or use a larger unit",
            );
        }
        value
    }

    /// A unit: a product of powers.
    pub fn unit(&mut self, pair: Pair<'_, Rule>) -> Option<UnitExpr> {
        let span = self.span(&pair);
        let mut factors = Vec::new();
        let mut sign = 1;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::unit_op => sign = if part.as_str() == "/" { -1 } else { 1 },
                Rule::unit_factor => {
                    let mut inner = part.into_inner();
                    let name = inner.next()?;
                    let power = match inner.next() {
                        Some(power) => match power.as_str().parse::<i32>() {
                            Ok(value) if value.unsigned_abs() <= 1000 => value,
                            _ => {
                                let span = self.span(&power);
                                let help = "exponents of units are small whole numbers";
                                let id = ids::NUMBER_TOO_LARGE;
                                self.report(id, span, "this exponent is too large", "no unit has it", help);
                                return None;
                            }
                        },
                        None => 1,
                    };
                    factors.push((self.ident(&name), sign * power));
                }
                _ => {}
            }
        }
        Some(UnitExpr { span, factors })
    }

    pub(super) fn list(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut rows: Vec<Vec<Expr>> = Vec::new();
        let mut unit = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::list_rows => {
                    for row in part.into_inner().filter(|p| matches!(p.as_rule(), Rule::number_row | Rule::expr_row)) {
                        let mut cells = Vec::new();
                        for entry in row.into_inner() {
                            match entry.as_rule() {
                                Rule::number_entry => cells.push(self.number_entry(entry)?),
                                Rule::expr => cells.push(self.expr(entry)?),
                                _ => {}
                            }
                        }
                        rows.push(cells);
                    }
                }
                Rule::unit => unit = Some(self.unit(part)?),
                _ => {}
            }
        }
        if let Some(unit) = unit {
            rows.iter_mut().flatten().for_each(|cell| give_unit(cell, &unit));
        }
        Some(Expr { span, kind: ExprKind::List(rows) })
    }

    /// A number with a sign, as it stands in a list.
    fn number_entry(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let first = parts.next()?;
        match first.as_rule() {
            Rule::minus => {
                let value = self.quantity(parts.next()?)?;
                Some(Expr { span, kind: ExprKind::Unary(UnaryOp::Neg, Box::new(value)) })
            }
            _ => self.quantity(first),
        }
    }

    fn set(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut items = Vec::new();
        let mut filter = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => items.push(self.expr(part)?),
                Rule::where_clause => filter = Some(Box::new(self.clause(part)?)),
                _ => {}
            }
        }
        let is_builder = items.len() == 1
            && matches!(&items[0].kind, ExprKind::Binary(BinaryOp::In, left, _) if matches!(left.kind, ExprKind::Name(_)));
        if is_builder && let Some(item) = items.pop() {
            let index = self.index_of(item)?;
            return Some(Expr { span, kind: ExprKind::SetBuilder(Box::new(index), filter) });
        }
        if let Some(filter) = filter {
            self.report(
                ids::UNREADABLE_STATEMENT,
                filter.span,
                "`where` filters a set over one index",
                "no index to filter",
                "write `{s in site where ...}`",
            );
            return None;
        }
        Some(Expr { span, kind: ExprKind::SetLiteral(items) })
    }

    /// The expression of a `where` or `when` clause.
    pub fn clause(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let inner = pair.into_inner().find(|p| p.as_rule() == Rule::expr)?;
        self.expr(inner)
    }

    /// A name, call, aggregate or element.
    fn named(&mut self, pair: Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let word = parts.next()?;
        let Some(next) = parts.next() else {
            let kind = match word.as_str() {
                "yes" => ExprKind::YesNo(true),
                "no" => ExprKind::YesNo(false),
                other => ExprKind::Name(SmolStr::new(other)),
            };
            return Some(Expr { span, kind });
        };
        let name = self.ident(&word);
        let next_span = self.span(&next);
        let id = match next.as_rule() {
            Rule::arguments => {
                let kind = self.call(name, next)?;
                return Some(Expr { span, kind });
            }
            Rule::number => self.plain_number(&next)?,
            Rule::text => ExprKind::Text(literal::text(next.as_str())),
            _ => self.path(next)?.kind,
        };
        let id = Expr { span: next_span, kind: id };
        Some(Expr { span, kind: ExprKind::Element(name, Box::new(id)) })
    }

    fn call(&mut self, op: Ident, pair: Pair<'_, Rule>) -> Option<ExprKind> {
        let mut args = Vec::new();
        let mut filter = None;
        let mut body = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::argument => args.push(self.argument(part)?),
                Rule::where_clause => filter = Some(Box::new(self.clause(part)?)),
                Rule::expr => body = Some(Box::new(self.expr(part)?)),
                _ => {}
            }
        }
        let Some(body) = body else {
            if let Some(filter) = filter {
                self.report(
                    ids::UNREADABLE_STATEMENT,
                    filter.span,
                    "`where` filters indices, and none stand here",
                    "nothing to filter",
                    "write `sum(i in set where ...: value)`",
                );
                return None;
            }
            return Some(ExprKind::Call(op, args));
        };
        let mut indices = Vec::new();
        for arg in args {
            if let Some(name) = arg.name {
                let span = name.span.to(arg.value.span);
                self.report(
                    ids::FOREIGN_SYNTAX,
                    span,
                    "an index runs over a set with `in`",
                    "expected `index in set`",
                    &format!("write `{} in ...`", name.text),
                );
                return None;
            }
            indices.push(self.index_of(arg.value)?);
        }
        Some(ExprKind::Aggregate { op, indices, where_: filter, body })
    }

    /// A call's argument.
    pub fn argument(&mut self, pair: Pair<'_, Rule>) -> Option<Arg> {
        let mut name = None;
        let mut value = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::ident => name = Some(self.ident(&part)),
                Rule::expr => value = Some(self.expr(part)?),
                _ => {}
            }
        }
        Some(Arg { name, value: value? })
    }

    /// Reads `i in set` or `t` as an index.
    fn index_of(&mut self, expr: Expr) -> Option<Index> {
        let span = expr.span;
        match expr.kind {
            ExprKind::Name(text) => return Some(Index { name: Ident { text, span }, set: None }),
            ExprKind::Binary(BinaryOp::In, left, set) => {
                if let ExprKind::Name(text) = left.kind {
                    return Some(Index { name: Ident { text, span: left.span }, set: Some(*set) });
                }
            }
            _ => {}
        }
        self.report(
            ids::UNREADABLE_STATEMENT,
            span,
            "an index is a name, or a name `in` a set",
            "expected an index here",
            "write `sum(i in set, t: value)`",
        );
        None
    }
}

/// Gives a number without a unit the unit that stands behind its list.
fn give_unit(cell: &mut Expr, unit: &UnitExpr) {
    match &mut cell.kind {
        ExprKind::Number { unit: own @ None, .. } => *own = Some(unit.clone()),
        ExprKind::Unary(UnaryOp::Neg, inner) => {
            if let ExprKind::Number { unit: own @ None, .. } = &mut inner.kind {
                *own = Some(unit.clone());
            }
        }
        _ => {}
    }
}
