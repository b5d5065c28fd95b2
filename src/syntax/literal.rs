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

/// The value of a number as written; none where it exceeds the range of `f64`.
pub fn number(digits: &str) -> Option<f64> {
    digits.parse::<f64>().ok().filter(|v| v.is_finite())
}
