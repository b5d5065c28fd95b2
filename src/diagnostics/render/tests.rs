use super::*;
use crate::diagnostics::collect::collect;
use crate::diagnostics::{Id, ids_names, ids_network, ids_units, registry};
use crate::source::{FileId, SourceMap, Span};
use proptest::prelude::*;

const PLAIN: Style = Style { color: false, unicode: true };

fn sources() -> SourceMap {
    let mut sources = SourceMap::default();
    sources.add("netz.tie", "# Zürich: größte Last\nbus \"Süd\" { nominl = 12.66 kV }\nbus \"Ost\" { }\n");
    sources.add("lines.tie", "line 1 from bus \"Süd\" to bus \"Süd\" { }\r\n");
    sources
}

fn span_of(sources: &SourceMap, file: u32, text: &str) -> Span {
    let start = sources.file(FileId(file)).text.find(text).expect("the text is there");
    Span::new(FileId(file), start, start + text.len())
}

fn finding(sources: &SourceMap) -> Diagnostic {
    Diagnostic::new(
        ids_names::UNKNOWN_PARAMETER,
        span_of(sources, 0, "nominl"),
        "bus has no parameter `nominl`",
        "not a parameter of bus",
    )
    .note("bus takes `nominal`, `v_min` and `v_max`")
    .help("did you mean `nominal`?")
    .fix("Change to `nominal`", vec![(span_of(sources, 0, "nominl"), "nominal".into())])
}

#[test]
fn a_finding_is_drawn_under_the_right_characters() {
    let sources = sources();
    let text = human(&sources, &collect(vec![finding(&sources)], None), PLAIN);
    insta::assert_snapshot!(text, @r#"
    error[E0211 unknown-parameter]: bus has no parameter `nominl`
       ╭─[ netz.tie:2:13 ]
       │
     2 │ bus "Süd" { nominl = 12.66 kV }
       │             ───┬──
       │                ╰──── not a parameter of bus
    ───╯
      note: bus takes `nominal`, `v_min` and `v_max`
      help: did you mean `nominal`?

    1 error
    "#);
}

#[test]
fn labels_in_several_files_each_show_their_own_place() {
    let sources = sources();
    let d = Diagnostic::new(
        ids_network::SELF_LOOP,
        span_of(&sources, 1, "to bus \"Süd\""),
        "line 1 ends where it starts",
        "same bus",
    )
    .label(span_of(&sources, 1, "from bus \"Süd\""), "starts here")
    .label(span_of(&sources, 0, "bus \"Süd\""), "the bus");
    let text = human(&sources, &collect(vec![d], None), Style { color: false, unicode: false });
    insta::assert_snapshot!(text, @r#"
    error[E0404 self-loop]: line 1 ends where it starts
       ,-[ lines.tie:1:23 ]
       |
     1 | line 1 from bus "Süd" to bus "Süd" { }
       |        ^^^^^^^|^^^^^^ ^^^^^^|^^^^^
       |               `--------------------- starts here
       |                             |
       |                             `------- same bus
       |
       |-[ netz.tie:2:1 ]
       |
     2 | bus "Süd" { nominl = 12.66 kV }
       | ^^^^|^^^^
       |     `------ the bus
    ---'

    1 error
    "#);
}

#[test]
fn findings_without_a_place_and_floods_are_told_in_words() {
    let sources = sources();
    let mut list =
        vec![Diagnostic::unlocated(ids_names::UNKNOWN_CASE, "no case `x`").note("there are none").help("drop --case")];
    for i in 0..4 {
        list.push(Diagnostic::new(
            ids_units::MISSING_UNIT,
            Span::new(FileId(0), i, i + 1),
            format!("number {i}"),
            "no unit",
        ));
    }
    let text = human(&sources, &collect(list, Some(1)), PLAIN);
    insta::assert_snapshot!(text, @r#"
    error[E0302 missing-unit]: number 0
       ╭─[ netz.tie:1:1 ]
       │
     1 │ # Zürich: größte Last
       │ ┬
       │ ╰── no unit
    ───╯

    error[E0218 unknown-case]: no case `x`
      note: there are none
      help: drop --case

    and 3 more like this: E0302 missing-unit
    5 errors
    "#);
}

#[test]
fn without_colour_there_is_no_escape_sequence_and_with_it_there_is() {
    let sources = sources();
    let collected = collect(vec![finding(&sources)], None);
    assert!(!human(&sources, &collected, PLAIN).contains('\u{1b}'));
    assert!(human(&sources, &collected, Style { color: true, unicode: true }).contains('\u{1b}'));
}

#[test]
fn no_line_ends_in_spaces() {
    let sources = sources();
    let text = human(&sources, &collect(vec![finding(&sources)], None), PLAIN);
    assert!(text.lines().all(|l| l == l.trim_end()), "{text:?}");
}

#[test]
fn the_concise_form_is_one_line_with_the_column_in_characters() {
    let sources = sources();
    let text = concise(&sources, &[finding(&sources), Diagnostic::unlocated(ids_names::UNKNOWN_CASE, "no\ncase")]);
    assert_eq!(
        text,
        "netz.tie:2:13: error[E0211 unknown-parameter]: bus has no parameter `nominl`\nerror[E0218 unknown-case]: no case\n"
    );
}

#[test]
fn a_place_after_the_last_line_break_is_the_end_of_the_last_line() {
    let mut sources = SourceMap::default();
    sources.add("a.tie", "bus 1 {\r\n");
    let end = Span::new(FileId(0), 9, 9);
    let text = concise(&sources, &[Diagnostic::new(ids_names::UNKNOWN_NAME, end, "m", "l")]);
    assert!(text.starts_with("a.tie:1:8: "), "{text}");
}

#[test]
fn the_json_form_has_the_published_fields() {
    let sources = sources();
    let value = json(&sources, &[finding(&sources)]);
    let d = &value["diagnostics"][0];
    assert_eq!(value["schema"], JSON_SCHEMA);
    assert_eq!(value["counts"]["errors"], 1);
    assert_eq!(d["id"], "E0211");
    assert_eq!(d["name"], "unknown-parameter");
    assert_eq!(d["severity"], "error");
    assert_eq!(d["labels"][0]["file"], "netz.tie");
    assert_eq!(d["labels"][0]["start"]["line"], 2);
    assert_eq!(d["labels"][0]["start"]["column"], 13);
    assert_eq!(d["labels"][0]["end"]["column"], 19);
    assert_eq!(d["help"], "did you mean `nominal`?");
    assert_eq!(d["fix"]["edits"][0]["replacement"], "nominal");
    let offset = d["labels"][0]["start"]["offset"].as_u64().expect("a number") as usize;
    assert_eq!(&sources.file(FileId(0)).text[offset..offset + 6], "nominl");
}

#[test]
fn the_sarif_form_refers_to_its_rules_and_encodes_paths() {
    let mut sources = SourceMap::default();
    sources.add("netz/süd 1.tie", "abc");
    let list = [
        Diagnostic::new(ids_units::MISSING_UNIT, Span::new(FileId(0), 1, 2), "second", "here"),
        Diagnostic::new(ids_names::UNKNOWN_NAME, Span::new(FileId(0), 0, 1), "first", "here"),
    ];
    let log = sarif(&sources, &list);
    let run = &log["runs"][0];
    for result in run["results"].as_array().expect("results") {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    let place = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "netz/s%C3%BCd%201.tie");
    assert_eq!(place["region"]["startColumn"], 2);
    assert!(run["tool"]["driver"]["rules"][0]["help"]["text"].as_str().is_some_and(|t| t.contains("E0201")));
}

#[test]
fn a_line_of_a_megabyte_is_not_copied_to_the_screen() {
    let mut sources = SourceMap::default();
    sources.add("big.tie", "ü".repeat(1 << 20));
    let d = Diagnostic::new(ids_names::UNKNOWN_NAME, Span::new(FileId(0), 1000, 2000), "m", "junk");
    let text = human(&sources, &collect(vec![d], None), PLAIN);
    assert!(text.len() < 2000, "{} bytes", text.len());
    assert!(text.contains("big.tie:1:501"), "{text}");
}

#[test]
fn escape_sequences_in_a_file_do_not_reach_the_terminal() {
    let mut sources = SourceMap::default();
    sources.add("\u{1b}[31mx.tie", "ab\u{1b}[2Jcd\u{202e}ef\n");
    let d = Diagnostic::new(ids_names::UNKNOWN_NAME, Span::new(FileId(0), 0, 2), "\u{1b}[2J", "\u{1b}[2J")
        .note("\u{7}")
        .help("\u{1b}");
    for text in [human(&sources, &collect(vec![d.clone()], None), PLAIN), concise(&sources, &[d])] {
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            4 => "[a-z0-9 ]{0,12}",
            2 => Just("\n".to_string()),
            1 => Just("\r\n".to_string()),
            1 => Just("\r".to_string()),
            1 => "[äß漢字😀\u{2028}\u{85}\u{b}\u{301}\t\u{0}\u{1b}]{0,6}",
            1 => "\\PC{0,8}",
        ],
        0..12,
    )
    .prop_map(|parts| parts.concat())
}

fn any_finding() -> impl Strategy<Value = Diagnostic> {
    let ids: Vec<Id> = registry::all().collect();
    let label = (0u32..4, 0u32..90, 0u32..90, any_text());
    (proptest::sample::select(ids), any_text(), proptest::collection::vec(label, 0..6), any_text(), any_text())
        .prop_map(|(id, message, labels, note, help)| {
            let mut d = Diagnostic::unlocated(id, message).note(note).help(help);
            let mut edits = Vec::new();
            for (file, start, end, text) in labels {
                let span = Span { file: FileId(file), start, end };
                edits.push((span, text.clone()));
                d = d.label(span, text);
            }
            d.fix("change", edits)
        })
}

proptest! {
    /// Backward spans, spans inside a character, past the end, in files that do not exist.
    #[test]
    fn no_renderer_panics_or_loses_a_finding(
        texts in proptest::collection::vec(any_text(), 0..4),
        findings in proptest::collection::vec(any_finding(), 0..5),
        color: bool,
        unicode: bool,
    ) {
        let mut sources = SourceMap::default();
        for (i, text) in texts.into_iter().enumerate() {
            sources.add(format!("f{i}.tie"), text);
        }
        let collected = collect(findings.clone(), None);
        let shown = human(&sources, &collected, Style { color, unicode });
        for d in &collected.shown {
            prop_assert!(shown.contains(d.id.code));
        }
        prop_assert_eq!(concise(&sources, &findings).lines().count(), findings.len());
        prop_assert_eq!(json(&sources, &findings)["diagnostics"].as_array().map(Vec::len), Some(findings.len()));
        prop_assert_eq!(sarif(&sources, &findings)["runs"][0]["results"].as_array().map(Vec::len), Some(findings.len()));
    }

    /// What is drawn of a label that fits is exactly its line, wherever it stands.
    #[test]
    fn the_drawn_line_is_the_line_of_the_span(text in "[a-zäß漢\n]{1,60}", at in 0usize..60) {
        let mut sources = SourceMap::default();
        let file = sources.add("f.tie", text.clone());
        let Some((start, c)) = text.char_indices().nth(at % text.chars().count()) else { return Ok(()) };
        prop_assume!(c != '\n');
        let span = Span::new(file, start, start + c.len_utf8());
        let line_number = text[..start].matches('\n').count() + 1;
        let line = text.split('\n').nth(line_number - 1).unwrap_or_default();
        let d = Diagnostic::new(ids_names::UNKNOWN_NAME, span, "m", "l");
        let drawn = human(&sources, &collect(vec![d], None), PLAIN);
        let column = text[..start].rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let (place, shown) = (format!("f.tie:{line_number}:{column} "), format!(" {line_number} │ {line}"));
        prop_assert!(drawn.contains(&place), "{}", drawn);
        prop_assert!(drawn.contains(&shown), "{}", drawn);
    }
}
