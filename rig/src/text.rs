//! The same study in other words.

use crate::random::Random;
use std::collections::BTreeMap;

/// The text of a study; `use` statements first, as one reads them.
pub fn text(statements: &[String]) -> String {
    statements.iter().map(|s| format!("{s}\n")).collect()
}

/// The statements in another order.
pub fn permuted(statements: &[String], random: &mut Random) -> Vec<String> {
    let mut statements = statements.to_vec();
    random.shuffle(&mut statements);
    statements
}

/// Units that may stand for each other: name, other name, factor from the first to the other.
const UNITS: [(&str, &str, f64); 6] = [
    ("kW", "MW", 1e-3),
    ("kvar", "var", 1e3),
    ("ohm", "mohm", 1e3),
    ("kWh", "MWh", 1e-3),
    ("kV", "V", 1e3),
    ("kVA", "MVA", 1e-3),
];

/// The statements with quantities in other units.
pub fn in_other_units(statements: &[String]) -> Vec<String> {
    quantities(statements, |number, unit| {
        let (_, other, factor) = UNITS.iter().find(|u| u.0 == unit)?;
        Some((number * factor, other))
    })
}

/// The statements with powers, impedances and energies moved by up to 1e-9 of their value. What is the same stays the
/// same: a unit that gave its least power gives it still.
pub fn moved(statements: &[String], random: &mut Random) -> Vec<String> {
    let mut factors: BTreeMap<(u64, &str), f64> = BTreeMap::new();
    quantities(statements, |number, unit| {
        let (name, ..) = UNITS.iter().find(|u| u.0 == unit && unit != "kV")?;
        let factor =
            factors.entry((number.to_bits(), name)).or_insert_with(|| 1.0 + 1e-9 * (2.0 * random.unit() - 1.0));
        Some((number * *factor, name))
    })
}

/// Replaces `number unit` where the function has something for it.
fn quantities<'u>(statements: &[String], mut by: impl FnMut(f64, &str) -> Option<(f64, &'u str)>) -> Vec<String> {
    let mut one = |text: &String| {
        let mut out = String::new();
        let mut rest = text.as_str();
        let mut before = ' ';
        while let Some(c) = rest.chars().next() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let fresh = c.is_ascii_digit() && !before.is_alphanumeric() && before != '.' && before != '_';
            if !fresh || digits == 0 {
                out.push(c);
                before = c;
                rest = &rest[c.len_utf8()..];
                continue;
            }
            let (number, after) = rest.split_at(digits);
            let unit = after.strip_prefix(' ').unwrap_or_default();
            let unit = &unit[..unit.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit.len())];
            match number.parse().ok().and_then(|n| by(n, unit)) {
                Some((n, other)) => {
                    out.push_str(&format!("{n} {other}"));
                    rest = &after[1 + unit.len()..];
                }
                None => {
                    out.push_str(number);
                    rest = after;
                }
            }
            before = ' ';
        }
        out
    };
    statements.iter().map(&mut one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_change_where_they_stand() {
        let statements =
            ["load 2 at bus 2 { p = -1850.5 kW; q = 3 kvar }; ramp = 100 kW/h; price = 5 EUR/MWh; 2 h".into()];
        let expected = "load 2 at bus 2 { p = -1.8505 MW; q = 3000 var }; ramp = 0.1 MW/h; price = 5 EUR/MWh; 2 h";
        assert_eq!(in_other_units(&statements), [expected]);
    }

    #[test]
    fn moved_data_stays_near() {
        let statements = ["bus 1 { nominal = 11 kV }; load 2 { p = 100 kW }".to_string()];
        let moved = moved(&statements, &mut Random::of(1, 1));
        assert!(moved[0].starts_with("bus 1 { nominal = 11 kV }; load 2 { p = "));
        assert_ne!(moved, statements);
    }
}
