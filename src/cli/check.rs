//! `tieline check FILE…`

use super::{Exit, Findings, Format, Terminal};
use crate::analysis::Request;
use crate::check::{File, Task, modules_need_no_goal};
use rayon::prelude::*;

/// Options of `check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tieline check feeder.tie\n  tieline check studies/*.tie --format concise\n  tieline check feeder.tie --format sarif > findings.sarif\n\nThe exit code is 1 if there is an error, 0 if there are only warnings or nothing."
)]
pub(super) struct Options {
    /// Studies; - for the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    reads: super::Reads,
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Check this case of the study only; without it, the file as it stands and all its cases
    #[arg(long, value_name = "NAME")]
    case: Option<String>,
    /// Check with this setting, as path=value; may be given more than once
    #[arg(long, value_name = "PATH=VALUE", value_parser = super::quantities::setting)]
    set: Vec<String>,
}

impl Options {
    /// How findings are shown.
    pub(super) fn format(&self) -> Format {
        self.format
    }
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> Exit {
    let request = Request { case: options.case.clone(), set: options.set.clone(), ..Request::default() };
    let disk = options.reads.disk();
    let of_file = |file: &String| {
        let task = Task { files: &disk, root: file, request: request.clone() };
        File { root: file.clone(), found: task.all() }
    };
    let mut done: Vec<File> = options.files.par_iter().map(of_file).collect();
    modules_need_no_goal(&mut done);
    let mut findings = Findings::default();
    for (sources, found) in done.into_iter().flat_map(|file| file.found) {
        findings.add(&sources, found);
    }
    findings.print(options.format, terminal).err().unwrap_or(findings.exit())
}
