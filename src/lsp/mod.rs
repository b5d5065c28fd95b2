//! The language server: the analysis of [`crate::analysis`] for editors.
//!
//! [`features`] answers questions about a text position in plain data; the protocol is only in the
//! thin layer around it, which [`serve`] runs over any connection.

pub mod features;

mod convert;
mod documents;
mod paths;
mod place;
mod publish;
mod server;
mod study;

pub use place::LibraryPlace;
pub use server::{End, serve};
