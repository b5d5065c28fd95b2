//! Devices and formulations of the library against answers found by hand or by sums over a tree.

use super::program_of;
use std::collections::BTreeMap;
use tieline::lowered::{LowerOptions, lower};
use tieline::program::Program;
use tieline::solution::{Engine, Options, Termination, solve};

/// The best value of the first objective in its display unit, and all variables in coherent units.
fn best(program: &Program) -> (f64, BTreeMap<String, f64>) {
    let lowering = lower(program, &LowerOptions::default());
    assert!(lowering.diagnostics.is_empty(), "{:#?}", lowering.diagnostics);
    let outcome = solve(&lowering.problem, Engine::Auto, &Options { gap: 1e-6, ..Options::default() }, None);
    assert_eq!(outcome.termination, Termination::Optimal);
    let values = lowering.map.values(&lowering.problem, &outcome.point.expect("a point"));
    let objective = &program.objectives[0];
    let total = outcome.objective.expect("a value") * lowering.problem.objective_scale;
    let named = program.variables.iter().zip(&values).map(|(v, x)| (v.name.to_string(), *x)).collect();
    (total / objective.unit.factor, named)
}

fn near(have: f64, want: f64, relative: f64) {
    assert!((have - want).abs() <= relative * want.abs(), "{have} instead of {want}");
}

/// A day of two hours at 10 and 50 EUR/MWh on a line without much impedance.
fn two_hours(devices: &str) -> String {
    format!(
        "use std.grid, std.storage, std.ev_station, std.generators, std.capacitor, std.demand_response
horizon 2 h step 1 h
with lindistflow, radial
bus 1 {{ nominal = 10 kV }}
bus 2 {{ nominal = 10 kV }}
bus.v_min = 0.9 pu
bus.v_max = 1.1 pu
line 1 from bus 1 to bus 2 {{ r = 0.001 ohm; x = 0.001 ohm; switchable = no }}
source \"grid\" at bus 1 {{ v_set = 1.0 pu }}
table day by period {{ hour : id | price : EUR/MWh }} {{ 1 | 10; 2 | 50 }}
{devices}
minimize integral(t: day.price[t] * import[t] + running_costs[t])
"
    )
}

#[test]
fn a_store_carries_energy_from_the_cheap_hour_with_losses_both_ways() {
    let study = |form: &str| {
        two_hours(&format!(
            "load \"L\" at bus 2 {{ p = 200 kW; q = 0 kvar }}
storage \"S\" at bus 2 {{ power = 100 kW; energy = 1 MWh; efficiency = 90 %; initial = 0 %; {form} }}"
        ))
    };
    // 100 kWh bought at 10 EUR/MWh, 81 kWh come back at 50.
    let (cost, x) = best(&program_of(&study("")));
    near(cost, 10.0 * 0.3 + 50.0 * (0.2 - 0.081), 1e-5);
    near(x["storage.stored[S, 1]"], 90e3 * 3600.0, 1e-5);
    assert!(x["storage.stored[S, 2]"].abs() < 1.0);
    // As S0 prints it, energy is gained.
    let (cost, _) = best(&program_of(&study("discharging = multiplied")));
    near(cost, 10.0 * 0.3 + 50.0 * 0.1, 1e-5);
}

#[test]
fn vehicles_take_what_they_need_when_they_are_there() {
    let study = |present: &str| {
        two_hours(&format!("ev_station \"E\" at bus 2 {{ power = 100 kW; need = 150 kWh; present = {present} }}"))
    };
    near(best(&program_of(&study("1..2"))).0, 10.0 * 0.1 + 50.0 * 0.05, 1e-5);
    let short = study("2..2").replace("need = 150 kWh", "need = 80 kWh");
    near(best(&program_of(&short)).0, 50.0 * 0.08, 1e-5);
}

#[test]
fn generators_run_where_they_are_cheaper_and_weather_allows() {
    let devices = "load \"L\" at bus 2 { p = 200 kW; q = 60 kvar }
diesel \"D\" at bus 2 { p_max = 80 kW; q_max = 60 kvar; s_max = 80 kVA; cost = 30 EUR/MWh }
pv \"P\" at bus 2 { capacity = 100 kW; profile = [0.5, 0.2] pu }
capacitor \"C\" at bus 2 { q = 60 kvar; steps = 3; start = 0 }";
    // Hour 1: 150 kW bought. Hour 2: 80 kW from the diesel, 100 kW bought.
    let (cost, x) = best(&program_of(&two_hours(devices)));
    near(cost, 10.0 * 0.15 + 30.0 * 0.08 + 50.0 * 0.1, 1e-5);
    near(x["pv.p[P, 2]"], 20e3, 1e-4);
}

#[test]
fn load_moves_between_buses_within_its_share_and_adds_up_to_nothing() {
    let devices = "load \"A\" at bus 1 { p = 100 kW; q = 10 kvar }
load \"B\" at bus 2 { p = 50 kW; q = 10 kvar }
demand_response \"R\" over load { share = 20 % }";
    let text = two_hours(devices).replace(
        "minimize integral(t: day.price[t] * import[t] + running_costs[t])",
        "maximize sum(d in demand_response, t: d.dp[load \"A\", t])",
    );
    let (moved, x) = best(&program_of(&text));
    // The smaller load gives all that it may, 10 kW, in both hours.
    near(moved, 20.0, 1e-5);
    near(x["demand_response.dp[R, B, 1]"], -10e3, 1e-5);
}

/// The 33-bus feeder as given.
fn as_given(with: &str, more: &str) -> String {
    format!(
        "use networks.ieee33 as feeder
with {with}
snapshot
bus.v_min = 0.85 pu
bus.v_max = 1.05 pu
line.closed = initial
{more}
minimize losses
"
    )
}

/// Losses in kW of the 33-bus feeder as given, flows being sums of loads below: what LinDistFlow says.
fn tree_losses() -> f64 {
    let base = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models/networks/ieee33");
    let table = |name: &str| -> Vec<Vec<f64>> {
        let text = std::fs::read_to_string(base.join(name)).expect("the network's table");
        text.lines().skip(1).map(|l| l.split(',').map(|c| c.trim().parse().expect("a number")).collect()).collect()
    };
    let (buses, lines) = (table("buses.csv"), table("lines.csv"));
    let closed: Vec<&Vec<f64>> = lines.iter().filter(|l| l[5] == 0.0).collect();
    // Lines lead away from bus 1 in the data: what flows on one is the load of all buses behind it.
    fn behind(bus: f64, closed: &[&Vec<f64>], buses: &[Vec<f64>]) -> (f64, f64) {
        let own = buses.iter().find(|b| b[0] == bus).map_or((0.0, 0.0), |b| (b[1], b[2]));
        closed.iter().filter(|l| l[1] == bus).fold(own, |(p, q), l| {
            let (dp, dq) = behind(l[2], closed, buses);
            (p + dp, q + dq)
        })
    }
    let loss = |l: &&Vec<f64>| {
        let (p, q) = behind(l[2], &closed, &buses);
        l[3] * (p * p + q * q) / 12.66_f64.powi(2) / 1e3
    };
    closed.iter().map(loss).sum()
}

#[test]
fn lindistflow_flows_are_sums_of_loads() {
    let want = tree_losses();
    // Below those of the AC flow, 202.68 kW, by the losses and voltage drops that it leaves out.
    assert!((150.0..190.0).contains(&want), "{want}");
    let (quadratic, x) = best(&program_of(&as_given("lindistflow, radial", "")));
    near(quadratic, want, 1e-4);
    near(x["arc.P[1:1>2]"], 3_715e3, 1e-6);
    // Chords of a parabola lie above it, closer with more of them.
    let pieces = |n: usize| {
        best(&program_of(&as_given(&format!("lindistflow(loss = piecewise, segments = {n}), radial"), ""))).0
    };
    let (few, many) = (pieces(5), pieces(50));
    assert!(quadratic * (1.0 - 1e-6) <= many && many <= few, "{quadratic} {many} {few}");
    near(many, quadratic, 0.02);
}

#[test]
fn linear_ac_finds_the_losses_of_the_feeder() {
    let losses = |loss: &str, n: usize| {
        let with = format!("linear_ac(segments = {n}, theta_max = 0.2 rad, loss = {loss}), radial");
        best(&program_of(&as_given(&with, "line.capacity = 6 MVA"))).0
    };
    // The AC flow loses 202.68 kW. Losses at nominal voltage are lower, chords are higher.
    let fine = losses("relaxed", 200);
    assert!((160.0..202.68).contains(&fine), "{fine}");
    // Losing power never pays here, so both models of the squares agree.
    near(losses("exact", 5), losses("relaxed", 5), 1e-4);
}

#[test]
fn pieces_narrower_towards_zero_keep_the_losses_of_small_flows() {
    let losses = |pieces: &str| {
        let with = format!("linear_ac({pieces}, theta_max = 0.2 rad, loss = relaxed), radial");
        // All flows are below the first of five equal pieces.
        let small = "line.capacity = 20 MVA";
        best(&program_of(&as_given(&with, small))).0
    };
    let (fine, equal) = (losses("segments = 400"), losses("segments = 5"));
    assert!(equal > 1.5 * fine, "{equal} {fine}");
    near(losses("segments = 12, grading = 2"), fine, 0.1);
    near(losses("segments = 5, grading = 1"), equal, 1e-6);
}

#[test]
fn an_island_serves_what_its_unit_can() {
    for physics in ["lindistflow", "conic"] {
        // 0.01 ohm is 1e-5 of the base of 10 kV and 100 kW: coefficients of the voltage drop are tiny.
        for ohm in [0.01, 1.0] {
            serves(physics, ohm);
        }
    }
}

fn serves(physics: &str, ohm: f64) {
    let study = |p_max: f64, available: &str| {
        format!(
            "use std.grid, std.generators
horizon 1 h step 1 h
with {physics}, radial, islands
bus 1 {{ nominal = 10 kV }}
bus 2 {{ nominal = 10 kV }}
bus 3 {{ nominal = 10 kV }}
bus.v_min = 0.9 pu
bus.v_max = 1.1 pu
line 1 from bus 1 to bus 2 {{ r = {ohm} ohm; x = {ohm} ohm }}
line 2 from bus 2 to bus 3 {{ r = {ohm} ohm; x = {ohm} ohm }}
source \"grid\" at bus 1 {{ v_set = 1.0 pu; available = {available} }}
load \"A\" at bus 2 {{ p = 60 kW; q = 10 kvar; service = whole }}
load \"B\" at bus 3 {{ p = 100 kW; q = 10 kvar; service = whole }}
grid_forming \"G\" at bus 3 {{ p_max = {p_max} kW; q_max = 50 kvar; v_set = 1.0 pu }}
maximize sum(n in load: n.p * n.on[first])
"
        )
    };
    near(best(&program_of(&study(150.0, "no"))).0, 100.0, 1e-4);
    let names: Vec<String> = program_of(&study(150.0, "no")).variables.iter().map(|v| v.name.to_string()).collect();
    let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
    assert_eq!(names.len(), distinct.len(), "a variable is made once: {names:?}");
    let (all, x) = best(&program_of(&study(170.0, "no")));
    near(all, 160.0, 1e-4);
    assert!(x["grid_forming.forms[G, 1]"] > 0.5 && x["bus.lit[2, 1]"] > 0.5 && x["bus.lit[3, 1]"] > 0.5);
    near(best(&program_of(&study(50.0, "no"))).0 + 1.0, 1.0, 1e-4);
    near(best(&program_of(&study(50.0, "yes"))).0, 160.0, 1e-4);
}
