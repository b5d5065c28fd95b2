//! Goals: named terms with weights, lexicographic order, limits on one goal while another is sought, `maximize`.

use super::{Solved, near, pair, studies};
use tieline::solution::Engine;

/// Cost and emissions of a unit (50 EUR/MWh, 0.2 t/MWh) against the market (40 EUR/MWh, 0.6 t/MWh), 100 kW.
const TWO: &str = "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar }
source.emission = 0.6 t/MWh
diesel \"G\" at bus 2 { p_max = 80 kW; q_max = 0 kvar; cost = 50 EUR/MWh; emission = 0.2 t/MWh }
param co2 : money_eur / mass = 20 EUR/t
";

fn with_goal(goal: &str) -> String {
    pair(1, TWO).replace("minimize costs + integral(t: running_costs[t])", goal)
}

/// Named terms add up: 4 + 0.06 · 20 EUR; at 20 EUR/t the market is at 52, the unit at 54 EUR/MWh. At 30 EUR/t: 58
/// and 56, so 80 kW come from the unit: 4.8 + 0.03 · (0.8 · 0.2 + 0.2 · 0.6 ...).
#[test]
fn weights_have_units() {
    let goal = "minimize money : integral(t: running_costs[t]) + air : co2 * integral(t: emissions[t])";
    let s = Solved::of(&with_goal(goal));
    near(s.value(), 4.0 + 0.06 * 20.0);
    let terms: Vec<&str> = s.program.objectives[0].terms.iter().map(|t| t.0.as_str()).collect();
    assert_eq!(terms, ["money", "air"]);
    let s = Solved::of(&with_goal(goal).replace("20 EUR/t", "30 EUR/t"));
    near(s.value(), 0.08 * 50.0 + 0.02 * 40.0 + (0.08 * 0.2 + 0.02 * 0.6) * 30.0);
}

/// First the air, then the money: 80 kW from the unit. The other way round: none of it.
#[test]
fn goals_in_order() {
    let goals = "objective air : minimize integral(t: emissions[t])
objective money : minimize integral(t: running_costs[t])
optimize ";
    let first_air = Solved::of(&with_goal(&format!("{goals}air, then money")));
    near(first_air.value(), 4.8);
    let first_money = Solved::of(&with_goal(&format!("{goals}money, then air")));
    near(first_money.value(), 60.0);
}

/// A limit on one goal: at most 40 kg. 60 − 0.4 g = 40: g = 50 kW from the unit: 0.05 · 50 + 0.05 · 40 = 4.5 EUR.
#[test]
fn a_goal_may_be_limited_instead() {
    let s = Solved::of(&with_goal(
        "minimize integral(t: running_costs[t])
param most : mass = 40 kg
require integral(t: emissions[t]) <= most",
    ));
    near(s.value(), 4.5);
    near(s.at("diesel.p[G, 1]"), 50e3);
}

/// Renewable power that is used: 60 of 100 kW fit.
#[test]
fn what_is_good_is_maximised() {
    let s = Solved::of(
        &pair(
            1,
            "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 { p = 60 kW; q = 0 kvar }
source.p_min = 0 kW
pv \"P\" at bus 2 { capacity = 100 kW; profile = 1 pu }",
        )
        .replace("minimize costs + integral(t: running_costs[t])", "maximize integral(t: sum(g in pv: g.p[t]))"),
    );
    near(s.value(), 60.0 * 3.6e6);
}

/// The most loaded of two parallel paths is relieved: a soft open point of 60 kVA beside a line, 100 kW: as much
/// as it can, 60 kW, goes through the point, 40 kW of 100 kVA through the line.
#[test]
fn the_highest_loading_is_minimised() {
    let text = pair(
        1,
        "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar }
line.capacity = 100 kVA
soft_open_point \"P\" from bus 1 to bus 2 { rating = 60 kVA }",
    )
    .replace("minimize costs + integral(t: running_costs[t])", "minimize sum(t: max(a in arc: a.loading[t]))");
    let program = studies::program(&text);
    let result = studies::optimum(&program, Engine::Auto, 1e-5);
    assert!((studies::value(&result) - 0.4).abs() < 1e-4, "{}", studies::value(&result));
}
