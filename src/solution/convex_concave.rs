//! From a relaxation to a point where relaxed equations hold: convex-concave steps.
//!
//! `Σ squares² <= v·l` is convex and stands in the problem; the equation behind it also asks for
//! `l <= Σ squares²/v`, whose right-hand side is convex in (squares, v). Its tangent at the last point
//! lies below it, so that `l <= tangent + slack` with a slack of zero is more than the equation asks.
//! Slacks are penalised, each by a price of its own that grows while its equation stays loose: a price
//! that is higher than it need be makes steps short. Only equations that have been loose get a tangent;
//! those that the objective keeps tight move freely.
//!
//! The result is a local one: where no point is found there may be one all the same.

use super::Options;
use super::clarabel::{self, Request, Status};
use super::conic::{Conic, LinearRow, evaluate};
use super::continuous::FEASIBLE;
use super::reduce::{Domain, Effort, reduce};
use crate::ids::IdVec;
use crate::lowered::{ColumnId, Entry, Lowered};

/// `v·l = Σ squares²`, relaxed to `>=` in the problem. Entries are over the problem's columns, their
/// values in one system of units per equation.
#[derive(Debug, Clone, PartialEq)]
pub struct Equation {
    /// Gaps are relative to no less than a thousandth of the largest `v·l` of the same group.
    pub group: usize,
    /// Nonnegative; where it is zero the equation holds by itself.
    pub v: Entry,
    /// Nonnegative.
    pub l: Entry,
    /// What is squared.
    pub squares: Vec<Entry>,
}

impl Equation {
    /// `Σ squares²` at a point.
    pub(super) fn sum_of_squares(&self, x: &[f64]) -> f64 {
        self.squares.iter().map(|s| evaluate(s, x).powi(2)).sum()
    }
}

/// What became of the steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Tightened {
    /// The best point found at which all equations hold; a value per column.
    pub point: Option<Vec<f64>>,
    /// Conic problems solved.
    pub rounds: u64,
}

/// Gap at which an equation holds.
pub(super) const HOLDS: f64 = 1e-5;
/// `v` below this share of the largest is zero.
const ZERO: f64 = 1e-6;
/// Share of the largest `v·l` of a group that gaps are relative to at least.
const SMALL: f64 = 1e-3;
/// First price of a slack of the size of the largest `l`, as a share of what the objective adds up in
/// one group.
const FIRST_PRICE: f64 = 1e-3;
/// Factor by which prices grow.
const GROWTH: f64 = 3.0;
/// Steps with the objective: prices have grown by seven orders of magnitude by then.
const STEPS: usize = 16;
/// Steps without the objective, for a point at all.
const STEPS_TO_ANY: usize = 12;
/// Steps for a better point from one where all equations hold.
const STEPS_TO_BETTER: usize = 12;
/// Relative improvement that is worth another step.
const WORTH: f64 = 1e-5;

/// Searches with the whole columns of `start` fixed, from `start`, a feasible point of the problem.
pub fn tighten(problem: &Lowered, equations: &[Equation], start: &[f64], options: &Options) -> Tightened {
    let mut domain = Domain::of_lowered(problem);
    for ((column, value), x) in problem.columns.each().zip(start) {
        if value.integer {
            domain.restrict(column, x.round(), x.round());
        }
    }
    let conic = Conic::relaxation(problem);
    let adds_up: f64 = conic.cost.iter().zip(start).map(|(c, x)| (c * x).abs()).sum();
    let greatest = conic.cost.iter().fold(0.0, |m: f64, c| m.max(c.abs()));
    let groups = equations.iter().map(|e| e.group + 1).max().unwrap_or(1) as f64;
    let price = FIRST_PRICE * (adds_up.max(greatest) / groups).max(f64::MIN_POSITIVE);
    let mut search = Search {
        problem: conic,
        domain,
        equations,
        request: Request { limit: options.limit.clone(), ..Request::default() },
        size: start_size(equations, start),
        prices: vec![None; equations.len()],
        first: price,
        x: start.to_vec(),
        best: None,
        rounds: 0,
    };
    search.run(options);
    Tightened { point: search.best.map(|b| b.1), rounds: search.rounds }
}

/// Relative gap of every equation at a point.
pub(super) fn gaps(equations: &[Equation], x: &[f64]) -> Vec<f64> {
    let product = |e: &Equation| evaluate(&e.v, x) * evaluate(&e.l, x);
    let groups = equations.iter().map(|e| e.group + 1).max().unwrap_or(0);
    let mut largest = vec![f64::MIN_POSITIVE; groups];
    for e in equations {
        if let Some(most) = largest.get_mut(e.group) {
            *most = most.max(product(e));
        }
    }
    let gap = |e: &Equation| {
        let most = largest[e.group];
        (product(e) - e.sum_of_squares(x)) / product(e).max(SMALL * most)
    };
    equations.iter().map(gap).collect()
}

/// The largest `l` that equations need.
fn start_size(equations: &[Equation], x: &[f64]) -> f64 {
    equations.iter().map(|e| evaluate(&e.l, x)).fold(0.0, f64::max).max(f64::MIN_POSITIVE)
}

struct Search<'a> {
    problem: Conic,
    domain: Domain,
    equations: &'a [Equation],
    request: Request,
    /// Slacks are relative to this.
    size: f64,
    /// Price of the slack of each equation that has been loose.
    prices: Vec<Option<f64>>,
    first: f64,
    x: Vec<f64>,
    best: Option<(f64, Vec<f64>)>,
    rounds: u64,
}

impl Search<'_> {
    fn run(&mut self, options: &Options) {
        if !self.judge(1.0) && !self.steps(STEPS, true, options) {
            return;
        }
        if self.best.is_none() && !self.steps(STEPS_TO_ANY, false, options) {
            return;
        }
        let Some(mut last) = self.best.as_ref().map(|b| b.0) else { return };
        for _ in 0..STEPS_TO_BETTER {
            if self.over(options) {
                break;
            }
            if let Some((_, x)) = &self.best {
                self.x.clone_from(x);
            }
            if !self.step(true) || !self.judge(GROWTH) {
                continue;
            }
            let now = self.best.as_ref().map_or(last, |b| b.0);
            if last - now <= WORTH * last.abs() {
                break;
            }
            last = now;
        }
    }

    /// Steps until all equations hold, prices growing. False if it was stopped.
    fn steps(&mut self, most: usize, objective: bool, options: &Options) -> bool {
        for _ in 0..most {
            if self.over(options) {
                return false;
            }
            let solved = self.step(objective);
            if self.judge(if objective { GROWTH } else { 1.0 }) && solved {
                return true;
            }
        }
        true
    }

    fn over(&self, options: &Options) -> bool {
        options.limit.passed()
    }

    /// Raises the prices of what is loose, and keeps the point where nothing is.
    fn judge(&mut self, growth: f64) -> bool {
        let mut holds = true;
        for (gap, price) in gaps(self.equations, &self.x).into_iter().zip(&mut self.prices) {
            holds &= gap <= HOLDS;
            match price {
                Some(price) if gap > HOLDS => *price *= growth,
                None if gap > HOLDS => *price = Some(self.first),
                _ => {}
            }
        }
        let objective = self.problem.objective(&self.x);
        if holds && self.best.as_ref().is_none_or(|b| objective < b.0) {
            self.best = Some((objective, self.x.clone()));
        }
        holds
    }

    /// One convex problem. False where it was not solved; the point then stays.
    fn step(&mut self, objective: bool) -> bool {
        self.rounds += 1;
        let mut problem = self.problem.clone();
        let mut domain = self.domain.clone();
        if !objective {
            problem.cost.iter_mut().for_each(|c| *c = 0.0);
        }
        let zero = ZERO * self.equations.iter().map(|e| evaluate(&e.v, &self.x)).fold(0.0, f64::max);
        for (equation, price) in self.equations.iter().zip(&self.prices) {
            let Some(price) = price else { continue };
            let v = evaluate(&equation.v, &self.x);
            if v <= zero {
                continue;
            }
            let slack = problem.cost.push(if objective { *price } else { 1.0 });
            let row = tangent(equation, &self.x, v, slack, self.size);
            problem.rows.push(row);
            for (bounds, end) in [(&mut problem.lower, 0.0), (&mut problem.upper, f64::INFINITY)] {
                bounds.push(end);
            }
            for bounds in [&mut domain.lower, &mut domain.implied_lower] {
                bounds.push(0.0);
            }
            for bounds in [&mut domain.upper, &mut domain.implied_upper] {
                bounds.push(f64::INFINITY);
            }
        }
        let continuous = IdVec::filled(false, problem.columns());
        let effort = Effort { integer: &continuous, eliminate_integers: true, kept: &[] };
        let Ok(reduction) = reduce(&problem, &domain, &effort) else { return false };
        let full = if reduction.problem.columns() == 0 {
            reduction.expand(&[])
        } else {
            let solution = clarabel::solve(&reduction.problem, &self.request);
            if solution.status != Status::Solved {
                return false;
            }
            reduction.expand(&solution.x)
        };
        if problem.violation(&full) > FEASIBLE {
            return false;
        }
        self.x = full[..self.problem.columns()].to_vec();
        true
    }
}

/// `l <= tangent of Σ squares²/v + size·slack`, divided by the size, where `v` is positive.
fn tangent(equation: &Equation, x: &[f64], v: f64, slack: ColumnId, size: f64) -> LinearRow {
    let squares: Vec<f64> = equation.squares.iter().map(|s| evaluate(s, x)).collect();
    let l = squares.iter().map(|s| s * s).sum::<f64>() / v;
    // Homogeneous of degree one: the tangent has no constant of its own.
    let parts = std::iter::once((&equation.l, 1.0))
        .chain(std::iter::once((&equation.v, l / v)))
        .chain(equation.squares.iter().zip(&squares).map(|(s, value)| (s, -2.0 * value / v)));
    let mut terms: Vec<(ColumnId, f64)> = Vec::new();
    let mut constant = 0.0;
    for (entry, factor) in parts {
        constant += factor * entry.constant / size;
        for &(column, a) in &entry.terms {
            match terms.iter_mut().find(|t| t.0 == column) {
                Some(term) => term.1 += factor * a / size,
                None => terms.push((column, factor * a / size)),
            }
        }
    }
    terms.push((slack, -1.0));
    LinearRow { lower: f64::NEG_INFINITY, upper: -constant, terms }
}
