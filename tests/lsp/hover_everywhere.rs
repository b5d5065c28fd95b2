//! An answer costs little at every word of every file that is shipped, and of files made to be dear.

use std::path::{Path, PathBuf};
use tieline::analysis::{Analysis, Request, analyse};
use tieline::cli::Disk;
use tieline::lsp::features::completion::completion;
use tieline::lsp::features::definition::definition;
use tieline::lsp::features::hover::hover;
use tieline::lsp::features::{Cursor, MOST_STEPS};
use tieline::source::FileId;
use tieline::syntax::tokens;

/// Names that a hover over real text looks up at most.
const FEW: usize = 40;
/// Bytes of an answer.
const LONGEST: usize = 8_000;

fn shipped(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            shipped(&path, out);
        } else if path.extension().is_some_and(|e| e == "tie") {
            out.push(path);
        }
    }
}

/// The dearest hover and the longest answer at any token of the root file.
fn dearest(analysis: &Analysis, file: FileId) -> (usize, usize) {
    let text = analysis.sources.file(file).text.clone();
    let (mut steps, mut length) = (0, 0);
    for token in tokens(&text) {
        let cursor = Cursor::new(analysis, file, token.start as usize).expect("the file");
        if let Some(found) = hover(&cursor) {
            length = length.max(found.text.len());
        }
        steps = steps.max(cursor.steps());
        let cursor = Cursor::new(analysis, file, token.start as usize).expect("the file");
        let _ = definition(&cursor);
        steps = steps.max(cursor.steps());
    }
    (steps, length)
}

#[test]
fn every_token_of_every_shipped_file_is_answered_in_a_few_steps() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["models", "examples", "tests/design", "tests/syntax"] {
        shipped(&home.join(folder), &mut files);
    }
    assert!(files.len() > 40, "{files:?}");
    for path in files {
        let shown = path.display().to_string();
        let analysis = analyse(&Disk::here(), &shown, &Request::default());
        let file = analysis.sources.find(&shown).expect("the root");
        let (steps, length) = dearest(&analysis, file);
        assert!(steps <= FEW, "{shown}: {steps} names looked up");
        assert!(length <= LONGEST, "{shown}: an answer of {length} bytes");
    }
}

#[test]
fn index_variables_cost_no_more_than_their_number() {
    let many: Vec<String> = (0..60).map(|i| format!("i{i} in a{i}")).collect();
    let chain: Vec<String> = (1..60).map(|i| format!("i{i} in i{}", i - 1)).collect();
    let long = format!("param p = {}1\nlet z = p\n", "1 + ".repeat(40_000));
    let texts = [
        "let z = sum(i in a, j in b: 1)\n".to_string(),
        format!("let z = sum({}: i0 + i59)\n", many.join(", ")),
        format!("let z = sum(i0 in a, {}: i59)\n", chain.join(", ")),
        "let z = sum(i in i, j in j, i in j, j in i: i.j.i.j)\n".to_string(),
        format!("let z = {}x\n", "a.".repeat(3_000)),
        format!("let z = {}x{}\n", "sum(i in i: ".repeat(150), ")".repeat(150)),
    ];
    for text in texts.iter().chain([&long]) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.tie");
        std::fs::write(&path, text).expect("written");
        let shown = path.display().to_string();
        let analysis = analyse(&Disk::here(), &shown, &Request::default());
        let file = analysis.sources.find(&shown).expect("the root");
        let start: String = text.chars().take(60).collect();
        let step = if text.len() > 2_000 { text.len() / 500 } else { 1 };
        for at in (0..text.len()).step_by(step).chain([text.len() - 2]) {
            let cursor = Cursor::new(&analysis, file, at).expect("the file");
            let found = hover(&cursor);
            assert!(cursor.steps() <= 2 * FEW.min(MOST_STEPS), "{start}: {} names looked up", cursor.steps());
            assert!(found.is_none_or(|f| f.text.len() <= LONGEST), "{start}");
            let _ = completion(&Cursor::new(&analysis, file, at).expect("the file"));
        }
    }
}
