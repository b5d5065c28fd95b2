//! "Did you mean": the closest of the names that would have been right.

/// Share of characters in common from which a name counts as a misspelling.
const LIKENESS: f64 = 0.6;

/// The candidate that `name` most likely stands for, if any is close enough.
///
/// A candidate that differs only in upper and lower case wins over all others. Else the candidate
/// with the highest normalised Damerau-Levenshtein likeness is taken, provided that it reaches 0.6,
/// or, for short names, that the two differ by one edit. Among equals the first one wins, so the
/// answer is determined by the order of `candidates`. A candidate equal to `name` is skipped: it is
/// not the one meant where it stands.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted = name.to_lowercase();
    let length = wanted.chars().count();
    if length == 0 {
        return None;
    }
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        let lower = candidate.to_lowercase();
        if lower == wanted {
            return Some(candidate.to_string());
        }
        let other = lower.chars().count();
        let longest = length.max(other);
        // One edit in a name of one character is another name.
        let one_edit = (2..=4).contains(&longest) && length.abs_diff(other) <= 1;
        // The difference in length alone is already that many edits.
        if !one_edit && (length.abs_diff(other) as f64) > (1.0 - LIKENESS) * longest as f64 {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&wanted, &lower);
        let likeness = 1.0 - distance as f64 / longest as f64;
        let near = likeness >= LIKENESS || (one_edit && distance == 1);
        if near && best.is_none_or(|(score, _)| likeness > score) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_alone_wins_over_a_likeness() {
        assert_eq!(did_you_mean("kw", ["kV", "kW"]).as_deref(), Some("kW"));
    }

    #[test]
    fn swapped_letters_are_one_edit() {
        assert_eq!(did_you_mean("storaeg", ["shed", "storage", "source"]).as_deref(), Some("storage"));
        assert_eq!(did_you_mean("ubs", ["bus", "line"]).as_deref(), Some("bus"));
    }

    #[test]
    fn short_names_may_differ_by_one_edit() {
        assert_eq!(did_you_mean("p", ["q"]), None);
        assert_eq!(did_you_mean("pmx", ["pmax"]).as_deref(), Some("pmax"));
        assert_eq!(did_you_mean("kA", ["kV"]).as_deref(), Some("kV"));
    }

    #[test]
    fn strangers_are_not_suggested() {
        assert_eq!(did_you_mean("transformer", ["bus", "line", "storage"]), None);
        assert_eq!(did_you_mean("", ["bus"]), None);
        assert_eq!(did_you_mean("bus", ["bus"]), None);
    }

    #[test]
    fn the_closest_wins_and_the_first_among_equals() {
        assert_eq!(did_you_mean("efficency", ["frequency", "efficiency"]).as_deref(), Some("efficiency"));
        assert_eq!(did_you_mean("load1", ["load2", "load3"]).as_deref(), Some("load2"));
    }

    #[test]
    fn letters_outside_ascii_count_as_one() {
        assert_eq!(did_you_mean("Zurich", ["Zürich", "Genève"]).as_deref(), Some("Zürich"));
    }
}
