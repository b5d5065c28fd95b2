//! The syntax stage as a whole: what reads, what is found where, and that no input breaks it.

mod files;
mod formatting;
mod mistakes;
mod pages;
mod properties;
mod sketches;
mod trees;
