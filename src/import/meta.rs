//! `meta.json` of a CSV network folder: base voltage, sources, and what cannot be switched.

use super::csv_table::unreadable;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::ids_import::CSV_FOLDER_INCOMPLETE;
use crate::source::{FileId, LineIndex, Span};
use serde_json::{Map, Value};

/// What the importer uses of `meta.json`. Further keys are the author's documentation.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Meta {
    pub(super) name: Option<String>,
    pub(super) base_kv: f64,
    pub(super) source_buses: Vec<String>,
    pub(super) source_voltage_pu: f64,
    pub(super) fixed_lines: Vec<String>,
    /// Numbers of buses and lines that the author counted, for checking.
    pub(super) buses: Option<usize>,
    pub(super) lines: Option<usize>,
    pub(super) places: Places,
}

/// Where the keys stand.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Places {
    pub(super) source_buses: Option<Span>,
    pub(super) fixed_lines: Option<Span>,
    pub(super) buses: Option<Span>,
    pub(super) lines: Option<Span>,
}

/// Keys under which lines that cannot be switched are listed.
const FIXED: [&str; 2] = ["non_switchable_lines", "non_switchable_lines_in_source"];

/// Reads the text; findings go to the list. None if it is unusable.
pub(super) fn read(file: FileId, text: &str, findings: &mut Vec<Diagnostic>) -> Option<Meta> {
    let before = findings.len();
    let object = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) => object,
        Ok(_) => {
            let span = Span::new(file, 0, text.len());
            findings.push(unreadable(span, "meta.json is not a JSON object", "not an object"));
            return None;
        }
        Err(error) => {
            let lines = LineIndex::new(text);
            let start = lines.line_start((error.line() as u32).saturating_sub(1)).unwrap_or(0) as usize;
            let mut at = (start + error.column().saturating_sub(1)).min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let length = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or(&reason);
            let message = format!("meta.json is not valid JSON: {reason}");
            findings.push(unreadable(Span::new(file, at, at + length), message, "not valid here"));
            return None;
        }
    };
    let reader = Reader { file, text, object: &object };
    let number = |key: &str, findings: &mut Vec<Diagnostic>| {
        let value = reader.need(key, findings)?;
        let positive = value.as_f64().filter(|x| x.is_finite() && *x > 0.0);
        if positive.is_none() {
            findings.push(unreadable(reader.place(key), format!("`{key}` is not a positive number"), "not positive"));
        }
        positive
    };
    let base_kv = number("base_kv", findings);
    let source_voltage_pu = number("source_voltage_pu", findings);
    let source_buses = reader.need("source_buses", findings).map(|v| reader.ids("source_buses", v, findings));
    if source_buses.as_ref().is_some_and(Vec::is_empty) && findings.len() == before {
        findings.push(unreadable(reader.place("source_buses"), "the network has no source", "an empty list"));
    }
    let fixed_key = FIXED.into_iter().find(|key| object.contains_key(*key));
    let fixed = fixed_key.and_then(|key| object.get(key).map(|v| reader.ids(key, v, findings)));
    let count = |key: &str| object.get(key).and_then(Value::as_u64).map(|n| n as usize);
    let place = |key: &str| object.contains_key(key).then(|| reader.place(key));
    let meta = Meta {
        name: object.get("name").and_then(Value::as_str).map(str::to_owned),
        base_kv: base_kv.unwrap_or(f64::NAN),
        source_buses: source_buses.unwrap_or_default(),
        source_voltage_pu: source_voltage_pu.unwrap_or(f64::NAN),
        fixed_lines: fixed.unwrap_or_default(),
        buses: count("buses"),
        lines: count("lines"),
        places: Places {
            source_buses: place("source_buses"),
            fixed_lines: fixed_key.map(|key| reader.place(key)),
            buses: place("buses"),
            lines: place("lines"),
        },
    };
    (findings.len() == before).then_some(meta)
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    object: &'a Map<String, Value>,
}

impl Reader<'_> {
    /// The key as it stands in the text.
    fn place(&self, key: &str) -> Span {
        let quoted = format!("\"{key}\"");
        match self.text.find(&quoted) {
            Some(start) => Span::new(self.file, start, start + quoted.len()),
            None => Span::new(self.file, 0, 0),
        }
    }

    fn need(&self, key: &str, findings: &mut Vec<Diagnostic>) -> Option<&Value> {
        let value = self.object.get(key);
        if value.is_none() {
            let end = self.text.trim_end().len();
            let place = Span::new(self.file, end.saturating_sub(1), end);
            let message = format!("meta.json has no key `{key}`");
            findings.push(Diagnostic::new(CSV_FOLDER_INCOMPLETE, place, message, format!("no `{key}` up to here")));
        }
        value
    }

    /// A list of whole numbers or texts as ids.
    fn ids(&self, key: &str, value: &Value, findings: &mut Vec<Diagnostic>) -> Vec<String> {
        let ids: Option<Vec<String>> = value.as_array().and_then(|list| {
            list.iter()
                .map(|v| match v {
                    Value::String(s) => Some(s.clone()),
                    Value::Number(n) if n.is_i64() || n.is_u64() => Some(n.to_string()),
                    _ => None,
                })
                .collect()
        });
        if ids.is_none() {
            findings.push(unreadable(self.place(key), format!("`{key}` is not a list of ids"), "not a list of ids"));
        }
        ids.unwrap_or_default()
    }
}
