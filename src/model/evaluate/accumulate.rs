//! Adding expressions to flat sums: no form is made in between, and definitions that only add and scale are
//! followed where they are used.

use super::{Context, Evaluated, Evaluator, Stop};
use crate::model::{Accumulator, Value};
use crate::names::MemberId;
use crate::program::Form;
use crate::syntax::ast::BinaryOp;
use crate::units::typed::{Fold, Function, Node, NodeKind, Ty, TypedBody};

impl Evaluator<'_> {
    /// The form or number of an expression, gathered in one sum.
    fn gather(&mut self, node: &Node, cx: &mut Context) -> Evaluated {
        let mut sum = self.sums.pop().unwrap_or_default();
        let done = self.accumulate(node, 1.0, cx, &mut sum).and_then(|()| self.summed(&sum, node.span));
        let form = sum.finish();
        self.sums.push(sum);
        done.map(|()| Value::from_form(form))
    }

    /// The value of an expression, gathered in one sum where it is one.
    pub(super) fn eval_sum(&mut self, node: &Node, cx: &mut Context) -> Evaluated {
        let sum = matches!(node.kind, NodeKind::Binary(..) | NodeKind::Neg(_) | NodeKind::Fold { .. });
        let sum = sum && matches!(node.ty, Ty::Number(_)) && !self.facts.is_data(node);
        if sum { self.gather(node, cx) } else { self.eval(node, cx) }
    }

    /// Adds `factor · node` to a sum.
    pub(super) fn accumulate(
        &mut self,
        node: &Node,
        factor: f64,
        cx: &mut Context,
        sum: &mut Accumulator,
    ) -> Result<(), Stop> {
        match &node.kind {
            NodeKind::Number(x) => sum.add_number(self.finite(factor * x, [factor, *x], node.span)?),
            NodeKind::Neg(a) => return self.accumulate(a, -factor, cx, sum),
            NodeKind::Binary(op @ (BinaryOp::Add | BinaryOp::Sub), a, b) => {
                self.accumulate(a, factor, cx, sum)?;
                let sign = if *op == BinaryOp::Add { factor } else { -factor };
                return self.accumulate(b, sign, cx, sum);
            }
            NodeKind::Binary(BinaryOp::Mul | BinaryOp::Of, a, b) if self.facts.is_data(a) => {
                let scale = match self.eval(a, cx)? {
                    Value::Number(0.0) => return Ok(()),
                    Value::Number(x) if (x * factor).is_finite() => x,
                    // What is not finite or not given is told where products are made.
                    _ => return self.add_value(node, factor, cx, sum),
                };
                return self.accumulate(b, factor * scale, cx, sum);
            }
            NodeKind::Binary(BinaryOp::Mul, a, b) if matches!(b.kind, NodeKind::Number(_)) => {
                let NodeKind::Number(x) = b.kind else { return Ok(()) };
                if x == 0.0 || !x.is_finite() {
                    return self.add_value(node, factor, cx, sum);
                }
                return self.accumulate(a, factor * x, cx, sum);
            }
            NodeKind::Binary(BinaryOp::Div, a, b) => match self.number(b, cx)? {
                by if by != 0.0 && (1.0 / by).is_finite() => return self.accumulate(a, factor * (1.0 / by), cx, sum),
                _ => return self.add_value(node, factor, cx, sum),
            },
            NodeKind::Call(Function::Convert, args) => {
                if let Some(a) = args.first() {
                    return self.accumulate(a, factor, cx, sum);
                }
            }
            NodeKind::If(c, a, b) => {
                let branch = if self.data_condition(c, cx)? { a } else { b };
                return self.accumulate(branch, factor, cx, sum);
            }
            NodeKind::Match(on, arms) => {
                if let Value::Symbol(s) = self.eval(on, cx)?
                    && let Some((_, arm)) = arms.iter().find(|(w, _)| *w == s)
                {
                    return self.accumulate(arm, factor, cx, sum);
                }
                return self.add_value(node, factor, cx, sum);
            }
            NodeKind::Fold { op: op @ (Fold::Sum | Fold::Integral | Fold::Expected), indices, filter, body } => {
                let step = if *op == Fold::Integral && !indices.is_empty() { self.step(node.span)? } else { 1.0 };
                self.each(indices, filter.as_deref(), cx, &mut |me, cx| {
                    me.accumulate(body, factor * step, cx, sum)?;
                    Ok(true)
                })?;
            }
            NodeKind::Member { of, member, index } => {
                return self.add_member(of.as_deref(), *member, index, node, factor, cx, sum);
            }
            _ => return self.add_value(node, factor, cx, sum),
        }
        Ok(())
    }

    /// Adds the value of an expression that is not a sum.
    fn add_value(&mut self, node: &Node, factor: f64, cx: &mut Context, sum: &mut Accumulator) -> Result<(), Stop> {
        let value = self.eval(node, cx)?;
        if let Value::Number(x) = value {
            sum.add_number(self.finite(factor * x, [factor, x], node.span)?);
            return Ok(());
        }
        if sum.add(&value, factor) { Ok(()) } else { Err(self.not_given(node, cx)) }
    }

    #[allow(clippy::too_many_arguments)]
    fn add_member(
        &mut self,
        of: Option<&Node>,
        member: MemberId,
        index: &[Node],
        node: &Node,
        factor: f64,
        cx: &mut Context,
        sum: &mut Accumulator,
    ) -> Result<(), Stop> {
        let model = self.model;
        let key = (member, self.mode);
        let Some((element, at)) = self.spot(of, member, index, cx)? else {
            return self.add_value(node, factor, cx, sum);
        };
        match &model.members[member].body {
            TypedBody::Var { .. } => {
                let key = (member, if self.facts.shared[member] { 0 } else { self.mode });
                if let Some(d) = &self.decisions
                    && let Some(v) = d.vars.get(&key).and_then(|s| s.get(at))
                {
                    match d.decided(*v) {
                        Some(x) => sum.add_number(factor * x),
                        None => sum.add_variable(*v, factor),
                    }
                    return Ok(());
                }
            }
            TypedBody::Let(body) if self.facts.inline[member] => {
                let class = model.names.members[member].class;
                let mut slots = self.slots.pop().unwrap_or_default();
                slots.resize(model.members[member].slots.max(index.len()), Value::Missing);
                let mut inner = Context { class, element, slots };
                for (k, n) in index.iter().enumerate() {
                    let value = match self.eval(n, cx)? {
                        Value::Number(x) if model.members[member].indices[k].ty == Ty::Period => {
                            self.period(x, n.span)?
                        }
                        v => v,
                    };
                    inner.slots[k] = value;
                }
                let done = self.accumulate(body, factor, &mut inner, sum);
                inner.slots.clear();
                self.slots.push(inner.slots);
                return done;
            }
            TypedBody::Param { .. } | TypedBody::Let(_) => {
                match self.values[self.mode].get(&member).and_then(|s| s.get(at)) {
                    Some(Value::Number(x)) => {
                        let x = *x;
                        sum.add_number(self.finite(factor * x, [factor, x], node.span)?);
                        return Ok(());
                    }
                    Some(Value::Form(form)) => {
                        sum.add_form(form, factor);
                        return Ok(());
                    }
                    _ => {}
                }
            }
            TypedBody::Total { .. } if self.decisions.is_some() => {
                self.sum(member)?;
                if let Some(form) = self.decisions.as_ref().and_then(|d| d.forms.get(&key)).and_then(|s| s.get(at)) {
                    sum.add_form(form, factor);
                }
                return Ok(());
            }
            _ => {}
        }
        self.add_value(node, factor, cx, sum)
    }

    /// Element, and place among the values of a member, that a member node names; none where an index is not
    /// in its range.
    pub(super) fn spot(
        &mut self,
        of: Option<&Node>,
        member: MemberId,
        index: &[Node],
        cx: &mut Context,
    ) -> Result<Option<(u32, usize)>, Stop> {
        let element = match of.map(|n| (&n.kind, n)) {
            None => 0,
            Some((NodeKind::This, _)) => cx.element,
            Some((_, n)) => match self.eval(n, cx)? {
                Value::Element(_, i) => i,
                _ => return Ok(None),
            },
        };
        let mut at = element as usize;
        if index.len() != self.facts.dims[member].len() {
            return Ok(None);
        }
        for (k, n) in index.iter().enumerate() {
            let size = self.facts.dims[member][k];
            let ordinal = match &n.kind {
                NodeKind::Local(slot) => cx.slots.get(*slot).and_then(ordinal),
                _ => ordinal(&self.eval(n, cx)?),
            };
            match ordinal {
                Some((o, period)) if o < size => {
                    at = at * size + if period && self.facts.constant[member] { 0 } else { o }
                }
                _ => return Ok(None),
            }
        }
        Ok(Some((element, at)))
    }

    /// The difference of two sides as one form, and their values where they are numbers.
    pub(super) fn sides(
        &mut self,
        a: &Node,
        b: &Node,
        cx: &mut Context,
    ) -> Result<(Form, Option<f64>, Option<f64>), Stop> {
        let mut sum = self.sums.pop().unwrap_or_default();
        let done = self.both(a, b, cx, &mut sum);
        let form = sum.finish();
        self.sums.push(sum);
        done.map(|(p, q)| (form, p, q))
    }

    fn both(
        &mut self,
        a: &Node,
        b: &Node,
        cx: &mut Context,
        sum: &mut Accumulator,
    ) -> Result<(Option<f64>, Option<f64>), Stop> {
        self.accumulate(a, 1.0, cx, sum)?;
        self.summed(sum, a.span)?;
        let (left, size) = (sum.take_constant(), sum.summands());
        self.accumulate(b, -1.0, cx, sum)?;
        self.summed(sum, b.span)?;
        let right = 0.0 - sum.take_constant();
        sum.add_number(left - right);
        Ok(((size == 0).then_some(left), (sum.summands() == size).then_some(right)))
    }
}

/// Ordinal of an index value, and whether it is a period.
fn ordinal(value: &Value) -> Option<(usize, bool)> {
    match value {
        Value::Element(_, i) => Some((*i as usize, false)),
        Value::Period(t) => usize::try_from(*t).ok().map(|t| (t, true)),
        _ => None,
    }
}
