//! The names stage: modules, imports, and the declaration table of one study.

mod aspects;
mod cases;
mod declare;
mod idle;
pub mod library;
pub mod limits;
mod load;
mod table;

pub use aspects::{aspect_that_gives, aspects_that_fill, library_declares};
pub use cases::AS_WRITTEN;
pub use declare::{Choice, declare};
pub use idle::idle;
pub use load::{LoadedModule, Modules, Unread, beside, folder_of, load, read_beside, refused};
pub use table::*;
