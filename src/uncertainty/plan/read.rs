//! From the text of a file to a plan: the JSON document of a solved study, or a table with the columns
//! `quantity`, `value` and, where there are such, `id`, `period` and `unit`.

use super::{Plan, Row};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_solution::PLAN_UNREADABLE};
use crate::source::{FileId, Span};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Findings of one file.
const MOST_FINDINGS: usize = 10;
const COLUMNS: [&str; 5] = ["quantity", "id", "period", "value", "unit"];
const HELP: &str = "give the JSON of a solved study, or a table with the columns quantity, id, period, value";

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    plan: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    devices: Option<&'a RawValue>,
    periods: Option<Vec<Value>>,
    schema: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
struct Written {
    quantity: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    period: Option<usize>,
    value: f64,
    #[serde(default)]
    unit: Option<String>,
}

impl Plan {
    /// Reads the text of a file; `file` is its number among the sources.
    ///
    /// # Errors
    /// What is wrong with it, in place.
    pub fn read(file: FileId, name: &str, text: &str) -> Result<Plan, Vec<Diagnostic>> {
        let plain = text.trim_start_matches('\u{feff}');
        let reader = Reader { file, text, skipped: text.len() - plain.len() };
        let mut plan = Plan {
            name: name.to_string(),
            span: reader.line(0),
            rows: Vec::new(),
            devices: None,
            open_lines: Vec::new(),
        };
        if plain.trim_start().starts_with(['{', '[']) {
            reader.json(plain, &mut plan)?;
        } else {
            plan.rows = reader.table(plain)?;
        }
        Ok(plan)
    }
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    /// Bytes before what is read.
    skipped: usize,
}

impl Reader<'_> {
    /// The line that begins at a byte.
    fn line(&self, start: usize) -> Span {
        let start = start.min(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        let end = start + rest.find('\n').unwrap_or(rest.len());
        Span::new(self.file, start, end)
    }

    /// Where a part of the text stands.
    fn place(&self, part: &str) -> Span {
        let start = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len());
        Span::new(self.file, start, (start + part.len()).min(self.text.len()))
    }

    fn wrong(&self, span: Span, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        Diagnostic::new(PLAN_UNREADABLE, span, message, label).help(HELP)
    }

    fn json(&self, text: &str, plan: &mut Plan) -> Result<(), Vec<Diagnostic>> {
        let document: Document<'_> = serde_json::from_str(text).map_err(|e| {
            let before: usize = text.split_inclusive('\n').take(e.line().saturating_sub(1)).map(str::len).sum();
            let message = format!("the plan is no readable JSON: {e}");
            vec![self.wrong(self.line(self.skipped + before), message, "not readable from here")]
        })?;
        if document.schema.as_deref() == Some("tieline-comparison-1") {
            let d = self.wrong(plan.span, "the file compares several cases and is no plan", "several cases");
            return Err(vec![d.help("solve with one `--case`, or take a case's file from the folder of `--out`")]);
        }
        let mut found = Vec::new();
        for raw in document.plan.iter().flatten() {
            let span = self.place(raw.get());
            match serde_json::from_str::<Written>(raw.get()) {
                Ok(w) => plan.rows.push(Row {
                    quantity: w.quantity,
                    id: w.id,
                    period: w.period,
                    value: w.value,
                    unit: w.unit,
                    span,
                }),
                Err(e) => {
                    found.push(self.wrong(span, format!("an entry of the plan is unreadable: {e}"), "this entry"))
                }
            }
        }
        found.truncate(MOST_FINDINGS);
        if !found.is_empty() {
            return Err(found);
        }
        let devices = document.devices.map(|raw| (serde_json::from_str::<Map<String, Value>>(raw.get()), raw.get()));
        if let Some((Ok(map), raw)) = devices
            && !map.is_empty()
        {
            plan.devices = Some((map, self.place(raw)));
        }
        for period in document.periods.iter().flatten() {
            let Some(open) = period.get("open_lines").and_then(Value::as_array) else { continue };
            plan.open_lines.push(open.iter().filter_map(Value::as_str).map(String::from).collect());
        }
        if plan.rows.is_empty() && plan.devices.is_none() && plan.open_lines.is_empty() {
            let mut d = self.wrong(plan.span, "the file holds no plan", "no decision in it");
            if let Some(status) = document.status {
                d = d.note(format!("the study that it is of ended as {status}"));
            }
            return Err(vec![d]);
        }
        Ok(())
    }

    fn table(&self, text: &str) -> Result<Vec<Row>, Vec<Diagnostic>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let (mut header, mut rows, mut found) = (None, Vec::new(), Vec::new());
        let mut record = csv::StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(e) => {
                    let at = e.position().map_or(0, csv::Position::byte) as usize;
                    return Err(vec![self.wrong(self.line(self.skipped + at), format!("{e}"), "unreadable")]);
                }
            }
            let span = self.line(self.skipped + record.position().map_or(0, csv::Position::byte) as usize);
            let Some(places) = &header else {
                header = Some(self.header(&record, span)?);
                continue;
            };
            match self.row(&record, places, span) {
                Ok(row) => rows.push(row),
                Err(d) => found.push(*d),
            }
            if found.len() >= MOST_FINDINGS {
                return Err(found);
            }
        }
        if found.is_empty() && rows.is_empty() {
            found.push(self.wrong(self.line(0), "the file holds no plan", "no decision in it"));
        }
        if found.is_empty() { Ok(rows) } else { Err(found) }
    }

    /// For each of [`COLUMNS`]: its place.
    fn header(&self, record: &csv::StringRecord, span: Span) -> Result<[Option<usize>; 5], Vec<Diagnostic>> {
        let mut found = Vec::new();
        for cell in record.iter().filter(|c| !COLUMNS.contains(c)) {
            let mut d = self.wrong(span, format!("a plan has no column `{cell}`"), "unknown column");
            if let Some(near) = did_you_mean(cell, COLUMNS) {
                d = d.help(format!("did you mean `{near}`?"));
            }
            found.push(d);
        }
        let places = COLUMNS.map(|name| record.iter().position(|c| c == name));
        for (name, place) in COLUMNS.iter().zip(places) {
            if place.is_none() && ["quantity", "value"].contains(name) {
                found.push(self.wrong(span, format!("the plan has no column `{name}`"), "column missing"));
            }
        }
        if found.is_empty() { Ok(places) } else { Err(found) }
    }

    fn row(&self, record: &csv::StringRecord, places: &[Option<usize>; 5], span: Span) -> Result<Row, Box<Diagnostic>> {
        let wrong = |message: String, label: &str| Box::new(self.wrong(span, message, label));
        let [quantity, id, period, value, unit] =
            places.map(|p| p.and_then(|p| record.get(p)).filter(|t| !t.is_empty()).map(String::from));
        let Some(quantity) = quantity else {
            return Err(wrong("a row of the plan names no quantity".into(), "no quantity"));
        };
        let value = value.unwrap_or_default();
        let Some(number) = value.parse::<f64>().ok().filter(|x| x.is_finite()) else {
            return Err(wrong(format!("`{value}` is not a finite number"), "not a number"));
        };
        let period = match period.as_deref() {
            None | Some("*") => None,
            Some(text) => match text.parse::<usize>() {
                Ok(t) if t > 0 => Some(t),
                _ => return Err(wrong(format!("`{text}` is no number of a period"), "periods count from 1")),
            },
        };
        Ok(Row { quantity, id: id.filter(|i| i != "*"), period, value: number, unit, span })
    }
}
