//! Data that cannot be right are found at their place before any solver runs.

use super::{pair, studies};

const REST: &str = "param market[t] : money_eur / energy = 40 EUR/MWh
load 2 at bus 2 { p = 100 kW; q = 0 kvar }
";

/// Every finding of a study: line from the end of the text (0 is the last), id and message.
fn found(rest: &str) -> Vec<String> {
    let text = pair(4, &format!("{REST}{rest}"));
    let mut analysis = studies::analysed(&text);
    let _ = analysis.program();
    let lines = text.lines().count();
    let place = |d: &tieline::diagnostics::Diagnostic| {
        let Some(span) = d.span() else { return "nowhere".to_owned() };
        let (line, _) = analysis.sources.line_col(span);
        let file = &analysis.sources.file(span.file).name;
        if file.as_str() == studies::STUDY { format!("-{}", lines - line as usize) } else { file.to_string() }
    };
    analysis.diagnostics.iter().map(|d| format!("{} {} {}", place(d), d.id.code, d.message)).collect()
}

#[test]
fn contradictions_are_found_where_they_are_written() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("profile too short", "load.profile = [1, 2, 3] pu", "E0216", "3"),
        ("profile too long", "load.profile = [1, 2, 3, 4, 5] pu", "E0216", "5"),
        ("market of another length", "source.emission = [1, 2] t/MWh", "E0216", "2"),
        (
            "vehicles need more than their stay gives",
            "ev_station \"E\" at bus 2 { power = 100 kW; need = 350 kWh; present = 1..3 }",
            "E0217",
            "station E cannot take 350 kWh in the 3 periods it is occupied",
        ),
        (
            "present outside the horizon",
            "ev_station \"E\" at bus 2 { power = 100 kW; need = 50 kWh; present = 3..6 }",
            "E0216",
            "there is no period 5: the horizon has periods 1 to 4",
        ),
        (
            "vehicles fuller than full",
            "ev_station \"E\" at bus 2 { power = 100 kW; need = 90 kWh; present = 1..3; battery = 100 kWh; arrival = 20 % }",
            "E0217",
            "cannot hold 90 kWh more than they arrive with",
        ),
        (
            "giving back without a battery",
            "ev_station \"E\" at bus 2 { power = 100 kW; need = 90 kWh; present = 1..3; power_back = 3 kW }",
            "E0217",
            "needs the size of its `battery`",
        ),
        (
            "fuller than full",
            "storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; efficiency = 90 %; initial = 120 % }",
            "E0306",
            "`storage.initial[B]` is 1.2 and must be at most 1",
        ),
        (
            "emptier than least",
            "storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; efficiency = 90 %; initial = 10 %; least = 20 % }",
            "E0406",
            "below its lowest charge",
        ),
        (
            "no efficiency",
            "storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; initial = 10 % }",
            "E0217",
            "needs `efficiency`",
        ),
        (
            "efficiency above one",
            "storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; initial = 10 %; efficiency = 110 % }",
            "E0306",
            "at most 1",
        ),
        (
            "penalised without a penalty",
            "storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; initial = 10 %; efficiency = 90 %; exclusion = penalised }",
            "E0217",
            "needs a `penalty`",
        ),
        (
            "crossed limits of a unit",
            "diesel \"G\" at bus 2 { p_max = 50 kW; q_max = 10 kvar; q_min = 20 kvar }",
            "E0406",
            "the least reactive power of G (20 kvar) is above its most (10 kvar)",
        ),
        (
            "least power above most",
            "diesel \"G\" at bus 2 { p_max = 50 kW; p_min = 60 kW; q_max = 10 kvar; commit = yes; on_before = no }",
            "E0406",
            "the least active power of G (60 kW) is above its most (50 kW)",
        ),
        (
            "a start without commitment",
            "diesel \"G\" at bus 2 { p_max = 50 kW; q_max = 10 kvar; start_cost = 3 EUR }",
            "E0217",
            "give it `commit = yes`",
        ),
        (
            "commitment without a past",
            "diesel \"G\" at bus 2 { p_max = 50 kW; q_max = 10 kvar; commit = yes }",
            "E0217",
            "did it run before the first period?",
        ),
        ("crossed limits of a source", "source.p_min = 3 MW; source.p_max = 2 MW", "E0406", "source S (3 MW)"),
        (
            "taps without steps",
            "use std.tap_changer\ntap_changer \"T\" at line 1 { tap = 1 %; lowest = 0; highest = 0 }",
            "E0217",
            "tap changer T has a range without steps: from position 0 to 0",
        ),
        (
            "starts outside its taps",
            "use std.tap_changer\ntap_changer \"T\" at line 1 { tap = 1 %; lowest = 1; highest = 3 }",
            "E0217",
            "starts at position 0, outside 1 to 3",
        ),
        (
            "a limit of switching without a start",
            "capacitor \"C\" at bus 2 { q = 10 kvar; moves = 3 }",
            "E0217",
            "no `start` to count from",
        ),
        ("negative resistance", "line 2 from bus 2 to bus 1 { r = -1 ohm; x = 1 ohm }", "E0306", "must be at least 0 "),
        ("negative reactance", "line 2 from bus 2 to bus 1 { r = 1 ohm; x = -1 ohm }", "E0306", "must be at least 0 "),
        ("negative size", "pv \"P\" at bus 2 { capacity = -5 kW; profile = 1 pu }", "E0306", "must be at least 0 kW"),
        ("share above one", "demand_response \"D\" over load { share = 130 % }", "E0306", "at most 1"),
        (
            "a loss above one",
            "soft_open_point \"P\" from bus 1 to bus 2 { rating = 60 kVA; loss = 2 }",
            "E0306",
            "must be less than 1",
        ),
        (
            "a run before the first period of a unit that stood still",
            "diesel \"G\" at bus 2 { p_max = 50 kW; q_max = 10 kvar; commit = yes; on_before = no; min_up = 3 h; on_for = 1 h }",
            "E0217",
            "did not run before the first period: give it `off_for`",
        ),
        (
            "a pause before the first period that counts for nothing",
            "diesel \"G\" at bus 2 { p_max = 50 kW; q_max = 10 kvar; commit = yes; on_before = no; off_for = 1 h }",
            "E0217",
            "counts towards a `min_down`",
        ),
        (
            "power before the first period of a unit that stood still",
            "diesel \"G\" at bus 2 { p_max = 50 kW; q_max = 10 kvar; commit = yes; on_before = no; p_before = 20 kW; ramp = 10 kW/h }",
            "E0217",
            "gave 20 kW before the first period and did not run",
        ),
        (
            "shifts of more than there is",
            "load_shift \"F\" at load 2 { share = 60 % }\nload_shift \"G\" at load 2 { share = 60 % }",
            "E0217",
            "the shifts at load 2 give up more than it draws",
        ),
        (
            "rows that no period reads",
            "table day by period { hour : id | load : pu } { 1 | 1; 2 | 0.9; 3 | 0.8; 4 | 1; 5 | 0.7 }\nload.profile = day.load",
            "W0203",
            "table `day` has 5 rows and the horizon 4 periods: the others are not used",
        ),
        (
            "too few rows",
            "table day by period { hour : id | load : pu } { 1 | 1; 2 | 0.9 }\nload.profile = day.load",
            "E0216",
            "table `day` has 2 rows and the horizon 4 periods",
        ),
        (
            "a period without a value",
            "table day by period { hour : id | price : EUR/MWh } { 1 | 50; 2 | none; 3 | 60; 4 | 40 }\nsource.S.price = day.price",
            "E0005",
            "column `price` of table `day` is empty in period 2",
        ),
        (
            "a voltage above the window of its bus",
            "source.S.v_set = 1.12 pu",
            "E0406",
            "above the highest voltage of bus 1",
        ),
        (
            "a voltage below the window of its bus",
            "source.S.v_set = 0.88 pu",
            "E0406",
            "below the lowest voltage of bus 1",
        ),
        ("a line that is kept open", "line.1.closed = 0", "E0401", "no line connects bus 2 to a source"),
        (
            "impedance for each kilometre",
            "line.r = 0.3 ohm/km",
            "E0301",
            "impedance is expected here, and this is impedance / length",
        ),
        (
            "a sum for a price",
            "source.price = 30 EUR",
            "E0301",
            "money_eur / energy is expected here, and this is money_eur",
        ),
        (
            "a point in a loop",
            "soft_open_point \"P\" from bus 2 to bus 2 { rating = 60 kVA }",
            "E0217",
            "starts and ends at bus 2",
        ),
    ];
    let mut wrong = String::new();
    for (what, rest, id, message) in cases {
        let all = found(rest);
        let hit = all.iter().any(|f| f.starts_with('-') && f.contains(id) && f.contains(message));
        if !hit {
            wrong += &format!("{what}: wanted {id} `{message}` in the study, found {all:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn formulations_say_what_they_do_not_model() {
    let text = pair(4, &format!("{REST}use std.tap_changer\ntap_changer \"T\" at line 1 {{ tap = 1 %; lowest = -1; highest = 1 }}\nline.capacity = 1 MVA"))
        .replace("with lindistflow, radial", "with linear_ac(theta_max = 0.2 rad), radial");
    let analysis = studies::analysed(&text);
    let told = studies::told(&analysis.diagnostics);
    assert!(told.iter().any(|t| t.contains("linear_ac has no model of tap changers")), "{told:#?}");
    let text = pair(4, &format!("{REST}line.capacity = 1 MVA"))
        .replace("with lindistflow, radial", "with linear_ac(theta_max = 0.2 rad), radial, islands");
    let told = studies::told(&studies::analysed(&text).diagnostics);
    assert_eq!(told, ["E0208 aspect-conflict: `linear_ac` does not go with `islands`"]);
}

#[test]
fn a_setting_may_bear_the_name_of_what_it_sets() {
    let rest = "storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; efficiency = 90 %; initial = 10 % }
param wear : money_eur / energy = 3 EUR/MWh
storage.wear = wear";
    assert_eq!(found(rest), [""; 0]);
}

/// Devices whose equations need the length of a period may be loaded by a snapshot that has none of them.
#[test]
fn a_snapshot_may_load_what_it_does_not_use() {
    let text = pair(1, "load 2 at bus 2 { p = 100 kW; q = 0 kvar }")
        .replace("horizon 1 h step 1 h", "snapshot")
        .replace("; price = market", "")
        .replace("minimize costs + integral(t: running_costs[t])", "minimize import");
    let mut analysis = studies::analysed(&text);
    let _ = analysis.program();
    assert_eq!(studies::told(&analysis.diagnostics), [""; 0]);
    let text = format!(
        "{text}\nstorage \"B\" at bus 2 {{ power = 50 kW; energy = 100 kWh; efficiency = 90 %; initial = 10 % }}"
    );
    let mut analysis = studies::analysed(&text);
    let _ = analysis.program();
    let told = studies::told(&analysis.diagnostics);
    assert!(told.iter().any(|t| t.starts_with("E0308")), "{told:#?}");
}

#[test]
fn a_decision_is_frozen_only_at_what_it_may_be() {
    let storage = "storage \"B\" at bus 2 { power = 50 kW; energy = 100 kWh; efficiency = 90 %; initial = 10 % }\n";
    for (setting, message) in [
        ("line.closed = 2", "`line.closed[1, 1]` cannot be 2: it is at most 1"),
        ("line.closed = 0.5", "`line.closed[1, 1]` cannot be 0.5: it is a whole number"),
        ("storage.charge = 60 kW", "`storage.charge[B, 1]` cannot be 60 kW: it is at most 50 kW"),
        ("storage.B.discharge = -5 kW", "`storage.discharge[B, 1]` cannot be -5 kW: it is at least 0 kW"),
    ] {
        assert_eq!(found(&format!("{storage}{setting}")), [format!("-0 E0306 {message}")]);
    }
    assert_eq!(found(&format!("{storage}storage.charge = 50 kW\nline.closed = initial")), [""; 0]);
    let plain = "var x : number in 0..10\nvar y : number in 0..5\nx = 20\nmaximize x + y";
    let mut analysis = studies::analysed(plain);
    let _ = analysis.program();
    assert_eq!(studies::told(&analysis.diagnostics), ["E0306 out-of-range: `x` cannot be 20: it is at most 10"]);
}

#[test]
fn what_a_formulation_needs_and_nobody_has_given_is_told_once_by_name() {
    for formulation in ["lindistflow", "conic"] {
        let text = pair(4, REST).replace("bus.v_min = 0.9 pu; ", "").replace("lindistflow", formulation);
        let mut analysis = studies::analysed(&text);
        let _ = analysis.program();
        assert_eq!(studies::told(&analysis.diagnostics), ["E0210 missing-parameter: bus `1` has no `v_min`"]);
        let d = &analysis.diagnostics[0];
        assert_eq!(d.help.as_deref(), Some("set it here, or for all: `bus.v_min = ...`"));
        assert_eq!(analysis.sources.file(d.span().unwrap().file).name.as_str(), studies::STUDY);
    }
}

#[test]
fn an_aspect_that_another_needs_is_missed_once() {
    let text = pair(4, REST).replace("with lindistflow, radial", "with conic");
    let told = studies::told(&studies::analysed(&text).diagnostics);
    assert_eq!(told, ["E0209 slot-unfilled: `conic` needs `radial`"]);
}

#[test]
fn words_of_other_languages_are_answered_with_what_to_write() {
    for (setting, help) in [
        ("line.switchable = false", "write `no`"),
        ("line.normally_open = True", "write `yes`"),
        ("line.normally_open = 1", "write `yes`"),
        ("load.service = \"partial\"", "write `partial` without quotation marks"),
    ] {
        let analysis = studies::analysed(&pair(4, &format!("{REST}{setting}")));
        let helps: Vec<_> = analysis.diagnostics.iter().map(|d| d.help.as_deref().unwrap_or("")).collect();
        assert_eq!(helps, [help], "{setting}: {:?}", studies::told(&analysis.diagnostics));
    }
}
