//! Members of classes: declared in their block, by a graph, or taken over by `like`.

use super::{Declarer, Extra};
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::table::*;
use crate::syntax::ast::{self, Ident, Statement, StatementKind};
use smol_str::{SmolStr, format_smolstr};

impl Declarer {
    /// A member statement of a class.
    pub(super) fn inside(&mut self, class: ClassId, s: &Statement, aspect: Option<&SmolStr>, guards: &[ast::Expr]) {
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

    pub(super) fn let_member(&mut self, class: ClassId, l: &ast::LetDecl, s: &Statement, extra: Extra) {
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

    pub(super) fn graph_members(&mut self) {
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

    /// `device wind at b: bus like pv {}`.
    pub(super) fn likes(&mut self) {
        for (id, base) in std::mem::take(&mut self.likes) {
            let Some(from) = self.known_class(&base) else { continue };
            let (own, other) = (&self.names.classes[id].terminals, &self.names.classes[from].terminals);
            if !stand_alike(own, other) {
                let text = format!("`{}` does not stand as `{}` does", self.names.classes[id].name, base.text);
                let d = Diagnostic::new(ids_names::WRONG_VALUE, base.span, text, "placed otherwise");
                let d = d.label(self.names.classes[from].span, "declared here");
                self.diagnostics.push(d.help(format!("write `{} like {}`", written(other), base.text)));
                continue;
            }
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

/// Have two classes the same terminals, under the same names? What one takes over from the other names them.
fn stand_alike(a: &ast::Terminals, b: &ast::Terminals) -> bool {
    let same = |a: &Ident, b: &Ident| a.text == b.text;
    match (a, b) {
        (ast::Terminals::None, ast::Terminals::None) => true,
        (ast::Terminals::At(n, c), ast::Terminals::At(m, d))
        | (ast::Terminals::Over(n, c), ast::Terminals::Over(m, d)) => same(n, m) && same(c, d),
        (ast::Terminals::Between { from: f, to: t }, ast::Terminals::Between { from: g, to: u }) => {
            same(&f.0, &g.0) && same(&f.1, &g.1) && same(&t.0, &u.0) && same(&t.1, &u.1)
        }
        _ => false,
    }
}

/// Terminals as they are declared.
fn written(terminals: &ast::Terminals) -> String {
    match terminals {
        ast::Terminals::None => "device NAME".to_owned(),
        ast::Terminals::At(n, c) => format!("device NAME at {}: {}", n.text, c.text),
        ast::Terminals::Over(n, c) => format!("device NAME over {}: set of {}", n.text, c.text),
        ast::Terminals::Between { from, to } => {
            format!("device NAME from {}: {} to {}: {}", from.0.text, from.1.text, to.0.text, to.1.text)
        }
    }
}
