//! A radial state with its power flow, and the effect of exchanging two of its branches.
//!
//! The voltage at a source is held, so the trees that hang from the branches at a source bus (the
//! feeders) do not influence one another: an exchange concerns one or two of them, and only their
//! buses are swept again.

use crate::network::powerflow::sweep::Sweep;
use crate::network::powerflow::tree::{DARK, Tree};
use crate::network::powerflow::{Failure, Method};

use super::{Refusal, Switching, Task};

/// A bus in the radial state.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// Bus that feeds it ([`DARK`] for a source bus and a bus that cannot be fed).
    parent: u32,
    /// Branch that feeds it.
    branch: u32,
    /// The first bus of its feeder ([`DARK`] as for `parent`).
    top: u32,
    /// Power that enters the feeding branch, W and var.
    p: f64,
    q: f64,
    /// Squared voltage, V².
    v: f64,
}

const UNFED: Node = Node { parent: DARK, branch: DARK, top: DARK, p: 0.0, q: 0.0, v: 0.0 };

/// What a feeder costs.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    losses: f64,
    violation: f64,
}

/// The feeders concerned by an exchange, as they would be after it.
#[derive(Debug, Clone, Default)]
struct Trial {
    close: u32,
    open: u32,
    roots: usize,
    /// By position: bus, position of the parent, feeding branch, feeder (an index below `roots`).
    bus: Vec<u32>,
    parent: Vec<u32>,
    branch: Vec<u32>,
    feeder: Vec<u32>,
    sweep: Sweep,
    /// By feeder.
    cost: Vec<Cost>,
}

/// A change to take back.
#[derive(Debug, Clone, Copy)]
enum Undo {
    Node(u32, Node),
    Cost(u32, Cost),
    Exchange { closed: u32, opened: u32 },
}

/// An exchange for a tie: the branch to open, and the change of losses estimated for it, W.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub open: u32,
    pub estimate: f64,
}

/// The state, its flows, and memory for trials.
#[derive(Debug, Clone)]
pub(super) struct Forest<'a> {
    task: &'a Task<'a>,
    /// Loads to work with, W and var (positive when taken).
    load: Vec<(f64, f64)>,
    /// Losses that one unit of violation is worth, W.
    penalty: f64,
    closed: Vec<bool>,
    node: Vec<Node>,
    /// By bus, meaningful for the first bus of a feeder.
    cost: Vec<Cost>,
    /// Open branches that may be closed, and the place of each branch among them.
    ties: Vec<u32>,
    place: Vec<u32>,
    trial: Trial,
    undo: Vec<Undo>,
    /// Marks of buses on a path: equal to `mark` when on it.
    seen: Vec<u32>,
    mark: u32,
}

impl<'a> Forest<'a> {
    /// An empty forest for a task that has been checked.
    pub fn new(task: &'a Task<'a>) -> Forest<'a> {
        let (buses, branches) = (task.grid.bus_count(), task.grid.branches().len());
        let load: Vec<(f64, f64)> = task.p.iter().zip(task.q).map(|(p, q)| (-p, -q)).collect();
        // A hundred times the apparent power of all injections for one per unit of violation: far
        // above what any exchange can save.
        let penalty = 100.0 * load.iter().map(|(p, q)| p.hypot(*q)).sum::<f64>();
        Forest {
            task,
            load,
            penalty,
            closed: vec![false; branches],
            node: vec![UNFED; buses],
            cost: vec![Cost::default(); buses],
            ties: Vec::new(),
            place: vec![DARK; branches],
            trial: Trial::default(),
            undo: Vec::new(),
            seen: vec![0; buses],
            mark: 0,
        }
    }

    /// Takes a radial state, with all injections times `scale`.
    ///
    /// # Errors
    /// A [`Refusal`] when it is not radial, leaves a bus dark that could be fed, has a branch in a state
    /// that it may not have, or has no power flow by sweep.
    pub fn take(&mut self, closed: &[bool], scale: f64) -> Result<(), Refusal> {
        let task = self.task;
        let branches = task.grid.branches().len();
        if closed.len() != branches {
            return Err(Refusal::WrongLength { expected: branches, found: closed.len() });
        }
        let forced = |k: usize| match task.switching[k] {
            Switching::Free => None,
            Switching::Open => Some(false),
            Switching::Closed => Some(true),
        };
        if let Some(branch) = (0..branches).find(|&k| forced(k).is_some_and(|state| state != closed[k])) {
            return Err(Refusal::NotSwitchable { branch });
        }
        let mut tree = Tree::default();
        let all: Vec<bool> = (0..branches).map(|k| forced(k) != Some(false)).collect();
        tree.rebuild(task.grid, &all);
        let reachable = tree.position.clone();
        tree.rebuild(task.grid, closed);
        if let Some(branch) = tree.chord {
            return Err(Refusal::Loop { branch });
        }
        if let Some(bus) = (0..reachable.len()).find(|&b| reachable[b] != DARK && tree.position[b] == DARK) {
            return Err(Refusal::Dark { bus });
        }
        let p: Vec<f64> = task.p.iter().map(|p| scale * p).collect();
        let q: Vec<f64> = task.q.iter().map(|q| scale * q).collect();
        let mut sweep = Sweep::default();
        sweep.load(task.grid, &tree, &p, &q);
        let end = sweep.run(&tree.parent, tree.roots, sweep.base());
        if !end.converged {
            let (iterations, mismatch) = (end.iterations, end.mismatch);
            return Err(Failure::Diverged { method: Method::Sweep, iterations, mismatch }.into());
        }
        self.load = p.iter().zip(&q).map(|(p, q)| (-p, -q)).collect();
        self.closed.copy_from_slice(closed);
        self.undo.clear();
        self.ties.clear();
        self.place.fill(DARK);
        for (k, b) in task.grid.branches().iter().enumerate() {
            if !closed[k] && task.switching[k] == Switching::Free && reachable[b.from] != DARK {
                self.place[k] = self.ties.len() as u32;
                self.ties.push(k as u32);
            }
        }
        self.node.fill(UNFED);
        self.cost.fill(Cost::default());
        for k in 0..tree.bus.len() {
            let bus = tree.bus[k];
            if k < tree.roots {
                self.node[bus as usize].v = sweep.v[k];
                continue;
            }
            let parent = tree.bus[tree.parent[k] as usize];
            let top = if (tree.parent[k] as usize) < tree.roots { bus } else { self.node[parent as usize].top };
            let branch = tree.branch[k];
            self.node[bus as usize] = Node { parent, branch, top, p: sweep.p[k], q: sweep.q[k], v: sweep.v[k] };
            let own = self.own_cost(bus as usize, branch as usize, sweep.v[k], sweep.l[k]);
            let cost = &mut self.cost[top as usize];
            cost.losses += own.losses;
            cost.violation += own.violation;
        }
        Ok(())
    }

    /// Which branches are closed.
    pub fn closed(&self) -> &[bool] {
        &self.closed
    }

    /// The open branches that may be closed.
    pub fn ties(&self) -> &[u32] {
        &self.ties
    }

    /// Is this branch one of [`Forest::ties`]?
    pub fn is_tie(&self, branch: u32) -> bool {
        self.place[branch as usize] != DARK
    }

    /// Losses and penalty of the whole state, W.
    pub fn total(&self) -> f64 {
        let tops = (0..self.node.len()).filter(|&bus| self.node[bus].top == bus as u32);
        tops.map(|bus| self.price(self.cost[bus])).sum()
    }

    /// First buses of the feeders at the ends of a branch; [`DARK`] at a source.
    pub fn tops(&self, branch: u32) -> [u32; 2] {
        let b = &self.task.grid.branches()[branch as usize];
        [self.node[b.from].top, self.node[b.to].top]
    }

    /// Does a limit not hold in a feeder at an end of this branch?
    pub fn is_violated(&self, branch: u32) -> bool {
        self.tops(branch).iter().any(|&top| top != DARK && self.cost[top as usize].violation > 0.0)
    }

    /// Losses and penalty of the feeders at the ends of a branch, W.
    pub fn local_price(&self, branch: u32) -> f64 {
        let [a, b] = self.tops(branch);
        let price = |top: u32| if top == DARK { 0.0 } else { self.price(self.cost[top as usize]) };
        if a == b { price(a) } else { price(a) + price(b) }
    }

    fn price(&self, cost: Cost) -> f64 {
        cost.losses + self.penalty * cost.violation
    }

    fn own_cost(&self, bus: usize, branch: usize, v: f64, l: f64) -> Cost {
        let limits = self.task.limits;
        let mut violation = limits.voltage_excess(bus, v.sqrt() / self.task.grid.nominal()[bus]);
        if limits.rate[branch].is_finite() {
            violation += limits.current_excess(branch, (l / 3.0).sqrt());
        }
        Cost { losses: self.task.grid.branches()[branch].r * l, violation }
    }

    /// Lists the branches on the loop that a tie closes, with what opening each would change, as far as
    /// unchanged load currents tell.
    ///
    /// With current `I` of the branch to open moved to the other side of the loop the losses change by
    /// `2 Re(I* (A − B)) + R |I|²`, where `A` and `B` sum `r I` over the side that takes over and the side
    /// relieved, and `R` is the resistance of the loop.
    pub fn candidates(&mut self, tie: u32, list: &mut Vec<Candidate>) {
        list.clear();
        let branches = self.task.grid.branches();
        let tie = &branches[tie as usize];
        self.mark = self.mark.wrapping_add(1);
        let mut bus = tie.from as u32;
        while bus != DARK {
            self.seen[bus as usize] = self.mark;
            bus = self.node[bus as usize].parent;
        }
        let mut meeting = tie.to as u32;
        while meeting != DARK && self.seen[meeting as usize] != self.mark {
            meeting = self.node[meeting as usize].parent;
        }
        let mut sums = [(0.0, 0.0); 2];
        let mut resistance = tie.r;
        let current = |node: &Node, above: &Node| {
            let volts = above.v.sqrt();
            (node.p / volts, node.q / volts)
        };
        for (start, sum) in [tie.from, tie.to].into_iter().zip(&mut sums) {
            let mut bus = start as u32;
            while bus != meeting && self.node[bus as usize].parent != DARK {
                let node = &self.node[bus as usize];
                let (re, im) = current(node, &self.node[node.parent as usize]);
                let r = branches[node.branch as usize].r;
                sum.0 += r * re;
                sum.1 += r * im;
                resistance += r;
                bus = node.parent;
            }
        }
        for (start, [own, other]) in [(tie.from, [0, 1]), (tie.to, [1, 0])] {
            let difference = (sums[other].0 - sums[own].0, sums[other].1 - sums[own].1);
            let mut bus = start as u32;
            while bus != meeting && self.node[bus as usize].parent != DARK {
                let node = &self.node[bus as usize];
                if self.task.switching[node.branch as usize] == Switching::Free {
                    let (re, im) = current(node, &self.node[node.parent as usize]);
                    let estimate = 2.0 * (re * difference.0 + im * difference.1) + resistance * (re * re + im * im);
                    list.push(Candidate { open: node.branch, estimate });
                }
                bus = node.parent;
            }
        }
    }

    /// Sweeps the feeders concerned as they would be with `close` closed and `open`, a branch of the loop
    /// that arises, opened. Returns the change of losses and penalty, W; none where there is no power flow.
    pub fn attempt(&mut self, close: u32, open: u32) -> Option<f64> {
        let before = self.local_price(close);
        self.lay_out(close, open);
        let trial = &mut self.trial;
        let base = trial.sweep.base();
        if !trial.sweep.run(&trial.parent, trial.roots, base).converged {
            return None;
        }
        trial.cost.clear();
        trial.cost.resize(trial.roots, Cost::default());
        let mut after = 0.0;
        for k in self.trial.roots..self.trial.bus.len() {
            let trial = &self.trial;
            let (bus, branch) = (trial.bus[k] as usize, trial.branch[k] as usize);
            let own = self.own_cost(bus, branch, trial.sweep.v[k], trial.sweep.l[k]);
            after += self.price(own);
            let cost = &mut self.trial.cost[self.trial.feeder[k] as usize];
            cost.losses += own.losses;
            cost.violation += own.violation;
        }
        Some(after - before)
    }

    /// Fills the trial with the buses of the feeders after an exchange, breadth first.
    fn lay_out(&mut self, close: u32, open: u32) {
        let grid = self.task.grid;
        let trial = &mut self.trial;
        (trial.close, trial.open, trial.roots) = (close, open, 0);
        for array in [&mut trial.bus, &mut trial.parent, &mut trial.branch, &mut trial.feeder] {
            array.clear();
        }
        trial.sweep.clear();
        // The feeders' first buses: those of before that keep their branch, and an end of the tie whose
        // other end is a source.
        let mut starts = [(DARK, DARK, DARK); 3];
        let tie = &grid.branches()[close as usize];
        let [a, b] = [tie.from, tie.to].map(|bus| self.node[bus].top);
        for top in if a == b { [a, DARK] } else { [a, b] } {
            if top != DARK {
                let node = &self.node[top as usize];
                if node.branch != open {
                    starts[trial.roots] = (node.parent, node.branch, top);
                    trial.roots += 1;
                }
            }
        }
        for (root, first, top) in [(tie.from, tie.to, a), (tie.to, tie.from, b)] {
            if top == DARK {
                starts[trial.roots] = (root as u32, close, first as u32);
                trial.roots += 1;
            }
        }
        for &(root, ..) in &starts[..trial.roots] {
            trial.parent.push(trial.bus.len() as u32);
            trial.feeder.push(trial.bus.len() as u32);
            trial.bus.push(root);
            trial.branch.push(DARK);
            trial.sweep.push((0.0, 0.0), (0.0, 0.0), self.node[root as usize].v);
        }
        let place = |trial: &mut Trial, parent: u32, branch: u32, bus: u32| {
            trial.bus.push(bus);
            trial.parent.push(parent);
            trial.branch.push(branch);
            trial.feeder.push(trial.feeder[parent as usize]);
            let data = &grid.branches()[branch as usize];
            trial.sweep.push(self.load[bus as usize], (data.r, data.x), self.node[bus as usize].v);
        };
        for (root, &(_, branch, first)) in starts.iter().take(trial.roots).enumerate() {
            place(trial, root as u32, branch, first);
        }
        let mut next = trial.roots;
        while next < trial.bus.len() {
            let via = trial.branch[next];
            for &(branch, other) in grid.incident(trial.bus[next] as usize) {
                let conducts = (self.closed[branch as usize] && branch != open) || branch == close;
                if conducts && branch != via {
                    place(trial, next as u32, branch, other);
                }
            }
            next += 1;
        }
    }

    /// Makes the exchange last attempted (it must have had a power flow).
    pub fn commit(&mut self) {
        let (close, open) = (self.trial.close, self.trial.open);
        self.flip(close, open);
        self.undo.push(Undo::Exchange { closed: close, opened: open });
        for k in self.trial.roots..self.trial.bus.len() {
            let trial = &self.trial;
            let (bus, parent, feeder) = (trial.bus[k], trial.parent[k] as usize, trial.feeder[k] as usize);
            let parent_bus = trial.bus[parent];
            let top = if parent < trial.roots { bus } else { self.node[parent_bus as usize].top };
            let node = Node {
                parent: parent_bus,
                branch: trial.branch[k],
                top,
                p: trial.sweep.p[k],
                q: trial.sweep.q[k],
                v: trial.sweep.v[k],
            };
            self.undo.push(Undo::Node(bus, std::mem::replace(&mut self.node[bus as usize], node)));
            if parent < trial.roots {
                let cost = std::mem::replace(&mut self.cost[bus as usize], trial.cost[feeder]);
                self.undo.push(Undo::Cost(bus, cost));
            }
        }
    }

    /// Keeps all exchanges made so far.
    pub fn keep(&mut self) {
        self.undo.clear();
    }

    /// Takes back all exchanges made since the state was last kept.
    pub fn take_back(&mut self) {
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Node(bus, node) => self.node[bus as usize] = node,
                Undo::Cost(bus, cost) => self.cost[bus as usize] = cost,
                Undo::Exchange { closed, opened } => self.flip(opened, closed),
            }
        }
    }

    /// Closes a tie and makes another branch one, in its place.
    fn flip(&mut self, close: u32, open: u32) {
        self.closed[close as usize] = true;
        self.closed[open as usize] = false;
        let place = std::mem::replace(&mut self.place[close as usize], DARK);
        self.place[open as usize] = place;
        self.ties[place as usize] = open;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::powerflow::{Branch, Grid, Snapshot, Source, Workspace};
    use crate::network::reconfigure::{Limits, spanning_tree};
    use crate::random::Random;

    /// A square lattice with sources in two corners, loads and a few generators.
    fn lattice(side: usize, random: &mut Random) -> (Grid, Vec<f64>, Vec<f64>) {
        let buses = side * side;
        let mut branches = Vec::new();
        for bus in 0..buses {
            for (next, inside) in [(bus + 1, bus % side + 1 < side), (bus + side, bus + side < buses)] {
                if inside {
                    branches.push(Branch { from: bus, to: next, r: 0.1 + random.unit(), x: 0.1 + random.unit() });
                }
            }
        }
        let sources = [0, buses - 1].map(|bus| Source { bus, v_set: 1.0 }).to_vec();
        let p = (0..buses).map(|_| -1e5 * (random.unit() - 0.15)).collect();
        let q = (0..buses).map(|_| -5e4 * random.unit()).collect();
        (Grid::new(vec![2e4; buses], branches, sources).expect("a grid"), p, q)
    }

    #[test]
    fn any_chain_of_exchanges_agrees_with_the_whole_power_flow() {
        let mut random = Random::stream(5, 0);
        for _ in 0..10 {
            let (grid, p, q) = lattice(6, &mut random);
            let switching = vec![Switching::Free; grid.branches().len()];
            let mut limits = Limits::voltage(&grid, 0.995, 1.0);
            limits.rate.fill(12.0);
            let task = Task { grid: &grid, p: &p, q: &q, limits: &limits, switching: &switching };
            let weights: Vec<f64> = switching.iter().map(|_| random.unit()).collect();
            let start = spanning_tree(&grid, &weights, &switching).expect("a tree");
            let mut forest = Forest::new(&task);
            forest.take(&start, 1.0).expect("a radial state");
            let (mut workspace, mut list, mut total) = (Workspace::new(), Vec::new(), forest.total());
            for step in 0..200 {
                let tie = forest.ties()[random.below(forest.ties().len())];
                forest.candidates(tie, &mut list);
                let open = list[random.below(list.len())].open;
                let change = forest.attempt(tie, open).expect("light load");
                forest.commit();
                total += change;
                assert!((forest.total() / total - 1.0).abs() < 1e-9);
                let whole = task.evaluate(&mut workspace, forest.closed()).expect("light load");
                let price = whole.losses + forest.penalty * whole.violation;
                assert!((price / total - 1.0).abs() < 1e-6, "step {step}: {price} {total}");
            }
            assert!(forest.closed() != start.as_slice());
            forest.take_back();
            assert_eq!(forest.closed(), start.as_slice());
            let whole = task.evaluate(&mut workspace, &start).expect("light load");
            let price = whole.losses + forest.penalty * whole.violation;
            assert!((price / forest.total() - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn the_estimate_is_close_under_light_load() {
        let mut random = Random::stream(9, 0);
        let (grid, p, q) = lattice(5, &mut random);
        let (p, q): (Vec<f64>, Vec<f64>) = (p.iter().map(|p| p / 50.0).collect(), q.iter().map(|q| q / 50.0).collect());
        let switching = vec![Switching::Free; grid.branches().len()];
        let limits = Limits::none(&grid);
        let task = Task { grid: &grid, p: &p, q: &q, limits: &limits, switching: &switching };
        let weights: Vec<f64> = switching.iter().map(|_| random.unit()).collect();
        let mut forest = Forest::new(&task);
        forest.take(&spanning_tree(&grid, &weights, &switching).expect("a tree"), 1.0).expect("a radial state");
        let (total, mut list) = (forest.total(), Vec::new());
        for tie in forest.ties().to_vec() {
            forest.candidates(tie, &mut list);
            assert!(!list.is_empty());
            for candidate in &list {
                let change = forest.attempt(tie, candidate.open).expect("light load");
                assert!((change - candidate.estimate).abs() < 1e-2 * total, "{change} {}", candidate.estimate);
            }
        }
    }

    #[test]
    fn states_that_do_not_fit_are_refused() {
        let mut random = Random::stream(1, 0);
        let (grid, p, q) = lattice(3, &mut random);
        let mut switching = vec![Switching::Free; grid.branches().len()];
        switching[0] = Switching::Closed;
        let limits = Limits::none(&grid);
        let task = Task { grid: &grid, p: &p, q: &q, limits: &limits, switching: &switching };
        let weights: Vec<f64> = (0..switching.len()).map(|k| k as f64).collect();
        let tree = spanning_tree(&grid, &weights, &switching).expect("a tree");
        let mut forest = Forest::new(&task);
        assert_eq!(forest.take(&tree, 1.0), Ok(()));
        let mut dark = tree.clone();
        let last = dark.iter().rposition(|c| *c).expect("closed");
        dark[last] = false;
        assert!(matches!(forest.take(&dark, 1.0), Err(Refusal::Dark { .. })));
        assert!(matches!(forest.take(&vec![true; tree.len()], 1.0), Err(Refusal::Loop { .. })));
        let mut forced = tree.clone();
        forced[0] = false;
        assert_eq!(forest.take(&forced, 1.0), Err(Refusal::NotSwitchable { branch: 0 }));
        assert_eq!(
            forest.take(&tree[1..], 1.0),
            Err(Refusal::WrongLength { expected: tree.len(), found: tree.len() - 1 })
        );
        let snapshot = Snapshot { closed: &tree, p: &p, q: &q };
        assert!(Workspace::new().solve(&grid, &snapshot).is_ok());
    }
}
