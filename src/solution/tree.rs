//! Branch and bound over conic relaxations, for mixed-integer conic problems with few hard
//! integers.
//!
//! Every node is a reduced Clarabel solve whose bound is certified. Nodes are taken best bound
//! first, a fixed number per round, and all solves of a round are independent of each other: the
//! result does not depend on the number of threads. Where integers select an arborescence, single
//! parents, dominators and cycles are propagated and relaxations are rounded to arborescences.
//! Integer values become an incumbent only through a solve of the continuous columns; an integral
//! leaf stays open until its bound meets the incumbent.

pub mod branching;
pub mod incumbent;
pub mod node;
pub mod orientation;
pub mod space;

use super::clarabel::Request;
use super::continuous::{self, CLARABEL, FEASIBLE, TOLERANCE};
use super::{Candidate, Options, Outcome, Primal, Termination, closing};
use crate::deadline::Stopwatch;
use crate::lowered::Lowered;
use branching::splits;
use incumbent::{Settled, Solution, settle};
use node::{Bounds, Evaluated, Fate, Node, evaluate};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use space::Space;
use std::collections::BTreeMap;

/// Nodes taken per round.
const BATCH: usize = 2;
/// Splits tried per node.
const TRIED: usize = 1;
/// Candidates checked per relaxation.
const CHECKED: usize = 2;
/// Tolerance of the solve of a node without free integers.
const LEAF: f64 = 1e-9;
/// Branch exchanges checked at a time.
const EXCHANGED: usize = 4;
/// Interior-point iterations that branch exchange may take in any case …
const EXCHANGE_BASE: u64 = 10_000;
/// … and where somebody proposes topologies that are good already.
const EXCHANGE_BESIDE: u64 = 1_000;
/// Iterations of branch exchange for each one of the tree.
const EXCHANGE_SHARE: f64 = 0.5;
/// Interior-point iterations that proposals near relaxations may take in any case, and for each one of
/// the whole search, once there is a plan.
const PROPOSAL_BASE: u64 = 500;
const PROPOSAL_SHARE: f64 = 0.2;
/// A gap below this is not asked of interior-point solves.
const LEAST_GAP: f64 = 1e-7;

/// Solves a mixed-integer conic problem.
pub fn solve(problem: &Lowered, options: &Options, primal: Option<&dyn Primal>) -> Outcome {
    let began = Stopwatch::start();
    let engine = format!("tree over {CLARABEL}");
    let ended = |termination, bound| Outcome {
        termination,
        point: None,
        objective: None,
        bound,
        certified: bound,
        engine: engine.clone(),
        nodes: 0,
        iterations: 0,
    };
    if problem.columns.iter().any(|c| c.integer && !(c.lower.is_finite() && c.upper.is_finite())) {
        // Without finite bounds an integer cannot be enumerated; the relaxation may still decide.
        let relaxed = continuous::solve(problem, options);
        return match relaxed.termination {
            Termination::Infeasible => ended(Termination::Infeasible, f64::INFINITY),
            Termination::Interrupted | Termination::Limit => ended(relaxed.termination, relaxed.bound),
            _ => ended(Termination::Failed, relaxed.bound),
        };
    }
    let Ok(space) = Space::new(problem, true) else { return ended(Termination::Infeasible, f64::INFINITY) };
    let pool = match rayon::ThreadPoolBuilder::new().num_threads(options.threads.max(1)).build() {
        Ok(pool) => pool,
        Err(_) => return ended(Termination::Failed, f64::NEG_INFINITY),
    };
    let mut search = Search {
        space,
        options,
        primal,
        pool,
        began,
        request: Request { limit: options.limit.clone(), ..Request::default() },
        open: BTreeMap::new(),
        serial: 0,
        incumbent: None,
        floor: f64::INFINITY,
        certified_floor: f64::INFINITY,
        seen: FxHashSet::default(),
        nodes: 0,
        iterations: 0,
        exchange_iterations: 0,
        proposal_iterations: 0,
        stopped: false,
    };
    let termination = search.run(problem);
    search.outcome(termination, engine)
}

/// Order of open nodes: bound (as ordered bits), then age.
type Key = (u64, u64);

struct Search<'a> {
    space: Space,
    options: &'a Options,
    primal: Option<&'a dyn Primal>,
    pool: rayon::ThreadPool,
    began: Stopwatch,
    request: Request,
    open: BTreeMap<Key, Node>,
    serial: u64,
    incumbent: Option<Solution>,
    /// Least bound of everything that was closed by the cut-off or could not be decided.
    floor: f64,
    /// Least certified bound of the leaves whose bound was taken from their solve.
    certified_floor: f64,
    seen: FxHashSet<Vec<u8>>,
    nodes: u64,
    iterations: u64,
    exchange_iterations: u64,
    proposal_iterations: u64,
    stopped: bool,
}

impl Search<'_> {
    fn run(&mut self, problem: &Lowered) -> Termination {
        if let Some(termination) = self.root(problem) {
            return termination;
        }
        self.exchange();
        loop {
            if self.closed() {
                return if self.incumbent.is_some() { Termination::Optimal } else { Termination::Infeasible };
            }
            if self.stopped || self.options.limit.passed() {
                return self.options.stopped();
            }
            if self.open.is_empty() {
                // Something could not be decided, and its bound is below the incumbent.
                return Termination::Failed;
            }
            let before = self.incumbent.as_ref().map(|best| best.objective);
            self.round();
            if self.incumbent.as_ref().map(|best| best.objective) != before {
                self.exchange();
            }
            self.report();
        }
    }

    /// Solves the root, proposes solutions, and fixes by reduced cost until nothing more follows.
    fn root(&mut self, problem: &Lowered) -> Option<Termination> {
        let mut bounds = self.space.bounds();
        let mut known = f64::NEG_INFINITY;
        for _ in 0..ROOT_ROUNDS {
            let request = self.node_request();
            let evaluated = evaluate(&self.space, bounds.clone(), known, &request);
            self.count(&evaluated);
            let mut node = match evaluated.fate {
                Fate::Empty => return None,
                Fate::Stopped => {
                    self.stopped = true;
                    self.floor = self.floor.min(known);
                    return None;
                }
                Fate::Beyond(bound) => {
                    self.floor = self.floor.min(bound);
                    return None;
                }
                Fate::Open(node) => node,
            };
            if node.bound == f64::NEG_INFINITY && !node.solved {
                let unlimited = continuous::unlimited(problem, self.options, self.primal, solve);
                if unlimited != Termination::Failed {
                    return Some(unlimited);
                }
            }
            known = node.bound;
            self.propose(std::slice::from_ref(&*node));
            let before = free(&node.bounds);
            if let Some(cutoff) = self.cutoff() {
                if node.bound >= cutoff {
                    self.floor = self.floor.min(node.bound);
                    return None;
                }
                self.floor = self.floor.min(node.fix_by_reduced_cost(cutoff));
            }
            let after = free(&node.bounds);
            bounds.clone_from(&node.bounds);
            if after as f64 > ROOT_WORTH * before as f64 {
                self.push(*node);
                return None;
            }
        }
        let request = self.node_request();
        let evaluated = evaluate(&self.space, bounds, known, &request);
        self.keep(evaluated, known);
        None
    }

    fn round(&mut self) {
        let cutoff = self.cutoff();
        let mut parents = Vec::new();
        while parents.len() < BATCH
            && let Some((_, mut node)) = self.open.pop_first()
        {
            if let Some(cutoff) = cutoff {
                if node.bound >= cutoff {
                    self.floor = self.floor.min(node.bound);
                    continue;
                }
                self.floor = self.floor.min(node.fix_by_reduced_cost(cutoff));
            }
            parents.push(node);
        }
        let mut tasks: Vec<(usize, usize, Bounds, f64)> = Vec::new();
        for (parent, node) in parents.iter().enumerate() {
            let splits = splits(&self.space, node, TRIED);
            if splits.is_empty() {
                let bound = self.leaf(node);
                self.floor = self.floor.min(bound);
            }
            for (way, split) in splits.into_iter().enumerate() {
                tasks.extend(split.children.into_iter().map(|bounds| (parent, way, bounds, node.bound)));
            }
        }
        let (space, request) = (&self.space, self.node_request());
        let results: Vec<(usize, usize, Evaluated)> = self.pool.install(|| {
            tasks
                .into_par_iter()
                .map(|(parent, way, bounds, known)| (parent, way, evaluate(space, bounds, known, &request)))
                .collect()
        });
        let mut ways: BTreeMap<(usize, usize), Vec<Evaluated>> = BTreeMap::new();
        for (parent, way, evaluated) in results {
            self.count(&evaluated);
            ways.entry((parent, way)).or_default().push(evaluated);
        }
        let mut fresh = Vec::new();
        for (parent, node) in parents.into_iter().enumerate() {
            let best = ways
                .iter()
                .filter(|((p, _), _)| *p == parent)
                .map(|(&key, children)| (gain(&node, children, cutoff), key))
                .fold(None, |best: Option<(f64, (usize, usize))>, new| match best {
                    Some(old) if old.0 >= new.0 => Some(old),
                    _ => Some(new),
                });
            let Some((_, key)) = best else { continue };
            for evaluated in ways.remove(&key).unwrap_or_default() {
                match evaluated.fate {
                    Fate::Open(child) => fresh.push(*child),
                    Fate::Empty => {}
                    Fate::Beyond(bound) => self.floor = self.floor.min(bound),
                    Fate::Stopped => {
                        self.stopped = true;
                        self.floor = self.floor.min(node.bound);
                    }
                }
            }
        }
        self.propose(&fresh);
        fresh.into_iter().for_each(|node| self.push(node));
    }

    /// The bound of a node whose integers are all fixed, solved as well as it can be. Where columns are
    /// so wide that the certificate says little, it is the value of the solve to its tolerance, as for
    /// continuous problems.
    fn leaf(&mut self, node: &Node) -> f64 {
        let request = Request { tolerance: LEAF, cutoff: None, ..self.request.clone() };
        let evaluated = evaluate(&self.space, node.bounds.clone(), node.bound, &request);
        self.count(&evaluated);
        match evaluated.fate {
            Fate::Empty => f64::INFINITY,
            Fate::Open(leaf) if leaf.solved && self.space.problem.violation(&leaf.x) <= FEASIBLE => {
                let value = self.space.problem.objective(&leaf.x);
                let own = value - TOLERANCE * value.abs().max(1.0);
                // A certified bound that closes the gap is all that is needed.
                let closes = closing(value, self.gap()) <= leaf.bound;
                if own > leaf.bound && !closes {
                    self.certified_floor = self.certified_floor.min(leaf.bound);
                }
                leaf.bound.max(own)
            }
            Fate::Open(leaf) => leaf.bound,
            Fate::Beyond(bound) => bound,
            Fate::Stopped => node.bound,
        }
    }

    /// Checks candidates near relaxations and keeps the best.
    fn propose(&mut self, nodes: &[Node]) {
        let allowed = PROPOSAL_BASE + (PROPOSAL_SHARE * self.iterations as f64) as u64;
        let best = self.incumbent.as_ref().map(|best| best.objective);
        if best.is_some() && self.proposal_iterations > allowed {
            return;
        }
        let mut candidates: Vec<Bounds> = Vec::new();
        for node in nodes {
            let mut near: Vec<Bounds> = Vec::new();
            if let Some(primal) = self.primal {
                let proposals: Vec<Candidate> = primal.propose(&self.space.expand(&node.x));
                near.extend(proposals.iter().filter_map(|c| self.space.adopt(c)));
            }
            near.extend(self.space.rounded(&node.bounds, &node.x));
            candidates.extend(near.into_iter().filter(|bounds| self.seen.insert(signature(bounds))).take(CHECKED));
        }
        // What cannot be better than the incumbent need not be solved to its end.
        let iterations = self.check(candidates, &Request { cutoff: best, ..self.request.clone() });
        self.proposal_iterations += iterations;
        self.iterations += iterations;
    }

    /// Settles candidates and keeps the best; interior-point iterations.
    fn check(&mut self, candidates: Vec<Bounds>, request: &Request) -> u64 {
        let space = &self.space;
        let results: Vec<Settled> =
            self.pool.install(|| candidates.into_par_iter().map(|bounds| settle(space, bounds, request)).collect());
        let mut iterations = 0;
        for settled in results {
            iterations += settled.iterations;
            if let Some(solution) = settled.solution
                && self.incumbent.as_ref().is_none_or(|best| solution.objective < best.objective)
            {
                self.incumbent = Some(solution);
            }
        }
        iterations
    }

    /// Improves the incumbent by branch exchanges while that pays for its effort: for topologies that
    /// nobody proposes solutions for.
    fn exchange(&mut self) {
        if self.primal.is_some_and(Primal::searched) || self.space.orientations.is_empty() {
            return;
        }
        while let Some(best) = &self.incumbent {
            let before = best.objective;
            let mut near = self.space.exchanges(&best.point);
            near.retain(|bounds| !self.seen.contains(&signature(bounds)));
            let request = Request { cutoff: Some(before), tolerance: 1e-6, ..self.request.clone() };
            for part in near.chunks(EXCHANGED) {
                let base = if self.primal.is_some() { EXCHANGE_BESIDE } else { EXCHANGE_BASE };
                let allowed = base + (EXCHANGE_SHARE * self.iterations as f64) as u64;
                if self.exchange_iterations > allowed || self.closed() || self.options.limit.passed() {
                    return;
                }
                self.seen.extend(part.iter().map(signature));
                self.exchange_iterations += self.check(part.to_vec(), &request);
                if self.incumbent.as_ref().is_some_and(|best| best.objective < before) {
                    break;
                }
            }
            if self.incumbent.as_ref().is_none_or(|best| best.objective >= before) {
                return;
            }
        }
    }

    fn push(&mut self, node: Node) {
        self.serial += 1;
        self.open.insert((ordered(node.bound), self.serial), node);
    }

    fn keep(&mut self, evaluated: Evaluated, known: f64) {
        self.count(&evaluated);
        match evaluated.fate {
            Fate::Open(node) => {
                self.propose(std::slice::from_ref(&*node));
                self.push(*node);
            }
            Fate::Empty => {}
            Fate::Beyond(bound) => self.floor = self.floor.min(bound),
            Fate::Stopped => {
                self.stopped = true;
                self.floor = self.floor.min(known);
            }
        }
    }

    fn count(&mut self, evaluated: &Evaluated) {
        self.nodes += 1;
        self.iterations += evaluated.iterations;
    }

    /// What nodes are asked for: an accuracy well inside the gap, and an end at the cut-off.
    fn node_request(&self) -> Request {
        let tolerance = (self.gap() * NODE_TOLERANCE).clamp(1e-8, 1e-5);
        Request { tolerance, cutoff: self.cutoff(), ..self.request.clone() }
    }

    fn gap(&self) -> f64 {
        self.options.gap.max(LEAST_GAP)
    }

    /// A node with at least this bound cannot improve the incumbent by more than the gap.
    fn cutoff(&self) -> Option<f64> {
        self.incumbent.as_ref().map(|best| closing(best.objective, self.gap()))
    }

    fn bound(&self) -> f64 {
        let open = self.open.values().next().map_or(f64::INFINITY, |node| node.bound);
        let incumbent = self.incumbent.as_ref().map_or(f64::INFINITY, |best| best.objective);
        open.min(self.floor).min(incumbent)
    }

    /// Whether nothing is left that could change the answer.
    fn closed(&self) -> bool {
        match self.cutoff() {
            Some(cutoff) => self.bound() >= cutoff,
            None => self.open.is_empty() && !self.stopped && self.floor == f64::INFINITY,
        }
    }

    fn report(&self) {
        let incumbent = self.incumbent.as_ref().map(|best| best.objective);
        self.options.tell(self.began, self.bound(), incumbent, self.nodes);
    }

    fn outcome(self, termination: Termination, engine: String) -> Outcome {
        let bound = match termination {
            Termination::Infeasible => f64::INFINITY,
            Termination::Unbounded => f64::NEG_INFINITY,
            _ => self.bound(),
        };
        let (objective, point) = match self.incumbent {
            Some(best) if termination != Termination::Unbounded => (Some(best.objective), Some(best.point)),
            _ => (None, None),
        };
        Outcome {
            termination,
            point,
            objective,
            bound,
            certified: self.certified_floor.min(bound),
            engine,
            nodes: self.nodes,
            iterations: self.iterations + self.exchange_iterations,
        }
    }
}

/// Solves of the root with ever more columns fixed.
const ROOT_ROUNDS: usize = 4;
/// The root is solved again if reduced costs leave less than this share of the free integers.
const ROOT_WORTH: f64 = 0.9;
/// Accuracy of node solves as a share of the gap.
const NODE_TOLERANCE: f64 = 1e-2;

/// How much a split gains: the product of the children's bound increases, a closed child counting
/// as one that reaches the cut-off.
fn gain(node: &Node, children: &[Evaluated], cutoff: Option<f64>) -> f64 {
    let room = cutoff.map_or(f64::INFINITY, |c| (c - node.bound).max(0.0));
    children
        .iter()
        .map(|child| match &child.fate {
            Fate::Open(open) => (open.bound - node.bound).min(room).max(1e-12),
            Fate::Empty | Fate::Beyond(_) => {
                if room.is_finite() {
                    room.max(1e-12)
                } else {
                    1e3
                }
            }
            Fate::Stopped => 0.0,
        })
        .product()
}

fn free(bounds: &Bounds) -> usize {
    bounds.iter().filter(|(low, high)| high - low > 0.5).count()
}

/// Bit pattern that sorts like the number.
fn ordered(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// A candidate by its values, to meet it only once.
fn signature(bounds: &Bounds) -> Vec<u8> {
    bounds.iter().flat_map(|&(low, high)| [low as i64 as u8, high as i64 as u8]).collect()
}
