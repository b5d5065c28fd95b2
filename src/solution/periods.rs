//! Decomposition by topology, for horizons in which each period has a topology of its own and periods
//! are connected by few rows: charge of storage, energy of vehicles, operations of switches.
//!
//! The relaxation of the whole gives prices to the connecting rows. With these, each period is a
//! mixed-integer problem by itself, and the sum of their bounds is a bound of the whole (Lagrangian
//! relaxation), at least as good as that of the relaxation: whole numbers inside periods are decided
//! in it. Their topologies together are a plan, once everything else is solved for; with that plan's
//! values in the connecting rows, the periods are solved again for better topologies. What gap is left
//! is for outer approximation.

mod partition;

use super::bound::certify;
use super::clarabel::{self, Request, Status};
use super::conic::Conic;
use super::reduce::Domain;
use super::tree::incumbent::{Solution, settle};
use super::tree::node::Bounds;
use super::tree::orientation::Orientation;
use super::tree::space::Space;
use super::{Candidate, Options, Outcome, Primal, Termination, auto, closing, each, highs, outer, tree};
use crate::deadline::Stopwatch;
use crate::ids::IdVec;
use crate::lowered::{Arborescence, ColumnId, Lowered};
use partition::Partition;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Accuracy of the relaxation whose prices are used: any prices give a bound.
const PRICES: f64 = 1e-7;
/// Share of the gap that the blocks together may leave open.
const SHARE: f64 = 0.25;
/// Share of the time that may go into the blocks of one pass.
const PASS: f64 = 0.4;
/// A block may take so many times its even share of the time: most need much less than theirs.
const LENIENT: f64 = 3.0;
/// Rounds in which blocks that are not finished get more time.
const ROUNDS: usize = 4;
/// Passes for better topologies.
const PASSES: usize = 3;
/// Relative improvement that is worth another pass.
const WORTH: f64 = 1e-4;

/// Whether there are several topologies to decide.
pub fn applies(problem: &Lowered) -> bool {
    let free = |c: &ColumnId| problem.columns[*c].upper - problem.columns[*c].lower > 0.5;
    let decided = |tree: &Arborescence| tree.closed.iter().flatten().any(free);
    problem.arborescences.len() > 1 && (!problem.cones.is_empty() || problem.arborescences.iter().any(decided))
}

/// Solves a mixed-integer problem: with cones by trees over relaxations, without by HiGHS.
pub fn solve(problem: &Lowered, options: &Options, primal: Option<&dyn Primal>) -> Outcome {
    let began = Stopwatch::start();
    let parts = Partition::new(problem);
    let (Some(parts), Ok(space)) = (parts, Space::new(problem, false)) else {
        return undivided(problem, options, primal);
    };
    let request = Request { limit: options.limit.clone(), ..Request::default() };
    let mut search = Search {
        problem,
        options,
        began,
        request,
        parts,
        space,
        blocks: Vec::new(),
        outcomes: Vec::new(),
        bound: f64::NEG_INFINITY,
        certified: f64::NEG_INFINITY,
        incumbent: None,
        nodes: 0,
        iterations: 0,
    };
    if search.run(primal) {
        let mut outcome = search.outcome(Termination::Infeasible);
        (outcome.bound, outcome.point, outcome.objective) = (f64::INFINITY, None, None);
        outcome.certified = if problem.cones.is_empty() { f64::NEG_INFINITY } else { f64::INFINITY };
        return outcome;
    }
    if search.closed() {
        return search.outcome(Termination::Optimal);
    }
    if options.limit.passed() {
        return search.outcome(options.stopped());
    }
    search.further(primal)
}

/// Without decomposition.
fn undivided(problem: &Lowered, options: &Options, primal: Option<&dyn Primal>) -> Outcome {
    match problem.cones.is_empty() {
        true => auto::linear(problem, options, primal),
        false => outer::solve(problem, options, primal),
    }
}

struct Search<'a> {
    problem: &'a Lowered,
    options: &'a Options,
    began: Stopwatch,
    request: Request,
    parts: Partition,
    space: Space,
    /// The priced blocks and what is known of them.
    blocks: Vec<Lowered>,
    outcomes: Vec<Outcome>,
    bound: f64,
    /// What duals prove of it.
    certified: f64,
    incumbent: Option<Solution>,
    nodes: u64,
    iterations: u64,
}

impl Search<'_> {
    /// True if a block proves that there is no solution.
    fn run(&mut self, primal: Option<&dyn Primal>) -> bool {
        let conic = Conic::relaxation(self.problem);
        let request = Request { tolerance: PRICES, ..self.request.clone() };
        let relaxed = clarabel::solve(&conic, &request);
        self.iterations += relaxed.iterations;
        if relaxed.status != Status::Solved {
            return false;
        }
        let value = conic.objective(&relaxed.x);
        let domain = Domain::of_lowered(self.problem);
        self.certified = certify(&conic, &domain.implied_lower, &domain.implied_upper, &relaxed.duals).value;
        self.bound = self.certified;
        if !self.problem.cones.is_empty() {
            self.start(&relaxed.x, primal);
        }
        self.report();
        let constant = self.price(&conic, &relaxed.duals.rows);
        let mut open: Vec<usize> = (0..self.parts.count).collect();
        for _ in 0..ROUNDS {
            if self.priced(&open, constant, value) {
                return true;
            }
            let points: Vec<Option<Vec<f64>>> = self.outcomes.iter().map(|o| o.point.clone()).collect();
            self.plan(&points);
            self.report();
            self.passes(&conic);
            // Blocks that time has cut off get more of it, now that the others are done.
            let unfinished = |k: &usize| self.outcomes.get(*k).is_some_and(|o| o.termination != Termination::Optimal);
            open = (0..self.parts.count).filter(unfinished).collect();
            // HiGHS does more for the whole of a linear problem than for what is left of its blocks.
            let done = open.is_empty() || self.closed() || self.options.limit.passed();
            if done || self.incumbent.is_none() || self.problem.cones.is_empty() {
                break;
            }
        }
        false
    }

    /// Better topologies for what the plan has in the connecting rows, while that pays.
    fn passes(&mut self, conic: &Conic) {
        for _ in 0..PASSES {
            let Some(best) = self.incumbent.clone().filter(|_| !self.closed() && !self.options.limit.passed()) else {
                break;
            };
            let Some(points) = self.improved(conic, &best.point) else { break };
            self.plan(&points);
            self.report();
            let now = self.incumbent.as_ref().map_or(best.objective, |b| b.objective);
            if best.objective - now <= WORTH * best.objective.abs() {
                break;
            }
        }
    }

    /// Makes the blocks with prices on the connecting rows; what these add to the sum of the blocks.
    fn price(&mut self, conic: &Conic, prices: &[f64]) -> f64 {
        let mut cost = conic.cost.clone();
        let mut constant = conic.offset;
        for ((row, block), &price) in conic.rows.iter().zip(&self.parts.rows).zip(prices) {
            let end = if price > 0.0 { row.lower } else { row.upper };
            if block.is_some() || price == 0.0 || !end.is_finite() {
                continue;
            }
            constant += price * end;
            for &(column, a) in &row.terms {
                cost[column] -= price * a;
            }
        }
        self.blocks = (0..self.parts.count).map(|k| self.parts.block(self.problem, k, &cost)).collect();
        constant
    }

    /// Solves these of the priced blocks; the bounds of all become one of the whole. True if a block has no
    /// solution.
    fn priced(&mut self, open: &[usize], constant: f64, value: f64) -> bool {
        let blocks: Vec<Lowered> = open.iter().filter_map(|&k| self.blocks.get(k).cloned()).collect();
        let solved = self.solve(&blocks, value);
        if solved.iter().any(|o| o.termination == Termination::Infeasible) {
            return true;
        }
        if self.outcomes.is_empty() {
            self.outcomes = solved;
        } else {
            for (&k, new) in open.iter().zip(solved) {
                let Some(old) = self.outcomes.get_mut(k) else { continue };
                let (bound, certified) = (old.bound.max(new.bound), old.certified.max(new.certified));
                if new.objective.is_some() || old.objective.is_none() {
                    *old = new;
                }
                (old.bound, old.certified) = (bound, certified);
            }
        }
        let sum = |bound: fn(&Outcome) -> f64| self.outcomes.iter().map(|o| bound(o) - value).sum::<f64>() + constant;
        let (bound, certified) = (sum(|o| o.bound), sum(|o| o.certified));
        if bound.is_finite() {
            self.bound = self.bound.max(bound);
        }
        if certified.is_finite() {
            self.certified = self.certified.max(certified);
        }
        false
    }

    /// Solves the blocks with what stands in connecting rows as in a plan.
    fn improved(&mut self, conic: &Conic, plan: &[f64]) -> Option<Vec<Option<Vec<f64>>>> {
        let mut connecting: IdVec<ColumnId, bool> = IdVec::filled(false, conic.columns());
        for (row, _) in conic.rows.iter().zip(&self.parts.rows).filter(|(_, b)| b.is_none()) {
            for &(column, _) in &row.terms {
                connecting[column] = true;
            }
        }
        let mut problem = self.problem.clone();
        problem.derived.clear();
        for ((column, &value), _) in problem.columns.iter_mut().zip(plan).zip(&connecting).filter(|(_, c)| **c) {
            (column.lower, column.upper) = (value, value);
        }
        let blocks: Vec<Lowered> = (0..self.parts.count).map(|k| self.parts.block(&problem, k, &conic.cost)).collect();
        let value = conic.objective(plan);
        Some(self.solve(&blocks, value).into_iter().map(|o| o.point).collect())
    }

    /// Solves blocks, each to its share of the gap. The objective of each is moved to the value of the whole, to
    /// which gaps are relative. Time that a block leaves is for those that come after it.
    fn solve(&mut self, blocks: &[Lowered], value: f64) -> Vec<Outcome> {
        let count = blocks.len() as f64;
        let all = self.parts.count.max(1) as f64;
        let threads = self.options.threads.max(1) as f64;
        let pass = self.options.limit.share(PASS);
        let started = AtomicUsize::new(0);
        let solved = |block: &Lowered| {
            let waiting = count - started.fetch_add(1, Ordering::Relaxed) as f64;
            let limit = pass.share((LENIENT * threads / waiting).min(1.0));
            let options = Options { threads: 1, ..self.options.part(SHARE * self.options.gap / all, limit) };
            if block.cones.is_empty() {
                // HiGHS measures gaps without the offset: each block by its own value.
                let options = Options { gap: SHARE * self.options.gap, ..options };
                let outcome = highs::solve(block, &options, None).outcome;
                let objective = outcome.objective.map(|o| o + value);
                let (bound, certified) = (outcome.bound + value, outcome.certified + value);
                return Outcome { objective, bound, certified, ..outcome };
            }
            tree::solve(&Lowered { offset: value, ..block.clone() }, &options, None)
        };
        let outcomes: Vec<Outcome> = each(blocks, self.options.threads, solved);
        for outcome in &outcomes {
            self.nodes += outcome.nodes;
            self.iterations += outcome.iterations;
        }
        outcomes
    }

    /// The plan with the topologies of the blocks' points.
    fn plan(&mut self, blocks: &[Option<Vec<f64>>]) {
        let mut values: Vec<(ColumnId, f64)> = Vec::new();
        for ((tree, members), point) in self.problem.arborescences.iter().zip(&self.parts.members).zip(blocks) {
            let Some(point) = point else { continue };
            let mut arcs: Vec<ColumnId> = tree.arcs.iter().map(|a| a.3).collect();
            arcs.sort_unstable();
            let chosen = members.iter().zip(point).filter(|(c, _)| arcs.binary_search(c).is_ok());
            values.extend(chosen.map(|(&c, x)| (c, x.round())));
        }
        self.adopt(values);
    }

    /// A first plan: the relaxation rounded to topologies, or what is proposed near it.
    fn start(&mut self, x: &[f64], primal: Option<&dyn Primal>) {
        for candidate in primal.map(|p| p.propose(x)).unwrap_or_default() {
            self.adopt(candidate.values);
        }
        let lower: IdVec<ColumnId, f64> = self.problem.columns.iter().map(|c| c.lower).collect();
        let upper: IdVec<ColumnId, f64> = self.problem.columns.iter().map(|c| c.upper).collect();
        let trees = self.problem.arborescences.iter();
        let rounded: Option<Vec<_>> = trees.map(|tree| Orientation::new(tree, Ok).round(x, &lower, &upper)).collect();
        if let Some(values) = rounded {
            self.adopt(values.concat());
        }
    }

    /// The plan with these values, everything else being solved for.
    fn adopt(&mut self, values: Vec<(ColumnId, f64)>) {
        if self.problem.cones.is_empty() {
            return self.linear_plan(&values);
        }
        let Some(bounds): Option<Bounds> = self.space.adopt(&Candidate { values }) else { return };
        let settled = settle(&self.space, bounds, &self.request);
        self.iterations += settled.iterations;
        if let Some(solution) = settled.solution
            && self.incumbent.as_ref().is_none_or(|best| solution.objective < best.objective)
        {
            self.incumbent = Some(solution);
        }
    }

    /// The plan with these values, everything else solved for by HiGHS.
    fn linear_plan(&mut self, values: &[(ColumnId, f64)]) {
        let mut fixed = self.problem.clone();
        fixed.derived.clear();
        for &(column, value) in values {
            let column = &mut fixed.columns[column];
            (column.lower, column.upper) = (value, value);
        }
        let options = self.options.part(SHARE * self.options.gap, self.options.limit.share(PASS));
        let found = highs::solve(&fixed, &options, None).outcome;
        self.nodes += found.nodes;
        self.iterations += 1;
        if let (Some(objective), Some(point)) = (found.objective, found.point)
            && self.incumbent.as_ref().is_none_or(|best| objective < best.objective)
        {
            self.incumbent = Some(Solution { objective, point });
        }
    }

    /// Outer approximation, or HiGHS, in what time is left, from the plan found.
    fn further(self, primal: Option<&dyn Primal>) -> Outcome {
        let start = Known { candidate: self.incumbent.as_ref().map(|best| whole(self.problem, &best.point)) };
        let primal = if self.incumbent.is_some() { Some(&start as &dyn Primal) } else { primal };
        let mut outcome = undivided(self.problem, self.options, primal);
        if outcome.termination == Termination::Infeasible && self.incumbent.is_none() {
            return outcome;
        }
        outcome.bound = outcome.bound.max(self.bound);
        outcome.certified = outcome.certified.max(self.certified);
        outcome.nodes += self.nodes;
        outcome.iterations += self.iterations;
        outcome.engine = format!("by period, then {}", outcome.engine);
        if let Some(best) = self.incumbent
            && outcome.objective.is_none_or(|o| best.objective < o)
        {
            (outcome.objective, outcome.point) = (Some(best.objective), Some(best.point));
        }
        if let Some(objective) = outcome.objective {
            outcome.bound = outcome.bound.min(objective);
            outcome.certified = outcome.certified.min(outcome.bound);
            if outcome.bound >= closing(objective, self.options.gap) {
                outcome.termination = Termination::Optimal;
            }
        }
        outcome
    }

    fn outcome(self, termination: Termination) -> Outcome {
        let best = self.incumbent.as_ref().map_or(f64::INFINITY, |b| b.objective);
        Outcome {
            termination,
            objective: self.incumbent.as_ref().map(|b| b.objective),
            point: self.incumbent.map(|b| b.point),
            bound: self.bound.min(best),
            certified: self.certified.min(best),
            engine: match self.problem.cones.is_empty() {
                true => format!("by period, {}", highs::name()),
                false => format!("by period, tree over {}", super::continuous::CLARABEL),
            },
            nodes: self.nodes,
            iterations: self.iterations,
        }
    }

    fn closed(&self) -> bool {
        self.incumbent.as_ref().is_some_and(|best| self.bound >= closing(best.objective, self.options.gap))
    }

    fn report(&self) {
        let incumbent = self.incumbent.as_ref().map(|best| best.objective);
        self.options.tell(self.began, self.bound, incumbent, self.nodes);
    }
}

/// The integers of a point.
fn whole(problem: &Lowered, point: &[f64]) -> Candidate {
    let whole = problem.columns.each().zip(point).filter(|((_, c), _)| c.integer);
    Candidate { values: whole.map(|((column, _), x)| (column, x.round())).collect() }
}

/// Proposes one plan.
struct Known {
    candidate: Option<Candidate>,
}

impl Primal for Known {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        self.candidate.iter().cloned().collect()
    }
}
