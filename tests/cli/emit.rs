//! `emit`.

use crate::support::Folder;

const STUDY: &str = "param price = 3\nvar x : number in 0..10\nvar on : binary\nrule enough : x + 4 * on >= 5\nminimize price * x + 2 * on\n";

#[test]
fn every_stage_is_written_to_the_standard_output() {
    let here = Folder::new();
    here.file("a.tie", STUDY);
    for (stage, part) in [
        ("syntax", "rule enough : "),
        ("model", "price = 3"),
        ("program", "enough"),
        ("lowered", "enough"),
        ("lp", "enough"),
        ("mps", "ROWS"),
        ("cbf", "VER"),
    ] {
        let run = here.run(&["emit", "a.tie", "--stage", stage]).ends(0);
        assert!(run.out.contains(part) && run.err.is_empty(), "{stage}: {run:#?}");
    }
}

#[test]
fn a_file_gets_the_way_back_of_its_names_beside_it() {
    let here = Folder::new();
    here.file("a.tie", STUDY);
    here.run(&["emit", "a.tie", "--stage", "lp", "-o", "a.lp"]).ends(0);
    assert_eq!(here.names(), ["a.lp", "a.lp.names.json", "a.tie"]);
    let map: serde_json::Value = serde_json::from_str(&here.read("a.lp.names.json")).expect("JSON");
    let names: Vec<&str> =
        map["columns"].as_object().expect("columns").values().filter_map(|c| c["name"].as_str()).collect();
    assert!(names.contains(&"x") && names.contains(&"on"), "{names:?}");
    here.run(&["emit", "a.tie", "--stage", "program", "-o", "a.txt"]).ends(0);
    assert_eq!(here.names(), ["a.lp", "a.lp.names.json", "a.tie", "a.txt"]);
}

#[test]
fn what_cannot_be_written_leaves_no_file() {
    let here = Folder::new();
    here.file("wrong.tie", "var x : number in 0..10\nminimize y\n");
    here.file(
        "cone.tie",
        "var p : number in 0..10\nvar q : number in 0..10\nrule r : p^2 + q^2 <= 25\nmaximize p + q\n",
    );
    let run = here.run(&["emit", "wrong.tie", "--stage", "lp", "-o", "out"]).ends(1);
    assert!(run.err.contains("E0201") && run.out.is_empty(), "{run:#?}");
    let run = here.run(&["emit", "cone.tie", "--stage", "lp", "-o", "out"]).ends(1);
    assert!(run.err.contains("write CBF instead"), "{}", run.err);
    here.run(&["emit", "cone.tie", "--stage", "cbf"]).ends(0);
    here.run(&["emit", "cone.tie", "--stage", "nonsense", "-o", "out"]).ends(2);
    here.run(&["emit", "cone.tie", "-o", "out"]).ends(2);
    assert_eq!(here.names(), ["cone.tie", "wrong.tie"]);
}

#[test]
fn cases_and_settings_reach_the_numbers() {
    let here = Folder::new();
    here.file("a.tie", STUDY);
    let as_written = here.run(&["emit", "a.tie", "--stage", "program"]).ends(0).out;
    let changed = here.run(&["emit", "a.tie", "--stage", "program", "--set", "price=7"]).ends(0).out;
    assert_ne!(as_written, changed);
    assert!(changed.contains('7'), "{changed}");
}

#[test]
fn the_model_holds_the_data_of_the_case_in_the_words_of_the_study() {
    let here = Folder::new();
    here.file(
        "a.tie",
        "device pump at b: well {\n    param rated : number > 0\n    var p : number in 0..rated\n}\n\
         device well { param depth[t] : number = 2 * t }\nhorizon 3 h step 1 h\nwell \"north\" {}\n\
         pump \"P1\" at well \"north\" { rated = 4 }\nminimize sum(x in pump: x.p)\ncase \"big\" { pump.P1.rated = 7 }\n",
    );
    let run = here.run(&["emit", "a.tie", "--stage", "model", "--case", "big"]).ends(0);
    for line in [
        "3 periods of 1 h\n",
        "pump: 1 element\n  P1: b = well north, rated = 7\n  | var p : number in 0..rated  # a.tie:3\n",
        "minimize",
    ] {
        assert!(run.out.contains(line), "{line:?} is not in {}", run.out);
    }
    // A tree is there whatever is wrong; a model is not.
    here.file("wrong.tie", "var x : number in 0..y\n");
    let tree = here.run(&["emit", "wrong.tie", "--stage", "syntax"]);
    assert!(tree.out.contains("var x : number"), "{tree:?}");
    let run = here.run(&["emit", "wrong.tie", "--stage", "model"]).ends(1);
    assert!(run.out.is_empty() && run.err.contains("E0201"), "{run:?}");
}

#[test]
fn a_program_with_uncertain_factors_has_no_lowered_problem_of_its_own() {
    let here = Folder::new();
    let study = "uncertain z in -1..1\nvar x : number in 0..10, ahead\nvar y : number in 0..10, recourse\n\
                 rule served : x + y >= 5 + z\nminimize x + 2 * y\nstudy worst = robust ccg()\n";
    here.file("a.tie", study);
    let run = here.run(&["emit", "a.tie", "--stage", "lowered"]).ends(1);
    assert!(run.err.contains("E0706") && !run.err.contains("cannot be solved yet"), "{}", run.err);
    assert!(run.err.contains("a sequence of problems without factors"), "{}", run.err);
    here.run(&["emit", "a.tie", "--stage", "program"]).ends(0);
}

#[test]
fn the_ledger_counts_what_became_of_each_declaration() {
    let here = Folder::new();
    here.file("a.tie", STUDY);
    let run = here.run(&["emit", "a.tie", "--stage", "program", "--ledger"]).ends(0);
    assert!(run.err.is_empty() && run.out.contains("rule enough"), "{run:?}");
    assert!(run.out.ends_with("all instances are accounted for\n"), "{}", run.out);
    here.run(&["emit", "a.tie", "--stage", "program", "--ledger", "-o", "ledger.txt"]).ends(0);
    assert_eq!(here.read("ledger.txt"), run.out);
    // It belongs to the program, and to no other stage.
    let run = here.run(&["emit", "a.tie", "--stage", "lowered", "--ledger"]).ends(2);
    assert!(run.err.contains("write `--stage program --ledger`") && run.out.is_empty(), "{run:?}");
}

#[test]
fn a_ledger_of_a_program_with_errors_is_shown_with_them() {
    let here = Folder::new();
    here.file("a.tie", "param top : ratio optional\nvar x : ratio in 0..10\nrule r : x <= top\nmaximize x\n");
    let run = here.run(&["emit", "a.tie", "--stage", "program", "--ledger"]).ends(1);
    assert!(run.err.contains("E0210") && run.out.contains("rule r"), "{run:?}");
    // Without a model there is nothing to count.
    here.file("b.tie", "var x : ratio in 0..10\nmaximize y\n");
    let run = here.run(&["emit", "b.tie", "--stage", "program", "--ledger"]).ends(1);
    assert!(run.err.contains("E0201") && run.out.is_empty(), "{run:?}");
}
