//! What is wrong with the studies of a file is told by `check`, with the finding that `solve` gives.

use crate::support::Folder;

/// Files in which one thing is wrong, which needs no solver to be seen: what is added to a sound file.
const ROBUST: &str = "uncertain z[t] in -1..1\nhorizon 3 h step 1 h\nbudget hours : sum(t: abs(z[t])) <= 2\n\
    var size : number in 0..500, ahead\nvar short[t] : number in 0..500, recourse\n\
    rule served[t] : size + short[t] >= 100 * (1 + 0.1 * z[t])\nminimize size + sum(t: 3 * short[t])\n";
const SCENARIOS: &str = "table demands { day : id; probability : number; demand : number } \
    { quiet | 0.5 | 2; usual | 0.3 | 3; busy | 0.2 | 5 }\nscenarios s = rows(demands)\n\
    var size : number in 0..10, ahead\nvar missing : number in 0..10, recourse\n\
    rule served : size + missing >= s.value[1]\nminimize size + 4 * missing\n";
const GAP: &str = "param radius : ratio in 0..1 = 10 %\nparam idle : ratio in 0..1 = 10 %\nparam narrow : ratio in 0..0.2 = 10 %\n\
    uncertain z in -1..1\nvar size : number in 0..500, ahead\nvar short : number in 0..500, recourse\n\
    rule served : size + short >= 100 * (1 + radius * z) * (1 + narrow * z * 0)\nminimize size + 3 * short\n";
const PLAIN: &str = "var x : number in 0..4\nvar y : number in 0..4\n";

/// Findings as `file:line:column: severity[code name]: message`, without warnings.
fn errors(text: &str) -> Vec<String> {
    let at = |line: &&str| line.contains("error[");
    text.lines().filter(at).map(str::to_string).collect()
}

/// The codes and places in the readable form of `solve`.
fn solved(here: &Folder, arguments: &[&str]) -> (i32, String) {
    let run = here.run(arguments);
    (run.code, format!("{}{}", run.out, run.err))
}

/// `check` tells one error of this code, and `solve` the same at the same place.
#[track_caller]
fn both(text: &str, code: &str) {
    let here = Folder::new();
    here.file("a.tie", text);
    let run = here.run(&["check", "a.tie", "--format", "concise"]);
    let found = errors(&run.out);
    assert_eq!(found.len(), 1, "one error in\n{text}\n{run:#?}");
    assert!(found[0].contains(code), "{code} in\n{text}\n{found:?}");
    assert_eq!(run.code, 1);
    let place = found[0].split(": error").next().unwrap_or_default().to_string();
    let message = found[0].split("]: ").nth(1).unwrap_or_default().to_string();
    let (exit, told) = solved(&here, &["solve", "a.tie", "--time-limit", "20s"]);
    assert_eq!(exit, 1, "solve refuses\n{text}\n{told}");
    assert!(told.contains(&place) && told.contains(code), "{place} {code} in what solve says of\n{text}\n{told}");
    let words: String = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&message), "{message}\n{told}");
}

#[test]
fn sound_studies_have_no_findings() {
    for (base, study) in [
        (ROBUST, "study w = robust ccg(gap = 1 %)"),
        (ROBUST, "study w = robust ccg(sets = [hours], gap = 1 %, samples = 20, scenarios = 2)"),
        (ROBUST, "study w = robust affine(causal = yes)"),
        (ROBUST, "study w = deterministic"),
        (SCENARIOS, "study w = stochastic extensive(over = s, gap = 0.1 %, value = yes)"),
        (SCENARIOS, "study w = stochastic decomposed(gap = 2 %)"),
        (SCENARIOS, "study w = stochastic extensive(weight = 30 %, level = 90 %)"),
        (SCENARIOS, "study w = stochastic extensive(chance = [served], risk = 5 %)"),
        (GAP, "study w = igdt risk_averse(radius, tolerance = [5 %, 40 %], precision = 1 %, most = 50 %)"),
        (GAP, "study w = igdt opportunity(radius, gain = 10 %)"),
    ] {
        let here = Folder::new();
        here.file("a.tie", format!("{base}{study}\n"));
        let run = here.run(&["check", "a.tie", "--format", "concise"]).ends(0);
        assert!(errors(&run.out).is_empty(), "{study}: {}", run.out);
        let (exit, told) = solved(&here, &["solve", "a.tie"]);
        assert_eq!(exit, 0, "{study}: {told}");
    }
}

#[test]
fn methods_and_their_arguments() {
    for study in [
        "robots ccg(gap = 1 %)",
        "robust cgg(gap = 1 %)",
        "deterministic ccg",
        "robust ccg(gpa = 1 %)",
        "robust ccg(gap = 150 %)",
        "robust ccg(gap = -1 %)",
        "robust ccg(gap = 1 kW)",
        "robust ccg(gap = many)",
        "robust ccg(gap = 1 %, gap = 2 %)",
        "robust ccg(5 %)",
        "robust ccg(hours)",
        "robust ccg(tolerance = 5 %)",
        "robust ccg(sets = [days])",
        "robust ccg(sets = [])",
        "robust ccg(sets = 3)",
        "robust ccg(samples = 1.5)",
        "robust ccg(samples = 0)",
        "robust ccg(scenarios = 3)",
        "robust ccg(causal = yes)",
        "robust affine(causal = maybe)",
        "robust affine(sets = [nothing])",
        "deterministic(samples = 3)",
        "stochastic extensive(gap = 1 %)",
        "robust ccg { ahead size; recourse size }",
    ] {
        let text = format!("{ROBUST}study w = {study}\n");
        both(&text, if study.contains("[days]") || study.contains("[nothing]") { "E0201" } else { "E0216" });
    }
    both(ROBUST, "E0706");
    both(&ROBUST.replace("-1..1", "-1 kW..1 kW"), "E0301");
}

#[test]
fn scenario_sets_and_their_arguments() {
    for (study, code) in [
        ("stochastic extensive(over = none_such)", "E0201"),
        ("stochastic extensive(over = [s, s])", "E0216"),
        ("stochastic extensive(over = 3)", "E0216"),
        ("stochastic extensive(weight = 120 %)", "E0216"),
        ("stochastic extensive(weight = 30 %, level = 100 %)", "E0216"),
        ("stochastic extensive(level = 95 %)", "E0216"),
        ("stochastic extensive(chance = [serves], risk = 5 %)", "E0201"),
        ("stochastic extensive(chance = [served])", "E0216"),
        ("stochastic extensive(risk = 5 %)", "E0216"),
        ("stochastic extensive(chance = [served], risk = 105 %)", "E0216"),
        ("stochastic extensive(value = perhaps)", "E0216"),
        ("stochastic decomposed(weight = 30 %)", "E0706"),
        ("stochastic decomposed(chance = [served], risk = 5 %)", "E0706"),
        ("stochastic by_hand(over = s)", "E0216"),
        ("stochastic extensive(s)", "E0216"),
    ] {
        both(&format!("{SCENARIOS}study w = {study}\n"), code);
    }
    for (from, to) in [
        ("0.2 | 5", "0.3 | 5"),
        ("0.2 | 5", "-0.2 | 5"),
        ("rows(demands)", "rows(demands, into = 3)"),
        ("rows(demands)", "rows(demand)"),
        ("0.5 | 2", "0.5 | none"),
        ("usual", "quiet"),
        ("probability : number", "propability : number"),
        ("scenarios s = rows(demands)", "scenarios a = b * s\nscenarios b = a\nscenarios s = rows(demands)"),
        ("scenarios s = rows(demands)", "scenarios a = rows(demands)\nscenarios s = reduce(a)"),
        ("scenarios s = rows(demands)", "scenarios a = rows(demands)\nscenarios s = reduce(a, into = 2, into = 2)"),
        ("rows(demands)", "rows(demands, demands)"),
        ("rows(demands)", "row(demands)"),
        ("rows(demands)", "cluster(demands)"),
        ("rows(demands)", "cluster(demands, into = 0)"),
        ("rows(demands)", "cluster(demands, into = 2)"),
        ("rows(demands)", "cluster(demands, into = 2, by = kmeens)"),
        ("scenarios s = rows(demands)", "scenarios a = rows(demands)\nscenarios s = reduce(a, into = 4)"),
    ] {
        let text = format!("{}study w = stochastic extensive\n", SCENARIOS.replace(from, to));
        let here = Folder::new();
        here.file("a.tie", &text);
        let run = here.run(&["check", "a.tie", "--format", "concise"]).ends(1);
        assert!(!errors(&run.out).is_empty(), "{to}: {}", run.out);
        assert_eq!(solved(&here, &["solve", "a.tie"]).0, 1, "{to}");
    }
}

#[test]
fn radii_and_their_questions() {
    for study in [
        "igdt risk_averse(radius)",
        "igdt risk_averse(tolerance = 10 %)",
        "igdt risk_averse(radios, tolerance = 10 %)",
        "igdt risk_averse(idle, tolerance = 10 %)",
        "igdt risk_averse(size, tolerance = 10 %)",
        "igdt risk_averse(narrow, tolerance = 10 %)",
        "igdt risk_averse(radius, gain = 10 %)",
        "igdt risk_averse(radius, tolerance = -10 %)",
        "igdt risk_averse(radius, tolerance = [10 %, often])",
        "igdt risk_averse(radius, tolerance = [])",
        "igdt risk_averse(radius, tolerance = 10 %, most = 200 %)",
        "igdt risk_averse(radius, tolerance = 10 %, most = 0)",
        "igdt risk_averse(radius, tolerance = 10 %, precision = 0)",
        "igdt risk_averse(radius, idle, tolerance = 10 %)",
        "igdt opportunity(radius, tolerance = 10 %)",
        "igdt hopeful(radius, gain = 10 %)",
        "igdt",
    ] {
        let here = Folder::new();
        here.file("a.tie", format!("{GAP}study w = {study}\n"));
        let run = here.run(&["check", "a.tie", "--format", "concise"]);
        assert_eq!(run.code, 1, "{study}: {}", run.out);
        assert!(errors(&run.out).iter().all(|e| e.contains("E0216")), "{study}: {}", run.out);
        let (exit, told) = solved(&here, &["solve", "a.tie"]);
        assert_eq!(exit, 1, "{study}: {told}");
        for error in errors(&run.out) {
            assert!(told.contains(error.split(": error").next().unwrap_or("?")), "{study}: {error}\n{told}");
        }
    }
}

#[test]
fn goals_and_convexity_under_each_study() {
    both(PLAIN, "E0506");
    both(&format!("{PLAIN}minimize x * y\n"), "E0502");
    both(&format!("{PLAIN}maximize x^2\n"), "E0501");
    both(&format!("{PLAIN}study w = deterministic\n"), "E0506");
    for study in ["deterministic", "robust ccg", "robust affine", "igdt risk_averse(radius, tolerance = 10 %)"] {
        let text = if study.starts_with("igdt") { GAP } else { ROBUST };
        let maximal = text.replace("minimize size", "minimize -size^2");
        let here = Folder::new();
        here.file("a.tie", format!("{maximal}study w = {study}\n"));
        let run = here.run(&["check", "a.tie", "--format", "concise"]).ends(1);
        assert!(errors(&run.out).len() == 1 && run.out.contains("E0501"), "{study}: {}", run.out);
        let (exit, told) = solved(&here, &["solve", "a.tie"]);
        assert!(exit == 1 && told.contains("E0501"), "{study}: {exit} {told}");
    }
    for study in ["extensive", "decomposed", "extensive(weight = 20 %)", "extensive(chance = [served], risk = 5 %)"] {
        let text = SCENARIOS.replace("minimize size", "minimize -size^2");
        let here = Folder::new();
        here.file("a.tie", format!("{text}study w = stochastic {study}\n"));
        let run = here.run(&["check", "a.tie", "--format", "concise"]).ends(1);
        assert!(errors(&run.out).len() == 1 && run.out.contains("E0501"), "{study}: {}", run.out);
        let (exit, told) = solved(&here, &["solve", "a.tie"]);
        assert!(exit == 1 && told.contains("E0501"), "{study}: {exit} {told}");
    }
    // What worst cases and affine rules cannot do.
    both(&format!("{}study w = robust ccg\n", ROBUST.replace("3 * short[t]", "(3 + z[t]) * short[t]")), "E0505");
    both(&format!("{}study w = robust affine\n", ROBUST.replace("3 * short[t]", "short[t]^2")), "E0711");
    let whole =
        ROBUST.replace("horizon 3 h", "horizon 30 h").replace("var short[t] : number", "var short[t] : integer");
    both(&format!("{whole}study w = robust ccg\n"), "E0706");
    let second =
        ROBUST.replace("minimize size", "optimize a, then b\nobjective a : minimize size\nobjective b : minimize size");
    both(&format!("{second}study w = robust ccg\n"), "E0706");
}

#[test]
fn every_study_and_every_case_of_a_file_is_checked() {
    let here = Folder::new();
    here.file(
        "a.tie",
        format!("{ROBUST}study first = robust ccg\nstudy second = robust ccg(sets = [days])\nstudy third = rubost\n"),
    );
    let run = here.run(&["check", "a.tie", "--format", "concise"]).ends(1);
    let found = errors(&run.out);
    assert_eq!(found.len(), 2, "{}", run.out);
    assert!(found[0].contains("a.tie:9:") && found[1].contains("a.tie:10:"), "{}", run.out);
    for study in ["second", "third"] {
        assert_eq!(solved(&here, &["solve", "a.tie", "--study", study]).0, 1);
    }
    // What one study decides ahead is of no concern to another.
    let recourse = "uncertain z in -1..1\nvar a : number in 0..9\nvar b : number in 0..9\nrule r : a + b * (1 + z) >= 3\n\
        minimize a + b\nstudy sound = robust ccg { ahead b }\nstudy unsound = robust ccg { recourse b }\n";
    here.file("a.tie", recourse);
    let run = here.run(&["check", "a.tie"]).ends(1);
    assert!(run.out.contains("E0505") && run.out.contains("in study `unsound`"), "{}", run.out);
    assert!(run.out.contains("1 error"), "{}", run.out);
    assert_eq!(solved(&here, &["solve", "a.tie", "--study", "sound"]).0, 0);
    assert_eq!(solved(&here, &["solve", "a.tie"]).0, 0);
    let (exit, told) = solved(&here, &["solve", "a.tie", "--study", "unsound"]);
    assert!(exit == 1 && told.contains("E0505"), "{told}");
    // A case may spoil a study.
    here.file(
        "a.tie",
        format!("{GAP}study far = igdt risk_averse(radius, tolerance = 10 %)\ncase wild {{ minimize -size^2 }}\n"),
    );
    let run = here.run(&["check", "a.tie"]).ends(1);
    assert!(run.out.contains("E0501") && run.out.contains("in case \"wild\""), "{}", run.out);
}

#[test]
fn names_that_are_declared_twice() {
    for twice in [
        "study w = robust ccg\nstudy w = robust affine\n",
        "budget hours : z[1] <= 0.5\n",
        "uncertain z[t] in -2..2\n",
        "modes a, b, a\n",
    ] {
        let here = Folder::new();
        here.file("a.tie", format!("{ROBUST}study first = robust ccg\n{twice}"));
        let run = here.run(&["check", "a.tie", "--format", "concise"]).ends(1);
        assert!(run.out.contains("E0202"), "{twice}: {}", run.out);
        assert_eq!(solved(&here, &["solve", "a.tie"]).0, 1);
    }
}
