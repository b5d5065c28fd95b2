//! What must not matter does not matter: the order of declarations, the names of things, the base that
//! powers are counted in.

#[path = "../support/studies.rs"]
#[allow(dead_code)]
mod studies;

mod base;
mod names;
mod order;
mod ranges;

use studies::{open_lines, optimum, program, value};
use tieline::solution::Engine;

/// A meshed feeder of six buses, as statements; ids are left to the caller.
struct Feeder<'a> {
    bus: &'a dyn Fn(usize) -> String,
    line: &'a dyn Fn(usize) -> String,
    load: &'a dyn Fn(usize) -> String,
    source: &'a str,
    /// Loads, kW and kvar, are multiplied by it, impedances divided.
    power: f64,
}

const LOADS: [(f64, f64); 6] =
    [(0.0, 0.0), (300.0, 150.0), (500.0, 200.0), (250.0, 200.0), (-400.0, -50.0), (600.0, 250.0)];
const LINES: [(usize, usize, f64, f64); 8] = [
    (0, 1, 0.5, 0.4),
    (1, 2, 0.7, 0.5),
    (2, 3, 0.6, 0.6),
    (3, 4, 0.9, 0.5),
    (4, 5, 0.4, 0.3),
    (5, 0, 0.8, 0.6),
    (1, 4, 0.9, 0.8),
    (2, 5, 0.7, 0.7),
];

impl Feeder<'_> {
    fn statements(&self, with: &str) -> Vec<String> {
        let mut list = vec![
            "use std.grid".to_owned(),
            format!("with {with}"),
            "snapshot".into(),
            "bus.v_min = 0.9 pu".into(),
            "bus.v_max = 1.1 pu".into(),
            "minimize losses".into(),
            format!("source {} at bus {} {{ v_set = 1.0 pu }}", self.source, (self.bus)(0)),
        ];
        for (k, (p, q)) in LOADS.iter().enumerate() {
            list.push(format!("bus {} {{ nominal = 10 kV }}", (self.bus)(k)));
            if k > 0 {
                let (p, q) = (self.power * p, self.power * q);
                list.push(format!("load {} at bus {} {{ p = {p} kW; q = {q} kvar }}", (self.load)(k), (self.bus)(k)));
            }
        }
        for (k, (i, j, r, x)) in LINES.iter().enumerate() {
            let (r, x) = (r / self.power, x / self.power);
            let (i, j) = ((self.bus)(*i), (self.bus)(*j));
            list.push(format!("line {} from bus {i} to bus {j} {{ r = {r} ohm; x = {x} ohm }}", (self.line)(k)));
        }
        list
    }
}

fn plain(k: usize) -> String {
    (k + 1).to_string()
}

/// With numbers for names.
fn numbered(power: f64) -> Feeder<'static> {
    Feeder { bus: &plain, line: &plain, load: &plain, source: "\"main\"", power }
}

/// Formulations of the feeder.
const FORMULATIONS: [&str; 3] = ["conic, radial", "lindistflow, radial", "conic, radial(encoding = parent_child)"];

/// A transport problem with fixed costs, as statements. Each word in capitals is a name.
const TRANSPORT: [&str; 10] = [
    "set PLANT = {NORTH, SOUTH}",
    "set CITY = {A1, B1, C1}",
    "param SUPPLY[PLANT] : energy = [350, 600] MWh",
    "param DEMAND[CITY] : energy = [325, 300, 275] MWh",
    "param PRICE[PLANT, CITY] : money_eur / energy = [25 17 18; 25 18 14] EUR/MWh",
    "param FIXED[PLANT, CITY] : money_eur = [400 900 300; 700 200 600] EUR",
    "var SENT[PLANT, CITY] : energy in 0..400 MWh\nvar USED[PLANT, CITY] : binary",
    "rule MADE[p in PLANT] : sum(c in CITY: SENT[p, c]) <= SUPPLY[p]",
    "rule SERVED[c in CITY] : sum(p in PLANT: SENT[p, c]) >= DEMAND[c]\n\
     rule LINKED[p in PLANT, c in CITY] : SENT[p, c] <= min(SUPPLY[p], DEMAND[c]) * USED[p, c]",
    "minimize sum(p in PLANT, c in CITY: PRICE[p, c] * SENT[p, c] + FIXED[p, c] * USED[p, c])",
];

/// Its optimum in EUR: over each choice of routes, the cheapest filling.
fn transport_optimum() -> f64 {
    let (supply, demand) = ([350i32, 600], [325i32, 300, 275]);
    let (price, fixed) = ([[25, 17, 18], [25, 18, 14]], [[400, 900, 300], [700, 200, 600]]);
    let mut best = i32::MAX;
    // Quantities of an optimum are multiples of 25, as in all data.
    let upto = |most: i32| (0..=most).step_by(25);
    for a in upto(demand[0]) {
        for b in upto(demand[1]) {
            for c in upto(demand[2]) {
                let rows = [[a, b, c], [demand[0] - a, demand[1] - b, demand[2] - c]];
                if (0..2).all(|p| rows[p].iter().sum::<i32>() <= supply[p]) {
                    let of = |p: usize, c: usize| rows[p][c] * price[p][c] + i32::from(rows[p][c] > 0) * fixed[p][c];
                    best = best.min((0..2).flat_map(|p| (0..3).map(move |c| (p, c))).map(|(p, c)| of(p, c)).sum());
                }
            }
        }
    }
    f64::from(best)
}

/// Optimum and open lines of a study of least losses.
fn solved(statements: &[String]) -> (f64, Vec<String>) {
    let program = program(&(statements.join("\n") + "\n"));
    let result = optimum(&program, Engine::Auto, 1e-6);
    (value(&result), open_lines(&program, &result).into_iter().map(str::to_owned).collect())
}

/// Both solved to a gap of 1e-6.
fn same(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 3e-6
}
