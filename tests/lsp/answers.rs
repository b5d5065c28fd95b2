//! Hover, definition, completion, formatting.

use crate::client::Client;
use serde_json::{Value, json};
use tieline::cli::Shelf;

const URI: &str = "file:///nowhere/study.tie";

const STUDY: &str = "\
## A feeder of two buses.
use std.grid
with conic, radial
snapshot

## Batteries that only charge.
device cell at b: bus {
    ## Most power.
    param power : active_power >= 0 kW
    param count_of : ratio = 1
    var charge[t] : active_power in 0 kW..power, recourse
    rule half[t] : charge[t] <= power / 2
    inject -charge[t] into b.active
}

table spots { bus : id | p : kW } { 3 | 10 }

bus 1 { nominal = 10 kV }
bus 2 { nominal = 10 kV }
bus 3 { nominal = 10 kV }
line from bus 1 to bus 2 { r = 1 ohm; x = 1 ohm }
line from bus 2 to bus 3 { r = 1 ohm; x = 1 ohm }
source \"grid\" at bus 1 { v_set = 1 pu }
cell each row in spots { id = row.bus; at = bus row.bus; power = row.p }
bus.v_min = 0.9 pu
bus.v_max = 1.1 pu
param weight : ratio = sum(c in cell: c.power) / 3 kW
minimize losses
";

fn opened(text: &str) -> Client {
    let mut client = Client::in_memory();
    client.initialize(&[]);
    client.open(URI, text);
    client
}

#[test]
fn the_study_of_these_tests_has_no_mistakes() {
    let mut client = opened(STUDY);
    let found = client.diagnostics(URI, Some(1));
    assert!(found.iter().all(|d| d["severity"] != 1), "{found:#?}");
    assert!(client.end());
}

fn hover(client: &mut Client, marked: &str) -> String {
    let answer = client.at("textDocument/hover", URI, STUDY, marked);
    answer["contents"]["value"].as_str().unwrap_or("").to_string()
}

#[test]
fn hover_tells_what_a_name_is() {
    let mut client = opened(STUDY);
    for (marked, parts) in [
        (
            "charge[t] <= pow|er / 2",
            &["param power : active_power >= 0 kW", "parameter `cell.power`", "Most power."][..],
        ),
        ("ch|arge[t] <= power / 2", &["var charge[t]", "variable `cell.charge`"]),
        ("device ce|ll at", &["device cell at b: bus", "1 element in", "Batteries that only charge."]),
        ("bus.v_m|in", &["param v_min : per_unit of nominal", "Lowest voltage."]),
        ("into b.act|ive", &["balance active[t] : active_power", "Everything that flows"]),
        ("bus 1 { nominal = 10 k|V", &["unit `kV`: voltage, 1 kV = 1000 V"]),
        ("param power : active_po|wer", &["kind active_power", "`kW`"]),
        ("power = ro|w.p", &["`row`, a row of table `spots`"]),
        ("row.|p }", &["column `p` of table `spots`"]),
        ("(c in cell: |c.power", &["`c`, an element of `cell`"]),
        ("c.po|wer)", &["parameter `cell.power`"]),
        ("with co|nic", &["aspect `conic`, chosen"]),
        ("use std.gr|id", &["module `std.grid`", "Bus, line, source and load"]),
        ("ratio = s|um(c in", &["sum(i in set where condition: x[i])", "The sum over a set"]),
        ("mini|mize losses", &["`minimize` begins an objective"]),
        ("minimize lo|sses", &["total losses[t] : active_power"]),
    ] {
        let text = hover(&mut client, marked);
        for part in parts {
            assert!(text.contains(part), "{marked}: {part:?} is not in {text:?}");
        }
    }
    assert_eq!(hover(&mut client, "## A fe|eder"), "");
    assert!(client.end());
}

#[test]
fn a_definition_is_the_name_in_its_declaration() {
    let mut client = opened(STUDY);
    for (marked, declared) in [
        ("charge[t] <= pow|er / 2", "param |power : active"),
        ("; pow|er = row", "param |power : active"),
        ("c.po|wer)", "param |power : active"),
        ("inject -cha|rge", "var |charge[t]"),
        ("into |b.active", "cell at |b: bus"),
        ("ce|ll each row", "device |cell at"),
        ("in spo|ts { id", "table |spots"),
        ("= row.|p }", "| |p : kW"),
        ("power = ro|w", "each |row in"),
        ("(c in cell: |c.", "sum(|c in"),
    ] {
        let answer = client.at("textDocument/definition", URI, STUDY, marked);
        let (before, after) = declared.rsplit_once('|').expect("a mark");
        let place = STUDY.find(&format!("{before}{after}")).expect("there") + before.len();
        let line = STUDY[..place].matches('\n').count();
        let character = place - STUDY[..place].rfind('\n').map_or(0, |n| n + 1);
        assert_eq!(answer["uri"], URI, "{marked}");
        assert_eq!(answer["range"]["start"], json!({ "line": line, "character": character }), "{marked}");
    }
    for nowhere in ["into b.act|ive", "bus 1 { nominal = 10 k|V", "with co|nic", "## A fe|eder"] {
        assert_eq!(client.at("textDocument/definition", URI, STUDY, nowhere), Value::Null, "{nowhere}");
    }
    assert!(client.end());
}

#[test]
fn what_the_library_declares_is_found_in_a_file_that_has_no_mistakes_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut client = Client::with_shelf(Some(Shelf::new(folder.path().join("library"))));
    client.initialize(&[]);
    client.open(URI, STUDY);
    for (marked, file, line) in [
        ("into b.act|ive", "std/grid.tie", "balance active[t]"),
        ("bus 1 { nominal = 10 k|V", "std/quantities.tie", "kV"),
        ("with co|nic", "std/formulations/conic.tie", "aspect conic"),
    ] {
        let answer = client.at("textDocument/definition", URI, STUDY, marked);
        let uri = answer["uri"].as_str().unwrap_or_default().to_string();
        assert!(uri.ends_with(file), "{marked}: {answer}");
        let text = std::fs::read_to_string(folder.path().join("library").join(file)).expect("laid out");
        let found = text.lines().nth(answer["range"]["start"]["line"].as_u64().expect("a line") as usize);
        assert!(found.is_some_and(|l| l.contains(line)), "{marked}: {found:?}");
        client.open(&uri, &text);
        let mistakes = client.diagnostics(&uri, Some(1));
        assert!(mistakes.is_empty(), "{file}: {mistakes:#?}");
    }
    assert!(client.end());
}

#[test]
fn a_module_is_found_in_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("part.tie"), "\nparam good : active_power = 1 kW\n").expect("written");
    let uri = format!("file://{}/main.tie", folder.path().display());
    let text = "use part as p\nparam more = p.good\n";
    let mut client = Client::in_memory();
    client.initialize(&[]);
    client.open(&uri, text);
    for (marked, line) in [("use pa|rt", 0), ("= |p.good", 0), ("p.go|od", 1)] {
        let answer = client.at("textDocument/definition", &uri, text, marked);
        assert!(answer["uri"].as_str().is_some_and(|u| u.ends_with("/part.tie")), "{marked}: {answer}");
        assert_eq!(answer["range"]["start"]["line"], line, "{marked}");
    }
    assert!(client.end());
}

#[test]
fn completion_knows_names_units_and_keywords() {
    let with = |line: &str| format!("{STUDY}{}\n", line.replace('|', ""));
    let mut client = opened(STUDY);
    let mut version = 1;
    for (marked, some, none) in [
        ("bus.v_max = 1.05 |", &["pu"][..], &["kW", "v_min", "minimize"][..]),
        ("cell.power = 3 k|", &["kW", "MW", "W"], &["kV", "kvar"]),
        ("param w : impedance >= 0 |", &["ohm", "mohm"], &["kW"]),
        ("param price = 3 |", &["kW", "h", "EUR"], &["losses"]),
        ("param price = 3 EUR/|", &["kWh", "MWh"], &["losses"]),
        ("bus.|", &["v_min", "v_max", "active"], &["power", "minimize"]),
        ("param z = sum(c in cell: c.|", &["power", "b"], &["v_min"]),
        ("param z = sum(c in cell: c.b.|", &["v_min", "nominal"], &["power"]),
        (
            "param z = |",
            &["weight", "losses", "cell", "spots", "sum", "abs", "reach", "net_most", "greatest", "active", "reactive"],
            &["minimize", "kW", "cvar"],
        ),
        ("param z = sum(c in cell: |", &["c", "weight"], &[]),
        ("param z : |", &["active_power", "ratio", "binary"], &["weight", "kW"]),
        ("|", &["device", "minimize", "cell", "bus"], &["kW", "sum"]),
        ("re|", &["require", "cell"], &["kW"]),
        ("use std.|", &["grid", "radial"], &["cell"]),
        ("with |", &["conic", "radial"], &["cell"]),
        ("cell at bus 1 { |", &["power", "count_of"], &["charge", "minimize"]),
        ("# nothing |", &[], &["device", "cell"]),
    ] {
        version += 1;
        let text = with(marked);
        client.replace(URI, version, &text);
        let last = format!("minimize losses\n{marked}\n");
        let labels = client.proposals(URI, &text, &last);
        for label in some {
            assert!(labels.iter().any(|l| l == label), "{marked}: {label} is not in {labels:?}");
        }
        for label in none {
            assert!(!labels.iter().any(|l| l == label), "{marked}: {label} is in {labels:?}");
        }
    }
    assert!(client.end());
}

#[test]
fn a_document_is_laid_out_unless_it_is_broken_or_fine() {
    let options = json!({ "textDocument": { "uri": URI }, "options": { "tabSize": 4, "insertSpaces": true } });
    let mut client = opened("param   a=1 # Ü\nparam b   = 2");
    let edits = client.ask("textDocument/formatting", options.clone());
    assert_eq!(edits[0]["newText"], "param a = 1  # Ü\nparam b = 2\n");
    assert_eq!(edits[0]["range"]["start"], json!({ "line": 0, "character": 0 }));
    assert_eq!(edits[0]["range"]["end"], json!({ "line": 1, "character": 13 }));
    for (version, text) in [(2, "param a = 1\n"), (3, "param   a = = (\n")] {
        client.replace(URI, version, text);
        assert_eq!(client.ask("textDocument/formatting", options.clone()), Value::Null, "{text}");
    }
    assert!(client.end());
}
