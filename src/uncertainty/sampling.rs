//! A plan against samples of the set, and plans side by side: what robustness costs and buys.

use super::recourse::{Reaction, Recourse};
use super::set::Set;
use super::worst::{Oracle, Worst, each};
use crate::diagnostics::Diagnostic;
use crate::program::Program;
use crate::random::Random;
use crate::solution::{Engine, Options};

/// A plan's costs (less is better, coherent units).
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Where nothing deviates; none where that cannot be served.
    pub nominal: Option<f64>,
    /// Mean over the samples that are served.
    pub mean: Option<f64>,
    /// Cost that 95 % of all samples do not pass; none where more than 5 % cannot be served.
    pub quantile: Option<f64>,
    /// Samples that cannot be served.
    pub unserved: usize,
    /// Number of samples.
    pub samples: usize,
    /// Proven greatest cost over the set; none where something in it cannot be served.
    pub worst: Option<f64>,
}

impl Judged {
    /// From the costs of the samples of which something is known; none for those that cannot be served.
    pub(super) fn of(nominal: Option<f64>, costs: &[Option<f64>], worst: Option<f64>) -> Judged {
        let mut served: Vec<f64> = costs.iter().flatten().copied().collect();
        served.sort_by(f64::total_cmp);
        // The least number that at least 95 % of all samples do not pass.
        let rank = (0.95 * costs.len() as f64).ceil() as usize;
        Judged {
            nominal,
            mean: (!served.is_empty()).then(|| served.iter().sum::<f64>() / served.len() as f64),
            quantile: rank.checked_sub(1).and_then(|r| served.get(r).copied()),
            unserved: costs.len() - served.len(),
            samples: costs.len(),
            worst,
        }
    }
}

/// Points of the set: drawn evenly from the ranges and, where budgets are passed, drawn back on the
/// straight line to the point without deviation until they are kept. The same for the same seed.
pub fn samples(set: &Set<'_>, count: usize, seed: u64, options: &Options) -> Vec<Vec<f64>> {
    let inner = set.inner(options);
    let ranges = set.ranges();
    let mut random = Random::of(seed);
    let mut draw = || -> Vec<f64> { ranges.iter().map(|(low, high)| low + (high - low) * random.unit()).collect() };
    (0..count).map(|_| drawn_back(set, &inner, draw())).collect()
}

fn drawn_back(set: &Set<'_>, inner: &[f64], outer: Vec<f64>) -> Vec<f64> {
    if set.contains(&outer, 1e-9) {
        return outer;
    }
    let at = |share: f64| -> Vec<f64> { inner.iter().zip(&outer).map(|(a, b)| a + share * (b - a)).collect() };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if set.contains(&at(middle), 1e-9) { low = middle } else { high = middle }
    }
    at(low)
}

/// Judges a plan (values of the program's variables) at the middle, over samples and in its worst case.
///
/// # Errors
/// What the lowering refuses.
pub fn judge(
    program: &Program,
    set: &Set<'_>,
    oracle: &Oracle,
    plan: &[f64],
    samples: &[Vec<f64>],
    engine: Engine,
    options: &Options,
) -> Result<Judged, Vec<Diagnostic>> {
    let recourse = Recourse::of(program, plan)?;
    let react = |z: &Vec<f64>, o: &Options| recourse.at(z, plan, engine, o);
    let nominal = react(&set.inner(options), options).known().flatten();
    let costs: Vec<Option<f64>> = each(samples, options, react).iter().filter_map(Reaction::known).collect();
    let worst = match oracle.worst(program, plan, engine, options)? {
        Worst::Served { cost, .. } => Some(cost),
        _ => None,
    };
    Ok(Judged::of(nominal, &costs, worst))
}
