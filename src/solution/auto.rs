//! Which engine solves what.

use super::blocks::solve_blocks;
use super::refuted::looked_at_again;
use super::{Options, Outcome, Primal, continuous, highs, outer, periods, tree};
use crate::lowered::{Arborescence, ColumnId, Lowered};
use std::collections::BTreeSet;

/// An engine, or the choice among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// By the kind of problem; see [`choose`].
    #[default]
    Auto,
    /// HiGHS; with cones, outer approximation on HiGHS.
    Highs,
    /// Clarabel; with integers, the tree over Clarabel relaxations.
    Clarabel,
    /// Branch and bound over conic relaxations.
    Tree,
    /// Outer approximation of the cones by HiGHS problems.
    OuterApproximation,
}

/// Integer columns up to which the tree is chosen where they select an arborescence.
const TREE_ARBORESCENCE: usize = 600;
/// Integer columns up to which the tree is chosen where one arborescence has nearly all of them: feeders of one
/// topology. On 415 and 880 buses it has a tenth of the gap that outer approximation has after two minutes.
const TREE_FEEDERS: usize = 10_000;
/// Integer columns up to which the tree is chosen where islands are decided. On the 33-bus feeder (about 190 an
/// hour) it has plans within seconds, where outer approximation has none in minutes.
const TREE_ISLANDS: usize = 2_000;
/// Integer columns up to which the tree is chosen otherwise.
const TREE_PLAIN: usize = 240;

/// The engine that `engine` means for this problem.
///
/// Without cones HiGHS; cones without integers Clarabel; mixed-integer conic problems go to the
/// tree when few integers are free (600 with arborescences, 10 000 where one arborescence has them, 2000 with
/// islands, 240 otherwise), else to outer approximation, which [`periods`] precedes where there are several
/// topologies.
pub fn choose(problem: &Lowered, engine: Engine) -> Engine {
    let free = problem.columns.iter().filter(|c| c.integer && c.upper - c.lower > 0.5).count();
    let integers = problem.columns.iter().any(|c| c.integer);
    let cones = !problem.cones.is_empty();
    match engine {
        Engine::Auto if !cones => Engine::Highs,
        Engine::Auto if !integers => Engine::Clarabel,
        Engine::Auto => {
            let few = match problem.arborescences.as_slice() {
                [] if problem.islands => TREE_ISLANDS,
                [] => TREE_PLAIN,
                [one] if free.saturating_sub(own(problem, one)) <= TREE_PLAIN => TREE_FEEDERS,
                _ => TREE_ARBORESCENCE,
            };
            if free <= few { Engine::Tree } else { Engine::OuterApproximation }
        }
        Engine::Highs if cones => Engine::OuterApproximation,
        Engine::Clarabel if integers => Engine::Tree,
        other => other,
    }
}

/// Columns of an arborescence.
fn own(problem: &Lowered, tree: &Arborescence) -> usize {
    let columns: BTreeSet<ColumnId> =
        tree.arcs.iter().map(|a| a.3).chain(tree.closed.iter().flatten().copied()).collect();
    let integer = |c: &&ColumnId| {
        let c = &problem.columns[**c];
        c.integer && c.upper - c.lower > 0.5
    };
    columns.iter().filter(integer).count()
}

/// Solves a lowered problem, by blocks where it falls apart. `primal` may propose integer values where an engine can use them.
pub fn solve(problem: &Lowered, engine: Engine, options: &Options, primal: Option<&dyn Primal>) -> Outcome {
    solve_blocks(problem, engine, options, primal, whole).unwrap_or_else(|| whole(problem, engine, options, primal))
}

/// Solves a problem that is not taken apart into blocks.
fn whole(problem: &Lowered, engine: Engine, options: &Options, primal: Option<&dyn Primal>) -> Outcome {
    looked_at_again(problem, options, || once(problem, engine, options, primal))
}

/// Solves a problem by one engine.
fn once(problem: &Lowered, engine: Engine, options: &Options, primal: Option<&dyn Primal>) -> Outcome {
    if engine == Engine::Auto
        && matches!(choose(problem, engine), Engine::OuterApproximation | Engine::Highs)
        && periods::applies(problem)
    {
        return periods::solve(problem, options, primal);
    }
    match choose(problem, engine) {
        Engine::Highs => linear(problem, options, primal),
        Engine::Tree => tree::solve(problem, options, primal),
        Engine::OuterApproximation => outer::solve(problem, options, primal),
        Engine::Clarabel | Engine::Auto => continuous::solve(problem, options),
    }
}

/// Share of the time that may go into a start.
const START_SHARE: f64 = 0.25;
/// Seconds that may go into a start.
const START_SECONDS: f64 = 30.0;
/// Gap to which a start is solved.
const START_GAP: f64 = 1e-2;

/// HiGHS, from the best of the proposed solutions.
pub(super) fn linear(problem: &Lowered, options: &Options, primal: Option<&dyn Primal>) -> Outcome {
    let brief = options.part(options.gap.max(START_GAP), options.limit.share(START_SHARE).within(START_SECONDS));
    let mut best: Option<(f64, Vec<f64>)> = None;
    for candidate in primal.map(|p| p.propose(&[])).unwrap_or_default() {
        let mut fixed = problem.clone();
        for &(column, value) in &candidate.values {
            let column = &mut fixed.columns[column];
            if column.lower <= value && value <= column.upper {
                (column.lower, column.upper) = (value, value);
            }
        }
        let found = highs::solve(&fixed, &brief, None).outcome;
        if let (Some(objective), Some(point)) = (found.objective, found.point)
            && best.as_ref().is_none_or(|b| objective < b.0)
        {
            best = Some((objective, point));
        }
    }
    let start = best.as_ref().map(|(_, point)| highs::Start::Point { point, good: false });
    highs::certified(problem, options, highs::solve(problem, options, start))
}
