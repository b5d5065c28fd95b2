//! Random lowered problems, and their solution without any file.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettings, DefaultSettingsBuilder, DefaultSolver, IPSolver, SolverStatus, SupportedConeT,
};
use proptest::prelude::*;
use tieline::ids::Id;
use tieline::lowered::{Column, ColumnId, ColumnSource, Cone, ConeKind, Entry, Lowered, Row};
use tieline::program::OriginId;

/// Names that readers could stumble over.
const NAMES: [&str; 14] = [
    "line.closed[7]",
    "storage.charge[ESS6, 3]",
    "infeed",
    "nan",
    "free",
    "st",
    "7 up",
    "é",
    "RHS",
    "objective",
    "bound",
    "a_xlo",
    "subject",
    "to",
];

/// A linear row or column of no scale.
fn row(name: impl Into<tieline::program::Name>, lower: f64, upper: f64, terms: Vec<(ColumnId, f64)>) -> Row {
    Row { name: name.into(), lower, upper, terms, scale: 1.0, origin: OriginId(0) }
}

fn terms(coefficients: &[i32]) -> Vec<(ColumnId, f64)> {
    let pairs = coefficients.iter().enumerate().filter(|(_, k)| **k != 0);
    pairs.map(|(i, k)| (ColumnId::at(i), f64::from(*k) / 4.0)).collect()
}

/// Small bounded MILPs, feasible or not, with every kind of row and bound.
pub fn milp() -> impl Strategy<Value = Lowered> {
    let n = 4;
    let column = (any::<bool>(), 0..6usize, -3..3i32, 0..5i32, 0..NAMES.len());
    let row_ = (0..5usize, prop::collection::vec(-6..7i32, n), -8..9i32, 0..6i32, 0..NAMES.len());
    let columns = prop::collection::vec(column, n);
    let rows = prop::collection::vec(row_, 0..6);
    (columns, rows, prop::collection::vec(-6..7i32, n), -5..6i32).prop_map(move |(columns, rows, cost, offset)| {
        let mut problem = Lowered { objective: terms(&cost), offset: f64::from(offset) / 2.0, ..Lowered::default() };
        problem.objective_scale = -1000.0;
        for (integer, kind, low, width, name) in columns {
            let (low, high) = (f64::from(low), f64::from(low + width));
            let (lower, upper) = match kind {
                0 => (0.0, 1.0),
                1 => (low, low),
                2 => (f64::NEG_INFINITY, high),
                3 => (low, f64::INFINITY),
                4 => (f64::NEG_INFINITY, f64::INFINITY),
                _ => (low, high),
            };
            problem.columns.push(Column {
                name: NAMES[name].into(),
                lower,
                upper,
                integer,
                scale: 1.0,
                source: ColumnSource::Auxiliary,
                origin: OriginId(0),
            });
        }
        for (kind, coefficients, low, width, name) in rows {
            let (low, high) = (f64::from(low), f64::from(low + width));
            let (lower, upper) = match kind {
                0 => (low, low),
                1 => (f64::NEG_INFINITY, high),
                2 => (low, f64::INFINITY),
                3 => (f64::NEG_INFINITY, f64::INFINITY),
                _ => (low, high),
            };
            problem.rows.push(row(NAMES[name], lower, upper, terms(&coefficients)));
        }
        // A box that keeps every problem bounded without touching the columns' own bounds.
        for i in ColumnId::first(n) {
            problem.rows.push(row(format!("box[{}]", i.0), -20.0, 20.0, vec![(i, 1.0)]));
        }
        problem
    })
}

/// Small conic problems without integers that contain a known point in the interior of every cone.
pub fn conic() -> impl Strategy<Value = Lowered> {
    let n = 4;
    let cone = (any::<bool>(), prop::collection::vec(prop::collection::vec(-4..5i32, n), 3..5), 1..4i32);
    let point = prop::collection::vec(-2..3i32, n);
    (milp(), prop::collection::vec(cone, 1..4), point).prop_map(move |(mut problem, cones, point)| {
        problem.rows.truncate(0);
        for (i, column) in problem.columns.iter_mut().enumerate() {
            column.integer = false;
            let (low, high) = if i == 0 { (0.0, 4.0) } else { (-3.0, 3.5) };
            (column.lower, column.upper) = (low, high);
        }
        let point: Vec<f64> =
            point.iter().enumerate().map(|(i, x)| f64::from(*x).max(if i == 0 { 0.5 } else { -2.0 })).collect();
        let sum: f64 = point.iter().sum();
        problem.rows.push(row("sum".to_owned(), sum - 1.0, sum + 0.5, ColumnId::first(n).map(|i| (i, 1.0)).collect()));
        problem.rows.push(row(
            "tied".to_owned(),
            point[1] - point[2],
            point[1] - point[2],
            vec![(ColumnId(1), 1.0), (ColumnId(2), -1.0)],
        ));
        for (rotated, entries, slack) in cones {
            let mut entries: Vec<Entry> = entries.iter().map(|k| Entry { constant: 0.0, terms: terms(k) }).collect();
            let value = |e: &Entry| e.terms.iter().map(|(c, k)| k * c.of(&point)).sum::<f64>();
            let heads = if rotated { 2 } else { 1 };
            let norm = entries[heads..].iter().map(|e| value(e).powi(2)).sum::<f64>().sqrt();
            for head in entries.iter_mut().take(heads) {
                head.constant = norm + f64::from(slack) - value(head);
            }
            let kind = if rotated { ConeKind::Rotated } else { ConeKind::SecondOrder };
            problem.cones.push(Cone { name: "c".into(), kind, entries, origin: OriginId(0) });
        }
        problem
    })
}

/// The optimal value by HiGHS without a file; none if not solved to optimality.
pub fn solve_linear(problem: &Lowered) -> Option<f64> {
    let mut model = highs::RowProblem::default();
    let mut cost = vec![0.0; problem.columns.len()];
    for (column, value) in &problem.objective {
        *column.of_mut(&mut cost) += value;
    }
    let columns: Vec<highs::Col> = problem
        .columns
        .iter()
        .zip(cost)
        .map(|(c, k)| model.add_column_with_integrality(k, c.lower..=c.upper, c.integer))
        .collect();
    for r in &problem.rows {
        let terms: Vec<(highs::Col, f64)> = r.terms.iter().map(|(c, k)| (*c.of(&columns), *k)).collect();
        model.add_row(r.lower..=r.upper, terms);
    }
    let mut model = model.optimise(highs::Sense::Minimise);
    model.make_quiet();
    let solved = model.solve();
    (solved.status() == highs::HighsModelStatus::Optimal).then(|| solved.objective_value() + problem.offset)
}

/// The optimal value by Clarabel of `cost · x + offset`, `rows (constant + Σ terms)` in `cones`.
pub fn solve_rows(
    cost: Vec<f64>,
    offset: f64,
    rows: &[(f64, Vec<(usize, f64)>)],
    cones: &[SupportedConeT<f64>],
) -> Option<f64> {
    let (mut i, mut j, mut v, mut b) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (r, (constant, terms)) in rows.iter().enumerate() {
        b.push(*constant);
        for (column, value) in terms {
            i.push(r);
            j.push(*column);
            v.push(-value);
        }
    }
    let a = CscMatrix::new_from_triplets(rows.len(), cost.len(), i, j, v);
    let p = CscMatrix::zeros((cost.len(), cost.len()));
    let settings: DefaultSettings<f64> =
        DefaultSettingsBuilder::default().verbose(false).presolve_enable(false).build().expect("settings");
    let mut solver = DefaultSolver::new(&p, &cost, &a, &b, cones, settings).expect("problem");
    solver.solve();
    (solver.solution.status == SolverStatus::Solved).then_some(solver.solution.obj_val + offset)
}

/// The optimal value by Clarabel without a file (integrality ignored).
pub fn solve_conic(problem: &Lowered) -> Option<f64> {
    let mut cost = vec![0.0; problem.columns.len()];
    for (column, value) in &problem.objective {
        *column.of_mut(&mut cost) += value;
    }
    let mut rows: Vec<(f64, Vec<(usize, f64)>)> = Vec::new();
    let mut cones = Vec::new();
    let mut ends = |terms: Vec<(usize, f64)>, lower: f64, upper: f64| {
        if lower.is_finite() {
            rows.push((-lower, terms.clone()));
            cones.push(SupportedConeT::NonnegativeConeT(1));
        }
        if upper.is_finite() {
            rows.push((upper, terms.iter().map(|(c, k)| (*c, -k)).collect()));
            cones.push(SupportedConeT::NonnegativeConeT(1));
        }
    };
    for (i, column) in problem.columns.iter().enumerate() {
        ends(vec![(i, 1.0)], column.lower, column.upper);
    }
    for r in &problem.rows {
        ends(r.terms.iter().map(|(c, k)| (c.place(), *k)).collect(), r.lower, r.upper);
    }
    for cone in &problem.cones {
        let mut entries: Vec<(f64, Vec<(usize, f64)>)> =
            cone.entries.iter().map(|e| (e.constant, e.terms.iter().map(|(c, k)| (c.place(), *k)).collect())).collect();
        if cone.kind == ConeKind::Rotated {
            unrotate(&mut entries);
        }
        cones.push(SupportedConeT::SecondOrderConeT(entries.len()));
        rows.extend(entries);
    }
    solve_rows(cost, problem.offset, &rows, &cones)
}

/// `2 u w >= ‖z‖²` as `u + w >= ‖(u - w, √2 z)‖`.
pub fn unrotate(entries: &mut [(f64, Vec<(usize, f64)>)]) {
    let (u, w) = (entries[0].clone(), entries[1].clone());
    let combine = |sign: f64| {
        let terms = u.1.iter().copied().chain(w.1.iter().map(|(c, k)| (*c, sign * k))).collect();
        (u.0 + sign * w.0, terms)
    };
    entries[0] = combine(1.0);
    entries[1] = combine(-1.0);
    for (constant, terms) in &mut entries[2..] {
        *constant *= 2f64.sqrt();
        terms.iter_mut().for_each(|(_, k)| *k *= 2f64.sqrt());
    }
}
