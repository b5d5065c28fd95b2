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
            ("leak", "0 %/h"),
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
            ("off_for", "1 h"),
            ("candidate", "no"),
        ],
    ),
    (
        "gas",
        "X",
        "at bus 3",
        &[
            ("p_max", "60 kW"),
            ("p_min", "20 kW"),
            ("q_max", "20 kvar"),
            ("q_min", "-20 kvar"),
            ("s_max", "70 kVA"),
            ("cost", "70 EUR/MWh"),
            ("emission", "0.4 t/MWh"),
            ("available", "60 kW"),
            ("ramp", "30 kW/h"),
            ("p_before", "30 kW"),
            ("commit", "yes"),
            ("on_before", "yes"),
            ("start_cost", "2 EUR"),
            ("idle_cost", "1 EUR/h"),
            ("min_up", "3 h"),
            ("min_down", "2 h"),
            ("on_for", "1 h"),
            ("candidate", "no"),
        ],
    ),
    (
        "wind",
        "W",
        "at bus 2",
        &[
            ("capacity", "40 kW"),
            ("profile", "0.4 pu"),
            ("curtailable", "yes"),
            ("pf_min", "0.95"),
            ("s_max", "50 kVA"),
            ("cost", "2 EUR/MWh"),
            ("emission", "0 t/MWh"),
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
        "reactor",
        "Q",
        "at bus 2",
        &[
            ("q", "30 kvar"),
            ("mode", "stepped"),
            ("steps", "2"),
            ("start", "1"),
            ("moves", "3"),
            ("daily_moves", "3"),
            ("hold", "1 h"),
            ("switch_cost", "1 EUR"),
            ("sign", "-1"),
        ],
    ),
    ("demand_response", "R", "over load", &[("share", "10 %")]),
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
            ("exclusion", "binary"),
            ("wear", "1 EUR/MWh"),
        ],
    ),
    (
        "tap_changer",
        "T",
        "at line \"b\"",
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
        &[
            ("share", "20 %"),
            ("raise", "30 %"),
            ("recovery", "100 %"),
            ("within", "2 h"),
            ("ahead_of_time", "no"),
            ("exclusion", "binary"),
            ("cost", "1 EUR/MWh"),
        ],
    ),
    (
        "soft_open_point",
        "O",
        "from bus 1 to bus 3",
        &[("rating", "50 kVA"), ("loss", "1 %"), ("exclusion", "binary"), ("q_min", "-30 kvar"), ("q_max", "30 kvar")],
    ),
];

/// Linear AC has no model of tap changers.
fn is_modelled(class: &str, physics: &str) -> bool {
    class != "tap_changer" || !physics.starts_with("linear_ac")
}

/// Formulations under which the whole network is looked at.
const PHYSICS: &[&str] =
    &["lindistflow, radial", "linear_ac(theta_max = 0.5 rad), radial", "conic, radial", "conic, radial, islands"];

/// The network of these statements.
fn study(physics: &str, statements: &str) -> String {
    format!(
        "use std.grid, std.generators, std.storage, std.ev_station, std.demand_response, std.capacitor, \
         std.soft_open_point, std.tap_changer\nhorizon 3 h step 1 h\n{statements}with {physics}\n\
         minimize costs + integral(t: running_costs[t])\n"
    )
}

/// The network, without one setting of one device.
fn network(physics: &str, left_out: Option<(usize, usize)>) -> String {
    let mut text = String::new();
    for (d, (class, id, place, settings)) in DEVICES.iter().enumerate() {
        if !is_modelled(class, physics) {
            continue;
        }
        let kept = settings.iter().enumerate().filter(|(s, _)| left_out != Some((d, *s)));
        let list: Vec<String> = kept.map(|(_, (name, value))| format!("{name} = {value}")).collect();
        text.push_str(&format!("{class} \"{id}\" {place} {{ {} }}\n", list.join("; ")));
    }
    study(physics, &text)
}

/// A value as the type of its column and its cell; none for words and sets, which no column holds.
fn cell(value: &'static str) -> Option<(&'static str, &'static str)> {
    let (number, unit) = value.split_once(' ').unwrap_or((value, "number"));
    match number {
        "yes" | "no" => Some(("yes/no", number)),
        _ => number.parse::<f64>().is_ok().then_some((unit, number)),
    }
}

/// The network with its data in tables, a table for each device and one by period, and the cell of this number
/// emptied; with how the cells are called.
fn tables(physics: &str, emptied: Option<usize>) -> (String, Vec<String>) {
    let (mut text, mut cells) = (String::new(), Vec::new());
    let mut filled = |cell: &str, called: String| {
        cells.push(called);
        if emptied == Some(cells.len() - 1) { "none".to_owned() } else { cell.to_owned() }
    };
    text.push_str("table day by period { hour : id | sun : pu | breeze : pu | need : pu }");
    let rows: Vec<String> = (1..=3)
        .map(|hour| {
            let row = [("sun", "0.5"), ("breeze", "0.4"), ("need", "1")];
            let row = row.map(|(name, value)| filled(value, format!("{name} of hour {hour}")));
            format!("{hour} | {}", row.join(" | "))
        })
        .collect();
    text.push_str(&format!(" {{ {} }}\n", rows.join(" ; ")));
    for (k, (class, id, place, settings)) in DEVICES.iter().enumerate().filter(|(_, d)| is_modelled(d.0, physics)) {
        let (mut heads, mut row) = (vec!["name : id".to_owned()], vec![filled(id, format!("id of {class} {id}"))]);
        let mut block = vec!["id = row.name".to_owned()];
        for (name, value) in *settings {
            let by_period = [("pv", "day.sun"), ("wind", "day.breeze"), ("load", "day.need")];
            let column = by_period.iter().find(|(of, _)| of == class && *name == "profile");
            match (column, cell(value)) {
                (Some((_, column)), _) => block.push(format!("{name} = {column}")),
                (None, Some((unit, number))) => {
                    heads.push(format!("{name} : {unit}"));
                    row.push(filled(number, format!("{name} of {class} {id}")));
                    block.push(format!("{name} = row.{name}"));
                }
                (None, None) => block.push(format!("{name} = {value}")),
            }
        }
        match place.split_once(" to ") {
            Some((from, to)) => block.push(format!("from = {}; to = {to}", from.trim_start_matches("from "))),
            None if place.is_empty() => {}
            None => block.push(place.replacen(' ', " = ", 1)),
        }
        text.push_str(&format!(
            "table data{k} {{ {} }} {{ {} }}\n{class} each row in data{k} {{ {} }}\n",
            heads.join(" | "),
            row.join(" | "),
            block.join("; ")
        ));
    }
    (study(physics, &text), cells)
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

/// Studies that lack something, compared with one that has all.
struct Lacking {
    whole: Ledger,
    told: usize,
    guarded: usize,
}

impl Lacking {
    fn than(text: &str) -> Lacking {
        let mut analysis = analyse(&Repository::with(text), STUDY, &Request::default());
        let whole = ledger(&mut analysis).filter(|_| !analysis.has_errors());
        let whole = whole.unwrap_or_else(|| panic!("{text}\n{:#?}", told(&analysis.diagnostics)));
        Lacking { whole, told: 0, guarded: 0 }
    }

    fn one(&mut self, text: &str, set: Vec<String>, what: &str) {
        let mut analysis = analyse(&Repository::with(text), STUDY, &Request { set, ..Request::default() });
        let part = ledger(&mut analysis);
        let found = told(&analysis.diagnostics);
        assert!(!found.iter().any(|d| d.starts_with("E0511")), "{what}: {found:#?}");
        match part.filter(|_| !analysis.has_errors()) {
            Some(part) => {
                self.guarded += 1;
                differs_by_guards_alone(&self.whole, &part, what);
            }
            None => self.told += 1,
        }
    }
}

#[test]
fn a_value_that_is_missing_leaves_out_nothing_in_silence() {
    for physics in PHYSICS {
        let text = network(physics, None);
        let mut lacking = Lacking::than(&text);
        let modelled = DEVICES.iter().enumerate().filter(|(_, device)| is_modelled(device.0, physics));
        for (d, (class, id, _, settings)) in modelled {
            for (s, (name, _)) in settings.iter().enumerate() {
                let what = format!("{physics}: {class} {id} without {name}");
                lacking.one(&network(physics, Some((d, s))), Vec::new(), &what);
                lacking.one(&text, vec![format!("{class}.\"{id}\".{name} = none")], &format!("{what}, by none"));
            }
        }
        let Lacking { told, guarded, .. } = lacking;
        assert!(told > 50 && guarded > 50, "{physics}: {told} told, {guarded} by guards");
    }
}

#[test]
fn a_cell_that_is_empty_leaves_out_nothing_in_silence() {
    for physics in PHYSICS {
        let (text, cells) = tables(physics, None);
        let mut lacking = Lacking::than(&text);
        for (k, cell) in cells.iter().enumerate() {
            lacking.one(&tables(physics, Some(k)).0, Vec::new(), &format!("{physics}: {cell} is empty"));
        }
        let Lacking { told, guarded, .. } = lacking;
        assert!(told > 30 && guarded > 30, "{physics}: {told} told, {guarded} by guards");
    }
}
