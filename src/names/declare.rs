//! From syntax trees to the declaration table of one study: case chosen, aspects applied.

use super::cases::{self, Part};
use super::load::Modules;
use super::table::*;
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::source::Span;
use crate::syntax::ast::{self, Ident, Statement, StatementKind};
use smol_str::{SmolStr, format_smolstr};

/// What is chosen from outside.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The case.
    pub case: Option<String>,
    /// The study, of those that the file declares.
    pub study: Option<String>,
    /// `path = value` texts, already parsed to settings.
    pub set: Vec<(ast::Expr, ast::Expr)>,
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
    fn root_class(&mut self) {
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

    fn duplicate(&mut self, name: &str, span: Span, first: Span) {
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

    fn class(
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

    fn member(
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

    fn top(&mut self, s: &Statement, folder: &str) {
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
                for (name, def) in units {
                    self.names.units.push(UnitStatement::Unit(name.clone(), def.clone(), of.clone()));
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

    fn case(&mut self, name: SmolStr, span: Span) {
        if let Some(first) = self.names.cases.get(&name).copied() {
            self.duplicate(&name, span, first);
        } else {
            self.names.cases.insert(name, span);
        }
    }

    fn misplaced(&mut self, s: &Statement, help: &str) {
        self.diagnostics.push(
            Diagnostic::new(ids_names::MISPLACED_STATEMENT, s.span, "this statement does not belong here", "misplaced")
                .help(help),
        );
    }

    /// Statements that also stand in cases and modes.
    fn adjust(&mut self, s: &Statement, level: Option<Level>, mode: Option<&SmolStr>) {
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
            StatementKind::Optimize(order) => self.names.order = order.clone(),
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
                self.names.restage.push((path.clone(), *constant_over_periods, *ahead));
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

    fn time(&mut self, time: TimeStatement, level: Option<Level>) {
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

    /// A member statement of a class.
    fn inside(&mut self, class: ClassId, s: &Statement, aspect: Option<&SmolStr>, guards: &[ast::Expr]) {
        let extra = |indices: &[ast::Index], when: &Option<ast::Expr>, unnamed: bool| Extra {
            doc: s.doc.clone(),
            annotations: s.annotations.clone(),
            indices: indices.to_vec(),
            when: guards.iter().chain(when.iter()).cloned().collect(),
            aspect: aspect.cloned(),
            unnamed,
        };
        match &s.kind {
            StatementKind::Param(list) => {
                for p in list {
                    let kind = MemberKind::Param(p.clone());
                    self.member(class, p.name.text.clone(), p.name.span, s.span, kind, extra(&p.indices, &None, false));
                }
            }
            StatementKind::Var(v) => {
                for (name, indices) in &v.names {
                    let kind = MemberKind::Var(v.as_ref().clone());
                    self.member(class, name.text.clone(), name.span, s.span, kind, extra(indices, &v.when, false));
                }
            }
            StatementKind::Let(l) => self.let_member(class, l, s, extra(&l.indices, &l.when, false)),
            StatementKind::Rule(r) => {
                let (name, span, unnamed) = match &r.name {
                    Some(n) => (n.text.clone(), n.span, false),
                    None => (format_smolstr!("require_{}", self.names.classes[class].all.len()), s.span, true),
                };
                self.member(
                    class,
                    name,
                    span,
                    s.span,
                    MemberKind::Rule(r.as_ref().clone()),
                    extra(&r.indices, &r.when, unnamed),
                );
            }
            StatementKind::Check(c) => {
                let name = format_smolstr!("check_{}", self.names.classes[class].all.len());
                self.member(
                    class,
                    name,
                    s.span,
                    s.span,
                    MemberKind::Check(c.as_ref().clone()),
                    extra(&[], &c.when, true),
                );
            }
            StatementKind::Cost { name, value, when } => {
                let kind = MemberKind::Cost { value: value.as_ref().clone() };
                self.member(class, name.text.clone(), name.span, s.span, kind, extra(&[], when, false));
            }
            StatementKind::Contribute(c) => {
                let name = format_smolstr!(
                    "{}_{}",
                    if c.inject { "inject" } else { "add" },
                    self.names.classes[class].all.len()
                );
                let kind = MemberKind::Contribute(c.as_ref().clone());
                self.member(class, name, s.span, s.span, kind, extra(&c.indices, &c.when, true));
            }
            StatementKind::Total(t) => {
                let kind = MemberKind::Total(t.as_ref().clone());
                self.member(class, t.name.text.clone(), t.name.span, s.span, kind, extra(&t.indices, &None, false));
            }
            StatementKind::Set { name, within: Some(within), value } => {
                let kind = MemberKind::Subset { within: within.clone(), value: value.as_ref().clone() };
                self.member(class, name.text.clone(), name.span, s.span, kind, extra(&[], &None, false));
            }
            StatementKind::Unreadable { declares } => self.names.poisoned.extend(declares.iter().cloned()),
            _ => self.misplaced(s, "a device holds parameters, variables, rules, checks, costs and contributions"),
        }
    }

    fn let_member(&mut self, class: ClassId, l: &ast::LetDecl, s: &Statement, extra: Extra) {
        if !(l.redefine || l.provide) {
            self.member(class, l.name.text.clone(), l.name.span, s.span, MemberKind::Let(l.clone()), extra);
            return;
        }
        let Some(old) = self.names.member(class, &l.name.text) else {
            if l.provide {
                self.member(class, l.name.text.clone(), l.name.span, s.span, MemberKind::Let(l.clone()), extra);
            } else {
                let class_name = self.names.classes[class].name.clone();
                self.diagnostics.push(
                    Diagnostic::new(
                        ids_names::UNKNOWN_NAME,
                        l.name.span,
                        format!("`{class_name}` has no `{}` to redefine", l.name.text),
                        "nothing to redefine",
                    )
                    .help("only an `open let` of the class can be redefined"),
                );
            }
            return;
        };
        let is_open = matches!(&self.names.members[old].kind, MemberKind::Let(o) if o.open);
        let first = self.names.members[old].span;
        let by = self.names.members[old].aspect.clone();
        if !is_open {
            let mut d = Diagnostic::new(
                ids_names::ASPECT_CONFLICT,
                l.name.span,
                format!("`{}` cannot be redefined", l.name.text),
                "redefined here",
            )
            .label(first, "not open, or redefined already");
            if let Some(by) = by {
                d = d.help(format!("aspect `{by}` defines it too: choose one of the two"));
            }
            self.diagnostics.push(d);
            return;
        }
        let member = &mut self.names.members[old];
        let ty = match &member.kind {
            MemberKind::Let(o) => o.ty.clone(),
            _ => None,
        };
        let mut taken = l.clone();
        taken.ty = taken.ty.or(ty);
        member.kind = MemberKind::Let(taken);
        member.indices = extra.indices;
        member.aspect = extra.aspect;
        member.span = l.name.span;
        member.statement = s.span;
        member.annotations.extend(extra.annotations);
    }

    fn graph_members(&mut self) {
        for g in 0..self.names.graphs.len() {
            let graph = self.names.graphs[g].clone();
            let nodes = self.known_class(&graph.nodes);
            let edges = self.known_class(&graph.edges);
            let (Some(nodes), Some(edges)) = (nodes, edges) else { continue };
            let s = Statement {
                span: graph.name.span,
                doc: Some(format_smolstr!("The two directions of each {}.", graph.edges.text)),
                annotations: Vec::new(),
                kind: StatementKind::Snapshot,
            };
            let name = Ident { text: "arc".into(), span: graph.name.span };
            let Some(arc) = self.class(&name, ClassKind::Arc { graph: g }, ast::Terminals::None, &s, None) else {
                continue;
            };
            let span = graph.name.span;
            let terminal = |class: &Ident| MemberKind::Terminal { class: class.text.clone(), set: false };
            self.member(arc, "edge".into(), span, span, terminal(&graph.edges), Extra::default());
            self.member(arc, "tail".into(), span, span, terminal(&graph.nodes), Extra::default());
            self.member(arc, "head".into(), span, span, terminal(&graph.nodes), Extra::default());
            for (class, name, set) in [
                (nodes, "arcs_in", GraphSet::ArcsIn),
                (nodes, "arcs_out", GraphSet::ArcsOut),
                (edges, "arcs", GraphSet::Arcs),
            ] {
                self.member(class, name.into(), span, span, MemberKind::GraphSet(set), Extra::default());
            }
        }
    }

    fn known_class(&mut self, name: &Ident) -> Option<ClassId> {
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

    fn aspects(&mut self, modules: &Modules, choice: &Choice) {
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
                    for u in list {
                        let fills =
                            self.names.aspects.get(&u.name.text).and_then(|(a, _)| a.fills.clone()).map(|f| f.text);
                        uses.retain(|o| {
                            let other =
                                self.names.aspects.get(&o.name.text).and_then(|(a, _)| a.fills.clone()).map(|f| f.text);
                            o.name.text != u.name.text && (fills.is_none() || other != fills)
                        });
                        uses.push(u.clone());
                    }
                }
            }
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
                    let library = super::library::modules();
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
            for (position, arg) in u.args.iter().enumerate() {
                let param = match &arg.name {
                    Some(n) => decl.params.iter().find(|p| p.name.text == n.text),
                    None => decl.params.get(position),
                };
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

    /// A study that optimises a network says what fills the slots of the network's module.
    fn slots(&mut self, modules: &Modules) {
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
            let known = super::aspects_that_fill(&slot.text);
            let help = match known.as_slice() {
                [] => format!("choose an aspect that fills `{}`", slot.text),
                list => format!("write `{}`", list.join("` or `")),
            };
            self.diagnostics.push(d.help(help));
        }
    }

    fn aspect_statement(&mut self, decl: &ast::AspectDecl, s: &Statement, redefinitions: bool) {
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

    fn cases(&mut self, modules: &Modules, choice: &Choice) {
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
    fn study(&mut self, choice: &Choice) {
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

    /// `device wind at b: bus like pv {}`.
    fn likes(&mut self) {
        for (id, base) in std::mem::take(&mut self.likes) {
            let Some(from) = self.known_class(&base) else { continue };
            for member in self.names.classes[from].all.clone() {
                let m = self.names.members[member].clone();
                if self.names.classes[id].members.contains_key(&m.name) {
                    continue;
                }
                let unnamed = !self.names.classes[from].members.contains_key(&m.name);
                let extra = Extra {
                    doc: m.doc,
                    annotations: m.annotations,
                    indices: m.indices,
                    when: m.when,
                    aspect: m.aspect,
                    unnamed,
                };
                self.member(id, m.name, m.span, m.statement, m.kind, extra);
            }
        }
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
