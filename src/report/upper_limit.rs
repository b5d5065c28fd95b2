//! The upper limit of voltage that binds, told where one does.

use crate::study::AcState;

/// Voltages this close to their upper limit are told, pu.
const NEAR: f64 = 2e-3;

/// Bus, voltage and limit, pu.
type Nearest = (String, f64, f64);

/// The voltage nearest to its limit in a state, where it is near or beyond.
pub(super) fn nearest(state: &AcState) -> Option<String> {
    told(state.nearest.as_ref()?, "")
}

/// The same over a horizon, with the period.
pub(super) fn nearest_of_all(states: &[Result<AcState, String>]) -> Option<String> {
    let nearest = states.iter().enumerate().filter_map(|(t, s)| Some((t, s.as_ref().ok()?.nearest.as_ref()?)));
    let (t, nearest) = nearest.min_by(|a, b| (a.1.2 - a.1.1).total_cmp(&(b.1.2 - b.1.1)))?;
    told(nearest, &format!(" in period {}", t + 1))
}

fn told((bus, voltage, limit): &Nearest, when: &str) -> Option<String> {
    (*voltage > limit - NEAR).then(|| format!("maximum voltage   {voltage:.4} pu at bus {bus}{when}, limit {limit} pu"))
}
