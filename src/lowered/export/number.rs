//! Numbers as text: the shortest decimal that reads back to the same value.

/// Shortest round-trip text of a finite number; `-0` is `0`; exponents only where plain digits
/// would be long. Infinities are `inf` and `-inf`.
pub(super) fn number(x: f64) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    let size = x.abs();
    if size.is_finite() && !(1e-5..1e15).contains(&size) { format!("{x:e}") } else { format!("{x}") }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn is_short_and_exact() {
        assert_eq!(number(-0.0), "0");
        assert_eq!(number(0.1), "0.1");
        assert_eq!(number(-2.5), "-2.5");
        assert_eq!(number(1e-9), "1e-9");
        assert_eq!(number(1e300), "1e300");
        assert_eq!(number(f64::NEG_INFINITY), "-inf");
        for x in [1.0 / 3.0, f64::MIN_POSITIVE, f64::MAX, 123456.789, 5e-324] {
            assert_eq!(number(x).parse::<f64>(), Ok(x));
        }
    }
}
