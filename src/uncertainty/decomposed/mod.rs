//! Two-stage programs over many scenarios, by scenario. Nothing here is larger than the problem of one.
//!
//! **Bound.** What is decided ahead is decided in every scenario for itself (wait and see). The expectation
//! of the scenarios' bounds is a bound of the whole, since that only adds freedom; first without whole
//! numbers, then with them. Prices `λ` on the decisions made ahead, whose expectation is 0, change nothing
//! where scenarios agree on them, so every such `λ` gives a bound (Carøe and Schultz 1999).
//!
//! **Plans.** What one scenario decides ahead, the mean scenario does, or most of them do in each part that
//! no rule connects, is a plan. What it costs is found with it fixed, scenario by scenario; that ends as soon
//! as the costs so far and the bounds of the other scenarios together pass the best plan.
//!
//! **End.** Where all that counts of a plan is 0 or 1, a rule excludes the plans that have been looked at;
//! the least of the bound of the others and of theirs is a bound of the whole (Ahmed 2013). There are finitely
//! many plans, so the gap closes. With other decisions made ahead it may stay open, and the bound is one.

mod ahead;
mod problem;

use super::extensive::{Aim, Realisation};
use super::stochastic::{Stochastics, Value, solve_stochastic};
use crate::deadline::{Deadline, Stopwatch};
use crate::diagnostics::Diagnostic;
use crate::program::{Constraint, Program, VarId};
use crate::solution::{Engine, Options, Progress, Termination, in_order};
use ahead::{Ahead, Key};
use problem::{Answer, End, extended, planned, relaxed, scenario, solve, under};
use std::sync::Arc;

/// Hears of each step that has ended, by name.
pub type Steps = Arc<dyn Fn(&Progress, String) + Send + Sync>;

/// Share of the gap to which scenarios are solved, and of that to which plans are judged.
const SCENARIO: f64 = 0.5;
const JUDGED: f64 = 0.1;
/// Shares of the time left that relaxations, one plan, and a batch of scenarios may take.
const RELAXED: f64 = 0.3;
const PLAN: f64 = 0.3;
const BATCH: f64 = 0.5;
/// A problem may take so many times its even share of the time: most need less than theirs.
const LENIENT: f64 = 3.0;
/// Scenarios that are solved before plans are made of them.
const AT_ONCE: usize = 4;
/// New plans that are judged in a round with prices.
const JUDGED_AT_ONCE: usize = 3;
/// Rounds without a better bound or plan that end the search where it need not close the gap.
const PATIENCE: usize = 10;
/// A relative difference of costs that is rounding.
const ROUNDING: f64 = 1e-9;
/// Gap that is assumed while there is no plan, for the length of steps.
const ASSUMED: f64 = 0.05;

/// Minimises the expected cost over the scenarios (probabilities are taken relative to their sum).
pub fn solve_decomposed(
    program: &Program,
    scenarios: &[Realisation],
    engine: Engine,
    options: &Options,
    steps: Option<Steps>,
) -> Stochastics {
    let total: f64 = scenarios.iter().map(|s| s.probability).sum();
    let mut search = Search {
        program,
        ahead: Ahead::of(program),
        scenarios,
        weights: scenarios.iter().map(|s| s.probability / total.max(f64::MIN_POSITIVE)).collect(),
        engine,
        options,
        steps,
        began: Stopwatch::start(),
        alone: vec![f64::NEG_INFINITY; scenarios.len()],
        cheapest: vec![f64::INFINITY; scenarios.len()],
        courses: vec![None; scenarios.len()],
        tried: Vec::new(),
        mean: None,
        bound: f64::NEG_INFINITY,
        best: None,
        used: String::new(),
        nodes: 0,
        iterations: 0,
        size: (0, 0, 0),
        refused: Vec::new(),
    };
    let termination = search.run();
    if termination == Termination::Limit && search.best.is_none() && !options.limit.passed() {
        // Plans of single scenarios serve no other: whether a common one does is asked of all at once.
        let weighed = scenarios.iter().zip(&search.weights);
        let weighed: Vec<Realisation> =
            weighed.map(|(s, weight)| Realisation { probability: *weight, ..s.clone() }).collect();
        let whole = solve_stochastic(program, &weighed, Aim::Expected, None, engine, options);
        return Stochastics {
            engine: format!("by scenario, then together, {}", whole.engine),
            nodes: whole.nodes + search.nodes,
            iterations: whole.iterations + search.iterations,
            bound: whole.bound.max(search.bound),
            ..whole
        };
    }
    search.result(termination)
}

/// A plan and what it comes to in every scenario.
struct Plan {
    cost: f64,
    courses: Vec<Vec<f64>>,
    costs: Vec<f64>,
}

/// What the judgement of a plan has shown.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Judged {
    /// Its cost.
    Cost(f64),
    /// A scenario cannot be served.
    Unserved,
    /// It is no better than the best, or nothing is known of a scenario.
    Open,
}

struct Search<'a> {
    program: &'a Program,
    ahead: Ahead,
    scenarios: &'a [Realisation],
    weights: Vec<f64>,
    engine: Engine,
    options: &'a Options,
    steps: Option<Steps>,
    began: Stopwatch,
    /// Per scenario: bound of its problem by itself, and the least cost that is known of it.
    alone: Vec<f64>,
    cheapest: Vec<f64>,
    /// Per scenario: the decisions that it takes by itself.
    courses: Vec<Option<Vec<f64>>>,
    /// Plans that have been judged, and a bound of each.
    tried: Vec<(Key, f64)>,
    /// What the plan of the mean scenario comes to.
    mean: Option<Judged>,
    bound: f64,
    best: Option<Plan>,
    used: String,
    nodes: u64,
    iterations: u64,
    size: (usize, usize, usize),
    refused: Vec<Diagnostic>,
}

impl Search<'_> {
    /// The search; why it ended.
    fn run(&mut self) -> Termination {
        let all: Vec<usize> = (0..self.scenarios.len()).collect();
        if let Some(end) = self.relaxations(&all) {
            return end;
        }
        self.step("bounds of all scenarios");
        self.mean_plan();
        if let Some(end) = self.ended() {
            return end;
        }
        // First those that have most to gain from a plan of their own.
        let costs = self.best.as_ref().map(|b| b.costs.clone()).unwrap_or_default();
        let gain = |s: &usize| match (costs.get(*s), self.alone.get(*s), self.weights.get(*s)) {
            (Some(cost), Some(bound), Some(weight)) => weight * (cost - bound),
            (_, _, Some(weight)) => *weight,
            _ => 0.0,
        };
        let mut sorted = all.clone();
        sorted.sort_by(|a, b| gain(b).total_cmp(&gain(a)));
        for batch in sorted.chunks(AT_ONCE) {
            let (engine, gap) = (self.engine, SCENARIO);
            let answers = self.each(batch, BATCH, gap, move |program, options| planned(&program, engine, options));
            if let Some(end) = self.learn(batch, answers, true) {
                return end;
            }
            self.step("scenarios by themselves");
            if let Some(end) = self.ended() {
                return end;
            }
            let first = batch.iter().find_map(|s| self.courses.get(*s)?.clone());
            for plan in [self.combined(), first].into_iter().flatten() {
                self.judge(&plan);
                if let Some(end) = self.ended() {
                    return end;
                }
            }
        }
        self.rounds()
    }

    /// Bounds of scenarios without whole numbers: of the first, and of the others from where that one ended. Why
    /// the search ends, if they end it.
    fn relaxations(&mut self, all: &[usize]) -> Option<Termination> {
        let (first, others) = all.split_at(all.len().min(1));
        let mut near = None;
        for which in [first, others] {
            let found = self.each(which, RELAXED, 1.0, |program, options| relaxed(&program, options, near.as_ref()));
            let (answers, ends): (Vec<Answer>, Vec<Option<End>>) = found.into_iter().unzip();
            near = ends.into_iter().flatten().next();
            let size = |(a, b, c), r: &Answer| (a + r.size.0, b + r.size.1, c + r.size.2);
            self.size = answers.iter().fold(self.size, size);
            let end = self.learn(which, answers, false);
            if end.is_some() {
                return end;
            }
        }
        None
    }

    /// The plan of the mean scenario.
    fn mean_plan(&mut self) {
        let mut mean = vec![0.0; self.program.factors.len()];
        for (s, weight) in self.scenarios.iter().zip(&self.weights) {
            mean.iter_mut().zip(&s.factors).for_each(|(m, z)| *m += weight * z);
        }
        let options = self.options.part(SCENARIO * self.options.gap, self.options.limit.share(PLAN));
        let answer = planned(&scenario(self.program, &mean), self.engine, &options);
        self.count(&answer);
        if let Some(plan) = &answer.values {
            self.mean = Some(self.judge(plan));
            self.step("plan of the mean scenario");
        }
    }

    /// Solves the problems of these scenarios, to a share of the gap and within a share of the time left.
    fn each<R: Send>(
        &self,
        which: &[usize],
        share: f64,
        gap: f64,
        answer: impl Fn(Program, &Options) -> R + Sync,
    ) -> Vec<R> {
        let limit = self.options.limit.share(share);
        let work = |at: usize, s: &usize| {
            let factors = &self.scenarios[*s].factors;
            answer(scenario(self.program, factors), &self.limited(gap, &limit, which.len() - at))
        };
        in_order(which, self.options.threads, work, |_| false)
    }

    /// Options for one of so many problems that are still to be solved in a time.
    fn limited(&self, gap: f64, limit: &Deadline, waiting: usize) -> Options {
        let workers = LENIENT * self.options.threads.max(1) as f64;
        let limit = limit.share((workers / waiting as f64).min(1.0));
        Options { threads: 1, ..self.options.part(gap * self.options.gap, limit) }
    }

    /// What answers of scenarios by themselves say; why the search ends, if they end it.
    fn learn(&mut self, which: &[usize], answers: Vec<Answer>, whole: bool) -> Option<Termination> {
        for (&s, answer) in which.iter().zip(answers) {
            self.count(&answer);
            if !answer.refused.is_empty() {
                self.refused = answer.refused;
                return Some(Termination::Failed);
            }
            if answer.termination == Termination::Infeasible {
                self.bound = f64::INFINITY;
                return Some(Termination::Infeasible);
            }
            if let Some(bound) = self.alone.get_mut(s) {
                *bound = bound.max(answer.bound);
            }
            if whole && let Some(course) = self.courses.get_mut(s) {
                *course = answer.values;
                self.cheaper(s, answer.cost);
            }
        }
        self.bound = self.bound.max(expectation(&self.weights, &self.alone));
        None
    }

    /// Keeps the least cost of a scenario.
    fn cheaper(&mut self, s: usize, cost: Option<f64>) {
        if let (Some(known), Some(cost)) = (self.cheapest.get_mut(s), cost) {
            *known = known.min(cost);
        }
    }

    /// What most scenarios that have been solved decide ahead, part by part.
    fn combined(&self) -> Option<Vec<f64>> {
        let known = self.weights.iter().zip(&self.courses);
        let plans: Vec<(f64, &[f64])> = known.filter_map(|(w, c)| Some((*w, c.as_deref()?))).collect();
        self.ahead.combined(&plans)
    }

    /// What a plan costs in all scenarios, unless it has been judged before or turns out not to be the best.
    fn judge(&mut self, plan: &[f64]) -> Judged {
        let key = self.ahead.key(plan);
        if self.tried.iter().any(|t| t.0 == key) {
            return Judged::Open;
        }
        // The heaviest first: they decide soonest.
        let mut sorted: Vec<usize> = (0..self.scenarios.len()).collect();
        let weight = |s: &usize| self.weights[*s];
        sorted.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
        let most = self.best.as_ref().map_or(f64::INFINITY, |b| b.cost);
        let work = |at: usize, s: &usize| {
            let factors = &self.scenarios[*s].factors;
            let program = under(scenario(self.program, factors), plan);
            solve(&program, self.engine, &self.limited(JUDGED, &self.options.limit, sorted.len() - at))
        };
        let enough = |answers: &[Answer]| {
            let mut expected = self.alone.clone();
            let mut known = true;
            for (s, answer) in sorted.iter().zip(answers) {
                known &= answer.cost.is_some();
                if let Some(slot) = expected.get_mut(*s) {
                    *slot = answer.cost.unwrap_or(*slot);
                }
            }
            !known || expectation(&self.weights, &expected) >= most
        };
        let answers = in_order(&sorted, self.options.threads, work, enough);
        let mut bounds = self.alone.clone();
        let mut costs = vec![f64::INFINITY; self.scenarios.len()];
        let mut courses = vec![Vec::new(); self.scenarios.len()];
        for (&s, answer) in sorted.iter().zip(&answers) {
            self.count(answer);
            self.cheaper(s, answer.cost);
            if let (Some(bound), Some(cost), Some(course)) = (bounds.get_mut(s), costs.get_mut(s), courses.get_mut(s)) {
                *bound = bound.max(answer.bound);
                *cost = answer.cost.unwrap_or(f64::INFINITY);
                *course = answer.values.clone().unwrap_or_default();
            }
        }
        let unserved = answers.iter().any(|a| a.termination == Termination::Infeasible);
        self.tried.push((key, if unserved { f64::INFINITY } else { expectation(&self.weights, &bounds) }));
        if unserved {
            return Judged::Unserved;
        }
        if answers.len() < self.scenarios.len() || costs.iter().any(|c| !c.is_finite()) {
            return Judged::Open;
        }
        let cost = expectation(&self.weights, &costs);
        if self.best.as_ref().is_none_or(|b| cost < b.cost) {
            self.best = Some(Plan { cost, courses, costs });
        }
        self.step("a plan in all scenarios");
        Judged::Cost(cost)
    }

    /// Rounds with prices, and without the plans that have been judged, until the gap is closed.
    fn rounds(&mut self) -> Termination {
        let all: Vec<usize> = (0..self.scenarios.len()).collect();
        let mut prices = vec![vec![0.0; self.ahead.deciding.len()]; self.scenarios.len()];
        let (mut best_prices, mut best_bound) = (prices.clone(), self.bound);
        let (mut length, mut idle) = (1.0, 0);
        let mut decided = self.courses.clone();
        loop {
            if let Some(step) = self.direction(&decided, length, best_bound) {
                for (prices, step) in prices.iter_mut().zip(step) {
                    prices.iter_mut().zip(step).for_each(|(price, step)| *price += step);
                }
            }
            let rules = self.others();
            let answers = self.priced(&all, &prices, &rules);
            let bounds: Vec<f64> = answers.iter().map(|a| a.bound).collect();
            answers.iter().for_each(|a| self.count(a));
            let none = answers.iter().any(|a| a.termination == Termination::Infeasible);
            let others = if none { f64::INFINITY } else { expectation(&self.weights, &bounds) };
            let tried = if rules.is_empty() { f64::INFINITY } else { self.least_tried() };
            let before = (self.bound, self.best.as_ref().map(|b| b.cost), self.tried.len());
            self.bound = self.bound.max(others.min(tried));
            if self.best.is_none() && self.bound == f64::INFINITY {
                return Termination::Infeasible;
            }
            if others > best_bound {
                (best_bound, best_prices) = (others, prices.clone());
            } else {
                length /= 2.0;
                prices.clone_from(&best_prices);
            }
            self.step("a round with prices");
            if let Some(end) = self.ended() {
                return end;
            }
            decided = answers.into_iter().map(|a| a.values).collect();
            self.courses.clone_from(&decided);
            let mut plans: Vec<Vec<f64>> = self.combined().into_iter().collect();
            plans.extend(decided.iter().flatten().cloned());
            let mut judged = 0;
            for plan in plans {
                let known = self.tried.len();
                self.judge(&plan);
                if let Some(end) = self.ended() {
                    return end;
                }
                judged += self.tried.len() - known;
                if judged >= JUDGED_AT_ONCE {
                    break;
                }
            }
            let now = (self.bound, self.best.as_ref().map(|b| b.cost), self.tried.len());
            // Excluded plans are progress, too: there are finitely many. A bound is none where there is no plan: without
            // a common one it rises for ever.
            idle = if (now.0 > before.0 && now.1.is_some())
                || now.1 != before.1
                || (self.ahead.binary && now.2 > before.2)
            {
                0
            } else {
                idle + 1
            };
            if idle > PATIENCE {
                return Termination::Limit;
            }
        }
    }

    /// The problems of all scenarios with prices, and without plans that have been judged.
    fn priced(&self, all: &[usize], prices: &[Vec<f64>], rules: &[Constraint]) -> Vec<Answer> {
        let limit = self.options.limit.share(BATCH);
        let work = |at: usize, s: &usize| {
            let factors = &self.scenarios[*s].factors;
            let own = prices[*s].as_slice();
            let own: Vec<(VarId, f64)> = self.ahead.deciding.iter().copied().zip(own.iter().copied()).collect();
            let program = extended(scenario(self.program, factors), &own, rules);
            planned(&program, self.engine, &self.limited(SCENARIO, &limit, all.len() - at))
        };
        in_order(all, self.options.threads, work, |_| false)
    }

    /// Rules that exclude the plans that have been judged.
    fn others(&self) -> Vec<Constraint> {
        if !self.ahead.binary {
            return Vec::new();
        }
        let unit = crate::uncertainty::plain();
        self.tried.iter().map(|(key, _)| self.ahead.other_than(key, unit.clone())).collect()
    }

    /// The least bound among plans that have been judged.
    fn least_tried(&self) -> f64 {
        self.tried.iter().map(|t| t.1).fold(f64::INFINITY, f64::min)
    }

    /// A subgradient step of Polyak's length: what a scenario decides more than the mean of all gets dearer for
    /// it. The expectation of a step is 0.
    fn direction(&self, decided: &[Option<Vec<f64>>], length: f64, bound: f64) -> Option<Vec<Vec<f64>>> {
        let values: Option<Vec<Vec<f64>>> = decided.iter().map(|d| Some(self.ahead.values(d.as_deref()?))).collect();
        let mut values = values?;
        let mut mean = vec![0.0; self.ahead.deciding.len()];
        for (weight, values) in self.weights.iter().zip(&values) {
            mean.iter_mut().zip(values).for_each(|(m, x)| *m += weight * x);
        }
        // By ranges, so that units do not matter.
        let range = |v: &VarId| self.program.variable(*v).upper - self.program.variable(*v).lower;
        let scale = |v: &VarId| if range(v).is_finite() && range(v) > 0.0 { range(v).powi(-2) } else { 1.0 };
        let scales: Vec<f64> = self.ahead.deciding.iter().map(scale).collect();
        let mut size = 0.0;
        for (weight, values) in self.weights.iter().zip(&mut values) {
            for ((x, m), scale) in values.iter_mut().zip(&mean).zip(&scales) {
                *x -= m;
                size += weight * scale * *x * *x;
                *x *= scale;
            }
        }
        let best = self.best.as_ref().map_or(bound + ASSUMED * bound.abs(), |b| b.cost);
        let step = length * (best - bound).max(0.0) / size;
        if !step.is_finite() || step == 0.0 {
            return None;
        }
        values.iter_mut().flatten().for_each(|x| *x *= step);
        Some(values)
    }

    /// Why the search is over, if it is.
    fn ended(&self) -> Option<Termination> {
        let closed = self.best.as_ref().is_some_and(|best| {
            best.cost - self.bound <= self.options.gap * best.cost.abs() + ROUNDING * best.cost.abs().max(1.0)
        });
        match () {
            () if closed => Some(Termination::Optimal),
            () if self.options.limit.passed() => Some(self.options.stopped()),
            () => None,
        }
    }

    fn count(&mut self, answer: &Answer) {
        self.nodes += answer.nodes;
        self.iterations += answer.iterations;
        if self.used.is_empty() {
            self.used.clone_from(&answer.engine);
        }
    }

    fn step(&self, name: &str) {
        let progress = Progress {
            bound: self.bound,
            incumbent: self.best.as_ref().map(|b| b.cost),
            nodes: self.nodes,
            seconds: self.began.seconds(),
        };
        if let Some(steps) = &self.steps {
            steps(&progress, name.to_string());
        }
    }

    fn result(self, termination: Termination) -> Stochastics {
        let perfect = expectation(&self.weights, &self.alone);
        let value = Value {
            mean_plan: if let Some(Judged::Cost(cost)) = self.mean { Some(cost) } else { None },
            perfect: Some(expectation(&self.weights, &self.cheapest)).filter(|c| c.is_finite()),
            perfect_bound: Some(perfect).filter(|c| c.is_finite()),
        };
        let told = matches!(self.mean, Some(Judged::Cost(_) | Judged::Unserved)) && self.best.is_some();
        let cost = self.best.as_ref().map(|b| b.cost);
        let (courses, costs) = self.best.map_or_else(Default::default, |b| (b.courses, b.costs));
        Stochastics {
            termination,
            cost,
            bound: cost.map_or(self.bound, |c| self.bound.min(c)),
            certified: f64::NEG_INFINITY,
            courses,
            costs,
            engine: format!("by scenario, {}", self.used),
            nodes: self.nodes,
            iterations: self.iterations,
            size: self.size,
            diagnostics: self.refused,
            value: told.then_some(value),
        }
    }
}

/// Σ weight · value; scenarios that weigh nothing add nothing.
fn expectation(weights: &[f64], values: &[f64]) -> f64 {
    weights.iter().zip(values).filter(|(w, _)| **w > 0.0).map(|(w, v)| w * v).sum()
}
