//! The knapsack with things that need others.

use crate::studies::{of, optimum, program_of_file, value};
use tieline::solution::Engine;

const THINGS: [(&str, u32, u32); 12] = [
    ("tent", 90, 32),
    ("sleep", 70, 14),
    ("stove", 45, 7),
    ("fuel", 10, 12),
    ("rope", 40, 21),
    ("camera", 65, 16),
    ("tripod", 35, 19),
    ("boots", 55, 15),
    ("coat", 50, 11),
    ("books", 20, 13),
    ("lamp", 25, 4),
    ("axe", 30, 17),
];

/// The best choice of all 4096 for a weight in hundreds of grams: worth and choices that reach it.
fn enumerated(most: u32, bound: bool) -> (u32, Vec<u32>) {
    let mut best = (0, Vec::new());
    for choice in 0..1u32 << THINGS.len() {
        let has = |name: &str| THINGS.iter().position(|t| t.0 == name).is_some_and(|k| choice >> k & 1 == 1);
        let packed = || THINGS.iter().enumerate().filter(|(k, _)| choice >> k & 1 == 1).map(|(_, t)| t);
        let allowed =
            (!has("stove") || has("fuel")) && (!has("tripod") || has("camera")) && !(has("axe") && has("rope"));
        if packed().map(|t| t.2).sum::<u32>() > most || (bound && !allowed) {
            continue;
        }
        let worth = packed().map(|t| t.1).sum();
        if worth > best.0 {
            best = (worth, Vec::new());
        }
        if worth == best.0 {
            best.1.push(choice);
        }
    }
    best
}

#[test]
fn the_best_pack_is_the_best_of_all() {
    for kilograms in [2, 5, 8, 11, 14] {
        let setting = format!("most = {kilograms} kg");
        let program = program_of_file("examples/textbook/knapsack.tie", &[&setting]);
        let result = optimum(&program, Engine::Auto, 0.0);
        let (worth, choices) = enumerated(10 * kilograms, true);
        assert!((value(&result) - f64::from(worth)).abs() < 1e-6, "{setting}: {} and {worth}", value(&result));
        let packed = |name: &str| of(&program, &result, &format!("thing.packed[{name}]")) > 0.5;
        let choice = THINGS.iter().enumerate().map(|(k, t)| u32::from(packed(t.0)) << k).sum();
        assert!(choices.contains(&choice), "{setting}: {choice:b}");
    }
}

#[test]
fn the_rules_between_things_matter() {
    assert!([2, 5, 8, 11, 14].iter().any(|kg| enumerated(10 * kg, true).0 < enumerated(10 * kg, false).0));
}
