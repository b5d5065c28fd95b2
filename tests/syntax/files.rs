//! The models that tests read: the repository's own, and the sketches where they are present.

use std::path::{Path, PathBuf};

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|e| e == "tie") {
            out.push(path);
        }
    }
}

fn under(folder: &str) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut paths);
    let read = |path: PathBuf| {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_string();
        let text = std::fs::read_to_string(&path).expect("a model is readable");
        (name, text)
    };
    paths.into_iter().map(read).collect()
}

/// Names and texts of the repository's models, examples and model tests.
pub fn own() -> Vec<(String, String)> {
    ["models", "examples", "tests/design"].iter().flat_map(|folder| under(folder)).collect()
}

/// Names and texts of the sketches; empty, with a visible message, where they are absent.
pub fn sketches() -> Vec<(String, String)> {
    let found = under("../shared/sketches");
    if found.is_empty() {
        eprintln!("SKIPPED: no sketches beside the repository");
    }
    found
}

/// A text with every form of statement, and the traps of layout.
pub const EVERYTHING: &str = include_str!("everything.tie");
