//! No input breaks the parser or the formatter, and blanks carry no meaning.

use crate::files;
use crate::formatting::{holds, tree};
use proptest::prelude::*;
use std::sync::LazyLock;
use tieline::source::FileId;
use tieline::syntax::{parse, tokens};

static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut texts: Vec<_> = files::own().into_iter().chain(files::sketches()).map(|f| f.1).collect();
    texts.push(files::EVERYTHING.into());
    texts
});

/// Words and signs out of which nearly-right texts are made.
const PIECES: &[&str] = &[
    "param", "var", "rule", "let", "device", "aspect", "extend", "table", "case", "sweep", "study", "in", "minimize",
    "inject", "into", "where", "when", "if", "then", "else", "match", "not", "and", "of", "given", "before", "at",
    "each", "from", "to", "a", "b", "t", "x", "bus", "kW", "sum", "1", "2.5", "1e3", "7", "\"t\"", "\"", "(", ")", "[",
    "]", "{", "}", ",", ";", ":", ".", "..", "+", "-", "+-", "*", "/", "^", "%", "<=", "=", "=>", "|", "@", "#c\n",
    "##d\n", "\n", "\n", " ", " ", " ", "é", "\0", "==", "€", "//",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_tree(text in any::<String>()) {
        let parse = parse(FileId(0), &text);
        check_spans(&text, &parse);
    }

    #[test]
    fn any_pieces_give_a_tree(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let text = pieces.concat();
        let parse = parse(FileId(0), &text);
        check_spans(&text, &parse);
        holds("pieces", &text);
        let spaced = pieces.join(" ");
        check_spans(&spaced, &self::parse(FileId(0), &spaced));
        holds("pieces", &spaced);
    }

    #[test]
    fn any_prefix_and_any_deletion_gives_a_tree(which in any::<prop::sample::Index>(), from in 0.0..1.0f64, len in 0usize..40) {
        let text = which.get(&TEXTS);
        let at = floor(text, (from * text.len() as f64) as usize);
        let end = floor(text, (at + len).min(text.len()));
        for cut in [text[..at].to_string(), text[..at].to_string() + &text[end..]] {
            let parse = parse(FileId(0), &cut);
            check_spans(&cut, &parse);
            holds("cut", &cut);
        }
    }

    #[test]
    fn blanks_carry_no_meaning(which in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let text = which.get(&TEXTS);
        let mut state = seed | 1;
        let mut random = || { state ^= state << 13; state ^= state >> 7; state ^= state << 17; state };
        let mut out = String::new();
        let mut end = 0;
        for token in tokens(text) {
            let gap = &text[end..token.start as usize];
            if gap.is_empty() { out.push_str(gap) } else { out.extend((0..1 + random() % 3).map(|_| if random() % 4 == 0 { '\t' } else { ' ' })) }
            if token.text(text) == "\n" && random() % 5 == 0 { out.push_str("  \r") }
            out.push_str(token.text(text));
            end = token.end as usize;
        }
        prop_assert_eq!(tree(text), tree(&out));
        holds("blanks", &out);
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Every finding and statement lies in the text, on borders of characters.
fn check_spans(text: &str, parse: &tieline::syntax::Parse) {
    let sound = |span: tieline::source::Span| {
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(start <= end && text.get(start..end).is_some(), "{span:?} in {text:?}");
    };
    for finding in &parse.diagnostics {
        assert!(!finding.labels.is_empty());
        finding.labels.iter().for_each(|l| sound(l.span));
        finding.fix.iter().flat_map(|f| &f.edits).for_each(|e| sound(e.0));
    }
    parse.module.statements.iter().for_each(|s| sound(s.span));
}

#[test]
fn deep_nesting_is_refused_without_overflow() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("f(", ")"),
        ("a[", "]"),
        ("-", ""),
        ("not ", ""),
        ("if a then ", ""),
        ("in m: ", ""),
    ] {
        for n in [100, 1000, 100_000] {
            let text = format!("let x = {}1{}\nlet y = 1\n", open.repeat(n), close.repeat(n));
            let parse = parse(FileId(0), &text);
            assert!(parse.diagnostics.len() <= 51, "{open}");
            assert!(n < 1000 || !parse.diagnostics.is_empty(), "{open} {n}");
        }
    }
    for text in ["a^".repeat(100_000) + "1", "a => ".repeat(100_000) + "b", "a".to_string() + &".b".repeat(100_000)] {
        let parse = parse(FileId(0), &format!("let x = {text}"));
        assert_eq!(parse.diagnostics.len(), 1);
        assert_eq!(parse.diagnostics[0].id.code, "E0106");
    }
    let blocks = parse(FileId(0), &("a b {".repeat(100_000) + &"}".repeat(100_000)));
    assert!(blocks.diagnostics.iter().any(|d| d.id.code == "E0106"));
}

#[test]
fn garbage_ends_with_a_capped_number_of_findings() {
    let size = 1 << 20;
    let mut state = 88172645463325252u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let noise: Vec<u8> = (0..size).map(|_| (random() >> 24) as u8).collect();
    let noise = String::from_utf8_lossy(&noise).into_owned();
    let printable: String = (0..size).map(|_| (32 + (random() >> 24) % 95) as u8 as char).collect();
    let lines: String =
        (0..size).map(|i| if i % 40 == 39 { '\n' } else { (32 + (random() >> 24) % 95) as u8 as char }).collect();
    let repeated = |piece: &str| piece.repeat(size / piece.len());
    for text in [
        noise,
        printable,
        lines,
        repeated("(\n"),
        repeated("a\n"),
        repeated("{"),
        repeated("}"),
        repeated("1 + "),
        repeated("\"a\n"),
        repeated("x = (\n\n\n"),
    ] {
        assert!(parse(FileId(0), &text).diagnostics.len() <= 51);
    }
}

#[test]
fn large_files_read_the_same_in_parallel_and_in_order() {
    let one = files::EVERYTHING.to_string() + "\nrule bad x\n";
    let text = one.repeat(1 + (600 << 10) / one.len());
    let whole =
        rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool").install(|| parse(FileId(0), &text));
    let parallel =
        rayon::ThreadPoolBuilder::new().num_threads(4).build().expect("a pool").install(|| parse(FileId(0), &text));
    assert_eq!(whole.module, parallel.module);
    assert_eq!(whole.diagnostics, parallel.diagnostics);
    assert!(whole.diagnostics.len() > 40);
}
