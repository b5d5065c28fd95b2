//! Plans whose flow cones are loose: no state of the network. With their whole numbers kept, a state is sought that
//! keeps all rules. What is left is divided into other whole numbers and topologies, and into boxes around what is
//! loose; the least bound of the parts that are left is the bound.

use super::cones::TIGHT;
use super::judge::{Judge, Verdict};
use super::{Loosest, TOLERANCE, failed_checks, goal_value, largest_violation, loosest, physical, power_flow};
use crate::ids::Id;
use crate::lowered::{ColumnId, ColumnSource, Entry, Lowered, Lowering, Row};
use crate::program::{Affine, FlowCone, Network, Objective, OriginId, Program, VarId};
use crate::solution::boxes::{self, Division};
use crate::solution::convex_concave::{Equation, tighten};
use crate::solution::{BoundOrigin, Engine, Options, Outcome, Primal, Termination, solve};
use std::collections::BTreeSet;

/// Seconds for a repair; it may go on in the grace after the limit, since a plan that is no state is worth nothing.
const SECONDS: f64 = 10.0;
/// The same without a limit, where every choice of whole numbers can be judged.
const JUDGED_SECONDS: f64 = 60.0;
/// Topologies for which a state is sought.
const TOPOLOGIES: u64 = 6;
/// Choices of whole numbers that are judged where power flow decides about them.
const JUDGED: u64 = 500;
/// Boxes that cannot be divided further in which a state is sought.
const LEAVES: u64 = 20;
/// Boxes that are divided.
const BOXES: u64 = 1000;
/// Choices that are told.
const TOLD: usize = 6;

/// The relaxation's plan where it was no state of the network, and what was done about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// Its loosest cone.
    pub loosest: Loosest,
    /// What it promised, in coherent units and in the user's direction.
    pub promised: f64,
    /// How the search for a state ended.
    pub found: Found,
    /// Topologies for which one was sought.
    pub topologies: u64,
    /// Conic problems solved for it.
    pub rounds: u64,
    /// Boxes that the power flow's quantities were divided into where other decisions than whole numbers matter.
    pub boxes: u64,
    /// No plan is better than this, in coherent units and in the user's direction, where all choices of whole
    /// numbers that were left behind have been judged by AC power flow.
    pub bound: Option<f64>,
    /// What duals prove of that.
    pub certified: Option<f64>,
    /// Do duals prove that what was left behind has no solution?
    pub refuted: bool,
    /// The first choices of whole numbers that AC power flow has excluded.
    pub excluded: Vec<Excluded>,
}

impl Repair {
    /// Of a plan whose loosest cone and promise are known, before anything is done about it.
    pub(super) fn of(loosest: Loosest, promised: f64) -> Self {
        Repair {
            loosest,
            promised,
            found: Found::Nothing,
            topologies: 0,
            rounds: 0,
            boxes: 0,
            bound: None,
            certified: None,
            refuted: false,
            excluded: Vec::new(),
        }
    }
}

/// A choice of whole numbers whose state passes limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Excluded {
    /// Ids of the lines that may be switched and are open in the first period.
    pub open: Vec<String>,
    /// The limits, in words.
    pub broken: Vec<String>,
}

/// How the search for a state of the network ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The plan returned is a state that keeps all rules.
    State,
    /// The search ended without one, and without a proof that there is none.
    Nothing,
    /// There is none: AC power flow excludes every choice of whole numbers that the relaxation allows, or its equations
    /// exclude every box that their quantities were divided into.
    Impossible,
    /// Time or an interruption ended it.
    Stopped,
}

/// A problem and how its engine is asked.
pub(super) struct Asked<'a> {
    /// The program.
    pub program: &'a Program,
    /// Its problem.
    pub lowering: &'a Lowering,
    /// The goal of the problem.
    pub goal: &'a Objective,
    /// The engine.
    pub engine: Engine,
    /// What it is asked for.
    pub options: &'a Options,
    /// Proposes whole numbers.
    pub proposal: Option<&'a dyn Primal>,
}

/// What is wrong with the plan that an engine returned, and values to return instead where there are any.
/// None where it is a state of the network. Where no state is found with the plan's whole numbers, others are
/// tried, the next best by the relaxation first: all that the relaxation allows, where AC power flow decides about
/// them, and a few where other decisions matter too.
pub(super) fn repaired(asked: &Asked<'_>, outcome: &Outcome) -> Option<(Repair, Option<Vec<f64>>)> {
    let network = asked.program.network.as_ref()?;
    let problem = &asked.lowering.problem;
    let point = outcome.point.clone()?;
    let judge = Judge::new(asked.program, network);
    let x = asked.values(&point);
    let loosest = loosest(network, &x)?;
    if loosest.gap <= TIGHT && !matches!(judge.verdict(&x), Verdict::Broken(_)) {
        return None;
    }
    let promised = goal_value(asked.program, asked.goal, &x);
    let equations = equations(network, problem);
    let proven = Proven { bound: outcome.bound, certified: outcome.certified };
    let first = Part { problem: problem.clone(), proven, point: Some(point), divided: false };
    let options = asked.limited(judge.complete());
    let mut search = Search {
        asked,
        network,
        judge,
        equations,
        options,
        repair: Repair::of(loosest, promised),
        best: None,
        closed: true,
        floor: Proven::NOTHING,
        leaves: 0,
        refuted: true,
        open: vec![first],
    };
    search.run();
    // What a search with numerical trouble left behind has not been excluded.
    let sound = outcome.termination != Termination::Failed;
    let rest = search.open.iter().map(|p| p.proven).fold(search.floor, Proven::least);
    let exhausted = search.open.is_empty() && search.floor == Proven::NOTHING && search.closed && sound;
    let Search { mut repair, best, closed, refuted, .. } = search;
    repair.refuted = refuted;
    repair.found = match &best {
        Some(_) => Found::State,
        None if exhausted => Found::Impossible,
        None => repair.found,
    };
    if let Some(state) = best.as_ref().filter(|_| closed) {
        let value = goal_value(asked.program, asked.goal, state);
        let up_to = |rest: f64| {
            let rest = rest * problem.objective_scale;
            let better = if asked.goal.maximize { value > rest } else { value < rest };
            if better || exhausted { value } else { rest }
        };
        repair.bound = Some(up_to(rest.bound));
        repair.certified = refuted.then(|| up_to(rest.certified)).filter(|c| c.is_finite());
    }
    Some((repair, best))
}

/// No plan is worth less, in scaled numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Proven {
    bound: f64,
    /// What duals prove of that.
    certified: f64,
}

impl Proven {
    /// Of no plans at all.
    const NOTHING: Self = Proven { bound: f64::INFINITY, certified: f64::INFINITY };

    /// Of the plans of both.
    fn least(self, other: Self) -> Self {
        Proven { bound: self.bound.min(other.bound), certified: self.certified.min(other.certified) }
    }
}

/// A part of the problem: further rows and tighter ranges of whole numbers.
struct Part {
    problem: Lowered,
    proven: Proven,
    /// Its best point, once it has been solved.
    point: Option<Vec<f64>>,
    /// Is it a box of another part?
    divided: bool,
}

impl Part {
    /// One that is not solved yet, with what is proven of the part that it is of.
    fn unsolved(problem: Lowered, proven: Proven, divided: bool) -> Self {
        Part { problem, proven, point: None, divided }
    }
}

struct Search<'a> {
    asked: &'a Asked<'a>,
    network: &'a Network,
    judge: Judge<'a>,
    /// The flow cones as equations.
    equations: Vec<Equation>,
    options: Options,
    repair: Repair,
    best: Option<Vec<f64>>,
    /// Has every choice that was left behind been judged for good?
    closed: bool,
    /// What is proven of the parts that could not be divided.
    floor: Proven,
    /// How many of them a state was sought in.
    leaves: u64,
    /// Do duals prove that parts without a solution have none?
    refuted: bool,
    open: Vec<Part>,
}

impl Search<'_> {
    fn run(&mut self) {
        while let Some(part) = self.next() {
            let Some(point) = part.point.clone() else { continue };
            let x = self.asked.values(&point);
            match self.judge.verdict(&x) {
                Verdict::State(state) => {
                    self.repair.topologies += 1;
                    self.closed &= self.judge.complete();
                    self.keep(state);
                }
                Verdict::Broken(why) => {
                    self.repair.topologies += 1;
                    self.exclude(&x, why);
                }
                Verdict::Open => {
                    if !part.divided && self.repair.topologies < TOPOLOGIES {
                        self.repair.topologies += 1;
                        self.local(&part.problem, &point);
                    } else if let Some(state) = state(self.asked.program, self.network, x) {
                        self.keep(state);
                    }
                    self.divide(part, &point);
                    continue;
                }
            }
            if !self.closed {
                return;
            }
            self.open.extend(others(&part.problem, part.proven, &point));
        }
    }

    /// Puts a part whose point is no state back as parts that are closer to the equations of power flow: other
    /// topologies than the point's in the period where it is loosest, and boxes of its own.
    fn divide(&mut self, part: Part, point: &[f64]) {
        let Part { mut problem, proven, divided, .. } = part;
        let loose = boxes::loose(&self.equations, point);
        let loosest = loose.first().and_then(|e| period(self.network, *e)).unwrap_or(0);
        if let Some(chosen) = chosen(&problem, point, loosest) {
            let mut others = problem.clone();
            others.rows.push(not_all(&chosen));
            self.open.push(Part::unsolved(others, proven, false));
            for column in chosen {
                let c = &mut problem.columns[column];
                (c.lower, c.upper) = (1.0, 1.0);
            }
        }
        match boxes::divide(&problem, &self.equations, &loose, point) {
            Division::Parts(parts) => {
                self.repair.boxes += 1;
                self.open.extend(parts.into_iter().map(|problem| Part::unsolved(problem, proven, true)));
            }
            // The relaxation can say no more of what is left here than this bound.
            Division::Undivided => {
                self.floor = self.floor.least(proven);
                if divided && self.leaves < LEAVES {
                    self.leaves += 1;
                    self.local(&problem, point);
                }
                self.open.extend(others(&problem, proven, point));
            }
        }
    }

    /// The next part with a point: the one with the least bound. None where nothing is left that could be better, or
    /// where time ends.
    fn next(&mut self) -> Option<Part> {
        loop {
            if let Some(best) = &self.best {
                let scale = self.asked.lowering.problem.objective_scale;
                let value = goal_value(self.asked.program, self.asked.goal, best) / scale;
                let closing = value - self.asked.options.gap * value.abs();
                // Nor is there more to prove than what cannot be divided allows.
                if self.open.iter().all(|p| p.proven.bound >= closing.min(self.floor.bound)) {
                    return None;
                }
            }
            let least = (0..self.open.len()).min_by(|a, b| {
                let bound = |at: usize| self.open.get(at).map_or(f64::INFINITY, |p| p.proven.bound);
                bound(*a).total_cmp(&bound(*b))
            })?;
            let found = self.best.is_some() && self.asked.options.limit.passed();
            let over = self.options.limit.passed() || found;
            let tried = self.repair.topologies > 0;
            if self.repair.topologies >= JUDGED || self.repair.boxes >= BOXES || (tried && over) {
                self.repair.found = if over { Found::Stopped } else { Found::Nothing };
                return None;
            }
            let mut part = self.open.swap_remove(least);
            if part.point.is_some() {
                return Some(part);
            }
            let options = &self.options;
            let brief = options.part(options.gap, options.limit.clone());
            let next = solve(&part.problem, self.asked.engine, &brief, self.asked.proposal);
            if next.termination == Termination::Infeasible {
                self.refuted &= next.origin() == BoundOrigin::Certified;
                continue;
            }
            part.proven.bound = part.proven.bound.max(next.bound);
            part.proven.certified = part.proven.certified.max(next.certified);
            part.point = next.point;
            if part.point.is_none() {
                let over = matches!(next.termination, Termination::Limit | Termination::Interrupted);
                self.repair.found = if over { Found::Stopped } else { Found::Nothing };
                self.open.push(part);
                return None;
            }
            return Some(part);
        }
    }

    /// A local search for a state with these whole numbers.
    fn local(&mut self, problem: &Lowered, point: &[f64]) {
        let tightened = tighten(problem, &self.equations, point, &self.options);
        self.repair.rounds += tightened.rounds;
        let better = tightened.point.map(|p| self.asked.values(&p));
        // The injections of the relaxation's plan may lead to a state that keeps all rules as they are.
        let both = [Some(self.asked.values(point)), better];
        let states = both.into_iter().flatten().filter_map(|x| state(self.asked.program, self.network, x));
        if let Some(best) = states.min_by(|a, b| self.asked.cost(a).total_cmp(&self.asked.cost(b))) {
            self.keep(best);
        }
    }

    fn keep(&mut self, state: Vec<f64>) {
        if self.best.as_ref().is_none_or(|best| self.asked.cost(&state) < self.asked.cost(best)) {
            self.best = Some(state);
        }
    }

    /// Remembers why a choice of whole numbers is none.
    fn exclude(&mut self, x: &[f64], broken: Vec<String>) {
        if self.repair.excluded.len() >= TOLD {
            return;
        }
        let closed = self.network.periods.first().map(|p| &p.closed);
        let open = self.network.branches.iter().zip(closed.into_iter().flatten());
        let open = open.filter(|(b, c)| b.switchable && c.value(x) < 0.5).map(|(b, _)| b.id.clone()).collect();
        self.repair.excluded.push(Excluded { open, broken });
    }
}

/// What is left of a part without the whole numbers of a point.
fn others(problem: &Lowered, proven: Proven, point: &[f64]) -> Vec<Part> {
    let value = |c: ColumnId| c.of(point).round();
    let mut rest = problem.clone();
    let mut out = Vec::new();
    let whole = |(_, c): &(ColumnId, &crate::lowered::Column)| {
        c.integer && c.upper - c.lower > 0.5 && matches!(c.source, ColumnSource::Variable(_))
    };
    let free: Vec<ColumnId> = problem.columns.each().filter(whole).map(|(at, _)| at).collect();
    let mut at_end: Vec<(ColumnId, f64)> = Vec::new();
    for column in free {
        let x = value(column);
        let range = (rest.columns[column].lower, rest.columns[column].upper);
        if x <= range.0 + 0.5 {
            at_end.push((column, 1.0));
        } else if x >= range.1 - 0.5 {
            at_end.push((column, -1.0));
        } else {
            // Between its ends: lower, higher, or the same.
            for (lower, upper) in [(range.0, x - 1.0), (x + 1.0, range.1)] {
                let mut problem = rest.clone();
                let c = &mut problem.columns[column];
                (c.lower, c.upper) = (lower, upper);
                out.push(Part::unsolved(problem, proven, false));
            }
            let c = &mut rest.columns[column];
            (c.lower, c.upper) = (x, x);
        }
    }
    if at_end.is_empty() {
        return out;
    }
    // One of them is off its end by one at least.
    let end = |(column, sign): &(ColumnId, f64)| {
        let range = (rest.columns[*column].lower, rest.columns[*column].upper);
        sign * if *sign > 0.0 { range.0 } else { range.1 }
    };
    let lower = 1.0 + at_end.iter().map(end).sum::<f64>();
    let row =
        Row { name: Default::default(), lower, upper: f64::INFINITY, terms: at_end, scale: 1.0, origin: OriginId(0) };
    rest.rows.push(spanning(&rest, point).unwrap_or(row));
    out.push(Part::unsolved(rest, proven, false));
    out
}

/// The same as a row over the arcs that are chosen, where the topologies decide all that is whole: every one of
/// them has as many arcs.
fn spanning(problem: &Lowered, point: &[f64]) -> Option<Row> {
    let arcs = problem.arborescences.iter().flat_map(|a| a.arcs.iter().map(|arc| arc.3));
    let closed = problem.arborescences.iter().flat_map(|a| a.closed.iter().flatten().copied());
    let own: BTreeSet<ColumnId> = arcs.clone().chain(closed).collect();
    let free = |c: &crate::lowered::Column| c.integer && c.upper - c.lower > 0.5;
    if problem.columns.each().any(|(at, c)| free(c) && !own.contains(&at)) {
        return None;
    }
    let on = |column: &ColumnId| *column.of(point) > 0.5;
    let chosen: BTreeSet<ColumnId> = arcs.filter(on).collect();
    let nodes: usize = problem.arborescences.iter().map(|a| a.root.iter().filter(|root| !**root).count()).sum();
    (!chosen.is_empty() && chosen.len() == nodes).then(|| not_all(&chosen))
}

/// At least one of these columns of 0 or 1 is 0.
fn not_all(columns: &BTreeSet<ColumnId>) -> Row {
    let (name, origin) = (Default::default(), OriginId(0));
    let terms = columns.iter().map(|c| (*c, 1.0)).collect();
    Row { name, lower: f64::NEG_INFINITY, upper: columns.len() as f64 - 1.0, terms, scale: 1.0, origin }
}

impl Asked<'_> {
    fn values(&self, point: &[f64]) -> Vec<f64> {
        self.lowering.map.plan(&self.lowering.problem, point)
    }

    fn cost(&self, x: &[f64]) -> f64 {
        let value = goal_value(self.program, self.goal, x);
        if self.goal.maximize { -value } else { value }
    }

    /// The options of the repair. An interruption ends the search for plans, not what makes its result one.
    /// Where every choice of whole numbers can be judged, it may take longer.
    fn limited(&self, judged: bool) -> Options {
        let grace = self.options.limit.grace();
        let longer = judged && self.options.limit.left() == f64::INFINITY;
        let seconds = if longer { JUDGED_SECONDS } else { SECONDS };
        // A limit that has not passed leaves its rest to what is judged, which is a search like any other.
        Options { limit: grace.within(seconds), ..self.options.clone() }
    }
}

/// The period of an equation.
fn period(network: &Network, equation: usize) -> Option<usize> {
    let periods = network.periods.iter().enumerate();
    periods.flat_map(|(t, p)| p.cones.iter().map(move |_| t)).nth(equation)
}

/// The arcs of a point's topology in a period; none where the problem has no topologies, or no other.
fn chosen(problem: &Lowered, point: &[f64], period: usize) -> Option<BTreeSet<ColumnId>> {
    let tree = problem.arborescences.iter().filter(|a| a.period <= period).max_by_key(|a| a.period)?;
    let on = |column: &ColumnId| *column.of(point) > 0.5;
    let chosen: BTreeSet<ColumnId> = tree.arcs.iter().map(|a| a.3).filter(on).collect();
    let free = |c: &ColumnId| problem.columns[*c].upper - problem.columns[*c].lower > 0.5;
    chosen.iter().any(free).then_some(chosen)
}

/// The state that the network takes at a plan, if it keeps all rules.
pub(super) fn state(program: &Program, network: &Network, x: Vec<f64>) -> Option<Vec<f64>> {
    let ac: Vec<_> = (0..network.periods.len()).map(|t| power_flow(network, t, &x, false)).collect();
    if !ac.iter().all(|s| s.as_ref().is_ok_and(|s| s.broken.is_empty())) {
        return None;
    }
    let keeps = |x: &[f64]| {
        loosest(network, x).is_none_or(|l| l.gap <= TIGHT)
            && largest_violation(program, x).0 <= TOLERANCE
            && failed_checks(program, x, TOLERANCE).is_empty()
    };
    // Where the state cannot be written back, the plan itself has to be one.
    physical(network, &x, &ac).or(Some(x)).filter(|x| keeps(x))
}

/// The flow cones as equations over columns.
fn equations(network: &Network, problem: &Lowered) -> Vec<Equation> {
    let term = |&(v, c): &(VarId, f64)| (ColumnId(v.0), c * problem.columns[ColumnId(v.0)].scale);
    let entry = |a: &Affine| Entry { constant: a.constant, terms: a.terms.iter().map(term).collect() };
    let equation = |group: usize, c: &FlowCone| Equation {
        group,
        v: entry(&c.v),
        l: entry(&c.l),
        squares: vec![entry(&c.p), entry(&c.q)],
    };
    let periods = network.periods.iter().enumerate();
    periods.flat_map(|(t, p)| p.cones.iter().map(move |c| (t, c))).map(|(t, c)| equation(t, c)).collect()
}
