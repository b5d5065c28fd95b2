//! An editor that does what a script says, over memory or the pipes of the real program.

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};
use std::io::BufReader;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tieline::cli::{Disk, Shelf};
use tieline::lsp::{End, LibraryPlace, serve};

/// No answer takes longer, on however busy a machine; only a hang does.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where the server runs.
enum Server {
    Thread(std::thread::JoinHandle<End>),
    Process(Child),
}

/// The editor.
pub struct Client {
    server: Server,
    send: Box<dyn FnMut(Message)>,
    receive: Receiver<Message>,
    /// Notifications that came while an answer was awaited.
    waiting: Vec<Notification>,
    next: i32,
}

impl Client {
    /// A server in a thread of this process.
    pub fn in_memory() -> Self {
        Self::with_shelf(None)
    }

    /// As [`Client::in_memory`], with a place for the library.
    pub fn with_shelf(shelf: Option<Shelf>) -> Self {
        let (server, client) = Connection::memory();
        let thread = std::thread::Builder::new()
            .stack_size(64 << 20)
            .spawn(move || serve(&server, &Disk::here(), shelf.as_ref().map(|s| s as &dyn LibraryPlace)))
            .expect("a thread");
        let (forward, receive) = channel();
        let incoming = client.receiver.clone();
        std::thread::spawn(move || incoming.iter().all(|m| forward.send(m).is_ok()));
        let send = Box::new(move |m| client.sender.send(m).expect("the server listens"));
        Client { server: Server::Thread(thread), send, receive, waiting: Vec::new(), next: 0 }
    }

    /// The real program.
    pub fn over_pipes() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tieline"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let mut input = child.stdin.take().expect("an input");
        let mut output = BufReader::new(child.stdout.take().expect("an output"));
        let (forward, receive) = channel();
        std::thread::spawn(move || {
            while let Some(m) = Message::read(&mut output).expect("nothing but the protocol") {
                if forward.send(m).is_err() {
                    break;
                }
            }
        });
        let send = Box::new(move |m: Message| m.write(&mut input).expect("written"));
        Client { server: Server::Process(child), send, receive, waiting: Vec::new(), next: 0 }
    }

    /// Begins the session, offering these position encodings; gives the capabilities.
    pub fn initialize(&mut self, encodings: &[&str]) -> Value {
        let general = if encodings.is_empty() { json!({}) } else { json!({ "positionEncodings": encodings }) };
        let answer = self.ask("initialize", json!({ "processId": null, "capabilities": { "general": general } }));
        self.tell("initialized", json!({}));
        answer["capabilities"].clone()
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        (self.send)(Notification::new(method.into(), params).into());
    }

    /// The answer to a request.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.try_ask(method, params).unwrap_or_else(|code| panic!("{method} is refused: {code}"))
    }

    /// The answer, or the code of the refusal.
    pub fn try_ask(&mut self, method: &str, params: Value) -> Result<Value, i32> {
        self.next += 1;
        let id = RequestId::from(self.next);
        (self.send)(Request::new(id.clone(), method.into(), params).into());
        loop {
            match self.receive.recv_timeout(PATIENCE).expect("an answer") {
                Message::Response(r) if r.id == id => return r.response_result.map_err(|e| e.code),
                Message::Notification(n) => self.waiting.push(n),
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "tieline", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces the whole text.
    pub fn replace(&mut self, uri: &str, version: i32, text: &str) {
        self.change(uri, version, json!([{ "text": text }]));
    }

    pub fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// The next diagnostics of a file, as one of its versions if given.
    pub fn diagnostics(&mut self, uri: &str, version: Option<i32>) -> Vec<Value> {
        let wanted = |n: &Notification| {
            n.method == "textDocument/publishDiagnostics"
                && n.params["uri"] == uri
                && version.is_none_or(|v| n.params["version"] == v)
        };
        let found = loop {
            if let Some(at) = self.waiting.iter().position(wanted) {
                break self.waiting.remove(at);
            }
            match self.receive.recv_timeout(PATIENCE).expect("diagnostics") {
                Message::Notification(n) => self.waiting.push(n),
                other => panic!("unexpected {other:?}"),
            }
        };
        found.params["diagnostics"].as_array().cloned().expect("a list")
    }

    /// The diagnostics of a version, once there are some.
    pub fn findings(&mut self, uri: &str, version: i32) -> Vec<Value> {
        loop {
            let found = self.diagnostics(uri, Some(version));
            if !found.is_empty() {
                return found;
            }
        }
    }

    /// Asks about the place of `|` in the text of one line of the document, given with that mark.
    pub fn at(&mut self, method: &str, uri: &str, text: &str, marked: &str) -> Value {
        let (before, after) = marked.split_once('|').expect("a mark");
        let place = text.find(&format!("{before}{after}")).expect("the text is there") + before.len();
        let line = text[..place].matches('\n').count();
        let start = text[..place].rfind('\n').map_or(0, |n| n + 1);
        let character = text[start..place].encode_utf16().count();
        let position = json!({ "line": line, "character": character });
        self.ask(method, json!({ "textDocument": { "uri": uri }, "position": position }))
    }

    /// Labels of the proposals at a mark.
    pub fn proposals(&mut self, uri: &str, text: &str, marked: &str) -> Vec<String> {
        let list = self.at("textDocument/completion", uri, text, marked);
        let label = |i: &Value| i["label"].as_str().expect("a label").to_string();
        list.as_array().expect("a list").iter().map(label).collect()
    }

    /// Ends the session as the protocol wants it; gives whether the server found it in order.
    pub fn end(mut self) -> bool {
        self.ask("shutdown", Value::Null);
        self.exit()
    }

    /// Ends without asking.
    pub fn exit(mut self) -> bool {
        self.tell("exit", Value::Null);
        match self.server {
            Server::Thread(thread) => thread.join().expect("no panic") == End::Orderly,
            Server::Process(mut child) => child.wait().expect("an end").code() == Some(0),
        }
    }
}
