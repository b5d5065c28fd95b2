//! The finding of a stage that had to stop before there was a plan.

use super::{Diagnostic, ids_solution};

/// Says where the work was: `doing` as in "while rules were written out".
pub fn unfinished(interrupted: bool, doing: &str) -> Diagnostic {
    let ended = if interrupted { "it was interrupted" } else { "the time ended" };
    let text = format!("no solution: {ended} while {doing}");
    Diagnostic::unlocated(ids_solution::LIMIT_WITHOUT_SOLUTION, text)
        .help("allow more time with `--time-limit`, or make the study smaller: fewer periods or scenarios")
}
