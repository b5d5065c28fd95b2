//! Photovoltaic and wind plants.

use super::{Solved, near, pair, same};

/// 300 kW of sun on 100 kW of load, and nothing may be exported: 200 kW are curtailed in hour 2. The profile
/// asks for 1.2 times the rated power in hour 3, which gives the rated power.
#[test]
fn is_curtailed_to_what_fits() {
    for class in ["pv", "wind"] {
        let s = Solved::of(&pair(
            2,
            &format!(
                "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 {{ p = 100 kW; q = 0 kvar }}
source.p_min = 0 kW
{class} \"P\" at bus 2 {{ capacity = 300 kW; profile = [0.2, 1] pu; cost = 10 EUR/MWh }}"
            ),
        ));
        same(&s.series(&format!("{class}.p"), "P", 1e3), &[60.0, 100.0]);
        // 60 and 100 kWh at 10, 40 kWh from the market at 40 EUR/MWh.
        near(s.value(), 0.6 + 1.0 + 1.6);
    }
}

/// A plant that cannot be curtailed exports the rest: 40 EUR/MWh for 200 kWh.
#[test]
fn exports_what_it_cannot_curtail() {
    let s = Solved::of(&pair(
        1,
        "param market[t] : money_eur / energy = -40 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar }
pv \"P\" at bus 2 { capacity = 300 kW; profile = 1 pu; curtailable = no }",
    ));
    near(s.value(), 8.0);
}

/// Power factor 0.8: at 60 kW at most 45 kvar, so the source gives 15 of 60 kvar.
/// A converter of 75 kVA at 60 kW: also 45 kvar.
#[test]
fn reactive_power_within_its_capability() {
    for capability in
        ["pf_min = 0.8", "s_max = 75 kVA", "pf_min = 0.8; s_max = 100 kVA", "pf_min = 0.6; s_max = 75 kVA"]
    {
        let s = Solved::of(
            &pair(
                1,
                &format!(
                    "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 {{ p = 100 kW; q = 60 kvar }}
pv \"P\" at bus 2 {{ capacity = 100 kW; profile = 0.6 pu; {capability} }}
param price_q : money_eur / reactive_energy = 1 EUR/Mvarh"
                ),
            )
            .replace(
                "integral(t: running_costs[t])",
                "integral(t: running_costs[t] + price_q * sum(s in source: s.q[t]))",
            ),
        );
        near(s.at("pv.q[P, 1]"), 45e3);
    }
}
