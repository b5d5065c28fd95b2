//! Two-stage robust programs by column-and-constraint generation (Zeng and Zhao 2013; S0 33-49).
//!
//! The master decides ahead against the realisations found so far, each with later decisions of its
//! own; its bound is a lower bound. The oracle finds the worst realisation of that plan, or one that
//! cannot be served; its cost is an upper bound. The realisation joins the master, and so on until the
//! bounds meet. A realisation that cannot be served needs no cost: its rules alone cut the plan off.
//!
//! Masters are solved no better than is worth it: coarsely while they still find new realisations, to
//! the gap asked for once they do not. Each begins at the plan before it.

mod floor;
mod log;
mod open;
mod state;

pub use log::Iteration;
pub use state::State;

use super::extensive::{Aim, Extensive, Realisation, extensive};
use super::run::{Start, run_from};
use super::set::Set;
use super::worst::{Oracle, Worst};
use crate::deadline::Stopwatch;
use crate::diagnostics::Diagnostic;
use crate::lowered::{ColumnId, LowerOptions, lower};
use crate::program::{Domain, Program};
use crate::solution::{Candidate, Engine, Options, Outcome, Progress, Termination};
use std::sync::Arc;

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

/// Share of the asked gap that masters are solved to while realisations are still being found.
const COARSE: f64 = 5.0;
/// The same once no new one comes: what is left is for worst cases.
const FINE: f64 = 0.9;
/// A gap below this is not asked of floating-point numbers.
const LEAST_GAP: f64 = 1e-8;
/// Share of the asked gap that worst cases are solved to.
pub const WORST_SHARE: f64 = 0.05;
/// Share of the asked gap by which a realisation must cost more than the master expects to be news.
const NEWS: f64 = 0.2;
/// Share of the time left that a master may take: its plan needs its worst case.
const MASTER_TIME: f64 = 0.85;
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

/// Receives the state after every iteration.
pub type Follower = Arc<dyn Fn(&State) + Send + Sync>;

/// What else is asked of a search.
#[derive(Clone, Default)]
pub struct Ask {
    /// Stop as soon as it is proven whether this cost can be kept.
    pub target: Option<f64>,
    /// Realisations to begin with: a value per factor.
    pub known: Vec<Vec<f64>>,
    /// A plan to begin near, if there is a good one: a value per variable.
    pub start: Option<Vec<f64>>,
    /// Go on from here.
    pub resume: Option<State>,
    /// Called after every iteration.
    pub follow: Option<Follower>,
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
    let floor = floor::of(program, &options.limit);
    let state = ask.resume.clone().unwrap_or_else(|| {
        // A plan for nothing at all tells little where realisations are large programs.
        let first = matches!(oracle, Oracle::Blocks(_)) || !floor.is_finite();
        let provisional = ask.known.is_empty() && first;
        State {
            realisations: if provisional { vec![set.inner(options)] } else { ask.known.clone() },
            provisional,
            share: COARSE,
            lower: None,
            upper: None,
            values: None,
            worst: None,
            last: ask.start.clone(),
            iterations: Vec::new(),
            nodes: 0,
        }
    });
    let mut search = Search {
        program,
        oracle,
        engine,
        options,
        began: Stopwatch::start(),
        state,
        ask,
        floor,
        name: String::new(),
        diagnostics: Vec::new(),
    };
    let termination = search.run();
    let Search { state, name, diagnostics, .. } = search;
    let bound = match termination {
        Termination::Infeasible => f64::INFINITY,
        _ => state.lower.unwrap_or(f64::NEG_INFINITY),
    };
    Robust {
        termination,
        cost: state.upper,
        bound,
        values: state.values,
        worst: state.worst,
        iterations: state.iterations,
        proof: oracle.proof(),
        engine: name,
        nodes: state.nodes,
        realisations: named(&state.realisations),
        diagnostics,
    }
}

fn named(realisations: &[Vec<f64>]) -> Vec<Realisation> {
    let one =
        |(i, z): (usize, &Vec<f64>)| Realisation { name: (i + 1).to_string(), factors: z.clone(), probability: 0.0 };
    realisations.iter().enumerate().map(one).collect()
}

struct Search<'a> {
    program: &'a Program,
    oracle: &'a Oracle,
    engine: Engine,
    options: &'a Options,
    began: Stopwatch,
    state: State,
    ask: Ask,
    floor: f64,
    name: String,
    diagnostics: Vec<Diagnostic>,
}

/// A plan and what its master expects of it.
struct Planned {
    plan: Vec<f64>,
    expected: f64,
    /// A limit ended the master.
    cut: Option<Termination>,
}

impl Search<'_> {
    fn run(&mut self) -> Termination {
        while self.state.iterations.len() < MOST_ITERATIONS {
            if self.closed() {
                return Termination::Optimal;
            }
            let planned = match self.master() {
                Ok(planned) => planned,
                Err(end) => return end,
            };
            if self.ask.target.is_some_and(|t| self.lower() > t) {
                return Termination::Optimal;
            }
            let options = self.left(self.options.gap * WORST_SHARE, 1.0);
            let worst = match self.oracle.worst(self.program, &planned.plan, self.engine, &options) {
                Ok(worst) => worst,
                Err(found) => {
                    self.diagnostics.extend(found);
                    return Termination::Failed;
                }
            };
            let mut log =
                Iteration { lower: self.lower(), upper: self.upper(), factors: Vec::new(), shortages: Vec::new() };
            let mut news = f64::INFINITY;
            match worst {
                Worst::Served { factors, cost, values } => {
                    news = relative(cost, planned.expected);
                    if cost < self.upper() {
                        self.state.upper = Some(cost);
                        self.state.values = Some(values);
                        self.state.worst = Some(factors.clone());
                    }
                    log.upper = self.upper();
                    log.factors = factors;
                }
                Worst::Unserved { factors, shortages } => {
                    log.factors = factors;
                    log.shortages = shortages;
                }
                Worst::Unknown(why) => return planned.cut.unwrap_or(why),
            }
            self.state.lower = self.state.lower.map(|l| l.min(self.upper()));
            log.lower = self.lower();
            let found = log.factors.clone();
            self.state.iterations.push(log);
            self.state.last = Some(planned.plan);
            let kept = self.ask.target.is_some_and(|t| self.upper() <= t);
            if self.closed() || kept {
                self.follow();
                return Termination::Optimal;
            }
            if let Some(end) = planned.cut {
                return end;
            }
            if !self.next(found, news) {
                return if self.state.upper.is_some() { Termination::Limit } else { Termination::Failed };
            }
            self.follow();
        }
        Termination::Limit
    }

    /// Prepares the next master; false where nothing could be different in it.
    fn next(&mut self, found: Vec<f64>, news: f64) -> bool {
        let known = self.state.realisations.iter().any(|r| same(r, &found));
        let coarse = self.state.share > FINE && self.options.gap > LEAST_GAP;
        if coarse && (known || news <= self.options.gap * NEWS) {
            self.state.share = FINE;
        } else if known && self.state.share < 1e-3 {
            // The master's gap is closed and it knows this realisation: only numbers keep the bounds apart.
            return false;
        } else if known {
            self.state.share *= 0.1;
        }
        if !known {
            if self.state.provisional {
                self.state.provisional = false;
                self.state.realisations.clear();
            }
            self.state.realisations.push(found);
        }
        true
    }

    fn lower(&self) -> f64 {
        self.state.lower.unwrap_or(f64::NEG_INFINITY)
    }

    fn upper(&self) -> f64 {
        self.state.upper.unwrap_or(f64::INFINITY)
    }

    fn closed(&self) -> bool {
        relative(self.upper(), self.lower()) <= self.options.gap.max(LEAST_GAP)
    }

    /// Solves the master and raises the lower bound.
    fn master(&mut self) -> Result<Planned, Termination> {
        let aim = Aim::Worst { floor: self.floor };
        let master = extensive(self.program, &named(&self.state.realisations), aim, None);
        if master.broken.is_some() {
            return Err(Termination::Infeasible);
        }
        let limit = self.options.limit.clone();
        let lowering = lower(&master.program, &LowerOptions { limit, ..LowerOptions::default() });
        if lowering.is_unfinished() {
            return Err(self.options.stopped());
        }
        if !lowering.diagnostics.is_empty() {
            self.diagnostics.extend(lowering.diagnostics);
            return Err(Termination::Failed);
        }
        let scale = lowering.problem.objective_scale;
        let mut options = self.left(self.options.gap * self.state.share, MASTER_TIME);
        options.progress = self.listener(scale);
        let Outcome { termination, point, objective, bound, engine, nodes, .. } =
            run_from(&lowering.problem, self.engine, &options, &self.start(&master));
        self.name = engine;
        self.state.nodes += nodes;
        if bound.is_finite() && termination != Termination::Infeasible {
            let bound = (bound * scale).min(self.upper());
            self.state.lower = Some(self.lower().max(bound));
        }
        let planned = |cut| {
            let (point, objective) = (point.as_ref()?, objective?);
            let plan = master.plan(&lowering.map.values(&lowering.problem, point));
            Some(Planned { plan, expected: objective * scale, cut })
        };
        match termination {
            Termination::Optimal => planned(None).ok_or(Termination::Failed),
            Termination::Limit => planned(Some(termination)).ok_or(termination),
            other => Err(other),
        }
    }

    /// Whole numbers of the best plan and of the last one, where a master may begin.
    fn start(&self, master: &Extensive) -> Start {
        let mut candidates: Vec<Candidate> = Vec::new();
        for plan in [&self.state.last, &self.state.values].into_iter().flatten() {
            let whole = |(variable, at): (&crate::program::Variable, &Option<crate::program::VarId>)| {
                at.filter(|_| variable.domain != Domain::Continuous)
            };
            let places = self.program.variables.iter().zip(master.ahead()).map(whole).zip(plan);
            let values: Vec<(ColumnId, f64)> =
                places.filter_map(|(at, x)| Some((ColumnId(at?.0), x.round()))).collect();
            let candidate = Candidate { values };
            if !candidate.values.is_empty() && !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        }
        Start { candidates }
    }

    /// Options for a share of what is left of the time.
    fn left(&self, gap: f64, share: f64) -> Options {
        self.options.part(gap, self.options.limit.share(share))
    }

    /// The progress of a master as that of the whole search.
    fn listener(&self, scale: f64) -> Option<crate::solution::Listener> {
        let progress = self.options.progress.clone()?;
        let (lower, incumbent, before) = (self.lower(), self.state.upper, self.state.nodes);
        let began = self.began;
        Some(Arc::new(move |p: &Progress| {
            progress(&Progress {
                bound: lower.max((p.bound * scale).min(incumbent.unwrap_or(f64::INFINITY))),
                incumbent,
                nodes: before + p.nodes,
                seconds: began.seconds(),
            });
        }))
    }

    fn follow(&self) {
        if let Some(follow) = &self.ask.follow {
            follow(&self.state);
        }
    }
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(x, y)| (x - y).abs() <= 1e-9 * (1.0 + x.abs()))
}
