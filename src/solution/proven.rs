//! What duals prove of a linear problem that HiGHS has answered: the value of its relaxation, and that it has no
//! solution.

use super::bound::{Duals, certify, proves_infeasible};
use super::conic::Conic;
use super::reduce::Domain;
use crate::ids::IdVec;
use crate::lowered::Lowered;

/// What row duals of this problem, or of another one with the same rows, prove of its linear relaxation: a lower
/// bound on the scaled objective; minus infinity if nothing.
pub fn bound_by(problem: &Lowered, row_duals: &[f64]) -> f64 {
    if row_duals.len() != problem.rows.len() {
        return f64::NEG_INFINITY;
    }
    let (linear, domain) = linear(problem);
    let duals = Duals { rows: row_duals.to_vec(), cones: vec![] };
    certify(&linear, &domain.implied_lower, &domain.implied_upper, &duals).value
}

/// Does this ray of row duals (either way) prove that the linear relaxation has no solution (Farkas)? Rows and columns
/// are scaled by powers of two, so every product and every sum is the one in unscaled numbers, digit by digit.
pub(super) fn refutes(problem: &Lowered, ray: &[f64]) -> bool {
    let (linear, domain) = linear(problem);
    [1.0, -1.0].iter().any(|sign| {
        let duals = Duals { rows: ray.iter().map(|y| sign * y).collect(), cones: vec![] };
        proves_infeasible(&linear, &domain.implied_lower, &domain.implied_upper, &duals)
    })
}

/// The linear part of the relaxation.
fn linear(problem: &Lowered) -> (Conic, Domain) {
    (Conic { cones: IdVec::new(), ..Conic::relaxation(problem) }, Domain::of_lowered(problem))
}
