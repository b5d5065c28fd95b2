//! HiGHS: linear and mixed-integer linear problems.

use super::apart::{apart, is_large};
use super::finer::Finer;
use super::highs_ffi::{Watch, basis, dual_ray, node_count, run, set_basis, set_offset};
use super::proven::{bound_by, refutes};
use super::{Listener, Options, Outcome, Progress, Termination};
use crate::deadline::Stopwatch;
use crate::ids::Id;
use crate::lowered::{ColumnId, Lowered, Row};
use highs::{Col, HighsModelStatus, HighsSolutionStatus, Model, RowProblem, Sense, SolvedModel};
use std::sync::{Arc, Mutex};

/// Outcome of a linear solve with the prices of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearOutcome {
    /// Termination, point, bound.
    pub outcome: Outcome,
    /// For a linear problem solved to optimality: d objective / d right-hand side per row (scaled).
    pub row_duals: Option<Vec<f64>>,
    /// For a linear problem solved to optimality: where.
    pub vertex: Option<Vertex>,
    /// Simplex iterations, those in a search included.
    pub pivots: u64,
}

/// Where a solve starts.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// At a point.
    Point {
        /// A value per column.
        point: &'a [f64],
        /// It is so good that what is wanted is the bound.
        good: bool,
    },
    /// Where another linear problem ended. Helps only one with as many columns and rows.
    Vertex(&'a Vertex),
}

/// Where a linear problem ended: per column and per row whether it is basic or at which of its sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Vertex {
    columns: Vec<i32>,
    rows: Vec<i32>,
}

/// Solves the linear part of `problem` (its cones are not looked at), from `start` if given.
pub fn solve(problem: &Lowered, options: &Options, start: Option<Start<'_>>) -> LinearOutcome {
    if !is_large(problem) {
        return solve_here(problem, options, start);
    }
    let told = Arc::new(Mutex::new(f64::NEG_INFINITY));
    let progress = Some(remembering(told.clone(), options.progress.clone()));
    let (own, asked) = (problem.clone(), Options { progress, ..options.clone() });
    let point = if let Some(Start::Point { point, good }) = start { Some((point.to_vec(), good)) } else { None };
    let vertex = if let Some(Start::Vertex(vertex)) = start { Some(vertex.clone()) } else { None };
    let work = move || {
        let point = point.as_ref().map(|(point, good)| Start::Point { point, good: *good });
        solve_here(&own, &asked, point.or_else(|| vertex.as_ref().map(Start::Vertex)))
    };
    apart(&options.limit, work).unwrap_or_else(|| {
        let bound = told.lock().map_or(f64::NEG_INFINITY, |bound| *bound);
        without_duals(Outcome { bound, ..outcome(options.stopped()) })
    })
}

/// Keeps the best bound that a search tells of.
fn remembering(best: Arc<Mutex<f64>>, further: Option<Listener>) -> Listener {
    Arc::new(move |progress: &Progress| {
        if let Ok(mut best) = best.lock()
            && progress.bound.abs() < 1e29
        {
            *best = best.max(progress.bound);
        }
        if let Some(further) = &further {
            further(progress);
        }
    })
}

fn solve_here(problem: &Lowered, options: &Options, start: Option<Start<'_>>) -> LinearOutcome {
    let first = solve_parts(problem, options, start, &mut PARTS.clone());
    if !problem.columns.iter().any(|c| c.integer) || options.limit.passed() {
        return first;
    }
    let Some(finer) = Finer::of(problem, &first.outcome) else { return first };
    let second = solve_parts(&finer.problem, options, None, &mut PARTS.clone());
    without_duals(finer.back(problem, first.outcome, second.outcome))
}

/// What a proof that has to be computed apart may take: simplex iterations, beside this share of those of the search.
const PROOF_ITERATIONS: u64 = 1_000;
const PROOF_SHARE: u64 = 10;
/// Rows for each iteration beyond which a relaxation is not begun: it would not end within them.
const PROOF_ROWS: u64 = 4;

/// Iterations that a proof beside this search may take; none where they would not do.
fn proof_iterations(problem: &Lowered, pivots: u64) -> Option<u64> {
    let most = PROOF_ITERATIONS + pivots / PROOF_SHARE;
    (problem.rows.len() as u64 <= PROOF_ROWS * most).then_some(most)
}

/// An outcome with what the duals of the relaxation prove of it, where they come out in few iterations beside those of the
/// search: of its bound a search of HiGHS says only that it is one.
pub(super) fn certified(problem: &Lowered, options: &Options, found: LinearOutcome) -> Outcome {
    let mut outcome = found.outcome;
    let answered = matches!(outcome.termination, Termination::Optimal | Termination::Limit | Termination::Interrupted);
    if !answered
        || outcome.certified.is_finite()
        || options.limit.passed()
        || !problem.columns.iter().any(|c| c.integer)
    {
        return outcome;
    }
    let Some(most) = proof_iterations(problem, found.pivots) else { return outcome };
    let relaxed = Attempt { pivots: Some(most), ..Attempt::RELAXED };
    let Some(solved) = attempt(problem, options, &relaxed, Stopwatch::start()) else { return outcome };
    if solved.status() != HighsModelStatus::Optimal {
        return outcome;
    }
    let proven = bound_by(problem, solved.get_solution().dual_rows());
    outcome.certified = outcome.objective.map_or(proven, |value| proven.min(value));
    // A bound that the duals prove but for rounding is theirs.
    if outcome.bound - outcome.certified <= SETTLING * outcome.bound.abs() {
        outcome.bound = outcome.certified;
    }
    outcome
}

/// Problems at most that one is parted into at whole numbers that are whole within tolerances alone.
const PARTS: u32 = 64;

fn solve_parts(problem: &Lowered, options: &Options, start: Option<Start<'_>>, parts: &mut u32) -> LinearOutcome {
    let integers = problem.columns.iter().any(|c| c.integer);
    let began = Stopwatch::start();
    let mut how = Attempt { integers, start, ..Attempt::RELAXED };
    let ended = || without_duals(outcome(if options.limit.passed() { options.stopped() } else { Termination::Failed }));
    let Some(mut solved) = attempt(problem, options, &how, began) else { return ended() };
    if solved.status() == HighsModelStatus::Infeasible && spread(problem) {
        // Presolve has tolerances of its own.
        how = Attempt { presolve: false, ..how };
        let Some(again) = attempt(problem, options, &how, began) else { return ended() };
        solved = again;
    }
    if integers && how.start.is_some() && solved.status() == HighsModelStatus::Optimal && told_bound(&solved).is_none()
    {
        // A start that presolve finds optimal by itself leaves no bound.
        how.start = None;
        let Some(again) = attempt(problem, options, &how, began) else { return ended() };
        solved = again;
    }
    let status = solved.status();
    if matches!(status, HighsModelStatus::UnboundedOrInfeasible | HighsModelStatus::Unbounded) {
        return unbounded_or_infeasible(problem, options, integers, began);
    }
    let mut found = read(problem, options, &solved, status, integers);
    found.pivots = u64::try_from(solved.simplex_iteration_count()).unwrap_or(0);
    if status == HighsModelStatus::Infeasible {
        let ray = proof_iterations(problem, found.pivots)
            .and_then(|iterations| dual_ray(&mut solved, problem.rows.len(), iterations));
        if ray.is_some_and(|ray| refutes(problem, &ray)) {
            found.outcome.certified = f64::INFINITY;
        }
        return found;
    }
    if !integers || found.outcome.point.is_none() {
        return found;
    }
    let solution = solved.get_solution();
    let columns = solution.columns();
    match settle(problem, options, columns, began) {
        Settled::Point(point) => {
            found.outcome.objective = Some(problem.value(&point));
            found.outcome.point = Some(point);
        }
        Settled::Swallowed(column) if *parts > 0 => {
            *parts -= 1;
            return parted(problem, options, (column, columns), parts);
        }
        Settled::Swallowed(_) => {
            found.outcome.termination = Termination::Limit;
            (found.outcome.point, found.outcome.objective) = (None, None);
        }
    }
    if found.outcome.termination == Termination::Optimal && found.outcome.gap() > options.gap.max(LEAST_GAP) {
        found.outcome.termination = Termination::Limit;
    }
    found
}

/// Coefficients or limits that are further apart than this make a claim of infeasibility one to be asked again.
const SPREAD: f64 = 1e7;

/// Are the numbers of the problem far apart?
fn spread(problem: &Lowered) -> bool {
    let far = |x: f64| x.is_finite() && x.abs() > SPREAD;
    let row = |row: &Row| {
        let sizes = row.terms.iter().map(|t| t.1.abs()).filter(|a| *a > 0.0);
        let (least, most) = sizes.fold((f64::INFINITY, 0.0), |(l, m): (f64, f64), a| (l.min(a), m.max(a)));
        most > SPREAD * least || far(row.lower) || far(row.upper)
    };
    problem.rows.iter().any(row) || problem.columns.iter().any(|c| far(c.lower) || far(c.upper))
}

/// Parts the problem at a column that a solution has at a whole number within tolerances alone, and solves both
/// sides: what a share of a whole number lets through is there in neither.
fn parted(
    problem: &Lowered,
    options: &Options,
    (column, columns): (ColumnId, &[f64]),
    parts: &mut u32,
) -> LinearOutcome {
    let value = *column.of(columns);
    let mut best = outcome(Termination::Infeasible);
    for (low, high) in [(f64::NEG_INFINITY, value.floor()), (value.floor() + 1.0, f64::INFINITY)] {
        let mut side = problem.clone();
        let data = &mut side.columns[column];
        (data.lower, data.upper) = (data.lower.max(low), data.upper.min(high));
        if data.lower > data.upper {
            continue;
        }
        let found = solve_parts(&side, options, None, parts).outcome;
        let better = found.objective.filter(|o| best.objective.is_none_or(|b| *o < b));
        if better.is_some() {
            (best.point, best.objective) = (found.point, better);
        }
        best.bound = best.bound.min(found.bound);
        best.termination = match (best.termination, found.termination) {
            (Termination::Infeasible, other) | (other, Termination::Infeasible) => other,
            (Termination::Optimal, other) | (other, _) => other,
        };
        best.nodes += found.nodes;
        best.iterations += found.iterations;
    }
    if best.termination == Termination::Optimal && best.gap() > options.gap.max(LEAST_GAP) {
        best.termination = Termination::Limit;
    }
    without_duals(best)
}

/// A gap below this is within HiGHS's own tolerances.
const LEAST_GAP: f64 = 1e-6;

/// By how much, relative, a point may become worse when its continuous columns are solved for again.
const SETTLING: f64 = 2e-6;

/// Bit of the presolve rule for parallel rows and columns, whose undoing can write to the standard
/// output in HiGHS 1.x where a basis is carried along.
const PARALLEL_COLUMNS: i32 = 1 << 13;

/// Engine name with version.
pub(super) fn name() -> String {
    format!(
        "HiGHS {}.{}.{}",
        highs_sys::HIGHS_VERSION_MAJOR,
        highs_sys::HIGHS_VERSION_MINOR,
        highs_sys::HIGHS_VERSION_PATCH
    )
}

fn outcome(termination: Termination) -> Outcome {
    Outcome {
        termination,
        point: None,
        objective: None,
        bound: match termination {
            Termination::Infeasible => f64::INFINITY,
            _ => f64::NEG_INFINITY,
        },
        certified: f64::NEG_INFINITY,
        engine: name(),
        nodes: 0,
        iterations: 1,
    }
}

fn without_duals(outcome: Outcome) -> LinearOutcome {
    LinearOutcome { outcome, row_duals: None, vertex: None, pivots: 0 }
}

/// One run of HiGHS.
struct Attempt<'a> {
    integers: bool,
    presolve: bool,
    feasibility_only: bool,
    start: Option<Start<'a>>,
    /// Simplex iterations at most.
    pivots: Option<u64>,
}

impl Attempt<'_> {
    /// Of the relaxation, from nowhere.
    const RELAXED: Self =
        Attempt { integers: false, presolve: true, feasibility_only: false, start: None, pivots: None };
}

fn attempt(problem: &Lowered, options: &Options, how: &Attempt<'_>, began: Stopwatch) -> Option<SolvedModel> {
    let mut model = build(problem, how)?;
    if !set_offset(&mut model, problem.offset) {
        return None;
    }
    configure(&mut model, options, how)?;
    // A start that HiGHS rejects costs nothing but its help.
    match how.start {
        Some(Start::Point { point, good }) => {
            if good {
                model.try_set_option("mip_heuristic_effort", 0.0).ok()?;
            }
            let _ = model.try_set_solution(Some(point), None, None, None);
        }
        Some(Start::Vertex(vertex)) if !how.integers => {
            let _ = set_basis(&mut model, &vertex.columns, &vertex.rows);
        }
        _ => {}
    }
    let report = |nodes: u64, incumbent: f64, bound: f64| {
        options.tell(began, bound, (incumbent.abs() < 1e29).then_some(incumbent), nodes);
    };
    run(model, &Watch { limit: &options.limit, report: Some(&report) }).ok()
}

fn build(problem: &Lowered, how: &Attempt<'_>) -> Option<Model> {
    let mut costs = vec![0.0; problem.columns.len()];
    if !how.feasibility_only {
        for &(column, cost) in &problem.objective {
            *column.of_mut(&mut costs) += cost;
        }
    }
    let mut rows = RowProblem::default();
    let columns: Vec<Col> = problem
        .columns
        .iter()
        .zip(&costs)
        .enumerate()
        .map(|(i, (column, &cost))| {
            // What follows for a whole number may be less than the engine's tolerance away from another one.
            let (low, high) = match problem.derived.get(i) {
                Some(derived) if column.integer => *derived,
                _ => (f64::NEG_INFINITY, f64::INFINITY),
            };
            let range = column.lower.max(low)..=column.upper.min(high);
            rows.add_column_with_integrality(cost, range, how.integers && column.integer)
        })
        .collect();
    for row in &problem.rows {
        let terms = row.terms.iter().map(|&(column, value)| (*column.of(&columns), value));
        rows.add_row(row.lower..=row.upper, terms);
    }
    rows.try_optimise(Sense::Minimise).ok()
}

fn configure(model: &mut Model, options: &Options, how: &Attempt<'_>) -> Option<()> {
    model.make_quiet();
    // One scheduler serves the whole process and refuses another number of threads later.
    model.try_set_option("threads", 1).ok()?;
    model.try_set_option("parallel", "off").ok()?;
    model.try_set_option("random_seed", (options.seed % 0x7fff_ffff) as i32).ok()?;
    // The point that is returned is solved for again at its whole numbers, and may be worth less in the last digits.
    model.try_set_option("mip_rel_gap", (options.gap - (0.1 * options.gap).min(SETTLING)).max(0.0)).ok()?;
    model.try_set_option("mip_abs_gap", 0.0).ok()?;
    model.try_set_option("mip_feasibility_tolerance", 1e-7).ok()?;
    model.try_set_option("presolve", if how.presolve { "choose" } else { "off" }).ok()?;
    if !how.integers {
        model.try_set_option("presolve_rule_off", PARALLEL_COLUMNS).ok()?;
    }
    if let Some(most) = how.pivots {
        model.try_set_option("simplex_iteration_limit", i32::try_from(most).unwrap_or(i32::MAX)).ok()?;
    }
    let left = options.limit.left();
    if left.is_finite() {
        model.try_set_option("time_limit", left.max(1e-3)).ok()?;
    }
    Some(())
}

/// HiGHS does not always tell the two apart: a run without objective does. A feasible problem whose
/// relaxation has a direction of unlimited decrease is unbounded.
fn unbounded_or_infeasible(problem: &Lowered, options: &Options, integers: bool, began: Stopwatch) -> LinearOutcome {
    let without_objective =
        Attempt { integers, presolve: !spread(problem), feasibility_only: true, ..Attempt::RELAXED };
    let relaxed = Attempt { presolve: false, ..Attempt::RELAXED };
    let termination = match attempt(problem, options, &without_objective, began).map(|s| s.status()) {
        Some(HighsModelStatus::Infeasible) => Termination::Infeasible,
        Some(HighsModelStatus::Optimal) => match attempt(problem, options, &relaxed, began).map(|s| s.status()) {
            Some(HighsModelStatus::Unbounded) => Termination::Unbounded,
            Some(status) => limit_or_failed(options, status),
            None => Termination::Failed,
        },
        Some(status) => limit_or_failed(options, status),
        None => Termination::Failed,
    };
    without_duals(outcome(termination))
}

fn limit_or_failed(options: &Options, status: HighsModelStatus) -> Termination {
    match status {
        HighsModelStatus::ReachedInterrupt
        | HighsModelStatus::ReachedTimeLimit
        | HighsModelStatus::ReachedIterationLimit
        | HighsModelStatus::ReachedSolutionLimit
        | HighsModelStatus::ReachedMemoryLimit => options.stopped(),
        // What goes wrong at the end of the time is its end.
        _ if options.limit.passed() => options.stopped(),
        _ => Termination::Failed,
    }
}

fn read(
    problem: &Lowered,
    options: &Options,
    solved: &SolvedModel,
    status: HighsModelStatus,
    integers: bool,
) -> LinearOutcome {
    let termination = match status {
        HighsModelStatus::Optimal | HighsModelStatus::ModelEmpty => Termination::Optimal,
        HighsModelStatus::Infeasible => Termination::Infeasible,
        other => limit_or_failed(options, other),
    };
    let mut result = outcome(termination);
    result.nodes = node_count(solved);
    if termination == Termination::Infeasible {
        return without_duals(result);
    }
    let solution = solved.get_solution();
    if solved.primal_solution_status() == HighsSolutionStatus::Feasible || status == HighsModelStatus::ModelEmpty {
        let point = solution.columns().to_vec();
        result.objective = Some(problem.value(&point));
        result.point = Some(point);
    }
    if integers {
        result.bound = told_bound(solved).unwrap_or(f64::NEG_INFINITY);
        return without_duals(result);
    }
    if termination != Termination::Optimal {
        return without_duals(result);
    }
    let certified = bound_by(problem, solution.dual_rows());
    // A simplex basis is optimal to its tolerances; where free columns defeat the certificate, its
    // objective is the bound.
    let objective = result.objective.unwrap_or(f64::NEG_INFINITY);
    result.certified = certified;
    result.bound = if certified.is_finite() { certified } else { objective };
    let vertex = basis(solved).map(|(columns, rows)| Vertex { columns, rows });
    LinearOutcome { outcome: result, row_duals: Some(solution.dual_rows().to_vec()), vertex, pivots: 0 }
}

/// The bound of a search, where HiGHS has one.
fn told_bound(solved: &SolvedModel) -> Option<f64> {
    solved.double_info_value(c"mip_dual_bound").ok().filter(|bound| bound.abs() < 1e29)
}

/// A MILP solution with its whole numbers whole.
enum Settled {
    /// The point: feasible beside them, where one could be solved for.
    Point(Vec<f64>),
    /// A column whose share of a whole number, within the tolerance, lets something through that the whole numbers do
    /// not.
    Swallowed(ColumnId),
}

/// A share of a whole number below this is rounding.
const WHOLE: f64 = 1e-13;

/// Rounds the integers of a MILP solution and solves for the rest, so that the point is whole where
/// it must be and feasible beside it.
fn settle(problem: &Lowered, options: &Options, columns: &[f64], began: Stopwatch) -> Settled {
    let mut fixed = problem.clone();
    let mut least_whole: Option<(ColumnId, f64)> = None;
    for ((i, &value), column) in problem.columns.ids().zip(columns).zip(&mut fixed.columns) {
        if column.integer {
            let share = (value.clamp(column.lower, column.upper) - value.round()).abs();
            if share > least_whole.map_or(WHOLE, |(_, most)| most) {
                least_whole = Some((i, share));
            }
            (column.lower, column.upper) = (value.round(), value.round());
        }
    }
    // A point that is found at the end is worth the little that it takes.
    let options = Options { limit: options.limit.grace(), ..options.clone() };
    let settled = attempt(&fixed, &options, &Attempt::RELAXED, began);
    match (settled.as_ref().map(SolvedModel::status), settled, least_whole) {
        (Some(HighsModelStatus::Optimal), Some(solved), _) => {
            let mut point = solved.get_solution().columns().to_vec();
            for (value, column) in point.iter_mut().zip(&fixed.columns) {
                if column.integer {
                    *value = column.lower;
                }
            }
            let (before, after) = (problem.value(columns), problem.value(&point));
            match least_whole {
                Some((column, _)) if after - before > options.gap.max(SETTLING) * after.abs() + LEAST_GAP => {
                    Settled::Swallowed(column)
                }
                _ => Settled::Point(point),
            }
        }
        (Some(HighsModelStatus::Infeasible), _, Some((column, _))) => Settled::Swallowed(column),
        _ => {
            let whole = |(c, v): (&crate::lowered::Column, &f64)| if c.integer { v.round() } else { *v };
            Settled::Point(problem.columns.iter().zip(columns).map(whole).collect())
        }
    }
}
