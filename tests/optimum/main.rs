//! The compiled optimum is the best of all radial states: every encoding of radiality, both engines
//! for mixed-integer conic problems, against enumeration with AC power flows.

#![allow(clippy::print_stderr)] // a skipped test says so

#[path = "../support/feeders.rs"]
mod feeders;
#[path = "../support/studies.rs"]
#[allow(dead_code)]
mod studies;
#[path = "../support/mod.rs"]
mod support;

mod periods;
mod published;
mod random;
mod traps;

use tieline::solution::Engine;

/// The engines that solve mixed-integer conic problems.
const ENGINES: [Engine; 2] = [Engine::Tree, Engine::OuterApproximation];

/// The encodings that `models/std/radial.tie` declares: a new one is tested as soon as it is there.
fn encodings() -> Vec<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models/std/radial.tie");
    let text = std::fs::read_to_string(path).expect("the library");
    let (_, rest) = text.split_once("encoding : one of {").expect("an enumerated parameter");
    let (list, _) = rest.split_once('}').expect("its end");
    let list: Vec<String> = list.split(',').map(|name| name.trim().to_owned()).collect();
    assert!(list.iter().any(|e| e == "single_commodity") && list.iter().any(|e| e == "parent_child"), "{list:?}");
    list
}

/// Is an encoding radial whatever stands at the buses? The orientation rows alone are not, where a
/// part of the network can live without a source.
fn complete(encoding: &str) -> bool {
    encoding != "parent_child"
}
