//! Every hand-written sketch of the language reads without a finding, apart from the places where
//! the sketches themselves leave something open.

use crate::files;
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
    ("capacitor.tie", "in"),
    ("capacitor.tie", "["),
    // The condition of a check stands first, its guard after `when`.
    ("storage.tie", ":"),
];

#[test]
fn all_sketches_are_readable() {
    let mut problems = Vec::new();
    for (name, text) in files::sketches() {
        let mut map = SourceMap::default();
        let file = map.add(name.clone(), text.as_str());
        for finding in syntax::parse(file, &text).diagnostics {
            let span = finding.span().expect("a syntax finding has a place");
            let at = map.text(span);
            if !OPEN.contains(&(name.as_str(), at)) {
                let (line, column) = map.line_col(span);
                problems.push(format!("{name}:{line}:{column}: {} at `{at}`", finding.message));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
