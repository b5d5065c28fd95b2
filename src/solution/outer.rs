//! Outer approximation on HiGHS, for mixed-integer conic problems with many integers.
//!
//! The conic relaxation is solved first and its duals become planes around the cones. Then HiGHS
//! solves mixed-integer linear problems; for each of their integer assignments a conic solve of the
//! rest gives an incumbent and planes with which that assignment is worth its conic value. An
//! assignment that comes back is recognised by its values, and the point itself is cut. The bound
//! is the bound of the mixed-integer linear problem.

mod polyhedron;

use super::clarabel::Request;
use super::continuous::{self, CLARABEL};
use super::reduce::Effort;
use super::relaxation::{Relaxed, Verdict, relax};
use super::tree::incumbent::{Settled, Solution, settle};
use super::tree::node::Bounds;
use super::tree::space::Space;
use super::{Options, Outcome, Primal, Termination, closing, highs, highs::Start};
use crate::deadline::Stopwatch;
use crate::ids::Id;
use crate::lowered::{ColumnId, Lowered};
use polyhedron::Polyhedron;
use rustc_hash::FxHashSet;

/// Candidates checked at the root.
const CHECKED: usize = 4;
/// Share of the gap asked of HiGHS: the rest is for the cones.
const INNER_GAP: f64 = 0.5;
/// A gap below this is not asked of linear solves with planes.
const LEAST_GAP: f64 = 1e-7;
/// Rounds without progress before numerical trouble is admitted.
const STALLED: usize = 5;

/// Solves a mixed-integer conic problem.
pub fn solve(problem: &Lowered, options: &Options, primal: Option<&dyn Primal>) -> Outcome {
    let began = Stopwatch::start();
    let mut outcome = Outcome {
        termination: Termination::Infeasible,
        point: None,
        objective: None,
        bound: f64::INFINITY,
        certified: f64::INFINITY,
        engine: format!("outer approximation on HiGHS and {CLARABEL}"),
        nodes: 0,
        iterations: 0,
    };
    let Ok(space) = Space::new(problem, false) else { return outcome };
    let request = Request { limit: options.limit.clone(), ..Request::default() };
    let polyhedron = Polyhedron::new(&space);
    let mut search = Search {
        space,
        options,
        request,
        began,
        polyhedron,
        incumbent: None,
        start: None,
        bound: f64::NEG_INFINITY,
        root: f64::NEG_INFINITY,
        seen: FxHashSet::default(),
        nodes: 0,
        iterations: 0,
    };
    outcome.termination = search.run(problem, primal);
    outcome.nodes = search.nodes;
    outcome.iterations = search.iterations;
    match outcome.termination {
        Termination::Infeasible => outcome.certified = search.root,
        Termination::Unbounded => (outcome.bound, outcome.certified) = (f64::NEG_INFINITY, f64::NEG_INFINITY),
        _ => {
            let best = search.incumbent.as_ref().map_or(f64::INFINITY, |b| b.objective);
            outcome.bound = search.bound.min(best);
            // Beyond what the duals of the root prove, the bound is that of HiGHS's search.
            outcome.certified = search.root.min(outcome.bound);
            outcome.objective = search.incumbent.as_ref().map(|b| b.objective);
            outcome.point = search.incumbent.map(|b| b.point);
        }
    }
    outcome
}

struct Search<'a> {
    space: Space,
    options: &'a Options,
    request: Request,
    began: Stopwatch,
    polyhedron: Polyhedron,
    incumbent: Option<Solution>,
    /// The incumbent as a point of the searched problem.
    start: Option<Vec<f64>>,
    bound: f64,
    /// What the duals of the relaxation at the root prove.
    root: f64,
    seen: FxHashSet<Vec<i64>>,
    nodes: u64,
    iterations: u64,
}

impl Search<'_> {
    fn run(&mut self, problem: &Lowered, primal: Option<&dyn Primal>) -> Termination {
        let effort = Effort { integer: &self.space.integer, eliminate_integers: true, kept: &[] };
        let relaxed = relax(&self.space.problem, &self.space.domain, &effort, &self.request);
        self.iterations += relaxed.iterations;
        (self.bound, self.root) = (relaxed.bound, relaxed.bound);
        match relaxed.verdict {
            Verdict::Infeasible => {
                self.root = f64::INFINITY;
                return Termination::Infeasible;
            }
            Verdict::Stopped => return self.options.stopped(),
            Verdict::Unbounded => return continuous::unlimited(problem, self.options, primal, solve),
            _ => {}
        }
        self.learn(&relaxed);
        self.propose(&relaxed, primal);
        let mut stalled = 0;
        loop {
            self.report();
            if self.closed() {
                return Termination::Optimal;
            }
            if self.options.limit.passed() {
                return self.options.stopped();
            }
            let rows = self.polyhedron.problem.rows.len();
            let before = self.bound;
            if let Some(end) = self.round() {
                return end;
            }
            let moved = self.polyhedron.problem.rows.len() > rows || self.bound > before;
            stalled = if moved { 0 } else { stalled + 1 };
            if stalled > STALLED {
                return Termination::Failed;
            }
        }
    }

    /// One mixed-integer linear solve and the conic solve of its assignment.
    fn round(&mut self) -> Option<Termination> {
        let inner = self.options.part((self.gap() * INNER_GAP).max(LEAST_GAP), self.options.limit.clone());
        let start = self.start.as_ref().map(|x| self.polyhedron.lift(x));
        let linear = highs::solve(
            &self.polyhedron.problem,
            &inner,
            start.as_deref().map(|point| Start::Point { point, good: true }),
        )
        .outcome;
        self.nodes += linear.nodes;
        self.iterations += 1;
        if linear.bound.is_finite() {
            self.bound = self.bound.max(linear.bound);
        }
        match linear.termination {
            Termination::Infeasible => {
                // Planes never cut a solution off, so either there is none, or (exclusions) none
                // better than the incumbent is left.
                self.bound = f64::INFINITY;
                return Some(if self.incumbent.is_some() { Termination::Optimal } else { Termination::Infeasible });
            }
            Termination::Unbounded | Termination::Failed => return Some(Termination::Failed),
            _ => {}
        }
        let Some(point) = linear.point else { return Some(self.options.stopped()) };
        let assignment: Bounds =
            (self.space.integers.iter()).map(|&column| column.of(&point).round()).map(|value| (value, value)).collect();
        self.polyhedron.separate(&point);
        if self.seen.insert(signature(&assignment)) {
            let settled = settle(&self.space, assignment.clone(), &self.request);
            let infeasible = settled.relaxed.as_ref().is_some_and(|r| r.verdict == Verdict::Infeasible);
            let without_solve = settled.relaxed.is_none();
            self.take(settled);
            if infeasible || without_solve {
                self.exclude(&assignment);
            }
        }
        None
    }

    /// A proven infeasible assignment of 0/1 columns does not come back.
    fn exclude(&mut self, assignment: &Bounds) {
        let domain = &self.space.domain;
        let binary = self.space.integers.iter().all(|&c| domain.lower[c] >= 0.0 && domain.upper[c] <= 1.0);
        if binary {
            let values: Vec<(ColumnId, f64)> =
                self.space.integers.iter().copied().zip(assignment.iter().map(|b| b.0)).collect();
            self.polyhedron.exclude(&values);
        }
    }

    fn propose(&mut self, relaxed: &Relaxed, primal: Option<&dyn Primal>) {
        let mut near: Vec<Bounds> = Vec::new();
        if let Some(primal) = primal {
            near.extend(primal.propose(&self.space.expand(&relaxed.x)).iter().filter_map(|c| self.space.adopt(c)));
        }
        near.extend(self.space.rounded(&self.space.bounds(), &relaxed.x));
        for bounds in near.into_iter().take(CHECKED) {
            if self.seen.insert(signature(&bounds)) {
                let settled = settle(&self.space, bounds, &self.request);
                self.take(settled);
            }
        }
    }

    fn take(&mut self, settled: Settled) {
        self.iterations += settled.iterations;
        if let Some(relaxed) = &settled.relaxed {
            self.learn(relaxed);
        }
        if let Some(solution) = settled.solution
            && self.incumbent.as_ref().is_none_or(|best| solution.objective < best.objective)
        {
            self.incumbent = Some(solution);
            self.start = settled.relaxed.map(|r| r.x);
        }
    }

    /// Planes from a conic solve: its duals, and its point where it has one.
    fn learn(&mut self, relaxed: &Relaxed) {
        if let Some((reduction, _)) = &relaxed.reduced {
            for (&cone, dual) in reduction.cones.iter().zip(&relaxed.duals.cones) {
                self.polyhedron.cut_dual(cone, dual);
            }
        }
        if relaxed.verdict == Verdict::Solved {
            self.polyhedron.cut_tangent(&relaxed.x);
        }
    }

    fn gap(&self) -> f64 {
        self.options.gap.max(LEAST_GAP)
    }

    fn closed(&self) -> bool {
        self.incumbent.as_ref().is_some_and(|best| self.bound >= closing(best.objective, self.gap()))
    }

    fn report(&self) {
        let incumbent = self.incumbent.as_ref().map(|best| best.objective);
        self.options.tell(self.began, self.bound, incumbent, self.nodes);
    }
}

fn signature(bounds: &Bounds) -> Vec<i64> {
    bounds.iter().flat_map(|&(low, high)| [low as i64, high as i64]).collect()
}
