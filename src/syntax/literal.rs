//! The values of literals.

use smol_str::SmolStr;

/// The content of a quoted text, with `\"` and `\\` resolved; other backslashes stand for themselves.
pub fn text(quoted: &str) -> SmolStr {
    let inner = quoted.strip_prefix('"').unwrap_or(quoted);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if !inner.contains('\\') {
        return SmolStr::new(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('"' | '\\')) => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    SmolStr::new(out)
}

/// The digits of a number where its value would be shown with others: `05`, `1.50`, `1e3`, `12345678901234567890`.
pub fn own_digits(digits: &str) -> Option<SmolStr> {
    let bytes = digits.as_bytes();
    let padded = bytes.len() > 1 && bytes[0] == b'0' && bytes[1].is_ascii_digit();
    let fraction = bytes.contains(&b'.');
    let usual = |b: &u8| b.is_ascii_digit() || *b == b'.';
    let plain = bytes.len() <= 15 && !padded && bytes.iter().all(usual) && !(fraction && bytes.ends_with(b"0"));
    let own = !plain && digits.parse::<f64>().is_ok_and(|value| value.to_string() != digits);
    own.then(|| SmolStr::new(digits))
}

/// The value of a number as written; none where it exceeds the range of `f64`.
pub fn number(digits: &str) -> Option<f64> {
    digits.parse::<f64>().ok().filter(|v| v.is_finite())
}
