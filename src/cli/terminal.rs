//! Where text goes and whether it may be coloured.

use super::Exit;
use crate::diagnostics::render::Style;
use std::io::{ErrorKind, IsTerminal, Write};

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Standard output and error of this run.
#[derive(Debug, Clone)]
pub struct Terminal {
    out: Style,
    err: Style,
    /// Is there a standard output?
    output: bool,
}

impl Terminal {
    /// Looks at the streams and at `NO_COLOR`, `TERM` and the locale; `output` says whether there is a
    /// standard output.
    pub fn new(choice: ColorChoice, output: bool) -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        let dumb = variable("TERM").as_deref() == Some("dumb");
        let wanted = variable("NO_COLOR").is_none() && !dumb;
        let color = |terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && wanted,
        };
        let locale = variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG"));
        let unicode = !dumb && !locale.is_some_and(|l| l == "C" || l == "POSIX");
        Terminal {
            out: Style { color: color(std::io::stdout().is_terminal()), unicode },
            err: Style { color: color(std::io::stderr().is_terminal()), unicode },
            output,
        }
    }

    /// Says that there is no standard output.
    pub(super) fn closed(&self) -> Exit {
        let help = "give it one, such as `> result.txt`, or `> /dev/null` if nobody is to read it";
        self.complain("cannot write to the standard output: it is closed", Some(help));
        Exit::Usage
    }

    /// How to draw on standard output.
    pub fn out_style(&self) -> Style {
        self.out
    }

    /// How to draw on standard error.
    pub fn err_style(&self) -> Style {
        self.err
    }

    /// Prints to standard output. A reader that went away (`| head`) is no failure.
    ///
    /// # Errors
    /// [`Exit::Usage`] where the output cannot be written, after saying so.
    pub fn print(&self, text: &str) -> Result<(), Exit> {
        self.print_bytes(text.as_bytes())
    }

    /// [`Terminal::print`] for bytes.
    ///
    /// # Errors
    /// As there.
    pub fn print_bytes(&self, bytes: &[u8]) -> Result<(), Exit> {
        if !self.output {
            return Err(self.closed());
        }
        let mut stream = std::io::stdout().lock();
        match stream.write_all(bytes).and_then(|()| stream.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.complain(&format!("cannot write to the standard output: {error}"), None);
                Err(Exit::Usage)
            }
            _ => Ok(()),
        }
    }

    /// Prints to standard error; if that is gone, there is nobody to tell.
    pub fn tell(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// `error: what`, then `  help: what to do`, for mistakes that are not in a file.
    pub fn complain(&self, what: &str, help: Option<&str>) {
        let (error, hint) = if self.err.color {
            ("\u{1b}[1;31merror\u{1b}[0m", "\u{1b}[1;36mhelp\u{1b}[0m")
        } else {
            ("error", "help")
        };
        let mut text = format!("{error}: {what}\n");
        if let Some(help) = help {
            text.push_str(&format!("  {hint}: {help}\n"));
        }
        self.tell(&text);
    }
}
