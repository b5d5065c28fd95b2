//! Problems that fall apart are solved by parts, to the same answer.

use crate::random_problems::{column, enumerate, mixed_integer_conic, mixed_integer_linear, row};
use tieline::ids::Id;
use tieline::lowered::{ColumnId, Lowered, Row};
use tieline::solution::{Engine, Options, Termination, solve};

/// Parts side by side, their columns in turns, and a fixed column in a row of each.
fn beside(parts: &[Lowered]) -> Lowered {
    let mut whole = Lowered { objective_scale: 1.0, offset: 5.0, ..Lowered::default() };
    let fixed = whole.columns.push(column(2.0, 2.0, false));
    let longest = parts.iter().map(|p| p.columns.len()).max().unwrap_or(0);
    let mut place = vec![Vec::new(); parts.len()];
    for k in 0..longest {
        for (part, place) in parts.iter().zip(&mut place) {
            if let Some(c) = part.columns.get(k) {
                place.push(whole.columns.push(c.clone()));
            }
        }
    }
    for (part, place) in parts.iter().zip(&place) {
        let moved = |terms: &[(ColumnId, f64)]| terms.iter().map(|(c, a)| (*c.of(place), *a)).collect::<Vec<_>>();
        whole.objective.extend(moved(&part.objective));
        for r in &part.rows {
            let mut terms = moved(&r.terms);
            terms.insert(0, (fixed, 0.5));
            whole.rows.push(Row { terms, ..row(r.lower + 1.0, r.upper + 1.0, &[]) });
        }
        for c in &part.cones {
            let mut c = c.clone();
            c.entries.iter_mut().for_each(|e| e.terms = moved(&e.terms));
            whole.cones.push(c);
        }
    }
    whole
}

fn parts(seed: u64, conic: bool) -> Vec<Lowered> {
    let make = |k: u64| if conic { mixed_integer_conic(seed + k, 3) } else { mixed_integer_linear(seed + k, 4) };
    (0..3).map(|k| make(100 * k)).collect()
}

#[test]
fn the_sum_of_the_parts_is_the_whole() {
    for conic in [false, true] {
        let mut solved = 0;
        for seed in 0..6 {
            let parts = parts(seed, conic);
            let Some(values) = parts.iter().map(enumerate).collect::<Option<Vec<f64>>>() else { continue };
            let best: f64 = 5.0 + values.iter().sum::<f64>();
            solved += 1;
            let whole = beside(&parts);
            for threads in [1, 2] {
                let options = Options { gap: 1e-6, threads, ..Options::default() };
                let outcome = solve(&whole, Engine::Auto, &options, None);
                assert_eq!(outcome.termination, Termination::Optimal, "{conic} {seed}: {outcome:?}");
                assert!(outcome.engine.ends_with(" blocks"), "{}", outcome.engine);
                let value = outcome.objective.expect("a value");
                assert!((value - best).abs() <= 1e-5 * best.abs().max(1.0), "{conic} {seed}: {value} is not {best}");
                assert!(outcome.bound <= best + 1e-5 * best.abs().max(1.0), "{conic} {seed}");
                let point = outcome.point.expect("a point");
                for r in &whole.rows {
                    let at: f64 = r.terms.iter().map(|(c, a)| a * c.of(&point)).sum();
                    assert!(at <= r.upper + 1e-5 && at >= r.lower - 1e-5, "{conic} {seed}");
                }
            }
        }
        assert!(solved >= 3, "{conic}: {solved}");
    }
}

#[test]
fn one_part_without_solution_leaves_none() {
    let mut parts = parts(7, false);
    parts[1].rows.push(row(9.0, f64::INFINITY, &[(0, 1.0), (1, 1.0)]));
    let outcome = solve(&beside(&parts), Engine::Auto, &Options::default(), None);
    assert_eq!(outcome.termination, Termination::Infeasible);
    assert!(outcome.point.is_none() && outcome.objective.is_none());
}

#[test]
fn parts_of_opposite_sign_close_the_gap_of_their_sum() {
    let mut parts = parts(3, false);
    let negative = parts[0].objective.iter().map(|(c, a)| (*c, -a)).collect();
    parts[2] = Lowered { objective: negative, ..parts[0].clone() };
    let options = Options { gap: 1e-3, ..Options::default() };
    let outcome = solve(&beside(&parts), Engine::Auto, &options, None);
    assert!(outcome.termination != Termination::Optimal || outcome.gap() <= 1e-3 + 1e-9, "{outcome:?}");
    assert!(outcome.objective.expect("a value") >= outcome.bound - 1e-9);
}
