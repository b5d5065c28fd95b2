//! The network as given: before the plan, with all loads served.

use super::islands::{class, load_classes};
use super::{TOLERANCE, form_value};
use crate::program::{Form, Network, Program, VarId};
use std::collections::BTreeMap;

/// Values as they were before the plan, where that is known: states at their starts.
pub(super) fn before(network: &Network, x: &[f64]) -> Vec<f64> {
    let mut out = x.to_vec();
    for &(VarId(v), start) in &network.starts {
        if let Some(slot) = out.get_mut(v as usize) {
            *slot = start;
        }
    }
    out
}

/// Per period: can the network as given be set beside the plan? What its buses draw has to be known: data, states
/// with a start, and loads, which the plan serves too. With generation or storage that the plan decides, the network
/// would have been run otherwise.
pub(super) fn known(program: &Program, network: &Network, x: &[f64]) -> Vec<bool> {
    let starts: BTreeMap<u32, f64> = network.starts.iter().map(|(v, start)| (v.0, *start)).collect();
    let fixed = |v: VarId| {
        let variable = program.variable(v);
        variable.lower == variable.upper || starts.contains_key(&v.0)
    };
    let data = |f: &Form| f.products.is_empty() && f.atoms.is_empty() && f.affine.terms.iter().all(|(v, _)| fixed(*v));
    let loads = load_classes(program);
    let mut out = vec![true; network.periods.len()];
    let mut shed = vec![0.0; network.periods.len()];
    for sum in &program.sums {
        let Some(t) = sum.period.filter(|t| *t < out.len()) else { continue };
        match sum.role.as_deref() {
            Some("shed") => shed[t] += sum.contributions.iter().map(|c| form_value(program, &c.form, x)).sum::<f64>(),
            Some("active" | "reactive") if sum.element.is_some() => {
                let devices = sum.contributions.iter().filter(|c| !c.from_branch && !c.from_source);
                out[t] &= devices.into_iter().all(|c| data(&c.form) || loads.contains(class(program, c.origin)));
            }
            _ => {}
        }
    }
    for ((known, shed), state) in out.iter_mut().zip(shed).zip(&network.periods) {
        let served: f64 = state.active.iter().map(|a| a.value(x).abs()).sum();
        *known &= shed <= TOLERANCE * served.max(1.0);
    }
    out
}
