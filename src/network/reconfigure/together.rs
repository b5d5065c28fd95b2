//! One radial state for several snapshots.

use std::collections::HashSet;

use crate::deadline::Deadline;
use crate::network::powerflow::Workspace;
use crate::network::powerflow::tree::{DARK, Tree};

use super::{Evaluated, IMPROVEMENT, SearchOptions, Task, meshed_currents, search, spanning_tree};

/// Snapshots whose own best states are starts, at most; they are spread evenly over all.
const STARTS: usize = 6;
/// Starts that are descended from.
const DESCENTS: usize = 2;
/// States that are judged at most.
const JUDGED: usize = 3000;

/// A radial state of low losses in all snapshots together that keeps their limits as far as one is
/// found: the states that are good for single snapshots or for the sum of their meshed currents, and
/// descent by branch exchange from the best of these. Tasks differ in their injections only. None
/// where no state has a power flow in each snapshot.
pub fn search_together(tasks: &[Task<'_>], given: &[Vec<bool>], seed: u64, limit: &Deadline) -> Option<Vec<bool>> {
    let first = tasks.first()?;
    let mut judge = Judge { tasks, limit, workspace: Workspace::new(), seen: HashSet::new() };
    let mut starts: Vec<Vec<bool>> = given.to_vec();
    let mut weights = vec![0.0; first.grid.branches().len()];
    for task in tasks {
        for (weight, current) in weights.iter_mut().zip(meshed_currents(task).ok()?) {
            *weight += current * current;
        }
    }
    starts.extend(spanning_tree(first.grid, &weights, first.switching));
    for k in 0..STARTS.min(tasks.len()) {
        let own = tasks.get(k * tasks.len() / STARTS.min(tasks.len()))?;
        let options = SearchOptions { seed, starts: 2, rounds: 10, limit: Some(limit) };
        starts.extend(search(own, given, &options).map(|found| found.closed));
    }
    let mut judged: Vec<(Evaluated, Vec<bool>)> =
        starts.into_iter().filter_map(|state| judge.judge(&state).map(|e| (e, state))).collect();
    judged.sort_by(|a, b| order(&a.0, &b.0));
    judged.truncate(DESCENTS);
    for (value, state) in &mut judged {
        judge.descend(value, state);
    }
    judged.into_iter().min_by(|a, b| order(&a.0, &b.0)).map(|(_, state)| state)
}

fn order(a: &Evaluated, b: &Evaluated) -> std::cmp::Ordering {
    a.violation.total_cmp(&b.violation).then(a.losses.total_cmp(&b.losses))
}

struct Judge<'a> {
    tasks: &'a [Task<'a>],
    limit: &'a Deadline,
    workspace: Workspace,
    /// States that have been judged.
    seen: HashSet<Vec<bool>>,
}

impl Judge<'_> {
    /// Losses and violations of all snapshots; none where one has no power flow, or the state has been
    /// judged before.
    fn judge(&mut self, closed: &[bool]) -> Option<Evaluated> {
        if self.seen.len() >= JUDGED || self.limit.passed() || !self.seen.insert(closed.to_vec()) {
            return None;
        }
        let mut sum = Evaluated { losses: 0.0, violation: 0.0 };
        for task in self.tasks {
            let one = task.evaluate(&mut self.workspace, closed).ok()?;
            sum.losses += one.losses;
            sum.violation += one.violation;
        }
        Some(sum)
    }

    /// Closes a tie and opens a branch of the loop that arises, as long as that improves.
    fn descend(&mut self, value: &mut Evaluated, state: &mut Vec<bool>) {
        let Some(task) = self.tasks.first() else { return };
        let mut tree = Tree::default();
        let count = state.len();
        let (mut tie, mut idle) = (0, 0);
        while idle < count {
            if !state[tie] && task.switching[tie] == super::Switching::Free {
                tree.rebuild(task.grid, state);
                let ends = task.grid.branches()[tie];
                let mut best: Option<(Evaluated, Vec<bool>)> = None;
                for open in path(&tree, ends.from, ends.to) {
                    if task.switching[open] != super::Switching::Free {
                        continue;
                    }
                    let mut next = state.clone();
                    (next[tie], next[open]) = (true, false);
                    let Some(found) = self.judge(&next) else { continue };
                    let against = best.as_ref().map_or(&*value, |b| &b.0);
                    let saves = found.losses < against.losses * (1.0 - IMPROVEMENT);
                    if found.violation < against.violation || (found.violation == against.violation && saves) {
                        best = Some((found, next));
                    }
                }
                if let Some(better) = best {
                    (*value, *state) = better;
                    idle = 0;
                }
            }
            tie = (tie + 1) % count;
            idle += 1;
        }
    }
}

/// The branches between two buses in the forest, roots being one place; empty where one is dark.
fn path(tree: &Tree, a: usize, b: usize) -> Vec<usize> {
    let (mut a, mut b) = (tree.position[a], tree.position[b]);
    let mut branches = Vec::new();
    if a == DARK || b == DARK {
        return branches;
    }
    // Parents stand before their children.
    while a != b && (a as usize >= tree.roots || b as usize >= tree.roots) {
        let lower = if a > b { &mut a } else { &mut b };
        branches.push(tree.branch[*lower as usize] as usize);
        *lower = tree.parent[*lower as usize];
    }
    branches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::powerflow::{Branch, Grid, Source};
    use crate::network::reconfigure::{Limits, Switching};

    /// A ring of five buses with three chords.
    fn grid() -> Grid {
        let ends = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (1, 3), (2, 4), (0, 2)];
        let branches = ends.iter().map(|&(from, to)| Branch { from, to, r: 1.0 + from as f64, x: 0.5 }).collect();
        Grid::new(vec![1e4; 5], branches, vec![Source { bus: 0, v_set: 1.0 }]).expect("a grid")
    }

    #[test]
    fn the_state_is_the_best_of_all_radial_ones_for_the_sum_of_losses() {
        let grid = grid();
        let limits = Limits::voltage(&grid, 0.9, 1.1);
        let switching = [Switching::Free; 8];
        let loads = [[0.0, -4e5, -1e5, -2e5, -1e5], [0.0, -1e5, 3e5, -1e5, -6e5], [0.0, 2e5, -5e5, -3e5, 1e5]];
        let q = [0.0, -1e5, -1e5, 0.0, -1e5];
        let tasks: Vec<Task<'_>> =
            loads.iter().map(|p| Task { grid: &grid, p, q: &q, limits: &limits, switching: &switching }).collect();
        let losses = |closed: &[bool]| -> Option<f64> {
            let mut workspace = Workspace::new();
            tasks.iter().map(|t| t.evaluate(&mut workspace, closed).ok().map(|e| e.losses)).sum()
        };
        let given = vec![vec![true, true, true, true, false, false, false, false]];
        let found = search_together(&tasks, &given, 1, &Deadline::never()).expect("a state");
        let mut least = f64::INFINITY;
        for set in 0..256_u32 {
            let closed: Vec<bool> = (0..8).map(|k| set >> k & 1 == 1).collect();
            let mut tree = Tree::default();
            tree.rebuild(&grid, &closed);
            if set.count_ones() == 4 && tree.chord.is_none() && tree.bus.len() == 5 {
                least = least.min(losses(&closed).unwrap_or(f64::INFINITY));
            }
        }
        let value = losses(&found).expect("a power flow");
        assert!(value <= least * (1.0 + 1e-9), "{value} W, least {least} W");
    }

    #[test]
    fn a_state_without_power_flow_in_one_snapshot_is_no_state() {
        let grid = grid();
        let (limits, switching) = (Limits::none(&grid), [Switching::Free; 8]);
        let p = [0.0, -1e12, 0.0, 0.0, 0.0];
        let task = Task { grid: &grid, p: &p, q: &[0.0; 5], limits: &limits, switching: &switching };
        assert_eq!(search_together(&[task], &[], 1, &Deadline::never()), None);
    }
}
