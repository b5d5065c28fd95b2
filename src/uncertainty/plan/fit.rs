//! A plan and the decisions of a study: which values it fixes, and what does not fit.

use super::{Plan, Row};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_solution::PLAN_DOES_NOT_FIT};
use crate::program::{Domain, Program, Stage, VarId, Variable, number, shown};
use crate::source::Span;
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::collections::BTreeMap;

/// Findings of one plan.
const MOST_FINDINGS: usize = 10;
/// Periods that a finding names.
const MOST_PERIODS: usize = 8;
/// Distance of a whole number from its value that passes.
const WHOLE: f64 = 1e-4;
/// Share of a range by which a value may pass it.
const BEYOND: f64 = 1e-5;

/// Values that a plan fixes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fixed {
    /// A value per variable of the program, in coherent units; none for those that are left open.
    pub values: Vec<Option<f64>>,
    /// How many are fixed.
    pub fixed: usize,
    /// Decisions made ahead that are left open.
    pub open: usize,
}

impl Fixed {
    /// The program with these values as limits.
    pub fn apply(&self, program: &Program) -> Program {
        let mut out = program.clone();
        for (v, x) in out.variables.iter_mut().zip(&self.values) {
            if let Some(x) = x {
                (v.lower, v.upper) = (*x, *x);
            }
        }
        out
    }

    /// A value per variable: those of a whole plan, 0 for what is decided later.
    pub fn plan(&self) -> Vec<f64> {
        self.values.iter().map(|x| x.unwrap_or(0.0)).collect()
    }
}

/// Fits a plan to a program. In a study that is `staged`, only what is decided ahead may be fixed.
///
/// # Errors
/// Names, periods and values that do not fit.
pub fn fit(program: &Program, plan: &Plan, staged: bool) -> Result<Fixed, Vec<Diagnostic>> {
    let mut fit = Fit::new(program, plan, staged);
    fit.rows();
    fit.devices();
    if plan.rows.is_empty() && plan.devices.is_none() {
        fit.open_lines();
    }
    let Fit { values, mut found, .. } = fit;
    if !found.is_empty() {
        let more = found.len().saturating_sub(MOST_FINDINGS);
        found.truncate(MOST_FINDINGS);
        if let Some(last) = found.last_mut().filter(|_| more > 0) {
            last.notes.push(format!("{more} more findings about the plan are not shown"));
        }
        return Err(found);
    }
    let values: Vec<Option<f64>> = values.into_iter().map(|s| s.map(|s| s.value)).collect();
    let open = |(v, x): (&Variable, &Option<f64>)| v.stage == Stage::Ahead && x.is_none();
    Ok(Fixed {
        fixed: values.iter().flatten().count(),
        open: program.variables.iter().zip(&values).filter(|p| open(*p)).count(),
        values,
    })
}

/// A value and what set it.
#[derive(Debug, Clone, Copy)]
struct Setting {
    value: f64,
    /// How exactly it was named.
    rank: u8,
}

struct Fit<'a> {
    program: &'a Program,
    plan: &'a Plan,
    staged: bool,
    values: Vec<Option<Setting>>,
    found: Vec<Diagnostic>,
}

/// The decisions of a quantity: id, period, number.
type Family = Vec<(String, Option<usize>, usize)>;

impl<'a> Fit<'a> {
    fn new(program: &'a Program, plan: &'a Plan, staged: bool) -> Self {
        Fit { program, plan, staged, values: vec![None; program.variables.len()], found: Vec::new() }
    }

    fn wrong(&mut self, span: Span, message: String, label: &str, help: Option<String>) {
        let d = Diagnostic::new(PLAN_DOES_NOT_FIT, span, message, label);
        self.found.push(match help {
            Some(help) => d.help(help),
            None => d,
        });
    }

    /// Rows, those of many decisions before those of one.
    fn rows(&mut self) {
        let mut families: FxHashMap<String, Family> = FxHashMap::default();
        let mut names: Vec<String> = Vec::new();
        for (i, v) in self.program.variables.iter().enumerate() {
            let (quantity, id, period) = v.name.columns();
            if !families.contains_key(&quantity) {
                names.push(quantity.clone());
            }
            families.entry(quantity).or_default().push((id, period, i));
        }
        let rank = |r: &Row| u8::from(r.id.is_some()) + u8::from(r.period.is_some());
        let mut rows: Vec<&Row> = self.plan.rows.iter().collect();
        rows.sort_by_key(|r| rank(r));
        let mut told: Vec<&str> = Vec::new();
        let mut mentioned: BTreeMap<(&str, &str), Span> = BTreeMap::new();
        for row in rows {
            if told.contains(&row.quantity.as_str()) {
                continue;
            }
            let Some(family) = families.get(&row.quantity) else {
                told.push(&row.quantity);
                let text = format!("the study decides no `{}`", row.quantity);
                let near = did_you_mean(&row.quantity, names.iter().map(String::as_str));
                let help = near.map_or_else(
                    || "quantities are named as in the study's result: `line.closed`, `storage.charge`".into(),
                    |s| format!("did you mean `{s}`?"),
                );
                self.wrong(row.span, text, "unknown quantity", Some(help));
                continue;
            };
            if let Some(wrong) = self.row(row, family, rank(row)) {
                told.push(&row.quantity);
                self.found.push(wrong);
                continue;
            }
            for (id, ..) in family.iter().filter(|(id, ..)| row.id.as_ref().is_none_or(|r| r == id)) {
                mentioned.entry((&row.quantity, id)).or_insert(row.span);
            }
        }
        for ((quantity, id), span) in mentioned {
            let Some(family) = families.get(quantity).filter(|_| !told.contains(&quantity)) else { continue };
            let empty = |(other, period, v): &&(String, Option<usize>, usize)| {
                other == id && period.is_some() && self.values.get(*v).is_some_and(Option::is_none)
            };
            let periods: Vec<String> =
                family.iter().filter(empty).filter_map(|m| Some((m.1? + 1).to_string())).collect();
            if !periods.is_empty() {
                let text = format!("the plan leaves periods of `{}` open", call(quantity, id));
                let mut list = periods.iter().take(MOST_PERIODS).cloned().collect::<Vec<_>>().join(", ");
                if periods.len() > MOST_PERIODS {
                    list += &format!(" and {} more", periods.len() - MOST_PERIODS);
                }
                let help = format!("add rows for periods {list}, or one without a period for all of them");
                self.wrong(span, text, "periods are missing", Some(help));
            }
        }
    }

    /// Sets the decisions of a row; what is wrong with it.
    fn row(&mut self, row: &Row, family: &Family, rank: u8) -> Option<Diagnostic> {
        let wrong = |text: String, label: &str| Diagnostic::new(PLAN_DOES_NOT_FIT, row.span, text, label);
        let of_id: Vec<&(String, Option<usize>, usize)> =
            family.iter().filter(|(id, ..)| row.id.as_ref().is_none_or(|r| r == id)).collect();
        if of_id.is_empty() {
            let id = row.id.as_deref().unwrap_or_default();
            let d = wrong(format!("the study decides no `{}`", call(&row.quantity, id)), "unknown id");
            let near = did_you_mean(id, family.iter().map(|m| m.0.as_str()));
            return Some(match near {
                Some(near) => d.help(format!("did you mean `{near}`?")),
                None => d.note("it may be there and be no decision: a line without a switch, a case without it"),
            });
        }
        let matching: Vec<usize> = of_id
            .iter()
            .filter(|(_, period, _)| row.period.is_none() || period.is_none_or(|t| Some(t + 1) == row.period))
            .map(|m| m.2)
            .collect();
        if matching.is_empty() {
            let text = format!("the study has no period {}", row.period.unwrap_or_default());
            return Some(wrong(text, "no such period").help(format!("it has periods 1 to {}", self.program.periods)));
        }
        for v in matching {
            let variable = self.program.variables.get(v)?;
            if row.unit.as_ref().is_some_and(|u| *u != *variable.unit.label) {
                let label = if variable.unit.label.is_empty() { "plain numbers" } else { &variable.unit.label };
                let text = format!("`{}` is given in another unit than the study's", variable.name);
                return Some(wrong(text, "other unit").help(format!("give it in {label}")));
            }
            if let Err(d) = self.set(VarId(v as u32), row.value, rank, row.span) {
                return Some(*d);
            }
        }
        None
    }

    /// Fixes a decision to a value in its display unit.
    fn set(&mut self, at: VarId, given: f64, rank: u8, span: Span) -> Result<(), Box<Diagnostic>> {
        let variable = self.program.variable(at);
        let wrong = |text: String, label: &str| Diagnostic::new(PLAN_DOES_NOT_FIT, span, text, label);
        if self.staged && variable.stage == Stage::Recourse {
            let text = format!("`{}` is decided once the uncertainty is known, and the plan fixes it", variable.name);
            return Err(Box::new(
                wrong(text, "decided later")
                    .label(self.program.origin(variable.origin).span, "declared here")
                    .help("decide it `ahead` in the study's block, or leave it out of the plan"),
            ));
        }
        let mut value = given * variable.unit.factor;
        if variable.domain != Domain::Continuous {
            if (value - value.round()).abs() > WHOLE {
                let text = format!("`{}` is a whole number, and the plan says {}", variable.name, number(given));
                return Err(Box::new(wrong(text, "not a whole number")));
            }
            value = value.round();
        }
        let finite = |x: f64| if x.is_finite() { x.abs() } else { 0.0 };
        let slack = BEYOND * finite(variable.upper).max(finite(variable.lower)).max(1e-9);
        if value.is_nan() || value < variable.lower - slack || value > variable.upper + slack {
            let end = |x: f64| if x.is_finite() { shown(x, &variable.unit) } else { "open".into() };
            let text = format!("`{}` cannot be {}", variable.name, shown(value, &variable.unit));
            let range = format!("its range is {} to {}", end(variable.lower), end(variable.upper));
            return Err(Box::new(
                wrong(text, "outside its range")
                    .label(self.program.origin(variable.origin).span, "declared here")
                    .note(range),
            ));
        }
        let value = value.max(variable.lower).min(variable.upper);
        let Some(slot) = self.values.get_mut(at.0 as usize) else { return Ok(()) };
        if let Some(before) = slot
            && before.rank == rank
            && (before.value - value).abs() > slack
        {
            let text = format!("the plan gives `{}` two values", variable.name);
            let d = wrong(text, "another value than before");
            return Err(Box::new(if variable.name.columns().2.is_none() {
                d.note("it is decided once for all periods")
            } else {
                d
            }));
        }
        *slot = Some(Setting { value, rank });
        Ok(())
    }

    /// What rows leave open, from the values of a solved study: those of its decisions in order.
    fn devices(&mut self) {
        let Some((devices, span)) = &self.plan.devices else { return };
        let mut count: FxHashMap<(String, String), Vec<usize>> = FxHashMap::default();
        let mut order: Vec<(String, String)> = Vec::new();
        for (i, v) in self.program.variables.iter().enumerate() {
            let place = v.name.device();
            let list = count.entry(place.clone()).or_default();
            if list.is_empty() {
                order.push(place);
            }
            list.push(i);
        }
        for place in order {
            let Some(variables) = count.get(&place) else { continue };
            let wanted = |v: &&usize| {
                self.program.variables.get(**v).is_some_and(|x| x.stage == Stage::Ahead)
                    && self.values.get(**v).is_some_and(Option::is_none)
            };
            let open: Vec<usize> = variables.iter().filter(wanted).copied().collect();
            let list = devices.get(&place.0).and_then(|d| d.get(&place.1)).and_then(Value::as_array);
            let (Some(list), false) = (list, open.is_empty()) else { continue };
            if list.len() != variables.len() && list.len() != 1 {
                let (has, needs) = (list.len(), variables.len());
                let text = format!("the plan has {has} values of {} of `{}`, the study {needs}", place.1, place.0);
                let help = "was it made for another horizon or another case?".to_string();
                self.wrong(*span, text, "another number of values", Some(help));
                continue;
            }
            for v in open {
                let at = variables.iter().position(|x| *x == v).unwrap_or(0);
                let value = list.get(if list.len() == 1 { 0 } else { at }).and_then(Value::as_f64);
                let Some(value) = value else {
                    let text = format!("the plan has no number for {} of `{}`", place.1, place.0);
                    self.wrong(*span, text, "a value is missing", None);
                    break;
                };
                if let Err(d) = self.set(VarId(v as u32), value, 0, *span) {
                    self.found.push(*d);
                    break;
                }
            }
        }
    }

    /// Switches, from the open lines of each period.
    fn open_lines(&mut self) {
        let span = self.plan.span;
        let Some(network) = &self.program.network else {
            self.wrong(span, "the plan tells of open lines, and the study has no network".into(), "open lines", None);
            return;
        };
        if self.plan.open_lines.len() != network.periods.len() {
            let (has, needs) = (self.plan.open_lines.len(), network.periods.len());
            let text = format!("the plan has open lines of {has} periods, the study has {needs}");
            self.wrong(span, text, "another number of periods", None);
            return;
        }
        let known = |id: &&String| !network.branches.iter().any(|b| b.id == **id);
        if let Some(id) = self.plan.open_lines.iter().flatten().find(known) {
            self.wrong(span, format!("the network has no line `{id}`"), "unknown line", None);
            return;
        }
        for (state, open) in network.periods.iter().zip(&self.plan.open_lines) {
            for (branch, closed) in network.branches.iter().zip(&state.closed) {
                let wanted = f64::from(!open.contains(&branch.id));
                let result = match closed.terms.as_slice() {
                    [] if (closed.constant - wanted).abs() > 0.5 => {
                        let word = if wanted > 0.5 { "closed" } else { "open" };
                        let text = format!("line `{}` has no switch that could be {word}", branch.id);
                        Err(Box::new(Diagnostic::new(PLAN_DOES_NOT_FIT, span, text, "not switched")))
                    }
                    [(v, c)] if *c != 0.0 => self.set(*v, (wanted - closed.constant) / c, 0, span),
                    _ => Ok(()),
                };
                if let Err(d) = result {
                    self.found.push(*d);
                    return;
                }
            }
        }
    }
}

/// How a decision is called: `line.closed 7`.
fn call(quantity: &str, id: &str) -> String {
    if id.is_empty() { quantity.to_string() } else { format!("{quantity} {id}") }
}
