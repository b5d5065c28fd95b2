//! What other programs read in our files is the problem that we hold.

use crate::{cbf, highs_file, problems};
use clarabel::solver::SupportedConeT;
use proptest::prelude::*;
use tieline::lowered::export;

fn close(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-6 * (1.0 + a.abs()),
        (None, None) => true,
        _ => false,
    }
}

/// Optimal value of a continuous CBF file by Clarabel.
fn solve_cbf(file: &cbf::Cbf) -> Option<f64> {
    assert_eq!(file.sense, "MIN");
    let mut cost = vec![0.0; file.columns];
    file.objective.iter().for_each(|(c, k)| cost[*c] += k);
    let mut rows: Vec<(f64, Vec<(usize, f64)>)> = Vec::new();
    let mut cones = Vec::new();
    let variables = (0..file.columns).map(|i| (0.0, vec![(i, 1.0)])).collect::<Vec<_>>();
    for (all, groups) in [(&variables, &file.domains), (&file.rows, &file.cones)] {
        let mut at = 0;
        for (cone, size) in groups {
            let mut members: Vec<(f64, Vec<(usize, f64)>)> = all[at..at + size].to_vec();
            at += size;
            match cone.as_str() {
                "F" => continue,
                "L=" => cones.push(SupportedConeT::ZeroConeT(*size)),
                "L+" => cones.push(SupportedConeT::NonnegativeConeT(*size)),
                "L-" => {
                    for (constant, terms) in &mut members {
                        *constant = -*constant;
                        terms.iter_mut().for_each(|(_, k)| *k = -*k);
                    }
                    cones.push(SupportedConeT::NonnegativeConeT(*size));
                }
                "Q" => cones.push(SupportedConeT::SecondOrderConeT(*size)),
                "QR" => {
                    problems::unrotate(&mut members);
                    cones.push(SupportedConeT::SecondOrderConeT(*size));
                }
                other => panic!("unknown cone {other}"),
            }
            rows.extend(members);
        }
    }
    problems::solve_rows(cost, file.constant, &rows, &cones)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn highs_reads_lp_and_mps_to_the_same_optimum(problem in problems::milp()) {
        let want = problems::solve_linear(&problem);
        for (exported, extension) in [(export::lp(&problem, &[]), ".lp"), (export::mps(&problem), ".mps")] {
            let exported = exported.expect("linear");
            let got = highs_file::solve(&exported.text, extension);
            prop_assert!(close(got.objective, want), "{:?} {:?}\n{}", got.objective, want, exported.text);
            prop_assert_eq!(got.columns.len(), problem.columns.len());
        }
    }

    #[test]
    fn clarabel_solves_the_cbf_file_to_the_same_optimum(problem in problems::conic()) {
        let want = problems::solve_conic(&problem);
        prop_assert!(want.is_some());
        let exported = export::cbf(&problem).expect("conic");
        let got = solve_cbf(&cbf::read(&exported.text));
        prop_assert!(close(got, want), "{got:?} {want:?}\n{}", exported.text);
    }

    #[test]
    fn cbf_keeps_integers_rows_and_values(problem in problems::milp()) {
        let file = cbf::read(&export::cbf(&problem).expect("written").text);
        let integers: Vec<usize> = problem.columns.iter().enumerate().filter(|(_, c)| c.integer).map(|(i, _)| i).collect();
        prop_assert_eq!(&file.integers, &integers);
        if integers.is_empty() {
            prop_assert!(close(solve_cbf(&file), problems::solve_linear(&problem)));
        }
    }
}
