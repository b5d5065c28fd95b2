//! Small random problems of the lowered stage, and their solution by enumerating the integers.

use tieline::ids::Id;
use tieline::lowered::{Column, ColumnId, ColumnSource, Cone, ConeKind, Entry, Lowered, Row};
use tieline::program::OriginId;
use tieline::solution::{Engine, Options, Termination, solve};

/// A reproducible stream of numbers in 0..1 (splitmix64).
pub struct Stream(pub u64);

impl Stream {
    /// Next number in 0..1.
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Next number in `low..high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

/// A column.
pub fn column(lower: f64, upper: f64, integer: bool) -> Column {
    let (source, origin) = (ColumnSource::Auxiliary, OriginId(0));
    Column { name: Default::default(), lower, upper, integer, scale: 1.0, source, origin }
}

/// Terms over columns by number.
pub fn columns(terms: &[(u32, f64)]) -> Vec<(ColumnId, f64)> {
    terms.iter().map(|&(column, a)| (ColumnId(column), a)).collect()
}

/// A row.
pub fn row(lower: f64, upper: f64, terms: &[(u32, f64)]) -> Row {
    Row { name: Default::default(), lower, upper, terms: columns(terms), scale: 1.0, origin: OriginId(0) }
}

/// A cone.
pub fn cone(kind: ConeKind, entries: Vec<Entry>) -> Cone {
    Cone { name: Default::default(), kind, entries, origin: OriginId(0) }
}

/// An affine entry.
pub fn entry(constant: f64, terms: &[(u32, f64)]) -> Entry {
    Entry { constant, terms: columns(terms) }
}

/// A random mixed-integer linear problem: `binaries` 0/1 columns, as many continuous ones, rows
/// that keep a known point feasible.
pub fn mixed_integer_linear(seed: u64, binaries: usize) -> Lowered {
    let mut s = Stream(seed);
    let mut p = Lowered { objective_scale: 1.0, ..Lowered::default() };
    for j in 0..2 * binaries {
        p.columns.push(if j < binaries { column(0.0, 1.0, true) } else { column(-2.0, 3.0, false) });
        p.objective.push((ColumnId::at(j), s.between(-1.0, 1.0)));
    }
    let point: Vec<f64> =
        p.columns.iter().map(|c| if c.integer { s.next().round() } else { s.between(-1.0, 1.0) }).collect();
    for _ in 0..2 * binaries {
        let terms: Vec<(u32, f64)> = (0..2 * binaries as u32).filter(|_| s.next() < 0.5).map(|j| (j, 1.0)).collect();
        let terms: Vec<(u32, f64)> = terms.iter().map(|&(j, _)| (j, s.between(-2.0, 2.0))).collect();
        let at: f64 = terms.iter().map(|&(j, a)| a * point[j as usize]).sum();
        p.rows.push(row(f64::NEG_INFINITY, at + s.between(0.0, 0.5), &terms));
    }
    p
}

/// [`mixed_integer_linear`] with second-order and rotated cones over its continuous columns, some
/// switched by a binary (perspective form).
pub fn mixed_integer_conic(seed: u64, binaries: usize) -> Lowered {
    let mut p = mixed_integer_linear(seed, binaries);
    let mut s = Stream(seed ^ 0xabcd);
    let n = binaries as u32;
    for k in 0..n {
        let (x, y) = (n + k, n + (k + 1) % n);
        let t = p.columns.len() as u32;
        p.columns.push(column(0.0, f64::INFINITY, false));
        p.objective.push((ColumnId(t), s.between(0.2, 1.5)));
        if k % 2 == 0 {
            // t >= |(x - a, y + b)|
            let entries = vec![
                entry(0.0, &[(t, 1.0)]),
                entry(s.between(-1.0, 1.0), &[(x, 1.0)]),
                entry(s.between(-1.0, 1.0), &[(y, 1.0)]),
            ];
            p.cones.push(cone(ConeKind::SecondOrder, entries));
        } else {
            // x² <= 2 t b, x in -2 b..3 b: x is off when b is 0.
            let b = k;
            p.cones.push(cone(
                ConeKind::Rotated,
                vec![entry(0.0, &[(t, 1.0)]), entry(0.0, &[(b, 1.0)]), entry(0.0, &[(x, 1.0)])],
            ));
            p.rows.push(row(f64::NEG_INFINITY, 0.0, &[(b, -3.0), (x, 1.0)]));
            p.rows.push(row(0.0, f64::INFINITY, &[(b, 2.0), (x, 1.0)]));
        }
    }
    p
}

/// Least objective over all values of the binaries, each solved on its own; `None` if none is
/// feasible.
pub fn enumerate(problem: &Lowered) -> Option<f64> {
    let binaries: Vec<ColumnId> = problem.columns.ids().filter(|&j| problem.columns[j].integer).collect();
    let mut best: Option<f64> = None;
    for mask in 0..1u32 << binaries.len() {
        let mut fixed = problem.clone();
        for (bit, &j) in binaries.iter().enumerate() {
            let value = f64::from(mask >> bit & 1);
            fixed.columns[j].lower = value;
            fixed.columns[j].upper = value;
            fixed.columns[j].integer = false;
        }
        let outcome = solve(&fixed, Engine::Clarabel, &Options::default(), None);
        match outcome.termination {
            Termination::Optimal => {
                let value = outcome.objective.expect("an optimal outcome has an objective");
                best = Some(best.map_or(value, |b| b.min(value)));
            }
            Termination::Infeasible => {}
            other => panic!("enumeration: {other:?} at {mask:b}"),
        }
    }
    best
}
