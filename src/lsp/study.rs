//! The studies of the open documents, analysed.

use super::documents::{Documents, Overlay};
use super::features::findings::{Finding, findings, study};
use crate::analysis::Analysis;
use crate::source::{FileId, Files, SourceMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One analysed root document.
pub struct Study {
    /// Path of the root.
    pub root: String,
    /// The analysis.
    pub analysis: Analysis,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// What only its cases have, each with the texts it speaks of.
    pub of_cases: Vec<(SourceMap, Vec<Finding>)>,
}

/// Analyses every open document that no other open document uses. A document whose analysis fails
/// for a fault of the program is left out.
pub fn studies(documents: &Documents, beneath: &dyn Files) -> Vec<Study> {
    let files = Overlay { documents, beneath };
    let mut out: Vec<Study> = Vec::new();
    for (path, _) in documents.iter().filter(|(_, d)| d.is_model) {
        let done = catch_unwind(AssertUnwindSafe(|| {
            let (analysis, cases) = study(&files, path);
            let of_cases = cases.into_iter().map(|c| (findings(&c), c)).map(|(found, c)| (c.sources, found)).collect();
            Study { root: path.clone(), findings: findings(&analysis), analysis, of_cases }
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

/// The study that a path is part of, and its file there.
pub fn study_of<'a>(studies: &'a [Study], path: &str) -> Option<(&'a Study, FileId)> {
    studies.iter().find_map(|s| s.analysis.sources.find(path).map(|file| (s, file)))
}
