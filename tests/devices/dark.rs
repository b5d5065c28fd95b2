//! With `islands`, nothing is fed or taken at a dark bus.

use super::studies;
use tieline::solution::Engine;

/// The source is lost and nothing can hold a voltage, so both buses are dark. Every device would earn by
/// running, and must not.
#[test]
fn devices_at_a_dark_bus_stand_still() {
    let devices = [
        (
            "storage \"D\" at bus 2 { power = 50 kW; energy = 100 kWh; efficiency = 90 %; initial = 50 %; end = free; s_max = 50 kVA }",
            "storage.discharge storage.charge storage.q",
        ),
        ("diesel \"D\" at bus 2 { p_max = 50 kW; q_max = 50 kvar }", "diesel.p diesel.q"),
        ("pv \"D\" at bus 2 { capacity = 50 kW; profile = 1 pu; s_max = 60 kVA }", "pv.p pv.q"),
        ("wind \"D\" at bus 2 { capacity = 50 kW; profile = 1 pu; pf_min = 0.9 }", "wind.p wind.q"),
        ("capacitor \"D\" at bus 2 { q = 50 kvar; mode = continuous }", "capacitor.part"),
        ("capacitor \"D\" at bus 2 { q = 50 kvar }", "capacitor.steps_in"),
        ("reactor \"D\" at bus 2 { q = 50 kvar }", "reactor.steps_in"),
        (
            "soft_open_point \"D\" from bus 1 to bus 2 { rating = 50 kVA }",
            "soft_open_point.p_i soft_open_point.q_i soft_open_point.p_j soft_open_point.q_j",
        ),
        ("load_shift \"D\" at load 2 { share = 50 % }", "load_shift.up load_shift.down"),
        (
            "ev_station \"D\" at bus 2 { power = 50 kW; need = 0 kWh; present = 1..2; power_back = 20 kW; battery = 100 kWh; arrival = 50 % }",
            "ev_station.charge ev_station.back",
        ),
    ];
    for (device, families) in devices {
        // A second device of its kind stands ready to take what the first gives.
        let text = format!(
            "use std.grid, std.generators, std.storage, std.ev_station, std.demand_response, std.capacitor, std.soft_open_point
horizon 2 h step 1 h
bus 1 {{ nominal = 20 kV }}
bus 2 {{ nominal = 20 kV }}
line 1 from bus 1 to bus 2 {{ r = 0.01 ohm; x = 0.01 ohm }}
source \"S\" at bus 1 {{ v_set = 1 pu; available = no }}
load 2 at bus 2 {{ p = 100 kW; q = 60 kvar }}
{device}
bus.v_min = 0.9 pu; bus.v_max = 1.1 pu
with lindistflow, radial, islands
maximize GAIN"
        );
        for family in families.split(' ') {
            let (class, quantity) = family.split_once('.').expect("a member");
            let text = text.replace("GAIN", &format!("sum(d in {class}, t: d.{quantity}[t])"));
            let program = studies::program(&text);
            let result = studies::solve_to(&program, Engine::Auto, 1e-6);
            let value = result.objective.unwrap_or(f64::NAN);
            assert!(value.abs() < 1e-3, "{family}: {value} {:?}", result.status);
        }
    }
}
