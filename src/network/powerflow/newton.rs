//! Newton's method on the nodal current balance, in rectangular coordinates.
//!
//! Unknown are the complex voltages of the nodes that no source holds; the residual at a node is the
//! current that its branches carry away less the current its injection supplies. Beside the voltages
//! the drop across every branch is carried along and corrected by the same steps, so that the current
//! through a very small impedance does not drown in the rounding of two nearly equal voltages.
//!
//! The start is the unloaded network, where the solution is unique. A root is accepted at once when
//! the determinant of its Jacobian has the sign of the unloaded one and no voltage lies below half its
//! unloaded value; otherwise the load is raised step by step from zero, and the solution followed, so
//! that what is returned is the root connected to the unloaded network.

use super::block_lu::BlockLu;
use super::complex::Complex;
use super::grid::Grid;
use super::merge::Nodes;
use super::tree::DARK;
use super::{Failure, Method, TOLERANCE};

/// Iterations of the direct attempt.
const MOST_ITERATIONS: usize = 20;
/// A step shortened below this share without lowering the residual ends the attempt.
const SHORTEST: f64 = 0.02;
/// Iterations of one continuation step.
const STEP_ITERATIONS: usize = 8;
/// The smallest step in the load factor: a solution closer than this to the limit is not told from none.
const SMALLEST_STEP: f64 = 1e-5;
/// A continuation step that moves a voltage by more than this share of the unloaded one is halved.
const LARGEST_MOVE: f64 = 0.2;
/// Voltages below this share of the unloaded ones call for the continuation.
const SUSPICIOUS: f64 = 0.5;

/// A closed branch with impedance, between two nodes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub branch: usize,
    a: u32,
    b: u32,
    y: Complex,
}

/// A case for Newton's method.
#[derive(Debug, Clone)]
pub(super) struct Mesh {
    /// Injected power per node, VA.
    injection: Vec<Complex>,
    /// Unknown of each node, or [`DARK`] where a source holds the voltage.
    unknown: Vec<u32>,
    /// Node of each unknown.
    node: Vec<u32>,
    pub edges: Vec<Edge>,
    held: Vec<Option<f64>>,
    lu: BlockLu,
    rhs: Vec<[f64; 2]>,
    scratch: Vec<[f64; 2]>,
}

/// Voltages per node and drops per edge.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub voltage: Vec<Complex>,
    pub drop: Vec<Complex>,
}

/// A converged state.
#[derive(Debug, Clone)]
pub(super) struct Root {
    pub state: State,
    pub iterations: usize,
    pub mismatch: f64,
}

/// How one run of iterations ended.
struct Attempt {
    converged: bool,
    iterations: usize,
    mismatch: f64,
}

impl Mesh {
    /// Gathers nodes, edges and injections. `p`, `q` are per bus.
    pub fn new(grid: &Grid, nodes: &Nodes, closed: &[bool], p: &[f64], q: &[f64]) -> Mesh {
        let mut injection = vec![Complex::ZERO; nodes.count];
        for (bus, &node) in nodes.of_bus.iter().enumerate() {
            if node != DARK {
                injection[node as usize] += Complex::new(p[bus], q[bus]);
            }
        }
        let mut unknown = vec![DARK; nodes.count];
        let mut node_of = Vec::new();
        for (node, held) in nodes.held.iter().enumerate() {
            if held.is_none() {
                unknown[node] = node_of.len() as u32;
                node_of.push(node as u32);
            }
        }
        let mut edges = Vec::new();
        let mut pattern = Vec::new();
        for (branch, b) in grid.branches().iter().enumerate() {
            let (from, to) = (nodes.of_bus[b.from], nodes.of_bus[b.to]);
            if !closed[branch] || from == to || from == DARK {
                continue;
            }
            edges.push(Edge { branch, a: from, b: to, y: Complex::new(b.r, b.x).inverse() });
            let (a, b) = (unknown[from as usize], unknown[to as usize]);
            if a != DARK && b != DARK {
                pattern.push((a, b));
            }
        }
        let lu = BlockLu::new(node_of.len(), &pattern);
        let rhs = vec![[0.0; 2]; node_of.len()];
        Mesh { injection, unknown, node: node_of, edges, held: nodes.held.clone(), lu, rhs, scratch: Vec::new() }
    }

    /// Solves from the unloaded network. `base` is the power of one unit, VA.
    ///
    /// # Errors
    /// [`Failure::Diverged`] when no high-voltage solution was found.
    pub fn solve(&mut self, base: f64) -> Result<Root, Failure> {
        let unloaded = self.unloaded();
        let base = base.max(self.largest_held_power(&unloaded));
        self.solve_from(&unloaded, unloaded.clone(), base)
    }

    /// Solves from a given start; a root of the wrong kind is not accepted but followed up from
    /// `unloaded`.
    fn solve_from(&mut self, unloaded: &State, start: State, base: f64) -> Result<Root, Failure> {
        let mut state = start;
        let attempt = self.iterate(&mut state, 1.0, base, MOST_ITERATIONS);
        if attempt.converged && self.lowest_share(&state, unloaded) >= SUSPICIOUS && self.assemble(&state, 1.0) > 0 {
            return Ok(Root { state, iterations: attempt.iterations, mismatch: attempt.mismatch });
        }
        self.follow(unloaded, base, attempt.iterations)
    }

    /// Raises the load factor from 0 to 1 along the connected solution.
    fn follow(&mut self, unloaded: &State, base: f64, spent: usize) -> Result<Root, Failure> {
        let mut state = unloaded.clone();
        let (mut factor, mut step, mut iterations) = (0.0f64, 0.25f64, spent);
        loop {
            let target = (factor + step).min(1.0);
            let mut next = state.clone();
            let attempt = self.iterate(&mut next, target, base, STEP_ITERATIONS);
            iterations += attempt.iterations;
            let held = attempt.converged
                && self.largest_move(&state, &next, unloaded) <= LARGEST_MOVE
                && self.assemble(&next, target) > 0;
            if held {
                (state, factor) = (next, target);
                if factor >= 1.0 {
                    return Ok(Root { state, iterations, mismatch: attempt.mismatch });
                }
                step *= if attempt.iterations <= 4 { 2.0 } else { 1.0 };
            } else {
                step *= 0.5;
                if step < SMALLEST_STEP {
                    return Err(Failure::Diverged { method: Method::Newton, iterations, mismatch: attempt.mismatch });
                }
            }
        }
    }

    /// The network without injections: exact, since its equations are linear.
    fn unloaded(&mut self) -> State {
        let level = self.held.iter().flatten().copied().fold(0.0f64, f64::max);
        let voltage: Vec<Complex> = self.held.iter().map(|h| Complex::new(h.unwrap_or(level), 0.0)).collect();
        let drop = self.edges.iter().map(|e| voltage[e.a as usize] - voltage[e.b as usize]).collect();
        let mut state = State { voltage, drop };
        for _ in 0..2 {
            self.residual(&state, 0.0);
            if self.assemble(&state, 0.0) == 0 {
                break;
            }
            self.direction();
            self.advance(&mut state, 1.0);
        }
        state
    }

    /// Newton's iterations at a load factor, steps halved while the residual grows.
    fn iterate(&mut self, state: &mut State, factor: f64, base: f64, most: usize) -> Attempt {
        let (mut norm, mut mismatch) = self.residual(state, factor);
        for iteration in 0..most {
            if mismatch <= TOLERANCE * base {
                return Attempt { converged: true, iterations: iteration, mismatch: ratio(mismatch, base) };
            }
            if !norm.is_finite() || self.assemble(state, factor) == 0 {
                return Attempt { converged: false, iterations: iteration, mismatch: ratio(mismatch, base) };
            }
            self.direction();
            let step = self.rhs.clone();
            let mut length = 1.0;
            loop {
                let mut trial = state.clone();
                self.rhs.copy_from_slice(&step);
                self.advance(&mut trial, length);
                let (trial_norm, trial_mismatch) = self.residual(&trial, factor);
                if trial_norm < norm || trial_mismatch <= TOLERANCE * base {
                    (*state, norm, mismatch) = (trial, trial_norm, trial_mismatch);
                    break;
                }
                length *= 0.5;
                if length < SHORTEST {
                    return Attempt { converged: false, iterations: iteration + 1, mismatch: ratio(mismatch, base) };
                }
            }
        }
        Attempt { converged: mismatch <= TOLERANCE * base, iterations: most, mismatch: ratio(mismatch, base) }
    }

    /// Leaves the residual currents in `rhs`; returns their squared norm and the largest power
    /// mismatch, VA (a NaN is carried to both).
    fn residual(&mut self, state: &State, factor: f64) -> (f64, f64) {
        for (rhs, &node) in self.rhs.iter_mut().zip(&self.node) {
            let supplied =
                (self.injection[node as usize].scale(factor) * state.voltage[node as usize].inverse()).conj();
            *rhs = [-supplied.re, -supplied.im];
        }
        for (edge, &drop) in self.edges.iter().zip(&state.drop) {
            let current = edge.y * drop;
            for (node, sign) in [(edge.a, 1.0), (edge.b, -1.0)] {
                if let Some(rhs) = self.rhs.get_mut(self.unknown[node as usize] as usize) {
                    rhs[0] += sign * current.re;
                    rhs[1] += sign * current.im;
                }
            }
        }
        let (mut norm, mut worst) = (0.0, 0.0f64);
        for (rhs, &node) in self.rhs.iter().zip(&self.node) {
            let squared = rhs[0] * rhs[0] + rhs[1] * rhs[1];
            norm += squared;
            worst = worst.max(squared * state.voltage[node as usize].norm2());
        }
        if norm.is_finite() { (norm, worst.sqrt()) } else { (f64::INFINITY, f64::INFINITY) }
    }

    /// Builds and factors the Jacobian; returns the sign of its determinant.
    fn assemble(&mut self, state: &State, factor: f64) -> i8 {
        self.lu.clear();
        for edge in &self.edges {
            let (a, b) = (self.unknown[edge.a as usize], self.unknown[edge.b as usize]);
            let (g, s) = (edge.y.re, edge.y.im);
            for (i, j) in [(a, b), (b, a)] {
                if i != DARK {
                    self.lu.add(i, i, [g, -s, s, g]);
                    if j != DARK {
                        self.lu.add(i, j, [-g, s, -s, -g]);
                    }
                }
            }
        }
        for (k, &node) in self.node.iter().enumerate() {
            let inverse = state.voltage[node as usize].inverse();
            let c = (self.injection[node as usize].scale(factor) * inverse * inverse).conj();
            self.lu.add(k as u32, k as u32, [c.re, c.im, c.im, -c.re]);
        }
        self.lu.factor()
    }

    /// Turns the residual in `rhs` into the step that removes it.
    fn direction(&mut self) {
        for rhs in &mut self.rhs {
            *rhs = [-rhs[0], -rhs[1]];
        }
        self.lu.solve(&mut self.rhs, &mut self.scratch);
    }

    /// Moves voltages and drops along `rhs`.
    fn advance(&self, state: &mut State, length: f64) {
        let step = |node: u32| match self.rhs.get(self.unknown[node as usize] as usize) {
            Some(&[re, im]) => Complex::new(re, im).scale(length),
            None => Complex::ZERO,
        };
        for &node in &self.node {
            state.voltage[node as usize] += step(node);
        }
        for (edge, drop) in self.edges.iter().zip(&mut state.drop) {
            *drop += step(edge.a) - step(edge.b);
        }
    }

    /// Largest power (VA) that a held node delivers or takes.
    fn largest_held_power(&self, state: &State) -> f64 {
        let mut current = vec![Complex::ZERO; self.held.len()];
        for (edge, &drop) in self.edges.iter().zip(&state.drop) {
            current[edge.a as usize] += edge.y * drop;
            current[edge.b as usize] += -(edge.y * drop);
        }
        let power = self.held.iter().zip(&current).filter_map(|(held, i)| held.map(|v| v * i.norm()));
        // What rounding leaves of equal sources must not count as power.
        let scale = self.held.iter().flatten().fold(0.0f64, |a, v| a.max(v * v))
            * self.edges.iter().fold(0.0f64, |a, e| a.max(e.y.norm()));
        power.filter(|&s| s > 1e-12 * scale).fold(0.0, f64::max)
    }

    fn lowest_share(&self, state: &State, unloaded: &State) -> f64 {
        state.voltage.iter().zip(&unloaded.voltage).map(|(v, v0)| v.norm() / v0.norm()).fold(f64::INFINITY, f64::min)
    }

    fn largest_move(&self, from: &State, to: &State, unloaded: &State) -> f64 {
        let moves = from.voltage.iter().zip(&to.voltage).zip(&unloaded.voltage);
        moves.map(|((a, b), v0)| (*b - *a).norm() / v0.norm()).fold(0.0, f64::max)
    }

    /// Power that enters an edge at its first bus, and the power that leaves it at its second.
    pub fn flow(&self, edge: &Edge, drop: Complex, state: &State) -> (Complex, Complex, f64) {
        let current = edge.y * drop;
        let from = state.voltage[edge.a as usize] * current.conj();
        let to = state.voltage[edge.b as usize] * current.conj();
        (from, to, current.norm2())
    }
}

/// A mismatch per unit.
fn ratio(mismatch: f64, base: f64) -> f64 {
    if mismatch == 0.0 { 0.0 } else { mismatch / base }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::powerflow::grid::{Branch, Source};
    use crate::network::powerflow::tree::Tree;

    /// A feeder of `loads.len()` lines in a row, as a mesh and its unloaded state.
    fn feeder(loads: &[Complex]) -> (Mesh, State) {
        let n = loads.len();
        let branches = (0..n).map(|k| Branch { from: k, to: k + 1, r: 0.5, x: 0.5 }).collect();
        let grid = Grid::new(vec![1e4; n + 1], branches, vec![Source { bus: 0, v_set: 1.0 }]).expect("a grid");
        let closed = vec![true; n];
        let mut tree = Tree::default();
        tree.rebuild(&grid, &closed);
        let nodes = Nodes::merge(&grid, &closed, &tree).expect("nodes");
        let p: Vec<f64> = std::iter::once(0.0).chain(loads.iter().map(|s| -s.re)).collect();
        let q: Vec<f64> = std::iter::once(0.0).chain(loads.iter().map(|s| -s.im)).collect();
        let mut mesh = Mesh::new(&grid, &nodes, &closed, &p, &q);
        let unloaded = mesh.unloaded();
        (mesh, unloaded)
    }

    fn state(mesh: &Mesh, voltage: Vec<Complex>) -> State {
        let drop = mesh.edges.iter().map(|e| voltage[e.a as usize] - voltage[e.b as usize]).collect();
        State { voltage, drop }
    }

    #[test]
    fn a_low_root_of_two_buses_is_not_accepted() {
        for share in [0.3, 0.9, 0.98] {
            let load = share * 2.5e7;
            let (mut mesh, unloaded) = feeder(&[Complex::new(load, load)]);
            // v = (E/2)² (1 ± √(1 − share))² for a load in phase with the impedance.
            let low = 5e3 * (1.0 - (1.0f64 - share).sqrt());
            let start = state(&mesh, vec![Complex::new(1e4, 0.0), Complex::new(low, 0.0)]);
            let mut alone = start.clone();
            assert!(mesh.iterate(&mut alone, 1.0, load, 40).converged);
            assert!((alone.voltage[1].norm() / low - 1.0).abs() < 1e-4, "the start is the low root");
            let root = mesh.solve_from(&unloaded, start, load).expect("a root");
            let high = 5e3 * (1.0 + (1.0f64 - share).sqrt());
            assert!((root.state.voltage[1].norm() / high - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn low_roots_of_several_buses_are_not_accepted() {
        let (mut mesh, unloaded) = feeder(&[Complex::new(2e6, 1e6); 4]);
        let high = mesh.solve_from(&unloaded, unloaded.clone(), 8e6).expect("a root");
        let mut low_roots = 0;
        for collapsed in 1u32..16 {
            let voltage = (0..5)
                .map(|k| {
                    if k > 0 && collapsed >> (k - 1) & 1 == 1 {
                        Complex::new(100.0, -300.0)
                    } else {
                        Complex::new(1e4, 0.0)
                    }
                })
                .collect();
            let start = state(&mesh, voltage);
            let mut alone = start.clone();
            if mesh.iterate(&mut alone, 1.0, 8e6, 40).converged
                && (alone.voltage[4] - high.state.voltage[4]).norm() > 1.0
            {
                low_roots += 1;
            }
            let root = mesh.solve_from(&unloaded, start, 8e6).expect("a root");
            for (a, b) in root.state.voltage.iter().zip(&high.state.voltage) {
                assert!((*a - *b).norm() < 1e-2, "{collapsed:b}");
            }
        }
        assert!(low_roots > 0, "the starts reach low roots");
    }
}
