//! The network as it is given.

use crate::lowered::ColumnId;
use crate::program::{Network, Program};
use crate::solution::{Candidate, Primal};

/// Proposes the network's switches as they are given, in every period: a start where there is no better.
pub(super) struct AsGiven {
    candidate: Candidate,
}

impl AsGiven {
    /// Where the study decides about switches.
    pub(super) fn new(program: &Program) -> Option<Self> {
        let network = program.network.as_ref()?;
        let mut values: Vec<(ColumnId, f64)> = Vec::new();
        for state in &network.periods {
            for (closed, branch) in state.closed.iter().zip(&network.branches) {
                if let Some(variable) = Network::single_variable(closed) {
                    values.push((ColumnId(variable.0), if branch.normally_open { 0.0 } else { 1.0 }));
                }
            }
        }
        (!values.is_empty()).then_some(AsGiven { candidate: Candidate { values } })
    }
}

impl Primal for AsGiven {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        vec![self.candidate.clone()]
    }
}
