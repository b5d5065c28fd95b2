//! Data that the repository does not hold: network folders beside it and MATPOWER's case files.

use std::path::{Path, PathBuf};
use tieline::source::Files;

/// Reads from the disk.
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(path).map_err(|e| e.to_string())
    }
}

/// The folder of network folders, if it is there; a visible message otherwise.
pub fn networks() -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/networks");
    found(dir, "no ../shared/networks")
}

/// The folder of MATPOWER's `case*.m`: `TIELINE_MATPOWER_DATA`, or `matpower/data` beside the
/// repository.
pub fn matpower() -> Option<PathBuf> {
    let dir = match std::env::var_os("TIELINE_MATPOWER_DATA") {
        Some(dir) => PathBuf::from(dir),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../matpower/data"),
    };
    found(dir, "no MATPOWER case files (set TIELINE_MATPOWER_DATA to the folder that has case33bw.m)")
}

fn found(dir: PathBuf, why: &str) -> Option<PathBuf> {
    if !dir.is_dir() {
        eprintln!("SKIPPED: {why}");
        return None;
    }
    Some(dir)
}
