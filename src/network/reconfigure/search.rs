//! Iterated local search over radial states.

use rayon::prelude::*;

use crate::deadline::Deadline;
use crate::network::powerflow::Branch;
use crate::random::Random;

use super::exchange::BranchExchange;
use super::{Evaluated, Refusal, Task, meshed_currents, spanning_tree};

/// How long and from where to search.
#[derive(Debug, Clone, Copy)]
pub struct SearchOptions<'a> {
    /// Seed of all random choices: the same seed gives the same result.
    pub seed: u64,
    /// Number of starts: the states given, then the rounded currents of the meshed network, then
    /// these with noise.
    pub starts: usize,
    /// Disturbances per start.
    pub rounds: usize,
    /// When the search ends with what it has; looked at before every exchange.
    pub limit: Option<&'a Deadline>,
}

impl Default for SearchOptions<'_> {
    fn default() -> Self {
        SearchOptions { seed: 0, starts: 3, rounds: 200, limit: None }
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Per branch: closed.
    pub closed: Vec<bool>,
    /// Its judgement by a power flow of the whole network.
    pub evaluated: Evaluated,
}

/// Searches from several starts, on as many threads as there are, and returns the best state found
/// (the first start's of equal ones, so that the number of threads does not matter).
///
/// # Errors
/// The [`Refusal`] of the first start when no start leads to a state with a power flow.
pub fn search(task: &Task<'_>, given: &[Vec<bool>], options: &SearchOptions<'_>) -> Result<Found, Refusal> {
    task.check()?;
    let impedance = |b: &Branch| b.r.hypot(b.x);
    let weights =
        meshed_currents(task).unwrap_or_else(|_| task.grid.branches().iter().map(|b| -impedance(b)).collect());
    let outcomes: Vec<Result<Found, Refusal>> = (0..options.starts.max(1))
        .into_par_iter()
        .map(|start| {
            let mut random = Random::stream(options.seed, start as u64);
            let state = match given.get(start) {
                Some(state) => state.clone(),
                None if start == given.len() => spanning_tree(task.grid, &weights, task.switching)?,
                None => {
                    let noisy: Vec<f64> = weights.iter().map(|w| w * random.unit()).collect();
                    spanning_tree(task.grid, &noisy, task.switching)?
                }
            };
            from(task, &state, &mut random, options)
        })
        .collect();
    outcomes
        .into_iter()
        .reduce(|best, next| match (&best, &next) {
            (Ok(a), Ok(b)) if b.evaluated.beats(&a.evaluated) => next,
            (Err(_), Ok(_)) => next,
            _ => best,
        })
        .unwrap_or(Err(Refusal::NotANumber))
}

/// Descends from one start, then disturbs and descends again.
fn from(task: &Task<'_>, start: &[bool], random: &mut Random, options: &SearchOptions<'_>) -> Result<Found, Refusal> {
    let mut exchange = BranchExchange::new(task)?;
    exchange.descend_from(start)?;
    let mut best = exchange.forest.closed().to_vec();
    let mut above_best = 0.0;
    for _ in 0..options.rounds {
        if options.limit.is_some_and(Deadline::passed) || exchange.forest.ties().is_empty() {
            break;
        }
        let change = exchange.disturb(random) + exchange.descend();
        if change <= 0.0 {
            exchange.forest.keep();
            above_best += change;
            if above_best < -1e-9 * exchange.forest.total() {
                above_best = 0.0;
                best.copy_from_slice(exchange.forest.closed());
            }
        } else {
            exchange.forest.take_back();
        }
    }
    let evaluated = exchange.evaluate(&best)?;
    Ok(Found { closed: best, evaluated })
}
