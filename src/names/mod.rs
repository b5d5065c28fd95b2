//! The names stage: modules, imports, and the declaration table of one study.

mod declare;
pub mod library;
mod load;
mod table;

pub use declare::{Choice, declare};
pub use load::{LoadedModule, Modules, folder_of, load, read_beside};
pub use table::*;
