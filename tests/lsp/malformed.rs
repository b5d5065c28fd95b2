//! Messages that cannot be understood: each is answered, and the session goes on.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

/// An editor that writes what it likes.
struct Raw {
    child: Child,
    input: ChildStdin,
    output: BufReader<std::process::ChildStdout>,
}

impl Raw {
    fn new() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tieline"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let input = child.stdin.take().expect("an input");
        let output = BufReader::new(child.stdout.take().expect("an output"));
        Raw { child, input, output }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).and_then(|()| self.input.flush()).expect("the server listens");
    }

    fn message(&mut self, text: &str) {
        self.bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    fn ask(&mut self, id: i32, method: &str, params: &Value) {
        self.message(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string());
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.message(&json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string());
    }

    /// The next message that is not a publication of findings.
    fn next(&mut self) -> Value {
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                assert!(self.output.read_line(&mut line).expect("text") > 0, "the server has ended");
                match line.trim_end().split_once(": ") {
                    Some((_, value)) => length = value.parse().expect("a length"),
                    None => break,
                }
            }
            let mut bytes = vec![0; length];
            self.output.read_exact(&mut bytes).expect("a message");
            let value: Value = serde_json::from_slice(&bytes).expect("JSON");
            assert_eq!(value["jsonrpc"], "2.0");
            if value["method"] != "textDocument/publishDiagnostics" {
                return value;
            }
        }
    }

    fn refusal(&mut self) -> (Value, i64) {
        let answer = self.next();
        (answer["id"].clone(), answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{answer}")))
    }

    /// The session is alive, and ends as it should.
    fn ends_well(mut self) {
        self.ask(
            900,
            "textDocument/formatting",
            &json!({ "textDocument": { "uri": "file:///x.tie" },
            "options": { "tabSize": 4, "insertSpaces": true } }),
        );
        assert_eq!(self.next()["id"], 900);
        self.ask(901, "shutdown", &Value::Null);
        assert_eq!(self.next()["id"], 901);
        self.tell("exit", &Value::Null);
        assert_eq!(self.child.wait().expect("an end").code(), Some(0));
    }
}

fn begun() -> Raw {
    let mut raw = Raw::new();
    raw.ask(1, "initialize", &json!({ "capabilities": {} }));
    assert!(raw.next()["result"]["capabilities"].is_object());
    raw
}

#[test]
fn bytes_that_are_no_message_are_answered() {
    let mut raw = begun();
    let wrong: [&[u8]; 9] = [
        b"Content-Length: 7\r\n\r\nno json",
        b"Content-Length: 3\r\n\r\n\xff\xfe\xfd",
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: 18446744073709551615\r\n\r\n",
        b"Content-Type: application/json\r\n\r\n",
        b"{\"jsonrpc\":\"2.0\",\"method\":\"initialized\"}",
        b"\r\n",
        b"GET / HTTP/1.1\r\n",
        b"Content-Length: 20\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"initialized\"}",
    ];
    for bytes in wrong {
        raw.bytes(bytes);
        assert_eq!(raw.refusal(), (Value::Null, -32700), "{}", String::from_utf8_lossy(bytes));
        // A sound message brings the two in step again.
        raw.ask(7, "nonsense", &json!({}));
        assert_eq!(raw.refusal(), (json!(7), -32601));
    }
    raw.ends_well();
}

#[test]
fn json_that_is_no_request_is_answered() {
    let mut raw = begun();
    for (text, id) in [
        ("[]", Value::Null),
        ("null", Value::Null),
        ("{}", Value::Null),
        (r#"{"jsonrpc":"2.0","id":3}"#, json!(3)),
        (r#"{"jsonrpc":"2.0","id":[3],"method":"shutdown"}"#, Value::Null),
        (r#"{"jsonrpc":"2.0","id":"a","method":{}}"#, json!("a")),
    ] {
        raw.message(text);
        assert_eq!(raw.refusal(), (id, -32600), "{text}");
    }
    raw.ends_well();
}

#[test]
fn requests_with_wrong_parameters_are_answered_and_notifications_told_in_the_log() {
    let mut raw = begun();
    for method in ["hover", "definition", "completion", "formatting"] {
        for params in [json!(3), json!([]), json!({}), json!({ "textDocument": 4, "position": "x" }), Value::Null] {
            raw.ask(3, &format!("textDocument/{method}"), &params);
            assert_eq!(raw.refusal(), (json!(3), -32602), "{method} {params}");
        }
    }
    let place = json!({ "textDocument": { "uri": "file:///x.tie" }, "position": { "line": -1, "character": 1e30 } });
    raw.ask(4, "textDocument/hover", &place);
    assert_eq!(raw.refusal(), (json!(4), -32602));
    raw.ask(5, "initialize", &json!({ "capabilities": {} }));
    assert_eq!(raw.refusal(), (json!(5), -32600));
    for (method, params) in [
        ("textDocument/didOpen", json!("nonsense")),
        ("textDocument/didChange", json!({ "textDocument": {} })),
        ("textDocument/didClose", Value::Null),
        ("textDocument/astrology", json!({})),
    ] {
        raw.tell(method, &params);
        let told = raw.next();
        assert_eq!((&told["method"], &told["params"]["type"]), (&json!("window/logMessage"), &json!(1)), "{told}");
        assert!(told["params"]["message"].as_str().is_some_and(|m| m.contains(method)), "{told}");
    }
    // These may be sent to any server.
    raw.tell("$/setTrace", &json!({ "value": "off" }));
    raw.tell("workspace/didChangeConfiguration", &json!({ "settings": null }));
    raw.ends_well();
}

#[test]
fn a_change_beyond_the_text_or_of_no_document_does_no_harm() {
    let mut raw = begun();
    let document = json!({ "uri": "file:///x.tie", "languageId": "tieline", "version": 1, "text": "param a = 1\nü" });
    raw.tell("textDocument/didOpen", &json!({ "textDocument": document }));
    let at = |line: u32, character: u32| json!({ "line": line, "character": character });
    let range = json!({ "start": at(4_000_000_000, 4_000_000_000), "end": at(0, 0) });
    for uri in ["file:///x.tie", "file:///other.tie", "untitled:1"] {
        let params = json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "range": range, "text": "x" }] });
        raw.tell("textDocument/didChange", &params);
    }
    raw.ask(3, "textDocument/hover", &json!({ "textDocument": { "uri": "file:///x.tie" }, "position": at(9, 9) }));
    assert_eq!(raw.next()["id"], 3);
    raw.ends_well();
}

#[test]
fn nothing_is_answered_but_refused_before_the_session_begins() {
    let mut raw = Raw::new();
    raw.ask(1, "textDocument/hover", &json!({}));
    assert_eq!(raw.refusal(), (json!(1), -32002));
    raw.ask(2, "initialize", &json!([]));
    assert_eq!(raw.refusal(), (json!(2), -32602));
    raw.bytes(b"nonsense\r\n");
    assert_eq!(raw.refusal(), (Value::Null, -32700));
    raw.ask(3, "initialize", &json!({ "capabilities": { "general": "odd" }, "processId": "x" }));
    assert_eq!(raw.next()["id"], 3);
    // Some editors ask before they tell that they are ready.
    raw.ends_well();
}
