//! The machine-readable result.

use super::NetworkStates;
use crate::program::{Contribution, Network, Objective, OpenSum, Program, Stage};
use crate::solution::BoundOrigin;
use crate::study::{
    AcState, Found, Island, Islands, Status, StudyResult, TIGHT, form_value, goal_value, islands, losses,
};
use serde_json::{Map, Value, json};

/// One object per study.
pub type Document = Value;

/// The word of a status.
pub(super) fn word(status: Status) -> &'static str {
    match status {
        Status::Optimal => "optimal",
        Status::Feasible => "feasible",
        Status::Infeasible => "infeasible",
        Status::Unbounded => "unbounded",
        Status::Limit => "limit",
        Status::Failed => "failed",
    }
}

/// The state of the network in every period of a checked result.
pub(super) fn periods(program: &Program, result: &StudyResult) -> Vec<Value> {
    let of = |(t, s): (usize, &Result<AcState, String>)| {
        let period = period(program, result, s.as_ref().ok(), t);
        match &program.network {
            Some(network) => with_islands(period, network, islands(program, result, t).as_ref()),
            None => period,
        }
    };
    result.ac.iter().enumerate().map(of).collect()
}

/// A number as it is written: no minus before a zero.
pub(super) fn plain(x: f64) -> f64 {
    x + 0.0
}

/// The decisions made ahead, as rows of a table.
fn plan(program: &Program, values: &[f64]) -> Vec<Value> {
    let ahead = program.variables.iter().zip(values).filter(|(v, _)| v.stage == Stage::Ahead);
    let row = |(v, x): (&crate::program::Variable, &f64)| {
        let (quantity, id, period) = v.name.columns();
        json!({ "quantity": quantity, "id": id, "period": period.map(|t| t + 1), "value": plain(x / v.unit.factor),
                "unit": v.unit.label.to_string() })
    };
    ahead.map(row).collect()
}

/// The goals that came before the one whose value is the result's, with what the plan is worth to them.
pub(super) fn earlier<'p>(program: &'p Program, result: &'p StudyResult) -> impl Iterator<Item = (&'p Objective, f64)> {
    let goals = program.objectives.iter().take(result.goal);
    goals.filter_map(|goal| Some((goal, goal_value(program, goal, result.values.as_ref()?))))
}

/// The schema `tieline-solution-1`.
pub fn document(program: &Program, result: &StudyResult, seconds: f64) -> Document {
    let goal = program.objectives.get(result.goal);
    let factor = goal.map_or(1.0, |g| g.unit.factor);
    let mut terms = Map::new();
    if let (Some(goal), Some(x)) = (goal, &result.values) {
        for (name, f) in &goal.terms {
            terms.insert(name.clone(), json!(plain(form_value(program, f, x) / factor)));
        }
    }
    let earlier: Vec<Value> = earlier(program, result)
        .map(|(goal, value)| json!({ "name": goal.name, "value": plain(value / goal.unit.factor), "unit": &*goal.unit.label }))
        .collect();
    let states = NetworkStates::of(program, result);
    let mut devices: Map<String, Value> = Map::new();
    if let Some(x) = &result.values {
        for (v, value) in program.variables.iter().zip(x) {
            let (key, quantity) = v.name.device();
            let device = devices.entry(key).or_insert_with(|| json!({}));
            if let Some(list) = device.as_object_mut() {
                let entry = list.entry(quantity).or_insert_with(|| json!([]));
                if let Some(a) = entry.as_array_mut() {
                    a.push(json!(plain(value / v.unit.factor)));
                }
            }
        }
    }
    let of_lines: Vec<Value> =
        result.ac.iter().map(|s| s.as_ref().map_or(Value::Null, |s| json!(s.losses / 1e3))).collect();
    let outcome = result.outcome.as_ref();
    let loosest = result.loosest.as_ref().map(|l| {
        let id = program.network.as_ref().and_then(|n| n.branches.get(l.branch)).map(|b| b.id.as_str());
        json!({ "line": id, "period": l.period + 1, "gap": l.gap, "excess_a": l.excess })
    });
    let repair = result.repair.as_ref().map(|r| {
        let id = program.network.as_ref().and_then(|n| n.branches.get(r.loosest.branch)).map(|b| b.id.as_str());
        let found = match r.found {
            Found::State => "state",
            Found::Nothing => "nothing",
            Found::Stopped => "stopped",
            Found::Impossible => "impossible",
        };
        json!({ "line": id, "period": r.loosest.period + 1, "gap": r.loosest.gap, "excess_a": r.loosest.excess,
                "promised": r.promised / factor, "found": found, "topologies": r.topologies, "boxes": r.boxes })
    });
    let tight = result.cone_gap <= TIGHT;
    json!({
        "schema": "tieline-solution-1",
        "status": word(result.status),
        "objective": { "value": result.objective.map(|o| plain(o / factor)), "unit": goal.map(|g| g.unit.label.to_string()) },
        "bound": result.bound.map(|b| plain(b / factor)),
        "bound_origin": result.origin().map(BoundOrigin::word),
        "certified_bound": result.certified.map(|b| plain(b / factor)),
        "gap": result.gap.is_finite().then_some(result.gap),
        "seconds": seconds,
        "earlier_goals": earlier,
        "terms": terms,
        "periods": states.periods,
        "totals": states.totals(),
        "base": states.base(),
        "devices": devices,
        "plan": result.values.as_ref().map_or_else(Vec::new, |x| plan(program, x)),
        "verification": { "passed": result.passed, "ac_losses_kw": of_lines, "max_cone_gap": result.cone_gap, "cones_tight": tight,
                          "loosest_cone": loosest, "repair": repair,
                          "max_violation": result.violation.0,
                          "violated": result.violation.1 },
        "solver": { "name": outcome.map(|o| o.engine.clone()), "iterations": outcome.map(|o| o.iterations),
                    "nodes": outcome.map(|o| o.nodes) },
    })
}

/// Changes of switches over the horizon, from the network's normal state.
pub(super) fn switchings(program: &Program, result: &StudyResult) -> usize {
    let Some(network) = &program.network else { return 0 };
    let mut before: Vec<bool> = network.branches.iter().map(|b| !b.normally_open).collect();
    let mut count = 0;
    for state in result.ac.iter().flatten() {
        count += state.closed.iter().zip(&before).filter(|(a, b)| a != b).count();
        before.clone_from(&state.closed);
    }
    count
}

pub(super) fn period(program: &Program, result: &StudyResult, state: Option<&AcState>, t: usize) -> Value {
    let (Some(network), Some(s)) = (&program.network, state) else { return Value::Null };
    let open: Vec<&str> =
        network.branches.iter().zip(&s.closed).filter(|(_, c)| !**c).map(|(b, _)| b.id.as_str()).collect();
    let shed = shed(program, result, t).unwrap_or(0.0);
    let of_devices = result.values.as_ref().map_or(0.0, |x| losses::of_devices(program, x, t));
    // A network that is all dark has no voltages.
    let some = s.lowest.0.is_finite();
    json!({
        "open_lines": open, "losses_kw": plain((s.losses + of_devices) / 1e3), "device_losses_kw": plain(of_devices / 1e3),
        "import_kw": plain(s.import / 1e3),
        "shed_kw": plain(shed / 1e3),
        "min_voltage_pu": some.then_some(s.lowest.0), "min_voltage_bus": some.then_some(&s.lowest.1),
        "max_voltage_pu": some.then_some(s.highest.0), "max_voltage_bus": some.then_some(&s.highest.1),
    })
}

/// Active load that is not served in a period, W; none without a plan.
pub(super) fn shed(program: &Program, result: &StudyResult, t: usize) -> Option<f64> {
    let x = result.values.as_ref()?;
    Some(shed_parts(program, t).map(|c| form_value(program, &c.form, x)).sum())
}

/// What adds up to the load that is not served in a period.
fn shed_parts(program: &Program, t: usize) -> impl Iterator<Item = &Contribution> {
    let of = move |o: &&OpenSum| o.role.as_deref() == Some("shed") && o.period == Some(t);
    program.sums.iter().filter(of).flat_map(|o| &o.contributions)
}

/// What each load is not served in a period, W, by its id; only what is told apart from rounding.
pub(super) fn unserved(program: &Program, result: &StudyResult, t: usize) -> Vec<(String, f64)> {
    let Some(x) = &result.values else { return Vec::new() };
    let mut out: Vec<(String, f64)> = Vec::new();
    for c in shed_parts(program, t) {
        let first = c.form.affine.terms.first().map(|(v, _)| program.variable(*v).name.device().0);
        let power = form_value(program, &c.form, x);
        if let Some(load) = first.filter(|_| power > NOTICED) {
            out.push((load, power));
        }
    }
    out
}

/// Power below which nothing is said of a load that is not served, W.
pub(super) const NOTICED: f64 = 5.0;

/// Who holds which buses, and which are dark: `islands` and `dark_buses` of a period.
fn with_islands(mut period: Value, network: &Network, islands: Option<&Islands>) -> Value {
    let (Some(map), Some(islands)) = (period.as_object_mut(), islands) else { return period };
    let buses =
        |list: &[usize]| list.iter().filter_map(|b| Some(network.buses.get(*b)?.id.as_str())).collect::<Vec<_>>();
    let sources = |list: &[usize]| list.iter().filter_map(|k| network.sources.get(*k)).collect::<Vec<_>>();
    let ids = |list: &[usize]| sources(list).iter().map(|s| s.id.as_str()).collect::<Vec<_>>();
    let island = |i: &Island| {
        let first = sources(&i.roots).first().copied();
        json!({
            "held_by": ids(&i.roots), "class": first.map(|s| s.class.as_str()),
            "at_bus": first.and_then(|s| network.buses.get(s.bus)).map(|b| b.id.as_str()),
            "in_parallel": ids(&i.parallel), "buses": buses(&i.buses), "served_kw": i.served / 1e3,
            "p_kw": i.given.0 / 1e3, "q_kvar": i.given.1 / 1e3, "losses_kw": i.losses / 1e3,
            "min_voltage_pu": i.lowest.0, "min_voltage_bus": network.buses.get(i.lowest.1).map(|b| b.id.as_str()),
        })
    };
    map.insert("islands".into(), islands.live.iter().map(island).collect());
    map.insert("dark_buses".into(), json!(buses(&islands.dark)));
    period
}
