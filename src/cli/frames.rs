//! Messages of an editor in their frames: a header with the length, an empty line, JSON. What is no
//! message is told and skipped, so that one mistake of an editor does not end its session.

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};
use std::io::{BufRead, Read};

/// The longest message: far more than the largest file in which an editor is of use.
const MOST_BYTES: usize = 512 << 20;
/// The longest line of a header; longer ones are read in pieces.
const MOST_HEADER: u64 = 4 << 10;
/// The header that counts.
const LENGTH: &str = "content-length:";

/// What came.
#[derive(Debug)]
pub(super) enum Frame {
    /// A message.
    Message(Message),
    /// Something else, with the answer to it.
    Malformed(Value),
}

/// The frames of a stream.
pub(super) struct Frames<R> {
    stream: R,
    /// Length of the message whose header is being read.
    length: Option<usize>,
    /// Something was no frame and has been told: what follows up to the next header belongs to it.
    lost: bool,
}

impl<R: BufRead> Frames<R> {
    /// Of a stream.
    pub fn new(stream: R) -> Self {
        Frames { stream, length: None, lost: false }
    }

    /// The next frame; none at the end of the stream, or where it cannot be read any more.
    pub fn next(&mut self) -> Option<Frame> {
        loop {
            // No header begins like this: told at once, since the line may never end.
            let first = *self.stream.fill_buf().ok()?.first()?;
            if !first.is_ascii_alphabetic() && !matches!(first, b'\r' | b'\n') && !self.lost {
                return Some(self.told("what stands before a message is no header"));
            }
            let line = self.line()?;
            let line = line.trim_end_matches(['\r', '\n']);
            if let Some(at) = line.to_ascii_lowercase().rfind(LENGTH) {
                let value = line.get(at + LENGTH.len()..).unwrap_or("").trim();
                self.length = value.parse().ok().filter(|n| *n <= MOST_BYTES);
                if self.length.is_none() && !self.lost {
                    return Some(self.told(&format!("`{value}` is no length of a message")));
                }
            } else if !line.is_empty() {
                if !is_header(line) && !self.lost {
                    return Some(self.told("what stands before a message is no header"));
                }
            } else if let Some(length) = self.length.take() {
                self.lost = false;
                return self.message(length);
            } else if !self.lost {
                return Some(self.told("the header of a message has no `Content-Length`"));
            }
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        let read = self.stream.by_ref().take(MOST_HEADER).read_until(b'\n', &mut bytes).ok()?;
        (read > 0).then(|| String::from_utf8_lossy(&bytes).into_owned())
    }

    fn told(&mut self, what: &str) -> Frame {
        self.lost = true;
        Frame::Malformed(answer(&Value::Null, ErrorCode::ParseError, what))
    }

    /// The message of this many bytes.
    fn message(&mut self, length: usize) -> Option<Frame> {
        let mut bytes = Vec::new();
        let read = self.stream.by_ref().take(length as u64).read_to_end(&mut bytes).ok()?;
        if read < length {
            return None;
        }
        let value: Value = match serde_json::from_slice(&bytes) {
            Ok(value) => value,
            Err(why) => return Some(self.told(&format!("the message is no JSON: {why}"))),
        };
        let id = value.get("id").cloned().filter(|id| id.is_i64() || id.is_string());
        let wrong = |what: &str| {
            let id = id.clone().unwrap_or(Value::Null);
            Some(Frame::Malformed(answer(&id, ErrorCode::InvalidRequest, what)))
        };
        if !value.is_object() {
            return wrong("a message is one JSON object");
        }
        if value.get("id").is_some_and(|v| !v.is_null()) && id.is_none() {
            return wrong("the id of a request is a whole number or a text");
        }
        match serde_json::from_value(value) {
            Ok(message) => Some(Frame::Message(message)),
            Err(_) => wrong("the message is no request, notification or answer"),
        }
    }
}

fn is_header(line: &str) -> bool {
    let word = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    line.split_once(':').is_some_and(|(name, _)| word(name))
}

/// A refusal as JSON-RPC has it.
fn answer(id: &Value, code: ErrorCode, what: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code as i32, "message": what } })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Methods of the messages and codes of the refusals, in order.
    fn all(bytes: &[u8]) -> Vec<String> {
        let mut frames = Frames::new(bytes);
        std::iter::from_fn(|| frames.next())
            .map(|frame| match frame {
                Frame::Message(Message::Request(r)) => format!("{} {}", r.id, r.method),
                Frame::Message(Message::Notification(n)) => n.method,
                Frame::Message(Message::Response(r)) => format!("answer {}", r.id),
                Frame::Malformed(v) => format!("{} {}", v["id"], v["error"]["code"]),
            })
            .collect()
    }

    fn framed(text: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    }

    const SOUND: &str = r#"{"jsonrpc":"2.0","method":"a"}"#;

    #[test]
    fn messages_are_read_whatever_the_line_ends_and_order_of_headers() {
        let other = format!("content-type: x\ncontent-length:{}\n\n{SOUND}", SOUND.len());
        assert_eq!(all((framed(SOUND) + &other + &framed(SOUND)).as_bytes()), ["a", "a", "a"]);
        let request = r#"{"jsonrpc":"2.0","id":"x","method":"b"}"#;
        let answer = r#"{"jsonrpc":"2.0","id":7,"result":null}"#;
        assert_eq!(all((framed(request) + &framed(answer)).as_bytes()), ["\"x\" b", "answer 7"]);
    }

    #[test]
    fn what_is_no_message_is_refused_once_and_the_next_one_read() {
        let sound = framed(SOUND);
        let wrong = [
            "Content-Length: 5\r\n\r\n{nope",
            "Content-Length: 4\r\n\r\n\u{fffd}x",
            "Content-Length: nine\r\n\r\n",
            "Content-Length: -4\r\n\r\n",
            "Content-Length: 99999999999999999999\r\n\r\n",
            "Content-Length: 900000000000\r\n\r\n",
            "Content-Type: x\r\n\r\n",
            "\r\n\r\n",
            "nonsense\r\n",
            "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}\r\n",
            "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}",
            // Lengths that are too small: the rest of the message stands before the next header.
            "Content-Length: 9\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"a\"}",
        ];
        for text in wrong {
            assert_eq!(all(format!("{text}{sound}{sound}").as_bytes()), ["null -32700", "a", "a"], "{text}");
        }
        // One that is too large takes the beginning of the next message with it.
        let large = format!("Content-Length: {}\r\n\r\n{SOUND}", SOUND.len() + 9);
        assert_eq!(all(format!("{large}{sound}{sound}").as_bytes()), ["null -32700", "a"]);
        assert_eq!(all(format!("{}{sound}", "x".repeat(100_000)).as_bytes()), ["null -32700", "a"]);
    }

    #[test]
    fn json_that_is_no_message_is_refused_with_its_id() {
        for (text, refused) in [
            ("[]", "null -32600"),
            ("3", "null -32600"),
            ("{}", "null -32600"),
            (r#"{"id":4}"#, "4 -32600"),
            (r#"{"id":1.5,"method":"a"}"#, "null -32600"),
            (r#"{"id":{},"method":"a"}"#, "null -32600"),
            (r#"{"id":5,"method":7}"#, "5 -32600"),
            (r#"[{"id":5,"method":"a"}]"#, "null -32600"),
        ] {
            assert_eq!(all((framed(text) + &framed(SOUND)).as_bytes()), [refused, "a"], "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(all((framed(&deep) + &framed(SOUND)).as_bytes()), ["null -32700", "a"]);
    }

    #[test]
    fn a_stream_that_ends_within_a_message_ends() {
        assert!(all(b"Content-Length: 500\r\n\r\n{}").is_empty());
        assert!(all(b"").is_empty());
    }
}
