//! A scripted editor against the language server.

mod client;

mod answers;
mod diagnostics;
mod session;
