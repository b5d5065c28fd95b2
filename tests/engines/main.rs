//! The engines against enumeration, certificates and published optima.
#![allow(clippy::print_stderr)] // tests say what they skip

#[path = "../support/distflow.rs"]
mod distflow;
#[path = "../support/random_problems.rs"]
mod random_problems;

mod blocks;
mod boxes;
mod conic;
mod linear;
mod networks;
mod search;
