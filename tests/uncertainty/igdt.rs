//! Information gaps: radii known in closed form, certified intervals, curves.

use crate::{Text, analysis_of, example, options, robust};
use tieline::analysis::{Request, analyse};
use tieline::program::Program;
use tieline::study::{Status, StudyOptions};
use tieline::uncertainty::{Found, Radii, Radius, SolveOptions, Solved, solve};

fn at(text: &str, setting: &str) -> Option<Program> {
    let request = Request { set: vec![setting.into()], ..Request::default() };
    analyse(&Text(text), "study.tie", &request).program()
}

fn solved(text: &str) -> Solved {
    let (analysis, program) = analysis_of(text);
    let options = SolveOptions::from(StudyOptions { solver: options(1e-6, 2), ..StudyOptions::default() });
    solve(&program, &analysis.model, &|setting| at(text, setting), &options)
}

fn radii(text: &str) -> Radii {
    let solved = solved(text);
    assert_eq!(solved.result.status, Status::Optimal, "{:?}", solved.result.diagnostics);
    match solved.found {
        Found::Radii(radii) => radii,
        other => panic!("{other:?}"),
    }
}

/// Demand 100 ± radius; capacity costs 1, what is short costs 3: the worst case costs 100 (1 + radius),
/// the best 100 (1 - radius).
const CAPACITY: &str = "param radius : ratio in 0..1 = 10 %
uncertain z in -1..1
var size : number in 0..500, ahead
var short : number in 0..500, recourse
rule served : size + short >= 100 * (1 + radius * z)
minimize size + 3 * short
study gap = igdt ASK
";

fn holds(r: &Radius, radius: f64) {
    assert!(r.lower <= radius + 1e-7 && radius <= r.upper + 1e-7, "{radius} is not in {}..{}", r.lower, r.upper);
    assert!(r.upper - r.lower <= 1e-3, "{r:?}");
}

#[test]
fn radii_in_closed_form() {
    let averse = radii(&CAPACITY.replace("ASK", "risk_averse(radius, tolerance = [5 %, 10 %, 40 %])"));
    assert!((averse.base.expect("a base").0 - 100.0).abs() < 1e-6);
    averse.curve.iter().zip([0.05, 0.1, 0.4]).for_each(|(r, at)| holds(r, at));
    let opportunity = radii(&CAPACITY.replace("ASK", "opportunity(radius, gain = [5 %, 10 %, 40 %])"));
    opportunity.curve.iter().zip([0.05, 0.1, 0.4]).for_each(|(r, at)| holds(r, at));
}

#[test]
fn radii_end_where_the_data_end() {
    let averse = radii(&CAPACITY.replace("ASK", "risk_averse(radius, tolerance = 300 %)"));
    assert!(averse.curve[0].capped && averse.curve[0].lower == 1.0, "{:?}", averse.curve);
    let less = radii(&CAPACITY.replace("ASK", "risk_averse(radius, tolerance = 40 %, most = 20 %)"));
    assert!(less.curve[0].capped && less.curve[0].lower == 0.2, "{:?}", less.curve);
    let never = radii(&CAPACITY.replace("ASK", "opportunity(radius, gain = 50 %, most = 20 %)"));
    assert!(never.curve[0].capped && never.curve[0].values.is_none(), "{:?}", never.curve);
}

#[test]
fn intervals_are_certified_and_curves_rise() {
    let text = example("textbook/location_transportation.tie");
    let text = text.replace("param swing = 40", "param radius : ratio in 0..1 = 100 %\nparam swing = 40");
    let text = text.replace("swing * g[j]", "radius * swing * g[j]");
    let text = text.replace(
        "robust ccg(gap = 0 %)",
        "igdt risk_averse(radius, tolerance = [1 %, 2 %, 4 %, 8 %], precision = 0.5 %)",
    );
    let found = radii(&text);
    let mut before = 0.0;
    for r in &found.curve {
        assert!(r.lower >= before, "{:?}", found.curve);
        before = r.lower;
        let cost =
            |radius: f64| robust(&at(&text, &format!("radius={radius}")).expect("a program"), &options(1e-7, 1)).cost;
        assert!(cost(r.lower).expect("a cost") <= r.threshold * (1.0 + 1e-6), "{r:?}");
        assert!(r.capped || cost(r.upper).expect("a cost") > r.threshold * (1.0 - 1e-6), "{r:?}");
    }
}

#[test]
fn wrong_questions_are_findings() {
    for (ask, message) in [
        ("risk_averse(radius)", "the study does not say how much worse is tolerated"),
        ("risk_averse(tolerance = 1 %)", "the study does not say which parameter is the radius"),
        ("risk_averse(radios, tolerance = 1 %)", "`radios` is no parameter"),
        ("risk_averse(radius, tolerance = 1 %, most = 200 %)", "`radius` cannot be set to every radius from 0 to 2"),
        ("risky(radius, tolerance = 1 %)", "`igdt` studies are not solved by `risky`"),
    ] {
        let found: Vec<String> =
            solved(&CAPACITY.replace("ASK", ask)).result.diagnostics.iter().map(|d| d.message.clone()).collect();
        assert_eq!(found, [message], "{ask}");
    }
}
