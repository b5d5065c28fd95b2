//! The header that every file carries: sizes, and how to get back to the user's objective.

use super::number::number;
use crate::lowered::Lowered;

/// Header lines without the format's comment mark.
pub(super) fn lines(problem: &Lowered) -> Vec<String> {
    let integers = problem.columns.iter().filter(|c| c.integer).count();
    let direction = if problem.objective_scale < 0.0 { "maximised" } else { "minimised" };
    vec![
        "Written by tieline: the scaled problem, always a minimisation.".to_owned(),
        format!(
            "{} columns ({integers} integer), {} rows, {} cones.",
            problem.columns.len(),
            problem.rows.len(),
            problem.cones.len()
        ),
        format!("User's objective ({direction}, coherent units) = objective_scale * value of this file."),
        format!("objective_scale {}", number(problem.objective_scale)),
        format!("offset {} (contained in the value of this file)", number(problem.offset)),
        "Value of a column in coherent units = its scale * its value here; scales are in the name map.".to_owned(),
    ]
}

/// A name or rule as comment text: one line, no control characters.
pub(super) fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
