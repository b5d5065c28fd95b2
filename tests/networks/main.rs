//! Power flow and reconfiguration on published and on made-up networks.

#![allow(clippy::print_stderr)] // a skipped test says so

#[path = "../support/mod.rs"]
mod support;

mod enumeration;
mod powerflow_cases;
mod powerflow_published;
mod reconfiguration;
