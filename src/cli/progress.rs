//! A line on the terminal that follows a search: bound, incumbent, gap, nodes and time.

use crate::solution::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::time::Duration;

/// From a scaled objective (minimised) to the number that the engineer reads.
pub type Scale = Arc<dyn Fn(f64) -> f64 + Send + Sync>;

/// What engines call.
pub type Callback = Arc<dyn Fn(&Progress) + Send + Sync>;

/// The line. It is drawn on standard error if that is a terminal, and removed at the end; elsewhere
/// nothing is ever written.
#[derive(Debug)]
pub struct Display {
    bar: ProgressBar,
}

impl Display {
    /// A line that starts with `title`.
    pub fn new(title: &str) -> Self {
        // Hides itself where standard error is no terminal.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(title.to_string());
        bar.enable_steady_tick(Duration::from_millis(100));
        Display { bar }
    }

    /// What an engine is to call. `scale` turns its objectives into the engineer's `unit`.
    pub fn callback(&self, scale: Scale, unit: &str) -> Callback {
        let (bar, unit) = (self.bar.clone(), unit.to_string());
        Arc::new(move |progress| bar.set_message(line(progress, scale.as_ref(), &unit)))
    }

    /// Removes the line.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// `bound 138.9 kW  best 139.6 kW  gap 0.47 %  12 nodes  0.4 s`
fn line(progress: &Progress, scale: &(dyn Fn(f64) -> f64 + Send + Sync), unit: &str) -> String {
    let quantity = |value: f64| format!("{} {unit}", number(scale(value))).trim_end().to_string();
    let bound = if progress.bound.is_finite() { quantity(progress.bound) } else { "none".into() };
    let (best, gap) = match progress.incumbent {
        Some(incumbent) if progress.bound.is_finite() => {
            let gap = (incumbent - progress.bound).max(0.0) / incumbent.abs().max(1e-10);
            (quantity(incumbent), format!("{} %", number(100.0 * gap)))
        }
        Some(incumbent) => (quantity(incumbent), "open".into()),
        None => ("none yet".into(), "open".into()),
    };
    let nodes = progress.nodes;
    let nodes = if nodes == 1 { "1 node".to_string() } else { format!("{nodes} nodes") };
    format!("bound {bound}  best {best}  gap {gap}  {nodes}  {:.1} s", progress.seconds)
}

/// Five significant digits, without an exponent where that is readable.
fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".into()
    } else if !value.is_finite() {
        "none".into()
    } else if !(1e-4..1e9).contains(&size) {
        format!("{value:.3e}")
    } else {
        let decimals = (4 - size.log10().floor() as i32).clamp(0, 8) as usize;
        format!("{value:.decimals$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(bound: f64, incumbent: Option<f64>) -> Progress {
        Progress { bound, incumbent, nodes: 12, seconds: 0.44 }
    }

    #[test]
    fn the_line_is_in_the_unit_of_the_engineer() {
        let kilowatts = |scaled: f64| scaled * 1000.0;
        assert_eq!(
            line(&at(0.1389, Some(0.1396)), &kilowatts, "kW"),
            "bound 138.90 kW  best 139.60 kW  gap 0.50143 %  12 nodes  0.4 s"
        );
    }

    #[test]
    fn what_is_not_known_yet_is_said_so() {
        let same = |scaled: f64| scaled;
        assert_eq!(
            line(&at(f64::NEG_INFINITY, None), &same, ""),
            "bound none  best none yet  gap open  12 nodes  0.4 s"
        );
        assert_eq!(
            line(&at(f64::NEG_INFINITY, Some(2.0)), &same, "EUR"),
            "bound none  best 2.0000 EUR  gap open  12 nodes  0.4 s"
        );
        assert_eq!(line(&at(0.0, Some(0.0)), &same, "EUR"), "bound 0 EUR  best 0 EUR  gap 0 %  12 nodes  0.4 s");
    }

    #[test]
    fn a_maximum_is_shown_with_its_own_sign() {
        let negated = |scaled: f64| -scaled;
        assert!(
            line(&at(-12.0, Some(-10.0)), &negated, "kW").starts_with("bound 12.000 kW  best 10.000 kW  gap 20.000 %")
        );
    }

    #[test]
    fn numbers_keep_five_digits() {
        for (value, text) in [
            (139.5513, "139.55"),
            (0.00123456, "0.0012346"),
            (1e12, "1.000e12"),
            (-42.0, "-42.000"),
            (123456.7, "123457"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
