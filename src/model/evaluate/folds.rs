//! Sets and folds over them.

use super::decisions::is_whole;
use super::{Context, Evaluated, Evaluator, Stop};
use crate::model::Value;
use crate::names::limits;
use crate::program::{Atom, AtomKind};
use crate::source::Span;
use crate::units::typed::{Fold, Node, NodeKind, Ty};
use std::sync::Arc;
use thin_vec::ThinVec;

impl Evaluator<'_> {
    /// The elements of a set expression.
    pub fn set(&mut self, node: &Node, cx: &mut Context) -> Result<Arc<Vec<Value>>, Stop> {
        match &node.kind {
            NodeKind::All(c) => {
                if let Some(s) = self.all.get(c) {
                    return Ok(s.clone());
                }
                let count = self.model.classes[*c].elements.len() as u32;
                let set: Arc<Vec<Value>> = Arc::new((0..count).map(|i| Value::Element(*c as u32, i)).collect());
                self.all.insert(*c, set.clone());
                Ok(set)
            }
            NodeKind::Group(c, g) => {
                let list = self.model.classes[*c].groups.get(g);
                Ok(Arc::new(list.into_iter().flatten().map(|i| Value::Element(*c as u32, *i)).collect()))
            }
            NodeKind::Periods => Ok(self.periods.clone()),
            NodeKind::Range(a, b) => {
                let (a, b) = (self.number(a, cx)?, self.number(b, cx)?);
                if b - a >= limits::RANGE as f64 {
                    let d = limits::too_large(node.span, "this range", Some(b - a + 1.0), "numbers", limits::RANGE);
                    return Err(self.report(d.help("check the ends of the range")));
                }
                let as_period = node.ty == Ty::Set(Box::new(Ty::Period));
                if !is_whole(a) || !is_whole(b) || b - a > 1e7 {
                    let text = format!("a range of numbers has whole numbers as ends, and these are {a} and {b}");
                    return Err(self.wrong(node.span, text, "no such range"));
                }
                // `1..n` is empty where n is 0.
                if a > b + 1.5 {
                    let text = format!("this range ends before it begins: {a}..{b}");
                    return Err(self.wrong(node.span, text, "ends reversed"));
                }
                let (mut x, b) = (a.round(), b.round());
                let mut out = Vec::new();
                while x <= b {
                    out.push(if as_period { self.period(x, node.span)? } else { Value::Number(x) });
                    x += 1.0;
                }
                Ok(Arc::new(out))
            }
            NodeKind::Collect(items) => {
                let as_period = node.ty == Ty::Set(Box::new(Ty::Period));
                let mut out: Vec<Value> = Vec::new();
                for item in items {
                    match self.eval(item, cx)? {
                        Value::Set(s) => out.extend(s.iter().cloned()),
                        Value::Number(x) if as_period => out.push(self.period(x, item.span)?),
                        Value::Missing => return Err(self.not_given(item, cx)),
                        v => out.push(v),
                    }
                }
                let mut unique: Vec<Value> = Vec::with_capacity(out.len());
                for v in out {
                    if unique.len() > 2000 || !unique.contains(&v) {
                        unique.push(v);
                    }
                }
                Ok(Arc::new(unique))
            }
            NodeKind::Filter { slot, set, cond } => {
                let all = self.set(set, cx)?;
                let Some(cond) = cond else { return Ok(all) };
                let mut out = Vec::new();
                for v in all.iter() {
                    self.put(cx, *slot, v.clone());
                    if self.data_condition(cond, cx)? {
                        out.push(v.clone());
                    }
                }
                Ok(Arc::new(out))
            }
            _ => match self.eval(node, cx)? {
                Value::Set(s) => {
                    if node.ty == Ty::Set(Box::new(Ty::Period)) && s.iter().any(|v| matches!(v, Value::Number(_))) {
                        let mut out = Vec::new();
                        for v in s.iter() {
                            out.push(match v {
                                Value::Number(x) => self.period(*x, node.span)?,
                                v => v.clone(),
                            });
                        }
                        return Ok(Arc::new(out));
                    }
                    Ok(s)
                }
                Value::Missing => Err(self.not_given(node, cx)),
                _ => Err(self.wrong(node.span, "a set is expected here", "not a set")),
            },
        }
    }

    /// The period of a one-based number.
    pub(super) fn period(&mut self, x: f64, span: Span) -> Evaluated {
        if x.fract() != 0.0 || x < 1.0 || x > self.model.periods as f64 {
            let text = format!("there is no period {x}: the horizon has periods 1 to {}", self.model.periods);
            return Err(self.wrong(span, text, "outside the horizon"));
        }
        Ok(Value::Period(x as i64 - 1))
    }

    pub(super) fn put(&mut self, cx: &mut Context, slot: usize, value: Value) {
        if cx.slots.len() <= slot {
            cx.slots.resize(slot + 1, Value::Missing);
        }
        cx.slots[slot] = value;
    }

    /// Calls `f` for every combination of index values that passes the filter.
    pub fn each(
        &mut self,
        indices: &[(usize, Node)],
        filter: Option<&Node>,
        cx: &mut Context,
        f: &mut dyn FnMut(&mut Self, &mut Context) -> Result<bool, Stop>,
    ) -> Result<bool, Stop> {
        match indices.split_first() {
            None => {
                if let Some(filter) = filter
                    && !self.data_condition(filter, cx)?
                {
                    return Ok(true);
                }
                f(self, cx)
            }
            Some(((slot, set), rest)) => {
                let joined = match filter {
                    Some(filter) if rest.is_empty() => self.joined(*slot, set, filter, cx)?,
                    _ => None,
                };
                let values = match joined {
                    Some(values) => values,
                    None => self.set(set, cx)?,
                };
                for v in values.iter() {
                    self.going_on()?;
                    self.put(cx, *slot, v.clone());
                    if !self.each(rest, filter, cx, f)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    pub(super) fn fold(
        &mut self,
        op: Fold,
        indices: &[(usize, Node)],
        filter: Option<&Node>,
        body: &Node,
        span: Span,
        cx: &mut Context,
    ) -> Evaluated {
        match op {
            Fold::Sum | Fold::Integral | Fold::Expected => {
                if indices.is_empty() {
                    return self.eval(body, cx);
                }
                let factor = if op == Fold::Integral { self.step(span)? } else { 1.0 };
                let mut sum = self.sums.pop().unwrap_or_default();
                let done = self.each(indices, filter, cx, &mut |me, cx| {
                    me.accumulate(body, factor, cx, &mut sum)?;
                    Ok(true)
                });
                let done = done.and_then(|_| self.summed(&sum, span));
                let form = sum.finish();
                self.sums.push(sum);
                done.map(|()| Value::from_form(form))
            }
            Fold::Any if filter.is_none() => {
                // What the body demands is a filter.
                let mut found = false;
                self.each(indices, Some(body), cx, &mut |_, _| {
                    found = true;
                    Ok(false)
                })?;
                Ok(Value::Bool(found))
            }
            Fold::Any | Fold::All => {
                let want = op == Fold::Any;
                let mut found = false;
                self.each(indices, filter, cx, &mut |me, cx| {
                    if me.data_condition(body, cx)? == want {
                        found = true;
                        return Ok(false);
                    }
                    Ok(true)
                })?;
                Ok(Value::Bool(found == want))
            }
            Fold::Count if filter.is_none() => {
                let mut count = 0.0;
                self.each(indices, Some(body), cx, &mut |_, _| {
                    count += 1.0;
                    Ok(true)
                })?;
                Ok(Value::Number(count))
            }
            Fold::Count => {
                let mut count = 0.0;
                self.each(indices, filter, cx, &mut |me, cx| {
                    if me.data_condition(body, cx)? {
                        count += 1.0;
                    }
                    Ok(true)
                })?;
                Ok(Value::Number(count))
            }
            Fold::Max | Fold::Min => {
                let mut values = Vec::new();
                self.each(indices, filter, cx, &mut |me, cx| {
                    let v = me.eval(body, cx)?;
                    values.push(me.numeric(v, body, cx)?);
                    Ok(true)
                })?;
                self.extreme(op == Fold::Max, values, span)
            }
        }
    }

    /// Greatest or least of several values.
    pub(super) fn extreme(&mut self, greatest: bool, values: Vec<Value>, span: Span) -> Evaluated {
        if values.is_empty() {
            let text = "the greatest or least of nothing is not defined";
            return Err(self.wrong(span, text, "empty set"));
        }
        let mut best: Option<f64> = None;
        let mut forms = ThinVec::new();
        for v in values {
            match v {
                Value::Number(x) => {
                    best = Some(best.map_or(x, |b| if greatest { b.max(x) } else { b.min(x) }));
                }
                v => match v.into_form() {
                    Some(f) => forms.push(f),
                    None => return Err(self.wrong(span, "a number is expected here", "not a number")),
                },
            }
        }
        if forms.is_empty() {
            return Ok(Value::Number(best.unwrap_or(0.0)));
        }
        if let Some(b) = best {
            forms.push(crate::program::Form::constant(b));
        }
        if forms.len() == 1 {
            return Ok(Value::from_form(forms.remove(0)));
        }
        let kind = if greatest { AtomKind::Max } else { AtomKind::Min };
        self.atom(Atom { kind, args: forms, exact: crate::program::Exactness::No, span })
    }
}
