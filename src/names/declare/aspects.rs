//! Aspects that a study chooses, with what they need, exclude and fill.

use super::{Choice, Declarer, Extra, declared_names};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::cases::{self, Part};
use crate::names::load::Modules;
use crate::names::table::*;
use crate::names::{aspects_that_fill, library};
use crate::syntax::ast::{self, Ident, Statement, StatementKind};
use smol_str::{SmolStr, format_smolstr};

impl Declarer {
    pub(super) fn aspects(&mut self, modules: &Modules, choice: &Choice) {
        let mut uses: Vec<ast::AspectUse> = Vec::new();
        for module in &modules.modules {
            for s in &module.ast.statements {
                if let StatementKind::With(list) = &s.kind {
                    uses.extend(list.iter().cloned());
                }
            }
        }
        for part in cases::parts(modules, choice.case.as_deref()) {
            let Part::Body(body) = part else { continue };
            for s in body {
                if let StatementKind::With(list) = &s.kind {
                    list.iter().for_each(|u| self.choose(&mut uses, u.clone()));
                }
            }
        }
        if let Some(name) = &choice.aspect {
            self.choose_with_needs(&mut uses, name);
        }
        let mut chosen: Vec<(ast::AspectDecl, ast::AspectUse)> = Vec::new();
        for mut u in uses {
            if !self.names.aspects.contains_key(&u.name.text) {
                let mut meant = None;
                if !self.names.is_poisoned(&u.name.text) {
                    let mut d = Diagnostic::new(
                        ids_names::UNKNOWN_NAME,
                        u.name.span,
                        format!("there is no aspect `{}`", u.name.text),
                        "unknown aspect",
                    );
                    let library = library::modules();
                    let stems = library.iter().filter_map(|m| m.rsplit('.').next());
                    let known: Vec<&str> = self.names.aspects.keys().map(SmolStr::as_str).chain(stems).collect();
                    if let Some(s) = did_you_mean(&u.name.text, known.iter().copied()) {
                        d = d
                            .help(format!("did you mean `{s}`?"))
                            .fix(format!("Replace by `{s}`"), vec![(u.name.span, s.to_string())]);
                        meant = Some(SmolStr::from(s));
                    } else {
                        d = d.help("aspects of the library: conic, lindistflow, linear_ac, radial, islands");
                    }
                    self.diagnostics.push(d);
                }
                // What else it would have brought is no further mistake.
                match meant.filter(|m| self.names.aspects.contains_key(m)) {
                    Some(meant) => u.name.text = meant,
                    None => {
                        self.unknown_aspect = true;
                        continue;
                    }
                }
            }
            let Some((decl, _)) = self.names.aspects.get(&u.name.text) else { continue };
            if let Some((_, first)) = chosen.iter().find(|(d, _)| d.name.text == u.name.text) {
                let first = first.name.span;
                self.duplicate(&u.name.text, u.name.span, first);
                continue;
            }
            chosen.push((decl.clone(), u));
        }
        let mut excluded: Vec<SmolStr> = Vec::new();
        for (decl, u) in &chosen {
            for need in &decl.needs {
                if !self.unknown_aspect && !chosen.iter().any(|(d, _)| d.name.text == need.text) {
                    // What it would have brought is no further mistake.
                    self.names.poisoned.push(need.text.clone());
                    self.diagnostics.push(
                        Diagnostic::new(
                            ids_names::SLOT_UNFILLED,
                            u.name.span,
                            format!("`{}` needs `{}`", decl.name.text, need.text),
                            "incomplete",
                        )
                        .label(need.span, "needed here")
                        .help(format!("write `with {}, {}`", decl.name.text, need.text)),
                    );
                }
            }
            for exclude in &decl.excludes {
                let Some((other, ou)) = chosen.iter().find(|(d, _)| d.name.text == exclude.text) else { continue };
                self.diagnostics.push(
                    Diagnostic::new(
                        ids_names::ASPECT_CONFLICT,
                        u.name.span,
                        format!("`{}` does not go with `{}`", decl.name.text, other.name.text),
                        "excludes the other",
                    )
                    .label(ou.name.span, "excluded")
                    .label(exclude.span, "stated here")
                    .help("choose one of them"),
                );
                excluded.push(other.name.text.clone());
            }
            if let Some(slot) = &decl.fills
                && let Some((other, ou)) = chosen.iter().find(|(d, _)| {
                    d.name.text != decl.name.text && d.fills.as_ref().is_some_and(|f| f.text == slot.text)
                })
                && ou.name.span < u.name.span
            {
                self.diagnostics.push(
                    Diagnostic::new(
                        ids_names::ASPECT_CONFLICT,
                        u.name.span,
                        format!("`{}` and `{}` both fill `{}`", other.name.text, decl.name.text, slot.text),
                        "second",
                    )
                    .label(ou.name.span, "first")
                    .help("choose one of them"),
                );
                excluded.push(decl.name.text.clone());
            }
        }
        // What two of them both declare is no further mistake.
        chosen.retain(|(decl, _)| !excluded.contains(&decl.name.text));
        for (decl, u) in &chosen {
            if let Some((_, is)) = self.names.aspects.get_mut(&decl.name.text) {
                *is = true;
            }
            for p in &decl.params {
                let name = format_smolstr!("{}.{}", decl.name.text, p.name.text);
                let extra =
                    Extra { indices: p.indices.clone(), aspect: Some(decl.name.text.clone()), ..Extra::default() };
                self.member(ROOT, name, p.name.span, p.name.span, MemberKind::Param(p.clone()), extra);
            }
            let mut given: Vec<(SmolStr, crate::source::Span)> = Vec::new();
            for (position, arg) in u.args.iter().enumerate() {
                let param = match &arg.name {
                    Some(n) => decl.params.iter().find(|p| p.name.text == n.text),
                    None => decl.params.get(position),
                };
                if let Some(p) = param {
                    let at = arg.name.as_ref().map_or(arg.value.span, |n| n.span);
                    match given.iter().find(|g| g.0 == p.name.text).map(|g| g.1) {
                        Some(first) => self.duplicate(&p.name.text, at, first),
                        None => given.push((p.name.text.clone(), at)),
                    }
                }
                match param {
                    Some(p) => {
                        let span = arg.name.as_ref().map_or(arg.value.span, |n| n.span);
                        let kind = ast::ExprKind::Name(format_smolstr!("{}.{}", decl.name.text, p.name.text));
                        self.names.settings.push(SettingDecl {
                            path: ast::Expr { span, kind },
                            value: arg.value.clone(),
                            level: Some(Level::Instance),
                            mode: None,
                        });
                    }
                    None => {
                        let span = arg.name.as_ref().map_or(arg.value.span, |n| n.span);
                        let shown = arg.name.as_ref().map_or("this", |n| n.text.as_str());
                        let known: Vec<&str> = decl.params.iter().map(|p| p.name.text.as_str()).collect();
                        let d = Diagnostic::new(
                            ids_names::UNKNOWN_PARAMETER,
                            span,
                            format!("aspect `{}` has no parameter `{shown}`", decl.name.text),
                            "unknown parameter",
                        );
                        self.diagnostics.push(match did_you_mean(shown, known.iter().copied()) {
                            Some(s) => d.help(format!("did you mean `{s}`?")),
                            None if known.is_empty() => d.help("it takes none"),
                            None => d.help(format!("it has: {}", known.join(", "))),
                        });
                    }
                }
            }
        }
        // Definitions first, so that an aspect may redefine what another one declares.
        let mut later: Vec<(ast::AspectDecl, bool)> = Vec::new();
        for (decl, _) in &chosen {
            later.push((decl.clone(), false));
        }
        for pass in [false, true] {
            for (decl, _) in &later {
                for s in &decl.body {
                    self.aspect_statement(decl, s, pass);
                }
            }
        }
        let dormant: Vec<ast::AspectDecl> = self.names.aspects.values().filter(|a| !a.1).map(|a| a.0.clone()).collect();
        for decl in dormant {
            for s in &decl.body {
                if let StatementKind::Extend { class, body, .. } = &s.kind {
                    for inner in body {
                        for name in declared_names(inner) {
                            self.names.dormant.push((class.text.clone(), name, decl.name.text.clone()));
                        }
                    }
                }
            }
        }
    }

    /// Chooses an aspect, in place of the one that fills the same slot.
    fn choose(&self, uses: &mut Vec<ast::AspectUse>, u: ast::AspectUse) {
        let fills =
            |name: &Ident| self.names.aspects.get(&name.text).and_then(|(a, _)| a.fills.clone()).map(|f| f.text);
        let own = fills(&u.name);
        uses.retain(|o| o.name.text != u.name.text && (own.is_none() || fills(&o.name) != own));
        uses.push(u);
    }

    /// Chooses an aspect and what it needs, in place of all that does not go with it.
    fn choose_with_needs(&self, uses: &mut Vec<ast::AspectUse>, name: &SmolStr) {
        let mut open = vec![name.clone()];
        let mut done: Vec<SmolStr> = Vec::new();
        while let Some(name) = open.pop() {
            let Some((aspect, _)) = self.names.aspects.get(&name).filter(|_| !done.contains(&name)) else { continue };
            uses.retain(|o| {
                let other = self.names.aspects.get(&o.name.text).map(|(a, _)| a);
                let excludes = |a: &ast::AspectDecl, b: &SmolStr| a.excludes.iter().any(|e| e.text == *b);
                !excludes(aspect, &o.name.text) && other.is_none_or(|o| !excludes(o, &name))
            });
            if !uses.iter().any(|u| u.name.text == name) {
                self.choose(uses, ast::AspectUse { name: aspect.name.clone(), args: Vec::new() });
            }
            open.extend(aspect.needs.iter().map(|n| n.text.clone()));
            done.push(name);
        }
    }

    /// A study that optimises a network says what fills the slots of the network's module.
    pub(super) fn slots(&mut self, modules: &Modules) {
        let Some(objective) = self.names.objectives.first().map(|o| o.span) else { return };
        for slot in modules.modules.iter().flat_map(|m| &m.ast.statements) {
            let StatementKind::Slot(slot) = &slot.kind else { continue };
            let filled = |(a, chosen): &(ast::AspectDecl, bool)| {
                *chosen && a.fills.as_ref().is_some_and(|f| f.text == slot.text)
            };
            let concerned = self.names.graphs.iter().any(|g| {
                g.name.span.file == slot.span.file
                    && self.names.instances.iter().any(|i| i.decl.class.text == g.edges.text)
            });
            if !concerned || self.unknown_aspect || self.names.aspects.values().any(filled) {
                continue;
            }
            let text = format!("nothing says which `{}` this study uses", slot.text);
            let d = Diagnostic::new(ids_names::SLOT_UNFILLED, objective, text, format!("depends on the {}", slot.text))
                .label(slot.span, "left open here");
            let known = aspects_that_fill(&slot.text);
            let help = match known.as_slice() {
                [] => format!("choose an aspect that fills `{}`", slot.text),
                list => format!("write `{}`", list.join("` or `")),
            };
            self.diagnostics.push(d.help(help));
        }
    }

    pub(super) fn aspect_statement(&mut self, decl: &ast::AspectDecl, s: &Statement, redefinitions: bool) {
        let is_redefinition = |s: &Statement| matches!(&s.kind, StatementKind::Let(l) if l.redefine || l.provide);
        match &s.kind {
            StatementKind::Extend { class, when, body } => {
                let id = if redefinitions { self.names.class_id(&class.text) } else { self.known_class(class) };
                let Some(id) = id else { return };
                let guards: Vec<ast::Expr> = when.iter().cloned().collect();
                for inner in body {
                    if is_redefinition(inner) == redefinitions {
                        self.inside(id, inner, Some(&decl.name.text), &guards);
                    }
                }
            }
            _ if is_redefinition(s) == redefinitions => self.inside(ROOT, s, Some(&decl.name.text), &[]),
            _ => {}
        }
    }
}
