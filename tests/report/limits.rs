//! Limits at every poll: whatever is cut off, nothing false is said, and a plan that is returned keeps all rules.

use crate::studies::{Repository, STUDY, options, program, told};
use tieline::analysis::{Request, analyse};
use tieline::deadline::Deadline;
use tieline::diagnostics::ids_solution::LIMIT_WITHOUT_SOLUTION;
use tieline::lowered::{LowerOptions, lower};
use tieline::program::Program;
use tieline::solution::Engine;
use tieline::study::{Status, StudyResult, TOLERANCE, largest_violation, solve};

const GAP: f64 = 1e-4;
const ENGINES: [Engine; 3] = [Engine::Auto, Engine::Tree, Engine::OuterApproximation];

/// Three buses in a ring; `more` stands below them.
fn ring(time: &str, v_min: &str, more: &str) -> String {
    format!(
        "use std.grid\n{time}\nwith conic, radial
bus 1 {{ nominal = 10 kV }}
bus 2 {{ nominal = 10 kV }}
bus 3 {{ nominal = 10 kV }}
source \"main\" at bus 1 {{ v_set = 1.0 pu }}
load 2 at bus 2 {{ p = 400 kW; q = 200 kvar }}
load 3 at bus 3 {{ p = 700 kW; q = 300 kvar }}
line a from bus 1 to bus 2 {{ r = 0.8 ohm; x = 0.6 ohm }}
line b from bus 2 to bus 3 {{ r = 0.5 ohm; x = 0.4 ohm }}
line c from bus 3 to bus 1 {{ r = 0.9 ohm; x = 0.7 ohm }}
bus.v_min = {v_min} pu
bus.v_max = 1.05 pu
{more}
"
    )
}

/// Polls before the end: few, and then ever more.
fn counts() -> impl Iterator<Item = u64> {
    (0..12).chain((0..).map(|k| (12.0 * 1.7_f64.powi(k)) as u64).take_while(|n| *n < 3000))
}

fn within(program: &Program, engine: Engine, polls: u64) -> StudyResult {
    let mut asked = options(engine, GAP);
    asked.solver.threads = 1;
    asked.solver.limit = Deadline::after_polls(polls);
    solve(program, &asked)
}

/// Is what a limited run says true, where `whole` is the answer without a limit?
fn is_true(program: &Program, whole: &StudyResult, found: &StudyResult, when: &str) {
    let said = told(&found.diagnostics);
    let maximize = program.objectives.get(found.goal).is_some_and(|o| o.maximize);
    let sign = if maximize { -1.0 } else { 1.0 };
    let (optimum, size) = (whole.objective.map(|o| o * sign), whole.objective.map_or(1.0, f64::abs));
    match found.status {
        Status::Optimal | Status::Infeasible | Status::Unbounded => assert_eq!(found.status, whole.status, "{when}"),
        Status::Feasible => assert!(found.values.is_some(), "{when}: {said:?}"),
        Status::Limit => {
            assert!(found.values.is_none(), "{when}");
            assert!(found.diagnostics.iter().any(|d| d.id == LIMIT_WITHOUT_SOLUTION), "{when}: {said:?}");
        }
        Status::Failed => panic!("{when}: {said:?}"),
    }
    if let Some(values) = &found.values {
        assert!(found.passed, "{when}: {said:?}");
        let worst = largest_violation(program, values);
        assert!(worst.0 <= TOLERANCE, "{when}: {worst:?}");
    }
    // Of several goals, the one that the search has reached may be another.
    if let (Some(optimum), true) = (optimum, found.goal == whole.goal) {
        let best = whole.status == Status::Optimal && found.values.is_some();
        if let (Some(value), true) = (found.objective, best) {
            assert!(value * sign >= optimum - 2.0 * GAP * size, "{when}: {value} is better than {optimum}");
        }
        if let Some(bound) = found.bound {
            assert!(bound * sign <= optimum + 2.0 * GAP * size, "{when}: {bound} is no bound of {optimum}");
        }
    }
}

fn at_every_poll(text: &str, expected: Status) {
    let program = program(text);
    for engine in ENGINES {
        let whole = solve(&program, &options(engine, GAP));
        assert_eq!(whole.status, expected, "{engine:?} {:?}", told(&whole.diagnostics));
        for polls in counts() {
            let found = within(&program, engine, polls);
            is_true(&program, &whole, &found, &format!("{engine:?} after {polls} polls"));
        }
    }
}

#[test]
fn a_topology() {
    at_every_poll(&ring("snapshot", "0.95", "minimize losses"), Status::Optimal);
}

#[test]
fn topologies_hour_by_hour() {
    let more = "storage \"B\" at bus 3 { power = 200 kW; energy = 400 kWh; efficiency = 95 %; initial = 50 % }\nminimize integral(t: losses[t])";
    let text = ring("horizon 2 h step 1 h", "0.95", more).replace("use std.grid", "use std.grid, std.storage");
    at_every_poll(&text, Status::Optimal);
}

#[test]
fn a_plan_that_is_no_state_of_the_network() {
    let text = "use std.grid, std.generators\nsnapshot\nwith conic, radial
bus 1 { nominal = 10 kV }
bus 2 { nominal = 10 kV; v_max = 1.02 pu }
line 1 from bus 1 to bus 2 { r = 2 ohm; x = 6 ohm; switchable = no }
source \"s\" at bus 1 { v_set = 1.0 pu }
load \"a\" at bus 1 { p = 5 MW; q = 0 kvar }
bus.v_min = 0.9 pu
bus.v_max = 1.05 pu
pv \"p\" at bus 2 { profile = 1 pu; capacity = 2 MW }
minimize import
";
    at_every_poll(text, Status::Optimal);
}

#[test]
fn a_study_without_solution() {
    at_every_poll(&ring("snapshot", "0.9999", "minimize losses"), Status::Infeasible);
}

#[test]
fn whole_numbers_and_a_second_goal() {
    let text = "set thing = 1..12
param weight[thing] = [12, 7, 11, 8, 9, 6, 5, 14, 3, 10, 4, 13]
param worth[thing] = [24, 13, 23, 15, 16, 11, 9, 28, 5, 19, 7, 25]
var take[thing] : binary
rule fits : sum(i in thing: weight[i] * take[i]) <= 43
objective most : maximize sum(i in thing: worth[i] * take[i])
objective few : minimize sum(i in thing: take[i])
optimize most, then few
";
    at_every_poll(text, Status::Optimal);
}

#[test]
fn a_program_is_whole_or_says_that_it_is_not() {
    let text = ring("horizon 24 h step 1 h", "0.95", "minimize integral(t: losses[t])");
    let whole = program(&text);
    let (mut ended, mut cut) = (0, 0);
    for polls in counts() {
        let limit = Deadline::after_polls(polls);
        let request = Request { limit: limit.clone(), ..Request::default() };
        let mut analysis = analyse(&Repository::with(&text), STUDY, &request);
        let program = analysis.program();
        let said: Vec<_> = analysis.diagnostics.iter().map(|d| d.id).collect();
        match program {
            Some(program) => {
                assert_eq!((&program.constraints, said.len()), (&whole.constraints, 0));
                ended += 1;
                let lowering = lower(&program, &LowerOptions { limit, ..LowerOptions::default() });
                let rows = lower(&program, &LowerOptions::default()).problem.rows;
                assert!(lowering.is_unfinished() || lowering.problem.rows == rows);
            }
            None => {
                assert_eq!(said, [LIMIT_WITHOUT_SOLUTION], "after {polls} polls");
                assert!(analysis.is_unfinished());
                cut += 1;
            }
        }
    }
    assert!(ended > 0 && cut > 5, "{ended} {cut}");
}
