//! `check`.

use crate::support::Folder;
use serde_json::Value;

const RIGHT: &str = "var x : number in 0..10\nminimize x\n";
const WRONG: &str = "# größer\nvar x : number in 0..10\nminimize y\n";

#[test]
fn a_right_study_has_no_findings_in_any_format() {
    let here = Folder::new();
    here.file("a.tie", RIGHT);
    assert_eq!(here.run(&["check", "a.tie"]).ends(0).out, "no findings\n");
    assert_eq!(here.run(&["check", "a.tie", "--format", "concise"]).ends(0).out, "");
    let json: Value =
        serde_json::from_str(&here.run(&["check", "a.tie", "--format", "json"]).ends(0).out).expect("JSON");
    assert_eq!(json["diagnostics"], Value::Array(vec![]));
    let sarif: Value =
        serde_json::from_str(&here.run(&["check", "a.tie", "--format=sarif"]).ends(0).out).expect("JSON");
    assert_eq!((&sarif["version"], &sarif["runs"][0]["results"]), (&Value::from("2.1.0"), &Value::Array(vec![])));
}

#[test]
fn the_study_that_new_writes_is_right() {
    let here = Folder::new();
    here.run(&["new", "a.tie"]).ends(0);
    assert_eq!(here.run(&["check", "a.tie"]).ends(0).out, "no findings\n");
}

/// A network is no study: that nothing feeds its loads yet is no mistake. Solving it is.
#[test]
fn a_network_alone_is_right_and_cannot_be_solved() {
    let here = Folder::new();
    let network = "use std.grid\nbus 1 { nominal = 10 kV }\nbus 2 { nominal = 10 kV }\n\
                   line 1 from bus 1 to bus 2 { r = 1 ohm; x = 1 ohm }\nsource \"S\" at bus 1 { v_set = 1 pu }\n\
                   load \"L\" at bus 2 { p = 10 kW; q = 0 kvar }\n";
    here.file("net.tie", network);
    assert_eq!(here.run(&["check", "net.tie"]).ends(0).out, "no findings\n");
    let refused = here.run(&["solve", "net.tie"]).ends(1);
    let told = format!("{}{}", refused.out, refused.err);
    assert!(told.contains("E0506") && told.contains("asks for nothing") && told.contains("1 error"), "{told}");
}

#[test]
fn a_mistake_is_placed_in_every_format() {
    let here = Folder::new();
    here.file("a.tie", WRONG);
    let human = here.run(&["check", "a.tie"]).ends(1).out;
    assert!(
        human.contains("a.tie:3:10") && human.contains("E0201 unknown-name") && human.contains("1 error"),
        "{human}"
    );
    let concise = here.run(&["check", "a.tie", "--format", "concise"]).ends(1).out;
    assert!(concise.starts_with("a.tie:3:10: error[E0201 unknown-name]: "), "{concise}");
    assert_eq!(concise.lines().count(), 1);
    let json: Value =
        serde_json::from_str(&here.run(&["check", "a.tie", "--format", "json"]).ends(1).out).expect("JSON");
    assert_eq!(json["diagnostics"][0]["labels"][0]["start"]["line"], 3);
    let sarif: Value =
        serde_json::from_str(&here.run(&["check", "a.tie", "--format=sarif"]).ends(1).out).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "E0201");
}

#[test]
fn several_studies_are_checked_and_a_shared_module_reported_once() {
    let here = Folder::new();
    here.file("shared.tie", "param a = nothing\n");
    here.file("one.tie", format!("use shared\n{RIGHT}"));
    here.file("two.tie", format!("use shared\n{RIGHT}"));
    here.file("three.tie", WRONG);
    let run = here.run(&["check", "one.tie", "two.tie", "three.tie", "--format", "concise"]).ends(1);
    assert_eq!(run.out.lines().filter(|l| l.starts_with("shared.tie:1:11: ")).count(), 1, "{}", run.out);
    assert_eq!(run.out.lines().filter(|l| l.starts_with("three.tie:3:10: ")).count(), 1, "{}", run.out);
}

#[test]
fn modules_and_tables_are_found_beside_the_study_wherever_the_program_runs() {
    let here = Folder::new();
    here.file("deep/loads.csv", "bus,p_kw\n2,100\n");
    here.file("deep/parts/limits.tie", "param top = 3\n");
    here.file(
        "deep/study.tie",
        "use parts.limits\ntable loads from \"loads.csv\" { bus : id; p_kw : kW as p }\nvar x : number in 0..top\nminimize x\n",
    );
    assert_eq!(here.run(&["check", "deep/study.tie"]).ends(0).out, "no findings\n");
    let absolute = here.path().join("deep/study.tie");
    here.run(&["check", absolute.to_str().expect("a path")]).ends(0);
}

#[test]
fn a_study_may_come_from_the_standard_input() {
    let here = Folder::new();
    here.run_with(&["check", "-"], RIGHT).ends(0);
    let run = here.run_with(&["check", "-", "--format", "concise"], WRONG).ends(1);
    assert!(run.out.contains(":3:10: error[E0201"), "{}", run.out);
}

#[test]
fn files_that_cannot_be_understood_end_in_a_finding() {
    let here = Folder::new();
    here.file("empty.tie", "");
    here.file("latin.tie", b"# Z\xfcrich\nvar x : number in 0..1\nminimize x\n");
    here.file("zero.tie", vec![0u8; 100_000]);
    here.file(
        "noise.tie",
        (0..10_000_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<u8>>(),
    );
    here.file("line.tie", "(".repeat(1_000_000));
    here.file("deep.tie", format!("param a = {}1{}\n", "(".repeat(50_000), ")".repeat(50_000)));
    here.file("circle.tie", "use circle2\nvar x : number in 0..1\nminimize x\n");
    here.file("circle2.tie", "use circle\n");
    here.file("table.tie", "table t from \"t.csv\" { a : id; b : kW }\nvar x : number in 0..1\nminimize x\n");
    here.file("t.csv", "a,b\n1,nan\n2\n\"open\n");
    std::fs::create_dir(here.path().join("folder")).expect("made");
    for name in [
        "missing.tie",
        "folder",
        "empty.tie",
        "latin.tie",
        "zero.tie",
        "noise.tie",
        "line.tie",
        "deep.tie",
        "circle.tie",
        "table.tie",
    ] {
        let run = here.run(&["check", name]).ends(1);
        assert!(run.out.contains("error[E"), "{name}: {run:#?}");
        assert!(run.out.len() < 200_000, "{name}: {} bytes of messages", run.out.len());
        assert!(run.err.is_empty(), "{name}: {}", run.err);
    }
}

#[test]
fn cases_and_settings_are_checked_on_request() {
    let here = Folder::new();
    here.file(
        "a.tie",
        "param demand = 4\nvar x : number in 0..10\nrule meet : x >= demand\nminimize x\ncase high { demand = 5 }\n",
    );
    here.run(&["check", "a.tie", "--case", "high"]).ends(0);
    let run = here.run(&["check", "a.tie", "--case", "hihg"]).ends(1);
    assert!(run.out.contains("E0218") && run.out.contains("high"), "{}", run.out);
    here.run(&["check", "a.tie", "--set", "demand=6"]).ends(0);
    let run = here.run(&["check", "a.tie", "--set", "demnad=6"]).ends(1);
    assert!(run.out.contains("demand"), "{}", run.out);
    here.run(&["check", "a.tie", "--set", "demand"]).ends(2);
}

#[test]
fn every_case_is_checked_and_what_only_a_case_has_names_it() {
    let here = Folder::new();
    let text = "param most : ratio in 0..1 = 1\nvar x : ratio in 0..most\nmaximize x\ncase low { most = 0.5 }\ncase wide { most = 2 }\n";
    here.file("a.tie", text);
    let run = here.run(&["check", "a.tie"]).ends(1);
    assert_eq!(run.out.matches("error[").count(), 1, "{}", run.out);
    assert!(run.out.contains("case \"wide\"") && !run.out.contains("case \"low\""), "{}", run.out);
    here.run(&["check", "a.tie", "--case", "low"]).ends(0);
}

#[test]
fn the_modules_of_the_library_are_right_as_they_stand() {
    let here = Folder::new();
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/models/std");
    let files = std::fs::read_dir(library).expect("the library").map(|f| f.expect("a file").path());
    let files: Vec<String> = files.filter(|f| f.is_file()).map(|f| f.display().to_string()).collect();
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        here.run(&["check", &file]).ends(0);
    }
}

/// What is proposed for a number without unit is what the study writes elsewhere, else the library's
/// first unit: never a unit that nobody would have meant.
#[test]
fn a_missing_unit_is_proposed_as_the_study_writes_it() {
    let here = Folder::new();
    let study = "use std.grid\nbus 1 { nominal = 20 kV }\nbus 2 { nominal = 20 }\n\
        line 1 from bus 1 to bus 2 { r = 0.8; x = 0.6 }\nsource \"s\" at bus 1 { v_set = 1.0 pu }\n\
        load \"a\" at bus 2 { p = 0.3; q = 0.1 Mvar }\nload \"b\" at bus 2 { p = 0.2 MW; q = 0.1 }\n\
        with conic, radial\nminimize losses\n";
    here.file("a.tie", study);
    let out = here.run(&["check", "a.tie"]).ends(1).out;
    for proposed in ["`20 kV`", "`0.8 ohm`", "`0.6 ohm`", "`0.3 MW`", "`0.1 Mvar`"] {
        assert!(out.contains(&format!("write {proposed} if that is meant")), "{proposed}\n{out}");
    }
    let right = study.replace("= 20 }", "= 20 kV }").replace("r = 0.8; x = 0.6", "r = 0.8 ohm; x = 0.6 ohm");
    let right = right.replace("p = 0.3;", "p = 0.3 MW;").replace("q = 0.1 }", "q = 0.1 Mvar }");
    here.file("a.tie", right.replace("with", "bus.v_min = 0.9 pu\nbus.v_max = 1.1 pu\nwith"));
    let model = here.run(&["emit", "a.tie", "--stage", "model"]).ends(0).out;
    assert!(model.contains("r = 0.8 ohm, x = 0.6 ohm"), "{model}");
    let program = here.run(&["emit", "a.tie", "--stage", "program"]).ends(0).out;
    assert!(program.contains("400 kV^2, recourse"), "{program}");
}

#[test]
fn a_misspelled_aspect_is_one_finding() {
    let here = Folder::new();
    here.run(&["new", "a.tie"]).ends(0);
    let text = here.read("a.tie").replace("with conic, radial", "with conic, radail");
    here.file("a.tie", text);
    let out = here.run(&["check", "a.tie", "--format", "concise"]).ends(1).out;
    assert!(out.lines().count() == 1 && out.contains("there is no aspect `radail`"), "{out}");
}

/// A module that another checked file uses leaves the goal to that one.
#[test]
fn a_goal_is_missed_in_studies_and_not_in_modules() {
    let here = Folder::new();
    here.file("base.tie", "horizon 2 h step 1 h\nvar x[t] : number in 0..1\n");
    here.file("study.tie", "use base\nminimize sum(t: x[t])\n");
    let alone = here.run(&["check", "base.tie"]).ends(1).out;
    assert!(alone.contains("E0506") && alone.contains("base.tie:2:"), "{alone}");
    let solved = here.run(&["solve", "base.tie"]).ends(1).err;
    assert!(solved.contains("E0506") || here.run(&["solve", "base.tie"]).out.contains("E0506"), "{solved}");
    assert_eq!(here.run(&["check", "base.tie", "study.tie"]).ends(0).out, "no findings\n");
    // A file whose cases state the goal is solved case by case.
    here.file("cases.tie", "var x : number in 0..1\ncase low { minimize x }\ncase high { maximize x }\n");
    assert_eq!(here.run(&["check", "cases.tie"]).ends(0).out, "no findings\n");
    here.file("cases.tie", "var x : number in 0..1\ncase low { minimize x }\ncase high { x.nothing = 3 }\n");
    here.run(&["check", "cases.tie"]).ends(1);
}

/// Every file that is shipped is right: studies, networks, the library's modules and formulations.
#[test]
fn all_that_is_shipped_is_right() {
    let here = Folder::new();
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models")];
    folders.push(folders[0].with_file_name("examples"));
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "tie") {
                files.push(path.display().to_string());
            }
        }
    }
    assert!(files.len() > 30, "{files:?}");
    for file in files {
        let run = here.run(&["check", &file, "--format", "concise"]).ends(0);
        assert!(!run.out.contains("error["), "{file}: {}", run.out);
    }
}
