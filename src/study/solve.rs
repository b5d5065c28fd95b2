//! Solving a deterministic study: goals in order, each kept while the next is sought, then checks.

use super::before::{before, known};
use super::cones::kept;
use super::demand::{Solved, solve_on_demand};
use super::infeasible::{infeasible, no_state};
use super::repair::{Asked, Found, Repair, repaired};
use super::rescaled::rescaled;
use super::settled::settled;
use super::source_rules::broken_by_flow;
use super::unbounded::unbounded;
use super::verdict::{conclude, failed_check, loose_cone};
use super::{
    AcState, Status, StudyOptions, StudyResult, TOLERANCE, failed_checks, goal_value, largest_violation,
    largest_violation_beside_cones, loosest, losses, physical, power_flow,
};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::ids_solution::{CHECK_FAILED_AFTER_SOLVE, LIMIT_WITHOUT_SOLUTION, SOLVER_FAILED};
use crate::lowered::{LowerOptions, Reached};
use crate::program::{Network, Objective, Program};
use crate::solution::{BoundOrigin, Engine, Options};

/// Gap that the engines are asked for, so that the gap of the plan by power flow, which differs from
/// theirs in the sixth digit, is closed too.
fn engine_gap(asked: f64) -> f64 {
    asked - (0.1 * asked).min(1e-5)
}

/// Solves and checks. Where the engine that is chosen for the problem met numerical trouble, so that it has no plan or
/// none that keeps the rules, another one is asked: it forms other sums. What it finds is checked like any other.
pub fn solve(program: &Program, options: &StudyOptions) -> StudyResult {
    let first = solve_once(program, options);
    let stuck = first.violation.0 > TOLERANCE || first.diagnostics.iter().any(|d| d.id == SOLVER_FAILED);
    let ask = first.status == Status::Failed && stuck && options.engine == Engine::Auto;
    if !ask || options.solver.limit.passed() {
        return first;
    }
    let other = StudyOptions { engine: Engine::OuterApproximation, ..options.clone() };
    let second = solve_once(program, &other);
    if matches!(second.status, Status::Optimal | Status::Feasible) { second } else { first }
}

fn solve_once(program: &Program, options: &StudyOptions) -> StudyResult {
    let mut result = StudyResult::default();
    let mut reached: Vec<Reached> = Vec::new();
    let goals = program.objectives.len();
    for (objective, goal) in program.objectives.iter().enumerate() {
        let what = LowerOptions { objective, reached: reached.clone(), ..LowerOptions::default() };
        let solver = Options { gap: engine_gap(options.solver.gap), ..options.solver.clone() };
        let listener = options.progress.as_ref().map(|listener| (listener, (objective, goals)));
        let solved = solve_on_demand(program, &what, options.engine, &solver, listener);
        let Solved { mut lowering, outcome, primal } =
            rescaled(program, &what, (options.engine, &solver), listener, solved);
        let unfinished = lowering.is_unfinished();
        result.diagnostics.append(&mut lowering.diagnostics);
        let Some(outcome) = outcome else {
            if unfinished && result.values.is_some() {
                // The plan of the earlier goals is one.
                result.diagnostics.retain(|d| d.id != LIMIT_WITHOUT_SOLUTION);
                result.status = Status::Feasible;
                break;
            }
            if unfinished {
                result.status = Status::Limit;
            }
            return result;
        };
        let (lowering, outcome) =
            settled(program, &what, (options.engine, &solver), (&lowering, &outcome)).unwrap_or((lowering, outcome));
        let problem = &lowering.problem;
        let scale = problem.objective_scale;
        result.goal = objective;
        result.objective = outcome.objective.map(|o| o * scale);
        result.bound = outcome.bound.is_finite().then_some(outcome.bound * scale);
        result.certified = outcome.certified.is_finite().then_some(outcome.certified * scale);
        result.gap = outcome.gap();
        let found = outcome.point.as_ref().map(|p| lowering.map.plan(problem, p));
        // A later goal that finds nothing leaves the plan of the earlier ones.
        let earlier = result.values.take().filter(|_| objective > 0);
        result.status = match Status::of(outcome.termination, found.is_some()) {
            Status::Infeasible | Status::Failed | Status::Limit if found.is_none() && earlier.is_some() => {
                Status::Feasible
            }
            // A plan is one, whatever the engine could not decide: its check says so, and its gap is told.
            Status::Failed if found.is_some() => Status::Feasible,
            status => status,
        };
        let kept = found.is_none().then(|| earlier.clone()).flatten();
        result.values = found.or(kept);
        let engine = options.engine;
        let repair = repaired(
            &Asked { program, lowering: &lowering, goal, engine, options: &solver, proposal: primal.as_deref() },
            &outcome,
        );
        result.outcome = Some(outcome);
        result.repair = None;
        if let Some((repair, plan)) = repair {
            if let Some(plan) = plan {
                let value = goal_value(program, goal, &plan);
                result.objective = Some(value);
                let tighter = |a: Option<f64>, b: Option<f64>| match (a, b) {
                    (Some(a), Some(b)) => Some(if goal.maximize { a.min(b) } else { a.max(b) }),
                    (a, b) => a.or(b),
                };
                result.bound = tighter(result.bound, repair.bound);
                result.certified = tighter(result.certified, repair.certified);
                result.gap = result.bound.map_or(f64::INFINITY, |bound| gap_of(goal, value, bound));
                result.values = Some(plan);
            } else {
                // What the relaxation promises belongs to no state of the network.
                (result.objective, result.gap, result.values) = (None, f64::INFINITY, earlier);
                result.status = match (&result.values, repair.found) {
                    (Some(_), _) => Status::Feasible,
                    (None, Found::Impossible) => Status::Infeasible,
                    (None, _) => Status::Limit,
                };
            }
            result.repair = Some(repair);
            // What the state of the network is worth may be far from the bound: then this is the goal
            // that is open.
            if result.status == Status::Optimal && result.gap > options.solver.gap {
                result.status = Status::Feasible;
            }
        }
        match result.status {
            Status::Optimal => {}
            // What nobody can check is no proof.
            Status::Infeasible if result.origin() == Some(BoundOrigin::Search) => {
                result.status = Status::Limit;
                break;
            }
            Status::Infeasible => {
                result.diagnostics.push(match &result.repair {
                    Some(repair) => no_state(repair),
                    None => infeasible(program, problem, &lowering.map, &options.solver, primal.as_deref()),
                });
                break;
            }
            Status::Unbounded => {
                result.diagnostics.push(unbounded(program, problem, &options.solver));
                break;
            }
            _ => break,
        }
        if let Some(o) = result.objective {
            // A later goal may not cost more than the gap that the earlier one was solved to.
            let slack = options.solver.gap.max(1e-6) * o.abs();
            let value = if goal.maximize { o - slack } else { o + slack };
            reached.push(Reached { objective, value });
        }
    }
    if matches!(result.status, Status::Unbounded | Status::Infeasible) {
        result.values = None;
    }
    check(program, &mut result);
    if result.status == Status::Failed && result.repair.as_ref().is_some_and(|r| r.found == Found::Stopped) {
        without_plan(&mut result);
    }
    conclude(program, &mut result, &options.solver, options.solver.limit.elapsed());
    let told = matches!(result.status, Status::Optimal | Status::Infeasible);
    if let Some(repair) = result.repair.as_ref().filter(|_| !told) {
        result.diagnostics.insert(0, loose_cone(program, result.goal, repair, result.objective));
    }
    result
}

/// Time ended before a state of the network was found: there is a bound and no plan.
fn without_plan(result: &mut StudyResult) {
    let kept = std::mem::take(result);
    let StudyResult { goal, bound, certified, repair, outcome, mut diagnostics, .. } = kept;
    diagnostics.retain(|d| d.id != CHECK_FAILED_AFTER_SOLVE);
    let status = Status::Limit;
    *result = StudyResult { status, goal, bound, certified, repair, outcome, diagnostics, ..StudyResult::default() };
}

/// Relative gap of a goal's value to its bound.
fn gap_of(goal: &Objective, value: f64, bound: f64) -> f64 {
    let missing = if goal.maximize { bound - value } else { value - bound };
    // Below a millionth of the unit there is nothing left to gain, whatever the value.
    let counts = missing > 1e-6 * goal.unit.factor || value.abs() > goal.unit.factor;
    if counts { (missing / value.abs().max(1e-12)).max(0.0) } else { 0.0 }
}

/// Is everything alive in the network as given and in the plan, where the plan decides what is?
fn alive(network: &Network, t: usize, x: &[f64], base: &AcState) -> bool {
    let Some(state) = network.periods.get(t).filter(|s| s.decides_roots()) else { return true };
    base.voltage.iter().all(Option::is_some) && state.energised.iter().all(|e| e.value(x) > 0.5)
}

/// Re-checks the values of a result: every rule by direct evaluation, the network by AC power flow.
/// Objective and gap become those of the plan. A plan that does not pass has the status `Failed`.
pub fn check(program: &Program, result: &mut StudyResult) {
    let Some(mut x) = result.values.take() else { return };
    result.violation = largest_violation(program, &x);
    result.passed = result.violation.0 <= TOLERANCE;
    let mut of_losses = None;
    let (mut stated, mut loose) = (Found::Nothing, None);
    if let Some(network) = &program.network {
        let (given, known) = (before(network, &x), known(program, network, &x));
        for (t, known) in known.into_iter().enumerate() {
            let ac = power_flow(network, t, &x, false);
            result.passed &= ac.as_ref().is_ok_and(|s| s.broken.is_empty());
            result.ac.push(ac);
            let base = if known { power_flow(network, t, &given, true).ok() } else { None };
            result.base.push(base.filter(|base| alive(network, t, &x, base)));
        }
        for (t, rule) in broken_by_flow(program, network, &x, &result.ac) {
            if let Some(Ok(state)) = result.ac.get_mut(t) {
                state.broken.push(rule);
                result.passed = false;
            }
        }
        result.loosest = loosest(network, &x);
        result.cone_gap = result.loosest.as_ref().map_or(0.0, |l| l.gap);
        let tight = result.cone_gap <= super::cones::TIGHT;
        let state = physical(network, &x, &result.ac);
        let broken = state.as_ref().map(|y| largest_violation(program, y));
        if state.is_none()
            && tight
            && kept(network, &x)
            && result.ac.iter().all(|s| s.as_ref().is_ok_and(|s| s.broken.is_empty()))
        {
            // Power flow confirms the state, and its values cannot be written back, as behind tap changers: what the
            // relaxation says of currents is judged by how tight its cones are.
            result.violation = largest_violation_beside_cones(program, &x);
            result.passed = result.violation.0 <= TOLERANCE;
        }
        match (state, broken) {
            // The state that the network takes keeps all rules: that is the plan, exact to more digits
            // than the engine's point.
            (Some(y), Some(broken)) if broken.0 <= TOLERANCE => {
                result.passed = result.ac.iter().all(|s| s.as_ref().is_ok_and(|s| s.broken.is_empty()));
                result.violation = broken;
                x = y;
                stated = Found::State;
            }
            // The value of a loss study is known from the power flow even where its state cannot be
            // written back: behind tap changers, and in islands.
            (None, _) if network.minimises_losses && result.ac.iter().all(Result::is_ok) => {
                let others = losses::of_devices_always(program, &x);
                of_losses = (result.loosest.is_some())
                    .then(|| others + result.ac.iter().flatten().map(|s| s.losses).sum::<f64>());
            }
            (_, broken) if !tight => {
                result.passed = false;
                result.violation = broken.unwrap_or_else(|| result.violation.clone());
            }
            _ => {}
        }
        if !tight
            && result.repair.is_none()
            && let (Some(loosest), Some(promised)) = (result.loosest.clone(), result.objective)
        {
            loose = Some(Repair { found: stated, topologies: 1, ..Repair::of(loosest, promised) });
        }
    }
    if let Some(goal) = program.objectives.get(result.goal) {
        let value = of_losses.unwrap_or_else(|| goal_value(program, goal, &x));
        result.objective = Some(value);
        if let Some(bound) = result.bound {
            result.gap = gap_of(goal, value, bound);
        }
    }
    if let Some(repair) = loose {
        result.diagnostics.push(loose_cone(program, result.goal, &repair, result.objective));
    }
    let failed = failed_checks(program, &x, TOLERANCE);
    let rules_hold = result.passed;
    result.passed &= failed.is_empty();
    result.values = Some(x);
    if !result.passed && matches!(result.status, Status::Optimal | Status::Feasible) {
        result.status = Status::Failed;
        result.diagnostics.extend(failed.into_iter().map(|c| {
            let d = Diagnostic::new(CHECK_FAILED_AFTER_SOLVE, c.place, c.message.clone(), "in the solution found");
            d.label(program.origin(c.origin).span, "checked here")
        }));
        if !rules_hold {
            let d = failed_check(program, result);
            result.diagnostics.push(d);
        }
    }
}
