//! `tieline completions SHELL`

use super::{Exit, Terminal};
use clap_complete::Shell;

/// Options of `completions`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tieline completions bash > ~/.local/share/bash-completion/completions/tieline\n  tieline completions zsh > ~/.zfunc/_tieline\n  tieline completions fish > ~/.config/fish/completions/tieline.fish"
)]
pub(super) struct Options {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut super::command(), "tieline", &mut script);
    terminal.print_bytes(&script).err().unwrap_or(Exit::Done)
}
