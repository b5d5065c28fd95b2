//! The state of a robust search as a file: versioned, and bound to the model it belongs to.

use super::ccg::State;
use super::fingerprint::fingerprint;
use crate::program::Program;
use serde::{Deserialize, Serialize};

/// Version of the form. It rises when an older reader could not use the file.
pub const VERSION: u32 = 1;

/// A search that can go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Version of the form.
    pub tieline_robust_state: u32,
    /// Fingerprint of the program that is solved.
    pub model: String,
    /// Name of the study.
    pub study: String,
    /// Names of the factors, in the order of the realisations.
    pub factors: Vec<String>,
    /// Where the search stands.
    pub state: State,
}

impl Saved {
    /// The state of a program's study.
    pub fn of(program: &Program, study: &str, state: &State) -> Saved {
        Saved {
            tieline_robust_state: VERSION,
            model: fingerprint(program),
            study: study.into(),
            factors: program.factors.iter().map(|f| f.name.to_string()).collect(),
            state: state.clone(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(text: &str) -> Result<Saved, String> {
        let version = serde_json::from_str::<serde_json::Value>(text).map_err(|e| format!("it is no JSON: {e}"))?;
        match version.get("tieline_robust_state").and_then(serde_json::Value::as_u64) {
            Some(v) if v == u64::from(VERSION) => {}
            Some(v) => return Err(format!("it has version {v}; this program reads version {VERSION}")),
            None => return Err("it holds no state of a search".into()),
        }
        serde_json::from_str(text).map_err(|e| format!("it is damaged: {e}"))
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).map_or_else(|_| String::new(), |t| t + "\n")
    }

    /// Does it belong to this program, and is it whole?
    ///
    /// # Errors
    /// Why not, in words.
    pub fn fits(&self, program: &Program) -> Result<(), String> {
        if self.model != fingerprint(program) {
            return Err("the study has been changed since: its rules, data or budgets are others".into());
        }
        let (n, m) = (program.variables.len(), program.factors.len());
        let points = self.state.realisations.iter().chain(&self.state.worst);
        let points = points.chain(self.state.iterations.iter().map(|i| &i.factors));
        let plans = [&self.state.values, &self.state.last];
        let finite = |list: &Vec<f64>| list.iter().all(|x| x.is_finite());
        let whole = points.clone().all(|z| z.len() == m && finite(z))
            && plans.into_iter().flatten().all(|x| x.len() == n && finite(x))
            && self.state.share.is_finite()
            && self.state.share > 0.0;
        if whole { Ok(()) } else { Err("its numbers do not fit the study".into()) }
    }
}
