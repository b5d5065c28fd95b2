//! The worst that can come upon a plan.
//!
//! With convex later decisions (linear or conic) and factors on right-hand sides or beside decisions
//! made ahead, the cost is a convex function of the factors, and so is the total shortage: over a
//! polytope both are greatest at a corner, so all corners are looked at. Corners have fractional
//! coordinates where budgets do not fit the ranges. Whole numbers among the later decisions: `regions`.

use super::counted::{Counted, counted};
use super::recourse::{Reaction, Recourse, Shortage};
use super::set::Set;
use super::{blocks, regions};
use crate::diagnostics::Diagnostic;
use crate::program::{Domain, Program, Stage, Variable};
use crate::solution::{Engine, Options, Termination};

/// The worst realisation of a plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Worst {
    /// Every realisation can be served.
    Served {
        /// The costliest.
        factors: Vec<f64>,
        /// No realisation costs more (less is better, coherent units).
        cost: f64,
        /// Values of all variables there.
        values: Vec<f64>,
    },
    /// In this one some rules cannot be kept.
    Unserved {
        /// The realisation that misses most.
        factors: Vec<f64>,
        /// What it misses, worst first.
        shortages: Vec<Shortage>,
    },
    /// A solve ended without an answer.
    Unknown(Termination),
}

/// How the worst is found.
#[derive(Debug, Clone)]
pub enum Oracle {
    /// At each of these points, of which the set is the hull.
    Corners(Vec<Vec<f64>>),
    /// Block by block, where the set counts deviations.
    Blocks(Counted),
    /// By parting the set, where some later decisions are whole numbers.
    Regions,
}

/// The first whole number that is decided later, and how many there are.
pub fn whole_later(program: &Program) -> Option<(&Variable, usize)> {
    let whole = |v: &&Variable| v.stage == Stage::Recourse && v.domain != Domain::Continuous;
    let mut list = program.variables.iter().filter(whole);
    list.next().map(|first| (first, 1 + list.count()))
}

/// Corners of a set that are looked at one by one.
const MOST_CORNERS: usize = 4096;

impl Oracle {
    /// Chooses for a set; none where no exact way is known.
    pub fn choose(program: &Program, set: &Set<'_>) -> Option<Oracle> {
        if whole_later(program).is_some() {
            let few = |o: &Oracle| matches!(o, Oracle::Corners(p) if p.len() <= regions::MOST_CORNERS);
            return Oracle::corners(program, set).filter(few).map(|_| Oracle::Regions);
        }
        Oracle::corners(program, set).or_else(|| Oracle::blocks(program, set))
    }

    /// Block by block, if the set counts deviations and blocks are small.
    pub fn blocks(program: &Program, set: &Set<'_>) -> Option<Oracle> {
        counted(program, set).filter(|c| blocks::few(program, c)).map(Oracle::Blocks)
    }

    /// All corners, if they are few.
    pub fn corners(program: &Program, set: &Set<'_>) -> Option<Oracle> {
        let moved = super::parts::moved(program);
        let mut points = vec![set.nominal()];
        for group in set.groups() {
            let mut corners = set.corners(group, MOST_CORNERS)?;
            if !group.factors.iter().any(|f| moved.contains(f)) {
                corners.truncate(1);
            }
            if points.len().saturating_mul(corners.len()) > MOST_CORNERS {
                return None;
            }
            let place = |point: &Vec<f64>, corner: &Vec<f64>| {
                let mut point = point.clone();
                for (f, z) in group.factors.iter().zip(corner) {
                    if let Some(x) = point.get_mut(*f) {
                        *x = *z;
                    }
                }
                point
            };
            points = points.iter().flat_map(|p| corners.iter().map(move |c| place(p, c))).collect();
        }
        Some(Oracle::Corners(points))
    }

    /// How the worst is proven, for the report.
    pub fn proof(&self) -> String {
        match self {
            Oracle::Corners(points) => format!("all {} corners of the set", points.len()),
            Oracle::Regions => "parting the set, pattern by pattern of whole numbers".into(),
            Oracle::Blocks(set) => {
                let levels: usize = set.levels.iter().map(Vec::len).sum();
                format!("{levels} levels of {} factors, block by block", set.levels.len())
            }
        }
    }

    /// The worst realisation of a plan (values of the program's variables).
    pub fn worst(
        &self,
        program: &Program,
        plan: &[f64],
        engine: Engine,
        options: &Options,
    ) -> Result<Worst, Vec<Diagnostic>> {
        let found = match self {
            Oracle::Corners(points) => at_corners(program, plan, points, engine, options)?,
            Oracle::Regions => regions::worst(program, plan, engine, options)?,
            Oracle::Blocks(set) => {
                let found = blocks::worst(program, plan, set, engine, options)?;
                found.unwrap_or(Worst::Unknown(Termination::Failed))
            }
        };
        // What is missing once the time is over is no failure.
        let over = found == Worst::Unknown(Termination::Failed) && options.limit.passed();
        Ok(if over { Worst::Unknown(options.stopped()) } else { found })
    }
}

/// Runs `f` over items with the options' threads, in order.
pub(super) fn each<T: Sync, R: Send>(
    items: &[T],
    options: &Options,
    f: impl Fn(&T, &Options) -> R + Sync + Send,
) -> Vec<R> {
    let single = Options { threads: 1, progress: None, ..options.clone() };
    crate::solution::each(items, options.threads, |i| f(i, &single))
}

fn at_corners(
    program: &Program,
    plan: &[f64],
    points: &[Vec<f64>],
    engine: Engine,
    options: &Options,
) -> Result<Worst, Vec<Diagnostic>> {
    let recourse = Recourse::of(program, plan)?;
    let reactions = each(points, options, |z, o| recourse.at(z, plan, engine, o));
    let mut worst: Option<(usize, f64)> = None;
    let mut unserved = Vec::new();
    for (i, reaction) in reactions.iter().enumerate() {
        match reaction {
            Reaction::Unknown(why) => return Ok(Worst::Unknown(*why)),
            Reaction::Unserved => unserved.push(i),
            Reaction::Served { cost, .. } if worst.is_none_or(|w| *cost > w.1) => worst = Some((i, *cost)),
            Reaction::Served { .. } => {}
        }
    }
    if let Some(first) = unserved.first().copied() {
        let short = Recourse::short_of(program, plan)?;
        let missed = each(&unserved, options, |i, o| points.get(*i).and_then(|z| short.shortages(z, engine, o)));
        let mut most = (first, 0.0, Vec::new());
        for (i, found) in unserved.iter().zip(missed) {
            if let Some((total, list)) = found
                && total > most.1
            {
                most = (*i, total, list);
            }
        }
        let factors = points[most.0].clone();
        return Ok(Worst::Unserved { factors, shortages: most.2 });
    }
    let served = worst.and_then(|(i, cost)| Some((points.get(i)?.clone(), cost, reactions.into_iter().nth(i)?)));
    Ok(match served {
        Some((factors, cost, Reaction::Served { values, .. })) => Worst::Served { factors, cost, values },
        _ => Worst::Unknown(Termination::Failed),
    })
}
