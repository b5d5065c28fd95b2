//! Annotations: `@role`, `@role(a, "b")` and `@floor(1 W)`.

use super::ast::{Annotation, Ident};
use super::literal;
use super::scan::{Token, TokenKind as K};
use super::sink::Sink;
use crate::diagnostics::{Diagnostic, ids_syntax as ids};
use crate::source::{FileId, Span};
use smol_str::SmolStr;

/// Reads the annotation at token `at` (an `@`); returns it and the token behind it.
pub fn read(file: FileId, text: &str, tokens: &[Token], at: usize, sink: &mut Sink) -> (Option<Annotation>, usize) {
    let get = |i: usize| tokens.get(i).copied();
    let span_of = |t: Token| Span::new(file, t.start as usize, t.end as usize);
    let Some(sign) = get(at) else { return (None, at + 1) };
    let bad = |place: Token, sink: &mut Sink| {
        let rest = tokens.get(at..).unwrap_or(&[]);
        let line = rest.iter().take_while(|t| t.kind != K::Newline).count();
        sink.push(|| {
            Diagnostic::new(
                ids::UNREADABLE_STATEMENT,
                span_of(place),
                "this annotation cannot be read",
                "expected a name or text here",
            )
            .help("an annotation is written `@role` or `@role(a, \"b\")`, before a declaration")
        });
        (None, at + line.max(1))
    };
    let Some(word) = get(at + 1).filter(|t| t.kind == K::Word) else { return bad(sign, sink) };
    let name = Ident { text: SmolStr::new(word.text(text)), span: span_of(word) };
    let mut args = Vec::new();
    let mut next = at + 2;
    let mut end = word;
    if let Some(paren) = get(next).filter(|t| t.kind == K::LeftParen && t.start == word.end) {
        next += 1;
        loop {
            match get(next) {
                Some(t) if t.kind == K::Number => {
                    // A number may have a unit: `1 W`.
                    let unit = get(next + 1).filter(|u| u.kind == K::Word);
                    next += usize::from(unit.is_some());
                    args.push(match unit {
                        Some(unit) => SmolStr::new(format!("{} {}", t.text(text), unit.text(text))),
                        None => SmolStr::new(t.text(text)),
                    });
                }
                Some(t) if t.kind == K::Word => args.push(SmolStr::new(t.text(text))),
                Some(t) if t.kind == K::Text => args.push(literal::text(t.text(text))),
                Some(t) if t.kind == K::RightParen && args.is_empty() => {
                    end = t;
                    next += 1;
                    break;
                }
                other => return bad(other.unwrap_or(paren), sink),
            }
            next += 1;
            match get(next) {
                Some(t) if t.kind == K::Comma => next += 1,
                Some(t) if t.kind == K::RightParen => {
                    end = t;
                    next += 1;
                    break;
                }
                other => return bad(other.unwrap_or(paren), sink),
            }
        }
    }
    (Some(Annotation { name, args, span: span_of(sign).to(span_of(end)) }), next)
}
