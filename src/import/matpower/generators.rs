//! Generators: those at reference buses become sources, others constant injections.

use super::case::Table;
use super::columns::{bus, generator};
use super::convert::{Findings, kw, label};
use crate::import::feeder::{Injection, InjectionKind, Source};
use rustc_hash::FxHashMap;

const REFERENCE: f64 = 3.0;
const HOLDS_VOLTAGE: f64 = 2.0;

/// Constant injections of the generators that are not at reference buses, in the order of
/// `mpc.gen`. `buses` maps bus numbers to rows.
pub(super) fn injections(
    generators: Table,
    bus_table: Table,
    buses: &FxHashMap<u64, usize>,
    findings: &mut Findings,
) -> Vec<Injection> {
    let mut list = Vec::new();
    for row in 0..generators.matrix.rows {
        let get = |col| generators.get(row, col);
        let place = generators.row(row);
        let Some(at) = findings.bus_row(generators, row, generator::BUS, buses) else { continue };
        if !is_running(generators, row) {
            findings.losses.dropped("generators out of service", "the file would not use them", place);
            continue;
        }
        if (generator::PC1..generators.matrix.cols).any(|c| get(c) != 0.0) {
            let why = "capability curves, ramps and participation factors have no counterpart";
            findings.losses.dropped("generator columns from PC1 on", why, place);
        }
        let kind = bus_table.get(at, bus::TYPE);
        if kind == REFERENCE {
            continue;
        }
        let (p, q) = (get(generator::PG), get(generator::QG));
        if !p.is_finite() || !q.is_finite() {
            findings.error(place, "the dispatch of a generator is not finite", "not finite");
            continue;
        }
        if kind == HOLDS_VOLTAGE {
            let why = "a generator at its dispatch injects constant power and does not regulate its voltage";
            findings.losses.approximated("voltage-controlled generators", why, place);
        }
        findings.losses.dropped("limits of generators", "the dispatch is taken as it is", place);
        if p != 0.0 || q != 0.0 {
            let at = label(bus_table.get(at, bus::ID));
            list.push(Injection { kind: InjectionKind::Generator, bus: at, p_kw: kw(p), q_kvar: kw(q) });
        }
    }
    list
}

/// One source per reference bus with its bus row, in the order of `mpc.bus`. `buses` maps the
/// numbers of the buses that are kept to their rows.
pub(super) fn sources(
    generators: Table,
    bus_table: Table,
    buses: &FxHashMap<u64, usize>,
    findings: &mut Findings,
) -> Vec<(usize, Source)> {
    let mut rows: Vec<usize> =
        buses.values().copied().filter(|row| bus_table.get(*row, bus::TYPE) == REFERENCE).collect();
    rows.sort_unstable();
    if rows.is_empty() {
        findings.error_help(
            bus_table.whole(),
            "the case has no reference bus",
            "no row has type 3",
            "give the bus of the substation the type 3",
        );
    }
    let set = set_voltages(generators, bus_table, buses, findings);
    let angle = rows.first().map_or(0.0, |row| bus_table.get(*row, bus::VA));
    let mut list = Vec::with_capacity(rows.len());
    for row in &rows {
        if bus_table.get(*row, bus::VA) != angle {
            let why = "all sources have the same angle: transfers between them differ";
            findings.losses.dropped("voltage angles of sources", why, bus_table.cell(*row, bus::VA));
        }
        let (v_set, place) = match set.get(row) {
            Some((v, place)) => (*v, *place),
            None => {
                let why = "a reference bus without generator holds the voltage stored with it (VM)";
                findings.losses.approximated("sources without generator", why, bus_table.row(*row));
                (bus_table.get(*row, bus::VM), bus_table.cell(*row, bus::VM))
            }
        };
        if !(v_set.is_finite() && v_set > 0.0) {
            findings.error(place, "the voltage of a source is not positive", "not positive");
        }
        let at = label(bus_table.get(*row, bus::ID));
        let id = if rows.len() == 1 { "substation".to_owned() } else { at.clone() };
        list.push((*row, Source { id, bus: at, v_set }));
    }
    list
}

/// Voltage that the running generators of each reference bus hold, by bus row.
fn set_voltages(
    generators: Table,
    bus_table: Table,
    buses: &FxHashMap<u64, usize>,
    findings: &mut Findings,
) -> FxHashMap<usize, (f64, crate::source::Span)> {
    let reference: FxHashMap<u64, usize> = buses
        .iter()
        .filter(|(_, row)| bus_table.get(**row, bus::TYPE) == REFERENCE)
        .map(|(number, row)| (*number, *row))
        .collect();
    let mut set: FxHashMap<usize, (f64, crate::source::Span)> = FxHashMap::default();
    for row in 0..generators.matrix.rows {
        let get = |col| generators.get(row, col);
        let number = get(generator::BUS);
        let Some(at) = reference.get(&(number as u64)).copied().filter(|_| is_running(generators, row)) else {
            continue;
        };
        if [generator::PMAX, generator::PMIN, generator::QMAX, generator::QMIN].iter().any(|c| get(*c) != 0.0) {
            let why = "the source covers whatever the network needs";
            findings.losses.dropped("power limits of sources", why, generators.row(row));
        }
        if get(generator::PG) != 0.0 || get(generator::QG) != 0.0 {
            findings.losses.dropped(
                "dispatch of sources",
                "power flow computes it",
                generators.cell(row, generator::PG),
            );
        }
        let (v, place) = (get(generator::VG), generators.cell(row, generator::VG));
        match set.get(&at) {
            None => {
                set.insert(at, (v, place));
            }
            Some((first, _)) if *first != v => {
                let why = "several generators at one bus hold different voltages: the first counts";
                findings.losses.approximated("voltages of sources", why, place);
            }
            Some(_) => {}
        }
    }
    set
}

fn is_running(generators: Table, row: usize) -> bool {
    generators.get(row, generator::STATUS) > 0.0
}
