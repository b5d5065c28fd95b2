//! A horizon for reading: its totals, and one table with a row for each period.

use super::{json, upper_limit};
use crate::program::{Form, Network, Program, amount};
use crate::study::{AcState, StudyResult, form_value, losses};

/// Losses that differ by no more than this share are the same.
const SAME: f64 = 1e-9;

/// The named terms of the goal, where it has several.
pub(super) fn terms(program: &Program, result: &StudyResult) -> Vec<String> {
    let (Some(goal), Some(x)) = (program.objectives.get(result.goal), &result.values) else { return Vec::new() };
    if goal.terms.len() < 2 {
        return Vec::new();
    }
    let term =
        |(name, form): &(String, Form)| format!("  {name:<15} {}", amount(form_value(program, form, x), &goal.unit));
    goal.terms.iter().map(term).collect()
}

/// Energy lost and lowest voltage over all periods, beside those of the network as given where the
/// two serve the same; and the open lines, where they stay. Only where all periods have a power flow.
pub(super) fn totals(program: &Program, network: &Network, result: &StudyResult) -> Vec<String> {
    let mut out = Vec::new();
    let states: Vec<&AcState> = result.ac.iter().flatten().collect();
    if states.len() < result.ac.len() {
        let failed = result.ac.len() - states.len();
        out.push(format!("AC power flow     failed in {failed} of {} periods", result.ac.len()));
    } else {
        let base = as_given(result, &states);
        if let Some(step) = program.step {
            let joules = |list: &[&AcState]| {
                list.iter().enumerate().map(|(t, s)| losses::of_all(program, result, t, s)).sum::<f64>() * step
            };
            let beside = base.as_deref().map(|b| {
                let change = 100.0 * (joules(&states) / joules(b) - 1.0);
                format!("  (as given {}, {change:+.1} %)", energy(joules(b)))
            });
            out.push(format!("losses            {}{}", energy(joules(&states)), beside.unwrap_or_default()));
            let of_devices = result.values.as_ref().map_or(0.0, |x| losses::of_devices_always(program, x));
            if of_devices > json::NOTICED {
                out.push(format!("  of devices      {}", energy(of_devices * step)));
            }
        }
        if let Some(low) = lowest(&states) {
            let beside = base.as_deref().and_then(lowest).map(|b| format!("  (as given {b})"));
            out.push(format!("minimum voltage   {low}{}", beside.unwrap_or_default()));
        }
        out.extend(upper_limit::nearest_of_all(&result.ac));
    }
    let shed: Vec<f64> = (0..result.ac.len()).map(|t| json::shed(program, result, t).unwrap_or(0.0)).collect();
    let count = shed.iter().filter(|shed| **shed > json::NOTICED).count();
    if let Some(step) = program.step.filter(|_| count > 0) {
        let (all, of) = (shed.iter().sum::<f64>() * step, shed.len());
        out.push(format!("not served        {} in {count} of {of} periods", energy(all)));
    }
    if let Some(open) = always_open(network, &states) {
        out.push(format!("open lines        {open}"));
    }
    out
}

/// One row for each period, with a heading. The last column, open lines, is there only where they
/// change, and filled only where they do.
pub(super) fn table(program: &Program, network: &Network, result: &StudyResult) -> Vec<String> {
    let states: Vec<&AcState> = result.ac.iter().flatten().collect();
    let changing = always_open(network, &states).is_none() && !states.is_empty();
    let import = network.sources.iter().any(|s| s.is_source);
    let mut heading = vec!["period", "losses kW"];
    if import {
        heading.push("import kW");
    }
    heading.extend(["min pu", "bus"]);
    let mut rows: Vec<Result<Vec<String>, &str>> = Vec::new();
    let mut opened: Vec<String> = Vec::new();
    let mut before: Option<&[bool]> = None;
    for (t, state) in result.ac.iter().enumerate() {
        let mut note = String::new();
        rows.push(match state {
            Ok(s) => {
                let mut row = vec![format!("{}", t + 1), fixed(losses::of_all(program, result, t, s) / 1e3, 2)];
                if import {
                    row.push(fixed(s.import / 1e3, 1));
                }
                let low = s.lowest.0.is_finite();
                row.push(if low { fixed(s.lowest.0, 4) } else { "-".into() });
                row.push(if low { s.lowest.1.clone() } else { "-".into() });
                if changing && before != Some(&s.closed) {
                    note = open_lines(network, s);
                }
                before = Some(&s.closed);
                Ok(row)
            }
            Err(e) => Err(e.as_str()),
        });
        opened.push(note);
    }
    let mut widths: Vec<usize> = heading.iter().map(|h| h.chars().count()).collect();
    for row in rows.iter().flatten() {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let aligned = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().zip(&widths).map(|(c, w)| format!("{c:>w$}", w = *w)).collect();
        cells.join("  ")
    };
    let first = widths.first().copied().unwrap_or(0);
    let mut out = vec![format!("{}{}", aligned(&heading), if changing { "  open lines" } else { "" })];
    for (t, (row, note)) in rows.iter().zip(&opened).enumerate() {
        out.push(match row {
            Ok(row) => {
                let row: Vec<&str> = row.iter().map(String::as_str).collect();
                format!("{}  {note}", aligned(&row)).trim_end().to_string()
            }
            Err(e) => format!("{:>first$}  AC power flow failed: {e}", t + 1),
        });
    }
    out
}

/// The ids of the lines that are open; `none` where none is.
fn open_lines(network: &Network, s: &AcState) -> String {
    let open: Vec<&str> =
        network.branches.iter().zip(&s.closed).filter(|(_, c)| !**c).map(|(b, _)| b.id.as_str()).collect();
    if open.is_empty() { "none".into() } else { open.join(", ") }
}

/// The open lines, if they are the same in all states.
fn always_open(network: &Network, states: &[&AcState]) -> Option<String> {
    let (first, rest) = states.split_first()?;
    rest.iter().all(|s| s.closed == first.closed).then(|| open_lines(network, first))
}

/// The lowest voltage, where and when.
fn lowest(states: &[&AcState]) -> Option<String> {
    let least = states.iter().enumerate().min_by(|a, b| a.1.lowest.0.total_cmp(&b.1.lowest.0));
    let (t, s) = least.filter(|(_, s)| s.lowest.0.is_finite())?;
    Some(format!("{} pu at bus {} in period {}", fixed(s.lowest.0, 4), s.lowest.1, t + 1))
}

/// In kWh; from 10 MWh on in MWh.
fn energy(joules: f64) -> String {
    let kwh = joules / 3.6e6;
    if kwh.abs() < 1e4 { format!("{} kWh", fixed(kwh, 2)) } else { format!("{} MWh", fixed(kwh / 1e3, 3)) }
}

/// A number with that many decimals; no minus before a zero.
fn fixed(x: f64, decimals: usize) -> String {
    let text = format!("{x:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| c == '0' || c == '.') => rest.to_string(),
        _ => text,
    }
}

/// The states of the network as given, where it has one beside each of the plan's, and they differ.
fn as_given<'r>(result: &'r StudyResult, states: &[&AcState]) -> Option<Vec<&'r AcState>> {
    let base: Vec<&AcState> = result.base.iter().map(Option::as_ref).collect::<Option<_>>()?;
    let losses = |list: &[&AcState]| list.iter().map(|s| s.losses).sum::<f64>();
    let (before, after) = (losses(&base), losses(states));
    if base.len() != states.len() || before <= 0.0 || (after - before).abs() <= SAME * before {
        return None;
    }
    Some(base)
}
