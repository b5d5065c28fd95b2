//! `tieline solve FILE`

use super::{Disk, Display, Exit, Findings, Format, Terminal, quantities, stop_flag, write_out};
use crate::analysis::{Request, analyse};
use crate::program::no_objective;
use crate::report::{Status, StudyOptions, uncertain_document, uncertain_summary};
use crate::solution::{self, Engine};
use crate::uncertainty::solve;
use std::sync::Arc;
use std::time::Instant;

/// Options of `solve`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tieline solve feeder.tie\n  tieline solve feeder.tie --gap 0.01% --time-limit 60s --format json"
)]
pub(super) struct Options {
    /// The study; - for the standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Solve this case of the study
    #[arg(long, value_name = "NAME")]
    case: Option<String>,
    /// With this setting, as path=value; may be given more than once
    #[arg(long, value_name = "PATH=VALUE", value_parser = quantities::setting)]
    set: Vec<String>,
    /// Relative gap to be proven
    #[arg(long, value_name = "GAP", default_value = "0.1%", value_parser = quantities::gap)]
    gap: f64,
    /// Stop with the best so far, e.g. 60s
    #[arg(long, value_name = "TIME", value_parser = quantities::duration)]
    time_limit: Option<f64>,
    /// Worker threads; the result does not depend on them
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: u16,
    /// Seed of everything random
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Engine
    #[arg(long, value_enum, default_value_t = Which::Auto)]
    engine: Which,
    /// How the result is shown
    #[arg(long, value_enum, default_value_t = Show::Human)]
    format: Show,
    /// Folder for solution.json
    #[arg(long, value_name = "DIR")]
    out: Option<String>,
}

/// Forms of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Show {
    /// For reading
    Human,
    /// One JSON object
    Json,
}

/// Engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// Chosen by the kind of problem
    Auto,
    /// Branch and bound over conic relaxations
    Tree,
    /// Outer approximation of cones by HiGHS problems
    OuterApproximation,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> Exit {
    let start = Instant::now();
    let request = Request { case: options.case.clone(), set: options.set.clone(), ..Request::default() };
    let mut analysis = analyse(&Disk::here(), &options.file, &request);
    let program = analysis.program();
    if let Some(d) = program.as_ref().and_then(no_objective) {
        analysis.add(vec![d]);
    }
    let program = match program {
        Some(p) if !analysis.has_errors() => p,
        _ => {
            let mut findings = Findings::default();
            findings.add(&analysis.sources, analysis.diagnostics);
            return findings.print(Format::Human, terminal).err().unwrap_or(Exit::Errors);
        }
    };
    let display = Display::new("solving");
    let unit = program.objectives.first().map_or("", |o| &o.unit.label).to_string();
    let solver = solution::Options {
        gap: options.gap,
        time_limit: options.time_limit.unwrap_or(f64::INFINITY),
        threads: usize::from(options.threads),
        seed: options.seed,
        stop: stop_flag(),
        progress: Some(display.callback(Arc::new(|x| x), if unit.is_empty() { "" } else { "(scaled)" })),
    };
    let engine = match options.engine {
        Which::Auto => Engine::Auto,
        Which::Tree => Engine::Tree,
        Which::OuterApproximation => Engine::OuterApproximation,
    };
    let solved = solve(&program, analysis.names.studies.first(), &StudyOptions { solver, engine });
    let result = &solved.result;
    display.finish();
    let mut findings = Findings::default();
    analysis.add(result.diagnostics.clone());
    let refused = analysis.has_errors() && result.values.is_none();
    findings.add(&analysis.sources, analysis.diagnostics);
    findings.tell(terminal);
    if refused {
        return Exit::Errors;
    }
    let seconds = start.elapsed().as_secs_f64();
    let json = format!("{:#}\n", uncertain_document(&solved, seconds));
    if let Some(dir) = &options.out
        && let Err(exit) = write_out(&format!("{dir}/solution.json"), json.as_bytes(), terminal)
    {
        return exit;
    }
    let text = if options.format == Show::Json { json } else { uncertain_summary(&solved, seconds) };
    if let Err(exit) = write_out("-", text.as_bytes(), terminal) {
        return exit;
    }
    match result.status {
        Status::Optimal => Exit::Done,
        Status::Feasible => Exit::LimitWithSolution,
        Status::Infeasible => Exit::Infeasible,
        Status::Unbounded => Exit::Errors,
        Status::Limit => Exit::LimitWithoutSolution,
        Status::Failed if result.values.is_some() => Exit::CheckFailed,
        Status::Failed => Exit::LimitWithoutSolution,
    }
}
