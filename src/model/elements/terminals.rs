//! What the terminals of elements lead to.

use super::super::Value;
use super::{Maker, Terminal};
use crate::diagnostics::Diagnostic;
use crate::names::ClassId;
use crate::source::Span;
use crate::units::typed::NodeKind;
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
                    let list: Vec<u32> = match &node.kind {
                        NodeKind::All(c) => (0..self.classes[*c].elements.len() as u32).collect(),
                        NodeKind::Group(c, g) => self.classes[*c].groups.get(g).cloned().unwrap_or_default(),
                        NodeKind::Collect(items) => items
                            .iter()
                            .filter_map(|i| match &i.kind {
                                NodeKind::ById(c, id) => match &id.kind {
                                    NodeKind::Text(t) => self.classes[*c].index.get(t).copied(),
                                    _ => None,
                                },
                                _ => None,
                            })
                            .collect(),
                        _ => Vec::new(),
                    };
                    Terminal::Many(Arc::new(list.into_iter().map(|i| Value::Element(p.to as u32, i)).collect()))
                }
                _ => Terminal::Broken,
            };
            let count = self.classes[p.class].elements.len();
            let list = self.classes[p.class].terminals.entry(p.member).or_default();
            list.resize(count, Terminal::Broken);
            list[p.element as usize] = terminal;
        }
    }

    pub(super) fn unknown_element(&self, class: ClassId, id: &str, span: Span) -> Diagnostic {
        super::unknown_element(self.names, &self.classes, class, id, span)
    }
}
