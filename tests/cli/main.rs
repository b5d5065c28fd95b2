//! The real program, run as an engineer or a script runs it.

mod support;

mod check;
mod emit;
mod explain;
mod fmt;
mod given;
mod import;
mod modes;
mod new;
mod solve;
mod statuses;
mod usage;
