//! A reversible escape of the user's names into what LP and MPS readers accept.
//!
//! `line.closed[7]` becomes `line.closed(7)` and `storage.charge[ESS6, 3]` becomes
//! `storage.charge(ESS6,3)`. Brackets and a comma with its space have these short forms; every
//! other character outside letters, digits and `. # @ _` is written as `_xHH` per byte
//! of its UTF-8 form (so is the `_` of a literal `_x`). The first character is escaped too where a
//! reader would take the word for a number (`infeed` begins like `inf`) or for a keyword (`free`).
//! `_xx` is no escape: it marks names that were cut, numbered or split, which only the map resolves.

use indexmap::IndexMap;
use serde_json::json;

/// Longest name in a file.
pub const MAX_LENGTH: usize = 255;
/// Where a longer one is cut; the mark and a number follow.
const CUT: usize = 230;

/// Words that LP or MPS readers take for sections, bounds or infinity, in lower case.
const RESERVED: [&str; 54] = [
    "minimize",
    "minimise",
    "minimum",
    "min",
    "maximize",
    "maximise",
    "maximum",
    "max",
    "subject",
    "to",
    "such",
    "that",
    "st",
    "s.t.",
    "st.",
    "bounds",
    "bound",
    "binary",
    "binaries",
    "bin",
    "general",
    "generals",
    "gen",
    "integer",
    "integers",
    "int",
    "semi",
    "semis",
    "semi-continuous",
    "sos",
    "sos1",
    "sos2",
    "s1",
    "s2",
    "end",
    "free",
    "name",
    "objsense",
    "rows",
    "columns",
    "rhs",
    "ranges",
    "qsection",
    "qmatrix",
    "quadobj",
    "qcmatrix",
    "csection",
    "sets",
    "gencons",
    "endata",
    "objective",
    "pwlobj",
    "pwlnam",
    "pwlcon",
];

/// Names in the file → the user's names, with the scale of each. Written as JSON beside the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NameMap {
    /// Objective of the user = this times the file's objective.
    pub objective_scale: f64,
    /// Columns.
    pub columns: IndexMap<String, Named>,
    /// Rows and cones.
    pub rows: IndexMap<String, Named>,
}

/// What a name in a file stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The user's name.
    pub name: String,
    /// Value in coherent units = scale · value in the file.
    pub scale: f64,
}

impl NameMap {
    /// The map as JSON text.
    pub fn to_json(&self) -> String {
        let names = |map: &IndexMap<String, Named>| -> serde_json::Map<String, serde_json::Value> {
            map.iter().map(|(word, n)| (word.clone(), json!({ "name": n.name, "scale": n.scale }))).collect()
        };
        let whole = json!({
            "schema": "tieline-names-1",
            "objective_scale": self.objective_scale,
            "columns": names(&self.columns),
            "rows": names(&self.rows),
        });
        format!("{whole:#}\n")
    }
}

/// The escape of a name, without a limit of length. An empty name becomes `_x`.
pub fn escape(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 8);
    if name.is_empty() {
        return "_x".to_owned();
    }
    let bytes = name.as_bytes();
    let guard_first = starts_like_a_number(name) || RESERVED.contains(&name.to_ascii_lowercase().as_str());
    let mut i = 0;
    while let Some(byte) = bytes.get(i).copied() {
        let next = bytes.get(i + 1).copied();
        let hex = (i == 0 && guard_first) || (byte == b'_' && next == Some(b'x'));
        match byte {
            _ if hex => push_hex(&mut out, byte),
            b'[' => out.push('('),
            b']' => out.push(')'),
            b',' if next == Some(b' ') => {
                out.push(',');
                i += 1;
            }
            _ if is_plain(byte) => out.push(char::from(byte)),
            _ => push_hex(&mut out, byte),
        }
        i += 1;
    }
    out
}

/// The name that [`escape`] made this from; none if it made no such word (names cut to length or
/// numbered are in the [`NameMap`] only).
pub fn unescape(word: &str) -> Option<String> {
    if word == "_x" {
        return Some(String::new());
    }
    let bytes = word.as_bytes();
    let mut out = Vec::with_capacity(word.len());
    let mut i = 0;
    while let Some(byte) = bytes.get(i).copied() {
        match byte {
            b'_' if bytes.get(i + 1) == Some(&b'x') => {
                let digits = word.get(i + 2..i + 4)?;
                if !digits.bytes().all(|d| d.is_ascii_digit() || (b'A'..=b'F').contains(&d)) {
                    return None;
                }
                out.push(u8::from_str_radix(digits, 16).ok()?);
                i += 3;
            }
            b'(' => out.push(b'['),
            b')' => out.push(b']'),
            b',' => out.extend_from_slice(b", "),
            _ if is_plain(byte) => out.push(byte),
            _ => return None,
        }
        i += 1;
    }
    String::from_utf8(out).ok()
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".#@_".contains(&byte)
}

fn push_hex(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push_str("_x");
    for half in [byte >> 4, byte & 15] {
        out.push(char::from(DIGITS.get(usize::from(half)).copied().unwrap_or(b'0')));
    }
}

/// Would a C number reader accept the beginning of the word?
fn starts_like_a_number(name: &str) -> bool {
    let prefix = |p: &str| name.get(..p.len()).is_some_and(|s| s.eq_ignore_ascii_case(p));
    let first = name.as_bytes().first().copied().unwrap_or(b'0');
    first.is_ascii_digit() || b".#@".contains(&first) || prefix("inf") || prefix("nan")
}

/// Hands out legal, unique names of one namespace.
#[derive(Debug, Default)]
pub(super) struct Namer {
    taken: IndexMap<String, Named>,
}

impl Namer {
    /// A fresh word for a name.
    pub(super) fn word(&mut self, name: &str, scale: f64) -> String {
        let mut word = escape(name);
        if word.len() > MAX_LENGTH || self.taken.contains_key(&word) {
            word.truncate(CUT);
            let stem = word;
            let mut number = self.taken.len();
            loop {
                word = format!("{stem}_xx{number}");
                if !self.taken.contains_key(&word) {
                    break;
                }
                number += 1;
            }
        }
        self.taken.insert(word.clone(), Named { name: name.to_owned(), scale });
        word
    }

    /// Words derived from one: a row of two ends that a format writes as two rows.
    pub(super) fn split(&mut self, word: &str, part: &str) -> String {
        let named = self.taken.get(word).cloned().unwrap_or(Named { name: word.to_owned(), scale: 1.0 });
        let mut stem = word.to_owned();
        stem.truncate(MAX_LENGTH - 16);
        let mut derived = format!("{stem}_xx{part}");
        let mut number = 0;
        while self.taken.contains_key(&derived) {
            number += 1;
            derived = format!("{stem}_xx{part}{number}");
        }
        self.taken.insert(derived.clone(), named);
        derived
    }

    /// The map of this namespace.
    pub(super) fn finish(self) -> IndexMap<String, Named> {
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_usual_names_readable() {
        assert_eq!(escape("line.closed[7]"), "line.closed(7)");
        assert_eq!(escape("storage.charge[ESS6, 3]"), "storage.charge(ESS6,3)");
        assert_eq!(escape("v_max"), "v_max");
    }

    #[test]
    fn guards_words_that_readers_misread() {
        for word in ["free", "Infeed", "nan", "7up", ".5", "END", "st", "", "RHS", "max"] {
            let escaped = escape(word);
            assert!(escaped.starts_with("_x"), "{escaped}");
            assert_eq!(unescape(&escaped).as_deref(), Some(word));
        }
    }

    #[test]
    fn cuts_long_names_and_keeps_them_apart() {
        let mut namer = Namer::default();
        let long = "é".repeat(300);
        let words = [namer.word(&long, 1.0), namer.word(&(long.clone() + "a"), 1.0), namer.word(&long, 1.0)];
        assert!(words.iter().all(|w| w.len() <= MAX_LENGTH && w.is_ascii()));
        let map = namer.finish();
        assert_eq!(map.len(), 3);
        assert_eq!(map.get(&words[0]).map(|n| n.name.as_str()), Some(long.as_str()));
    }

    proptest! {
        #[test]
        fn escape_is_reversible_and_legal(name in any::<String>()) {
            let word = escape(&name);
            prop_assert_eq!(unescape(&word), Some(name));
            prop_assert!(word.bytes().all(|b| is_plain(b) || b"(),".contains(&b)));
        }

        #[test]
        fn unescape_inverts_or_refuses(word in "[a-z_x0-9A-F(),.é ]{0,12}") {
            if let Some(name) = unescape(&word) {
                prop_assert_eq!(unescape(&escape(&name)), Some(name));
            }
        }
    }
}
