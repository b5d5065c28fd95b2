//! Tap changers.

use super::{near, studies};
use tieline::solution::Engine;

/// 20 kV, 4 + j3 ohm, 4 MW + 2 Mvar at the end; the changer at the first bus.
fn regulator(line: &str, rest: &str) -> String {
    format!(
        "use std.grid, std.tap_changer
bus 1 {{ nominal = 20 kV }}
bus 2 {{ nominal = 20 kV }}
source \"S\" at bus 1 {{ v_set = 1 pu }}
line 1 {line} {{ r = 4 ohm; x = 3 ohm; switchable = no }}
load 2 at bus 2 {{ p = 4 MW; q = 2 Mvar }}
tap_changer \"T\" at line 1 {{ tap = 1.25 %; lowest = -8; highest = 8 }}
bus.v_min = 0.8 pu; bus.v_max = 1.2 pu
with conic, radial
{rest}"
    )
}

/// Voltage at the end of an impedance behind `v`: the larger root of
/// u² − (v² − 2 (r p + x q)) u + (r² + x²)(p² + q²) = 0 for u = V².
fn end2(v2: f64, r: f64, x: f64, p: f64, q: f64) -> f64 {
    let b = v2 - 2.0 * (r * p + x * q);
    (b + (b * b - 4.0 * (r * r + x * x) * (p * p + q * q)).sqrt()) / 2.0
}

/// Losses fall with the voltage: position 8, 1.1 · 20 kV = 22 kV behind the changer. Losses and voltage by the
/// quadratic equation of one line.
#[test]
fn raises_the_voltage_behind_it() {
    let program = studies::program(&regulator("from bus 1 to bus 2", "minimize losses"));
    let result = studies::optimum(&program, Engine::Auto, 1e-6);
    near(studies::of(&program, &result, "tap_changer.position[T]"), 8.0);
    let u = end2(22e3 * 22e3, 4.0, 3.0, 4e6, 2e6);
    // Power at the receiving end is known, so the current is too.
    let losses = 4.0 * (16e12 + 4e12) / u;
    assert!((studies::value(&result) - losses).abs() < 1e-5 * losses, "{} {losses}", studies::value(&result));
    // The AC power flow, on the network referred to its source, agrees.
    let ac = result.ac[0].as_ref().expect("a state");
    assert!((ac.losses - losses).abs() < 1e-6 * losses);
}

/// Every position gives exactly the state of the AC power flow: frozen at k, losses are those of 20 kV · (1 + k/80).
#[test]
fn every_position_is_exact() {
    for k in [-8, -3, 0, 5] {
        let fixed = format!("rule held[t] : (tap_changer \"T\").position[t] = {k}\nminimize losses");
        let program = studies::program(&regulator("from bus 1 to bus 2", &fixed));
        let result = studies::optimum(&program, Engine::Auto, 1e-6);
        let v = 20e3 * (1.0 + 0.0125 * f64::from(k));
        let losses = 4.0 * 20e12 / end2(v * v, 4.0, 3.0, 4e6, 2e6);
        assert!((studies::value(&result) - losses).abs() < 1e-5 * losses, "{k}");
        let v2 = studies::of(&program, &result, "bus.v[2]");
        let wanted = end2(v * v, 4.0, 3.0, 4e6, 2e6);
        assert!((v2 - wanted).abs() < 1e-5 * wanted, "{k}: {v2} {wanted}");
    }
}

/// The line is declared from the load's bus, so the changer stands there: the line sees the source's 20 kV at any
/// position, and the load's voltage is that at the line's end divided by the ratio.
#[test]
fn works_fed_from_the_other_side() {
    for k in [-8, -3, 0, 5] {
        let fixed = format!("rule held[t] : (tap_changer \"T\").position[t] = {k}\nminimize losses");
        let program = studies::program(&regulator("from bus 2 to bus 1", &fixed));
        let result = studies::optimum(&program, Engine::Auto, 1e-6);
        let inner = end2(4e8, 4.0, 3.0, 4e6, 2e6);
        let losses = 4.0 * 20e12 / inner;
        assert!((studies::value(&result) - losses).abs() < 1e-5 * losses, "{k}");
        let wanted = inner / (1.0 + 0.0125 * f64::from(k)).powi(2);
        let v2 = studies::of(&program, &result, "bus.v[2]");
        assert!((v2 - wanted).abs() < 1e-5 * wanted, "{k}: {v2} {wanted}");
        let ac = result.ac[0].as_ref().expect("a state");
        let found = if wanted < 4e8 { ac.lowest.0 } else { ac.highest.0 };
        assert!((found - wanted.sqrt() / 20e3).abs() < 1e-6, "{k}: {found}");
    }
}

/// 110/20 kV: the ratio of the nominal voltages is part of the changer's.
#[test]
fn joins_two_voltage_levels() {
    let text = regulator("from bus 1 to bus 2", "rule held[t] : (tap_changer \"T\").position[t] = 0\nminimize losses")
        .replace("bus 1 { nominal = 20 kV }", "bus 1 { nominal = 110 kV }");
    let program = studies::program(&text);
    let result = studies::optimum(&program, Engine::Auto, 1e-6);
    let losses = 4.0 * 20e12 / end2(4e8, 4.0, 3.0, 4e6, 2e6);
    assert!((studies::value(&result) - losses).abs() < 1e-5 * losses);
}

/// Load 1, 0.2, 1 over three hours: heavy load needs a higher position than light load for the same voltage. All
/// plans of positions are tried, with LinDistFlow's voltage τ² v − 2 (r p + x q).
#[test]
fn moves_are_limited_and_have_their_price() {
    let study = |rest: &str| {
        regulator("from bus 1 to bus 2", &format!("horizon 3 h step 1 h\nload.profile = [1, 0.2, 1] pu\n{rest}"))
            .replace("with conic", "with lindistflow")
            .replace("tap_changer \"T\" at line 1 {", "tap_changer \"T\" at line 1 { start = 4;")
    };
    let goal = "minimize sum(b in bus, t: b.voltage_deviation[t])";
    let value = |rest: &str| {
        let program = studies::program(&study(&format!("{goal}\n{rest}")));
        studies::value(&studies::optimum(&program, Engine::Auto, 1e-6))
    };
    // Each hour on its own.
    let end = |k: i32, s: f64| {
        let v = 20e3 * (1.0 + 0.0125 * f64::from(k));
        ((v * v - 2.0 * s * (4.0 * 4e6 + 3.0 * 2e6)) / 4e8 - 1.0).abs() / 2.0
    };
    let plans = |allowed: &dyn Fn([i32; 3]) -> bool| {
        let mut best = f64::INFINITY;
        for a in -8..=8 {
            for b in -8..=8 {
                for c in -8..=8 {
                    if allowed([a, b, c]) {
                        best = best.min(end(a, 1.0) + end(b, 0.2) + end(c, 1.0));
                    }
                }
            }
        }
        best
    };
    let passed = |p: [i32; 3]| (p[0] - 4).abs() + (p[1] - p[0]).abs() + (p[2] - p[1]).abs();
    near(value(""), plans(&|_| true));
    near(value("tap_changer.moves = 3"), plans(&|p| passed(p) <= 3));
    near(value("tap_changer.daily_moves = 3"), plans(&|p| passed(p) <= 3));
    near(
        value("tap_changer.pace = 1"),
        plans(&|p| (p[0] - 4).abs().max((p[1] - p[0]).abs()).max((p[2] - p[1]).abs()) <= 1),
    );
    near(value("tap_changer.at_tap : constant over periods"), plans(&|p| p[0] == p[1] && p[1] == p[2]));
}

/// LinDistFlow: u = τ² v − 2 (r p + x q).
#[test]
fn linear_branch_flow_knows_ratios_too() {
    let text = regulator("from bus 1 to bus 2", "rule held[t] : (tap_changer \"T\").position[t] = 4\nminimize import")
        .replace("with conic", "with lindistflow");
    let program = studies::program(&text);
    let result = studies::solve_to(&program, Engine::Auto, 1e-6);
    let v2 = studies::of(&program, &result, "bus.v[2]");
    near(v2, 1.05 * 1.05 * 4e8 - 2.0 * (4.0 * 4e6 + 3.0 * 2e6));
}
