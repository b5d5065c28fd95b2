//! Plans of relaxations that are no states of the network.

use crate::studies::{options, program};
use tieline::diagnostics::Diagnostic;
use tieline::network::powerflow::{Branch, Grid, OperatingPoint, Snapshot, Source};
use tieline::solution::Engine;
use tieline::study::{Found, Status, StudyResult, loosest, power_flow, solve};

/// A plant behind a line that raises the voltage: burning its power in the line would cost less than
/// curtailing it, if a line could burn power at will.
fn feeder(plant: &str, more: &str) -> String {
    format!(
        "use std.grid\nuse std.generators\n\
         bus 1 {{ nominal = 10 kV }}\nbus 2 {{ nominal = 10 kV; v_max = 1.02 pu }}\n\
         line 1 from bus 1 to bus 2 {{ r = 2 ohm; x = 6 ohm; switchable = no }}\n\
         source \"s\" at bus 1 {{ v_set = 1.0 pu }}\nload \"a\" at bus 1 {{ p = 5 MW; q = 0 kvar }}\n\
         bus.v_min = 0.9 pu\nbus.v_max = 1.05 pu\npv \"p\" at bus 2 {{ profile = 1 pu; {plant} }}\n\
         {more}with conic, radial\nsnapshot\nminimize import\n"
    )
}

fn codes(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|d| d.id.code).collect()
}

fn tight(program: &tieline::program::Program, result: &StudyResult) -> bool {
    let network = program.network.as_ref().expect("a network");
    loosest(network, result.values.as_ref().expect("a plan")).expect("cones").gap < 1e-6
}

#[test]
fn a_plant_at_the_upper_voltage_limit_is_curtailed_to_what_the_line_can_take() {
    // Per unit of 1 MW and 10 kV: r = 0.02, x = 0.06. What the plant gives, p, flows into the line at
    // v₂ = 1.02², so l = p²/v₂ and 1 = v₂ − 2·r·p + (r² + x²)·l: the smaller root.
    let (r, z2, v2) = (0.02, 0.02f64.powi(2) + 0.06f64.powi(2), 1.02f64.powi(2));
    let (a, b, c) = (z2 / v2, -2.0 * r, v2 - 1.0);
    let p = (-b - (b * b - 4.0 * a * c).sqrt()) / (2.0 * a);
    let import = 5.0 - p + r * p * p / v2;

    let program = program(&feeder("capacity = 2 MW", ""));
    let result = solve(&program, &options(Engine::Auto, 1e-4));
    assert!(result.passed, "{:?}", result.diagnostics);
    let value = result.objective.expect("a value") / 1e6;
    assert!((value - import).abs() < 1e-5 * import, "{value} instead of {import}");
    assert!(tight(&program, &result));
    let state = result.ac[0].as_ref().expect("a power flow");
    assert!(state.broken.is_empty() && (state.highest.0 - 1.02).abs() < 1e-5, "{:?}", state.highest);
    // The relaxation does not know that there is no better; boxes do.
    let bound = result.bound.expect("a bound") / 1e6;
    assert!(bound <= import * (1.0 + 1e-6) && bound > import * (1.0 - 2e-4), "{bound}");
    assert_eq!(result.status, Status::Optimal);
    let repair = result.repair.as_ref().expect("the relaxation burns power");
    assert!(repair.found == Found::State && repair.boxes > 0 && repair.loosest.gap > 0.05);
    assert!(repair.promised / 1e6 < import * (1.0 - 1e-3), "{}", repair.promised);
    assert_eq!(codes(&result.diagnostics), [""; 0]);
}

#[test]
fn where_the_gap_stays_closed_the_repaired_plan_is_optimal() {
    let program = program(&feeder("capacity = 2 MW", ""));
    let result = solve(&program, &options(Engine::Auto, 0.2));
    assert_eq!(result.status, Status::Optimal, "gap {}", result.gap);
    assert!(result.passed && tight(&program, &result) && result.repair.is_some());
    assert!(codes(&result.diagnostics).is_empty(), "{:?}", result.diagnostics);
}

#[test]
fn where_no_state_keeps_the_rules_none_is_claimed() {
    // All of it has to be taken: 1.4 MW raise the voltage beyond its limit in every state.
    let program = program(&feeder("capacity = 1.4 MW; curtailable = no", ""));
    let result = solve(&program, &options(Engine::Auto, 1e-4));
    assert_eq!(result.status, Status::Infeasible, "{:?}", result.diagnostics);
    assert!(!result.passed && result.objective.is_none() && result.values.is_none());
    let repair = result.repair.as_ref().expect("the relaxation burns power");
    assert_eq!(repair.found, Found::Impossible);
    assert_eq!(codes(&result.diagnostics), ["E0701"]);
    let text = format!("{:?}", result.diagnostics);
    assert!(text.contains("bus 2 is at 1.02") && text.contains("above 1.02 pu"), "{text}");
}

/// Import with three plants along a feeder, by power flow; none where a voltage is above 1.02 pu.
fn import(grid: &Grid, plants: [f64; 3]) -> Option<f64> {
    let p = [-1e6, plants[0] - 0.1e6, plants[1] - 0.1e6, plants[2] - 0.1e6];
    let q = [0.0, -0.05e6, -0.05e6, -0.05e6];
    let state = OperatingPoint::of(grid, &Snapshot { closed: &[true; 3], p: &p, q: &q }).ok()?;
    let highest = state.voltage_pu.iter().flatten().fold(0.0, |m: f64, v| m.max(*v));
    (highest <= 1.02 + 1e-9).then(|| state.losses - p.iter().sum::<f64>())
}

#[test]
fn several_plants_are_curtailed_as_well_as_any_search_over_power_flows() {
    let lines = [(0, 1, 1.0, 4.0), (1, 2, 1.5, 4.0), (2, 3, 1.0, 3.0)];
    let branches = lines.iter().map(|&(from, to, r, x)| Branch { from, to, r, x }).collect();
    let grid = Grid::new(vec![10e3; 4], branches, vec![Source { bus: 0, v_set: 1.0 }]).expect("a grid");
    let mut best = (f64::INFINITY, [0.0; 3]);
    let mut reach = 0.5e6;
    let mut middle = [0.5e6; 3];
    for _ in 0..14 {
        let at = |m: f64, i: i32| (m + reach * f64::from(i) / 6.0).clamp(0.0, 1e6);
        for i in 0..13 * 13 * 13 {
            let plants = [at(middle[0], i % 13 - 6), at(middle[1], i / 13 % 13 - 6), at(middle[2], i / 169 - 6)];
            if let Some(value) = import(&grid, plants).filter(|v| *v < best.0) {
                best = (value, plants);
            }
        }
        middle = best.1;
        reach *= 0.6;
    }
    let mut text = String::from("use std.grid\nuse std.generators\nbus.v_min = 0.9 pu\nbus.v_max = 1.02 pu\n");
    text += "bus 1 { nominal = 10 kV }\nsource \"s\" at bus 1 { v_set = 1.0 pu }\nload \"1\" at bus 1 { p = 1 MW; q = 0 kvar }\n";
    for (from, to, r, x) in lines {
        text += &format!(
            "bus {b} {{ nominal = 10 kV }}\nload \"{b}\" at bus {b} {{ p = 100 kW; q = 50 kvar }}\n\
             pv \"{b}\" at bus {b} {{ profile = 1 pu; capacity = 1 MW }}\n\
             line {to} from bus {a} to bus {b} {{ r = {r} ohm; x = {x} ohm; switchable = no }}\n",
            a = from + 1,
            b = to + 1,
        );
    }
    let program = program(&(text + "with conic, radial\nsnapshot\nminimize import\n"));
    let result = solve(&program, &options(Engine::Auto, 1e-4));
    assert!(result.passed && result.repair.is_some(), "{:?}", result.diagnostics);
    let value = result.objective.expect("a value");
    // A lattice need not have the best place.
    assert!(
        value < best.0 + 1e-5 * best.0.abs() && value > best.0 - 1e-3 * best.0.abs(),
        "{value} instead of {best:?}"
    );
    assert_eq!(result.status, Status::Optimal, "{:?}", result.diagnostics);
}

#[test]
fn where_one_topology_has_no_state_another_is_tried() {
    // That line 1 is closed is worth more than all losses; but it cannot take what the plant gives.
    let more = "bus 3 { nominal = 10 kV }\nline 2 from bus 1 to bus 3 { r = 0.6 ohm; x = 0.6 ohm }\n\
                line 3 from bus 3 to bus 2 { r = 0.6 ohm; x = 0.6 ohm }\n";
    let text = feeder("capacity = 1.4 MW; curtailable = no", more)
        .replace("; switchable = no", "; switch_cost = 1 EUR")
        .replace("minimize import", "minimize import - sum(l in line where l.switch_cost > 0 EUR: 1 MW * l.closed)");
    let program = program(&text);
    let result = solve(&program, &options(Engine::Auto, 1e-4));
    assert!(result.passed, "{:?}", result.diagnostics);
    assert_eq!(result.status, Status::Feasible);
    let repair = result.repair.as_ref().expect("the relaxation burns power");
    assert!(repair.found == Found::State && repair.topologies > 1, "{repair:?}");
    assert!(!result.ac[0].as_ref().expect("a power flow").closed[0]);
    assert!(tight(&program, &result));
}

#[test]
fn limits_of_sources_and_ratings_at_both_ends_are_checked_by_power_flow() {
    let text = feeder("capacity = 0.5 MW", "")
        .replace("v_set = 1.0 pu", "v_set = 1.0 pu; p_max = 6 MW; p_min = -2 MW; q_max = 3 Mvar");
    let program = program(&text.replace("switchable = no", "switchable = no; capacity = 4 MVA"));
    let result = solve(&program, &options(Engine::Auto, 1e-4));
    assert_eq!(result.status, Status::Optimal, "{:?}", result.diagnostics);
    let network = program.network.as_ref().expect("a network");
    let (s, l) = (&network.sources[0], &network.branches[0]);
    assert_eq!((s.p_min, s.p_max, s.q_min, s.q_max), (Some(-2e6), Some(6e6), Some(-3e6), Some(3e6)));
    assert_eq!(l.capacity, Some(4e6));
    let x = result.values.as_ref().expect("a plan");
    let broken = |change: &dyn Fn(&mut tieline::program::Network)| {
        let mut network = network.clone();
        change(&mut network);
        power_flow(&network, 0, x, false).expect("a power flow").broken
    };
    let state = result.ac[0].as_ref().expect("a power flow");
    let (p, q) = state.source_power[0];
    let (from, to) = state.flow[0].apparent();
    assert!(from < to, "the plant's end carries more");
    assert!(broken(&|_| {}).is_empty());
    assert_eq!(broken(&|n| n.sources[0].p_max = Some(p - 100.0)).len(), 1);
    assert_eq!(broken(&|n| n.sources[0].p_min = Some(p + 100.0)).len(), 1);
    assert_eq!(broken(&|n| n.sources[0].q_max = Some(q - 100.0)).len(), 1);
    assert_eq!(broken(&|n| n.sources[0].q_min = Some(q + 100.0)).len(), 1);
    // Only the end that carries more is beyond this.
    assert_eq!(broken(&|n| n.branches[0].capacity = Some(0.5 * (from + to))).len(), 1);
    assert!(broken(&|n| n.branches[0].capacity = Some(to + 1.0)).is_empty());
}
