//! The language server: the analysis of [`crate::analysis`] for editors.
//!
//! [`features`] answers questions about a text position in plain data; the protocol is only in the
//! thin layer around it, which [`serve`] runs over any connection.

pub mod features;

mod convert;
mod documents;
mod paths;
mod publish;
mod server;
mod shelf;
mod study;

pub use server::{End, serve};
pub use shelf::Shelf;
