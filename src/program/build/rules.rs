//! Expanding rules over their elements and indices.

use super::settle;
use crate::diagnostics::{Diagnostic, ids_program};
use crate::model::{Context, Demand, Evaluator, Stop};
use crate::names::{MemberId, ROOT, limits};
use crate::program::{Constraint, DisplayUnit, Relation, shown};
use crate::source::Span;
use crate::syntax::ast::BinaryOp;
use crate::units::typed::{Node, NodeKind, Ty, TypedBody};
use std::sync::Arc;

/// Expands every rule in the current mode; none that only forbids cycles where the orientation is known
/// to have none.
pub fn all(ev: &mut Evaluator<'_>, oriented: bool) {
    let model = ev.model;
    for class in 0..model.classes.len() {
        for &member in &model.names.classes[class].all {
            let needless = oriented && model.names.members[member].has_role("completion");
            if let TypedBody::Rule { .. } = &model.members[member].body
                && !needless
            {
                rule(ev, class, member);
            }
            let full = ev.decisions.as_ref().is_some_and(|d| d.program.constraints.len() > limits::ROWS);
            if full || ev.diagnostics.len() > 200 {
                return;
            }
        }
    }
}

fn rule(ev: &mut Evaluator<'_>, class: usize, member: MemberId) {
    let model = ev.model;
    let typed = &model.members[member];
    let TypedBody::Rule { condition, implied } = &typed.body else { return };
    let unit = Arc::new(match sides(condition) {
        Some(Ty::Number(q)) => model.units.display(q),
        _ => DisplayUnit::new("", 1.0),
    });
    let origin = ev.origin(member);
    let m = &model.names.members[member];
    let base = match &m.aspect {
        Some(a) => format!("{a}.{}", m.name),
        None => model.names.qualified(member),
    };
    let acyclic = m.has_role("completion");
    let mode = model.modes.get(ev.mode).map(|m| m.as_str());
    let naming = ev.naming(&base, class, &typed.indices, false, mode);
    let own_atom = settle::has_own_atom(ev, member);
    instances(ev, class, member, &mut |ev, element, cx| {
        let demand = ev.demand(condition, cx)?;
        if demand == Demand::Holds {
            return Ok(true);
        }
        let index = &cx.slots[..typed.indices.len()];
        let name = ev.name(&naming, element, index);
        match demand {
            Demand::Holds => {}
            Demand::Fails(values) => {
                let owner = &model.classes[class].elements[element as usize];
                let text = match values {
                    Some((a, b)) => {
                        format!("rule `{name}` cannot hold: its sides are {} and {}", shown(a, &unit), shown(b, &unit))
                    }
                    None => format!("rule `{name}` cannot hold with these data"),
                };
                let d = Diagnostic::new(ids_program::CONSTANT_RULE_VIOLATED, condition.span, text, "never holds")
                    .note("nothing in this rule is left to decide");
                let d = if class == ROOT { d } else { d.label(owner.span, "for this element") };
                ev.report(d);
            }
            Demand::Relations(list) => {
                let several = list.len() > 1;
                for (k, relation) in list.into_iter().enumerate() {
                    let name = if several { name.with(format!(".{}", k + 1)) } else { name.clone() };
                    let unit = unit.clone();
                    push(ev, Constraint { name, relation, implied: *implied, acyclic, unit, origin }, own_atom);
                }
            }
        }
        Ok(room(ev, condition.span))
    });
}

/// Is there room for more? That there is none is told once.
fn room(ev: &mut Evaluator<'_>, span: Span) -> bool {
    let most = limits::ROWS;
    let room = ev.decisions.as_ref().is_none_or(|d| d.program.constraints.len() <= most);
    if !room {
        let d = limits::too_large(span, "the study", None, "rules", most);
        ev.report(d.help("take fewer periods, or filter the rule's index by `where`"));
    }
    room
}

/// Calls `f` for every element and index combination for which a member is there.
pub(super) fn instances(
    ev: &mut Evaluator<'_>,
    class: usize,
    member: MemberId,
    f: &mut dyn FnMut(&mut Evaluator<'_>, u32, &mut Context) -> Result<bool, Stop>,
) {
    let model = ev.model;
    let typed = &model.members[member];
    let indices: Vec<(usize, Node)> = typed.indices.iter().enumerate().map(|(k, i)| (k, i.set.clone())).collect();
    for element in 0..model.classes[class].elements.len() as u32 {
        if ev.going_on().is_err() {
            return;
        }
        let mut cx = Context::new(class, element, typed.slots);
        if let Ok(true) = ev.guarded_in(member, &mut cx) {
            // What is wrong with an element is told; the others are gone through all the same.
            if let Ok(false) = ev.each(&indices, typed.where_.as_ref(), &mut cx, &mut |ev, cx| f(ev, element, cx)) {
                return;
            }
        }
    }
}

fn push(ev: &mut Evaluator<'_>, c: Constraint, own_atom: bool) {
    // A row without anything to decide has been judged already.
    let empty = matches!(&c.relation, Relation::Le(f) | Relation::Eq(f) if f.is_constant());
    if empty || settle::is_idle(ev, &c, own_atom) {
        return;
    }
    if let Some(d) = &mut ev.decisions {
        d.program.constraints.push(c);
    }
}

/// Unit type of a comparison's sides.
fn sides(node: &Node) -> Option<&Ty> {
    match &node.kind {
        NodeKind::Binary(BinaryOp::Le | BinaryOp::Ge | BinaryOp::Eq, a, b) => {
            let zero = matches!(a.kind, NodeKind::Number(0.0));
            Some(if zero { &b.ty } else { &a.ty })
        }
        NodeKind::Binary(BinaryOp::And | BinaryOp::Implies, _, b) => sides(b),
        NodeKind::Fold { body, .. } => sides(body),
        _ => None,
    }
}
