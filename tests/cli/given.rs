//! `solve --plan`: what a plan fixes, and what is said of files that hold none.

use crate::support::Folder;

const WORST: &str = "uncertain g in 0..1\nvar size : number in 0..10, ahead\nvar missing : number in 0..1, recourse\n\
    rule served : size + missing >= 4 + 2 * g\nminimize size + 3 * missing\nstudy worst = robust ccg(gap = 0 %, samples = 40)\n";

/// Three hours, a switch and a store that are decided ahead.
const HOURS: &str = "horizon 3 h step 1 h\nset tank = {A, B}\nvar level[k in tank, t] : energy in 0 kWh..5 kWh, ahead\n\
    var on[k in tank, t] : binary, ahead\nvar flow[k in tank, t] : energy in 0 kWh..9 kWh, recourse\n\
    rule kept[k in tank, t] : level[k, t] + flow[k, t] >= 4 kWh * on[k, t]\n\
    minimize sum(k in tank, t: level[k, t] + 2 * flow[k, t] - 5 kWh * on[k, t])\n";

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn a_solved_study_is_a_plan() {
    let here = Folder::new();
    here.file("a.tie", WORST);
    let first = here.run(&["solve", "a.tie", "--format", "json"]).ends(0).out;
    here.file("plan.json", &first);
    let first = json(&first);
    assert_eq!(
        first["plan"],
        serde_json::json!([{ "quantity": "size", "id": "", "period": null, "value": 6.0, "unit": "" }])
    );
    let again = json(&here.run(&["solve", "a.tie", "--plan", "plan.json", "--format", "json"]).ends(0).out);
    assert_eq!(again["objective"], first["objective"]);
    assert_eq!(again["worst_case"]["factors"], first["worst_case"]["factors"]);
    let given = &again["given"];
    assert_eq!((given["fixed"].as_u64(), given["left_open"].as_u64()), (Some(1), Some(0)));
    assert_eq!(
        (given["stands"]["samples"].as_u64(), given["stands"]["unserved_samples"].as_u64()),
        (Some(40), Some(0))
    );
    assert_eq!(given["stands"]["worst"], 6.0);
    let read = here.run(&["solve", "a.tie", "--plan", "plan.json"]).ends(0).out;
    assert!(read.contains("plan              plan.json: 1 decision fixed\n"), "{read}");
    // Values of `devices` are enough: those of decisions made ahead.
    let devices = serde_json::json!({ "schema": first["schema"], "devices": first["devices"] });
    here.file("devices.json", devices.to_string());
    let again = json(&here.run(&["solve", "a.tie", "--plan", "devices.json", "--format", "json"]).ends(0).out);
    assert_eq!(again["given"]["fixed"], 1);
}

#[test]
fn a_plan_that_does_not_stand_says_where_and_which_rules() {
    let here = Folder::new();
    here.file("a.tie", WORST);
    here.file("low.csv", "# by hand\nquantity,value\nsize,4\n");
    let run = here.run(&["solve", "a.tie", "--plan", "low.csv"]).ends(3);
    assert!(run.err.contains("E0701") && run.err.contains("where g = 1, it misses `served` by 1"), "{}", run.err);
    assert!(run.out.contains("not served        1 of 2 realisations looked at"), "{}", run.out);
    let given =
        json(&here.run(&["solve", "a.tie", "--plan", "low.csv", "--format", "json"]).ends(3).out)["given"].clone();
    assert_eq!(given["stands"]["unserved_realisations"], 1);
    assert_eq!(given["stands"]["missed"][0]["rule"], "served");
    let samples = given["stands"]["unserved_samples"].as_u64().unwrap_or(0);
    assert!((5..35).contains(&samples), "{given}");
}

#[test]
fn rows_name_elements_and_periods_or_leave_them_out() {
    let here = Folder::new();
    here.file("a.tie", HOURS);
    let on = |table: &str| {
        here.file("plan.csv", table);
        let out = json(&here.run(&["solve", "a.tie", "--plan", "plan.csv", "--format", "json"]).ends(0).out);
        (out["devices"]["A"]["on"].clone(), out["devices"]["B"]["on"].clone(), out["given"]["left_open"].clone())
    };
    let (a, b, open) = on("quantity,id,period,value\non,*,,0\non,A,2,1\n");
    assert_eq!((a, b), (serde_json::json!([0.0, 1.0, 0.0]), serde_json::json!([0.0, 0.0, 0.0])));
    assert_eq!(open, 6);
    // Unit, other order of columns.
    let (_, b, open) = on("value,unit,quantity,id\n2.5,kWh,level,A\n");
    assert_eq!((b, open), (serde_json::json!([1.0, 1.0, 1.0]), serde_json::json!(9)));
}

#[test]
fn what_does_not_fit_is_told_in_place() {
    let here = Folder::new();
    here.file("a.tie", HOURS);
    for (table, says) in [
        ("onn,A,1,1", "did you mean `on`?"),
        ("on,C,1,1", "the study decides no `on C`"),
        ("on,A,4,1", "it has periods 1 to 3"),
        ("on,A,1,1", "add rows for periods 2, 3"),
        ("on,A,,0.5", "`on[A, 1]` is a whole number, and the plan says 0.5"),
        ("level,A,,6", "`level[A, 1]` cannot be 6 kWh"),
        ("on,A,,1\non,A,,0", "two values"),
    ] {
        here.file("plan.csv", format!("quantity,id,period,value\n{table}\n"));
        let run = here.run(&["solve", "a.tie", "--plan", "plan.csv"]).ends(1);
        assert!(
            run.out.contains("E0709") && run.out.contains(says) && run.out.contains("plan.csv:"),
            "{table}: {}",
            run.out
        );
    }
    here.file("plan.csv", "quantity,value,unit\nlevel,1,MWh\n");
    let run = here.run(&["solve", "a.tie", "--plan", "plan.csv"]).ends(1);
    assert!(run.out.contains("E0709") && run.out.contains("give it in kWh"), "{}", run.out);
    here.file("plan.json", "{\"devices\": {\"A\": {\"on\": [1, 0]}}}");
    let run = here.run(&["solve", "a.tie", "--plan", "plan.json"]).ends(1);
    assert!(run.out.contains("the plan has 2 values of on of `A`, the study 3"), "{}", run.out);
    // What is decided later is no part of a plan.
    here.file("b.tie", WORST);
    here.file("plan.csv", "quantity,value\nmissing,1\n");
    let run = here.run(&["solve", "b.tie", "--plan", "plan.csv"]).ends(1);
    assert!(run.out.contains("E0709") && run.out.contains("decided once the uncertainty is known"), "{}", run.out);
}

#[test]
fn files_that_hold_no_plan_say_so() {
    let here = Folder::new();
    here.file("a.tie", HOURS);
    for (text, says) in [
        ("", "the file holds no plan"),
        ("{}", "the file holds no plan"),
        ("{\"plan\": [], \"devices\": {}, \"status\": \"infeasible\"}", "ended as infeasible"),
        ("{\"plan\": [{\"quantity\": \"on\"}]}", "missing field `value`"),
        ("{\"plan\": [\n{\"quantity\": 3,,}]}", "plan:2:1"),
        ("{\"schema\": \"tieline-comparison-1\"}", "compares several cases"),
        ("[1, 2]", "no readable JSON"),
        ("quantity,valu\non,1\n", "did you mean `value`?"),
        ("quantity,value\non,much\n", "`much` is not a finite number"),
        ("quantity,value\n,1\n", "names no quantity"),
        ("quantity,period,value\non,0,1\n", "`0` is no number of a period"),
    ] {
        here.file("plan", text);
        let run = here.run(&["solve", "a.tie", "--plan", "plan"]).ends(1);
        assert!(run.out.contains("E0708") && run.out.contains(says), "{text}: {}", run.out);
    }
    here.run(&["solve", "a.tie", "--plan", "nowhere"]).ends(2);
    here.file("plan", [0xff, 0xfe, 0x00]);
    here.run(&["solve", "a.tie", "--plan", "plan"]).ends(2);
    here.run(&["solve", "a.tie", "--plan", "plan", "--resume", "plan"]).ends(2);
}

#[test]
fn a_topology_may_be_given_by_its_open_lines_or_line_by_line() {
    let here = Folder::new();
    here.file("a.tie", include_str!("../../examples/ieee33.tie"));
    // Losses as published for the network as given.
    here.file("open.json", "{\"periods\": [{\"open_lines\": [\"33\", \"34\", \"35\", \"36\", \"37\"]}]}");
    let losses = |plan: &str| {
        let out = json(&here.run(&["solve", "a.tie", "--plan", plan, "--format", "json"]).ends(0).out);
        out["objective"]["value"].as_f64().unwrap_or(0.0)
    };
    assert!((losses("open.json") - 202.677).abs() < 0.01);
    let best = "quantity,id,value\nline.closed,*,1\nline.closed,7,0\nline.closed,9,0\nline.closed,14,0\nline.closed,32,0\nline.closed,37,0\n";
    here.file("best.csv", best);
    assert!((losses("best.csv") - 139.551).abs() < 0.01);
    // A ring.
    here.file("ring.csv", best.replace("line.closed,37,0\n", ""));
    let run = here.run(&["solve", "a.tie", "--plan", "ring.csv"]).ends(3);
    assert!(run.err.contains("37 decisions are fixed as `ring.csv` has them"), "{}", run.err);
    // All of a solved study, its flows of the orientation included.
    here.file("all.json", here.run(&["solve", "a.tie", "--format", "json"]).ends(0).out);
    assert!((losses("all.json") - 139.551).abs() < 0.01);
    here.file("open.json", "{\"periods\": [{\"open_lines\": [\"99\"]}]}");
    let run = here.run(&["solve", "a.tie", "--plan", "open.json"]).ends(1);
    assert!(run.out.contains("the network has no line `99`"), "{}", run.out);
}
