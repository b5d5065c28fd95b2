//! Puts findings into the order in which an engineer reads them, once each, and keeps floods short.

use super::{Diagnostic, Id, Severity};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

/// How many findings of one id are shown unless all are asked for.
pub const USUAL_CAP: usize = 20;

/// Findings in reading order, with what was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    /// In order of file, position and id; those without a place come last.
    pub shown: Vec<Diagnostic>,
    /// For each id that was cut short: how many more there are.
    pub hidden: Vec<(Id, usize)>,
    /// Different findings, hidden ones included.
    pub counts: Counts,
}

/// How many findings of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Informations.
    pub infos: usize,
}

impl Counts {
    /// `2 errors and 1 warning`; `None` if there is nothing to count.
    pub fn summary(&self) -> Option<String> {
        let parts: Vec<String> = [(self.errors, "error"), (self.warnings, "warning"), (self.infos, "remark")]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{n} {what}{}", if n == 1 { "" } else { "s" }))
            .collect();
        match parts.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
        }
    }
}

/// Counts findings as they are.
pub fn count(diagnostics: &[Diagnostic]) -> Counts {
    let mut counts = Counts::default();
    for diagnostic in diagnostics {
        match diagnostic.severity {
            Severity::Error => counts.errors += 1,
            Severity::Warning => counts.warnings += 1,
            Severity::Info => counts.infos += 1,
        }
    }
    counts
}

/// Sorts by file, position and id, drops repetitions (same id, place and message), and keeps at
/// most `cap` findings of each id (`None` for all).
pub fn collect(diagnostics: impl IntoIterator<Item = Diagnostic>, cap: Option<usize>) -> Collected {
    let mut seen = HashSet::new();
    let mut list: Vec<Diagnostic> =
        diagnostics.into_iter().filter(|d| seen.insert((d.id, d.span(), d.message.clone()))).collect();
    list.sort_by(reading_order);
    let counts = count(&list);
    let Some(cap) = cap else {
        return Collected { shown: list, hidden: Vec::new(), counts };
    };
    let mut met: BTreeMap<Id, usize> = BTreeMap::new();
    list.retain(|d| {
        let n = met.entry(d.id).or_default();
        *n += 1;
        *n <= cap
    });
    let hidden = met.into_iter().filter(|(_, n)| *n > cap).map(|(id, n)| (id, n - cap)).collect();
    Collected { shown: list, hidden, counts }
}

fn reading_order(a: &Diagnostic, b: &Diagnostic) -> Ordering {
    match (a.span(), b.span()) {
        (Some(a), Some(b)) => (a.file, a.start).cmp(&(b.file, b.start)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
    .then_with(|| a.id.cmp(&b.id))
    .then_with(|| a.message.cmp(&b.message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{ids_names, ids_units};
    use crate::source::{FileId, Span};

    fn at(id: Id, file: u32, start: usize) -> Diagnostic {
        Diagnostic::new(id, Span::new(FileId(file), start, start + 1), format!("at {start}"), "here")
    }

    #[test]
    fn findings_are_read_by_file_and_position_whatever_the_order_they_came_in() {
        let list = vec![
            Diagnostic::unlocated(ids_names::UNKNOWN_CASE, "no place"),
            at(ids_units::MISSING_UNIT, 1, 0),
            at(ids_units::MISSING_UNIT, 0, 9),
            at(ids_names::UNKNOWN_NAME, 0, 9),
            at(ids_names::UNKNOWN_NAME, 0, 2),
        ];
        let forward = collect(list.clone(), None).shown;
        let places: Vec<_> = forward.iter().map(|d| (d.id.code, d.span().map(|s| (s.file.0, s.start)))).collect();
        assert_eq!(
            places,
            [
                ("E0201", Some((0, 2))),
                ("E0201", Some((0, 9))),
                ("E0302", Some((0, 9))),
                ("E0302", Some((1, 0))),
                ("E0218", None)
            ]
        );
        assert_eq!(collect(list.into_iter().rev(), None).shown, forward);
    }

    #[test]
    fn a_finding_made_twice_is_shown_once() {
        let collected = collect(vec![at(ids_names::UNKNOWN_NAME, 0, 2), at(ids_names::UNKNOWN_NAME, 0, 2)], None);
        assert_eq!(collected.shown.len(), 1);
        assert_eq!(collected.counts.errors, 1);
    }

    #[test]
    fn a_flood_of_one_id_is_cut_and_counted_and_does_not_hide_the_others() {
        let mut list: Vec<_> = (0..40).map(|i| at(ids_names::UNKNOWN_NAME, 0, i)).collect();
        list.push(at(ids_names::UNUSED_NAME, 0, 99));
        let collected = collect(list, Some(3));
        assert_eq!(collected.shown.len(), 4);
        assert_eq!(collected.hidden, [(ids_names::UNKNOWN_NAME, 37)]);
        assert_eq!(collected.counts.summary().as_deref(), Some("40 errors and 1 warning"));
    }
}
