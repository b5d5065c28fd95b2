//! The devices of the library, each against a case small enough to be computed by hand: one to three buses,
//! few hours. The expected value is derived in the comment of each test. Most cases use LinDistFlow and
//! do not price losses, so that power in is power out and sums come out even.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "../support/studies.rs"]
#[allow(dead_code)]
mod studies;

#[path = "../support/random.rs"]
mod numbers;

#[path = "../support/small_program.rs"]
mod small;

mod bad_data;
mod balance;
mod dark;
mod day_ahead;
mod generators;
mod loads;
mod objectives;
mod plants;
mod random;
mod reference;
mod shunts;
mod sources;
mod storage;
mod switching;
mod taps;
mod vehicles;

use tieline::program::Program;
use tieline::solution::Engine;
use tieline::study::StudyResult;

/// A solved study.
pub struct Solved {
    /// Its program.
    pub program: Program,
    /// What came out.
    pub result: StudyResult,
}

impl Solved {
    /// Solves a text to a gap of 1e-6.
    pub fn of(text: &str) -> Solved {
        let program = studies::program(text);
        let result = studies::optimum(&program, Engine::Auto, 1e-6);
        Solved { program, result }
    }

    /// The objective in coherent units.
    pub fn value(&self) -> f64 {
        studies::value(&self.result)
    }

    /// A variable in coherent units.
    pub fn at(&self, name: &str) -> f64 {
        studies::of(&self.program, &self.result, name)
    }

    /// A variable of every period, `family[element, t]`, in units of `unit`.
    pub fn series(&self, family: &str, element: &str, unit: f64) -> Vec<f64> {
        let periods = 1..=self.program.periods;
        periods.map(|t| self.at(&format!("{family}[{element}, {t}]")) / unit).collect()
    }
}

/// Two buses of 20 kV without mentionable impedance between them, and `hours` periods of one hour, by LinDistFlow.
/// What is appended states the rest.
pub fn pair(hours: usize, rest: &str) -> String {
    format!(
        "use std.grid, std.generators, std.storage, std.ev_station, std.demand_response, std.capacitor
use std.soft_open_point
horizon {hours} h step 1 h
bus 1 {{ nominal = 20 kV }}
bus 2 {{ nominal = 20 kV }}
line 1 from bus 1 to bus 2 {{ r = 0.01 ohm; x = 0.01 ohm; switchable = no }}
source \"S\" at bus 1 {{ v_set = 1 pu; price = market }}
bus.v_min = 0.9 pu; bus.v_max = 1.1 pu
with lindistflow, radial
minimize costs + integral(t: running_costs[t])
{rest}"
    )
}

/// Are two series the same, to 1e-4 of the larger one's greatest entry?
#[track_caller]
pub fn same(found: &[f64], wanted: &[f64]) {
    let size = wanted.iter().chain(found).fold(1e-9, |m: f64, x| m.max(x.abs()));
    let near = found.len() == wanted.len() && found.iter().zip(wanted).all(|(a, b)| (a - b).abs() <= 1e-4 * size);
    assert!(near, "{found:?} instead of {wanted:?}");
}

/// Are two numbers the same, to 1e-5 relative?
#[track_caller]
pub fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-5 * wanted.abs().max(1e-6), "{found} instead of {wanted}");
}
