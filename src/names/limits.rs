//! How large a study may be. Beyond these sizes no study has been seen that anything could be done with, and
//! most are a mistyped number, which should end in a finding and not in a machine without memory.

use crate::diagnostics::{Diagnostic, ids_names};
use crate::source::Span;

/// Periods: two years of quarter hours, or a year of every three minutes.
pub const PERIODS: usize = 200_000;
/// Elements that a range in a set or an expression runs over.
pub const RANGE: usize = 1_000_000;
/// Cases, values of sweeps included.
pub const CASES: usize = 10_000;
/// Decisions, and as many rules: more than a year of quarter hours of 33 buses.
pub const ROWS: usize = 25_000_000;

/// The finding that `owner` has more of `what` than there may be: so many, where they have been counted.
pub fn too_large(span: Span, owner: &str, have: Option<f64>, what: &str, most: usize) -> Diagnostic {
    let text = match have {
        Some(have) => format!("{owner} has {have:.0} {what}, and at most {most} are possible"),
        None => format!("{owner} has more than {most} {what}"),
    };
    Diagnostic::new(ids_names::TOO_LARGE, span, text, "too many")
}
