//! `check` of names that lead nowhere, starts outside their range and sets without a point: each was once accepted in
//! silence.

use crate::support::Folder;

const NET: &str = "use std.grid\nbus 1 { nominal = 20 kV }\nbus 2 { nominal = 20 kV }\n\
                   line 1 from bus 1 to bus 2 { r = 0.8 ohm; x = 0.6 ohm }\n\
                   load 2 at bus 2 { p = 300 kW; q = 90 kvar }\nsource \"S\" at bus 1 { v_set = 1.0 pu }\n\
                   bus.v_min = 0.95 pu\nbus.v_max = 1.05 pu\nwith conic, radial\nminimize losses\n";
const PLAIN: &str = "var x : number in 0..10\nminimize x\n";

/// What `check` tells of a text, a line each.
fn told(text: &str) -> String {
    let here = Folder::new();
    here.file("a.tie", text);
    let run = here.run(&["check", "a.tie", "--format", "concise"]);
    run.out
}

/// One finding with this id and these words; nothing without the mistake.
fn tells(text: &str, id: &str, words: &str) {
    let found = told(text);
    assert!(found.lines().count() == 1 && found.contains(id) && found.contains(words), "{text}\n{found}");
}

fn is_silent(text: &str) {
    assert_eq!(told(text), "", "{text}");
}

#[test]
fn aspects_and_slots_are_there_whether_chosen_or_not() {
    let aspect = |head: &str| format!("{NET}aspect own {head} {{\n    extend bus {{ param zz : number = 1 }}\n}}\n");
    tells(&aspect("needs radiall"), "E0201", "`radiall`");
    tells(&aspect("excludes islnds"), "E0201", "`islnds`");
    tells(&aspect("fills physic"), "E0201", "`physic`");
    for right in ["", "needs radial", "excludes islands", "fills physics"] {
        is_silent(&aspect(right));
    }
    let extends = |class: &str| format!("{NET}aspect own {{\n    extend {class} {{ param zz : number = 1 }}\n}}\n");
    tells(&extends("buss"), "E0205", "`buss`");
    // A device of the library that the study does not use.
    is_silent(&extends("storage"));
}

#[test]
fn every_goal_has_its_place_in_the_order() {
    let goals =
        "var x : number in 0..10\nvar y : number in 0..10\nobjective a : minimize x\nobjective b : minimize y\n";
    tells(&format!("{goals}optimize a\n"), "E0202", "`b`");
    is_silent(&format!("{goals}optimize a, then b\n"));
}

#[test]
fn what_was_published_is_of_a_case() {
    let published = |row: &str| {
        format!(
            "{NET}case \"a\" {{ bus.v_min = 0.9 pu }}\ntable published {{ case : id | loss : kW }} {{\n \"a\" | 3\n {row} | 4\n}}\n"
        )
    };
    tells(&published("\"aa\""), "E0218", "`aa`");
    is_silent(&published("\"as written\""));
}

#[test]
fn annotations_name_what_is_there() {
    tells(&format!("@determined_by(inection)\n{PLAIN}"), "E0201", "`inection`");
    let total = |other: &str| format!("{NET}total waste : active_power\n@beside({other})\ntotal more : active_power\n");
    let found = told(&total("wast"));
    assert!(found.contains("E0201") && found.contains("`wast`"), "{found}");
    let found = told(&total("waste"));
    assert!(!found.contains("E0201"), "{found}");
}

#[test]
fn scenarios_that_no_study_asks_for_are_read() {
    let found = told(&format!("{PLAIN}scenarios s = foo\n"));
    assert!(found.contains("error") && found.lines().count() == 1, "{found}");
}

#[test]
fn states_start_within_their_range() {
    let state = |start: &str| {
        format!(
            "horizon 3 h step 1 h\nstate level[t] : number in 2..10, starts {start}\n\
             rule down[t] : level[t] <= level[before t] + 1\nminimize sum(t: level[t])\n"
        )
    };
    tells(&state("12"), "E0306", "starts at 12 and is at most 10");
    tells(&state("1"), "E0306", "starts at 1 and is at least 2");
    for right in ["2", "10", "5", "last"] {
        is_silent(&state(right));
    }
}

#[test]
fn budgets_leave_a_realisation() {
    let study = |least: &str| {
        format!(
            "set site = {{a, b}}\nuncertain z[site] in -1..1\nvar x : number in 0..100, ahead\n\
             var y[site] : number in 0..100, recourse\nrule meet[s in site] : x + y[s] >= 5 + z[s]\n\
             budget together : sum(s in site: z[s]) >= {least}\nminimize 3 * x + sum(s in site: 4 * y[s])\n\
             study worst = robust ccg(gap = 1 %)\n"
        )
    };
    let found = told(&study("3"));
    assert!(found.contains("E0601"), "{found}");
    let found = told(&study("1"));
    assert!(!found.contains("E0601"), "{found}");
}

#[test]
fn aspects_that_nobody_chooses_are_read() {
    let aspect = |body: &str| format!("{NET}aspect own {{\n    {body}\n}}\n");
    tells(&aspect("extend bus { rule k : vv <= 1 }"), "E0201", "`vv`");
    tells(&aspect("extend bus { param zz : voltage = 3 kW }"), "E0301", "voltage");
    is_silent(&aspect("extend bus { rule k[t] : voltage2[t] <= (1.2 * nominal)^2 }"));
    // In place of the formulation that the study chooses, with what it needs.
    let filling = |body: &str| format!("{NET}aspect own fills physics needs radial {{\n    {body}\n}}\n");
    let found = told(&filling("extend bus { provide voltage2[t] = vv[t] }"));
    assert!(found.contains("E0201") && found.contains("`vv`"), "{found}");
    // A case chooses it, and is checked by itself.
    let found = told(&format!("{}case \"a\" {{ with own }}\n", aspect("extend bus { rule k : vv <= 1 }")));
    assert_eq!(found.matches("`vv`").count(), 1, "{found}");
}

#[test]
fn what_is_provided_is_asked_for() {
    let device = |name: &str| {
        format!(
            "{NET}device thing at b: bus {{\n    param a : active_power = 3 kW\n    provide {name} = a\n    inject -a into b.active\n}}\nthing 1 at bus 2 {{}}\n"
        )
    };
    tells(&device("voltag2"), "W0201", "`voltag2`");
    is_silent(&format!("{}rule all : sum(x in thing: x.own_power) <= 5 kW\n", device("own_power")));
}

#[test]
fn definitions_are_used() {
    tells(&format!("{NET}let z = load 7.p\n"), "W0201", "`z`");
    let found = told(&format!("{NET}let z = load 7.p\nrule r : z <= 3 kW\n"));
    assert!(found.contains("error") && found.contains('7'), "{found}");
    is_silent(&format!("{NET}let z = load 2.p\nrule r : z <= 400 kW\n"));
    tells(&format!("{NET}var z[t] : active_power in 0..3 kW\n"), "W0201", "decision `z`");
}

#[test]
fn an_index_stands_in_brackets_and_a_part_has_no_elements_of_its_own() {
    let sets = |rule: &str| {
        format!(
            "set hub = 1..3\nset sub in hub = {{1, 2}}\nparam q[hub] = [1, 2, 3]\nvar x[hub] : number in 0..10\nrule few : sum(h in sub: x[h]) <= 3\nrule r : {rule}\nminimize sum(h in hub: q[h] * x[h])\n"
        )
    };
    tells(&sets("x[1] >= q(2)"), "E0201", "`q`");
    tells(&sets("x[sub 3] >= 2"), "E0205", "part of the set `hub`");
    is_silent(&sets("x[hub 3] >= q[2]"));
}

#[test]
fn series_in_columns_have_a_unit_and_a_file() {
    let table =
        |head: &str, columns: &str| format!("horizon 2 h step 1 h\n{PLAIN}table w {head} by period {{ {columns} }}\n");
    let told = |text: String| {
        let here = Folder::new();
        here.file("w.csv", "profile,h1,h2\na,1,2\n");
        here.file("a.tie", &text);
        here.run(&["check", "a.tie", "--format", "concise"]).out
    };
    let found = told(table("from \"w.csv\" wide h1..h2", "profile : id"));
    assert!(found.contains("E0003") && found.lines().count() == 1, "{found}");
    let found = told(table("wide h1..h2", "profile : id; kW") + "{ a | 1 }\n");
    assert!(found.contains("E0003"), "{found}");
    assert_eq!(told(table("from \"w.csv\" wide h1..h2", "profile : id; kW")), "");
}

#[test]
fn a_setting_that_every_element_overrides_changes_nothing() {
    tells(&format!("{NET}load.p = 100 kW\n"), "W0202", "every load gives its own `p`");
    is_silent(&format!("{NET}load.p = 100 kW\nload 3 at bus 2 {{ q = 90 kvar }}\n"));
    is_silent(&format!("{NET}load.service = firm\n"));
}
