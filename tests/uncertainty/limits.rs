//! Limits at every poll: whatever is cut off, nothing false is said of what is uncertain.

use crate::{Text, analysis_of};
use tieline::analysis::{Request, analyse};
use tieline::deadline::Deadline;
use tieline::diagnostics::Severity;
use tieline::solution::Options;
use tieline::study::{Status, StudyOptions};
use tieline::uncertainty::{Found, Solved, solve};

const GAP: f64 = 1e-6;

/// Demand 100 ± radius at two places; capacity costs 1, what is short costs 3.
const CAPACITY: &str = "param radius : ratio in 0..1 = 10 %
set place = 1..2
uncertain z[place] in -1..1
budget together : sum(i in place: abs(z[i])) <= 1.5
var size[place] : number in 0..500, ahead
var short[place] : number in 0..500, recourse
rule served[i in place] : size[i] + short[i] >= 100 * (1 + radius * z[i])
minimize sum(i in place: size[i] + 3 * short[i])
";

fn within(text: &str, limit: &Deadline) -> Solved {
    let (analysis, program) = analysis_of(text);
    let with = |setting: &str| {
        let request = Request { set: vec![setting.into()], limit: limit.clone(), ..Request::default() };
        analyse(&Text(text), "study.tie", &request).program()
    };
    let solver = Options { gap: GAP, threads: 1, limit: limit.clone(), ..Options::default() };
    solve(&program, &analysis.model, &with, &StudyOptions { solver, ..StudyOptions::default() }.into())
}

fn is_true(whole: &Solved, found: &Solved, when: &str) {
    let (all, some) = (&whole.result, &found.result);
    let said: Vec<&str> = some.diagnostics.iter().map(|d| d.message.as_str()).collect();
    match some.status {
        Status::Optimal => {
            let (a, b) = (all.objective.unwrap_or(0.0), some.objective.unwrap_or(0.0));
            assert!((a - b).abs() <= 1e-4 * (1.0 + a.abs()), "{when}: {b} instead of {a}");
        }
        Status::Feasible => assert!(some.values.is_some(), "{when}: {said:?}"),
        Status::Limit => {
            let told = some.diagnostics.iter().any(|d| d.severity == Severity::Error);
            assert!(some.values.is_none() && told, "{when}: {said:?}");
        }
        Status::Infeasible | Status::Unbounded | Status::Failed => panic!("{when}: {:?} {said:?}", some.status),
    }
    assert!(some.values.is_none() || some.passed, "{when}: {said:?}");
    let size = 1e-4 * (1.0 + all.objective.unwrap_or(0.0).abs());
    if let (Some(optimum), Some(bound)) = (all.objective, some.bound) {
        assert!(bound <= optimum + size, "{when}: {bound} is no bound of {optimum}");
    }
    match (&whole.found, &found.found) {
        (Found::Scenarios(all), Found::Scenarios(some)) => {
            let (Some(all), Some(some)) = (&all.value, &some.value) else { return };
            let same = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() <= size,
                (a, b) => a == b,
            };
            assert!(same(all.mean_plan, some.mean_plan), "{when}: {some:?} instead of {all:?}");
        }
        (Found::Radii(all), Found::Radii(some)) => {
            for (all, some) in all.curve.iter().zip(&some.curve) {
                assert!(some.lower <= all.upper + 1e-6 && some.upper >= all.lower - 1e-6, "{when}: {some:?} {all:?}");
            }
        }
        (Found::Worst(_), Found::Worst(some)) => {
            assert!(some.compared.iter().all(|(_, judged)| judged.unserved == 0), "{when}: {:?}", some.compared);
        }
        _ => {}
    }
}

fn at_every_poll(text: &str) {
    let whole = within(text, &Deadline::never());
    let status = whole.result.status;
    assert!(matches!(status, Status::Optimal | Status::Feasible), "{status:?} {:?}", whole.result.diagnostics);
    let counts = (0..10).chain((0..).map(|k| (10.0 * 1.6_f64.powi(k)) as u64).take_while(|n| *n < 4000));
    for polls in counts {
        is_true(&whole, &within(text, &Deadline::after_polls(polls)), &format!("after {polls} polls"));
    }
}

#[test]
fn worst_cases() {
    for method in ["robust ccg(samples = 5)", "robust affine(samples = 5)"] {
        at_every_poll(&format!("{CAPACITY}study worst = {method}\n"));
    }
}

#[test]
fn radii() {
    for method in ["risk_averse(radius, tolerance = [5 %, 10 %])", "opportunity(radius, gain = [5 %, 10 %])"] {
        at_every_poll(&format!("{CAPACITY}study gap = igdt {method}\n"));
    }
}

#[test]
fn scenarios() {
    let text = "table demands { day : id; probability : number; demand : number } { quiet | 0.5 | 2; usual | 0.3 | 3; busy | 0.2 | 5 }
scenarios s = rows(demands)
var size : number in 0..10, ahead
var built : binary, ahead
var missing : number in 0..10, recourse
rule only : size <= 10 * built
rule served : size + missing >= s.value[1]
minimize size + 4 * missing
";
    for method in ["stochastic extensive(over = s)", "stochastic decomposed(over = s)"] {
        at_every_poll(&format!("{text}study mean = {method}\n"));
    }
}
