//! Numbers as an engineer reads them.

/// Six significant digits without trailing zeros; powers of ten only for very large or small numbers.
pub fn number(x: f64) -> String {
    if x == 0.0 {
        return "0".into();
    }
    if x.is_nan() {
        return "nan".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let text = format!("{x:.5e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..9).contains(&exponent) {
        let rounded: f64 = text.parse().unwrap_or(x);
        let digits = (5 - exponent).max(0) as usize;
        trimmed(&format!("{rounded:.digits$}")).to_owned()
    } else {
        format!("{}e{exponent}", trimmed(mantissa))
    }
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (0.1 + 0.2, "0.3"),
            (202.677_123_4, "202.677"),
            (1e6, "1000000"),
            (160_275_600.0, "160276000"),
            (1.5e12, "1.5e12"),
            (0.000_12, "0.00012"),
            (3.25e-7, "3.25e-7"),
            (999_999.96, "1000000"),
            (f64::INFINITY, "inf"),
        ];
        for (x, text) in cases {
            assert_eq!(number(x), text, "{x:e}");
        }
    }
}
