//! The unit commitment, against every commitment of every hour.

use crate::studies::{of, optimum, program_of_file, value};
use tieline::solution::Engine;

const LEAST: [f64; 3] = [150.0, 50.0, 20.0];
const MOST: [f64; 3] = [300.0, 200.0, 100.0];
const STANDBY: [f64; 3] = [1200.0, 600.0, 150.0];
const PRICE: [f64; 3] = [32.0, 48.0, 85.0];
const START: [f64; 3] = [4000.0, 1500.0, 200.0];
const DEMAND: [f64; 6] = [260.0, 340.0, 460.0, 530.0, 370.0, 230.0];

/// Cost of an hour with these units on: each at its least, the rest from the cheapest upwards. None
/// where it cannot be.
fn hour(on: usize, demand: f64, reserve: f64) -> Option<f64> {
    let units = || (0..3).filter(|u| on >> u & 1 == 1);
    let least: f64 = units().map(|u| LEAST[u]).sum();
    let most: f64 = units().map(|u| MOST[u]).sum();
    if least > demand || most < (1.0 + reserve) * demand {
        return None;
    }
    let mut rest = demand - least;
    let mut cost = 0.0;
    // The units stand in the order of their prices.
    for u in units() {
        let more = rest.min(MOST[u] - LEAST[u]);
        rest -= more;
        cost += STANDBY[u] + PRICE[u] * (LEAST[u] + more);
    }
    Some(cost)
}

/// Least cost of all 8^6 sequences; `stay`: a unit that was started runs for two hours.
fn enumerated(reserve: f64, stay: bool) -> Option<f64> {
    let hours: Vec<Vec<Option<f64>>> =
        DEMAND.iter().map(|d| (0..8).map(|on| hour(on, *d, reserve)).collect()).collect();
    let mut best: Option<f64> = None;
    'sequence: for code in 0..8usize.pow(6) {
        let (mut before, mut started, mut cost) = (0b001, 0, 0.0);
        for (t, hour) in hours.iter().enumerate() {
            let on = code >> (3 * t) & 7;
            let Some(now) = hour[on] else { continue 'sequence };
            if stay && started & !on != 0 {
                continue 'sequence;
            }
            started = on & !before;
            cost += now + (0..3).filter(|u| started >> u & 1 == 1).map(|u| START[u]).sum::<f64>();
            before = on;
        }
        best = Some(best.map_or(cost, |b| b.min(cost)));
    }
    best
}

#[test]
fn the_cheapest_commitment_is_the_cheapest_of_all() {
    for percent in [0.0, 8.0, 12.0] {
        let setting = format!("reserve = {percent} %");
        let program = program_of_file("examples/textbook/unit_commitment.tie", &[&setting]);
        let result = optimum(&program, Engine::Auto, 0.0);
        let best = enumerated(percent / 100.0, true).expect("a commitment");
        assert!((value(&result) - best).abs() < 1e-6 * best, "{setting}: {} and {best}", value(&result));
        // The terms add up to the objective, and the demand is met to the watt.
        for (t, demand) in DEMAND.iter().enumerate() {
            let unit = |u: &str| of(&program, &result, &format!("p[{u}, {}]", t + 1));
            let sum: f64 = ["coal", "gas", "oil"].iter().map(|u| unit(u)).sum();
            assert!((sum - 1e6 * demand).abs() < 1.0, "hour {}: {sum}", t + 1);
        }
    }
}

#[test]
fn a_started_unit_that_could_stop_at_once_would_be_cheaper() {
    assert!(enumerated(0.08, false) < enumerated(0.08, true));
}

#[test]
fn a_reserve_beyond_all_units_is_infeasible() {
    let program = program_of_file("examples/textbook/unit_commitment.tie", &["reserve = 20 %"]);
    let result = tieline::study::solve(&program, &crate::studies::options(Engine::Auto, 0.0));
    assert_eq!(enumerated(0.20, true), None);
    assert_eq!(result.status, tieline::study::Status::Infeasible);
}
