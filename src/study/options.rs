//! What a deterministic study is asked for.

use super::StudyListener;
use crate::solution::{Engine, Options};

/// What a study is asked for.
#[derive(Clone, Default)]
pub struct StudyOptions {
    /// Options of the engines. Their own progress is in scaled numbers; `progress` below is not.
    pub solver: Options,
    /// The engine.
    pub engine: Engine,
    /// Receives the progress in the study's terms.
    pub progress: Option<StudyListener>,
}
