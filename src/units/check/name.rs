//! What names, fields and indices mean.

use super::{Checker, Scope};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::{ClassId, MemberId, MemberKind, ROOT};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};
use crate::units::typed::*;
use smol_str::SmolStr;

impl Checker<'_> {
    /// A bare name, complete with its indices.
    pub(super) fn name(&mut self, n: &SmolStr, span: Span, scope: &mut Scope, expected: Option<&Ty>) -> Node {
        let node = self.name_ref(n, span, scope, expected);
        self.complete(node)
    }

    /// A field, complete with its indices.
    pub(super) fn field(&mut self, base: &ast::Expr, field: &ast::Ident, span: Span, scope: &mut Scope) -> Node {
        let node = self.field_ref(base, field, span, scope);
        self.complete(node)
    }

    /// A name or field whose missing indices are filled from the index variables in scope.
    pub(super) fn auto_indexed(&mut self, e: &ast::Expr, scope: &mut Scope, expected: Option<&Ty>) -> Node {
        let mut node = match &e.kind {
            ExprKind::Name(n) => self.name_ref(n, e.span, scope, expected),
            ExprKind::Field(base, field) => self.field_ref(base, field, e.span, scope),
            _ => return self.expression(e, scope, expected),
        };
        let wanted: Vec<Ty> = self.missing_indices(&node);
        if wanted.is_empty() {
            return node;
        }
        let mut fill = Vec::new();
        for ty in wanted {
            match scope.locals.iter().rposition(|(_, t)| *t == ty) {
                Some(slot) => fill.push(Node { span: e.span, ty, kind: NodeKind::Local(slot) }),
                None => return self.complete(node),
            }
        }
        match &mut node.kind {
            NodeKind::Member { index, .. } | NodeKind::Factor { index, .. } => *index = fill,
            NodeKind::Cell { row, .. } => **row = fill.remove(0),
            _ => {}
        }
        node
    }

    fn missing_indices(&mut self, node: &Node) -> Vec<Ty> {
        match &node.kind {
            NodeKind::Member { member, index, .. } if index.is_empty() => {
                self.member(*member).indices.iter().map(|i| i.ty.clone()).collect()
            }
            NodeKind::Factor { family, index } if index.is_empty() => {
                self.factors[*family].indices.iter().map(|i| i.ty.clone()).collect()
            }
            NodeKind::Cell { row, .. } if matches!(row.ty, Ty::Set(_)) => vec![Ty::Period],
            _ => Vec::new(),
        }
    }

    /// A snapshot's only period need not be written; everything else must be indexed.
    fn complete(&mut self, mut node: Node) -> Node {
        let missing = self.missing_indices(&node);
        if missing.is_empty() {
            return node;
        }
        let span = node.span;
        if self.snapshot && missing.iter().all(|t| *t == Ty::Period) {
            let first = || Node { span, ty: Ty::Period, kind: NodeKind::First };
            match &mut node.kind {
                NodeKind::Member { index, .. } | NodeKind::Factor { index, .. } => {
                    *index = missing.iter().map(|_| first()).collect();
                }
                NodeKind::Cell { row, .. } => **row = first(),
                _ => {}
            }
            return node;
        }
        let (what, names): (String, Vec<SmolStr>) = match &node.kind {
            NodeKind::Member { member, .. } => {
                (self.names.qualified(*member), self.member(*member).indices.iter().map(|i| i.name.clone()).collect())
            }
            NodeKind::Factor { family, .. } => {
                let f = &self.factors[*family];
                (f.name.to_string(), f.indices.iter().map(|i| i.name.clone()).collect())
            }
            _ => ("this column".into(), vec!["t".into()]),
        };
        let list = names.join(", ");
        let d = Diagnostic::new(
            ids_names::WRONG_INDEX,
            span,
            format!("`{what}` has one value per [{list}]"),
            "index missing",
        );
        let d = if names.len() == 1 && names[0] == "t" {
            d.help("write `[t]`; to add up, `sum(t: ...)`, or `integral(t: ...)` for power over time")
        } else {
            d.help(format!("write `[{list}]`; to add up, `sum(...: ...)`"))
        };
        self.report(d);
        self.error_node(span)
    }

    fn name_ref(&mut self, n: &SmolStr, span: Span, scope: &mut Scope, expected: Option<&Ty>) -> Node {
        let make = |ty: Ty, kind: NodeKind| Node { span, ty, kind };
        if let Some(slot) = scope.locals.iter().rposition(|(l, _)| l == n) {
            return make(scope.locals[slot].1.clone(), NodeKind::Local(slot));
        }
        if let Some(Ty::Symbol(words)) = expected
            && words.contains(n)
        {
            return make(Ty::Symbol(words.clone()), NodeKind::Symbol(n.clone()));
        }
        if scope.class != ROOT
            && let Some(m) = self.names.member(scope.class, n)
            && !(scope.setting == Some(m) && self.names.member(ROOT, n).is_some())
        {
            let this = Node { span, ty: Ty::Element(scope.class), kind: NodeKind::This };
            return self.member_ref(Some(this), m, span);
        }
        if let Some(aspect) = &scope.aspect
            && let Some(m) = self.names.member(ROOT, &format!("{aspect}.{n}"))
        {
            return self.member_ref(None, m, span);
        }
        match n.as_str() {
            "self" if scope.class != ROOT => return make(Ty::Element(scope.class), NodeKind::This),
            "id" if scope.class != ROOT => {
                let this = Node { span, ty: Ty::Element(scope.class), kind: NodeKind::This };
                return make(Ty::Text, NodeKind::IdOf(Box::new(this)));
            }
            "first" => return make(Ty::Period, NodeKind::First),
            "last" => return make(Ty::Period, NodeKind::Last),
            "periods" => return make(Ty::Set(Box::new(Ty::Period)), NodeKind::Periods),
            "infinity" => return make(Ty::NUMBER, NodeKind::Number(f64::INFINITY)),
            "pi" => return make(Ty::NUMBER, NodeKind::Number(std::f64::consts::PI)),
            "step" => {
                let time = self.units.dimensions.get("time").map_or_else(Default::default, |d| d.0);
                return make(Ty::Number(crate::units::Quantity::bare(time)), NodeKind::Step);
            }
            _ => {}
        }
        if let Some(Ty::Element(class)) = expected
            && let Some(element) = self.by_word(n, span, *class, scope)
        {
            return element;
        }
        self.global(n, span, scope, expected)
    }

    /// Names at the top level of any module.
    fn global(&mut self, n: &SmolStr, span: Span, scope: &mut Scope, expected: Option<&Ty>) -> Node {
        if let Some(m) = self.names.member(ROOT, n) {
            return self.member_ref(None, m, span);
        }
        if let Some(f) = self.factors.iter().position(|f| f.name == *n) {
            let ty = self.factors[f].ty.clone();
            return Node { span, ty, kind: NodeKind::Factor { family: f, index: vec![] } };
        }
        if let Some(c) = self.names.class_id(n).filter(|c| *c != ROOT) {
            return Node { span, ty: Ty::Set(Box::new(Ty::Element(c))), kind: NodeKind::All(c) };
        }
        if let Some(class) = self.names.groups.get(n)
            && let Some(c) = self.names.class_id(class)
        {
            return Node { span, ty: Ty::Set(Box::new(Ty::Element(c))), kind: NodeKind::Group(c, n.clone()) };
        }
        let class = &self.names.classes[scope.class].name;
        if !self.names.is_poisoned(n) && !self.is_told_missing(class, n) {
            let d = self.unknown_name(n, span, scope, expected);
            self.report(d);
        }
        self.error_node(span)
    }

    fn unknown_name(&self, n: &SmolStr, span: Span, scope: &Scope, expected: Option<&Ty>) -> Diagnostic {
        if let Some(Ty::Symbol(words)) = expected {
            let text = format!("`{n}` is not one of {{{}}}", words.join(", "));
            let d = Diagnostic::new(ids_names::WRONG_VALUE, span, text, "unknown word");
            return match did_you_mean(n, words.iter().map(SmolStr::as_str)) {
                Some(s) => {
                    d.help(format!("did you mean `{s}`?")).fix(format!("Replace by `{s}`"), vec![(span, s.to_string())])
                }
                None => d,
            };
        }
        let d = Diagnostic::new(ids_names::UNKNOWN_NAME, span, format!("there is no `{n}` here"), "unknown name");
        if matches!(n.as_str(), "true" | "false" | "True" | "False" | "TRUE" | "FALSE") {
            let word = if n.eq_ignore_ascii_case("true") { "yes" } else { "no" };
            return d.help(format!("write `{word}`")).fix(format!("Replace by `{word}`"), vec![(span, word.into())]);
        }
        let class = &self.names.classes[scope.class].name;
        if let Some(aspect) = self.aspect_that_gives(class, n) {
            return Diagnostic { id: ids_names::NOT_IN_THIS_STUDY, ..d }
                .note(format!("aspect `{aspect}` gives `{n}` to {class}, and this study does not choose it"))
                .help(format!("add `with {aspect}`"));
        }
        let ids = match expected {
            Some(Ty::Element(class)) => self.listed_ids(*class),
            _ => Vec::new(),
        };
        let known: Vec<&str> = scope
            .locals
            .iter()
            .map(|l| l.0.as_str())
            .chain(self.member_names(scope.class))
            .chain(self.member_names(ROOT))
            .chain(self.names.classes.keys().skip(1).map(SmolStr::as_str))
            .chain(self.names.groups.keys().map(SmolStr::as_str))
            .chain(self.names.tables.keys().map(SmolStr::as_str))
            .chain(self.factors.iter().map(|f| f.name.as_str()))
            .chain(ids.iter().map(SmolStr::as_str))
            .collect();
        if self.units.units.contains_key(n) {
            return d.note(format!("`{n}` is a unit, and a unit stands directly after a number"));
        }
        if n == "t" {
            return d
                .note("the period is an index of the family")
                .help("declare the family with `[t]`, or add up with `sum(t: ...)`");
        }
        match did_you_mean(n, known) {
            Some(s) => {
                d.help(format!("did you mean `{s}`?")).fix(format!("Replace by `{s}`"), vec![(span, s.to_string())])
            }
            None if matches!(expected, Some(Ty::Element(_))) => {
                d.help(format!("if `{n}` is the id of an element, write it in quotes: `\"{n}\"`"))
            }
            None if scope.class == ROOT => {
                let sums = |m: &&MemberId| {
                    matches!(self.names.members[**m].kind, MemberKind::Total(_) | MemberKind::Cost { .. })
                };
                let sums: Vec<String> =
                    self.names.classes[ROOT].all.iter().filter(sums).map(|m| self.names.qualified(*m)).collect();
                if sums.is_empty() { d } else { d.help(format!("totals and costs of this study: {}", sums.join(", "))) }
            }
            None => d,
        }
    }

    fn member_ref(&mut self, of: Option<Node>, member: MemberId, span: Span) -> Node {
        let m = &self.names.members[member];
        if matches!(m.kind, MemberKind::Rule(_) | MemberKind::Check(_) | MemberKind::Contribute(_)) {
            let text = format!("`{}` is a rule, not a value", self.names.qualified(member));
            self.report(Diagnostic::new(ids_names::WRONG_VALUE, span, text, "not a value"));
            return self.error_node(span);
        }
        let ty = self.member(member).ty.clone();
        Node { span, ty, kind: NodeKind::Member { of: of.map(Box::new), member, index: Vec::new() } }
    }

    fn field_ref(&mut self, base: &ast::Expr, field: &ast::Ident, span: Span, scope: &mut Scope) -> Node {
        if let ExprKind::Name(n) = &base.kind
            && !scope.locals.iter().any(|(l, _)| l == n)
            && (scope.class == ROOT || self.names.member(scope.class, n).is_none())
        {
            if let Some(table) = self.names.tables.get_index_of(n) {
                return self.column(table, field, None, span);
            }
            if self.names.aliases.contains_key(n) && self.names.member(ROOT, n).is_none() {
                return self.global(&field.text, span, scope, None);
            }
            if scope.alias.as_ref() == Some(n) {
                let this = Node { span: base.span, ty: Ty::Element(scope.class), kind: NodeKind::This };
                return self.element_field(this, scope.class, field, span);
            }
            if let Some(f) = self.factors.iter().position(|f| f.name == *n && f.table.is_some())
                && field.text == "value"
            {
                let ty = self.factors[f].ty.clone();
                return Node { span, ty, kind: NodeKind::Factor { family: f, index: vec![] } };
            }
        }
        // `s.L.value` of a product of scenario sets.
        if let ExprKind::Field(product, factor) = &base.kind
            && let ExprKind::Name(p) = &product.kind
            && self.names.scenarios.iter().any(|s| s.name.text == *p)
            && field.text == "value"
            && let Some(f) = self.factors.iter().position(|x| x.name == factor.text && x.table.is_some())
        {
            let ty = self.factors[f].ty.clone();
            return Node { span, ty, kind: NodeKind::Factor { family: f, index: vec![] } };
        }
        let base = self.expression(base, scope, None);
        match &base.ty {
            Ty::Element(c) => {
                let c = *c;
                self.element_field(base, c, field, span)
            }
            Ty::Row(t) => {
                let t = *t;
                self.column(t, field, Some(base), span)
            }
            Ty::Unknown => self.error_node(span),
            Ty::Set(inner) => {
                let what = self.describe(&base.ty);
                let text = format!("{what} has no single `{}`", field.text);
                let mut d = Diagnostic::new(ids_names::UNKNOWN_FIELD, field.span, text, "of which one?");
                if let Ty::Element(c) = **inner {
                    let class = self.names.classes[c].name.clone();
                    let i = class.chars().next().unwrap_or('i');
                    d = d.help(format!(
                        "add up: `sum({i} in {class}: {i}.{})`, or name one: `({class} 1).{}`",
                        field.text, field.text
                    ));
                }
                self.report(d);
                self.error_node(span)
            }
            other => {
                let text = format!("{} has no field `{}`", self.describe(other), field.text);
                self.report(Diagnostic::new(ids_names::UNKNOWN_FIELD, field.span, text, "no such field"));
                self.error_node(span)
            }
        }
    }

    fn element_field(&mut self, base: Node, class: ClassId, field: &ast::Ident, span: Span) -> Node {
        if let Some(m) = self.names.member(class, &field.text) {
            return self.member_ref(Some(base), m, span);
        }
        if field.text == "id" {
            return Node { span, ty: Ty::Text, kind: NodeKind::IdOf(Box::new(base)) };
        }
        if !self.names.is_poisoned(&field.text) && !self.is_told_missing(&self.names.classes[class].name, &field.text) {
            let d = self.unknown_member(class, field);
            self.report(d);
        }
        self.error_node(span)
    }

    /// The aspect, of the study or of the library, that would declare this member and is not chosen.
    fn aspect_that_gives(&self, class: &str, member: &str) -> Option<SmolStr> {
        let own = self.names.dormant.iter().find(|(c, m, _)| c == class && m == member).map(|d| d.2.clone());
        own.or_else(|| crate::names::aspect_that_gives(class, member))
    }

    /// Would an aspect declare this member of which it has been told that the study lacks it?
    fn is_told_missing(&self, class: &str, member: &str) -> bool {
        !self.names.poisoned.is_empty()
            && self.aspect_that_gives(class, member).is_some_and(|a| self.names.is_poisoned(&a))
    }

    /// A class has no member of this name.
    pub(super) fn unknown_member(&self, class: ClassId, field: &ast::Ident) -> Diagnostic {
        let name = &self.names.classes[class].name;
        let text = format!("`{name}` has no `{}`", field.text);
        let d = Diagnostic::new(ids_names::UNKNOWN_FIELD, field.span, text, "unknown");
        if let Some(aspect) = self.aspect_that_gives(name, &field.text) {
            return Diagnostic { id: ids_names::NOT_IN_THIS_STUDY, ..d }
                .note(format!("aspect `{aspect}` gives `{}` to {name}, and this study does not choose it", field.text))
                .help(format!("add `with {aspect}`"));
        }
        match did_you_mean(&field.text, self.member_names(class)) {
            Some(s) => d
                .help(format!("did you mean `{s}`?"))
                .fix(format!("Replace by `{s}`"), vec![(field.span, s.to_string())]),
            None => {
                let list: Vec<&str> = self.member_names(class).take(12).collect();
                d.help(format!("it has: {}", list.join(", ")))
            }
        }
    }

    fn column(&mut self, table: usize, field: &ast::Ident, row: Option<Node>, span: Span) -> Node {
        let statement = &self.names.tables[table];
        let name_of = |c: &ast::ColumnDecl| c.name.as_ref().unwrap_or(&c.header).text.clone();
        let Some(column) = statement.decl.columns.iter().position(|c| name_of(c) == field.text) else {
            let known: Vec<SmolStr> = statement.decl.columns.iter().map(name_of).collect();
            let text = format!("table `{}` has no column `{}`", statement.decl.name.text, field.text);
            let d = Diagnostic::new(ids_names::UNKNOWN_FIELD, field.span, text, "unknown column");
            let d = match did_you_mean(&field.text, known.iter().map(SmolStr::as_str)) {
                Some(s) => d
                    .help(format!("did you mean `{s}`?"))
                    .fix(format!("Replace by `{s}`"), vec![(field.span, s.to_string())]),
                None => d.help(format!("it has: {}", known.join(", "))),
            };
            self.report(d);
            return self.error_node(span);
        };
        let decl = statement.decl.columns[column].clone();
        let by_period = statement.decl.by_period;
        let ty = self.column_type(&decl);
        let row = match row {
            Some(r) => r,
            None if by_period => Node { span, ty: Ty::Set(Box::new(Ty::Period)), kind: NodeKind::Periods },
            None => {
                let name = &self.names.tables[table].decl.name.text;
                let text = format!("table `{name}` is not by period");
                let d = Diagnostic::new(ids_names::WRONG_INDEX, span, text, "of which row?");
                let help = format!(
                    "write `table {name} by period ...` if its rows are the periods, or make devices with `each row in`"
                );
                self.report(d.help(help));
                return self.error_node(span);
            }
        };
        Node { span, ty, kind: NodeKind::Cell { table, column, row: Box::new(row) } }
    }

    pub(super) fn index(&mut self, base: &ast::Expr, args: &[ast::Expr], span: Span, scope: &mut Scope) -> Node {
        let mut node = match &base.kind {
            ExprKind::Name(n) => self.name_ref(n, base.span, scope, None),
            ExprKind::Field(b, f) => self.field_ref(b, f, base.span, scope),
            _ => self.expression(base, scope, None),
        };
        node.span = span;
        // `ESS[6]`: an element of a named list.
        if let (NodeKind::Group(class, group), [id]) = (&node.kind, args) {
            let (class, group) = (*class, group.clone());
            let id = self.element_id(id, scope);
            let text = match &id.kind {
                NodeKind::Text(t) => Node { kind: NodeKind::Text(smol_str::format_smolstr!("{group}[{t}]")), ..id },
                _ => id,
            };
            return Node { span, ty: Ty::Element(class), kind: NodeKind::ById(class, Box::new(text)) };
        }
        let wanted = self.missing_indices(&node);
        if wanted.is_empty() {
            if node.ty != Ty::Unknown || !matches!(node.kind, NodeKind::Error) {
                let text = "this has a single value and takes no index";
                self.report(Diagnostic::new(ids_names::WRONG_INDEX, span, text, "index on a single value"));
            }
            return self.error_node(span);
        }
        if wanted.len() != args.len() {
            let text = format!("{} index(es) expected, {} written", wanted.len(), args.len());
            self.report(Diagnostic::new(ids_names::WRONG_INDEX, span, text, "wrong number of indices"));
            return self.error_node(span);
        }
        let mut filled = Vec::new();
        for (arg, ty) in args.iter().zip(&wanted) {
            filled.push(self.index_value(arg, ty, scope));
        }
        match &mut node.kind {
            NodeKind::Member { index, .. } | NodeKind::Factor { index, .. } => *index = filled,
            NodeKind::Cell { row, .. } => **row = filled.remove(0),
            _ => {}
        }
        node
    }

    fn index_value(&mut self, arg: &ast::Expr, ty: &Ty, scope: &mut Scope) -> Node {
        match (&arg.kind, ty) {
            (ExprKind::Number { unit: None, .. } | ExprKind::Text(_), Ty::Element(c)) => {
                let id = self.element_id(arg, scope);
                Node { span: arg.span, ty: ty.clone(), kind: NodeKind::ById(*c, Box::new(id)) }
            }
            (ExprKind::Number { unit: None, .. }, Ty::Period) => {
                let n = self.expression(arg, scope, None);
                Node { ty: Ty::Period, ..n }
            }
            _ => {
                let node = self.expression(arg, scope, Some(ty));
                match (&node.ty, ty) {
                    (Ty::Text, Ty::Element(c)) => {
                        Node { span: arg.span, ty: ty.clone(), kind: NodeKind::ById(*c, Box::new(node)) }
                    }
                    (Ty::Number(q), Ty::Period) if q.dimension.is_none() => Node { ty: Ty::Period, ..node },
                    (Ty::Number(q), Ty::Element(c)) if q.dimension.is_none() && self.is_number_set(*c) => {
                        Node { span: arg.span, ty: ty.clone(), kind: NodeKind::ById(*c, Box::new(node)) }
                    }
                    (a, b) if a == b || *a == Ty::Unknown || *b == Ty::Unknown => node,
                    (Ty::Element(a), Ty::Element(b)) if self.is_number_set(*a) && self.is_number_set(*b) => {
                        let id = Node { span: arg.span, ty: Ty::Text, kind: NodeKind::IdOf(Box::new(node)) };
                        Node { span: arg.span, ty: ty.clone(), kind: NodeKind::ById(*b, Box::new(id)) }
                    }
                    (a, b) => {
                        let text = format!("the index is {}, not {}", self.describe(b), self.describe(a));
                        self.report(Diagnostic::new(ids_names::WRONG_INDEX, arg.span, text, "wrong index"));
                        self.error_node(arg.span)
                    }
                }
            }
        }
    }
}
