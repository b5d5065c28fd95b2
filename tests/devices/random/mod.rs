//! Every device of the library against an independent reference over random adversarial data: negative and equal
//! prices, voltages at both limits, sizes of zero, tight ramps. What is discrete is enumerated; what is left is a
//! small linear program in other variables, or has a closed form.
//!
//! `TIELINE_SEEDS=2000 cargo test --test devices random` tries that many of each instead of a few.

mod banks;
mod committed;
mod island;
mod loads;
mod moved;
mod open_point;
mod plants;
mod shifted;
mod store;
mod switches;
mod taps;
mod vehicles;

use crate::numbers::Random;
use crate::studies;
use tieline::solution::Engine;
use tieline::study::{Status, TOLERANCE, failed_checks};

/// Nominal voltage, V.
pub const NOMINAL: f64 = 400.0;
/// Resistance and reactance of the line, ohm.
pub const LINE: (f64, f64) = (0.0032, 0.001);
/// The window of voltages, pu. So narrow that LinDistFlow and power flow agree to within what passes.
pub const WINDOW: (f64, f64) = (0.998, 1.002);

/// Numbers by choice.
pub struct Draw(Random);

impl Draw {
    /// By a seed.
    pub fn of(seed: u64) -> Draw {
        Draw(Random(seed.wrapping_mul(0x9E37) ^ 0x5EED))
    }

    /// One of some values.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.0.below(of.len())]
    }

    /// Is it so, with a probability?
    pub fn chance(&mut self, of: f64) -> bool {
        self.0.unit() < of
    }
}

/// A load behind a line, hour by hour.
pub struct Place {
    /// EUR/MWh at the source.
    pub price: Vec<f64>,
    /// What the bus draws beside the device, kW.
    pub load: Vec<f64>,
    /// Its reactive power, kvar.
    pub reactive: f64,
}

impl Place {
    /// Prices that are negative, zero or equal as often as not; loads that press on both limits of the voltage.
    pub fn of(draw: &mut Draw, hours: usize, feeds_in: bool) -> Place {
        let same = draw.chance(0.2).then(|| draw.one(&[-30.0, 0.0, 50.0]));
        let price = (0..hours).map(|_| same.unwrap_or_else(|| draw.one(&[-60.0, -60.0, -10.0, 0.0, 20.0, 50.0, 90.0])));
        let price = price.collect();
        let size = draw.one(&[60.0, 90.0, 120.0]) * if feeds_in && draw.chance(0.5) { -1.0 } else { 1.0 };
        let load = (0..hours).map(|_| size * draw.one(&[0.0, 0.4, 0.8, 1.0])).collect();
        Place { price, load, reactive: draw.one(&[0.0, 10.0]) }
    }

    /// Number of hours.
    pub fn hours(&self) -> usize {
        self.price.len()
    }

    /// What a device may inject in an hour, kW, by the window of voltages.
    pub fn room(&self, t: usize) -> (f64, f64) {
        let (low, high) = carried(self.reactive);
        (self.load[t] - high, self.load[t] - low)
    }

    /// What the load costs without a device, EUR.
    pub fn paid(&self) -> f64 {
        self.price.iter().zip(&self.load).map(|(c, p)| c * p / 1e3).sum()
    }

    /// The study, with what else stands at bus 2.
    pub fn text(&self, rest: &str) -> String {
        let peak = self.load.iter().fold(0.0, |m: f64, p| if p.abs() > m.abs() { *p } else { m });
        let peak = if peak == 0.0 { 1.0 } else { peak };
        let profile = self.load.iter().map(|p| p / peak);
        format!(
            "load 2 at bus 2 {{ p = {peak} kW; q = 0 kvar; profile = {} pu }}\nload q at bus 2 {{ p = 0 kW; q = {} kvar }}\n{}{rest}",
            list(profile),
            self.reactive,
            two_buses(&self.price, LINE)
        )
    }
}

/// Active power that the line may carry beside a reactive one, kW.
pub fn carried(reactive: f64) -> (f64, f64) {
    let at = |v: f64| ((1.0 - v * v) * NOMINAL * NOMINAL / 2.0 / 1e3 - LINE.1 * reactive) / LINE.0;
    (at(WINDOW.1), at(WINDOW.0))
}

/// `[1, 2, 3]`
pub fn list(of: impl IntoIterator<Item = f64>) -> String {
    let all: Vec<String> = of.into_iter().map(|x| format!("{x}")).collect();
    format!("[{}]", all.join(", "))
}

/// Source, line and window; running costs are the goal.
pub fn two_buses(price: &[f64], (r, x): (f64, f64)) -> String {
    format!(
        "use std.grid, std.generators, std.storage, std.ev_station, std.demand_response, std.capacitor
use std.soft_open_point, std.tap_changer
horizon {} h step 1 h
bus 1 {{ nominal = 0.4 kV }}
bus 2 {{ nominal = 0.4 kV }}
line 1 from bus 1 to bus 2 {{ r = {r} ohm; x = {x} ohm; switchable = no }}
source \"S\" at bus 1 {{ v_set = 1 pu; price = {} EUR/MWh }}
bus.v_min = {} pu; bus.v_max = {} pu
with lindistflow, radial
minimize costs + integral(t: running_costs[t])
",
        price.len(),
        list(price.iter().copied()),
        WINDOW.0,
        WINDOW.1
    )
}

/// What a study turned out to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Agreed {
    /// Solved, to the reference's value.
    Solved,
    /// Infeasible, as the reference is.
    Infeasible,
}

/// Tries seeds; `of` says whether what it finds is right. Enough of them have a solution to say anything.
pub fn tried(few: usize, of: impl Fn(&mut Draw) -> Result<Agreed, String>) {
    let count = std::env::var("TIELINE_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(few);
    let (mut wrong, mut solved) = (Vec::new(), 0);
    for seed in 0..count {
        match of(&mut Draw::of(seed as u64)) {
            Ok(Agreed::Solved) => solved += 1,
            Ok(Agreed::Infeasible) => {}
            Err(e) => wrong.push(format!("seed {seed}: {e}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {count} are wrong\n{}", wrong.len(), wrong[..wrong.len().min(3)].join("\n\n"));
    assert!(3 * solved >= count, "only {solved} of {count} have a solution");
}

/// Is the optimum of a study the reference's, in EUR, or is it infeasible as the reference is?
///
/// # Errors
/// What came out instead.
pub fn agrees(text: &str, reference: Option<f64>) -> Result<Agreed, String> {
    let program = studies::program(text);
    let result = studies::solve_to(&program, Engine::Auto, 1e-6);
    let told = studies::told(&result.diagnostics);
    // A rule that data alone break is told before any solver runs.
    let refused = told.iter().any(|t| t.starts_with("E0507"));
    let right = match (reference, result.status) {
        (None, status) => status == Status::Infeasible || refused,
        (Some(value), Status::Optimal) => {
            let found = result.objective.unwrap_or(f64::NAN);
            result.passed && (found - value).abs() <= 1e-5 * value.abs() + 1e-4
        }
        _ => false,
    };
    let found = (result.status, result.objective, told);
    if right {
        Ok(if reference.is_some() { Agreed::Solved } else { Agreed::Infeasible })
    } else {
        Err(format!("{found:?} instead of {reference:?}\n{text}"))
    }
}

/// A study with a relaxed device: it has the reference's optimum, or fails by a check of the device. Where it is
/// optimal although both ways are used, what that gains is within what passes.
///
/// # Errors
/// What came out instead.
pub fn agrees_or_is_told(text: &str, reference: Option<f64>, message: &str) -> Result<Agreed, String> {
    let agreed = if reference.is_some() { Agreed::Solved } else { Agreed::Infeasible };
    let program = studies::program(text);
    let result = studies::solve_to(&program, Engine::Auto, 1e-6);
    let told = studies::told(&result.diagnostics);
    let caught = told.iter().any(|t| t.contains(message));
    let right = match (reference, result.status) {
        (_, Status::Failed) => {
            let failed = result.values.as_ref().map_or(0, |x| failed_checks(&program, x, TOLERANCE).len());
            caught && failed > 0
        }
        (None, status) => status == Status::Infeasible,
        (Some(value), Status::Optimal) => {
            (result.objective.unwrap_or(f64::NAN) - value).abs() <= 1e-3 * value.abs() + 1e-2
        }
        _ => false,
    };
    let found = (result.status, result.objective, told);
    if right { Ok(agreed) } else { Err(format!("relaxed: {found:?} instead of {reference:?}\n{text}")) }
}
