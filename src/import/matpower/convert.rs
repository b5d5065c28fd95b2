//! From the matrices of a case to a feeder, with a finding for everything that is lost.

use super::case::{Case, Table};
use super::columns::{branch, bus, generator};
use super::{generators, levels};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::ids_import::INCONSISTENT_CASE;
use crate::import::feeder::{Branch, Bus, Feeder, Injection, InjectionKind, Source};
use crate::import::losses::Losses;
use crate::source::{FileId, Span};
use rustc_hash::FxHashMap;

/// Most errors that are reported; further ones are counted.
const REPORTED: usize = 20;
const ISOLATED: f64 = 4.0;

/// Errors and losses found on the way.
#[derive(Default)]
pub(super) struct Findings {
    errors: Vec<Diagnostic>,
    unreported: usize,
    pub(super) losses: Losses,
}

impl Findings {
    fn push(&mut self, error: Diagnostic) {
        if self.errors.len() < REPORTED {
            self.errors.push(error);
        } else {
            self.unreported += 1;
        }
    }

    /// An error of the data.
    pub(super) fn error(&mut self, place: Span, message: impl Into<String>, label: impl Into<String>) {
        self.push(Diagnostic::new(INCONSISTENT_CASE, place, message, label));
    }

    /// An error of the data with what to do about it.
    pub(super) fn error_help(&mut self, place: Span, message: &str, label: &str, help: &str) {
        self.push(Diagnostic::new(INCONSISTENT_CASE, place, message, label).help(help));
    }

    /// The bus row that a cell names; an error if there is none. Nothing for a dropped bus.
    pub(super) fn bus_row(
        &mut self,
        table: Table,
        row: usize,
        col: usize,
        buses: &FxHashMap<u64, usize>,
    ) -> Option<usize> {
        let number = table.get(row, col);
        let found = key(number).and_then(|k| buses.get(&k)).copied();
        match found {
            Some(DROPPED) => None,
            Some(at) => Some(at),
            None => {
                let shown = label(number);
                self.error(table.cell(row, col), format!("bus {shown} is not in the bus matrix"), "no such bus");
                None
            }
        }
    }

    fn finish(mut self) -> (Vec<Diagnostic>, Vec<String>) {
        if self.unreported > 0
            && let Some(last) = self.errors.pop()
        {
            self.errors.push(last.note(format!("{} further errors of the data are not shown", self.unreported)));
        }
        let (losses, notes) = self.losses.finish();
        self.errors.extend(losses);
        (self.errors, notes)
    }
}

/// Row of a bus that is in the file but not in the feeder.
const DROPPED: usize = usize::MAX;

/// The feeder of a case; none if any finding is an error.
pub(super) fn feeder(case: &Case, file: FileId, text: &str) -> (Option<Feeder>, Vec<Diagnostic>) {
    let tables = [&case.bus, &case.branch, &case.generator].map(|field| Table::new(field, file, text));
    let [bus_table, branch_table, gen_table] = tables;
    let mut findings = Findings::default();
    let needed = [("bus", bus::NEEDED), ("branch", branch::NEEDED), ("gen", generator::NEEDED)];
    for (table, (name, count)) in tables.iter().zip(needed) {
        if table.matrix.cols < count && !(name == "gen" && table.matrix.rows == 0) {
            let label = format!("{} columns", table.matrix.cols);
            findings.error(table.whole(), format!("the matrix `{name}` needs at least {count} columns"), label);
        }
    }
    if !findings.errors.is_empty() {
        return (None, findings.finish().0);
    }
    let rows = bus_rows(bus_table, &mut findings);
    let kept: FxHashMap<u64, usize> = rows.iter().filter(|(_, row)| **row != DROPPED).map(|(k, r)| (*k, *r)).collect();
    let mut injections = generators::injections(gen_table, bus_table, &rows, &mut findings);
    let sources = generators::sources(gen_table, bus_table, &kept, &mut findings);
    let source_rows: Vec<usize> = sources.iter().map(|(row, _)| *row).collect();
    let sources: Vec<Source> = sources.into_iter().map(|(_, source)| source).collect();
    let ends = branch_ends(branch_table, &rows, &mut findings);
    let nominal: Vec<f64> = (0..bus_table.matrix.rows).map(|row| bus_table.get(row, bus::BASE_KV)).collect();
    let pairs: Vec<(usize, usize)> = ends.iter().map(|(_, from, to)| (*from, *to)).collect();
    let referred = levels::referred(&nominal, &pairs, &source_rows);
    let kv = |row: usize| referred.get(row).copied().unwrap_or(f64::NAN);
    let branches: Vec<Branch> = ends
        .iter()
        .map(|(row, from, to)| {
            if nominal.get(*from) != nominal.get(*to) {
                let why = "all buses are referred to one level: pu values and powers stay, kV and A are of that level";
                findings.losses.approximated("voltage levels joined by branches", why, branch_table.row(*row));
            }
            let id = |at: usize| label(bus_table.get(at, bus::ID));
            one_branch(branch_table, *row, (id(*from), id(*to)), kv(*to), case.base_mva, &mut findings)
        })
        .collect();
    let (buses, shunts) = buses(bus_table, &kept, &source_rows, kv, &mut findings);
    injections.extend(shunts);
    other_fields(case, file, &mut findings);
    let has_errors = !findings.errors.is_empty();
    let (diagnostics, notes) = findings.finish();
    let name = case.name.clone();
    let feeder = Feeder { name, file: String::new(), buses, branches, sources, injections, notes };
    ((!has_errors).then_some(feeder), diagnostics)
}

/// Bus number → row, [`DROPPED`] for isolated buses.
fn bus_rows(table: Table, findings: &mut Findings) -> FxHashMap<u64, usize> {
    let mut rows: FxHashMap<u64, usize> = FxHashMap::default();
    let mut first: FxHashMap<u64, usize> = FxHashMap::default();
    for row in 0..table.matrix.rows {
        let place = table.cell(row, bus::ID);
        let Some(number) = key(table.get(row, bus::ID)) else {
            findings.error(place, "a bus number is not a positive whole number", "not a bus number");
            continue;
        };
        if let Some(earlier) = first.insert(number, row) {
            let error = Diagnostic::new(INCONSISTENT_CASE, place, format!("bus {number} appears twice"), "again here")
                .label(table.cell(earlier, bus::ID), "first here");
            findings.push(error);
            continue;
        }
        let kind = table.get(row, bus::TYPE);
        if ![1.0, 2.0, 3.0, ISOLATED].contains(&kind) {
            findings.error(table.cell(row, bus::TYPE), "the type of a bus is 1, 2, 3 or 4", "no such type");
        }
        if kind == ISOLATED {
            findings.losses.dropped("isolated buses and their branches", "type 4 takes no part", table.row(row));
        }
        rows.insert(number, if kind == ISOLATED { DROPPED } else { row });
    }
    if rows.is_empty() && findings.errors.is_empty() {
        findings.error(table.whole(), "the case has no bus", "no rows");
    }
    rows
}

/// (row, from row, to row) of the branches whose buses both are kept.
fn branch_ends(table: Table, rows: &FxHashMap<u64, usize>, findings: &mut Findings) -> Vec<(usize, usize, usize)> {
    (0..table.matrix.rows)
        .filter_map(|row| {
            let from = findings.bus_row(table, row, branch::FROM, rows);
            let to = findings.bus_row(table, row, branch::TO, rows);
            Some((row, from?, to?))
        })
        .collect()
}

fn one_branch(
    table: Table,
    row: usize,
    (from, to): (String, String),
    kv: f64,
    base_mva: f64,
    findings: &mut Findings,
) -> Branch {
    let get = |col| table.get(row, col);
    let cell = |col| table.cell(row, col);
    let ohm = kv * kv / base_mva;
    for (col, what) in [
        (branch::R, "an impedance"),
        (branch::X, "an impedance"),
        (branch::STATUS, "a status"),
        (branch::TAP, "a ratio"),
    ] {
        if !get(col).is_finite() {
            findings.error(cell(col), format!("{what} is not finite"), "not finite");
        }
    }
    if get(branch::TAP) < 0.0 {
        findings.error(cell(branch::TAP), "the ratio of a transformer is negative", "negative");
    }
    let losses = &mut findings.losses;
    if get(branch::B) != 0.0 {
        losses.dropped("line charging of branches", "the line model has series impedance only", cell(branch::B));
    }
    let rate = get(branch::RATE_A);
    let rated = rate > 0.0 && rate.is_finite();
    if rated {
        let why = "ratings in MVA are held as the current they make at nominal voltage";
        losses.approximated("ratings of branches", why, cell(branch::RATE_A));
    }
    if [branch::RATE_B, branch::RATE_C].iter().any(|c| get(*c) != 0.0) {
        losses.dropped("short-term and emergency ratings", "only the long-term rating is used", cell(branch::RATE_B));
    }
    let tap = get(branch::TAP);
    let ratio = (tap != 0.0 && tap != 1.0).then_some(tap);
    if get(branch::SHIFT) != 0.0 {
        losses.dropped("phase shifts of branches", "a radial network does not feel them", cell(branch::SHIFT));
    }
    let free = |x: f64| x == 0.0 || x.abs() >= 360.0;
    if !free(get(branch::ANGMIN)) || !free(get(branch::ANGMAX)) {
        losses.dropped("angle limits of branches", "voltage and current limits bind first", cell(branch::ANGMIN));
    }
    if (branch::COUNT..table.matrix.cols).any(|c| get(c) != 0.0) {
        let why = "columns beyond the format's 13 hold results or the author's own data";
        losses.dropped("further columns of branches", why, cell(branch::COUNT));
    }
    Branch {
        id: (row + 1).to_string(),
        from,
        to,
        r_ohm: tidy(get(branch::R) * ohm),
        x_ohm: tidy(get(branch::X) * ohm),
        rate_a: rated.then(|| tidy(rate * 1e3 / (3f64.sqrt() * kv))),
        normally_open: get(branch::STATUS) <= 0.0,
        switchable: true,
        ratio,
    }
}

fn buses(
    table: Table,
    kept: &FxHashMap<u64, usize>,
    sources: &[usize],
    kv: impl Fn(usize) -> f64,
    findings: &mut Findings,
) -> (Vec<Bus>, Vec<Injection>) {
    let mut rows: Vec<usize> = kept.values().copied().collect();
    rows.sort_unstable();
    let first = rows.first().copied().unwrap_or(0);
    let mut list = Vec::with_capacity(rows.len());
    let mut shunts = Vec::new();
    let mut without = Vec::new();
    for row in rows {
        let get = |col| table.get(row, col);
        let cell = |col| table.cell(row, col);
        let id = label(get(bus::ID));
        let base = get(bus::BASE_KV);
        if !(base.is_finite() && base > 0.0) {
            without.push((id.clone(), cell(bus::BASE_KV)));
        }
        if [bus::PD, bus::QD, bus::GS, bus::BS].iter().any(|c| !get(*c).is_finite()) {
            findings.error(table.row(row), format!("a load or shunt of bus {id} is not finite"), "not finite");
        }
        let losses = &mut findings.losses;
        let (g, b) = (get(bus::GS), get(bus::BS));
        if g != 0.0 || b != 0.0 {
            let why = "a shunt injects the power of nominal voltage, whatever the voltage is";
            losses.approximated("shunts at buses", why, cell(if g != 0.0 { bus::GS } else { bus::BS }));
            shunts.push(Injection { kind: InjectionKind::Shunt, bus: id.clone(), p_kw: kw(-g), q_kvar: kw(b) });
        }
        for (col, what) in [(bus::AREA, "areas of buses"), (bus::ZONE, "zones of buses")] {
            if get(col) != table.get(first, col) {
                losses.dropped(what, "areas and zones do not enter the physics", cell(col));
            }
        }
        let is_source = sources.contains(&row);
        if !is_source && ((get(bus::VM) != 1.0 && get(bus::VM) != 0.0) || get(bus::VA) != 0.0) {
            losses.dropped("stored voltages of buses", "power flow computes them", cell(bus::VM));
        }
        if (bus::COUNT..table.matrix.cols).any(|c| get(c) != 0.0) {
            let why = "columns beyond the format's 13 hold results or the author's own data";
            losses.dropped("further columns of buses", why, cell(bus::COUNT));
        }
        let limit = |col: usize| Some(get(col)).filter(|v| v.is_finite() && *v > 0.0);
        let (v_min, v_max) = (limit(bus::VMIN), limit(bus::VMAX));
        if v_min.zip(v_max).is_some_and(|(low, high)| low > high) {
            let message = format!("the lowest voltage of bus {id} is above its highest");
            findings.error(cell(bus::VMAX).to(cell(bus::VMIN)), message, "limits cross");
        }
        if is_source && (v_min.is_some() || v_max.is_some()) {
            let why = "a source holds its own voltage, so limits there say nothing";
            findings.losses.dropped("voltage limits at sources", why, cell(bus::VMAX));
        }
        let (v_min, v_max) = if is_source { (None, None) } else { (v_min, v_max) };
        let (p_kw, q_kvar) = (kw(get(bus::PD)), kw(get(bus::QD)));
        list.push(Bus { id, nominal_kv: kv(row), p_kw, q_kvar, v_min, v_max });
    }
    if let Some((id, place)) = without.first() {
        let others = match without.len() - 1 {
            0 => String::new(),
            1 => " and one other bus".to_owned(),
            n => format!(" and {n} other buses"),
        };
        let verb = if others.is_empty() { "has" } else { "have" };
        findings.error_help(
            *place,
            &format!("bus {id}{others} {verb} no nominal voltage"),
            "not a positive number",
            "give it with `--base-kv`, as in `--base-kv 11` for 11 kV, or write it into column 10, BASE_KV",
        );
    }
    (list, shunts)
}

/// Fields beside the matrices that make a feeder.
fn other_fields(case: &Case, file: FileId, findings: &mut Findings) {
    for (name, place) in &case.others {
        let place = Span { file, start: place.start, end: place.end };
        let (what, why) = match name.as_str() {
            "gencost" => ("generator costs", "the losses study has no costs"),
            "areas" => ("area definitions", "areas do not enter the physics"),
            "bus_name" => ("bus names", "the file's ids are the bus numbers"),
            "dcline" | "dclinecost" => ("DC lines", "there is no DC line: what they carry is missing at both ends"),
            "gentype" | "genfuel" => ("generator types and fuels", "they do not enter the physics"),
            _ => ("further fields of the case", "they are no part of the format's bus, branch and generator data"),
        };
        findings.losses.dropped(what, why, place);
    }
}

/// A bus number as a key; none unless it is a positive whole number.
fn key(number: f64) -> Option<u64> {
    (number >= 1.0 && number.fract() == 0.0 && number < 1e15).then_some(number as u64)
}

/// A bus number as an id.
pub(super) fn label(number: f64) -> String {
    format!("{number}")
}

/// MW as kW, without the rounding error of the case's own division.
pub(super) fn kw(mw: f64) -> f64 {
    tidy(mw * 1e3)
}

/// The nearby number of at most 13 digits, if there is one within a few rounding errors: units were
/// divided and multiplied, and `0.0922` should not come back as `0.09220000000000002`.
fn tidy(x: f64) -> f64 {
    let text = format!("{x:.12e}");
    match text.parse::<f64>() {
        Ok(short) if (short - x).abs() <= 1e-15 * x.abs() => short + 0.0,
        _ => x,
    }
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn tidies_rounding_errors_only() {
        assert_eq!(tidy(0.092_2 / 16.02 * 16.02), 0.0922);
        assert_eq!(tidy(133.84 / 1e3 * 1e3), 133.84);
        assert_eq!(tidy(1.0 / 3.0), 1.0 / 3.0);
        assert!(tidy(-0.0).is_sign_positive());
        assert!(tidy(f64::NAN).is_nan());
    }
}
