//! All stages up to the model (and, on request, the program) on one root file. Never fails and
//! never prints: what is wrong is in the diagnostics. The command line and the language server
//! both stand on it.

use crate::deadline::Deadline;
use crate::diagnostics::{Diagnostic, Severity, ids_names, ids_program, ids_solution, ids_source, ids_syntax};
use crate::elaborate;
use crate::model::{self, Model};
use crate::names::{self, Choice, Modules, Names};
use crate::program::Program;
use crate::program::ledger::Ledger;
use crate::source::{Files, SourceMap, Span};
use crate::syntax::{self, ast};
use crate::units;
use smol_str::SmolStr;
use std::sync::Arc;

/// What to analyse beyond the file.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The case.
    pub case: Option<String>,
    /// The study, of those that the file declares.
    pub study: Option<String>,
    /// `path=value` settings of the command line.
    pub set: Vec<String>,
    /// An aspect that is taken as chosen, in place of those that do not go with it.
    pub aspect: Option<SmolStr>,
    /// When to give up.
    pub limit: Deadline,
}

/// The result of the analysis.
pub struct Analysis {
    /// All texts.
    pub sources: SourceMap,
    /// Modules, the root last.
    pub modules: Modules,
    /// The declaration table.
    pub names: Arc<Names>,
    /// The model, as far as it could be built.
    pub model: Model,
    /// Findings, in the order of the stages.
    pub diagnostics: Vec<Diagnostic>,
    limit: Deadline,
}

impl Analysis {
    /// Is any finding an error?
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// Was it given up before its end? What is there is then incomplete, and a finding says where it was.
    pub fn is_unfinished(&self) -> bool {
        self.diagnostics.iter().any(|d| d.id == ids_solution::LIMIT_WITHOUT_SOLUTION)
    }

    /// Builds the program; its findings are added to the diagnostics. None where there were errors
    /// before or are now.
    pub fn program(&mut self) -> Option<Program> {
        if self.has_errors() {
            return None;
        }
        let (program, found) = elaborate::elaborate(&self.model, &self.limit);
        self.add(found);
        (!self.has_errors()).then_some(program)
    }

    /// What becomes of everything that is declared; the findings of the program are added to the diagnostics. None
    /// where there were errors before.
    pub fn ledger(&mut self) -> Option<Ledger> {
        if self.has_errors() {
            return None;
        }
        let (ledger, found) = elaborate::ledger(&self.model, &self.limit);
        self.add(found);
        Some(ledger)
    }

    /// Adds findings of a later stage; what an earlier one has told is not told again.
    pub fn add(&mut self, found: Vec<Diagnostic>) {
        let new: Vec<_> = found.into_iter().filter(|d| !self.diagnostics.contains(d)).collect();
        self.diagnostics.extend(new);
        causes_alone(&mut self.diagnostics);
    }
}

/// What follows from a mistake is silent: that something got lost is told only where nothing else is wrong.
pub(crate) fn causes_alone(found: &mut Vec<Diagnostic>) {
    let cause = |d: &Diagnostic| d.severity == Severity::Error && d.id != ids_program::INTERNAL_ERROR;
    if found.iter().any(cause) {
        found.retain(|d| d.id != ids_program::INTERNAL_ERROR);
    }
    // An element that lacks a value says more than the place where one may be lacking.
    let missing = found.iter().filter(|d| d.id == ids_names::MISSING_PARAMETER);
    let needed: Vec<Span> = missing.flat_map(|d| d.labels.iter().map(|l| l.span)).collect();
    found.retain(|d| d.id != ids_names::UNGUARDED_OPTIONAL || d.span().is_none_or(|s| !needed.contains(&s)));
}

/// Analyses a root file.
pub fn analyse(files: &dyn Files, root: &str, request: &Request) -> Analysis {
    let mut sources = SourceMap::default();
    let mut modules = names::load(files, &mut sources, root);
    let mut diagnostics = std::mem::take(&mut modules.diagnostics);
    let mut choice = Choice {
        case: request.case.clone(),
        study: request.study.clone(),
        aspect: request.aspect.clone(),
        set: Vec::new(),
    };
    for text in &request.set {
        let file = sources.add(format!("--set {text}"), text.as_str());
        let parsed = syntax::parse(file, text);
        diagnostics.extend(parsed.diagnostics);
        for s in parsed.module.statements {
            if let ast::StatementKind::Setting { path, value } = s.kind {
                choice.set.push((path, value));
            }
        }
    }
    let (names, found) = names::declare(&modules, &choice);
    diagnostics.extend(found);
    let names = Arc::new(names);
    let (model, found) = model::build(names.clone(), files, &mut sources, &request.limit);
    diagnostics.extend(found);
    causes_alone(&mut diagnostics);
    if !diagnostics.iter().any(|d| d.severity == Severity::Error) {
        diagnostics.extend(names::idle(&modules, &names, &sources));
        let goals: Vec<_> = model.objectives.iter().flat_map(|o| o.terms.iter().map(|t| &t.1)).collect();
        let present: Vec<_> = model.classes.iter().map(|class| !class.elements.is_empty()).collect();
        diagnostics.extend(units::absence::unguarded(&names, &model.members, &present, &goals));
    }
    if diagnostics.iter().any(|d| d.id == ids_syntax::TOO_MANY_MISTAKES) {
        // Hardly a study: what later stages say of the rest is noise.
        diagnostics.retain(|d| ids_syntax::ALL.contains(&d.id) || ids_source::ALL.contains(&d.id));
    }
    Analysis { sources, modules, names, model, diagnostics, limit: request.limit.clone() }
}
