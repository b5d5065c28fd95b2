//! `tieline explain ID`

use super::{Exit, Terminal};
use crate::diagnostics::{page, registry};

/// Options of `explain`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tieline explain E0301\n  tieline explain unit-mismatch\n  tieline explain            list all"
)]
pub(super) struct Options {
    /// Code or name, as printed in a message; all are listed if none is given
    #[arg(num_args = 0..)]
    id: Vec<String>,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> Exit {
    let wanted = options.id.join(" ");
    let text = if wanted.is_empty() {
        registry::all().map(|id| format!("{} {}\n", id.code, id.name)).collect()
    } else {
        match registry::find(&wanted).and_then(page::text_of) {
            Some(text) if terminal.out_style().color => colored(text),
            Some(text) => text.to_string(),
            None => {
                let help = match registry::closest(&wanted) {
                    Some(near) => format!("did you mean `tieline explain {near}`?"),
                    None => "`tieline explain` lists all of them".to_string(),
                };
                terminal.complain(&format!("no finding is called `{wanted}`"), Some(&help));
                return Exit::Usage;
            }
        }
    };
    terminal.print(&text).err().unwrap_or(Exit::Done)
}

/// Headings bold, blocks dimmed, their fences left out.
fn colored(page: &str) -> String {
    let mut out = String::new();
    let mut block = false;
    for line in page.lines() {
        if line.starts_with("```") {
            block = !block;
        } else if block {
            out.push_str(&format!("    \u{1b}[36m{line}\u{1b}[0m\n"));
        } else if line.starts_with('#') {
            out.push_str(&format!("\u{1b}[1m{}\u{1b}[0m\n", line.trim_start_matches(['#', ' '])));
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
