//! What frozen decisions settle: where lines are kept as they are, the orientation follows, and with it what the
//! arcs of open lines carry. Settled variables stand as numbers in all rules, so that rows about nothing are
//! never made.
//!
//! First the rules about whole numbers alone are propagated, then the rules that switch a single continuous
//! variable off. What clashes is left to the solver, which explains it: then nothing is settled.

mod propagate;
mod reads;

use super::rules::instances;
use crate::model::{Demand, Evaluator};
use crate::names::MemberId;
use crate::program::ledger::Outcome;
use crate::program::{Affine, Atom, AtomKind, Constraint, Program, Relation, VarId};
use crate::units::typed::TypedBody;
use propagate::Rows;
pub(super) use reads::{Reads, reads};

/// Settles what follows from frozen decisions, if there are any.
pub(super) fn settle(ev: &mut Evaluator<'_>) {
    if !ev.decisions.as_ref().is_some_and(|d| d.frozen) || reads::asks_for_constants(ev) {
        return;
    }
    let Some(d) = &mut ev.decisions else { return };
    let fixed = |v: &crate::program::Variable| if v.lower == v.upper { v.lower } else { f64::NAN };
    d.settled = Some(d.program.variables.iter().map(fixed).collect());
    let mut rows = Rows::default();
    let known = each_relation(ev, Reads::Whole, &mut |_, relation| rows.add(relation));
    let Some(d) = &mut ev.decisions else { return };
    let Some(settled) = &mut d.settled else { return };
    if !known || !rows.propagate(&d.program.variables, settled) {
        d.settled = None;
        return;
    }
    each_relation(ev, Reads::Gate, &mut |ev, relation| {
        let Some(d) = &mut ev.decisions else { return };
        let Some((v, low, high)) = limits(&d.program, relation) else { return };
        let Some(variable) = d.program.variables.get(v.0 as usize) else { return };
        let (low, high) = (low.max(variable.lower), high.min(variable.upper));
        if let (true, Some(settled)) = (low == high, &mut d.settled) {
            settled[v.0 as usize] = low;
        }
    });
    let Some(d) = &mut ev.decisions else { return };
    for (variable, x) in d.program.variables.iter_mut().zip(d.settled.iter().flatten()) {
        if !x.is_nan() {
            (variable.lower, variable.upper) = (*x, *x);
        }
    }
    d.limits = d.program.variables.iter().map(|v| (v.lower, v.upper)).collect();
}

/// Every relation of the rules that read such variables; false where one cannot hold.
fn each_relation(ev: &mut Evaluator<'_>, wanted: Reads, f: &mut dyn FnMut(&mut Evaluator<'_>, &Relation)) -> bool {
    let model = ev.model;
    let mut holds = true;
    for mode in 0..model.modes.len().max(1) {
        ev.mode = mode;
        for class in 0..model.classes.len() {
            for &member in &model.names.classes[class].all {
                let TypedBody::Rule { condition, implied: false } = &model.members[member].body else { continue };
                if reads(ev, condition) != wanted {
                    continue;
                }
                instances(ev, class, member, &mut |ev, _, cx| {
                    let atoms = ev.decisions.as_ref().map_or(0, |d| d.program.atoms.len());
                    match ev.demand(condition, cx)? {
                        Demand::Relations(list) => list.iter().for_each(|r| f(ev, r)),
                        Demand::Holds => {}
                        Demand::Fails(_) => holds = false,
                    }
                    if let Some(d) = &mut ev.decisions {
                        d.program.atoms.truncate(atoms);
                    }
                    Ok(Outcome::Holds)
                });
            }
        }
    }
    ev.mode = 0;
    holds
}

/// The variable that a relation is about, if it is about one alone, and the limits that it gives it.
fn limits(program: &Program, relation: &Relation) -> Option<(VarId, f64, f64)> {
    let (form, equal) = match relation {
        Relation::Le(form) => (form, false),
        Relation::Eq(form) => (form, true),
        Relation::Implies { .. } => return None,
    };
    if !form.products.is_empty() || !form.uncertain.is_empty() {
        return None;
    }
    match (form.affine.terms.as_slice(), form.atoms.as_slice()) {
        ([(v, c)], []) => {
            let end = 0.0 - form.affine.constant / c;
            Some(match (equal, *c > 0.0) {
                (true, _) => (*v, end, end),
                (false, true) => (*v, f64::NEG_INFINITY, end),
                (false, false) => (*v, end, f64::INFINITY),
            })
        }
        ([], [(id, c)]) if *c > 0.0 && !equal => match program.atoms.get(id.0 as usize)? {
            Atom { kind: AtomKind::Abs, args, .. } => {
                let arg = args.first().filter(|a| a.is_affine())?;
                let Affine { constant: 0.0, terms } = &arg.affine else { return None };
                let &[(v, k)] = terms.as_slice() else { return None };
                let end = (0.0 - form.affine.constant / c) / k.abs();
                (end >= 0.0).then_some((v, 0.0 - end, end))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Does a constraint say nothing beyond the limits of its variable? What it says is kept for those to come.
/// `last`: the atom that was made last is of this constraint alone.
pub(super) fn is_idle(ev: &mut Evaluator<'_>, c: &Constraint, last: bool) -> bool {
    let Some(d) = &mut ev.decisions else { return false };
    if d.settled.is_none() {
        return false;
    }
    let Some((v, low, high)) = limits(&d.program, &c.relation) else { return false };
    let Some(known) = d.limits.get_mut(v.0 as usize) else { return false };
    if low <= known.0 && high >= known.1 {
        if let (true, Relation::Le(form)) = (last, &c.relation)
            && form.atoms.first().is_some_and(|a| a.0.0 as usize + 1 == d.program.atoms.len())
        {
            d.program.atoms.pop();
        }
        return true;
    }
    if !c.implied && !c.acyclic {
        *known = (known.0.max(low), known.1.min(high));
    }
    false
}

/// Is the rule about the size of a variable as such, so that its atom is nobody else's?
pub(super) fn has_own_atom(ev: &Evaluator<'_>, member: MemberId) -> bool {
    match &ev.model.members[member].body {
        TypedBody::Rule { condition, .. } => reads(ev, condition) == Reads::Gate,
        _ => false,
    }
}
