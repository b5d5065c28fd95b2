//! Mistakes that single tokens show: stray characters, unclosed texts, comments in another
//! language's manner. One diagnostic per run of lines or characters.

use super::scan::{Token, TokenKind as K};
use super::sink::Sink;
use crate::diagnostics::{Diagnostic, ids_syntax as ids};
use crate::source::{FileId, Span};

/// Reports them all.
pub fn report(file: FileId, text: &str, tokens: &[Token], sink: &mut Sink) {
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        i = match token.kind {
            K::Stray => {
                let end = run(tokens, i, |k| k == K::Stray);
                sink.push(|| stray(file, text, *token, tokens[end - 1]));
                end
            }
            K::UnclosedText => {
                let span = Span::new(file, token.start as usize, token.end as usize);
                sink.push(|| {
                    Diagnostic::new(
                        ids::UNCLOSED_TEXT,
                        span,
                        "this text has no closing quote",
                        "opened here, never closed",
                    )
                    .help("a text ends on its own line: add the closing `\"`; inside a text, write a quote as `\\\"`")
                });
                i + 1
            }
            K::ForeignComment => {
                let end = run(tokens, i, |k| matches!(k, K::ForeignComment | K::Newline));
                sink.push(|| foreign_comment(file, text, &tokens[i..end]));
                end
            }
            _ => i + 1,
        };
    }
}

fn run(tokens: &[Token], from: usize, same: impl Fn(K) -> bool) -> usize {
    from + tokens[from..].iter().take_while(|t| same(t.kind)).count().max(1)
}

fn stray(file: FileId, text: &str, first: Token, last: Token) -> Diagnostic {
    let span = Span::new(file, first.start as usize, last.end as usize);
    let c = first.text(text).chars().next().unwrap_or('\u{fffd}');
    let (shown, help) = match c {
        '\u{a0}' | '\u{2007}' | '\u{202f}' => (
            "a no-break space".to_string(),
            "replace it by a plain space; it often comes from copying out of a document",
        ),
        '\0' => ("a NUL character".to_string(), "the file is probably not plain text, or not UTF-8: save it as UTF-8"),
        '\u{fffd}' => (
            "characters that are not UTF-8".to_string(),
            "save the file as UTF-8; ids with other characters then read correctly",
        ),
        '\'' | '`' | '‘' | '’' | '“' | '”' | '«' | '»' => {
            (format!("the quote {c}"), "texts stand between straight double quotes: \"ESS 1\"")
        }
        '€' | '$' | '£' => (format!("the sign `{c}`"), "write the currency's name as a unit: 60 EUR/MWh"),
        '°' => ("the sign `°`".to_string(), "write angles in `deg` or `rad`"),
        c if c.is_control() => (format!("the control character U+{:04X}", c as u32), "delete it"),
        c => (format!("the character `{c}`"), "delete it, or put it in a text: \"...\""),
    };
    Diagnostic::new(ids::STRAY_CHARACTER, span, format!("{shown} means nothing here"), "cannot be read").help(help)
}

fn foreign_comment(file: FileId, text: &str, run: &[Token]) -> Diagnostic {
    let comments = || run.iter().filter(|t| t.kind == K::ForeignComment);
    let first = comments().next().copied().unwrap_or(run[0]);
    let last = comments().next_back().copied().unwrap_or(first);
    let mark = match first.text(text) {
        t if t.starts_with('%') => "%",
        t if t.starts_with("/*") => "/*",
        _ => "//",
    };
    let edits = comments()
        .map(|t| {
            let len = if t.text(text).starts_with('%') { 1 } else { 2 };
            (Span::new(file, t.start as usize, t.start as usize + len), "#".to_string())
        })
        .collect();
    let span = Span::new(file, first.start as usize, last.end as usize);
    Diagnostic::new(
        ids::FOREIGN_SYNTAX,
        span,
        format!("`{mark}` does not begin a comment here"),
        "comments begin with #",
    )
    .help("write comments as `# ...`, and `## ...` to document a declaration")
    .fix("write the comment with #", edits)
}
