//! `tieline fmt FILE…`

use super::output::write_file;
use super::{Exit, Findings, Terminal, read};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::ids_source::NOT_UTF8;
use crate::source::{SourceMap, Span};
use crate::syntax::format::format;
use std::path::Path;

/// Options of `fmt`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tieline fmt feeder.tie\n  tieline fmt --check studies/*.tie\n  tieline fmt - < feeder.tie\n\nFiles are changed in place, and only if they can be read without mistakes; the meaning, comments and\nline breaks stay. With --check the exit code is 1 if a file would change."
)]
pub(super) struct Options {
    /// Files to lay out anew; - reads the standard input and writes the standard output
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Change nothing; say which files would change
    #[arg(long)]
    check: bool,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> Exit {
    let mut findings = Findings::default();
    let mut exit = Exit::Done;
    for path in &options.files {
        let mut sources = SourceMap::default();
        match laid_out(path, &mut sources) {
            Ok((old, new)) => exit = exit.max(finish(path, &old, &new, options.check, terminal)),
            Err(found) => findings.add(&sources, found),
        }
    }
    findings.tell(terminal);
    exit.max(findings.exit())
}

/// The text as it is and as it should be.
fn laid_out(path: &str, sources: &mut SourceMap) -> Result<(String, String), Vec<Diagnostic>> {
    let bytes = read::whole(path).map_err(|finding| vec![*finding])?;
    let name = if path == "-" { "<standard input>" } else { path };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let file = sources.add(name, String::from_utf8_lossy(error.as_bytes()).into_owned());
            let finding = Diagnostic::new(
                NOT_UTF8,
                Span::new(file, at, at),
                "the file is not UTF-8 text",
                "first unreadable byte",
            );
            return Err(vec![finding.help("save it as UTF-8 in your editor")]);
        }
    };
    let file = sources.add(name, text.as_str());
    format(file, &text).map(|new| (text, new))
}

fn finish(path: &str, old: &str, new: &str, check: bool, terminal: &Terminal) -> Exit {
    let same = old == new;
    let printed = match (check, path) {
        (false, "-") => terminal.print(new),
        _ if same => Ok(()),
        (true, _) => {
            let line = 1 + old.split('\n').zip(new.split('\n')).take_while(|(a, b)| a == b).count();
            return terminal
                .print(&format!("{path}:{line}: would be laid out differently\n"))
                .err()
                .unwrap_or(Exit::Errors);
        }
        (false, _) => match write_file(Path::new(path), new.as_bytes(), true) {
            Ok(()) => terminal.print(&format!("laid out {path}\n")),
            Err(reason) => {
                terminal.complain(&format!("cannot write `{path}`: {reason}"), None);
                Err(Exit::Usage)
            }
        },
    };
    printed.err().unwrap_or(Exit::Done)
}
