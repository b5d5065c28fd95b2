//! The real program, run as an engineer or a script runs it.

mod support;

mod explain;
mod new;
mod usage;
