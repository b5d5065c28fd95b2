//! The syntax stage as a whole: what reads, what is found where, and that no input breaks it.

#![allow(clippy::print_stderr)] // a skipped test says so

mod files;
mod formatting;
mod mistakes;
mod pages;
mod properties;
mod sketches;
mod trees;
