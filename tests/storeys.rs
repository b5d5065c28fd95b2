//! The storeys of the compiler: a folder of `src` uses only folders below it. ARCHITECTURE.md and `lib.rs` say the
//! same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each folder (or file) of `src` may use, from the lowest storey to the highest.
const STOREYS: &[(&str, &[&str])] = &[
    ("ids", &[]),
    ("deadline", &[]),
    ("random", &[]),
    ("streams", &[]),
    ("source", &[]),
    ("diagnostics", &["source"]),
    ("network", &["deadline", "random"]),
    ("syntax", &["source", "diagnostics"]),
    ("names", &["source", "diagnostics", "syntax"]),
    ("program", &["ids", "source"]),
    ("units", &["source", "diagnostics", "syntax", "names", "program"]),
    ("model", &["deadline", "source", "diagnostics", "network", "syntax", "names", "program", "units"]),
    ("elaborate", &["ids", "deadline", "source", "diagnostics", "syntax", "names", "program", "units", "model"]),
    ("lowered", &["ids", "deadline", "source", "diagnostics", "program"]),
    ("solution", &["ids", "deadline", "program", "lowered"]),
    ("study", &["ids", "deadline", "diagnostics", "network", "program", "lowered", "solution"]),
    (
        "uncertainty",
        &[
            "ids",
            "deadline",
            "random",
            "source",
            "diagnostics",
            "syntax",
            "names",
            "program",
            "model",
            "elaborate",
            "lowered",
            "solution",
            "study",
        ],
    ),
    ("report", &["syntax", "program", "model", "solution", "study", "uncertainty"]),
    ("import", &["source", "diagnostics"]),
    ("analysis", &["deadline", "source", "diagnostics", "syntax", "names", "program", "units", "model", "elaborate"]),
    ("check", &["source", "diagnostics", "syntax", "names", "elaborate", "uncertainty", "analysis"]),
    ("lsp", &["deadline", "source", "diagnostics", "syntax", "names", "program", "units", "analysis", "check"]),
    (
        "cli",
        &[
            "deadline",
            "source",
            "diagnostics",
            "syntax",
            "names",
            "program",
            "model",
            "elaborate",
            "lowered",
            "solution",
            "study",
            "uncertainty",
            "report",
            "import",
            "analysis",
            "check",
            "lsp",
        ],
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()) {
        if entry.is_dir() {
            files(&entry, into);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            into.push(entry);
        }
    }
}

/// Per storey: what its code uses, tests left out.
fn used() -> BTreeMap<String, BTreeSet<String>> {
    let src = root().join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in all {
        let inner = path.strip_prefix(&src).expect("below src");
        let first = inner.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
        let storey = first.trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(&path).expect("text");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let names = code.split("crate::").skip(1).filter_map(|rest| {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            rest.get(..end).map(str::to_owned)
        });
        let entry = out.entry(storey.clone()).or_default();
        entry.extend(names.filter(|n| *n != storey && STOREYS.iter().any(|(s, _)| s == n)));
    }
    out
}

#[test]
fn every_storey_uses_what_it_may_and_nothing_more_is_allowed() {
    let used = used();
    for (storey, allowed) in STOREYS {
        let uses: BTreeSet<&str> = used.get(*storey).into_iter().flatten().map(String::as_str).collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert_eq!(uses, allowed, "what {storey} uses, and what it may use");
    }
    let known: BTreeSet<&str> = STOREYS.iter().map(|s| s.0).chain(["lib", "main"]).collect();
    let there: BTreeSet<&str> = used.keys().map(String::as_str).collect();
    assert_eq!(there, known, "folders and files of src, and the table");
}

#[test]
fn every_storey_stands_above_all_that_it_uses() {
    for (place, (storey, allowed)) in STOREYS.iter().enumerate() {
        for below in *allowed {
            let at = STOREYS.iter().position(|(s, _)| s == below);
            assert!(at.is_some_and(|at| at < place), "{storey} stands below {below}, which it uses");
        }
    }
}

#[test]
fn the_page_on_architecture_and_the_crate_say_the_same() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("a page");
    let map: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |").map(|(name, _)| name))
        .filter(|name| STOREYS.iter().any(|(s, _)| s == name))
        .collect();
    let order: Vec<&str> = STOREYS.iter().map(|s| s.0).collect();
    assert_eq!(map, order, "the code map of ARCHITECTURE.md, from the lowest storey to the highest");
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).expect("the crate");
    let head: String = lib.lines().take_while(|l| l.starts_with("//!")).collect::<Vec<_>>().join(" ");
    let stages: Vec<&str> = head.split("[`").skip(1).filter_map(|s| s.split("`]").next()).collect();
    let in_order: Vec<&str> = order.iter().copied().filter(|s| stages.contains(s)).collect();
    assert_eq!(stages, in_order, "the stages in lib.rs, in the order of the storeys");
}
