//! Dispatchable units.

use super::{Solved, near, pair, same};

const DAY: &str = "param market[t] : money_eur / energy = [10, 10, 90, 90, 10, 10] EUR/MWh
load 2 at bus 2 { p = 500 kW; q = 60 kvar }
";

/// 400 kW at 50 EUR/MWh: in hours 3 and 4. 0.5 · 220 − 2 · 0.4 · (90 − 50) = 78 EUR.
#[test]
fn runs_where_it_is_cheaper() {
    for class in ["diesel", "gas"] {
        let s = Solved::of(&pair(
            6,
            &format!("{DAY}{class} \"G\" at bus 2 {{ p_max = 400 kW; q_max = 0 kvar; cost = 50 EUR/MWh }}"),
        ));
        near(s.value(), 78.0);
        same(&s.series(&format!("{class}.p"), "G", 1e3), &[0.0, 0.0, 400.0, 400.0, 0.0, 0.0]);
    }
}

/// Least 100 kW, 200 kW/h, 10 EUR a start, three hours at least. In hour 3 it starts at 100 kW and climbs 200:
/// 300 kW, saving 12 EUR; hour 4: 300 kW, 12 EUR (400 kW would save 4 more and force 200 kW on hour 5, which
/// costs 4 more); hour 5: 100 kW, which costs 4 EUR more than the market. 110 + 10 − 12 − 12 + 4 = 100 EUR.
#[test]
fn starts_climbs_and_stays() {
    let s = Solved::of(&pair(
        6,
        &format!(
            "{DAY}diesel \"G\" at bus 2 {{ p_max = 400 kW; p_min = 100 kW; q_max = 0 kvar; cost = 50 EUR/MWh; commit = yes; on_before = no; start_cost = 10 EUR; min_up = 3 h; ramp = 200 kW/h }}"
        ),
    ));
    near(s.value(), 100.0);
    let on = s.series("diesel.on", "G", 1.0);
    near(on.iter().sum::<f64>(), 3.0);
}

/// Ran before; two hours off at least. Hours at 90, 10, 90: off in hour 2 saves 0.1 · 40 = 4 EUR there and costs
/// hour 3 as well, 0.4 · 40 = 16 EUR: it stays on at its least power of 100 kW. Without the rest it would stop.
/// 0.5 · 190 − 16 + 4 − 16 = 67, and 63 EUR.
#[test]
fn rests_before_it_starts_again() {
    let day = "param market[t] : money_eur / energy = [90, 10, 90] EUR/MWh
load 2 at bus 2 { p = 500 kW; q = 60 kvar }
diesel \"G\" at bus 2 { p_max = 400 kW; p_min = 100 kW; q_max = 0 kvar; cost = 50 EUR/MWh; commit = yes; on_before = yes";
    let rested = Solved::of(&pair(3, &format!("{day}; min_down = 2 h }}")));
    near(rested.value(), 67.0);
    same(&rested.series("diesel.on", "G", 1.0), &[1.0, 1.0, 1.0]);
    let free = Solved::of(&pair(3, &format!("{day} }}")));
    near(free.value(), 63.0);
    same(&free.series("diesel.on", "G", 1.0), &[1.0, 0.0, 1.0]);
}

/// Just stopped units must rest, too: off before, `min_down` says nothing (it has rested); and idle cost
/// of 5 EUR/h: running saves 16 − 5 in hours 3 and 4. 110 − 22 = 88 EUR.
#[test]
fn running_idle_has_a_price() {
    let s = Solved::of(&pair(
        6,
        &format!(
            "{DAY}diesel \"G\" at bus 2 {{ p_max = 400 kW; q_max = 0 kvar; cost = 50 EUR/MWh; commit = yes; on_before = no; idle_cost = 5 EUR/h; min_down = 1 h }}"
        ),
    ));
    near(s.value(), 88.0);
}

/// 50 kVA: while 40 kW are delivered 30 kvar remain; the source gives none. The load needs 30 kvar, so 40 kW
/// it is, though more would pay.
#[test]
fn apparent_power_is_shared_by_active_and_reactive_power() {
    let s = Solved::of(&pair(
        1,
        "param market[t] : money_eur / energy = 90 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 30 kvar }
source.q_max = 0 kvar
diesel \"G\" at bus 2 { p_max = 50 kW; q_max = 50 kvar; s_max = 50 kVA; cost = 20 EUR/MWh }",
    ));
    near(s.at("diesel.p[G, 1]"), 40e3);
}

/// 0.5 t/MWh at 100 EUR/t make the unit dearer than the market: 20 + 50 > 60 EUR/MWh with 0.1 t/MWh (70).
/// The market emits 10 kg: 0.1 · 60 + 0.1 · 0.1 · 100 = 7 EUR.
#[test]
fn emissions_are_counted() {
    let s = Solved::of(
        &pair(
            1,
            "param market[t] : money_eur / energy = 60 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 30 kvar }
source.emission = 0.1 t/MWh
diesel \"G\" at bus 2 { p_max = 50 kW; q_max = 50 kvar; cost = 21 EUR/MWh; emission = 0.5 t/MWh }
param co2 : money_eur / mass = 100 EUR/t",
        )
        .replace("integral(t: running_costs[t])", "integral(t: running_costs[t] + co2 * emissions[t])"),
    );
    near(s.value(), 7.0);
    assert!(s.at("diesel.p[G, 1]") < 1.0);
}

/// Runs before the first hour at 200 kW and may change by 100 kW/h, while the market is ten times as dear: 300, 400,
/// 500, 600 kW. 0.1 · (700 + 600 + 500 + 400) + 0.01 · 1800 = 238 EUR. A start would loosen the ramp by 200 kW, and
/// none takes place; nor does a stop, where the market becomes cheap and power has to come down: 900, 800, 700, 600 kW.
#[test]
fn no_start_or_stop_is_claimed_that_does_not_take_place() {
    let study = |market: f64, before: f64| {
        pair(
            4,
            &format!(
                "param market[t] : money_eur / energy = {market} EUR/MWh
load 2 at bus 2 {{ p = 1000 kW; q = 0 kvar }}
diesel \"G\" at bus 2 {{ p_max = 1000 kW; p_min = 200 kW; q_max = 0 kvar; cost = 10 EUR/MWh; ramp = 100 kW/h; p_before = {before} kW; commit = yes; on_before = yes }}"
            ),
        )
    };
    let up = Solved::of(&study(100.0, 200.0));
    near(up.value(), 238.0);
    same(&up.series("diesel.p", "G", 1e3), &[300.0, 400.0, 500.0, 600.0]);
    same(&up.series("diesel.started", "G", 1.0), &[0.0; 4]);
    let down = Solved::of(&study(1.0, 1000.0));
    same(&down.series("diesel.p", "G", 1e3), &[900.0, 800.0, 700.0, 600.0]);
}

/// At 50 EUR/MWh where the market asks 10, and 100 kW at least. It had run for one of three hours: it has to run
/// for two more, which costs 4 EUR each. It had stood still for one of three hours while the market asks 90: it may
/// start in hour 3, and saves 16 EUR in each hour from then on.
#[test]
fn hours_before_the_first_period_count() {
    let study = |market: f64, past: &str| {
        Solved::of(&pair(
            4,
            &format!(
                "param market[t] : money_eur / energy = {market} EUR/MWh
load 2 at bus 2 {{ p = 500 kW; q = 0 kvar }}
diesel \"G\" at bus 2 {{ p_max = 400 kW; p_min = 100 kW; q_max = 0 kvar; cost = 50 EUR/MWh; commit = yes; {past} }}"
            ),
        ))
    };
    let ran = study(10.0, "on_before = yes; min_up = 3 h; on_for = 1 h");
    near(ran.value(), 20.0 + 2.0 * 4.0);
    same(&ran.series("diesel.on", "G", 1.0), &[1.0, 1.0, 0.0, 0.0]);
    let stood = study(90.0, "on_before = no; min_down = 3 h; off_for = 1 h");
    near(stood.value(), 180.0 - 2.0 * 16.0);
    same(&stood.series("diesel.on", "G", 1.0), &[0.0, 0.0, 1.0, 1.0]);
}
