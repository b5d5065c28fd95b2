//! Certified dual bounds: a lower bound that holds whatever accuracy the duals were computed to.
//!
//! For any row multipliers λ and any cone duals z in the dual cones, the minimum over the box of
//! `offset + cᵀx − Σ λᵢ(aᵢᵀx − rᵢ) − Σ zₖᵀ(Eₖx + gₖ)` is a lower bound. The duals of an
//! interior-point or simplex solve are first moved into their cones; what remains of the dual
//! residual is paid for with the column bounds. Rounding is covered by an outward margin.

use super::conic::{Conic, ConicRow, rotate};
use crate::ids::IdVec;
use crate::lowered::{ColumnId, ConeKind, RowId};

/// Multipliers of a continuous problem.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Duals {
    /// Per row: positive for the lower side, negative for the upper side.
    pub rows: Vec<f64>,
    /// Per cone, in the cone's own coordinates (both cones are their own duals).
    pub cones: Vec<Vec<f64>>,
}

/// A certified bound and what it says about each column.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// Lower bound on the objective; minus infinity where a residual meets no finite bound.
    pub value: f64,
    /// Reduced cost per column: moving the column away from its cheaper bound by one costs at
    /// least its magnitude on top of `value`.
    pub reduced: IdVec<ColumnId, f64>,
}

/// Lower bound on the objective over `problem` with its columns in `lower..upper` (which may be
/// tighter than the problem's own bounds if they follow from its constraints).
pub fn certify(
    problem: &Conic,
    lower: &IdVec<ColumnId, f64>,
    upper: &IdVec<ColumnId, f64>,
    duals: &Duals,
) -> Certificate {
    let priced = lagrangian(problem, lower, upper, duals, 1.0);
    // Without multipliers the ranges of the columns alone bound the objective: exactly 0 for what
    // costs nothing, where the duals of an interior point leave a small residual.
    let idle = Duals {
        rows: vec![0.0; problem.rows.len()],
        cones: problem.cones.iter().map(|cone| vec![0.0; cone.entries.len()]).collect(),
    };
    let by_ranges = lagrangian(problem, lower, upper, &idle, 1.0);
    if by_ranges.value > priced.value { by_ranges } else { priced }
}

/// Whether the duals prove that no point satisfies the constraints (Farkas): the bound on the
/// objective zero is positive.
pub fn proves_infeasible(
    problem: &Conic,
    lower: &IdVec<ColumnId, f64>,
    upper: &IdVec<ColumnId, f64>,
    duals: &Duals,
) -> bool {
    let largest = duals.rows.iter().chain(duals.cones.iter().flatten()).fold(0.0, |m: f64, v| m.max(v.abs()));
    if !(largest > 0.0 && largest.is_finite()) {
        return false;
    }
    let scaled = Duals {
        rows: duals.rows.iter().map(|v| v / largest).collect(),
        cones: duals.cones.iter().map(|z| z.iter().map(|v| v / largest).collect()).collect(),
    };
    lagrangian(problem, lower, upper, &scaled, 0.0).value > INFEASIBILITY
}

/// Least value of the Farkas bound (for multipliers of size 1) that counts as a proof.
const INFEASIBILITY: f64 = 1e-9;

/// Rounds of repair for columns without a finite bound.
const REPAIR_ROUNDS: usize = 3;

fn lagrangian(
    problem: &Conic,
    lower: &IdVec<ColumnId, f64>,
    upper: &IdVec<ColumnId, f64>,
    duals: &Duals,
    weight: f64,
) -> Certificate {
    let n = problem.columns();
    let none = Certificate { value: f64::NEG_INFINITY, reduced: IdVec::filled(0.0, n) };
    if duals.rows.len() != problem.rows.len() || duals.cones.len() != problem.cones.len() {
        return none;
    }
    let mut multipliers: IdVec<RowId, f64> =
        duals.rows.iter().zip(&problem.rows).map(|(&m, row)| admissible(m, row.lower, row.upper)).collect();
    let mut sums = Sums::new(problem, weight);
    for (row, &multiplier) in problem.rows.iter().zip(&multipliers) {
        row.terms.iter().for_each(|&(column, coefficient)| sums.term(column, -multiplier * coefficient));
    }
    for (cone, dual) in problem.cones.iter().zip(&duals.cones) {
        if dual.len() != cone.entries.len() {
            return none;
        }
        let dual = rotate(cone.kind, &into_cone(rotate(cone.kind, dual)));
        let dual = shrink(cone, dual, upper, &sums.reduced);
        for (entry, &z) in cone.entries.iter().zip(&dual) {
            sums.constant(-z * entry.constant);
            entry.terms.iter().for_each(|&(column, coefficient)| sums.term(column, -z * coefficient));
        }
    }
    repair(problem, lower, upper, &mut multipliers, &mut sums);
    for (row, &multiplier) in problem.rows.iter().zip(&multipliers) {
        if multiplier != 0.0 {
            sums.constant(multiplier * if multiplier > 0.0 { row.lower } else { row.upper });
        }
    }
    let mut value = sums.offset;
    let mut margin = sums.offset_size;
    for (((&d, &size), &low), &high) in sums.reduced.iter().zip(&sums.sizes).zip(lower).zip(upper) {
        let end = if d > 0.0 { low } else { high };
        if end.abs() > FAR && d.abs() <= ROUNDING * size {
            continue;
        }
        if end.is_finite() {
            value += d * end;
            let near = |end: f64| if end.abs() <= FAR { end.abs() } else { 0.0 };
            margin += size * end.abs().max(near(low)).max(near(high));
        } else if d.abs() > ROUNDING * size {
            return Certificate { reduced: sums.reduced, ..none };
        }
    }
    value -= MARGIN * margin;
    Certificate { value: if value.is_finite() { value } else { f64::NEG_INFINITY }, reduced: sums.reduced }
}

/// Relative size of a residual that is rounding alone.
const ROUNDING: f64 = 1e-13;
/// Ends of ranges beyond this stand for "no limit": rounding meets them no more than infinite ones.
const FAR: f64 = 1e7;
/// Outward margin relative to the sum of all magnitudes: some hundred units of rounding.
const MARGIN: f64 = 3e-14;

/// A multiplier may only press on a finite side.
fn admissible(multiplier: f64, lower: f64, upper: f64) -> f64 {
    let side = if multiplier > 0.0 { lower } else { upper };
    if multiplier.is_finite() && side.is_finite() { multiplier } else { 0.0 }
}

/// Moves a vector into the second-order cone by raising its head.
fn into_cone(mut z: Vec<f64>) -> Vec<f64> {
    if z.iter().any(|v| !v.is_finite()) {
        return vec![0.0; z.len()];
    }
    if let Some((head, tail)) = z.split_first_mut() {
        let norm = tail.iter().map(|v| v * v).sum::<f64>().sqrt() * (1.0 + 4.0 * f64::EPSILON);
        *head = head.max(norm);
    }
    z
}

/// Scales a cone's dual down where it asks more of a head column without upper bound than its cost
/// gives. `reduced` holds what the cost and the rows (and cones before) leave of it.
fn shrink(
    cone: &ConicRow,
    mut dual: Vec<f64>,
    upper: &IdVec<ColumnId, f64>,
    reduced: &IdVec<ColumnId, f64>,
) -> Vec<f64> {
    let heads = if cone.kind == ConeKind::Rotated { 2 } else { 1 };
    let mut factor: f64 = 1.0;
    for (entry, &z) in cone.entries.iter().zip(&dual).take(heads) {
        if let &[(column, coefficient)] = entry.terms.as_slice()
            && upper[column] == f64::INFINITY
            && coefficient * z > 0.0
        {
            let left = reduced[column];
            // Rounding down keeps the residual nonnegative.
            factor = factor.min((left / (coefficient * z)).max(0.0) * (1.0 - 4.0 * f64::EPSILON));
        }
    }
    if factor < 1.0 {
        dual.iter_mut().for_each(|z| *z *= factor);
    }
    dual
}

/// Running sums with the magnitudes that their rounding errors are proportional to.
struct Sums {
    offset: f64,
    offset_size: f64,
    reduced: IdVec<ColumnId, f64>,
    sizes: IdVec<ColumnId, f64>,
}

impl Sums {
    fn new(problem: &Conic, weight: f64) -> Sums {
        let offset = weight * problem.offset;
        let reduced: IdVec<ColumnId, f64> = problem.cost.iter().map(|c| weight * c).collect();
        let sizes = reduced.iter().map(|c| c.abs()).collect();
        Sums { offset, offset_size: offset.abs(), reduced, sizes }
    }

    fn constant(&mut self, value: f64) {
        self.offset += value;
        self.offset_size += value.abs();
    }

    fn term(&mut self, column: ColumnId, value: f64) {
        self.reduced[column] += value;
        self.sizes[column] += value.abs();
    }
}

/// Removes residuals that no finite bound pays for by changing the multiplier of the row that
/// weighs most on the column.
fn repair(
    problem: &Conic,
    lower: &IdVec<ColumnId, f64>,
    upper: &IdVec<ColumnId, f64>,
    multipliers: &mut IdVec<RowId, f64>,
    sums: &mut Sums,
) {
    for _ in 0..REPAIR_ROUNDS {
        let open: IdVec<ColumnId, bool> = (sums.reduced.iter().zip(&sums.sizes).zip(lower).zip(upper))
            .map(|(((&d, &size), &low), &high)| {
                d.abs() > ROUNDING * size && !(if d > 0.0 { low } else { high }).is_finite()
            })
            .collect();
        if !open.iter().any(|&o| o) {
            return;
        }
        let mut best: IdVec<ColumnId, Option<(f64, RowId, f64)>> = IdVec::filled(None, open.len());
        for (index, row) in problem.rows.each() {
            let multiplier = multipliers[index];
            for &(column, coefficient) in &row.terms {
                if !open[column] || coefficient == 0.0 {
                    continue;
                }
                let change = sums.reduced[column] / coefficient;
                let moved = multiplier + change;
                let weight = (multiplier * coefficient).abs() + coefficient.abs() * 1e-9;
                if admissible(moved, row.lower, row.upper) == moved && best[column].is_none_or(|(w, _, _)| weight > w) {
                    best[column] = Some((weight, index, coefficient));
                }
            }
        }
        for (column, choice) in best.each() {
            let Some((_, index, coefficient)) = *choice else { continue };
            let change = sums.reduced[column] / coefficient;
            let row = &problem.rows[index];
            let moved = multipliers[index] + change;
            if admissible(moved, row.lower, row.upper) != moved {
                continue;
            }
            multipliers[index] = moved;
            row.terms.iter().for_each(|&(other, factor)| sums.term(other, -change * factor));
            sums.reduced[column] = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::conic::LinearRow;
    use super::*;
    use crate::lowered::Entry;

    /// min x + y, x + y >= 1, 0 <= x, y <= 2: optimum 1.
    fn small() -> Conic {
        Conic {
            cost: vec![1.0, 1.0].into(),
            lower: vec![0.0; 2].into(),
            upper: vec![2.0; 2].into(),
            rows: vec![LinearRow {
                lower: 1.0,
                upper: f64::INFINITY,
                terms: vec![(ColumnId(0), 1.0), (ColumnId(1), 1.0)],
            }]
            .into(),
            ..Conic::default()
        }
    }

    #[test]
    fn exact_duals_give_the_optimum_and_any_duals_stay_below() {
        let problem = small();
        let at = |m: f64| {
            let duals = Duals { rows: vec![m], cones: vec![] };
            certify(&problem, &problem.lower, &problem.upper, &duals).value
        };
        assert!((at(1.0) - 1.0).abs() < 1e-12);
        for m in [-3.0, 0.0, 0.5, 0.999, 1.001, 2.0, 100.0] {
            assert!(at(m) <= 1.0, "multiplier {m} claims {}", at(m));
        }
    }

    #[test]
    fn residual_on_a_free_column_is_repaired_through_its_row() {
        // min t, t - x >= 0, x >= 1, t free: optimum 1.
        let problem = Conic {
            cost: vec![1.0, 0.0].into(),
            lower: vec![f64::NEG_INFINITY, 1.0].into(),
            upper: vec![f64::INFINITY; 2].into(),
            rows: vec![LinearRow {
                lower: 0.0,
                upper: f64::INFINITY,
                terms: vec![(ColumnId(0), 1.0), (ColumnId(1), -1.0)],
            }]
            .into(),
            ..Conic::default()
        };
        let duals = Duals { rows: vec![0.999_99], cones: vec![] };
        let value = certify(&problem, &problem.lower, &problem.upper, &duals).value;
        assert!((value - 1.0).abs() < 1e-12, "{value}");
    }

    #[test]
    fn duals_outside_the_cone_are_moved_in() {
        // min t, t >= |(x, 1)|, -1 <= x <= 1, 0 <= t <= 5: optimum 1.
        let entry = |constant: f64, terms: &[(ColumnId, f64)]| Entry { constant, terms: terms.to_vec() };
        let problem = Conic {
            cost: vec![1.0, 0.0].into(),
            lower: vec![0.0, -1.0].into(),
            upper: vec![5.0, 1.0].into(),
            cones: vec![ConicRow {
                kind: ConeKind::SecondOrder,
                entries: vec![entry(0.0, &[(ColumnId(0), 1.0)]), entry(0.0, &[(ColumnId(1), 1.0)]), entry(1.0, &[])],
            }]
            .into(),
            ..Conic::default()
        };
        for z in [[1.0, 0.0, -1.0], [0.9, 0.1, -1.2], [0.0, 0.0, -3.0]] {
            let duals = Duals { rows: vec![], cones: vec![z.to_vec()] };
            assert!(certify(&problem, &problem.lower, &problem.upper, &duals).value <= 1.0);
        }
    }

    #[test]
    fn farkas_needs_a_real_contradiction() {
        let mut problem = small();
        let duals = Duals { rows: vec![1.0], cones: vec![] };
        assert!(!proves_infeasible(&problem, &problem.lower, &problem.upper, &duals));
        problem.upper = vec![0.25; 2].into();
        assert!(proves_infeasible(&problem, &problem.lower, &problem.upper, &duals));
    }
}
