//! The base that powers and impedances are counted in.

use crate::studies::{optimum, program, value};
use crate::{FORMULATIONS, TRANSPORT, numbered, same, solved, transport_optimum};
use std::fmt::Write;
use tieline::import::{matpower, write};
use tieline::solution::Engine;
use tieline::source::SourceMap;

/// Loads a hundred times as large behind impedances of a hundredth: the same in per unit of a base
/// power of a hundred times.
#[test]
fn a_hundredfold_power_has_a_hundredfold_loss() {
    for with in FORMULATIONS {
        let (losses, open) = solved(&numbered(1.0).statements(with));
        for power in [100.0, 0.01, 1e4] {
            let (l, o) = solved(&numbered(power).statements(with));
            assert!(same(l, power * losses), "{with} {power}: {l} and {losses}");
            assert_eq!(o, open, "{with} {power}");
        }
    }
}

/// Ten times the voltage, a hundred times the power, the same impedances.
#[test]
fn a_tenfold_voltage_with_a_hundredfold_power_is_the_same_feeder() {
    for with in FORMULATIONS {
        let (losses, open) = solved(&numbered(1.0).statements(with));
        let higher: Vec<String> = numbered(1.0)
            .statements(with)
            .into_iter()
            .map(|s| s.replace("10 kV", "100 kV").replace(" kW", "00 kW").replace(" kvar", "00 kvar"))
            .collect();
        let (l, o) = solved(&higher);
        assert!(same(l, 100.0 * losses), "{with}: {l} and {losses}");
        assert_eq!(o, open);
    }
}

/// The same loads in W, in MW and in kW.
#[test]
fn the_unit_that_a_power_is_written_in_does_not_matter() {
    let (losses, open) = solved(&numbered(1.0).statements("conic, radial"));
    for (active, reactive) in [("000 W", "000 var"), ("e-3 MW", "e-3 Mvar")] {
        let rewritten: Vec<String> = numbered(1.0)
            .statements("conic, radial")
            .into_iter()
            .map(|s| s.replace(" kW", active).replace(" kvar", reactive))
            .collect();
        let (l, o) = solved(&rewritten);
        assert!(same(l, losses), "{active}: {l} and {losses}");
        assert_eq!(o, open);
    }
}

/// A MATPOWER case of a ring, in per unit of a base power.
fn case(base_mva: f64) -> String {
    let mut text = format!("function mpc = ring\nmpc.version = '2';\nmpc.baseMVA = {base_mva};\nmpc.bus = [\n");
    for (k, (p, q)) in crate::LOADS.iter().enumerate() {
        let kind = if k == 0 { 3 } else { 1 };
        let _ = writeln!(text, "{} {kind} {} {} 0 0 1 1 0 10 1 1.1 0.9;", k + 1, p / 1e3, q / 1e3);
    }
    text += "];\nmpc.gen = [\n1 0 0 10 -10 1 100 1 10 0 0 0 0 0 0 0 0 0 0 0 0;\n];\nmpc.branch = [\n";
    for (i, j, r, x) in crate::LINES {
        // kV² / MVA
        let ohm = 100.0 / base_mva;
        let _ = writeln!(text, "{} {} {} {} 0 0 0 0 0 0 1 -360 360;", i + 1, j + 1, r / ohm, x / ohm);
    }
    text + "];\n"
}

#[test]
fn the_base_power_of_an_imported_case_does_not_matter() {
    let losses = |base: f64| {
        let text = case(base);
        let mut sources = SourceMap::default();
        let file = sources.add("ring.m", text.as_str());
        let (feeder, found) = matpower::read(file, &text, None);
        let feeder = feeder.unwrap_or_else(|| panic!("{found:?}"));
        let program = program(&write::write(&feeder, Some(write::Study::Losses)));
        value(&optimum(&program, Engine::Auto, 1e-6))
    };
    let (direct, _) = solved(&numbered(1.0).statements("conic, radial"));
    for base in [1.0, 100.0, 10_000.0] {
        assert!(same(losses(base), direct), "{base}: {} and {direct}", losses(base));
    }
}

/// A unit of a hundred times the size for everything that is sent.
#[test]
fn the_size_of_a_unit_does_not_matter() {
    let best = transport_optimum();
    for factor in [100.0, 0.01] {
        let text = TRANSPORT.join("\n").replace("EUR/MWh", "EUR/crate").replace(" MWh", " crate") + "\n";
        let unit = format!("unit crate = {factor} MWh : energy\n");
        let cost = value(&optimum(&program(&(unit + &text)), Engine::Auto, 0.0));
        assert!((cost - best).abs() < 1e-6 * best, "{factor}: {cost} and {best}");
    }
}
