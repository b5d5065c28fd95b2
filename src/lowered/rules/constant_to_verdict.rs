//! `constant_to_verdict`
//!
//! Mathematics: a constraint without any decision is true or false.
//! Source: a rule whose decisions have all cancelled or were fixed by parameters.
//! Creates: nothing when it holds; a diagnostic with the numbers when it does not.
//! Bounds: none.
//! Exact: rounding is forgiven up to 1e-9 of one display unit.

use crate::lowered::draft::{Draft, Rule};
use crate::lowered::refuse;

/// `value <= 0`, or `value = 0`.
pub(in crate::lowered) fn constant_to_verdict(draft: &Draft, value: f64, equation: bool) -> Rule<()> {
    let tolerance = 1e-9 * refuse::unit(draft).factor.abs().max(1.0);
    if value <= tolerance && (!equation || value >= -tolerance) {
        return Ok(());
    }
    Err(refuse::never_holds(draft, value, equation))
}
