//! Names in files: unique, legal, and back to the user's by the map.

use crate::highs_file;
use tieline::ids::Id;
use tieline::lowered::export;
use tieline::lowered::{Column, ColumnId, ColumnSource, Lowered, Row, RowId};
use tieline::program::{Origin, OriginId};
use tieline::source::{FileId, Span};

fn problem(names: &[String]) -> Lowered {
    let columns = names
        .iter()
        .map(|name| Column {
            name: name.as_str().into(),
            lower: 0.0,
            upper: 1.0,
            integer: true,
            scale: 1.0,
            source: ColumnSource::Auxiliary,
            origin: OriginId(0),
        })
        .collect();
    let rows = names
        .iter()
        .enumerate()
        .map(|(i, name)| Row {
            name: name.as_str().into(),
            lower: 0.5,
            upper: f64::INFINITY,
            terms: vec![(ColumnId::at(i), 1.0)],
            scale: 1.0,
            origin: OriginId(0),
        })
        .collect();
    let objective = ColumnId::first(names.len()).map(|i| (i, 1.0)).collect();
    Lowered { columns, rows, objective, objective_scale: 1.0, ..Lowered::default() }
}

#[test]
fn hostile_names_reach_highs_and_come_back() {
    let mut names: Vec<String> = [
        "line.closed[7]",
        "ESS[é, 3]",
        "min",
        "MAX",
        "Subject",
        "to",
        "st",
        "s.t.",
        "bounds",
        "Binary",
        "bin",
        "general",
        "gen",
        "integer",
        "semi",
        "sos",
        "S1",
        "end",
        "free",
        "inf",
        "Infinity",
        "infeed",
        "nano",
        "1e5",
        "e5",
        "-x",
        "+y",
        "a+b",
        "a:b",
        "a<=b",
        "a b",
        "a;b",
        "a\\b",
        "a/b",
        "a*b",
        "a^2",
        "[",
        "]",
        "()",
        ",",
        ", ",
        "_x41",
        "NAME",
        "OBJSENSE",
        "ROWS",
        "COLUMNS",
        "RHS",
        "RANGES",
        "BOUNDS",
        "ENDATA",
        "QSECTION",
        "'MARKER'",
        "MARKER",
        "objective",
        "obj",
        "\n",
        "\t",
        "",
        "$x",
        "\u{0}",
        "same",
        "same",
        "nan(1)",
        "0x10",
        ".5",
        "#",
        "@",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("ü".repeat(200));
    names.push("ü".repeat(201));
    let problem = problem(&names);
    let lp = export::lp(&problem, &[Origin { span: Span::new(FileId(0), 0, 0), rule: "a\nrule".into() }]).expect("lp");
    let mps = export::mps(&problem).expect("mps");
    for (exported, extension) in [(&lp, ".lp"), (&mps, ".mps")] {
        let solved = highs_file::solve(&exported.text, extension);
        assert_eq!(solved.objective, Some(names.len() as f64), "{extension}");
        let mut back: Vec<&str> = solved.columns.iter().map(|w| exported.names.columns[w].name.as_str()).collect();
        let mut want: Vec<&str> = names.iter().map(String::as_str).collect();
        back.sort_unstable();
        want.sort_unstable();
        assert_eq!(back, want, "{extension}");
        assert!(solved.rows.iter().all(|w| exported.names.rows.contains_key(w)), "{extension}");
        assert!(solved.columns.iter().chain(&solved.rows).all(|w| w.len() <= export::names::MAX_LENGTH));
    }
    let json: serde_json::Value = serde_json::from_str(&lp.names.to_json()).expect("json");
    assert_eq!(json["columns"]["line.closed(7)"]["name"], "line.closed[7]");
}

#[test]
fn what_a_format_cannot_hold_is_refused() {
    let mut bad = problem(&["a".to_owned()]);
    bad.objective[0].1 = f64::NAN;
    assert!(export::lp(&bad, &[]).is_err() && export::mps(&bad).is_err() && export::cbf(&bad).is_err());
    let mut bad = problem(&["a".to_owned()]);
    bad.rows[RowId(0)].terms[0].0 = ColumnId(9);
    assert!(matches!(export::cbf(&bad), Err(export::ExportError::UnknownColumn { .. })));
    let mut conic = problem(&["a".to_owned()]);
    conic.cones.push(tieline::lowered::Cone {
        name: "cone".into(),
        kind: tieline::lowered::ConeKind::SecondOrder,
        entries: Vec::new(),
        origin: OriginId(0),
    });
    let error = export::lp(&conic, &[]).expect_err("cones");
    assert!(error.to_string().contains("write CBF instead"));
}
