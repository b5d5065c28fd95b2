//! How large a study may be, and that what is within the limits works.

use crate::support::Folder;

#[track_caller]
fn refused(text: &str, place: &str, number: &str) {
    let here = Folder::new();
    here.file("a.tie", text);
    for command in ["check", "solve"] {
        let run = here.run(&[command, "a.tie"]).ends(1);
        let told = format!("{}{}", run.out, run.err);
        assert!(told.contains("E0220") && told.contains(place) && told.contains(number), "{text}: {told}");
    }
}

const GOAL: &str = "var x : number in 0..1\nminimize x\n";

#[test]
fn horizons_sets_ranges_and_sweeps_have_limits() {
    refused(&format!("horizon 1000000 h step 1 h\n{GOAL}"), "a.tie:1:1", "1000000 periods");
    refused(&format!("horizon 10 a step 1 s\n{GOAL}"), "a.tie:1:1", "at most 200000");
    refused(&format!("{GOAL}set s = 1..3000000\n"), "a.tie:3:9", "3000000 elements");
    refused("var x : number in 0..1\nminimize x + sum(i in 1..1e12: 1)\n", "a.tie:2:", "1000000000000 numbers");
    let values: Vec<String> = (0..10_001).map(|i| format!("{i}")).collect();
    refused(&format!("param p = 1\n{GOAL}sweep p in [{}]\n", values.join(", ")), "a.tie:4:1", "10001 cases");
}

#[test]
fn a_year_of_hours_and_of_quarter_hours_is_within_them() {
    let here = Folder::new();
    for horizon in ["8760 h step 1 h", "365 d step 15 min"] {
        here.file("a.tie", format!("horizon {horizon}\nvar x[t] : number in 0..1\nminimize sum(t: x[t])\n"));
        here.run(&["check", "a.tie"]).ends(0);
    }
}

/// Cases are looked at one after the other; only what is wrong with them is kept.
#[test]
fn a_long_sweep_is_checked() {
    let here = Folder::new();
    let values: Vec<String> = (0..300).map(|i| format!("{i}")).collect();
    let text = format!("param p : number in 0..298 = 1\n{GOAL}sweep p in [{}]\n", values.join(", "));
    here.file("a.tie", text.replace("number in 0..298", "number"));
    here.run(&["check", "a.tie"]).ends(0);
    here.file("a.tie", text);
    let told = here.run(&["check", "a.tie"]).ends(1).out;
    assert!(told.contains("299") && told.contains("1 error"), "{told}");
}
