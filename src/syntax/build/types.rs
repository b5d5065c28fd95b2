//! Families, indices, types and parameters.

use super::Builder;
use crate::diagnostics::ids_syntax as ids;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Bound, Expr, ExprKind, Ident, Index, ParamDecl, TypeBase, TypeExpr, UnaryOp};
use crate::syntax::grammar::Rule;
use pest::iterators::{Pair, Pairs};

impl Builder<'_> {
    /// A name with its indices: `p[n in loads, t]`.
    pub fn family(&mut self, pair: Pair<'_, Rule>) -> Option<(Ident, Vec<Index>)> {
        let mut parts = pair.into_inner();
        let name = self.ident(&parts.next()?);
        let indices = match parts.next() {
            Some(list) => self.indices(list)?,
            None => Vec::new(),
        };
        Some((name, indices))
    }

    /// The `index_decl` pairs inside a pair.
    pub fn indices(&mut self, pair: Pair<'_, Rule>) -> Option<Vec<Index>> {
        pair.into_inner().filter(|p| p.as_rule() == Rule::index_decl).map(|p| self.index_decl(p)).collect()
    }

    fn index_decl(&mut self, pair: Pair<'_, Rule>) -> Option<Index> {
        let mut parts = pair.into_inner();
        let name = self.ident(&parts.next()?);
        let set = match parts.find(|p| p.as_rule() == Rule::sum_expr) {
            Some(set) => Some(self.expr(set)?),
            None => None,
        };
        Some(Index { name, set })
    }

    /// A type with its bounds.
    pub fn type_expr(&mut self, pair: Pair<'_, Rule>) -> Option<TypeExpr> {
        let span = self.span(&pair);
        let mut base = None;
        let mut bounds = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::bound => bounds.push(self.bound(part)?),
                _ => base = Some(self.type_base(part)?),
            }
        }
        Some(TypeExpr { span, base: base?, bounds })
    }

    fn type_base(&mut self, pair: Pair<'_, Rule>) -> Option<TypeBase> {
        Some(match pair.as_rule() {
            Rule::one_of => {
                let words = pair.into_inner().filter(|p| p.as_rule() == Rule::name);
                TypeBase::OneOf(words.map(|p| self.ident(&p)).collect())
            }
            Rule::set_of => TypeBase::SetOf(self.inner_ident(pair)?),
            Rule::element_of => TypeBase::ElementOf(self.inner_ident(pair)?),
            Rule::per_unit => {
                let reference = pair.into_inner().find(|p| p.as_rule() == Rule::postfix)?;
                TypeBase::PerUnit(Some(self.postfix(reference)?))
            }
            Rule::yes_no => TypeBase::YesNo,
            _ => {
                let quantity = self.expr(pair)?;
                if let Some(span) = foreign_to_types(&quantity) {
                    self.report(
                        ids::UNREADABLE_STATEMENT,
                        span,
                        "this is not a type",
                        "expected a quantity",
                        "types are quantities and their products (`power / voltage`), `binary`, `integer`, `count`, `text`, \
                         `yes/no`, `one of {a, b}`, `set of ...`, `element of ...` or `per_unit of ...`",
                    );
                    return None;
                }
                match &quantity.kind {
                    ExprKind::Name(word) => match word.as_str() {
                        "binary" => TypeBase::Binary,
                        "integer" => TypeBase::Integer,
                        "count" => TypeBase::Count,
                        "text" => TypeBase::Text,
                        "per_unit" => TypeBase::PerUnit(None),
                        _ => TypeBase::Quantity(quantity),
                    },
                    _ => TypeBase::Quantity(quantity),
                }
            }
        })
    }

    fn bound(&mut self, pair: Pair<'_, Rule>) -> Option<Bound> {
        let mut op = None;
        let mut value = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::compare => {
                    op = Some(match part.as_str() {
                        "<=" => BinaryOp::Le,
                        ">=" => BinaryOp::Ge,
                        "<" => BinaryOp::Lt,
                        _ => BinaryOp::Gt,
                    });
                }
                Rule::sum_expr => value = Some(self.expr(part)?),
                _ => {}
            }
        }
        let value = value?;
        match op {
            Some(op) => Some(Bound::Compare(op, value)),
            None => self.range(value).map(|(low, high)| Bound::Within(low, high)),
        }
    }

    /// The two ends of `low..high`.
    pub fn range(&mut self, value: Expr) -> Option<(Expr, Expr)> {
        match value.kind {
            ExprKind::Range(low, high) => Some((*low, *high)),
            _ => {
                self.report(
                    ids::UNREADABLE_STATEMENT,
                    value.span,
                    "a range has two ends",
                    "expected `low..high` here",
                    "write `in 0..10 kW`, or one end only: `>= 0 kW`",
                );
                None
            }
        }
    }

    /// The parameters of a `param` statement or of one entry in an aspect's list.
    pub fn params(&mut self, parts: Pairs<'_, Rule>) -> Option<Vec<ParamDecl>> {
        let mut families = Vec::new();
        let mut ty = None;
        let mut optional = false;
        let mut default = None;
        for part in parts {
            match part.as_rule() {
                Rule::family => families.push(self.family(part)?),
                Rule::type_expr => ty = Some(self.type_expr(part)?),
                Rule::kw_optional => optional = true,
                Rule::expr => default = Some(self.expr(part)?),
                _ => {}
            }
        }
        let (default, deviation) = match default {
            Some(Expr { kind: ExprKind::Binary(BinaryOp::PlusMinus, value, by), .. }) => (Some(*value), Some(*by)),
            other => (other, None),
        };
        let param = |(name, indices)| ParamDecl {
            name,
            indices,
            ty: ty.clone(),
            optional,
            default: default.clone(),
            deviation: deviation.clone(),
        };
        Some(families.into_iter().map(param).collect())
    }
}

/// The first part of a quantity that is neither a name, a number nor a product of such.
fn foreign_to_types(expr: &Expr) -> Option<Span> {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Number { unit: None, .. } => None,
        ExprKind::Field(inner, _) | ExprKind::Unary(UnaryOp::Neg, inner) => foreign_to_types(inner),
        ExprKind::Binary(BinaryOp::Mul | BinaryOp::Div | BinaryOp::Pow, left, right) => {
            foreign_to_types(left).or_else(|| foreign_to_types(right))
        }
        _ => Some(expr.span),
    }
}
