//! A goal whose value is next to nothing beside what single decisions could make of it, asked again in numbers in
//! which the value counts.
//!
//! A search prunes by a scaled goal to an absolute accuracy. With a range of 1e8 in the goal that accuracy is worth
//! more than everything else in it: nodes are cut that hold the optimum, and the bound is none. A known solution says
//! how far each decision may go without making the goal worse than it, so the ranges of the decisions in the goal are
//! cut by it, their columns and rows scaled anew, and the search is made again.

use super::{NO_DIFFERENCE, Outcome, Termination};
use crate::ids::IdVec;
use crate::lowered::{ColumnId, Lowered, power_of_two, row_scale};

/// Greatest value of a scaled goal in which the accuracy of a search may count.
const SMALL: f64 = 1e-2;
/// What the bound of a search in a scaled goal may be off by.
const ACCURACY: f64 = 1e-5;
/// The numbers of a goal have to become so much less for another search.
const LESS: f64 = 1.0 / 16.0;
/// A column is scaled anew where its range becomes less than this.
const NARROW: f64 = 1.0 / 1024.0;

/// A problem in finer numbers with the way back.
pub(super) struct Finer {
    pub problem: Lowered,
    /// What a unit of a column is of the problem that it was made of.
    factors: IdVec<ColumnId, f64>,
    /// The same of the goal.
    goal: f64,
}

impl Finer {
    /// `problem` without what is worse than the solution found; none where the search is accurate enough for its
    /// value, or nothing would become finer.
    pub fn of(problem: &Lowered, found: &Outcome) -> Option<Finer> {
        let best = found.objective.filter(|o| found.point.is_some() && o.abs() < SMALL)?;
        let mut costs: IdVec<ColumnId, f64> = IdVec::filled(0.0, problem.columns.len());
        problem.objective.iter().for_each(|&(column, cost)| costs[column] += cost);
        let priced: Vec<(ColumnId, f64)> =
            costs.ids().zip(&costs).filter(|t| *t.1 != 0.0).map(|t| (t.0, *t.1)).collect();
        let range = |column: ColumnId| {
            let data = &problem.columns[column];
            let derived = problem.derived.get(column.0 as usize).copied().unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
            (data.lower.max(derived.0), data.upper.min(derived.1))
        };
        let cheapest = |&(column, cost): &(ColumnId, f64)| {
            let (lower, upper) = range(column);
            cost * if cost > 0.0 { lower } else { upper }
        };
        let least = problem.offset + priced.iter().map(cheapest).sum::<f64>();
        let room = best - least + NO_DIFFERENCE;
        if !least.is_finite() || room <= 2.0 * NO_DIFFERENCE {
            return None;
        }
        let mut cut = problem.clone();
        let mut factors = IdVec::filled(1.0, problem.columns.len());
        let (mut before, mut after) = (0.0f64, 0.0f64);
        for &(column, cost) in &priced {
            let data = &mut cut.columns[column];
            (data.lower, data.upper) = range(column);
            before = before
                .max(cost.abs() * if data.integer { 1.0 } else { data.lower.abs().max(data.upper.abs()).min(1.0) });
            let reach = room / cost.abs();
            if cost > 0.0 {
                data.upper = data.upper.min(data.lower + reach);
            } else {
                data.lower = data.lower.max(data.upper - reach);
            }
            if data.integer {
                (data.lower, data.upper) = ((data.lower - NO_DIFFERENCE).ceil(), (data.upper + NO_DIFFERENCE).floor());
            } else {
                let size = data.lower.abs().max(data.upper.abs());
                if size > 0.0 && size < NARROW {
                    factors[column] = power_of_two(size);
                }
            }
            if data.upper > data.lower {
                after = after.max(cost.abs() * factors[column]);
            }
        }
        if !(after > 0.0 && after <= LESS * before) {
            return None;
        }
        let goal = power_of_two(after);
        rescale(&mut cut, &factors, goal);
        Some(Finer { problem: cut, factors, goal })
    }

    /// What is known after the second search.
    pub fn back(&self, problem: &Lowered, first: Outcome, second: Outcome) -> Outcome {
        let mut all =
            Outcome { nodes: first.nodes + second.nodes, iterations: first.iterations + second.iterations, ..first };
        if let Some(point) = second.point {
            let point: Vec<f64> = point.iter().zip(&self.factors).map(|(x, f)| x * f).collect();
            let value = problem.value(&point);
            if all.objective.is_none_or(|o| value <= o) {
                (all.objective, all.point) = (Some(value), Some(point));
            }
        }
        let by_second = if second.bound.is_finite() { second.bound * self.goal } else { f64::NEG_INFINITY };
        all.bound = (all.bound - ACCURACY).max(by_second);
        all.certified = all.certified.min(all.bound);
        all.termination = match (all.termination, second.termination) {
            // In finer numbers the solution keeps no rule: its value is worth what the first search says of it.
            (_, Termination::Infeasible | Termination::Unbounded | Termination::Failed) => Termination::Limit,
            (Termination::Optimal, ended) => ended,
            (ended, _) => ended,
        };
        all
    }
}

fn rescale(problem: &mut Lowered, factors: &IdVec<ColumnId, f64>, goal: f64) {
    for (column, factor) in problem.columns.iter_mut().zip(factors) {
        column.lower /= factor;
        column.upper /= factor;
        column.scale *= factor;
    }
    for ((range, factor), column) in problem.derived.iter_mut().zip(factors).zip(&problem.columns) {
        *range = ((range.0 / factor).max(column.lower), (range.1 / factor).min(column.upper));
    }
    for row in &mut problem.rows {
        if row.terms.iter().all(|(column, _)| factors[*column] == 1.0) {
            continue;
        }
        row.terms.iter_mut().for_each(|(column, a)| *a *= factors[*column]);
        let by = row_scale(&row.terms);
        row.terms.iter_mut().for_each(|(_, a)| *a /= by);
        (row.lower, row.upper, row.scale) = (row.lower / by, row.upper / by, row.scale * by);
    }
    problem.objective.iter_mut().for_each(|(column, cost)| *cost *= factors[*column] / goal);
    problem.offset /= goal;
    problem.objective_scale *= goal;
}
