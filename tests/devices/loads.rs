//! Load that is shed or moved.

use super::{Solved, near, pair, same};
use crate::studies;
use tieline::solution::Engine;
use tieline::study::Status;

/// 150 of 250 kW can be served. By the price of not serving, load A (100 kW, 500 EUR/MWh) goes first, then 0 of B
/// (150 kW, 900): with `partial` exactly 100 kW go. 0.15 · 40 + 0.1 · 500 = 56 EUR.
#[test]
fn the_least_important_load_is_shed_first() {
    let s = Solved::of(&pair(
        1,
        "param market[t] : money_eur / energy = 40 EUR/MWh
load A at bus 2 { p = 100 kW; q = 50 kvar; service = partial; shed_cost = 500 EUR/MWh }
load B at bus 2 { p = 150 kW; q = 50 kvar; service = partial; shed_cost = 900 EUR/MWh }
source.p_max = 150 kW",
    ));
    near(s.value(), 56.0);
    near(s.at("load.cut[A, 1]"), 100e3);
    // Reactive power goes with it.
    near(s.at("load.cut_q[A, 1]"), 50e3);
}

/// All or nothing: 120 kW can be served. A (100 kW, weight 3) or B (60) and C (60, weight 2 each): serving B and C
/// leaves 100 kW · 3 = 300 unserved, serving A leaves 120 · 2 = 240. So A is served, in spite of the 20 kW that remain.
#[test]
fn whole_loads_are_served_by_priority() {
    let s = Solved::of(
        &pair(
            1,
            "param market[t] : money_eur / energy = 40 EUR/MWh
load A at bus 2 { p = 100 kW; q = 0 kvar; priority = 3 }
load B at bus 2 { p = 60 kW; q = 0 kvar; priority = 2 }
load C at bus 2 { p = 60 kW; q = 0 kvar; priority = 2 }
load.service = whole
source.p_max = 120 kW",
        )
        .replace("costs + integral(t: running_costs[t])", "integral(t: shed_weighted[t])"),
    );
    near(s.value(), 240.0 * 3.6e6);
    same(&["A", "B", "C"].map(|l| s.at(&format!("load.on[{l}, 1]"))), &[1.0, 0.0, 0.0]);
}

/// 10 % may be moved between buses. Bus 2 hangs on a line of 90 kVA: its load of 100 kW gives up 10 kW, and
/// load 1 takes them. Nothing needs to be shed; with 5 % 5 kW are.
#[test]
fn load_moves_between_buses_within_an_hour() {
    for (share, shed) in [(10, 0.0), (5, 5e3)] {
        let s = Solved::of(&pair(
            1,
            &format!(
                "param market[t] : money_eur / energy = 40 EUR/MWh
load 1 at bus 1 {{ p = 200 kW; q = 0 kvar }}
load 2 at bus 2 {{ p = 100 kW; q = 0 kvar; service = partial; shed_cost = 900 EUR/MWh }}
line.capacity = 90 kVA
demand_response \"D\" over load {{ share = {share} % }}"
            ),
        ));
        assert!((s.at("load.cut[2, 1]") - shed).abs() < 0.1, "{}", s.at("load.cut[2, 1]"));
        near(s.at("demand_response.dp[D, 1, 1]"), share as f64 * 1e3);
        near(s.value(), 0.04 * (300.0 - shed / 1e3) + shed * 900.0 / 1e6);
    }
}

const SHIFT: &str = "param market[t] : money_eur / energy = [90, 30, 20, 10] EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 50 kvar }
";

/// 20 % may be put off, 20 kW may come back in an hour: hour 1 goes to hour 4 and hour 2 has nowhere better than
/// hour 3: 0.1 · 150 − 0.02 · 80 − 0.02 · 10 = 13.2 EUR.
#[test]
fn load_moves_between_hours() {
    let s = Solved::of(&pair(4, &format!("{SHIFT}load_shift \"F\" at load 2 {{ share = 20 % }}")));
    near(s.value(), 13.2);
    same(&s.series("load_shift.down", "F", 1e3), &[20.0, 20.0, 0.0, 0.0]);
    same(&s.series("load_shift.up", "F", 1e3), &[0.0, 0.0, 20.0, 20.0]);
    // Reactive power goes with it.
    same(&s.series("source.q", "S", 1e3), &[40.0, 40.0, 60.0, 60.0]);
}

/// Back within one hour: hour 1 to hour 2 saves 60 EUR/MWh, hour 3 to hour 4 saves 10: 15 − 0.02 · 70 = 13.6 EUR. Relaxed
/// it hands on from hour to hour what was given up in the first, 20 kW more for 10 EUR/MWh: which is told.
#[test]
fn load_comes_back_in_time() {
    let study =
        |rest: &str| pair(4, &format!("{SHIFT}load_shift \"F\" at load 2 {{ share = 20 %; within = 1 h{rest} }}"));
    let s = Solved::of(&study(""));
    near(s.value(), 13.6);
    same(&s.series("load_shift.down", "F", 1e3), &[20.0, 0.0, 20.0, 0.0]);
    let program = studies::program(&study("; exclusion = relaxed"));
    let result = studies::solve_to(&program, Engine::Auto, 1e-6);
    assert_eq!(result.status, Status::Failed);
    let told = studies::told(&result.diagnostics);
    assert!(told.iter().any(|t| t.contains("load shift F gives up and takes back at once")), "{told:?}");
}

/// Energy is paid for, and twice as much comes back as is given up: in one hour nothing can be shifted. In two, 50 kW
/// of the first come back as 100 kW in the second: −0.1 · (50 + 200) = −25 EUR, or −20 EUR without.
#[test]
fn a_shift_burns_nothing() {
    let study = |hours: usize| {
        pair(
            hours,
            "param market[t] : money_eur / energy = -100 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar }
load_shift \"F\" at load 2 { share = 100 %; recovery = 200 % }",
        )
    };
    near(Solved::of(&study(1)).value(), -10.0);
    near(Solved::of(&study(2)).value(), -25.0);
}

/// 120 % come back: hour 1 to 4 saves 90 − 12, limited by 20 kW coming back in hour 4: 16.667 kW are given up there;
/// hour 3's 20 kW take the rest of hour 1, 3.333 kW · 1.2 = 4 kW at 20. Hour 2 (30) into hour 3 at 20 · 1.2 = 24
/// saves 6: 13.333 kW for the other 16 kW of hour 3.
/// 15 − 0.02 · 90 − 0.013333 · 30 + 0.02 · 10 + 0.02 · 20 = 13.4 EUR.
#[test]
fn more_may_come_back_than_was_given_up() {
    let s = Solved::of(&pair(4, &format!("{SHIFT}load_shift \"F\" at load 2 {{ share = 20 %; recovery = 120 % }}")));
    near(s.value(), 13.4);
    same(&s.series("load_shift.down", "F", 1e3), &[20.0, 13.3333, 0.0, 0.0]);
}

/// Prices rise, so energy would be taken early: allowed, 20 kW of hour 2 are taken in hour 1; forbidden, nothing pays.
#[test]
fn load_is_brought_forward_only_where_it_may_be() {
    let study = |rest: &str| {
        pair(
            2,
            &format!(
                "param market[t] : money_eur / energy = [10, 90] EUR/MWh
load 2 at bus 2 {{ p = 100 kW; q = 50 kvar }}
load_shift \"F\" at load 2 {{ share = 20 %; {rest} }}"
            ),
        )
    };
    near(Solved::of(&study("")).value(), 10.0 - 0.02 * 80.0);
    near(Solved::of(&study("ahead_of_time = no")).value(), 10.0);
}
