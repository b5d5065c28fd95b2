//! The ledger adds up: each declaration of each study, for each element and index, is in the program, is left out by
//! what it says itself, or is told.

use super::studies::{Repository, STUDY, told};
use std::path::{Path, PathBuf};
use tieline::analysis::{Analysis, Request, analyse};
use tieline::program::ledger::{Entry, Ledger};

/// All studies below a folder of the repository.
fn studies(folder: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open: Vec<PathBuf> = vec![root.join(folder)];
    let mut out = Vec::new();
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "tie") {
                let path = path.strip_prefix(root).expect("in the repository");
                out.push(path.to_string_lossy().into_owned());
            }
        }
    }
    out.sort();
    out
}

fn ledger(analysis: &mut Analysis) -> Option<Ledger> {
    let ledger = analysis.ledger()?;
    assert!(ledger.wrong().next().is_none(), "{}", ledger.display(None));
    Some(ledger)
}

#[test]
fn it_adds_up_over_all_studies_and_their_cases() {
    let mut entries = 0;
    for folder in ["examples", "models", "tests/stages/cases", "tests/design"] {
        for file in studies(folder) {
            let base = analyse(&Repository::default(), &file, &Request::default());
            let mut cases: Vec<Option<String>> = vec![None];
            cases.extend(base.names.cases.keys().map(|c| Some(c.to_string())));
            for case in cases {
                let request = Request { case, ..Request::default() };
                let mut analysis = analyse(&Repository::default(), &file, &request);
                let found = ledger(&mut analysis);
                let lost = told(&analysis.diagnostics).into_iter().find(|d| d.starts_with("E0511"));
                assert!(lost.is_none(), "{file} {:?}: {lost:?}", request.case);
                entries += found.map_or(0, |l| l.entries.len());
            }
        }
    }
    assert!(entries > 1000, "{entries} declarations were seen");
}

#[test]
fn it_says_what_became_of_each_declaration() {
    let text = "device thing {
    param top : ratio optional
    param on : yes/no = yes
    var x : ratio in 0..10
    rule lim when top given : x <= top
    rule pair[i in thing] where i != self when on : x + i.x <= 15
    rule sure : 0 * x <= 1
    check on or not on
}
thing 1 { top = 1 }
thing 2
thing 3 { on = no }
maximize all : sum(i in thing: i.x)
";
    let mut analysis = analyse(&Repository::with(text), STUDY, &Request::default());
    let ledger = ledger(&mut analysis).expect("a ledger");
    let of = |name: &str| -> &Entry { ledger.entries.iter().find(|e| e.name == name).expect("an entry") };
    let counts = |e: &Entry| [e.declared, e.tally.rows, e.tally.holds, e.when, e.filtered];
    assert_eq!(counts(of("thing.lim")), [3, 1, 0, 2, 0]);
    assert_eq!(counts(of("thing.pair")), [9, 4, 0, 3, 2]);
    assert_eq!(counts(of("thing.sure")), [3, 0, 3, 0, 0]);
    assert_eq!(counts(of("thing.x")), [3, 3, 0, 0, 0]);
    let text = ledger.display(Some(&analysis.sources));
    assert!(text.contains("rule thing.pair") && text.ends_with("all instances are accounted for\n"), "{text}");
}

/// A network with each device of the library: class, id, place, and its parameters.
type Device = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const DEVICES: &[Device] = &[
    ("bus", "1", "", &[("nominal", "20 kV"), ("v_min", "0.9 pu"), ("v_max", "1.1 pu")]),
    ("bus", "2", "", &[("nominal", "20 kV"), ("v_min", "0.9 pu"), ("v_max", "1.1 pu")]),
    ("bus", "3", "", &[("nominal", "20 kV"), ("v_min", "0.9 pu"), ("v_max", "1.1 pu")]),
    (
        "line",
        "a",
        "from bus 1 to bus 2",
        &[
            ("r", "0.1 ohm"),
            ("x", "0.1 ohm"),
            ("rate", "400 A"),
            ("capacity", "9 MVA"),
            ("switchable", "yes"),
            ("normally_open", "no"),
            ("switch_cost", "1 EUR"),
            ("moves", "2"),
            ("daily_moves", "2"),
            ("hold", "1 h"),
        ],
    ),
    ("line", "b", "from bus 2 to bus 3", &[("r", "0.1 ohm"), ("x", "0.1 ohm"), ("capacity", "9 MVA")]),
    (
        "source",
        "S",
        "at bus 1",
        &[
            ("v_set", "1 pu"),
            ("p_max", "5 MW"),
            ("p_min", "-5 MW"),
            ("q_max", "5 Mvar"),
            ("q_min", "-5 Mvar"),
            ("pf_min", "0.5"),
            ("pf_min_back", "0.5"),
            ("price", "50 EUR/MWh"),
            ("emission", "0.4 t/MWh"),
            ("available", "yes"),
        ],
    ),
    (
        "load",
        "2",
        "at bus 2",
        &[
            ("p", "100 kW"),
            ("q", "30 kvar"),
            ("profile", "1 pu"),
            ("priority", "2"),
            ("shed_cost", "900 EUR/MWh"),
            ("service", "partial"),
        ],
    ),
    (
        "storage",
        "B",
        "at bus 2",
        &[
            ("power", "50 kW"),
            ("power_in", "40 kW"),
            ("power_out", "45 kW"),
            ("energy", "100 kWh"),
            ("least", "10 %"),
            ("efficiency", "90 %"),
            ("efficiency_in", "91 %"),
            ("efficiency_out", "92 %"),
            ("leak", "0"),
            ("initial", "50 %"),
            ("end", "cyclic"),
            ("exclusion", "penalised"),
            ("penalty", "1 EUR/MWh"),
            ("discharging", "divided"),
            ("wear", "1 EUR/MWh"),
            ("s_max", "60 kVA"),
            ("candidate", "no"),
        ],
    ),
    (
        "diesel",
        "D",
        "at bus 2",
        &[
            ("p_max", "50 kW"),
            ("p_min", "10 kW"),
            ("q_max", "20 kvar"),
            ("q_min", "-20 kvar"),
            ("s_max", "60 kVA"),
            ("cost", "90 EUR/MWh"),
            ("emission", "0.7 t/MWh"),
            ("available", "50 kW"),
            ("ramp", "20 kW/h"),
            ("p_before", "0 kW"),
            ("commit", "yes"),
            ("on_before", "no"),
            ("start_cost", "3 EUR"),
            ("idle_cost", "1 EUR/h"),
            ("min_up", "2 h"),
            ("min_down", "2 h"),
        ],
    ),
    (
        "pv",
        "P",
        "at bus 3",
        &[
            ("capacity", "50 kW"),
            ("profile", "0.5 pu"),
            ("curtailable", "yes"),
            ("pf_min", "0.9"),
            ("s_max", "60 kVA"),
            ("cost", "1 EUR/MWh"),
            ("emission", "0 t/MWh"),
        ],
    ),
    (
        "grid_forming",
        "G",
        "at bus 3",
        &[
            ("p_max", "50 kW"),
            ("q_max", "30 kvar"),
            ("q_min", "-30 kvar"),
            ("s_max", "60 kVA"),
            ("v_set", "1 pu"),
            ("cost", "120 EUR/MWh"),
            ("emission", "0.5 t/MWh"),
            ("available", "50 kW"),
            ("candidate", "no"),
        ],
    ),
    (
        "capacitor",
        "C",
        "at bus 3",
        &[
            ("q", "60 kvar"),
            ("mode", "stepped"),
            ("steps", "3"),
            ("start", "1"),
            ("moves", "4"),
            ("daily_moves", "4"),
            ("hold", "1 h"),
            ("switch_cost", "1 EUR"),
            ("sign", "1"),
        ],
    ),
    (
        "ev_station",
        "E",
        "at bus 2",
        &[
            ("power", "30 kW"),
            ("need", "20 kWh"),
            ("present", "1..2"),
            ("pf", "0.95"),
            ("efficiency", "95 %"),
            ("power_back", "10 kW"),
            ("battery", "90 kWh"),
            ("arrival", "40 %"),
            ("wear", "1 EUR/MWh"),
        ],
    ),
    (
        "tap_changer",
        "T",
        "at line b",
        &[
            ("tap", "1 %"),
            ("lowest", "-2"),
            ("highest", "2"),
            ("start", "0"),
            ("moves", "4"),
            ("daily_moves", "4"),
            ("pace", "1"),
            ("switch_cost", "1 EUR"),
        ],
    ),
    (
        "load_shift",
        "L",
        "at load 2",
        &[("share", "20 %"), ("recovery", "100 %"), ("within", "2 h"), ("cost", "1 EUR/MWh")],
    ),
    ("soft_open_point", "O", "from bus 1 to bus 3", &[("rating", "50 kVA")]),
];

/// Linear AC has no model of tap changers.
fn is_modelled(class: &str, physics: &str) -> bool {
    class != "tap_changer" || !physics.starts_with("linear_ac")
}

/// The network, without one setting of one device.
fn network(physics: &str, left_out: Option<(usize, usize)>) -> String {
    let mut text = "use std.grid, std.generators, std.storage, std.ev_station, std.demand_response, std.capacitor, \
                    std.soft_open_point, std.tap_changer\nhorizon 3 h step 1 h\n"
        .to_owned();
    for (d, (class, id, place, settings)) in DEVICES.iter().enumerate() {
        if !is_modelled(class, physics) {
            continue;
        }
        let kept = settings.iter().enumerate().filter(|(s, _)| left_out != Some((d, *s)));
        let list: Vec<String> = kept.map(|(_, (name, value))| format!("{name} = {value}")).collect();
        text.push_str(&format!("{class} \"{id}\" {place} {{ {} }}\n", list.join("; ")));
    }
    text.push_str(&format!("with {physics}, radial\nminimize costs + integral(t: running_costs[t])\n"));
    text
}

/// What differs from the whole network is left out by a guard that is written, or told: a rule that says less for
/// want of a value would hold by itself, or be gone.
fn differs_by_guards_alone(whole: &Ledger, part: &Ledger, what: &str) {
    for (before, after) in whole.entries.iter().zip(&part.entries) {
        assert_eq!((before.kind, &before.name), (after.kind, &after.name), "{what}");
        if before.declared != after.declared {
            // Sets of indices that depend on the value itself.
            continue;
        }
        let standing = |e: &Entry| e.tally.rows + e.tally.bounds + e.tally.holds + e.reduced;
        let guarded = |e: &Entry| e.when + e.filtered;
        let told = after.tally.findings;
        assert_eq!(standing(before) + guarded(before), standing(after) + guarded(after) + told, "{what}: {after:?}");
        if before.kind == "rule" || before.kind == "balance" {
            assert!(after.tally.holds <= before.tally.holds, "{what}: {before:?} {after:?}");
        }
    }
}

#[test]
fn a_value_that_is_missing_leaves_out_nothing_in_silence() {
    let (mut told_of, mut guarded) = (0, 0);
    for physics in ["lindistflow", "linear_ac(theta_max = 0.5 rad)"] {
        let text = network(physics, None);
        let mut analysis = analyse(&Repository::with(&text), STUDY, &Request::default());
        let whole = ledger(&mut analysis);
        let whole = whole.filter(|_| !analysis.has_errors());
        let whole = whole.unwrap_or_else(|| panic!("{:#?}", told(&analysis.diagnostics)));
        let mut one = |text: &str, set: Vec<String>, what: &str| {
            let mut analysis = analyse(&Repository::with(text), STUDY, &Request { set, ..Request::default() });
            let part = ledger(&mut analysis);
            let found = told(&analysis.diagnostics);
            assert!(!found.iter().any(|d| d.starts_with("E0511")), "{what}: {found:#?}");
            match part.filter(|_| !analysis.has_errors()) {
                Some(part) => {
                    guarded += 1;
                    differs_by_guards_alone(&whole, &part, what);
                }
                None => told_of += 1,
            }
        };
        let modelled = DEVICES.iter().enumerate().filter(|(_, device)| is_modelled(device.0, physics));
        for (d, (class, id, _, settings)) in modelled {
            for (s, (name, _)) in settings.iter().enumerate() {
                let what = format!("{physics}: {class} {id} without {name}");
                one(&network(physics, Some((d, s))), Vec::new(), &what);
                one(&text, vec![format!("{class}.\"{id}\".{name} = none")], &format!("{what}, by none"));
            }
        }
    }
    assert!(told_of > 50 && guarded > 50, "{told_of} told, {guarded} by guards");
}
