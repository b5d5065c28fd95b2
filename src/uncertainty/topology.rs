//! Topologies of a program after a rewriting: what engines may know of which columns orient a tree.

use super::rewrite::ForVariable;
use crate::program::{Affine, Network, PeriodState, RadialArcs};

/// Closed branches and orientation of each period, in the new variables; the rest of the states is left out.
pub fn topology(network: &Network, variables: &[ForVariable]) -> Vec<PeriodState> {
    let affine = |a: &Affine| {
        let mut out = Affine::constant(a.constant);
        for (v, c) in &a.terms {
            match variables.get(v.0 as usize) {
                Some(ForVariable::Variable(new)) => out.add_scaled(&Affine::variable(*new), *c),
                Some(ForVariable::Number(x)) => out.constant += c * x,
                None => {}
            }
        }
        out
    };
    let list = |l: &[Affine]| l.iter().map(affine).collect::<Vec<_>>();
    let state = |s: &PeriodState| PeriodState {
        closed: list(&s.closed),
        ratio: Vec::new(),
        normal_ratio: Vec::new(),
        active: Vec::new(),
        reactive: Vec::new(),
        voltage2: Vec::new(),
        radial: s.radial.as_ref().map(|r| RadialArcs {
            arcs: r.arcs.iter().map(|(edge, tail, head, a)| (*edge, *tail, *head, affine(a))).collect(),
            root: list(&r.root),
            energised: list(&r.energised),
            cut_cycles: r.cut_cycles,
        }),
        energised: Vec::new(),
        holds: Vec::new(),
        source_active: Vec::new(),
        source_reactive: Vec::new(),
        cones: Vec::new(),
    };
    network.periods.iter().map(state).collect()
}
