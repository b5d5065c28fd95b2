//! Two-stage robust programs by column-and-constraint generation (Zeng and Zhao 2013; S0 33-49).
//!
//! The master decides ahead against the realisations found so far, each with later decisions of its
//! own; its bound is a lower bound. The oracle finds the worst realisation of that plan, or one that
//! cannot be served; its cost is an upper bound. The realisation joins the master, and so on until the
//! bounds meet. A realisation that cannot be served needs no cost: its rules alone cut the plan off.

mod floor;
mod log;

pub use log::Iteration;

use super::extensive::{Aim, Extensive, Realisation, extensive};
use super::run::run;
use super::set::Set;
use super::worst::{Oracle, Worst};
use crate::diagnostics::Diagnostic;
use crate::lowered::{LowerOptions, lower};
use crate::program::Program;
use crate::solution::{Engine, Options, Outcome, Termination};
use std::time::Instant;

/// A solved robust program. Costs are turned so that less is better, in coherent units.
#[derive(Debug, Clone)]
pub struct Robust {
    /// Why it ended.
    pub termination: Termination,
    /// Cost of the best plan in its worst case.
    pub cost: Option<f64>,
    /// No plan has a better worst case.
    pub bound: f64,
    /// The best plan with the later decisions of its worst case: a value per variable.
    pub values: Option<Vec<f64>>,
    /// The worst case of the best plan: a value per factor.
    pub worst: Option<Vec<f64>>,
    /// Bounds and realisations found, iteration by iteration.
    pub iterations: Vec<Iteration>,
    /// How worst cases were proven.
    pub proof: String,
    /// Engine of the master.
    pub engine: String,
    /// Tree nodes of all masters.
    pub nodes: u64,
    /// Realisations of the last master.
    pub realisations: Vec<Realisation>,
    /// What stopped it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Share of the asked gap that masters are solved to.
const MASTER_SHARE: f64 = 0.3;
/// A gap below this is not asked of floating-point numbers.
const LEAST_GAP: f64 = 1e-8;
/// Iterations after which numerical trouble is admitted.
const MOST_ITERATIONS: usize = 200;

impl Robust {
    /// `(cost − bound) / |cost|`, infinity where one is missing.
    pub fn gap(&self) -> f64 {
        self.cost.map_or(f64::INFINITY, |c| relative(c, self.bound))
    }
}

fn relative(upper: f64, lower: f64) -> f64 {
    if upper.is_finite() && lower.is_finite() {
        ((upper - lower) / upper.abs().max(1e-9)).max(0.0)
    } else {
        f64::INFINITY
    }
}

/// What else is asked of a search.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ask {
    /// Stop as soon as it is proven whether this cost can be kept.
    pub target: Option<f64>,
    /// Realisations to begin with: a value per factor.
    pub known: Vec<Vec<f64>>,
}

/// Solves; the first objective counts. `set` is that of the program.
pub fn solve_robust(
    program: &Program,
    set: &Set<'_>,
    oracle: &Oracle,
    engine: Engine,
    options: &Options,
    ask: Ask,
) -> Robust {
    let mut search = Search {
        program,
        oracle,
        engine,
        options,
        began: Instant::now(),
        realisations: Vec::new(),
        upper: f64::INFINITY,
        target: ask.target,
        result: Robust {
            termination: Termination::Failed,
            cost: None,
            bound: f64::NEG_INFINITY,
            values: None,
            worst: None,
            iterations: Vec::new(),
            proof: oracle.proof(),
            engine: String::new(),
            nodes: 0,
            realisations: Vec::new(),
            diagnostics: Vec::new(),
        },
    };
    ask.known.into_iter().for_each(|z| search.add(z));
    let floor = floor::of(program);
    // A plan for nothing at all tells little where realisations are large programs.
    let large = matches!(oracle, Oracle::Blocks(_));
    if (large || !floor.is_finite()) && search.realisations.is_empty() {
        search.add(set.inner(options));
    }
    search.result.termination = search.run(floor);
    if search.result.termination == Termination::Infeasible {
        search.result.bound = f64::INFINITY;
    }
    search.result.realisations = search.realisations;
    search.result
}

struct Search<'a> {
    program: &'a Program,
    oracle: &'a Oracle,
    engine: Engine,
    options: &'a Options,
    began: Instant,
    realisations: Vec<Realisation>,
    upper: f64,
    target: Option<f64>,
    result: Robust,
}

impl Search<'_> {
    fn run(&mut self, floor: f64) -> Termination {
        let mut share = MASTER_SHARE;
        for number in 0..MOST_ITERATIONS {
            let (master, values) = match self.master(floor, share) {
                Ok(solved) => solved,
                Err(end) => return end,
            };
            if self.target.is_some_and(|t| self.result.bound > t) {
                return Termination::Optimal;
            }
            let plan = master.plan(&values);
            let worst = match self.oracle.worst(
                self.program,
                &plan,
                self.engine,
                &self.left(self.options.gap * MASTER_SHARE),
            ) {
                Ok(worst) => worst,
                Err(found) => {
                    self.result.diagnostics.extend(found);
                    return Termination::Failed;
                }
            };
            let mut log =
                Iteration { lower: self.result.bound, upper: self.upper, factors: Vec::new(), shortages: Vec::new() };
            let found = match worst {
                Worst::Served { factors, cost, values } => {
                    if cost < self.upper {
                        self.upper = cost;
                        self.result.cost = Some(cost);
                        self.result.values = Some(values);
                        self.result.worst = Some(factors.clone());
                    }
                    log.upper = self.upper;
                    log.factors.clone_from(&factors);
                    factors
                }
                Worst::Unserved { factors, shortages } => {
                    log.factors.clone_from(&factors);
                    log.shortages = shortages;
                    factors
                }
                Worst::Unknown(why) => return why,
            };
            self.result.iterations.push(log);
            self.tell(number);
            if relative(self.upper, self.result.bound) <= self.options.gap.max(LEAST_GAP) {
                return Termination::Optimal;
            }
            if self.target.is_some_and(|t| self.upper <= t) {
                return Termination::Optimal;
            }
            let known = self.realisations.iter().any(|r| same(&r.factors, &found));
            if known && share < 1e-3 {
                // The master's gap is closed and it knows this realisation: only numbers keep the bounds apart.
                return if self.result.cost.is_some() { Termination::Limit } else { Termination::Failed };
            }
            if known {
                share *= 0.1;
            } else {
                self.add(found);
            }
        }
        Termination::Limit
    }

    fn add(&mut self, factors: Vec<f64>) {
        let name = (self.realisations.len() + 1).to_string();
        self.realisations.push(Realisation { name, factors, probability: 0.0 });
    }

    /// Solves the master and raises the lower bound.
    fn master(&mut self, floor: f64, share: f64) -> Result<(Extensive, Vec<f64>), Termination> {
        let master = extensive(self.program, &self.realisations, Aim::Worst { floor }, None);
        if master.broken.is_some() {
            return Err(Termination::Infeasible);
        }
        let lowering = lower(&master.program, &LowerOptions::default());
        if !lowering.diagnostics.is_empty() {
            self.result.diagnostics.extend(lowering.diagnostics);
            return Err(Termination::Failed);
        }
        let Outcome { termination, point, bound, engine, nodes, .. } =
            run(&lowering.problem, self.engine, &self.left(self.options.gap * share));
        self.result.engine = engine;
        self.result.nodes += nodes;
        if bound.is_finite() && termination != Termination::Infeasible {
            self.result.bound = self.result.bound.max(bound * lowering.problem.objective_scale).min(self.upper);
        }
        match (termination, point) {
            (Termination::Optimal, Some(point)) => {
                let values = lowering.map.values(&lowering.problem, &point);
                Ok((master, values))
            }
            (Termination::Optimal, None) => Err(Termination::Failed),
            (other, _) => Err(other),
        }
    }

    /// Options for what is left of the time.
    fn left(&self, gap: f64) -> Options {
        let time_limit = (self.options.time_limit - self.began.elapsed().as_secs_f64()).max(0.0);
        Options { gap, time_limit, progress: None, ..self.options.clone() }
    }

    fn tell(&self, number: usize) {
        if let Some(progress) = &self.options.progress {
            progress(&crate::solution::Progress {
                bound: self.result.bound,
                incumbent: self.result.cost,
                nodes: number as u64 + 1,
                seconds: self.began.elapsed().as_secs_f64(),
            });
        }
    }
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(x, y)| (x - y).abs() <= 1e-9 * (1.0 + x.abs()))
}
