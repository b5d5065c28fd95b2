//! Hour by hour and corner by corner are the same worst case.

use crate::support::random::Random;
use crate::{options, program_of};
use std::fmt::Write;
use tieline::program::Program;
use tieline::solution::{Engine, Termination};
use tieline::uncertainty::{Ask, Oracle, Robust, Set, solve_robust};

/// Four hours; a unit's schedule and its commitment are decided ahead, the rest is bought or, where
/// that is limited, shed.
fn study(seed: u64, limit: f64, firm: bool) -> String {
    let mut r = Random(seed);
    let mut series = |low: f64, high: f64| {
        let list: Vec<String> = (0..4).map(|_| format!("{:.1}", low + (high - low) * r.unit())).collect();
        format!("[{}]", list.join(", "))
    };
    let mut out = String::from("horizon 4 h step 1 h\n");
    let _ = writeln!(
        out,
        "param load[t] = {}\nparam sun[t] = {}\nparam price[t] = {}",
        series(40.0, 90.0),
        series(0.0, 40.0),
        series(3.0, 9.0)
    );
    let _ = writeln!(out, "uncertain z[t] in -1..1\nuncertain w[t] in 0..1");
    let _ = writeln!(out, "budget loads : sum(t: abs(z[t])) <= {limit}\nbudget suns : sum(t: w[t]) <= {limit}");
    out.push_str("var on[t] : binary, ahead\nvar made[t] : number in 0..60, ahead\n");
    out.push_str("var bought[t] : number in 0..70, recourse\nvar spilled[t] : number in 0..200, recourse\n");
    out.push_str("rule whole[t] : made[t] <= 60 * on[t]\nrule least[t] : made[t] >= 20 * on[t]\n");
    out.push_str("rule ramp[t] : made[t] - 25 <= 20 + 5 * on[t]\n");
    let shed = if firm { "" } else { " + shed[t]" };
    if !firm {
        out.push_str("var shed[t] : number in 0..200, recourse\n");
    }
    let _ = writeln!(
        out,
        "rule meet[t] : made[t] + bought[t]{shed} + sun[t] * (1 - 0.6 * w[t]) - spilled[t] = load[t] * (1 + 0.3 * z[t])"
    );
    let shed = if firm { "" } else { " + 40 * shed[t]" };
    let _ = writeln!(out, "minimize sum(t: 30 * on[t] + 4 * made[t] + price[t] * bought[t] + 0.5 * spilled[t]{shed})");
    out
}

fn by(program: &Program, oracle: Option<Oracle>, threads: usize) -> Robust {
    let set = Set::new(program);
    let oracle = oracle.expect("a way");
    let result = solve_robust(program, &set, &oracle, Engine::Auto, &options(1e-6, threads), Ask::default());
    assert!(result.diagnostics.is_empty(), "{:?}", result.diagnostics);
    result
}

#[test]
fn blocks_and_corners_agree() {
    let (mut served, mut refused) = (0, 0);
    for seed in 0..10 {
        for limit in [0.0, 0.7, 1.0, 1.5, 2.0] {
            let program = program_of(&study(seed, limit, seed % 2 == 0));
            let set = Set::new(&program);
            let corners = by(&program, Oracle::corners(&program, &set), 2);
            let blocks = by(&program, Oracle::blocks(&program, &set), 2);
            assert_eq!(corners.termination, blocks.termination, "seed {seed}, limit {limit}");
            if corners.termination == Termination::Infeasible {
                refused += 1;
                continue;
            }
            served += 1;
            let (a, b) = (corners.cost.expect("a cost"), blocks.cost.expect("a cost"));
            assert!((a - b).abs() <= 3e-6 * b.abs(), "seed {seed}, limit {limit}: {a} and {b}");
            assert!(set.contains(blocks.worst.as_ref().expect("a worst case"), 1e-7), "seed {seed}, limit {limit}");
        }
    }
    assert!(served > 20, "{served} served, {refused} refused");
}

#[test]
fn many_hours_need_no_corners() {
    // 2 · 24 factors with a count of 6.5 each.
    let text = study(1, 6.5, false).replace("horizon 4 h", "horizon 24 h");
    let day = |text: &str, name: &str| {
        let line = text.lines().find(|l| l.starts_with(name)).expect("a series").to_string();
        let (head, list) = line
            .split_once('[')
            .and_then(|(h, _)| Some((h, line.rsplit_once('[')?.1.trim_end_matches(']'))))
            .expect("a list");
        text.replace(&line, &format!("{head}[t] = [{}]", [list; 6].join(", ")))
    };
    let text = ["param load", "param sun", "param price"].iter().fold(text, |t, n| day(&t, n));
    let program = program_of(&text);
    let set = Set::new(&program);
    assert!(Oracle::corners(&program, &set).is_none());
    let one = by(&program, Oracle::choose(&program, &set), 1);
    let two = by(&program, Oracle::choose(&program, &set), 2);
    assert_eq!(one.termination, Termination::Optimal);
    assert_eq!((&one.values, &one.worst, &one.iterations), (&two.values, &two.worst, &two.iterations));
    // Counts are used up: six hours in whole and one in half.
    let loads: f64 = one.worst.expect("a worst case").iter().take(24).map(|z| z.abs()).sum();
    assert!((loads - 6.5).abs() < 1e-6, "{loads}");
}
