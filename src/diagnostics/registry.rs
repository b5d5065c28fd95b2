//! All ids, and the way from what an engineer types to one of them.

use super::{
    Id, ids_import, ids_names, ids_network, ids_program, ids_solution, ids_source, ids_syntax, ids_units, suggest,
};

/// Every id, by stage and then by code.
pub fn all() -> impl Iterator<Item = Id> {
    [
        ids_source::ALL,
        ids_syntax::ALL,
        ids_names::ALL,
        ids_units::ALL,
        ids_network::ALL,
        ids_program::ALL,
        ids_solution::ALL,
        ids_import::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The id that `text` means: a code (`E0201`), a name (`unknown-name`), both with a space or a
/// hyphen between them, or a heading copied from a message (`error[E0201 unknown-name]`). Upper and
/// lower case do not matter.
pub fn find(text: &str) -> Option<Id> {
    let wanted = normalized(text);
    all().find(|id| {
        let (code, name) = (id.code.to_ascii_lowercase(), id.name);
        wanted == code || wanted == name || wanted == format!("{code}-{name}")
    })
}

/// The code or name closest to `text`, for "did you mean".
pub fn closest(text: &str) -> Option<String> {
    let wanted = normalized(text);
    let names: Vec<&str> = all().flat_map(|id| [id.name, id.code]).collect();
    suggest::did_you_mean(&wanted, names.iter().copied())
}

/// Lower case, without what surrounds an id in a message, words joined by hyphens.
fn normalized(text: &str) -> String {
    let inner = match (text.find('['), text.rfind(']')) {
        (Some(open), Some(close)) if open < close => &text[open + 1..close],
        _ => text,
    };
    let words: Vec<&str> =
        inner.split(|c: char| c.is_whitespace() || c == '_' || c == ':').filter(|w| !w.is_empty()).collect();
    words.join("-").trim_matches('-').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_and_every_name_is_unique_and_well_formed() {
        let (mut codes, mut names) = (BTreeSet::new(), BTreeSet::new());
        for id in all() {
            assert!(codes.insert(id.code), "{} declared twice", id.code);
            assert!(names.insert(id.name), "{} declared twice", id.name);
            let (letter, digits) = id.code.split_at(1);
            assert!("EWI".contains(letter), "{}", id.code);
            assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()), "{}", id.code);
            assert!(
                id.name
                    .split('-')
                    .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())),
                "{}",
                id.name
            );
        }
    }

    #[test]
    fn an_id_is_found_however_it_is_typed() {
        for text in [
            "E0201",
            "e0201",
            "unknown-name",
            "Unknown-Name",
            "E0201 unknown-name",
            "E0201-unknown-name",
            "error[E0201 unknown-name]:",
            "unknown_name",
        ] {
            assert_eq!(find(text), Some(ids_names::UNKNOWN_NAME), "{text}");
        }
        assert_eq!(find("E9999"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn a_misspelt_id_has_a_suggestion() {
        assert_eq!(closest("unknwon-name").as_deref(), Some("unknown-name"));
        assert_eq!(closest("infeasable").as_deref(), Some("infeasible"));
        assert_eq!(closest("zzzzzzzzzz"), None);
    }
}
