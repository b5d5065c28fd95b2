//! All stages that need no solver: a file as it stands, each of its studies and each of its cases. Every
//! finding is the one that solving would give.
//!
//! A file that asks for nothing, such as a network, is a module for studies: its names, units, data and
//! topology are checked, and no decision or goal is missed in it.

use crate::analysis::{Analysis, Request, analyse, causes_alone};
use crate::diagnostics::ids_names::UNKNOWN_CLASS;
use crate::diagnostics::{Diagnostic, Severity, ids_program};
use crate::elaborate;
use crate::names::{StudyStatement, library};
use crate::source::{Files, SourceMap, Span};
use crate::syntax::ast::{AspectDecl, Statement, StatementKind};
use crate::uncertainty::refusals;
use rayon::prelude::*;

/// Findings of one analysis with the texts they speak of.
pub type Found = (SourceMap, Vec<Diagnostic>);

/// What to check of a file.
pub struct Task<'a> {
    /// What is read.
    pub files: &'a dyn Files,
    /// The root file.
    pub root: &'a str,
    /// Case, settings and when to give up; the study is chosen here.
    pub request: Request,
}

impl Task<'_> {
    /// All findings: of the file as it stands, then what only its other studies, then what only its cases have.
    pub fn all(&self) -> Vec<Found> {
        let base = analyse(self.files, self.root, &self.request);
        let mut out = self.beyond(&base);
        let mut diagnostics = base.diagnostics;
        diagnostics.append(&mut out.base);
        causes_alone(&mut diagnostics);
        let mut all = vec![(base.sources, diagnostics)];
        all.append(&mut out.others);
        all
    }

    /// What the stages up to the model do not find: programs, studies, convexity; then other studies and cases.
    pub fn beyond(&self, base: &Analysis) -> Beyond {
        let mut out = Beyond { base: self.program(base, &self.request), others: Vec::new() };
        if base.has_errors() {
            return out;
        }
        if self.request.case.is_none() && goal_in_cases(base) {
            // The file is meant to be solved case by case.
            out.base.retain(|d| d.id != ids_program::NO_OBJECTIVE);
        }
        let told: Vec<&Diagnostic> = base.diagnostics.iter().chain(&out.base).collect();
        let of_studies = self.studies(&self.request, base, &told);
        let sound = |found: &[Diagnostic]| found.iter().all(|d| d.severity != Severity::Error);
        let clean = sound(&out.base) && of_studies.iter().all(|(_, found)| sound(found));
        let names: Vec<String> = base.names.cases.keys().map(ToString::to_string).collect();
        if clean && self.request.case.is_none() {
            let of_case = |name: &String| self.case(name, &told);
            out.others = names.par_iter().flat_map(of_case).collect();
        }
        out.others.splice(0..0, of_studies);
        out.others.extend(self.aspects(base));
        out
    }

    /// What is wrong inside aspects of the user's files that neither the file as it stands nor a case chooses, each as
    /// if it were chosen.
    fn aspects(&self, base: &Analysis) -> Vec<Found> {
        let in_cases: Vec<&str> = with_in_cases(base);
        let library = |file| library::has(&base.sources.file(file).name);
        let idle = base.names.aspects.values().filter(|(aspect, chosen)| {
            !chosen && !in_cases.contains(&aspect.name.text.as_str()) && !library(aspect.name.span.file)
        });
        let found = |(aspect, _): &(AspectDecl, bool)| {
            let request = Request { aspect: Some(aspect.name.text.clone()), ..self.request.clone() };
            let mut analysis = analyse(self.files, self.root, &request);
            let inside = |d: &Diagnostic| {
                let within =
                    |span: Span| aspect.body.iter().any(|s| s.span.file == span.file && s.span.touches(span.start));
                // Whether a class is anywhere is told of all aspects; here it may be one that the study does not use.
                let told = d.id == UNKNOWN_CLASS || base.diagnostics.contains(d);
                d.span().is_some_and(within) && !told
            };
            analysis.diagnostics.retain(inside);
            for d in &mut analysis.diagnostics {
                d.notes.push(format!("this is so where aspect `{}` is chosen", aspect.name.text));
            }
            (analysis.sources, analysis.diagnostics)
        };
        idle.map(found).filter(|(_, found)| !found.is_empty()).collect()
    }

    /// What only a case has, in each of the studies.
    fn case(&self, name: &str, told: &[&Diagnostic]) -> Vec<Found> {
        if self.request.limit.passed() {
            return Vec::new();
        }
        let request = Request { case: Some(name.to_string()), ..self.request.clone() };
        let (analysis, found) = self.only(&request, told);
        let known: Vec<&Diagnostic> = told.iter().copied().chain(&found).collect();
        let mut out = self.studies(&request, &analysis, &known);
        out.insert(0, (analysis.sources, found));
        for (_, found) in &mut out {
            for d in found {
                d.notes.push(format!("this is so in case \"{name}\""));
            }
        }
        out
    }

    /// What only the studies behind the first one have; `told` has been told already.
    fn studies(&self, request: &Request, first: &Analysis, told: &[&Diagnostic]) -> Vec<Found> {
        if request.study.is_some() || first.has_errors() {
            return Vec::new();
        }
        let of_study = |study: &StudyStatement| {
            if self.request.limit.passed() {
                return None;
            }
            let name = study.name.text.to_string();
            let request = Request { study: Some(name.clone()), ..request.clone() };
            let (analysis, mut found) = self.only(&request, told);
            for d in &mut found {
                // What is at the statement itself needs no word about where it belongs.
                if !d.labels.iter().any(|l| study.span.touches(l.span.start) && l.span.file == study.span.file) {
                    d.notes.push(format!("this is so in study `{name}`"));
                }
            }
            Some((analysis.sources, found))
        };
        first.names.studies.iter().skip(1).filter_map(of_study).filter(|(_, found)| !found.is_empty()).collect()
    }

    /// An analysis and what is found up to its program, but for what has been told.
    fn only(&self, request: &Request, told: &[&Diagnostic]) -> (Analysis, Vec<Diagnostic>) {
        let analysis = analyse(self.files, self.root, request);
        let mut found = analysis.diagnostics.clone();
        found.extend(self.program(&analysis, request));
        found.retain(|d| !told.contains(&d));
        (analysis, found)
    }

    /// What program and study of an analysis without errors are refused for.
    fn program(&self, analysis: &Analysis, request: &Request) -> Vec<Diagnostic> {
        if analysis.has_errors() || !analysis.names.is_study() || request.limit.passed() {
            return Vec::new();
        }
        let (program, mut found) = elaborate::elaborate(&analysis.model, &request.limit);
        if found.iter().all(|d| d.severity != Severity::Error) {
            let with = |setting: &str| {
                let set = request.set.iter().cloned().chain([setting.to_string()]).collect();
                analyse(self.files, self.root, &Request { set, ..request.clone() }).program()
            };
            found.extend(refusals(&program, &analysis.model, &with, &request.limit));
        }
        found.retain(|d| !analysis.diagnostics.contains(d));
        found
    }
}

/// What only the later stages find.
#[derive(Debug, Clone, Default)]
pub struct Beyond {
    /// Of the file as it stands.
    pub base: Vec<Diagnostic>,
    /// Of its other studies and of its cases.
    pub others: Vec<Found>,
}

/// Aspects that cases choose.
fn with_in_cases(analysis: &Analysis) -> Vec<&str> {
    let mut out = Vec::new();
    for s in analysis.modules.modules.iter().flat_map(|m| &m.ast.statements) {
        let StatementKind::Case { body, .. } = &s.kind else { continue };
        for s in body {
            if let StatementKind::With(list) = &s.kind {
                out.extend(list.iter().map(|u| u.name.text.as_str()));
            }
        }
    }
    out
}

/// Does a case state the goal?
fn goal_in_cases(analysis: &Analysis) -> bool {
    let is_goal = |s: &Statement| matches!(s.kind, StatementKind::Objective { .. });
    let statements = analysis.modules.modules.iter().flat_map(|m| &m.ast.statements);
    statements.into_iter().any(|s| matches!(&s.kind, StatementKind::Case { body, .. } if body.iter().any(is_goal)))
}

/// A checked file.
pub struct File {
    /// Its path, as it was given.
    pub root: String,
    /// What was found.
    pub found: Vec<Found>,
}

/// Takes away that a file has no goal where another file that was checked uses it: the goal is for that one
/// to state.
pub fn modules_need_no_goal(files: &mut [File]) {
    let uses = |file: &File, root: &str| file.root != root && file.found.iter().any(|(s, _)| s.find(root).is_some());
    let modules: Vec<bool> = files.iter().map(|module| files.iter().any(|f| uses(f, &module.root))).collect();
    for (file, module) in files.iter_mut().zip(modules) {
        if module {
            file.found.iter_mut().for_each(|(_, list)| list.retain(|d| d.id != ids_program::NO_OBJECTIVE));
        }
    }
}
