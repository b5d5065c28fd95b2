//! Clarabel: linear and second-order cone problems by an interior-point method.
//!
//! Infinite bounds are never passed, presolve is off (reductions are our own), nothing is printed,
//! and a solution that is only "almost" solved is never called solved.

use super::apart::{apart, is_large_conic};
use super::bound::Duals;
use super::conic::{Conic, rotate};
use crate::deadline::Deadline;
use crate::ids::Id;
use crate::lowered::{ColumnId, ConeKind};
use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, SolverStatus, SupportedConeT};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How to solve.
#[derive(Clone, Default)]
pub struct Request {
    /// Relative accuracy of gap and feasibility; 0 for the default 1e-8.
    pub tolerance: f64,
    /// Stop as soon as the dual objective passes this value.
    pub cutoff: Option<f64>,
    /// When to stop.
    pub limit: Deadline,
}

/// How a solve ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Solved to the tolerance.
    Solved,
    /// The duals claim that there is no solution (check with [`super::bound::proves_infeasible`]).
    Infeasible,
    /// The point claims to be a direction of unlimited decrease.
    Unbounded,
    /// The dual objective passed the cut-off.
    Cutoff,
    /// Stopped from outside.
    Stopped,
    /// Numerical trouble with every setting tried.
    Failed,
}

/// Result of a solve: the duals are worth certifying whatever the status.
#[derive(Debug, Clone, PartialEq)]
pub struct ConicSolution {
    /// How it ended.
    pub status: Status,
    /// Value per column.
    pub x: Vec<f64>,
    /// Multipliers.
    pub duals: Duals,
    /// Interior-point iterations, over all attempts.
    pub iterations: u64,
}

/// Solves; retries with other numerics where the first settings fail.
pub fn solve(problem: &Conic, request: &Request) -> ConicSolution {
    if !is_large_conic(problem) {
        return solve_here(problem, request);
    }
    let (own, asked) = (problem.clone(), request.clone());
    apart(&request.limit, move || solve_here(&own, &asked)).unwrap_or_else(|| nothing(problem, Status::Stopped, 0))
}

fn solve_here(problem: &Conic, request: &Request) -> ConicSolution {
    let standard = StandardForm::new(problem);
    let mut iterations = 0;
    let mut last = None;
    for attempt in 0..ATTEMPTS {
        let Some(mut solution) = standard.run(problem, request, attempt) else { continue };
        iterations += solution.iterations;
        solution.iterations = iterations;
        if solution.status != Status::Failed {
            return solution;
        }
        last.get_or_insert(solution);
    }
    last.map(|s| ConicSolution { iterations, ..s }).unwrap_or_else(|| nothing(problem, Status::Failed, iterations))
}

/// What is known where nothing is: duals of zero are duals.
fn nothing(problem: &Conic, status: Status, iterations: u64) -> ConicSolution {
    ConicSolution {
        status,
        x: vec![0.0; problem.columns()],
        duals: Duals {
            rows: vec![0.0; problem.rows.len()],
            cones: problem.cones.iter().map(|c| vec![0.0; c.entries.len()]).collect(),
        },
        iterations,
    }
}

/// Tolerance from which steps need not be exact.
const ROUGH: f64 = 1e-7;

/// Settings to try, in order of [`settings`].
const ATTEMPTS: usize = 4;

fn settings(request: &Request, attempt: usize) -> DefaultSettings<f64> {
    let tolerance = if request.tolerance > 0.0 { request.tolerance } else { 1e-8 };
    let mut s = DefaultSettings::<f64> {
        verbose: false,
        presolve_enable: false,
        max_threads: 1,
        direct_solve_method: "qdldl".to_string(),
        tol_gap_abs: tolerance.min(1e-8),
        tol_gap_rel: tolerance,
        tol_feas: tolerance.min(1e-7),
        ..DefaultSettings::default()
    };
    match attempt {
        0 if tolerance >= ROUGH => {
            // Certified bounds forgive inexact steps; most of a solve is spent in refining them.
            s.iterative_refinement_max_iter = 1;
            s.iterative_refinement_reltol = 1e-9;
            s.iterative_refinement_abstol = 1e-9;
        }
        0 => {}
        1 => {
            s.equilibrate_max_iter = 50;
            s.equilibrate_min_scaling = 1e-6;
            s.equilibrate_max_scaling = 1e6;
            s.static_regularization_constant = 1e-9;
            s.max_iter = 400;
        }
        2 => {
            s.static_regularization_constant = 1e-7;
            s.iterative_refinement_max_iter = 50;
            s.max_step_fraction = 0.95;
            s.max_iter = 400;
        }
        _ => {
            s.equilibrate_enable = false;
            s.max_iter = 400;
        }
    }
    s
}

/// `A x + s = b`, s in a product of cones, with the way back to rows and cones.
struct StandardForm {
    matrix: CscMatrix<f64>,
    rhs: Vec<f64>,
    cones: Vec<SupportedConeT<f64>>,
    /// Per row of the problem: position of its equation, of its lower and of its upper side.
    sides: Vec<[Option<usize>; 3]>,
    /// Per cone of the problem: position of its first entry.
    starts: Vec<usize>,
}

impl StandardForm {
    fn new(problem: &Conic) -> StandardForm {
        let mut rows = TripletRows::default();
        let mut sides = vec![[None; 3]; problem.rows.len()];
        for (row, side) in problem.rows.iter().zip(&mut sides) {
            if row.lower == row.upper {
                side[0] = Some(rows.push(row.upper, row.terms.iter().copied()));
            }
        }
        let equations = rows.len();
        for (row, side) in problem.rows.iter().zip(&mut sides) {
            if row.lower == row.upper {
                continue;
            }
            if row.lower.is_finite() {
                side[1] = Some(rows.push(-row.lower, row.terms.iter().map(|&(c, a)| (c, -a))));
            }
            if row.upper.is_finite() {
                side[2] = Some(rows.push(row.upper, row.terms.iter().copied()));
            }
        }
        for (column, (&lower, &upper)) in
            ColumnId::first(problem.columns()).zip(problem.lower.iter().zip(&problem.upper))
        {
            if lower.is_finite() {
                rows.push(-lower, std::iter::once((column, -1.0)));
            }
            if upper.is_finite() {
                rows.push(upper, std::iter::once((column, 1.0)));
            }
        }
        let inequalities = rows.len() - equations;
        let mut cones = Vec::new();
        if equations > 0 {
            cones.push(SupportedConeT::ZeroConeT(equations));
        }
        if inequalities > 0 {
            cones.push(SupportedConeT::NonnegativeConeT(inequalities));
        }
        let mut starts = Vec::with_capacity(problem.cones.len());
        for cone in &problem.cones {
            starts.push(rows.len());
            match (cone.kind, cone.entries.as_slice()) {
                (ConeKind::Rotated, [u, w, tail @ ..]) => {
                    let half = std::f64::consts::FRAC_1_SQRT_2;
                    for sign in [1.0, -1.0] {
                        let mut terms: Vec<(ColumnId, f64)> = u.terms.iter().map(|&(c, a)| (c, -half * a)).collect();
                        for &(column, a) in &w.terms {
                            match terms.iter_mut().find(|t| t.0 == column) {
                                Some(term) => term.1 -= half * sign * a,
                                None => terms.push((column, -half * sign * a)),
                            }
                        }
                        rows.push(half * (u.constant + sign * w.constant), terms);
                    }
                    for entry in tail {
                        rows.push(entry.constant, entry.terms.iter().map(|&(c, a)| (c, -a)));
                    }
                }
                (_, entries) => {
                    for entry in entries {
                        rows.push(entry.constant, entry.terms.iter().map(|&(c, a)| (c, -a)));
                    }
                }
            }
            cones.push(SupportedConeT::SecondOrderConeT(cone.entries.len()));
        }
        let (matrix, rhs) = rows.into_matrix(problem.columns());
        StandardForm { matrix, rhs, cones, sides, starts }
    }

    fn run(&self, problem: &Conic, request: &Request, attempt: usize) -> Option<ConicSolution> {
        let n = problem.columns();
        let quadratic = CscMatrix::<f64>::zeros((n, n));
        let settings = settings(request, attempt);
        let mut solver =
            DefaultSolver::new(&quadratic, &problem.cost, &self.matrix, &self.rhs, &self.cones, settings).ok()?;
        let passed = Arc::new(AtomicBool::new(false));
        let (flag, limit) = (passed.clone(), request.limit.clone());
        let cutoff = request.cutoff.map(|value| value - problem.offset);
        solver.set_termination_callback(move |info| {
            if limit.passed() {
                return true;
            }
            let beyond = cutoff.is_some_and(|value| {
                info.cost_dual > value && info.res_dual < CUTOFF_RESIDUAL && info.ktratio < CUTOFF_KAPPA
            });
            flag.fetch_or(beyond, Ordering::Relaxed);
            beyond
        });
        solver.solve();
        let solution = &solver.solution;
        let status = match solution.status {
            SolverStatus::Solved => Status::Solved,
            SolverStatus::PrimalInfeasible => Status::Infeasible,
            SolverStatus::DualInfeasible => Status::Unbounded,
            SolverStatus::CallbackTerminated if passed.load(Ordering::Relaxed) => Status::Cutoff,
            SolverStatus::CallbackTerminated | SolverStatus::MaxTime => Status::Stopped,
            _ if request.limit.passed() => Status::Stopped,
            _ => Status::Failed,
        };
        Some(ConicSolution {
            status,
            x: solution.x.clone(),
            duals: self.duals(problem, &solution.z),
            iterations: u64::from(solution.iterations),
        })
    }

    fn duals(&self, problem: &Conic, z: &[f64]) -> Duals {
        let at = |position: Option<usize>| position.map_or(0.0, |p| z[p]);
        Duals {
            rows: self.sides.iter().map(|s| at(s[1]) - at(s[2]) - at(s[0])).collect(),
            cones: (problem.cones.iter().zip(&self.starts))
                .map(|(cone, &start)| rotate(cone.kind, &z[start..start + cone.entries.len()]))
                .collect(),
        }
    }
}

/// Dual residual below which a dual objective beyond the cut-off is worth certifying.
const CUTOFF_RESIDUAL: f64 = 1e-5;
/// κ/τ below which the iterate is not heading for an infeasibility certificate.
const CUTOFF_KAPPA: f64 = 1.0;

/// Rows collected as triplets, turned into compressed columns.
#[derive(Default)]
struct TripletRows {
    rhs: Vec<f64>,
    entries: Vec<(ColumnId, usize, f64)>,
}

impl TripletRows {
    fn len(&self) -> usize {
        self.rhs.len()
    }

    fn push(&mut self, rhs: f64, terms: impl IntoIterator<Item = (ColumnId, f64)>) -> usize {
        let row = self.rhs.len();
        self.rhs.push(rhs);
        self.entries.extend(terms.into_iter().filter(|t| t.1 != 0.0).map(|(column, value)| (column, row, value)));
        row
    }

    fn into_matrix(mut self, columns: usize) -> (CscMatrix<f64>, Vec<f64>) {
        self.entries.sort_unstable_by_key(|&(column, row, _)| (column, row));
        let mut starts = vec![0; columns + 1];
        for &(column, _, _) in &self.entries {
            starts[column.place() + 1] += 1;
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let indices = self.entries.iter().map(|e| e.1).collect();
        let values = self.entries.iter().map(|e| e.2).collect();
        (CscMatrix::new(self.rhs.len(), columns, starts, indices, values), self.rhs)
    }
}
