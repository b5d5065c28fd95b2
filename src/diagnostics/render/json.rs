//! For programs: one JSON object with a stable schema.

use super::severity_word;
use crate::diagnostics::collect::count;
use crate::diagnostics::position::Extent;
use crate::diagnostics::{Diagnostic, Fix, Label};
use crate::source::{SourceMap, Span};
use serde_json::{Value, json};

/// Name and version of the schema. Fields may be added within a version; none is removed or changes
/// its meaning.
pub const JSON_SCHEMA: &str = "tieline-diagnostics-1";

/// One object: `schema`, `diagnostics` (each with `id`, `name`, `severity`, `message`, `labels`,
/// `notes`, `help`, `fix`) and `counts`. Lines and columns count from 1, columns in characters;
/// `offset` counts bytes from 0; the end of a range is one past its last character. The first label
/// is the primary one. `help` and `fix` are `null` where there are none.
pub fn json(sources: &SourceMap, diagnostics: &[Diagnostic]) -> Value {
    let counts = count(diagnostics);
    json!({
        "schema": JSON_SCHEMA,
        "diagnostics": diagnostics.iter().map(|d| diagnostic(sources, d)).collect::<Vec<_>>(),
        "counts": { "errors": counts.errors, "warnings": counts.warnings, "infos": counts.infos },
    })
}

fn diagnostic(sources: &SourceMap, d: &Diagnostic) -> Value {
    json!({
        "id": d.id.code,
        "name": d.id.name,
        "severity": severity_word(d.severity),
        "message": d.message,
        "labels": d.labels.iter().filter_map(|l| label(sources, l)).collect::<Vec<_>>(),
        "notes": d.notes,
        "help": d.help,
        "fix": d.fix.as_ref().map(|f| fix(sources, f)),
    })
}

fn label(sources: &SourceMap, label: &Label) -> Option<Value> {
    let mut value = range(sources, label.span)?;
    value.as_object_mut()?.insert("text".into(), label.text.clone().into());
    Some(value)
}

fn fix(sources: &SourceMap, fix: &Fix) -> Value {
    let edits: Vec<Value> = fix
        .edits
        .iter()
        .filter_map(|(span, text)| {
            let mut value = range(sources, *span)?;
            value.as_object_mut()?.insert("replacement".into(), text.clone().into());
            Some(value)
        })
        .collect();
    json!({ "title": fix.title, "edits": edits })
}

fn range(sources: &SourceMap, span: Span) -> Option<Value> {
    let extent = Extent::of(sources, span)?;
    let (first, last) = (extent.first(), extent.last());
    Some(json!({
        "file": extent.file.name,
        "start": { "line": first.line, "column": first.column, "offset": extent.start },
        "end": { "line": last.line, "column": last.column, "offset": extent.end },
    }))
}
