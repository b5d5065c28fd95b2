//! `solve`: one case, many, limits and interruption.

use crate::support::Folder;

const STUDY: &str = "param demand = 4\nparam price = 3\nvar x : number in 0..10\nvar y : number in 0..10\n\
    rule meet : x + y >= demand\nrule mix : y <= 2\nobjective money : minimize buying : price * x + making : 2 * y\n\
    case low { }\ncase high extends low { demand = 8 }\nsweep price in [1, 6] extends high\n";

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn all_cases_stand_in_one_table_with_differences_from_the_first() {
    let here = Folder::new();
    here.file("a.tie", STUDY);
    let run = here.run(&["solve", "a.tie", "--all-cases"]).ends(0);
    assert!(run.err.is_empty(), "{}", run.err);
    let line =
        |head: &str| run.out.lines().find(|l| l.starts_with(head)).unwrap_or_else(|| panic!("{head}: {}", run.out));
    let words = |head: &str| line(head)[head.len()..].split_whitespace().map(str::to_string).collect::<Vec<_>>();
    assert_eq!(words("case").join(" "), "low high price = 1 price = 6");
    assert_eq!(words("status"), ["optimal"; 4]);
    // 2·3 + 2·2; 6·3 + 2·2; 8·1; 6·6 + 2·2.
    assert_eq!(words("objective money"), ["10", "22", "8", "40"]);
    assert_eq!(words("  from low"), ["+12", "-2", "+30"]);
    assert_eq!(words("  in per cent"), ["+120.00", "%", "-20.00", "%", "+300.00", "%"]);
    assert_eq!(words("term buying"), ["6", "18", "8", "36"]);
}

#[test]
fn the_order_does_not_depend_on_the_threads() {
    let here = Folder::new();
    here.file("a.tie", STUDY);
    let table = |threads: &str| {
        let run = here.run(&["solve", "a.tie", "--all-cases", "--format", "csv", "--threads", threads]).ends(0);
        run.out.lines().filter(|l| !l.contains(",time,")).map(str::to_string).collect::<Vec<_>>()
    };
    let one = table("1");
    assert_eq!(one, table("4"));
    assert_eq!(one[0], "case,quantity,unit,value,difference,percent");
    assert!(one.iter().any(|l| l.starts_with("high,objective money,,22") && l.ends_with(",120")), "{one:#?}");
}

#[test]
fn json_holds_the_solutions_and_the_comparison() {
    let here = Folder::new();
    here.file("a.tie", STUDY);
    let run = here.run(&["solve", "a.tie", "--case", "high", "--case", "low", "--format", "json", "--out", "new/out"]);
    let all = json(&run.ends(0).out);
    assert_eq!(all["schema"], "tieline-comparison-1");
    assert_eq!(all["cases"][0]["case"], "high");
    assert_eq!(all["cases"][1]["solution"]["objective"]["value"], 10.0);
    let first = &all["comparison"][0];
    assert_eq!((&first["quantity"], &first["values"][1]["difference"]), (&"objective money".into(), &(-12.0).into()));
    let files: Vec<_> =
        std::fs::read_dir(here.path().join("new/out")).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(files.len(), 4, "{files:?}");
    assert_eq!(json(&here.read("new/out/comparison.json")), all);
    assert_eq!(json(&here.read("new/out/case-low.json"))["status"], "optimal");
}

#[test]
fn a_file_where_the_folder_would_be_is_told_before_the_solve_and_no_result_is_lost() {
    let here = Folder::new();
    here.file("a.tie", STUDY);
    here.file("taken", "kept as it is");
    for dir in ["taken", "taken/below"] {
        let run = here.run(&["solve", "a.tie", "--out", dir]).ends(2);
        assert!(run.out.is_empty() && run.err.contains("`taken` is a file"), "{run:#?}");
    }
    assert_eq!(here.read("taken"), "kept as it is");
    // What stands in the way of a file is found only when it is written.
    for (arguments, name) in [(&["--case", "low"][..], "solution.json"), (&["--all-cases"], "comparison.csv")] {
        std::fs::create_dir_all(here.path().join("out").join(name)).expect("a folder");
        let run = here.run(&[&["solve", "a.tie", "--out", "out"], arguments].concat()).ends(2);
        assert!(run.out.contains("10") && run.err.contains(name), "{run:#?}");
    }
}

#[test]
fn the_exit_code_of_several_cases_is_that_of_the_worst() {
    let here = Folder::new();
    here.file("a.tie", "param most = 4\nvar x : number in 0..10\nrule least : x >= 3\nrule cap : x <= most\nminimize x\nsweep most in [5, 2]\n");
    let run = here.run(&["solve", "a.tie", "--all-cases"]).ends(3);
    assert!(run.out.contains("infeasible") && run.err.contains("case `most = 2`"), "{run:#?}");
    here.run(&["solve", "a.tie", "--case", "most = 5"]).ends(0);
}

#[test]
fn unknown_cases_and_studies_are_told() {
    let here = Folder::new();
    here.file("a.tie", STUDY);
    here.file("plain.tie", "var x : number in 0..10\nminimize x\n");
    for arguments in [&["--case", "hihg"][..], &["--study", "worst"], &["--case", "price = 2"]] {
        let run = here.run(&[&["solve", "a.tie"], arguments].concat()).ends(1);
        assert!(run.out.contains("E0218"), "{arguments:?} {run:#?}");
    }
    let run = here.run(&["solve", "plain.tie", "--all-cases"]).ends(1);
    assert!(run.out.contains("has no cases"), "{run:#?}");
    here.run(&["solve", "a.tie", "--all-cases", "--case", "low"]).ends(2);
}

#[test]
fn a_sweep_is_checked_whichever_case_is_chosen() {
    let here = Folder::new();
    here.file("a.tie", "param cap : mass = 3 kg\nvar x : mass in 0 kg..cap\nmaximize x\nsweep cap in [1 kg, 2 kW]\nsweep cpa in [1 kg]\n");
    let run = here.run(&["check", "a.tie"]).ends(1);
    assert!(run.out.contains("2 kW") && run.out.contains("cpa"), "{}", run.out);
    here.file("b.tie", "param a = 1\nvar x : number in 0..a\nmaximize x\nsweep a in [2, 2]\nsweep a in []\n");
    let run = here.run(&["check", "b.tie", "--format", "concise"]).ends(1);
    assert!(run.out.contains("E0202") && run.out.contains("E0101"), "{}", run.out);
}

/// A knapsack with ten capacities and a hundred things, worth about what they weigh: good choices are
/// found at once, and no solver proves the best one within hours.
fn long_study() -> String {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from((state >> 16) % 900 + 100)
    };
    let list = |values: &[f64]| values.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let mut worth = vec![0.0; 100];
    let mut text = String::from("set thing = 1..100\nvar take[thing] : binary\n");
    for row in 0..10 {
        let weight: Vec<f64> = (0..100).map(|_| next()).collect();
        worth.iter_mut().zip(&weight).for_each(|(w, x)| *w += x / 10.0);
        let half = (weight.iter().sum::<f64>() / 2.0).round();
        text += &format!("param w{row}[thing] = [{}]\n", list(&weight));
        text += &format!("rule fits{row} : sum(i in thing: w{row}[i] * take[i]) <= {half}\n");
    }
    let worth: Vec<f64> = worth.iter().map(|w| (w + next() / 2.0).round()).collect();
    text + &format!("param worth[thing] = [{}]\nmaximize sum(i in thing: worth[i] * take[i])\n", list(&worth))
}

#[test]
fn a_limit_is_said_with_the_gap() {
    let here = Folder::new();
    here.file("a.tie", long_study());
    let run = here.run(&["solve", "a.tie", "--gap", "0%", "--time-limit", "3s", "--format", "json"]).ends(4);
    let solution = json(&run.out);
    assert_eq!(solution["status"], "feasible");
    assert!(solution["gap"].as_f64().is_some_and(|g| g > 1e-6), "{}", solution["gap"]);
    assert!(run.err.contains("W0702") && run.err.contains("0 % was asked for"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_with_the_best_solution_so_far() {
    use std::process::Stdio;
    use std::time::{Duration, Instant};
    let here = Folder::new();
    here.file("a.tie", long_study());
    let mut wait = 3.0;
    loop {
        let child = here
            .program(&["solve", "a.tie", "--gap", "0%", "--format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(Duration::from_secs_f64(wait));
        let signalled = Instant::now();
        let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(kill.expect("kill runs").success(), "it has ended before it was interrupted");
        let output = child.wait_with_output().expect("it ends");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        let solution = json(&String::from_utf8_lossy(&output.stdout));
        assert!(signalled.elapsed() < Duration::from_secs(120), "it goes on after the interruption");
        if output.status.code() == Some(5) && wait < 60.0 {
            // A slow machine had no solution yet.
            wait *= 3.0;
            continue;
        }
        assert_eq!(output.status.code(), Some(4), "{err}");
        assert_eq!(solution["status"], "feasible");
        assert_eq!(solution["verification"]["passed"], true);
        let (value, bound) = (solution["objective"]["value"].as_f64(), solution["bound"].as_f64());
        assert!(value.zip(bound).is_some_and(|(v, b)| v < b && v > 0.9 * b), "{value:?} {bound:?}");
        assert!(err.contains("interrupted") && !err.contains("nodes"), "no line of progress outside a terminal: {err}");
        return;
    }
}

#[test]
fn an_infeasible_study_names_the_rules_that_conflict_and_by_how_much() {
    let here = Folder::new();
    here.file(
        "a.tie",
        "param least : mass = 12 kg\nvar x : mass in 0 kg..10 kg\nvar y : mass in 0 kg..10 kg\nvar z : mass in 0 kg..10 kg\n\
         rule enough : x + y >= least\nrule idle : z <= 3 kg\nrule little : x + 2 * y <= 10 kg\nminimize x + z\n",
    );
    let run = here.run(&["solve", "a.tie"]).ends(3);
    assert!(run.err.contains("E0701") && run.err.contains("`enough`, `little` and the limits of `y`"), "{}", run.err);
    assert!(!run.err.contains("idle"), "{}", run.err);
    assert!(run.err.contains("with every other rule kept, `enough` is missed by 2 kg"), "{}", run.err);
    // Whole numbers: three of four shares of a half.
    here.file(
        "b.tie",
        "var a : binary\nvar b : binary\nvar c : number in 0..9\nrule same : a + b = 1\nrule equal : a = b\nrule c_least : c >= 1\nminimize c\n",
    );
    let run = here.run(&["solve", "b.tie"]).ends(3);
    assert!(run.err.contains("`same`") && run.err.contains("`equal`") && !run.err.contains("c_least"), "{}", run.err);
    assert!(run.err.contains("whole numbers"), "{}", run.err);
}

#[test]
fn a_network_without_an_allowed_state_says_which_limits_are_in_the_way() {
    let here = Folder::new();
    here.file("a.tie", include_str!("../../examples/ieee33.tie"));
    let run = here.run(&["solve", "a.tie", "--set", "bus.v_min=0.95 pu"]).ends(3);
    assert!(run.err.contains("E0701") && run.err.contains("bus 32 is at 0.94"), "{}", run.err);
}

#[test]
fn an_unbounded_study_names_what_runs_away() {
    let here = Folder::new();
    here.file("a.tie", "var sold : number >= 0\nvar kept : number in 0..4\nmaximize 3 * sold + kept\n");
    let run = here.run(&["solve", "a.tie"]).ends(1);
    assert!(run.err.contains("E0702") && run.err.contains("`sold`") && !run.err.contains("kept`"), "{}", run.err);
    assert!(run.err.contains("a.tie:1:"), "{}", run.err);
}

#[test]
fn a_study_without_decisions_ends_as_it_does_in_check() {
    let here = Folder::new();
    for study in ["snapshot\n", "param demand = 4\nminimize 3 * demand\n"] {
        here.file("a.tie", study);
        let checked = here.run(&["check", "a.tie"]).ends(1).out;
        let solved = here.run(&["solve", "a.tie"]).ends(1);
        assert!(checked.contains("E0510") && solved.out == checked, "{}", solved.out);
    }
}

const WORST: &str = "uncertain g in 0..1\nvar size : number in 0..10, ahead\nvar missing : number in 0..10, recourse\n\
    rule served : size + missing >= 4 + 2 * g\nminimize size + 3 * missing\nstudy worst = robust ccg(gap = 0 %)\n";

#[test]
fn a_robust_search_goes_on_from_its_saved_state() {
    let here = Folder::new();
    here.file("a.tie", WORST);
    let whole = here.run(&["solve", "a.tie", "--format", "json", "--save-state", "state.json"]).ends(0);
    let state = json(&here.read("state.json"));
    assert_eq!(state["tieline_robust_state"], 1);
    assert_eq!(state["factors"], serde_json::json!(["g"]));
    let again = here.run(&["solve", "a.tie", "--format", "json", "--resume", "state.json"]).ends(0);
    let (whole, again) = (json(&whole.out), json(&again.out));
    for key in ["objective", "bound", "worst_case", "iterations"] {
        assert_eq!(whole[key], again[key], "{key}");
    }
    assert_eq!(here.names(), ["a.tie", "state.json"]);
    // Another model.
    here.file("a.tie", WORST.replace("2 * g", "3 * g"));
    let changed = here.run(&["solve", "a.tie", "--resume", "state.json"]).ends(1);
    assert!(changed.out.contains("E0707") && changed.out.contains("has been changed"), "{}", changed.out);
    // No state at all.
    let none = here.run(&["solve", "a.tie", "--resume", "a.tie"]).ends(2);
    assert!(none.err.contains("cannot go on from `a.tie`: it is no JSON"), "{}", none.err);
    here.run(&["solve", "a.tie", "--resume", "nowhere.json"]).ends(2);
    let unwritten = here.run(&["solve", "a.tie", "--save-state", "no/state.json"]).ends(2);
    assert!(unwritten.err.contains("cannot write `no/state.json`"), "{}", unwritten.err);
    // A study of another kind.
    here.file("a.tie", WORST.replace("robust ccg(gap = 0 %)", "deterministic"));
    here.run(&["solve", "a.tie", "--save-state", "state.json"]).ends(1);
}

#[test]
fn affine_rules_say_what_they_guarantee() {
    let here = Folder::new();
    let cheap = WORST.replace("robust ccg(gap = 0 %)", "robust affine(gap = 0 %, causal = yes, samples = 10)");
    here.file("a.tie", &cheap);
    let run = here.run(&["solve", "a.tie"]).ends(0);
    assert!(run.out.contains("affine rules      at most 6 in every realisation"), "{}", run.out);
    assert!(run.out.contains("acting at best    6 in the worst case of the plan, by all 2 corners"), "{}", run.out);
    assert!(run.out.contains("10 samples"), "{}", run.out);
    let out = json(&here.run(&["solve", "a.tie", "--format", "json"]).ends(0).out);
    assert_eq!(out["affine"]["rules"][0]["quantity"], "missing");
    // With what is decided ahead given: three of six are missing at worst, 3 + 3 * 3.
    here.file("plan.csv", "quantity,value\nsize,3\n");
    let out = json(&here.run(&["solve", "a.tie", "--plan", "plan.csv", "--format", "json"]).ends(0).out);
    assert_eq!(out["affine"]["at_most"], 12.0);
    assert_eq!(out["given"]["fixed"], 1);
    let rule = &out["affine"]["rules"][0];
    let (middle, slope) = (rule["value"].as_f64().unwrap_or(0.0), rule["per_factor"]["g"].as_f64().unwrap_or(0.0));
    assert!((middle + 0.5 * slope - 3.0).abs() < 1e-6 && middle >= 2.0 - 1e-6, "{rule}");
    // None of a search's state, and no such argument.
    here.run(&["solve", "a.tie", "--save-state", "s.json"]).ends(1);
    here.file("a.tie", cheap.replace("causal", "casual"));
    let run = here.run(&["solve", "a.tie"]).ends(1);
    assert!(run.out.contains("did you mean `causal`?"), "{}", run.out);
}

#[test]
fn goals_that_came_before_are_told_with_what_the_plan_is_worth_to_them() {
    let here = Folder::new();
    here.file(
        "a.tie",
        "var x, y : number in 0..4\nobjective most : maximize x + y\nobjective least : minimize x\nrule r : x + y <= 6\noptimize most, then least\n",
    );
    let run = here.run(&["solve", "a.tie", "--gap", "0.0001%"]).ends(0);
    // The later goal may cost the earlier one as much as the gap.
    let near = |line: usize, name: &str, wanted: f64| {
        let text =
            run.out.lines().nth(line).and_then(|l| l.strip_prefix(name)).unwrap_or_else(|| panic!("{}", run.out));
        let value: f64 = text.trim().parse().expect("a number");
        assert!((value - wanted).abs() < 1e-4, "{}", run.out);
    };
    near(1, "most ", 6.0);
    near(2, "least ", 2.0);
    let run = here.run(&["solve", "a.tie", "--gap", "0.0001%", "--format", "json"]).ends(0);
    let told: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(told["earlier_goals"][0]["name"], "most");
    let value = told["earlier_goals"][0]["value"].as_f64().expect("a value");
    assert!((value - 6.0).abs() < 1e-4 && told["earlier_goals"][0]["unit"] == "", "{}", told["earlier_goals"]);
}

#[test]
fn a_limit_that_contradicts_rules_is_named_with_its_element() {
    let here = Folder::new();
    here.file(
        "a.tie",
        "use std.grid\nbus 1 { }\nbus 2 { }\nbus 3 { }\nbus.nominal = 10 kV\nbus.v_min = 0.9 pu\nbus.v_max = 1.1 pu\n\
         line \"weak\" from bus 1 to bus 2 { r = 0.1 ohm; x = 0.1 ohm; rate = 20 A }\n\
         line \"strong\" from bus 1 to bus 3 { r = 0.1 ohm; x = 0.1 ohm; rate = 200 A }\n\
         load 2 at bus 2 { p = 1 MW; q = 0 kvar }\nload 3 at bus 3 { p = 1 MW; q = 0 kvar }\n\
         source \"s\" at bus 1 { v_set = 1 pu }\nwith conic, radial\nsnapshot\nminimize losses\n",
    );
    let run = here.run(&["solve", "a.tie"]).ends(3);
    assert!(run.err.contains("the limit of `arc.") && run.err.contains("[weak:"), "{}", run.err);
    assert!(!run.err.contains("[strong"), "{}", run.err);
}
