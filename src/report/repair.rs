//! Plans whose flow cones are loose: no state of the network. With their whole numbers kept, a state
//! is sought that keeps all rules, and with another topology where there is none; the bound of the
//! relaxation over all whole numbers stays the bound.

use super::cones::TIGHT;
use super::{Loosest, TOLERANCE, failed_checks, goal_value, largest_violation, loosest, physical, power_flow};
use crate::lowered::{Entry, Lowered, Lowering, Row};
use crate::program::{Affine, FlowCone, Network, Objective, OriginId, Program, VarId};
use crate::solution::convex_concave::{Equation, tighten};
use crate::solution::{Engine, Options, Outcome, Primal, solve};

/// Seconds for a repair; it may go on in the grace after the limit, since a plan that is no state is worth nothing.
const SECONDS: f64 = 10.0;
/// Topologies for which a state is sought.
const TOPOLOGIES: u64 = 6;
/// Gap to which other topologies are sought.
const OTHER_GAP: f64 = 1e-2;

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
}

/// How the search for a state of the network ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The plan returned is a state that keeps all rules.
    State,
    /// The search ended without one. It is a local search: there may be one.
    Nothing,
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
/// None where the cones are tight. Where no state is found with the plan's topology, others are tried,
/// the next best by the relaxation first.
pub(super) fn repaired(asked: &Asked<'_>, outcome: &Outcome) -> Option<(Repair, Option<Vec<f64>>)> {
    let network = asked.program.network.as_ref()?;
    let options = asked.limited();
    let problem = &asked.lowering.problem;
    let mut point = outcome.point.clone()?;
    let loosest = loosest(network, &asked.values(&point)).filter(|l| l.gap > TIGHT)?;
    let promised = goal_value(asked.program, asked.goal, &asked.values(&point));
    let mut repair = Repair { loosest, promised, found: Found::Nothing, topologies: 0, rounds: 0 };
    let mut others = problem.clone();
    let mut best = None;
    while repair.topologies < TOPOLOGIES {
        repair.topologies += 1;
        let tightened = tighten(problem, &equations(network, problem), &point, &options);
        repair.rounds += tightened.rounds;
        let better = tightened.point.map(|p| asked.values(&p));
        // The injections of the relaxation's plan may lead to a state that keeps all rules as they are.
        let both = [Some(asked.values(&point)), better];
        let states = both.into_iter().flatten().filter_map(|x| state(asked.program, network, x));
        best = states.min_by(|a, b| asked.cost(a).total_cmp(&asked.cost(b)));
        repair.found = match (&best, tightened.stopped) {
            (Some(_), _) => Found::State,
            (None, true) => Found::Stopped,
            (None, false) => Found::Nothing,
        };
        if repair.found != Found::Nothing {
            break;
        }
        let period = tightened.loosest.and_then(|e| period(network, e)).unwrap_or(0);
        let Some(row) = other_than(&others, &point, period) else { break };
        others.rows.push(row);
        let brief = options.part(options.gap.max(OTHER_GAP), options.limit.clone());
        let next = solve(&others, asked.engine, &brief, asked.proposal);
        match next.point {
            Some(next) => point = next,
            None => {
                // The other topologies have not been looked at.
                if options.limit.passed() {
                    repair.found = Found::Stopped;
                }
                break;
            }
        }
    }
    Some((repair, best))
}

impl Asked<'_> {
    fn values(&self, point: &[f64]) -> Vec<f64> {
        self.lowering.map.values(&self.lowering.problem, point)
    }

    fn cost(&self, x: &[f64]) -> f64 {
        let value = goal_value(self.program, self.goal, x);
        if self.goal.maximize { -value } else { value }
    }

    /// The options of the repair. An interruption ends the search for plans, not what makes its result one.
    fn limited(&self) -> Options {
        Options { limit: self.options.limit.grace().within(SECONDS), ..self.options.clone() }
    }
}

/// The period of an equation.
fn period(network: &Network, equation: usize) -> Option<usize> {
    let periods = network.periods.iter().enumerate();
    periods.flat_map(|(t, p)| p.cones.iter().map(move |_| t)).nth(equation)
}

/// A row that forbids the topology of a point in a period; none where the problem has no topologies.
fn other_than(problem: &Lowered, point: &[f64], period: usize) -> Option<Row> {
    let tree = problem.arborescences.iter().filter(|a| a.period <= period).max_by_key(|a| a.period)?;
    let on = |column: &u32| point.get(*column as usize).is_some_and(|x| *x > 0.5);
    let mut chosen: Vec<u32> = tree.arcs.iter().map(|a| a.3).filter(on).collect();
    chosen.sort_unstable();
    chosen.dedup();
    let free = |c: &u32| problem.columns.get(*c as usize).is_some_and(|c| c.upper - c.lower > 0.5);
    chosen.iter().any(free).then(|| Row {
        name: Default::default(),
        lower: f64::NEG_INFINITY,
        upper: chosen.len() as f64 - 1.0,
        terms: chosen.iter().map(|c| (*c, 1.0)).collect(),
        scale: 1.0,
        origin: OriginId(0),
    })
}

/// The state that the network takes at a plan, if it keeps all rules.
fn state(program: &Program, network: &Network, x: Vec<f64>) -> Option<Vec<f64>> {
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
    let term = |&(v, c): &(VarId, f64)| Some((v.0, c * problem.columns.get(v.0 as usize)?.scale));
    let entry = |a: &Affine| Entry { constant: a.constant, terms: a.terms.iter().filter_map(term).collect() };
    let equation = |group: usize, c: &FlowCone| Equation {
        group,
        v: entry(&c.v),
        l: entry(&c.l),
        squares: vec![entry(&c.p), entry(&c.q)],
    };
    let periods = network.periods.iter().enumerate();
    periods.flat_map(|(t, p)| p.cones.iter().map(move |c| (t, c))).map(|(t, c)| equation(t, c)).collect()
}
