//! The machine-readable result.

use super::{AcState, Found, Island, Islands, Status, StudyResult, form_value, islands};
use crate::program::{Network, Program, Stage};
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
pub(crate) fn periods(program: &Program, result: &StudyResult) -> Vec<Value> {
    let of = |(t, s): (usize, &Result<AcState, String>)| {
        let period = period(program, result, s.as_ref().ok(), t);
        match &program.network {
            Some(network) => with_islands(period, network, islands(program, result, t).as_ref()),
            None => period,
        }
    };
    result.ac.iter().enumerate().map(of).collect()
}

/// Where `devices` has the values of a variable: its device and its quantity.
pub(crate) fn device(name: &str) -> (String, String) {
    let (quantity, id) = match name.split_once('[') {
        Some((q, rest)) => (q, rest.trim_end_matches(']').split(", ").next().unwrap_or("")),
        None => (name, ""),
    };
    let (class, quantity) = quantity.split_once('.').unwrap_or(("", quantity));
    let key = if class.is_empty() { id.to_string() } else { format!("{class} {id}") };
    (key, quantity.to_string())
}

/// The decisions made ahead, as rows of a table.
fn plan(program: &Program, values: &[f64]) -> Vec<Value> {
    let ahead = program.variables.iter().zip(values).filter(|(v, _)| v.stage == Stage::Ahead);
    let row = |(v, x): (&crate::program::Variable, &f64)| {
        let (quantity, id, period) = v.name.columns();
        json!({ "quantity": quantity, "id": id, "period": period.map(|t| t + 1), "value": x / v.unit.factor + 0.0,
                "unit": v.unit.label.to_string() })
    };
    ahead.map(row).collect()
}

/// The schema `tieline-solution-1`.
pub fn document(program: &Program, result: &StudyResult, seconds: f64) -> Document {
    let goal = program.objectives.get(result.goal);
    let factor = goal.map_or(1.0, |g| g.unit.factor);
    let mut terms = Map::new();
    if let (Some(goal), Some(x)) = (goal, &result.values) {
        for (name, f) in &goal.terms {
            terms.insert(name.clone(), json!(form_value(program, f, x) / factor));
        }
    }
    let hours = program.step.map(|s| s / 3600.0);
    let periods = periods(program, result);
    let base: Vec<Value> =
        result.base.iter().enumerate().map(|(t, s)| period(program, result, s.as_ref(), t)).collect();
    let total = |list: &[Value], key: &str| -> Value {
        let sum: f64 = list.iter().filter_map(|p| p[key].as_f64()).sum();
        hours.map_or(Value::Null, |h| json!(sum * h))
    };
    let totals = |list: &[Value]| {
        json!({ "losses_kwh": total(list, "losses_kw"), "import_kwh": total(list, "import_kw"),
                "shed_kwh": total(list, "shed_kw"), "switchings": switchings(program, result) })
    };
    let mut devices: Map<String, Value> = Map::new();
    if let Some(x) = &result.values {
        for (v, value) in program.variables.iter().zip(x) {
            let (key, quantity) = device(&v.name.to_string());
            let device = devices.entry(key).or_insert_with(|| json!({}));
            if let Some(list) = device.as_object_mut() {
                let entry = list.entry(quantity).or_insert_with(|| json!([]));
                if let Some(a) = entry.as_array_mut() {
                    a.push(json!(value / v.unit.factor));
                }
            }
        }
    }
    let losses: Vec<Value> =
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
        };
        json!({ "line": id, "period": r.loosest.period + 1, "gap": r.loosest.gap, "excess_a": r.loosest.excess,
                "promised": r.promised / factor, "found": found, "topologies": r.topologies })
    });
    let tight = result.cone_gap <= super::cones::TIGHT;
    json!({
        "schema": "tieline-solution-1",
        "status": word(result.status),
        "objective": { "value": result.objective.map(|o| o / factor), "unit": goal.map(|g| g.unit.label.to_string()) },
        "bound": result.bound.map(|b| b / factor),
        "gap": result.gap.is_finite().then_some(result.gap),
        "seconds": seconds,
        "terms": terms,
        "periods": periods,
        "totals": totals(&periods),
        "base": { "periods": base, "totals": totals(&base) },
        "devices": devices,
        "plan": result.values.as_ref().map_or_else(Vec::new, |x| plan(program, x)),
        "verification": { "passed": result.passed, "ac_losses_kw": losses, "max_cone_gap": result.cone_gap, "cones_tight": tight,
                          "loosest_cone": loosest, "repair": repair,
                          "max_violation": result.violation.0,
                          "violated": result.violation.1 },
        "solver": { "name": outcome.map(|o| o.engine.clone()), "iterations": outcome.map(|o| o.iterations),
                    "nodes": outcome.map(|o| o.nodes) },
    })
}

/// Changes of switches over the horizon, from the network's normal state.
fn switchings(program: &Program, result: &StudyResult) -> usize {
    let Some(network) = &program.network else { return 0 };
    let mut before: Vec<bool> = network.branches.iter().map(|b| !b.normally_open).collect();
    let mut count = 0;
    for state in result.ac.iter().flatten() {
        count += state.closed.iter().zip(&before).filter(|(a, b)| a != b).count();
        before.clone_from(&state.closed);
    }
    count
}

fn period(program: &Program, result: &StudyResult, state: Option<&AcState>, t: usize) -> Value {
    let (Some(network), Some(s)) = (&program.network, state) else { return Value::Null };
    let open: Vec<&str> =
        network.branches.iter().zip(&s.closed).filter(|(_, c)| !**c).map(|(b, _)| b.id.as_str()).collect();
    let shed = shed(program, result, t).unwrap_or(0.0);
    // A network that is all dark has no voltages.
    let some = s.lowest.0.is_finite();
    json!({
        "open_lines": open, "losses_kw": s.losses / 1e3, "import_kw": s.import / 1e3, "shed_kw": shed / 1e3,
        "min_voltage_pu": some.then_some(s.lowest.0), "min_voltage_bus": some.then_some(&s.lowest.1),
        "max_voltage_pu": some.then_some(s.highest.0),
    })
}

/// Active load that is not served in a period, W; none without a plan.
pub(super) fn shed(program: &Program, result: &StudyResult, t: usize) -> Option<f64> {
    let x = result.values.as_ref()?;
    let of = |o: &&crate::program::OpenSum| o.role.as_deref() == Some("shed") && o.period == Some(t);
    Some(program.sums.iter().filter(of).flat_map(|o| &o.contributions).map(|c| form_value(program, &c.form, x)).sum())
}

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
