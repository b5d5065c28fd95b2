//! Rounding of branch weights to a radial state.

use petgraph::unionfind::UnionFind;

use crate::network::powerflow::{Branch, Grid, Snapshot, Workspace};

use super::{Refusal, Switching, Task};

/// Disjoint sets of buses; all source buses are one set from the start.
fn parts(grid: &Grid) -> UnionFind<usize> {
    let mut parts = UnionFind::new(grid.bus_count());
    for pair in grid.sources().windows(2) {
        parts.union(pair[0].bus, pair[1].bus);
    }
    parts
}

/// The radial state of largest total weight (maximum spanning forest rooted at the sources).
///
/// Branches that must stay closed are closed, those that must stay open are open, whatever their
/// weight. Of equal weights the branch of lower index is preferred. For weights on the two directions
/// of a branch pass their sum. A bus that no permitted branch connects to a source stays dark.
///
/// # Errors
/// [`Refusal::ForcedLoop`] when branches that must stay closed form a loop, [`Refusal::WrongLength`],
/// [`Refusal::NotANumber`].
pub fn spanning_tree(grid: &Grid, weights: &[f64], switching: &[Switching]) -> Result<Vec<bool>, Refusal> {
    let branches = grid.branches();
    for found in [weights.len(), switching.len()] {
        if found != branches.len() {
            return Err(Refusal::WrongLength { expected: branches.len(), found });
        }
    }
    if weights.iter().any(|w| w.is_nan()) {
        return Err(Refusal::NotANumber);
    }
    let mut parts = parts(grid);
    let mut closed = vec![false; branches.len()];
    for (k, b) in branches.iter().enumerate() {
        if switching[k] == Switching::Closed {
            if !parts.union(b.from, b.to) {
                return Err(Refusal::ForcedLoop { branch: k });
            }
            closed[k] = true;
        }
    }
    let mut order: Vec<usize> = (0..branches.len()).filter(|&k| switching[k] == Switching::Free).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    for k in order {
        closed[k] = parts.union(branches[k].from, branches[k].to);
    }
    Ok(closed)
}

/// Current in each branch (A) when every permitted branch is closed and only resistances count.
///
/// Among all ways to supply the loads this distribution of currents has the least losses, so the
/// branches that carry little in it are those to open (Shirmohammadi and Hong 1989).
///
/// # Errors
/// A [`Refusal`] of the task, or [`Refusal::PowerFlow`].
pub fn meshed_currents(task: &Task<'_>) -> Result<Vec<f64>, Refusal> {
    task.check()?;
    let grid = task.grid;
    let resistive = grid.branches().iter().map(|b| Branch { x: 0.0, ..*b }).collect();
    let resistive =
        Grid::new(grid.nominal().to_vec(), resistive, grid.sources().to_vec()).map_err(|_| Refusal::NotANumber)?;
    let closed: Vec<bool> = task.switching.iter().map(|&s| s != Switching::Open).collect();
    let mut workspace = Workspace::new();
    let solution = workspace.solve(&resistive, &Snapshot { closed: &closed, p: task.p, q: task.q })?;
    Ok((0..closed.len()).map(|branch| solution.flow(branch).current()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::powerflow::Source;

    fn ring() -> Grid {
        let branches = (0..4).map(|k| Branch { from: k, to: (k + 1) % 4, r: 1.0, x: 1.0 }).collect();
        Grid::new(vec![1e4; 4], branches, vec![Source { bus: 0, v_set: 1.0 }]).expect("a grid")
    }

    #[test]
    fn the_lightest_branch_of_a_loop_is_opened() {
        let closed = spanning_tree(&ring(), &[0.9, 0.2, 0.8, 1.0], &[Switching::Free; 4]);
        assert_eq!(closed, Ok(vec![true, false, true, true]));
        let closed = spanning_tree(&ring(), &[1.0; 4], &[Switching::Free; 4]);
        assert_eq!(closed, Ok(vec![true, true, true, false]));
    }

    #[test]
    fn forced_branches_keep_their_state() {
        use Switching::{Closed, Free, Open};
        let closed = spanning_tree(&ring(), &[0.9, 0.2, 0.8, 1.0], &[Free, Closed, Free, Free]);
        assert_eq!(closed, Ok(vec![true, true, false, true]));
        let closed = spanning_tree(&ring(), &[0.9, 0.2, 0.8, 1.0], &[Open, Free, Free, Free]);
        assert_eq!(closed, Ok(vec![false, true, true, true]));
        let refused = spanning_tree(&ring(), &[1.0; 4], &[Closed; 4]);
        assert_eq!(refused, Err(Refusal::ForcedLoop { branch: 3 }));
    }

    #[test]
    fn sources_are_never_joined() {
        let branches = (0..3).map(|k| Branch { from: k, to: k + 1, r: 1.0, x: 1.0 }).collect();
        let sources = [0, 3].map(|bus| Source { bus, v_set: 1.0 }).to_vec();
        let grid = Grid::new(vec![1e4; 4], branches, sources).expect("a grid");
        assert_eq!(spanning_tree(&grid, &[0.5, 0.1, 0.5], &[Switching::Free; 3]), Ok(vec![true, false, true]));
    }

    #[test]
    fn weights_must_be_numbers_and_complete() {
        let refused = spanning_tree(&ring(), &[f64::NAN; 4], &[Switching::Free; 4]);
        assert_eq!(refused, Err(Refusal::NotANumber));
        let refused = spanning_tree(&ring(), &[1.0; 3], &[Switching::Free; 4]);
        assert_eq!(refused, Err(Refusal::WrongLength { expected: 4, found: 3 }));
    }
}
