//! Comparisons of data, and conditions as relations of the program.

use super::{Context, Evaluated, Evaluator, Stop, as_binary, decided};
use crate::diagnostics::{Diagnostic, ids_program};
use crate::model::Value;
use crate::program::{Domain, Relation};
use crate::source::Span;
use crate::syntax::ast::BinaryOp;
use crate::units::typed::{Fold, Node, NodeKind, Ty};

/// What a condition demands.
#[derive(Debug, Clone, PartialEq)]
pub enum Demand {
    /// Holds already.
    Holds,
    /// Cannot hold; the values of both sides, for the message.
    Fails(Option<(f64, f64)>),
    /// These relations.
    Relations(Vec<Relation>),
}

impl Evaluator<'_> {
    pub(super) fn compare(&mut self, op: BinaryOp, a: &Node, b: &Node, span: Span, cx: &mut Context) -> Evaluated {
        if op == BinaryOp::In {
            let x = self.eval(a, cx)?;
            if x == Value::Missing {
                return Err(self.not_given(a, cx));
            }
            let set = self.set(b, cx)?;
            return Ok(Value::Bool(set.contains(&x)));
        }
        let (x, y) = (self.eval(a, cx)?, self.eval(b, cx)?);
        self.compare_values(op, (a, &x), (b, &y), span, cx).map(Value::Bool)
    }

    /// Does a comparison of data hold?
    fn compare_values(
        &mut self,
        op: BinaryOp,
        (a, x): (&Node, &Value),
        (b, y): (&Node, &Value),
        span: Span,
        cx: &mut Context,
    ) -> Result<bool, Stop> {
        fn ordered<T: PartialOrd>(op: BinaryOp, x: &T, y: &T) -> bool {
            match op {
                BinaryOp::Le => x <= y,
                BinaryOp::Ge => x >= y,
                BinaryOp::Lt => x < y,
                BinaryOp::Gt => x > y,
                BinaryOp::Eq => x == y,
                _ => x != y,
            }
        }
        match (x, y) {
            (Value::Number(x), Value::Number(y)) => Ok(ordered(op, x, y)),
            (Value::Period(x), Value::Period(y)) => Ok(ordered(op, x, y)),
            (Value::Form(_), _) | (_, Value::Form(_)) => {
                let text = "this comparison depends on a decision and must be known before solving";
                Err(self.report(
                    Diagnostic::new(ids_program::UNSUPPORTED_POSITION, span, text, "depends on a decision")
                        .help("write it as a `rule`, or as `binary => rule`"),
                ))
            }
            (Value::Missing, _) => Err(self.not_given(a, cx)),
            (_, Value::Missing) => Err(self.not_given(b, cx)),
            _ => match op {
                BinaryOp::Eq => Ok(x == y),
                BinaryOp::Ne => Ok(x != y),
                _ => Err(self.internal(span, "what has no order is compared")),
            },
        }
    }

    /// Turns a rule's condition into relations.
    pub fn demand(&mut self, node: &Node, cx: &mut Context) -> Result<Demand, Stop> {
        let mut out = Vec::new();
        match self.collect(node, cx, &mut out)? {
            Some(values) => Ok(Demand::Fails(values)),
            None if out.is_empty() => Ok(Demand::Holds),
            None => Ok(Demand::Relations(out)),
        }
    }

    /// Collects relations; `Some` if the condition cannot hold.
    #[allow(clippy::option_option)]
    fn collect(
        &mut self,
        node: &Node,
        cx: &mut Context,
        out: &mut Vec<Relation>,
    ) -> Result<Option<Option<(f64, f64)>>, Stop> {
        match &node.kind {
            NodeKind::Binary(BinaryOp::And, a, b) => {
                if let Some(f) = self.collect(a, cx, out)? {
                    return Ok(Some(f));
                }
                self.collect(b, cx, out)
            }
            NodeKind::Binary(BinaryOp::Implies, a, b) => self.implication(a, b, cx, out),
            NodeKind::Binary(op @ (BinaryOp::Le | BinaryOp::Ge | BinaryOp::Eq), a, b) => {
                let numbers = matches!((&a.ty, &b.ty), (Ty::Number(_), Ty::Number(_)));
                if !numbers {
                    let (x, y) = (self.eval(a, cx)?, self.eval(b, cx)?);
                    let number = |v: &Value| matches!(v, Value::Number(_) | Value::Form(_));
                    if !number(&x) || !number(&y) {
                        let holds = self.compare_values(*op, (a, &x), (b, &y), node.span, cx)?;
                        return Ok(if holds { None } else { Some(None) });
                    }
                }
                let (a, b) = if *op == BinaryOp::Ge { (b, a) } else { (a, b) };
                let (form, p, q) = self.sides(a, b, cx)?;
                // An unlimited side holds by itself.
                if *op != BinaryOp::Eq && (p == Some(f64::NEG_INFINITY) || q == Some(f64::INFINITY)) {
                    return Ok(None);
                }
                if !form.affine.constant.is_finite() {
                    // With decisions beside the limit that is not there: `x <= y + infinity`.
                    if *op != BinaryOp::Eq && form.affine.constant == f64::NEG_INFINITY {
                        return Ok(None);
                    }
                    return Err(self.wrong(node.span, "a side of this rule is not finite", "cannot hold"));
                }
                if let (Some(p), Some(q)) = (p, q) {
                    let scale = p.abs().max(q.abs()).max(1e-12);
                    let gap = if *op == BinaryOp::Eq { (p - q).abs() } else { p - q };
                    let shown = if *op == BinaryOp::Ge { (q, p) } else { (p, q) };
                    return Ok(if gap <= 1e-9 * scale { None } else { Some(Some(shown)) });
                }
                let relation = if *op == BinaryOp::Eq { Relation::Eq(form) } else { Relation::Le(form) };
                match decided(&relation) {
                    Some(true) => {}
                    Some(false) => return Ok(Some(None)),
                    None => out.push(relation),
                }
                Ok(None)
            }
            NodeKind::Fold { op: Fold::All, indices, filter, body } => {
                let mut failed = None;
                let mut inner = Vec::new();
                self.each(indices, filter.as_deref(), cx, &mut |me, cx| {
                    failed = me.collect(body, cx, &mut inner)?;
                    Ok(failed.is_none())
                })?;
                out.append(&mut inner);
                Ok(failed)
            }
            NodeKind::If(c, a, b) => {
                let branch = if self.data_condition(c, cx)? { a } else { b };
                self.collect(branch, cx, out)
            }
            _ => match self.eval(node, cx)? {
                Value::Bool(true) => Ok(None),
                Value::Bool(false) => Ok(Some(None)),
                Value::Missing => Err(self.not_given(node, cx)),
                // A bare binary in a rule must be one.
                v => match v.into_form() {
                    Some(mut f) => {
                        f.affine.constant -= 1.0;
                        out.push(Relation::Eq(f));
                        Ok(None)
                    }
                    None => Err(self.wrong(node.span, "a rule is a comparison", "not a comparison")),
                },
            },
        }
    }

    #[allow(clippy::option_option)]
    fn implication(
        &mut self,
        a: &Node,
        b: &Node,
        cx: &mut Context,
        out: &mut Vec<Relation>,
    ) -> Result<Option<Option<(f64, f64)>>, Stop> {
        let (affine, on) = match &a.kind {
            // `x = 1 => ...`, `x = 0 => ...`
            NodeKind::Binary(BinaryOp::Eq, x, y) => match (self.eval(x, cx)?, self.eval(y, cx)?) {
                (Value::Form(f), Value::Number(k)) | (Value::Number(k), Value::Form(f))
                    if f.is_affine() && (k == 0.0 || k == 1.0) =>
                {
                    (f.affine.clone(), k == 1.0)
                }
                (Value::Missing, _) => return Err(self.not_given(x, cx)),
                (_, Value::Missing) => return Err(self.not_given(y, cx)),
                (Value::Form(_), _) | (_, Value::Form(_)) => return Err(self.not_binary(a.span)),
                (x, y) => return if x == y { self.collect(b, cx, out) } else { Ok(None) },
            },
            _ => match self.eval(a, cx)? {
                Value::Bool(true) => return self.collect(b, cx, out),
                Value::Bool(false) => return Ok(None),
                Value::Number(x) => return if x > 0.5 { self.collect(b, cx, out) } else { Ok(None) },
                Value::Form(f) if f.is_affine() => (f.affine.clone(), true),
                Value::Missing => return Err(self.not_given(a, cx)),
                _ => return Err(self.not_binary(a.span)),
            },
        };
        let Some((when, positive)) = as_binary(&affine) else { return Err(self.not_binary(a.span)) };
        let is_binary = self.decisions.as_ref().is_some_and(|d| d.program.variable(when).domain == Domain::Binary);
        if !is_binary {
            return Err(self.not_binary(a.span));
        }
        let is = positive == on;
        let mut inner = Vec::new();
        if self.collect(b, cx, &mut inner)?.is_some() {
            // The consequence cannot hold: the binary cannot have this value.
            let mut f = crate::program::Form::affine(crate::program::Affine::variable(when));
            f.affine.constant -= if is { 0.0 } else { 1.0 };
            out.push(Relation::Eq(f));
            return Ok(None);
        }
        out.extend(inner.into_iter().map(|then| Relation::Implies { when, is, then: Box::new(then) }));
        Ok(None)
    }

    fn not_binary(&mut self, span: Span) -> Stop {
        self.report(
            Diagnostic::new(ids_program::UNSUPPORTED_POSITION, span, "only a binary switches a rule", "not a binary")
                .help("write `binary => rule`, `not binary => rule`, or `binary = 0 => rule`"),
        )
    }
}
