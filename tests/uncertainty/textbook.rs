//! Location and transportation, Zeng and Zhao 2013: published bounds and optimum.

use super::{example, options, program_of, robust};
use tieline::solution::Termination;

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-7 * b.abs()
}

#[test]
fn published_bounds_in_two_iterations() {
    let program = program_of(&example("textbook/location_transportation.tie"));
    let result = robust(&program, &options(0.0, 2));
    assert_eq!(result.termination, Termination::Optimal);
    let log: Vec<(f64, f64)> = result.iterations.iter().map(|i| (i.lower, i.upper)).collect();
    assert!(close(log[0].0, 14_296.0) && close(log[0].1, 35_238.0), "{log:?}");
    assert!(close(log[1].0, 33_680.0) && close(log[1].1, 33_680.0), "{log:?}");
    assert_eq!(log.len(), 2);
    assert!(result.iterations.iter().all(|i| i.shortages.is_empty()));
}

#[test]
fn without_enough_capacity_realisations_are_unserved_first() {
    let text = example("textbook/location_transportation.tie");
    let row = "rule enough : sum(i in site: size[i]) >= least_total\n";
    assert!(text.contains(row));
    let program = program_of(&text.replace(row, "").replace("param least_total = 772\n", ""));
    let result = robust(&program, &options(0.0, 2));
    assert_eq!(result.termination, Termination::Optimal);
    assert!(close(result.cost.expect("a cost"), 33_680.0) && close(result.bound, 33_680.0), "{:?}", result.iterations);
    let first = &result.iterations[0];
    assert_eq!((first.lower, first.upper), (0.0, f64::INFINITY));
    // Nothing is built, so nothing is served; all demand is missing: 700 + 40 · 1.8.
    let missing: f64 = first.shortages.iter().map(|s| s.by).sum();
    assert!(close(missing, 772.0), "{:?}", first.shortages);
    assert!(first.shortages.iter().all(|s| s.rule.starts_with("meet[")));
}

#[test]
fn threads_do_not_matter() {
    let program = program_of(&example("textbook/location_transportation.tie"));
    let (one, two) = (robust(&program, &options(0.0, 1)), robust(&program, &options(0.0, 2)));
    assert_eq!((one.values, one.worst, one.iterations), (two.values, two.worst, two.iterations));
}
