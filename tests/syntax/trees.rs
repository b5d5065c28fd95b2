//! The trees of statements and expressions, as outlines.

use crate::files;
use crate::formatting::tree;
use tieline::source::FileId;
use tieline::syntax::parse;

fn value(text: &str) -> String {
    let text = format!("let x = {text}");
    let found = parse(FileId(0), &text).diagnostics;
    assert!(found.is_empty(), "{text}: {found:#?}");
    tree(&text).trim_end().trim_start_matches("let x = ").to_string()
}

#[test]
fn every_form_of_statement_has_its_tree() {
    let parse = parse(FileId(0), files::EVERYTHING);
    assert!(parse.diagnostics.is_empty(), "{:#?}", parse.diagnostics);
    insta::assert_snapshot!("everything_tree", tree(files::EVERYTHING));
}

#[test]
fn operators_bind_as_documented() {
    let cases = [
        ("1 + 2 * 3", "(+ 1 (* 2 3))"),
        ("a - b - c", "(- (- a b) c)"),
        ("a / b * c", "(* (/ a b) c)"),
        ("2 ^ 3 ^ 2", "(^ 2 (^ 3 2))"),
        ("-x ^ 2", "(neg (^ x 2))"),
        ("2 ^ -1", "(^ 2 (neg 1))"),
        ("a * -b", "(* a (neg b))"),
        ("not a = b", "(not (= a b))"),
        ("a or b and c", "(or a (and b c))"),
        ("a => b => c", "(=> a (=> b c))"),
        ("a and b => c or d", "(=> (and a b) (or c d))"),
        ("0 <= x <= 1", "(and (<= 0 x) (<= x 1))"),
        ("0 <= x < y <= 1", "(and (and (<= 0 x) (< x y)) (<= y 1))"),
        ("(a <= b) = c", "(= (<= a b) c)"),
        ("x in 1..n + 1", "(in x (.. 1 (+ n 1)))"),
        ("3 kW +- 10 %", "(+- 3 kW 10 %)"),
        ("10 % of base * 2", "(* (of 10 % base) 2)"),
        ("if a then b else c + 1", "(if a b (+ c 1))"),
        ("if a then b else if c then d else e", "(if a b (if c d e))"),
        ("in islanded: a + b", "(in islanded (+ a b))"),
        ("a given and b", "(and (given a) b)"),
        ("-a given", "(neg (given a))"),
    ];
    for (text, wanted) in cases {
        assert_eq!(value(text), wanted, "{text}");
    }
}

#[test]
fn units_stand_with_their_number() {
    let cases = [
        ("60 EUR/MWh", "60 EUR*MWh^-1"),
        ("60 EUR / price", "(/ 60 EUR price)"),
        ("4 h * row.power", "(* 4 h row.power)"),
        ("5 kW^2", "5 kW^2"),
        ("5 kW ^ 2", "(^ 5 kW 2)"),
        ("1 t/MWh^2", "1 t*MWh^-2"),
        ("10%", "10 %"),
        ("1..8", "(.. 1 8)"),
        ("-50..50 kvar", "(.. (neg 50) 50 kvar)"),
        ("0.5..1e3", "(.. 0.5 1000)"),
        ("3 and 4", "(and 3 4)"),
        ("[0.5, 0.7] pu", "[0.5 pu, 0.7 pu]"),
        ("[1 kW, 2] kvar", "[1 kW, 2 kvar]"),
    ];
    for (text, wanted) in cases {
        assert_eq!(value(text), wanted, "{text}");
    }
}

#[test]
fn names_elements_and_lists() {
    let cases = [
        ("storage.14.power", "storage.14.power"),
        ("storage.\"ESS 6\".power", "storage.ESS 6.power"),
        ("cost.end.in.rate", "cost.end.in.rate"),
        ("bus 7", "<bus 7>"),
        ("bus \"A1\"", "<bus \"A1\">"),
        ("bus row.bus", "<bus row.bus>"),
        ("bus 7.v[t]", "<bus 7>.v[t]"),
        ("p[n, before t]", "p[n, before t]"),
        ("[22 33; 1 2]", "[22, 33; 1, 2]"),
        ("[1 -2 3]", "[1, (neg 2), 3]"),
        ("[1 - 2, 3]", "[(- 1 2), 3]"),
        ("[1-2]", "[(- 1 2)]"),
        ("[a, b + 1; c, d]", "[a, (+ b 1); c, d]"),
        ("{}", "{}"),
        ("{a in b, c}", "{(in a b), c}"),
        ("{s in site}", "{s in site}"),
        ("sum(i in a, t where x: y)", "(sum [i in a, t] where x: y)"),
        ("max(a, b = 2)", "max(a, b = 2)"),
        ("count(present)", "count(present)"),
        ("match s { a: 1\n b: 2 }", "(match s {a: 1; b: 2})"),
    ];
    for (text, wanted) in cases {
        assert_eq!(value(text), wanted, "{text}");
    }
}

#[test]
fn statements_end_where_they_should() {
    let count = |text: &str| {
        let parse = parse(FileId(0), text);
        assert!(parse.diagnostics.is_empty(), "{text}: {:#?}", parse.diagnostics);
        parse.module.statements.len()
    };
    assert_eq!(count("a = 1; b = 2\nc = 3"), 3);
    assert_eq!(count("rule a : x =\n 3\n\nrule b : y = 3"), 2);
    assert_eq!(count("rule a : x\n\n# why\n  <= 3\nb = 1"), 2);
    assert_eq!(count("check a <= b\n  else \"no\"\nb = 1"), 2);
    assert_eq!(count("ahead storage.*\nrecourse x"), 2);
    assert_eq!(count("from = row.to\nat = row.in\nb = 1"), 3);
    assert_eq!(count("storage \"E\"\n  at bus 6\n{ power = 1 MW\n from = 2 }\nb = 1"), 2);
    assert_eq!(count("device d\n  from i: bus\n  to j: bus {}\nvar p : power\n  in 0..3 kW"), 2);
    assert_eq!(count("let x = {1,\n2}; set s = {a}"), 2);
}

#[test]
fn docs_and_annotations_belong_to_their_declaration() {
    let text = "## The file.\n\n## First.\n## Second.\n@role(a, \"b\")\nparam p : power  ## Third.\n\
                device d { ## Of d.\n param q : power; param r : power ## Of r.\n}\n";
    let wanted = "doc \"The file.\"\ndoc \"First.\\nSecond.\\nThird.\"\n@role [\"a\", \"b\"]\nparam p : power\n\
                  doc \"Of d.\"\ndevice d\n    param q : power\n    doc \"Of r.\"\n    param r : power\n";
    assert_eq!(tree(text), wanted);
}

#[test]
fn long_sums_make_shallow_trees() {
    let text = format!("let x = {}", vec!["a - b"; 10_000].join(" + "));
    let parse = parse(FileId(0), &text);
    assert!(parse.diagnostics.is_empty(), "{:#?}", parse.diagnostics);
    let tieline::syntax::ast::StatementKind::Let(decl) = &parse.module.statements[0].kind else { panic!("a let") };
    assert!(tieline::syntax::walk::depth(&decl.value, 1000) < 40);
}

#[test]
fn a_split_sum_has_the_value_of_its_terms() {
    // 1 - 2 + 3 - 4 ... over 100 terms, and 2 / 2 * 2 / 2 ... over 101 factors.
    let sum: String = (1..=100)
        .map(|i| {
            format!(
                "{}{i}",
                if i == 1 {
                    ""
                } else if i % 2 == 0 {
                    " - "
                } else {
                    " + "
                }
            )
        })
        .collect();
    let product: String = (0..=100)
        .map(|i| {
            format!(
                "{}2",
                if i == 0 {
                    ""
                } else if i % 2 == 1 {
                    " / "
                } else {
                    " * "
                }
            )
        })
        .collect();
    for (text, wanted) in [(sum, -50.0), (product, 2.0)] {
        let parse = parse(FileId(0), &format!("let x = {text}"));
        let tieline::syntax::ast::StatementKind::Let(decl) = &parse.module.statements[0].kind else { panic!("a let") };
        assert_eq!(evaluate(&decl.value), wanted);
    }
}

fn evaluate(expr: &tieline::syntax::ast::Expr) -> f64 {
    use tieline::syntax::ast::{BinaryOp as B, ExprKind as E};
    match &expr.kind {
        E::Number { value, .. } => *value,
        E::Binary(op, a, b) => {
            let (a, b) = (evaluate(a), evaluate(b));
            match op {
                B::Add => a + b,
                B::Sub => a - b,
                B::Mul => a * b,
                B::Div => a / b,
                other => panic!("{other:?}"),
            }
        }
        other => panic!("{other:?}"),
    }
}
