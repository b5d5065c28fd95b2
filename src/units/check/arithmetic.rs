//! Typing arithmetic, comparison and logic.

use super::{Checker, Scope};
use crate::diagnostics::{Diagnostic, ids_units};
use crate::source::Span;
use crate::syntax::ast::{self, BinaryOp, ExprKind};
use crate::units::Quantity;
use crate::units::typed::*;

impl Checker<'_> {
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        a: &ast::Expr,
        b: &ast::Expr,
        span: Span,
        scope: &mut Scope,
        expected: Option<&Ty>,
    ) -> Node {
        use BinaryOp::*;
        match op {
            And | Or | Implies => {
                let a = self.condition(a, scope);
                let b = self.condition(b, scope);
                Node { span, ty: Ty::Bool, kind: NodeKind::Binary(op, Box::new(a), Box::new(b)) }
            }
            Le | Ge | Lt | Gt | Eq | Ne => self.comparison(op, a, b, span, scope),
            In => {
                // What a list holds is understood from an index in front of it.
                let index = match (&a.kind, &b.kind) {
                    (ExprKind::Name(n), ExprKind::SetLiteral(_)) => scope.locals.iter().rfind(|(name, _)| name == n),
                    _ => None,
                };
                let b = match index.map(|(_, ty)| ty.clone()) {
                    Some(ty @ (Ty::Element(_) | Ty::Period)) => self.subset(b, &Ty::Set(Box::new(ty)), scope),
                    _ => self.set(b, scope),
                };
                let element = b.ty.element();
                let a = match (&a.kind, &element) {
                    (ExprKind::Number { unit: None, .. } | ExprKind::Text(_), Ty::Element(c)) => {
                        let id = self.element_id(a, scope);
                        Node { span: a.span, ty: element.clone(), kind: NodeKind::ById(*c, Box::new(id)) }
                    }
                    _ => self.expression(a, scope, Some(&element)),
                };
                // A range of numbers holds numbers, and numbered elements are such.
                let numbered =
                    matches!(element, Ty::Number(_)) && (a.ty == Ty::Period || self.quantity_of(&a.ty).is_some());
                let a = if numbered { self.number(a) } else { a };
                if !same_kind(&a.ty, &element) {
                    let text = format!("{} is never in {}", self.describe(&a.ty), self.describe(&b.ty));
                    self.report(Diagnostic::new(ids_units::WRONG_TYPE, span, text, "of another kind"));
                }
                Node { span, ty: Ty::Bool, kind: NodeKind::Binary(In, Box::new(a), Box::new(b)) }
            }
            Add | Sub => {
                let a = self.expression(a, scope, expected);
                let b = self.expression(b, scope, expected);
                let (a, b) = (self.number(a), self.number(b));
                let ty = self.common(&a, &b, "a sum");
                Node { span, ty, kind: NodeKind::Binary(op, Box::new(a), Box::new(b)) }
            }
            Mul | Div | Of => {
                let a = self.expression(a, scope, None);
                let b = self.expression(b, scope, None);
                let (a, b) = (self.number(a), self.number(b));
                let sign = if op == Div { -1 } else { 1 };
                let ty = match (&a.ty, &b.ty) {
                    (Ty::Number(x), Ty::Number(y)) => Ty::Number(x.combine(y, sign)),
                    _ => Ty::Unknown,
                };
                let op = if op == Of { Mul } else { op };
                Node { span, ty, kind: NodeKind::Binary(op, Box::new(a), Box::new(b)) }
            }
            Pow => self.power(a, b, span, scope),
            PlusMinus => {
                self.report(
                    Diagnostic::new(
                        crate::diagnostics::ids_names::MISPLACED_STATEMENT,
                        span,
                        "`+-` describes uncertain data and does not belong here",
                        "not a value",
                    )
                    .help("declare `uncertain z in -1..1` and multiply by `(1 + 10 % * z)`"),
                );
                self.error_node(span)
            }
        }
    }

    fn power(&mut self, a: &ast::Expr, b: &ast::Expr, span: Span, scope: &mut Scope) -> Node {
        let a = self.expression(a, scope, None);
        let b = self.expression(b, scope, None);
        let (a, b) = (self.number(a), self.number(b));
        let ty = match (&a.ty, &b.kind) {
            (Ty::Number(q), NodeKind::Number(x)) => match q.dimension.power(*x) {
                Some(d) if *x == 1.0 => Ty::Number(Quantity { dimension: d, kind: q.kind }),
                Some(d) => Ty::Number(Quantity::bare(d)),
                None => {
                    let text = format!("{} to the power {x} has no unit", self.units.describe(q));
                    self.report(Diagnostic::new(ids_units::WRONG_TYPE, span, text, "no such unit"));
                    Ty::Unknown
                }
            },
            (Ty::Number(q), _) if q.dimension.is_none() => Ty::NUMBER,
            (Ty::Number(_), NodeKind::Error) => Ty::Unknown,
            (Ty::Number(_), _) => {
                let text = "the exponent of a number with a unit must be written as a number";
                self.report(Diagnostic::new(ids_units::WRONG_TYPE, b.span, text, "not a plain number"));
                Ty::Unknown
            }
            _ => Ty::Unknown,
        };
        Node { span, ty, kind: NodeKind::Binary(BinaryOp::Pow, Box::new(a), Box::new(b)) }
    }

    /// The common type of two numbers that are added or compared.
    pub(super) fn common(&mut self, a: &Node, b: &Node, what: &str) -> Ty {
        let zero = |n: &Node| matches!(n.kind, NodeKind::Number(0.0)) && n.ty == Ty::NUMBER;
        match (&a.ty, &b.ty) {
            (Ty::Number(x), Ty::Number(y)) => match x.meet(y) {
                Some(q) => Ty::Number(q),
                None if zero(b) => a.ty.clone(),
                None if zero(a) => b.ty.clone(),
                None => {
                    match (&a.kind, &b.kind) {
                        (NodeKind::Number(_), _) if *x == Quantity::NUMBER => self.fits(a, &b.ty, a.span),
                        (_, NodeKind::Number(_)) if *y == Quantity::NUMBER => self.fits(b, &a.ty, b.span),
                        _ => {
                            let (x, y) = (*x, *y);
                            self.unit_mismatch(a.span, &x, b.span, &y, what);
                        }
                    }
                    Ty::Unknown
                }
            },
            (Ty::Unknown, t) | (t, Ty::Unknown) => t.clone(),
            _ => Ty::Unknown,
        }
    }

    fn comparison(&mut self, op: BinaryOp, a: &ast::Expr, b: &ast::Expr, span: Span, scope: &mut Scope) -> Node {
        let bare = |e: &ast::Expr| matches!(e.kind, ExprKind::Name(_));
        // Words of an enumeration are understood from the other side.
        let (a, b) = if bare(a) && !bare(b) {
            let b = self.expression(b, scope, None);
            let hint = b.ty.clone();
            (self.expression(a, scope, Some(&hint)), b)
        } else {
            let a = self.expression(a, scope, None);
            let hint = a.ty.clone();
            let b = match (&b.kind, &hint) {
                (ExprKind::Number { unit: None, .. } | ExprKind::Text(_), Ty::Element(c))
                    if !self.is_number_set(*c) || matches!(b.kind, ExprKind::Text(_)) =>
                {
                    let id = self.element_id(b, scope);
                    Node { span: b.span, ty: hint.clone(), kind: NodeKind::ById(*c, Box::new(id)) }
                }
                (ExprKind::Number { unit: None, .. }, Ty::Text) => {
                    let kind = NodeKind::Text(b.as_id().unwrap_or_default());
                    Node { span: b.span, ty: Ty::Text, kind }
                }
                (ExprKind::Number { unit: None, .. }, Ty::Period) => {
                    let n = self.expression(b, scope, None);
                    Node { ty: Ty::Period, ..n }
                }
                _ => self.expression(b, scope, Some(&hint)),
            };
            (a, b)
        };
        let ordered = matches!(op, BinaryOp::Le | BinaryOp::Ge | BinaryOp::Lt | BinaryOp::Gt);
        let numeric = |c: &Self, t: &Ty| c.quantity_of(t).is_some();
        let same_thing = a.ty == b.ty && !matches!(a.ty, Ty::Number(_));
        let told = a.ty == Ty::Unknown || b.ty == Ty::Unknown;
        let (a, b) = if told || same_thing && (!ordered || a.ty == Ty::Period) {
            (a, b)
        } else if (numeric(self, &a.ty) || a.ty == Ty::Period) && (numeric(self, &b.ty) || b.ty == Ty::Period) {
            let (a, b) = (self.number(a), self.number(b));
            self.common(&a, &b, "a comparison");
            (a, b)
        } else {
            let text = format!("{} cannot be compared with {}", self.describe(&a.ty), self.describe(&b.ty));
            self.report(Diagnostic::new(ids_units::WRONG_TYPE, span, text, "not comparable"));
            return self.error_node(span);
        };
        Node { span, ty: Ty::Bool, kind: NodeKind::Binary(op, Box::new(a), Box::new(b)) }
    }
}

/// May something of one type be an element of a set of the other?
fn same_kind(a: &Ty, element: &Ty) -> bool {
    a == element || matches!((a, element), (Ty::Unknown, _) | (_, Ty::Unknown))
}
