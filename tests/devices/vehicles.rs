//! Charging stations.

use super::{Solved, near, pair, same};

const DAY: &str = "param market[t] : money_eur / energy = [30, 20, 90, 10] EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar }
";

/// Present in hours 1 to 3, needs 150 kWh at 100 kW: 100 kW in hour 2 (20 EUR/MWh), 50 kW in hour 1 (30).
/// Hour 4 is cheaper, and the vehicles have left. 0.1 · 150 + 0.05 · 30 + 0.1 · 20 = 18.5 EUR.
#[test]
fn takes_its_need_in_the_cheapest_hours_of_its_stay() {
    let s = Solved::of(&pair(
        4,
        &format!("{DAY}ev_station \"E\" at bus 2 {{ power = 100 kW; need = 150 kWh; present = 1..3; pf = 0.8 }}"),
    ));
    near(s.value(), 18.5);
    same(&[1, 2, 3].map(|t| s.at(&format!("ev_station.charge[E, {t}]")) / 1e3), &[50.0, 100.0, 0.0]);
    // tan(acos 0.8) = 0.75.
    near(s.at("source.q[S, 2]"), 75e3);
}

/// At 80 % efficiency 80 kWh in the batteries are 100 kWh from the network.
#[test]
fn charging_loses_energy() {
    let s = Solved::of(&pair(
        4,
        &format!(
            "{DAY}ev_station \"E\" at bus 2 {{ power = 100 kW; need = 80 kWh; present = 1..3; efficiency = 80 % }}"
        ),
    ));
    same(&[1, 2, 3].map(|t| s.at(&format!("ev_station.charge[E, {t}]")) / 1e3), &[0.0, 100.0, 0.0]);
}

/// Vehicle-to-grid: 20 kWh of 200 on arrival, need 0. Charge 50 kW in hours 1 and 2 (30 and 20 EUR/MWh), give
/// back 50 kW, the limit, in hour 3 (90): only 50 kWh of charging are needed, in hour 2.
/// 15 + 0.05 · 20 − 0.05 · 90 + 0.05 · 5 (wear) = 11.75 EUR.
#[test]
fn gives_back_when_it_pays() {
    let s = Solved::of(&pair(
        4,
        &format!(
            "{DAY}ev_station \"E\" at bus 2 {{ power = 50 kW; need = 0 kWh; present = 1..3; power_back = 50 kW; battery = 200 kWh; arrival = 10 %; wear = 5 EUR/MWh }}"
        ),
    ));
    near(s.value(), 11.75);
    same(&[1, 2, 3].map(|t| s.at(&format!("ev_station.back[E, {t}]")) / 1e3), &[0.0, 0.0, 50.0]);
    same(&s.series("ev_station.level", "E", 3.6e6), &[20.0, 70.0, 20.0, 20.0]);
}
