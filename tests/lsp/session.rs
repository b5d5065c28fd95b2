//! Beginning, ending, and what is not known.

use crate::client::Client;
use serde_json::{Value, json};

const URI: &str = "file:///nowhere/study.tie";

#[test]
fn the_real_program_serves_a_session_over_its_pipes() {
    let mut client = Client::over_pipes();
    let capabilities = client.initialize(&[]);
    assert_eq!(capabilities["positionEncoding"], "utf-16");
    let wrong = "param limit : active_power = 3 kw\n\nminimize 1\n";
    client.open(URI, wrong);
    let found = client.diagnostics(URI, Some(1));
    let range = &found[0]["range"];
    assert_eq!((&range["start"]["line"], &range["start"]["character"]), (&json!(0), &json!(31)), "{found:?}");
    client.replace(URI, 2, &wrong.replace("kw", "kW"));
    let found = client.diagnostics(URI, Some(2));
    assert!(found.iter().all(|d| d["severity"] != 1), "{found:?}");
    assert!(client.end());
}

#[test]
fn the_encoding_is_negotiated() {
    for (offered, chosen) in [(&["utf-8", "utf-16"][..], "utf-8"), (&["utf-32", "utf-16"], "utf-16"), (&[], "utf-16")] {
        let mut client = Client::in_memory();
        assert_eq!(client.initialize(offered)["positionEncoding"], chosen);
        assert!(client.end());
    }
}

#[test]
fn what_is_not_known_is_refused_and_the_session_goes_on() {
    let mut client = Client::in_memory();
    client.initialize(&[]);
    let refused = client.try_ask("textDocument/astrology", json!({}));
    assert_eq!(refused, Err(-32601));
    let refused = client.try_ask("textDocument/hover", json!({ "position": 3 }));
    assert_eq!(refused, Err(-32602));
    client.tell("textDocument/didOpen", json!("nonsense"));
    client.tell("$/whatever", Value::Null);
    let place = json!({ "textDocument": { "uri": URI }, "position": { "line": 9, "character": 9 } });
    assert_eq!(client.ask("textDocument/hover", place), Value::Null);
    client.ask("shutdown", Value::Null);
    let late = client.try_ask("textDocument/hover", json!({}));
    assert_eq!(late, Err(-32600));
    assert!(client.exit());
}

#[test]
fn an_end_without_shutdown_is_told_by_the_exit_code() {
    for mut client in [Client::in_memory(), Client::over_pipes()] {
        client.initialize(&[]);
        assert!(!client.exit());
    }
}

#[test]
fn no_text_and_no_position_brings_the_server_down() {
    let pieces = [
        "device d at b: bus {",
        "param p : active_power >= ",
        "0 kW",
        "\n",
        "}",
        "use networks.",
        "with ",
        "bus.",
        "[",
        "(",
        "\"Ü",
        "a.b.c.d",
        "sum(i in ",
        "é𝄞",
        "table t { a : id }",
        "3 k",
        "..",
        "# ",
        "1..8",
        ".",
        ",",
        ";",
        "{",
    ];
    let mut client = Client::in_memory();
    client.initialize(&[]);
    client.open(URI, "");
    let mut seed = 7u64;
    for version in 2..40 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            text.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
        }
        client.replace(URI, version, &text);
        let lines: Vec<&str> = text.split('\n').collect();
        for (line, content) in lines.iter().enumerate() {
            for character in (0..=content.encode_utf16().count() + 1).step_by(3) {
                let place =
                    json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } });
                for method in ["textDocument/hover", "textDocument/definition", "textDocument/completion"] {
                    client.ask(method, place.clone());
                }
            }
        }
    }
    assert!(client.end());
}
