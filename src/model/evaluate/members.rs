//! Members of elements: parameters with their settings, definitions, variables, open sums.

use super::{Context, Evaluated, Evaluator, Stop, Store};
use crate::diagnostics::{Diagnostic, ids_names};
use crate::model::{Accumulator, Terminal, Value};
use crate::names::{GraphSet, Level, MemberId, ROOT};
use crate::program::{
    Affine, Atom, AtomId, Contribution, Exactness, Factor, FactorId, Form, Origin, OriginId, Program, Stage, VarId,
    Variable,
};
use crate::source::Span;
use crate::units::check::{SettingTarget, SettingValue};
use crate::units::typed::{Function, Node, NodeKind, Start, Ty, TypedBody};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What elaboration has made of decisions so far.
#[derive(Debug, Default)]
pub struct Decisions {
    /// The program under construction.
    pub program: Program,
    pub(super) vars: FxHashMap<(MemberId, usize), Store<VarId>>,
    factors: FxHashMap<usize, Store<FactorId>>,
    origins: FxHashMap<MemberId, OriginId>,
    /// Contributions per total and mode, by place.
    pub sums: FxHashMap<(MemberId, usize), Store<Vec<Contribution>>>,
    pub(super) forms: FxHashMap<(MemberId, usize), Store<Arc<Form>>>,
    open_sums: Vec<(MemberId, usize)>,
    reach: FxHashMap<(MemberId, usize, Function), Store<f64>>,
    /// Is a variable frozen by a setting?
    pub frozen: bool,
    /// Values of variables that stand as numbers, NaN for the others; none where all stand as they are.
    pub settled: Option<Vec<f64>>,
    /// Where there are such: limits of variables that rows of their own give them.
    pub limits: Vec<(f64, f64)>,
    /// Variables whose limits are being evaluated.
    making: Vec<(MemberId, usize, u32, Vec<usize>)>,
}

impl Decisions {
    /// Adds an atom.
    pub fn atom(&mut self, atom: Atom) -> AtomId {
        self.program.atoms.push(atom);
        AtomId(self.program.atoms.len() as u32 - 1)
    }

    /// Asks for an exact model of an atom.
    pub fn make_exact(&mut self, id: AtomId, how: Exactness) {
        if let Some(a) = self.program.atoms.get_mut(id.0 as usize) {
            a.exact = how;
        }
    }

    /// The value of a variable that stands as a number.
    pub(super) fn decided(&self, v: VarId) -> Option<f64> {
        self.settled.as_ref().and_then(|s| s.get(v.0 as usize)).copied().filter(|x| !x.is_nan())
    }

    /// A variable, or its number.
    fn symbol(&self, v: VarId) -> Value {
        match self.decided(v) {
            Some(x) => Value::Number(x),
            None => Value::Form(Arc::new(Form::affine(Affine::variable(v)))),
        }
    }

    /// An origin that belongs to no member.
    pub fn origin(&mut self, span: Span, rule: &str) -> OriginId {
        self.program.origins.push(Origin { span, rule: rule.into() });
        OriginId(self.program.origins.len() as u32 - 1)
    }
}

/// Which value a parameter takes.
enum Chosen<'m> {
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
    fn place(
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
                Value::Missing => return Err(self.not_given(n)),
                _ => return Err(Stop),
            },
        };
        let mut values = Vec::with_capacity(index.len());
        let typed = &self.model.members[member];
        for (k, n) in index.iter().enumerate() {
            let v = self.eval(n, cx)?;
            values.push(match (v, typed.indices.get(k).map(|i| &i.ty)) {
                (Value::Number(x), Some(Ty::Period)) => self.period(x, n.span)?,
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
    fn known(&self, member: MemberId, element: u32, at: usize) -> Option<Value> {
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
                        _ => Err(Stop),
                    },
                    Some(Terminal::Many(s)) => Ok(Value::Set(s.clone())),
                    _ => Err(Stop),
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
            TypedBody::Subset(node) => {
                let key = (member, self.mode);
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
                let mut cx = Context::new(class, element, model.members[member].slots);
                self.eval(value, &mut cx)
            }
            _ => Err(Stop),
        }
    }

    fn ordinals(&mut self, member: MemberId, index: &[Value], span: Span) -> Result<Vec<usize>, Stop> {
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

    fn not_an_index(&mut self, span: Span) -> Stop {
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
        let store = self.values[mode].get(&member).ok_or(Stop)?;
        let at = store.place(element as usize, &ordinals).ok_or(Stop)?;
        if let Some(v) = store.get(at) {
            return Ok(v.clone());
        }
        if self.open.len() > 200
            || self.open.iter().filter(|o| **o == (member, element)).count() > ordinals.len() * self.model.periods + 1
        {
            let text = format!("`{}` is defined by itself", self.model.names.qualified(member));
            return Err(self.report(Diagnostic::new(ids_names::DEFINITION_CYCLE, span, text, "circular definition")));
        }
        self.open.push((member, element));
        let value = self.compute(member, element, index, &ordinals);
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
    fn chosen(&self, member: MemberId, element: u32) -> Chosen<'m> {
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

    fn compute(&mut self, member: MemberId, element: u32, index: &[Value], ordinals: &[usize]) -> Evaluated {
        let model = self.model;
        let class = model.names.members[member].class;
        let (node, cx) = match self.chosen(member, element) {
            Chosen::Setting(SettingValue::Value(node), slots, row, _) => {
                let mut cx = Context::new(class, element, slots.max(index.len() + 1));
                if let Some((t, r)) = row {
                    cx.slots[0] = Value::Row(t as u32, r as u32);
                }
                for (k, v) in index.iter().enumerate() {
                    cx.slots[k + 1] = v.clone();
                }
                (node, cx)
            }
            Chosen::Setting(_, _, _, _) => return Ok(Value::Missing),
            Chosen::Default(node) => {
                let mut cx = Context::new(class, element, model.members[member].slots.max(index.len()));
                for (k, v) in index.iter().enumerate() {
                    cx.slots[k] = v.clone();
                }
                (node, cx)
            }
            Chosen::Nothing => {
                let m = &model.names.members[member];
                if let TypedBody::Param { optional: true, .. } = &model.members[member].body {
                    return Ok(Value::Missing);
                }
                let owner = &model.classes[class].elements[element as usize];
                if owner.block.is_some_and(|b| model.blocks[b].unreadable) {
                    // Already told: the setting that could not be read may be this one.
                    return Err(Stop);
                }
                let (text, span) = if class == ROOT {
                    (format!("`{}` has no value", m.name), m.span)
                } else {
                    let text = format!("{} `{}` has no `{}`", model.names.classes[class].name, owner.id, m.name);
                    (text, owner.span)
                };
                let help = if class == ROOT {
                    format!("give it a value: `{} = ...`", m.name)
                } else {
                    format!("set it here, or for all: `{}.{} = ...`", model.names.classes[class].name, m.name)
                };
                let d = Diagnostic::new(ids_names::MISSING_PARAMETER, span, text, "value missing").help(help);
                let d = if class == ROOT { d } else { d.label(m.span, "needed here") };
                return Err(self.report(d));
            }
        };
        let mut cx = cx;
        if let NodeKind::List(rows) = &node.kind {
            return self.list_entry(member, rows, ordinals, node.span, &mut cx);
        }
        if matches!(model.members[member].ty, Ty::Set(_)) {
            return Ok(Value::Set(self.set(node, &mut cx)?));
        }
        let mut value = self.eval_sum(node, &mut cx)?;
        if let (Value::Element(c, i), Ty::Number(_)) = (&value, &model.members[member].ty) {
            let id = &model.classes[*c as usize].elements[*i as usize].id;
            value = id.parse().map(Value::Number).map_err(|_| Stop)?;
        }
        if let (Value::Number(x), false) = (&value, matches!(model.members[member].body, TypedBody::Let(_)))
            && x.is_nan()
        {
            return Err(self.wrong(node.span, "this is not a number (NaN)", "not a number"));
        }
        Ok(value)
    }

    /// An entry of a list or matrix.
    fn list_entry(
        &mut self,
        member: MemberId,
        rows: &[Vec<Node>],
        ordinals: &[usize],
        span: Span,
        cx: &mut Context,
    ) -> Evaluated {
        let sizes = &self.facts.dims[member].clone();
        let shape_error = |me: &mut Self, have: String, want: String| {
            let name = me.model.names.qualified(member);
            let text = format!("`{name}` needs {want}, and this list has {have}");
            let declared = me.model.names.members[member].span;
            Err(me.report(
                Diagnostic::new(ids_names::WRONG_VALUE, span, text, "wrong length").label(declared, "declared here"),
            ))
        };
        let entry = match &sizes[..] {
            [n] => {
                let flat: Vec<&Node> = rows.iter().flatten().collect();
                if flat.len() != *n {
                    return shape_error(self, format!("{}", flat.len()), format!("{n} values"));
                }
                flat[ordinals[0]]
            }
            [n, m] => {
                if rows.len() != *n || rows.iter().any(|r| r.len() != *m) {
                    let have = format!("{} rows of {}", rows.len(), rows.first().map_or(0, Vec::len));
                    return shape_error(self, have, format!("{n} rows of {m}"));
                }
                &rows[ordinals[0]][ordinals[1]]
            }
            _ => return Err(self.wrong(span, "a list gives values to one or two indices", "a list")),
        };
        self.eval(entry, cx)
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

    /// A variable, or the start of a state.
    fn variable(&mut self, member: MemberId, element: u32, index: &[Value], span: Span) -> Evaluated {
        let model = self.model;
        let mut index: Vec<Value> = index.to_vec();
        if let Some(k) = index.iter().position(|v| matches!(v, Value::Period(t) if *t < 0)) {
            let TypedBody::Var { starts, .. } = &model.members[member].body else { return Err(Stop) };
            match starts {
                Some(Start::Cyclic) => index[k] = Value::Period(model.periods as i64 - 1),
                Some(Start::Value(node)) => {
                    let class = model.names.members[member].class;
                    let mut cx = Context::new(class, element, model.members[member].slots);
                    for (slot, v) in index.iter().enumerate() {
                        cx.slots[slot] = v.clone();
                    }
                    cx.slots[k] = Value::Period(0);
                    return self.eval(node, &mut cx);
                }
                None => {
                    let name = model.names.qualified(member);
                    let text = format!("`{name}` has no value before the first period");
                    let declared = model.names.members[member].span;
                    return Err(self.report(
                        Diagnostic::new(ids_names::BEFORE_WITHOUT_START, span, text, "before the first period")
                            .label(declared, "declared without a start")
                            .help("declare it `state ... starts VALUE`, or filter with `where t != first`"),
                    ));
                }
            }
        }
        let ordinals = self.ordinals(member, &index, span)?;
        let ahead = self.facts.ahead[member];
        let mode = if self.facts.shared[member] { 0 } else { self.mode };
        let (element, ordinals, index) = self.fold_constant(member, element, ordinals, index);
        if self.decisions.is_none() {
            let text = "a decision stands where data is needed";
            return Err(self.report(Diagnostic::new(ids_names::WRONG_VALUE, span, text, "a decision")));
        }
        match self.make_variable(member, element, &ordinals, &index, ahead, mode)? {
            Some(v) => self.decisions.as_ref().map(|d| d.symbol(v)).ok_or(Stop),
            None => {
                let name = model.names.qualified(member);
                let class = model.names.members[member].class;
                let id = &model.classes[class].elements[element as usize].id;
                let text = format!("`{name}` does not exist for `{id}` here");
                let declared = model.names.members[member].span;
                Err(self.report(
                    Diagnostic::new(ids_names::NOT_IN_THIS_STUDY, span, text, "does not exist here")
                        .label(declared, "declared with a condition")
                        .help("guard this use by the same condition"),
                ))
            }
        }
    }

    /// A variable that is constant over periods has one value.
    fn fold_constant(
        &self,
        member: MemberId,
        element: u32,
        mut ordinals: Vec<usize>,
        mut index: Vec<Value>,
    ) -> (u32, Vec<usize>, Vec<Value>) {
        if self.facts.constant[member] {
            for (k, i) in self.model.members[member].indices.iter().enumerate() {
                if i.ty == Ty::Period {
                    ordinals[k] = 0;
                    index[k] = Value::Period(0);
                }
            }
        }
        (element, ordinals, index)
    }

    /// The variable, if it has been made: limits of other variables may have asked for it already.
    fn made(&self, member: MemberId, element: u32, ordinals: &[usize], mode: usize) -> Option<VarId> {
        let store = self.decisions.as_ref()?.vars.get(&(member, mode))?;
        store.place(element as usize, ordinals).and_then(|at| store.get(at)).copied()
    }

    /// Makes the variable if it exists for these indices and is not made yet: the limits of one
    /// variable may ask what others can reach.
    pub fn make_variable(
        &mut self,
        member: MemberId,
        element: u32,
        ordinals: &[usize],
        index: &[Value],
        ahead: bool,
        mode: usize,
    ) -> Result<Option<VarId>, Stop> {
        if let Some(v) = self.made(member, element, ordinals, mode) {
            return Ok(Some(v));
        }
        let Some(d) = &mut self.decisions else { return Err(Stop) };
        if d.making.iter().any(|m| (m.0, m.1, m.2) == (member, mode, element) && m.3 == ordinals) {
            let m = &self.model.names.members[member];
            let text = format!("the limits of `{}` depend on themselves", self.model.names.qualified(member));
            return Err(self.report(Diagnostic::new(ids_names::DEFINITION_CYCLE, m.span, text, "circular limits")));
        }
        d.making.push((member, mode, element, ordinals.to_vec()));
        let result = self.make_new_variable(member, element, ordinals, index, ahead, mode);
        if let Some(d) = &mut self.decisions {
            d.making.pop();
        }
        result
    }

    fn make_new_variable(
        &mut self,
        member: MemberId,
        element: u32,
        ordinals: &[usize],
        index: &[Value],
        ahead: bool,
        mode: usize,
    ) -> Result<Option<VarId>, Stop> {
        let model = self.model;
        let typed = &model.members[member];
        let TypedBody::Var { domain, lower, upper, .. } = &typed.body else { return Err(Stop) };
        let class = model.names.members[member].class;
        let mut cx = Context::new(class, element, typed.slots.max(index.len()));
        for (k, v) in index.iter().enumerate() {
            let set = &typed.indices[k].set;
            if !matches!(set.kind, NodeKind::All(_) | NodeKind::Periods) && !self.set(set, &mut cx)?.contains(v) {
                return Ok(None);
            }
            cx.slots[k] = v.clone();
        }
        if !self.guarded_in(member, &mut cx)? {
            return Ok(None);
        }
        if let Some(w) = &typed.where_
            && !self.data_condition(w, &mut cx)?
        {
            return Ok(None);
        }
        let (mut low, mut high) = match domain {
            crate::program::Domain::Binary => (0.0, 1.0),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        };
        for node in lower {
            low = f64::max(low, self.bound(node, &mut cx, true)?);
        }
        for node in upper {
            high = f64::min(high, self.bound(node, &mut cx, false)?);
        }
        if !self.namings.contains_key(&(member, mode)) {
            // Design decisions belong to no mode.
            let shown_mode = if self.facts.shared[member] { None } else { model.modes.get(mode).map(|m| m.as_str()) };
            let base = model.names.qualified(member);
            let naming = self.naming(&base, class, &typed.indices, self.facts.constant[member], shown_mode);
            let unit = match &typed.ty {
                Ty::Number(q) => model.units.display(q),
                _ => crate::program::DisplayUnit { label: "".into(), factor: 1.0 },
            };
            self.namings.insert((member, mode), (naming, unit));
        }
        let (naming, unit) = self.namings.get(&(member, mode)).ok_or(Stop)?;
        let (name, unit) = (self.name(naming, element, index), unit.clone());
        // Freezing: `line.closed = initial`, or a value.
        let mut frozen = false;
        match self.chosen(member, element) {
            Chosen::Setting(SettingValue::Initial, ..) => {
                let TypedBody::Var { starts: Some(Start::Value(node)), .. } = &typed.body else {
                    let text = format!("`{name}` has no start to be frozen at");
                    return Err(self.wrong(model.names.members[member].span, text, "no start"));
                };
                let x = self.number(node, &mut cx)?;
                (low, high) = (x, x);
                frozen = true;
            }
            Chosen::Setting(SettingValue::Value(node), slots, row, _) => {
                let mut inner = Context::new(class, element, slots.max(index.len() + 1));
                if let Some((t, r)) = row {
                    inner.slots[0] = Value::Row(t as u32, r as u32);
                }
                for (k, v) in index.iter().enumerate() {
                    inner.slots[k + 1] = v.clone();
                }
                let x = self.number(node, &mut inner)?;
                (low, high) = (x, x);
                frozen = true;
            }
            _ => {}
        }
        if low > high {
            let text = format!("`{name}` has no room: its limits are {low} and {high}");
            let at = model.names.members[member].span;
            let made = model.classes[class].elements[element as usize].span;
            return Err(self.report(
                Diagnostic::new(crate::diagnostics::ids_network::CROSSED_LIMITS, made, text, "limits cross")
                    .label(at, "declared here"),
            ));
        }
        let origin = self.origin(member);
        let fresh = self.decisions.as_ref().is_some_and(|d| !d.vars.contains_key(&(member, mode)));
        let store = if fresh { Some(self.store(member)) } else { None };
        let Some(d) = &mut self.decisions else { return Err(Stop) };
        if let Some(s) = store {
            d.vars.insert((member, mode), s);
        }
        d.frozen |= frozen;
        let id = VarId(d.program.variables.len() as u32);
        let stage = if ahead { Stage::Ahead } else { Stage::Recourse };
        d.program.variables.push(Variable { name, domain: *domain, lower: low, upper: high, stage, unit, origin });
        if let Some(store) = d.vars.get_mut(&(member, mode))
            && let Some(at) = store.place(element as usize, ordinals)
        {
            store.set(at, id);
        }
        Ok(Some(id))
    }

    fn bound(&mut self, node: &Node, cx: &mut Context, lower: bool) -> Result<f64, Stop> {
        match self.eval(node, cx)? {
            Value::Number(x) => Ok(x),
            // A limit that is not given does not bind.
            Value::Missing => Ok(if lower { f64::NEG_INFINITY } else { f64::INFINITY }),
            Value::Element(..) => Err(Stop),
            _ => {
                let text = "a variable's range must be known before solving";
                Err(self.report(
                    Diagnostic::new(ids_names::WRONG_VALUE, node.span, text, "depends on a decision")
                        .help("write the limit as a `rule`"),
                ))
            }
        }
    }

    /// `line.closed[7, 3]`, with one-based periods; none in a snapshot.
    pub fn instance_name(&self, base: &str, class: usize, element: u32, index: &[Value], constant: bool) -> String {
        let mut parts: Vec<String> = Vec::new();
        if class != ROOT {
            parts.push(self.model.classes[class].elements[element as usize].id.to_string());
        }
        for v in index {
            match v {
                Value::Period(_) if self.model.step.is_none() || constant => {}
                Value::Period(t) => parts.push((t + 1).to_string()),
                Value::Element(c, i) => {
                    parts.push(self.model.classes[*c as usize].elements[*i as usize].id.to_string())
                }
                Value::Number(x) => parts.push(x.to_string()),
                _ => {}
            }
        }
        if parts.is_empty() { base.to_string() } else { format!("{base}[{}]", parts.join(", ")) }
    }

    /// An uncertain factor.
    pub(super) fn factor(&mut self, family: usize, index: &[Node], span: Span, cx: &mut Context) -> Evaluated {
        let model = self.model;
        let f = &model.factors[family];
        let mut values = Vec::new();
        for n in index {
            let v = self.eval(n, cx)?;
            values.push(match v {
                Value::Number(x) if f.indices[values.len()].ty == Ty::Period => self.period(x, n.span)?,
                v => v,
            });
        }
        let ordinals: Vec<usize> = values
            .iter()
            .map(|v| match v {
                Value::Period(t) if *t >= 0 => Ok(*t as usize),
                Value::Element(_, i) => Ok(*i as usize),
                _ => Err(Stop),
            })
            .collect::<Result<_, _>>()
            .map_err(|Stop| self.not_an_index(span))?;
        if self.decisions.is_none() {
            // Data checks see the nominal value: the middle of the range.
            let Some((low, high)) = &f.range else { return Ok(Value::Number(self.scenario_mean(family, &ordinals))) };
            let mut inner = Context::new(ROOT, 0, 0);
            let (l, h) = (self.number(low, &mut inner)?, self.number(high, &mut inner)?);
            return Ok(Value::Number((l + h) / 2.0));
        }
        let dims: Vec<usize> = f.indices.iter().map(|i| self.facts.size(&i.ty)).collect();
        let name = self.instance_name(&f.name, ROOT, 0, &values, false);
        let (low, high) = match &f.range {
            Some((l, h)) => {
                let mut inner = Context::new(ROOT, 0, 0);
                for (k, v) in values.iter().enumerate() {
                    self.put(&mut inner, k, v.clone());
                }
                (self.number(l, &mut inner)?, self.number(h, &mut inner)?)
            }
            None => self.scenario_range(family, &ordinals),
        };
        let Some(d) = &mut self.decisions else { return Err(Stop) };
        let store = d.factors.entry(family).or_insert_with(|| Store::new(1, dims));
        let at = store.place(0, &ordinals).ok_or(Stop)?;
        let id = match store.get(at) {
            Some(id) => *id,
            None => {
                let id = FactorId(d.program.factors.len() as u32);
                store.set(at, id);
                d.program.origins.push(Origin { span: f.span, rule: f.name.as_str().into() });
                let origin = OriginId(d.program.origins.len() as u32 - 1);
                d.program.factors.push(Factor { name, lower: low, upper: high, origin });
                id
            }
        };
        let _ = span;
        Ok(Value::Form(Arc::new(Form { uncertain: vec![(id, Affine::constant(1.0))], ..Form::default() })))
    }

    /// Least and greatest value in the raw data of scenarios.
    fn scenario_range(&self, family: usize, ordinals: &[usize]) -> (f64, f64) {
        let Some(table) = self.model.factors[family].table else { return (f64::NEG_INFINITY, f64::INFINITY) };
        let t = ordinals.first().copied().unwrap_or(0);
        let values = self.model.tables[table].series.iter().filter_map(|r| r.get(t).copied());
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)))
    }

    fn scenario_mean(&self, family: usize, ordinals: &[usize]) -> f64 {
        let Some(table) = self.model.factors[family].table else { return 0.0 };
        let rows = &self.model.tables[table].series;
        let t = ordinals.first().copied().unwrap_or(0);
        let values: Vec<f64> = rows.iter().filter_map(|r| r.get(t).copied()).collect();
        if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
    }

    /// A total: the sum of what was added to it.
    fn total(&mut self, member: MemberId, element: u32, index: &[Value], span: Span) -> Evaluated {
        let ordinals = self.ordinals(member, index, span)?;
        let key = (member, self.mode);
        if let Some(d) = &self.decisions
            && let Some(store) = d.forms.get(&key)
        {
            let at = store.place(element as usize, &ordinals).ok_or(Stop)?;
            return Ok(store.get(at).map_or(Value::Number(0.0), |f| Value::from_form((**f).clone())));
        }
        if self.decisions.is_none() {
            return self.data_total(member, element, index, &ordinals, span);
        }
        self.sum(member)?;
        let Some(d) = &self.decisions else { return Err(Stop) };
        let store = d.forms.get(&key).ok_or(Stop)?;
        let at = store.place(element as usize, &ordinals).ok_or(Stop)?;
        Ok(store.get(at).map_or(Value::Number(0.0), |f| Value::from_form((**f).clone())))
    }

    /// A total read as data (bounds): all its summands must be data.
    fn data_total(
        &mut self,
        member: MemberId,
        element: u32,
        index: &[Value],
        ordinals: &[usize],
        span: Span,
    ) -> Evaluated {
        let mode = self.mode;
        if !self.values[mode].contains_key(&member) {
            if self.open.iter().any(|o| o.0 == member) {
                let text = format!("total `{}` is defined by itself", self.model.names.qualified(member));
                return Err(self.report(Diagnostic::new(
                    ids_names::DEFINITION_CYCLE,
                    span,
                    text,
                    "circular definition",
                )));
            }
            self.open.push((member, element));
            let list = self.contributions(member, false);
            self.open.pop();
            let mut store: Store<Value> = self.store(member);
            for (at, value, _) in list? {
                let Value::Number(x) = value else { return Err(Stop) };
                let before = match store.get(at) {
                    Some(Value::Number(before)) => *before,
                    _ => 0.0,
                };
                store.set(at, Value::Number(before + x));
            }
            self.values[mode].insert(member, store);
        }
        let _ = index;
        let store = self.values[mode].get(&member).ok_or(Stop)?;
        let at = store.place(element as usize, ordinals).ok_or(Stop)?;
        Ok(store.get(at).cloned().unwrap_or(Value::Number(0.0)))
    }

    /// Evaluates everything that is added to a total: (place, value, adding member).
    fn contributions(&mut self, total: MemberId, devices_only: bool) -> Result<Vec<(usize, Value, MemberId)>, Stop> {
        let model = self.model;
        let mut out = Vec::new();
        let mut failed = false;
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
            for element in 0..model.classes[class].elements.len() as u32 {
                let mut cx = Context::new(class, element, typed.slots);
                match self.guarded_in(member, &mut cx) {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(Stop) => {
                        failed = true;
                        continue;
                    }
                }
                let done = self.each(&indices, typed.where_.as_ref(), &mut cx, &mut |me, cx| {
                    let v = match me.eval_sum(value, cx)? {
                        Value::Number(0.0) => return Ok(true),
                        Value::Missing => return Err(me.not_given(value)),
                        v => v,
                    };
                    let at = match me.spot(of.as_deref(), *to, index, cx)? {
                        Some((_, at)) => at,
                        None => {
                            let (_, values) = me.place(of.as_deref(), *to, index, cx)?;
                            me.ordinals(*to, &values, target.span)?;
                            return Err(Stop);
                        }
                    };
                    out.push((at, v, member));
                    Ok(true)
                });
                failed |= done.is_err();
            }
        }
        if failed { Err(Stop) } else { Ok(out) }
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

    /// The most that devices other than branches and sources can add to a place of a total, by the
    /// declared limits of their variables and factors: either way (`reach`), or the greatest or
    /// least sum (`net_most`, `net_least`). Infinite without limits.
    pub(super) fn reach(
        &mut self,
        which: Function,
        of: Option<&Node>,
        total: MemberId,
        index: &[Node],
        cx: &mut Context,
    ) -> Evaluated {
        let (element, values) = self.place(of, total, index, cx)?;
        let ordinals = self.ordinals(total, &values, self.model.names.members[total].span)?;
        let key = (total, self.mode, which);
        if !self.decisions.as_ref().is_some_and(|d| d.reach.contains_key(&key)) {
            let list = self.contributions(total, true)?;
            let empty: Store<f64> = self.store(total);
            let mut stores = [Function::Reach, Function::NetMost, Function::NetLeast].map(|f| (f, empty.clone()));
            for (at, value, _) in list {
                let (low, high) = match &value {
                    Value::Number(x) => (*x, *x),
                    Value::Form(f) => self.range(f),
                    _ => return Err(Stop),
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
            let Some(d) = &mut self.decisions else { return Err(Stop) };
            for (which, store) in stores {
                d.reach.insert((total, self.mode, which), store);
            }
        }
        let store = self.decisions.as_ref().and_then(|d| d.reach.get(&key)).ok_or(Stop)?;
        Ok(Value::Number(store.place(element as usize, &ordinals).and_then(|at| store.get(at)).copied().unwrap_or(0.0)))
    }

    /// Least and greatest value of a form over the limits of variables and the ranges of factors.
    pub(super) fn range(&self, f: &Form) -> (f64, f64) {
        let Some(d) = &self.decisions else { return (f64::NEG_INFINITY, f64::INFINITY) };
        let bounds = |v: VarId| {
            let v = d.program.variable(v);
            (v.lower, v.upper)
        };
        if !f.products.is_empty() || !f.atoms.is_empty() {
            return (f64::NEG_INFINITY, f64::INFINITY);
        }
        let (mut low, mut high) = f.affine.range(bounds);
        for (z, a) in &f.uncertain {
            let z = &d.program.factors[z.0 as usize];
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
        let Some(d) = &mut self.decisions else { return Err(Stop) };
        if d.forms.contains_key(&key) {
            return Ok(());
        }
        if d.open_sums.contains(&key) {
            let m = &self.model.names.members[total];
            let text = format!("total `{}` depends on itself", self.model.names.qualified(total));
            return Err(self.report(Diagnostic::new(ids_names::DEFINITION_CYCLE, m.span, text, "circular definition")));
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
