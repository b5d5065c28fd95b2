//! What is said of studies: their status, what the network was before, and what information is worth.

use crate::support::Folder;
use serde_json::Value;

fn solved(text: &str, code: i32) -> Value {
    let here = Folder::new();
    here.file("a.tie", text);
    let run = here.run(&["solve", "a.tie", "--format", "json"]).ends(code);
    serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{e}: {}", run.out))
}

#[test]
fn as_given_a_bank_is_at_its_start_and_a_plant_is_not_known() {
    let feeder = |device: &str| {
        format!(
            "use std.grid, std.capacitor, std.generators\nbus 1 {{ nominal = 20 kV }}\nbus 2 {{ nominal = 20 kV }}\n\
             line 1 from bus 1 to bus 2 {{ r = 8 ohm; x = 6 ohm }}\nsource \"s\" at bus 1 {{ v_set = 1.0 pu }}\n\
             load 2 at bus 2 {{ p = 1400 kW; q = 900 kvar }}\n{device}\nbus.v_min = 0.9 pu\nbus.v_max = 1.1 pu\n\
             with conic, radial\nsnapshot\nminimize losses\n"
        )
    };
    let bank = solved(&feeder("capacitor \"C\" at bus 2 { q = 900 kvar; steps = 3; start = 0 }"), 0);
    let before = bank["base"]["periods"][0]["losses_kw"].as_f64().expect("a state");
    assert!((before - 60.54).abs() < 0.01, "{before}");
    assert_eq!(bank["bound_origin"], "certified");
    let plant = solved(&feeder("pv \"P\" at bus 2 { capacity = 900 kW; profile = 1 pu }"), 0);
    assert!(plant["base"]["periods"][0].is_null(), "{}", plant["base"]);
}

const SCENARIOS: &str = "table d { sc : id; a : number } { k1 | 0; k2 | 1; k3 | 10; k4 | 11; k5 | 12 }\n\
    scenarios s = rows(d)\nvar x : number in 0..20, ahead\nvar y : number in 0..20, recourse\n\
    rule served : x + y >= s.value[1]\n";

#[test]
fn information_is_worth_what_it_changes_in_the_aim_of_the_study() {
    let worth = |more: &str| {
        let found = solved(&format!("{SCENARIOS}{more}"), 0)["information"].clone();
        let of = |key: &str| found[key].as_f64().unwrap_or_else(|| panic!("{key}: {found}"));
        [of("value_of_stochastic_solution"), of("value_of_perfect_information")]
    };
    // The plan for the mean, 6.8, may fail in one scenario too: 13.6 + 5 (3.2 + 4.2) / 5 is the optimum, 21.
    let chance =
        "minimize 2 * x + 5 * y\nstudy c = stochastic extensive(over = s, gap = 0 %, chance = [served], risk = 20 %)\n";
    let [plan, known] = worth(chance);
    assert!(plan.abs() < 1e-6 && (known - 12.2).abs() < 1e-6, "{plan} {known}");
    // In the worst scenario 6.8 costs 29.2 instead of 24, and knowing that scenario before changes nothing.
    let risk =
        "minimize 2 * x + 3 * y\nstudy r = stochastic extensive(over = s, gap = 0 %, weight = 100 %, level = 80 %)\n";
    let [plan, known] = worth(risk);
    assert!((plan - 5.2).abs() < 1e-6 && known.abs() < 1e-6, "{plan} {known}");
}

#[test]
fn scenarios_without_a_common_plan_are_infeasible_by_scenario_too() {
    for domain in ["number", "integer"] {
        let text = format!(
            "table d {{ sc : id; a : number }} {{ k1 | 0; k2 | 4 }}\nscenarios s = rows(d)\nvar x : {domain} in 0..4, ahead\n\
             rule same : x = s.value[1]\nminimize x\nstudy d = stochastic decomposed(over = s)\n"
        );
        assert_eq!(solved(&text, 3)["status"], "infeasible", "{domain}");
    }
}

#[test]
fn a_gap_of_refused_programs_has_no_radius() {
    let text = "param radius : ratio in 0..2 = 10 %\nuncertain z in -1..1\nvar n : integer in 1..3, ahead\n\
        var y : number in 0..9, recourse\nrule r : y + (1 + radius * z) * n >= 4\nminimize n + 5 * y\n\
        study op = igdt opportunity(radius, gain = 5 %, most = 150 %)\n";
    let found = solved(text, 1);
    assert_eq!(found["diagnostics"][0]["id"], "E0502");
    assert!(found["igdt"].is_null());
}

/// Two buses in a row, whose plant lifts the voltage of the second to its limit.
fn lifted(plant: &str, window: &str, goal: &str) -> String {
    format!(
        "use std.grid, std.generators, std.soft_open_point\nhorizon 1 h step 1 h\nbus 1 {{ nominal = 0.4 kV }}\n\
         bus 2 {{ nominal = 0.4 kV }}\nline 1 from bus 1 to bus 2 {{ r = 0.1 ohm; x = 0.05 ohm; switchable = no }}\n\
         load 1 at bus 2 {{ p = 5 kW; q = 2 kvar }}\nsource 1 at bus 1 {{ v_set = 1 pu; price = 50 EUR/MWh }}\n{plant}\n\
         {window}\nwith conic, radial\n{goal}\n"
    )
}

#[test]
fn feed_in_that_may_be_curtailed_is_proven_where_the_relaxation_burns_it_in_lines() {
    let plant = "diesel 1 at bus 2 { p_max = 200 kW; q_min = -30 kvar; q_max = 30 kvar; available = 200 kW }";
    let window = "bus.v_min = 0.9 pu\nbus.v_max = 1.05 pu";
    let found = solved(&lifted(plant, window, "maximize output : sum(g in diesel: g.p[first])"), 0);
    assert_eq!((found["status"].as_str(), found["bound_origin"].as_str()), (Some("optimal"), Some("certified")));
    // By the two-bus equation, v₂⁴ - v₂² (v₁² + 2 (r p + x q)) + (r² + x²)(p² + q²) = 0, over all q: 107.0529 kW at -30 kvar.
    let (value, bound) = (found["objective"]["value"].as_f64(), found["bound"].as_f64());
    let (value, bound) = (value.expect("a value"), bound.expect("a bound"));
    assert!((value - 107.0529).abs() < 1e-2 && bound - value < 1e-3 * value, "{value} {bound}");
    assert!(found["verification"]["repair"]["boxes"].as_u64().is_some_and(|b| b > 0), "{}", found["verification"]);
}

#[test]
fn feeders_without_a_state_are_infeasible_though_something_may_be_chosen() {
    // At least 150 kW have to be taken, whatever its reactive power: 1.06 pu and more.
    let plant = "load 2 at bus 2 { p = -150 kW; q = 0 kvar }\n\
                 diesel 1 at bus 2 { p_max = 20 kW; q_min = -5 kvar; q_max = 5 kvar; available = 20 kW }";
    let window = "bus.v_min = 0.9 pu\nbus.v_max = 1.05 pu";
    let found = solved(&lifted(plant, window, "minimize integral(t: running_costs[t])"), 3);
    assert_eq!((found["status"].as_str(), found["bound_origin"].as_str()), (Some("infeasible"), Some("certified")));
    assert!(found["objective"]["value"].is_null(), "{found}");
}
