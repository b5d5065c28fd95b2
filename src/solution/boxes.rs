//! Equations that a relaxation leaves loose, closed by boxes.
//!
//! The cone `Σ s² <= v·l` keeps one side of the equation `v·l = Σ s²`. In a box of ranges the other side has linear
//! consequences, and the smaller the box the less they leave: each square lies below its secant, `s² <= (a + b)·s − a·b`
//! for `a <= s <= b`, and the product above both its planes, `v·l >= v̲·l + l̲·v − v̲·l̲` and `v·l >= v̄·l + l̄·v − v̄·l̄`
//! (McCormick 1976, Mathematical Programming 10, eqs. 1 and 2). A box that is cut in two loses no solution, so a search
//! over boxes is exhaustive, other than convex-concave steps.

use super::conic::{Conic, evaluate};
use super::convex_concave::{Equation, HOLDS, gaps};
use super::reduce::{Contradiction, Domain, Effort, range, reduce};
use crate::ids::IdVec;
use crate::lowered::{ColumnId, Entry, Lowered, Row};
use crate::program::{Name, OriginId};
use std::collections::BTreeMap;

/// What becomes of a problem whose relaxation has this point.
#[derive(Debug, Clone, PartialEq)]
pub enum Division {
    /// All equations hold at the point, or none that does not can be divided any further.
    Undivided,
    /// Every solution of the problem lies in one of these; none at all where there are none.
    Parts(Vec<Lowered>),
}

/// Equations that get planes at a time.
const PLANES: usize = 24;
/// A range less than this share of its size is not divided.
const NARROW: f64 = 1e-6;
/// Nor is one that is less than this in scaled numbers: engines tell its parts apart no more.
const RESOLVED: f64 = 1e-4;
/// Least share of a range on either side of where it is divided.
const SHARE: f64 = 0.1;
/// By how much an `l` is at least too great, in scaled numbers, where its equation counts as loose.
const LEAST_EXCESS: f64 = 1e-5;
/// What planes stand off, of the sizes that they are made of: solutions are solutions to a tolerance.
const OFF: f64 = 1e-8;
/// What they stand off at least, in scaled numbers.
const LEAST_OFF: f64 = 1e-7;

/// The equations that do not hold at a point, the loosest first. One whose `l` is only by less than engines resolve
/// above what it should be is none of them.
pub fn loose(equations: &[Equation], point: &[f64]) -> Vec<usize> {
    let gaps = gaps(equations, point);
    let resolved = |e: &Equation| {
        evaluate(&e.l, point) - e.sum_of_squares(point) / evaluate(&e.v, point) > LEAST_EXCESS * scale(&e.l)
    };
    let mut loose: Vec<usize> = (0..equations.len()).filter(|e| gaps[*e] > HOLDS && resolved(&equations[*e])).collect();
    loose.sort_by(|a, b| gaps[*b].total_cmp(&gaps[*a]));
    loose
}

/// Divides a problem where the first of these equations that can be divided is loose at a point of its relaxation.
pub fn divide(problem: &Lowered, equations: &[Equation], loose: &[usize], point: &[f64]) -> Division {
    let Ok(bounds) = Bounds::of(problem) else { return Division::Parts(Vec::new()) };
    let Some((entry, at)) = loose.iter().find_map(|e| place(&equations[*e], &bounds, point)) else {
        return Division::Undivided;
    };
    let part = |lower: f64, upper: f64| {
        let mut part = problem.clone();
        part.rows.push(row(&entry.terms, lower - entry.constant, upper - entry.constant)?);
        let bounds = Bounds::of(&part).ok()?;
        for &e in loose.iter().take(PLANES) {
            part.rows.extend(planes(&equations[e], &bounds));
        }
        Some(part)
    };
    Division::Parts([part(f64::NEG_INFINITY, at), part(at, f64::INFINITY)].into_iter().flatten().collect())
}

/// What the rows of a problem leave of the ranges of its columns.
struct Bounds {
    lower: IdVec<ColumnId, f64>,
    upper: IdVec<ColumnId, f64>,
}

impl Bounds {
    fn of(problem: &Lowered) -> Result<Bounds, Contradiction> {
        let conic = Conic::relaxation(problem);
        let integer: IdVec<ColumnId, bool> = problem.columns.iter().map(|c| c.integer).collect();
        let effort = Effort { integer: &integer, eliminate_integers: false, kept: &[] };
        let reduction = reduce(&conic, &Domain::of_lowered(problem), &effort)?;
        Ok(Bounds { lower: reduction.original_lower, upper: reduction.original_upper })
    }

    fn range(&self, entry: &Entry) -> (f64, f64) {
        let (least, most) = range(&entry.terms, &self.lower, &self.upper);
        (entry.constant + least, entry.constant + most)
    }
}

/// What a column counts in an entry, at most.
fn scale(entry: &Entry) -> f64 {
    entry.terms.iter().fold(0.0, |most: f64, t| most.max(t.1.abs()))
}

/// Where the box of an equation is best divided: an entry and its value there.
fn place<'e>(equation: &'e Equation, bounds: &Bounds, point: &[f64]) -> Option<(&'e Entry, f64)> {
    let value = |entry: &Entry| evaluate(entry, point);
    let width = |(low, high): (f64, f64)| (high - low) / low.abs().max(high.abs()).max(f64::MIN_POSITIVE);
    let divisible = |entry: &Entry| {
        let (low, high) = bounds.range(entry);
        // What has no end is wide.
        !(high - low <= RESOLVED * scale(entry) || width((low, high)) <= NARROW)
    };
    // How far each entry lets the planes be from the equation.
    let square = |entry: &'e Entry| {
        let ((low, high), x) = (bounds.range(entry), value(entry));
        (entry, (high - x).max(0.0) * (x - low).max(0.0))
    };
    let mut loose: Vec<(&Entry, f64)> = equation.squares.iter().map(square).collect();
    let ((v_low, v_high), (l_low, l_high)) = (bounds.range(&equation.v), bounds.range(&equation.l));
    let (v, l) = (value(&equation.v), value(&equation.l));
    let product = ((v - v_low) * (l - l_low)).min((v_high - v) * (l_high - l)).max(0.0);
    let wider = if width((l_low, l_high)) >= width((v_low, v_high)) { &equation.l } else { &equation.v };
    loose.push((wider, product));
    let (entry, _) = loose
        .into_iter()
        .filter(|(entry, _)| divisible(entry))
        .max_by(|a, b| if a.1.is_nan() { std::cmp::Ordering::Less } else { a.1.total_cmp(&b.1) })?;
    let ((low, high), x) = (bounds.range(entry), value(entry));
    let at = match (low.is_finite(), high.is_finite()) {
        (true, true) => {
            let inner = SHARE * (high - low);
            (0.5 * (x + 0.5 * (low + high))).clamp(low + inner, high - inner)
        }
        _ => x,
    };
    Some((entry, at))
}

/// The planes of an equation in its box; none where a range has no end.
fn planes(equation: &Equation, bounds: &Bounds) -> Vec<Row> {
    let mut constant = 0.0;
    let mut size = 0.0;
    let mut terms: Vec<(ColumnId, f64)> = Vec::new();
    let add = |terms: &mut Vec<(ColumnId, f64)>, constant: &mut f64, factor: f64, entry: &Entry| {
        *constant += factor * entry.constant;
        terms.extend(entry.terms.iter().map(|&(column, a)| (column, factor * a)));
    };
    for entry in &equation.squares {
        let (low, high) = bounds.range(entry);
        add(&mut terms, &mut constant, -(low + high), entry);
        constant += low * high;
        size += low.abs().max(high.abs()).powi(2);
    }
    let ((v_low, v_high), (l_low, l_high)) = (bounds.range(&equation.v), bounds.range(&equation.l));
    let plane = |v: f64, l: f64| {
        let (mut terms, mut constant) = (terms.clone(), constant);
        add(&mut terms, &mut constant, v, &equation.l);
        add(&mut terms, &mut constant, l, &equation.v);
        let mut row = row(&terms, f64::NEG_INFINITY, v * l - constant + OFF * (size + v_high.abs() * l_high.abs()))?;
        row.upper += LEAST_OFF;
        Some(row)
    };
    [plane(v_low, l_low), plane(v_high, l_high)].into_iter().flatten().collect()
}

/// `lower <= terms <= upper` with a largest coefficient of 1; none where numbers have no end or nothing stands in it.
fn row(terms: &[(ColumnId, f64)], lower: f64, upper: f64) -> Option<Row> {
    let mut sums: BTreeMap<ColumnId, f64> = BTreeMap::new();
    terms.iter().for_each(|&(column, a)| *sums.entry(column).or_default() += a);
    let most = sums.values().fold(0.0, |m: f64, a| m.max(a.abs()));
    let ends = !(lower.is_nan() || upper.is_nan()) && (lower.is_finite() || upper.is_finite());
    if !(ends && most > 0.0 && most.is_finite()) {
        return None;
    }
    let terms = sums.into_iter().filter(|(_, a)| *a != 0.0).map(|(column, a)| (column, a / most)).collect();
    let name = Name::default();
    Some(Row { name, lower: lower / most, upper: upper / most, terms, scale: most, origin: OriginId(0) })
}
