//! The numbers by which cases of a study are compared.

use crate::program::{DisplayUnit, Program};
use crate::study::{StudyResult, form_value, losses};
use indexmap::IndexMap;

/// Numbers below this in their unit are rounding of the engines, shown as zero.
const ROUNDING: f64 = 1e-6;

/// One number of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// `objective losses`, `cost diesel.fuel`, `minimum voltage`.
    pub name: String,
    /// Its unit; empty for plain numbers.
    pub unit: String,
    /// Its value in that unit.
    pub value: f64,
}

/// All numbers of a result, those of its goals first. Powers become energies over a horizon; of a
/// network, losses, import and voltages are those of the AC power flow.
pub fn quantities(program: &Program, result: &StudyResult) -> Vec<Quantity> {
    let mut out = Vec::new();
    let mut add = |name: String, unit: &str, value: f64| {
        let value = if value.abs() < ROUNDING { 0.0 } else { value };
        out.push(Quantity { name, unit: unit.into(), value });
    };
    if let (Some(goal), Some(value)) = (program.objectives.get(result.goal), result.objective) {
        let name = if goal.name == "objective" { goal.name.clone() } else { format!("objective {}", goal.name) };
        add(name, &goal.unit.label, value / goal.unit.factor);
        if let Some(bound) = result.bound {
            add("proven bound".into(), &goal.unit.label, bound / goal.unit.factor);
        }
    }
    let Some(x) = &result.values else { return out };
    for (at, goal) in program.objectives.iter().enumerate() {
        let named = goal.terms.len() > 1 || at != result.goal;
        for (name, form) in goal.terms.iter().filter(|_| named) {
            add(format!("term {name}"), &goal.unit.label, form_value(program, form, x) / goal.unit.factor);
        }
    }
    for (name, unit, value) in totals(program, result, x) {
        add(name, &unit, value);
    }
    if program.network.is_some() {
        let states = || result.ac.iter().flatten();
        let least = states().map(|s| s.lowest.0).fold(f64::INFINITY, f64::min);
        let most = states().map(|s| s.highest.0).fold(f64::NEG_INFINITY, f64::max);
        if least.is_finite() {
            add("minimum voltage".into(), "pu", least);
            add("maximum voltage".into(), "pu", most);
        }
    }
    out
}

/// Totals of the library and of the study, and costs by what causes them.
fn totals(program: &Program, result: &StudyResult, x: &[f64]) -> Vec<(String, String, f64)> {
    let mut sums: IndexMap<String, (DisplayUnit, f64)> = IndexMap::new();
    let mut costs: IndexMap<String, (DisplayUnit, f64)> = IndexMap::new();
    for sum in program.sums.iter().filter(|s| s.element.is_none()) {
        let name = sum.name.family().to_string();
        let (unit, seconds) = over_time(&sum.unit, sum.period.and(program.step));
        let money = name.ends_with("costs");
        for c in &sum.contributions {
            let value = form_value(program, &c.form, x) * seconds;
            sums.entry(name.clone()).or_insert_with(|| (unit.clone(), 0.0)).1 += value;
            if money {
                let rule = program.origin(c.origin).rule.to_string();
                // Contributions without a name are those of their class.
                let rule = rule.split_once(".add_").map_or(rule.as_str(), |(class, _)| class).to_string();
                costs.entry(format!("cost {rule}")).or_insert_with(|| (unit.clone(), 0.0)).1 += value;
            }
        }
    }
    let states: Vec<_> = result.ac.iter().flatten().collect();
    if !states.is_empty() && states.len() == result.ac.len() {
        let seconds = program.step.unwrap_or(1.0);
        if let Some(lost) = sums.get_mut("losses")
            && program.network.as_ref().is_some_and(|n| n.periods.iter().any(|p| !p.cones.is_empty()))
        {
            // What other devices than lines lose stays as planned.
            let others = losses::of_devices_always(program, x);
            lost.1 = (states.iter().map(|s| s.losses).sum::<f64>() + others) * seconds;
        }
        if let Some(import) = sums.get_mut("import") {
            import.1 = states.iter().map(|s| s.import).sum::<f64>() * seconds;
        }
    }
    let shown =
        |(name, (unit, value)): (String, (DisplayUnit, f64))| (name, unit.label.to_string(), value / unit.factor);
    let several = costs.len() > 1;
    sums.into_iter().chain(costs.into_iter().filter(|_| several)).map(shown).collect()
}

/// The unit of a sum over periods, and the seconds that each period counts: powers become energies and
/// rates amounts; what is no rate is added up as it is.
fn over_time(unit: &DisplayUnit, step: Option<f64>) -> (DisplayUnit, f64) {
    let Some(step) = step else { return (unit.clone(), 1.0) };
    let label = unit.label.as_ref();
    if let Some(amount) = label.strip_suffix("/h") {
        return (DisplayUnit::new(amount, unit.factor * 3600.0), step);
    }
    if let Some(amount) = label.strip_suffix("/s") {
        return (DisplayUnit::new(amount, unit.factor), step);
    }
    if label.ends_with('W') || label.ends_with("var") || label.ends_with("VA") {
        return (DisplayUnit::new(format!("{label}h"), unit.factor * 3600.0), step);
    }
    match label.strip_suffix("*s^-1").or_else(|| label.strip_prefix("s^-1*")) {
        Some(amount) => (DisplayUnit::new(amount, unit.factor), step),
        None => (unit.clone(), 1.0),
    }
}
