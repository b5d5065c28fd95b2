//! The findings of the syntax stage.

use super::Id;

const fn id(code: &'static str, name: &'static str) -> Id {
    Id { code, name }
}

/// A statement does not follow the form its keyword asks for, or has none.
pub const UNREADABLE_STATEMENT: Id = id("E0101", "unreadable-statement");
/// A bracket or block is opened and not closed, or closed and not opened.
pub const UNCLOSED_BRACKET: Id = id("E0102", "unclosed-bracket");
/// A text has no closing quote on its line.
pub const UNCLOSED_TEXT: Id = id("E0103", "unclosed-text");
/// Syntax of another language: `==`, `//`, `s.t.`, an OpenDSS or MATPOWER line.
pub const FOREIGN_SYNTAX: Id = id("E0104", "foreign-syntax");
/// The first word of a statement is nearly a keyword.
pub const MISSPELLED_KEYWORD: Id = id("E0105", "misspelled-keyword");
/// Brackets or operators nest deeper than any model needs, or a statement is far too long.
pub const NESTED_TOO_DEEPLY: Id = id("E0106", "nested-too-deeply");
/// Characters that mean nothing in a model.
pub const STRAY_CHARACTER: Id = id("E0107", "stray-character");
/// A value is missing after an operator, a sign or a separator.
pub const MISSING_VALUE: Id = id("E0108", "missing-value");
/// More syntax mistakes than are worth listing.
pub const TOO_MANY_MISTAKES: Id = id("E0109", "too-many-mistakes");
/// A number beyond the range of floating-point numbers.
pub const NUMBER_TOO_LARGE: Id = id("E0110", "number-too-large");

/// All of them.
pub const ALL: &[Id] = &[
    UNREADABLE_STATEMENT,
    UNCLOSED_BRACKET,
    UNCLOSED_TEXT,
    FOREIGN_SYNTAX,
    MISSPELLED_KEYWORD,
    NESTED_TOO_DEEPLY,
    STRAY_CHARACTER,
    MISSING_VALUE,
    TOO_MANY_MISTAKES,
    NUMBER_TOO_LARGE,
];
