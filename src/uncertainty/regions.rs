//! The worst case where some of the later decisions are whole numbers.
//!
//! With the whole numbers settled in one way the cost is a convex function of the factors; with the
//! choice among ways it is the least of convex functions, whose greatest value need not be at a corner.
//! So ways (patterns) are collected as column-and-constraint generation does inside its subproblem (Zhao
//! and Zeng 2012), but no duals are bounded: over a region of the set each pattern's cost lies below the
//! chords between the region's corners, so the greatest θ with `θ <= Σ λ_v cost_I(v)` for every pattern I
//! bounds the worst case there. At its point the later decisions are solved as they are: that is a lower
//! bound and perhaps a new pattern. Where no pattern is new the region is parted, until the bounds meet.

use super::recourse::{Reaction, Recourse};
use super::set::Set;
use super::worst::{Worst, each};
use crate::diagnostics::Diagnostic;
use crate::lowered::{LowerOptions, lower};
use crate::program::{Affine, Domain, Form, Objective, OriginId, Program, Relation, Stage, VarId, Variable};
use crate::solution::{Engine, Options, Termination, solve};
use rustc_hash::FxHashMap;

/// Corners of the set beyond which it is not parted.
pub const MOST_CORNERS: usize = 512;
/// Regions after which the search gives up.
const MOST_REGIONS: usize = 4000;
/// A gap below this is not asked for.
const LEAST_GAP: f64 = 1e-9;
/// A share of a region's width that a part keeps at least.
const LEAST_PART: f64 = 0.1;

/// The worst realisation of a plan.
pub fn worst(program: &Program, plan: &[f64], engine: Engine, options: &Options) -> Result<Worst, Vec<Diagnostic>> {
    let set = Set::new(program);
    let mut search = Search {
        program,
        set: &set,
        plan,
        engine,
        options,
        recourse: Recourse::of(program, plan)?,
        moved: super::parts::moved(program),
        patterns: Vec::new(),
        points: Vec::new(),
        places: FxHashMap::default(),
        best: None,
    };
    match search.run() {
        Ok(worst) => Ok(worst),
        Err(End::Unserved(factors)) => {
            let short = Recourse::short_of(program, plan)?;
            let shortages = short.shortages(&factors, engine, options).map_or_else(Vec::new, |s| s.1);
            Ok(Worst::Unserved { factors, shortages })
        }
        Err(End::Unknown(why)) => Ok(Worst::Unknown(why)),
    }
}

/// A part of the set: what of it lies in a box.
struct Region {
    low: Vec<f64>,
    high: Vec<f64>,
    /// No realisation in it costs more.
    bound: f64,
    /// Where to part it.
    at: Vec<f64>,
}

/// A realisation and what it costs by each pattern (none where the pattern cannot serve it).
struct Point {
    factors: Vec<f64>,
    costs: Vec<Option<f64>>,
}

/// Why the search ends before it knows the worst.
enum End {
    Unserved(Vec<f64>),
    Unknown(Termination),
}

struct Search<'a> {
    program: &'a Program,
    set: &'a Set<'a>,
    plan: &'a [f64],
    engine: Engine,
    options: &'a Options,
    recourse: Recourse,
    moved: std::collections::BTreeSet<usize>,
    /// Whole numbers, and the later decisions with these settled.
    patterns: Vec<(Vec<i64>, Recourse)>,
    points: Vec<Point>,
    places: FxHashMap<Vec<u64>, usize>,
    /// The costliest realisation met: factors, bound below, cost, values.
    best: Option<(Vec<f64>, f64, f64, Vec<f64>)>,
}

impl Search<'_> {
    fn run(&mut self) -> Result<Worst, End> {
        let (low, high) = self.set.ranges().into_iter().unzip();
        let mut open: Vec<Region> = Vec::new();
        open.extend(self.judged(Region { low, high, bound: f64::INFINITY, at: Vec::new() })?);
        let mut closed = f64::NEG_INFINITY;
        for _ in 0..MOST_REGIONS {
            // The region with the greatest bound; the first among equals.
            let most = (0..open.len()).reduce(|a, b| if open[b].bound > open[a].bound { b } else { a });
            let Some(most) = most else { return Ok(self.served(closed)) };
            let region = open.swap_remove(most);
            if self.enough(region.bound) {
                return Ok(self.served(region.bound));
            }
            for part in self.parted(&region) {
                if let Some(part) = self.judged(part)? {
                    if self.enough(part.bound) {
                        closed = closed.max(part.bound);
                    } else {
                        open.push(part);
                    }
                }
            }
        }
        Err(End::Unknown(Termination::Limit))
    }

    /// The worst case, now that no region's bound passes `most` or what has been met.
    fn served(&mut self, most: f64) -> Worst {
        match self.best.take() {
            Some((factors, _, cost, values)) => Worst::Served { factors, cost: cost.max(most), values },
            None => Worst::Unknown(Termination::Failed),
        }
    }

    fn enough(&self, bound: f64) -> bool {
        let gap = self.options.gap.max(LEAST_GAP);
        self.best.as_ref().is_some_and(|b| bound <= b.1 + gap * b.1.abs().max(1e-9))
    }

    /// Bounds a region, with as many patterns as that takes; none where it is empty.
    fn judged(&mut self, mut region: Region) -> Result<Option<Region>, End> {
        let corners = self.corners(&region)?;
        if corners.is_empty() {
            return Ok(None);
        }
        loop {
            self.fill(&corners)?;
            // Corners that no pattern serves come first.
            let open = |v: &&usize| self.points.get(**v).is_some_and(|p| p.costs.iter().all(Option::is_none));
            if let Some(corner) = corners.iter().find(open) {
                let z = self.points[*corner].factors.clone();
                if !self.solved(&z)? {
                    return Err(End::Unknown(Termination::Failed));
                }
                continue;
            }
            let (bound, at) = self.chords(&corners)?;
            region.bound = region.bound.min(bound);
            region.at = at;
            if self.enough(region.bound) {
                return Ok(Some(region));
            }
            let z = region.at.clone();
            if !self.solved(&z)? {
                return Ok(Some(region));
            }
        }
    }

    /// Corners of the set within a box.
    fn corners(&mut self, region: &Region) -> Result<Vec<usize>, End> {
        let mut all = vec![self.set.nominal()];
        for group in self.set.groups() {
            let of = |list: &[f64]| group.factors.iter().map(|f| list[*f]).collect::<Vec<_>>();
            let found = self.set.corners_within(group, &of(&region.low), &of(&region.high), 4 * MOST_CORNERS);
            let Some(mut found) = found else { return Err(End::Unknown(Termination::Limit)) };
            if !group.factors.iter().any(|f| self.moved.contains(f)) {
                found.truncate(1);
            }
            if all.len().saturating_mul(found.len()) > 4 * MOST_CORNERS {
                return Err(End::Unknown(Termination::Limit));
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
            all = all.iter().flat_map(|p| found.iter().map(move |c| place(p, c))).collect();
        }
        Ok(all.into_iter().map(|z| self.place(z)).collect())
    }

    fn place(&mut self, factors: Vec<f64>) -> usize {
        let key = factors.iter().map(|z| (z + 0.0).to_bits()).collect();
        let next = self.points.len();
        let at = *self.places.entry(key).or_insert(next);
        if at == next {
            self.points.push(Point { factors, costs: Vec::new() });
        }
        at
    }

    /// Costs of these points by every pattern known.
    fn fill(&mut self, points: &[usize]) -> Result<(), End> {
        let mut tasks = Vec::new();
        for v in points {
            let known = self.points[*v].costs.len();
            tasks.extend((known..self.patterns.len()).map(|k| (*v, k)));
        }
        let found = each(&tasks, self.options, |(v, k), o| match (self.points.get(*v), self.patterns.get(*k)) {
            (Some(p), Some((_, recourse))) => recourse.at(&p.factors, self.plan, self.engine, o),
            _ => Reaction::Unknown(Termination::Failed),
        });
        for ((v, _), reaction) in tasks.iter().zip(found) {
            let cost = match reaction {
                Reaction::Served { cost, .. } => Some(cost),
                Reaction::Unserved => None,
                Reaction::Unknown(why) => return Err(End::Unknown(why)),
            };
            if let Some(p) = self.points.get_mut(*v) {
                p.costs.push(cost);
            }
        }
        Ok(())
    }

    /// Solves the later decisions at a point as they are; was their pattern new?
    fn solved(&mut self, z: &[f64]) -> Result<bool, End> {
        let (outcome, _) = self.recourse.solve(z, self.engine, self.options);
        let (cost, bound, values) = match self.recourse.reaction(&outcome, self.plan) {
            Reaction::Served { cost, bound, values } => (cost, bound, values),
            Reaction::Unserved => return Err(End::Unserved(z.to_vec())),
            Reaction::Unknown(why) => return Err(End::Unknown(why)),
        };
        if self.best.as_ref().is_none_or(|b| bound > b.1) {
            self.best = Some((z.to_vec(), bound, cost, values));
        }
        let Some(point) = outcome.point else { return Err(End::Unknown(Termination::Failed)) };
        let pattern = self.recourse.whole(&point);
        if self.patterns.iter().any(|(p, _)| *p == pattern) {
            return Ok(false);
        }
        let settled = self.recourse.settled(&point);
        self.patterns.push((pattern, settled));
        Ok(true)
    }

    /// The greatest value below the chords of all patterns that serve every corner, and where; infinite
    /// in the middle where there is no such pattern.
    fn chords(&self, corners: &[usize]) -> Result<(f64, Vec<f64>), End> {
        let points: Vec<&Point> = corners.iter().filter_map(|v| self.points.get(*v)).collect();
        let everywhere = |k: &usize| points.iter().all(|p| p.costs.get(*k).is_some_and(Option::is_some));
        let patterns: Vec<usize> = (0..self.patterns.len()).filter(everywhere).collect();
        let mixed = |weights: &[f64]| {
            let mut z = vec![0.0; self.program.factors.len()];
            for (p, w) in points.iter().zip(weights) {
                z.iter_mut().zip(&p.factors).for_each(|(z, x)| *z += w * x);
            }
            z
        };
        if patterns.is_empty() {
            return Ok((f64::INFINITY, mixed(&vec![1.0 / points.len().max(1) as f64; points.len()])));
        }
        let cost = |p: &Point, k: usize| p.costs.get(k).copied().flatten().unwrap_or(f64::INFINITY);
        if let [only] = patterns.as_slice() {
            // One convex function: a corner.
            let most = points.iter().map(|p| (cost(p, *only), p)).reduce(|a, b| if b.0 > a.0 { b } else { a });
            return most.map(|(c, p)| (c, p.factors.clone())).ok_or(End::Unknown(Termination::Failed));
        }
        let rows: Vec<Vec<f64>> = patterns.iter().map(|k| points.iter().map(|p| cost(p, *k)).collect()).collect();
        let (bound, weights) = mixture(self.program, &rows, self.options).ok_or(End::Unknown(Termination::Failed))?;
        Ok((bound, mixed(&weights)))
    }

    /// Two parts of a region, along the factor in which its point divides it best.
    fn parted(&self, region: &Region) -> Vec<Region> {
        let ranges = self.set.ranges();
        let width = |f: usize| {
            let whole = ranges[f].1 - ranges[f].0;
            if whole > 0.0 { (region.high[f] - region.low[f]) / whole } else { 0.0 }
        };
        let inner = |f: usize| {
            let z = region.at[f];
            (z - region.low[f]).min(region.high[f] - z) / (region.high[f] - region.low[f]).max(1e-300)
        };
        // How near the middle the point lies, weighed by the width.
        let worth = |f: usize| width(f) * (LEAST_PART + inner(f).clamp(0.0, 0.5));
        let free = self.moved.iter().copied().filter(|f| *f < region.low.len() && width(*f) > 0.0);
        let Some(f) = free.reduce(|a, b| if worth(b) > worth(a) { b } else { a }) else { return Vec::new() };
        let (low, high) = (region.low[f], region.high[f]);
        let z = region.at[f];
        let at = if inner(f) >= LEAST_PART { z } else { 0.5 * (low + high) };
        let part = |low: f64, high: f64| {
            let mut part =
                Region { low: region.low.clone(), high: region.high.clone(), bound: region.bound, at: Vec::new() };
            (part.low[f], part.high[f]) = (low, high);
            part
        };
        vec![part(low, at), part(at, high)]
    }
}

/// The greatest θ with `θ <= Σ λ_v rows[i][v]` for all i, over λ >= 0 that add up to 1; and these λ.
fn mixture(from: &Program, rows: &[Vec<f64>], options: &Options) -> Option<(f64, Vec<f64>)> {
    let count = rows.first()?.len();
    let origin = OriginId(0);
    let mut to = Program { periods: 1, origins: from.origins.clone(), ..Program::default() };
    let variable = |name: String, lower: f64, upper: f64| Variable {
        name: name.into(),
        domain: Domain::Continuous,
        lower,
        upper,
        stage: Stage::Recourse,
        unit: super::plain(),
        origin,
    };
    // Costs relative to the least of them: what is common to all says nothing.
    let least = rows.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let most = rows.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let theta = VarId(count as u32);
    to.variables.extend((0..count).map(|v| variable(format!("weight[{}]", v + 1), 0.0, 1.0)));
    to.variables.push(variable("theta".into(), 0.0, most - least));
    let weights = |values: &[f64]| values.iter().enumerate().map(|(v, c)| (VarId(v as u32), *c)).collect();
    let sum = Affine { constant: -1.0, terms: weights(&vec![1.0; count]) };
    to.constraints.push(super::rule("weights", Relation::Eq(Form::affine(sum))));
    for costs in rows {
        let chord: Vec<f64> = costs.iter().map(|c| least - c).collect();
        let mut below = Affine { constant: 0.0, terms: weights(&chord) };
        below.terms.retain(|t| t.1 != 0.0);
        below.add_scaled(&Affine::variable(theta), 1.0);
        to.constraints.push(super::rule("chord", Relation::Le(Form::affine(below))));
    }
    let terms = vec![("theta".to_string(), Form::affine(Affine::variable(theta)))];
    to.objectives.push(Objective { name: "theta".into(), maximize: true, terms, unit: super::plain(), origin });
    let lowering = lower(&to, &LowerOptions::default());
    let options = Options { gap: 1e-9, threads: 1, progress: None, ..options.clone() };
    let outcome = solve(&lowering.problem, Engine::Highs, &options, None);
    let mut values = lowering.map.values(&lowering.problem, &outcome.point?);
    values.truncate(count);
    let total: f64 = values.iter().map(|w| w.max(0.0)).sum();
    let weights: Vec<f64> = values.iter().map(|w| w.max(0.0) / total.max(1e-12)).collect();
    let bound = outcome.bound * lowering.problem.objective_scale;
    bound.is_finite().then_some((bound + least, weights))
}
