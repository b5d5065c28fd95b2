//! What affine rules guarantee, and the rules themselves.

use crate::program::{DisplayUnit, Program, Stage, Variable, number, shown};
use crate::uncertainty::{AtBest, AtMost};
use serde_json::{Map, Value, json};

/// As a part of the document; costs are divided by the unit's factor.
pub(super) fn document(found: &AtMost, program: &Program, names: &[String], factor: f64) -> Value {
    let point = |z: &[(String, f64)]| -> Map<String, Value> { z.iter().map(|(n, z)| (n.clone(), json!(z))).collect() };
    let plan = found
        .plan
        .as_ref()
        .map(|p| json!({ "worst": p.cost / factor, "factors": point(&p.factors), "proof": p.proof }));
    let policy = &found.policy;
    let rule = |((v, base), slopes): ((&Variable, &f64), &Vec<(usize, f64)>)| {
        let (quantity, id, period) = v.name.columns();
        let moves: Map<String, Value> = (slopes.iter().filter(|(_, s)| *s != 0.0))
            .filter_map(|(f, s)| Some((names.get(*f)?.clone(), json!(s / v.unit.factor))))
            .collect();
        json!({ "quantity": quantity, "id": id, "period": period.map(|t| t + 1), "value": base / v.unit.factor + 0.0,
                "per_factor": moves, "unit": v.unit.label.to_string() })
    };
    let all = program.variables.iter().zip(&policy.base).zip(&policy.slopes);
    let rules: Vec<Value> = all.filter(|((v, _), _)| v.stage == Stage::Recourse).map(rule).collect();
    let centre: Vec<(String, f64)> = names.iter().cloned().zip(policy.centre.iter().copied()).collect();
    json!({ "at_most": found.cost / factor, "plan": plan, "around": point(&centre), "rules": rules,
            "columns": found.size.0, "rows": found.size.1 })
}

/// Lines for reading.
pub(super) fn lines(found: &AtMost, maximize: bool, unit: &DisplayUnit) -> Vec<String> {
    let word = if maximize { "at least" } else { "at most" };
    let (columns, rows) = found.size;
    let mut out = vec![
        format!("affine rules      {word} {} in every realisation", shown(found.cost, unit)),
        format!("                  {columns} columns, {rows} rows"),
    ];
    if let Some(AtBest { cost, factors, proof }) = &found.plan {
        out.push(format!("acting at best    {} in the worst case of the plan, by {proof}", shown(*cost, unit)));
        let moved: Vec<String> = (factors.iter().zip(&found.policy.centre))
            .filter(|((_, z), c)| (z - *c).abs() > 1e-6)
            .map(|((n, z), _)| format!("{n} = {}", number(*z)))
            .collect();
        out.push(format!(
            "  there           {}",
            if moved.is_empty() { "nothing deviates".into() } else { moved.join(", ") }
        ));
    }
    out
}
