//! The upper limit of voltage that binds, told where one does.

use crate::study::AcState;

/// Voltages this close to their upper limit are told, pu.
const NEAR: f64 = 2e-3;

/// The voltage nearest to its limit in a state, where it is near or beyond.
pub(super) fn nearest(state: &AcState) -> Option<String> {
    let (bus, voltage, limit) = state.nearest.as_ref()?;
    (*voltage > limit - NEAR).then(|| format!("maximum voltage   {voltage:.4} pu at bus {bus}, limit {limit} pu"))
}

/// The same over a horizon, with the period.
pub(super) fn nearest_of_all(states: &[Result<AcState, String>]) -> Option<String> {
    let nearest = states.iter().enumerate().filter_map(|(t, s)| Some((t, s.as_ref().ok()?.nearest.as_ref()?)));
    let (t, (bus, voltage, limit)) = nearest.min_by(|a, b| (a.1.2 - a.1.1).total_cmp(&(b.1.2 - b.1.1)))?;
    (*voltage > limit - NEAR)
        .then(|| format!("maximum voltage   {voltage:.4} pu at bus {bus} in period {}, limit {limit} pu", t + 1))
}
