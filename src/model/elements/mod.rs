//! Making the elements of every class: ids first, then terminals, then the arcs of graphs.

mod simple;

use super::tables::Table;
use super::{Block, BlockSetting, Value};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::{ClassId, ClassKind, MemberId, MemberKind, Names, ROOT};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, Place, StatementKind};
use crate::syntax::form::keyword_near;
use crate::units::check::{Checker, Scope};
use crate::units::typed::{Node, NodeKind, Ty};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use simple::{SimpleScope, simple};
use smol_str::{SmolStr, format_smolstr};
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
    removed: Vec<(ClassId, Option<SmolStr>)>,
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
                    Class => (class, None),
                    Group(g) => (class, Some(g)),
                    Element(e) => (class, Some(e)),
                });
            }
        }
    }

    fn is_removed(&self, class: ClassId, id: &str, group: Option<&str>) -> bool {
        self.removed
            .iter()
            .any(|(c, which)| *c == class && which.as_ref().is_none_or(|w| w == id || Some(w.as_str()) == group))
    }

    fn sets(&mut self) {
        for c in 0..self.names.classes.len() {
            let class = &self.names.classes[c];
            let (ClassKind::Set, Some(value)) = (&class.kind, &class.value) else { continue };
            let mut ids: Vec<(SmolStr, Span)> = Vec::new();
            self.set_ids(value, &mut ids);
            for (id, span) in ids {
                self.add(c, id, span, None, None, None);
            }
        }
    }

    fn set_ids(&mut self, e: &ast::Expr, out: &mut Vec<(SmolStr, Span)>) {
        match &e.kind {
            ExprKind::Range(a, b) => match (whole(a), whole(b)) {
                (Some(a), Some(b)) if b - a < 1e7 => {
                    let mut i = a;
                    while i <= b {
                        out.push((format_smolstr!("{i}"), e.span));
                        i += 1.0;
                    }
                }
                _ => {
                    let text = "a set's range has whole numbers as ends";
                    self.report(Diagnostic::new(ids_names::WRONG_VALUE, e.span, text, "not whole numbers"));
                }
            },
            ExprKind::SetLiteral(items) => items.iter().for_each(|i| self.set_ids(i, out)),
            ExprKind::Number { value, unit: None } => out.push((format_smolstr!("{value}"), e.span)),
            ExprKind::Text(t) | ExprKind::Name(t) => {
                // A table's ids make a set too.
                if let (ExprKind::Name(_), Some(table)) = (&e.kind, self.names.tables.get_index_of(t)) {
                    let id = self.names.tables[table].decl.columns.iter().position(|c| c.ty == ast::ColumnType::Id);
                    let data = &self.tables[table];
                    for (row, span) in data.rows.iter().zip(&data.spans) {
                        if let Some(super::Cell::Text(t)) = id.and_then(|i| row.get(i)) {
                            out.push((t.clone(), *span));
                        }
                    }
                } else {
                    out.push((t.clone(), e.span));
                }
            }
            ExprKind::Unreadable => {}
            _ => {
                let text = "a set is written `1..5`, `{a, b}` or as the name of a table";
                self.report(Diagnostic::new(ids_names::WRONG_VALUE, e.span, text, "not a list of ids"));
            }
        }
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

    fn instance(&mut self, instance: &crate::names::InstanceStatement) {
        let decl = &instance.decl;
        let Some(class) = self.names.class_id(&decl.class.text).filter(|c| *c != ROOT) else {
            self.unknown_class(&decl.class);
            return;
        };
        let row_table = match &decl.place {
            Place::EachRow { row, table, .. } => {
                let found = match &table.kind {
                    ExprKind::Name(n) => self.names.tables.get_index_of(n),
                    ExprKind::Field(_, f) => self.names.tables.get_index_of(&f.text),
                    _ => None,
                };
                let Some(found) = found else {
                    let text = "there is no such table";
                    let shown = match &table.kind {
                        ExprKind::Name(n) => n.as_str(),
                        _ => "",
                    };
                    let d = Diagnostic::new(ids_names::UNKNOWN_NAME, table.span, text, "unknown table");
                    let known = self.names.tables.keys().map(SmolStr::as_str);
                    let d = match did_you_mean(shown, known) {
                        Some(s) => d.help(format!("did you mean `{s}`?")),
                        None => d.help("declare it with `table NAME from \"file.csv\" { ... }`"),
                    };
                    self.report(d);
                    return;
                };
                Some((row.text.clone(), found))
            }
            _ => None,
        };
        let block = self.blocks.len();
        let special = self.block(class, instance, row_table.clone());
        match &decl.place {
            Place::EachRow { where_, .. } => {
                let Some((row_name, table)) = row_table else { return };
                let filter = where_.as_ref().map(|w| self.row_scope(class, &row_name, table, |c, s| c.condition(w, s)));
                for r in 0..self.tables[table].rows.len() {
                    let scope = SimpleScope { tables: self.tables, row: Some((table, r)), id: None };
                    if let Some(f) = &filter {
                        match simple(f, &scope) {
                            Ok(Value::Bool(true)) => {}
                            Ok(_) => continue,
                            Err(d) => {
                                if let Some(d) = d {
                                    self.report(*d);
                                }
                                return;
                            }
                        }
                    }
                    self.one(class, instance, &special, block, Some((table, r)), None);
                }
            }
            Place::AtEach(_, ids) => {
                for id in ids {
                    let mut scope = Scope::of(ROOT, None);
                    let bus = match self.checker.expression(id, &mut scope, None).kind {
                        _ if matches!(&id.kind, ExprKind::Text(_)) => id_text(id),
                        NodeKind::Number(_) => id_text(id),
                        _ => id_text(id),
                    };
                    if let Some(bus) = bus {
                        self.one(class, instance, &special, block, None, Some((bus, id.span)));
                    }
                }
            }
            Place::AtEachIn { class: _, set, where_ } => {
                let mut scope = Scope::of(ROOT, None);
                let set_node = self.checker.set(set, &mut scope);
                let Ty::Set(inner) = &set_node.ty else { return };
                let Ty::Element(of) = **inner else { return };
                let filter = where_.as_ref().map(|w| {
                    let mut scope = Scope::of(of, None);
                    self.checker.condition(w, &mut scope)
                });
                let chosen: Vec<SmolStr> = match &set_node.kind {
                    NodeKind::Group(_, g) => self.classes[of].groups.get(g).map_or_else(Vec::new, |v| {
                        v.iter().map(|i| self.classes[of].elements[*i as usize].id.clone()).collect()
                    }),
                    _ => self.classes[of].elements.iter().map(|e| e.id.clone()).collect(),
                };
                for id in chosen {
                    let scope = SimpleScope { tables: self.tables, row: None, id: Some(&id) };
                    match filter.as_ref().map(|f| simple(f, &scope)) {
                        None | Some(Ok(Value::Bool(true))) => {}
                        Some(Ok(_)) => continue,
                        Some(Err(d)) => {
                            if let Some(d) = d {
                                self.report(*d);
                            }
                            return;
                        }
                    }
                    self.one(class, instance, &special, block, None, Some((id, set.span)));
                }
            }
            _ => self.one(class, instance, &special, block, None, None),
        }
    }

    fn unknown_class(&mut self, class: &ast::Ident) {
        if self.names.is_poisoned(&class.text) {
            return;
        }
        let text = format!("there is no device `{}`", class.text);
        let d = Diagnostic::new(ids_names::UNKNOWN_CLASS, class.span, text, "unknown device");
        let d = match did_you_mean(&class.text, self.names.classes.keys().skip(1).map(SmolStr::as_str)) {
            Some(s) => d
                .help(format!("did you mean `{s}`?"))
                .fix(format!("Replace by `{s}`"), vec![(class.span, s.to_string())]),
            None => match (library_module_of(&class.text), keyword_near(&class.text)) {
                (Some(m), _) => d.help(format!("`{}` is in the library: add `use {m}`", class.text)),
                (None, Some(k)) => d.help(format!("did you mean a `{k}` statement?")),
                (None, None) => d.help("declare it with `device`, or `use` the module that does"),
            },
        };
        self.report(d);
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

    /// Types the block; `id`, `at`, `from`, `to`, `over` are returned apart.
    fn block(
        &mut self,
        class: ClassId,
        instance: &crate::names::InstanceStatement,
        row: Option<(SmolStr, usize)>,
    ) -> Special {
        let mut special = Special::default();
        let mut settings: Vec<BlockSetting> = Vec::new();
        for s in &instance.decl.body {
            let (path, value) = match &s.kind {
                StatementKind::Setting { path, value } => (path, value),
                StatementKind::Unreadable { .. } => continue,
                _ => {
                    self.report(
                        Diagnostic::new(
                            ids_names::MISPLACED_STATEMENT,
                            s.span,
                            "a device's block holds settings only",
                            "not a setting",
                        )
                        .help("write `parameter = value`"),
                    );
                    continue;
                }
            };
            let (base, indices) = match &path.kind {
                ExprKind::Index(base, list) => (base.as_ref(), Some(list.as_slice())),
                _ => (path, None),
            };
            let ExprKind::Name(name) = &base.kind else {
                let text = "a device's block sets its own parameters";
                self.report(Diagnostic::new(ids_names::WRONG_VALUE, path.span, text, "not a parameter"));
                continue;
            };
            let member = self.names.member(class, name);
            if member.is_none() && matches!(name.as_str(), "id" | "at" | "from" | "to" | "over") {
                let node = match &row {
                    Some((r, table)) => self.row_scope(class, r, *table, |c, s| c.expression(value, s, None)),
                    None => {
                        let mut scope = Scope::of(class, None);
                        scope.locals.push((SmolStr::new_static("\u{0}"), Ty::Unknown));
                        self.checker.expression(value, &mut scope, None)
                    }
                };
                special.nodes.insert(name.clone(), node);
                continue;
            }
            let Some(member) = member else {
                let d = self.checker_unknown(class, name, base.span);
                self.report(d);
                continue;
            };
            if let Some(first) = settings.iter().find(|x| x.member == member) {
                let first = first.span;
                let text = format!("`{name}` is set twice");
                self.report(
                    Diagnostic::new(ids_names::DUPLICATE_NAME, path.span, text, "second").label(first, "first"),
                );
                continue;
            }
            let typed = self.checker.setting_value(class, member, value, indices, None, row.clone());
            if let Some((value, slots)) = typed {
                settings.push(BlockSetting { member, value, slots, span: s.span });
            }
        }
        if instance.decl.candidate {
            match self.names.member(class, "candidate") {
                Some(member) => settings.push(BlockSetting {
                    member,
                    value: crate::units::check::SettingValue::Value(Node {
                        span: instance.span,
                        ty: Ty::Bool,
                        kind: NodeKind::Bool(true),
                    }),
                    slots: 1,
                    span: instance.span,
                }),
                None => {
                    let text = format!("`{}` cannot be a candidate", instance.decl.class.text);
                    self.report(
                        Diagnostic::new(
                            ids_names::UNKNOWN_PARAMETER,
                            instance.decl.class.span,
                            text,
                            "has no `candidate`",
                        )
                        .help("its declaration needs `param candidate : yes/no = no` and what it means to be built"),
                    );
                }
            }
        }
        let unreadable = instance.decl.body.iter().any(|s| matches!(s.kind, StatementKind::Unreadable { .. }));
        self.blocks.push(Block { settings, unreadable });
        special
    }

    fn checker_unknown(&self, class: ClassId, name: &SmolStr, span: Span) -> Diagnostic {
        let class_name = &self.names.classes[class].name;
        let text = format!("`{class_name}` has no parameter `{name}`");
        let d = Diagnostic::new(ids_names::UNKNOWN_PARAMETER, span, text, "unknown parameter");
        let known: Vec<&str> = self.names.classes[class]
            .members
            .iter()
            .filter(|(_, m)| matches!(self.names.members[**m].kind, MemberKind::Param(_)))
            .map(|(n, _)| n.as_str())
            .collect();
        match did_you_mean(name, known.iter().copied()) {
            Some(s) => {
                d.help(format!("did you mean `{s}`?")).fix(format!("Replace by `{s}`"), vec![(span, s.to_string())])
            }
            None => d.help(format!("it has: {}", known.join(", "))),
        }
    }

    /// Makes one element.
    fn one(
        &mut self,
        class: ClassId,
        instance: &crate::names::InstanceStatement,
        special: &Special,
        block: usize,
        row: Option<(usize, usize)>,
        at: Option<(SmolStr, Span)>,
    ) {
        let decl = &instance.decl;
        let span = row.map_or(instance.span, |(t, r)| self.tables[t].spans[r]);
        let scope = SimpleScope { tables: self.tables, row, id: None };
        // Ids of terminals, in the order of the class's terminals.
        let mut ends: Vec<(Option<SmolStr>, Option<Node>, Span)> = Vec::new();
        let by_place = |e: &ast::Expr| (place_id(e), None, e.span);
        match (&self.names.classes[class].terminals, &decl.place) {
            (ast::Terminals::At(..), Place::At(e)) => ends.push(by_place(e)),
            (ast::Terminals::Between { .. }, Place::Between(a, b)) => {
                ends.push(by_place(a));
                ends.push(by_place(b));
            }
            (ast::Terminals::At(..), _) if at.is_some() => {
                if let Some((id, s)) = &at {
                    ends.push((Some(id.clone()), None, *s));
                }
            }
            (ast::Terminals::Over(..), Place::Over(e)) => {
                let mut scope = Scope::of(ROOT, None);
                let node = self.checker.set(e, &mut scope);
                ends.push((None, Some(node), e.span));
            }
            (terminals, place) => {
                let keys: &[&str] = match terminals {
                    ast::Terminals::None => &[],
                    ast::Terminals::At(..) => &["at"],
                    ast::Terminals::Between { .. } => &["from", "to"],
                    ast::Terminals::Over(..) => &["over"],
                };
                for key in keys {
                    let Some(node) = special.nodes.get(*key) else {
                        let class_name = &self.names.classes[class].name;
                        let text = format!("`{class_name}` does not say where it is");
                        let help = match terminals {
                            ast::Terminals::At(..) => format!("write `{class_name} \"ID\" at bus 7 {{ ... }}`"),
                            ast::Terminals::Between { .. } => {
                                format!("write `{class_name} \"ID\" from bus 1 to bus 2 {{ ... }}`")
                            }
                            _ => format!("write `{class_name} \"ID\" over load {{ ... }}`"),
                        };
                        let d = Diagnostic::new(ids_names::MISSING_PARAMETER, instance.span, text, "placed nowhere");
                        self.report(d.help(help));
                        return;
                    };
                    if matches!(node.ty, Ty::Set(_)) {
                        ends.push((None, Some(node.clone()), node.span));
                        continue;
                    }
                    match simple(node, &scope) {
                        Ok(Value::Text(t)) => ends.push((Some(t), None, if row.is_some() { span } else { node.span })),
                        Ok(_) => {
                            if node.ty != Ty::Unknown {
                                let text = "a place is written `bus 7` or `bus row.column`";
                                self.report(Diagnostic::new(ids_names::WRONG_VALUE, node.span, text, "not an element"));
                            }
                            ends.push((None, None, node.span));
                        }
                        Err(d) => {
                            if let Some(d) = d {
                                self.report(*d);
                            }
                            return;
                        }
                    }
                }
                if keys.is_empty() && matches!(place, Place::At(_) | Place::Between(..)) {
                    let text = format!("`{}` stands nowhere and takes no place", self.names.classes[class].name);
                    self.report(Diagnostic::new(ids_names::WRONG_VALUE, instance.span, text, "has no terminals"));
                }
            }
        }
        let own = match special.nodes.get("id") {
            Some(node) => match simple(node, &scope) {
                Ok(Value::Text(t)) => Some(t),
                Ok(Value::Number(x)) => Some(format_smolstr!("{x}")),
                Ok(_) => None,
                Err(d) => {
                    if let Some(d) = d {
                        self.report(*d);
                    }
                    return;
                }
            },
            None => None,
        };
        let listed = at.is_some() || (row.is_some() && decl.name.is_some());
        let first_id = || {
            row.and_then(|(t, r)| {
                let id = self.names.tables[t].decl.columns.iter().position(|c| c.ty == ast::ColumnType::Id)?;
                match self.tables[t].rows[r].get(id) {
                    Some(super::Cell::Text(x)) => Some(x.clone()),
                    _ => None,
                }
            })
        };
        let stem = own.or_else(first_id).or_else(|| match &at {
            Some((id, _)) => Some(id.clone()),
            None if decl.name.is_some() && row.is_none() => None,
            None => ends.first().and_then(|e| e.0.clone()),
        });
        let group = decl.name.as_ref().map(|n| n.0.clone());
        let id = match (&group, stem) {
            (Some(g), Some(s)) if listed => format_smolstr!("{g}[{s}]"),
            (Some(g), None) => g.clone(),
            (_, Some(s)) => s,
            (None, None) => format_smolstr!("{}", self.classes[class].elements.len() + 1),
        };
        let made_from = if row.is_some() { row } else { None };
        let Some(element) = self.add(class, id, span, Some(block), made_from, group.as_ref()) else { return };
        let terminals: Vec<MemberId> = self.names.classes[class]
            .all
            .iter()
            .copied()
            .filter(|m| matches!(self.names.members[*m].kind, MemberKind::Terminal { .. }))
            .collect();
        for (member, (id, set, span)) in terminals.into_iter().zip(ends) {
            let MemberKind::Terminal { class: to, .. } = &self.names.members[member].kind else { continue };
            let Some(to) = self.names.class_id(to) else { continue };
            let set = set.map(|n| (n, SmolStr::default()));
            self.pending.push(Pending { class, member, element, to, id, set, span });
        }
    }

    /// Finds the elements that terminals name.
    fn resolve(&mut self) {
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

    fn unknown_element(&self, class: ClassId, id: &str, span: Span) -> Diagnostic {
        unknown_element(self.names, &self.classes, class, id, span)
    }

    /// Makes the two arcs of every edge.
    fn arcs(&mut self) -> Incidence {
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

/// `id`, `at`, ... of a block.
#[derive(Default)]
struct Special {
    nodes: IndexMap<SmolStr, Node>,
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

/// A whole number as written, with its sign.
fn whole(e: &ast::Expr) -> Option<f64> {
    match &e.kind {
        ExprKind::Number { value, unit: None } if value.fract() == 0.0 => Some(*value),
        ExprKind::Unary(ast::UnaryOp::Neg, inner) => whole(inner).map(|x| -x),
        _ => None,
    }
}

fn id_text(e: &ast::Expr) -> Option<SmolStr> {
    match &e.kind {
        ExprKind::Number { value, unit: None } => Some(format_smolstr!("{value}")),
        ExprKind::Text(t) | ExprKind::Name(t) => Some(t.clone()),
        _ => None,
    }
}

/// The id in `bus 7`.
fn place_id(e: &ast::Expr) -> Option<SmolStr> {
    match &e.kind {
        ExprKind::Element(_, id) => id_text(id),
        _ => id_text(e),
    }
}

/// The library module that declares a device of this name.
fn library_module_of(device: &str) -> Option<String> {
    crate::names::library::modules().into_iter().find(|m| {
        crate::names::library::file(&format!("{}.tie", m.replace('.', "/")))
            .and_then(|b| std::str::from_utf8(b).ok())
            .is_some_and(|t| {
                t.lines().any(|l| l.strip_prefix("device ").is_some_and(|r| r.split([' ', '{']).next() == Some(device)))
            })
    })
}
