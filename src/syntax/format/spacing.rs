//! Whether a blank stands between two tokens of one line.

use super::roles::Role;
use crate::syntax::scan::TokenKind as K;
use crate::syntax::words::joins;

/// A token as the spacing rules see it.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// Its kind.
    pub kind: K,
    /// Its text.
    pub text: &'a str,
    /// Its role.
    pub role: Role,
}

/// Is there a blank between `left` and `right`, which stood close together in the source or not?
pub fn blank(left: Seen<'_>, right: Seen<'_>, adjacent: bool) -> bool {
    match right.kind {
        K::Comma | K::Semicolon | K::RightParen | K::RightBracket | K::Dot | K::Dots => return false,
        K::RightBrace => return roomy(right) && left.kind != K::LeftBrace,
        K::Colon => return !right.role.close,
        K::Caret => return right.role.spaced,
        K::LeftParen | K::LeftBracket if right.role.close => return false,
        K::LeftParen if left.kind == K::Word => return !adjacent || joins(left.text),
        K::LeftBracket if ends_value(left.kind) => return !adjacent || (left.kind == K::Word && joins(left.text)),
        K::Slash | K::Star if right.role.unit => return false,
        _ if right.role.close => return false,
        _ => {}
    }
    match left.kind {
        K::LeftParen | K::LeftBracket | K::Dot | K::Dots | K::At => false,
        K::LeftBrace => roomy(left),
        K::Caret => left.role.spaced,
        K::Minus => !left.role.prefix,
        K::Slash | K::Star => !left.role.unit,
        _ => true,
    }
}

/// Braces with blanks inside: of blocks and of `match`, not of sets.
fn roomy(brace: Seen<'_>) -> bool {
    brace.role.block || brace.role.arms
}

fn ends_value(kind: K) -> bool {
    matches!(kind, K::Word | K::RightParen | K::RightBracket | K::Number | K::Text | K::Star)
}
