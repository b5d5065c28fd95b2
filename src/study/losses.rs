//! Losses of a checked plan: those of lines by AC power flow, and those of devices, which the power flow does not
//! know, as planned.

use super::{AcState, StudyResult, form_value};
use crate::program::Program;

/// What devices other than lines lose in a period, W: all that they add to the total with the role `losses`.
pub(crate) fn of_devices(program: &Program, x: &[f64], period: usize) -> f64 {
    let sums = program.sums.iter().filter(|s| s.role.as_deref() == Some("losses"));
    let now = sums.filter(|s| s.period.is_none_or(|t| t == period));
    let others = now.flat_map(|s| &s.contributions).filter(|c| !c.from_branch);
    others.map(|c| form_value(program, &c.form, x)).sum()
}

/// What lines and devices lose in a period, W, where its state is known.
pub(crate) fn of_all(program: &Program, result: &StudyResult, period: usize, state: &AcState) -> f64 {
    state.losses + result.values.as_ref().map_or(0.0, |x| of_devices(program, x, period))
}

/// What devices lose in all periods together, W.
pub(crate) fn of_devices_always(program: &Program, x: &[f64]) -> f64 {
    (0..program.periods.max(1)).map(|t| of_devices(program, x, t)).sum()
}
