//! The enumeration itself, and the optima it proves.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use tieline::network::powerflow::{Branch, Grid, Source, Workspace};

use crate::support::enumerate::{Allowed, least_losses, spanning_trees, tree_count};
use crate::support::networks::{Published, load};

fn free(case: &Published) -> Vec<Allowed> {
    vec![Allowed::Either; case.closed.len()]
}

#[test]
fn every_tree_of_a_wheel_is_visited_once() {
    let mut ends: Vec<(usize, usize)> = (1..6).map(|k| (0, k)).collect();
    ends.extend((1..6).map(|k| (k, 1 + k % 5)));
    let branches = ends.iter().map(|&(from, to)| Branch { from, to, r: 1.0, x: 1.0 }).collect();
    let grid = Grid::new(vec![1e3; 6], branches, vec![Source { bus: 0, v_set: 1.0 }]).expect("a grid");
    let mut seen = BTreeSet::new();
    let count = spanning_trees(&grid, &[Allowed::Either; 10], |closed| {
        assert_eq!(closed.iter().filter(|c| **c).count(), 5);
        assert!(seen.insert(closed.to_vec()));
        ControlFlow::Continue(())
    });
    // The wheel with n spokes has L(2n) - 2 trees, L the Lucas numbers: 123 - 2.
    assert_eq!(count, 121);
    assert_eq!(tree_count(&grid).round(), 121.0);
}

#[test]
fn restrictions_divide_the_trees() {
    let Some(case) = load("16ci") else { return };
    let total = spanning_trees(&case.grid, &free(&case), |_| ControlFlow::Continue(()));
    assert_eq!(total, 190);
    for branch in 0..case.closed.len() {
        let count = |allowed| {
            let mut restricted = free(&case);
            restricted[branch] = allowed;
            spanning_trees(&case.grid, &restricted, |_| ControlFlow::Continue(()))
        };
        assert_eq!(count(Allowed::Open) + count(Allowed::Closed), total);
    }
    let mut left = 7;
    let stopped = spanning_trees(&case.grid, &free(&case), |_| {
        left -= 1;
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(stopped, 7);
}

#[test]
fn optimum_of_16_buses() {
    let Some(case) = load("16ci") else { return };
    let best = least_losses(&case.grid, &case.p, &case.q, &free(&case), |_| true).expect("an optimum");
    assert_eq!(best.trees, 190);
    assert!((best.losses / 1e3 - 466.1267).abs() < 1e-3, "{}", best.losses);
    assert_eq!(case.open_ids(&best.closed), ["7", "8", "16"]);
}

#[test]
fn optimum_of_33_buses() {
    let Some(case) = load("33bw") else { return };
    let best = least_losses(&case.grid, &case.p, &case.q, &free(&case), |_| true).expect("an optimum");
    assert_eq!(best.trees, 50_751);
    assert_eq!(tree_count(&case.grid).round(), 50_751.0);
    assert!((best.losses / 1e3 - 139.5513).abs() < 1e-4, "{}", best.losses);
    assert_eq!(case.open_ids(&best.closed), ["7", "9", "14", "32", "37"]);
    let limited = least_losses(&case.grid, &case.p, &case.q, &free(&case), |solution| {
        solution.lowest_voltage().is_some_and(|(_, v)| v >= 0.94)
    });
    let limited = limited.expect("a state above 0.94 pu");
    let mut workspace = Workspace::new();
    let solution = workspace.solve(&case.grid, &case.with(&limited.closed)).expect("a power flow");
    assert!(limited.losses > best.losses && solution.lowest_voltage().is_some_and(|(_, v)| v >= 0.94));
}

#[test]
fn optimum_of_69_buses() {
    let Some(case) = load("69bw_rx") else { return };
    let best = least_losses(&case.grid, &case.p, &case.q, &free(&case), |_| true).expect("an optimum");
    assert_eq!(best.trees as f64, tree_count(&case.grid).round());
    assert!((best.losses / 1e3 - 99.6189).abs() < 1e-4, "{} {:?}", best.losses, case.open_ids(&best.closed));
}
