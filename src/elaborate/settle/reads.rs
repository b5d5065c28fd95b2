//! What kind of variables a rule reads, told from its text.

use crate::model::Evaluator;
use crate::program::Domain;
use crate::syntax::ast::BinaryOp;
use crate::units::typed::{Fold, Function, Node, NodeKind, TypedBody};

/// Variables that a condition reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::elaborate) enum Reads {
    /// Whole ones alone.
    Whole,
    /// Whole ones and one that is continuous.
    Gate,
    /// Something else.
    Other,
}

#[derive(Default)]
struct Count {
    whole: usize,
    continuous: usize,
}

/// What a rule's condition reads.
pub(in crate::elaborate) fn reads(ev: &Evaluator<'_>, condition: &Node) -> Reads {
    let NodeKind::Binary(BinaryOp::Le | BinaryOp::Ge | BinaryOp::Eq, a, b) = &condition.kind else {
        return Reads::Other;
    };
    let mut count = Count::default();
    let size =
        matches!((&condition.kind, &a.kind), (NodeKind::Binary(BinaryOp::Le, ..), NodeKind::Call(Function::Abs, _)));
    let left = match &a.kind {
        NodeKind::Call(_, args) if size => match args.as_slice() {
            [arg] if matches!(arg.kind, NodeKind::Member { .. }) => sum(ev, arg, &mut count),
            _ => false,
        },
        _ => sum(ev, a, &mut count),
    };
    if !left || !sum(ev, b, &mut count) {
        return Reads::Other;
    }
    match count {
        Count { whole: 1.., continuous: 0 } if !size => Reads::Whole,
        Count { whole: 1.., continuous: 1 } => Reads::Gate,
        _ => Reads::Other,
    }
}

/// Counts the variables of a sum; false where it is something else.
fn sum(ev: &Evaluator<'_>, node: &Node, count: &mut Count) -> bool {
    if ev.is_data(node) {
        return true;
    }
    match &node.kind {
        NodeKind::Neg(a) => sum(ev, a, count),
        NodeKind::Binary(BinaryOp::Add | BinaryOp::Sub, a, b) => sum(ev, a, count) && sum(ev, b, count),
        NodeKind::Binary(BinaryOp::Mul | BinaryOp::Of, a, b) => {
            (ev.is_data(a) || ev.is_data(b)) && sum(ev, a, count) && sum(ev, b, count)
        }
        NodeKind::Binary(BinaryOp::Div, a, b) => ev.is_data(b) && sum(ev, a, count),
        NodeKind::Call(Function::Convert, args) => args.iter().all(|a| sum(ev, a, count)),
        NodeKind::If(_, a, b) => sum(ev, a, count) && sum(ev, b, count),
        NodeKind::Fold { op: Fold::Sum, body, .. } => {
            let mut inside = Count::default();
            let plain = sum(ev, body, &mut inside);
            count.whole += inside.whole;
            count.continuous += 2 * inside.continuous;
            plain
        }
        NodeKind::Member { member, .. } => match &ev.model.members[*member].body {
            TypedBody::Var { domain: Domain::Continuous, .. } => {
                count.continuous += 1;
                true
            }
            TypedBody::Var { .. } => {
                count.whole += 1;
                true
            }
            TypedBody::Let(body) if ev.is_inline(*member) => sum(ev, body, count),
            _ => false,
        },
        _ => false,
    }
}

/// Does anything ask whether an expression of decisions is constant? What is settled would change the answer
/// after variables have been made by it.
pub(super) fn asks_for_constants(ev: &Evaluator<'_>) -> bool {
    let mut found = false;
    for m in &ev.model.members {
        let indices = m.indices.iter().map(|i| &i.set);
        for node in m.when.iter().chain(&m.where_).chain(indices).chain(bodies(&m.body)) {
            found |= asks(ev, node);
        }
    }
    found
}

fn bodies(body: &TypedBody) -> Vec<&Node> {
    match body {
        TypedBody::Param { default, .. } => default.iter().collect(),
        TypedBody::Var { lower, upper, .. } => lower.iter().chain(upper).collect(),
        TypedBody::Let(n) | TypedBody::Subset { value: n, .. } => vec![n],
        TypedBody::Rule { condition, .. } | TypedBody::Check { condition, .. } => vec![condition],
        TypedBody::Contribute { value, target, .. } => vec![value, target],
        _ => Vec::new(),
    }
}

fn asks(ev: &Evaluator<'_>, node: &Node) -> bool {
    if let NodeKind::Call(Function::IsConstant, args) = &node.kind
        && args.first().is_some_and(|a| !ev.is_data(a))
    {
        return true;
    }
    let mut any = false;
    node.children(&mut |child| any |= asks(ev, child));
    any
}
