//! Numbers with units on the command line.

/// A relative gap: `0.1%`, `0.1 %` or `0.001`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn gap(text: &str) -> Result<f64, String> {
    let trimmed = text.trim();
    let (digits, factor) = match trimmed.strip_suffix('%') {
        Some(rest) => (rest.trim_end(), 0.01),
        None => (trimmed, 1.0),
    };
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() && value < 0.0 => Err("a gap is not negative".into()),
        Ok(value) if value.is_finite() && value * factor <= 1.0 => Ok(value * factor),
        Ok(value) if value.is_finite() && factor == 1.0 => {
            Err(format!("that is {} %: write the per cent sign if {value} % is meant", value * 100.0))
        }
        Ok(_) => Err("a gap is at most 100 %".into()),
        Err(_) => Err("write a share, such as 0.1% or 0.001".into()),
    }
}

/// A duration in seconds: `60s`, `1.5min`, `2 h`, `500ms`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn duration(text: &str) -> Result<f64, String> {
    const UNITS: [(&str, f64); 4] = [("ms", 1e-3), ("min", 60.0), ("s", 1.0), ("h", 3600.0)];
    let trimmed = text.trim();
    let Some((digits, factor)) =
        UNITS.iter().find_map(|(unit, factor)| trimmed.strip_suffix(unit).map(|d| (d.trim_end(), *factor)))
    else {
        return Err(match trimmed.parse::<f64>() {
            Ok(_) => format!("the unit is missing: write {trimmed}s for seconds, {trimmed}min for minutes"),
            Err(_) => "write a number with ms, s, min or h, such as 60s".into(),
        });
    };
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value * factor),
        Ok(_) => Err("a time limit is more than zero".into()),
        Err(_) => Err("write a number with ms, s, min or h, such as 60s".into()),
    }
}

/// A voltage in kV: `11`, `11kV` or `11 kV`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn kilovolts(text: &str) -> Result<f64, String> {
    let digits = text.trim().trim_end_matches("kV").trim_end();
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("write a number of kV above zero, such as 11".into()),
    }
}

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
    fn gaps_are_shares() {
        let near = |text: &str, value: f64| assert!((gap(text).expect(text) - value).abs() < 1e-15, "{text}");
        near("0.1%", 0.001);
        near(" 0.1 % ", 0.001);
        near("0.001", 0.001);
        near("1e-4", 0.0001);
        near("0", 0.0);
        near("100%", 1.0);
        assert!(gap("5").is_err_and(|e| e.contains("500 %")));
        for wrong in ["", "%", "x", "-1%", "nan", "inf", "101%", "0,1%"] {
            assert!(gap(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_have_units() {
        for (text, seconds) in [("60s", 60.0), ("1.5min", 90.0), ("2 h", 7200.0), ("500ms", 0.5)] {
            assert_eq!(duration(text), Ok(seconds));
        }
        assert!(duration("60").is_err_and(|e| e.contains("60s")));
        for wrong in ["", "s", "0s", "-1s", "nans", "infs", "1d", "1 m"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn settings_have_a_name_and_a_value() {
        assert_eq!(setting("a.b=1 MW"), Ok("a.b = 1 MW".into()));
        assert_eq!(setting(" a =b=c"), Ok("a = b=c".into()));
        for wrong in ["", "a", "=b", "a=", " = "] {
            assert!(setting(wrong).is_err(), "{wrong}");
        }
    }
}
