//! Optional parameters: a use that nothing guards is told once, at its place; what is guarded, or may be, is not.

use super::studies::{Repository, STUDY};
use tieline::analysis::Request;
use tieline::check::Task;

/// The findings of `check`, as `id at the words that are marked`.
fn found(text: &str) -> Vec<String> {
    let files = Repository::with(text);
    let task = Task { files: &files, root: STUDY, request: Request::default() };
    let marked = |d: &tieline::diagnostics::Diagnostic| {
        let span = d.span().expect("a place");
        format!("{} {}", d.id.code, &text[span.start as usize..span.end as usize])
    };
    task.all().iter().flat_map(|(_, found)| found.iter().map(marked)).collect()
}

/// A device whose elements have all values, with one more declaration.
fn device(declaration: &str) -> String {
    format!(
        "horizon 3 h step 1 h\ndevice thing {{\n    param top : ratio optional\n    param rest : ratio optional\n    \
         param limited : yes/no = yes\n    param kind : one of {{plain, capped}} = capped\n    \
         var x[t] : ratio in 0..10\n    var on[t] : binary\n    {declaration}\n}}\n\
         thing 1 {{ top = 4; rest = 1 }}\nthing 2 {{ top = 5; rest = 1 }}\n\
         maximize sum(i in thing, t: i.x[t] - i.on[t])\n"
    )
}

const UNGUARDED: &[(&str, &[&str])] = &[
    ("rule r[t] : x[t] <= top", &["top"]),
    ("rule r[t] where t != first : x[t] - x[t - 1] <= top", &["top"]),
    ("rule r[t] when rest given : x[t] <= top", &["top"]),
    ("rule r[t] when not (top given) : x[t] <= top", &["top"]),
    ("rule r[t] when top given or rest given : x[t] <= top", &["top"]),
    ("rule r[t] : x[t] <= (if top given then rest else top)", &["rest", "top"]),
    ("rule r[t] : (not (top given)) => x[t] <= top", &["top"]),
    ("rule r[t] : on[t] = 1 => x[t] <= top", &["top"]),
    ("rule r[t] : x[t] <= top * top", &["top", "top"]),
    ("rule r : sum(t: x[t] * top) <= 20", &["top"]),
    ("var y : ratio in 0..top", &["top"]),
    ("check top > 0", &["top"]),
    ("after_solve check x[first] <= top", &["top"]),
    // A definition is needed where it is used, and as often as it may be: told once.
    ("let most : ratio = top + 1\n    rule r[t] : x[t] <= most\n    rule s[t] : x[t] <= 2 * most", &["top"]),
    ("let has : yes/no = rest given\n    rule r[t] when has : x[t] <= top", &["top"]),
    // A check that asks under a condition covers what stands under it only.
    ("check top given when rest given\n    rule r[t] : x[t] <= top", &["top"]),
];

const GUARDED: &[&str] = &[
    "rule r[t] when top given : x[t] <= top",
    "rule r[t] when rest given and top given : x[t] <= top",
    "rule r[t] when top given and top > 0 : x[t] <= top",
    "rule r[t] when not (not (top given) or not (rest given)) : x[t] <= top + rest",
    "rule r[t] where top given and t != first : x[t] <= top",
    "rule r[t] : x[t] <= (if top given then top else 3)",
    "rule r[t] : x[t] <= (if not (top given) then 3 else if rest given then top + rest else top)",
    "rule r[t] : top given => x[t] <= top",
    "rule r[t] when top given or rest given : x[t] <= (if top given then top else rest)",
    "rule r : sum(t where top given: x[t] * top) <= 20",
    "var y : ratio in 0..top when top given",
    "check top > 0 when top given",
    "check not (top given) or top > 0",
    "let has : yes/no = top given and rest given\n    rule r[t] when has : x[t] <= top + rest",
    "let has : yes/no = top given\n    let both : yes/no = has and rest given\n    rule r[t] when both : x[t] <= top",
    "let most : ratio = top + 1\n    rule r[t] when top given : x[t] <= most",
    "let most : ratio = if top given then top else 3\n    rule r[t] : x[t] <= most",
    "let unused : ratio = top + 1",
    // Checks of the device.
    "check top given\n    rule r[t] : x[t] <= top",
    "check top given and rest given\n    rule r[t] : x[t] <= top + rest",
    "check top given when rest given\n    rule r[t] when rest given : x[t] <= top",
    "check not (rest given) or top given\n    rule r[t] when rest given : x[t] <= top",
    "check no when not (top given)\n    rule r[t] : x[t] <= top",
    // Conditions on data may be the guard.
    "rule r[t] when limited : x[t] <= top",
    "rule r[t] when kind = capped : x[t] <= top",
    "rule r[t] : x[t] <= (match kind { plain: 9; capped: top })",
    "check top given when limited\n    rule r[t] when limited : x[t] <= top",
    "param n : integer = 0\n    rule r : sum(k in 1..n: top) <= 20",
    "rule r[i in thing] where i != self : i.x[first] <= i.top",
];

#[test]
fn what_nothing_guards_is_told_at_each_place() {
    for (declaration, want) in UNGUARDED {
        let want: Vec<String> = want.iter().map(|w| format!("W0204 {w}")).collect();
        assert_eq!(found(&device(declaration)), want, "{declaration}");
    }
}

#[test]
fn what_is_guarded_or_may_be_is_not_told() {
    for declaration in GUARDED {
        assert_eq!(found(&device(declaration)), Vec::<String>::new(), "{declaration}");
    }
}

#[test]
fn checks_of_other_devices_may_see_to_it() {
    let text = device("rule r[t] : x[t] <= top").replace("maximize", "check all(i in thing: i.top given)\nmaximize");
    assert_eq!(found(&text), Vec::<String>::new());
}

/// The library declares `rate` of a line optional, in a file of its own.
#[test]
fn what_another_file_declares_is_told_unless_the_data_of_the_study_decide() {
    let reads = "use std.grid\naspect mine {\n    extend line {\n        var use_of_it : current in 0 A..9 A\n        \
                 rule beneath : use_of_it <= rate\n    }\n}\nwith mine\nbus 1 { nominal = 10 kV }\nvar z : ratio in 0..1\nminimize z\n";
    assert_eq!(found(reads), ["W0204 rate"]);
}

#[test]
fn an_index_that_is_asked_for_covers_itself() {
    let of = |rule: &str| {
        found(&format!(
            "horizon 2 h step 1 h\nparam top[t] : ratio optional\ntop = 3\nvar x[t] : ratio in 0..10\n{rule}\n\
             maximize sum(t: x[t])\n"
        ))
    };
    assert_eq!(of("rule r[t] : x[t] <= top[t]"), ["W0204 top[t]"]);
    assert_eq!(of("rule r[t] where top[t] given : x[t] <= top[t]"), Vec::<String>::new());
}

#[test]
fn an_element_that_lacks_the_value_is_the_only_finding() {
    let text = device("rule r[t] : x[t] <= top").replace("thing 2 { top = 5;", "thing 2 {");
    assert_eq!(found(&text), ["E0210 thing 2 { rest = 1 }"]);
}

#[test]
fn definitions_of_definitions_are_followed_without_end_in_sight() {
    let mut chain = "let a0 : ratio = top\n".to_owned();
    for k in 1..40 {
        chain.push_str(&format!(
            "    let a{k} : ratio = (if on[first] = on[last] then a{p} else a{p}) + a{p}\n",
            p = k - 1
        ));
    }
    chain.push_str("    let b0 : yes/no = top given\n");
    for k in 1..40 {
        chain.push_str(&format!("    let b{k} : yes/no = b{p} or not b{p} and b{p}\n", p = k - 1));
    }
    let text = device(&format!("{chain}    rule r when b39 : rest >= a39"));
    let files = Repository::with(&text);
    tieline::analysis::analyse(&files, STUDY, &Request::default());
}
