//! Published networks, written as lowered problems by hand.

use crate::distflow::{Formulation, folder, lower, open_lines, read};
use tieline::solution::{Engine, Options, Termination, solve};

fn optimum(name: &str, engine: Engine, v_min: f64, gap: f64, expected_kw: f64) -> Option<Vec<String>> {
    let Some(folder) = folder(name) else {
        eprintln!("SKIPPED: ../shared/networks/{name} is not there");
        return None;
    };
    let net = read(&folder);
    let problem = lower(&net, &Formulation { v_min, v_max: 1.05, implied: true });
    let options = Options { gap, ..Options::default() };
    let outcome = solve(&problem, engine, &options, None);
    let value = outcome.objective.unwrap_or(f64::NAN);
    assert_eq!(outcome.termination, Termination::Optimal);
    assert!(outcome.gap() <= gap);
    assert!(outcome.bound <= expected_kw * (1.0 + 1e-6), "a bound above the published optimum");
    assert!(value >= expected_kw * (1.0 - 1e-5) && value <= expected_kw * (1.0 + gap + 1e-5));
    Some(open_lines(&net, &problem, &outcome.point.expect("optimal")))
}

#[test]
fn baran_wu_33_by_the_tree() {
    if let Some(open) = optimum("33bw", Engine::Tree, 0.9, 1e-4, 139.5513) {
        assert_eq!(open, ["7", "9", "14", "32", "37"]);
    }
}

#[test]
fn baran_wu_33_by_outer_approximation() {
    if let Some(open) = optimum("33bw", Engine::OuterApproximation, 0.9, 1e-4, 139.5513) {
        assert_eq!(open, ["7", "9", "14", "32", "37"]);
    }
}

#[test]
fn taiwan_84_by_the_tree() {
    optimum("84tpc", Engine::Auto, 0.9, 1e-3, 469.8775);
}
#[test]
fn zhang_118_by_the_tree() {
    optimum("118zh", Engine::Auto, 0.9, 1e-3, 869.7299);
}
#[test]
fn mantovani_136_by_the_tree() {
    optimum("136ma", Engine::Auto, 0.9, 1e-3, 280.1932);
}
