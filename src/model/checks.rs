//! Checks of the data before any solver runs: ranges of parameters and the library's `check`s.

use super::evaluate::is_whole;
use super::{Context, Evaluator, Model, Value};
use crate::deadline::Deadline;
use crate::diagnostics::{Diagnostic, ids_names, ids_network, ids_units};
use crate::names::{MemberId, ROOT};
use crate::program::ledger::{Outcome, Tally};
use crate::program::{DisplayUnit, shown};
use crate::syntax::ast::BinaryOp;
use crate::units::typed::{NodeKind, Ty, TypedBody};
use std::sync::Arc;

/// At most so many findings of one statement.
const CAP: usize = 20;

/// Settings that reach no element.
pub fn elements_found(model: &Model) -> Vec<Diagnostic> {
    use crate::units::check::SettingTarget;
    let mut out = Vec::new();
    for list in model.settings.values() {
        for s in list {
            if let SettingTarget::Element(id) = &s.target
                && !model.classes[s.class].index.contains_key(id)
                && !model.classes[s.class].removed.contains(id)
            {
                out.push(super::elements::unknown_element(&model.names, &model.classes, s.class, id, s.span));
            }
        }
    }
    out.sort_by_key(Diagnostic::span);
    out
}

/// Evaluates all parameters and data checks; with the findings, what became of the instances of the checks.
pub fn data(model: &Model, limit: &Deadline) -> (Vec<Diagnostic>, Vec<(MemberId, usize, Tally)>) {
    let mut ev = Evaluator::new(model, limit);
    let mut checked = Vec::new();
    for mode in 0..model.modes.len().max(1) {
        ev.mode = mode;
        for member in 0..model.members.len() {
            match &model.members[member].body {
                TypedBody::Param { .. } => param(&mut ev, member),
                TypedBody::Check { after_solve: false, .. } => {
                    checked.push((member, mode, check(&mut ev, member)));
                }
                TypedBody::Subset { .. } => subset(&mut ev, member),
                _ => {}
            }
        }
    }
    (ev.findings(), checked)
}

fn param(ev: &mut Evaluator<'_>, member: MemberId) {
    let model = ev.model;
    let typed = &model.members[member];
    let TypedBody::Param { bounds, whole, .. } = &typed.body else { return };
    let class = model.names.members[member].class;
    let mut found = 0;
    for element in 0..model.classes[class].elements.len() as u32 {
        let before = ev.diagnostics.len();
        for index in ev.places(member, element).unwrap_or_default() {
            if ev.going_on().is_err() {
                return;
            }
            let Ok(value) = ev.member_at(member, element, &index, model.names.members[member].span) else { break };
            let Value::Number(x) = value else {
                if !matches!(value, Value::Form(_)) {
                    break;
                }
                continue;
            };
            if *whole && !is_whole(x) {
                not_whole(ev, member, element, &index, x);
                break;
            }
            let mut cx = Context::new(class, element, typed.slots.max(index.len()));
            cx.slots[..index.len()].clone_from_slice(&index);
            for b in bounds {
                let Ok(limit) = ev.number(&b.limit, &mut cx) else { break };
                let tolerance = 1e-9 * limit.abs().max(x.abs());
                let holds = match b.op {
                    BinaryOp::Ge => x >= limit - tolerance,
                    BinaryOp::Le => x <= limit + tolerance,
                    BinaryOp::Gt => x > limit,
                    BinaryOp::Lt => x < limit,
                    _ => true,
                };
                if !holds {
                    out_of_range(ev, member, element, &index, x, b.op, limit);
                    break;
                }
            }
            if ev.diagnostics.len() > before {
                break;
            }
        }
        found += ev.diagnostics.len() - before;
        if found >= CAP {
            break;
        }
    }
}

/// A number of things, or a choice of 0 and 1, with a fraction.
fn not_whole(ev: &mut Evaluator<'_>, member: MemberId, element: u32, index: &[Value], x: f64) {
    let m = &ev.model.names.members[member];
    let name = ev.instance_name(&ev.model.names.qualified(member), m.class, element, index, false);
    let text = format!("`{name}` is {} and must be a whole number", shown(x, &DisplayUnit::new("", 1.0)));
    let span = ev.written_at(member, element).unwrap_or(m.span);
    ev.report(Diagnostic::new(ids_units::OUT_OF_RANGE, span, text, "not whole").label(m.span, "declared here"));
}

/// The elements of a part of a set belong to it.
fn subset(ev: &mut Evaluator<'_>, member: MemberId) {
    let model = ev.model;
    let typed = &model.members[member];
    let TypedBody::Subset { within, value } = &typed.body else { return };
    let m = &model.names.members[member];
    for element in 0..model.classes[m.class].elements.len() as u32 {
        let mut cx = Context::new(m.class, element, typed.slots);
        let (Ok(whole), Ok(part)) = (ev.set(within, &mut cx), ev.set(value, &mut cx)) else { continue };
        if Arc::ptr_eq(&whole, &part) || matches!(within.kind, NodeKind::All(_)) {
            continue;
        }
        let outside = part.iter().filter(|v| !whole.contains(v)).filter_map(|v| match v {
            Value::Element(c, i) => Some(model.classes[*c as usize].elements[*i as usize].id.as_str()),
            _ => None,
        });
        let outside: Vec<&str> = outside.take(8).collect();
        if !outside.is_empty() {
            let text = format!("`{}` holds what its set does not: {}", m.name, outside.join(", "));
            let d = Diagnostic::new(ids_names::WRONG_VALUE, value.span, text, "not a part of it");
            ev.report(d.label(within.span, "the set"));
        }
    }
}

fn out_of_range(
    ev: &mut Evaluator<'_>,
    member: MemberId,
    element: u32,
    index: &[Value],
    x: f64,
    op: BinaryOp,
    limit: f64,
) {
    let model = ev.model;
    let m = &model.names.members[member];
    let unit = match &model.members[member].ty {
        Ty::Number(q) => model.units.display(q),
        _ => DisplayUnit::new("", 1.0),
    };
    let name = ev.instance_name(&model.names.qualified(member), m.class, element, index, false);
    let relation = match op {
        BinaryOp::Ge => "at least",
        BinaryOp::Le => "at most",
        BinaryOp::Gt => "more than",
        _ => "less than",
    };
    let text = format!("`{name}` is {} and must be {relation} {}", shown(x, &unit), shown(limit, &unit));
    let span = ev.written_at(member, element).unwrap_or(m.span);
    ev.report(
        Diagnostic::new(ids_units::OUT_OF_RANGE, span, text, "out of range").label(m.span, "range declared here"),
    );
}

fn check(ev: &mut Evaluator<'_>, member: MemberId) -> Tally {
    let model = ev.model;
    let typed = &model.members[member];
    let mut tally = Tally::default();
    let TypedBody::Check { condition, message, .. } = &typed.body else { return tally };
    let m = &model.names.members[member];
    let mut found = 0;
    for element in 0..model.classes[m.class].elements.len() as u32 {
        if ev.going_on().is_err() {
            return tally;
        }
        let mut cx = Context::new(m.class, element, typed.slots);
        let holds = match ev.guarded_in(member, &mut cx) {
            Ok(true) => ev.data_condition(condition, &mut cx),
            Ok(false) => continue,
            Err(stop) => Err(stop),
        };
        tally.add(if holds == Ok(true) { Outcome::Holds } else { Outcome::Finding });
        // What cannot be computed is told.
        if holds == Ok(false) {
            found += 1;
            if found > CAP {
                break;
            }
            let owner = &model.classes[m.class].elements[element as usize];
            let text = match message {
                Some(t) => fill(ev, t, m.class, element),
                None => format!("a check of {} `{}` fails", model.names.classes[m.class].name, owner.id),
            };
            let span = if m.class == ROOT { m.span } else { owner.span };
            // The annotation of a check names the diagnostic it is.
            let id = match m.annotations.first().map(|a| a.name.text.as_str()) {
                Some("zero_impedance") => ids_network::ZERO_IMPEDANCE,
                Some("crossed_limits") => ids_network::CROSSED_LIMITS,
                Some("self_loop") => ids_network::SELF_LOOP,
                _ => ids_names::CHECK_FAILED,
            };
            let d = Diagnostic::new(id, span, text, "fails the check");
            let d = if m.class == ROOT { d } else { d.label(m.span, "checked here") };
            ev.report(d);
        }
    }
    tally
}

/// Fills `{name}` in a message.
pub fn fill(ev: &mut Evaluator<'_>, text: &str, class: usize, element: u32) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}') else { break };
        let name = &rest[open + 1..open + close];
        let model = ev.model;
        if name == "self" || name == "id" {
            out.push_str(&model.classes[class].elements[element as usize].id);
        } else if let Some(member) = model.names.member(class, name) {
            let span = model.names.members[member].span;
            let value = ev.member_at(member, element, &[], span);
            match value {
                Ok(Value::Number(x)) => {
                    let unit = match &model.members[member].ty {
                        Ty::Number(q) => model.units.display(q),
                        _ => DisplayUnit::new("", 1.0),
                    };
                    out.push_str(&shown(x, &unit));
                }
                Ok(Value::Element(c, i)) => out.push_str(&model.classes[c as usize].elements[i as usize].id),
                Ok(Value::Text(t) | Value::Symbol(t)) => out.push_str(&t),
                Ok(Value::Set(s)) => out.push_str(&s.len().to_string()),
                _ => out.push_str(name),
            }
        } else {
            out.push_str(name);
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}
