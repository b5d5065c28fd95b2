//! The studies of the open documents, analysed: names, units, data and topology at once, programs and
//! convexity when there is time.

use super::documents::{Documents, Overlay};
use super::features::findings::{Finding, beyond, findings};
use crate::analysis::{Analysis, Request, analyse};
use crate::check::Beyond;
use crate::deadline::Deadline;
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Files, SourceMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// One analysed root document.
pub struct Study {
    /// Path of the root.
    pub root: String,
    /// The analysis.
    pub analysis: Arc<Analysis>,
    /// Findings of the file as it stands.
    pub findings: Vec<Finding>,
    /// What only its other studies and its cases have, each with the texts it speaks of.
    pub of_others: Vec<(SourceMap, Vec<Finding>)>,
}

impl Study {
    /// Takes what the later stages have found; is there anything new?
    pub fn take(&mut self, found: Beyond) -> bool {
        let mut all: Vec<Diagnostic> = self.analysis.diagnostics.clone();
        all.extend(found.base);
        let before = std::mem::replace(&mut self.findings, findings(&self.analysis.sources, &self.root, &all));
        let others = found.others.into_iter().map(|(sources, list)| {
            let shown = findings(&sources, &self.root, &list);
            (sources, shown)
        });
        self.of_others = others.filter(|(_, list)| !list.is_empty()).collect();
        before != self.findings || !self.of_others.is_empty()
    }
}

/// Analyses every open document that no other open document uses. A document whose analysis fails
/// for a fault of the program is left out.
pub fn studies(documents: &Documents, beneath: &dyn Files) -> Vec<Study> {
    let files = Overlay { documents, beneath };
    let mut out: Vec<Study> = Vec::new();
    for (path, _) in documents.iter().filter(|(_, d)| d.is_model) {
        let done = catch_unwind(AssertUnwindSafe(|| {
            let analysis = analyse(&files, path, &Request::default());
            let findings = findings(&analysis.sources, path, &analysis.diagnostics);
            Study { root: path.clone(), analysis: Arc::new(analysis), findings, of_others: Vec::new() }
        }));
        out.extend(done.ok());
    }
    let mut at = 0;
    while let Some(one) = out.get(at) {
        let used = out.iter().any(|other| other.root != one.root && other.analysis.sources.find(&one.root).is_some());
        if used {
            out.remove(at);
        } else {
            at += 1;
        }
    }
    out
}

/// What the later stages find in studies, by their roots.
pub fn later(
    documents: &Documents,
    beneath: &dyn Files,
    studies: &[(String, Arc<Analysis>)],
    limit: &Deadline,
) -> Vec<(String, Beyond)> {
    let files = Overlay { documents, beneath };
    let of_study = |(root, analysis): &(String, Arc<Analysis>)| {
        let found = catch_unwind(AssertUnwindSafe(|| beyond(&files, root, analysis, limit)));
        Some((root.clone(), found.ok()?))
    };
    studies.iter().filter_map(of_study).collect()
}

/// The study that a path is part of, and its file there.
pub fn study_of<'a>(studies: &'a [Study], path: &str) -> Option<(&'a Study, FileId)> {
    studies.iter().find_map(|s| s.analysis.sources.find(path).map(|file| (s, file)))
}
