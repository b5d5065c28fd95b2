//! `tieline lsp`

use super::{Disk, Exit, Shelf, Terminal};
use crate::lsp::{End, LibraryPlace, serve};
use lsp_server::Connection;

/// Options of `lsp`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "An editor starts this command and speaks the Language Server Protocol with it over the standard input\nand output; it serves diagnostics, hover, definition, completion and formatting of .tie files."
)]
pub(super) struct Options {
    /// Speak over the standard input and output (which is what happens anyway; some editors say so)
    #[arg(long)]
    stdio: bool,
}

pub(super) fn run(_options: &Options, terminal: &Terminal) -> Exit {
    let (connection, threads) = Connection::stdio();
    let shelf = Shelf::usual();
    let end = serve(&connection, &Disk::here(), shelf.as_ref().map(|s| s as &dyn LibraryPlace));
    drop(connection);
    match end {
        Ok(End::Orderly) => {
            // The last answer has been written once the writer has ended.
            let _ = threads.join();
            Exit::Done
        }
        Ok(End::Abrupt) => Exit::Errors,
        Err(error) => {
            terminal.complain(&format!("the editor broke the protocol: {error}"), None);
            Exit::Errors
        }
    }
}
