//! Decomposition by period against the whole.

use crate::studies::program;
use tieline::lowered::{LowerOptions, Lowered, lower};
use tieline::solution::conic::Conic;
use tieline::solution::{Options, Termination, continuous, periods, tree};

/// A ring of six buses over three periods, connected in time by storage and, where asked for, by operations.
fn ring(more: &str, v_min: f64) -> Lowered {
    let mut text = String::from(
        "use std.grid\nuse std.storage\nuse std.generators\nhorizon 3 h step 1 h\nwith conic, radial\n\
         bus.v_max = 1.1 pu\nsource \"s\" at bus 1 { v_set = 1.0 pu; price = [40 EUR/MWh, 90 EUR/MWh, 60 EUR/MWh] }\n\
         storage \"e\" at bus 4 { power = 300 kW; energy = 600 kWh; efficiency = 95 %; initial = 50 % }\n\
         pv \"p\" at bus 3 { capacity = 700 kW; profile = [1 pu, 0.2 pu, 0 pu] }\n",
    );
    for bus in 1..=6 {
        text += &format!("bus {bus} {{ nominal = 10 kV }}\n");
    }
    for (at, [a, b, c]) in [(2, [1.0, 0.2, 0.6]), (3, [0.2, 1.0, 0.4]), (5, [0.5, 0.9, 1.0]), (6, [1.0, 0.4, 0.1])] {
        text +=
            &format!("load \"{at}\" at bus {at} {{ p = 600 kW; q = 250 kvar; profile = [{a} pu, {b} pu, {c} pu] }}\n");
    }
    for (id, from, to, r) in
        [(1, 1, 2, 1.0), (2, 2, 3, 1.4), (3, 3, 4, 0.9), (4, 4, 5, 1.2), (5, 5, 6, 1.1), (6, 6, 1, 0.8), (7, 2, 5, 1.5)]
    {
        text += &format!(
            "line {id} from bus {from} to bus {to} {{ r = {r} ohm; x = 0.8 ohm; normally_open = {} }}\n",
            if id == 4 || id == 7 { "yes" } else { "no" }
        );
    }
    text += &format!(
        "bus.v_min = {v_min} pu\n{more}minimize costs + integral(t: running_costs[t]) + integral(t: 60 EUR/MWh * losses[t])\n"
    );
    lower(&program(&text), &LowerOptions::default()).problem
}

fn same(problem: &Lowered) {
    assert_eq!(problem.arborescences.len(), 3);
    assert!(periods::applies(problem));
    let options = Options { gap: 1e-4, ..Options::default() };
    let whole = tree::solve(problem, &options, None);
    let parts = periods::solve(problem, &options, None);
    assert_eq!((whole.termination, parts.termination), (Termination::Optimal, Termination::Optimal), "{parts:?}");
    let (best, value) = (whole.objective.expect("a value"), parts.objective.expect("a value"));
    assert!((best - value).abs() <= 2e-4 * best.abs(), "{value} instead of {best}");
    assert!(parts.bound <= best + 1e-7 && whole.bound <= value + 1e-7, "{} {best}", parts.bound);
    assert!(Conic::relaxation(problem).violation(&parts.point.expect("a plan")) < 1e-6);
    // The prices lose nothing against the relaxation.
    let relaxed = continuous::solve(problem, &options).bound;
    assert!(parts.bound >= relaxed - 1e-6, "{} below {relaxed}", parts.bound);
}

#[test]
fn periods_that_storage_connects_are_worth_what_the_whole_is() {
    same(&ring("", 0.9));
}

#[test]
fn operations_of_switches_connect_periods_too() {
    same(&ring("line.switch_cost = 4 EUR\n", 0.9));
    same(&ring("rule few[t] : sum(l in line: l.switched[t]) <= 2\n", 0.9));
}

#[test]
fn a_contradiction_within_a_period_or_between_them_is_found() {
    let options = Options::default();
    for (more, v_min) in [("", 0.999), ("rule never : sum(t: sum(l in line: l.closed[t])) >= 16\n", 0.9)] {
        assert_eq!(periods::solve(&ring(more, v_min), &options, None).termination, Termination::Infeasible, "{more}");
    }
}
