//! Decisions under uncertainty: published numbers, enumeration, properties.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod affine;
mod blocks;
mod decomposed;
mod given;
mod igdt;
mod instances;
mod limits;
mod masters;
mod properties;
mod resume;
mod sampling;
mod stochastic;
#[path = "../support/mod.rs"]
mod support;
mod textbook;
mod whole;
mod whole_conic;

use std::path::Path;
use tieline::analysis::{Analysis, Request, analyse};
use tieline::program::Program;
use tieline::solution::{Engine, Options};
use tieline::source::Files;
use tieline::uncertainty::{Ask, Oracle, Robust, Set, solve_robust};

/// A study on no disk.
pub struct Text<'a>(pub &'a str);

impl Files for Text<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if path == "study.tie" { Ok(self.0.as_bytes().to_vec()) } else { Err("no such file".into()) }
    }
}

/// The analysis and the program of a text, which has no errors.
pub fn analysis_of(text: &str) -> (Analysis, Program) {
    let mut analysis = analyse(&Text(text), "study.tie", &Request::default());
    let program = analysis.program();
    let found: Vec<String> = analysis.diagnostics.iter().map(|d| format!("{} {}", d.id.code, d.message)).collect();
    let program = program.unwrap_or_else(|| panic!("{found:#?}"));
    (analysis, program)
}

/// The program of a text, which has no errors.
pub fn program_of(text: &str) -> Program {
    analysis_of(text).1
}

/// The text of an example.
pub fn example(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(path)).expect("an example")
}

/// Options with a gap and a number of threads.
pub fn options(gap: f64, threads: usize) -> Options {
    Options { gap, threads, ..Options::default() }
}

/// Solves with all corners of the set.
pub fn robust(program: &Program, options: &Options) -> Robust {
    let set = Set::new(program);
    let found = set.check(&options.limit);
    assert!(found.is_empty(), "{found:?}");
    let oracle = Oracle::choose(program, &set).expect("an exact way");
    let result = solve_robust(program, &set, &oracle, Engine::Auto, options, Ask::default());
    assert!(result.diagnostics.is_empty(), "{:?}", result.diagnostics);
    result
}
