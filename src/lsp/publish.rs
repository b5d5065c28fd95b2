//! Findings as the protocol's diagnostics, per file.

use super::convert::Encoding;
use super::documents::Documents;
use super::features::findings::Finding;
use super::paths::{normal, uri_of};
use super::study::Study;
use crate::diagnostics::Severity;
use crate::source::{SourceMap, Span};
use indexmap::IndexMap;
use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, PublishDiagnosticsParams,
    Uri,
};

/// What to publish: the findings of every open document and of every other file that has some or
/// had some the last time, whose URIs are in `before`.
pub fn publications(
    studies: &[Study],
    documents: &Documents,
    encoding: Encoding,
    before: &[Uri],
) -> Vec<PublishDiagnosticsParams> {
    let mut by_uri: IndexMap<Uri, Vec<Diagnostic>> = IndexMap::new();
    for (_, document) in documents.iter() {
        by_uri.entry(document.uri.clone()).or_default();
    }
    for uri in before {
        by_uri.entry(uri.clone()).or_default();
    }
    for study in studies {
        let of_base = study.findings.iter().map(|f| (&study.analysis.sources, f));
        let of_others = study.of_others.iter().flat_map(|(sources, found)| found.iter().map(move |f| (sources, f)));
        for (sources, finding) in of_base.chain(of_others) {
            let Some((uri, diagnostic)) = diagnostic(sources, documents, encoding, finding) else { continue };
            let list = by_uri.entry(uri).or_default();
            if !list.contains(&diagnostic) {
                list.push(diagnostic);
            }
        }
    }
    let version = |uri: &Uri| documents.iter().find(|(_, d)| d.uri == *uri).map(|(_, d)| d.version);
    by_uri
        .into_iter()
        .map(|(uri, diagnostics)| PublishDiagnosticsParams { version: version(&uri), uri, diagnostics })
        .collect()
}

/// Where a span is for the client; none for library files.
pub fn location(sources: &SourceMap, documents: &Documents, encoding: Encoding, span: Span) -> Option<Location> {
    let file = sources.get(span.file)?;
    let uri = match documents.get(&normal(&file.name)) {
        Some(document) => document.uri.clone(),
        None => uri_of(&file.name)?,
    };
    Some(Location { uri, range: encoding.range(file, span) })
}

fn diagnostic(
    sources: &SourceMap,
    documents: &Documents,
    encoding: Encoding,
    finding: &Finding,
) -> Option<(Uri, Diagnostic)> {
    let place = location(sources, documents, encoding, finding.span)?;
    let related: Vec<DiagnosticRelatedInformation> = finding
        .related
        .iter()
        .filter_map(|label| {
            let location = location(sources, documents, encoding, label.span)?;
            Some(DiagnosticRelatedInformation { location, message: label.text.clone() })
        })
        .collect();
    let severity = match finding.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    };
    let diagnostic = Diagnostic {
        range: place.range,
        severity: Some(severity),
        code: Some(NumberOrString::String(finding.code.clone())),
        source: Some("tieline".into()),
        message: finding.message.clone(),
        related_information: (!related.is_empty()).then_some(related),
        ..Diagnostic::default()
    };
    Some((place.uri, diagnostic))
}
