//! Mistakes are found where they are, each once, and do not touch what is around them.

use tieline::source::SourceMap;
use tieline::syntax::{ast::StatementKind, outline, parse};

/// (line, code) of every finding.
fn found(text: &str) -> Vec<(u32, &'static str)> {
    let mut map = SourceMap::default();
    let file = map.add("study.tie", text);
    let place = |d: &tieline::diagnostics::Diagnostic| map.line_col(d.span().expect("a place")).0;
    parse(file, text).diagnostics.iter().map(|d| (place(d), d.id.code)).collect()
}

#[test]
fn ten_mistakes_give_ten_findings() {
    let text = "\
use networks.ieee33
devise battery at b: bus {
    param power : active_power
}
param a : active_power 3
param b := 4
rule low p[t] >= 0 kW
rule high : p[t] <= (3 kW
var x[t] : active_power in 0..
check v_min <= v_max else \"oops
minimise losses
line \"7\" from bus 7 to { r = 0.7 ohm }
storage \"E\" at bus 6 { power = 1 MW, energy = 2 MWh }
x <= 3
param price = 60 €
let y = f (3)
param ok = 3
";
    let wanted = [
        (2, "E0105"),
        (5, "E0101"),
        (6, "E0104"),
        (7, "E0101"),
        (8, "E0102"),
        (9, "E0108"),
        (10, "E0103"),
        (11, "E0105"),
        (12, "E0108"),
        (13, "E0101"),
        (14, "E0101"),
        (15, "E0107"),
        (16, "E0101"),
    ];
    assert_eq!(found(text), wanted);
}

#[test]
fn unclosed_brackets_are_found_at_their_opener() {
    assert_eq!(found("device a {\n  param p : x\ndevice b {\n}\n"), [(1, "E0102")]);
    assert_eq!(found("aspect a {\n  extend bus {\n    let x = 1\n}\nuse b\n"), [(2, "E0102")]);
    assert_eq!(
        found("line 1 from bus (2 to bus 3 { r = 1 ohm }\nline 2 from bus 1 to bus 2 { r = 1 ohm }\n"),
        [(1, "E0102")]
    );
    assert_eq!(found("bus 1 { nominal = 1 kV\nbus 2 { nominal = 1 kV }\n"), [(1, "E0102")]);
    assert_eq!(found("rule a : sum(i in s: x[i]\nrule b : y = (\n  1\n"), [(1, "E0102"), (2, "E0102")]);
    assert_eq!(found("let a = [1, 2\nlet b = 3)\n"), [(1, "E0102"), (2, "E0102")]);
    assert_eq!(found("table t { a : id\nparam p = 1\n"), [(1, "E0102")]);
    assert_eq!(found("device a {\n}\n}\nparam x = 1\n"), [(3, "E0102")]);
}

#[test]
fn what_follows_a_mistake_is_read() {
    let text = "device a {\n  param p : (power\n  param q : power\n}\nrule x a\nparam z = 3\n";
    let parse = parse(tieline::source::FileId(0), text);
    assert_eq!(parse.diagnostics.len(), 2);
    let tree = outline::module(&parse.module);
    assert_eq!(tree, "device a\n    unreadable [\"p\"]\n    param q : power\nunreadable [\"x\", \"a\"]\nparam z = 3\n");
}

#[test]
fn a_misspelled_keyword_is_read_as_meant_with_its_positions() {
    let text = "ruel limit : a <= b";
    let parse = parse(tieline::source::FileId(0), text);
    assert_eq!(parse.diagnostics.len(), 1);
    let StatementKind::Rule(rule) = &parse.module.statements[0].kind else { panic!("a rule") };
    let at = rule.condition.span;
    assert_eq!(&text[at.start as usize..at.end as usize], "a <= b");
    let text = "tabel t { a : id; b : kW } { 1 | 2 }";
    let parse = self::parse(tieline::source::FileId(0), text);
    assert_eq!(parse.diagnostics.len(), 1, "{:#?}", parse.diagnostics);
    assert!(matches!(parse.module.statements[0].kind, StatementKind::Table(_)));
}

#[test]
fn habits_of_other_languages_are_answered() {
    for text in [
        "s.t. x <= 3",
        "subject to",
        "mpc.bus = [1 2 3]",
        "New Line.L1 Bus1=a Bus2=b",
        "let x := 3",
        "require a && b",
        "check a == b",
        "end",
        "// a comment",
        "% a comment",
        "/* a comment */",
        "rule r : a ≤ b",
        "let x = a ** 2",
    ] {
        assert_eq!(found(text).iter().map(|f| f.1).collect::<Vec<_>>(), ["E0104"], "{text}");
    }
    // One finding for a block of comments, and the statement behind one is read.
    assert_eq!(found("// one\n// two\nlet x = 1 // three\nlet y = ("), [(1, "E0104"), (3, "E0104"), (4, "E0102")]);
}

#[test]
fn messages_speak_of_the_model() {
    let mut all = String::new();
    for text in [
        "param p active_power = 3 kW",
        "param p : = 3 kW",
        "var x[t]",
        "rule r a <= b",
        "rule r[t : a <= b",
        "inject p[t] b.active",
        "add p",
        "horizon 24 h",
        "graph grid of bus by line",
        "device d at bus {}",
        "study s robust",
        "case {}",
        "let x = a +",
        "let x = (a + b",
        "let x = a b c",
        "let x = if a then b",
        "let x [t] = 3",
        "let x = sum(i = s: y)",
        "let x = f(i in s: y)",
        "minimize",
        "line.closed : constant",
        "table t { a }",
        "table t { a : id } { 1 | }",
        "table t",
        "storage \"E\" bus 6 {}",
        "budget b = 3",
        "3 = x",
        "f(x)",
        "with",
        "uncertain z in 3",
        "@\nparam x = 1",
        "@role",
    ] {
        let mut map = SourceMap::default();
        let file = map.add("study.tie", text);
        for d in parse(file, text).diagnostics {
            let (line, column) = map.line_col(d.span().expect("a place"));
            let label = &d.labels[0].text;
            assert!(label.split(' ').count() <= 8, "{label}");
            assert!(!d.message.ends_with('.') && !label.ends_with('.'), "{}", d.message);
            all += &format!("{text}\n  {line}:{column} {} {} | {label}\n", d.id.code, d.message);
            if let Some(help) = d.help {
                all += &format!("  help: {help}\n");
            }
        }
    }
    for word in ["expr", "postfix", "kw_", "ident", "EOI", "sum_expr", "primary"] {
        assert!(!all.contains(word), "`{word}` leaks from the grammar:\n{all}");
    }
    insta::assert_snapshot!("messages", all);
}
