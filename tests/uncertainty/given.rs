//! Plans that are given: what they cost against enumeration, and what they fix.

use crate::instances::Instance;
use crate::support::random::Random;
use crate::{analysis_of, example, options, program_of};
use std::sync::Arc;
use tieline::lowered::{LowerOptions, lower};
use tieline::program::Program;
use tieline::report::uncertain_document;
use tieline::solution::{Engine, Termination, solve as solve_problem};
use tieline::source::FileId;
use tieline::study::{Status, StudyOptions};
use tieline::uncertainty::{Found, Given, Plan, SolveOptions, Solved, Stands, solve};

fn solved(text: &str, gap: f64, plan: Option<&str>) -> Solved {
    let (analysis, program) = analysis_of(text);
    let plan = plan.map(|p| Arc::new(Plan::read(FileId(0), "plan", p).expect("a readable plan")));
    let ask = SolveOptions { plan, ..StudyOptions { solver: options(gap, 2), ..StudyOptions::default() }.into() };
    let with = |setting: &str| {
        let request = tieline::analysis::Request { set: vec![setting.into()], ..Default::default() };
        tieline::analysis::analyse(&crate::Text(text), "study.tie", &request).program()
    };
    solve(&program, &analysis.model, &with, &ask)
}

fn stands(solved: &Solved) -> &Stands {
    solved.given.as_ref().and_then(|g| g.stands.as_ref()).expect("a judgement")
}

/// Cost of a text with sizes and openings fixed; none where nothing can be done.
fn fixed_cost(text: &str, plan: &[(String, f64)]) -> Option<f64> {
    let mut program: Program = program_of(text);
    for v in &mut program.variables {
        if let Some((_, x)) = plan.iter().find(|(n, _)| v.name == n.as_str()) {
            (v.lower, v.upper) = (*x, *x);
        }
    }
    let lowering = lower(&program, &LowerOptions::default());
    let outcome = solve_problem(&lowering.problem, Engine::Auto, &options(1e-6, 1), None);
    match outcome.termination {
        Termination::Infeasible => None,
        Termination::Optimal => outcome.objective.map(|o| o * lowering.problem.objective_scale),
        other => panic!("{other:?}"),
    }
}

fn robust_text(instance: &Instance) -> String {
    instance.uncertain() + "study worst = robust ccg(gap = 0.0001 %, samples = 20)\n"
}

#[test]
fn the_plan_of_a_robust_study_has_its_own_worst_cost() {
    for seed in 0..12 {
        let text = robust_text(&Instance::random(seed, 2 + (seed % 3) as usize, seed % 4 == 3));
        let first = solved(&text, 1e-6, None);
        let Some(cost) = first.result.objective else { continue };
        let again = solved(&text, 1e-6, Some(&uncertain_document(&first, 0.0).to_string()));
        assert_eq!(again.result.status, Status::Optimal, "seed {seed}: {:?}", again.result.diagnostics);
        let worst = again.result.objective.expect("a cost");
        assert!((worst - cost).abs() <= 1e-4 * (1.0 + cost.abs()), "seed {seed}: {worst} against {cost}");
        let stands = stands(&again);
        assert!(
            stands.judged.samples == 20
                && stands.judged.unserved == 0
                && stands.failing == 0
                && stands.missed.is_empty()
        );
        assert!(stands.judged.quantile.expect("served") <= worst * (1.0 + 1e-6), "seed {seed}");
        assert_eq!(again.given.as_ref().map(|g| (g.fixed, g.open)), Some((4, 0)));
    }
}

#[test]
fn a_changed_plan_costs_what_enumeration_of_corners_says() {
    let (mut served, mut unserved) = (0, 0);
    for seed in 300..330 {
        let instance = Instance::random(seed, 2 + (seed % 3) as usize, false);
        let mut r = Random(seed);
        let size = |r: &mut Random| (200.0 * r.unit() / instance.customers as f64).round() / 4.0;
        let (a, b) = (size(&mut r), size(&mut r));
        let table = format!("quantity,value\nopen_0,1\nopen_1,1\nsize_0,{a}\nsize_1,{b}\n");
        let judged = solved(&robust_text(&instance), 1e-6, Some(&table));
        let plan: Vec<(String, f64)> =
            [("open_0", 1.0), ("open_1", 1.0), ("size_0", a), ("size_1", b)].map(|(n, x)| (n.into(), x)).into();
        let corners = instance.corners();
        match fixed_cost(&instance.against(&corners), &plan) {
            Some(cost) => {
                served += 1;
                assert_eq!(judged.result.status, Status::Optimal, "seed {seed}");
                let found = judged.result.objective.expect("a cost");
                assert!((found - cost).abs() <= 1e-5 * (1.0 + cost.abs()), "seed {seed}: {found} against {cost}");
            }
            None => {
                unserved += 1;
                assert_eq!(judged.result.status, Status::Infeasible, "seed {seed}");
                let failing = |z: &&Vec<f64>| fixed_cost(&instance.against(&[(*z).clone()]), &plan).is_none();
                let stands = stands(&judged);
                assert_eq!(stands.failing, corners.iter().filter(failing).count(), "seed {seed}");
                assert!(stands.missed.iter().all(|m| m.rule.starts_with("meet_") || m.rule.starts_with("ship_")));
                assert!(!stands.missed.is_empty() && judged.result.diagnostics.iter().any(|d| d.id.code == "E0701"));
            }
        }
    }
    assert!(served >= 5 && unserved >= 5, "{served} served, {unserved} not");
}

#[test]
fn what_a_plan_leaves_open_is_decided_by_the_study() {
    let text = example("textbook/location_transportation.tie");
    let value = |table: &str| {
        let found = solved(&text, 1e-9, Some(table));
        (found.result.objective.map(f64::round), found.given.map(|g| (g.fixed, g.open)))
    };
    // The best plan opens 1 and 3.
    assert_eq!(value("quantity,id,value\nopen,2,0\n"), (Some(33680.0), Some((1, 5))));
    assert_eq!(value("quantity,id,value\nopen,*,1\nopen,2,0\n"), (Some(33680.0), Some((3, 3))));
    let without_one = value("quantity,id,value\nopen,1,0\n").0.expect("a cost");
    assert!(without_one > 33680.0, "{without_one}");
}

#[test]
fn the_farmer_with_the_plan_for_the_mean() {
    // Birge and Louveaux: 107 240 in expectation.
    let text = example("textbook/farmer.tie");
    let plan = "quantity,id,value\nacres,wheat,120\nacres,corn,80\nbeet_acres,,300\n";
    let found = solved(&text, 1e-9, Some(plan));
    assert_eq!(found.result.status, Status::Optimal);
    assert!((found.result.objective.expect("a value") - 107_240.0).abs() < 0.5, "{:?}", found.result.objective);
    let Found::Scenarios(scenarios) = &found.found else { panic!("no scenarios") };
    assert_eq!(scenarios.contexts.len(), 3);
    assert!(scenarios.value.is_none(), "nothing is left to know better");
}

const DAYS: &str = "table days { day : id; probability : number; demand : number } { quiet | 0.5 | 2; usual | 0.3 | 3; busy | 0.2 | 5 }\n\
    scenarios s = rows(days)\nvar size : number in 0..10, ahead\nvar missing : number in 0..1, recourse\n\
    rule served : size + missing >= s.value[1]\nminimize size + 4 * missing\nstudy mean = stochastic extensive(over = s)\n";

#[test]
fn scenarios_that_a_plan_cannot_serve_are_counted_and_their_rules_named() {
    let found = solved(DAYS, 1e-6, Some("quantity,value\nsize,1.5\n"));
    assert_eq!(found.result.status, Status::Infeasible);
    let stands = stands(&found);
    assert_eq!((stands.all, stands.failing), (Some(3), 2));
    assert_eq!((stands.missed[0].rule.as_str(), stands.missed[0].times), ("served", 2));
    assert!((stands.missed[0].by - 2.5).abs() < 1e-5, "{:?}", stands.missed);
    let d = found.result.diagnostics.iter().find(|d| d.id.code == "E0701").expect("a finding");
    assert!(d.notes.iter().any(|n| n.contains("2 of 3")), "{d:?}");
}

#[test]
fn a_radius_is_that_of_the_plan() {
    let text = "param radius : ratio in 0..1 = 10 %\nuncertain z in -1..1\nvar size : number in 0..500, ahead\n\
        var short : number in 0..500, recourse\nrule served : size + short >= 100 * (1 + radius * z)\n\
        minimize size + 3 * short\nstudy far = igdt risk_averse(radius, tolerance = 30 %, precision = 0.01 %)\n";
    // 110 costs 110 without deviation; 143 pays for 11 short, at a radius of 21 %.
    let found = solved(text, 1e-6, Some("quantity,value\nsize,110\n"));
    let Found::Radii(radii) = &found.found else { panic!("no radii: {:?}", found.result.diagnostics) };
    assert!((radii.curve[0].lower - 0.21).abs() < 2e-4, "{:?}", radii.curve);
    // Free to decide, 130 stands at 30 %.
    let free = solved(text, 1e-6, None);
    let Found::Radii(radii) = &free.found else { panic!("no radii") };
    assert!((radii.curve[0].lower - 0.30).abs() < 2e-4, "{:?}", radii.curve);
}

#[test]
fn whole_numbers_decided_later_are_judged_too() {
    let text = "uncertain g in 0..1\nvar size : number in 0..10, ahead\nvar packs : integer in 0..9, recourse\n\
        rule served : size + packs >= 4 + 2.5 * g\nminimize 2 * size + 3 * packs\nstudy worst = robust ccg(gap = 0.001 %)\n";
    // 6.5 at most: 4.2 and three packs.
    let found = solved(text, 1e-5, Some("quantity,value\nsize,4.2\n"));
    assert!((found.result.objective.expect("a cost") - 17.4).abs() < 1e-2, "{:?}", found.result.objective);
}

#[test]
fn a_plan_that_breaks_its_own_rules_is_told_which() {
    let text = example("textbook/location_transportation.tie");
    let found = solved(&text, 1e-6, Some("quantity,id,value\nopen,*,1\nopen,3,0\nsize,*,0\nsize,3,700\n"));
    assert_eq!(found.result.status, Status::Infeasible);
    let d = &found.result.diagnostics[0];
    assert_eq!(d.id.code, "E0710");
    assert!(d.notes.iter().any(|n| n.contains("`limit[3]` by 700")), "{d:?}");
    assert!(d.notes.iter().any(|n| n.contains("`enough` by 72")), "{d:?}");
    assert!(matches!(found.given, Some(Given { stands: None, .. })));
}
