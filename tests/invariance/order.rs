//! The order of declarations.

use crate::studies::{optimum, program, value};
use crate::{FORMULATIONS, TRANSPORT, numbered, same, solved, transport_optimum};
use proptest::prelude::*;
use tieline::solution::Engine;

#[test]
fn any_two_declarations_of_a_feeder_may_be_swapped() {
    for with in FORMULATIONS {
        let statements = numbered(1.0).statements(with);
        let (losses, open) = solved(&statements);
        for i in 0..statements.len() {
            // All pairs with the first formulation, some with the others.
            for j in (0..i).filter(|j| with == FORMULATIONS[0] || (i + j) % 5 == 0) {
                let mut swapped = statements.clone();
                swapped.swap(i, j);
                let (l, o) = solved(&swapped);
                assert!(same(l, losses) && o.len() == open.len(), "{with}: {l} and {losses}\n{}", swapped.join("\n"));
                // Lines come in order of their declaration.
                let sorted = |mut list: Vec<String>| {
                    list.sort();
                    list
                };
                assert_eq!(sorted(o), sorted(open.clone()), "{with}\n{}", swapped.join("\n"));
            }
        }
    }
}

fn transport(statements: &[&str]) -> f64 {
    let program = program(&(statements.join("\n") + "\n"));
    value(&optimum(&program, Engine::Auto, 0.0))
}

#[test]
fn any_two_declarations_of_a_transport_problem_may_be_swapped() {
    let best = transport_optimum();
    for i in 0..TRANSPORT.len() {
        for j in 0..=i {
            let mut swapped = TRANSPORT;
            swapped.swap(i, j);
            let cost = transport(&swapped);
            assert!((cost - best).abs() < 1e-6 * best, "{cost} and {best}\n{}", swapped.join("\n"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_declarations_may_be_shuffled(
        feeder in Just(numbered(1.0).statements("conic, radial")).prop_shuffle(),
        transport_problem in Just(TRANSPORT.to_vec()).prop_shuffle(),
    ) {
        let (losses, _) = solved(&numbered(1.0).statements("conic, radial"));
        prop_assert!(same(solved(&feeder).0, losses));
        let best = transport_optimum();
        prop_assert!((transport(&transport_problem) - best).abs() < 1e-6 * best);
    }
}
