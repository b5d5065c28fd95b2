//! Sizes of flows by the loads of a network, for lines that nothing limits.

use crate::program::{Affine, Network, Program, VarId};

/// What a network draws and gives counts from so many times what is nothing.
const LEAST: f64 = 10.0;

/// Per variable: what a flow or a current comes to where one line carries all that the network draws and gives; 0 for
/// what is neither. None without a network whose flows have cones.
pub(super) fn by_loads(program: &Program) -> Option<Vec<f64>> {
    let network = program.network.as_ref()?;
    let mut near = vec![0.0; program.variables.len()];
    let most = |affine: &Affine| {
        let (lower, upper) = affine.range(|v| (program.variable(v).lower, program.variable(v).upper));
        [lower, upper].into_iter().filter(|e| e.is_finite()).map(f64::abs).fold(affine.constant.abs(), f64::max)
    };
    let mut powers = vec![0.0; network.periods.len()];
    for sum in &program.sums {
        let of_buses = matches!(sum.role.as_deref(), Some("active" | "reactive")) && sum.element.is_some();
        let Some(power) = sum.period.filter(|_| of_buses).and_then(|t| powers.get_mut(t)) else { continue };
        let devices = sum.contributions.iter().filter(|c| !c.from_branch && !c.from_source);
        *power += devices.map(|c| most(&c.form.affine)).sum::<f64>();
    }
    for (state, power) in network.periods.iter().zip(powers) {
        if power <= LEAST * network.floors.active {
            continue;
        }
        let mut set = |affine: &Affine, value: f64| {
            if let Some(VarId(at)) = Network::single_variable(affine)
                && let Some(slot) = near.get_mut(at as usize)
            {
                *slot = value;
            }
        };
        for cone in &state.cones {
            let branch = network.branches.get(cone.branch)?;
            let ends = [branch.from, branch.to].map(|end| network.buses.get(end).map_or(f64::INFINITY, |b| b.nominal));
            let nominal = ends[0].min(ends[1]);
            set(&cone.p, power);
            set(&cone.q, power);
            set(&cone.l, (power / nominal).powi(2));
        }
        state.source_active.iter().chain(&state.source_reactive).for_each(|affine| set(affine, power));
    }
    network.periods.iter().any(|p| !p.cones.is_empty()).then_some(near)
}
