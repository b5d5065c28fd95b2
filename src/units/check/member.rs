//! Typing a member: its indices, ranges and expressions.

use super::{Checker, Scope};
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
            MemberKind::Total(t) => (self.value_type(&t.ty, &mut scope), TypedBody::Total { balance: t.balance }),
            MemberKind::Subset { within, value } => {
                let set = self.set(within, &mut scope);
                let node = self.subset(value, &set.ty, &mut scope);
                (set.ty, TypedBody::Subset(node))
            }
            MemberKind::Rule(r) => {
                where_ = r.where_.as_ref().map(|w| self.condition(w, &mut scope));
                let condition = self.condition(&r.condition, &mut scope);
                self.no_strict(&condition);
                (Ty::Bool, TypedBody::Rule { condition, implied: r.implied })
            }
            MemberKind::Check(c) => {
                let condition = self.condition(&c.condition, &mut scope);
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
        for index in list {
            let set = match &index.set {
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
            }
            scope.push(index.name.text.clone(), ty.clone());
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
            TypeBase::OneOf(list) => Ty::Symbol(list.iter().map(|i| i.text.clone()).collect()),
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

    fn bounds(&mut self, t: &TypeExpr, ty: &Ty, scope: &mut Scope) -> Vec<TypedBound> {
        let mut out = Vec::new();
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
        out
    }

    fn param(&mut self, p: &ast::ParamDecl, scope: &mut Scope) -> (Ty, TypedBody) {
        let declared = p.ty.as_ref().map(|t| self.value_type(t, scope));
        let bounds = match (&p.ty, &declared) {
            (Some(t), Some(ty)) => self.bounds(t, ty, scope),
            _ => Vec::new(),
        };
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
        (ty, TypedBody::Param { default, bounds, optional: p.optional })
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
        match &node.kind {
            NodeKind::Member { of, member, index } => {
                let here = match self.names.members[*member].kind {
                    MemberKind::Var(_) | MemberKind::Total(_) => true,
                    MemberKind::Let(_) => match &self.member(*member).body {
                        TypedBody::Let(n) => {
                            let n = n.clone();
                            self.depends_on_decisions(&n)
                        }
                        _ => false,
                    },
                    _ => false,
                };
                here || of.iter().any(|o| self.depends_on_decisions(o))
                    || index.iter().any(|i| self.depends_on_decisions(i))
            }
            NodeKind::Neg(a) | NodeKind::Not(a) | NodeKind::InMode(_, a) => self.depends_on_decisions(a),
            NodeKind::Binary(_, a, b) => self.depends_on_decisions(a) || self.depends_on_decisions(b),
            NodeKind::Call(_, args) => args.iter().any(|a| self.depends_on_decisions(a)),
            NodeKind::Fold { body, .. } => self.depends_on_decisions(body),
            NodeKind::If(_, a, b) => self.depends_on_decisions(a) || self.depends_on_decisions(b),
            NodeKind::Match(_, arms) => arms.iter().any(|(_, a)| self.depends_on_decisions(a)),
            _ => false,
        }
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

fn element_of_list(node: &Node) -> Ty {
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
