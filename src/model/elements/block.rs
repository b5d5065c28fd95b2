//! Blocks of settings behind an element.

use super::super::{Block, BlockSetting};
use super::Maker;
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::{ClassId, MemberKind};
use crate::source::Span;
use crate::syntax::ast::{ExprKind, StatementKind};
use crate::units::check::Scope;
use crate::units::typed::{Node, NodeKind, Ty};
use indexmap::IndexMap;
use smol_str::SmolStr;

/// `id`, `at`, ... of a block.
#[derive(Default)]
pub(super) struct Special {
    pub(super) nodes: IndexMap<SmolStr, Node>,
}

impl Maker<'_, '_> {
    /// Types the block; `id`, `at`, `from`, `to`, `over` are returned apart.
    pub(super) fn block(
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

    pub(super) fn checker_unknown(&self, class: ClassId, name: &SmolStr, span: Span) -> Diagnostic {
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
}
