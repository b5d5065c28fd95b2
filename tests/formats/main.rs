//! Files that go out (LP, MPS, CBF) and files that come in (MATPOWER, CSV).
// Skipped tests and refused files are said where the test run shows them.
#![allow(clippy::print_stderr)]

mod bad_folders;
mod bad_matpower;
#[path = "../support/cbf.rs"]
mod cbf;
mod export;
mod export_names;
mod folders;
mod fuzz;
mod highs_file;
mod matpower;
mod memory;
mod pages;
mod problems;
mod shared;
mod sweep;
mod written;
