//! What was before the first period.

use super::{Context, Evaluator, Stop};
use crate::diagnostics::{Diagnostic, ids_units};
use crate::model::Value;
use crate::names::MemberId;
use crate::program::{DisplayUnit, VarId, amount};
use crate::source::Span;
use crate::units::typed::{Start, Ty, TypedBody};
use rustc_hash::FxHashSet;

impl Evaluator<'_> {
    /// The variables among these that are states with a start, and what they start at, in coherent units.
    pub fn starts(&mut self, of: &FxHashSet<VarId>) -> Vec<(VarId, f64)> {
        let model = self.model;
        let mut states: Vec<(VarId, usize, u32, Vec<Value>)> = Vec::new();
        for (&(member, _), store) in self.decisions.iter().flat_map(|d| &d.vars) {
            if !matches!(model.members[member].body, TypedBody::Var { starts: Some(Start::Value(_)), .. }) {
                continue;
            }
            for at in 0..store.len() {
                let Some(v) = store.get(at).filter(|v| of.contains(v)) else { continue };
                let (element, ordinals) = store.coordinates(at);
                let value = |(i, o): (&crate::units::typed::TypedIndex, &usize)| match &i.ty {
                    Ty::Element(class) => Value::Element(*class as u32, *o as u32),
                    _ => Value::Period(*o as i64),
                };
                let index = model.members[member].indices.iter().zip(&ordinals).map(value).collect();
                states.push((*v, member, element as u32, index));
            }
        }
        states.sort_by_key(|s| s.0);
        let mut out = Vec::new();
        for (v, member, element, index) in states {
            let typed = &model.members[member];
            let TypedBody::Var { starts: Some(Start::Value(node)), .. } = &typed.body else { continue };
            let mut cx = Context::indexed(model.names.members[member].class, element, typed.slots, &index);
            if let Ok(start) = self.number(node, &mut cx) {
                out.push((v, start));
            }
        }
        out
    }

    /// A state starts at a value that its range has in some period. `at` is the index and the place of the
    /// period in it.
    pub(super) fn starts_within(
        &mut self,
        member: MemberId,
        element: u32,
        (index, k): (&[Value], usize),
        start: &Value,
        span: Span,
    ) -> Result<(), Stop> {
        let model = self.model;
        let typed = &model.members[member];
        let (TypedBody::Var { lower, upper, .. }, Value::Number(x)) = (&typed.body, start) else { return Ok(()) };
        let (floor, unit) = match &typed.ty {
            Ty::Number(q) => (model.units.floor(q), model.units.display(q)),
            _ => (0.0, DisplayUnit::new("", 1.0)),
        };
        let m = &model.names.members[member];
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for t in 0..model.periods as i64 {
            let mut index = index.to_vec();
            index[k] = Value::Period(t);
            let mut cx = Context::indexed(m.class, element, typed.slots, &index);
            let (low, high) = self.limits((lower, upper), (f64::NEG_INFINITY, f64::INFINITY), &mut cx)?;
            (least, most) = (least.min(low), most.max(high));
            if least - floor <= *x && *x <= most + floor {
                return Ok(());
            }
        }
        let mut first = index.to_vec();
        first[k] = Value::Period(0);
        let name = self.instance_name(&model.names.qualified(member), m.class, element, &first, true);
        let (limit, side) = if *x < least { (least, "at least") } else { (most, "at most") };
        let text = format!("`{name}` starts at {} and is {side} {}", amount(*x, &unit), amount(limit, &unit));
        Err(self.report(
            Diagnostic::new(ids_units::OUT_OF_RANGE, span, text, "outside its range")
                .label(m.span, "declared here")
                .help("let it start within its range, or change the range"),
        ))
    }
}
