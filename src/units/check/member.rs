//! Typing a member: its indices, ranges and expressions.

use super::{Checker, Scope};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names, ids_units};
use crate::names::{ClassKind, MemberId, MemberKind, ROOT};
use crate::program::Domain;
use crate::syntax::ast::{self, BinaryOp, Bound, ExprKind, TypeBase, TypeExpr};
use crate::units::Quantity;
use crate::units::typed::*;
use smol_str::SmolStr;

pub(super) fn broken() -> TypedMember {
    TypedMember {
        indices: Vec::new(),
        ty: Ty::Unknown,
        when: Vec::new(),
        where_: None,
        body: TypedBody::Error,
        slots: 0,
    }
}

impl Checker<'_> {
    pub(super) fn type_member(&mut self, id: MemberId) -> TypedMember {
        let names = self.names;
        let m = &names.members[id];
        let mut scope = Scope::of(m.class, m.aspect.clone());
        // A contribution over periods has `t` without saying so: its target tells.
        let mut declared = m.indices.clone();
        if let MemberKind::Contribute(c) = &m.kind
            && !declared.iter().any(|i| i.name.text == "t")
            && mentions_t(&c.target)
        {
            declared.push(ast::Index { name: ast::Ident { text: "t".into(), span: c.target.span }, set: None });
        } else if let MemberKind::Contribute(c) = &m.kind
            && !declared.iter().any(|i| i.name.text == "t")
            && let Some(total) = self.target_total(&c.target, m.class)
            && names.members[total].indices.iter().any(|i| i.name.text == "t" && i.set.is_none())
        {
            declared.push(ast::Index { name: ast::Ident { text: "t".into(), span: c.target.span }, set: None });
        }
        let indices = self.indices(&declared, &mut scope);
        let when = m.when.iter().map(|w| self.condition(w, &mut scope)).collect();
        let mut where_ = None;
        let (ty, body) = match &m.kind {
            MemberKind::Terminal { class, set } => (self.terminal_type(class, *set, m.span), TypedBody::Terminal),
            MemberKind::GraphSet(g) => {
                let arc = names.class_id("arc").unwrap_or(ROOT);
                (Ty::Set(Box::new(Ty::Element(arc))), TypedBody::GraphSet(*g))
            }
            MemberKind::Param(p) => self.param(p, &mut scope),
            MemberKind::Var(v) => {
                where_ = v.where_.as_ref().map(|w| self.condition(w, &mut scope));
                self.variable(v, &mut scope)
            }
            MemberKind::Let(l) => {
                let declared = l.ty.as_ref().map(|t| self.value_type(t, &mut scope));
                l.ty.iter().for_each(|t| self.no_range(t, "a definition"));
                let node = self.expression(&l.value, &mut scope, None);
                let ty = match declared {
                    Some(t) => {
                        self.fits(&node, &t, l.name.span);
                        t
                    }
                    None => node.ty.clone(),
                };
                (ty, TypedBody::Let(node))
            }
            MemberKind::Total(t) => {
                self.no_range(&t.ty, if t.balance { "a balance" } else { "a total" });
                (self.value_type(&t.ty, &mut scope), TypedBody::Total { balance: t.balance })
            }
            MemberKind::Subset { within, value } => {
                let set = self.set(within, &mut scope);
                let node = self.subset(value, &set.ty, &mut scope);
                self.fits(&node, &set.ty, value.span);
                (set.ty.clone(), TypedBody::Subset { within: set, value: node })
            }
            MemberKind::Rule(r) => {
                where_ = r.where_.as_ref().map(|w| self.condition(w, &mut scope));
                let condition = self.condition(&r.condition, &mut scope);
                self.no_strict(&condition);
                (Ty::Bool, TypedBody::Rule { condition, implied: r.implied })
            }
            MemberKind::Check(c) => {
                let condition = self.condition(&c.condition, &mut scope);
                self.message_names(c.message.as_deref().unwrap_or_default(), m.class, m.span);
                let body = TypedBody::Check { condition, message: c.message.clone(), after_solve: c.after_solve };
                (Ty::Bool, body)
            }
            MemberKind::Cost { value } => self.cost(value, m.span, &mut scope),
            MemberKind::Contribute(c) => {
                where_ = c.where_.as_ref().map(|w| self.condition(w, &mut scope));
                self.contribution(c, &mut scope)
            }
        };
        TypedMember { indices, ty, when, where_, body, slots: scope.deepest }
    }

    fn terminal_type(&mut self, class: &SmolStr, set: bool, span: crate::source::Span) -> Ty {
        match self.names.class_id(class) {
            Some(c) if set => Ty::Set(Box::new(Ty::Element(c))),
            Some(c) => Ty::Element(c),
            None => {
                if !self.names.is_poisoned(class) {
                    let text = format!("there is no device `{class}`");
                    let mut d = Diagnostic::new(ids_names::UNKNOWN_CLASS, span, text, "unknown device");
                    let known = self.names.classes.keys().map(SmolStr::as_str);
                    if let Some(s) = crate::diagnostics::suggest::did_you_mean(class, known) {
                        d = d.help(format!("did you mean `{s}`?"));
                    }
                    self.report(d);
                }
                Ty::Unknown
            }
        }
    }

    /// Types index families and puts them in scope.
    pub(super) fn indices(&mut self, list: &[ast::Index], scope: &mut Scope) -> Vec<TypedIndex> {
        let mut out = Vec::new();
        for (k, index) in list.iter().enumerate() {
            let same = |other: &ast::Index| other.name.text == index.name.text;
            if let Some(first) =
                list[..k].iter().find(|other| same(other) && (other.set.is_some() || index.set.is_some()))
            {
                let text = format!("two indices are called `{}`", index.name.text);
                let d = Diagnostic::new(ids_names::DUPLICATE_NAME, index.name.span, text, "second");
                self.report(d.label(first.name.span, "first").help("give each index a name: `[i in site, j in site]`"));
            }
            // `[site, site]`: which one the name would mean cannot be told, so it means the set.
            let hidden = list.iter().filter(|other| same(other)).count() > 1 && index.set.is_none();
            let mut set = match &index.set {
                Some(e) => self.set(e, scope),
                None if index.name.text == "t" => {
                    let kind = NodeKind::Periods;
                    Node { span: index.name.span, ty: Ty::Set(Box::new(Ty::Period)), kind }
                }
                None => {
                    let e = ast::Expr { span: index.name.span, kind: ExprKind::Name(index.name.text.clone()) };
                    self.set(&e, scope)
                }
            };
            let mut ty = set.ty.element();
            if index.name.text == "t" && matches!(ty, Ty::Number(_)) {
                ty = Ty::Period;
                set.ty = Ty::Set(Box::new(Ty::Period));
            }
            let local = if hidden { SmolStr::new_static("\u{0}") } else { index.name.text.clone() };
            scope.push(local, ty.clone());
            out.push(TypedIndex { name: index.name.text.clone(), ty, set });
        }
        out
    }

    /// The type that a type expression gives to values.
    pub(super) fn value_type(&mut self, t: &TypeExpr, scope: &mut Scope) -> Ty {
        match &t.base {
            TypeBase::Quantity(e) => {
                // A class name is a type too: `param home : bus`.
                if let ExprKind::Name(n) = &e.kind
                    && let Some(c) = self.names.class_id(n)
                    && c != ROOT
                {
                    return Ty::Element(c);
                }
                match self.units.quantity(e) {
                    Ok(q) => Ty::Number(q),
                    Err(d) => {
                        if !matches!(&e.kind, ExprKind::Name(n) if self.names.is_poisoned(n)) {
                            self.report(d);
                        }
                        Ty::Unknown
                    }
                }
            }
            TypeBase::Binary | TypeBase::Integer | TypeBase::Count => Ty::NUMBER,
            TypeBase::YesNo => Ty::Bool,
            TypeBase::Text => Ty::Text,
            TypeBase::OneOf(list) => {
                for (k, word) in list.iter().enumerate() {
                    if let Some(first) = list[..k].iter().find(|other| other.text == word.text) {
                        let text = format!("`{}` is one of the words twice", word.text);
                        let d = Diagnostic::new(ids_names::DUPLICATE_NAME, word.span, text, "second");
                        self.report(d.label(first.span, "first"));
                    }
                }
                Ty::Symbol(list.iter().map(|i| i.text.clone()).collect())
            }
            TypeBase::SetOf(c) if c.text == "periods" || c.text == "period" => Ty::Set(Box::new(Ty::Period)),
            TypeBase::SetOf(c) => self.terminal_type(&c.text, true, c.span),
            TypeBase::ElementOf(c) => self.terminal_type(&c.text, false, c.span),
            TypeBase::PerUnit(of) => {
                if let Some(of) = of {
                    let reference = self.expression(of, scope, None);
                    if !matches!(reference.ty, Ty::Number(_) | Ty::Unknown) {
                        self.report(Diagnostic::new(
                            ids_units::WRONG_TYPE,
                            of.span,
                            "the reference of a per-unit value is a number with a unit",
                            "not a quantity",
                        ));
                    }
                }
                Ty::Number(self.units.kind_quantity("per_unit"))
            }
        }
    }

    /// Names in braces of a check's message are of the element that is checked.
    fn message_names(&mut self, message: &str, class: usize, span: crate::source::Span) {
        for name in message.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
            if name != "self"
                && name != "id"
                && self.names.member(class, name).is_none()
                && !self.names.is_poisoned(name)
            {
                let text = format!("the message of this check names `{name}`, which is not there");
                let d = Diagnostic::new(ids_names::UNKNOWN_NAME, span, text, "unknown name in its message");
                self.report(match did_you_mean(name, self.names.classes[class].members.keys().map(SmolStr::as_str)) {
                    Some(s) => d.help(format!("did you mean `{{{s}}}`?")),
                    None => d.help("name a parameter or terminal of the device, or `{self}`"),
                });
            }
        }
    }

    /// Only data and decisions have ranges: what follows from others is limited by a rule.
    fn no_range(&mut self, t: &TypeExpr, what: &str) {
        let Some(bound) = t.bounds.first() else { return };
        let (Bound::Compare(_, limit) | Bound::Within(limit, _)) = bound;
        let text = format!("{what} has no range of its own");
        self.report(
            Diagnostic::new(ids_units::WRONG_TYPE, limit.span, text, "would bind nothing")
                .help("write the limit as a `rule`, or as a `check` where it is data"),
        );
    }

    fn bounds(&mut self, t: &TypeExpr, ty: &Ty, scope: &mut Scope) -> Vec<TypedBound> {
        let mut out: Vec<TypedBound> = Vec::new();
        for b in &t.bounds {
            let list: Vec<(BinaryOp, &ast::Expr)> = match b {
                Bound::Compare(op, e) => vec![(*op, e)],
                Bound::Within(a, b) => vec![(BinaryOp::Ge, a), (BinaryOp::Le, b)],
            };
            for (op, e) in list {
                let limit = self.expression(e, scope, Some(ty));
                self.fits(&limit, ty, e.span);
                out.push(TypedBound { op, limit });
            }
        }
        self.crossed(&out);
        out
    }

    /// Limits that are written as numbers and leave no room between them.
    fn crossed(&mut self, bounds: &[TypedBound]) {
        let upper = |b: &&TypedBound| matches!(b.op, BinaryOp::Le | BinaryOp::Lt);
        let lower = |b: &&TypedBound| matches!(b.op, BinaryOp::Ge | BinaryOp::Gt);
        for low in bounds.iter().filter(lower) {
            for high in bounds.iter().filter(upper) {
                let (Some(a), Some(b)) = (written_number(&low.limit), written_number(&high.limit)) else { continue };
                let strict = matches!(low.op, BinaryOp::Gt) || matches!(high.op, BinaryOp::Lt);
                if a > b || a == b && strict {
                    let span = low.limit.span.to(high.limit.span);
                    let text = "the limits of this range leave nothing between them";
                    let d =
                        Diagnostic::new(crate::diagnostics::ids_network::CROSSED_LIMITS, span, text, "limits cross");
                    self.report(d.help("write the lower limit first: `in 3..5`"));
                    return;
                }
            }
        }
    }

    fn param(&mut self, p: &ast::ParamDecl, scope: &mut Scope) -> (Ty, TypedBody) {
        let declared = p.ty.as_ref().map(|t| self.value_type(t, scope));
        let mut bounds = match (&p.ty, &declared) {
            (Some(t), Some(ty)) => self.bounds(t, ty, scope),
            _ => Vec::new(),
        };
        let base = p.ty.as_ref().map(|t| &t.base);
        let whole = matches!(base, Some(TypeBase::Binary | TypeBase::Integer | TypeBase::Count));
        if let Some(t) = &p.ty {
            let limit = |x: f64| Node { span: t.span, ty: Ty::NUMBER, kind: NodeKind::Number(x) };
            if matches!(t.base, TypeBase::Count | TypeBase::Binary) {
                bounds.push(TypedBound { op: BinaryOp::Ge, limit: limit(0.0) });
            }
            if matches!(t.base, TypeBase::Binary) {
                bounds.push(TypedBound { op: BinaryOp::Le, limit: limit(1.0) });
            }
        }
        if p.ty.is_none() && p.default.is_none() {
            let text = format!("`{}` has neither a type nor a value that tells it", p.name.text);
            self.report(
                Diagnostic::new(ids_units::WRONG_TYPE, p.name.span, text, "type missing")
                    .note("without a type any number would do, whatever its unit")
                    .help(format!("write what it measures: `param {} : active_power`", p.name.text)),
            );
        }
        let default = p.default.as_ref().map(|e| self.param_value(e, declared.as_ref(), scope));
        if let Some(d) = &p.deviation {
            self.report(
                Diagnostic::new(
                    ids_names::MISPLACED_STATEMENT,
                    d.span,
                    "a deviation needs an uncertain factor",
                    "not supported here",
                )
                .help("declare `uncertain z in -1..1` and multiply by `(1 + 10 % * z)`"),
            );
        }
        let ty = declared.unwrap_or_else(|| default.as_ref().map_or(Ty::Unknown, element_of_list));
        if let (None, Some(NodeKind::List(rows))) = (&p.ty, default.as_ref().map(|d| &d.kind)) {
            // The first entry tells the type, and the others are of it.
            rows.iter().flatten().for_each(|entry| self.fits(entry, &ty, entry.span));
        }
        (ty, TypedBody::Param { default, bounds, optional: p.optional, whole })
    }

    /// The value of a parameter whose indices are in scope.
    pub(super) fn param_value(&mut self, e: &ast::Expr, ty: Option<&Ty>, scope: &mut Scope) -> Node {
        let node = match &e.kind {
            ExprKind::Name(_) | ExprKind::Field(..) if !scope.locals.is_empty() => self.auto_indexed(e, scope, ty),
            _ => match ty {
                Some(Ty::Set(_)) => self.subset(e, ty.unwrap_or(&Ty::Unknown), scope),
                _ => self.expression(e, scope, ty),
            },
        };
        if let Some(ty) = ty {
            match &node.kind {
                NodeKind::List(rows) => {
                    for entry in rows.iter().flatten() {
                        self.fits(entry, ty, entry.span);
                    }
                }
                _ => self.fits(&node, ty, e.span),
            }
        }
        node
    }

    fn variable(&mut self, v: &ast::VarDecl, scope: &mut Scope) -> (Ty, TypedBody) {
        let ty = self.value_type(&v.ty, scope);
        let domain = match &v.ty.base {
            TypeBase::Binary => Domain::Binary,
            TypeBase::Integer | TypeBase::Count => Domain::Integer,
            TypeBase::Quantity(_) | TypeBase::PerUnit(_) => Domain::Continuous,
            _ => {
                self.report(
                    Diagnostic::new(ids_units::WRONG_TYPE, v.ty.span, "a variable is a number", "not a number type")
                        .help("use a kind such as `active_power`, or `binary`, `integer`, `number`"),
                );
                Domain::Continuous
            }
        };
        let (mut lower, mut upper) = (Vec::new(), Vec::new());
        for b in self.bounds(&v.ty, &ty, scope) {
            match b.op {
                BinaryOp::Ge => lower.push(b.limit),
                BinaryOp::Le => upper.push(b.limit),
                _ => self.report(
                    Diagnostic::new(
                        crate::diagnostics::ids_program::STRICT_COMPARISON,
                        b.limit.span,
                        "a variable's range is closed",
                        "strict comparison",
                    )
                    .help("write `>=` or `<=`"),
                ),
            }
        }
        let beyond = |node: &&Node, least: f64, most: f64| written_number(node).is_some_and(|x| x < least || x > most);
        let odd = match v.ty.base {
            TypeBase::Binary => lower.iter().chain(&upper).find(|n| beyond(n, 0.0, 1.0)).map(|n| (n.span, "0 or 1")),
            TypeBase::Count => lower.iter().find(|n| beyond(n, 0.0, f64::INFINITY)).map(|n| (n.span, "0 or more")),
            _ => None,
        };
        if let Some((span, what)) = odd {
            let text = format!("this decision is {what}, and its range says otherwise");
            let d = Diagnostic::new(ids_units::OUT_OF_RANGE, span, text, "never reached");
            self.report(d.help("use `integer` for other whole numbers, or leave the range out"));
        }
        if matches!(v.ty.base, TypeBase::Count) {
            lower.push(Node { span: v.ty.span, ty: Ty::NUMBER, kind: NodeKind::Number(0.0) });
        }
        let starts = v.starts.as_ref().map(|e| match &e.kind {
            ExprKind::Name(n) if n == "last" => Start::Cyclic,
            _ => {
                let node = self.expression(e, scope, Some(&ty));
                self.fits(&node, &ty, e.span);
                Start::Value(node)
            }
        });
        if v.state && starts.is_none() {
            self.report(
                Diagnostic::new(
                    ids_names::BEFORE_WITHOUT_START,
                    v.names[0].0.span,
                    format!("state `{}` does not say how it starts", v.names[0].0.text),
                    "no start",
                )
                .help("add `, starts VALUE`, or `, starts last` for a cycle"),
            );
        }
        (ty, TypedBody::Var { domain, lower, upper, starts, ahead: v.ahead })
    }

    fn cost(&mut self, value: &ast::Expr, span: crate::source::Span, scope: &mut Scope) -> (Ty, TypedBody) {
        let node = self.expression(value, scope, None);
        let Some(costs) = self.names.member(ROOT, "costs") else {
            self.report(
                Diagnostic::new(
                    ids_names::UNKNOWN_NAME,
                    span,
                    "there is no total `costs` to add to",
                    "cost without total",
                )
                .help("declare `total costs : money_eur`, or `use std.grid`"),
            );
            return (node.ty.clone(), TypedBody::Error);
        };
        let total = self.member(costs);
        self.fits(&node, &total.ty, value.span);
        let target =
            Node { span, ty: total.ty.clone(), kind: NodeKind::Member { of: None, member: costs, index: vec![] } };
        (node.ty.clone(), TypedBody::Contribute { value: node, target, cost: true })
    }

    fn target_total(&self, target: &ast::Expr, class: usize) -> Option<MemberId> {
        match &target.kind {
            ExprKind::Name(n) => self.names.member(class, n).or_else(|| self.names.member(ROOT, n)),
            ExprKind::Field(_, f) => {
                self.names.members.iter().position(|m| m.name == f.text && matches!(m.kind, MemberKind::Total(_)))
            }
            _ => None,
        }
    }

    fn contribution(&mut self, c: &ast::ContributeDecl, scope: &mut Scope) -> (Ty, TypedBody) {
        let target = self.auto_indexed(&c.target, scope, None);
        let value = self.expression(&c.value, scope, Some(&target.ty));
        let is_total = match &target.kind {
            NodeKind::Member { member, .. } => matches!(self.names.members[*member].kind, MemberKind::Total(_)),
            NodeKind::Error => return (Ty::Unknown, TypedBody::Error),
            _ => false,
        };
        if !is_total {
            self.report(
                Diagnostic::new(
                    ids_names::WRONG_VALUE,
                    c.target.span,
                    "only a `total` or a `balance` can be added to",
                    "neither total nor balance",
                )
                .help("declare it: `total losses[t] : active_power`"),
            );
            return (Ty::Unknown, TypedBody::Error);
        }
        if let NodeKind::Member { member, .. } = &target.kind
            && let MemberKind::Total(t) = &self.names.members[*member].kind
            && t.balance != c.inject
        {
            let name = self.names.qualified(*member);
            let (text, word) = if t.balance {
                (format!("`{name}` is a balance, into which devices inject"), "inject ... into")
            } else {
                (format!("`{name}` is a total, to which devices add"), "add ... to")
            };
            let d = Diagnostic::new(ids_names::WRONG_VALUE, c.target.span, text, "the other kind of sum");
            self.report(
                d.label(self.names.members[*member].span, "declared here").help(format!("write `{word} {name}`")),
            );
        }
        self.fits(&value, &target.ty, c.value.span);
        (target.ty.clone(), TypedBody::Contribute { value, target, cost: false })
    }

    /// Strict comparisons of decisions have no closed set of solutions.
    fn no_strict(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Binary(BinaryOp::Lt | BinaryOp::Gt, a, b)
                if self.depends_on_decisions(a) || self.depends_on_decisions(b) =>
            {
                self.report(
                    Diagnostic::new(
                        crate::diagnostics::ids_program::STRICT_COMPARISON,
                        node.span,
                        "a rule on decisions cannot be strict",
                        "strict comparison",
                    )
                    .note("a solver finds points on the border; without the border there may be no best point")
                    .help("write `<=` or `>=`, with a margin if the border must be avoided"),
                );
            }
            NodeKind::Binary(BinaryOp::And | BinaryOp::Implies, a, b) => {
                self.no_strict(a);
                self.no_strict(b);
            }
            NodeKind::Fold { body, .. } => self.no_strict(body),
            _ => {}
        }
    }

    /// Does the value depend on a variable? (Let-definitions are looked through.)
    pub(super) fn depends_on_decisions(&mut self, node: &Node) -> bool {
        self.decision_in(node, &mut Vec::new()).is_some()
    }

    /// Where an expression reads a decision, and its name; `seen` are the definitions that were looked through.
    pub(super) fn decision_in(
        &mut self,
        node: &Node,
        seen: &mut Vec<MemberId>,
    ) -> Option<(crate::source::Span, String)> {
        if let NodeKind::Member { member, .. } = &node.kind {
            let here = match self.names.members[*member].kind {
                MemberKind::Var(_) | MemberKind::Total(_) => true,
                MemberKind::Let(_) if !seen.contains(member) => {
                    seen.push(*member);
                    let typed = self.member(*member);
                    matches!(&typed.body, TypedBody::Let(n) if self.decision_in(n, seen).is_some())
                }
                _ => false,
            };
            if here {
                return Some((node.span, self.names.qualified(*member)));
            }
        }
        let mut parts = Vec::new();
        // What only data may say is no dependence: filters, conditions, whether something is given.
        match &node.kind {
            NodeKind::Fold { body, .. } => parts.push(body.as_ref()),
            NodeKind::If(_, a, b) => parts.extend([a.as_ref(), b.as_ref()]),
            NodeKind::Match(_, arms) => parts.extend(arms.iter().map(|arm| &arm.1)),
            NodeKind::Member { of, index, .. } => parts.extend(of.as_deref().into_iter().chain(index)),
            NodeKind::Neg(a) | NodeKind::Not(a) | NodeKind::InMode(_, a) => parts.push(a.as_ref()),
            NodeKind::Binary(_, a, b) => parts.extend([a.as_ref(), b.as_ref()]),
            NodeKind::Call(_, args) => parts.extend(args),
            _ => {}
        }
        parts.into_iter().find_map(|part| self.decision_in(part, seen))
    }

    /// Is the class a plain set whose elements may be numbers?
    pub(super) fn is_number_set(&self, class: usize) -> bool {
        self.names.classes[class].kind == ClassKind::Set
    }

    /// The quantity of a type, if it is a number (numbered set elements count as numbers).
    pub(super) fn quantity_of(&self, ty: &Ty) -> Option<Quantity> {
        match ty {
            Ty::Number(q) => Some(*q),
            Ty::Element(c) if self.is_number_set(*c) => Some(Quantity::NUMBER),
            _ => None,
        }
    }
}

/// A number as written, with its sign, in coherent units.
pub(super) fn written_number(node: &Node) -> Option<f64> {
    match &node.kind {
        NodeKind::Number(x) => Some(*x),
        NodeKind::Neg(inner) => written_number(inner).map(|x| -x),
        _ => None,
    }
}

pub(super) fn element_of_list(node: &Node) -> Ty {
    match &node.kind {
        NodeKind::List(rows) => {
            let entries = rows.iter().flatten();
            let plain = |n: &&Node| !matches!(n.kind, NodeKind::Number(0.0));
            entries.clone().find(plain).or(entries.clone().next()).map_or(Ty::Unknown, |n| n.ty.clone())
        }
        _ => node.ty.clone(),
    }
}

fn mentions_t(e: &ast::Expr) -> bool {
    match &e.kind {
        ExprKind::Name(n) => n == "t",
        ExprKind::Before(n) => n.text == "t",
        ExprKind::Index(b, list) => mentions_t(b) || list.iter().any(mentions_t),
        ExprKind::Field(b, _) => mentions_t(b),
        _ => false,
    }
}
