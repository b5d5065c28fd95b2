//! `tieline new PATH`

use super::disk::why;
use super::output::write_file;
use super::{Exit, Terminal};
use std::path::{Path, PathBuf};

/// The study that is written: a feeder of three buses with a loop, small enough to be read whole.
const STARTER: &str = include_str!("starter.tie");

/// The file's name where a folder is given.
const FILE_NAME: &str = "study.tie";

/// Options of `new`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tieline new feeder.tie     write this file\n  tieline new feeder         write feeder/study.tie"
)]
pub(super) struct Options {
    /// A file that ends in .tie, or a folder, made if it is not there; nothing is overwritten
    path: PathBuf,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> Exit {
    match write(&options.path) {
        Ok(file) => {
            let shown = file.display();
            let text = format!("wrote {shown}\nnext: tieline check {shown}\n      tieline solve {shown}\n");
            terminal.print(&text).err().unwrap_or(Exit::Done)
        }
        Err(reason) => {
            terminal.complain(&reason, Some("give a path where nothing is yet"));
            Exit::Usage
        }
    }
}

fn write(path: &Path) -> Result<PathBuf, String> {
    let is_file = path.extension().is_some_and(|e| e == "tie") && !path.is_dir();
    let file = if is_file { path.to_path_buf() } else { path.join(FILE_NAME) };
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|e| format!("cannot make the folder `{}`: {}", folder.display(), why(&e)))?;
    }
    write_file(&file, STARTER.as_bytes(), false)
        .map_err(|reason| format!("cannot write `{}`: {reason}", file.display()))?;
    Ok(file)
}
