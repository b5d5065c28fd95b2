//! What the terminals of elements lead to.

use super::super::Value;
use super::{Maker, Terminal};
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::ClassId;
use crate::source::Span;
use crate::units::typed::{Node, NodeKind, Ty};
use std::sync::Arc;

impl Maker<'_, '_> {
    /// Finds the elements that terminals name.
    pub(super) fn resolve(&mut self) {
        for p in std::mem::take(&mut self.pending) {
            let terminal = match (&p.id, &p.set) {
                (Some(id), _) => match self.classes[p.to].index.get(id) {
                    Some(i) => Terminal::One(*i),
                    None => {
                        let d = self.unknown_element(p.to, id, p.span);
                        self.report(d);
                        Terminal::Broken
                    }
                },
                (None, Some((node, _))) => {
                    let of = |list: Vec<u32>| list.into_iter().map(|i| Value::Element(p.to as u32, i)).collect();
                    self.listed(node).map_or(Terminal::Broken, |list| Terminal::Many(Arc::new(of(list))))
                }
                _ => Terminal::Broken,
            };
            let count = self.classes[p.class].elements.len();
            let list = self.classes[p.class].terminals.entry(p.member).or_default();
            list.resize(count, Terminal::Broken);
            list[p.element as usize] = terminal;
        }
    }

    /// The elements of a set that is written as a class, a group or a list. None where it is another, or one of
    /// the list is unknown; both are told.
    pub(super) fn listed(&mut self, node: &Node) -> Option<Vec<u32>> {
        match &node.kind {
            NodeKind::All(c) => Some((0..self.classes[*c].elements.len() as u32).collect()),
            NodeKind::Group(c, g) => Some(self.classes[*c].groups.get(g).cloned().unwrap_or_default()),
            NodeKind::Collect(items) => {
                let mut out = Vec::new();
                for item in items {
                    let NodeKind::ById(c, id) = &item.kind else { return self.not_listed(item) };
                    let NodeKind::Text(id) = &id.kind else { return self.not_listed(item) };
                    match self.classes[*c].index.get(id) {
                        Some(i) if out.contains(i) => {
                            let text = format!("`{} {id}` stands here twice", self.names.classes[*c].name);
                            let d = Diagnostic::new(ids_names::DUPLICATE_ID, item.span, text, "second");
                            self.report(d.help("name each element once"));
                            return None;
                        }
                        Some(i) => out.push(*i),
                        // What a case takes away is no part of the list.
                        None if self.classes[*c].removed.contains(id) => {}
                        None => {
                            let d = self.unknown_element(*c, id, item.span);
                            self.report(d);
                            return None;
                        }
                    }
                }
                Some(out)
            }
            _ => self.not_listed(node),
        }
    }

    fn not_listed(&mut self, node: &Node) -> Option<Vec<u32>> {
        if node.ty != Ty::Unknown {
            let text = "where devices stand is known before data are: a class, a named list or single elements";
            let d = Diagnostic::new(ids_names::WRONG_VALUE, node.span, text, "none of these");
            self.report(d.help("write `{load 1, load 2}`, or the name of a list of devices"));
        }
        None
    }

    pub(super) fn unknown_element(&self, class: ClassId, id: &str, span: Span) -> Diagnostic {
        super::unknown_element(self.names, &self.classes, class, id, span)
    }
}
