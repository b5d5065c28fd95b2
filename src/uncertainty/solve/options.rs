//! What a study of any method is asked for.

use crate::study::StudyOptions;
use crate::uncertainty::{Plan, Saved};
use std::sync::Arc;

/// Receives the states of a search.
pub type Keeper = Arc<dyn Fn(&Saved) + Send + Sync>;

/// What a study is asked for, and what is there before it.
#[derive(Clone, Default)]
pub struct SolveOptions {
    /// Engines and progress.
    pub study: StudyOptions,
    /// What is decided already.
    pub plan: Option<Arc<Plan>>,
    /// A search of worst cases goes on from here.
    pub resume: Option<Saved>,
    /// Receives where a search of worst cases stands, after every iteration.
    pub keep: Option<Keeper>,
}

impl From<StudyOptions> for SolveOptions {
    /// Nothing is there before the study.
    fn from(study: StudyOptions) -> Self {
        SolveOptions { study, ..SolveOptions::default() }
    }
}
