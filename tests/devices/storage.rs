//! Storage.

use super::{Solved, near, pair, same};
use crate::studies;
use tieline::solution::Engine;
use tieline::study::Status;

const DAY: &str = "param market[t] : money_eur / energy = [10, 100, 40] EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar }
";

/// Three hours at 10, 100, 40 EUR/MWh; 50 kW, 90 % each way, empty at both ends, wear 3 EUR/MWh.
/// Charge 50 kW in hour 1: 45 kWh in store; deliver 45 · 0.9 = 40.5 kWh in hour 2.
/// Without: 0.1 · (10 + 100 + 40) = 15 EUR. With: + 0.05 · 10 − 0.0405 · 100 + 0.0405 · 3 = 11.5715 EUR.
/// Charging again in hour 3 would never come back.
#[test]
fn buys_cheap_and_sells_dear_with_losses_and_wear() {
    let s = Solved::of(&pair(
        3,
        &format!(
            "{DAY}storage \"B\" at bus 2 {{ power = 50 kW; energy = 100 kWh; efficiency = 90 %; initial = 0 %; wear = wear }}
param wear : money_eur / energy = 3 EUR/MWh"
        ),
    ));
    near(s.value(), 11.5715);
    same(&s.series("storage.charge", "B", 1e3), &[50.0, 0.0, 0.0]);
    same(&s.series("storage.discharge", "B", 1e3), &[0.0, 40.5, 0.0]);
    same(&s.series("storage.stored", "B", 3.6e6), &[45.0, 0.0, 0.0]);
}

/// Half full, free end. Charging 50 kW in hour 1 pays even for hour 3 (10 < 0.81 · 40): 95 kWh. Hour 2 delivers its
/// 50 kW and takes 55.556 kWh, the other 39.444 kWh deliver 35.5 kW in hour 3.
/// 15 + 0.05 · 10 − 0.05 · 100 − 0.0355 · 40 = 9.08 EUR. A cyclic end has to leave 50 kWh.
#[test]
fn a_free_end_sells_what_was_stored() {
    let battery =
        "storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; efficiency = 90 %; initial = 50 %; end = END }";
    let free = Solved::of(&pair(3, &format!("{DAY}{}", battery.replace("END", "free"))));
    near(free.value(), 9.08);
    same(&free.series("storage.stored", "B", 3.6e6), &[95.0, 39.4444, 0.0]);
    let cyclic = Solved::of(&pair(3, &format!("{DAY}{}", battery.replace("END", "cyclic"))));
    near(cyclic.at("storage.stored[B, 3]"), 50.0 * 3.6e6);
    assert!(cyclic.value() > free.value());
}

/// 100 kWh that lose 10 % in each hour, nothing to trade: 90, 81, 72.9 kWh are left. The least charge of 70 %
/// leaves 2.9 kWh to deliver in the last hour only if it pays: at 40 EUR/MWh and 100 % efficiency it does.
#[test]
fn charge_leaks_away() {
    let s = Solved::of(&pair(
        3,
        "param market[t] : money_eur / energy = [10, 10, 40] EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar }
storage \"B\" at bus 2 { power = 50 kW; power_in = 0 kW; energy = 100 kWh; efficiency = 100 %; initial = 100 %; end = free; leak = 10 %/h; least = 70 % }",
    ));
    same(&s.series("storage.stored", "B", 3.6e6), &[90.0, 81.0, 70.0]);
    same(&s.series("storage.discharge", "B", 1e3), &[0.0, 0.0, 2.9]);
}

/// As S0 (20) prints it, delivering 50 kW takes only 0.9 · 50 kWh out of the store.
#[test]
fn the_printed_form_of_s0_gains_energy() {
    let s = Solved::of(&pair(
        1,
        "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar }
storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; efficiency = 90 %; initial = 45 %; end = free; discharging = multiplied }",
    ));
    near(s.at("storage.discharge[B, 1]"), 50e3);
    assert!(s.at("storage.stored[B, 1]").abs() < 1.0);
}

/// Energy has a negative price and the battery is full: 50 kW in and 40.5 kW out burn 9.5 kW, which pays. With
/// `binary` it cannot: one hour, so it stands still and pays 0.1 · (−10) = −1 EUR.
const BURNING: &str = "param market[t] : money_eur / energy = -10 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar }
storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; efficiency = 90 %; initial = 100 %; exclusion = HOW }";

#[test]
fn both_ways_at_once_is_excluded_or_found_out() {
    let binary = Solved::of(&pair(1, &BURNING.replace("HOW", "binary")));
    near(binary.value(), -1.0);
    // A penalty above what burning earns: 9.5 kW · 10 EUR/MWh = 95 over 90.5 kW: above 1.05 EUR/MWh.
    let penalised = BURNING.replace("HOW", "penalised; penalty = 2 EUR/MWh");
    near(Solved::of(&pair(1, &penalised)).value(), -1.0);
    let program = studies::program(&pair(1, &BURNING.replace("HOW", "relaxed")));
    let result = studies::solve_to(&program, Engine::Auto, 1e-6);
    assert_eq!(result.status, Status::Failed);
    assert!(!result.passed);
    let told: Vec<&str> = result.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(told, ["storage B charges and discharges at once: choose `exclusion = binary`"]);
    assert!(result.diagnostics[0].span().is_some());
}

/// A converter of 50 kVA that delivers 40 kW has 30 kvar left: the source, which may give 10 kvar, gives the
/// rest of the load's 40 kvar.
#[test]
fn the_converter_gives_reactive_power_beside_active_power() {
    let s = Solved::of(&pair(
        1,
        "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 40 kvar }
source.q_max = 10 kvar
storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; efficiency = 100 %; initial = 100 %; end = free; s_max = 50 kVA }",
    ));
    near(s.at("storage.discharge[B, 1]"), 40e3);
    near(s.at("storage.q[B, 1]"), 30e3);
}
