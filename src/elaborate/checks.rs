//! Checks of the solution: conditions that are carried beside the program and judged at the point
//! that an engine returns.

use crate::diagnostics::{Diagnostic, ids_names};
use crate::model::{Context, Demand, Evaluator, fill_message};
use crate::names::{MemberId, ROOT};
use crate::program::SolvedCheck;
use crate::program::ledger::{Outcome, Tally};
use crate::units::typed::TypedBody;

/// Expands every `after_solve check` in the current mode.
pub fn all(ev: &mut Evaluator<'_>) {
    let model = ev.model;
    for class in 0..model.classes.len() {
        for &member in &model.names.classes[class].all {
            if let TypedBody::Check { after_solve: true, .. } = &model.members[member].body {
                check(ev, class, member);
            }
        }
    }
}

fn check(ev: &mut Evaluator<'_>, class: usize, member: MemberId) {
    let model = ev.model;
    let typed = &model.members[member];
    let TypedBody::Check { condition, message, .. } = &typed.body else { return };
    let m = &model.names.members[member];
    let mut tally = Tally::default();
    let unit = super::rules::unit(ev, condition);
    for element in 0..model.classes[class].elements.len() as u32 {
        let mut cx = Context::new(class, element, typed.slots);
        let demand = match ev.guarded_in(member, &mut cx) {
            Ok(true) => ev.demand(condition, &mut cx),
            Ok(false) => continue,
            Err(stop) => Err(stop),
        };
        let Ok(demand) = demand else {
            // What cannot be computed is told.
            tally.add(Outcome::Finding);
            continue;
        };
        let owner = &model.classes[class].elements[element as usize];
        let text = match message {
            Some(t) => fill_message(ev, t, class, element),
            None if class == ROOT => "a check of the solution fails".to_owned(),
            None => format!("a check of {} `{}` fails", model.names.classes[class].name, owner.id),
        };
        let place = if class == ROOT { m.statement } else { owner.span };
        match demand {
            Demand::Holds => tally.add(Outcome::Holds),
            Demand::Fails(_) => {
                tally.add(Outcome::Finding);
                ev.report(Diagnostic::new(ids_names::CHECK_FAILED, place, text, "fails the check"));
            }
            Demand::Relations(relations) => {
                tally.add(Outcome::Row);
                let origin = ev.origin(member);
                if let Some(d) = &mut ev.decisions {
                    d.program.checks.push(SolvedCheck { relations, unit: unit.clone(), message: text, place, origin });
                }
            }
        }
    }
    if let Some(d) = &mut ev.decisions {
        d.tallies.insert((member, ev.mode), tally);
    }
}
