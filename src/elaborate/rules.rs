//! Expanding rules over their elements and indices.

use super::settle;
use crate::diagnostics::{Diagnostic, ids_program};
use crate::model::{Context, Demand, Evaluator, Model, Stop};
use crate::names::{MemberId, ROOT, limits};
use crate::program::ledger::{Outcome, Tally};
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
            if let TypedBody::Rule { .. } = &model.members[member].body
                && !needless(model, member, oriented)
            {
                rule(ev, class, member);
            }
            if is_full(ev) || ev.diagnostics.len() > 200 {
                return;
            }
        }
    }
}

/// Does a rule only forbid cycles that a known orientation cannot have?
pub(super) fn needless(model: &Model, member: MemberId, oriented: bool) -> bool {
    oriented && model.names.members[member].has_role("completion")
}

fn rule(ev: &mut Evaluator<'_>, class: usize, member: MemberId) {
    let model = ev.model;
    let typed = &model.members[member];
    let TypedBody::Rule { condition, implied } = &typed.body else { return };
    let unit = unit(ev, condition);
    let origin = ev.origin(member);
    let m = &model.names.members[member];
    let base = match &m.aspect {
        Some(a) => format!("{a}.{}", m.name),
        None => model.names.qualified(member),
    };
    let (acyclic, relaxed) = (m.has_role("completion"), m.has_role("cone"));
    let mode = model.modes.get(ev.mode).map(|m| m.as_str());
    let naming = ev.naming(&base, class, &typed.indices, false, mode);
    let own_atom = settle::has_own_atom(ev, member);
    let tally = instances(ev, class, member, &mut |ev, element, cx| {
        let demand = ev.demand(condition, cx)?;
        if demand == Demand::Holds {
            return Ok(Outcome::Holds);
        }
        let index = &cx.slots[..typed.indices.len()];
        let name = ev.name(&naming, element, index);
        let outcome = match demand {
            Demand::Holds => Outcome::Holds,
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
                Outcome::Finding
            }
            Demand::Relations(list) => {
                let several = list.len() > 1;
                let mut outcome = Outcome::Bound;
                for (k, relation) in list.into_iter().enumerate() {
                    let name = if several { name.with(format!(".{}", k + 1)) } else { name.clone() };
                    let unit = unit.clone();
                    let row = Constraint { name, relation, implied: *implied, acyclic, relaxed, unit, origin };
                    if push(ev, row, own_atom) {
                        outcome = Outcome::Row;
                    }
                }
                outcome
            }
        };
        room(ev, condition.span)?;
        Ok(outcome)
    });
    if let Some(d) = &mut ev.decisions {
        d.tallies.insert((member, ev.mode), tally);
    }
}

/// Is there room for more? That there is none is told once.
fn room(ev: &mut Evaluator<'_>, span: Span) -> Result<(), Stop> {
    if !is_full(ev) {
        return Ok(());
    }
    let d = limits::too_large(span, "the study", None, "rules", limits::ROWS);
    Err(ev.report(d.help("take fewer periods, or filter the rule's index by `where`")))
}

fn is_full(ev: &Evaluator<'_>) -> bool {
    ev.decisions.as_ref().is_some_and(|d| d.program.constraints.len() > limits::ROWS)
}

/// Calls `f` for every element and index combination for which a member is there, and counts what becomes of them.
pub(super) fn instances(
    ev: &mut Evaluator<'_>,
    class: usize,
    member: MemberId,
    f: &mut dyn FnMut(&mut Evaluator<'_>, u32, &mut Context) -> Result<Outcome, Stop>,
) -> Tally {
    let mut tally = Tally::default();
    let model = ev.model;
    let typed = &model.members[member];
    let indices: Vec<(usize, Node)> = typed.indices.iter().enumerate().map(|(k, i)| (k, i.set.clone())).collect();
    for element in 0..model.classes[class].elements.len() as u32 {
        if ev.going_on().is_err() {
            tally.add(Outcome::Finding);
            return tally;
        }
        let mut cx = Context::new(class, element, typed.slots);
        let done = match ev.guarded_in(member, &mut cx) {
            Ok(true) => ev.each(&indices, typed.where_.as_ref(), &mut cx, &mut |ev, cx| {
                tally.add(f(ev, element, cx)?);
                Ok(true)
            }),
            other => other,
        };
        // What is wrong with an element is told; the others are gone through all the same, as long as there is room.
        if done.is_err() {
            tally.add(Outcome::Finding);
            if is_full(ev) {
                return tally;
            }
        }
    }
    tally
}

/// Adds a row; false if it says nothing beyond the limits of its variable.
fn push(ev: &mut Evaluator<'_>, c: Constraint, own_atom: bool) -> bool {
    // A row without anything to decide has been judged already.
    let empty = matches!(&c.relation, Relation::Le(f) | Relation::Eq(f) if f.is_constant());
    if empty || settle::is_idle(ev, &c, own_atom) {
        return false;
    }
    if let Some(d) = &mut ev.decisions {
        d.program.constraints.push(c);
    }
    true
}

/// Unit type of a comparison's sides.
/// The unit of what a condition compares.
pub(super) fn unit(ev: &Evaluator<'_>, condition: &Node) -> Arc<DisplayUnit> {
    Arc::new(match sides(condition) {
        Some(Ty::Number(q)) => ev.model.units.display(q),
        _ => DisplayUnit::new("", 1.0),
    })
}

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
