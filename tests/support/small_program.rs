//! Small linear programs by HiGHS, for references that share no code with the compiler.

use highs::{Col, HighsModelStatus, RowProblem, Sense};

/// A linear program to be minimised, written row by row.
#[derive(Default)]
pub struct SmallProgram {
    rows: RowProblem,
    constant: f64,
}

impl SmallProgram {
    /// A column within a range, at a cost.
    pub fn column(&mut self, range: (f64, f64), cost: f64) -> Col {
        self.rows.add_column(cost, range.0..=range.1)
    }

    /// A row within a range.
    pub fn row(&mut self, range: (f64, f64), terms: &[(Col, f64)]) {
        self.rows.add_row(range.0..=range.1, terms);
    }

    /// What is paid in any case.
    pub fn pay(&mut self, cost: f64) {
        self.constant += cost;
    }

    /// Its least value; none where it has no solution.
    pub fn least(self) -> Option<f64> {
        let mut model = self.rows.optimise(Sense::Minimise);
        model.make_quiet();
        let solved = model.solve();
        match solved.status() {
            HighsModelStatus::Optimal => Some(solved.objective_value() + self.constant),
            HighsModelStatus::ModelEmpty => Some(self.constant),
            HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => None,
            other => panic!("a reference ends as {other:?}"),
        }
    }
}

/// The least of some values, of which any may be missing.
pub fn least(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    values.flatten().reduce(f64::min)
}
