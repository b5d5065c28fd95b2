//! Affine rules: an upper bound of the robust cost, exact where the set is a simplex or has one factor,
//! kept in all corners.

use crate::instances::Instance;
use crate::{analysis_of, example, options, program_of, robust};
use tieline::program::{Program, Stage};
use tieline::report::uncertain_document;
use tieline::solution::{Engine, Termination};
use tieline::study::{Status, StudyOptions, goal_value, largest_violation};
use tieline::uncertainty::{ByRules, Found, Set, SolveOptions, Solved, at, solve, solve_affine};

fn by_rules(program: &Program, causal: bool) -> ByRules {
    solve_affine(program, &Set::new(program), causal, Engine::Auto, &options(1e-7, 2)).expect("linear later decisions")
}

/// The rules keep everything at these points and cost no more than they say.
fn kept(program: &Program, found: &ByRules, points: &[Vec<f64>], what: &str) {
    let (policy, cost) = (found.policy.as_ref().expect("rules"), found.cost.expect("a cost"));
    let mut most = f64::NEG_INFINITY;
    for z in points {
        let (there, values) = (at(program, z), policy.at(z));
        let (violation, name) = largest_violation(&there, &values);
        assert!(violation <= 1e-6, "{what}: {name} missed by {violation} at {z:?}");
        let o = &there.objectives[0];
        most = most.max(goal_value(&there, o, &values) * if o.maximize { -1.0 } else { 1.0 });
    }
    assert!((most - cost).abs() <= 1e-5 * (1.0 + cost.abs()), "{what}: {most} at the corners, {cost} said");
}

#[test]
fn rules_cost_no_less_than_the_robust_optimum_and_are_kept_in_all_corners() {
    let (mut equal, mut above, mut none) = (0, 0, 0);
    for seed in 0..30 {
        let instance = Instance::random(seed, 2 + (seed % 3) as usize, false);
        let program = program_of(&instance.uncertain());
        let exact = robust(&program, &options(1e-7, 2));
        let found = by_rules(&program, false);
        let what = format!("seed {seed}");
        match (exact.termination, found.termination) {
            (Termination::Infeasible, other) => {
                assert_eq!(other, Termination::Infeasible, "{what}");
                none += 1;
            }
            (_, Termination::Infeasible) => none += 1,
            (_, Termination::Optimal) => {
                let (a, b) = (found.cost.expect("a cost"), exact.cost.expect("a cost"));
                assert!(a >= b - 1e-5 * (1.0 + b.abs()), "{what}: {a} below {b}");
                if a > b * (1.0 + 1e-5) {
                    above += 1
                } else {
                    equal += 1
                }
                kept(&program, &found, &instance.corners(), &what);
            }
            other => panic!("{what}: {other:?}"),
        }
    }
    assert!(equal >= 5 && above >= 1, "{equal} equal, {above} above, {none} without");
}

#[test]
fn rules_are_exact_for_one_factor_and_for_a_simplex() {
    let mut compared = 0;
    for seed in 400..440 {
        let customers = 1 + (seed % 3) as usize;
        let instance = Instance::random(seed, customers, false).first_budget().with_limit(0.7);
        if customers > 1 && instance.budgets[0].2 {
            // Two-sided: no simplex.
            continue;
        }
        let program = program_of(&instance.uncertain());
        let exact = robust(&program, &options(1e-7, 2));
        let found = by_rules(&program, false);
        assert_eq!(exact.termination, found.termination, "seed {seed}");
        if let (Some(a), Some(b)) = (found.cost, exact.cost) {
            assert!((a - b).abs() <= 1e-5 * (1.0 + b.abs()), "seed {seed}: {a} against {b}");
            compared += 1;
        }
    }
    assert!(compared >= 10, "{compared}");
}

#[test]
fn equations_of_the_set_leave_equations_room() {
    // Served exactly, though only the sum of the two is fixed: the third unit takes what is left.
    let text = "uncertain a, b in 0..1\nbudget both : a + b = 1\nvar size : number in 0..10, ahead\n\
        var x : number in 0..10, recourse\nvar y : number in 0..10, recourse\n\
        rule exact : x + y = 3 + a + b\nrule first : x >= a\nrule cap : x + y <= size\nminimize size + 2 * x + y\n";
    let program = program_of(text);
    let (found, exact) = (by_rules(&program, false), robust(&program, &options(1e-7, 1)));
    let (a, b) = (found.cost.expect("a cost"), exact.cost.expect("a cost"));
    assert!((a - 9.0).abs() < 1e-6 && (b - 9.0).abs() < 1e-6, "{a}, {b}");
    kept(&program, &found, &[vec![1.0, 0.0], vec![0.0, 1.0], vec![0.5, 0.5]], "both");
}

#[test]
fn bends_in_costs_and_rules_are_linear_pieces() {
    let text = "uncertain g in -1..1\nvar plan : number in 0..10, ahead\nvar act : number in 0..10, recourse\n\
        rule near : abs(act - plan) <= 2.5\nrule need : act >= 4 + 3 * g\n\
        minimize 2 * plan + max(act, 3 * act - 10) + abs(act - plan)\n";
    let program = program_of(text);
    let (found, exact) = (by_rules(&program, false), robust(&program, &options(1e-7, 1)));
    let (a, b) = (found.cost.expect("a cost"), exact.cost.expect("a cost"));
    assert!((a - b).abs() < 1e-5 * (1.0 + b), "{a} against {b}");
}

/// Stock over four periods, written out.
fn stock() -> String {
    let mut text = String::from("var first : number in 0..50, ahead\n");
    text += "horizon 4 h step 1 h\nuncertain z[t] in -1..1\nbudget hours : sum(t: abs(z[t])) <= 2.5\n";
    text += "var made[t] : number in 0..14, recourse\nvar stock[t] : number in 0..30, recourse\n";
    text += "rule balance[t] : stock[t] = first + sum(u in periods where u <= t: made[u] - 10 - 4 * z[u])\n";
    text + "minimize 5 * first + sum(t: made[t] + 0.5 * stock[t])\n"
}

#[test]
fn causal_rules_know_only_what_has_come() {
    let program = program_of(&stock());
    let exact = robust(&program, &options(1e-7, 2)).cost.expect("a cost");
    let (all, causal) = (by_rules(&program, false), by_rules(&program, true));
    let (a, c) = (all.cost.expect("a cost"), causal.cost.expect("a cost"));
    assert!(exact <= a * (1.0 + 1e-6) && a <= c * (1.0 + 1e-6), "{exact}, {a}, {c}");
    let set = Set::new(&program);
    let corners = set.corners(&set.groups()[0], 10_000).expect("few corners");
    kept(&program, &all, &corners, "all");
    kept(&program, &causal, &corners, "causal");
    let policy = causal.policy.expect("rules");
    for (v, slopes) in program.variables.iter().zip(&policy.slopes) {
        let now = v.name.columns().2;
        assert!(slopes.iter().all(|(f, _)| now.is_some_and(|t| *f <= t)), "{}: {slopes:?}", v.name);
        assert!(v.stage == Stage::Recourse || slopes.is_empty());
    }
    assert!(policy.slopes.iter().flatten().any(|(_, s)| s.abs() > 1e-6));
}

fn solved(text: &str) -> Solved {
    let (analysis, program) = analysis_of(text);
    let ask = SolveOptions::from(StudyOptions { solver: options(1e-9, 2), ..StudyOptions::default() });
    solve(&program, &analysis.model, &|_| None, &ask)
}

#[test]
fn location_and_transportation_by_affine_rules() {
    for row in [true, false] {
        let mut text = example("textbook/location_transportation.tie").replace("ccg", "affine");
        if !row {
            text = text.lines().filter(|l| !l.starts_with("rule enough")).collect::<Vec<_>>().join("\n");
        }
        let found = solved(&text);
        assert_eq!(found.result.status, Status::Optimal, "{:?}", found.result.diagnostics);
        // As good as the best plan against the worst case: 33 680.
        assert!((found.result.objective.expect("a value") - 33_680.0).abs() < 0.01, "{:?}", found.result.objective);
        let Found::Worst(worst) = &found.found else { panic!("no worst case") };
        let rules = worst.affine.as_ref().expect("rules");
        assert!((rules.plan.as_ref().expect("a proof").cost - 33_680.0).abs() < 0.01, "{:?}", rules.plan);
        let document = uncertain_document(&found, 0.0);
        assert_eq!(document["affine"]["rules"].as_array().map(Vec::len), Some(9));
        assert!((document["affine"]["at_most"].as_f64().expect("a number") - 33_680.0).abs() < 0.01);
    }
}

#[test]
fn what_is_not_linear_or_not_continuous_is_refused_in_place() {
    let study = "study cheap = robust affine\n";
    let codes = |text: &str| -> Vec<&'static str> {
        solved(&format!("{text}{study}")).result.diagnostics.iter().map(|d| d.id.code).collect()
    };
    assert_eq!(codes(&Instance::random(3, 2, true).uncertain()), ["E0711"]);
    let whole = "uncertain g in 0..1\nvar size : number in 0..10, ahead\nvar packs : integer in 0..9, recourse\n\
        rule served : size + packs >= 4 + 2 * g\nminimize 2 * size + 3 * packs\n";
    assert_eq!(codes(whole), ["E0711"]);
    let round = "uncertain g, h in -1..1\nbudget ball : hypot(g, h) <= 1\nvar x : number in 0..9, recourse\n\
        var size : number in 0..9, ahead\nrule served : x + size >= g + h\nminimize x + 2 * size\n";
    assert_eq!(codes(round), ["E0711"]);
    // A bend on the wrong side.
    let bend = "uncertain g in 0..1\nvar size : number in 0..10, ahead\nvar x : number in 0..9, recourse\n\
        rule served : min(x, size) >= 2 + g\nrule far : x + size <= 9\nminimize size + x\n";
    assert!(codes(bend).is_empty());
}

#[test]
fn that_there_are_no_rules_is_not_that_there_is_no_plan() {
    // Parts of both signs with |g| + |h| <= 1 in all: an affine part that is 0 in the middle is 0 everywhere.
    let mut text = String::from("uncertain g, h in -1..1\nbudget both : abs(g) + abs(h) <= 1\n");
    for z in ["g", "h"] {
        text += &format!("var up_{z} : number in 0..1, recourse\nvar down_{z} : number in 0..1, recourse\n");
        text += &format!("rule split_{z} : up_{z} - down_{z} = {z}\n");
    }
    text += "var size : number in 0..1, ahead\nrule cap : up_g + down_g + up_h + down_h <= size\nminimize size\n";
    let exact = robust(&program_of(&text), &options(1e-7, 1));
    assert!((exact.cost.expect("a plan") - 1.0).abs() < 1e-6);
    let text = &(text + "study cheap = robust affine\n");
    let found = solved(text);
    assert_eq!(found.result.status, Status::Limit, "{:?}", found.result.objective);
    assert!(found.result.diagnostics.iter().any(|d| d.id.code == "E0712"), "{:?}", found.result.diagnostics);
    assert!(found.result.values.is_none());
}
