//! Findings while typing.

use crate::client::Client;
use serde_json::{Value, json};

const URI: &str = "file:///nowhere/study.tie";

fn range(d: &Value) -> (u64, u64, u64, u64) {
    let at = |end: &str, part: &str| d["range"][end][part].as_u64().expect("a number");
    (at("start", "line"), at("start", "character"), at("end", "line"), at("end", "character"))
}

fn uri_of(path: &std::path::Path) -> String {
    format!("file://{}", path.display())
}

#[test]
fn a_mistake_is_shown_where_it_is_and_cleared_when_it_is_mended() {
    let mut client = Client::in_memory();
    client.initialize(&[]);
    client.open(URI, "set site = 1..3\nparam cap[site] : active_power = 3 kW\nvar x[site] : active_power in 0 kW..capp\nminimize sum(s in site: x[s])\n");
    let found = client.diagnostics(URI, Some(1));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(range(&found[0]), (2, 36, 2, 40));
    assert_eq!(found[0]["code"], "E0201 unknown-name");
    assert_eq!(found[0]["severity"], 1);
    assert_eq!(found[0]["source"], "tieline");
    assert!(found[0]["message"].as_str().is_some_and(|m| m.contains("did you mean `cap`?")), "{found:?}");
    let gone = json!({ "start": { "line": 2, "character": 36 }, "end": { "line": 2, "character": 40 } });
    client.change(URI, 2, json!([{ "range": gone, "text": "5 kW" }]));
    let found = client.diagnostics(URI, Some(2));
    assert!(found.iter().all(|d| d["severity"] != 1), "{found:?}");
    assert!(client.end());
}

#[test]
fn a_mistake_that_only_a_case_has_is_shown_with_the_name_of_the_case() {
    let mut client = Client::in_memory();
    client.initialize(&[]);
    let text = "param most : ratio in 0..1 = 1\nvar x : ratio in 0..most\nmaximize x\ncase \"wide\" { most = 2 }\n";
    client.open(URI, text);
    let found = client.findings(URI, 1);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(range(&found[0]).0, 3);
    assert!(found[0]["message"].as_str().is_some_and(|m| m.contains("in case \"wide\"")), "{found:?}");
    assert!(client.end());
}

#[test]
fn programs_and_studies_are_looked_at_when_nothing_is_typed() {
    let text = "uncertain z in -1..1\nvar x : number in 0..4, ahead\nrule r : x >= 1 + z\nminimize x^2\nstudy w = robust ccg\n";
    let mut client = Client::in_memory();
    client.initialize(&[]);
    for (version, (from, to, code, line)) in [
        ("minimize x^2", "minimize -x^2", "E0501 not-convex", 3),
        ("robust ccg", "robust ccg(sets = [days])", "E0201 unknown-name", 4),
        ("robust ccg", "robust ccg\nstudy v = stochastic", "E0216 wrong-value", 5),
        ("minimize x^2\n", "", "E0506 no-objective", 1),
    ]
    .into_iter()
    .enumerate()
    {
        let version = version as i32 * 2 + 1;
        let wrong = text.replace(from, to);
        if version == 1 {
            client.open(URI, &wrong);
        } else {
            client.replace(URI, version, &wrong);
        }
        // At once: nothing is wrong with names and units.
        assert_eq!(client.diagnostics(URI, Some(version)), Vec::<Value>::new(), "{to}");
        let found = client.findings(URI, version);
        assert_eq!((found.len(), &found[0]["code"], range(&found[0]).0), (1, &json!(code), line), "{to}: {found:?}");
        // Mended, and gone at once.
        client.replace(URI, version + 1, text);
        assert_eq!(client.diagnostics(URI, Some(version + 1)), Vec::<Value>::new(), "{to}");
    }
    assert!(client.end());
}

/// While programs are looked at, questions are answered, and what is found then of a text that has been
/// changed is not shown.
#[test]
fn work_in_the_background_is_dropped_when_the_text_changes() {
    let cases: String = (0..200).map(|i| format!("case c{i} {{ most = {i} }}\n")).collect();
    let text = format!("param most : number in 0..150 = 0.5\nvar x[1..3] : number in 0..most\nminimize x[1]\n{cases}");
    let text = text.replace("x[1..3]", "x").replace("x[1]", "x");
    let mut client = Client::in_memory();
    client.initialize(&[]);
    client.open(URI, &text);
    for version in 2..12 {
        let place = json!({ "textDocument": { "uri": URI }, "position": { "line": 1, "character": 4 } });
        assert!(client.ask("textDocument/hover", place).is_object());
        client.replace(URI, version, &format!("{text}# {version}\n"));
        if version % 3 == 0 {
            std::thread::sleep(std::time::Duration::from_millis(150));
        }
    }
    let last = text.replace("0..150", "0..500");
    client.replace(URI, 20, &last);
    assert_eq!(client.diagnostics(URI, Some(20)), Vec::<Value>::new());
    client.replace(URI, 21, &text);
    let found = client.findings(URI, 21);
    assert!(found.iter().all(|d| d["message"].as_str().is_some_and(|m| m.contains("in case"))), "{found:?}");
    assert_eq!(found.len(), 49);
    assert!(client.end());
}

#[test]
fn columns_are_counted_as_agreed_behind_other_characters() {
    for (offered, start) in [(&["utf-16"][..], 23), (&["utf-8"], 27)] {
        let mut client = Client::in_memory();
        client.initialize(offered);
        client.open(URI, "require 1 = 1\ncheck \"Ü𝄞é\" = \"x\" and nothing > 2\n");
        let found = client.diagnostics(URI, Some(1));
        let unknown: Vec<_> = found.iter().filter(|d| d["code"] == "E0201 unknown-name").map(range).collect();
        assert_eq!(unknown, [(1, start, 1, start + 7)], "{found:?}");
        assert!(client.end());
    }
}

#[test]
fn further_places_are_related_information() {
    let mut client = Client::in_memory();
    client.initialize(&[]);
    client.open(URI, "param a = 1\nparam a = 2\n");
    let found = client.diagnostics(URI, Some(1));
    let twice = found.iter().find(|d| d["code"] == "E0202 duplicate-name").unwrap_or_else(|| panic!("{found:?}"));
    let related = &twice["relatedInformation"][0];
    assert_eq!(related["location"]["uri"], URI);
    assert_eq!(range(&related["location"]), (0, 6, 0, 7));
    assert_eq!(related["message"], "first declaration");
    assert!(client.end());
}

#[test]
fn open_documents_count_before_files_and_other_files_are_told_about() {
    let folder = tempfile::tempdir().expect("a folder");
    let part = folder.path().join("part.tie");
    std::fs::write(&part, "param good : active_power = 1 kX\n").expect("written");
    let main = uri_of(&folder.path().join("main.tie"));
    let part = uri_of(&part);
    let mut client = Client::in_memory();
    client.initialize(&[]);
    client.open(&main, "use part\nparam more = good\n");
    let found = client.diagnostics(&part, None);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(range(&found[0]), (0, 30, 0, 32));
    // Mended in the editor, not saved.
    client.open(&part, "param good : active_power = 1 kW\n");
    assert_eq!(client.diagnostics(&part, Some(1)), Vec::<Value>::new());
    // Closed unsaved: the file counts again.
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": part } }));
    assert_eq!(client.diagnostics(&part, None).len(), 1);
    // Nobody is interested any more.
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": main } }));
    assert_eq!(client.diagnostics(&part, None), Vec::<Value>::new());
    assert!(client.end());
}
