//! The day-ahead studies of the examples, case by case.

use super::studies::{Repository, optimum, told, value};
use tieline::analysis::{Request, analyse};
use tieline::program::{Program, Variable};
use tieline::solution::Engine;

fn program(path: &str, case: &str) -> Program {
    let request = Request { case: Some(case.to_owned()), ..Request::default() };
    let mut analysis = analyse(&Repository::default(), path, &request);
    let program = analysis.program();
    assert!(analysis.diagnostics.is_empty(), "{path} {case}: {:#?}", told(&analysis.diagnostics));
    program.expect("a program where there are no findings")
}

fn family<'p>(program: &'p Program, name: &str) -> Vec<&'p Variable> {
    program.variables.iter().filter(|v| v.name.family() == name).collect()
}

#[test]
fn cases_of_s0_move_the_share_of_load_that_they_say() {
    // The loads of 33 buses may be 10 % greater than forecast.
    for (path, lines, greatest) in [("examples/s0_33bus.tie", 37, 1.1 * 420e3), ("examples/s0_69bus.tie", 73, 1244e3)] {
        for (case, share) in [("a", 0.0), ("b", 0.10), ("c", 0.15), ("d", 0.20)] {
            let p = program(path, case);
            // One topology for the day; the largest load of the network at its peak.
            assert_eq!(family(&p, "line.closed").len(), lines);
            let moved = family(&p, "demand_response.dp").iter().map(|v| v.upper).fold(0.0, f64::max);
            assert!((moved - share * greatest).abs() < 1.0, "{path} {case}: {moved}");
            // 14 of 24 hours.
            assert_eq!(family(&p, "ev_station.charge").len(), 5 * 14);
        }
    }
}

#[test]
fn cases_of_s2_remove_and_freeze_what_they_say() {
    let count = |case: &str, name: &str| family(&program("examples/s2_41bus.tie", case), name).len();
    for (case, storage, plants) in
        [("A", 0, 0), ("B", 4, 8), ("C", 0, 8), ("D", 4, 8), ("D.1", 4, 8), ("D.2", 4, 8), ("D.3", 4, 8)]
    {
        assert_eq!(count(case, "storage.stored"), 24 * storage, "{case}");
        assert_eq!(count(case, "pv.p") + count(case, "wind.p"), 24 * plants, "{case}");
        let p = program("examples/s2_41bus.tie", case);
        let frozen = family(&p, "line.closed").iter().filter(|v| v.lower == v.upper).count();
        assert_eq!(frozen, if matches!(case, "A" | "B") { 47 * 24 } else { 0 }, "{case}");
    }
}

/// Case A has nothing to decide: its import is the load and the losses of the network as it is. By the AC power flow
/// 4.635 MW · 18.6 h of load and the losses cost, at each hour's price and 7 EUR/t · 0.4 t/MWh, the objective to
/// what the segments overstate the squares by: less than 2 %.
#[test]
fn case_a_of_s2_costs_what_the_power_flow_says() {
    let p = program("examples/s2_41bus.tie", "A");
    let result = optimum(&p, Engine::Auto, 1e-4);
    let price = [
        43.57, 36.78, 31.7, 30.0, 31.7, 38.48, 50.35, 63.91, 75.78, 82.57, 87.65, 89.35, 85.96, 80.87, 77.48, 77.48,
        82.57, 92.74, 102.91, 108.0, 104.61, 91.04, 72.39, 55.43,
    ];
    let import = result.ac.iter().map(|ac| ac.as_ref().expect("a state").import / 1e6);
    let cost: f64 = import.zip(price).map(|(p, c)| p * (c + 0.4 * 7.0)).sum();
    assert!((value(&result) / cost - 1.0).abs() < 0.02, "{} {cost}", value(&result));
}
