//! Plans side by side: no sample costs more than the proven worst case, and robustness buys what it says.

use crate::{analysis_of, example, options};
use tieline::report::uncertain_summary;
use tieline::study::StudyOptions;
use tieline::uncertainty::{Found, Set, SolveOptions, samples, solve};

#[test]
fn the_robust_plan_is_dearer_in_the_middle_and_cheaper_at_worst() {
    let text = example("textbook/location_transportation.tie").replace("gap = 0 %", "gap = 0 %, samples = 200");
    let (analysis, program) = analysis_of(&text);
    let ask = SolveOptions::from(StudyOptions { solver: options(0.0, 2), ..StudyOptions::default() });
    let solved = solve(&program, &analysis.model, &|_| None, &ask);
    let Found::Worst(worst) = &solved.found else { panic!("no worst case") };
    let [(_, middle), (_, robust)] = worst.compared.as_slice() else { panic!("{:?}", worst.compared) };
    assert!(middle.nominal.expect("a cost") <= robust.nominal.expect("a cost") + 1e-6);
    assert!((robust.worst.expect("a cost") - 33_680.0).abs() < 1e-3);
    assert!(middle.worst.is_none_or(|w| w >= 33_680.0 - 1e-3));
    assert_eq!((robust.samples, robust.unserved), (200, 0));
    let (mean, most) = (robust.mean.expect("a cost"), robust.quantile.expect("a cost"));
    assert!(mean <= most && most <= 33_680.0 + 1e-6, "{mean} {most}");
}

#[test]
fn the_plan_for_the_mean_has_the_least_mean_and_stands_between_the_others() {
    // Every sample is a scenario.
    let text = example("textbook/location_transportation.tie");
    let text = text.replace("gap = 0 %", "gap = 0 %, samples = 40, scenarios = 40");
    let (analysis, program) = analysis_of(&text);
    let ask = SolveOptions::from(StudyOptions { solver: options(0.0, 2), ..StudyOptions::default() });
    let solved = solve(&program, &analysis.model, &|_| None, &ask);
    let Found::Worst(worst) = &solved.found else { panic!("no worst case") };
    let names: Vec<&str> = worst.compared.iter().map(|c| c.0.as_str()).collect();
    assert_eq!(names, ["for the middle", "for the mean", "robust"]);
    let [(_, middle), (_, mean), (_, robust)] = worst.compared.as_slice() else { panic!("three plans") };
    assert_eq!(mean.unserved, 0);
    let of = |j: &tieline::uncertainty::Judged| j.mean.filter(|_| j.unserved == 0).unwrap_or(f64::INFINITY);
    assert!(of(mean) <= of(middle) + 1e-6 && of(mean) <= of(robust) + 1e-6, "{:?}", worst.compared);
    assert!(mean.worst.is_none_or(|w| w >= 33_680.0 - 1e-3));
    assert!(middle.nominal.expect("a cost") <= mean.nominal.expect("a cost") + 1e-6);
    let shown = uncertain_summary(&solved, 0.0);
    assert!(shown.contains("for the mean"), "{shown}");
}

#[test]
fn samples_lie_in_the_set_and_repeat() {
    let (_, program) = analysis_of(&example("textbook/location_transportation.tie"));
    let set = Set::new(&program);
    let list = samples(&set, 300, 4, &options(0.0, 1));
    assert!(list.iter().all(|z| set.contains(z, 1e-7)));
    assert_eq!(list, samples(&set, 300, 4, &options(0.0, 2)));
    assert_ne!(list, samples(&set, 300, 5, &options(0.0, 1)));
}
