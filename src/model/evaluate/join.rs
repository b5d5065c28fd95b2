//! Sets of those who stand somewhere: `s in source where s.b = self` looks at the sources of one bus, not at all.

use super::{Context, Evaluator, Stop};
use crate::model::{Terminal, Value};
use crate::syntax::ast::BinaryOp;
use crate::units::typed::{Node, NodeKind, TypedBody};
use std::sync::Arc;

/// Per element: those whose terminal is there, in order.
pub(super) type Standing = Arc<Vec<Arc<Vec<Value>>>>;

impl Evaluator<'_> {
    /// The elements of a class that can pass a filter, where it begins with `index.terminal = place` and the
    /// place is known.
    pub(super) fn joined(
        &mut self,
        slot: usize,
        set: &Node,
        filter: &Node,
        cx: &mut Context,
    ) -> Result<Option<Arc<Vec<Value>>>, Stop> {
        let NodeKind::All(class) = set.kind else { return Ok(None) };
        let mut first = filter;
        while let NodeKind::Binary(BinaryOp::And, a, _) = &first.kind {
            first = a;
        }
        let NodeKind::Binary(BinaryOp::Eq, a, b) = &first.kind else { return Ok(None) };
        let (terminal, place) = match (terminal_of(a, slot), terminal_of(b, slot)) {
            (Some(terminal), None) => (terminal, b),
            (None, Some(terminal)) => (terminal, a),
            _ => return Ok(None),
        };
        let known = match &place.kind {
            NodeKind::This => true,
            NodeKind::Local(other) => *other != slot,
            NodeKind::Member { of: Some(of), index, .. } if index.is_empty() => match of.kind {
                NodeKind::This => true,
                NodeKind::Local(other) => other != slot,
                _ => false,
            },
            _ => false,
        };
        let one = matches!(self.model.members[terminal].body, TypedBody::Terminal);
        if !known || !one || self.model.names.members[terminal].class != class {
            return Ok(None);
        }
        let Value::Element(_, at) = self.eval(place, cx)? else { return Ok(None) };
        let standing = match self.standing.get(&terminal) {
            Some(standing) => standing.clone(),
            None => {
                let mut lists: Vec<Vec<Value>> = Vec::new();
                for (i, t) in self.model.classes[class].terminals.get(&terminal).into_iter().flatten().enumerate() {
                    let Terminal::One(place) = t else { return Ok(None) };
                    if lists.len() <= *place as usize {
                        lists.resize(*place as usize + 1, Vec::new());
                    }
                    lists[*place as usize].push(Value::Element(class as u32, i as u32));
                }
                let standing: Standing = Arc::new(lists.into_iter().map(Arc::new).collect());
                self.standing.insert(terminal, standing.clone());
                standing
            }
        };
        Ok(Some(standing.get(at as usize).cloned().unwrap_or_default()))
    }
}

/// The member of `index.member`, where the index has this slot.
fn terminal_of(node: &Node, slot: usize) -> Option<usize> {
    match &node.kind {
        NodeKind::Member { of: Some(of), member, index }
            if index.is_empty() && matches!(of.kind, NodeKind::Local(s) if s == slot) =>
        {
            Some(*member)
        }
        _ => None,
    }
}
