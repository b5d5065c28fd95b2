//! Families over a part of a set: `param worth[coast]` has values for the coast alone.

use super::{Context, Evaluator, Stop};
use crate::diagnostics::{Diagnostic, ids_names};
use crate::model::Value;
use crate::names::MemberId;
use crate::source::Span;
use crate::units::typed::{Node, NodeKind};
use std::sync::Arc;

/// Does a family over this set have a value for every element of its class, or every period?
pub(super) fn is_whole(set: &Node) -> bool {
    matches!(set.kind, NodeKind::All(_) | NodeKind::Periods)
}

impl Evaluator<'_> {
    /// The values that an index of a member runs over, the indices before it being given.
    pub(super) fn part(&mut self, member: MemberId, element: u32, before: &[Value]) -> Result<Arc<Vec<Value>>, Stop> {
        let model = self.model;
        let typed = &model.members[member];
        let class = model.names.members[member].class;
        let mut cx = Context::indexed(class, element, typed.slots, before);
        let set = &typed.indices[before.len()].set;
        if let NodeKind::Periods = set.kind {
            return Ok(self.periods.clone());
        }
        self.set(set, &mut cx)
    }

    /// All index combinations that a member has for an element.
    pub fn places(&mut self, member: MemberId, element: u32) -> Result<Vec<Vec<Value>>, Stop> {
        let mut out: Vec<Vec<Value>> = vec![Vec::new()];
        for _ in 0..self.model.members[member].indices.len() {
            let mut next = Vec::new();
            for before in &out {
                for value in self.part(member, element, before)?.iter() {
                    self.going_on()?;
                    next.push([before.as_slice(), std::slice::from_ref(value)].concat());
                }
            }
            out = next;
        }
        Ok(out)
    }

    /// A family over a part of a set has no value outside of it.
    pub(super) fn in_part(&mut self, member: MemberId, element: u32, index: &[Value], span: Span) -> Result<(), Stop> {
        let model = self.model;
        for (k, i) in model.members[member].indices.iter().enumerate() {
            if !is_whole(&i.set) && !self.part(member, element, &index[..k])?.contains(&index[k]) {
                return Err(self.not_there(member, element, index, span));
            }
        }
        Ok(())
    }

    /// A member is used where it is not declared.
    pub(super) fn not_there(&mut self, member: MemberId, element: u32, index: &[Value], span: Span) -> Stop {
        let model = self.model;
        let m = &model.names.members[member];
        let name = self.instance_name(&model.names.qualified(member), m.class, element, index, false);
        self.report(
            Diagnostic::new(
                ids_names::NOT_IN_THIS_STUDY,
                span,
                format!("`{name}` does not exist"),
                "does not exist here",
            )
            .label(m.span, "declared for a part, or with a condition")
            .help("guard this use by the same condition, or run over the same set"),
        )
    }
}
