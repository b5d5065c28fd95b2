//! The pages of the findings are true: every example fires its finding, and its repair fires nothing.

use std::collections::BTreeMap;
use std::fmt::Write;
use tieline::analysis::{Request, analyse};
use tieline::diagnostics::page::{File, Page};
use tieline::diagnostics::{Diagnostic, ids_import, ids_solution, ids_syntax, registry};
use tieline::elaborate::no_objective;
use tieline::lowered::{LowerOptions, lower};
use tieline::source::{Files, Refused};

/// The files of an example.
struct Shown(BTreeMap<String, Vec<u8>>);

impl Files for Shown {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0.get(path).cloned().ok_or_else(|| "no such file".into())
    }

    fn refused(&self, _folder: &str, path: &str) -> Option<Refused> {
        path.starts_with("../").then_some(Refused::Outside)
    }
}

fn findings(files: &[File]) -> Vec<Diagnostic> {
    let shown = Shown(files.iter().map(|f| (f.name.clone(), f.content.clone())).collect());
    let mut analysis = analyse(&shown, "study.tie", &Request::default());
    if let Some(program) = analysis.program() {
        analysis.add(no_objective(&program).into_iter().collect());
        let lowering = lower(&program, &LowerOptions::default());
        analysis.add(lowering.diagnostics.into_iter().filter(|d| d.id != ids_solution::NOT_SOLVABLE_YET).collect());
    }
    analysis.diagnostics
}

fn told(found: &[Diagnostic]) -> String {
    let lines: Vec<String> =
        found.iter().map(|d| format!("      {} {}: {}", d.id.code, d.id.name, d.message)).collect();
    if lines.is_empty() { "      nothing".into() } else { lines.join("\n") }
}

#[test]
fn every_example_fires_its_finding_and_its_repair_fires_nothing() {
    let mut wrong = String::new();
    for id in registry::all() {
        if ids_import::ALL.contains(&id) || ids_solution::ALL.contains(&id) {
            continue;
        }
        let Some(page) = Page::of(id) else { continue };
        if !page.example.is_empty() {
            let found = findings(&page.example);
            if !found.iter().any(|d| d.id == id) {
                let _ = writeln!(wrong, "{} {} does not fire; found:\n{}", id.code, id.name, told(&found));
            }
        }
        if !page.repaired.is_empty() {
            let mut found = findings(&page.repaired);
            if ids_syntax::ALL.contains(&id) {
                // These pages repair one statement, which need not make a whole study.
                found.retain(|d| ids_syntax::ALL.contains(&d.id));
            }
            if !found.is_empty() {
                let _ = writeln!(wrong, "the repair of {} {} fires\n{}", id.code, id.name, told(&found));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
