//! Open sums: what devices contribute to a total, and how far it reaches.

use super::{Context, Evaluated, Evaluator, Stop, Store};
use crate::model::{Accumulator, Value};
use crate::names::MemberId;
use crate::program::ledger::{Outcome, Tally};
use crate::program::{Atom, AtomKind, Contribution, Form, VarId};
use crate::source::Span;
use crate::units::typed::{Function, Node, NodeKind, TypedBody};
use std::sync::Arc;

impl<'m> Evaluator<'m> {
    /// A total: the sum of what was added to it.
    pub(super) fn total(&mut self, member: MemberId, element: u32, index: &[Value], span: Span) -> Evaluated {
        let ordinals = self.ordinals(member, index, span)?;
        let key = (member, self.mode);
        if let Some(d) = &self.decisions
            && let Some(store) = d.forms.get(&key)
        {
            let Some(at) = store.place(element as usize, &ordinals) else { return Err(self.not_an_index(span)) };
            return Ok(store.get(at).map_or(Value::Number(0.0), |f| Value::from_form((**f).clone())));
        }
        if self.decisions.is_none() {
            return self.data_total(member, element, &ordinals, span);
        }
        self.sum(member)?;
        let store = self.decisions.as_ref().and_then(|d| d.forms.get(&key));
        let Some((store, at)) = store.and_then(|s| Some((s, s.place(element as usize, &ordinals)?))) else {
            return Err(self.not_an_index(span));
        };
        Ok(store.get(at).map_or(Value::Number(0.0), |f| Value::from_form((**f).clone())))
    }

    /// A total read as data (bounds): all its summands must be data.
    pub(super) fn data_total(&mut self, member: MemberId, element: u32, ordinals: &[usize], span: Span) -> Evaluated {
        let mode = self.mode;
        if !self.values[mode].contains_key(&member) {
            if self.open.iter().any(|o| o.0 == member) {
                let text = format!("total `{}` is defined by itself", self.model.names.qualified(member));
                return Err(self.circle(text, span, "circular definition"));
            }
            self.open.push((member, element));
            let list = self.contributions(member, false);
            self.open.pop();
            let mut store: Store<Value> = self.store(member);
            for (at, value, _) in list? {
                let Value::Number(x) = value else { return Err(self.too_early(span)) };
                let before = match store.get(at) {
                    Some(Value::Number(before)) => *before,
                    _ => 0.0,
                };
                store.set(at, Value::Number(before + x));
            }
            self.values[mode].insert(member, store);
        }
        let store = self.values[mode].get(&member);
        let Some((store, at)) = store.and_then(|s| Some((s, s.place(element as usize, ordinals)?))) else {
            return Err(self.not_an_index(span));
        };
        Ok(store.get(at).cloned().unwrap_or(Value::Number(0.0)))
    }

    /// Evaluates everything that is added to a total: (place, value, adding member).
    fn contributions(&mut self, total: MemberId, devices_only: bool) -> Result<Vec<(usize, Value, MemberId)>, Stop> {
        let model = self.model;
        let mut out = Vec::new();
        let mut failed = None;
        // What is only asked how far it reaches is not what is added.
        let counted = !devices_only && self.decisions.is_some();
        for &member in model.contributions.get(&total).into_iter().flatten() {
            let typed = &model.members[member];
            let TypedBody::Contribute { value, target, .. } = &typed.body else { continue };
            let NodeKind::Member { of, member: to, index } = &target.kind else { continue };
            let class = model.names.members[member].class;
            if devices_only && self.is_branch(class) | self.is_source(class) {
                continue;
            }
            let indices: Vec<(usize, Node)> =
                typed.indices.iter().enumerate().map(|(k, i)| (k, i.set.clone())).collect();
            let mut tally = Tally::default();
            for element in 0..model.classes[class].elements.len() as u32 {
                self.going_on()?;
                let mut cx = Context::new(class, element, typed.slots);
                self.open.push((member, element));
                let done = self.guarded_in(member, &mut cx);
                self.open.pop();
                match done {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(stop) => {
                        failed = Some(stop);
                        tally.add(Outcome::Finding);
                        continue;
                    }
                }
                self.open.push((member, element));
                let done = self.each(&indices, typed.where_.as_ref(), &mut cx, &mut |me, cx| {
                    let v = me.eval_sum(value, cx)?;
                    let v = match me.numeric(v, value, cx)? {
                        Value::Number(0.0) => {
                            tally.add(Outcome::Holds);
                            return Ok(true);
                        }
                        v => v,
                    };
                    let at = match me.spot(of.as_deref(), *to, index, cx)? {
                        Some((_, at)) => at,
                        None => {
                            let (_, values) = me.place(of.as_deref(), *to, index, cx)?;
                            me.ordinals(*to, &values, target.span)?;
                            return Err(me.not_an_index(target.span));
                        }
                    };
                    out.push((at, v, member));
                    tally.add(Outcome::Row);
                    Ok(true)
                });
                self.open.pop();
                if let Err(stop) = done {
                    failed = Some(stop);
                    tally.add(Outcome::Finding);
                }
            }
            if let (true, Some(d)) = (counted, &mut self.decisions) {
                d.tallies.insert((member, self.mode), tally);
            }
        }
        failed.map_or(Ok(out), Err)
    }

    /// Is the class the edges or arcs of a graph?
    fn is_branch(&self, class: usize) -> bool {
        let c = &self.model.names.classes[class];
        matches!(c.kind, crate::names::ClassKind::Arc { .. })
            || self.model.names.graphs.iter().any(|g| g.edges.text == c.name)
    }

    /// Does the library call the class a source?
    fn is_source(&self, class: usize) -> bool {
        let is = |a: &crate::syntax::ast::Annotation| a.name.text == "role" && a.args.iter().any(|x| x == "source");
        self.model.names.classes[class].annotations.iter().any(is)
    }

    /// What devices other than branches and sources add to a total. What they add may depend on limits that ask
    /// for it again: that is told, once.
    fn reaching(&mut self, total: MemberId, span: Span) -> Result<Vec<(usize, Value, MemberId)>, Stop> {
        let key = (total, self.mode);
        if let Some(stop) = self.circular.get(&key) {
            return Err(*stop);
        }
        let text = format!("limits depend on what `{}` can reach, and that on them", self.model.names.qualified(total));
        if self.reaching.contains(&key) {
            let stop = self.circle(text, span, "asks for it again");
            self.circular.insert(key, stop);
            return Err(stop);
        }
        self.reaching.push(key);
        let list = self.contributions(total, true);
        self.reaching.pop();
        if let Err(stop) = list {
            self.circular.insert(key, stop);
        }
        list
    }

    /// The most that devices other than branches and sources can add to a place of a total, by the
    /// declared limits of their variables and factors: either way (`reach`), or the greatest or
    /// least sum (`net_most`, `net_least`). Infinite without limits.
    pub(super) fn reach(
        &mut self,
        which: Function,
        of: Option<&Node>,
        total: MemberId,
        index: &[Node],
        span: Span,
        cx: &mut Context,
    ) -> Evaluated {
        let (element, values) = self.place(of, total, index, cx)?;
        let declared = self.model.names.members[total].span;
        let ordinals = self.ordinals(total, &values, declared)?;
        let key = (total, self.mode, which);
        if !self.decisions.as_ref().is_some_and(|d| d.reach.contains_key(&key)) {
            let list = self.reaching(total, span)?;
            let empty: Store<f64> = self.store(total);
            let mut stores = [Function::Reach, Function::NetMost, Function::NetLeast].map(|f| (f, empty.clone()));
            for (at, value, _) in list {
                let (low, high) = match &value {
                    Value::Number(x) => (*x, *x),
                    Value::Form(f) => self.range(f),
                    _ => return Err(self.internal(declared, "a total has a summand that is no number")),
                };
                for (which, store) in &mut stores {
                    let most = match which {
                        Function::NetMost => high,
                        Function::NetLeast => low,
                        _ => low.abs().max(high.abs()),
                    };
                    store.set(at, most + store.get(at).copied().unwrap_or(0.0));
                }
            }
            let Some(d) = &mut self.decisions else { return Err(self.too_early(declared)) };
            for (which, store) in stores {
                d.reach.insert((total, self.mode, which), store);
            }
        }
        let Some(store) = self.decisions.as_ref().and_then(|d| d.reach.get(&key)) else {
            return Err(self.too_early(declared));
        };
        Ok(Value::Number(store.place(element as usize, &ordinals).and_then(|at| store.get(at)).copied().unwrap_or(0.0)))
    }

    /// Least and greatest value of a form over the limits of variables and the ranges of factors.
    pub(super) fn range(&self, f: &Form) -> (f64, f64) {
        let Some(d) = &self.decisions else { return (f64::NEG_INFINITY, f64::INFINITY) };
        let bounds = |v: VarId| {
            let v = d.program.variable(v);
            (v.lower, v.upper)
        };
        if !f.products.is_empty() {
            return (f64::NEG_INFINITY, f64::INFINITY);
        }
        let (mut low, mut high) = f.affine.range(bounds);
        for (atom, coefficient) in &f.atoms {
            let Atom { kind, args, .. } = d.program.atom(*atom);
            let args: Vec<(f64, f64)> = args.iter().map(|a| self.range(a)).collect();
            let (l, h) = match (kind, args.as_slice()) {
                (AtomKind::Abs, [(l, h)]) => (l.max(-h).max(0.0), l.abs().max(h.abs())),
                (AtomKind::Max, list) => {
                    list.iter().fold((f64::NEG_INFINITY, f64::NEG_INFINITY), |(l, h), a| (l.max(a.0), h.max(a.1)))
                }
                (AtomKind::Min, list) => {
                    list.iter().fold((f64::INFINITY, f64::INFINITY), |(l, h), a| (l.min(a.0), h.min(a.1)))
                }
                _ => return (f64::NEG_INFINITY, f64::INFINITY),
            };
            low += if *coefficient >= 0.0 { coefficient * l } else { coefficient * h };
            high += if *coefficient >= 0.0 { coefficient * h } else { coefficient * l };
        }
        for (z, a) in &f.uncertain {
            let z = &d.program.factors[*z];
            let (l, h) = a.range(bounds);
            let corners = [z.lower * l, z.lower * h, z.upper * l, z.upper * h];
            low += corners.into_iter().fold(f64::INFINITY, f64::min);
            high += corners.into_iter().fold(f64::NEG_INFINITY, f64::max);
        }
        (low, high)
    }

    /// Adds up a total or balance in the current mode.
    pub fn sum(&mut self, total: MemberId) -> Result<(), Stop> {
        let key = (total, self.mode);
        let Some(d) = &mut self.decisions else {
            return Err(self.too_early(self.model.names.members[total].span));
        };
        if d.forms.contains_key(&key) {
            return Ok(());
        }
        if d.open_sums.contains(&key) {
            let m = &self.model.names.members[total];
            let text = format!("total `{}` depends on itself", self.model.names.qualified(total));
            return Err(self.circle(text, m.span, "circular definition"));
        }
        d.open_sums.push(key);
        let list = self.contributions(total, false);
        if let Some(d) = &mut self.decisions {
            d.open_sums.retain(|k| *k != key);
        }
        let list = list?;
        let mut parts: Store<Vec<Contribution>> = self.store(total);
        for (at, value, by) in list {
            let class = self.model.names.members[by].class;
            let (from_branch, from_source) = (self.is_branch(class), self.is_source(class));
            let origin = self.origin(by);
            let Some(form) = value.into_form() else { continue };
            let summand = Contribution { form, origin, from_branch, from_source };
            match parts.get_mut(at) {
                Some(have) => have.push(summand),
                None => parts.set(at, vec![summand]),
            }
        }
        let mut forms: Store<Arc<Form>> = self.store(total);
        for at in 0..forms.len() {
            if let Some(list) = parts.get(at) {
                let mut acc = Accumulator::default();
                list.iter().for_each(|c| acc.add_form(&c.form, 1.0));
                forms.set(at, Arc::new(acc.finish()));
            }
        }
        if let Some(d) = &mut self.decisions {
            d.sums.insert(key, parts);
            d.forms.insert(key, forms);
        }
        Ok(())
    }

    /// The form of a place of a total that has been added up.
    pub fn sum_form(&self, total: MemberId, at: usize) -> Option<Arc<Form>> {
        self.decisions.as_ref()?.forms.get(&(total, self.mode))?.get(at).cloned()
    }
}
