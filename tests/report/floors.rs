//! What is nothing: floors of quantities, in the check of plans and at limits judged by power flow.

use crate::studies::{analysed, of, options, program, told, value};
use tieline::program::Program;
use tieline::solution::Engine;
use tieline::study::{Status, TOLERANCE, largest_violation, solve};

fn missed(program: &Program, x: f64) -> (f64, String) {
    let mut point = vec![0.0; program.variables.len()];
    point[program.variables.iter().position(|v| v.name == "x").expect("x")] = x;
    largest_violation(program, &point)
}

#[test]
fn a_declared_range_excuses_nothing() {
    for range in ["10", "1e8", "1e16"] {
        let program = program(&format!("var x : number in 0..{range}\nrule need : x >= 1\nminimize x\n"));
        for (x, passes) in [(1.0, true), (1.0 - 1.9e-5, true), (1.0 - 2.1e-5, false), (0.0, false), (-2e-6, false)] {
            let (violation, rule) = missed(&program, x);
            assert_eq!(violation <= TOLERANCE, passes, "0..{range}: {x} is missed by {violation:e} at {rule}");
        }
        let idle = crate::studies::program(&format!("var x : number in 0..{range}\nrule cap : x <= 5\nmaximize x\n"));
        for (x, passes) in [(-0.9e-6, true), (-1.1e-6, false)] {
            assert_eq!(missed(&idle, x).0 <= TOLERANCE, passes, "0..{range}: {x}");
        }
    }
}

#[test]
fn the_floor_is_that_of_the_quantity() {
    let power = "use std.quantities\nvar x : active_power in -1e9 kW..1e9 kW\nrule none : x <= 0\nmaximize x\n";
    let volts = "use std.quantities\nvar x : voltage in 0..1e9 kV\nrule none : x^2 <= 0\nmaximize x\n";
    for (text, floor) in [(power, 1.0), (volts, 0.1)] {
        let program = program(text);
        assert!(missed(&program, 0.99 * floor).0 <= TOLERANCE, "{text}");
        assert!(missed(&program, 1.01 * floor).0 > TOLERANCE, "{text}");
    }
}

#[test]
fn a_study_declares_its_own() {
    let text = "dimension mass_of_water\n@floor(5 dm3)\nunit m3, dm3 = 0.001 m3 : mass_of_water\nvar x : mass_of_water in 0..40 m3\nrule none : x <= 0\nmaximize x\n";
    let program = program(text);
    assert!(missed(&program, 0.0049).0 <= TOLERANCE);
    assert!(missed(&program, 0.0051).0 > TOLERANCE);
    let found = |floor: &str| told(&analysed(&text.replace("5 dm3", floor)).diagnostics);
    for (floor, what) in [
        ("0 m3", "no positive amount"),
        ("-1 m3", ""),
        ("5", "no unit"),
        ("5 km", "length"),
        ("1 m3, 2 m3", "one amount"),
    ] {
        let found = found(floor);
        assert!(!found.is_empty() && found[0].contains(what), "{floor}: {found:?}");
    }
}

#[test]
fn the_floors_of_the_library() {
    let program = program(&format!("{TWO_BUSES}load 2 at bus 2 {{ p = 10 kW; q = 1 kvar }}\nminimize import\n"));
    let floor = |name: &str| {
        let v = program.variables.iter().find(|v| v.name.to_string().starts_with(name));
        v.unwrap_or_else(|| panic!("no {name}")).unit.floor
    };
    assert_eq!(floor("source.p["), 1.0);
    assert_eq!(floor("source.q["), 1.0);
    let floors = program.network.as_ref().expect("a network").floors;
    assert_eq!((floors.active, floors.reactive, floors.apparent), (1.0, 1.0, 1.0));
    let squared =
        program.constraints.iter().find(|c| c.name.to_string().contains(".drop[")).expect("a drop of voltage");
    assert!((squared.unit.floor - 0.01).abs() < 1e-12, "{}", squared.unit.floor);
}

const TWO_BUSES: &str = "use std.grid, std.generators
bus 1 { nominal = 20 kV }
bus 2 { nominal = 20 kV }
line 1 from bus 1 to bus 2 { r = 0.001 ohm; x = 0.001 ohm; switchable = no }
source 1 at bus 1 { v_set = 1.0 pu; p_min = 0 kW }
bus.v_min = 0.9 pu
bus.v_max = 1.1 pu
with lindistflow, radial
snapshot
";

#[test]
fn a_limit_missed_by_rounding_is_kept() {
    let loads = |sign: f64| {
        let load = |k: usize, p: f64| format!("load {k} at bus 2 {{ p = {} kW; q = 0 kvar }}\n", sign * p);
        [load(2, 73.8582), load(3, -41.1), load(4, -32.7582)].concat()
    };
    let least = format!("{TWO_BUSES}{}minimize import\n", loads(1.0));
    let variants = [
        least.clone(),
        least.replace("lindistflow", "conic"),
        least.replace("p_min = 0 kW", "p_min = 0 kW; p_max = 10 kW"),
        least.replace("p_min = 0 kW", "p_min = 0 kW; pf_min = 0.9"),
        format!("{TWO_BUSES}{}maximize import\n", loads(-1.0)).replace("p_min", "p_max"),
        least.replace("p_min = 0 kW", "q_min = 0 kvar"),
    ];
    for text in variants {
        let program = program(&text);
        let result = solve(&program, &options(Engine::Auto, 1e-4));
        let found = told(&result.diagnostics);
        assert!(result.passed && result.status == Status::Optimal, "{:?} {found:#?}\n{text}", result.status);
        assert!(of(&program, &result, "source.p[1]").abs() < 1.0, "{text}");
    }
    // A kilowatt that is not allowed is more than rounding.
    let result = solve(&program(&least.replace("73.8582", "72.8582")), &options(Engine::Auto, 1e-4));
    assert!(result.status == Status::Infeasible, "{:?}", result.status);
}

/// Two levels of voltage, taps and a bank: the optimum over the eight combinations is known by Newton's method.
#[test]
fn a_state_behind_taps_that_power_flow_confirms_is_a_plan() {
    let text = "use std.grid, std.tap_changer, std.capacitor
bus 1 { nominal = 110 kV }
bus 2 { nominal = 20 kV }
bus 3 { nominal = 20 kV }
line 1 from bus 2 to bus 1 { r = 1.43 ohm; x = 2.988 ohm; switchable = no }
line 2 from bus 2 to bus 3 { r = 0.642 ohm; x = 2.914 ohm; switchable = no }
load 2 at bus 2 { p = -2231.4 kW; q = 606.6 kvar }
load 3 at bus 3 { p = 2471.9 kW; q = 490.8 kvar }
source 1 at bus 1 { v_set = 1.0 pu }
tap_changer \"T\" at line 1 { tap = 0.0125; lowest = -2; highest = 1 }
capacitor \"C\" at bus 2 { q = 973.5 kvar; steps = 1 }
bus.v_min = 0.93 pu
bus.v_max = 1.06 pu
with conic, radial
snapshot
minimize losses
";
    for gap in [1e-3, 1e-4] {
        let result = solve(&program(text), &options(Engine::Auto, gap));
        let found = told(&result.diagnostics);
        assert!(result.passed && result.status == Status::Optimal, "{:?} {found:#?}", result.status);
        assert!((value(&result) / 9_846.735 - 1.0).abs() < 1e-6, "{}", value(&result));
    }
}
