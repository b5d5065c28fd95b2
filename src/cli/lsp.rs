//! `tieline lsp`

use super::frames::{Frame, Frames};
use super::{Exit, Shelf};
use crate::lsp::{End, LibraryPlace, serve};
use lsp_server::{Connection, Message};
use lsp_types::notification::{Exit as Exited, Notification as _};
use serde_json::Value;
use std::io::Write;
use std::sync::mpsc::channel;

/// Options of `lsp`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "An editor starts this command and speaks the Language Server Protocol with it over the standard input\nand output; it serves diagnostics, hover, definition, completion and formatting of .tie files."
)]
pub(super) struct Options {
    #[command(flatten)]
    reads: super::Reads,
    /// Speak over the standard input and output (which is what happens anyway; some editors say so)
    #[arg(long)]
    stdio: bool,
}

pub(super) fn run(options: &Options) -> Exit {
    let (server, client) = Connection::memory();
    let (incoming, outgoing) = (client.sender, client.receiver);
    // Answers to what is no message go out beside the server's own.
    let (out, written) = channel::<Value>();
    let refusals = out.clone();
    std::thread::spawn(move || {
        let mut frames = Frames::new(std::io::stdin().lock());
        while let Some(frame) = frames.next() {
            let last = matches!(&frame, Frame::Message(Message::Notification(n)) if n.method == Exited::METHOD);
            let taken = match frame {
                Frame::Message(message) => incoming.send(message).is_ok(),
                Frame::Malformed(answer) => refusals.send(answer).is_ok(),
            };
            if last || !taken {
                break;
            }
        }
    });
    std::thread::spawn(move || outgoing.iter().all(|message| out.send(as_json(&message)).is_ok()));
    let writer = std::thread::spawn(move || {
        let mut stream = std::io::stdout().lock();
        written.iter().try_for_each(|value| write(&mut stream, &value))
    });
    let shelf = Shelf::usual();
    let end = serve(&server, &options.reads.disk(), shelf.as_ref().map(|s| s as &dyn LibraryPlace));
    drop(server);
    match end {
        End::Orderly => {
            // The last answer has been written once nothing more can come.
            let _ = writer.join();
            Exit::Done
        }
        End::Abrupt => Exit::Errors,
    }
}

/// A message with the version of the protocol that carries it.
fn as_json(message: &Message) -> Value {
    let mut value = serde_json::to_value(message).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        object.insert("jsonrpc".into(), "2.0".into());
    }
    value
}

fn write(stream: &mut impl Write, value: &Value) -> std::io::Result<()> {
    let text = value.to_string();
    write!(stream, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    stream.flush()
}
