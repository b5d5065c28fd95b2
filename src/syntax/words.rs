//! Words that cannot be names. A test holds them against the grammar.

/// A list of words, and whether a word is on it: a `match` is faster than a search, and every word of a file is asked.
macro_rules! words {
    ($list:ident, $visible:vis $is:ident, $($word:literal)|+) => {
        #[cfg(test)]
        const $list: &[&str] = &[$($word),+];

        /// Is the word on the list?
        $visible fn $is(word: &str) -> bool {
            matches!(word, $($word)|+)
        }
    };
}

// The grammar's `reserved`: they hold expressions together.
words!(
    RESERVED,
    pub is_reserved,
    "and"
        | "or"
        | "not"
        | "into"
        | "in"
        | "if"
        | "then"
        | "else"
        | "where"
        | "when"
        | "given"
        | "of"
        | "to"
        | "for"
        | "match"
        | "is"
);

// The grammar's `trailing`: after a number or a class they are neither a unit nor an element's id.
words!(
    TRAILING,
    is_trailing,
    "from"
        | "by"
        | "at"
        | "over"
        | "each"
        | "step"
        | "optional"
        | "starts"
        | "like"
        | "as"
        | "extends"
        | "ahead"
        | "recourse"
        | "joined"
        | "wide"
);

/// Does it hold expressions together in such a way that a value follows, so that a bracket after it is no call and no
/// index?
pub fn joins(word: &str) -> bool {
    is_reserved(word) && !matches!(word, "given" | "is")
}

/// Can this word be neither a unit nor an id?
pub fn is_special(word: &str) -> bool {
    is_reserved(word) || is_trailing(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_has_the_same_words() {
        let grammar = include_str!("../../grammar/tieline.pest");
        for (rule, words) in [("reserved", RESERVED), ("trailing", TRAILING)] {
            let line = grammar.lines().find(|l| l.starts_with(&format!("{rule} ="))).expect("a rule");
            let there: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
            assert_eq!(there, words, "{rule}");
            assert!(words.iter().all(|w| is_special(w) && is_reserved(w) == (rule == "reserved")));
        }
    }
}
