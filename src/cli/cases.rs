//! Solving one case or several in parallel.

use super::{Disk, Display, Findings};
use crate::analysis::{Analysis, Request, analyse};
use crate::diagnostics::ids_names::UNKNOWN_CASE;
use crate::diagnostics::{Diagnostic, Severity, ids_solution};
use crate::lowered::{LowerOptions, lower};
use crate::program::{no_objective, no_study};
use crate::report::{Case, StudyOptions, published};
use crate::solution;
use crate::uncertainty::{Plan, Solved, solve};
use std::sync::Arc;
use std::time::Instant;

/// What is solved, whatever the case.
pub(super) struct Task<'a> {
    /// The root file.
    pub file: &'a str,
    /// The study.
    pub study: Option<&'a str>,
    /// Settings of the command line.
    pub set: &'a [String],
    /// Name and text of a plan.
    pub plan: Option<(&'a str, &'a str)>,
    /// Options; the listener is set per case.
    pub options: StudyOptions,
}

/// A case that has been dealt with.
pub(super) struct Run {
    /// The case.
    pub case: Option<String>,
    /// Its analysis.
    pub analysis: Analysis,
    /// Program and result; none where the study has mistakes or was refused.
    pub solved: Option<Solved>,
    /// Seconds from the text to the checked result.
    pub seconds: f64,
}

impl Run {
    /// All findings; where cases are compared, those about the solution say which case they mean.
    pub fn findings(&self, compared: bool) -> Vec<Diagnostic> {
        let named = |mut d: Diagnostic| {
            if let Some(case) = self.case.as_ref().filter(|_| compared && ids_solution::ALL.contains(&d.id)) {
                d.message = format!("case `{case}`: {}", d.message);
            }
            d
        };
        let own = self.solved.iter().flat_map(|s| &s.result.diagnostics);
        self.analysis.diagnostics.iter().chain(own).cloned().map(named).collect()
    }

    /// The case in a comparison; `plain` names the file without a case.
    pub fn summary(&self, plain: &str) -> Case {
        let name = self.case.as_deref().unwrap_or(plain);
        let mut case = match &self.solved {
            Some(s) => Case::of(name, &s.shown, &s.result, self.seconds),
            None => Case::refused(name),
        };
        case.quantities.extend(published(&self.analysis.model, name));
        case
    }
}

/// The cases of a file, values of sweeps included, in its order.
///
/// # Errors
/// Findings: the file has mistakes, or no cases.
pub(super) fn names_of_cases(file: &str) -> Result<Vec<String>, Findings> {
    let mut analysis = analyse(&Disk::here(), file, &Request::default());
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
    let threads = task.options.solver.threads.max(1);
    let workers = threads.min(cases.len()).max(1);
    let each = StudyOptions {
        solver: solution::Options { threads: (threads / workers).max(1), ..task.options.solver.clone() },
        ..task.options.clone()
    };
    let one = |case: &Option<String>| solve_case(task, case, &each, display, cases.len() > 1);
    solution::each(cases, workers, one)
}

fn solve_case(task: &Task<'_>, case: &Option<String>, options: &StudyOptions, display: &Display, several: bool) -> Run {
    let start = Instant::now();
    let request = Request { case: case.clone(), study: task.study.map(str::to_string), set: task.set.to_vec() };
    let mut analysis = analyse(&Disk::here(), task.file, &request);
    let study = analysis.names.is_study() || analysis.has_errors();
    if !study {
        analysis.add(vec![no_study()]);
    }
    let program = analysis.program();
    if let Some(program) = &program {
        analysis.add(no_objective(program).into_iter().collect());
        if program.variables.is_empty() {
            // As `check` says it; without a goal no stage behind would.
            analysis.add(lower(program, &LowerOptions::default()).diagnostics);
        }
    }
    let title = case.as_deref().filter(|_| several);
    let mut options = StudyOptions { progress: Some(display.listener(title)), ..options.clone() };
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
            analyse(&Disk::here(), task.file, &Request { set, ..request.clone() }).program()
        };
        let done = solve(&program, &analysis.model, &with, &options);
        let found = &done.result.diagnostics;
        let refused = done.result.outcome.is_none() && found.iter().any(|d| d.severity == Severity::Error);
        if refused {
            analysis.add(done.result.diagnostics);
        } else {
            solved = Some(done);
        }
    }
    Run { case: case.clone(), analysis, solved, seconds: start.elapsed().as_secs_f64() }
}
