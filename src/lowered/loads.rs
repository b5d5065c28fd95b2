//! Sizes of flows by the loads of a network, for lines that nothing limits.

use crate::program::{Affine, Network, Program, VarId};

/// What flows and currents come to where one line carries all that the network draws and gives; none without a network
/// whose flows have cones.
pub(super) fn by_loads(program: &Program) -> Option<Vec<f64>> {
    let network = program.network.as_ref()?;
    let mut near = vec![0.0; program.variables.len()];
    let most = |affine: &Affine| {
        let (lower, upper) = affine.range(|v| (program.variable(v).lower, program.variable(v).upper));
        [lower, upper].into_iter().filter(|e| e.is_finite()).map(f64::abs).fold(affine.constant.abs(), f64::max)
    };
    let mut any = false;
    for state in &network.periods {
        let power: f64 = state.active.iter().chain(&state.reactive).map(most).sum();
        let mut set = |affine: &Affine, value: f64| {
            if let Some(VarId(at)) = Network::single_variable(affine)
                && let Some(slot) = near.get_mut(at as usize)
            {
                *slot = value;
            }
        };
        for cone in &state.cones {
            any |= power > 0.0;
            let branch = network.branches.get(cone.branch)?;
            let ends = [branch.from, branch.to].map(|end| network.buses.get(end).map_or(f64::INFINITY, |b| b.nominal));
            let nominal = ends[0].min(ends[1]);
            set(&cone.p, power);
            set(&cone.q, power);
            set(&cone.l, (power / nominal).powi(2));
        }
        state.source_active.iter().chain(&state.source_reactive).for_each(|affine| set(affine, power));
    }
    any.then_some(near)
}
