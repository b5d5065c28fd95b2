//! Every command with its options, as clap reads them.

use super::Format;
use super::exit::EXIT_CODES;
use super::terminal::ColorChoice;
use super::{check, completions, emit, explain, fmt, import, lsp, new, solve};
use clap::{CommandFactory, Parser, Subcommand};

/// A modelling language for electricity distribution networks: check studies, solve them with
/// proof, and explain what is wrong with them.
#[derive(Debug, Parser)]
#[command(name = "tieline", version, arg_required_else_help = true, max_term_width = 100)]
pub(super) struct Arguments {
    /// Colours in messages: auto (on a terminal, unless NO_COLOR is set), always or never
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, global = true, value_name = "WHEN")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub color: ColorChoice,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say what is wrong with studies, without solving them
    Check(check::Options),
    /// Solve a study with proof, and check the solution
    Solve(solve::Options),
    /// Lay files out uniformly
    Fmt(fmt::Options),
    /// Write what a study becomes in each stage of the compiler
    Emit(emit::Options),
    /// Say what a finding means and what to do about it
    Explain(explain::Options),
    /// Write a network from another program as a .tie file
    Import(import::Options),
    /// Serve an editor: findings while typing, hover, definition, completion and layout
    Lsp(lsp::Options),
    /// Write a small commented study to start from
    New(new::Options),
    /// Write a script that completes commands and options in a shell
    Completions(completions::Options),
}

impl Command {
    /// Does it always write to the standard output? Others may write a file instead.
    pub fn prints(&self) -> bool {
        !matches!(self, Command::Emit(_) | Command::Import(_) | Command::Fmt(_) | Command::New(_))
    }

    /// The form of its findings, where it has a choice.
    pub fn format(&self) -> Option<Format> {
        match self {
            Command::Check(options) => Some(options.format()),
            Command::Solve(options) => Some(options.format()),
            _ => None,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  tieline new feeder.tie       write a small study to start from
  tieline fmt feeder.tie       lay it out uniformly
  tieline check feeder.tie     what is wrong with it
  tieline solve feeder.tie     solve it, with proof and check
  tieline import matpower case33bw.m --study losses -o feeder.tie
  tieline explain E0301        what a finding means and what to do";

/// The command with its help texts, coloured as `--color` says.
pub(super) fn command() -> clap::Command {
    Arguments::command()
        .after_help(format!("{EXAMPLES}\n\nRun `tieline help COMMAND` for the options of a command."))
        .after_long_help(format!("{EXAMPLES}\n\n{EXIT_CODES}"))
        .color(color_of(std::env::args_os().skip(1)))
}

/// The colour choice, read ahead of clap, whose own messages need it.
fn color_of(arguments: impl Iterator<Item = std::ffi::OsString>) -> clap::ColorChoice {
    let mut found = clap::ColorChoice::Auto;
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        let value = match text.strip_prefix("--color=") {
            Some(value) => value.to_string(),
            None if text == "--color" => arguments.peek().map(|v| v.to_string_lossy().into_owned()).unwrap_or_default(),
            None => continue,
        };
        found = match value.as_str() {
            "always" => clap::ColorChoice::Always,
            "never" => clap::ColorChoice::Never,
            _ => clap::ColorChoice::Auto,
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declarations_are_consistent() {
        command().debug_assert();
    }

    #[test]
    fn the_colour_choice_is_read_ahead() {
        let of = |list: &[&str]| color_of(list.iter().map(|a| (*a).into()));
        assert_eq!(of(&["check", "--color=never"]), clap::ColorChoice::Never);
        assert_eq!(of(&["--color", "always", "check"]), clap::ColorChoice::Always);
        assert_eq!(of(&["--color"]), clap::ColorChoice::Auto);
    }

    #[test]
    fn every_command_has_help_and_every_option_too() {
        for sub in command().get_subcommands() {
            assert!(sub.get_about().is_some(), "{} has no help", sub.get_name());
            for argument in sub.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {} has no help", sub.get_name(), argument.get_id());
            }
        }
    }
}
