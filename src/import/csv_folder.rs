//! Network folders: `buses.csv` (bus, p_kw, q_kvar), `lines.csv` (line, from, to, r_ohm, x_ohm,
//! normally_open and, where rated, rate_a), `meta.json` (base_kv, source_buses, source_voltage_pu)
//! and, if there are capacitors, `capacitors.csv` (bus, q_kvar).

use super::csv_table::{self, Cell, Rows};
use super::feeder::{Branch, Bus, Feeder, Injection, InjectionKind, Source};
use super::meta::{self, Meta};
use crate::diagnostics::ids_import::INCONSISTENT_CASE;
use crate::diagnostics::ids_source::{FILE_MISSING, NOT_UTF8};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{FileId, Files, SourceMap, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// Most findings of one import; a file of garbage would make one per row.
const REPORTED: usize = 50;

/// Reads a folder. The texts are added to `sources`, so that findings can be shown in place. A
/// feeder comes back only if nothing found is an error.
pub fn read(files: &dyn Files, sources: &mut SourceMap, dir: &str) -> (Option<Feeder>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let dir = dir.trim_end_matches('/');
    let buses = text(files, sources, dir, "buses.csv", true, &mut findings);
    let lines = text(files, sources, dir, "lines.csv", true, &mut findings);
    let meta_text = text(files, sources, dir, "meta.json", true, &mut findings);
    let capacitors = text(files, sources, dir, "capacitors.csv", false, &mut findings);
    let meta = meta_text.and_then(|(file, text)| meta::read(file, &text, &mut findings));
    let bus_rows = table(buses, &["bus", "p_kw", "q_kvar"], &[], &mut findings);
    let line_rows =
        table(lines, &["line", "from", "to", "r_ohm", "x_ohm", "normally_open"], &["rate_a"], &mut findings);
    let capacitor_rows = table(capacitors, &["bus", "q_kvar"], &[], &mut findings);
    let feeder = meta.and_then(|meta| {
        let name = meta.name.clone().unwrap_or_else(|| dir.rsplit('/').next().unwrap_or(dir).to_owned());
        let mut feeder = Feeder { name, file: dir.to_owned(), ..Feeder::default() };
        let (bus_rows, line_rows) = (bus_rows?, line_rows?);
        let buses = fill_buses(&mut feeder, &meta, &bus_rows, &mut findings);
        let lines = fill_lines(&mut feeder, &meta, &line_rows, &buses, &mut findings);
        fill_sources(&mut feeder, &meta, &buses, &mut findings);
        fill_capacitors(&mut feeder, &capacitor_rows.unwrap_or_default(), &buses, &mut findings);
        for id in meta.fixed_lines.iter().filter(|id| !lines.contains_key(id.as_str())) {
            findings.extend(meta.places.fixed_lines.map(|place| missing("line", id, place)));
        }
        check_counts(&meta, bus_rows.rows.len(), line_rows.rows.len(), &mut findings);
        Some(feeder)
    });
    let failed = findings.iter().any(|d| d.severity == Severity::Error);
    let hidden = findings.len().saturating_sub(REPORTED);
    findings.truncate(REPORTED);
    if let Some(last) = findings.pop() {
        findings.push(if hidden > 0 { last.note(format!("{hidden} further findings are not shown")) } else { last });
    }
    (feeder.filter(|_| !failed), findings)
}

/// The text of a file of the folder, added to the sources.
fn text(
    files: &dyn Files,
    sources: &mut SourceMap,
    dir: &str,
    name: &str,
    required: bool,
    findings: &mut Vec<Diagnostic>,
) -> Option<(FileId, String)> {
    let path = format!("{dir}/{name}");
    let bytes = match files.read(&path) {
        Ok(bytes) => bytes,
        Err(why) => {
            if required {
                let message = format!("{path} cannot be read: {why}");
                let help = "a network folder holds buses.csv, lines.csv and meta.json";
                findings.push(Diagnostic::unlocated(FILE_MISSING, message).help(help));
            }
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => {
            let file = sources.add(path, text.as_str());
            Some((file, text))
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let file = sources.add(path, String::from_utf8_lossy(error.as_bytes()).into_owned());
            let place = Span::new(file, valid, valid + '\u{fffd}'.len_utf8());
            let help = "save the file in the encoding UTF-8";
            findings
                .push(Diagnostic::new(NOT_UTF8, place, format!("{name} is not text in UTF-8"), "not UTF-8").help(help));
            None
        }
    }
}

fn table(
    file: Option<(FileId, String)>,
    required: &[&str],
    optional: &[&str],
    findings: &mut Vec<Diagnostic>,
) -> Option<Rows> {
    file.map(|(file, text)| csv_table::read(file, &text, required, optional, findings))
}

/// A value or its diagnostic into the list.
fn ok<T>(result: Result<T, Box<Diagnostic>>, findings: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|d| findings.push(*d)).ok()
}

/// Ids and the places of their cells.
type Places = FxHashMap<String, Span>;

fn fill_buses(feeder: &mut Feeder, meta: &Meta, rows: &Rows, findings: &mut Vec<Diagnostic>) -> Places {
    let mut places = Places::default();
    for row in &rows.rows {
        let [Some(bus), Some(p), Some(q)] = row.as_slice() else { continue };
        let (id, p_kw, q_kvar) = (ok(bus.id(), findings), ok(p.number(), findings), ok(q.number(), findings));
        let Some(id) = id else { continue };
        unique("bus", &id, bus, &mut places, findings);
        let (Some(p_kw), Some(q_kvar)) = (p_kw, q_kvar) else { continue };
        feeder.buses.push(Bus { id, nominal_kv: meta.base_kv, p_kw, q_kvar, v_min: None, v_max: None });
    }
    places
}

fn fill_lines(feeder: &mut Feeder, meta: &Meta, rows: &Rows, buses: &Places, findings: &mut Vec<Diagnostic>) -> Places {
    let fixed: FxHashSet<&str> = meta.fixed_lines.iter().map(String::as_str).collect();
    let mut places = Places::default();
    for row in &rows.rows {
        let [Some(line), Some(from), Some(to), Some(r), Some(x), Some(open), rate] = row.as_slice() else { continue };
        let id = ok(line.id(), findings);
        let ends = [from, to].map(|end| ok(known_bus(end, buses), findings));
        let numbers = [r, x].map(|cell| ok(cell.number(), findings));
        let normally_open = ok(open.flag(), findings);
        let rate = match rate.as_ref().filter(|cell| !cell.text.is_empty()) {
            None => Some(None),
            Some(cell) => ok(cell.number().and_then(|x| positive(x, cell)), findings).map(Some),
        };
        let Some(id) = id else { continue };
        unique("line", &id, line, &mut places, findings);
        let ([Some(from), Some(to)], [Some(r_ohm), Some(x_ohm)], Some(normally_open), Some(rate_a)) =
            (ends, numbers, normally_open, rate)
        else {
            continue;
        };
        let switchable = !fixed.contains(id.as_str());
        feeder.branches.push(Branch { id, from, to, r_ohm, x_ohm, rate_a, normally_open, switchable, ratio: None });
    }
    places
}

fn fill_sources(feeder: &mut Feeder, meta: &Meta, buses: &Places, findings: &mut Vec<Diagnostic>) {
    let several = meta.source_buses.len() > 1;
    let place = meta.places.source_buses;
    let mut seen = FxHashSet::default();
    for bus in &meta.source_buses {
        if !buses.contains_key(bus.as_str()) {
            findings.extend(place.map(|p| missing("bus", bus, p)));
        }
        if !seen.insert(bus) {
            let message = format!("bus `{bus}` is a source twice");
            findings.extend(place.map(|p| Diagnostic::new(INCONSISTENT_CASE, p, message, "the same bus twice")));
        }
        let id = if several { bus.clone() } else { "substation".to_owned() };
        feeder.sources.push(Source { id, bus: bus.clone(), v_set: meta.source_voltage_pu });
    }
}

fn fill_capacitors(feeder: &mut Feeder, rows: &Rows, buses: &Places, findings: &mut Vec<Diagnostic>) {
    for row in &rows.rows {
        let [Some(bus), Some(q)] = row.as_slice() else { continue };
        let (bus, q_kvar) = (ok(known_bus(bus, buses), findings), ok(q.number(), findings));
        let (Some(bus), Some(q_kvar)) = (bus, q_kvar) else { continue };
        feeder.injections.push(Injection { kind: InjectionKind::Capacitor, bus, p_kw: 0.0, q_kvar });
    }
}

/// The numbers that the author counted show a file that was cut off.
fn check_counts(meta: &Meta, buses: usize, lines: usize, findings: &mut Vec<Diagnostic>) {
    let counts = [("buses", meta.buses, meta.places.buses, buses), ("lines", meta.lines, meta.places.lines, lines)];
    for (what, said, place, found) in counts {
        if let (Some(said), Some(place)) = (said.filter(|n| *n != found), place) {
            let message = format!("meta.json says {said} {what}, {what}.csv has {found}");
            let error = Diagnostic::new(INCONSISTENT_CASE, place, message, format!("{found} in {what}.csv"));
            findings.push(error.help("look for a cut-off file, or correct the count"));
        }
    }
}

fn unique(what: &str, id: &str, cell: &Cell, places: &mut Places, findings: &mut Vec<Diagnostic>) {
    if let Some(first) = places.insert(id.to_owned(), cell.span) {
        let message = format!("{what} `{id}` appears twice");
        findings.push(Diagnostic::new(INCONSISTENT_CASE, cell.span, message, "again here").label(first, "first here"));
    }
}

fn known_bus(cell: &Cell, places: &Places) -> Result<String, Box<Diagnostic>> {
    if places.contains_key(cell.text.as_str()) {
        Ok(cell.text.clone())
    } else {
        Err(Box::new(missing("bus", &cell.text, cell.span)))
    }
}

fn missing(what: &str, id: &str, place: Span) -> Diagnostic {
    let table = if what == "bus" { "buses.csv" } else { "lines.csv" };
    Diagnostic::new(INCONSISTENT_CASE, place, format!("{what} `{id}` is not in {table}"), format!("no such {what}"))
}

fn positive(x: f64, cell: &Cell) -> Result<f64, Box<Diagnostic>> {
    if x > 0.0 { Ok(x) } else { Err(cell.unreadable("a rating is not positive", "not positive")) }
}
