//! Habits of other languages, recognised so that the message says what to write instead.

use super::read::Context;
use super::scan::{Token, TokenKind as K};
use super::sink::Sink;
use crate::diagnostics::{Diagnostic, ids_syntax as ids};

/// Reports a statement whose first words come from another language; true if it did.
pub fn leading(cx: Context<'_>, tokens: &[Token], sink: &mut Sink) -> bool {
    let Some(first) = tokens.first().filter(|t| t.kind == K::Word) else { return false };
    let text = |i: usize| tokens.get(i).map_or("", |t| t.text(cx.text));
    let dotted = tokens.get(1).is_some_and(|t| t.kind == K::Dot);
    let until = |i: usize| cx.span(*first).to(tokens.get(i).map_or(cx.span(*first), |t| cx.span(*t)));
    let (span, message, help) = match text(0) {
        "mpc" if dotted => (
            until(2),
            "this is a MATPOWER case",
            "turn the file into a model with `tieline import matpower FILE.m -o FILE.tie`",
        ),
        "function" if tokens.len() > 1 && tokens.iter().any(|t| t.kind == K::Equals) => (
            until(1),
            "this is a MATLAB function",
            "a MATPOWER case becomes a model with `tieline import matpower FILE.m -o FILE.tie`",
        ),
        "New" | "new" if tokens.get(2).is_some_and(|t| t.kind == K::Dot) => (
            until(3),
            "this is an OpenDSS element",
            "declare elements as `line \"1\" from bus 1 to bus 2 { r = 0.1 ohm; x = 0.1 ohm }`",
        ),
        "Clear" | "Redirect" | "Compile" | "Solve" | "Calcvoltagebases" if tokens.len() <= 2 => (
            until(0),
            "this is an OpenDSS command",
            "a model states what holds; `tieline solve` runs it, and `use` brings in other files",
        ),
        "s" if dotted && text(2) == "t" => {
            (until(3), "constraints have no heading here", "write each as `rule name : left <= right`")
        }
        "subject" if text(1) == "to" => {
            (until(1), "constraints have no heading here", "write each as `rule name : left <= right`")
        }
        "end" | "endfunction" | "endif" if tokens.len() == 1 => {
            (until(0), "blocks do not end with a word", "close blocks with `}`")
        }
        "import" | "from" | "include" if matches!(tokens.get(1).map(|t| t.kind), Some(K::Word | K::Text)) => {
            (until(0), "other files come in with `use`", "write `use networks.ieee33 as feeder`")
        }
        "for" | "forall" | "foreach" if tokens.len() > 1 => (
            until(0),
            "statements are not repeated in a loop",
            "give the rule indices instead: `rule limit[i in site, t] : p[i, t] <= cap[i]`",
        ),
        "const" | "constant" | "parameter" | "def" if matches!(tokens.get(1).map(|t| t.kind), Some(K::Word)) => {
            (until(0), "values are declared with `param`", "write `param name : quantity = value`")
        }
        "constraint" | "subjectto" | "st" if tokens.len() > 1 => {
            (until(0), "constraints are declared with `rule`", "write `rule name : left <= right`")
        }
        _ => return false,
    };
    sink.push(|| Diagnostic::new(ids::FOREIGN_SYNTAX, span, message, "not the language of models").help(help));
    true
}

/// Reports the first operator of another language; true if there is one.
pub fn operators(cx: Context<'_>, tokens: &[Token], sink: &mut Sink) -> bool {
    let Some(token) = tokens.iter().find(|t| t.kind == K::ForeignOperator) else { return false };
    let written = token.text(cx.text);
    let (ours, why) = match written {
        "==" => ("=", "equality is written `=`; nothing is ever assigned"),
        ":=" => ("=", "values are given with `=`"),
        "&&" | "&" => ("and", "conditions are joined by words"),
        "||" => ("or", "conditions are joined by words"),
        "!" => ("not ", "conditions are negated by a word"),
        "<>" | "~=" | "≠" => ("!=", "inequality is written `!=`"),
        "≤" => ("<=", "comparisons are written in plain characters"),
        "≥" => (">=", "comparisons are written in plain characters"),
        "**" => ("^", "powers are written `^`"),
        "×" | "·" => ("*", "products are written `*`"),
        "−" => ("-", "this is a typographic minus sign"),
        "±" => ("+-", "deviations are written `+-`"),
        "∈" => ("in", "membership is written `in`"),
        "∀" => ("[i in set]", "indices stand in brackets after the name: `rule limit[i in set] : ...`"),
        _ => ("=", "this operator does not exist here"),
    };
    let span = cx.span(*token);
    let shown = ours.trim();
    sink.push(|| {
        let found = Diagnostic::new(
            ids::FOREIGN_SYNTAX,
            span,
            format!("`{written}` is written `{shown}` here"),
            format!("write `{shown}`"),
        )
        .note(why);
        match written {
            "∀" => found,
            _ => found.fix(format!("write `{shown}`"), vec![(span, ours.to_string())]),
        }
    });
    true
}
