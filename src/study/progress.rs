//! The progress of a study in the engineer's terms.

use crate::lowered::Lowered;
use crate::program::Objective;
use crate::solution::{Listener, Progress};
use std::sync::Arc;

/// Receives the progress of a study.
pub type StudyListener = Arc<dyn Fn(&StudyProgress) + Send + Sync>;

/// A moment of the search for one goal.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyProgress {
    /// The goal, and its number from 1 of how many.
    pub goal: (String, usize, usize),
    /// Unit of the values.
    pub unit: String,
    /// Proven bound in that unit and the goal's own direction; none before there is one.
    pub bound: Option<f64>,
    /// Value of the best solution so far, likewise.
    pub incumbent: Option<f64>,
    /// Relative gap between the two.
    pub gap: Option<f64>,
    /// Nodes or iterations done.
    pub nodes: u64,
    /// Seconds since the search for this goal began.
    pub seconds: f64,
    /// A step has just ended that is worth a line of its own: its name.
    pub step: Option<String>,
}

/// What an engine calls, for a listener that wants the study's numbers.
pub(super) fn translated(
    listener: &StudyListener,
    problem: &Lowered,
    goal: &Objective,
    place: (usize, usize),
) -> Listener {
    let listener = Arc::clone(listener);
    let name = (goal.name.clone(), place.0 + 1, place.1);
    let unit = goal.unit.label.to_string();
    let factor = problem.objective_scale / goal.unit.factor;
    Arc::new(move |progress: &Progress| {
        let bound = progress.bound.is_finite().then_some(progress.bound);
        let gap = |(best, bound): (f64, f64)| (best - bound).max(0.0) / best.abs().max(1e-10);
        listener(&StudyProgress {
            goal: name.clone(),
            unit: unit.clone(),
            bound: bound.map(|b| b * factor),
            incumbent: progress.incumbent.map(|b| b * factor),
            gap: progress.incumbent.zip(bound).map(gap),
            nodes: progress.nodes,
            seconds: progress.seconds,
            step: None,
        });
    })
}

/// A moment of a search over realisations, whose costs (less is better) are in coherent units.
pub(crate) fn of_costs(goal: &Objective, progress: &Progress, step: Option<String>) -> StudyProgress {
    let factor = if goal.maximize { -1.0 } else { 1.0 } / goal.unit.factor;
    let bound = progress.bound.is_finite().then_some(progress.bound);
    let gap = |(best, bound): (f64, f64)| (best - bound).max(0.0) / best.abs().max(1e-10);
    StudyProgress {
        goal: (goal.name.clone(), 1, 1),
        unit: goal.unit.label.to_string(),
        bound: bound.map(|b| b * factor),
        incumbent: progress.incumbent.map(|b| b * factor),
        gap: progress.incumbent.zip(bound).map(gap),
        nodes: progress.nodes,
        seconds: progress.seconds,
        step,
    }
}
