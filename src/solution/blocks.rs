//! Problems that fall apart: blocks of columns that no row, no cone and no arborescence joins are solved one by one, and
//! several at a time. Hours that nothing carries energy or switches between are such blocks.
//!
//! Exact: the sum of the blocks' bounds is a bound, the points together are a point, and a block without
//! solution leaves none for the whole. A column that is fixed joins nothing.

use super::{Candidate, Engine, Options, Outcome, Primal, Termination, each};
use crate::deadline::Stopwatch;
use crate::ids::{Id, IdVec};
use crate::lowered::{Arborescence, ColumnId, Cone, Entry, Lowered, Row, RowId};
use std::sync::Mutex;

/// A part of a problem.
struct Block {
    problem: Lowered,
    /// The whole problem's column of each of its columns.
    columns: Vec<ColumnId>,
}

/// Solves each block by `solve`; none where there are not at least two blocks with integers.
pub(super) fn solve_blocks(
    problem: &Lowered,
    engine: Engine,
    options: &Options,
    primal: Option<&dyn Primal>,
    solve: impl Fn(&Lowered, Engine, &Options, Option<&dyn Primal>) -> Outcome + Sync,
) -> Option<Outcome> {
    let began = Stopwatch::start();
    let mut blocks = blocks(problem)?;
    let factor = factor(&blocks);
    for block in &mut blocks {
        block.problem.objective.iter_mut().for_each(|c| c.1 *= factor);
        block.problem.objective_scale /= factor;
    }
    let workers = options.threads.clamp(1, blocks.len());
    let proposed = primal.map(|p| p.propose(&[])).unwrap_or_default();
    let mut outcomes: Vec<Option<Outcome>> = blocks.iter().map(|_| None).collect();
    let mut gap = options.gap;
    for round in 0..ROUNDS {
        let todo: Vec<usize> = (0..blocks.len()).filter(|b| open(outcomes.get(*b), gap)).collect();
        if todo.is_empty() || (round > 0 && options.limit.passed()) {
            break;
        }
        // First an equal share for each, then what is left for those that need more.
        let share = options.limit.left() * workers as f64 / todo.len() as f64;
        let limited = Options { gap, threads: (options.threads / workers).max(1), progress: None, ..options.clone() };
        let done = Mutex::new(0_u64);
        let one = |b: &usize| {
            let block = blocks.get(*b)?;
            let own = Proposals::new(block, &proposed, outcomes.get(*b).and_then(Option::as_ref));
            let limit = if todo.len() > workers { options.limit.within(share) } else { options.limit.clone() };
            let limited = Options { limit, ..limited.clone() };
            let outcome = solve(&block.problem, engine, &limited, Some(&own));
            if let Ok(mut done) = done.lock() {
                *done += 1;
                options.tell(began, f64::NEG_INFINITY, None, *done);
            }
            Some(outcome)
        };
        let solved: Vec<Option<Outcome>> = each(&todo, workers, one);
        for (b, outcome) in todo.iter().zip(solved) {
            if let (Some(slot), Some(outcome)) = (outcomes.get_mut(*b), outcome) {
                *slot = Some(match slot.take() {
                    Some(before) => better(before, outcome),
                    None => outcome,
                });
            }
        }
        let whole = together(problem, &blocks, &outcomes);
        if whole.termination != Termination::Limit && whole.termination != Termination::Optimal {
            return Some(whole);
        }
        // Blocks of opposite sign add up to a larger relative gap than each has.
        if whole.point.is_some() && whole.gap() > options.gap && outcomes.iter().all(|o| !open(Some(o), gap)) {
            gap /= 4.0;
        }
    }
    let mut whole = together(problem, &blocks, &outcomes);
    if whole.termination == Termination::Optimal && whole.gap() > options.gap.max(1e-6) {
        whole.termination = Termination::Limit;
    } else if whole.termination == Termination::Limit && whole.gap() <= options.gap {
        whole.termination = Termination::Optimal;
    }
    Some(whole)
}

/// Rounds over the blocks at most.
const ROUNDS: usize = 6;

/// Costs of blocks are so much larger than those of the whole: absolute tolerances of their engines then add
/// up to less than one of the whole.
fn factor(blocks: &[Block]) -> f64 {
    (4 * blocks.len()).next_power_of_two() as f64
}

/// Is there more to do on a block?
fn open(outcome: Option<&Option<Outcome>>, gap: f64) -> bool {
    match outcome {
        Some(Some(o)) => match o.termination {
            Termination::Optimal => o.gap() > gap.max(1e-6),
            Termination::Limit => true,
            _ => false,
        },
        _ => true,
    }
}

/// The better of two outcomes of one block: best point, best bound, what ended it.
fn better(before: Outcome, after: Outcome) -> Outcome {
    let (bound, certified) = (before.bound.max(after.bound), before.certified.max(after.certified));
    let (nodes, iterations) = (before.nodes + after.nodes, before.iterations + after.iterations);
    let keeps = match (before.objective, after.objective) {
        (Some(b), Some(a)) => b < a,
        (Some(_), None) => true,
        _ => false,
    };
    let (objective, point) = if keeps { (before.objective, before.point) } else { (after.objective, after.point) };
    Outcome { objective, point, bound, certified, nodes, iterations, ..after }
}

/// The outcome of the whole.
fn together(problem: &Lowered, blocks: &[Block], outcomes: &[Option<Outcome>]) -> Outcome {
    let all: Vec<&Outcome> = outcomes.iter().flatten().collect();
    let any = |t: Termination| all.iter().any(|o| o.termination == t);
    let termination = match () {
        () if any(Termination::Infeasible) => Termination::Infeasible,
        () if any(Termination::Failed) || all.len() < blocks.len() => Termination::Failed,
        () if any(Termination::Interrupted) => Termination::Interrupted,
        () if any(Termination::Limit) => Termination::Limit,
        () if any(Termination::Unbounded) => Termination::Unbounded,
        () => Termination::Optimal,
    };
    let mut point = vec![0.0; problem.columns.len()];
    for (block, outcome) in blocks.iter().zip(outcomes) {
        let values = outcome.as_ref().and_then(|o| o.point.as_ref());
        for (column, value) in block.columns.iter().zip(values.into_iter().flatten()) {
            *column.of_mut(&mut point) = *value;
        }
    }
    let whole = all.len() == blocks.len() && all.iter().all(|o| o.point.is_some());
    let whole = whole && termination != Termination::Infeasible;
    let objective = all.iter().filter_map(|o| o.objective).sum::<f64>() / factor(blocks) + problem.offset;
    let summed = |bound: fn(&Outcome) -> f64| match termination {
        Termination::Infeasible => all.iter().map(|o| bound(o)).fold(f64::NEG_INFINITY, f64::max),
        _ if all.len() < blocks.len() => f64::NEG_INFINITY,
        _ => all.iter().map(|o| bound(o)).sum::<f64>() / factor(blocks) + problem.offset,
    };
    let engine = all.first().map_or_else(String::new, |o| format!("{} on {} blocks", o.engine, blocks.len()));
    Outcome {
        termination,
        point: whole.then_some(point),
        objective: whole.then_some(objective),
        bound: summed(|o| o.bound),
        certified: summed(|o| o.certified),
        engine,
        nodes: all.iter().map(|o| o.nodes).sum(),
        iterations: all.iter().map(|o| o.iterations).sum(),
    }
}

/// Proposals for a block: the parts of those for the whole, and its own best so far.
struct Proposals(Vec<Candidate>);

impl Proposals {
    fn new(block: &Block, proposed: &[Candidate], before: Option<&Outcome>) -> Self {
        let own = |column: ColumnId| block.columns.binary_search(&column).ok().map(ColumnId::at);
        let part = |c: &Candidate| Candidate {
            values: c.values.iter().filter_map(|(column, value)| Some((own(*column)?, *value))).collect(),
        };
        let mut list: Vec<Candidate> = proposed.iter().map(part).filter(|c| !c.values.is_empty()).collect();
        if let Some(point) = before.and_then(|o| o.point.as_ref()) {
            let whole = block.problem.columns.each().zip(point).filter(|((_, c), _)| c.integer);
            list = vec![Candidate { values: whole.map(|((at, _), x)| (at, x.round())).collect() }];
        }
        Proposals(list)
    }
}

impl Primal for Proposals {
    fn propose(&self, _relaxation: &[f64]) -> Vec<Candidate> {
        self.0.clone()
    }
}

/// The blocks, those without integers as one; none where fewer than two have integers.
fn blocks(problem: &Lowered) -> Option<Vec<Block>> {
    let free = |c: ColumnId| problem.columns[c].lower < problem.columns[c].upper;
    let mut above: IdVec<ColumnId, ColumnId> = problem.columns.ids().collect();
    let mut join = |columns: &mut dyn Iterator<Item = ColumnId>| {
        let mut first = None;
        for column in columns.filter(|c| free(*c)) {
            match first {
                None => first = Some(column),
                Some(first) => {
                    let (a, b) = (top(&mut above, first), top(&mut above, column));
                    above[a.max(b)] = a.min(b);
                }
            }
        }
    };
    for row in &problem.rows {
        join(&mut row.terms.iter().map(|t| t.0));
    }
    for cone in &problem.cones {
        join(&mut cone.entries.iter().flat_map(|e| &e.terms).map(|t| t.0));
    }
    for tree in &problem.arborescences {
        join(&mut tree.arcs.iter().map(|a| a.3).chain(tree.closed.iter().flatten().copied()));
    }
    let tops: Vec<ColumnId> = problem.columns.ids().map(|c| top(&mut above, c)).collect();
    // Blocks with free integers by their first column; 0 is what remains.
    let mut number: IdVec<ColumnId, usize> = IdVec::filled(0, problem.columns.len());
    let mut count = 1;
    for (column, top) in problem.columns.iter().zip(&tops) {
        if column.integer && column.lower < column.upper && number[*top] == 0 {
            number[*top] = count;
            count += 1;
        }
    }
    if count < 3 {
        return None;
    }
    let block_of: IdVec<ColumnId, usize> = tops.iter().map(|t| number[*t]).collect();
    let mut parts: Vec<Block> = (0..count)
        .map(|_| Block {
            problem: Lowered {
                objective_scale: problem.objective_scale,
                islands: problem.islands,
                ..Lowered::default()
            },
            columns: Vec::new(),
        })
        .collect();
    let mut place: IdVec<ColumnId, ColumnId> = IdVec::filled(ColumnId(0), problem.columns.len());
    for (column, part) in block_of.each() {
        let part = &mut parts[*part];
        part.columns.push(column);
        place[column] = part.problem.columns.push(problem.columns[column].clone());
        if !problem.derived.is_empty() {
            part.problem.derived.push(problem.derived[column]);
        }
    }
    for &(column, cost) in &problem.objective {
        parts[block_of[column]].problem.objective.push((place[column], cost));
    }
    let acyclic: std::collections::BTreeSet<RowId> = problem.acyclic.iter().copied().collect();
    let split = Split { problem, block_of: &block_of, place: &place };
    for (number, row) in problem.rows.each() {
        let home = split.home(row.terms.iter().map(|t| t.0));
        let (constant, terms) = split.terms(&row.terms, home);
        let part = &mut parts[home].problem;
        if acyclic.contains(&number) {
            part.acyclic.push(part.rows.next_id());
        }
        part.rows.push(Row { terms, lower: row.lower - constant, upper: row.upper - constant, ..row.clone() });
    }
    for cone in &problem.cones {
        let home = split.home(cone.entries.iter().flat_map(|e| &e.terms).map(|t| t.0));
        let entries = cone.entries.iter().map(|e| {
            let (constant, terms) = split.terms(&e.terms, home);
            Entry { constant: e.constant + constant, terms }
        });
        let entries = entries.collect();
        parts[home].problem.cones.push(Cone { entries, ..cone.clone() });
    }
    for tree in &problem.arborescences {
        let home = split.home(tree.arcs.iter().map(|a| a.3));
        // Arcs that are decided before are no columns of the block; such a tree is not told.
        let own = |c: ColumnId| block_of[c] == home;
        if tree.arcs.iter().all(|a| own(a.3)) && tree.closed.iter().flatten().all(|c| own(*c)) {
            let to = |c: ColumnId| place[c];
            let arcs = tree.arcs.iter().map(|a| (a.0, a.1, a.2, to(a.3))).collect();
            let closed = tree.closed.iter().map(|c| c.map(to)).collect();
            parts[home].problem.arborescences.push(Arborescence { arcs, closed, ..tree.clone() });
        }
    }
    for part in &mut parts {
        // Without all its trees the rows against cycles count.
        if part.problem.arborescences.is_empty() {
            part.problem.acyclic.clear();
        }
    }
    parts.retain(|p| !p.columns.is_empty());
    Some(parts)
}

/// Where columns have gone.
struct Split<'a> {
    problem: &'a Lowered,
    block_of: &'a IdVec<ColumnId, usize>,
    place: &'a IdVec<ColumnId, ColumnId>,
}

impl Split<'_> {
    /// The block of the free columns among these.
    fn home(&self, columns: impl Iterator<Item = ColumnId>) -> usize {
        let free = |c: &ColumnId| self.problem.columns[*c].lower < self.problem.columns[*c].upper;
        columns.into_iter().find(free).map_or(0, |c| self.block_of[c])
    }

    /// Terms in the columns of a block; what fixed columns of other blocks add.
    fn terms(&self, terms: &[(ColumnId, f64)], home: usize) -> (f64, Vec<(ColumnId, f64)>) {
        let mut constant = 0.0;
        let mut own = Vec::with_capacity(terms.len());
        for &(column, value) in terms {
            if self.block_of[column] == home {
                own.push((self.place[column], value));
            } else {
                constant += value * self.problem.columns[column].lower;
            }
        }
        own.sort_by_key(|t| t.0);
        (constant, own)
    }
}

fn top(above: &mut IdVec<ColumnId, ColumnId>, mut column: ColumnId) -> ColumnId {
    while above[column] != column {
        let higher = above[above[column]];
        above[column] = higher;
        column = higher;
    }
    column
}
