//! The formatter changes layout alone, and a formatted text is a fixed point.

use crate::files;
use tieline::source::FileId;
use tieline::syntax::{format::format, outline, parse};

/// The outline of a text.
pub fn tree(text: &str) -> String {
    outline::module(&parse(FileId(0), text).module)
}

/// Checks both properties of a text without mistakes; false if it has mistakes.
pub fn holds(name: &str, text: &str) -> bool {
    let Ok(once) = format(FileId(0), text) else { return false };
    assert_eq!(tree(text), tree(&once), "{name}: formatting changed the meaning");
    let twice =
        format(FileId(0), &once).unwrap_or_else(|d| panic!("{name}: formatting broke the text: {d:#?}\n{once}"));
    assert_eq!(once, twice, "{name}: formatting is not idempotent");
    assert_eq!(comments(text), comments(&once), "{name}: comments differ");
    true
}

fn comments(text: &str) -> Vec<&str> {
    let kept = |t: &tieline::syntax::Token| {
        use tieline::syntax::TokenKind as K;
        matches!(t.kind, K::Comment | K::Doc)
    };
    tieline::syntax::tokens(text).iter().filter(|t| kept(t)).map(|t| t.text(text).trim_end()).collect()
}

#[test]
fn every_form_of_statement_is_laid_out() {
    assert!(holds("everything", files::EVERYTHING));
    insta::assert_snapshot!("everything_formatted", format(FileId(0), files::EVERYTHING).expect("it has no mistakes"));
}

#[test]
fn models_and_sketches_keep_their_meaning() {
    for (name, text) in files::own() {
        assert!(holds(&name, &text), "{name} has syntax mistakes: {:#?}", parse(FileId(0), &text).diagnostics);
    }
    for (name, text) in files::sketches() {
        holds(&name, &text);
    }
}

#[test]
fn layout_follows_the_rules() {
    let cases = [
        ("a  =1 kW ;b= - 2kvar", "a = 1 kW; b = -2 kvar\n"),
        ("x = 1;\n\n\n\ny = 2;", "x = 1\n\ny = 2\n"),
        ("bus 1{nominal=20kV}", "bus 1 { nominal = 20 kV }\n"),
        ("bus 1 {\nnominal = 20 kV}", "bus 1 {\n    nominal = 20 kV\n}\n"),
        ("bus 1 { nominal = 20 kV\n}", "bus 1 {\n    nominal = 20 kV\n}\n"),
        ("bus 1 {  }", "bus 1 {}\n"),
        ("a = 1 # one\n   # two\nb = 2", "a = 1  # one\n# two\nb = 2\n"),
        ("rule r : x=1+\n2", "rule r : x = 1 +\n    2\n"),
        ("let x = sum(t:\na[t]\n)", "let x = sum(t:\n    a[t]\n)\n"),
        ("let x = a/b - c^2", "let x = a / b - c^2\n"),
        ("let x = 5 kW ^ 2 + 5 kW^2", "let x = 5 kW ^ 2 + 5 kW^2\n"),
        ("let x = 60 EUR / price", "let x = 60 EUR / price\n"),
        ("let x = [1 -2 3]", "let x = [1 -2 3]\n"),
        ("let x = [a -2, 3]", "let x = [a -2, 3]\n"),
        ("var p[t]:active_power in -1 .. (a+b),recourse", "var p[t] : active_power in -1..(a + b), recourse\n"),
        ("param v:power/voltage=3", "param v : power / voltage = 3\n"),
        ("param y : yes/no = no", "param y : yes/no = no\n"),
        ("device d from i:bus to j :bus{}", "device d from i: bus to j: bus {}\n"),
        ("aspect a ( n:count=5 ){}", "aspect a(n : count = 5) {}\n"),
        ("let x = match s{a:1;b:2}", "let x = match s { a: 1; b: 2 }\n"),
        ("let x = in islanded :y", "let x = in islanded: y\n"),
        ("storage.4a.power = 1 kW", "storage.4a.power = 1 kW\n"),
        ("ahead storage.* ,x.y", "ahead storage.*, x.y\n"),
        ("", ""),
        ("\n\n", ""),
        ("# only a comment", "# only a comment\n"),
        ("a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n"),
        ("table t{a:id|b:EUR/MWh}{1|2;3|- 4;}", "table t { a : id | b : EUR/MWh } { 1 | 2; 3 | -4 }\n"),
    ];
    for (text, wanted) in cases {
        assert_eq!(format(FileId(0), text).as_deref(), Ok(wanted), "{text:?}");
        assert_eq!(format(FileId(0), wanted).as_deref(), Ok(wanted), "{text:?}, again");
        assert_eq!(tree(text), tree(wanted), "{text:?}");
    }
}

#[test]
fn a_text_with_mistakes_is_refused() {
    let found = format(FileId(0), "rule r x <= 3").expect_err("it has a mistake");
    assert_eq!(found.len(), 1);
}
