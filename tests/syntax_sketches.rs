//! Every hand-written sketch of the language reads without a finding, apart from the places where
//! the sketches themselves leave something open.

use std::path::{Path, PathBuf};
use tieline::source::SourceMap;
use tieline::syntax;

/// Statements that a sketch leaves unfinished, or writes in a way that was decided otherwise: the
/// file, and the text at which the finding stands.
const OPEN: &[(&str, &str)] = &[
    ("s3_restoration.tie", ".."),
    ("islands.tie", ".."),
    // A `unit` belongs to a kind or a product of dimensions; `per_unit` is written there directly.
    ("quantities.tie", "per_unit"),
    // `in` is reserved; the sketch says so itself.
    ("capacitor.tie", "["),
    // The condition of a check stands first, its guard after `when`.
    ("storage.tie", ":"),
];

fn sketches(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            sketches(&path, out);
        } else if path.extension().is_some_and(|e| e == "tie") {
            out.push(path);
        }
    }
}

#[test]
fn all_sketches_are_readable() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/sketches");
    let mut paths = Vec::new();
    sketches(&root, &mut paths);
    if paths.is_empty() {
        eprintln!("SKIPPED: no sketches in {}", root.display());
        return;
    }
    let mut problems = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("sketch is readable");
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_string();
        let mut files = SourceMap::default();
        let file = files.add(name.clone(), text.as_str());
        for finding in syntax::parse(file, &text).diagnostics {
            let span = finding.span().expect("a syntax finding has a place");
            let at = files.text(span);
            if !OPEN.contains(&(name.as_str(), at)) {
                let (line, column) = files.line_col(span);
                problems.push(format!("{name}:{line}:{column}: {} at `{at}`", finding.message));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
