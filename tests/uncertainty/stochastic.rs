//! Scenarios: a published problem, risk, chance constraints, clusters of the design's profiles.

use crate::{analysis_of, example, options};
use tieline::analysis::{Analysis, Request, analyse};
use tieline::program::Program;
use tieline::report::uncertain_document;
use tieline::solution::{Engine, Termination};
use tieline::source::Files;
use tieline::study::{Status, StudyOptions};
use tieline::uncertainty::{Aim, Chance, Found, Realisation, Solved, realisations, solve, solve_stochastic};

fn solved(analysis: &Analysis, program: &Program) -> Solved {
    solve(
        program,
        &analysis.model,
        &|_| None,
        &StudyOptions { solver: options(0.0, 2), ..StudyOptions::default() }.into(),
    )
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * (1.0 + b.abs())
}

fn scenarios(analysis: &Analysis, program: &Program) -> Vec<Realisation> {
    realisations(program, &analysis.model, None, analysis.model.names.studies[0].span).expect("scenarios")
}

#[test]
fn the_farmer_earns_what_the_book_says() {
    let (analysis, program) = analysis_of(&example("textbook/farmer.tie"));
    let solved = solved(&analysis, &program);
    assert_eq!(solved.result.status, Status::Optimal);
    assert!(close(solved.result.objective.expect("a value"), 108_390.0));
    assert!(solved.result.passed);
    let Found::Scenarios(found) = &solved.found else { panic!("no scenarios") };
    let costs: Vec<f64> = found.contexts.iter().filter_map(|c| c.cost).collect();
    assert!(close(costs[0], 48_820.0) && close(costs[1], 109_350.0) && close(costs[2], 167_000.0), "{costs:?}");
    let value = found.value.as_ref().expect("the value of information");
    // Value of the stochastic solution 1150, of perfect information 7016.
    assert!(close(value.mean_plan.expect("a value"), 107_240.0));
    assert!((value.perfect.expect("a value") - 115_405.555_555_6).abs() < 1e-3);
}

#[test]
fn all_risk_in_one_scenario_is_the_worst_case() {
    let (analysis, program) = analysis_of(&example("textbook/farmer.tie"));
    let list = scenarios(&analysis, &program);
    let at = |aim| solve_stochastic(&program, &list, aim, None, Engine::Auto, &options(0.0, 1)).cost.expect("a cost");
    let worst = at(Aim::Worst { floor: f64::NEG_INFINITY });
    assert!(close(at(Aim::RiskAverse { level: 2.0 / 3.0, weight: 1.0 }), worst));
    // Between the expectation and the worst, rising with level and weight.
    let expected = at(Aim::Expected);
    let half = at(Aim::RiskAverse { level: 0.5, weight: 1.0 });
    let mixed = at(Aim::RiskAverse { level: 0.5, weight: 0.5 });
    assert!(close(at(Aim::RiskAverse { level: 0.0, weight: 1.0 }), expected));
    assert!(expected <= mixed && mixed <= half && half <= worst, "{expected} {mixed} {half} {worst}");
}

#[test]
fn chance_constraints_let_the_dearest_scenarios_go() {
    let text = "table demands { id : id; probability : number; d : number } { a | 0.4 | 2; b | 0.3 | 3; c | 0.2 | 5; e | 0.1 | 9 }
scenarios s = rows(demands)
var x : number in 0..20, ahead
var y : number in 0..20, recourse
rule served : x >= s.value[1]
rule other : y >= x
minimize x + y
study careful = stochastic extensive(over = s, chance = [served], risk = RISK %)
";
    for (risk, x) in [("0", 9.0), ("9", 9.0), ("10", 5.0), ("29", 5.0), ("30", 3.0), ("60", 2.0), ("100", 0.0)] {
        let (analysis, program) = analysis_of(&text.replace("RISK", risk));
        let solved = solved(&analysis, &program);
        assert_eq!(solved.result.status, Status::Optimal, "{risk}");
        assert!(close(solved.result.objective.expect("a value"), 2.0 * x), "{risk}: {:?}", solved.result.objective);
    }
    let (analysis, program) = analysis_of(&text.replace("RISK", "10"));
    let chance = Chance { rules: vec!["served".into()], risk: 0.0 };
    let list = scenarios(&analysis, &program);
    let all = solve_stochastic(&program, &list, Aim::Expected, Some(&chance), Engine::Auto, &options(0.0, 1));
    assert_eq!((all.termination, all.cost.map(f64::round)), (Termination::Optimal, Some(18.0)));
}

#[test]
fn wrong_probabilities_and_sets_are_findings() {
    let text = "table demands { id : id; probability : number; d : number } { a | 0.4 | 2; b | 0.3 | 3 }
scenarios s = rows(demands)
var x : number in 0..20, ahead
rule served : x >= s.value[1]
minimize x
study careful = stochastic extensive(ARGS)
";
    for (args, message) in [
        ("over = s", "the probabilities of this table add up to 0.7"),
        ("over = r", "there are no scenarios `r`"),
        ("ober = s", "`stochastic` has no such argument"),
        ("over = s, chance = [serv], risk = 1 %", "the probabilities of this table add up to 0.7"),
    ] {
        let (analysis, program) = analysis_of(&text.replace("ARGS", args));
        let found: Vec<String> =
            solved(&analysis, &program).result.diagnostics.iter().map(|d| d.message.clone()).collect();
        assert_eq!(found, [message], "{args}");
    }
}

struct Design;

impl Files for Design {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/design");
        std::fs::read(folder.join(path)).map_err(|e| e.to_string())
    }
}

#[test]
fn thirty_profiles_of_three_quantities_become_27_scenarios() {
    let mut analysis = analyse(&Design, "s2_stochastic_41.tie", &Request::default());
    let program = analysis.program().expect("a program");
    let list = scenarios(&analysis, &program);
    assert_eq!(list.len(), 27);
    let total: f64 = list.iter().map(|s| s.probability).sum();
    assert!((total - 1.0).abs() < 1e-12);
    // Each probability is a product of three counts out of 30.
    assert!(list.iter().all(|s| (s.probability * 27_000.0 - (s.probability * 27_000.0).round()).abs() < 1e-6));
    // The mean over the scenarios is the mean over the profiles.
    for (i, f) in program.factors.iter().enumerate().filter(|(_, f)| f.name.starts_with("L[")) {
        let mean: f64 = list.iter().map(|s| s.probability * s.factors[i]).sum();
        let hour: usize = f.name[2..f.name.len() - 1].parse().expect("an hour");
        let raw = &analysis.model.tables[analysis.model.names.tables.get_index_of("raw_load").expect("a table")].series;
        let all: f64 = raw.iter().map(|r| r[hour - 1]).sum::<f64>() / 30.0;
        assert!((mean - all).abs() < 1e-9, "{}: {mean} against {all}", f.name);
    }
}

#[test]
fn every_scenario_shows_the_state_of_its_network() {
    let text = "use networks.ieee33 as feeder\n\
    horizon 2 h step 1 h\n\
    with lindistflow, radial\n\
    bus.v_min = 0.85 pu\n\
    bus.v_max = 1.05 pu\n\
    load.service = partial\n\
    table levels { id : id; probability : number; high : number } { low | 0.75 | 0.4; peak | 0.25 | 0.9 }\n\
    scenarios s = rows(levels)\n\
    load.profile[t] = s.value[1] * 1 pu\n\
    source.price = [50 EUR/MWh, 80 EUR/MWh]\n\
    line.closed = initial\n\
    minimize cost : integral(t: running_costs[t] + 3000 EUR/MWh * shed[t])\n\
    study day = stochastic extensive(over = s)\n";
    let (analysis, program) = analysis_of(text);
    let solved = solved(&analysis, &program);
    assert_eq!(solved.result.status, Status::Optimal, "{:?}", solved.result.diagnostics);
    let document = uncertain_document(&solved, 0.0);
    let contexts = document["contexts"].as_array().expect("contexts");
    let of = |k: usize, t: usize, key: &str| contexts[k]["periods"][t][key].as_f64().expect("a number");
    assert_eq!(contexts.len(), 2);
    for (k, level) in [(0, 0.4), (1, 0.9)] {
        assert_eq!(contexts[k]["periods"].as_array().map(Vec::len), Some(2));
        // What the feeder draws is its load of 3715 kW at that level, and the losses of the power flow.
        let drawn = of(k, 0, "import_kw") - of(k, 0, "losses_kw");
        assert!((drawn - 3715.0 * level).abs() < 0.1, "{drawn}");
    }
    assert!(of(1, 0, "losses_kw") > 4.0 * of(0, 0, "losses_kw"));
    assert!(of(1, 0, "min_voltage_pu") < of(0, 0, "min_voltage_pu"));
}
