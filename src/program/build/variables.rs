//! Making all variables, class by class in order of declaration.

use crate::model::{Evaluator, Value};
use crate::units::typed::{Ty, TypedBody};

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
            let sizes: Vec<(bool, usize, usize)> = model.members[member]
                .indices
                .iter()
                .map(|i| match &i.ty {
                    Ty::Period => (true, if restage.0 { 1 } else { model.periods }, 0),
                    Ty::Element(c) => (false, model.classes[*c].elements.len(), *c),
                    _ => (false, 0, 0),
                })
                .collect();
            for element in 0..model.classes[class].elements.len() as u32 {
                let mut ordinals = vec![0usize; sizes.len()];
                if sizes.iter().any(|s| s.1 == 0) {
                    continue;
                }
                loop {
                    let index: Vec<Value> = ordinals
                        .iter()
                        .zip(&sizes)
                        .map(
                            |(o, (period, _, c))| {
                                if *period { Value::Period(*o as i64) } else { Value::Element(*c as u32, *o as u32) }
                            },
                        )
                        .collect();
                    if ev.make_variable(member, element, &ordinals, &index, ahead, mode).is_err()
                        && ev.diagnostics.len() > 100
                    {
                        return;
                    }
                    if !advance(&mut ordinals, &sizes) {
                        break;
                    }
                }
            }
        }
    }
}

fn advance(ordinals: &mut [usize], sizes: &[(bool, usize, usize)]) -> bool {
    for k in (0..ordinals.len()).rev() {
        ordinals[k] += 1;
        if ordinals[k] < sizes[k].1 {
            return true;
        }
        ordinals[k] = 0;
    }
    false
}
