//! The engines against enumeration, certificates and published optima.

#[path = "../support/distflow.rs"]
mod distflow;
#[path = "../support/random_problems.rs"]
mod random_problems;

mod conic;
mod linear;
mod networks;
