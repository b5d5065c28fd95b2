//! The plan of a problem before.

use crate::ids::Id;
use crate::lowered::ColumnId;
use crate::program::{Domain, Program};
use crate::solution::{Candidate, Primal};

/// Proposes the whole numbers of a plan that another problem of the same program had.
pub(in crate::study) struct Previous {
    candidate: Candidate,
}

impl Previous {
    /// From values of the program's variables.
    pub(in crate::study) fn new(program: &Program, x: &[f64]) -> Self {
        let whole = program.variables.iter().zip(x).enumerate().filter(|(_, (v, _))| v.domain != Domain::Continuous);
        Previous { candidate: Candidate { values: whole.map(|(i, (_, x))| (ColumnId::at(i), x.round())).collect() } }
    }
}

impl Primal for Previous {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        vec![self.candidate.clone()]
    }
}
