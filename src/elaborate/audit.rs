//! The other side of the ledger: how many instances each declaration has and how many of them it leaves out itself,
//! counted again and apart from what made the program.

use super::rules::needless;
use crate::diagnostics::{Diagnostic, Severity, ids_program};
use crate::model::{Context, Evaluator, Value};
use crate::names::MemberId;
use crate::program::ledger::{Entry, Ledger, Outcome, Tally};
use crate::source::Span;
use crate::units::typed::{Node, NodeKind, Ty, TypedBody, TypedIndex};

/// Instances of a member: all, and those that it leaves out itself.
#[derive(Default)]
struct Count {
    declared: u64,
    when: u64,
    filtered: u64,
}

/// The ledger, once everything has been made. What does not add up is told.
pub(super) fn ledger(ev: &mut Evaluator<'_>, oriented: bool) -> Ledger {
    let mut entries = Vec::new();
    let model = ev.model;
    for mode in 0..model.modes.len().max(1) {
        ev.mode = mode;
        for class in 0..model.classes.len() {
            for &member in &model.names.classes[class].all {
                entries.extend(entry(ev, class, member, oriented));
            }
        }
    }
    ev.mode = 0;
    entries.extend(statements(ev));
    let told = ev.diagnostics.iter().any(|d| d.severity == Severity::Error);
    for entry in &mut entries {
        let lost = entry.lost();
        if lost > 0 && told {
            // Behind a finding nothing is made, and after many of them no declaration is gone through.
            entry.tally.findings += lost as u64;
        } else if lost != 0 {
            let text = format!("internal: {lost} instances of `{}` are neither made nor told", entry.name);
            ev.report(Diagnostic::new(ids_program::INTERNAL_ERROR, entry.span, text, "got lost"));
        }
    }
    Ledger { entries }
}

fn entry(ev: &mut Evaluator<'_>, class: usize, member: MemberId, oriented: bool) -> Option<Entry> {
    let model = ev.model;
    let (typed, m) = (&model.members[member], &model.names.members[member]);
    let made = ev.decisions.as_ref().and_then(|d| d.tallies.get(&(member, ev.mode))).copied().unwrap_or_default();
    let mut reduction = None;
    let (kind, count, tally) = match &typed.body {
        TypedBody::Rule { .. } => {
            if needless(model, member, oriented) {
                reduction = Some("the orientation is known and has no cycle");
            }
            ("rule", instances(ev, class, member), made)
        }
        TypedBody::Check { after_solve: true, .. } => ("check of the solution", instances(ev, class, member), made),
        TypedBody::Check { .. } => {
            let checked = model.checked.iter().find(|c| (c.0, c.1) == (member, ev.mode));
            ("check", instances(ev, class, member), checked.map_or_else(Tally::default, |c| c.2))
        }
        TypedBody::Total { balance } => {
            let declared = ev.room(member) as u64;
            (if *balance { "balance" } else { "total" }, Count { declared, ..Count::default() }, made)
        }
        TypedBody::Contribute { .. } => ("summand of", instances(ev, class, member), made),
        TypedBody::Var { .. } if ev.is_shared(member) && ev.mode > 0 => return None,
        TypedBody::Var { .. } => {
            let (count, tally) = variables(ev, class, member);
            ("variable", count, tally)
        }
        _ => return None,
    };
    let mut name = match (&typed.body, &m.aspect) {
        (TypedBody::Contribute { target, .. }, _) => target_name(ev, class, target),
        (_, Some(aspect)) if !matches!(typed.body, TypedBody::Var { .. }) => format!("{aspect}.{}", m.name),
        _ => model.names.qualified(member),
    };
    if let Some(mode) = model.modes.get(ev.mode) {
        name.push_str(&format!("@{mode}"));
    }
    let reduced = if reduction.is_some() { count.declared - count.when - count.filtered } else { 0 };
    let Count { declared, when, filtered } = count;
    Some(Entry { kind, name, span: m.statement, declared, when, filtered, tally, reduced, reduction })
}

/// `b.active by load`
fn target_name(ev: &Evaluator<'_>, class: usize, target: &Node) -> String {
    let names = &ev.model.names;
    let to = match &target.kind {
        NodeKind::Member { member, .. } => names.qualified(*member),
        _ => "?".into(),
    };
    format!("{to} by {}", names.classes[class].name)
}

/// Goals and budgets.
fn statements(ev: &mut Evaluator<'_>) -> Vec<Entry> {
    let model = ev.model;
    let mut out = Vec::new();
    let whole = |kind, name: String, span: Span, declared, tally| Entry {
        kind,
        name,
        span,
        declared,
        when: 0,
        filtered: 0,
        tally,
        reduced: 0,
        reduction: None,
    };
    let made = ev.decisions.as_ref().map(|d| (d.terms.clone(), d.budgets.clone())).unwrap_or_default();
    for (i, o) in model.objectives.iter().enumerate() {
        let tally = made.0.get(i).copied().unwrap_or_default();
        out.push(whole("terms of", o.name.to_string(), o.span, o.terms.len() as u64, tally));
    }
    for (i, b) in model.budgets.iter().enumerate() {
        let mut cx = Context::new(crate::names::ROOT, 0, b.indices.len());
        let mut declared = 0;
        walk(ev, &b.indices, 0, &mut cx, &mut |_, _| declared += 1);
        let tally = made.1.get(i).copied().unwrap_or_default();
        out.push(whole("budget", b.name.to_string(), b.span, declared, tally));
    }
    out
}

/// The instances of a member with guards and a filter.
fn instances(ev: &mut Evaluator<'_>, class: usize, member: MemberId) -> Count {
    let mut count = Count::default();
    each(ev, class, member, &mut count, &mut |_, _, _| {});
    count
}

/// The variables that are there, and those that should be.
fn variables(ev: &mut Evaluator<'_>, class: usize, member: MemberId) -> (Count, Tally) {
    let (mut count, mut tally) = (Count::default(), Tally::default());
    each(ev, class, member, &mut count, &mut |ev, element, index| {
        if ev.is_made(member, element, index) {
            tally.add(Outcome::Row);
        }
    });
    (count, tally)
}

/// Goes through all instances, and calls `f` for those that are not left out.
fn each(
    ev: &mut Evaluator<'_>,
    class: usize,
    member: MemberId,
    count: &mut Count,
    f: &mut dyn FnMut(&mut Evaluator<'_>, u32, &[Value]),
) {
    let model = ev.model;
    let typed = &model.members[member];
    let k = typed.indices.len();
    for element in 0..model.classes[class].elements.len() as u32 {
        if ev.going_on().is_err() {
            return;
        }
        let mut cx = Context::new(class, element, typed.slots.max(k));
        match ev.guarded_in(member, &mut cx) {
            Ok(true) => walk(ev, &typed.indices, 0, &mut cx, &mut |ev, cx| {
                count.declared += 1;
                let index = cx.slots[..k].to_vec();
                match typed.where_.as_ref().map(|w| ev.data_condition(w, cx)) {
                    Some(Ok(false)) => count.filtered += 1,
                    None | Some(Ok(true)) => f(ev, element, &index),
                    // Told, and counted as such.
                    Some(Err(_)) => {}
                }
            }),
            Ok(false) => {
                let size = constant_size(ev, &typed.indices);
                count.declared += size;
                count.when += size;
            }
            Err(_) => count.declared += constant_size(ev, &typed.indices),
        }
    }
}

/// Calls `f` for all combinations of index values.
fn walk(
    ev: &mut Evaluator<'_>,
    indices: &[TypedIndex],
    slot: usize,
    cx: &mut Context,
    f: &mut dyn FnMut(&mut Evaluator<'_>, &mut Context),
) {
    let Some(index) = indices.get(slot) else { return f(ev, cx) };
    // What cannot be computed is told.
    let Ok(set) = ev.set(&index.set, cx) else { return };
    for value in set.iter() {
        if ev.going_on().is_err() {
            return;
        }
        cx.slots[slot] = value.clone();
        walk(ev, indices, slot + 1, cx, f);
    }
}

/// Combinations of index values, where the sets need no element; one for each of the others.
fn constant_size(ev: &Evaluator<'_>, indices: &[TypedIndex]) -> u64 {
    let size = |index: &TypedIndex| match (&index.set.kind, &index.ty) {
        (NodeKind::Periods, _) => ev.model.periods as u64,
        (NodeKind::All(_), Ty::Element(c)) => ev.model.classes[*c].elements.len() as u64,
        _ => 1,
    };
    indices.iter().map(size).product()
}
