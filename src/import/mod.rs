//! Networks from other programs' files: read into a [`Feeder`], written as a `.tie` file.
//!
//! Every importer reports what it drops or approximates; nothing is lost in silence.

pub mod csv_folder;
mod csv_table;
mod feeder;
mod losses;
pub mod matpower;
mod meta;
pub mod write;

pub use feeder::{Branch, Bus, Feeder, Injection, InjectionKind, Source};
