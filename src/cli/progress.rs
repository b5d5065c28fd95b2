//! A line on the terminal that follows a search: bound, incumbent, gap, nodes and time.

use crate::study::{StudyListener, StudyProgress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::time::Duration;

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

    /// What a study is to call; `title` names it where several share the line.
    pub fn listener(&self, title: Option<&str>) -> StudyListener {
        let (bar, title) = (self.bar.clone(), title.map_or(String::new(), |t| format!("{t}: ")));
        Arc::new(move |progress| match &progress.step {
            // A step that has ended stays on the terminal.
            Some(step) => bar.println(format!("  {title}{step}  {}", line(progress))),
            None => bar.set_message(format!("{title}{}", line(progress))),
        })
    }

    /// Removes the line.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// `losses  bound 138.9 kW  best 139.6 kW  gap 0.47 %  12 nodes  0.4 s`
fn line(progress: &StudyProgress) -> String {
    let quantity = |value: f64| format!("{} {}", number(value), progress.unit).trim_end().to_string();
    let bound = progress.bound.map_or("none".into(), quantity);
    let best = progress.incumbent.map_or("none yet".into(), quantity);
    let gap = progress.gap.map_or("open".into(), |g| format!("{} %", number(100.0 * g)));
    let nodes = progress.nodes;
    let nodes = if nodes == 1 { "1 node".to_string() } else { format!("{nodes} nodes") };
    let goal = match &progress.goal {
        (_, _, 1) => String::new(),
        (name, at, of) => format!("{name} ({at} of {of})  "),
    };
    format!("{goal}bound {bound}  best {best}  gap {gap}  {nodes}  {:.1} s", progress.seconds)
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

    fn at(bound: Option<f64>, incumbent: Option<f64>, gap: Option<f64>, unit: &str) -> StudyProgress {
        let goal = ("losses".to_string(), 1, 1);
        StudyProgress { goal, unit: unit.into(), bound, incumbent, gap, nodes: 12, seconds: 0.44, step: None }
    }

    #[test]
    fn the_line_is_in_the_unit_of_the_engineer() {
        assert_eq!(
            line(&at(Some(138.9), Some(139.6), Some(0.0050143), "kW")),
            "bound 138.90 kW  best 139.60 kW  gap 0.50143 %  12 nodes  0.4 s"
        );
    }

    #[test]
    fn what_is_not_known_yet_is_said_so() {
        assert_eq!(line(&at(None, None, None, "")), "bound none  best none yet  gap open  12 nodes  0.4 s");
        assert_eq!(line(&at(None, Some(2.0), None, "EUR")), "bound none  best 2.0000 EUR  gap open  12 nodes  0.4 s");
        assert_eq!(
            line(&at(Some(0.0), Some(0.0), Some(0.0), "EUR")),
            "bound 0 EUR  best 0 EUR  gap 0 %  12 nodes  0.4 s"
        );
    }

    #[test]
    fn one_of_several_goals_is_named() {
        let mut second = at(None, None, None, "");
        second.goal = ("cost".into(), 2, 3);
        assert!(line(&second).starts_with("cost (2 of 3)  bound none"));
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
