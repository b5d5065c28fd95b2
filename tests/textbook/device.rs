//! A device that the compiler does not know: examples/devices/dc_link.tie.

use crate::feeders::Feeder;
use crate::studies::{of, open_lines, optimum, program, program_of_file, value};
use std::ops::ControlFlow;
use tieline::network::powerflow::{Grid, Snapshot, Workspace};
use tieline::solution::Engine;

/// Two heavily and lightly loaded laterals with a tie line; the device joins buses 4 and 7.
fn laterals() -> Feeder {
    Feeder {
        kv: 10.0,
        load: vec![
            (0.0, 0.0),
            (400.0, 250.0),
            (500.0, 300.0),
            (900.0, 500.0),
            (100.0, 30.0),
            (150.0, 60.0),
            (120.0, 40.0),
        ],
        line: vec![
            (0, 1, 0.6, 0.5),
            (1, 2, 0.8, 0.6),
            (2, 3, 0.9, 0.7),
            (0, 4, 0.4, 0.3),
            (4, 5, 0.5, 0.4),
            (5, 6, 0.7, 0.5),
            (2, 5, 1.1, 0.8),
        ],
        window: (0.9, 1.05),
    }
}

const RATING: f64 = 400e3;
const LOSS: f64 = 0.005;
/// Ohm per squared volt of the cable.
const CABLE: f64 = 2.0 / 20e3 / 20e3;

/// What bus 7 gets where bus 4 gets `a`, by the losses of both converters and of the cable.
fn passed(a: f64) -> f64 {
    let kept = -a - LOSS * a.abs() - CABLE * a * a;
    if kept >= 0.0 { kept / (1.0 + LOSS) } else { kept / (1.0 - LOSS) }
}

/// Losses of lines, converters and cable, by AC power flow, where `x` is what bus 4 gets of active power
/// and what both ends make of reactive power. None beyond the rating.
fn lost(grid: &Grid, workspace: &mut Workspace, p: &[f64], q: &[f64], closed: &[bool], x: [f64; 3]) -> Option<f64> {
    let other = passed(x[0]);
    if x[0].hypot(x[1]) > RATING || other.hypot(x[2]) > RATING {
        return None;
    }
    let (mut p, mut q) = (p.to_vec(), q.to_vec());
    p[3] += x[0];
    p[6] += other;
    q[3] += x[1];
    q[6] += x[2];
    let solution = workspace.solve(grid, &Snapshot { closed, p: &p, q: &q }).ok()?;
    let (_, low) = solution.lowest_voltage()?;
    (low >= 0.9).then(|| solution.losses() - x[0] - other)
}

/// The best of all spanning trees and all ways to run the device, by pattern search in each.
fn searched(feeder: &Feeder) -> (f64, Vec<bool>) {
    let grid = feeder.grid();
    let (p, q) = feeder.injections();
    let mut workspace = Workspace::new();
    let mut best = (f64::INFINITY, Vec::new());
    let free = vec![crate::enumerate::Allowed::Either; feeder.line.len()];
    crate::enumerate::spanning_trees(&grid, &free, |closed| {
        let mut at = [0.0; 3];
        let mut least = lost(&grid, &mut workspace, &p, &q, closed, at).unwrap_or(f64::INFINITY);
        let mut step = 100e3;
        while step > 10.0 {
            let mut moved = false;
            for change in 0..27 {
                let mut next = at;
                for (k, x) in next.iter_mut().enumerate() {
                    *x += step * f64::from(change / 3i32.pow(k as u32) % 3 - 1);
                }
                if let Some(l) = lost(&grid, &mut workspace, &p, &q, closed, next)
                    && l < least
                {
                    (at, least, moved) = (next, l, true);
                }
            }
            if !moved {
                step /= 2.0;
            }
        }
        if least < best.0 {
            best = (least, closed.to_vec());
        }
        ControlFlow::Continue(())
    });
    best
}

#[test]
fn its_best_use_is_the_one_a_search_over_power_flows_finds() {
    let feeder = laterals();
    let device = "use devices.dc_link\n\
                  dc_link \"L\" from bus 4 to bus 7 { rating = 400 kVA; loss = 0.5 %; v_dc = 20 kV; r_dc = 2 ohm }\n";
    let program = program(&format!("{device}{}", feeder.study("conic, radial")));
    let (least, closed) = searched(&feeder);
    for engine in [Engine::Tree, Engine::OuterApproximation] {
        let result = optimum(&program, engine, 1e-4);
        // Losses of converters and cable count as well as those of the lines.
        assert!((value(&result) / least - 1.0).abs() < 2e-4, "{engine:?}: {} and {least}", value(&result));
        let bound = result.bound.expect("a bound");
        assert!(bound <= least * (1.0 + 1e-6) && bound >= least * (1.0 - 2e-4), "{engine:?}: {bound} and {least}");
        let expected: Vec<String> =
            (1..).zip(&closed).filter(|(_, c)| !**c).map(|(k, _): (i32, _)| k.to_string()).collect();
        assert_eq!(open_lines(&program, &result), expected);
        // It carries power, and loses what it says.
        let end = |name: &str| of(&program, &result, &format!("dc_link.{name}[L]"));
        let (i, j) = (end("p_i"), end("p_j"));
        assert!(i > 50e3 && j < -50e3, "{i} {j}");
        assert!((j - passed(i)).abs() < 1e-4 * i, "{i} {j}");
    }
}

#[test]
fn it_lowers_the_losses_of_the_published_feeder() {
    let program = program_of_file("examples/dc_link_33.tie", &[]);
    let result = optimum(&program, Engine::Auto, 1e-3);
    let bound = result.bound.expect("a bound");
    // No choice of switches loses less than 139.55 kW without the devices.
    assert!(value(&result) < 100e3 && bound <= value(&result) && bound > value(&result) * (1.0 - 1e-3));
    let ac = result.ac.first().and_then(|s| s.as_ref().ok()).expect("an AC state");
    let converters: f64 = ["A", "B"]
        .iter()
        .map(|id| -["p_i", "p_j"].iter().map(|p| of(&program, &result, &format!("dc_link.{p}[{id}]"))).sum::<f64>())
        .sum();
    assert!((value(&result) - ac.losses - converters).abs() < 1.0, "{} {} {converters}", value(&result), ac.losses);
}

/// Energy is paid for, so that losing it pays. The link may not lose more than its converters and its cable do: with
/// `segments` it does not, without the plan does not pass its check.
#[test]
fn it_burns_no_power_where_that_pays() {
    let study = |rest: &str| {
        program(&format!(
            "use devices.dc_link
horizon 1 h step 1 h
bus 1 {{ nominal = 10 kV }}
bus 2 {{ nominal = 10 kV }}
bus 3 {{ nominal = 10 kV }}
line 1 from bus 1 to bus 2 {{ r = 0.1 ohm; x = 0.1 ohm; switchable = no }}
line 2 from bus 1 to bus 3 {{ r = 0.1 ohm; x = 0.1 ohm; switchable = no }}
source \"S\" at bus 1 {{ v_set = 1 pu; price = -50 EUR/MWh }}
dc_link \"L\" from bus 2 to bus 3 {{ rating = 400 kVA; loss = 0.5 %; v_dc = 20 kV; r_dc = 2 ohm{rest} }}
bus.v_min = 0.9 pu; bus.v_max = 1.1 pu
with lindistflow, radial
minimize integral(t: running_costs[t])"
        ))
    };
    let exact = optimum(&study("; segments = 8"), Engine::Auto, 1e-6);
    // All that the rating lets pass, towards bus 3, whose converter loses a little less.
    let lost = [-RATING, RATING].map(|a| -a - passed(a)).into_iter().fold(0.0, f64::max);
    assert!((value(&exact) / (-50e-6 * lost) - 1.0).abs() < 0.02, "{} {lost}", value(&exact));
    let result = crate::studies::solve_to(&study(""), Engine::Auto, 1e-6);
    assert_eq!(result.status, tieline::study::Status::Failed);
    let told = crate::studies::told(&result.diagnostics);
    assert!(told.iter().any(|t| t.contains("DC link L loses more than it has to")), "{told:?}");
}
