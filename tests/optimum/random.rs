//! Random feeders of five to eight buses: encodings × engines × formulations.

use crate::feeders::Feeder;
use crate::studies::{open_lines, options, program, value};
use crate::support::enumerate::{Allowed, spanning_trees};
use crate::support::random::Random;
use crate::{ENGINES, complete, encodings};
use std::ops::ControlFlow;
use tieline::network::powerflow::{Snapshot, Workspace};
use tieline::solution::Engine;
use tieline::study::{Status, solve};

/// What stands at the buses.
#[derive(Clone, Copy, PartialEq)]
enum Buses {
    /// Loads.
    Drawing,
    /// Loads, buses without any, and generators that reverse flows.
    Mixed,
}

/// A connected feeder with two to four loops.
fn feeder(seed: u64, buses: Buses) -> Feeder {
    let mut r = Random(seed);
    let n = 5 + r.below(4);
    let mut load = vec![(0.0, 0.0)];
    for _ in 1..n {
        let (p, q) = ((100.0 + 600.0 * r.unit()).round(), (50.0 + 300.0 * r.unit()).round());
        load.push(match r.below(4) {
            0 if buses == Buses::Mixed => (0.0, 0.0),
            1 if buses == Buses::Mixed => (-3.0 * p, -q),
            _ => (p, q),
        });
    }
    let mut ends: Vec<(usize, usize)> = (1..n).map(|j| (r.below(j), j)).collect();
    let extra = 2 + r.below(3);
    while ends.len() < n - 1 + extra {
        let (i, j) = (r.below(n), r.below(n));
        if i != j && !ends.contains(&(i, j)) && !ends.contains(&(j, i)) {
            ends.push((i, j));
        }
    }
    let mut ohm = |least: f64| ((least + 0.8 * r.unit()) * 1e3).round() / 1e3;
    let line = ends.into_iter().map(|(i, j)| (i, j, ohm(0.2), ohm(0.1))).collect();
    Feeder { kv: 10.0, load, line, window: (0.9, 1.1) }
}

/// What a radial state loses in W; none where it breaks the voltage window.
type Losses = fn(&Feeder, &[bool]) -> Option<f64>;

fn by_power_flow(feeder: &Feeder, closed: &[bool]) -> Option<f64> {
    let (p, q) = feeder.injections();
    let (grid, mut workspace) = (feeder.grid(), Workspace::new());
    let solution = workspace.solve(&grid, &Snapshot { closed, p: &p, q: &q }).ok()?;
    let (low, high) = (solution.lowest_voltage()?.1, solution.highest_voltage()?.1);
    let fits = solution.is_radial() && low >= feeder.window.0 && high <= feeder.window.1;
    fits.then(|| solution.losses())
}

/// As LinDistFlow has them, by summing up the tree.
fn by_lindistflow(feeder: &Feeder, closed: &[bool]) -> Option<f64> {
    let nominal2 = (1e3 * feeder.kv).powi(2);
    // (bus, its line, place of its parent), parents before children.
    let mut order = vec![(0usize, usize::MAX, usize::MAX)];
    let mut next = 0;
    while let Some(&(bus, via, _)) = order.get(next) {
        for (k, line) in feeder.line.iter().enumerate().filter(|(k, _)| closed[*k] && *k != via) {
            if line.0 == bus || line.1 == bus {
                order.push((line.0 + line.1 - bus, k, next));
            }
        }
        next += 1;
    }
    let mut flow: Vec<(f64, f64)> =
        order.iter().map(|o| (1e3 * feeder.load[o.0].0, 1e3 * feeder.load[o.0].1)).collect();
    let mut losses = 0.0;
    for k in (1..order.len()).rev() {
        let (p, q) = flow[k];
        losses += feeder.line[order[k].1].2 * (p * p + q * q) / nominal2;
        flow[order[k].2].0 += p;
        flow[order[k].2].1 += q;
    }
    let mut v = vec![nominal2; order.len()];
    for k in 1..order.len() {
        let line = feeder.line[order[k].1];
        v[k] = v[order[k].2] - 2.0 * (line.2 * flow[k].0 + line.3 * flow[k].1);
    }
    let window = feeder.window.0.powi(2)..=feeder.window.1.powi(2);
    v.iter().all(|v| window.contains(&(v / nominal2))).then_some(losses)
}

/// The least losses of all spanning trees.
fn least(feeder: &Feeder, losses: Losses) -> Option<f64> {
    let mut best: Option<f64> = None;
    spanning_trees(&feeder.grid(), &vec![Allowed::Either; feeder.line.len()], |closed| {
        if let Some(l) = losses(feeder, closed) {
            best = Some(best.map_or(l, |b| b.min(l)));
        }
        ControlFlow::Continue(())
    });
    best
}

/// Compares the encodings (`all`, or the complete ones) and the engines on a feeder.
fn compare(feeder: &Feeder, formulation: &str, losses: Losses, all: bool, seed: u64) -> Option<f64> {
    let best = least(feeder, losses);
    for encoding in encodings().iter().filter(|e| all || complete(e)) {
        let text = feeder.study(&format!("{formulation}, radial(encoding = {encoding})"));
        let program = program(&text);
        for engine in ENGINES {
            let result = solve(&program, &options(engine, 1e-4));
            let place = format!("seed {seed}, {formulation}, {encoding}, {engine:?}\n{text}");
            let Some(least) = best else {
                assert_eq!(result.status, Status::Infeasible, "{place}");
                continue;
            };
            assert_eq!(result.status, Status::Optimal, "{place}{:?}", result.diagnostics);
            let (value, bound) = (value(&result), result.bound.expect("a bound"));
            assert!((-1e-6..1.1e-4).contains(&(value / least - 1.0)), "{place}{value}, least {least}");
            assert!(bound <= least * (1.0 + 1e-6), "{place}a bound of {bound} above {least}");
            let open = open_lines(&program, &result);
            let closed: Vec<bool> = (1..=feeder.line.len()).map(|k| !open.contains(&k.to_string().as_str())).collect();
            let again = losses(feeder, &closed).unwrap_or_else(|| panic!("{place}{open:?} breaks a limit"));
            assert!((again / value - 1.0).abs() < 2e-6, "{place}{open:?} loses {again}, not {value}");
        }
    }
    best
}

#[test]
fn conic_on_feeders_of_loads() {
    for seed in 0..20 {
        let f = feeder(seed, Buses::Drawing);
        compare(&f, "conic", by_power_flow, true, seed);
    }
}

#[test]
fn conic_with_generators_and_empty_buses() {
    for seed in 100..120 {
        let f = feeder(seed, Buses::Mixed);
        compare(&f, "conic", by_power_flow, false, seed);
    }
}

#[test]
fn lindistflow_on_feeders_of_loads() {
    for seed in 200..210 {
        let f = feeder(seed, Buses::Drawing);
        compare(&f, "lindistflow", by_lindistflow, true, seed);
    }
}

#[test]
fn lindistflow_with_generators_and_empty_buses() {
    for seed in 300..310 {
        let f = feeder(seed, Buses::Mixed);
        compare(&f, "lindistflow", by_lindistflow, false, seed);
    }
}

/// With generators the orientation rows alone are no proof of radial operation. Whatever comes out,
/// what is called optimal is the optimum.
#[test]
fn an_incomplete_encoding_is_never_believed() {
    for seed in 500..515 {
        let f = feeder(seed, Buses::Mixed);
        let Some(least) = least(&f, by_power_flow) else { continue };
        for encoding in encodings().iter().filter(|e| !complete(e)) {
            let program = program(&f.study(&format!("conic, radial(encoding = {encoding})")));
            for engine in ENGINES {
                let result = solve(&program, &options(engine, 1e-4));
                if result.status == Status::Optimal {
                    assert!((value(&result) / least - 1.0).abs() < 1.1e-4, "seed {seed} {engine:?}");
                }
            }
        }
    }
}

/// Rules marked `implied` only help the search: without them the optimum is the same.
#[test]
fn implied_rules_follow_from_the_others() {
    let mut dropped = 0;
    for seed in 600..612 {
        let buses = if seed % 2 == 0 { Buses::Drawing } else { Buses::Mixed };
        let mut program = program(&feeder(seed, buses).study("conic, radial"));
        let with = solve(&program, &options(Engine::Tree, 1e-5));
        dropped += program.constraints.iter().filter(|c| c.implied).count();
        program.constraints.retain(|c| !c.implied);
        let without = solve(&program, &options(Engine::Tree, 1e-5));
        assert_eq!(with.status, without.status, "seed {seed}");
        if with.status == Status::Optimal {
            assert!((value(&with) / value(&without) - 1.0).abs() < 2e-5, "seed {seed}");
        }
    }
    assert!(dropped > 0, "the library has no implied rule any more");
}

#[test]
fn a_window_that_no_tree_meets_is_infeasible() {
    for seed in 400..404 {
        let mut f = feeder(seed, Buses::Drawing);
        f.window.0 = 0.999;
        assert_eq!(compare(&f, "conic", by_power_flow, true, seed), None);
    }
}
