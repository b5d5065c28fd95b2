//! What a kind of study gives to the rig: its text, and what is right of it.

use crate::random::Random;
use serde_json::Value;

/// What a reference knows of a study. Values are those of a minimisation (a maximised objective has the
/// opposite sign), in kW, kWh, EUR or plain numbers.
///
/// Limits are kept to a tolerance, so a reference answers twice: with limits a little wider and a little
/// narrower than they are stated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The optimum with limits a little wider: nothing may be better. None: no solution even so.
    pub least: Option<f64>,
    /// The optimum with limits a little narrower: it must be found. None: no solution then.
    pub most: Option<f64>,
    /// Differences below this count as rounding, in the unit of the objective.
    pub floor: f64,
    /// Whether the study has no least value at all.
    pub unbounded: bool,
}

impl Answer {
    /// A value that is known exactly.
    pub fn exactly(value: f64, floor: f64) -> Answer {
        Answer { least: Some(value), most: Some(value), floor, unbounded: false }
    }

    /// No solution.
    pub fn infeasible() -> Answer {
        Answer { least: None, most: None, floor: 0.0, unbounded: false }
    }

    /// The two optima.
    pub fn between(least: Option<f64>, most: Option<f64>, floor: f64) -> Answer {
        Answer { least, most, floor, unbounded: false }
    }
}

/// One study.
pub trait Model: Send {
    /// Its statements; any order must mean the same.
    fn statements(&self) -> Vec<String>;

    /// What is right of it.
    fn answer(&self) -> Answer;

    /// What is known of the state that a returned plan leads to.
    ///
    /// # Errors
    /// Why the plan is none, or has not the value that is claimed.
    fn judge(&self, _document: &Value, _value: f64) -> Result<(), String> {
        Ok(())
    }

    /// Whether a plan may be called `failed`: where the formulation is known to promise what the power
    /// flow does not keep.
    fn may_fail(&self) -> bool {
        false
    }

    /// Whether its numbers may span more than engines can resolve.
    fn wide(&self) -> bool {
        false
    }

    /// Whether the objective is maximised.
    fn maximised(&self) -> bool {
        false
    }

    /// The study to solve, of those declared.
    fn study(&self) -> Option<&str> {
        None
    }

    /// Studies of other text that have the same answer.
    fn same(&self, _random: &mut Random) -> Vec<(&'static str, Vec<String>)> {
        Vec::new()
    }

    /// Smaller studies of the kind, to shrink a failure.
    fn smaller(&self) -> Vec<Box<dyn Model>> {
        Vec::new()
    }
}
