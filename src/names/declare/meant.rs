//! Names by which one declaration means another: aspects and slots, what an aspect that is not chosen
//! extends, the order of goals, totals beside others. Each must be there, whether the study needs it or not.

use super::Declarer;
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::aspects::{LibraryNames, library_declares};
use crate::names::library;
use crate::names::load::Modules;
use crate::names::table::*;
use crate::source::{FileId, Span};
use crate::syntax::ast::{AspectDecl, Ident, Statement, StatementKind};
use smol_str::SmolStr;

/// Names of one kind that the library declares.
type OfLibrary = fn(&LibraryNames) -> &[SmolStr];

impl Declarer {
    /// Names that lead nowhere, and goals that no order has.
    pub(super) fn meant(&mut self, modules: &Modules) {
        let statements = || modules.modules.iter().flat_map(|m| &m.ast.statements);
        let slot = |s: &Statement| if let StatementKind::Slot(name) = &s.kind { Some(name.text.clone()) } else { None };
        // The library's own aspects are tested; and it is read as a whole only where a name is not at hand.
        let shipped: Vec<FileId> = modules.modules.iter().filter(|m| library::has(&m.folder)).map(|m| m.file).collect();
        let own = |(aspect, _): &&(AspectDecl, bool)| !shipped.contains(&aspect.name.span.file);
        let declared: Vec<(AspectDecl, bool)> = self.names.aspects.values().filter(own).cloned().collect();
        let aspects: Vec<SmolStr> = self.names.aspects.keys().cloned().collect();
        let slots: Vec<SmolStr> = statements().filter_map(slot).collect();
        for (aspect, chosen) in &declared {
            if let Some(fills) = &aspect.fills {
                self.is_there(fills, "slot", (&slots, |l| &l.slots), "declare it: `slot NAME`");
            }
            for other in aspect.needs.iter().chain(&aspect.excludes) {
                let help = "name an aspect that a file of the study or the library has";
                self.is_there(other, "aspect", (&aspects, |l| &l.aspects), help);
            }
            for s in aspect.body.iter().filter(|_| !chosen) {
                if let StatementKind::Extend { class, .. } = &s.kind
                    && self.names.class_id(&class.text).is_none()
                    && !library_declares().classes.contains(&class.text)
                {
                    self.known_class(class);
                }
            }
        }
        self.beside();
        let orders: Vec<(&[Ident], Span)> = statements().flat_map(orders).collect();
        if let Some((_, order)) = orders.first() {
            let ordered = |n: &Ident| orders.iter().flat_map(|(names, _)| *names).any(|other| other.text == n.text);
            let left = self.names.objectives.iter().filter(|o| !o.name.as_ref().is_some_and(ordered));
            let found: Vec<Diagnostic> = left.map(|o| left_out(o, *order)).collect();
            self.diagnostics.extend(found);
        }
    }

    /// Is a name among those of the study, or else of the library?
    fn is_there(&mut self, name: &Ident, what: &str, (own, shipped): (&[SmolStr], OfLibrary), help: &str) {
        if own.contains(&name.text) || self.names.is_poisoned(&name.text) {
            return;
        }
        let shipped = shipped(library_declares());
        if shipped.contains(&name.text) {
            return;
        }
        let known = own.iter().chain(shipped);
        let text = format!("there is no {what} `{}`", name.text);
        let d = Diagnostic::new(ids_names::UNKNOWN_NAME, name.span, text, format!("unknown {what}"));
        self.diagnostics.push(match did_you_mean(&name.text, known.map(SmolStr::as_str)) {
            Some(s) => d
                .help(format!("did you mean `{s}`?"))
                .fix(format!("Replace by `{s}`"), vec![(name.span, s.to_string())]),
            None => d.help(help),
        });
    }

    /// `@beside(other)` names a total.
    fn beside(&mut self) {
        let is_total = |m: &Member| m.class == ROOT && matches!(m.kind, MemberKind::Total(_));
        let known: Vec<SmolStr> = self.names.members.iter().filter(|m| is_total(m)).map(|m| m.name.clone()).collect();
        let asked: Vec<Ident> = self
            .names
            .members
            .iter()
            .filter_map(|m| m.annotation("beside"))
            .flat_map(|a| a.args.iter().map(|text| Ident { text: text.clone(), span: a.span }))
            .collect();
        for name in asked {
            self.is_there(&name, "total", (&known, |_| &[]), "name a total that the study declares");
        }
    }
}

/// The orders of goals that a statement states, those of a case included.
fn orders(s: &Statement) -> Vec<(&[Ident], Span)> {
    match &s.kind {
        StatementKind::Optimize(order) => vec![(order.as_slice(), s.span)],
        StatementKind::Case { body, .. } => body.iter().flat_map(orders).collect(),
        _ => Vec::new(),
    }
}

/// A goal that would never be sought.
fn left_out(objective: &ObjectiveStatement, order: Span) -> Diagnostic {
    let (text, help) = match &objective.name {
        Some(name) => (
            format!("the objective `{}` stands in no `optimize`, and would never be sought", name.text),
            format!("write `optimize ..., then {}`, or delete the objective", name.text),
        ),
        None => (
            "an objective without a name stands in no `optimize`, and would never be sought".to_string(),
            "name it: `objective NAME : ...`, and give it its place in the order, or delete it".to_string(),
        ),
    };
    Diagnostic::new(ids_names::DUPLICATE_NAME, objective.span, text, "not in the order")
        .label(order, "the order of goals")
        .help(help)
}
