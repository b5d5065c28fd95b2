//! Sources: limits, power factor, price, emissions.

use super::{Solved, near, pair, same};

/// At most 80 kW: 20 of 100 kW are shed in both hours. 0.08 · (30 + 50) + 2 · 0.02 · 1000 = 46.4 EUR.
#[test]
fn gives_no_more_than_its_limit() {
    let s = Solved::of(&pair(
        2,
        "param market[t] : money_eur / energy = [30, 50] EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar; service = partial; shed_cost = 1000 EUR/MWh }
source.p_max = 80 kW",
    ));
    near(s.value(), 46.4);
    same(&s.series("load.cut", "2", 1e3), &[20.0, 20.0]);
}

/// Power factor 0.8 while taking: 75 kvar at 100 kW. The load draws 100 kvar; a continuous bank gives the rest,
/// at least 25 kvar. While giving back 0.9: at most 48.43 kvar.
#[test]
fn keeps_its_power_factor_both_ways() {
    let study = |direction: &str| {
        pair(
            1,
            "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 100 kvar }
source.pf_min = 0.8; source.pf_min_back = 0.9
capacitor \"C\" at bus 2 { q = 300 kvar; mode = continuous }
param price_q : money_eur / reactive_energy = 1 EUR/Mvarh",
        )
        .replace(
            "integral(t: running_costs[t])",
            &format!("integral(t: running_costs[t] {direction} price_q * sum(c in capacitor: c.part[t]))"),
        )
    };
    near(Solved::of(&study("+")).at("capacitor.part[C, 1]"), 25e3);
    near(Solved::of(&study("-")).at("capacitor.part[C, 1]"), 100e3 + 100e3 * 0.484_322_1);
}

/// 10 to 20 kvar.
#[test]
fn gives_reactive_power_within_its_range() {
    let s = Solved::of(
        &pair(
            1,
            "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 100 kvar }
source.q_min = 10 kvar; source.q_max = 20 kvar
capacitor \"C\" at bus 2 { q = 300 kvar; mode = continuous }
param price_q : money_eur / reactive_energy = 1 EUR/Mvarh",
        )
        .replace("integral(t: running_costs[t])", "integral(t: running_costs[t] + price_q * sum(s in source: s.q[t]))"),
    );
    near(s.at("source.q[S, 1]"), 10e3);
}

/// The market emits 0.4 and 0.1 t/MWh: 0.1 · 0.4 + 0.1 · 0.1 = 0.05 t.
#[test]
fn emits_by_the_hour() {
    let text = pair(
        2,
        "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 100 kvar }
source.emission = [0.4, 0.1] t/MWh",
    );
    let s = Solved::of(&text.replace("costs + integral(t: running_costs[t])", "integral(t: emissions[t])"));
    near(s.value(), 50.0);
}
