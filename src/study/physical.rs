//! The plan as the network would have it: the quantities of a conic formulation replaced by those of
//! the AC power flow at the plan's switches and injections.

use super::AcState;
use crate::program::{Affine, Network, VarId};

/// Writes the power flow of every period into the variables of the flow cones, of the sources and of
/// the voltages; all other decisions stay. None where a period has no power flow, or where one of
/// these quantities is not a variable of its own, so that it cannot be set.
pub fn physical(network: &Network, x: &[f64], ac: &[Result<AcState, String>]) -> Option<Vec<f64>> {
    let mut out = x.to_vec();
    if network.periods.len() != ac.len() || network.periods.iter().all(|p| p.cones.is_empty()) {
        return None;
    }
    // Behind tap changers the power flow is referred to another level.
    if network.periods.iter().any(|p| !p.ratio.is_empty()) {
        return None;
    }
    let mut set = |affine: &Affine, value: f64| {
        if affine.is_constant() {
            return Some(());
        }
        let VarId(at) = Network::single_variable(affine)?;
        *out.get_mut(at as usize)? = value;
        Some(())
    };
    for (state, ac) in network.periods.iter().zip(ac) {
        let ac = ac.as_ref().ok()?;
        for cone in &state.cones {
            let branch = network.branches.get(cone.branch)?;
            let flow = ac.flow.get(cone.branch)?;
            let from_end = branch.from == cone.tail;
            let used = *ac.closed.get(cone.branch)? && uses(state, cone.branch, cone.tail, x);
            let (p, q) = if from_end { (flow.p_from, flow.q_from) } else { (-flow.p_to, -flow.q_to) };
            let v = ac.voltage.get(cone.tail).copied().flatten().unwrap_or(0.0);
            let on = |value: f64| if used { value } else { 0.0 };
            set(&cone.p, on(p))?;
            set(&cone.q, on(q))?;
            set(&cone.l, on(flow.current2))?;
            set(&cone.v, on(v * v))?;
        }
        for (affine, v) in state.voltage2.iter().zip(&ac.voltage) {
            set(affine, v.map_or(0.0, |v| v * v))?;
        }
        let powers = [(&state.source_active, 0), (&state.source_reactive, 1)];
        for (list, which) in powers {
            if list.len() != ac.source_power.len() {
                return None;
            }
            // What holds no voltage gives what is planned.
            let held = list.iter().zip(&ac.source_power).zip(&ac.holding).filter(|(_, holds)| **holds);
            for ((affine, (p, q)), _) in held {
                set(affine, if which == 0 { *p } else { *q })?;
            }
        }
    }
    Some(out)
}

/// Does the tail feed the other end along the branch?
fn uses(state: &crate::program::PeriodState, branch: usize, tail: usize, x: &[f64]) -> bool {
    let Some(radial) = &state.radial else { return true };
    radial.arcs.iter().any(|(b, t, _, y)| *b == branch && *t == tail && y.value(x) > 0.5)
}
