//! `tieline solve FILE`

use super::cases::{Run, Task, names_of_cases, together};
use super::output::write_file;
use super::quiet::Quiet;
use super::{Disk, Display, Exit, Findings, Format, Terminal, quantities, stop_flag, write_out};
use crate::report::{Comparison, compare};
use crate::solution::{self, Engine};
use crate::source::{FILE_LIMIT, Files, Once};
use crate::study::{Status, StudyOptions};
use crate::uncertainty::{Keeper, Saved, SolveOptions};
use serde_json::Value;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Options of `solve`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tieline solve feeder.tie\n  tieline solve feeder.tie --gap 0.01% --time-limit 60s --format json\n  tieline solve feeder.tie --all-cases --format csv > cases.csv\n\nSeveral cases are solved in parallel and shown in one table with differences from the first. The\nexit code is then that of the worst case."
)]
pub(super) struct Options {
    /// The study; - for the standard input
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    reads: super::Reads,
    /// Solve this study, of those that the file declares
    #[arg(long, value_name = "NAME")]
    study: Option<String>,
    /// Solve this case; several are compared
    #[arg(long, value_name = "NAME")]
    case: Vec<String>,
    /// Solve all cases and values of sweeps, and compare them
    #[arg(long, conflicts_with = "case")]
    all_cases: bool,
    /// With this setting, as path=value; may be given more than once
    #[arg(long, value_name = "PATH=VALUE", value_parser = quantities::setting)]
    set: Vec<String>,
    /// Relative gap to be proven
    #[arg(long, value_name = "GAP", default_value = "0.1%", value_parser = quantities::gap)]
    gap: f64,
    /// Stop with the best so far, e.g. 60s; each case has this time
    #[arg(long, value_name = "TIME", value_parser = quantities::duration)]
    time_limit: Option<f64>,
    /// Worker threads; the result does not depend on them
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: u16,
    /// Seed of everything random
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Save where the search of a robust study stands, after every iteration
    #[arg(long, value_name = "FILE", conflicts_with = "all_cases")]
    save_state: Option<String>,
    /// Go on with the search of a robust study from a saved state
    #[arg(long, value_name = "FILE", conflicts_with = "all_cases")]
    resume: Option<String>,
    /// Take this plan as given and say what follows: the JSON of a solved study, or a table with the
    /// columns quantity, id, period, value
    #[arg(long, value_name = "FILE", conflicts_with_all = ["save_state", "resume"])]
    plan: Option<String>,
    /// Engine
    #[arg(long, value_enum, default_value_t = Which::Auto)]
    engine: Which,
    /// How the result is shown
    #[arg(long, value_enum, default_value_t = Show::Human)]
    format: Show,
    /// Folder for solution.json; with several cases for one file each, comparison.csv and comparison.json
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
    /// One line per case and number
    Csv,
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

impl Options {
    /// How findings are shown where there is no result.
    pub(super) fn format(&self) -> Format {
        match self.format {
            Show::Json => Format::Json,
            Show::Human | Show::Csv => Format::Human,
        }
    }
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> Exit {
    let files = Once::new(options.reads.disk());
    let cases: Vec<Option<String>> = if options.all_cases {
        match names_of_cases(&files, &options.file) {
            Ok(names) => names.into_iter().map(Some).collect(),
            Err(findings) => return refused(&findings, options, terminal),
        }
    } else if options.case.is_empty() {
        vec![None]
    } else {
        options.case.iter().cloned().map(Some).collect()
    };
    let resume = match (&options.resume, cases.len()) {
        (None, _) => None,
        (Some(path), 1) => match saved(path) {
            Ok(state) => Some(state),
            Err(why) => {
                terminal.complain(&format!("cannot go on from `{path}`: {why}"), None);
                return Exit::Usage;
            }
        },
        _ => return one_case(terminal),
    };
    if options.save_state.is_some() && cases.len() > 1 {
        return one_case(terminal);
    }
    let plan = match options.plan.as_deref().map(text_of).transpose() {
        Ok(plan) => plan,
        Err(why) => {
            let path = options.plan.as_deref().unwrap_or_default();
            terminal.complain(&format!("cannot read the plan `{path}`: {why}"), None);
            return Exit::Usage;
        }
    };
    if let Some((dir, file)) = options.out.as_deref().and_then(|dir| Some((dir, in_the_way(dir)?))) {
        let text = format!("cannot make the folder `{dir}`: `{}` is a file", file.display());
        terminal.complain(&text, Some("give `--out` a folder; where there is none it is made"));
        return Exit::Usage;
    }
    let trouble: Arc<Mutex<Option<String>>> = Arc::default();
    let keep = options.save_state.clone().map(|path| keeper(path, trouble.clone()));
    let display = Display::new("solving");
    let solver = solution::Options {
        gap: options.gap,
        threads: usize::from(options.threads),
        seed: options.seed,
        ..solution::Options::default()
    };
    let engine = match options.engine {
        Which::Auto => Engine::Auto,
        Which::Tree => Engine::Tree,
        Which::OuterApproximation => Engine::OuterApproximation,
    };
    let compared = options.all_cases || cases.len() > 1;
    let task = Task {
        file: &options.file,
        files: &files,
        study: options.study.as_deref(),
        set: &options.set,
        plan: options.plan.as_deref().zip(plan.as_deref()),
        time_limit: options.time_limit.unwrap_or(f64::INFINITY),
        interrupt: stop_flag(),
        compared,
        options: SolveOptions {
            study: StudyOptions { solver, engine, ..StudyOptions::default() },
            resume,
            keep,
            ..SolveOptions::default()
        },
    };
    let quiet = Quiet::now();
    let runs = together(&task, &cases, &display);
    drop(quiet);
    display.finish();
    let kept = trouble.lock().ok().and_then(|mut t| t.take());
    if let Some(why) = &kept {
        terminal.complain(why, None);
    }
    let mut findings = Findings::default();
    for run in &runs {
        findings.add(&run.found.0, run.found.1.clone());
    }
    if let [run] = runs.as_slice()
        && run.result.is_none()
    {
        return refused(&findings, options, terminal);
    }
    findings.tell(terminal);
    let written = if compared { show_all(options, &runs, terminal) } else { show_one(options, &runs, terminal) };
    if let Err(exit) = written {
        return exit;
    }
    if kept.is_some() {
        return Exit::Usage;
    }
    runs.iter().map(exit).max_by_key(|e| severity(*e)).unwrap_or(Exit::Errors)
}

/// Shows why nothing was solved: as the result, in the form of results that programs read where that was asked for.
fn refused(findings: &Findings, options: &Options, terminal: &Terminal) -> Exit {
    findings.print(options.format(), terminal).err().unwrap_or(Exit::Errors)
}

/// Reads a saved state.
fn saved(path: &str) -> Result<Saved, String> {
    Saved::read(&text_of(path)?)
}

/// The text of a file.
fn text_of(path: &str) -> Result<String, String> {
    let bytes = Disk::here().read(path)?;
    if bytes.len() > FILE_LIMIT {
        return Err("it is too large".into());
    }
    String::from_utf8(bytes).map_err(|_| "it is no text".into())
}

fn one_case(terminal: &Terminal) -> Exit {
    terminal.complain("a state is that of one case", Some("give `--case` once"));
    Exit::Usage
}

/// Writes every state over the one before, whole or not at all; the first failure is told at the end.
fn keeper(path: String, trouble: Arc<Mutex<Option<String>>>) -> Keeper {
    Arc::new(move |saved: &Saved| {
        if let Err(why) = write_file(Path::new(&path), saved.text().as_bytes(), true)
            && let Ok(mut first) = trouble.lock()
        {
            first.get_or_insert_with(|| format!("cannot write `{path}`: {why}"));
        }
    })
}

fn show_one(options: &Options, runs: &[Run], terminal: &Terminal) -> Result<(), Exit> {
    let Some((run, result)) = runs.first().and_then(|r| Some((r, r.result.as_ref()?))) else {
        return Ok(());
    };
    let json = format!("{:#}\n", result.document);
    // Where files cannot be written the result is still shown.
    let kept = options.out.as_ref().map_or(Ok(()), |dir| {
        folder(dir, terminal)?;
        write_out(&format!("{dir}/solution.json"), json.as_bytes(), terminal)
    });
    let text = match options.format {
        Show::Json => json,
        Show::Csv => compare(vec![run.summary.clone()]).csv(),
        Show::Human => result.text.clone(),
    };
    write_out("-", text.as_bytes(), terminal)?;
    kept
}

fn show_all(options: &Options, runs: &[Run], terminal: &Terminal) -> Result<(), Exit> {
    let table: Comparison = compare(runs.iter().map(|r| r.summary.clone()).collect());
    let solutions: Vec<Value> =
        runs.iter().map(|r| r.result.as_ref().map_or(Value::Null, |s| s.document.clone())).collect();
    let out = options.out.as_deref();
    let cases = out.map_or(Ok(()), |dir| {
        folder(dir, terminal)?;
        for (run, solution) in runs.iter().zip(&solutions).filter(|(_, s)| !s.is_null()) {
            let name = file_name(run.case.as_deref().unwrap_or("as written"));
            write_out(&format!("{dir}/{name}.json"), format!("{solution:#}\n").as_bytes(), terminal)?;
        }
        write_out(&format!("{dir}/comparison.csv"), table.csv().as_bytes(), terminal)
    });
    let document = format!("{:#}\n", table.document(solutions));
    let kept = cases.and_then(|()| {
        out.map_or(Ok(()), |dir| write_out(&format!("{dir}/comparison.json"), document.as_bytes(), terminal))
    });
    let text = match options.format {
        Show::Json => document,
        Show::Csv => table.csv(),
        Show::Human => table.table(),
    };
    write_out("-", text.as_bytes(), terminal)?;
    kept
}

/// What is a file where the folder, or one that it is in, would be.
fn in_the_way(dir: &str) -> Option<&Path> {
    Path::new(dir).ancestors().find(|path| path.exists()).filter(|path| !path.is_dir())
}

/// Makes the folder where there is none.
fn folder(dir: &str, terminal: &Terminal) -> Result<(), Exit> {
    std::fs::create_dir_all(dir).map_err(|e| {
        terminal.complain(&format!("cannot make the folder `{dir}`: {}", super::disk::why(&e)), None);
        Exit::Usage
    })
}

/// The name of a case as a file's name.
fn file_name(case: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
    let name: String = case.chars().map(kept).collect();
    format!("case-{name}")
}

fn exit(run: &Run) -> Exit {
    let Some(result) = &run.result else { return Exit::Errors };
    match result.status {
        Status::Optimal => Exit::Done,
        Status::Feasible => Exit::LimitWithSolution,
        Status::Infeasible => Exit::Infeasible,
        Status::Unbounded => Exit::Errors,
        Status::Limit => Exit::LimitWithoutSolution,
        Status::Failed if result.planned => Exit::CheckFailed,
        Status::Failed => Exit::LimitWithoutSolution,
    }
}

/// Which exit code tells of several cases.
fn severity(exit: Exit) -> u8 {
    match exit {
        Exit::Done => 0,
        Exit::LimitWithSolution => 1,
        Exit::Infeasible => 2,
        Exit::LimitWithoutSolution => 3,
        Exit::CheckFailed => 4,
        Exit::Errors | Exit::Usage => 5,
    }
}
