//! Rules about what sources give, judged at what they give by AC power flow. A formulation that only approximates
//! the flows keeps them at its own values; what the network takes may pass them.

use super::evaluate::{TOLERANCE, measure};
use super::{AcState, broken_rules};
use crate::program::{Affine, Constraint, Form, Network, Program, Relation, VarId, number};
use std::collections::{BTreeMap, BTreeSet};

/// Which rules are broken in which period, in words with the amount. Only those of
/// sources and of the study; rules over flows, voltages or losses of lines are none of these, whose values are those
/// of the model.
pub(super) fn broken_by_flow(
    program: &Program,
    network: &Network,
    x: &[f64],
    ac: &[Result<AcState, String>],
) -> Vec<(usize, String)> {
    let (mut y, mut apparent) = (x.to_vec(), x.to_vec());
    let mut moved: BTreeMap<VarId, usize> = BTreeMap::new();
    for (t, (state, ac)) in network.periods.iter().zip(ac).enumerate() {
        let Ok(ac) = ac else { continue };
        let p = given(network, &state.source_active, ac, x, 0);
        let q = given(network, &state.source_reactive, ac, x, 1);
        let of = |list: &[Option<f64>], k: usize| list.get(k).copied().flatten();
        for (list, values) in [(&state.source_active, &p), (&state.source_reactive, &q)] {
            for (k, affine) in list.iter().enumerate() {
                let (Some(id), Some(value)) = (Network::single_variable(affine), of(values, k)) else { continue };
                let size = of(&p, k).unwrap_or(0.0).hypot(of(&q, k).unwrap_or(0.0));
                let at = id.0 as usize;
                if let (Some(y), Some(apparent)) = (y.get_mut(at), apparent.get_mut(at)) {
                    (*y, *apparent) = (value, size);
                    moved.insert(id, t);
                }
            }
        }
    }
    if moved.is_empty() {
        return Vec::new();
    }
    let flows = flows(program, network);
    // The last period of whose sources a rule speaks; none where it is not about them, or about flows too.
    let period = |c: &Constraint| {
        // Rules of formulations are no rules of the network: they may keep back a margin.
        let family = c.name.family();
        let class = family.split_once('.').map(|(class, _)| class);
        if class.is_some_and(|class| network.sources.iter().all(|s| s.class != class)) {
            return None;
        }
        let mut variables = BTreeSet::new();
        of_relation(program, &c.relation, &mut variables);
        let t = variables.iter().filter_map(|v| moved.get(v)).max().copied()?;
        variables.is_disjoint(&flows).then_some(t)
    };
    let rules = program.constraints.iter().filter(|c| !c.implied && period(c).is_some());
    // A little reactive power beside much active power is next to nothing: both are measured by the apparent power.
    let counts = |(c, by): &(&Constraint, f64)| {
        let unit = if c.unit.factor > 0.0 { c.unit.factor } else { 1.0 };
        by.is_nan() || by * unit > c.unit.floor.max(TOLERANCE * measure(program, c, &apparent))
    };
    let told = |(c, by): (&Constraint, f64)| {
        let text = format!("`{}` is missed by {} {}", c.name, number(by), c.unit.label);
        (period(c).unwrap_or(0), text.trim_end().to_owned())
    };
    broken_rules(program, rules, &y).into_iter().filter(counts).map(told).collect()
}

/// What each source gives by power flow, where it holds a voltage: the plan's shares of several at one bus, with the
/// difference shared equally.
fn given(network: &Network, planned: &[Affine], ac: &AcState, x: &[f64], which: usize) -> Vec<Option<f64>> {
    let power = |k: usize| ac.source_power.get(k).map_or(0.0, |s| if which == 0 { s.0 } else { s.1 });
    let holding = |k: &usize| ac.holding.get(*k) == Some(&true);
    let one = |(k, own): (usize, &Affine)| {
        let bus = network.sources.get(k).filter(|_| holding(&k))?.bus;
        let beside: Vec<usize> = (0..planned.len())
            .filter(holding)
            .filter(|j| network.sources.get(*j).is_some_and(|s| s.bus == bus))
            .collect();
        let more: f64 = beside.iter().filter_map(|j| Some(power(*j) - planned.get(*j)?.value(x))).sum();
        Some(own.value(x) + more / beside.len() as f64)
    };
    planned.iter().enumerate().map(one).collect()
}

/// Variables of flows, voltages and losses of lines.
fn flows(program: &Program, network: &Network) -> BTreeSet<VarId> {
    let mut out = BTreeSet::new();
    for c in program.sums.iter().flat_map(|s| &s.contributions).filter(|c| c.from_branch) {
        of_form(program, &c.form, &mut out);
    }
    let voltages = network.periods.iter().flat_map(|p| &p.voltage2);
    out.extend(voltages.flat_map(|a| a.terms.iter().map(|t| t.0)));
    out
}

fn of_relation(program: &Program, relation: &Relation, out: &mut BTreeSet<VarId>) {
    match relation {
        Relation::Le(f) | Relation::Eq(f) => of_form(program, f, out),
        Relation::Implies { when, then, .. } => {
            out.insert(*when);
            of_relation(program, then, out);
        }
    }
}

fn of_form(program: &Program, f: &Form, out: &mut BTreeSet<VarId>) {
    let mut add = |a: &Affine| out.extend(a.terms.iter().map(|t| t.0));
    add(&f.affine);
    for p in &f.products {
        add(&p.left);
        add(&p.right);
    }
    for (id, _) in &f.atoms {
        for arg in &program.atom(*id).args {
            of_form(program, arg, out);
        }
    }
}
