//! `tieline check FILE…`

use super::{Disk, Exit, Findings, Format, Terminal};
use crate::analysis::{Analysis, Request, analyse};
use crate::diagnostics::ids_solution::NOT_SOLVABLE_YET;
use crate::lowered::{LowerOptions, lower};
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

pub(super) fn run(options: &Options, terminal: &Terminal) -> Exit {
    let request = Request { case: options.case.clone(), set: options.set.clone(), ..Request::default() };
    let of_file = |file: &String| {
        let base = complete(file, &request);
        let cases = base.cases(&request, |request| complete(file, request));
        std::iter::once(base).chain(cases).collect::<Vec<_>>()
    };
    let done: Vec<Analysis> = options.files.par_iter().flat_map(of_file).collect();
    let mut findings = Findings::default();
    for analysis in done {
        findings.add(&analysis.sources, analysis.diagnostics);
    }
    findings.print(options.format, terminal).err().unwrap_or(findings.exit())
}

/// All stages that can find something without solving.
fn complete(file: &str, request: &Request) -> Analysis {
    let mut analysis = analyse(&Disk::here(), file, request);
    if !analysis.names.is_study() {
        return analysis;
    }
    let Some(program) = analysis.program() else { return analysis };
    for objective in 0..program.objectives.len().max(1) {
        let lowering = lower(&program, &LowerOptions { objective, ..LowerOptions::default() });
        // That there is no engine for a study yet is no fault of the study.
        analysis.add(lowering.diagnostics.into_iter().filter(|d| d.id != NOT_SOLVABLE_YET).collect());
    }
    analysis
}
