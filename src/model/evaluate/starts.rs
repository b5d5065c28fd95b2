//! What was before the first period.

use super::{Context, Evaluator};
use crate::model::Value;
use crate::program::VarId;
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
}
