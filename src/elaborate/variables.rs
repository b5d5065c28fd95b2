//! Making all variables, class by class in order of declaration.

use crate::model::{Context, Evaluator, Value};
use crate::names::{MemberId, limits};
use crate::units::typed::{Ty, TypedBody};

/// Findings after which making more variables is pointless.
const HOPELESS: usize = 100;

/// Makes every variable of the current mode.
pub fn all(ev: &mut Evaluator<'_>) {
    let model = ev.model;
    for class in 0..model.classes.len() {
        for &member in &model.names.classes[class].all {
            let TypedBody::Var { ahead, .. } = &model.members[member].body else { continue };
            let restage = model.restage.get(&member).copied().unwrap_or((false, None));
            let ahead = restage.1.or(*ahead).unwrap_or(false);
            let per_period = model.members[member].indices.iter().any(|i| i.ty == Ty::Period);
            // Design decisions are shared by all modes.
            let mode = if ahead && !per_period { 0 } else { ev.mode };
            if mode != ev.mode {
                continue;
            }
            let family = Family { member, ahead, mode, constant: restage.0 };
            for element in 0..model.classes[class].elements.len() as u32 {
                if ev.going_on().is_err() {
                    return;
                }
                let mut cx = Context::new(class, element, model.members[member].slots);
                // Before its indices: they may be pairs of buses.
                if let Ok(true) = ev.guarded_in(member, &mut cx)
                    && !family.make(ev, element, &mut Vec::new(), &mut cx)
                {
                    return;
                }
                if ev.diagnostics.len() > HOPELESS {
                    return;
                }
            }
        }
    }
}

/// A variable with its indices.
struct Family {
    member: MemberId,
    ahead: bool,
    mode: usize,
    /// One for all periods.
    constant: bool,
}

impl Family {
    /// Makes the variables of an element whose first indices are given.
    /// False where there are too many.
    fn make(&self, ev: &mut Evaluator<'_>, element: u32, index: &mut Vec<Value>, cx: &mut Context) -> bool {
        let model = ev.model;
        let Some(next) = model.members[self.member].indices.get(index.len()) else {
            let ordinals: Vec<usize> = index.iter().filter_map(ordinal).collect();
            if ordinals.len() == index.len() {
                // What is wrong with one is told; the others are made all the same.
                let _ = ev.make_variable(self.member, element, &ordinals, index, self.ahead, self.mode);
            }
            return room(ev, self.member);
        };
        let values: Vec<Value> = match &next.ty {
            Ty::Period if self.constant => vec![Value::Period(0)],
            Ty::Period | Ty::Element(_) => match ev.set(&next.set, cx) {
                Ok(values) => values.iter().cloned().collect(),
                Err(_) => return true,
            },
            _ => {
                ev.not_an_index(next.set.span);
                return true;
            }
        };
        for value in values {
            if ev.going_on().is_err() {
                return false;
            }
            cx.slots[index.len()] = value.clone();
            index.push(value);
            let more = self.make(ev, element, index, cx);
            index.pop();
            if !more {
                return false;
            }
        }
        true
    }
}

/// Is there room for more? That there is none is told once.
fn room(ev: &mut Evaluator<'_>, member: MemberId) -> bool {
    let most = limits::ROWS;
    if ev.decisions.as_ref().is_none_or(|d| d.program.variables.len() <= most) {
        return true;
    }
    let m = &ev.model.names.members[member];
    let d = limits::too_large(m.span, "the study", None, "decisions", most);
    ev.report(d.help("take fewer periods, or leave out what does not matter"));
    false
}

fn ordinal(value: &Value) -> Option<usize> {
    match value {
        Value::Element(_, i) => Some(*i as usize),
        Value::Period(t) => usize::try_from(*t).ok(),
        _ => None,
    }
}
