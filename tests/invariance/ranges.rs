//! A range that stands for "no limit" changes nothing, however wide it is; or the study is refused for it.

use crate::studies::{of, options, program, told, value};
use tieline::program::Program;
use tieline::solution::Engine;
use tieline::study::{Status, StudyResult, solve};

const WIDE: [&str; 4] = ["10000", "100000000", "1000000000000", "10000000000000000"];

fn solved(text: &str) -> (Program, StudyResult) {
    let program = program(text);
    let result = solve(&program, &options(Engine::Auto, 1e-5));
    (program, result)
}

fn refused(result: &StudyResult) -> bool {
    result.diagnostics.iter().any(|d| d.id.code == "E0512")
}

/// The value of the study at every width that is not refused is `expected`; at least `solved` widths are solved.
fn unchanged(text: &str, expected: f64, least: usize) {
    let mut count = 0;
    for range in WIDE {
        let (_, result) = solved(&text.replace("WIDE", range));
        if refused(&result) {
            assert!(result.objective.is_none(), "{range}: refused and solved");
            continue;
        }
        let found = told(&result.diagnostics);
        assert!(result.status == Status::Optimal && result.passed, "{range}: {:?} {found:#?}", result.status);
        assert!((value(&result) - expected).abs() <= 1e-4 * expected.abs(), "{range}: {}", value(&result));
        count += 1;
    }
    assert!(count >= least, "{count} widths are solved");
}

#[test]
fn what_a_rule_asks_for_is_given_whatever_the_range() {
    unchanged("var x : number in 0..WIDE\nrule need : x >= 1\nminimize x\n", 1.0, 4);
    unchanged("var x : number in -WIDE..WIDE\nrule need : x >= 1\nminimize x\n", 1.0, 4);
    unchanged(
        "var x, y : number in 0..WIDE\nrule need : x + 2 * y >= 3\nrule few : x >= y\nminimize x + 3 * y\n",
        3.0,
        4,
    );
}

#[test]
fn what_a_binary_switches_is_not_let_through() {
    let plant = "var made : number in 0..WIDE\nvar open : binary\nrule only : made <= WIDE * open\nrule need : made >= 1\nminimize 100 * open\n";
    unchanged(plant, 100.0, 1);
    let two = "var x, y : number in 0..WIDE\nvar a, b : binary\nrule x_only : x <= WIDE * a\nrule y_only : y <= WIDE * b\nrule need : x + y >= 1\nminimize 100 * a + 90 * b\n";
    unchanged(two, 90.0, 1);
    unchanged("var x : number in 10..WIDE\nvar z : binary\nrule r : not z => x <= 0\nminimize z\n", 1.0, 2);
    unchanged("var x : number in 1..WIDE\nvar z : binary\nrule r : x <= WIDE * z\nminimize z\n", 1.0, 1);
    // What a rule asks of a product says nothing of the size of its factors: never a wrong value, but none either.
    let product = "var x : number in 0..WIDE\nvar z : binary\nrule need : x * z >= 3\nminimize x + z\n";
    for range in WIDE {
        let (_, result) = solved(&product.replace("WIDE", range));
        let right = result.status == Status::Optimal && (value(&result) - 4.0).abs() <= 1e-4;
        assert!(right || refused(&result) || !result.passed, "{range}: {:?}", result.status);
    }
}

#[test]
fn a_contradiction_stays_one() {
    for range in WIDE {
        let text = format!(
            "var a, b : number in 0..{range}\nrule differ : a - b = 5000\nrule most : a - b <= 4999.5\nminimize a\n"
        );
        let (_, result) = solved(&text);
        assert_eq!(result.status, Status::Infeasible, "{range}");
    }
}

fn store(formulation: &str, power: &str, energy: &str) -> String {
    format!(
        "use std.grid, std.storage
horizon 2 h step 1 h
bus 1 {{ nominal = 0.4 kV }}
bus 2 {{ nominal = 0.4 kV }}
line 1 from bus 1 to bus 2 {{ r = 0.01 ohm; x = 0.01 ohm; switchable = no }}
load 2 at bus 2 {{ p = 5 kW; q = 1 kvar }}
source \"grid\" at bus 1 {{ v_set = 1.0 pu; price = [10, 100] EUR/MWh; p_min = 0 kW }}
storage \"S\" at bus 2 {{ power = {power} kW; energy = {energy} kWh; efficiency = 0.9; initial = 0 % }}
bus.v_min = 0.9 pu
bus.v_max = 1.1 pu
with {formulation}, radial
minimize integral(t: running_costs[t])
"
    )
}

/// By hand, without losses: 5 kWh of load in the hour at 10, and 5/0.9² kWh to have 5 in the hour at 100.
#[test]
fn a_store_without_limits_is_used_as_a_large_one() {
    let cost = 0.01 * (5.0 + 5.0 / 0.81);
    unchanged(&store("lindistflow", "WIDE", "WIDE"), cost, 3);
    unchanged(&store("lindistflow", "20", "WIDE"), cost, 3);
    unchanged(&store("lindistflow", "WIDE", "20"), cost, 3);
    // 5 kW in, 4.05 kW out; the rest at 100, losses besides.
    let (_, small) = solved(&store("conic", "5", "100"));
    assert!((value(&small) - 0.1945).abs() < 2e-3, "{}", value(&small));
    unchanged(&store("conic", "5", "WIDE"), value(&small), 3);
    let (program, result) = solved(&store("conic", "5", "1000000000"));
    let least = (1..=2).map(|t| of(&program, &result, &format!("storage.stored[S, {t}]"))).fold(f64::MAX, f64::min);
    assert!(least >= -3600.0, "the store goes to {} kWh", least / 3.6e6);
}

#[test]
fn units_change_nothing() {
    let text = store("lindistflow", "WIDE", "WIDE").replace("WIDE", "100000000");
    let base = value(&solved(&text).1);
    for (unit, factor) in [("W", 1e3), ("MW", 1e-3)] {
        let (power, load) = (1e8 * factor, 5.0 * factor);
        let other = text
            .replace("power = 100000000 kW", &format!("power = {power:.0} {unit}"))
            .replace("p = 5 kW", &format!("p = {load} {unit}"))
            .replace("p_min = 0 kW", &format!("p_min = 0 {unit}"));
        assert_ne!(text, other);
        let found = value(&solved(&other).1);
        assert!((found / base - 1.0).abs() < 1e-9, "{unit}: {found} instead of {base}");
    }
    let lengths = "dimension rope\nunit turn, coil = 1000 turn : rope\n";
    let turns = format!("{lengths}var x : rope in 0..1e9 turn\nrule need : x >= 2 turn\nminimize x\n");
    let coils = format!("{lengths}var x : rope in 0..1e6 coil\nrule need : x >= 0.002 coil\nminimize x\n");
    assert_eq!(value(&solved(&turns).1), value(&solved(&coils).1));
}

/// A number of a small generator, so that every run is the same.
fn next(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    ((*seed >> 33) as f64) / f64::from(1u32 << 31)
}

/// Plants with fixed costs, of which some have a greatest and some a least production: for every choice of open plants
/// the dearest units give way to the cheapest ones, which is the optimum.
#[test]
fn random_plants_agree_with_all_choices_counted_out() {
    let mut seed = 7;
    let (mut solved_ones, mut refused_ones) = (0, 0);
    for _ in 0..24 {
        let n = 2 + (3.0 * next(&mut seed)) as usize;
        let whole = |x: f64| x.round();
        let fixed: Vec<f64> = (0..n).map(|_| whole(1.0 + 60.0 * next(&mut seed))).collect();
        let unit: Vec<f64> = (0..n).map(|_| whole(1.0 + 9.0 * next(&mut seed))).collect();
        let least: Vec<f64> = (0..n).map(|_| whole(2.0 * next(&mut seed))).collect();
        let demand = whole(1.0 + 20.0 * next(&mut seed));
        let exponent = (6.0 * next(&mut seed)) as i32 + 4;
        let mut best = f64::INFINITY;
        for choice in 1u32..1 << n {
            let open: Vec<usize> = (0..n).filter(|i| choice >> i & 1 == 1).collect();
            let must: f64 = open.iter().map(|i| least[*i]).sum();
            let cheapest = open.iter().map(|i| unit[*i]).fold(f64::INFINITY, f64::min);
            let cost: f64 = open.iter().map(|i| fixed[*i] + unit[*i] * least[*i]).sum();
            best = best.min(cost + cheapest * (demand - must).max(0.0));
        }
        let mut text = String::new();
        let mut goal = Vec::new();
        for i in 0..n {
            text += &format!("var x{i} : number in 0..1e{exponent}\nvar open{i} : binary\n");
            text += &format!(
                "rule most{i} : x{i} <= 1e{exponent} * open{i}\nrule least{i} : x{i} >= {} * open{i}\n",
                least[i]
            );
            goal.push(format!("{} * open{i} + {} * x{i}", fixed[i], unit[i]));
        }
        let sum: Vec<String> = (0..n).map(|i| format!("x{i}")).collect();
        text += &format!("rule need : {} >= {demand}\nminimize {}\n", sum.join(" + "), goal.join(" + "));
        let (_, result) = solved(&text);
        if refused(&result) {
            assert!(exponent > 9, "1e{exponent}\n{text}");
            refused_ones += 1;
            continue;
        }
        let found = told(&result.diagnostics);
        assert!(result.status == Status::Optimal && result.passed, "{:?} {found:#?}\n{text}", result.status);
        assert!((value(&result) - best).abs() <= 2e-5 * best, "{} instead of {best}\n{text}", value(&result));
        solved_ones += 1;
    }
    assert!(solved_ones >= 15, "{solved_ones} solved, {refused_ones} refused");
}
