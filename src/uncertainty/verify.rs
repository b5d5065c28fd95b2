//! How a given plan stands: its costs over realisations, those in which nothing can be done, and the
//! rules that are then missed.

use super::recourse::{Reaction, Recourse, Shortage};
use super::sampling::Judged;
use super::worst::each;
use crate::diagnostics::Diagnostic;
use crate::program::Program;
use crate::solution::{Engine, Options};

/// Realisations without a course of action whose missed rules are looked for.
const MOST_EXPLAINED: usize = 1000;

/// A plan against realisations. Costs: less is better, coherent units.
#[derive(Debug, Clone, PartialEq)]
pub struct Stands {
    /// At the middle, over samples, in the worst case.
    pub judged: Judged,
    /// Corners of the set, or scenarios, that were all looked at; none where they are too many.
    pub all: Option<usize>,
    /// How many of them cannot be served.
    pub failing: usize,
    /// Rules that are missed there and in samples.
    pub missed: Vec<Missed>,
}

/// A rule that no later decision keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct Missed {
    /// Its name.
    pub rule: String,
    /// In how many realisations.
    pub times: usize,
    /// By how much at most, in its unit.
    pub by: f64,
    /// Its unit.
    pub unit: String,
}

/// What is looked at.
pub struct Points<'a> {
    /// The realisation without deviation.
    pub middle: &'a [f64],
    /// Samples.
    pub samples: &'a [Vec<f64>],
    /// Corners or scenarios.
    pub all: Option<&'a [Vec<f64>]>,
    /// Proven greatest cost; none where something cannot be served.
    pub worst: Option<f64>,
    /// Rules that the worst realisation misses, where it was sought in another way.
    pub known: &'a [Shortage],
}

/// Judges a whole plan (a value per variable).
///
/// # Errors
/// What the lowering refuses.
pub fn stands(
    program: &Program,
    plan: &[f64],
    points: &Points<'_>,
    engine: Engine,
    options: &Options,
) -> Result<Stands, Vec<Diagnostic>> {
    let recourse = Recourse::of(program, plan)?;
    let react = |z: &Vec<f64>, o: &Options| recourse.at(z, plan, engine, o);
    let nominal = react(&points.middle.to_vec(), options).known().flatten();
    let samples = each(points.samples, options, react);
    let all = points.all.map(|all| each(all, options, react));
    let unserved = |reactions: &[Reaction], points: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let pairs = reactions.iter().zip(points);
        pairs.filter(|(r, _)| matches!(r, Reaction::Unserved)).map(|(_, z)| z.clone()).collect()
    };
    let failing = unserved(all.as_deref().unwrap_or_default(), points.all.unwrap_or_default());
    let mut explained = failing.clone();
    explained.extend(unserved(&samples, points.samples));
    explained.truncate(MOST_EXPLAINED);
    let mut missed = Vec::new();
    if !explained.is_empty() {
        let short = Recourse::short_of(program, plan)?;
        for (_, list) in each(&explained, options, |z, o| short.shortages(z, engine, o)).into_iter().flatten() {
            list.iter().for_each(|s| count(&mut missed, s));
        }
    }
    if points.all.is_none() {
        points.known.iter().for_each(|s| count(&mut missed, s));
    }
    missed.sort_by(|a, b| b.times.cmp(&a.times).then(b.by.total_cmp(&a.by)));
    let costs: Vec<Option<f64>> = samples.iter().filter_map(Reaction::known).collect();
    Ok(Stands {
        judged: Judged::of(nominal, &costs, points.worst),
        all: all.map(|all| all.iter().filter(|r| r.known().is_some()).count()),
        failing: failing.len(),
        missed,
    })
}

fn count(missed: &mut Vec<Missed>, s: &Shortage) {
    match missed.iter_mut().find(|m| m.rule == s.rule) {
        Some(m) => {
            m.times += 1;
            m.by = m.by.max(s.by);
        }
        None => missed.push(Missed { rule: s.rule.clone(), times: 1, by: s.by, unit: s.unit.clone() }),
    }
}
