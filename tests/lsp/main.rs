//! A scripted editor against the language server.

mod client;

mod answers;
mod diagnostics;
mod hover_everywhere;
mod malformed;
mod session;
