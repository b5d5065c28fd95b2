//! Typing expressions: literals, conditions, branches, sets.

use super::member::written_number;
use super::{Checker, Scope};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names, ids_units};
use crate::names::{MemberKind, ROOT};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, UnaryOp};
use crate::units::Quantity;
use crate::units::typed::*;
use smol_str::SmolStr;
use std::sync::Arc;

const MAX_DEPTH: usize = 400;

/// A quantity stands where another is expected.
const EXPECTED: &str = "value";

impl Checker<'_> {
    /// Types an expression. `expected` lets bare words of an enumeration be understood.
    pub fn expression(&mut self, e: &ast::Expr, scope: &mut Scope, expected: Option<&Ty>) -> Node {
        if self.depth >= MAX_DEPTH {
            return self.error_node(e.span);
        }
        self.depth += 1;
        let node = self.expression_inner(e, scope, expected);
        self.depth -= 1;
        node
    }

    fn expression_inner(&mut self, e: &ast::Expr, scope: &mut Scope, expected: Option<&Ty>) -> Node {
        let span = e.span;
        let make = |ty: Ty, kind: NodeKind| Node { span, ty, kind };
        match &e.kind {
            ExprKind::Number { value, unit: None, .. } => make(Ty::NUMBER, NodeKind::Number(*value)),
            ExprKind::Number { value, unit: Some(u), .. } => match self.units.unit(u) {
                Ok((factor, q)) => {
                    if u.factors.iter().any(|(n, _)| n.text == "%") {
                        self.percent.push(span);
                    }
                    self.wrote(u, factor, q);
                    if !(value * factor).is_finite() {
                        let id = crate::diagnostics::ids_syntax::NUMBER_TOO_LARGE;
                        let text = "this number is too large to compute with";
                        let d = Diagnostic::new(id, span, text, "beyond 1.8e308 in coherent units");
                        self.report(d.help("leave a bound out where there is none"));
                        return self.error_node(span);
                    }
                    make(Ty::Number(q), NodeKind::Number(value * factor))
                }
                Err(d) => {
                    self.report(d);
                    self.error_node(span)
                }
            },
            ExprKind::Text(t) => make(Ty::Text, NodeKind::Text(t.clone())),
            ExprKind::YesNo(b) => make(Ty::Bool, NodeKind::Bool(*b)),
            ExprKind::Name(n) => self.name(n, span, scope, expected),
            ExprKind::Field(base, field) => self.field(base, field, span, scope),
            ExprKind::Index(base, args) => self.index(base, args, span, scope),
            ExprKind::Before(n) => {
                let t = self.name(&n.text, n.span, scope, None);
                if !matches!(t.ty, Ty::Period | Ty::Unknown) {
                    let text = format!("`{}` is {}, not a period", n.text, self.describe(&t.ty));
                    self.report(Diagnostic::new(ids_units::WRONG_TYPE, n.span, text, "not a period"));
                }
                make(Ty::Period, NodeKind::Shift(Box::new(t), -1))
            }
            ExprKind::Element(class, id) => self.element(class, id, span, scope),
            ExprKind::Unary(UnaryOp::Neg, a) => {
                let a = self.expression(a, scope, expected);
                let a = self.number(a);
                make(a.ty.clone(), NodeKind::Neg(Box::new(a)))
            }
            ExprKind::Unary(UnaryOp::Not, a) => {
                let a = self.condition(a, scope);
                make(Ty::Bool, NodeKind::Not(Box::new(a)))
            }
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b, span, scope, expected),
            ExprKind::Call(f, args) => self.call(f, args, span, scope),
            ExprKind::Aggregate { op, indices, where_, body } => {
                self.aggregate(op, indices, where_.as_deref(), body, span, scope)
            }
            ExprKind::If(c, a, b) => {
                let c = self.condition(c, scope);
                let a = self.expression(a, scope, expected);
                let b = self.expression(b, scope, expected);
                let ty = self.branches(&[&a, &b]);
                make(ty, NodeKind::If(Box::new(c), Box::new(a), Box::new(b)))
            }
            ExprKind::Match(on, arms) => self.match_(on, arms, span, scope, expected),
            ExprKind::Given(a) => {
                let a = self.expression(a, scope, None);
                if !matches!(a.kind, NodeKind::Member { .. } | NodeKind::Cell { .. } | NodeKind::Error) {
                    let text = "only a parameter or a cell can be given or not";
                    self.report(Diagnostic::new(ids_units::WRONG_TYPE, span, text, "not a parameter"));
                }
                make(Ty::Bool, NodeKind::Given(Box::new(a)))
            }
            ExprKind::Range(a, b) => {
                let a = self.expression(a, scope, None);
                let b = self.expression(b, scope, None);
                self.fits(&a, &Ty::NUMBER, a.span);
                self.fits(&b, &Ty::NUMBER, b.span);
                if let (Some(low), Some(high)) = (written_number(&a), written_number(&b)) {
                    let d = if low.fract() != 0.0 || high.fract() != 0.0 {
                        let text = "a range of numbers has whole numbers as ends";
                        Some(Diagnostic::new(ids_names::WRONG_VALUE, span, text, "not whole numbers"))
                    } else if low > high {
                        let text = "this range ends before it begins, and holds nothing";
                        let d = Diagnostic::new(ids_names::WRONG_VALUE, span, text, "ends reversed");
                        Some(d.help(format!("write the lower end first: `{high}..{low}`")))
                    } else {
                        None
                    };
                    d.into_iter().for_each(|d| self.report(d));
                }
                make(Ty::Set(Box::new(Ty::NUMBER)), NodeKind::Range(Box::new(a), Box::new(b)))
            }
            ExprKind::List(rows) => {
                let rows: Vec<Vec<Node>> =
                    rows.iter().map(|r| r.iter().map(|e| self.expression(e, scope, expected)).collect()).collect();
                make(Ty::Unknown, NodeKind::List(rows))
            }
            ExprKind::SetLiteral(_) | ExprKind::SetBuilder(..) => self.subset(e, &Ty::Unknown, scope),
            ExprKind::InMode(mode, body) => {
                let Some(index) = self.names.modes.iter().position(|m| m.text == mode.text) else {
                    let text = format!("there is no mode `{}`", mode.text);
                    self.report(
                        Diagnostic::new(ids_names::UNKNOWN_NAME, mode.span, text, "unknown mode")
                            .help("declare it: `modes connected, islanded`"),
                    );
                    return self.error_node(span);
                };
                let body = self.expression(body, scope, expected);
                make(body.ty.clone(), NodeKind::InMode(index, Box::new(body)))
            }
            ExprKind::Unreadable => self.error_node(span),
        }
    }

    /// Types a condition: a comparison, yes/no, or a binary variable.
    pub fn condition(&mut self, e: &ast::Expr, scope: &mut Scope) -> Node {
        let node = self.expression(e, scope, None);
        match &node.ty {
            Ty::Bool | Ty::Unknown => {}
            Ty::Number(q) if q.dimension.is_none() && self.is_binary(&node) => {}
            other => {
                let text = format!("a condition is expected here, not {}", self.describe(other));
                let d = Diagnostic::new(ids_units::WRONG_TYPE, e.span, text, "not a condition");
                let d = match self.complement(&node) {
                    Some(binary) => d.help(format!("write `not {binary}`, or `{binary} = 0`")),
                    None => d.help("write a comparison such as `x <= 3 kW`"),
                };
                self.report(d);
            }
        }
        node
    }

    /// The binary whose complement `1 - z` is.
    fn complement(&mut self, node: &Node) -> Option<String> {
        let NodeKind::Binary(ast::BinaryOp::Sub, one, binary) = &node.kind else { return None };
        let NodeKind::Member { member, index, .. } = &binary.kind else { return None };
        let is = matches!(one.kind, NodeKind::Number(1.0)) && self.is_binary(binary);
        let name = &self.names.members[*member].name;
        is.then(|| if index.is_empty() { name.to_string() } else { format!("{name}[...]") })
    }

    fn is_binary(&mut self, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Member { member, .. } => {
                let typed = self.member(*member);
                match &typed.body {
                    TypedBody::Var { domain, .. } => *domain == crate::program::Domain::Binary,
                    TypedBody::Let(_) => true,
                    _ => false,
                }
            }
            NodeKind::Error => true,
            _ => false,
        }
    }

    fn element(&mut self, class: &ast::Ident, id: &ast::Expr, span: Span, scope: &mut Scope) -> Node {
        let Some(c) = self.names.class_id(&class.text).filter(|c| *c != ROOT) else {
            if self.names.groups.contains_key(&class.text) {
                let text = format!("`{0}` is a list of devices: write `{0}[...]`", class.text);
                self.report(Diagnostic::new(ids_names::UNKNOWN_CLASS, class.span, text, "not a device class"));
            } else if let Some(set) = self.part_of(&class.text, scope) {
                let text = format!("`{}` is a part of the set `{set}`: its elements are those of `{set}`", class.text);
                let d = Diagnostic::new(ids_names::UNKNOWN_CLASS, class.span, text, "not a set of its own");
                let fix = vec![(class.span, set.to_string())];
                self.report(d.help(format!("write `{set}`")).fix(format!("Replace by `{set}`"), fix));
            } else if !self.names.is_poisoned(&class.text) {
                let text = format!("there is no device or set `{}`", class.text);
                let mut d = Diagnostic::new(ids_names::UNKNOWN_CLASS, class.span, text, "unknown device");
                let known = self.names.classes.keys().map(SmolStr::as_str);
                if let Some(s) = did_you_mean(&class.text, known) {
                    d = d.help(format!("did you mean `{s}`?"));
                }
                self.report(d);
            }
            return self.error_node(span);
        };
        if let ExprKind::Name(word) = &id.kind
            && let Some(element) = self.by_word(word, id.span, c, scope)
        {
            return Node { span, ..element };
        }
        let id = self.element_id(id, scope);
        Node { span, ty: Ty::Element(c), kind: NodeKind::ById(c, Box::new(id)) }
    }

    /// The set that a subset of this name is a part of.
    fn part_of(&self, name: &str, scope: &Scope) -> Option<SmolStr> {
        let member = [scope.class, ROOT].iter().find_map(|c| self.names.member(*c, name))?;
        match &self.names.members[member].kind {
            MemberKind::Subset { within, .. } => match &within.kind {
                ExprKind::Name(set) => Some(set.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// An id as written: a number or a text, or an expression that gives one.
    pub(super) fn element_id(&mut self, id: &ast::Expr, scope: &mut Scope) -> Node {
        let text = |t: SmolStr| Node { span: id.span, ty: Ty::Text, kind: NodeKind::Text(t) };
        match id.as_id() {
            Some(written) => text(written),
            None => {
                let node = self.expression(id, scope, None);
                if !matches!(node.ty, Ty::Text | Ty::Unknown) && self.quantity_of(&node.ty).is_none() {
                    let what = self.describe(&node.ty);
                    self.report(Diagnostic::new(
                        ids_units::WRONG_TYPE,
                        id.span,
                        format!("an id is expected here, not {what}"),
                        "not an id",
                    ));
                }
                node
            }
        }
    }

    fn match_(
        &mut self,
        on: &ast::Expr,
        arms: &[(ast::Ident, ast::Expr)],
        span: Span,
        scope: &mut Scope,
        expected: Option<&Ty>,
    ) -> Node {
        let on = self.expression(on, scope, None);
        let words: Arc<[SmolStr]> = match &on.ty {
            Ty::Symbol(w) => w.clone(),
            Ty::Unknown => Arc::from([]),
            other => {
                let text = format!("`match` chooses by a word, not by {}", self.describe(other));
                self.report(
                    Diagnostic::new(ids_units::WRONG_TYPE, on.span, text, "not an enumeration")
                        .help("use a parameter declared `one of {...}`, or `if`"),
                );
                Arc::from([])
            }
        };
        let mut typed = Vec::new();
        for (k, (word, e)) in arms.iter().enumerate() {
            if let Some((first, _)) = arms[..k].iter().find(|(other, _)| other.text == word.text) {
                let text = format!("`match` says twice what holds for `{}`", word.text);
                let d = Diagnostic::new(ids_names::DUPLICATE_NAME, word.span, text, "second");
                self.report(d.label(first.span, "first"));
            }
            if !words.is_empty() && !words.contains(&word.text) {
                let text = format!("`{}` is not one of {{{}}}", word.text, words.join(", "));
                let mut d = Diagnostic::new(ids_names::WRONG_VALUE, word.span, text, "unknown word");
                if let Some(s) = did_you_mean(&word.text, words.iter().map(SmolStr::as_str)) {
                    d = d.help(format!("did you mean `{s}`?"));
                }
                self.report(d);
            }
            typed.push((word.text.clone(), self.expression(e, scope, expected)));
        }
        let missing: Vec<&str> =
            words.iter().filter(|w| !arms.iter().any(|(a, _)| a.text == **w)).map(SmolStr::as_str).collect();
        if !missing.is_empty() {
            let text = format!("`match` says nothing about {}", missing.join(", "));
            self.report(Diagnostic::new(ids_names::WRONG_VALUE, span, text, "incomplete"));
        }
        let refs: Vec<&Node> = typed.iter().map(|(_, n)| n).collect();
        let ty = self.branches(&refs);
        Node { span, ty, kind: NodeKind::Match(Box::new(on), typed) }
    }

    /// The common type of branches.
    fn branches(&mut self, list: &[&Node]) -> Ty {
        let mut ty = Ty::Unknown;
        let mut first: Option<&Node> = None;
        for node in list {
            let is_zero = matches!(node.kind, NodeKind::Number(0.0)) && node.ty == Ty::NUMBER;
            match (&ty, &node.ty) {
                (_, Ty::Unknown) => {}
                (Ty::Unknown, other) => {
                    ty = other.clone();
                    first = Some(node);
                }
                (Ty::Number(a), Ty::Number(b)) => match a.meet(b) {
                    Some(q) => ty = Ty::Number(q),
                    None if is_zero => {}
                    None if first.is_some_and(|f| matches!(f.kind, NodeKind::Number(0.0))) => {
                        ty = node.ty.clone();
                        first = Some(node);
                    }
                    None => {
                        let (a, b) = (*a, *b);
                        self.unit_mismatch(first.map_or(node.span, |f| f.span), &a, node.span, &b, "branches");
                    }
                },
                (a, b) if a == b => {}
                (a, b) => {
                    let text = format!("the branches differ: {} and {}", self.describe(a), self.describe(b));
                    self.report(Diagnostic::new(ids_units::WRONG_TYPE, node.span, text, "another type"));
                }
            }
        }
        ty
    }

    /// Types a set.
    pub fn set(&mut self, e: &ast::Expr, scope: &mut Scope) -> Node {
        let node = self.subset(e, &Ty::Unknown, scope);
        match &node.ty {
            Ty::Set(_) | Ty::Unknown => node,
            other => {
                let text = format!("a set is expected here, not {}", self.describe(other));
                self.report(
                    Diagnostic::new(ids_units::WRONG_TYPE, e.span, text, "not a set")
                        .help("name a set, a device class, or write `{a, b}` or `1..3`"),
                );
                self.error_node(e.span)
            }
        }
    }

    /// Types a set whose elements' type may be known (`{1, 3}` of sites, `1..8` of periods).
    pub(super) fn subset(&mut self, e: &ast::Expr, expected: &Ty, scope: &mut Scope) -> Node {
        let element = expected.element();
        match &e.kind {
            ExprKind::SetLiteral(list) => {
                let mut items = Vec::new();
                let mut ty = element.clone();
                for item in list {
                    let node = match (&item.kind, &element) {
                        (ExprKind::Range(..), _) => self.subset(item, expected, scope),
                        (ExprKind::Number { unit: None, .. } | ExprKind::Text(_), Ty::Element(c)) => {
                            let id = self.element_id(item, scope);
                            Node { span: item.span, ty: element.clone(), kind: NodeKind::ById(*c, Box::new(id)) }
                        }
                        (ExprKind::Number { unit: None, .. }, Ty::Period) => {
                            let n = self.expression(item, scope, None);
                            Node { ty: Ty::Period, ..n }
                        }
                        (ExprKind::Name(_), Ty::Element(_)) => self.expression(item, scope, Some(&element)),
                        _ => self.expression(item, scope, None),
                    };
                    if ty == Ty::Unknown {
                        ty = match &node.ty {
                            Ty::Set(t) => (**t).clone(),
                            t => t.clone(),
                        };
                    }
                    if let Some(first) = items.iter().find(|other| is_same_id(other, &node)) {
                        let text = "an element stands in this list twice";
                        let d = Diagnostic::new(ids_names::DUPLICATE_ID, node.span, text, "second");
                        self.report(d.label(first.span, "first").help("name each element once"));
                    }
                    items.push(node);
                }
                Node { span: e.span, ty: Ty::Set(Box::new(ty)), kind: NodeKind::Collect(items) }
            }
            ExprKind::SetBuilder(index, cond) => {
                let depth = scope.locals.len();
                let set = match &index.set {
                    Some(s) => self.set(s, scope),
                    None => self.set(
                        &ast::Expr { span: index.name.span, kind: ExprKind::Name(index.name.text.clone()) },
                        scope,
                    ),
                };
                let slot = scope.push(index.name.text.clone(), set.ty.element());
                let cond = cond.as_ref().map(|c| Box::new(self.condition(c, scope)));
                scope.locals.truncate(depth);
                let ty = set.ty.clone();
                Node { span: e.span, ty, kind: NodeKind::Filter { slot, set: Box::new(set), cond } }
            }
            ExprKind::Range(..) => {
                let node = self.expression(e, scope, None);
                match element {
                    Ty::Unknown => node,
                    t => Node { ty: Ty::Set(Box::new(t)), ..node },
                }
            }
            ExprKind::Number { unit: None, .. } if element == Ty::Period => {
                let n = self.expression(e, scope, None);
                let kind = NodeKind::Collect(vec![Node { ty: Ty::Period, ..n }]);
                Node { span: e.span, ty: expected.clone(), kind }
            }
            _ => self.expression(e, scope, None),
        }
    }

    /// Numbers of numbered set elements.
    pub(super) fn number(&mut self, node: Node) -> Node {
        match &node.ty {
            Ty::Element(c) if self.is_number_set(*c) => {
                Node { span: node.span, ty: Ty::NUMBER, kind: NodeKind::NumberOf(Box::new(node)) }
            }
            Ty::Period => Node { span: node.span, ty: Ty::NUMBER, kind: NodeKind::NumberOf(Box::new(node)) },
            Ty::Number(_) | Ty::Unknown => node,
            other => {
                let text = format!("a number is expected here, not {}", self.describe(other));
                let mut d = Diagnostic::new(ids_units::WRONG_TYPE, node.span, text, "not a number");
                if *other == Ty::Bool {
                    d = d.help("write `if ... then 1 else 0`");
                }
                self.report(d);
                self.error_node(node.span)
            }
        }
    }

    /// Reports where a value does not fit a type.
    pub(super) fn fits(&mut self, node: &Node, ty: &Ty, at: Span) {
        match (&node.ty, ty) {
            (Ty::Unknown, _) | (_, Ty::Unknown) => {}
            (Ty::Number(have), Ty::Number(want)) => {
                if matches!(node.kind, NodeKind::Number(x) if x == 0.0 || x.is_infinite()) && have.dimension.is_none() {
                    return;
                }
                let per_unit = self.units.kind("per_unit");
                if per_unit.is_some() && have.kind == per_unit && want.kind != per_unit {
                    let d = Diagnostic::new(
                        ids_units::PER_UNIT_WITHOUT_REFERENCE,
                        node.span,
                        format!("a per-unit value stands where {} is expected", self.units.describe(want)),
                        "per unit of what?",
                    )
                    .note("`pu` has a meaning only for parameters declared `per_unit of` a reference");
                    let units = self.units.units_of(want);
                    let d = match units.first() {
                        Some(u) => d.help(format!("write the value in a unit such as `{u}`")),
                        None => d.help("write a plain number"),
                    };
                    self.report(d);
                    return;
                }
                if per_unit.is_some() && want.kind == per_unit && have.dimension.is_none() && have.kind.is_none() {
                    if let NodeKind::Number(x) = node.kind
                        && !self.percent.contains(&node.span)
                        && x != 1.0
                    {
                        self.missing_unit(node.span, x, want);
                    }
                    return;
                }
                if have.meet(want).is_none() {
                    match node.kind {
                        NodeKind::Number(x) if *have == Quantity::NUMBER => self.missing_unit(node.span, x, want),
                        _ => self.unit_mismatch(at, want, node.span, have, EXPECTED),
                    }
                }
            }
            (Ty::Element(c), Ty::Number(_)) if self.is_number_set(*c) => {}
            (Ty::Set(a), Ty::Set(b)) if a == b || **a == Ty::Unknown || **b == Ty::Unknown => {}
            (Ty::Set(a), Ty::Set(b)) if matches!(**a, Ty::Number(_)) && **b == Ty::Period => {}
            (a, b) if a == b => {}
            (a, b) => {
                let text = format!("{} is expected here, not {}", self.describe(b), self.describe(a));
                let d = Diagnostic::new(ids_units::WRONG_TYPE, node.span, text, "wrong type");
                self.report(match (b, &node.kind) {
                    (Ty::Number(_), NodeKind::Bool(yes)) => d.help(format!("write `{}`", u8::from(*yes))),
                    (Ty::Bool, NodeKind::Number(x)) if *x == 0.0 || *x == 1.0 => {
                        d.help(format!("write `{}`", if *x == 1.0 { "yes" } else { "no" }))
                    }
                    (Ty::Symbol(words), NodeKind::Text(text)) if words.contains(text) => {
                        d.help(format!("write `{text}` without quotation marks"))
                    }
                    _ => d,
                });
            }
        }
    }

    /// Two quantities that do not fit: under an operation (`what`), or where one is expected.
    pub(super) fn unit_mismatch(&mut self, a_span: Span, a: &Quantity, b_span: Span, b: &Quantity, what: &str) {
        let (na, nb) = (self.units.describe(a), self.units.describe(b));
        let d = if a.dimension == b.dimension {
            let convert = na.strip_suffix("_power").unwrap_or(&na).to_string();
            Diagnostic::new(
                ids_units::KIND_MISMATCH,
                b_span,
                format!("{nb} does not mix with {na}"),
                format!("this is {nb}"),
            )
            .note(format!("{na} and {nb} share a dimension and mean different things"))
            .help(format!("if it is meant, convert on purpose: `{convert}(...)`"))
        } else {
            let text = match what {
                EXPECTED => format!("{na} is expected here, and this is {nb}"),
                _ => format!("{what} of {na} and {nb} do not fit"),
            };
            let mut d = Diagnostic::new(ids_units::UNIT_MISMATCH, b_span, text, format!("this is {nb}"));
            if what == EXPECTED && a.dimension.is_none() {
                d = d.help("write a plain number or a share, such as `0.5` or `50 %`");
            }
            let time = self.units.dimensions.get("time").map(|t| t.0);
            if let Some(time) = time
                && (a.dimension.combine(&time, 1) == b.dimension || b.dimension.combine(&time, 1) == a.dimension)
            {
                d = d.help("a power over time is an energy: `integral(t: ...)` sums it times the step");
            }
            d
        };
        let d = if a_span == b_span { d } else { d.label(a_span, format!("this is {na}")) };
        self.report(d);
    }
}

/// Do both name the same element by a written id?
fn is_same_id(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (NodeKind::ById(c, x), NodeKind::ById(d, y)) => {
            c == d && matches!((&x.kind, &y.kind), (NodeKind::Text(x), NodeKind::Text(y)) if x == y)
        }
        _ => false,
    }
}
