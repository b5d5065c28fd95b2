//! For code-scanning services: SARIF 2.1.0 (OASIS standard), one run.

use crate::diagnostics::page::Page;
use crate::diagnostics::position::Extent;
use crate::diagnostics::{Diagnostic, Fix, Id, Label, Severity};
use crate::source::{SourceMap, Span};
use serde_json::{Map, Value, json};

/// The whole log. Only rules that have results are listed; each carries its page as help text.
pub fn sarif(sources: &SourceMap, diagnostics: &[Diagnostic]) -> Value {
    let mut ids: Vec<Id> = diagnostics.iter().map(|d| d.id).collect();
    ids.sort();
    ids.dedup();
    let results: Vec<Value> = diagnostics.iter().map(|d| result(sources, d, &ids)).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tieline",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": ids.iter().map(|id| rule(*id)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(id: Id) -> Value {
    let mut rule = json!({
        "id": id.code,
        "name": id.name,
        "defaultConfiguration": { "level": level(Diagnostic::unlocated(id, "").severity) },
    });
    if let (Some(page), Some(object)) = (Page::of(id), rule.as_object_mut()) {
        object.insert("shortDescription".into(), json!({ "text": id.name.replace('-', " ") }));
        object.insert("fullDescription".into(), json!({ "text": page.meaning }));
        object.insert("help".into(), json!({ "text": page.text, "markdown": page.text }));
    }
    rule
}

fn result(sources: &SourceMap, d: &Diagnostic, ids: &[Id]) -> Value {
    let mut text = d.message.clone();
    for more in d.notes.iter().chain(&d.help) {
        text.push('\n');
        text.push_str(more);
    }
    let mut result = Map::new();
    result.insert("ruleId".into(), d.id.code.into());
    if let Ok(index) = ids.binary_search(&d.id) {
        result.insert("ruleIndex".into(), index.into());
    }
    result.insert("level".into(), level(d.severity).into());
    result.insert("message".into(), json!({ "text": text }));
    let mut locations = d.labels.iter().filter_map(|l| location(sources, l));
    if let Some(primary) = locations.next() {
        result.insert("locations".into(), json!([primary]));
    }
    let related: Vec<Value> = locations.collect();
    if !related.is_empty() {
        result.insert("relatedLocations".into(), related.into());
    }
    if let Some(fix) = d.fix.as_ref().and_then(|f| changes(sources, f)) {
        result.insert("fixes".into(), json!([fix]));
    }
    Value::Object(result)
}

fn location(sources: &SourceMap, label: &Label) -> Option<Value> {
    let (uri, region) = place(sources, label.span)?;
    let mut location = json!({
        "physicalLocation": { "artifactLocation": { "uri": uri }, "region": region },
    });
    if !label.text.is_empty() {
        location.as_object_mut()?.insert("message".into(), json!({ "text": label.text }));
    }
    Some(location)
}

fn changes(sources: &SourceMap, fix: &Fix) -> Option<Value> {
    let mut files: Vec<(String, Vec<Value>)> = Vec::new();
    for (span, text) in &fix.edits {
        let (uri, region) = place(sources, *span)?;
        let edit = json!({ "deletedRegion": region, "insertedContent": { "text": text } });
        match files.iter_mut().find(|(known, _)| *known == uri) {
            Some((_, edits)) => edits.push(edit),
            None => files.push((uri, vec![edit])),
        }
    }
    if files.is_empty() {
        return None;
    }
    let files: Vec<Value> = files
        .into_iter()
        .map(|(uri, edits)| json!({ "artifactLocation": { "uri": uri }, "replacements": edits }))
        .collect();
    Some(json!({ "description": { "text": fix.title }, "artifactChanges": files }))
}

fn place(sources: &SourceMap, span: Span) -> Option<(String, Value)> {
    let extent = Extent::of(sources, span)?;
    let (first, last) = (extent.first(), extent.last());
    let region = json!({
        "startLine": first.line, "startColumn": first.column,
        "endLine": last.line, "endColumn": last.column,
    });
    Some((uri(&extent.file.name), region))
}

/// A relative reference, or a `file:` address for an absolute path, with everything but unreserved
/// characters and `/` percent-encoded (RFC 3986).
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    } else if path.as_bytes().get(1) == Some(&b':') {
        uri.push_str("file:///");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(byte as char);
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
