//! Making the elements of every class: ids first, then terminals, then the arcs of graphs.

mod arcs;
mod block;
mod instance;
mod sets;
mod simple;
mod terminals;

use super::tables::Table;
use super::{Block, Value};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::{ClassId, MemberId, Names, ROOT};
use crate::source::Span;
use crate::syntax::ast::Place;
use crate::units::check::{Checker, Scope};
use crate::units::typed::{Node, Ty};
use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::sync::Arc;

/// One element.
#[derive(Debug, Clone)]
pub struct ElementData {
    /// Its id, unique in its class.
    pub id: SmolStr,
    /// Where it was made: the statement, or the table's row.
    pub span: Span,
    /// The device statement (index of its block), if any.
    pub block: Option<usize>,
    /// The table and row it was made from.
    pub row: Option<(usize, usize)>,
}

/// What a terminal leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Terminal {
    /// One element.
    One(u32),
    /// Several.
    Many(Arc<Vec<Value>>),
    /// Unknown because of an error.
    Broken,
}

/// The elements of a class.
#[derive(Debug, Clone, Default)]
pub struct ClassData {
    /// In order of declaration.
    pub elements: Vec<ElementData>,
    /// By id.
    pub index: FxHashMap<SmolStr, u32>,
    /// Ids that were taken away by `without`.
    pub removed: FxHashSet<SmolStr>,
    /// Members of named lists.
    pub groups: IndexMap<SmolStr, Vec<u32>>,
    /// Terminals: member → one per element.
    pub terminals: FxHashMap<MemberId, Vec<Terminal>>,
}

/// Incidence of graphs: per class, per element, the arcs.
#[derive(Debug, Clone, Default)]
pub struct Incidence {
    /// Arcs into each node.
    pub arcs_in: Vec<Arc<Vec<Value>>>,
    /// Arcs out of each node.
    pub arcs_out: Vec<Arc<Vec<Value>>>,
    /// The two arcs of each edge.
    pub arcs: Vec<Arc<Vec<Value>>>,
}

/// A terminal still to be resolved.
struct Pending {
    class: ClassId,
    member: MemberId,
    element: u32,
    /// Class of the target.
    to: ClassId,
    id: Option<SmolStr>,
    /// For `over`: the set.
    set: Option<(Node, SmolStr)>,
    span: Span,
}

struct Maker<'a, 'b> {
    names: &'a Names,
    checker: &'a mut Checker<'b>,
    tables: &'a [Table],
    classes: Vec<ClassData>,
    blocks: Vec<Block>,
    pending: Vec<Pending>,
    /// (class, group or element) that are removed; whole classes have neither.
    removed: Vec<(ClassId, Option<SmolStr>, Span)>,
}

/// Elements, blocks of settings and incidence.
pub fn build(
    names: &Names,
    checker: &mut Checker<'_>,
    tables: &[Table],
    _periods: usize,
) -> (Vec<ClassData>, Vec<Block>, Incidence) {
    let classes = vec![ClassData::default(); names.classes.len()];
    let mut maker =
        Maker { names, checker, tables, classes, blocks: Vec::new(), pending: Vec::new(), removed: Vec::new() };
    maker.classes[ROOT].elements.push(ElementData {
        id: SmolStr::default(),
        span: names.classes[ROOT].span,
        block: None,
        row: None,
    });
    maker.removals();
    maker.sets();
    // Lists over a class need that class's ids first.
    let (late, early): (Vec<_>, Vec<_>) =
        names.instances.iter().partition(|i| matches!(i.decl.place, Place::AtEachIn { .. } | Place::Over(_)));
    for instance in early.into_iter().chain(late) {
        maker.instance(instance);
    }
    maker.removed_found();
    maker.resolve();
    let incidence = maker.arcs();
    (maker.classes, maker.blocks, incidence)
}

impl Maker<'_, '_> {
    fn report(&mut self, d: Diagnostic) {
        self.checker.diagnostics.push(d);
    }

    fn removals(&mut self) {
        for path in &self.names.without {
            if let Some((class, target, _)) = self.checker.owner(path) {
                use crate::units::check::SettingTarget::*;
                self.removed.push(match target {
                    Class => (class, None, path.span),
                    Group(g) => (class, Some(g), path.span),
                    Element(e) => (class, Some(e), path.span),
                });
            }
        }
    }

    /// What is taken away one by one must be there.
    fn removed_found(&mut self) {
        for (class, which, span) in self.removed.clone() {
            let Some(id) = which.filter(|id| !self.classes[class].removed.contains(id)) else { continue };
            // Another `without` took the whole class.
            if !self.removed.iter().any(|r| r.0 == class && r.1.is_none()) {
                let d = self.unknown_element(class, &id, span);
                self.report(d);
            }
        }
    }

    fn is_removed(&self, class: ClassId, id: &str, group: Option<&str>) -> bool {
        self.removed
            .iter()
            .any(|(c, which, _)| *c == class && which.as_ref().is_none_or(|w| w == id || Some(w.as_str()) == group))
    }

    fn add(
        &mut self,
        class: ClassId,
        id: SmolStr,
        span: Span,
        block: Option<usize>,
        row: Option<(usize, usize)>,
        group: Option<&SmolStr>,
    ) -> Option<u32> {
        if self.is_removed(class, &id, group.map(SmolStr::as_str)) {
            self.classes[class].removed.extend(group.cloned().into_iter().chain([id]));
            return None;
        }
        let data = &mut self.classes[class];
        let index = data.elements.len() as u32;
        if let Some(old) = data.index.get(&id) {
            let first = data.elements[*old as usize].span;
            let name = &self.names.classes[class].name;
            let text = format!("there are two of `{name} {id}`");
            self.report(
                Diagnostic::new(ids_names::DUPLICATE_ID, span, text, "second")
                    .label(first, "first")
                    .help("ids are unique in their class: rename one"),
            );
            return None;
        }
        data.index.insert(id.clone(), index);
        data.elements.push(ElementData { id, span, block, row });
        if let Some(g) = group {
            data.groups.entry(g.clone()).or_default().push(index);
        }
        Some(index)
    }

    fn row_scope<T>(
        &mut self,
        class: ClassId,
        row: &SmolStr,
        table: usize,
        f: impl FnOnce(&mut Checker<'_>, &mut Scope) -> T,
    ) -> T {
        let mut scope = Scope::of(class, None);
        scope.locals.push((row.clone(), Ty::Row(table)));
        scope.deepest = 1;
        f(self.checker, &mut scope)
    }
}

/// No element of a class has this id.
pub(super) fn unknown_element(
    names: &Names,
    classes: &[ClassData],
    class: ClassId,
    id: &str,
    span: Span,
) -> Diagnostic {
    let name = &names.classes[class].name;
    let text = format!("there is no {name} `{id}`");
    let d = Diagnostic::new(ids_names::UNKNOWN_ELEMENT, span, text, format!("unknown {name}"));
    let data = &classes[class];
    if data.elements.is_empty() {
        return d.help(format!("the study has no {name} at all"));
    }
    let close = if data.elements.len() <= 20_000 {
        did_you_mean(id, data.elements.iter().map(|e| e.id.as_str()))
    } else {
        None
    };
    match close {
        Some(s) => d.help(format!("did you mean `{s}`?")),
        None => {
            let list: Vec<&str> = data.elements.iter().take(8).map(|e| e.id.as_str()).collect();
            let more = if data.elements.len() > 8 { ", ..." } else { "" };
            d.help(format!("there are: {}{more}", list.join(", ")))
        }
    }
}
