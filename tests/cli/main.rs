//! The real program, run as an engineer or a script runs it.

mod support;

mod check;
mod emit;
mod explain;
mod files;
mod fmt;
mod given;
mod import;
mod limits;
mod meant;
mod modes;
mod new;
mod solve;
mod statuses;
mod studies;
mod usage;
