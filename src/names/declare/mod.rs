//! From syntax trees to the declaration table of one study: case chosen, aspects applied.

mod aspects;
mod chosen;
mod meant;
mod members;
mod once;

use super::load::Modules;
use super::table::*;
use super::{cases, limits};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::source::Span;
use crate::syntax::ast::{self, Ident, Statement, StatementKind};
use smol_str::SmolStr;

/// What is chosen from outside.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The case.
    pub case: Option<String>,
    /// The study, of those that the file declares.
    pub study: Option<String>,
    /// `path = value` texts, already parsed to settings.
    pub set: Vec<(ast::Expr, ast::Expr)>,
    /// An aspect that is taken as chosen, in place of those that do not go with it.
    pub aspect: Option<SmolStr>,
}

/// The table and what is wrong with the declarations.
pub fn declare(modules: &Modules, choice: &Choice) -> (Names, Vec<Diagnostic>) {
    let mut d = Declarer { names: Names::default(), diagnostics: Vec::new(), likes: Vec::new(), unknown_aspect: false };
    d.names.aliases = modules.aliases.clone();
    d.names.root = modules.modules.last().map(|m| m.file);
    d.root_class();
    for module in &modules.modules {
        for statement in &module.ast.statements {
            d.top(statement, &module.folder);
        }
    }
    d.likes();
    d.graph_members();
    d.aspects(modules, choice);
    d.cases(modules, choice);
    d.once(modules);
    d.meant(modules);
    d.study(choice);
    d.slots(modules);
    for (path, value) in &choice.set {
        d.names.settings.push(SettingDecl {
            path: path.clone(),
            value: value.clone(),
            level: Some(Level::CommandLine),
            mode: None,
        });
    }
    (d.names, d.diagnostics)
}

struct Declarer {
    names: Names,
    diagnostics: Vec<Diagnostic>,
    /// `like`: class and the class it takes members from.
    likes: Vec<(ClassId, Ident)>,
    /// An aspect was chosen that there is not: it may have filled any slot.
    unknown_aspect: bool,
}

impl Declarer {
    pub(super) fn root_class(&mut self) {
        let span = Span::new(crate::source::FileId(0), 0, 0);
        self.names.classes.insert(
            "model".into(),
            Class {
                name: "model".into(),
                span,
                doc: None,
                kind: ClassKind::Root,
                terminals: ast::Terminals::None,
                annotations: Vec::new(),
                members: Default::default(),
                all: Vec::new(),
                value: None,
            },
        );
    }

    pub(super) fn duplicate(&mut self, name: &str, span: Span, first: Span) {
        self.diagnostics.push(
            Diagnostic::new(
                ids_names::DUPLICATE_NAME,
                span,
                format!("`{name}` is declared twice"),
                "second declaration",
            )
            .label(first, "first declaration")
            .help("rename one of them"),
        );
    }

    pub(super) fn class(
        &mut self,
        name: &Ident,
        kind: ClassKind,
        terminals: ast::Terminals,
        s: &Statement,
        value: Option<ast::Expr>,
    ) -> Option<ClassId> {
        if let Some(old) = self.names.classes.get(&name.text) {
            let first = old.span;
            self.duplicate(&name.text, name.span, first);
            return None;
        }
        let class = Class {
            name: name.text.clone(),
            span: name.span,
            doc: s.doc.clone(),
            kind,
            terminals: terminals.clone(),
            annotations: s.annotations.clone(),
            members: Default::default(),
            all: Vec::new(),
            value,
        };
        let (id, _) = self.names.classes.insert_full(name.text.clone(), class);
        let terminal = |ident: &Ident, class: &Ident, set: bool| (ident.clone(), class.text.clone(), set);
        let list = match &terminals {
            ast::Terminals::None => vec![],
            ast::Terminals::At(n, c) => vec![terminal(n, c, false)],
            ast::Terminals::Between { from, to } => {
                vec![terminal(&from.0, &from.1, false), terminal(&to.0, &to.1, false)]
            }
            ast::Terminals::Over(n, c) => vec![terminal(n, c, true)],
        };
        for (n, class, set) in list {
            self.member(id, n.text.clone(), n.span, n.span, MemberKind::Terminal { class, set }, Extra::default());
        }
        Some(id)
    }

    pub(super) fn member(
        &mut self,
        class: ClassId,
        name: SmolStr,
        span: Span,
        statement: Span,
        kind: MemberKind,
        extra: Extra,
    ) -> MemberId {
        let named = !extra.unnamed;
        let id = self.names.members.len();
        if named {
            let clash = self.names.classes[class].members.get(&name).copied();
            if let Some(old) = clash {
                let first = self.names.members[old].span;
                self.duplicate(&name, span, first);
                return old;
            }
            if class == ROOT
                && let Some(other) = self.names.classes.get(&name)
            {
                let first = other.span;
                self.duplicate(&name, span, first);
            }
        }
        self.names.members.push(Member {
            class,
            name: name.clone(),
            span,
            statement,
            doc: extra.doc,
            annotations: extra.annotations,
            indices: extra.indices,
            when: extra.when,
            kind,
            aspect: extra.aspect,
        });
        let class = &mut self.names.classes[class];
        class.all.push(id);
        if named {
            class.members.insert(name, id);
        }
        id
    }

    pub(super) fn top(&mut self, s: &Statement, folder: &str) {
        match &s.kind {
            StatementKind::Use(_) | StatementKind::With(_) | StatementKind::Slot(_) => {}
            StatementKind::Dimension(list) => {
                for (name, def) in list {
                    self.names.units.push(UnitStatement::Dimension(name.clone(), def.clone()));
                }
            }
            StatementKind::Kind { names, of } => {
                for name in names {
                    self.names.units.push(UnitStatement::Kind(name.clone(), of.clone()));
                }
            }
            StatementKind::Unit { units, of } => {
                let floor = s.annotations.iter().find(|a| a.name.text == "floor").cloned();
                let notes = UnitNotes { money: has_role(&s.annotations, "money"), floor };
                for (name, def) in units {
                    self.names.units.push(UnitStatement::Unit(name.clone(), def.clone(), of.clone(), notes.clone()));
                }
            }
            StatementKind::Graph { name, nodes, edges } => {
                self.names.graphs.push(Graph { name: name.clone(), nodes: nodes.clone(), edges: edges.clone() });
            }
            StatementKind::Device(device) => {
                if let Some(id) = self.class(&device.name, ClassKind::Device, device.terminals.clone(), s, None) {
                    if let Some(like) = &device.like {
                        self.likes.push((id, like.clone()));
                    }
                    for inner in &device.body {
                        self.inside(id, inner, None, &[]);
                    }
                }
            }
            StatementKind::Aspect(aspect) => {
                if let Some((old, _)) = self.names.aspects.get(&aspect.name.text) {
                    let first = old.name.span;
                    self.duplicate(&aspect.name.text, aspect.name.span, first);
                } else {
                    self.names.aspects.insert(aspect.name.text.clone(), (aspect.clone(), false));
                }
            }
            StatementKind::Set { name, within: None, value } => {
                self.class(name, ClassKind::Set, ast::Terminals::None, s, Some(value.as_ref().clone()));
            }
            StatementKind::Table(table) => {
                if let Some(old) = self.names.tables.get(&table.name.text) {
                    let first = old.decl.name.span;
                    self.duplicate(&table.name.text, table.name.span, first);
                } else {
                    let statement = TableStatement { decl: table.clone(), span: s.span, folder: folder.to_string() };
                    self.names.tables.insert(table.name.text.clone(), statement);
                }
            }
            StatementKind::Instance(decl) => {
                if let Some((name, _)) = &decl.name {
                    self.names.groups.entry(name.clone()).or_insert_with(|| decl.class.text.clone());
                }
                self.names.instances.push(InstanceStatement { decl: decl.clone(), span: s.span, doc: s.doc.clone() });
            }
            StatementKind::Case { name, .. } => self.case(name.text.clone(), name.span),
            StatementKind::Sweep { path, values, .. } => {
                if self.names.cases.len() + values.len() > limits::CASES {
                    let have = (self.names.cases.len() + values.len()) as f64;
                    let d = limits::too_large(s.span, "with this sweep the file", Some(have), "cases", limits::CASES);
                    self.diagnostics.push(d.help("sweep fewer values, or several sweeps in files of their own"));
                    return;
                }
                for value in values {
                    self.case(cases::case_name(path, value), value.span);
                    self.names.swept.push((path.clone(), value.clone()));
                }
            }
            StatementKind::Study { name, method, variant, args, body } => {
                let mut stages = Vec::new();
                for inner in body {
                    match &inner.kind {
                        StatementKind::StageList { ahead, paths } => {
                            stages.extend(paths.iter().map(|p| (*ahead, p.clone())))
                        }
                        StatementKind::Unreadable { .. } => {}
                        _ => self.misplaced(inner, "a study holds `ahead` and `recourse` lists"),
                    }
                }
                self.names.studies.push(StudyStatement {
                    name: name.clone(),
                    method: method.clone(),
                    variant: variant.clone(),
                    args: args.clone(),
                    stages,
                    span: s.span,
                });
            }
            StatementKind::Modes(list) => self.names.modes.extend(list.iter().cloned()),
            StatementKind::Uncertain { factors, low, high } => {
                for (name, indices) in factors {
                    self.names.factors.push(FactorStatement {
                        name: name.clone(),
                        indices: indices.clone(),
                        low: low.as_ref().clone(),
                        high: high.as_ref().clone(),
                        span: s.span,
                    });
                }
            }
            StatementKind::Budget { name, indices, condition } => self.names.budgets.push(BudgetStatement {
                name: name.clone(),
                indices: indices.clone(),
                condition: condition.clone(),
                span: s.span,
            }),
            StatementKind::Scenarios { name, value } => {
                self.names.scenarios.push(ScenarioStatement { name: name.clone(), value: value.clone(), span: s.span });
            }
            StatementKind::Objective { .. }
            | StatementKind::Optimize(_)
            | StatementKind::Horizon { .. }
            | StatementKind::Snapshot
            | StatementKind::Setting { .. }
            | StatementKind::Restage { .. }
            | StatementKind::Without(_)
            | StatementKind::In { .. }
            | StatementKind::Fault(_) => self.adjust(s, None, None),
            StatementKind::StageList { .. } => self.misplaced(s, "write it in a `study` block"),
            StatementKind::Extend { .. } => self.misplaced(s, "write it in an `aspect` block"),
            StatementKind::Unreadable { declares } => self.names.poisoned.extend(declares.iter().cloned()),
            _ => self.inside(ROOT, s, None, &[]),
        }
    }

    pub(super) fn case(&mut self, name: SmolStr, span: Span) {
        if let Some(first) = self.names.cases.get(&name).copied() {
            self.duplicate(&name, span, first);
        } else {
            self.names.cases.insert(name, span);
        }
    }

    pub(super) fn misplaced(&mut self, s: &Statement, help: &str) {
        self.diagnostics.push(
            Diagnostic::new(ids_names::MISPLACED_STATEMENT, s.span, "this statement does not belong here", "misplaced")
                .help(help),
        );
    }

    pub(super) fn known_class(&mut self, name: &Ident) -> Option<ClassId> {
        let found = self.names.class_id(&name.text).filter(|c| *c != ROOT);
        if found.is_none() && !self.names.is_poisoned(&name.text) {
            let mut d = Diagnostic::new(
                ids_names::UNKNOWN_CLASS,
                name.span,
                format!("there is no device `{}`", name.text),
                "unknown device",
            );
            if let Some(s) = did_you_mean(&name.text, self.names.classes.keys().map(SmolStr::as_str)) {
                d = d.help(format!("did you mean `{s}`?"));
            }
            self.diagnostics.push(d);
        }
        found
    }
}

#[derive(Default)]
struct Extra {
    doc: Option<SmolStr>,
    annotations: Vec<ast::Annotation>,
    indices: Vec<ast::Index>,
    when: Vec<ast::Expr>,
    aspect: Option<SmolStr>,
    unnamed: bool,
}

pub(super) fn declared_names(s: &Statement) -> Vec<SmolStr> {
    match &s.kind {
        StatementKind::Param(list) => list.iter().map(|p| p.name.text.clone()).collect(),
        StatementKind::Var(v) => v.names.iter().map(|n| n.0.text.clone()).collect(),
        StatementKind::Let(l) => vec![l.name.text.clone()],
        _ => Vec::new(),
    }
}
