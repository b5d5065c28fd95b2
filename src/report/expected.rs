//! What is to be expected of the network over scenarios: powers in the mean, voltages at their worst.

use serde_json::{Map, Value, json};

/// The periods of several scenarios as one: powers are expected values, voltages the extremes of all scenarios, and
/// lines are open that are open in each. `null` where a scenario has no state.
pub(super) fn periods(scenarios: &[(f64, &[Value])]) -> Vec<Value> {
    let count = scenarios.iter().map(|(_, list)| list.len()).max().unwrap_or(0);
    (0..count).map(|t| period(scenarios, t).unwrap_or(Value::Null)).collect()
}

fn period(scenarios: &[(f64, &[Value])], t: usize) -> Option<Value> {
    let each: Vec<(f64, &Map<String, Value>)> =
        scenarios.iter().map(|(p, list)| Some((*p, list.get(t)?.as_object()?))).collect::<Option<_>>()?;
    let mean = |key: &str| each.iter().map(|(p, s)| Some(p * s.get(key)?.as_f64()?)).sum::<Option<f64>>();
    let extreme = |key: &str, sign: f64| {
        let value = |s: &&Map<String, Value>| s.get(key).and_then(Value::as_f64);
        let known = each.iter().map(|(_, s)| *s).filter(|s| value(s).is_some());
        known.min_by(|a, b| {
            let of = |s: &&Map<String, Value>| sign * value(s).unwrap_or(f64::INFINITY);
            of(a).total_cmp(&of(b))
        })
    };
    let (low, high) = (extreme("min_voltage_pu", 1.0), extreme("max_voltage_pu", -1.0));
    let of = |s: Option<&Map<String, Value>>, key: &str| s.and_then(|s| s.get(key)).cloned().unwrap_or(Value::Null);
    let open = |s: &Map<String, Value>| s.get("open_lines").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut always = each.first().map(|(_, s)| open(s)).unwrap_or_default();
    for (_, s) in &each {
        let here = open(s);
        always.retain(|line| here.contains(line));
    }
    Some(json!({
        "open_lines": always, "losses_kw": mean("losses_kw")?,
        "device_losses_kw": mean("device_losses_kw")?, "import_kw": mean("import_kw")?,
        "shed_kw": mean("shed_kw")?, "min_voltage_pu": of(low, "min_voltage_pu"),
        "min_voltage_bus": of(low, "min_voltage_bus"), "max_voltage_pu": of(high, "max_voltage_pu"),
        "max_voltage_bus": of(high, "max_voltage_bus"),
    }))
}
