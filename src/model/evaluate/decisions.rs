//! Decisions: variables as they are made, with their limits and names.

use super::members::Chosen;
use super::{Context, Evaluated, Evaluator, Stop, Store};
use crate::diagnostics::{Diagnostic, ids_names, ids_units};
use crate::model::Value;
use crate::names::{MemberId, ROOT};
use crate::program::ledger::Tally;
use crate::program::{
    Affine, Atom, AtomId, Contribution, Domain, Exactness, FactorId, Form, Origin, OriginId, Program, Stage, VarId,
    Variable,
};
use crate::source::Span;
use crate::units::check::SettingValue;
use crate::units::typed::{Function, Node, NodeKind, Start, Ty, TypedBody};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What elaboration has made of decisions so far.
#[derive(Debug, Default)]
pub struct Decisions {
    /// The program under construction.
    pub program: Program,
    pub(super) vars: FxHashMap<(MemberId, usize), Store<VarId>>,
    pub(super) factors: FxHashMap<usize, Store<FactorId>>,
    pub(super) origins: FxHashMap<MemberId, OriginId>,
    /// Contributions per total and mode, by place.
    pub sums: FxHashMap<(MemberId, usize), Store<Vec<Contribution>>>,
    pub(super) forms: FxHashMap<(MemberId, usize), Store<Arc<Form>>>,
    pub(super) open_sums: Vec<(MemberId, usize)>,
    pub(super) reach: FxHashMap<(MemberId, usize, Function), Store<f64>>,
    /// What has become of the instances of rules, sums, contributions and checks, per member and mode.
    pub tallies: FxHashMap<(MemberId, usize), Tally>,
    /// What has become of the terms of each goal.
    pub terms: Vec<Tally>,
    /// What has become of the instances of each budget.
    pub budgets: Vec<Tally>,
    /// Is a variable frozen by a setting?
    pub frozen: bool,
    /// Values of variables that stand as numbers, NaN for the others; none where all stand as they are.
    pub settled: Option<Vec<f64>>,
    /// Where there are such: limits of variables that rows of their own give them.
    pub limits: Vec<(f64, f64)>,
    /// Variables whose limits are being evaluated.
    pub(super) making: Vec<(MemberId, usize, u32, Vec<usize>)>,
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
    pub(super) fn symbol(&self, v: VarId) -> Value {
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

impl<'m> Evaluator<'m> {
    /// A variable, or the start of a state.
    pub(super) fn variable(&mut self, member: MemberId, element: u32, index: &[Value], span: Span) -> Evaluated {
        let model = self.model;
        let mut index: Vec<Value> = index.to_vec();
        if let Some(k) = index.iter().position(|v| matches!(v, Value::Period(t) if *t < 0)) {
            let TypedBody::Var { starts, .. } = &model.members[member].body else {
                return Err(self.internal(span, "what is no variable is read as one"));
            };
            match starts {
                Some(Start::Cyclic) => index[k] = Value::Period(model.periods as i64 - 1),
                Some(Start::Value(node)) => {
                    let class = model.names.members[member].class;
                    let mut cx = Context::new(class, element, model.members[member].slots);
                    for (slot, v) in index.iter().enumerate() {
                        cx.slots[slot] = v.clone();
                    }
                    cx.slots[k] = Value::Period(0);
                    let value = self.eval(node, &mut cx)?;
                    let start = self.numeric(value, node, &mut cx)?;
                    self.starts_whole(member, &start, node.span)?;
                    self.starts_within(member, element, (&index, k), &start, node.span)?;
                    return Ok(start);
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
            Some(v) => match &self.decisions {
                Some(d) => Ok(d.symbol(v)),
                None => Err(self.too_early(span)),
            },
            None => Err(self.not_there(member, element, &index, span)),
        }
    }

    /// A state of whole numbers starts as one.
    fn starts_whole(&mut self, member: MemberId, start: &Value, span: Span) -> Result<(), Stop> {
        let TypedBody::Var { domain, .. } = &self.model.members[member].body else { return Ok(()) };
        let Value::Number(x) = start else { return Ok(()) };
        let name = self.model.names.qualified(member);
        let text = match domain {
            Domain::Continuous if x.is_finite() => return Ok(()),
            Domain::Binary if *x == 0.0 || *x == 1.0 => return Ok(()),
            Domain::Integer if is_whole(*x) => return Ok(()),
            Domain::Continuous => format!("`{name}` starts at no finite value"),
            Domain::Binary => format!("`{name}` starts at 0 or 1, and this is {x}"),
            Domain::Integer => format!("`{name}` starts at a whole number, and this is {x}"),
        };
        let declared = self.model.names.members[member].span;
        Err(self.report(
            Diagnostic::new(ids_units::OUT_OF_RANGE, span, text, "no such value").label(declared, "declared here"),
        ))
    }

    /// A variable that is constant over periods has one value.
    pub(super) fn fold_constant(
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
    pub(super) fn made(&self, member: MemberId, element: u32, ordinals: &[usize], mode: usize) -> Option<VarId> {
        let store = self.decisions.as_ref()?.vars.get(&(member, mode))?;
        store.place(element as usize, ordinals).and_then(|at| store.get(at)).copied()
    }

    /// Has the variable of these index values been made in this mode?
    pub fn is_made(&self, member: MemberId, element: u32, index: &[Value]) -> bool {
        let ordinal = |v: &Value| match v {
            Value::Period(_) if self.facts.constant[member] => Some(0),
            Value::Period(t) => usize::try_from(*t).ok(),
            Value::Element(_, i) => Some(*i as usize),
            _ => None,
        };
        let ordinals: Option<Vec<usize>> = index.iter().map(ordinal).collect();
        ordinals.is_some_and(|o| self.made(member, element, &o, self.mode).is_some())
    }

    /// Is the variable a design decision, which all modes share?
    pub fn is_shared(&self, member: MemberId) -> bool {
        self.facts.shared[member]
    }

    /// Number of places of a total: elements times indices.
    pub fn room(&self, member: MemberId) -> usize {
        self.store::<()>(member).len()
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
        let Some(d) = &mut self.decisions else {
            return Err(self.too_early(self.model.names.members[member].span));
        };
        if d.making.iter().any(|m| (m.0, m.1, m.2) == (member, mode, element) && m.3 == ordinals) {
            let m = &self.model.names.members[member];
            let text = format!("the limits of `{}` depend on themselves", self.model.names.qualified(member));
            return Err(self.circle(text, m.span, "circular limits"));
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
        let span = model.names.members[member].span;
        let TypedBody::Var { domain, lower, upper, .. } = &typed.body else {
            return Err(self.internal(span, "what is no variable is made as one"));
        };
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
        let widest = match domain {
            Domain::Binary => (0.0, 1.0),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let (mut low, mut high) = self.limits((lower, upper), widest, &mut cx)?;
        if !self.namings.contains_key(&(member, mode)) {
            // Design decisions belong to no mode.
            let shown_mode = if self.facts.shared[member] { None } else { model.modes.get(mode).map(|m| m.as_str()) };
            let base = model.names.qualified(member);
            let naming = self.naming(&base, class, &typed.indices, self.facts.constant[member], shown_mode);
            let unit = match &typed.ty {
                Ty::Number(q) => model.units.display(q),
                _ => crate::program::DisplayUnit::new("", 1.0),
            };
            self.namings.insert((member, mode), (naming, Arc::new(unit)));
        }
        let Some((naming, unit)) = self.namings.get(&(member, mode)) else {
            return Err(self.internal(span, "a variable has no name"));
        };
        let (name, unit) = (self.name(naming, element, index), unit.clone());
        let frozen = self.frozen_at(member, element, index, &name)?;
        if let Some((x, span)) = frozen {
            let whole = *domain != Domain::Continuous;
            self.within(&name, (low, high), whole, x, span, &unit, member)?;
            (low, high) = (x, x);
        }
        if low > high || low == f64::INFINITY || high == f64::NEG_INFINITY {
            let (low, high) = (crate::program::amount(low, &unit), crate::program::amount(high, &unit));
            let text = format!("`{name}` has no room: its limits are {low} and {high}");
            let at = model.names.members[member].span;
            let id = crate::diagnostics::ids_network::CROSSED_LIMITS;
            // What stands outside devices has no element to point at.
            return Err(self.report(if class == ROOT {
                let limits = lower.iter().chain(upper).map(|n| n.span).reduce(Span::to).unwrap_or(at);
                Diagnostic::new(id, limits, text, "limits cross").label(at, "declared here")
            } else {
                let made = model.classes[class].elements[element as usize].span;
                Diagnostic::new(id, made, text, "limits cross").label(at, "declared here")
            }));
        }
        let origin = self.origin(member);
        let fresh = self.decisions.as_ref().is_some_and(|d| !d.vars.contains_key(&(member, mode)));
        let store = if fresh { Some(self.store(member)) } else { None };
        let Some(d) = &mut self.decisions else { return Err(self.too_early(span)) };
        if let Some(s) = store {
            d.vars.insert((member, mode), s);
        }
        d.frozen |= frozen.is_some();
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

    /// The value, and the setting, by which a decision is frozen: `line.closed = initial`, or a number.
    pub(crate) fn frozen_at(
        &mut self,
        member: MemberId,
        element: u32,
        index: &[Value],
        name: &impl std::fmt::Display,
    ) -> Result<Option<(f64, Span)>, Stop> {
        let model = self.model;
        let (class, typed) = (model.names.members[member].class, &model.members[member]);
        match self.chosen(member, element) {
            Chosen::Setting(SettingValue::Initial, _, _, span) => {
                let TypedBody::Var { starts: Some(Start::Value(node)), .. } = &typed.body else {
                    let text = format!("`{name}` has no start to be frozen at");
                    return Err(self.wrong(model.names.members[member].span, text, "no start"));
                };
                let mut cx = Context::indexed(class, element, typed.slots, index);
                Ok(Some((self.number(node, &mut cx)?, span)))
            }
            Chosen::Setting(SettingValue::Value(node), slots, row, span) => {
                let mut cx = Context::set(class, element, slots, row, index);
                Ok(Some((self.number(node, &mut cx)?, span)))
            }
            _ => Ok(None),
        }
    }

    /// A decision is frozen only at what it may be.
    #[allow(clippy::too_many_arguments)]
    fn within(
        &mut self,
        name: &impl std::fmt::Display,
        (low, high): (f64, f64),
        whole: bool,
        x: f64,
        span: Span,
        unit: &crate::program::DisplayUnit,
        member: MemberId,
    ) -> Result<(), Stop> {
        let shown = |x: f64| crate::program::amount(x, unit);
        let slack = 1e-9 * x.abs().max(1.0);
        let text = if !x.is_finite() {
            format!("`{name}` cannot be kept at what is not finite")
        } else if whole && !is_whole(x) {
            format!("`{name}` cannot be {}: it is a whole number", shown(x))
        } else if x < low - slack {
            format!("`{name}` cannot be {}: it is at least {}", shown(x), shown(low))
        } else if x > high + slack {
            format!("`{name}` cannot be {}: it is at most {}", shown(x), shown(high))
        } else {
            return Ok(());
        };
        let declared = self.model.names.members[member].span;
        Err(self.report(
            Diagnostic::new(ids_units::OUT_OF_RANGE, span, text, "outside its range")
                .label(declared, "declared here")
                .help("freeze it at a value of its range, or change the range"),
        ))
    }

    /// The range that the limits of a variable leave of the widest one.
    pub(super) fn limits(
        &mut self,
        (lower, upper): (&[Node], &[Node]),
        (mut low, mut high): (f64, f64),
        cx: &mut Context,
    ) -> Result<(f64, f64), Stop> {
        for node in lower {
            low = low.max(self.bound(node, cx)?);
        }
        for node in upper {
            high = high.min(self.bound(node, cx)?);
        }
        Ok((low, high))
    }

    /// A limit of a variable.
    fn bound(&mut self, node: &Node, cx: &mut Context) -> Result<f64, Stop> {
        let value = self.eval(node, cx)?;
        match self.numeric(value, node, cx)? {
            Value::Number(x) => Ok(x),
            _ => {
                let text = "a variable's range must be known before solving";
                Err(self.report(
                    Diagnostic::new(ids_names::WRONG_VALUE, node.span, text, "depends on a decision")
                        .help("write the limit as a `rule`"),
                ))
            }
        }
    }

    /// A decision is asked for while only data may be used.
    pub(super) fn too_early(&mut self, span: Span) -> Stop {
        self.internal(span, "a decision is asked for before there are any")
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
}

/// Is it a whole number, but for rounding?
pub(crate) fn is_whole(x: f64) -> bool {
    (x - x.round()).abs() <= 1e-9 * x.abs().max(1.0)
}
