//! The result for reading.

use super::json::{self, word};
use super::{horizon, upper_limit};
use crate::program::{Network, Program, amount};
use crate::solution::BoundOrigin;
use crate::study::{AcState, Islands, Status, StudyResult, islands, losses};

/// A few lines in the engineer's terms, with units; over a horizon, totals and a table of the periods.
pub fn summary(program: &Program, result: &StudyResult, seconds: f64) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    let goal = program.objectives.get(result.goal);
    let proof = match result.origin() {
        Some(origin) if result.status == Status::Infeasible => format!(" ({})", origin.word()),
        _ => String::new(),
    };
    line(format!("status            {}{proof}", word(result.status)));
    for (goal, value) in json::earlier(program, result) {
        line(format!("{:<17} {}", goal.name, amount(value, &goal.unit)));
    }
    if let (Some(goal), Some(value)) = (goal, result.objective) {
        line(format!("{:<17} {}", goal.name, amount(value, &goal.unit)));
        if result.ac.len() > 1 {
            horizon::terms(program, result).into_iter().for_each(&mut line);
        }
        if let Some(bound) = result.bound {
            let gap = if result.gap.is_finite() { format!("{:.4} %", 100.0 * result.gap) } else { "open".into() };
            let origin = match (result.origin(), result.certified) {
                (Some(BoundOrigin::Search), Some(certified)) => {
                    format!(", search; {} certified", amount(certified, &goal.unit))
                }
                (Some(origin), _) => format!(", {}", origin.word()),
                (None, _) => String::new(),
            };
            line(format!("proven bound      {}  (gap {gap}{origin})", amount(bound, &goal.unit)));
        }
    }
    let network = program.network.as_ref();
    let horizon = network.filter(|_| result.ac.len() > 1);
    if let Some(network) = horizon {
        horizon::totals(program, network, result).into_iter().for_each(&mut line);
    } else if let (Some(network), Some(state)) = (network, result.ac.first()) {
        snapshot(program, network, result, state).into_iter().for_each(&mut line);
    }
    if let Some(network) = network.filter(|_| result.ac.len() == 1) {
        let held = held(program, network, result, 0);
        let told = !held.is_empty();
        held.into_iter().for_each(&mut line);
        not_served(program, result, 0).filter(|_| !told).into_iter().for_each(&mut line);
    }
    if program.network.is_none()
        && let Some(x) = &result.values
    {
        for (v, x) in program.variables.iter().zip(x).filter(|(_, x)| x.abs() > 1e-9) {
            line(format!("  {} = {}", v.name, amount(*x, &v.unit)));
        }
    }
    if matches!(result.status, Status::Optimal | Status::Feasible | Status::Failed) && result.values.is_some() {
        let verdict = if result.passed { "passed" } else { "FAILED" };
        line(format!(
            "check             {verdict} (largest violation {}, cone gap {})",
            size(result.violation.0),
            size(result.cone_gap)
        ));
    }
    if let Some(o) = &result.outcome {
        line(format!(
            "solver            {}, {}, {}, {seconds:.2} s",
            o.engine,
            counted(o.nodes, "node"),
            counted(o.iterations, "subproblem")
        ));
    }
    if let Some(network) = horizon {
        line(String::new());
        horizon::table(program, network, result).into_iter().for_each(&mut line);
        // Islands are told where they change.
        let mut before = Vec::new();
        for t in 0..result.ac.len() {
            let now = held(program, network, result, t);
            if !now.is_empty() && now != before {
                line(String::new());
                line(format!("period {}", t + 1));
                now.iter().cloned().for_each(&mut line);
            }
            before = now;
        }
    }
    out
}

/// Buses that are listed.
const LISTED: usize = 40;

/// Who holds which buses, where the plan decides it; what is served and what is dark.
fn held(program: &Program, network: &Network, result: &StudyResult, period: usize) -> Vec<String> {
    let Some(islands) = islands(program, result, period) else { return Vec::new() };
    let id = |bus: &usize| network.buses.get(*bus).map_or("?", |b| b.id.as_str());
    let listed = |buses: &[usize]| {
        let ids: Vec<&str> = buses.iter().take(LISTED).map(id).collect();
        let more = buses.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = if buses.len() == 1 { "bus" } else { "buses" };
        format!("{what} {}{more}", ids.join(", "))
    };
    let mut out = Vec::new();
    for island in &islands.live {
        out.push(format!("{:<17} holds {}", Islands::held_by(network, island), listed(&island.buses)));
        let parallel: Vec<&str> =
            island.parallel.iter().filter_map(|k| Some(network.sources.get(*k)?.id.as_str())).collect();
        let parallel =
            if parallel.is_empty() { String::new() } else { format!(", with {} in parallel", parallel.join(", ")) };
        out.push(format!(
            "                  {:.2} kW served; gives {:.2} kW and {:.2} kvar{parallel}; lowest {:.4} pu at bus {}",
            island.served / 1e3,
            island.given.0 / 1e3,
            island.given.1 / 1e3,
            island.lowest.0,
            id(&island.lowest.1)
        ));
    }
    if !islands.dark.is_empty() {
        out.push(format!("dark              {}", listed(&islands.dark)));
    }
    out.extend(not_served(program, result, period));
    out
}

/// Loads that are listed.
const LOADS: usize = 12;

/// Which loads are not served in a period, and by how much, if any.
fn not_served(program: &Program, result: &StudyResult, period: usize) -> Option<String> {
    let shed = json::shed(program, result, period).filter(|shed| *shed > json::NOTICED)?;
    let mut loads = json::unserved(program, result, period);
    loads.sort_by(|a, b| b.1.total_cmp(&a.1));
    let listed: Vec<String> =
        loads.iter().take(LOADS).map(|(load, power)| format!("{load} ({:.2})", power / 1e3)).collect();
    let more = loads.len().saturating_sub(LOADS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let which = if listed.is_empty() { String::new() } else { format!(": {}{more}", listed.join(", ")) };
    Some(format!("not served        {:.2} kW{which}", shed / 1e3))
}

/// Open lines, losses and lowest voltage of the only period, beside those of the network as given.
fn snapshot(
    program: &Program,
    network: &Network,
    result: &StudyResult,
    state: &Result<AcState, String>,
) -> Vec<String> {
    let s = match state {
        Ok(s) => s,
        Err(e) => return vec![format!("AC power flow     failed: {e}")],
    };
    let lost = |state: &AcState| losses::of_all(program, result, 0, state);
    let open: Vec<&str> =
        network.branches.iter().zip(&s.closed).filter(|(_, c)| !**c).map(|(b, _)| b.id.as_str()).collect();
    let mut out = vec![format!("open lines        {}", open.join(", "))];
    let of_devices = lost(s) - s.losses;
    let of_devices = (of_devices > json::NOTICED).then(|| format!("  of devices      {:.2} kW", of_devices / 1e3));
    match result.base.first().and_then(Option::as_ref) {
        Some(b) if b.losses > 0.0 => {
            let change = 100.0 * (lost(s) / lost(b) - 1.0);
            out.push(format!("losses            {:.2} → {:.2} kW ({change:+.1} %)", lost(b) / 1e3, lost(s) / 1e3));
            out.extend(of_devices);
            out.push(format!("minimum voltage   {:.4} → {:.4} pu at bus {}", b.lowest.0, s.lowest.0, s.lowest.1));
        }
        _ => {
            out.push(format!("losses            {:.2} kW", lost(s) / 1e3));
            out.extend(of_devices);
            if s.lowest.0.is_finite() {
                out.push(format!("minimum voltage   {:.4} pu at bus {}", s.lowest.0, s.lowest.1));
            }
        }
    }
    out.extend(upper_limit::nearest(s));
    out
}

/// A relative size; a zero as such.
fn size(x: f64) -> String {
    if x == 0.0 { "0".into() } else { format!("{x:.1e}") }
}

/// `1 node`, `2 nodes`.
fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
