//! The elaborate stage: from the model to the program. Variables, contributions, rules, objectives, budgets, and what
//! annotations say of the network.

mod audit;
mod budgets;
mod checks;
mod detached;
mod finite;
mod goal;
mod network;
mod oriented;
mod roots;
mod rules;
mod settle;
mod stages;
mod uncertainty;
mod uncounted;
mod variables;

pub use goal::{no_objective, no_study, several_modes};

use crate::deadline::Deadline;
use crate::diagnostics::{Diagnostic, Severity, ids_program};
use crate::model::{Context, Decisions, Evaluator, Model};
use crate::names::ROOT;
use crate::program::ledger::{Ledger, Outcome, Tally};
use crate::program::{Affine, Constraint, DisplayUnit, Form, Objective, OpenSum, Program, Relation};
use crate::units::typed::{Ty, TypedBody};
use std::sync::Arc;

/// Makes the program until `limit`. With errors in the diagnostics it is incomplete and must not be solved.
pub fn elaborate(model: &Model, limit: &Deadline) -> (Program, Vec<Diagnostic>) {
    let built = elaborated(model, false, limit);
    (built.program, built.found)
}

/// What becomes of everything that is declared, and the findings. One about instances of which nothing is known is
/// among them.
pub fn ledger(model: &Model, limit: &Deadline) -> (Ledger, Vec<Diagnostic>) {
    let built = elaborated(model, true, limit);
    (built.ledger, built.found)
}

/// A program and what is known of how it came about.
struct Built {
    program: Program,
    found: Vec<Diagnostic>,
    /// Have frozen decisions settled others?
    settled: bool,
    /// Empty unless it was asked for.
    ledger: Ledger,
}

fn elaborated(model: &Model, audit: bool, limit: &Deadline) -> Built {
    let built = attempt(model, true, audit, limit);
    if built.settled && !limit.passed() && built.found.iter().any(|d| d.severity == Severity::Error) {
        // What clashes with what was settled is told as if nothing had been.
        return attempt(model, false, audit, limit);
    }
    built
}

fn attempt(model: &Model, settle: bool, audit: bool, limit: &Deadline) -> Built {
    let mut ev = Evaluator::new(model, limit);
    ev.doing = "decisions were made";
    let mut decisions = Decisions::default();
    decisions.program.periods = model.periods;
    decisions.program.step = model.step;
    ev.decisions = Some(decisions);
    let modes = model.modes.len().max(1);
    for mode in 0..modes {
        ev.mode = mode;
        variables::all(&mut ev);
    }
    if settle && ev.diagnostics.is_empty() {
        ev.doing = "it was derived what frozen decisions settle";
        settle::settle(&mut ev);
    }
    let known = oriented::is_known(&mut ev);
    for mode in 0..modes {
        ev.mode = mode;
        ev.doing = "balances and totals were added up";
        sums(&mut ev);
        ev.doing = "rules were written out";
        rules::all(&mut ev, known);
        checks::all(&mut ev);
    }
    ev.mode = 0;
    ev.doing = "objectives and the network were put together";
    objectives(&mut ev);
    budgets::all(&mut ev);
    let ledger = if audit { audit::ledger(&mut ev, known) } else { Ledger::default() };
    // The network is told in variables, whatever is known of them.
    let settled = ev.decisions.as_mut().is_some_and(|d| d.settled.take().is_some());
    let network = if ev.is_over() { None } else { network::describe(&mut ev) };
    let mut diagnostics = ev.findings();
    let mut program = ev.decisions.take().map(|d| d.program).unwrap_or_default();
    program.network = network;
    diagnostics.extend(stages::check(&program));
    if diagnostics.is_empty() {
        diagnostics = finite::check(&program);
    }
    if diagnostics.is_empty() {
        diagnostics = uncertainty::check(model, &program);
        if !known {
            diagnostics.extend(detached::check(model, &program));
        }
        diagnostics.extend(uncounted::check(model, &program));
    }
    Built { program, found: diagnostics, settled, ledger }
}

/// Balances become constraints; totals and balances are kept with their summands.
fn sums(ev: &mut Evaluator<'_>) {
    let model = ev.model;
    for member in 0..model.members.len() {
        let TypedBody::Total { balance } = model.members[member].body else { continue };
        let mut tally = Tally::default();
        if ev.sum(member).is_err() {
            // Told.
            tally.add(Outcome::Finding);
            count(ev, member, tally);
            continue;
        }
        let origin = ev.origin(member);
        let m = &model.names.members[member];
        let unit = Arc::new(match &model.members[member].ty {
            Ty::Number(q) => model.units.display(q),
            _ => DisplayUnit::new("", 1.0),
        });
        let role = m.annotation("role").and_then(|a| a.args.first()).map(|r| r.as_str().into());
        let qualified = model.names.qualified(member);
        let mode = ev.mode;
        let shown_mode = model.modes.get(mode).map(|m| m.as_str());
        let naming = ev.naming(&qualified, m.class, &model.members[member].indices, false, shown_mode);
        let Some(d) = &mut ev.decisions else { return };
        let Some(mut store) = d.sums.remove(&(member, mode)) else { continue };
        for at in 0..store.len() {
            if ev.going_on().is_err() {
                return;
            }
            let (element, ordinals) = store.coordinates(at);
            let index: Vec<crate::model::Value> = model.members[member]
                .indices
                .iter()
                .zip(&ordinals)
                .map(|(i, o)| match &i.ty {
                    Ty::Element(c) => crate::model::Value::Element(*c as u32, *o as u32),
                    _ => crate::model::Value::Period(*o as i64),
                })
                .collect();
            let name = ev.name(&naming, element as u32, &index);
            let form = ev.sum_form(member, at).map(|f| (*f).clone()).unwrap_or_default();
            let period = model.members[member].indices.iter().position(|i| i.ty == Ty::Period).map(|k| ordinals[k]);
            let mut contributions = store.get_mut(at).map(std::mem::take).unwrap_or_default();
            contributions.shrink_to_fit();
            // Nobody adds to some, and a sum that is no balance demands nothing.
            let mut outcome = if contributions.is_empty() { Outcome::Holds } else { Outcome::Row };
            if balance && !contributions.is_empty() {
                if form.is_constant() {
                    outcome = Outcome::Holds;
                    if form.affine.constant.abs() > 1e-6 * unit.factor {
                        let owner = &model.classes[m.class].elements[element];
                        let text = format!(
                            "`{name}` cannot be balanced: {} remain and nothing can take them",
                            crate::program::shown(form.affine.constant, &unit)
                        );
                        ev.report(Diagnostic::new(
                            ids_program::CONSTANT_RULE_VIOLATED,
                            owner.span,
                            text,
                            "never balanced",
                        ));
                        outcome = Outcome::Finding;
                    }
                } else if let Some(d) = &mut ev.decisions {
                    d.program.constraints.push(Constraint {
                        name: name.clone(),
                        relation: Relation::Eq(form),
                        implied: false,
                        acyclic: false,
                        relaxed: false,
                        unit: unit.clone(),
                        origin,
                    });
                }
            }
            tally.add(outcome);
            if let Some(d) = &mut ev.decisions {
                d.program.sums.push(OpenSum {
                    name,
                    role: role.clone(),
                    period,
                    element: (m.class != ROOT).then_some(element),
                    contributions,
                    unit: unit.clone(),
                });
            }
        }
        count(ev, member, tally);
    }
}

fn count(ev: &mut Evaluator<'_>, member: crate::names::MemberId, tally: Tally) {
    if let Some(d) = &mut ev.decisions {
        d.tallies.insert((member, ev.mode), tally);
    }
}

fn objectives(ev: &mut Evaluator<'_>) {
    let model = ev.model;
    for o in &model.objectives {
        let mut terms = Vec::new();
        let mut tally = Tally::default();
        for (name, node) in &o.terms {
            let mut cx = Context::new(ROOT, 0, 0);
            // What is wrong with a term is told.
            let value = ev.eval(node, &mut cx).and_then(|value| ev.numeric(value, node, &mut cx));
            let Ok(Some(form)) = value.map(crate::model::Value::into_form) else {
                tally.add(Outcome::Finding);
                continue;
            };
            tally.add(Outcome::Row);
            terms.push((name.to_string(), form));
        }
        let Some(d) = &mut ev.decisions else { return };
        d.terms.push(tally);
        let origin = d.origin(o.span, &o.name);
        d.program.objectives.push(Objective {
            name: o.name.to_string(),
            maximize: o.maximize,
            terms,
            unit: model.units.display(&o.quantity).into(),
            origin,
        });
    }
}

/// The affine part of a form that has nothing else.
pub(super) fn affine_only(f: &Form) -> Option<&Affine> {
    f.is_affine().then_some(&f.affine)
}
