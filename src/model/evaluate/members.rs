//! Members of elements: parameters with their settings, definitions, variables, open sums.

use super::{Context, Evaluated, Evaluator, Stop, Store};
use crate::diagnostics::{Diagnostic, ids_names};
use crate::model::{Terminal, Value};
use crate::names::{GraphSet, Level, MemberId};
use crate::program::OriginId;
use crate::source::Span;
use crate::units::check::{SettingTarget, SettingValue};
use crate::units::typed::{Node, NodeKind, Ty, TypedBody};

/// Which value a parameter takes.
pub(super) enum Chosen<'m> {
    Setting(&'m SettingValue, usize, Option<(usize, usize)>, Span),
    Default(&'m Node),
    Nothing,
}

impl<'m> Evaluator<'m> {
    /// A table for a member.
    pub(crate) fn store<T: Clone>(&self, member: MemberId) -> Store<T> {
        let class = self.model.names.members[member].class;
        Store::new(self.model.classes[class].elements.len(), self.facts.dims[member].to_vec())
    }

    /// The origin of a member's rows.
    pub fn origin(&mut self, member: MemberId) -> OriginId {
        if let Some(o) = self.decisions.as_ref().and_then(|d| d.origins.get(&member)) {
            return *o;
        }
        let m = &self.model.names.members[member];
        let rule = match &m.aspect {
            Some(a) => format!("{a}.{}", m.name),
            None => self.model.names.qualified(member),
        };
        let Some(d) = &mut self.decisions else { return OriginId(0) };
        let id = d.origin(m.statement, &rule);
        d.origins.insert(member, id);
        id
    }

    /// Element, and index values, that a member node names.
    pub(super) fn place(
        &mut self,
        of: Option<&Node>,
        member: MemberId,
        index: &[Node],
        cx: &mut Context,
    ) -> Result<(u32, Vec<Value>), Stop> {
        let element = match of {
            None => 0,
            Some(n) if matches!(n.kind, NodeKind::This) => cx.element,
            Some(n) => match self.eval(n, cx)? {
                Value::Element(_, i) => i,
                Value::Missing => return Err(self.not_given(n, cx)),
                _ => return Err(self.internal(n.span, "a member is of something that is no element")),
            },
        };
        let mut values = Vec::with_capacity(index.len());
        let typed = &self.model.members[member];
        for (k, n) in index.iter().enumerate() {
            let v = self.eval(n, cx)?;
            values.push(match (v, typed.indices.get(k).map(|i| &i.ty)) {
                (Value::Number(x), Some(Ty::Period)) => self.period(x, n.span)?,
                (Value::Missing, _) => return Err(self.not_given(n, cx)),
                (v, _) => v,
            });
        }
        Ok((element, values))
    }

    pub(super) fn member(
        &mut self,
        of: Option<&Node>,
        member: MemberId,
        index: &[Node],
        span: Span,
        cx: &mut Context,
    ) -> Evaluated {
        let v = self.member_or_missing(of, member, index, span, cx)?;
        Ok(v)
    }

    pub(super) fn member_or_missing(
        &mut self,
        of: Option<&Node>,
        member: MemberId,
        index: &[Node],
        span: Span,
        cx: &mut Context,
    ) -> Evaluated {
        if let Some((element, at)) = self.spot(of, member, index, cx)?
            && let Some(value) = self.known(member, element, at)
        {
            return Ok(value);
        }
        let (element, values) = self.place(of, member, index, cx)?;
        self.member_at(member, element, &values, span)
    }

    /// The value at a place of a member, where it has been found already or needs no finding.
    pub(super) fn known(&self, member: MemberId, element: u32, at: usize) -> Option<Value> {
        let model = self.model;
        match &model.members[member].body {
            TypedBody::Terminal => {
                let class = model.names.members[member].class;
                match (model.classes[class].terminals.get(&member)?.get(element as usize)?, &model.members[member].ty) {
                    (Terminal::One(i), Ty::Element(c)) => Some(Value::Element(*c as u32, *i)),
                    _ => None,
                }
            }
            TypedBody::Param { .. } | TypedBody::Let(_) => self.values[self.mode].get(&member)?.get(at).cloned(),
            TypedBody::Var { .. } => {
                let key = (member, if self.facts.shared[member] { 0 } else { self.mode });
                let d = self.decisions.as_ref()?;
                Some(d.symbol(*d.vars.get(&key)?.get(at)?))
            }
            _ => None,
        }
    }

    /// The value of a member of an element.
    pub fn member_at(&mut self, member: MemberId, element: u32, index: &[Value], span: Span) -> Evaluated {
        let model = self.model;
        match &model.members[member].body {
            TypedBody::Terminal => {
                let class = model.names.members[member].class;
                match model.classes[class].terminals.get(&member).and_then(|l| l.get(element as usize)) {
                    Some(Terminal::One(i)) => match &model.members[member].ty {
                        Ty::Element(c) => Ok(Value::Element(*c as u32, *i)),
                        _ => Err(self.internal(span, "a place is of no class")),
                    },
                    Some(Terminal::Many(s)) => Ok(Value::Set(s.clone())),
                    // Told where the element was made.
                    _ => Err(self.internal(span, "an element stands nowhere")),
                }
            }
            TypedBody::GraphSet(g) => {
                let list = match g {
                    GraphSet::ArcsIn => &model.incidence.arcs_in,
                    GraphSet::ArcsOut => &model.incidence.arcs_out,
                    GraphSet::Arcs => &model.incidence.arcs,
                };
                Ok(Value::Set(list.get(element as usize).cloned().unwrap_or_default()))
            }
            TypedBody::Subset { value: node, .. } => {
                let key = (member, self.mode, element);
                if let Some(s) = self.subsets.get(&key) {
                    return Ok(Value::Set(s.clone()));
                }
                let class = model.names.members[member].class;
                let mut cx = Context::new(class, element, model.members[member].slots);
                let set = self.set(node, &mut cx)?;
                self.subsets.insert(key, set.clone());
                Ok(Value::Set(set))
            }
            TypedBody::Param { .. } | TypedBody::Let(_) => self.cached(member, element, index, span),
            TypedBody::Var { .. } => self.variable(member, element, index, span),
            TypedBody::Total { .. } => self.total(member, element, index, span),
            TypedBody::Contribute { value, cost: true, .. } => {
                let class = model.names.members[member].class;
                let mut cx = Context::indexed(class, element, model.members[member].slots, index);
                if self.guarded_in(member, &mut cx)? { self.eval(value, &mut cx) } else { Ok(Value::Number(0.0)) }
            }
            _ => Err(self.internal(span, "what has no value is read")),
        }
    }

    pub(super) fn ordinals(&mut self, member: MemberId, index: &[Value], span: Span) -> Result<Vec<usize>, Stop> {
        let mut out = Vec::with_capacity(index.len());
        for v in index {
            match v {
                Value::Period(t) if *t >= 0 && (*t as usize) < self.model.periods => out.push(*t as usize),
                Value::Period(_) => {
                    let name = self.model.names.qualified(member);
                    let text = format!("`{name}` has no value before the first or after the last period");
                    return Err(self.report(
                        Diagnostic::new(ids_names::BEFORE_WITHOUT_START, span, text, "outside the horizon")
                            .help("declare it as a `state` with `starts ...`, or filter with `where t != first`"),
                    ));
                }
                Value::Element(_, i) => out.push(*i as usize),
                _ => return Err(self.not_an_index(span)),
            }
        }
        Ok(out)
    }

    /// Something else than a period or an element stands as an index.
    pub fn not_an_index(&mut self, span: Span) -> Stop {
        let text = "an index is a period or an element of a declared set";
        let d = Diagnostic::new(ids_names::WRONG_INDEX, span, text, "indexed by something else");
        self.report(d.help("declare the set first: `set site = 1..3`, then `[i in site]`"))
    }

    fn cached(&mut self, member: MemberId, element: u32, index: &[Value], span: Span) -> Evaluated {
        // A parameter's last value stands before the first period only for states, never here.
        let ordinals = self.ordinals(member, index, span)?;
        let mode = self.mode;
        if !self.values[mode].contains_key(&member) {
            let fresh = self.store(member);
            self.values[mode].insert(member, fresh);
        }
        let place = self.values[mode].get(&member).map(|store| (store, store.place(element as usize, &ordinals)));
        let Some((store, Some(at))) = place else { return Err(self.not_an_index(span)) };
        if let Some(v) = store.get(at) {
            return Ok(v.clone());
        }
        if self.open.len() > 200
            || self.open.iter().filter(|o| **o == (member, element)).count() > ordinals.len() * self.model.periods + 1
        {
            let text = format!("`{}` is defined by itself", self.model.names.qualified(member));
            return Err(self.circle(text, span, "circular definition"));
        }
        self.in_part(member, element, index, span)?;
        self.open.push((member, element));
        let value = self.compute(member, element, index);
        self.open.pop();
        let value = value?;
        // What is put in where it is used is not kept as well.
        if !self.facts.inline[member]
            && let Some(store) = self.values[mode].get_mut(&member)
        {
            store.set(at, value.clone());
        }
        Ok(value)
    }

    /// The setting or default that gives a member its value.
    pub(super) fn chosen(&self, member: MemberId, element: u32) -> Chosen<'m> {
        let model = self.model;
        let class = model.names.members[member].class;
        let data = &model.classes[class].elements[element as usize];
        let mut best: Option<(Level, Chosen<'m>)> = None;
        if let Some(block) = data.block
            && let Some(s) = model.blocks[block].settings.iter().find(|s| s.member == member)
        {
            let level = if data.row.is_some() { Level::Table } else { Level::Instance };
            best = Some((level, Chosen::Setting(&s.value, s.slots, data.row, s.span)));
        }
        for s in model.settings.get(&member).into_iter().flatten() {
            let applies = match &s.target {
                SettingTarget::Class => true,
                SettingTarget::Group(g) => {
                    model.classes[class].groups.get(g).is_some_and(|list| list.binary_search(&element).is_ok())
                }
                SettingTarget::Element(id) => data.id == *id,
            };
            let in_mode = s.mode.is_none_or(|m| m == self.mode);
            if applies && in_mode && best.as_ref().is_none_or(|(l, _)| *l <= s.level) {
                best = Some((s.level, Chosen::Setting(&s.value, s.slots, None, s.span)));
            }
        }
        match best {
            Some((_, c)) => c,
            None => match &model.members[member].body {
                TypedBody::Param { default: Some(d), .. } => Chosen::Default(d),
                TypedBody::Let(d) => Chosen::Default(d),
                _ => Chosen::Nothing,
            },
        }
    }

    /// Where a parameter's value was written, for messages.
    pub fn written_at(&self, member: MemberId, element: u32) -> Option<Span> {
        match self.chosen(member, element) {
            Chosen::Setting(_, _, Some((t, r)), _) => self.model.tables[t].spans.get(r).copied(),
            Chosen::Setting(_, _, None, span) => Some(span),
            Chosen::Default(n) => Some(n.span),
            Chosen::Nothing => None,
        }
    }

    pub(super) fn compute(&mut self, member: MemberId, element: u32, index: &[Value]) -> Evaluated {
        let model = self.model;
        let class = model.names.members[member].class;
        let (node, cx) = match self.chosen(member, element) {
            Chosen::Setting(SettingValue::Value(node), slots, row, _) => {
                (node, Context::set(class, element, slots, row, index))
            }
            Chosen::Setting(_, _, _, _) => return Ok(Value::Missing),
            Chosen::Default(node) => (node, Context::indexed(class, element, model.members[member].slots, index)),
            Chosen::Nothing => {
                let m = &model.names.members[member];
                if let TypedBody::Param { optional: true, .. } = &model.members[member].body {
                    return Ok(Value::Missing);
                }
                let owner = &model.classes[class].elements[element as usize];
                if owner.block.is_some_and(|b| model.blocks[b].unreadable) {
                    // Already told: the setting that could not be read may be this one.
                    return Err(self.internal(owner.span, "a setting could not be read"));
                }
                let d = self.lacking(member, element, m.span, "");
                return Err(self.report(d));
            }
        };
        let mut cx = cx;
        if let NodeKind::List(rows) = &node.kind {
            return self.list_entry(member, element, rows, index, node.span, &mut cx);
        }
        if matches!(model.members[member].ty, Ty::Set(_)) {
            return Ok(Value::Set(self.set(node, &mut cx)?));
        }
        let mut value = self.eval_sum(node, &mut cx)?;
        if let (Value::Element(c, i), Ty::Number(_)) = (&value, &model.members[member].ty) {
            value = self.number_of(*c, *i, node.span)?;
        }
        if value == Value::Missing {
            return self.without_value(member, element, node, &mut cx);
        }
        if let (Value::Number(x), false) = (&value, matches!(model.members[member].body, TypedBody::Let(_)))
            && x.is_nan()
        {
            return Err(self.wrong(node.span, "this is not a number (NaN)", "not a number"));
        }
        Ok(value)
    }

    /// What is written as the value of a member is itself not given: an optional parameter is then not given either,
    /// and a definition has no value.
    fn without_value(&mut self, member: MemberId, element: u32, node: &Node, cx: &mut Context) -> Evaluated {
        match &self.model.members[member].body {
            TypedBody::Param { optional: true, .. } | TypedBody::Let(_) => Ok(Value::Missing),
            _ => Err(match &node.kind {
                NodeKind::Cell { .. } => {
                    let d = self.lacking(member, element, node.span, "");
                    self.report(d.note("its cell is empty"))
                }
                _ => self.not_given(node, cx),
            }),
        }
    }

    /// An entry of a list or matrix, which has a value for each element that the member is declared for.
    fn list_entry(
        &mut self,
        member: MemberId,
        element: u32,
        rows: &[Vec<Node>],
        index: &[Value],
        span: Span,
        cx: &mut Context,
    ) -> Evaluated {
        let mut sizes = Vec::with_capacity(index.len());
        let mut at = Vec::with_capacity(index.len());
        for k in 0..index.len() {
            let part = self.part(member, element, &index[..k])?;
            sizes.push(part.len());
            at.push(match &index[k] {
                // Periods stand in their order.
                Value::Period(t) if part.len() == self.model.periods => usize::try_from(*t).ok(),
                value => part.iter().position(|v| v == value),
            });
        }
        let shape_error = |me: &mut Self, have: String, want: String| {
            let name = me.model.names.qualified(member);
            let text = format!("`{name}` needs {want}, and this list has {have}");
            let declared = me.model.names.members[member].span;
            Err(me.report(
                Diagnostic::new(ids_names::WRONG_VALUE, span, text, "wrong length").label(declared, "declared here"),
            ))
        };
        let entry = match (&sizes[..], &at[..]) {
            ([n], [at]) => {
                let flat: Vec<&Node> = rows.iter().flatten().collect();
                let matrix = rows.len() > 1 && rows.iter().any(|r| r.len() > 1);
                if flat.len() != *n || matrix {
                    let have = if matrix { format!("{} rows", rows.len()) } else { flat.len().to_string() };
                    return shape_error(self, have, format!("{n} values"));
                }
                at.and_then(|at| flat.get(at).copied())
            }
            ([n, m], [row, column]) => {
                if rows.len() != *n || rows.iter().any(|r| r.len() != *m) {
                    let uneven = rows.iter().find(|r| r.len() != *m).or(rows.first());
                    let have = format!("{} rows, one of {}", rows.len(), uneven.map_or(0, Vec::len));
                    return shape_error(self, have, format!("{n} rows of {m}"));
                }
                row.zip(*column).and_then(|(row, column)| rows.get(row)?.get(column))
            }
            _ => return Err(self.wrong(span, "a list gives values to one or two indices", "a list")),
        };
        match entry {
            Some(entry) => self.eval(entry, cx),
            None => Err(self.not_there(member, element, index, span)),
        }
    }

    /// Is a member there for this element (its guards hold)?
    pub fn guarded_in(&mut self, member: MemberId, cx: &mut Context) -> Result<bool, Stop> {
        let model = self.model;
        for w in &model.members[member].when {
            if !self.data_condition(w, cx)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
