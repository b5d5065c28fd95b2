//! Small studies through every stage, one page per case: source, findings, layout, tree, model, program,
//! lowered problem, solution. A page shows at a glance what a change of any stage does to all others.
//!
//! `cases/NAME.tie` is the study, `cases/NAME.snap` its page. After a change that is meant:
//! `INSTA_UPDATE=always cargo test --test stages`, and read the difference.

#[path = "../support/studies.rs"]
#[allow(dead_code)]
mod studies;

mod ledger;
mod optional;
mod told;

use std::fmt::Write;
use std::path::Path;
use studies::{STUDY, analysed, optimum, value};
use tieline::diagnostics::collect::collect;
use tieline::diagnostics::render::{Style, human};
use tieline::lowered::{self, LowerOptions, lower};
use tieline::program::{self, Program, number};
use tieline::solution::Engine;
use tieline::source::FileId;
use tieline::study::StudyResult;
use tieline::syntax::{format, outline};
use tieline::{analysis, model};

/// The page of a case.
fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/stages/cases/{name}.tie"));
    let source = std::fs::read_to_string(path).expect("a case");
    let mut out = String::new();
    let mut section = |title: &str, text: &str| {
        let _ = write!(out, "# {title}\n\n```\n{}\n```\n\n", text.trim_end());
    };
    section("source", &source);
    let mut analysis = analysed(&source);
    let program = analysis.program();
    let lowering = program.as_ref().map(|p| lower(p, &LowerOptions::default()));
    analysis.add(lowering.as_ref().map(|l| l.diagnostics.clone()).unwrap_or_default());
    section("findings", &findings(&analysis));
    match format::format(FileId(0), &source) {
        Ok(text) if text == source => section("formatted", "as it is"),
        Ok(text) => section("formatted", &text),
        Err(found) => section("formatted", &format!("not laid out: {} statements cannot be read", found.len())),
    }
    if let Some(root) = analysis.modules.modules.last() {
        section("syntax", &outline::module(&root.ast));
    }
    if let (Some(program), Some(lowering)) = (&program, &lowering)
        && !analysis.has_errors()
    {
        section("model", &own(&model::display(&analysis.model, &analysis.sources)));
        section("program", &program::display(program, Some(&analysis.sources)));
        section("lowered", &lowered::display(&lowering.problem));
        section("solution", &solution(program, &optimum(program, Engine::Auto, 1e-6)));
    }
    out
}

/// Without what the library declares, which is long and not this study's; of long sets, the heading.
fn own(model: &str) -> String {
    let size = |l: &str| l.split_once(": ").and_then(|(_, n)| n.split(' ').next()?.parse::<usize>().ok());
    let mut long = false;
    let mut kept = Vec::new();
    for l in model.lines() {
        if !l.starts_with(' ') {
            long = l.starts_with("set ") && size(l).is_some_and(|n| n > 20);
            kept.push(l);
        } else if !(long || l.starts_with("  |") && l.contains("# <library>")) {
            kept.push(l);
        }
    }
    kept.join("\n")
}

fn findings(analysis: &analysis::Analysis) -> String {
    let collected = collect(analysis.diagnostics.iter().cloned(), None);
    let text = human(&analysis.sources, &collected, Style { color: false, unicode: true });
    if text.trim().is_empty() { "none".into() } else { text }
}

/// What is the same whatever solver comes to it: four digits, and nothing of how it was found.
fn solution(program: &Program, result: &StudyResult) -> String {
    let mut out = String::new();
    if let Some(goal) = program.objectives.last() {
        let _ = writeln!(out, "{} = {} {}", goal.name, digits(value(result), goal.unit.factor, 0.0), goal.unit.label);
    }
    let family = |name: &str| name.split('[').next().unwrap_or(name).to_owned();
    let values = result.values.clone().unwrap_or_default();
    for (v, x) in program.variables.iter().zip(&values) {
        let alike = program
            .variables
            .iter()
            .zip(&values)
            .filter(|(w, _)| family(&w.name.to_string()) == family(&v.name.to_string()));
        let largest = alike.map(|(_, x)| x.abs()).fold(0.0, f64::max);
        let _ = writeln!(out, "{} = {} {}", v.name, digits(*x, v.unit.factor, 1e-4 * largest), v.unit.label);
    }
    for (t, ac) in result.ac.iter().enumerate() {
        match ac {
            Ok(s) => {
                let (losses, lowest) = (digits(s.losses, 1e3, 0.0), digits(s.lowest.0, 1.0, 0.0));
                let _ = writeln!(out, "period {}: AC losses {losses} kW, lowest {lowest} pu at {}", t + 1, s.lowest.1);
            }
            Err(e) => {
                let _ = writeln!(out, "period {}: {e}", t + 1);
            }
        }
    }
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// Four digits; nothing below `least`.
fn digits(x: f64, factor: f64, least: f64) -> String {
    let rounded: f64 = format!("{:.3e}", x / factor).parse().unwrap_or(x);
    number(if x.abs() <= least { 0.0 } else { rounded })
}

fn check(name: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(STUDY, "study.tie");
    // Where a rule stands in the library's files changes with every comment there.
    settings.add_filter(r"(<library>/[\w/]+\.tie):\d+(:\d+)?", "$1");
    settings.add_filter(r"\.(add|inject)_\d+", ".$1");
    settings.bind(|| insta::assert_snapshot!(name, page(name)));
}

#[test]
fn knapsack() {
    check("knapsack");
}

#[test]
fn pump() {
    check("pump");
}

#[test]
fn ring() {
    check("ring");
}

#[test]
fn mistakes() {
    check("mistakes");
}

/// Every case has a test above.
#[test]
fn every_case_is_shown() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stages/cases");
    let names = std::fs::read_dir(folder).expect("cases").map(|e| e.expect("an entry").file_name());
    let mut names: Vec<String> = names.filter_map(|n| n.into_string().ok()).filter(|n| n.ends_with(".tie")).collect();
    names.sort();
    assert_eq!(names, ["knapsack.tie", "mistakes.tie", "pump.tie", "ring.tie"]);
}
