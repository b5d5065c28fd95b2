//! Backward and forward sweep on a tree, in `(P, Q, v, l)`.

use super::TOLERANCE;
use super::grid::Grid;
use super::tree::Tree;

/// Iterations after which a sweep that still improves is handed over.
const MOST_ITERATIONS: usize = 60;
/// A mismatch that falls by less than this factor per iteration is called slow.
const SLOW: f64 = 0.6;
/// The sweep aims below the tolerance: one more iteration costs little and leaves losses that hardly
/// depend on the path.
const AIM: f64 = 0.05 * TOLERANCE;

/// Arrays by tree position. After a converged sweep `p`, `q` are the powers that enter the feeding
/// branch at the parent's end, `v` the squared voltages and `l` the squared currents; for a root
/// `p`, `q` are what its branches and its own load take together.
#[derive(Debug, Clone, Default)]
pub(in crate::network) struct Sweep {
    r: Vec<f64>,
    x: Vec<f64>,
    load_p: Vec<f64>,
    load_q: Vec<f64>,
    pub p: Vec<f64>,
    pub q: Vec<f64>,
    pub v: Vec<f64>,
    pub l: Vec<f64>,
}

/// How a sweep ended.
#[derive(Debug, Clone, Copy)]
pub(in crate::network) struct SweepEnd {
    pub converged: bool,
    pub iterations: usize,
    /// Largest power mismatch, per unit.
    pub mismatch: f64,
}

impl Sweep {
    /// Forgets the tree held.
    pub fn clear(&mut self) {
        for array in [&mut self.r, &mut self.x, &mut self.load_p, &mut self.load_q, &mut self.v, &mut self.l] {
            array.clear();
        }
    }

    /// Appends the next position: its load (W, var), the impedance that feeds it (ohm), and the squared
    /// voltage to start from (for a root, to hold).
    pub fn push(&mut self, load: (f64, f64), impedance: (f64, f64), v: f64) {
        self.load_p.push(load.0);
        self.load_q.push(load.1);
        self.r.push(impedance.0);
        self.x.push(impedance.1);
        self.v.push(v);
        self.l.push(0.0);
    }

    /// The power of one unit for the loads held, VA: the largest at a position or of all together.
    pub fn base(&self) -> f64 {
        let (mut p_total, mut q_total, mut largest) = (0.0, 0.0, 0.0f64);
        for (p, q) in self.load_p.iter().zip(&self.load_q) {
            p_total += p;
            q_total += q;
            largest = largest.max(p * p + q * q);
        }
        largest.max(p_total * p_total + q_total * q_total).sqrt()
    }

    /// Loads the tree's impedances and injections in its order, for a flat start.
    pub fn load(&mut self, grid: &Grid, tree: &Tree, p: &[f64], q: &[f64]) {
        self.clear();
        for source in grid.sources() {
            let root = tree.position[source.bus] as usize;
            if root == self.v.len() {
                self.push((-p[source.bus], -q[source.bus]), (0.0, 0.0), grid.held_voltage2(source));
            }
        }
        for k in tree.roots..tree.bus.len() {
            let bus = tree.bus[k] as usize;
            let branch = &grid.branches()[tree.branch[k] as usize];
            self.push((-p[bus], -q[bus]), (branch.r, branch.x), self.v[tree.parent[k] as usize]);
        }
    }

    /// Iterates from the voltages held. `parent` gives the position of each position's parent, the
    /// first `roots` have none; `base` is the power of one unit, VA.
    pub fn run(&mut self, parent: &[u32], roots: usize, base: f64) -> SweepEnd {
        self.p.resize(parent.len(), 0.0);
        self.q.resize(parent.len(), 0.0);
        let mut previous = f64::INFINITY;
        for iteration in 1..=MOST_ITERATIONS {
            self.backward(parent, roots);
            let estimate = self.forward(parent, roots);
            if !estimate.is_finite() {
                return SweepEnd { converged: false, iterations: iteration, mismatch: estimate };
            }
            if estimate <= AIM * base {
                self.backward(parent, roots);
                let mismatch = self.exact_forward(parent, roots, base);
                if mismatch <= TOLERANCE {
                    return SweepEnd { converged: true, iterations: iteration + 1, mismatch };
                }
                if !mismatch.is_finite() {
                    return SweepEnd { converged: false, iterations: iteration, mismatch };
                }
            }
            if iteration > 3 && estimate > SLOW * previous {
                return SweepEnd { converged: false, iterations: iteration, mismatch: estimate / base };
            }
            previous = estimate;
        }
        SweepEnd { converged: false, iterations: MOST_ITERATIONS, mismatch: previous / base }
    }

    /// Sums loads and losses toward the roots, at the present voltages.
    fn backward(&mut self, parent: &[u32], roots: usize) {
        let n = parent.len();
        let (p, q) = (&mut self.p[..n], &mut self.q[..n]);
        p.copy_from_slice(&self.load_p[..n]);
        q.copy_from_slice(&self.load_q[..n]);
        let (r, x, v, l) = (&self.r[..n], &self.x[..n], &self.v[..n], &mut self.l[..n]);
        for k in (roots..n).rev() {
            let squared = (p[k] * p[k] + q[k] * q[k]) / v[k];
            l[k] = squared;
            p[k] += r[k] * squared;
            q[k] += x[k] * squared;
            let above = parent[k] as usize;
            p[above] += p[k];
            q[above] += q[k];
        }
    }

    /// Passes voltages down with the currents of the last backward pass. Returns an estimate of the
    /// largest power mismatch (VA): what changes in `z·l` when `l` follows the new voltage. Infinite
    /// when a voltage falls below half its source's, where low-voltage solutions begin.
    fn forward(&mut self, parent: &[u32], roots: usize) -> f64 {
        let n = parent.len();
        let (p, q, r, x) = (&self.p[..n], &self.q[..n], &self.r[..n], &self.x[..n]);
        let (v, l) = (&mut self.v[..n], &self.l[..n]);
        let floor = 0.25 * v[..roots].iter().fold(f64::INFINITY, |a, &b| a.min(b));
        let (mut worst, mut sum, mut lowest) = (0.0f64, 0.0f64, f64::INFINITY);
        for k in roots..n {
            let z2 = r[k] * r[k] + x[k] * x[k];
            let new = v[parent[k] as usize] - 2.0 * (r[k] * p[k] + x[k] * q[k]) + z2 * l[k];
            let change = l[k] * (new - v[k]);
            let squared = z2 * change * change / (new * new);
            worst = worst.max(squared);
            sum += squared; // carries a NaN, which `max` would lose
            lowest = lowest.min(new);
            v[k] = new;
        }
        if lowest < floor || !sum.is_finite() { f64::INFINITY } else { worst.sqrt() }
    }

    /// Passes voltages down with the currents that the sent powers imply at the new voltages, so that
    /// `p`, `q`, `v`, `l` fit together exactly on every branch. Returns the largest mismatch at a bus,
    /// per unit: the power that the branch delivers less what was counted on.
    fn exact_forward(&mut self, parent: &[u32], roots: usize, base: f64) -> f64 {
        let (mut worst, mut sum) = (0.0f64, 0.0f64);
        for (k, &above) in parent.iter().enumerate().skip(roots) {
            let (p, q, r, x) = (self.p[k], self.q[k], self.r[k], self.x[k]);
            let above = self.v[above as usize];
            let l = (p * p + q * q) / above;
            let z2 = r * r + x * x;
            let difference = l - self.l[k];
            let squared = z2 * difference * difference;
            worst = worst.max(squared);
            sum += squared;
            self.v[k] = above - 2.0 * (r * p + x * q) + z2 * l;
            self.l[k] = l;
        }
        match worst.sqrt() {
            _ if !sum.is_finite() => f64::INFINITY,
            0.0 => 0.0,
            worst => worst / base,
        }
    }

    /// Powers that leave the feeding branch of a position at its own end.
    pub fn received(&self, k: usize) -> (f64, f64) {
        (self.p[k] - self.r[k] * self.l[k], self.q[k] - self.x[k] * self.l[k])
    }

    /// Active power lost in the feeding branch of a position, W.
    pub fn loss(&self, k: usize) -> f64 {
        self.r[k] * self.l[k]
    }

    /// Angle between the ends of the feeding branch, radians: own end less the parent's.
    pub fn angle_step(&self, tree: &Tree, k: usize) -> f64 {
        let (p, q, r, x) = (self.p[k], self.q[k], self.r[k], self.x[k]);
        let above = self.v[tree.parent[k] as usize];
        (r * q - x * p).atan2(above - (r * p + x * q))
    }
}
