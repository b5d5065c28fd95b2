//! The command line: one file per command, and what they share. Only here and in the language
//! server are files read and written and anything printed.

mod arguments;
mod cases;
mod check;
mod completions;
mod disk;
mod emit;
mod exit;
mod explain;
mod findings;
mod fmt;
mod frames;
mod import;
mod interrupt;
mod lsp;
mod new;
mod output;
mod panic;
mod progress;
mod quantities;
mod quiet;
mod read;
mod shelf;
mod solve;
mod terminal;

pub use disk::Disk;
use disk::Reads;
pub use exit::Exit;
pub use findings::{Findings, Format};
pub use interrupt::stop_flag;
pub use output::{write_file, write_out};
pub use progress::Display;
pub use shelf::Shelf;
pub use terminal::{ColorChoice, Terminal};

use crate::solution;
use arguments::{Arguments, Command};
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

/// Room for the recursion over deeply nested input, the same on every platform and far above what
/// the depth limit of the parser needs.
const STACK: usize = 64 << 20;

/// Runs the program with the arguments of the process and returns its exit code; `output` says whether
/// there is a standard output.
pub fn main(output: bool) -> ExitCode {
    panic::install();
    let start = move || start(output);
    let worker = std::thread::Builder::new().name("tieline".into()).stack_size(STACK).spawn(start);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => at_once(code),
        // The hook has told what happened; 101 is what a panic exits with.
        Ok(Err(_)) => {
            if output {
                panic::answer(&Terminal::new(ColorChoice::Never, output));
            }
            ExitCode::from(panic::EXIT_CODE)
        }
        Err(_) => at_once(start()),
    }
}

/// Ends the program before anything is torn down, where an engine that was left to itself may still run: it would
/// find its own library gone.
fn at_once(exit: Exit) -> ExitCode {
    if solution::is_work_left() {
        let _ = std::io::stdout().flush();
        let _ = std::io::stderr().flush();
        #[cfg(unix)]
        #[allow(unsafe_code)]
        // SAFETY: the call takes a number and does not return.
        unsafe {
            libc::_exit(i32::from(exit as u8))
        }
    }
    exit.into()
}

fn start(output: bool) -> Exit {
    let command = arguments::command();
    let parsed = command
        .try_get_matches_from(std::env::args_os())
        .and_then(|matches| <Arguments as clap::FromArgMatches>::from_arg_matches(&matches));
    match parsed {
        Ok(arguments) => run(arguments, output),
        Err(error) if !output && !error.use_stderr() => Terminal::new(ColorChoice::Auto, output).closed(),
        Err(error) => {
            // Fails only when nobody reads the output any more.
            let _ = error.print();
            if error.exit_code() == 0 { Exit::Done } else { Exit::Usage }
        }
    }
}

fn run(arguments: Arguments, output: bool) -> Exit {
    let terminal = Terminal::new(arguments.color, output);
    if !output && arguments.command.prints() {
        return terminal.closed();
    }
    if let Some(format) = arguments.command.format() {
        panic::asked_for(format);
    }
    match arguments.command {
        Command::Fmt(options) => fmt::run(&options, &terminal),
        Command::Check(options) => check::run(&options, &terminal),
        Command::Solve(options) => solve::run(&options, &terminal),
        Command::Emit(options) => emit::run(&options, &terminal),
        Command::Explain(options) => explain::run(&options, &terminal),
        Command::Import(options) => import::run(&options, &terminal),
        Command::Lsp(options) => lsp::run(&options),
        Command::New(options) => new::run(&options, &terminal),
        Command::Completions(options) => completions::run(&options, &terminal),
    }
}

/// The whole command line as clap sees it, for completions and the documentation.
pub fn command() -> clap::Command {
    arguments::command()
}

/// Whether these arguments (the program's name first) are a right use of the command line.
///
/// # Errors
/// What clap has to say, ready to print.
pub fn parse(arguments: &[&str]) -> Result<(), String> {
    Arguments::try_parse_from(arguments).map(|_| ()).map_err(|e| e.to_string())
}
