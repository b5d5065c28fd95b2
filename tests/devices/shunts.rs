//! Capacitor banks, reactors, soft open points.

use super::{Solved, near, pair, same};

/// Reactive power of the source has a price, whatever its direction.
fn priced(hours: usize, rest: &str) -> String {
    pair(
        hours,
        &format!(
            "param market[t] : money_eur / energy = 0 EUR/MWh
param price_q : money_eur / reactive_energy = 1 EUR/Mvarh
{rest}"
        ),
    )
    .replace("integral(t: running_costs[t])", "integral(t: running_costs[t] + price_q * sum(s in source: abs(s.q[t])))")
}

/// Load of 130 kvar; 200 kvar: continuous gives 130; in four steps of 50, 150 is nearest (20 over); fixed is 70 over.
#[test]
fn gives_what_its_mode_allows() {
    for (mode, left) in [("continuous", 0.0), ("stepped; steps = 4", 20.0), ("fixed", 70.0)] {
        let s = Solved::of(&priced(
            1,
            &format!(
                "load 2 at bus 2 {{ p = 1 kW; q = 130 kvar }}\ncapacitor \"C\" at bus 2 {{ q = 200 kvar; mode = {mode} }}"
            ),
        ));
        assert!((s.at("source.q[S, 1]").abs() - left * 1e3).abs() < 1.0, "{mode} {}", s.at("source.q[S, 1]"));
    }
}

/// The load gives 130 kvar (a cable); the reactor of 2 · 60 kvar takes 120.
#[test]
fn a_reactor_takes() {
    let s = Solved::of(&priced(
        1,
        "load 2 at bus 2 { p = 1 kW; q = -130 kvar }\nreactor \"R\" at bus 2 { q = 120 kvar; steps = 2 }",
    ));
    near(s.at("source.q[S, 1]"), -10e3);
    near(s.at("reactor.steps_in[R, 1]"), 2.0);
}

/// Load 100, 0, 100, 0 kvar and one step of 100, out at first. Free: it follows, 4 moves, nothing left.
/// Two moves: in for hour 1, out for hour 2, and then hour 3 is missed: 100; or in until the end: 200; or in hours 1
/// to 3: 100. One cost of 0.03 EUR a move: in for hours 1 to 3 costs 0.06 and leaves 0.1: 0.16; always following
/// costs 0.12. Three hours of rest: from hour 1 in, out not before hour 4: 100 left.
#[test]
fn switching_is_limited_and_has_its_price() {
    let study = |limit: &str| {
        priced(
            4,
            &format!(
                "load 2 at bus 2 {{ p = 1 kW; q = 100 kvar; profile = [1, 0, 1, 0] pu }}
source.p_max = 1 MW
load 3 at bus 2 {{ p = 1 kW; q = 0 kvar }}
capacitor \"C\" at bus 2 {{ q = 100 kvar; start = 0; {limit} }}"
            ),
        )
    };
    for (limit, cost) in [
        ("steps = 1", 0.0),
        ("moves = 2", 0.1),
        ("daily_moves = 2", 0.1),
        ("hold = 3 h", 0.1),
        ("switch_cost = 0.03 EUR", 0.12),
    ] {
        let value = Solved::of(&study(limit)).value();
        assert!((value - cost).abs() < 1e-5, "{limit}: {value} instead of {cost}");
    }
}

/// Bus 2 hangs on a line of 50 kVA and loses its load of 100 kW unless the soft open point of 60 kVA brings 50 kW;
/// at 2 % loss at each end, what goes in is 50 · 1.02 / 0.98.
#[test]
fn a_soft_open_point_brings_power_past_the_line() {
    for (loss, factor) in [("0 %", 1.0), ("2 %", 1.02 / 0.98)] {
        let s = Solved::of(&pair(
            1,
            &format!(
                "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 {{ p = 100 kW; q = 0 kvar; service = partial; shed_cost = 900 EUR/MWh }}
line.capacity = 50 kVA
soft_open_point \"P\" from bus 1 to bus 2 {{ rating = 60 kVA; loss = {loss} }}"
            ),
        ));
        // Without losses it may carry more than it must, which costs nothing.
        if factor > 1.0 {
            near(s.at("soft_open_point.p_j[P, 1]"), 50e3);
            near(s.at("soft_open_point.p_i[P, 1]"), -50e3 * factor);
        }
        near(s.value(), 0.04 * (50.0 + 50.0 * factor));
    }
}

/// Each converter makes reactive power on its own, within its rating: 60 kVA carry 36 kW and 48 kvar.
#[test]
fn a_soft_open_point_makes_reactive_power() {
    let s = Solved::of(&priced(
        1,
        "load 2 at bus 2 { p = 86 kW; q = 80 kvar }
line.capacity = 60 kVA
soft_open_point \"P\" from bus 1 to bus 2 { rating = 60 kVA; q_min = 0 kvar; q_max = 48 kvar }",
    ));
    // 86 kW need 36 by the converter at least if the line brings 50 kW and 32 kvar (59.4 kVA).
    let (p, q) = (s.at("soft_open_point.p_j[P, 1]"), s.at("soft_open_point.q_j[P, 1]"));
    assert!(p.hypot(q) <= 60e3 * 1.0001 && (86e3 - p).hypot(80e3 - q) <= 60e3 * 1.0001);
    same(&[s.at("soft_open_point.p_i[P, 1]")], &[-p]);
}

/// Two feeders with 500 kW each, by LinDistFlow, and a soft open point of 1000 kVA that loses 2 % at each end.
fn two_feeders(price: f64, rest: &str) -> String {
    format!(
        "use std.grid, std.soft_open_point
horizon 1 h step 1 h
bus 1 {{ nominal = 11 kV }}
bus 2 {{ nominal = 11 kV }}
bus 3 {{ nominal = 11 kV }}
line 1 from bus 1 to bus 2 {{ r = 0.1 ohm; x = 0.1 ohm; switchable = no }}
line 2 from bus 1 to bus 3 {{ r = 0.1 ohm; x = 0.1 ohm; switchable = no }}
load 2 at bus 2 {{ p = 500 kW; q = 0 kvar }}
load 3 at bus 3 {{ p = 500 kW; q = 0 kvar }}
source \"S\" at bus 1 {{ v_set = 1 pu; price = {price} EUR/MWh }}
soft_open_point \"P\" from bus 2 to bus 3 {{ rating = 1000 kVA; loss = 2 %{rest} }}
bus.v_min = 0.95 pu; bus.v_max = 1.05 pu
with lindistflow, radial
minimize integral(t: running_costs[t])"
    )
}

/// Energy is paid for: as much as possible passes, 1000 kW, and 1000 · (1 − 0.98/1.02) = 39.2157 kW are lost, not the
/// 2 MW of two ends that both take. They are among the losses that are printed.
#[test]
fn a_soft_open_point_is_no_heater() {
    let s = Solved::of(&two_feeders(-50.0, ""));
    let lost = 1000.0 * (1.0 - 0.98 / 1.02);
    near(s.value(), -0.05 * (1000.0 + lost));
    let told = tieline::report::document(&s.program, &s.result, 0.0);
    let of = |key: &str| told["periods"][0][key].as_f64().unwrap();
    near(of("device_losses_kw"), lost);
    let lines = told["verification"]["ac_losses_kw"][0].as_f64().unwrap();
    assert!(lines > 1.0);
    near(of("losses_kw"), lost + lines);
    near(told["totals"]["losses_kwh"].as_f64().unwrap(), lost + lines);
    let read = tieline::report::summary(&s.program, &s.result, 0.0);
    assert!(read.contains("of devices      39.22 kW"), "{read}");
    let program = crate::studies::program(&two_feeders(-50.0, "; exclusion = relaxed"));
    let result = crate::studies::solve_to(&program, tieline::solution::Engine::Auto, 1e-6);
    assert_eq!(result.status, tieline::study::Status::Failed);
    let told = crate::studies::told(&result.diagnostics);
    assert!(told.iter().any(|t| t.contains("passes power both ways at once")), "{told:?}");
}

/// Feed-in lifts both feeders above their window, and nothing that passes from one to the other brings both down.
#[test]
fn a_soft_open_point_does_not_burn_what_a_voltage_forbids() {
    let text = two_feeders(50.0, "; q_min = 0 kvar; q_max = 0 kvar")
        .replace("p = 500 kW", "p = -9000 kW")
        .replace("bus.v_max = 1.05 pu", "bus.v_max = 1.006 pu");
    let result = crate::studies::solve_to(&crate::studies::program(&text), tieline::solution::Engine::Auto, 1e-6);
    assert_eq!(result.status, tieline::study::Status::Infeasible);
}
