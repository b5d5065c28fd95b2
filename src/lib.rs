//! Tieline: a declarative modelling language for electricity distribution networks.
//!
//! The stages, in order: [`source`] → [`syntax`] → [`names`] → [`units`] → [`model`] → [`elaborate`] →
//! [`lowered`] → [`solution`] → [`study`] → [`uncertainty`] → [`report`]. Each is a module of that name; what
//! elaboration gives to the stages behind it is in `program`.

// The core does no input or output (clippy.toml says which calls those are).
#![deny(clippy::disallowed_methods)]

pub mod analysis;
pub mod check;
#[allow(clippy::disallowed_methods)] // files and terminal
pub mod cli;
#[allow(clippy::disallowed_methods)] // the clock
pub mod deadline;
pub mod diagnostics;
pub mod elaborate;
pub mod ids;
pub mod import;
pub mod lowered;
pub mod lsp;
pub mod model;
pub mod names;
pub mod network;
pub mod program;
pub mod random;
pub mod report;
pub mod solution;
pub mod source;
pub mod study;
pub mod syntax;
pub mod uncertainty;
pub mod units;
