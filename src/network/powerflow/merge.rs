//! Buses joined without impedance are one electrical node.
//!
//! Newton's method needs an admittance per branch, so closed branches of zero impedance are merged
//! away first; what flows through them follows from the balance of their buses afterwards.

use super::Failure;
use super::complex::Complex;
use super::grid::{Grid, Snapshot};
use super::tree::{DARK, Tree};

/// Nodes of energised buses.
#[derive(Debug, Clone)]
pub(super) struct Nodes {
    /// Node of each bus, or [`DARK`].
    pub of_bus: Vec<u32>,
    /// Number of nodes.
    pub count: usize,
    /// Voltage magnitude (V) of the nodes that a source holds.
    pub held: Vec<Option<f64>>,
}

/// Is this a branch without impedance?
fn is_jumper(grid: &Grid, branch: usize) -> bool {
    grid.branches().get(branch).is_some_and(|b| b.r == 0.0 && b.x == 0.0)
}

/// Visits the buses joined to `start` without impedance, each with the jumper it was reached by and
/// the bus at the jumper's other end.
fn walk(grid: &Grid, closed: &[bool], start: usize, seen: &mut [bool], visit: &mut Vec<(usize, usize, usize)>) {
    visit.clear();
    visit.push((start, usize::MAX, start));
    seen[start] = true;
    let mut next = 0;
    while next < visit.len() {
        let (bus, ..) = visit[next];
        for &(branch, other) in grid.incident(bus) {
            if closed[branch as usize] && is_jumper(grid, branch as usize) && !seen[other as usize] {
                seen[other as usize] = true;
                visit.push((other as usize, branch as usize, bus));
            }
        }
        next += 1;
    }
}

impl Nodes {
    /// Merges buses. Sources that hold different voltages at one node are a failure.
    pub fn merge(grid: &Grid, closed: &[bool], tree: &Tree) -> Result<Nodes, Failure> {
        let mut of_bus = vec![DARK; grid.bus_count()];
        let mut seen = vec![false; grid.bus_count()];
        let mut visit = Vec::new();
        let mut count = 0;
        for &bus in &tree.bus {
            if seen[bus as usize] {
                continue;
            }
            walk(grid, closed, bus as usize, &mut seen, &mut visit);
            for &(member, ..) in &visit {
                of_bus[member] = count;
            }
            count += 1;
        }
        let mut held = vec![None; count as usize];
        let mut holder = vec![0; count as usize];
        for (source, s) in grid.sources().iter().enumerate() {
            let node = of_bus[s.bus] as usize;
            let volts = grid.held_voltage2(s).sqrt();
            match held[node] {
                None => {
                    held[node] = Some(volts);
                    holder[node] = source;
                }
                Some(other) if (volts - other).abs() > 1e-12 * other => {
                    return Err(Failure::SourcesConflict { first: holder[node], second: source });
                }
                Some(_) => {}
            }
        }
        Ok(Nodes { of_bus, count: count as usize, held })
    }
}

/// Finds what flows through the jumpers and what each source delivers.
///
/// `leaving` holds, per bus, the power that leaves through branches with impedance; on return it is
/// used up. `set(branch, from_bus, power)` is called for every jumper that carries power. Sources at
/// one node share equally, and in a ring of jumpers the last one reached carries nothing: the
/// equations leave both open.
pub(super) fn distribute(
    grid: &Grid,
    snapshot: &Snapshot<'_>,
    tree: &Tree,
    leaving: &mut [Complex],
    source_power: &mut [Complex],
    mut set: impl FnMut(usize, usize, Complex),
) {
    let mut sources_at = vec![Vec::new(); grid.bus_count()];
    for (source, s) in grid.sources().iter().enumerate() {
        sources_at[s.bus].push(source);
    }
    let mut seen = vec![false; grid.bus_count()];
    let mut visit = Vec::new();
    for &bus in &tree.bus {
        if seen[bus as usize] {
            continue;
        }
        walk(grid, snapshot.closed, bus as usize, &mut seen, &mut visit);
        let mut missing = Complex::ZERO;
        let mut sources = 0;
        for &(member, ..) in &visit {
            leaving[member] = leaving[member] - Complex::new(snapshot.p[member], snapshot.q[member]);
            missing += leaving[member];
            sources += sources_at[member].len();
        }
        if sources > 0 {
            let share = missing.scale(1.0 / sources as f64);
            for &(member, ..) in &visit {
                for &source in &sources_at[member] {
                    source_power[source] = share;
                    leaving[member] = leaving[member] - share;
                }
            }
        }
        for &(member, branch, toward) in visit.iter().skip(1).rev() {
            let power = leaving[member];
            leaving[toward] += power;
            set(branch, toward, power);
        }
    }
}
