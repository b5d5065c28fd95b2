//! Cones that are not tight.

use crate::studies::{options, program};
use tieline::solution::Engine;
use tieline::study::{Status, loosest, solve};

const FEEDER: &str = "use std.grid\n\
    bus 1 { nominal = 20 kV }\nbus 2 { nominal = 20 kV }\nbus 3 { nominal = 20 kV }\n\
    line 1 from bus 1 to bus 2 { r = 0.8 ohm; x = 0.6 ohm; switchable = no; rate = 200 A }\n\
    line 2 from bus 2 to bus 3 { r = 0.8 ohm; x = 0.6 ohm; switchable = no; rate = 200 A }\n\
    source \"s\" at bus 1 { v_set = 1.0 pu }\n\
    load \"a\" at bus 2 { p = 900 kW; q = 300 kvar }\nload \"b\" at bus 3 { p = 600 kW; q = 200 kvar }\n\
    bus.v_min = 0.9 pu\nbus.v_max = 1.05 pu\nwith conic, radial\nsnapshot\n";

#[test]
fn where_losing_power_pays_the_value_is_that_of_the_power_flow() {
    let best = program(&format!("{FEEDER}minimize losses\n"));
    let tight = solve(&best, &options(Engine::Auto, 1e-4));
    assert_eq!(tight.status, Status::Optimal);
    let real = tight.objective.expect("a value");
    assert!(
        loosest(best.network.as_ref().expect("a network"), tight.values.as_ref().expect("a plan")).expect("cones").gap
            < 1e-3
    );

    // The relaxation can burn power in the lines; the network cannot.
    let burning = program(&format!("{FEEDER}maximize losses\n"));
    let loose = solve(&burning, &options(Engine::Auto, 1e-4));
    let found: Vec<&str> = loose.diagnostics.iter().map(|d| d.id.code).collect();
    assert!(found.contains(&"W0701"), "{:?}", loose.diagnostics);
    let gap = loose.repair.as_ref().map_or(0.0, |r| r.loosest.gap);
    assert!(gap > 1e-2 && loose.cone_gap < 1e-6, "{gap} and then {}", loose.cone_gap);
    let value = loose.objective.expect("a value");
    assert!((value - real).abs() <= 1e-5 * real, "{value} instead of {real}");
    assert_eq!(loose.status, Status::Feasible, "the bound is far above: {:?}", loose.bound);
    assert!(found.contains(&"W0702"), "{found:?}");
    // What is returned is a state of the network.
    let network = burning.network.as_ref().expect("a network");
    assert!(loosest(network, loose.values.as_ref().expect("a plan")).expect("cones").gap < 1e-6);
}
