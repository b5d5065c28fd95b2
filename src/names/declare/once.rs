//! What may stand once in a study: names outside classes, the order of goals, what a case is made of.

use super::Declarer;
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::library;
use crate::names::load::Modules;
use crate::names::table::*;
use crate::source::Span;
use crate::syntax::ast::{Ident, Statement, StatementKind};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::collections::BTreeSet;

impl Declarer {
    /// Names that stand outside classes and are declared twice, and cases that lead back to themselves.
    pub(super) fn once(&mut self, modules: &Modules) {
        let names = |list: Vec<&Ident>| list.into_iter().map(|n| (n.text.clone(), n.span)).collect::<Vec<_>>();
        let studies = names(self.names.studies.iter().map(|s| &s.name).collect());
        let modes = names(self.names.modes.iter().collect());
        let budgets = names(self.names.budgets.iter().map(|b| &b.name).collect());
        let goals = names(self.names.objectives.iter().filter_map(|o| o.name.as_ref()).collect());
        let order = names(self.names.order.iter().collect());
        let scenarios = self.names.scenarios.iter().map(|s| &s.name);
        let uncertain = names(self.names.factors.iter().map(|f| &f.name).chain(scenarios).collect());
        for list in [studies, modes, budgets, goals, order] {
            self.each_once(&[], &list);
        }
        let root = &self.names.classes[ROOT].members;
        let values = root.iter().map(|(name, m)| (name.clone(), self.names.members[*m].span));
        let classes = self.names.classes.iter().skip(1).map(|(name, c)| (name.clone(), c.span));
        let values: Vec<(SmolStr, Span)> = values.chain(classes).collect();
        self.each_once(&values, &uncertain);
        let tables =
            self.names.tables.values().map(|t| (t.decl.name.text.clone(), t.decl.name.span)).collect::<Vec<_>>();
        self.each_once(&values, &tables);
        self.annotations();
        for o in self.names.objectives.clone() {
            self.each_once(&[], &names(o.terms.iter().filter_map(|(name, _)| name.as_ref()).collect()));
        }
        let uses = modules.modules.iter().flat_map(|m| &m.ast.statements);
        let paths =
            uses.filter_map(|s| if let StatementKind::Use(list) = &s.kind { Some(list) } else { None }).flatten();
        let mut aliases: FxHashMap<SmolStr, (String, Span)> = FxHashMap::default();
        for path in paths {
            let Some(alias) = &path.alias else { continue };
            let whole = path.path.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(".");
            match aliases.get(&alias.text) {
                Some((other, first)) if *other != whole => {
                    let first = *first;
                    self.duplicate(&alias.text, alias.span, first);
                }
                Some(_) => {}
                None => {
                    aliases.insert(alias.text.clone(), (whole, alias.span));
                }
            }
        }
        self.circles(modules);
        for s in modules.modules.iter().flat_map(|m| &m.ast.statements) {
            if let StatementKind::Case { body, .. } = &s.kind {
                self.case_body(body);
            }
        }
    }

    /// Annotations, and the roles among them, that nobody knows.
    fn annotations(&mut self) {
        let (annotations, roles) = library::annotations();
        let mut out = Vec::new();
        let of_members = self.names.members.iter().flat_map(|m| &m.annotations);
        for annotation in self.names.classes.values().flat_map(|c| &c.annotations).chain(of_members) {
            let unknown = |what: &str, word: &str, known: &BTreeSet<&str>| {
                let text = format!("there is no {what} `{word}`");
                let d = Diagnostic::new(ids_names::UNKNOWN_NAME, annotation.name.span, text, "unknown");
                match did_you_mean(word, known.iter().copied()) {
                    Some(s) => d.help(format!("did you mean `{s}`?")),
                    None => d.help(format!("there are: {}", known.iter().copied().collect::<Vec<_>>().join(", "))),
                }
            };
            let name = annotation.name.text.as_str();
            if !annotations.contains(name) {
                out.push(unknown("annotation", name, annotations));
            } else if name == "role" || name == "determined_by" {
                let odd = annotation.args.iter().filter(|role| !roles.contains(role.as_str()));
                out.extend(odd.map(|role| unknown("role", role, roles)));
            }
        }
        out.dedup();
        self.diagnostics.extend(out);
    }

    /// Tells the second of two equal names of a list, and those of the list that stand elsewhere already.
    fn each_once(&mut self, before: &[(SmolStr, Span)], list: &[(SmolStr, Span)]) {
        let mut first: FxHashMap<SmolStr, Span> = before.iter().cloned().collect();
        for (name, span) in list {
            match first.get(name) {
                Some(first) => self.duplicate(name, *span, *first),
                None => {
                    first.insert(name.clone(), *span);
                }
            }
        }
    }

    /// Cases whose `extends` lead back to themselves.
    fn circles(&mut self, modules: &Modules) {
        let mut extends: FxHashMap<SmolStr, &Ident> = FxHashMap::default();
        let mut order: Vec<SmolStr> = Vec::new();
        for s in modules.modules.iter().flat_map(|m| &m.ast.statements) {
            if let StatementKind::Case { name, extends: Some(base), .. } = &s.kind
                && extends.insert(name.text.clone(), base).is_none()
            {
                order.push(name.text.clone());
            }
        }
        let mut told: Vec<SmolStr> = Vec::new();
        for name in order {
            let mut path = vec![name.clone()];
            while let Some(base) = path.last().and_then(|at| extends.get(at)) {
                if base.text == name {
                    break;
                }
                if path.contains(&base.text) {
                    path.clear();
                    break;
                }
                path.push(base.text.clone());
            }
            let closes = path.last().and_then(|last| extends.get(last)).is_some_and(|base| base.text == name);
            if !closes || told.contains(&name) {
                continue;
            }
            let Some(base) = extends.get(&name) else { continue };
            let text = match path.as_slice() {
                [_] => format!("case `{name}` extends itself"),
                all => format!("cases extend each other: {}", all.join(", ")),
            };
            let d = Diagnostic::new(ids_names::DEFINITION_CYCLE, base.span, text, "leads back to this case");
            self.diagnostics.push(d.help("let one of them stand on the study itself, without `extends`"));
            told.extend(path);
        }
    }

    /// A case says once what time it has, in which order goals count, and what its goal is.
    fn case_body(&mut self, body: &[Statement]) {
        let (mut time, mut order, mut goal) = (None, None, None);
        for s in body {
            let (slot, what) = match &s.kind {
                StatementKind::Horizon { .. } | StatementKind::Snapshot => (&mut time, "horizon"),
                StatementKind::Optimize(_) => (&mut order, "optimize"),
                StatementKind::Objective { name: None, .. } => (&mut goal, "objective"),
                _ => continue,
            };
            match *slot {
                Some(first) => self.duplicate(what, s.span, first),
                None => *slot = Some(s.span),
            }
        }
    }
}
