//! `tieline import matpower FILE` and `tieline import csv DIR`

use super::{Disk, Exit, Findings, Terminal, read, write_out};
use crate::diagnostics::Diagnostic;
use crate::import::write::{Study, write};
use crate::import::{Feeder, csv_folder, matpower};
use crate::source::SourceMap;

/// Options of `import`.
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  tieline import matpower case33bw.m -o feeder.tie\n  tieline import matpower case33bw.m --study losses -o feeder.tie && tieline solve feeder.tie\n  tieline import csv networks/33bw -o feeder.tie"
)]
pub(super) struct Options {
    #[command(subcommand)]
    from: From,
}

/// What is imported.
#[derive(Debug, clap::Subcommand)]
enum From {
    /// A MATPOWER case file (format version 2), its unit conversion code included
    Matpower {
        /// The case file; - for the standard input
        #[arg(value_name = "FILE.m")]
        file: String,
        /// Nominal voltage of the buses that have none (0 in column BASE_KV), in kV
        #[arg(long, value_name = "KV", value_parser = super::quantities::kilovolts)]
        base_kv: Option<f64>,
        #[command(flatten)]
        to: To,
    },
    /// A folder with buses.csv, lines.csv and meta.json
    Csv {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: String,
        #[command(flatten)]
        to: To,
    },
}

/// What is written.
#[derive(Debug, clap::Args)]
struct To {
    /// Append a study, so that the file can be solved as it is (losses: switch lines so that losses are least)
    #[arg(long, value_enum)]
    study: Option<Kind>,
    /// The file to write; - for the standard output
    #[arg(short, long, value_name = "FILE.tie", default_value = "-")]
    output: String,
}

/// Studies that can be appended.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// Switch lines so that losses are least
    Losses,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> Exit {
    let mut sources = SourceMap::default();
    let (from, to) = match &options.from {
        From::Matpower { file, base_kv, to } => (case(&mut sources, file, *base_kv), to),
        From::Csv { folder, to } => (csv_folder::read(&Disk::here(), &mut sources, folder), to),
    };
    let (feeder, diagnostics) = from;
    let mut findings = Findings::default();
    findings.add(&sources, diagnostics);
    findings.tell(terminal);
    let Some(feeder) = feeder else { return Exit::Errors };
    let study = to.study.map(|Kind::Losses| Study::Losses);
    if let Err(exit) = write_out(&to.output, write(&feeder, study).as_bytes(), terminal) {
        return exit;
    }
    if to.output != "-" {
        terminal.tell(&format!("wrote {}: {}\n", to.output, summary(&feeder)));
    }
    Exit::Done
}

/// The text is read leniently: case files carry names in old encodings in their comments, and the
/// importer refuses a replaced character where it matters.
fn case(sources: &mut SourceMap, path: &str, base_kv: Option<f64>) -> (Option<Feeder>, Vec<Diagnostic>) {
    let bytes = match read::whole(path) {
        Ok(bytes) => bytes,
        Err(finding) => return (None, vec![*finding]),
    };
    let text = String::from_utf8_lossy(&bytes);
    let file = sources.add(if path == "-" { "<standard input>" } else { path }, text.as_ref());
    let (feeder, diagnostics) = matpower::read(file, &text, base_kv);
    (feeder.map(|feeder| Feeder { file: path.to_string(), ..feeder }), diagnostics)
}

/// `33 buses, 37 lines (5 normally open), 1 source`
fn summary(feeder: &Feeder) -> String {
    let count = |n: usize, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
    let open = feeder.branches.iter().filter(|b| b.normally_open).count();
    format!(
        "{}, {} ({open} normally open), {}",
        count(feeder.buses.len(), "bus", "buses"),
        count(feeder.branches.len(), "line", "lines"),
        count(feeder.sources.len(), "source", "sources"),
    )
}
