//! What the language server can tell about a study: byte offsets in, plain data out.

mod cursor;
mod locals;
mod resolve;

pub mod completion;
pub mod definition;
pub mod findings;
pub mod formatting;
pub mod hover;

pub use cursor::{Cursor, MOST_STEPS};
pub use resolve::{Holder, Target, resolve};
