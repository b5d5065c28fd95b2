//! The tieline program, run as a process: what is tested is what is shipped.

use serde_json::Value;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How the program is run.
#[derive(Debug, Clone)]
pub struct Tieline {
    /// The executable.
    pub path: PathBuf,
    /// Time limit that it is told, s.
    pub limit: u64,
    /// Relative gap that it is told.
    pub gap: f64,
}

/// How a run ended.
#[derive(Debug)]
pub enum Ended {
    /// With a document and an exit code.
    Document(Box<Value>, i32),
    /// With findings alone.
    Refused(String),
    /// Without an exit code, or with a text that is no document.
    Crashed(String),
    /// Not at all, long after its time limit.
    Hung,
}

impl Tieline {
    /// Solves a study.
    pub fn solve(&self, text: &str, study: Option<&str>) -> Ended {
        let limit = format!("{}s", self.limit);
        let gap = format!("{}%", self.gap * 100.0);
        let mut arguments = vec!["solve", "-", "--format", "json", "--threads", "1"];
        arguments.extend(["--time-limit", &limit, "--gap", &gap]);
        arguments.extend(study.iter().flat_map(|name| ["--study", name]));
        let (code, out, err) = match self.run(&arguments, text) {
            Ok(ended) => ended,
            Err(ended) => return ended,
        };
        if err.contains("panicked at") || err.contains("internal error") {
            return Ended::Crashed(err);
        }
        let findings = format!("{out}{err}");
        if code == 1 && !out.starts_with('{') && findings.contains("error[") {
            return Ended::Refused(findings);
        }
        match serde_json::from_str::<Value>(&out) {
            Ok(document) if document["schema"] == "tieline-diagnostics-1" && code == 1 => {
                Ended::Refused(told(&document))
            }
            Ok(document) => Ended::Document(Box::new(document), code),
            Err(why) => Ended::Crashed(format!("exit code {code}, no JSON ({why}): {findings}")),
        }
    }

    /// Exit code and output of a run that is given a text.
    ///
    /// # Errors
    /// Where the program cannot be run, is killed by a signal, or does not end.
    pub fn run(&self, arguments: &[&str], text: &str) -> Result<(i32, String, String), Ended> {
        let mut command = Command::new(&self.path);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| Ended::Crashed(format!("{}: {e}", self.path.display())))?;
        if let Some(mut input) = child.stdin.take() {
            // A program that ends before it has read all says so itself.
            let _ = input.write_all(text.as_bytes());
        }
        let out = child.stdout.take().map(reader);
        let err = child.stderr.take().map(reader);
        let begun = Instant::now();
        let longest = Duration::from_secs(3 * self.limit + 10);
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if begun.elapsed() > longest => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(Ended::Hung);
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(1)),
                Err(e) => return Err(Ended::Crashed(e.to_string())),
            }
        };
        let text = |of: Option<std::thread::JoinHandle<String>>| of.and_then(|t| t.join().ok()).unwrap_or_default();
        let (out, err) = (text(out), text(err));
        match status.code() {
            Some(code) => Ok((code, out, err)),
            None => Err(Ended::Crashed(format!("killed by a signal: {err}"))),
        }
    }
}

/// A line for each finding.
fn told(document: &Value) -> String {
    let found = document["diagnostics"].as_array();
    let lines = found.into_iter().flatten().map(|d| {
        let word = |key: &str| d[key].as_str().unwrap_or_default();
        format!("{}[{} {}]: {}\n", word("severity"), word("id"), word("name"), word("message"))
    });
    lines.collect()
}

fn reader(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
