//! What is known of a study after its solve.

use super::{AcState, Loosest, Repair};
use crate::diagnostics::Diagnostic;
use crate::solution::{BoundOrigin, Outcome, Termination};

/// How a study ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Gap closed and all checks passed.
    Optimal,
    /// A checked solution whose gap is open.
    Feasible,
    /// Proven to have none.
    Infeasible,
    /// Proven unbounded.
    Unbounded,
    /// A limit without a solution.
    Limit,
    /// The solver or the check failed.
    Failed,
}

impl Status {
    /// How an engine's run ended, before its plan is checked.
    pub(crate) fn of(termination: Termination, found: bool) -> Status {
        match termination {
            Termination::Optimal if found => Status::Optimal,
            Termination::Infeasible => Status::Infeasible,
            Termination::Unbounded => Status::Unbounded,
            Termination::Limit | Termination::Interrupted if found => Status::Feasible,
            Termination::Limit | Termination::Interrupted => Status::Limit,
            Termination::Optimal | Termination::Failed => Status::Failed,
        }
    }
}

/// A solved study.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyResult {
    /// How it ended.
    pub status: Status,
    /// The goal that `objective`, `bound` and `gap` belong to: the last one, or the one at which the
    /// search ended.
    pub goal: usize,
    /// Value of the returned plan (by the AC power flow, where a conic formulation relaxes it), in
    /// coherent units, in the user's direction.
    pub objective: Option<f64>,
    /// Proven bound likewise.
    pub bound: Option<f64>,
    /// What duals prove of the bound.
    pub certified: Option<f64>,
    /// Relative gap between value and bound; infinite where there is none.
    pub gap: f64,
    /// Values of the program's variables, coherent units.
    pub values: Option<Vec<f64>>,
    /// AC power flow of each period, or why there is none.
    pub ac: Vec<Result<AcState, String>>,
    /// AC power flow of the network as given, where it is radial.
    pub base: Vec<Option<AcState>>,
    /// Largest relative violation of a rule, and its name.
    pub violation: (f64, String),
    /// Largest relative gap of a flow cone in the point that the engine returned, or in the state that
    /// it was repaired to.
    pub cone_gap: f64,
    /// Where that is.
    pub loosest: Option<Loosest>,
    /// What was done where the engine's plan was no state of the network.
    pub repair: Option<Repair>,
    /// Did all checks pass?
    pub passed: bool,
    /// The last engine's outcome.
    pub outcome: Option<Outcome>,
    /// Findings of the lowering and about the result.
    pub diagnostics: Vec<Diagnostic>,
}

/// Bounds that differ by no more than this share are the same.
const SAME: f64 = 1e-12;

impl StudyResult {
    /// What stands behind the bound, or behind the proof that there is no solution; none where there is neither.
    pub fn origin(&self) -> Option<BoundOrigin> {
        match (self.bound, self.certified) {
            (Some(bound), Some(certified)) if (bound - certified).abs() <= SAME * bound.abs() => {
                Some(BoundOrigin::Certified)
            }
            (Some(_), _) => Some(BoundOrigin::Search),
            (None, _) if self.status == Status::Infeasible => match &self.repair {
                Some(repair) if !repair.refuted => Some(BoundOrigin::Search),
                Some(_) => Some(BoundOrigin::Certified),
                None => self.outcome.as_ref().map(Outcome::origin),
            },
            (None, _) => None,
        }
    }
}

impl Default for StudyResult {
    /// Nothing is known.
    fn default() -> Self {
        StudyResult {
            status: Status::Failed,
            goal: 0,
            objective: None,
            bound: None,
            certified: None,
            gap: f64::INFINITY,
            values: None,
            ac: Vec::new(),
            base: Vec::new(),
            violation: (0.0, String::new()),
            cone_gap: 0.0,
            loosest: None,
            repair: None,
            passed: false,
            outcome: None,
            diagnostics: Vec::new(),
        }
    }
}
