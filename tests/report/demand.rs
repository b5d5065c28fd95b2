//! Binaries on demand: only where a solution without them is off, to the same answer.

use crate::studies::{options, program};
use std::collections::BTreeSet;
use tieline::deadline::Deadline;
use tieline::lowered::{LowerOptions, lower};
use tieline::program::{AtomId, Program};
use tieline::solution::Engine;
use tieline::study::{Status, StudyOptions, StudyResult, solve};

/// A feeder of three buses over two hours at these prices: below zero, losing power pays.
fn feeder(loss: &str, prices: &str, more: &str) -> Program {
    program(&format!(
        "use std.grid
horizon 2 h step 1 h
with linear_ac(segments = 4, theta_max = 0.2 rad, loss = {loss})
bus 1 {{ nominal = 10 kV }}
bus 2 {{ nominal = 10 kV }}
bus 3 {{ nominal = 10 kV }}
bus.v_min = 0.9 pu
bus.v_max = 1.1 pu
line 1 from bus 1 to bus 2 {{ r = 2 ohm; x = 2 ohm }}
line 2 from bus 2 to bus 3 {{ r = 2 ohm; x = 2 ohm }}
line.switchable = no
source \"grid\" at bus 1 {{ v_set = 1.0 pu; price = {prices} EUR/MWh }}
load \"A\" at bus 2 {{ p = 300 kW; q = 0 kvar }}
load \"B\" at bus 3 {{ p = 600 kW; q = 0 kvar }}
{more}
minimize integral(t: running_costs[t])
"
    ))
}

fn of(value: Option<f64>) -> f64 {
    value.expect("a value")
}

fn solved(program: &Program) -> StudyResult {
    solve(program, &options(Engine::Auto, 1e-6))
}

fn whole(program: &Program, demanded: Option<BTreeSet<AtomId>>) -> usize {
    let lowering = lower(program, &LowerOptions { demanded, ..LowerOptions::default() });
    lowering.problem.columns.iter().filter(|c| c.integer).count()
}

#[test]
fn nothing_is_added_where_losing_power_never_pays() {
    let free = feeder("relaxed", "[20, 50]", "line.capacity = 2 MVA");
    let asked = feeder("on_demand", "[20, 50]", "line.capacity = 2 MVA");
    let (a, b) = (solved(&free), solved(&asked));
    assert_eq!((a.status, b.status), (Status::Optimal, Status::Optimal));
    let (a, b) = (of(a.objective), of(b.objective));
    assert!((a - b).abs() <= 1e-9 * a.abs(), "{a} {b}");
    assert_eq!(whole(&asked, Some(BTreeSet::new())), whole(&free, None));
    // Asked for all at once, they are there.
    assert!(whole(&asked, None) > whole(&free, None));
}

#[test]
fn where_losing_power_pays_the_answer_is_that_of_binaries_everywhere() {
    for prices in ["[-20, 50]", "[-20, -50]"] {
        let relaxed = solved(&feeder("relaxed", prices, "line.capacity = 2 MVA"));
        assert_eq!(relaxed.status, Status::Failed, "{prices}");
        let all = solved(&feeder("exact", prices, "line.capacity = 2 MVA"));
        let some = solved(&feeder("on_demand", prices, "line.capacity = 2 MVA"));
        assert_eq!((all.status, some.status), (Status::Optimal, Status::Optimal), "{prices}");
        let (all_cost, some_cost) = (of(all.objective), of(some.objective));
        assert!((all_cost - some_cost).abs() <= 1e-5 * all_cost.abs(), "{prices}: {all_cost} {some_cost}");
        let bound = of(some.bound);
        assert!(bound <= some_cost + 1e-6 * some_cost.abs(), "{bound} {some_cost}");
        // The relaxed losses would have been more.
        assert!(of(relaxed.objective) < all_cost - 0.1, "{prices}");
    }
}

#[test]
fn a_single_piece_is_as_good_as_several() {
    // All flows lie within the first piece, which leaves the absolute value alone to be exact.
    let one = |loss: &str| feeder(loss, "[-20, 50]", "line.capacity = 8 MVA");
    let (all, some) = (solved(&one("exact")), solved(&one("on_demand")));
    assert_eq!((all.status, some.status), (Status::Optimal, Status::Optimal));
    let (all, some) = (of(all.objective), of(some.objective));
    assert!((all - some).abs() <= 1e-5 * all.abs(), "{all} {some}");
}

#[test]
fn a_study_without_solution_has_none_on_demand() {
    // More than the line carries.
    let program = feeder(
        "on_demand",
        "[-20, 50]",
        "line.capacity = 2 MVA
load \"C\" at bus 3 { p = 3 MW; q = 0 kvar }",
    );
    assert_eq!(solved(&program).status, Status::Infeasible);
}

#[test]
fn without_time_for_the_binaries_there_is_a_bound_and_no_plan() {
    let program = feeder("on_demand", "[-20, 50]", "line.capacity = 2 MVA");
    let mut asked: StudyOptions = options(Engine::Auto, 1e-6);
    asked.solver.limit = Deadline::after(0.0);
    let result = solve(&program, &asked);
    assert_eq!(result.status, Status::Limit);
    assert!(result.values.is_none());
}
