//! Statements that make elements: one by one, from a list, from a table.

use super::super::Value;
use super::block::Special;
use super::simple::{SimpleScope, simple};
use super::{Maker, Pending};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names, ids_source};
use crate::names::{ClassId, MemberId, MemberKind, ROOT};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, Place};
use crate::syntax::form::keyword_near;
use crate::units::check::Scope;
use crate::units::typed::{Node, Ty};
use smol_str::{SmolStr, format_smolstr};

impl Maker<'_, '_> {
    pub(super) fn instance(&mut self, instance: &crate::names::InstanceStatement) {
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
            Place::AtEach(named, ids) => {
                let to = self.terminal_class(class).first().copied().flatten();
                match self.names.class_id(&named.text).filter(|c| *c != ROOT) {
                    None => return self.unknown_class(named),
                    found if to.is_some() && found != to => {
                        return self.not_this_class(&format!("a {}", named.text), to, named.span);
                    }
                    _ => {}
                }
                for id in ids {
                    if let Some(bus) = id_text(id) {
                        self.one(class, instance, &special, block, None, Some((bus, id.span)));
                    }
                }
            }
            Place::AtEachIn { class: _, set, where_ } => {
                let mut scope = Scope::of(ROOT, None);
                let set_node = self.checker.set(set, &mut scope);
                let Ty::Set(inner) = &set_node.ty else { return };
                let to = self.terminal_class(class).first().copied().flatten();
                let of = match **inner {
                    Ty::Element(of) if to.is_none_or(|to| to == of) => of,
                    _ => return self.not_this_class(&self.checker.describe(&set_node.ty), to, set.span),
                };
                let filter = where_.as_ref().map(|w| {
                    let mut scope = Scope::of(of, None);
                    self.checker.condition(w, &mut scope)
                });
                let Some(listed) = self.listed(&set_node) else { return };
                let chosen: Vec<SmolStr> =
                    listed.iter().map(|i| self.classes[of].elements[*i as usize].id.clone()).collect();
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

    /// Makes one element.
    pub(super) fn one(
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
        let placed = !matches!(decl.place, Place::None | Place::EachRow { .. });
        for (key, node) in &special.nodes {
            let said = if key == "id" { row.is_none() && decl.name.is_some() } else { placed };
            if said {
                let what = if key == "id" { "its id" } else { "where it is" };
                let text = format!("this {} says {what} twice", decl.class.text);
                let d = Diagnostic::new(ids_names::DUPLICATE_NAME, node.span, text, "second");
                self.report(d.label(decl.class.span, "said in front of the block").help("keep one of them"));
                return;
            }
        }
        let scope = SimpleScope { tables: self.tables, row, id: None };
        // Ids of terminals, in the order of the class's terminals.
        let mut ends: Vec<(Option<SmolStr>, Option<Node>, Span)> = Vec::new();
        let to = self.terminal_class(class);
        match (&self.names.classes[class].terminals, &decl.place) {
            (ast::Terminals::At(..), Place::At(e)) => {
                let Some(id) = self.place_id(e, to[0]) else { return };
                ends.push((Some(id), None, e.span));
            }
            (ast::Terminals::Between { .. }, Place::Between(a, b)) => {
                let (Some(from), Some(last)) = (self.place_id(a, to[0]), self.place_id(b, to[1])) else { return };
                ends.push((Some(from), None, a.span));
                ends.push((Some(last), None, b.span));
            }
            (ast::Terminals::At(..), _) if at.is_some() => {
                if let Some((id, s)) = &at {
                    ends.push((Some(id.clone()), None, *s));
                }
            }
            (ast::Terminals::Over(..), Place::Over(e)) => {
                let mut scope = Scope::of(ROOT, None);
                let node = self.checker.set(e, &mut scope);
                if !self.stands_over(&node, to[0]) {
                    return;
                }
                ends.push((None, Some(node), e.span));
            }
            (terminals, place) => {
                let keys: &[&str] = match terminals {
                    ast::Terminals::None => &[],
                    ast::Terminals::At(..) => &["at"],
                    ast::Terminals::Between { .. } => &["from", "to"],
                    ast::Terminals::Over(..) => &["over"],
                };
                for (key, to) in keys.iter().zip(&to) {
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
                        if !matches!(terminals, ast::Terminals::Over(..)) {
                            self.not_this_class(&self.checker.describe(&node.ty), *to, node.span);
                            return;
                        }
                        if !self.stands_over(node, *to) {
                            return;
                        }
                        ends.push((None, Some(node.clone()), node.span));
                        continue;
                    }
                    if let (Ty::Element(c), Some(to)) = (&node.ty, to)
                        && c != to
                    {
                        self.not_this_class(&format!("a {}", self.names.classes[*c].name), Some(*to), node.span);
                        return;
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
                Ok(_) if node.ty == Ty::Unknown => return,
                Ok(_) => {
                    let text = format!("this {} has no id", self.names.classes[class].name);
                    let at = if row.is_some() { span } else { node.span };
                    let d = Diagnostic::new(ids_names::WRONG_VALUE, at, text, "id missing");
                    self.report(d.label(node.span, "taken from here").help("write a number, a word or a text"));
                    return;
                }
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
        let id_column = row.and_then(|(t, r)| {
            let id = self.names.tables[t].decl.columns.iter().position(|c| c.ty == ast::ColumnType::Id)?;
            self.tables[t].rows[r].get(id)
        });
        let first_id = match id_column {
            Some(crate::model::Cell::Text(x)) => Some(x.clone()),
            Some(_) if own.is_none() => {
                let text = "the id of this row is empty";
                self.report(
                    Diagnostic::new(ids_source::CELL_UNREADABLE, span, text, "a value is missing")
                        .label(instance.span, "needed here")
                        .help("write an id in each row"),
                );
                return;
            }
            _ => None,
        };
        let stem = own.or(first_id).or_else(|| match &at {
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

    /// The classes of a class's terminals; none for one that is not known.
    fn terminal_class(&self, class: ClassId) -> Vec<Option<ClassId>> {
        let known = |ident: &ast::Ident| self.names.class_id(&ident.text);
        match &self.names.classes[class].terminals {
            ast::Terminals::None => Vec::new(),
            ast::Terminals::At(_, to) | ast::Terminals::Over(_, to) => vec![known(to)],
            ast::Terminals::Between { from, to } => vec![known(&from.1), known(&to.1)],
        }
    }

    /// The id in `bus 7`, where an element of the class `to` is due. None where it is told what else stands there.
    fn place_id(&mut self, e: &ast::Expr, to: Option<ClassId>) -> Option<SmolStr> {
        let (named, id) = match &e.kind {
            ExprKind::Element(class, id) => (Some(class), id_text(id)),
            _ => (None, id_text(e)),
        };
        if let Some(named) = named {
            match self.names.class_id(&named.text).filter(|c| *c != ROOT) {
                None => {
                    self.unknown_class(named);
                    return None;
                }
                found if to.is_some() && found != to => {
                    self.not_this_class(&format!("a {}", named.text), to, e.span);
                    return None;
                }
                _ => {}
            }
        }
        if id.is_none() {
            let text = "a place is written `bus 7`, or `at = bus row.column` in a block for each row";
            self.report(Diagnostic::new(ids_names::WRONG_VALUE, e.span, text, "no id of an element"));
        }
        id
    }

    /// Is it a set of the class that a device stands over? Told where not.
    fn stands_over(&mut self, node: &Node, to: Option<ClassId>) -> bool {
        let (Ty::Set(inner), Some(to)) = (&node.ty, to) else { return true };
        let fits = matches!(**inner, Ty::Element(c) if c == to) || **inner == Ty::Unknown;
        if !fits {
            self.not_this_class(&self.checker.describe(&node.ty), Some(to), node.span);
        }
        fits
    }

    /// Another thing stands where an element of a class is due.
    fn not_this_class(&mut self, found: &str, to: Option<ClassId>, span: Span) {
        let due = to.map_or("element", |c| self.names.classes[c].name.as_str());
        let text = format!("a {due} is due here, and this is {found}");
        let label = format!("not a {due}");
        self.report(
            Diagnostic::new(ids_names::WRONG_VALUE, span, text, label).help(format!("name the {due}: `{due} ID`")),
        );
    }

    pub(super) fn unknown_class(&mut self, class: &ast::Ident) {
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
}

fn id_text(e: &ast::Expr) -> Option<SmolStr> {
    match &e.kind {
        ExprKind::Name(word) => Some(word.clone()),
        _ => e.as_id(),
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
