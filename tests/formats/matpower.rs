//! MATPOWER's own case files: which parse, and what losses they have.

use crate::{shared, sweep};
use tieline::diagnostics::{Diagnostic, Severity};
use tieline::import::{Feeder, matpower, write};
use tieline::source::SourceMap;

fn import(path: &std::path::Path) -> (Option<Feeder>, Vec<Diagnostic>) {
    let text = std::fs::read_to_string(path).expect("UTF-8");
    let mut sources = SourceMap::default();
    let file = sources.add(path.to_string_lossy(), text.as_str());
    matpower::read(file, &text, None)
}

fn assert_loss(feeder: &Feeder, want: f64) {
    let got = sweep::losses_kw(feeder);
    assert!((got - want).abs() <= 1e-4 * want, "{}: {got} kW, published {want} kW", feeder.name);
}

#[test]
fn distribution_cases_have_their_published_losses() {
    let Some(dir) = shared::matpower() else { return };
    let published = [
        ("case33bw", 202.6771),
        ("case118zh", 1298.0916),
        ("case136ma", 320.3642),
        ("case69", 224.9917),
        ("case16ci", 312.78),
    ];
    for (name, losses) in published {
        let (feeder, findings) = import(&dir.join(format!("{name}.m")));
        let feeder = feeder.unwrap_or_else(|| panic!("{name}: {findings:?}"));
        assert_eq!(feeder.name, name);
        assert_loss(&feeder, losses);
        assert!(findings.iter().all(|d| d.severity == Severity::Warning && d.span().is_some()), "{findings:?}");
    }
}

#[test]
fn the_33_bus_case_comes_back_in_its_authors_numbers() {
    let Some(dir) = shared::matpower() else { return };
    let (feeder, _) = import(&dir.join("case33bw.m"));
    let feeder = feeder.expect("case33bw");
    let text = write::write(&feeder, Some(write::Study::Losses));
    for line in ["    2 | 100 | 60", "    1 | 1 | 2 | 0.0922 | 0.047 | 0", "    37 | 25 | 29 | 0.5 | 0.5 | 1"] {
        assert!(text.contains(&format!("{line}\n")), "{line} is missing in\n{text}");
    }
    assert!(text.contains("bus.v_min = 0.9 pu\nbus.v_max = 1.1 pu\nminimize losses\n"), "{text}");
}

#[test]
fn every_case_file_is_imported_or_refused_with_a_place() {
    let Some(dir) = shared::matpower() else { return };
    let mut names: Vec<_> = std::fs::read_dir(dir)
        .expect("folder")
        .map(|entry| entry.expect("entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "m"))
        .filter(|p| p.metadata().is_ok_and(|m| m.len() < 3_000_000))
        .collect();
    names.sort();
    let mut refused = Vec::new();
    for path in &names {
        let (feeder, findings) = import(path);
        let errors: Vec<&Diagnostic> = findings.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(findings.iter().all(|d| d.span().is_some()), "{}: {findings:?}", path.display());
        assert_eq!(feeder.is_none(), !errors.is_empty(), "{}", path.display());
        if let Some(error) = errors.first() {
            refused.push(format!(
                "{}: {} {}",
                path.file_name().unwrap_or_default().display(),
                error.id.code,
                error.message
            ));
        }
    }
    eprintln!("{} files, {} refused:\n{}", names.len(), refused.len(), refused.join("\n"));
    let unexpected = refused
        .iter()
        .filter(|r| !r.contains("no nominal voltage") && !r.starts_with("contab") && !r.starts_with("scenarios"));
    assert_eq!(unexpected.collect::<Vec<_>>(), Vec::<&String>::new());
}
