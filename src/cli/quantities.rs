//! Values on the command line that are more than a name.

/// `path=value`, checked for having both sides.
///
/// # Errors
/// What is wrong with it.
pub(super) fn setting(text: &str) -> Result<String, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
            Ok(format!("{} = {}", name.trim(), value.trim()))
        }
        _ => Err("write name=value, such as storage.ESS6.power=1MW".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_a_name_and_a_value() {
        assert_eq!(setting("a.b=1 MW"), Ok("a.b = 1 MW".into()));
        assert_eq!(setting(" a =b=c"), Ok("a = b=c".into()));
        for wrong in ["", "a", "=b", "a=", " = "] {
            assert!(setting(wrong).is_err(), "{wrong}");
        }
    }
}
