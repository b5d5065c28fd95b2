//! The documents are true: every `tie` block of the README and of `docs/` is a study without errors.
//!
//! A block marked `tie fragment` or `tie ignore` is only read by the parser. The pages of the findings
//! (`docs/errors`) have a test of their own.

use std::path::{Path, PathBuf};
use tieline::analysis::{Request, analyse};
use tieline::diagnostics::{Diagnostic, Severity};
use tieline::source::{FileId, Files};
use tieline::syntax;

/// Files of the repository; the study itself is not on the disk.
struct Repository<'a>(&'a str);

impl Files for Repository<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if path == "study.tie" {
            return Ok(self.0.as_bytes().to_vec());
        }
        std::fs::read(root().join(path)).map_err(|e| e.to_string())
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn pages(folder: &Path, out: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder of documents");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() && !path.ends_with("errors") {
            pages(&path, out);
        } else if path.extension().is_some_and(|e| e == "md") {
            out.push(path);
        }
    }
}

/// The blocks of a page: line, what stands after the fence, text.
fn blocks(page: &str) -> Vec<(usize, &str, String)> {
    let mut out = Vec::new();
    let mut open: Option<(usize, &str, String)> = None;
    for (number, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((number + 1, info.trim(), String::new())),
            (Some(_), Some(_)) => out.extend(open.take()),
            (Some((_, _, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    out
}

fn errors(found: Vec<Diagnostic>) -> Vec<String> {
    let wrong = found.into_iter().filter(|d| d.severity == Severity::Error);
    wrong.map(|d| format!("    {} {}", d.id.code, d.message)).collect()
}

#[test]
fn every_block_of_the_documents_holds() {
    let mut paths = vec![root().join("README.md")];
    pages(&root().join("docs"), &mut paths);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in paths {
        let page = std::fs::read_to_string(&path).expect("a document");
        for (line, info, text) in blocks(&page) {
            let found = match info {
                "tie" => {
                    let mut analysis = analyse(&Repository(&text), "study.tie", &Request::default());
                    let _ = analysis.program();
                    errors(analysis.diagnostics)
                }
                "tie fragment" | "tie ignore" => errors(syntax::parse(FileId(0), &text).diagnostics),
                _ => continue,
            };
            seen += 1;
            if !found.is_empty() {
                wrong.push(format!("{}:{line}\n{}", path.display(), found.join("\n")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 10, "only {seen} blocks were found");
}
