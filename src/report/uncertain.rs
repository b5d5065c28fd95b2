//! What studies under uncertainty add to the result: the worst case and the way there.

use super::{NetworkStates, document, summary};
use crate::program::{DisplayUnit, amount, number};
use crate::uncertainty::{Context, Found, Iteration, Radii, Radius, Scenarios, Solved, View, WorstCase, at};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Scenarios that are listed for reading.
const MOST_LISTED: usize = 30;

/// The result as one object: that of the realisation shown, with what the study adds.
pub fn uncertain_document(solved: &Solved, seconds: f64) -> Value {
    let mut out = document(&solved.shown, &solved.result, seconds);
    let factor = unit(solved).factor;
    if let (Some(map), Some(given)) = (out.as_object_mut(), &solved.given) {
        map.insert("given".into(), super::given::document(given, sign(solved), factor));
    }
    if let Some(map) = out.as_object_mut()
        && !solved.study.is_empty()
    {
        map.insert("study".into(), json!(solved.study));
        if let Found::Worst(worst) = &solved.found {
            let sign = if worst.maximize { -1.0 } else { 1.0 };
            let cost = |c: f64| c.is_finite().then_some(c * sign / factor);
            let iteration = |i: &Iteration| {
                let unserved: Vec<Value> =
                    i.shortages.iter().map(|s| json!({ "rule": s.rule, "by": s.by, "unit": s.unit })).collect();
                json!({ "lower": cost(i.lower), "upper": cost(i.upper), "realisation": factors(&worst.names, &i.factors), "unserved": unserved })
            };
            let iterations: Vec<Value> = worst.iterations.iter().map(iteration).collect();
            map.insert("iterations".into(), Value::Array(iterations));
            let values: Map<String, Value> = worst.factors.iter().map(|(n, z)| (n.clone(), json!(z))).collect();
            let judged = |(name, j): &(String, crate::uncertainty::Judged)| {
                let turned = |c: Option<f64>| c.and_then(cost);
                json!({ "plan": name, "nominal": turned(j.nominal), "mean": turned(j.mean), "quantile_95": turned(j.quantile),
                        "worst": turned(j.worst), "samples": j.samples, "unserved": j.unserved })
            };
            if !worst.compared.is_empty() {
                map.insert("plans".into(), Value::Array(worst.compared.iter().map(judged).collect()));
            }
            if let Some(rules) = &worst.affine {
                map.insert("affine".into(), super::rules::document(rules, &solved.shown, &worst.names, factor));
            }
            map.insert("worst_case".into(), json!({ "factors": values, "moved": worst.moved, "proof": worst.proof }));
        }
        if let Found::Scenarios(found) = &solved.found {
            let states = states(found);
            scenarios(map, found, &states, factor, sign(solved));
            expectations(map, found, &states);
        }
        if let Found::Radii(found) = &solved.found {
            map.insert("igdt".into(), radii(found, factor));
        }
    }
    out
}

/// The curve of radii.
fn radii(found: &Radii, factor: f64) -> Value {
    let point = |r: &Radius| {
        json!({ "tolerance": r.tolerance, "threshold": r.threshold / factor, "radius": proven(found, r),
                "interval": [r.lower, r.upper], "capped": r.capped, "closed": r.closed, "objective": r.cost.map(|c| c / factor) })
    };
    let view = if found.view == View::RiskAverse { "risk_averse" } else { "opportunity" };
    json!({ "view": view, "parameter": found.parameter, "base": found.base.map(|b| b.0 / factor),
            "base_bound": found.base.map(|b| b.1 / factor), "curve": found.curve.iter().map(point).collect::<Vec<_>>(),
            "evaluations": found.evaluations })
}

/// The radius that is proven: allowed, or enough.
fn proven(found: &Radii, r: &Radius) -> Option<f64> {
    match found.view {
        View::RiskAverse => Some(r.lower),
        View::Opportunity => (!r.capped && r.reached).then_some(r.upper),
    }
}

/// `contexts`, and what information is worth.
fn scenarios(map: &mut Map<String, Value>, found: &Scenarios, all: &[NetworkStates], factor: f64, sign: f64) {
    let context = |(c, states): (&Context, &NetworkStates)| {
        let values: Map<String, Value> = c.factors.iter().map(|(n, z)| (n.clone(), json!(z))).collect();
        json!({ "mode": null, "scenario": c.scenario, "probability": c.probability, "objective": c.cost.map(|x| x / factor),
                "factors": values, "max_violation": c.checked.violation.0, "periods": states.periods, "totals": states.totals() })
    };
    map.insert("contexts".into(), Value::Array(found.contexts.iter().zip(all).map(context).collect()));
    map.insert("expected".into(), json!(found.expected.map(|x| x / factor)));
    if let Some(v) = &found.value {
        let worth = |x: Option<f64>| x.zip(found.aim).map(|(x, aim)| (x - aim) / factor + 0.0);
        let (mean, perfect) = (worth(v.mean_plan), worth(v.perfect).map(|x| 0.0 - x));
        let least = worth(v.perfect_bound).map(|x| 0.0 - x);
        // What a plan gains is positive, whether costs fall or yields rise.
        let turned = |x: Option<f64>| x.map(|x| sign * x + 0.0);
        map.insert(
            "information".into(),
            json!({ "mean_plan": v.mean_plan.map(|x| x / factor), "perfect": v.perfect.map(|x| x / factor),
                    "perfect_bound": v.perfect_bound.map(|x| x / factor), "value_of_stochastic_solution": turned(mean),
                    "value_of_perfect_information": turned(perfect), "value_of_perfect_information_at_most": turned(least) }),
        );
    }
}

/// The network in every scenario.
fn states(found: &Scenarios) -> Vec<NetworkStates> {
    let of = |c: &Context| {
        let factors: Vec<f64> = c.factors.iter().map(|f| f.1).collect();
        NetworkStates::of(&at(&found.stated, &factors), &c.checked)
    };
    found.contexts.iter().map(of).collect()
}

/// What is to be expected of the network, in place of what one scenario shows.
fn expectations(map: &mut Map<String, Value>, found: &Scenarios, all: &[NetworkStates]) {
    let all: Vec<(f64, &NetworkStates)> = found.contexts.iter().map(|c| c.probability).zip(all).collect();
    let Some(states) = NetworkStates::expected(&all) else { return };
    let of_lines = |p: &Value| Some(p["losses_kw"].as_f64()? - p["device_losses_kw"].as_f64()?);
    let losses: Vec<Value> = states.periods.iter().map(|p| json!(of_lines(p))).collect();
    if let Some(verification) = map.get_mut("verification").and_then(Value::as_object_mut) {
        verification.insert("ac_losses_kw".into(), Value::Array(losses));
    }
    map.insert("totals".into(), states.totals());
    map.insert("base".into(), states.base());
    map.insert("periods".into(), Value::Array(states.periods));
}

fn factors(names: &[String], values: &[f64]) -> Value {
    Value::Object(names.iter().zip(values).map(|(n, z)| (n.clone(), json!(z))).collect())
}

fn unit(solved: &Solved) -> std::sync::Arc<DisplayUnit> {
    solved.shown.objectives.last().map_or_else(|| DisplayUnit::new("", 1.0).into(), |o| o.unit.clone())
}

/// -1 where costs are turned because the objective is maximised.
fn sign(solved: &Solved) -> f64 {
    if solved.shown.objectives.first().is_some_and(|o| o.maximize) { -1.0 } else { 1.0 }
}

/// A few lines in the engineer's terms.
pub fn uncertain_summary(solved: &Solved, seconds: f64) -> String {
    let mut out = String::new();
    if !solved.study.is_empty() {
        let _ = writeln!(out, "study             {}", solved.study);
    }
    if let Some(given) = &solved.given {
        super::given::lines(given, sign(solved), &unit(solved)).iter().for_each(|l| {
            let _ = writeln!(out, "{l}");
        });
    }
    if let Found::Worst(worst) = &solved.found {
        log(&mut out, solved, worst);
        if let Some(rules) = &worst.affine {
            super::rules::lines(rules, worst.maximize, &unit(solved)).iter().for_each(|l| {
                let _ = writeln!(out, "{l}");
            });
        }
        if solved.result.values.is_some() {
            let _ = writeln!(out, "worst case        {}", situation(worst));
            let _ = writeln!(out, "proven by         {}", worst.proof);
            let _ = writeln!(out, "values below      those of the worst case");
        }
    }
    if let Found::Scenarios(found) = &solved.found {
        expectation(&mut out, solved, found);
    }
    if let Found::Radii(found) = &solved.found {
        curve(&mut out, solved, found);
    }
    out + &summary(&solved.shown, &solved.result, seconds)
}

/// `g[1] = 0.8, g[3] = 1`
fn situation(worst: &WorstCase) -> String {
    let list: Vec<String> = (worst.factors.iter().filter(|(n, _)| worst.moved.contains(n)))
        .map(|(n, z)| format!("{n} = {}", number(*z)))
        .collect();
    if list.is_empty() { "nothing deviates".into() } else { list.join(", ") }
}

fn log(out: &mut String, solved: &Solved, worst: &WorstCase) {
    let unit = unit(solved);
    let sign = if worst.maximize { -1.0 } else { 1.0 };
    let cost = |c: f64| if c.is_finite() { amount(c * sign, &unit) } else { "none yet".into() };
    if let Some((_, first)) = worst.compared.first() {
        let _ =
            writeln!(out, "plans             at the middle | mean of {} samples | 95 % | worst case", first.samples);
    }
    for (name, j) in &worst.compared {
        let cell = |c: Option<f64>| c.map_or("not served".into(), |c| amount(c * sign, &unit));
        let missed = if j.unserved > 0 { format!(" ({} samples not served)", j.unserved) } else { String::new() };
        let (nominal, mean, most) = (cell(j.nominal), cell(j.mean), cell(j.quantile));
        let _ = writeln!(out, "  {name:<15} {nominal} | {mean} | {most} | {}{missed}", cell(j.worst));
    }
    for (k, i) in worst.iterations.iter().enumerate() {
        let _ = write!(out, "iteration {:<7} {} to {}", k + 1, cost(i.lower), cost(i.upper));
        if let Some(s) = i.shortages.first() {
            let more =
                if i.shortages.len() > 1 { format!(" and {} more", i.shortages.len() - 1) } else { String::new() };
            let by = DisplayUnit::new(s.unit.as_str(), 1.0);
            let _ = write!(out, ", cannot keep {} (missed by {}){more}", s.rule, amount(s.by, &by));
        }
        out.push('\n');
    }
}

fn expectation(out: &mut String, solved: &Solved, found: &Scenarios) {
    let unit = unit(solved);
    let (columns, rows, cones) = found.size;
    let _ = writeln!(
        out,
        "scenarios         {} ({columns} columns, {rows} rows, {cones} cones together)",
        found.contexts.len()
    );
    for c in found.contexts.iter().take(MOST_LISTED) {
        if let Some(cost) = c.cost {
            let _ = writeln!(out, "  {:<16} {:>6.2} %  {}", c.scenario, 100.0 * c.probability, amount(cost, &unit));
        }
    }
    if found.contexts.len() > MOST_LISTED {
        let _ = writeln!(out, "  and {} more", found.contexts.len() - MOST_LISTED);
    }
    if let (Some(v), Some(expected)) = (&found.value, found.expected) {
        let _ = writeln!(out, "expectation       {}", amount(expected, &unit));
        let (sign, aim) = (sign(solved), found.aim.unwrap_or(expected));
        let worth = |gained: f64| amount(sign * gained + 0.0, &unit);
        match v.mean_plan {
            Some(mean) => {
                let worth = worth(mean - aim);
                let _ = writeln!(
                    out,
                    "plan of the mean  {} (value of the stochastic solution {worth})",
                    amount(mean, &unit)
                );
            }
            None => {
                let _ = writeln!(out, "plan of the mean  cannot serve all scenarios");
            }
        }
        if let Some(perfect) = v.perfect {
            // A bound that is farther off than rounding leaves an interval.
            let open = |b: &f64| (perfect - b).abs() > 1e-6 * perfect.abs().max(unit.factor);
            let most = v.perfect_bound.filter(open).map_or(String::new(), |b| {
                format!(", at most {}: known before is proven only to {}", worth(aim - b), amount(b, &unit))
            });
            let _ = writeln!(
                out,
                "known before      {} (value of perfect information {}{most})",
                amount(perfect, &unit),
                worth(aim - perfect)
            );
        }
    }
    if let Some(likeliest) = found.contexts.iter().reduce(|a, b| if b.probability > a.probability { b } else { a }) {
        let _ = writeln!(out, "values below      those of scenario {}", likeliest.scenario);
    }
}

fn curve(out: &mut String, solved: &Solved, found: &Radii) {
    let unit = unit(solved);
    if let Some((base, bound)) = found.base {
        let _ = writeln!(out, "without deviation {} (proven bound {})", amount(base, &unit), amount(bound, &unit));
    }
    for r in &found.curve {
        let (verb, sign) = if found.view == View::RiskAverse { ("worse", '+') } else { ("better", '-') };
        let _ = write!(out, "{:>5.1} % {verb:<9} {} {sign}> ", 100.0 * r.tolerance, amount(r.threshold, &unit));
        let text = match (proven(found, r), r.capped) {
            (Some(p), true) => format!("{} {} and more", found.parameter, number(p)),
            (Some(p), false) if !r.reached => {
                format!("{} {} (what lies above is not decided)", found.parameter, number(p))
            }
            (Some(p), false) => {
                format!("{} {} (proven in {} to {})", found.parameter, number(p), number(r.lower), number(r.upper))
            }
            (None, false) => format!("{} up to {} is not decided", found.parameter, number(r.upper)),
            (None, true) => format!("not even with {} {}", found.parameter, number(r.upper)),
        };
        let _ = writeln!(out, "{text}{}", if r.closed { "" } else { ", interval still open" });
    }
    if let Some(first) = found.curve.first().filter(|r| r.values.is_some()) {
        let case = if found.view == View::RiskAverse { "worst" } else { "best" };
        let _ = writeln!(out, "values below      those of the {case} case for {:.1} %", 100.0 * first.tolerance);
    }
}
