//! What a checked result says of the network, period by period, as documents show it.

use super::expected;
use super::json::{period, periods, plain, switchings};
use crate::program::Program;
use crate::study::StudyResult;
use serde_json::{Value, json};

/// The network in every period of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkStates {
    /// With the plan; empty without a network.
    pub periods: Vec<Value>,
    /// As given; `null` where it cannot be set beside the plan.
    pub base: Vec<Value>,
    /// Changes of switches over the horizon, of several scenarios the expected number.
    pub switchings: f64,
    /// Hours of a period; none in a snapshot.
    pub hours: Option<f64>,
}

impl NetworkStates {
    /// Of a checked result.
    pub fn of(program: &Program, result: &StudyResult) -> Self {
        NetworkStates {
            periods: periods(program, result),
            base: result.base.iter().enumerate().map(|(t, s)| period(program, result, s.as_ref(), t)).collect(),
            switchings: switchings(program, result) as f64,
            hours: program.step.map(|s| s / 3600.0),
        }
    }

    /// What is to be expected of several, each with its probability.
    pub fn expected(all: &[(f64, &NetworkStates)]) -> Option<Self> {
        let first = all.first()?.1;
        let weight: f64 = all.iter().map(|(p, _)| p).sum();
        let each = |of: fn(&NetworkStates) -> &Vec<Value>| -> Vec<Value> {
            let lists: Vec<(f64, &[Value])> = all.iter().map(|(p, s)| (p / weight, of(s).as_slice())).collect();
            expected::periods(&lists)
        };
        Some(NetworkStates {
            periods: each(|s| &s.periods),
            base: each(|s| &s.base),
            switchings: all.iter().map(|(p, s)| p / weight * s.switchings).sum(),
            hours: first.hours,
        })
    }

    /// Energies over the horizon, and switching operations.
    pub fn totals(&self) -> Value {
        self.add_up(&self.periods, self.switchings)
    }

    /// The network as given: energies likewise.
    pub fn base(&self) -> Value {
        json!({ "periods": self.base, "totals": self.add_up(&self.base, 0.0) })
    }

    fn add_up(&self, list: &[Value], switchings: f64) -> Value {
        let total = |key: &str| {
            // Where a period has no state, or none was found, there is no total.
            let sum = list.iter().map(|p| p[key].as_f64()).sum::<Option<f64>>().filter(|_| !list.is_empty());
            sum.zip(self.hours).map_or(Value::Null, |(sum, h)| json!(plain(sum * h)))
        };
        // A count where it is one.
        let count = if switchings.fract() == 0.0 { json!(switchings as u64) } else { json!(switchings) };
        json!({ "losses_kwh": total("losses_kw"), "import_kwh": total("import_kw"), "shed_kwh": total("shed_kw"),
                "switchings": count })
    }
}
