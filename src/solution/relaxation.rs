//! One continuous problem from bounds to a checked answer: reduce, solve, certify, expand.

use super::bound::{Certificate, Duals, certify, proves_infeasible};
use super::clarabel::{self, ConicSolution, Request, Status};
use super::conic::{Conic, LinearRow};
use super::reduce::{Domain, Effort, Reduction, reduce};
use crate::ids::{Id, IdVec};
use crate::lowered::ColumnId;

/// What is known after a solve. Only proven statements are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Solved to the tolerance.
    Solved,
    /// Proven to have no solution.
    Infeasible,
    /// A direction of unlimited decrease was found (whether there is a feasible point is open).
    Unbounded,
    /// The certified bound passed the cut-off.
    Cutoff,
    /// Stopped from outside.
    Stopped,
    /// Nothing is claimed but the bound.
    Failed,
}

/// A solved relaxation.
#[derive(Debug, Clone)]
pub struct Relaxed {
    /// What is known.
    pub verdict: Verdict,
    /// A value per column (meaningful when solved).
    pub x: Vec<f64>,
    /// Certified lower bound (infinity when infeasible).
    pub bound: f64,
    /// The reduction and the reduced cost of each of its columns, where one was solved.
    pub reduced: Option<(Reduction, IdVec<ColumnId, f64>)>,
    /// Multipliers of the reduced problem; a certificate where it is infeasible.
    pub duals: Duals,
    /// Per column of the reduced problem: Σ |multiplier · coefficient| over its rows, how much the
    /// objective resists its moves.
    pub pressure: Vec<f64>,
    /// Interior-point iterations.
    pub iterations: u64,
}

impl Relaxed {
    fn without_solve(verdict: Verdict, x: Vec<f64>, bound: f64, reduction: Option<Reduction>) -> Relaxed {
        let reduced = reduction.map(|r| (r, IdVec::new()));
        Relaxed { verdict, x, bound, reduced, duals: Duals::default(), pressure: Vec::new(), iterations: 0 }
    }
}

/// Solves the continuous problem over `domain`.
pub fn relax(problem: &Conic, domain: &Domain, effort: &Effort<'_>, request: &Request) -> Relaxed {
    if request.limit.passed() {
        return Relaxed::without_solve(Verdict::Stopped, Vec::new(), f64::NEG_INFINITY, None);
    }
    match reduce(problem, domain, effort) {
        Ok(reduction) => solve_reduced(reduction, request),
        Err(_) => Relaxed::without_solve(Verdict::Infeasible, Vec::new(), f64::INFINITY, None),
    }
}

/// Solves what a reduction left.
pub fn solve_reduced(reduction: Reduction, request: &Request) -> Relaxed {
    if reduction.problem.columns() == 0 {
        let (x, bound) = (reduction.expand(&[]), reduction.problem.offset);
        return Relaxed::without_solve(Verdict::Solved, x, bound, Some(reduction));
    }
    let mut solution = clarabel::solve(&reduction.problem, request);
    let mut iterations = solution.iterations;
    let certificate = |duals: &Duals| certify(&reduction.problem, &reduction.lower, &reduction.upper, duals);
    let mut certified = certificate(&solution.duals);
    if solution.status == Status::Cutoff && !request.cutoff.is_some_and(|c| certified.value >= c) {
        // The early stop was not enough: solve on.
        solution = clarabel::solve(&reduction.problem, &Request { cutoff: None, ..request.clone() });
        iterations += solution.iterations;
        let further = certificate(&solution.duals);
        if further.value > certified.value {
            certified = further;
        }
    }
    if solution.status == Status::Solved && certified.value == f64::NEG_INFINITY {
        certified = boxed(&reduction, &solution).unwrap_or(certified);
    }
    let beyond = request.cutoff.is_some_and(|c| certified.value >= c);
    let verdict = match solution.status {
        Status::Infeasible
            if proves_infeasible(&reduction.problem, &reduction.lower, &reduction.upper, &solution.duals) =>
        {
            Verdict::Infeasible
        }
        _ if beyond => Verdict::Cutoff,
        Status::Solved => Verdict::Solved,
        Status::Unbounded => Verdict::Unbounded,
        Status::Stopped => Verdict::Stopped,
        Status::Infeasible | Status::Cutoff | Status::Failed => Verdict::Failed,
    };
    let bound = match verdict {
        Verdict::Infeasible => f64::INFINITY,
        Verdict::Unbounded => f64::NEG_INFINITY,
        _ => certified.value,
    };
    let x = reduction.expand(&solution.x);
    let pressure = pressure(&reduction.problem, &solution.duals);
    let reduced = Some((reduction, certified.reduced));
    Relaxed { verdict, x, bound, reduced, duals: solution.duals, pressure, iterations }
}

/// Certifies where bounds are missing: points that cost more than the solution found need no bound,
/// and the others are bounded by their cost.
fn boxed(reduction: &Reduction, solution: &ConicSolution) -> Option<Certificate> {
    let problem = &reduction.problem;
    let value = problem.objective(&solution.x);
    let limit = value + 1e-4 * value.abs().max(1.0);
    let mut limited = problem.clone();
    let terms = problem.cost.each().filter(|(_, c)| **c != 0.0).map(|(column, &c)| (column, c)).collect();
    limited.rows.push(LinearRow { lower: f64::NEG_INFINITY, upper: limit - problem.offset, terms });
    let continuous = IdVec::filled(false, problem.columns());
    let effort = Effort { integer: &continuous, eliminate_integers: true, kept: &[] };
    let bounds = reduce(&limited, &Domain::of(&limited), &effort).ok()?;
    let certificate = certify(problem, &bounds.original_lower, &bounds.original_upper, &solution.duals);
    // Beyond the limit the reduced costs say nothing.
    Some(Certificate { value: certificate.value.min(limit), reduced: IdVec::filled(0.0, problem.columns()) })
}

fn pressure(problem: &Conic, duals: &Duals) -> Vec<f64> {
    let mut pressure = vec![0.0; problem.columns()];
    for (row, multiplier) in problem.rows.iter().zip(&duals.rows) {
        for &(column, coefficient) in &row.terms {
            *column.of_mut(&mut pressure) += (multiplier * coefficient).abs();
        }
    }
    pressure
}
