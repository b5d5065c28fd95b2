//! The two arcs of each edge, and which arcs meet at a node.

use super::super::Value;
use super::{Incidence, Maker, Terminal};
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::{ClassKind, MemberId, MemberKind};
use smol_str::format_smolstr;
use std::sync::Arc;

impl Maker<'_, '_> {
    /// Makes the two arcs of every edge.
    pub(super) fn arcs(&mut self) -> Incidence {
        let mut incidence = Incidence::default();
        let Some(arc) = self.names.classes.values().position(|c| matches!(c.kind, ClassKind::Arc { .. })) else {
            return incidence;
        };
        let ClassKind::Arc { graph } = self.names.classes[arc].kind else { return incidence };
        let graph = &self.names.graphs[graph];
        let (Some(nodes), Some(edges)) =
            (self.names.class_id(&graph.nodes.text), self.names.class_id(&graph.edges.text))
        else {
            return incidence;
        };
        let ends: Vec<MemberId> = self.names.classes[edges]
            .all
            .iter()
            .copied()
            .filter(|m| matches!(self.names.members[*m].kind, MemberKind::Terminal { .. }))
            .collect();
        let &[from, to] = ends.as_slice() else {
            let span = graph.edges.span;
            let text = format!("`{}` does not join two {}", graph.edges.text, graph.nodes.text);
            self.report(Diagnostic::new(ids_names::WRONG_VALUE, span, text, "not an edge").help(format!(
                "declare `device {} from i: {} to j: {}`",
                graph.edges.text, graph.nodes.text, graph.nodes.text
            )));
            return incidence;
        };
        let names = ["edge", "tail", "head"].map(|n| self.names.member(arc, n));
        let [Some(edge_m), Some(tail_m), Some(head_m)] = names else { return incidence };
        let mut arcs_in = vec![Vec::new(); self.classes[nodes].elements.len()];
        let mut arcs_out = arcs_in.clone();
        let mut of_edge = Vec::new();
        for e in 0..self.classes[edges].elements.len() {
            let get = |m: MemberId| match self.classes[edges].terminals.get(&m).and_then(|l| l.get(e)) {
                Some(Terminal::One(i)) => Some(*i),
                _ => None,
            };
            let (Some(a), Some(b)) = (get(from), get(to)) else {
                of_edge.push(Arc::new(Vec::new()));
                continue;
            };
            let mut both = Vec::new();
            let span = self.classes[edges].elements[e].span;
            for (tail, head) in [(a, b), (b, a)] {
                let node_id = |i: u32| self.classes[nodes].elements[i as usize].id.clone();
                let mut id =
                    format_smolstr!("{}:{}>{}", self.classes[edges].elements[e].id, node_id(tail), node_id(head));
                if tail == head {
                    id = format_smolstr!("{id}{}", both.len() + 1);
                }
                let Some(index) = self.add(arc, id, span, None, None, None) else { continue };
                let value = Value::Element(arc as u32, index);
                let data = &mut self.classes[arc];
                data.terminals.entry(edge_m).or_default().push(Terminal::One(e as u32));
                data.terminals.entry(tail_m).or_default().push(Terminal::One(tail));
                data.terminals.entry(head_m).or_default().push(Terminal::One(head));
                arcs_out[tail as usize].push(value.clone());
                arcs_in[head as usize].push(value.clone());
                both.push(value);
            }
            of_edge.push(Arc::new(both));
        }
        incidence.arcs_in = arcs_in.into_iter().map(Arc::new).collect();
        incidence.arcs_out = arcs_out.into_iter().map(Arc::new).collect();
        incidence.arcs = of_edge;
        incidence
    }
}
