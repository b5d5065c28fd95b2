//! Solving a deterministic study: goals in order, each kept while the next is sought, then checks.

use super::primal::BranchExchangePrimal;
use super::{AcState, failed_checks, form_value, largest_violation, power_flow};
use crate::diagnostics::{Diagnostic, ids_solution};
use crate::lowered::{LowerOptions, Reached, lower};
use crate::program::Program;
use crate::solution::{Engine, Options, Outcome, Primal, Termination, solve as run};

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

/// What a study is asked for.
#[derive(Clone)]
pub struct StudyOptions {
    /// Options of the engines.
    pub solver: Options,
    /// The engine.
    pub engine: Engine,
}

/// A solved study.
#[derive(Debug, Clone)]
pub struct StudyResult {
    /// How it ended.
    pub status: Status,
    /// Objective in coherent units, in the user's direction.
    pub objective: Option<f64>,
    /// Proven bound likewise.
    pub bound: Option<f64>,
    /// Relative gap; infinite where there is none.
    pub gap: f64,
    /// Values of the program's variables, coherent units.
    pub values: Option<Vec<f64>>,
    /// AC power flow of each period, or why there is none.
    pub ac: Vec<Result<AcState, String>>,
    /// AC power flow of the network as given, where it is radial.
    pub base: Vec<Option<AcState>>,
    /// Largest relative violation of a rule, and its name.
    pub violation: (f64, String),
    /// Largest relative gap of a flow cone.
    pub cone_gap: f64,
    /// Did all checks pass?
    pub passed: bool,
    /// The last engine's outcome.
    pub outcome: Option<Outcome>,
    /// Findings of the lowering.
    pub diagnostics: Vec<Diagnostic>,
}

impl Default for StudyResult {
    /// Nothing is known.
    fn default() -> Self {
        StudyResult {
            status: Status::Failed,
            objective: None,
            bound: None,
            gap: f64::INFINITY,
            values: None,
            ac: Vec::new(),
            base: Vec::new(),
            violation: (0.0, String::new()),
            cone_gap: 0.0,
            passed: false,
            outcome: None,
            diagnostics: Vec::new(),
        }
    }
}

/// Largest relative violation that passes.
const TOLERANCE: f64 = 1e-5;

/// Solves and checks.
pub fn solve(program: &Program, options: &StudyOptions) -> StudyResult {
    let mut result = StudyResult::default();
    let mut reached: Vec<Reached> = Vec::new();
    for objective in 0..program.objectives.len() {
        let lowering = lower(program, &LowerOptions { objective, reached: reached.clone(), ..LowerOptions::default() });
        result.diagnostics.extend(lowering.diagnostics);
        if result.diagnostics.iter().any(|d| d.severity == crate::diagnostics::Severity::Error) {
            return result;
        }
        let problem = &lowering.problem;
        let primal = BranchExchangePrimal::new(program, problem, options.solver.seed);
        let proposal = primal.as_ref().map(|p| p as &dyn Primal);
        let outcome = run(problem, options.engine, &options.solver, proposal);
        let scale = problem.objective_scale;
        result.objective = outcome.objective.map(|o| o * scale);
        result.bound = outcome.bound.is_finite().then_some(outcome.bound * scale);
        result.gap = outcome.gap();
        result.values = outcome.point.as_ref().map(|p| lowering.map.values(problem, p));
        result.status = match (outcome.termination, &result.values) {
            (Termination::Optimal, Some(_)) => Status::Optimal,
            (Termination::Infeasible, _) => Status::Infeasible,
            (Termination::Unbounded, _) => Status::Unbounded,
            (Termination::Limit | Termination::Interrupted, Some(_)) => Status::Feasible,
            (Termination::Limit | Termination::Interrupted, None) => Status::Limit,
            _ => Status::Failed,
        };
        result.outcome = Some(outcome);
        if result.status != Status::Optimal {
            break;
        }
        if let Some(o) = result.objective {
            // A later goal may not cost more than the gap that the earlier one was solved to.
            let slack = options.solver.gap.max(1e-6) * o.abs();
            let value = if program.objectives[objective].maximize { o - slack } else { o + slack };
            reached.push(Reached { objective, value });
        }
    }
    check(program, &mut result);
    result
}

/// Re-checks the values of a result: every rule by direct evaluation, the network by AC power flow.
pub fn check(program: &Program, result: &mut StudyResult) {
    let Some(x) = &result.values else { return };
    result.violation = largest_violation(program, x);
    result.passed = result.violation.0 <= TOLERANCE;
    if let Some(network) = &program.network {
        for (t, state) in network.periods.iter().enumerate() {
            let ac = power_flow(network, t, x, false);
            result.passed &= ac.as_ref().is_ok_and(|s| s.broken.is_empty());
            result.ac.push(ac);
            result.base.push(power_flow(network, t, x, true).ok());
            for (_, p, q, v, l) in &state.cones {
                let (s2, vl) = (p.value(x).powi(2) + q.value(x).powi(2), v.value(x) * l.value(x));
                let most = state.cones.iter().map(|c| c.3.value(x) * c.4.value(x)).fold(1e-9, f64::max);
                result.cone_gap = result.cone_gap.max((vl - s2) / most);
            }
        }
        // The value of a loss study is that of the AC power flow, not of the relaxation. What other
        // devices than lines lose follows from the plan.
        if network.minimises_losses
            && let Some(Ok(ac)) = result.ac.first()
            && let Some(bound) = result.bound
        {
            let of_losses = program.sums.iter().filter(|s| s.role.as_deref() == Some("losses"));
            let others = of_losses.flat_map(|s| &s.contributions).filter(|c| !c.from_branch);
            let value = ac.losses + others.map(|c| form_value(program, &c.form, x)).sum::<f64>();
            result.objective = Some(value);
            result.gap = ((value - bound) / value.abs().max(1e-9)).max(0.0);
        }
    }
    let failed: Vec<Diagnostic> = failed_checks(program, x, TOLERANCE)
        .into_iter()
        .map(|c| {
            let id = ids_solution::CHECK_FAILED_AFTER_SOLVE;
            let d = Diagnostic::new(id, c.place, c.message.clone(), "in the solution found");
            d.label(program.origin(c.origin).span, "checked here")
        })
        .collect();
    let rules_hold = result.passed;
    result.passed &= failed.is_empty();
    if !result.passed && matches!(result.status, Status::Optimal | Status::Feasible) {
        result.status = Status::Failed;
        result.diagnostics.extend(failed);
        if rules_hold {
            return;
        }
        let mut why = vec![format!("largest violation {:.1e} at `{}`", result.violation.0, result.violation.1)];
        for ac in &result.ac {
            match ac {
                Ok(s) => why.extend(s.broken.iter().take(3).cloned()),
                Err(e) => why.push(format!("AC power flow: {e}")),
            }
        }
        let d = Diagnostic::unlocated(ids_solution::CHECK_FAILED_AFTER_SOLVE, "the solution does not pass its check");
        result.diagnostics.push(why.into_iter().fold(d, Diagnostic::note));
    }
}
