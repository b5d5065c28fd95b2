//! Boxes for equations that a relaxation leaves loose: nothing that is a solution falls between them, and a search
//! over them ends at the optimum.

use crate::random_problems::{Stream, column, cone, entry, row};
use tieline::lowered::{ColumnId, ConeKind, Lowered};
use tieline::solution::boxes::{self, Division};
use tieline::solution::convex_concave::Equation;
use tieline::solution::{Engine, Options, solve};

/// Columns v, l, P, Q with `P² + Q² <= v·l`, and the equation.
fn branch(ranges: [(f64, f64); 4]) -> (Lowered, Equation) {
    let mut p = Lowered { objective_scale: 1.0, ..Lowered::default() };
    for (low, high) in ranges {
        p.columns.push(column(low, high, false));
    }
    let of = |k: u32, a: f64| entry(0.0, &[(k, a)]);
    // x² + y² <= 2 (v / 2) l
    p.cones.push(cone(ConeKind::Rotated, vec![of(0, 0.5), of(1, 1.0), of(2, 1.0), of(3, 1.0)]));
    let equation = Equation { group: 0, v: of(0, 1.0), l: of(1, 1.0), squares: vec![of(2, 1.0), of(3, 1.0)] };
    (p, equation)
}

fn divide(problem: &Lowered, equation: &Equation, point: &[f64]) -> Division {
    let all = std::slice::from_ref(equation);
    boxes::divide(problem, all, &boxes::loose(all, point), point)
}

fn keeps(p: &Lowered, x: &[f64]) -> bool {
    p.rows.iter().all(|r| {
        let sum: f64 = r.terms.iter().map(|(c, a)| a * x[c.0 as usize]).sum();
        r.lower <= sum + 1e-12 && sum <= r.upper + 1e-12
    })
}

#[test]
fn solutions_of_the_equation_stay_in_a_part_however_deep() {
    let mut loosened = 0;
    for seed in 0..200 {
        let mut s = Stream(seed);
        let (p, q) = (s.between(-1.5, 1.5), s.between(-0.8, 0.8));
        let v = s.between(0.81, 1.21);
        let solution = [v, (p * p + q * q) / v, p, q];
        let (mut problem, equation) = branch([(0.8, 1.3), (0.0, 6.0), (-2.0, 2.0), (-1.0, 1.0)]);
        for _ in 0..12 {
            // Points of the relaxation, loose by anything.
            let (p, q, v) = (s.between(-1.9, 1.9), s.between(-0.9, 0.9), s.between(0.8, 1.3));
            let loose = [v, (p * p + q * q) / v + s.between(0.01, 2.0), p, q];
            let parts = match divide(&problem, &equation, &loose) {
                Division::Parts(parts) => parts,
                Division::Undivided => break,
            };
            loosened += parts.iter().filter(|p| !keeps(p, &loose)).count();
            let with = parts.into_iter().find(|part| keeps(part, &solution));
            problem = with.unwrap_or_else(|| panic!("seed {seed}: {solution:?} is in no part"));
        }
    }
    assert!(loosened > 500, "parts keep what is loose: {loosened}");
}

#[test]
fn a_search_over_boxes_finds_the_most_that_a_line_can_take_at_its_voltage_limit() {
    let (r, x, limit) = (0.1, 0.05, 1.1025);
    // A plant at the end gives p and nothing else: P, Q and l are at the start of the line, whose voltage is 1.
    let (mut first, equation) = branch([(1.0, 1.0), (0.0, 9.0), (-3.0, 0.0), (0.0, 1.0)]);
    // Voltage at the end: 1 - 2 (r P + x Q) + (r² + x²) l <= limit; reactive power at the end: Q = x l.
    first.rows.push(row(f64::NEG_INFINITY, limit - 1.0, &[(1, r * r + x * x), (2, -2.0 * r), (3, -2.0 * x)]));
    first.rows.push(row(0.0, 0.0, &[(1, -x), (3, 1.0)]));
    // p = r l - P, to be as great as can be.
    first.objective = vec![(ColumnId(1), -r), (ColumnId(2), 1.0)];
    let state = |p: f64| {
        let (mut l, mut voltage) = (p * p, 0.0);
        for _ in 0..200 {
            let from = (r * l - p, x * l);
            l = from.0 * from.0 + from.1 * from.1;
            voltage = 1.0 - 2.0 * (r * from.0 + x * from.1) + (r * r + x * x) * l;
        }
        voltage
    };
    let most = (0..200_000).map(|k| f64::from(k) * 1e-5).filter(|p| state(*p) <= limit).fold(0.0, f64::max);

    let bound = |p: &Lowered| solve(p, Engine::Clarabel, &Options { gap: 1e-7, ..Options::default() }, None);
    let relaxed = bound(&first);
    assert!(-relaxed.bound > 1.2 * most, "the relaxation promises only {} of {most}", -relaxed.bound);
    let mut open = vec![(relaxed.bound, first, relaxed.point.expect("a point"))];
    let mut least = f64::INFINITY;
    for _ in 0..200 {
        let Some(at) = (0..open.len()).min_by(|a, b| open[*a].0.total_cmp(&open[*b].0)) else { break };
        let (value, part, point) = open.swap_remove(at);
        match divide(&part, &equation, &point) {
            Division::Undivided => {
                least = value;
                break;
            }
            Division::Parts(parts) => {
                for part in parts {
                    let found = bound(&part);
                    if let Some(point) = found.point {
                        open.push((found.bound, part, point));
                    }
                }
            }
        }
    }
    assert!((-least - most).abs() < 1e-4, "{} instead of {most}", -least);
}
