//! Ids that are written as words, `{north, west}` and `x[north]`: a word that names nothing else is an element's id
//! where the statement of its set lists it.

use super::{Checker, Scope};
use crate::names::{ClassId, ROOT};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};
use crate::units::typed::*;
use smol_str::SmolStr;

impl Checker<'_> {
    /// The element that a word names, where an element of the class is due.
    pub(super) fn by_word(&self, word: &SmolStr, span: Span, class: ClassId, scope: &Scope) -> Option<Node> {
        if self.means_something(word, scope) || !self.listed_ids(class).contains(word) {
            return None;
        }
        let id = Node { span, ty: Ty::Text, kind: NodeKind::Text(word.clone()) };
        Some(Node { span, ty: Ty::Element(class), kind: NodeKind::ById(class, Box::new(id)) })
    }

    /// Is the word the name of something else here?
    fn means_something(&self, word: &SmolStr, scope: &Scope) -> bool {
        let aspect = |a: &SmolStr| self.names.member(ROOT, &format!("{a}.{word}")).is_some();
        scope.locals.iter().any(|(name, _)| name == word)
            || self.names.member(scope.class, word).is_some()
            || self.names.member(ROOT, word).is_some()
            || scope.aspect.as_ref().is_some_and(aspect)
            || self.names.class_id(word).is_some()
            || self.names.groups.contains_key(word)
            || self.factors.iter().any(|f| f.name == *word)
    }

    /// Ids that the statements of a class write out; those of tables are not known yet.
    pub(super) fn listed_ids(&self, class: ClassId) -> Vec<SmolStr> {
        let mut out = Vec::new();
        let class = &self.names.classes[class];
        if let Some(value) = &class.value {
            self.collect_ids(value, &mut out);
        }
        let named = self.names.instances.iter().filter(|i| i.decl.class.text == class.name);
        out.extend(named.filter_map(|i| i.decl.name.as_ref()).map(|(name, _)| name.clone()));
        out
    }

    fn collect_ids(&self, e: &ast::Expr, out: &mut Vec<SmolStr>) {
        match &e.kind {
            ExprKind::SetLiteral(items) => items.iter().for_each(|item| self.collect_ids(item, out)),
            ExprKind::Name(word) if !self.names.tables.contains_key(word) => out.push(word.clone()),
            ExprKind::Number { .. } | ExprKind::Text(_) => out.extend(e.as_id()),
            _ => {}
        }
    }
}
