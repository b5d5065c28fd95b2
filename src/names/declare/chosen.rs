//! What stands in cases and modes, and the case and the study that are chosen.

use super::{Choice, Declarer};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::cases::{self, Part};
use crate::names::load::Modules;
use crate::names::table::*;
use crate::syntax::ast::{self, Ident, Statement, StatementKind};
use smol_str::SmolStr;

impl Declarer {
    /// Statements that also stand in cases and modes.
    pub(super) fn adjust(&mut self, s: &Statement, level: Option<Level>, mode: Option<&SmolStr>) {
        match &s.kind {
            StatementKind::Objective { name, maximize, terms } => {
                if level.is_some() {
                    self.names
                        .objectives
                        .retain(|o| o.name.as_ref().map(|n| &n.text) != name.as_ref().map(|n| &n.text));
                }
                self.names.objectives.push(ObjectiveStatement {
                    name: name.clone(),
                    maximize: *maximize,
                    terms: terms.clone(),
                    span: s.span,
                });
            }
            StatementKind::Optimize(order) => {
                if let (None, Some(first), Some(second)) = (level, self.names.order.first(), order.first()) {
                    let first = first.span;
                    self.duplicate("optimize", second.span, first);
                }
                self.names.order = order.clone();
            }
            StatementKind::Horizon { length, step } => {
                self.time(TimeStatement::Horizon(length.clone(), step.clone(), s.span), level);
            }
            StatementKind::Snapshot => self.time(TimeStatement::Snapshot(s.span), level),
            StatementKind::Setting { path, value } => self.names.settings.push(SettingDecl {
                path: path.clone(),
                value: value.clone(),
                level,
                mode: mode.cloned(),
            }),
            StatementKind::Restage { path, constant_over_periods, ahead } => {
                self.names.restage.push(Restage {
                    path: path.clone(),
                    constant: *constant_over_periods,
                    ahead: *ahead,
                    in_case: level.is_some(),
                });
            }
            StatementKind::Without(paths) => self.names.without.extend(paths.iter().cloned()),
            StatementKind::In { mode, body } => {
                if !self.names.modes.iter().any(|m| m.text == mode.text) {
                    let known = self.names.modes.iter().map(|m| m.text.as_str());
                    let mut d = Diagnostic::new(
                        ids_names::UNKNOWN_NAME,
                        mode.span,
                        format!("there is no mode `{}`", mode.text),
                        "unknown mode",
                    );
                    d = match did_you_mean(&mode.text, known) {
                        Some(s) => d.help(format!("did you mean `{s}`?")),
                        None => d.help("declare it: `modes connected, islanded`"),
                    };
                    self.diagnostics.push(d);
                }
                for inner in body {
                    self.adjust(inner, Some(level.unwrap_or(Level::Case)), Some(&mode.text));
                }
            }
            StatementKind::Fault(target) => {
                let span = target.span;
                let path = ast::Expr {
                    span,
                    kind: ast::ExprKind::Field(Box::new(target.clone()), Ident { text: "available".into(), span }),
                };
                let value = ast::Expr { span, kind: ast::ExprKind::YesNo(false) };
                let level = Some(level.unwrap_or(Level::Case));
                self.names.settings.push(SettingDecl { path, value, level, mode: mode.cloned() });
            }
            StatementKind::With(_) | StatementKind::Unreadable { .. } => {}
            StatementKind::Rule(_) => self.inside(ROOT, s, None, &[]),
            _ => self.misplaced(s, "a case holds settings, `without`, `with`, objectives and rules"),
        }
    }

    pub(super) fn time(&mut self, time: TimeStatement, level: Option<Level>) {
        let span = match &time {
            TimeStatement::Snapshot(s) | TimeStatement::Horizon(_, _, s) => *s,
        };
        if let (None, Some(TimeStatement::Snapshot(first) | TimeStatement::Horizon(_, _, first))) =
            (level, &self.names.time)
        {
            let first = *first;
            self.duplicate("horizon", span, first);
            return;
        }
        self.names.time = Some(time);
    }

    pub(super) fn cases(&mut self, modules: &Modules, choice: &Choice) {
        // Every `extends` must lead somewhere, chosen or not.
        for module in &modules.modules {
            for s in &module.ast.statements {
                if let StatementKind::Case { extends: Some(base), .. }
                | StatementKind::Sweep { extends: Some(base), .. } = &s.kind
                    && !self.names.cases.contains_key(&base.text)
                {
                    let known: Vec<&str> = self.names.cases.keys().map(SmolStr::as_str).collect();
                    let d = Diagnostic::new(
                        ids_names::UNKNOWN_CASE,
                        base.span,
                        format!("there is no case `{}`", base.text),
                        "unknown case",
                    );
                    self.diagnostics.push(match did_you_mean(&base.text, known.iter().copied()) {
                        Some(s) => d.help(format!("did you mean `{s}`?")),
                        None => d.help(format!("the file has: {}", known.join(", "))),
                    });
                }
            }
        }
        if let Some(name) = &choice.case
            && !self.names.cases.contains_key(name.as_str())
        {
            let known: Vec<&str> = self.names.cases.keys().map(SmolStr::as_str).collect();
            let d = Diagnostic::unlocated(ids_names::UNKNOWN_CASE, format!("there is no case `{name}`"));
            self.diagnostics.push(match did_you_mean(name, known.iter().copied()) {
                Some(s) => d.help(format!("did you mean `{s}`?")),
                None if known.is_empty() => d.help("the file has no cases"),
                None => d.help(format!("the file has: {}", known.join(", "))),
            });
        }
        for part in cases::parts(modules, choice.case.as_deref()) {
            match part {
                Part::Body(body) => body.iter().for_each(|s| self.adjust(s, Some(Level::Case), None)),
                Part::Value(path, value) => self.names.settings.push(SettingDecl {
                    path: path.clone(),
                    value: value.clone(),
                    level: Some(Level::Case),
                    mode: None,
                }),
            }
        }
    }

    /// Keeps the study that is chosen, where one is.
    pub(super) fn study(&mut self, choice: &Choice) {
        let Some(name) = choice.study.as_deref() else { return };
        if self.names.studies.iter().any(|s| s.name.text == name) {
            self.names.studies.retain(|s| s.name.text == name);
            return;
        }
        let known: Vec<&str> = self.names.studies.iter().map(|s| s.name.text.as_str()).collect();
        let d = Diagnostic::unlocated(ids_names::UNKNOWN_CASE, format!("there is no study `{name}`"));
        self.diagnostics.push(match did_you_mean(name, known.iter().copied()) {
            Some(s) => d.help(format!("did you mean `{s}`?")),
            None if known.is_empty() => d.help("the file declares no studies"),
            None => d.help(format!("the file has: {}", known.join(", "))),
        });
    }
}
