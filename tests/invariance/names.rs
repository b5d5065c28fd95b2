//! The names of elements, sets, parameters and decisions.

use crate::studies::{optimum, program, value};
use crate::{FORMULATIONS, Feeder, TRANSPORT, numbered, plain, same, solved, transport_optimum};
use proptest::prelude::*;
use std::collections::BTreeSet;
use tieline::solution::Engine;

/// An id as it is written in a study.
fn quoted(id: &str) -> String {
    format!("\"{}\"", id.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Ids that are words of the language, look like numbers or paths, or hold signs.
const ODD: [&str; 16] = [
    "if",
    "line",
    "bus 7",
    "t",
    "0",
    "007",
    "-1",
    "1e3",
    "A>B",
    "a,b",
    "x[1]",
    "1.5 kW",
    "##",
    "a\"b\\c",
    "Süd; {Ω}",
    "self",
];

#[test]
fn any_element_may_have_an_odd_name() {
    for with in FORMULATIONS {
        let (losses, open) = solved(&numbered(1.0).statements(with));
        for odd in ODD {
            for at in 0..6 {
                let bus = |k: usize| if k == at { quoted(odd) } else { plain(k) };
                let line = |k: usize| if k == at { quoted(odd) } else { plain(k) };
                let load = |k: usize| if k == at { quoted(odd) } else { plain(k) };
                // One class after the other, and all together.
                let feeder = |which: usize| Feeder {
                    bus: if which == 0 || which == 3 { &bus } else { &plain },
                    line: if which == 1 || which == 3 { &line } else { &plain },
                    load: if which == 2 || which == 3 { &load } else { &plain },
                    source: "\"main\"",
                    power: 1.0,
                };
                for which in if with == FORMULATIONS[0] { 0..4 } else { 3..4 } {
                    let (l, o) = solved(&feeder(which).statements(with));
                    let renamed = |id: &String| if *id == plain(at) { odd.to_owned() } else { id.clone() };
                    let expected: Vec<String> =
                        if which == 1 || which == 3 { open.iter().map(renamed).collect() } else { open.clone() };
                    assert!(same(l, losses), "{with} {odd} {at}: {l} and {losses}");
                    assert_eq!(o, expected, "{with} {odd} {at}");
                }
            }
        }
    }
}

/// The transport problem with other names; `NORTH` and the like are replaced word by word.
fn renamed(names: &[(&str, String)]) -> String {
    let mut text = String::new();
    let mut word = String::new();
    for c in (TRANSPORT.join("\n") + "\n").chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        text += names.iter().find(|n| n.0 == word).map_or(word.as_str(), |n| &n.1);
        word.clear();
        text.push(c);
    }
    text
}

const NAMES: [&str; 17] = [
    "PLANT", "CITY", "NORTH", "SOUTH", "A1", "B1", "C1", "SUPPLY", "DEMAND", "PRICE", "FIXED", "SENT", "USED", "MADE",
    "SERVED", "LINKED", "UNUSED",
];

fn transport(text: &str) -> f64 {
    value(&optimum(&program(text), Engine::Auto, 0.0))
}

#[test]
fn any_name_of_a_transport_problem_may_be_a_unit_or_a_keyword_elsewhere() {
    let best = transport_optimum();
    for name in NAMES {
        for other in ["kW", "h", "EUR", "bus", "line", "load", "grid", "losses", "case_", "rule_1", "Σ", "straße"] {
            let text = renamed(&[(name, other.to_owned())]);
            let cost = transport(&text);
            assert!((cost - best).abs() < 1e-6 * best, "{name} as {other}: {cost} and {best}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_elements_may_be_renamed(ids in prop::collection::btree_set("[ -~äöüß°Ωé]{1,12}", 20)) {
        let ids: Vec<String> = ids.into_iter().map(|id| quoted(&id)).collect();
        let feeder = Feeder {
            bus: &|k| ids[k].clone(),
            line: &|k| ids[19 - k].clone(),
            load: &|k| ids[k + 6].clone(),
            source: &ids[13],
            power: 1.0,
        };
        let (losses, open) = solved(&numbered(1.0).statements("conic, radial"));
        let (l, o) = solved(&feeder.statements("conic, radial"));
        prop_assert!(same(l, losses), "{} and {}", l, losses);
        let line = |id: &String| (0..8).find(|k| ids[19 - k] == quoted(id)).map(plain);
        let back: Option<Vec<String>> = o.iter().map(line).collect();
        prop_assert_eq!(back, Some(open));
    }

    #[test]
    fn all_names_may_be_others(words in prop::collection::btree_set("n_[a-zA-Z0-9_]{1,9}", 17), order in any::<u64>()) {
        let mut words: Vec<String> = BTreeSet::from_iter(words).into_iter().collect();
        words.rotate_left(order as usize % 17);
        let names: Vec<(&str, String)> = NAMES.into_iter().zip(words).collect();
        let best = transport_optimum();
        prop_assert!((transport(&renamed(&names)) - best).abs() < 1e-6 * best);
    }
}
