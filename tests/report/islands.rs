//! Plans that decide who holds which part of the network: their AC check, and what is told of them.

use crate::studies::{of, optimum, program, solve_to};
use std::collections::BTreeMap;
use tieline::network::powerflow::{Branch, Grid, OperatingPoint, Snapshot, Source};
use tieline::program::{Network, Program};
use tieline::report::{document, summary};
use tieline::solution::Engine;
use tieline::study::{Status, StudyResult, check, islands, power_flow};

/// After the storm: five lines are lost, which parts the feeder between buses 8 and 9; two units may form islands.
const STORM: &str = "use networks.ieee33 as feeder
use std.generators
with conic, radial, islands
snapshot
line.1.closed = 0
line.8.closed = 0
line.34.closed = 0
line.35.closed = 0
line.36.closed = 0
grid_forming \"D1\" at bus 14 { p_max = 800 kW; q_max = 600 kvar; v_set = 1 pu }
grid_forming \"D2\" at bus 30 { p_max = 1 MW; q_max = 800 kvar; v_set = 1.01 pu }
load.service = whole
bus.v_min = 0.95 pu
bus.v_max = 1.05 pu
minimize sum(t: shed_weighted[t]) + sum(t: losses[t])";

/// Loads of the 33-bus feeder by bus, W and var, from the published table.
fn published_loads() -> BTreeMap<String, (f64, f64)> {
    let text = std::fs::read_to_string("models/networks/ieee33/buses.csv").expect("the table");
    let mut rows = text.lines().map(|l| l.split(',').map(str::trim).collect::<Vec<_>>());
    let head = rows.next().expect("a heading");
    let column = |name: &str| head.iter().position(|h| *h == name).unwrap_or_else(|| panic!("{name}: {head:?}"));
    let (bus, p, q) = (column("bus"), column("p_kw"), column("q_kvar"));
    let number = |t: &str| t.parse::<f64>().expect("a number") * 1e3;
    rows.map(|r| (r[bus].to_owned(), (number(r[p]), number(r[q])))).collect()
}

/// The power flow of some buses as a network of their own: injections by bus (W, var), one bus that is held.
fn alone(
    network: &Network,
    closed: &[bool],
    buses: &[usize],
    held: (usize, f64),
    injected: &BTreeMap<usize, (f64, f64)>,
) -> OperatingPoint {
    let place = |bus: usize| buses.iter().position(|b| *b == bus);
    let inside = network.branches.iter().zip(closed).filter(|(_, c)| **c);
    let branches: Vec<Branch> =
        inside.filter_map(|(b, _)| Some(Branch { from: place(b.from)?, to: place(b.to)?, r: b.r, x: b.x })).collect();
    let nominal = buses.iter().map(|b| network.buses[*b].nominal).collect();
    let root = Source { bus: place(held.0).expect("the root is inside"), v_set: held.1 };
    let all = vec![true; branches.len()];
    let grid = Grid::new(nominal, branches, vec![root]).expect("a grid");
    let of = |b: &usize| injected.get(b).copied().unwrap_or_default();
    let (p, q): (Vec<f64>, Vec<f64>) = buses.iter().map(of).unzip();
    OperatingPoint::of(&grid, &Snapshot { closed: &all, p: &p, q: &q }).expect("a power flow")
}

fn near(a: f64, b: f64, by: f64) -> bool {
    (a - b).abs() <= by * a.abs().max(b.abs()).max(1.0)
}

/// Compares every island of a plan with a power flow of its buses alone.
fn agrees(program: &Program, result: &StudyResult, injected: &BTreeMap<usize, (f64, f64)>) {
    let network = program.network.as_ref().expect("a network");
    let state = result.ac[0].as_ref().expect("a power flow");
    let found = islands(program, result, 0).expect("islands");
    let mut losses = 0.0;
    for island in &found.live {
        let [root] = island.roots[..] else { panic!("one root: {island:?}") };
        let source = &network.sources[root];
        let point = alone(network, &state.closed, &island.buses, (source.bus, source.v_set), injected);
        for (v, bus) in point.voltage_pu.iter().zip(&island.buses) {
            let (alone, plan) = (v.expect("alive"), state.voltage[*bus].expect("alive") / network.buses[*bus].nominal);
            assert!(near(alone, plan, 1e-9), "bus {}: {alone} {plan}", network.buses[*bus].id);
        }
        let (p, q) = point.source_power[0];
        assert!(near(p, island.given.0, 1e-6) && near(q, island.given.1, 1e-6), "{p} {q} {island:?}");
        assert!(near(point.losses, island.losses, 1e-6), "{} {island:?}", point.losses);
        losses += point.losses;
    }
    assert!(near(losses, state.losses, 1e-6), "{losses} {}", state.losses);
    assert!(found.dark.iter().all(|b| state.voltage[*b].is_none()));
    let live: usize = found.live.iter().map(|i| i.buses.len()).sum();
    assert_eq!(live + found.dark.len(), network.buses.len());
}

#[test]
fn islands_of_33_buses_are_what_each_would_be_alone() {
    let program = program(STORM);
    let result = optimum(&program, Engine::Auto, 1e-2);
    let network = program.network.as_ref().expect("a network");
    let at = |id: &str| network.buses.iter().position(|b| b.id == id).expect("a bus");
    let loads = published_loads();
    let total: f64 = loads.values().map(|l| l.0).sum();
    let mut injected = BTreeMap::new();
    let mut served = 0.0;
    for (id, (p, q)) in loads.iter().filter(|(_, l)| l.0 > 0.0) {
        let on = of(&program, &result, &format!("load.on[{id}]"));
        injected.insert(at(id), (-p * on, -q * on));
        served += p * on;
    }
    let found = islands(&program, &result, 0).expect("islands");
    let held: Vec<String> = found.live.iter().map(|i| network.sources[i.roots[0]].id.clone()).collect();
    // A unit that follows the other's voltage injects what is planned.
    for (k, source) in network.sources.iter().enumerate().filter(|(_, s)| !s.is_source && !held.contains(&s.id)) {
        let (p, q) = result.ac[0].as_ref().expect("a power flow").source_power[k];
        let slot = injected.entry(source.bus).or_default();
        *slot = (slot.0 + p, slot.1 + q);
    }
    agrees(&program, &result, &injected);
    assert!(["D1", "D2"].iter().all(|id| held.iter().any(|h| h == id)), "{held:?}");
    // Behind bus 8 all 675 kW are served; D2 gives what it can, up to its losses and the smallest load.
    assert!(served > 1.62e6 && served <= 1.675e6, "{served}");

    let told = document(&program, &result, 1.0);
    let period = &told["periods"][0];
    let sum: f64 = period["islands"].as_array().expect("islands").iter().filter_map(|i| i["served_kw"].as_f64()).sum();
    assert!(near(1e3 * sum, served, 1e-6) && near(1e3 * (sum + period["shed_kw"].as_f64().unwrap()), total, 1e-6));
    assert_eq!(
        period["import_kw"].as_f64().map(|p| p.abs() < 1e-6),
        Some(true),
        "the substation feeds no more than bus 1"
    );
    assert!(told["base"]["periods"][0].is_null(), "nothing to compare with");
    assert!(told["base"]["totals"]["losses_kwh"].is_null() && told["base"]["totals"]["switchings"] == 0);
    assert!(!told.to_string().contains("-0.0,"), "a minus before a zero");
    // Loads that stay dark are named, each with what it would draw.
    let largest = loads
        .iter()
        .filter(|(_, l)| l.0 > 0.0)
        .filter(|(id, _)| of(&program, &result, &format!("load.on[{id}]")) < 0.5);
    let (id, (p, _)) = largest.max_by(|a, b| a.1.0.total_cmp(&b.1.0)).expect("a load");
    let text = summary(&program, &result, 1.0);
    assert!(text.contains(&format!(": load {id} ({:.2})", p / 1e3)), "{text}");
    let text = summary(&program, &result, 1.0);
    assert!(text.contains("D2                holds buses ") && text.contains("not served "), "{text}");
}

#[test]
fn a_dark_bus_with_load_and_a_bus_that_is_alive_without_a_root_are_caught() {
    // The smaller unit alone leaves much in the dark.
    let text = STORM.replace("grid_forming \"D2\"", "# grid_forming \"D2\"");
    let text = text.replace("p_max = 800 kW", "p_max = 200 kW");
    let program = program(&text);
    let result = optimum(&program, Engine::Auto, 1e-2);
    let network = program.network.as_ref().expect("a network");
    let dark = islands(&program, &result, 0).expect("islands").dark;
    let bus = dark.iter().find(|b| **b != 0).expect("a dark bus with a load");
    let id = &network.buses[*bus].id;
    assert!(summary(&program, &result, 1.0).contains("\ndark              bus"));
    let variable = |name: String| program.variables.iter().position(|v| v.name == name.as_str()).expect("a variable");
    let broken = |at: usize, value: f64| {
        let mut changed = StudyResult { ac: vec![], base: vec![], ..result.clone() };
        changed.values.as_mut().expect("a plan")[at] = value;
        check(&program, &mut changed);
        assert_eq!((changed.status, changed.passed), (Status::Failed, false));
        changed.ac[0].as_ref().expect("a power flow").broken.join("; ")
    };
    let loaded = broken(variable(format!("load.on[{id}]")), 1.0);
    assert!(loaded.contains(&format!("bus {id} is dark and carries ")), "{loaded}");
    let alive = broken(variable(format!("bus.lit[{id}]")), 1.0);
    assert!(alive.contains(&format!("bus {id} is connected to no source")), "{alive}");
    // Without its root the island is no longer held.
    let lost = broken(variable("grid_forming.forms[D1]".into()), 0.0);
    assert!(lost.contains("bus 14 is connected to no source"), "{lost}");
}

/// A feeder in three parts: the source's, one with a plant, one of a unit alone.
fn parts(devices: &str) -> String {
    format!(
        "use std.grid, std.generators
with conic, radial, islands
snapshot
bus 1 {{ }}
bus 2 {{ }}
bus 3 {{ }}
bus 4 {{ }}
bus 5 {{ }}
bus 6 {{ }}
bus.nominal = 12.66 kV
bus.v_min = 0.9 pu
bus.v_max = 1.05 pu
line 12 from bus 1 to bus 2 {{ r = 1 ohm; x = 0.5 ohm }}
line 23 from bus 2 to bus 3 {{ r = 1 ohm; x = 0.5 ohm }}
line 34 from bus 3 to bus 4 {{ r = 2 ohm; x = 1 ohm }}
line 45 from bus 4 to bus 5 {{ r = 1 ohm; x = 0.5 ohm }}
line 56 from bus 5 to bus 6 {{ r = 1 ohm; x = 0.5 ohm }}
line 24 from bus 2 to bus 4 {{ r = 1.5 ohm; x = 1 ohm; normally_open = yes }}
load 1 at bus 1 {{ p = 100 kW; q = 50 kvar }}
load 2 at bus 2 {{ p = 200 kW; q = 80 kvar }}
load 3 at bus 3 {{ p = 150 kW; q = 60 kvar }}
load 4 at bus 4 {{ p = 90 kW; q = 30 kvar }}
load 5 at bus 5 {{ p = 120 kW; q = 40 kvar }}
load 6 at bus 6 {{ p = 80 kW; q = 20 kvar }}
load.service = partial
line.12.closed = 0
line.45.closed = 0
{devices}
minimize sum(t: shed_weighted[t]) + sum(t: losses[t])"
    )
}

/// Injections of a plan of [`parts`]: its loads, its plant and the units that hold nothing.
fn injected(program: &Program, result: &StudyResult) -> BTreeMap<usize, (f64, f64)> {
    let loads =
        [(1, 100.0, 50.0), (2, 200.0, 80.0), (3, 150.0, 60.0), (4, 90.0, 30.0), (5, 120.0, 40.0), (6, 80.0, 20.0)];
    let mut out = BTreeMap::new();
    for (bus, p, q) in loads {
        let cut = of(program, result, &format!("load.cut[{bus}]"));
        let share = 1.0 - cut / (1e3 * p);
        out.insert(bus - 1, (-1e3 * p * share, -1e3 * q * share));
    }
    out
}

const SOURCE: &str = "source \"S\" at bus 1 { v_set = 1 pu }";
const TWO: &str = "grid_forming \"A\" at bus 3 { p_max = 300 kW; q_max = 250 kvar; s_max = 350 kVA; v_set = 1.02 pu }
grid_forming \"B\" at bus 6 { p_max = 150 kW; q_max = 200 kvar; v_set = 1 pu }
pv \"P\" at bus 4 { capacity = 70 kW; profile = 1 pu }";

#[test]
fn a_source_and_two_units_each_hold_a_part_and_a_plant_helps_one() {
    let program = program(&parts(&format!("{SOURCE}\n{TWO}")));
    let result = optimum(&program, Engine::Auto, 1e-4);
    let mut injected = injected(&program, &result);
    let pv = of(&program, &result, "pv.p[P]");
    assert!(near(pv, 70e3, 1e-5), "{pv}");
    injected.get_mut(&3).expect("bus 4").0 += pv;
    agrees(&program, &result, &injected);
    let found = islands(&program, &result, 0).expect("islands");
    let buses: Vec<&[usize]> = found.live.iter().map(|i| &i.buses[..]).collect();
    assert_eq!(buses, [&[0][..], &[1, 2, 3], &[4, 5]]);
    assert!(found.dark.is_empty());
    let told = document(&program, &result, 1.0);
    assert!(near(told["periods"][0]["import_kw"].as_f64().unwrap(), 100.0, 1e-6), "{told}");
    assert_eq!(told["periods"][0]["islands"][1]["held_by"][0], "A");
    // B cannot give all that its island asks for: what it gives is its limit.
    assert!(near(found.live[2].given.0, 150e3, 1e-5), "{:?}", found.live[2]);

    // The limits of units are those of roots.
    let network = program.network.as_ref().expect("a network");
    let x = result.values.as_ref().expect("a plan");
    let broken = |change: &dyn Fn(&mut Network)| {
        let mut network = network.clone();
        change(&mut network);
        power_flow(&network, 0, x, false).expect("a power flow").broken
    };
    assert!(broken(&|_| {}).is_empty());
    assert_eq!(broken(&|n| n.sources[1].p_max = Some(200e3)).len(), 1);
    assert_eq!(broken(&|n| n.sources[1].q_max = Some(50e3)).len(), 1);
    assert_eq!(broken(&|n| n.sources[1].s_max = Some(220e3)).len(), 1);
    assert_eq!(broken(&|n| n.sources[0].p_max = Some(99e3)), ["source S gives 100.00 kW"]);
}

#[test]
fn a_unit_beside_the_root_of_its_island_is_an_injection() {
    let two = TWO.replace("\"B\" at bus 6", "\"B\" at bus 2");
    let program = program(&parts(&format!("{SOURCE}\n{two}")));
    let result = optimum(&program, Engine::Auto, 1e-4);
    let found = islands(&program, &result, 0).expect("islands");
    assert_eq!(found.dark, [4, 5], "buses 5 and 6 have nothing to hold them");
    let network = program.network.as_ref().expect("a network");
    let [_, island] = &found.live[..] else { panic!("{found:?}") };
    let [beside] = island.parallel[..] else { panic!("{island:?}") };
    let mut injected = injected(&program, &result);
    injected.get_mut(&3).expect("bus 4").0 += of(&program, &result, "pv.p[P]");
    let other = &network.sources[beside];
    let power = ["p", "q"].map(|q| of(&program, &result, &format!("grid_forming.{q}[{}]", other.id)));
    let slot = injected.get_mut(&other.bus).expect("a loaded bus");
    *slot = (slot.0 + power[0], slot.1 + power[1]);
    agrees(&program, &result, &injected);
}

#[test]
fn an_island_with_a_loop_is_solved_as_one() {
    let program = program(&parts(&format!("{SOURCE}\n{TWO}")));
    let result = optimum(&program, Engine::Auto, 1e-4);
    let network = program.network.as_ref().expect("a network");
    let mut x = result.values.clone().expect("a plan");
    let closed = |id: &str| program.variables.iter().position(|v| v.name == format!("line.closed[{id}]").as_str());
    for id in ["23", "34", "24"] {
        x[closed(id).expect("a switch")] = 1.0;
    }
    let state = power_flow(network, 0, &x, false).expect("a power flow");
    let mut injected = injected(&program, &result);
    injected.get_mut(&3).expect("bus 4").0 += of(&program, &result, "pv.p[P]");
    let alone = alone(network, &state.closed, &[1, 2, 3], (2, 1.02), &injected);
    for (v, bus) in alone.voltage_pu.iter().zip([1, 2, 3]) {
        let plan = state.voltage[bus].expect("alive") / 12.66e3;
        assert!(near(v.expect("alive"), plan, 1e-8), "{v:?} {plan}");
    }
    assert!(near(alone.source_power[0].0, state.source_power[1].0, 1e-6));
}

#[test]
fn without_a_live_source_units_hold_what_there_is_or_all_is_dark() {
    let lost = SOURCE.replace("v_set = 1 pu", "v_set = 1 pu; available = no");
    for source in [lost.as_str(), ""] {
        let program = program(&parts(&format!("{source}\n{TWO}")));
        let result = optimum(&program, Engine::Auto, 1e-4);
        let mut injected = injected(&program, &result);
        injected.get_mut(&3).expect("bus 4").0 += of(&program, &result, "pv.p[P]");
        agrees(&program, &result, &injected);
        let found = islands(&program, &result, 0).expect("islands");
        assert_eq!((found.live.len(), &found.dark[..]), (2, &[0][..]), "{source}");
        let told = document(&program, &result, 1.0);
        assert!(told["periods"][0]["import_kw"].as_f64().unwrap().abs() < 1e-6, "{told}");
        assert_eq!(told["periods"][0]["dark_buses"][0], "1");
    }
    let program = program(&parts(&lost));
    let result = solve_to(&program, Engine::Auto, 1e-4);
    assert_eq!(result.status, Status::Optimal, "{:?}", result.diagnostics);
    let told = document(&program, &result, 1.0);
    let period = &told["periods"][0];
    assert_eq!(period["dark_buses"].as_array().map(Vec::len), Some(6), "{told}");
    assert!(period["min_voltage_pu"].is_null() && period["min_voltage_bus"].is_null());
    assert!(near(period["shed_kw"].as_f64().unwrap(), 740.0, 1e-6) && period["losses_kw"] == 0.0, "{period}");
    let text = summary(&program, &result, 1.0);
    assert!(text.contains("dark              buses 1, 2, 3, 4, 5, 6") && !text.contains("inf"), "{text}");
}
