//! Evaluating typed expressions over elements, indices and modes: to data, or to forms.

mod absent;
mod accumulate;
mod conditions;
mod decisions;
mod factors;
mod facts;
mod finite;
mod folds;
mod functions;
mod join;
mod members;
mod naming;
mod parts;
mod starts;
mod store;
mod told;
mod totals;

pub use conditions::Demand;
pub use decisions::Decisions;
pub(super) use decisions::is_whole;
pub use naming::Naming;
pub use told::Stop;

use super::{Accumulator, Cell, Model, Value};
use crate::deadline::Deadline;
use crate::diagnostics::{Diagnostic, ids_names, ids_program, ids_units, unfinished};
use crate::names::MemberId;
use crate::program::{Affine, Atom, DisplayUnit, Form, Product, Relation};
use crate::source::Span;
use crate::syntax::ast::BinaryOp;
use crate::units::typed::{Node, NodeKind};
use facts::Facts;
use join::Standing;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::Arc;
use store::Store;
use told::Told;

/// A value, or a reported error.
pub type Evaluated = Result<Value, Stop>;

/// Where an expression is evaluated: the element and the index variables.
#[derive(Debug, Clone)]
pub struct Context {
    /// Class of the element.
    pub class: usize,
    /// The element.
    pub element: u32,
    /// Slots of index variables.
    pub slots: Vec<Value>,
}

impl Context {
    /// A context with room for index variables.
    pub fn new(class: usize, element: u32, slots: usize) -> Self {
        Context { class, element, slots: vec![Value::Missing; slots] }
    }

    /// For what the declaration of a member says at an index, which takes the first slots.
    pub fn indexed(class: usize, element: u32, slots: usize, index: &[Value]) -> Self {
        let mut cx = Context::new(class, element, slots.max(index.len()));
        cx.slots.iter_mut().zip(index).for_each(|(slot, value)| slot.clone_from(value));
        cx
    }

    /// For what a setting says at an index: the first slot is for the row of its table (table, row), if it is in one.
    pub fn set(class: usize, element: u32, slots: usize, row: Option<(usize, usize)>, index: &[Value]) -> Self {
        let mut cx = Context::new(class, element, slots.max(index.len() + 1));
        let first = row.map_or(Value::Missing, |(table, row)| Value::Row(table as u32, row as u32));
        cx.slots.iter_mut().zip([&first].into_iter().chain(index)).for_each(|(slot, value)| slot.clone_from(value));
        cx
    }
}

/// Evaluates over one model; keeps what it has computed.
pub struct Evaluator<'m> {
    /// The model.
    pub model: &'m Model,
    /// The mode (0 if there is one only).
    pub mode: usize,
    /// Variables, atoms, sums made so far; none while only data may be used.
    pub decisions: Option<Decisions>,
    /// Findings.
    pub diagnostics: Vec<Diagnostic>,
    /// What is being done, for the finding that it was not finished.
    pub doing: &'static str,
    limit: Deadline,
    /// Steps since the limit was looked at, and whether it has been reached.
    steps: u32,
    over: bool,
    told: Told,
    facts: Facts,
    /// Values of parameters, definitions and totals of data, per mode.
    values: Vec<FxHashMap<MemberId, Store<Value>>>,
    /// Room for sums and for index variables that nobody uses at the moment.
    sums: Vec<Accumulator>,
    slots: Vec<Vec<Value>>,
    /// Ids of the elements of classes, and how variables are called, per member and mode.
    ids: FxHashMap<usize, Arc<[SmolStr]>>,
    namings: FxHashMap<(MemberId, usize), (Naming, Arc<DisplayUnit>)>,
    subsets: FxHashMap<(MemberId, usize, u32), Arc<Vec<Value>>>,
    /// Members that are being evaluated, the innermost last.
    open: Vec<(MemberId, u32)>,
    /// What came of members and elements that go round, so that nobody goes round again.
    circular: FxHashMap<(MemberId, usize), Stop>,
    /// Totals of which it is being found, in a mode, how far they reach.
    reaching: Vec<(MemberId, usize)>,
    all: FxHashMap<usize, Arc<Vec<Value>>>,
    periods: Arc<Vec<Value>>,
    /// Per terminal and element: who stands there.
    standing: FxHashMap<MemberId, Standing>,
}

/// Steps after which the limit is looked at.
const STEPS: u32 = 64;

impl<'m> Evaluator<'m> {
    /// An evaluator of data, until `limit`.
    pub fn new(model: &'m Model, limit: &Deadline) -> Self {
        let modes = model.modes.len().max(1);
        Evaluator {
            model,
            mode: 0,
            decisions: None,
            diagnostics: Vec::new(),
            doing: "data were evaluated",
            limit: limit.clone(),
            steps: 0,
            over: false,
            told: Told::default(),
            facts: Facts::new(model),
            values: vec![FxHashMap::default(); modes],
            sums: Vec::new(),
            slots: Vec::new(),
            ids: FxHashMap::default(),
            namings: FxHashMap::default(),
            subsets: FxHashMap::default(),
            open: Vec::new(),
            circular: FxHashMap::default(),
            reaching: Vec::new(),
            all: FxHashMap::default(),
            periods: Arc::new((0..model.periods as i64).map(Value::Period).collect()),
            standing: FxHashMap::default(),
        }
    }

    /// Is an expression data, whatever is decided?
    pub fn is_data(&self, node: &Node) -> bool {
        self.facts.is_data(node)
    }

    /// Is a definition put in where it is used?
    pub fn is_inline(&self, member: MemberId) -> bool {
        self.facts.inline.get(member).copied().unwrap_or(false)
    }

    /// Is there time for another step? To be asked in every loop over elements, periods or their combinations.
    ///
    /// # Errors
    /// There is none; the finding says what was being done.
    pub fn going_on(&mut self) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps == STEPS || self.over {
            self.steps = 0;
            if self.over || self.limit.passed() {
                let stop = self.report(unfinished(self.limit.interrupted(), self.doing));
                self.over = true;
                return Err(stop);
            }
        }
        Ok(())
    }

    /// Has the time ended?
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// A definition goes round: told at the statement of the study that closes the circle, where there is one.
    fn circle(&mut self, text: String, span: Span, label: &str) -> Stop {
        let names = &self.model.names;
        let own = |m: &MemberId| Some(names.members[*m].span.file) == names.root;
        let d = match self.open.iter().rev().map(|o| o.0).find(own).filter(|_| Some(span.file) != names.root) {
            Some(member) => {
                let at = names.members[member].statement;
                Diagnostic::new(ids_names::DEFINITION_CYCLE, at, text, "closes the circle").label(span, label)
            }
            None => Diagnostic::new(ids_names::DEFINITION_CYCLE, span, text, label),
        };
        self.report(d)
    }

    fn wrong(&mut self, span: Span, text: impl Into<String>, label: &str) -> Stop {
        self.report(Diagnostic::new(ids_names::WRONG_VALUE, span, text, label))
    }

    /// Evaluates a node.
    pub fn eval(&mut self, node: &Node, cx: &mut Context) -> Evaluated {
        match &node.kind {
            NodeKind::Number(x) => Ok(Value::Number(*x)),
            NodeKind::Bool(b) => Ok(Value::Bool(*b)),
            NodeKind::Text(t) => Ok(Value::Text(t.clone())),
            NodeKind::Symbol(s) => Ok(Value::Symbol(s.clone())),
            NodeKind::Local(slot) => match cx.slots.get(*slot) {
                None | Some(Value::Missing) => Err(self.internal(node.span, "an index variable has no value")),
                Some(value) => Ok(value.clone()),
            },
            NodeKind::This => Ok(Value::Element(cx.class as u32, cx.element)),
            NodeKind::Step => self.step(node.span).map(Value::Number),
            NodeKind::First => Ok(Value::Period(0)),
            NodeKind::Last => Ok(Value::Period(self.model.periods as i64 - 1)),
            NodeKind::NumberOf(a) => match self.eval(a, cx)? {
                Value::Period(t) => Ok(Value::Number(t as f64 + 1.0)),
                Value::Element(c, i) => self.number_of(c, i, node.span),
                v => Ok(v),
            },
            NodeKind::Cell { table, column, row } => self.cell(*table, *column, row, node.span, true, cx),
            NodeKind::Member { of, member, index } => self.member(of.as_deref(), *member, index, node.span, cx),
            NodeKind::Factor { family, index } => self.factor(*family, index, node.span, cx),
            NodeKind::Shift(a, by) => match self.eval(a, cx)? {
                Value::Period(t) => Ok(Value::Period(t + i64::from(*by))),
                v => Ok(v),
            },
            NodeKind::IdOf(a) => match self.eval(a, cx)? {
                Value::Element(c, i) => Ok(Value::Text(self.model.classes[c as usize].elements[i as usize].id.clone())),
                v => Ok(v),
            },
            NodeKind::ById(class, id) => self.by_id(*class, id, node.span, cx),
            NodeKind::All(_)
            | NodeKind::Group(..)
            | NodeKind::Periods
            | NodeKind::Range(..)
            | NodeKind::Collect(_)
            | NodeKind::Filter { .. } => Ok(Value::Set(self.set(node, cx)?)),
            NodeKind::Neg(a) => match self.eval(a, cx)? {
                Value::Number(x) => Ok(Value::Number(-x)),
                a => self.scale(a, -1.0, node.span),
            },
            NodeKind::Not(a) => match self.eval(a, cx)? {
                Value::Bool(b) => Ok(Value::Bool(!b)),
                Value::Form(f) => {
                    let mut one = Form::constant(1.0);
                    one.add_scaled(&f, -1.0);
                    Ok(Value::from_form(one))
                }
                Value::Number(x) => Ok(Value::Number(1.0 - x)),
                _ => Err(self.wrong(node.span, "`not` needs a condition", "not a condition")),
            },
            NodeKind::Binary(op, a, b) => self.binary(*op, a, b, node.span, cx),
            NodeKind::Call(f, args) => self.call(*f, args, node.span, cx),
            NodeKind::Fold { op, indices, filter, body } => {
                self.fold(*op, indices, filter.as_deref(), body, node.span, cx)
            }
            NodeKind::If(c, a, b) => {
                if self.data_condition(c, cx)? {
                    self.eval(a, cx)
                } else {
                    self.eval(b, cx)
                }
            }
            NodeKind::Match(on, arms) => match self.eval(on, cx)? {
                Value::Symbol(s) => match arms.iter().find(|(w, _)| *w == s) {
                    Some((_, e)) => self.eval(e, cx),
                    None => Err(self.wrong(node.span, format!("`match` says nothing about `{s}`"), "incomplete")),
                },
                Value::Missing => Err(self.not_given(on, cx)),
                _ => Err(self.internal(on.span, "`match` chooses by something that is no word")),
            },
            NodeKind::Given(a) => match &a.kind {
                NodeKind::Member { of, member, index } => {
                    let v = self.member_or_missing(of.as_deref(), *member, index, a.span, cx)?;
                    Ok(Value::Bool(v != Value::Missing))
                }
                NodeKind::Cell { table, column, row } => {
                    Ok(Value::Bool(self.cell(*table, *column, row, a.span, false, cx)? != Value::Missing))
                }
                _ => Ok(Value::Bool(self.eval(a, cx)? != Value::Missing)),
            },
            NodeKind::List(_) => {
                Err(self.wrong(node.span, "a list can only be the value of an indexed parameter", "list"))
            }
            NodeKind::InMode(mode, body) => {
                let before = std::mem::replace(&mut self.mode, *mode);
                let out = self.eval(body, cx);
                self.mode = before;
                out
            }
            NodeKind::Error => Err(self.internal(node.span, "an expression without meaning is computed")),
        }
    }

    /// The length of a period. A finding where a snapshot asks for it; what no element of the study needs is
    /// not evaluated and may ask.
    fn step(&mut self, span: Span) -> Result<f64, Stop> {
        self.model.step.ok_or_else(|| {
            let d = Diagnostic::new(ids_units::MISSING_STEP, span, "a snapshot has no step", "no step here");
            self.report(
                d.note("a snapshot is one period without a length, so there is power and no energy")
                    .help("write `horizon 24 h step 1 h` instead of `snapshot`, or `sum` where no time is meant"),
            )
        })
    }

    /// A number that must be data.
    pub fn number(&mut self, node: &Node, cx: &mut Context) -> Result<f64, Stop> {
        let value = self.eval(node, cx)?;
        match self.numeric(value, node, cx)? {
            Value::Number(x) => Ok(x),
            _ => {
                let text = "this must be known before solving, and depends on a decision or an uncertain factor";
                Err(self.report(Diagnostic::new(ids_program::UNSUPPORTED_POSITION, node.span, text, "not data")))
            }
        }
    }

    /// A number or a form where one has to be: numbered elements count as their numbers.
    pub fn numeric(&mut self, value: Value, node: &Node, cx: &mut Context) -> Evaluated {
        match value {
            Value::Number(_) | Value::Form(_) => Ok(value),
            Value::Element(class, element) => self.number_of(class, element, node.span),
            Value::Period(t) => Ok(Value::Number(t as f64 + 1.0)),
            Value::Missing => Err(self.not_given(node, cx)),
            _ => Err(self.wrong(node.span, "a number is expected here", "not a number")),
        }
    }

    /// The number that is the id of an element.
    fn number_of(&mut self, class: u32, element: u32, span: Span) -> Evaluated {
        let id = &self.model.classes[class as usize].elements[element as usize].id;
        match id.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(Value::Number(x)),
            _ => {
                let text = format!("`{id}` is not a number");
                Err(self.wrong(span, text, "used as a number"))
            }
        }
    }

    /// A condition that must be data.
    pub fn data_condition(&mut self, node: &Node, cx: &mut Context) -> Result<bool, Stop> {
        match self.eval(node, cx)? {
            Value::Bool(b) => Ok(b),
            Value::Number(x) => Ok(x != 0.0),
            Value::Missing => Err(self.not_given(node, cx)),
            _ => {
                let text = "this condition must be known before solving";
                Err(self.report(
                    Diagnostic::new(ids_program::UNSUPPORTED_POSITION, node.span, text, "depends on a decision")
                        .help("multiply by a binary instead of filtering by it; `binary => rule` switches a rule"),
                ))
            }
        }
    }

    /// A cell; `needed`: an empty one of a period is told, not only seen.
    fn cell(
        &mut self,
        table: usize,
        column: usize,
        row: &Node,
        span: Span,
        needed: bool,
        cx: &mut Context,
    ) -> Evaluated {
        let data = &self.model.tables[table];
        let r = match self.eval(row, cx)? {
            Value::Row(_, r) => r as usize,
            Value::Period(t) => {
                self.row_for_each_period(table, span)?;
                let r = usize::try_from(t).ok().filter(|r| *r < self.model.periods);
                let Some(r) = r else { return Err(self.outside_the_horizon(table, column, span)) };
                if needed && data.rows.get(r).and_then(|c| c.get(column)) == Some(&Cell::Missing) {
                    return Err(self.empty_cell(table, column, r, span));
                }
                r
            }
            Value::Missing => return Err(self.not_given(row, cx)),
            _ => return Err(self.internal(span, "a cell is in no row")),
        };
        match data.rows.get(r).and_then(|c| c.get(column)) {
            Some(Cell::Number(x)) => Ok(Value::Number(*x)),
            Some(Cell::Text(t)) => Ok(Value::Text(t.clone())),
            Some(Cell::Bool(b)) => Ok(Value::Bool(*b)),
            Some(Cell::Missing) => Ok(Value::Missing),
            None => Err(self.internal(span, "a cell is outside its table")),
        }
    }

    fn by_id(&mut self, class: usize, id: &Node, span: Span, cx: &mut Context) -> Evaluated {
        let text: SmolStr = match self.eval(id, cx)? {
            Value::Text(t) | Value::Symbol(t) => t,
            Value::Number(x) => smol_str::format_smolstr!("{x}"),
            Value::Element(c, i) => self.model.classes[c as usize].elements[i as usize].id.clone(),
            Value::Missing => return Err(self.not_given(id, cx)),
            _ => return Err(self.wrong(id.span, "an id is a number or a text", "not an id")),
        };
        match self.model.classes[class].index.get(&text) {
            Some(i) => Ok(Value::Element(class as u32, *i)),
            None => {
                let d = super::elements::unknown_element(&self.model.names, &self.model.classes, class, &text, span);
                Err(self.report(d))
            }
        }
    }

    fn scale(&mut self, v: Value, factor: f64, span: Span) -> Evaluated {
        match v {
            Value::Number(x) => Ok(Value::Number(x * factor)),
            Value::Form(_) if !factor.is_finite() => {
                let text = "a limit is multiplied by a decision here, and it is not finite";
                Err(self.report(
                    Diagnostic::new(ids_program::NEEDS_FINITE_BOUND, span, text, "not finite")
                        .note("limits of flows follow from the declared limits of all devices")
                        .help("give every device at a bus finite limits, or every line a rating"),
                ))
            }
            Value::Form(f) => Ok(Value::from_form(f.scaled(factor))),
            Value::Missing => {
                Err(self.report(Diagnostic::new(ids_names::MISSING_PARAMETER, span, "this has no value", "not given")))
            }
            _ => Err(self.wrong(span, "a number is expected here", "not a number")),
        }
    }

    fn binary(&mut self, op: BinaryOp, a: &Node, b: &Node, span: Span, cx: &mut Context) -> Evaluated {
        use BinaryOp::*;
        match op {
            And => Ok(Value::Bool(self.data_condition(a, cx)? && self.data_condition(b, cx)?)),
            Or => Ok(Value::Bool(self.data_condition(a, cx)? || self.data_condition(b, cx)?)),
            Implies => Ok(Value::Bool(!self.data_condition(a, cx)? || self.data_condition(b, cx)?)),
            Eq | Ne | Le | Ge | Lt | Gt | In => self.compare(op, a, b, span, cx),
            Add | Sub => {
                let sign = if op == Add { 1.0 } else { -1.0 };
                let (x, y) = (self.eval(a, cx)?, self.eval(b, cx)?);
                if let (Value::Number(x), Value::Number(y)) = (&x, &y) {
                    return self.finite(x + sign * y, [*x, *y], span).map(Value::Number);
                }
                let mut sum = self.sums.pop().unwrap_or_default();
                let wrong = if !sum.add(&x, 1.0) {
                    Some(a)
                } else if !sum.add(&y, sign) {
                    Some(b)
                } else {
                    None
                };
                let form = sum.finish();
                self.sums.push(sum);
                match wrong {
                    None => Ok(Value::from_form(form)),
                    Some(node) => Err(self.not_given(node, cx)),
                }
            }
            Mul | Of => {
                let x = self.eval(a, cx)?;
                if x == Value::Number(0.0) {
                    return Ok(x);
                }
                let y = self.eval(b, cx)?;
                match (x, y) {
                    (Value::Number(_), Value::Number(0.0)) => Ok(Value::Number(0.0)),
                    (Value::Number(x), Value::Number(y)) => self.finite(x * y, [x, y], span).map(Value::Number),
                    (Value::Number(k), y @ Value::Form(_)) => self.scale(y, k, span),
                    (x @ Value::Form(_), Value::Number(k)) => self.scale(x, k, span),
                    (Value::Form(x), Value::Form(y)) => self.product(&x, &y, span),
                    (x, _) => {
                        let node = if matches!(x, Value::Number(_) | Value::Form(_)) { b } else { a };
                        Err(self.not_given(node, cx))
                    }
                }
            }
            Div => {
                let x = self.eval(a, cx)?;
                let y = self.number(b, cx)?;
                if y == 0.0 {
                    let text = "this divides by zero";
                    return Err(self.wrong(b.span, text, "is zero"));
                }
                match x {
                    Value::Number(x) if !(1.0 / y).is_finite() => self.finite(x / y, [x, y], span).map(Value::Number),
                    Value::Number(x) => self.finite(x * (1.0 / y), [x, y], span).map(Value::Number),
                    x => {
                        let by = self.finite(1.0 / y, [1.0, y], b.span)?;
                        self.scale(x, by, a.span)
                    }
                }
            }
            Pow => {
                let x = self.eval(a, cx)?;
                let y = self.number(b, cx)?;
                match x {
                    Value::Number(x) => self.finite(x.powf(y), [x, y], span).map(Value::Number),
                    Value::Form(f) if y == 2.0 => self.product(&f, &f, span),
                    Value::Form(f) if y == 1.0 => Ok(Value::Form(f)),
                    Value::Form(_) if y == 0.0 => Ok(Value::Number(1.0)),
                    Value::Form(_) => {
                        let text = format!("a decision to the power {y} has no exact convex form");
                        Err(self.report(
                            Diagnostic::new(ids_program::NOT_CONVEX, span, text, "not convex")
                                .help("squares are understood; other powers can be given by `piecewise(...)`"),
                        ))
                    }
                    _ => Err(self.not_given(a, cx)),
                }
            }
            PlusMinus => Err(self.internal(span, "uncertain data stand where a value is due")),
        }
    }

    /// The product of two forms: of affine ones, or of uncertain data and an affine one.
    fn product(&mut self, x: &Form, y: &Form, span: Span) -> Evaluated {
        let pure = |f: &Form| f.products.is_empty() && f.atoms.is_empty();
        if !pure(x) || !pure(y) {
            let text = "a product of more than two decisions is not understood as it stands";
            return Err(self.report(
                Diagnostic::new(ids_program::NOT_CONVEX, span, text, "too many decisions")
                    .help("give the product of two a name, `var yz : ratio in 0..1` and `rule both : yz = y * z`, and multiply by it; products with a binary are exact"),
            ));
        }
        let mut out = Form::default();
        if !x.affine.is_constant() && !y.affine.is_constant() {
            // Constants are multiplied out, so that the square of `x + 1` stays one square.
            out.products.push(Product { coefficient: 1.0, left: x.affine.clone(), right: y.affine.clone(), span });
        } else if x.affine.is_constant() {
            out.affine = y.affine.scaled(x.affine.constant);
        } else {
            out.affine = x.affine.scaled(y.affine.constant);
        }
        for (from, with) in [(x, y), (y, x)] {
            for (factor, coefficient) in &from.uncertain {
                if !coefficient.is_constant() && !with.affine.is_constant() {
                    let text = "uncertain data times a product of decisions";
                    return Err(self.report(Diagnostic::new(
                        ids_program::UNCERTAIN_RECOURSE_MATRIX,
                        span,
                        text,
                        "too many factors",
                    )));
                }
                let affine = if coefficient.is_constant() {
                    with.affine.scaled(coefficient.constant)
                } else {
                    coefficient.scaled(with.affine.constant)
                };
                match out.uncertain.iter_mut().find(|(f, _)| f == factor) {
                    Some((_, have)) => have.add_scaled(&affine, 1.0),
                    None => out.uncertain.push((*factor, affine)),
                }
            }
        }
        if !x.uncertain.is_empty() && !y.uncertain.is_empty() {
            let text = "a product of two uncertain values is not affine in the factors";
            return Err(self.report(Diagnostic::new(
                ids_program::UNCERTAIN_RECOURSE_MATRIX,
                span,
                text,
                "uncertain squared",
            )));
        }
        out.uncertain.retain(|(_, a)| a.constant != 0.0 || !a.terms.is_empty());
        Ok(Value::from_form(out))
    }

    /// Adds a convex atom and gives its value.
    fn atom(&mut self, atom: Atom) -> Evaluated {
        let span = atom.span;
        let Some(d) = &mut self.decisions else {
            return Err(self.internal(span, "a function of decisions is computed before there are any"));
        };
        let id = d.atom(atom);
        Ok(Value::Form(Arc::new(Form { atoms: [(id, 1.0)].into(), ..Form::default() })))
    }
}

/// A relation on an affine-only form that is decided already.
pub(super) fn decided(r: &Relation) -> Option<bool> {
    let tolerance = |f: &Form| 1e-9 * (1.0 + f.affine.constant.abs().min(1.0));
    match r {
        Relation::Le(f) if f.is_constant() => Some(f.affine.constant <= tolerance(f)),
        Relation::Eq(f) if f.is_constant() => Some(f.affine.constant.abs() <= tolerance(f)),
        _ => None,
    }
}

/// An affine expression of one binary.
pub(super) fn as_binary(a: &Affine) -> Option<(crate::program::VarId, bool)> {
    match (a.terms.as_slice(), a.constant) {
        ([(v, 1.0)], 0.0) => Some((*v, true)),
        ([(v, -1.0)], 1.0) => Some((*v, false)),
        _ => None,
    }
}
