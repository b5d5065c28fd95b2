//! Solving one case or several in parallel.

use super::{Disk, Display, Findings};
use crate::analysis::{Analysis, Request, analyse};
use crate::deadline::{Deadline, Stopwatch};
use crate::diagnostics::ids_names::UNKNOWN_CASE;
use crate::diagnostics::{Diagnostic, Severity, ids_solution};
use crate::elaborate::{no_objective, no_study, several_modes};
use crate::lowered::{LowerOptions, lower};
use crate::program::Program;
use crate::report::{Case, published, uncertain_document, uncertain_summary};
use crate::solution;
use crate::source::{Once, SourceMap};
use crate::study::{Status, StudyOptions, StudyResult};
use crate::uncertainty::{Found, Plan, SolveOptions, Solved, solve};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What is solved, whatever the case.
pub(super) struct Task<'a> {
    /// The root file.
    pub file: &'a str,
    /// What is read, once: a case or radius is another evaluation of the same texts.
    pub files: &'a Once<Disk>,
    /// The study.
    pub study: Option<&'a str>,
    /// Settings of the command line.
    pub set: &'a [String],
    /// Name and text of a plan.
    pub plan: Option<(&'a str, &'a str)>,
    /// Seconds for each case, from its text to the checked result.
    pub time_limit: f64,
    /// Set by Ctrl-C.
    pub interrupt: Arc<AtomicBool>,
    /// Are cases compared, rather than one solved?
    pub compared: bool,
    /// Options; listener and limit are set per case.
    pub options: SolveOptions,
}

/// A case that has been dealt with.
pub(super) struct Run {
    /// The case.
    pub case: Option<String>,
    /// Its findings with the texts that they speak of.
    pub found: (SourceMap, Vec<Diagnostic>),
    /// The result; none where the study has mistakes or was refused.
    pub result: Option<Ended>,
    /// The case in a comparison.
    pub summary: Case,
}

/// What is kept of a result: programs and models of many cases together would take all memory.
pub(super) struct Ended {
    /// As JSON.
    pub document: Value,
    /// For reading; of a single case.
    pub text: String,
    /// How it ended.
    pub status: Status,
    /// Is there a plan?
    pub planned: bool,
}

/// The cases of a file, values of sweeps included, in its order.
///
/// # Errors
/// Findings: the file has mistakes, or no cases.
pub(super) fn names_of_cases(files: &Once<Disk>, file: &str) -> Result<Vec<String>, Findings> {
    let mut analysis = analyse(files, file, &Request::default());
    let names: Vec<String> = analysis.names.cases.keys().map(ToString::to_string).collect();
    if !names.is_empty() {
        // What is wrong without a case may be right with one: each case is analysed on its own.
        return Ok(names);
    }
    if !analysis.has_errors() {
        let d = Diagnostic::unlocated(UNKNOWN_CASE, format!("`{file}` has no cases"));
        analysis
            .add(vec![d.help("write `case \"high\" { … }` or `sweep PARAMETER in [ … ]`, or leave out `--all-cases`")]);
    }
    let mut findings = Findings::default();
    findings.add(&analysis.sources, analysis.diagnostics);
    Err(findings)
}

/// Solves the cases, several at a time, and gives them in their order. The threads are shared among
/// those that run.
pub(super) fn together(task: &Task<'_>, cases: &[Option<String>], display: &Display) -> Vec<Run> {
    let asked = &task.options;
    let threads = asked.study.solver.threads.max(1);
    let workers = threads.min(cases.len()).max(1);
    let solver = solution::Options { threads: (threads / workers).max(1), ..asked.study.solver.clone() };
    let each = SolveOptions { study: StudyOptions { solver, ..asked.study.clone() }, ..asked.clone() };
    let one = |case: &Option<String>| solve_case(task, case, &each, display, cases.len() > 1);
    solution::each(cases, workers, one)
}

/// All findings; where cases are compared, those about the solution say which case they mean.
fn findings(case: Option<&String>, analysis: &Analysis, solved: Option<&Solved>, compared: bool) -> Vec<Diagnostic> {
    let named = |mut d: Diagnostic| {
        if let Some(case) = case.filter(|_| compared && ids_solution::ALL.contains(&d.id)) {
            d.message = format!("case `{case}`: {}", d.message);
        }
        d
    };
    let own = solved.into_iter().flat_map(|s| &s.result.diagnostics);
    analysis.diagnostics.iter().chain(own).cloned().map(named).collect()
}

/// A run without what led to it.
fn ended(
    task: &Task<'_>,
    case: &Option<String>,
    (analysis, solved): (Analysis, Option<Solved>),
    seconds: f64,
    several: bool,
) -> Run {
    let found = findings(case.as_ref(), &analysis, solved.as_ref(), task.compared);
    let name = case.as_deref().unwrap_or(if task.compared { crate::names::AS_WRITTEN } else { task.file });
    let mut summary = match &solved {
        Some(s) => Case::of(name, &s.shown, &s.result, seconds),
        None => Case::refused(name),
    };
    summary.quantities.extend(published(&analysis.model, name));
    let result = solved.map(|s| Ended {
        document: uncertain_document(&s, seconds),
        text: if several { String::new() } else { uncertain_summary(&s, seconds) },
        status: s.result.status,
        planned: s.result.values.is_some(),
    });
    let sources = if found.is_empty() { SourceMap::default() } else { analysis.sources };
    Run { case: case.clone(), found: (sources, found), result, summary }
}

fn solve_case(task: &Task<'_>, case: &Option<String>, options: &SolveOptions, display: &Display, several: bool) -> Run {
    let start = Stopwatch::start();
    let limit = Deadline::after(task.time_limit).or_when(task.interrupt.clone());
    let (study, set) = (task.study.map(str::to_string), task.set.to_vec());
    let request = Request { case: case.clone(), study, set, aspect: None, limit: limit.clone() };
    let mut analysis = analyse(task.files, task.file, &request);
    let study = analysis.names.is_study() || analysis.has_errors();
    if !study {
        analysis.add(vec![no_study()]);
    }
    analysis.add(several_modes(&analysis.model).into_iter().collect());
    let program = analysis.program();
    if let Some(program) = &program {
        analysis.add(no_objective(program).into_iter().collect());
        if program.variables.is_empty() {
            // As `check` says it; without a goal no stage behind would.
            analysis.add(lower(program, &LowerOptions::default()).diagnostics);
        }
    }
    let title = case.as_deref().filter(|_| several);
    let solver = solution::Options { limit, ..options.study.solver.clone() };
    let study = StudyOptions { solver, progress: Some(display.listener(title)), ..options.study.clone() };
    let mut options = SolveOptions { study, ..options.clone() };
    if let Some((name, text)) = task.plan.filter(|_| !analysis.has_errors()) {
        let file = analysis.sources.add(name, text);
        match Plan::read(file, name, text) {
            Ok(plan) => options.plan = Some(Arc::new(plan)),
            Err(found) => analysis.add(found),
        }
    }
    let mut solved = None;
    if let Some(program) = program.filter(|_| !analysis.has_errors()) {
        let with = |setting: &str| {
            let set = request.set.iter().cloned().chain([setting.to_string()]).collect();
            analyse(task.files, task.file, &Request { set, ..request.clone() }).program()
        };
        let done = solve(&program, &analysis.model, &with, &options);
        let found = &done.result.diagnostics;
        let error = found.iter().any(|d| d.severity == Severity::Error);
        let refused = done.result.outcome.is_none() && done.result.status != Status::Limit && error;
        if refused {
            analysis.add(done.result.diagnostics);
        } else {
            solved = Some(done);
        }
    }
    let errors = analysis.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    if solved.is_none() && analysis.is_unfinished() && errors.count() == 1 {
        solved = Some(given_up(&mut analysis));
    }
    ended(task, case, (analysis, solved), start.seconds(), several)
}

/// The result of a study that was given up before there was a problem to solve; its finding says where.
fn given_up(analysis: &mut Analysis) -> Solved {
    let found = std::mem::take(&mut analysis.diagnostics);
    let (ends, kept) = found.into_iter().partition(|d| d.id == ids_solution::LIMIT_WITHOUT_SOLUTION);
    analysis.diagnostics = kept;
    let result = StudyResult { status: Status::Limit, diagnostics: ends, ..StudyResult::default() };
    Solved { study: String::new(), shown: Program::default(), result, found: Found::Nothing, given: None }
}
