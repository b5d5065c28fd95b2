//! The text of written files.

use crate::memory::{Folder, Imported};
use tieline::import::write::{Study, write};
use tieline::import::{Branch, Bus, Feeder, Injection, InjectionKind, Source};
use tieline::source::SourceMap;
use tieline::syntax;

fn bus(id: &str, limits: Option<(f64, f64)>) -> Bus {
    let (v_min, v_max) = limits.unzip();
    Bus { id: id.to_owned(), nominal_kv: 10.0, p_kw: 12.5, q_kvar: 0.0, v_min, v_max }
}

fn branch(id: &str, to: &str) -> Branch {
    Branch {
        id: id.to_owned(),
        from: "1".to_owned(),
        to: to.to_owned(),
        r_ohm: 0.1,
        x_ohm: 1e-8,
        rate_a: None,
        normally_open: false,
        switchable: true,
        ratio: None,
    }
}

fn source(bus: &str) -> Source {
    Source { id: "substation".to_owned(), bus: bus.to_owned(), v_set: 1.05 }
}

/// The language reads what is written without a finding.
fn assert_parses(text: &str) {
    let mut sources = SourceMap::default();
    let file = sources.add("written.tie", text);
    assert_eq!(syntax::parse(file, text).diagnostics, [], "{text}");
}

#[test]
fn a_small_network_with_its_study() {
    let feeder = Imported::csv(&Folder::small()).feeder.expect("a feeder");
    let text = write(&feeder, Some(Study::Losses));
    assert_parses(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn ratings_fixed_lines_limits_levels_injections_and_several_sources() {
    let mut feeder = Feeder {
        name: "all\nat once".into(),
        file: "dir".to_owned(),
        buses: vec![bus("1", None), bus("B 2", Some((0.95, 1.05))), bus("C2", Some((0.9, 1.1))), bus("007", None)],
        branches: vec![branch("1", "B 2"), branch("2", "C2")],
        sources: vec![source("1"), source("007")],
        notes: vec!["areas of buses are dropped (2 places): they do not enter the physics".to_owned()],
        ..Feeder::default()
    };
    feeder.buses[2].nominal_kv = 0.4;
    feeder.branches[1].rate_a = Some(300.0);
    feeder.branches[1].switchable = false;
    feeder.sources[1].id = "2".to_owned();
    for (kind, at) in
        [(InjectionKind::Capacitor, "2"), (InjectionKind::Capacitor, "B 2"), (InjectionKind::Generator, "1")]
    {
        let p_kw = if kind == InjectionKind::Generator { 7.0 } else { 0.0 };
        feeder.injections.push(Injection { kind, bus: at.to_owned(), p_kw, q_kvar: 50.0 });
    }
    let text = write(&feeder, Some(Study::Losses));
    assert_parses(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn limits_of_the_data_are_kept_without_a_study_too() {
    let uniform = |limits| Feeder {
        buses: vec![bus("1", None), bus("2", limits)],
        sources: vec![source("1")],
        ..Feeder::default()
    };
    let text = write(&uniform(Some((0.9, 1.1))), None);
    assert!(text.contains("nominal = 10 kV; v_min = 0.9 pu; v_max = 1.1 pu }"), "{text}");
    assert!(!write(&uniform(None), None).contains("v_min"));
    let mut strong = uniform(None);
    strong.sources[0].v_set = 1.15;
    assert!(write(&strong, Some(Study::Losses)).contains("bus.v_max = 1.15 pu\n"));
    let mixed = Feeder { buses: vec![bus("1", Some((0.9, 1.1))), bus("2", None)], ..Feeder::default() };
    let mixed = write(&mixed, None);
    assert!(mixed.contains("the wide window 0.7 to 1.1 pu stands.\n"), "{mixed}");
    assert!(mixed.contains("    2 | 12.5 | 0 | 0.7 | 1.1\n"), "{mixed}");
    let outside = write(&uniform(Some((0.9, 1.0))), Some(Study::Losses));
    assert!(outside.contains("    1 | 12.5 | 0 | 0.9 | 1.05\n    2 | 12.5 | 0 | 0.9 | 1\n"), "{outside}");
}
