//! The power flow itself: which method runs, and what it leaves behind.

use std::fmt;

use super::complex::Complex;
use super::grid::{Grid, Snapshot};
use super::merge::{self, Nodes};
use super::newton::{Mesh, State};
use super::sweep::Sweep;
use super::tree::{DARK, Tree};
use super::{Failure, OperatingPoint};

/// The method that produced a solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Backward and forward sweep.
    Sweep,
    /// Newton's method.
    Newton,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Method::Sweep => "the sweep",
            Method::Newton => "Newton's method",
        })
    }
}

/// Which methods may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// The sweep where it serves, else Newton's method.
    #[default]
    Auto,
    /// Only the sweep: a meshed state is a failure.
    Sweep,
    /// Only Newton's method.
    Newton,
}

/// Power through a branch.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BranchFlow {
    /// Active power that enters at the `from` end, W.
    pub p_from: f64,
    /// Reactive power that enters at the `from` end, var.
    pub q_from: f64,
    /// Active power that leaves at the `to` end, W.
    pub p_to: f64,
    /// Reactive power that leaves at the `to` end, var.
    pub q_to: f64,
    /// `(P² + Q²) / v`, VA²/V²: three times the squared phase current.
    pub current2: f64,
}

impl BranchFlow {
    /// Active power lost on the way, W.
    pub fn loss(&self) -> f64 {
        self.p_from - self.p_to
    }

    /// Phase current, A (the same at both ends).
    pub fn current(&self) -> f64 {
        (self.current2 / 3.0).sqrt()
    }

    /// Apparent power at the `from` and at the `to` end, VA.
    pub fn apparent(&self) -> (f64, f64) {
        (self.p_from.hypot(self.q_from), self.p_to.hypot(self.q_to))
    }
}

/// Memory for power flows, reused from one to the next: a sweep in a workspace that has seen a case
/// of the size does not allocate.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    tree: Tree,
    sweep: Sweep,
    voltage2: Vec<f64>,
    angle: Vec<f64>,
    flow: Vec<BranchFlow>,
    source_power: Vec<(f64, f64)>,
    losses: f64,
}

/// A converged power flow, read from its workspace.
#[derive(Debug, Clone, Copy)]
pub struct Solution<'a> {
    grid: &'a Grid,
    workspace: &'a Workspace,
    method: Method,
    iterations: usize,
    mismatch: f64,
}

impl Workspace {
    /// An empty workspace, for any grid.
    pub fn new() -> Workspace {
        Workspace::default()
    }

    /// Solves a state of a grid by whichever method serves.
    ///
    /// # Errors
    /// A [`Failure`]; no numbers of an unconverged iteration are returned.
    pub fn solve<'a>(&'a mut self, grid: &'a Grid, snapshot: &Snapshot<'_>) -> Result<Solution<'a>, Failure> {
        self.solve_by(grid, snapshot, Strategy::Auto)
    }

    /// Solves a state of a grid by the methods allowed.
    ///
    /// # Errors
    /// A [`Failure`], as for [`Workspace::solve`]; [`Failure::Meshed`] when only the sweep is allowed.
    pub fn solve_by<'a>(
        &'a mut self,
        grid: &'a Grid,
        snapshot: &Snapshot<'_>,
        strategy: Strategy,
    ) -> Result<Solution<'a>, Failure> {
        check(grid, snapshot)?;
        self.tree.rebuild(grid, snapshot.closed);
        self.sweep.load(grid, &self.tree, snapshot.p, snapshot.q);
        let base = self.sweep.base();
        if strategy != Strategy::Newton {
            match self.tree.chord {
                None => {
                    let end = self.sweep.run(&self.tree.parent, self.tree.roots, base);
                    if end.converged {
                        self.keep_sweep(grid);
                        let (iterations, mismatch) = (end.iterations, end.mismatch);
                        return Ok(Solution { grid, workspace: self, method: Method::Sweep, iterations, mismatch });
                    }
                    if strategy == Strategy::Sweep {
                        let (iterations, mismatch) = (end.iterations, end.mismatch);
                        return Err(Failure::Diverged { method: Method::Sweep, iterations, mismatch });
                    }
                }
                Some(branch) if strategy == Strategy::Sweep => return Err(Failure::Meshed { branch }),
                Some(_) => {}
            }
        }
        let nodes = Nodes::merge(grid, snapshot.closed, &self.tree)?;
        let mut mesh = Mesh::new(grid, &nodes, snapshot.closed, snapshot.p, snapshot.q);
        let root = mesh.solve(base)?;
        self.keep_root(grid, snapshot, &nodes, &mesh, &root.state);
        let (iterations, mismatch) = (root.iterations, root.mismatch);
        Ok(Solution { grid, workspace: self, method: Method::Newton, iterations, mismatch })
    }

    /// Stores the result of a converged sweep by bus and branch.
    fn keep_sweep(&mut self, grid: &Grid) {
        self.reset(grid);
        let (tree, sweep) = (&self.tree, &self.sweep);
        for k in 0..tree.bus.len() {
            self.voltage2[tree.bus[k] as usize] = sweep.v[k];
            if k < tree.roots {
                continue;
            }
            let branch = tree.branch[k] as usize;
            let (p, q) = (sweep.p[k], sweep.q[k]);
            let (p_end, q_end) = sweep.received(k);
            self.losses += sweep.loss(k);
            self.flow[branch] = if grid.branches()[branch].to == tree.bus[k] as usize {
                BranchFlow { p_from: p, q_from: q, p_to: p_end, q_to: q_end, current2: sweep.l[k] }
            } else {
                BranchFlow { p_from: -p_end, q_from: -q_end, p_to: -p, q_to: -q, current2: sweep.l[k] }
            };
        }
        for (power, source) in self.source_power.iter_mut().zip(grid.sources()) {
            let root = tree.position[source.bus] as usize;
            let share = 1.0 / grid.sources_at(source.bus) as f64;
            *power = (sweep.p[root] * share, sweep.q[root] * share);
        }
    }

    /// Stores the root found by Newton's method by bus and branch.
    fn keep_root(&mut self, grid: &Grid, snapshot: &Snapshot<'_>, nodes: &Nodes, mesh: &Mesh, state: &State) {
        self.reset(grid);
        self.angle.clear();
        self.angle.resize(grid.bus_count(), f64::NAN);
        for &bus in &self.tree.bus {
            let bus = bus as usize;
            let voltage = state.voltage[nodes.of_bus[bus] as usize];
            self.voltage2[bus] = voltage.norm2();
            self.angle[bus] = voltage.im.atan2(voltage.re);
        }
        let mut leaving = vec![Complex::ZERO; grid.bus_count()];
        for (edge, &drop) in mesh.edges.iter().zip(&state.drop) {
            let (from, to, current2) = mesh.flow(edge, drop, state);
            let branch = &grid.branches()[edge.branch];
            leaving[branch.from] += from;
            leaving[branch.to] += -to;
            self.flow[edge.branch] =
                BranchFlow { p_from: from.re, q_from: from.im, p_to: to.re, q_to: to.im, current2 };
            // From the drop: the difference of the two powers would lose digits.
            self.losses += branch.r * current2;
        }
        let mut delivered = vec![Complex::ZERO; grid.sources().len()];
        let (flow, voltage2) = (&mut self.flow, &self.voltage2);
        merge::distribute(grid, snapshot, &self.tree, &mut leaving, &mut delivered, |branch, toward, power| {
            let sign = if grid.branches()[branch].from == toward { 1.0 } else { -1.0 };
            let (p, q) = (sign * power.re, sign * power.im);
            let current2 = power.norm2() / voltage2[toward];
            flow[branch] = BranchFlow { p_from: p, q_from: q, p_to: p, q_to: q, current2 };
        });
        for (power, delivered) in self.source_power.iter_mut().zip(delivered) {
            *power = (delivered.re, delivered.im);
        }
    }

    fn reset(&mut self, grid: &Grid) {
        self.voltage2.clear();
        self.voltage2.resize(grid.bus_count(), f64::NAN);
        self.flow.clear();
        self.flow.resize(grid.branches().len(), BranchFlow::default());
        self.source_power.clear();
        self.source_power.resize(grid.sources().len(), (0.0, 0.0));
        self.losses = 0.0;
    }
}

impl Solution<'_> {
    /// The method that found it.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Iterations it took.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// Largest complex power mismatch at a bus, per unit (see [`super::TOLERANCE`]).
    pub fn mismatch(&self) -> f64 {
        self.mismatch
    }

    /// Are the energised buses fed along trees, one source bus each?
    pub fn is_radial(&self) -> bool {
        self.workspace.tree.chord.is_none()
    }

    /// Squared line-to-line voltage, V²; none at a dark bus.
    pub fn voltage2(&self, bus: usize) -> Option<f64> {
        self.workspace.voltage2.get(bus).copied().filter(|v| !v.is_nan())
    }

    /// Voltage per unit of the bus's nominal; none at a dark bus.
    pub fn voltage_pu(&self, bus: usize) -> Option<f64> {
        self.voltage2(bus).map(|v| v.sqrt() / self.grid.nominal()[bus])
    }

    /// Lowest voltage per unit, and its bus (the first of equal ones); none when every bus is dark.
    pub fn lowest_voltage(&self) -> Option<(usize, f64)> {
        self.extreme_voltage(|new, old| new < old)
    }

    /// Highest voltage per unit, and its bus (the first of equal ones); none when every bus is dark.
    pub fn highest_voltage(&self) -> Option<(usize, f64)> {
        self.extreme_voltage(|new, old| new > old)
    }

    fn extreme_voltage(&self, better: impl Fn(f64, f64) -> bool) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for bus in 0..self.grid.bus_count() {
            if let Some(v) = self.voltage_pu(bus)
                && best.is_none_or(|(_, old)| better(v, old))
            {
                best = Some((bus, v));
            }
        }
        best
    }

    /// Voltage angles against the sources, radians, one per bus; NaN at a dark bus.
    pub fn angles(&self) -> Vec<f64> {
        if self.method == Method::Newton {
            return self.workspace.angle.clone();
        }
        let (tree, sweep) = (&self.workspace.tree, &self.workspace.sweep);
        let mut angle = vec![f64::NAN; self.grid.bus_count()];
        for k in 0..tree.bus.len() {
            let own = if k < tree.roots {
                0.0
            } else {
                angle[tree.bus[tree.parent[k] as usize] as usize] + sweep.angle_step(tree, k)
            };
            angle[tree.bus[k] as usize] = own;
        }
        angle
    }

    /// Power through a branch; zero through an open or a dark one.
    pub fn flow(&self, branch: usize) -> BranchFlow {
        self.workspace.flow.get(branch).copied().unwrap_or_default()
    }

    /// Active power lost in all branches, W.
    pub fn losses(&self) -> f64 {
        self.workspace.losses
    }

    /// What a source delivers, W and var. Sources at one node share equally.
    pub fn source_power(&self, source: usize) -> (f64, f64) {
        self.workspace.source_power.get(source).copied().unwrap_or_default()
    }

    /// Buses that no source reaches, ascending.
    pub fn dark_buses(&self) -> Vec<usize> {
        let position = &self.workspace.tree.position;
        (0..position.len()).filter(|&bus| position[bus] == DARK).collect()
    }

    /// Copies everything out of the workspace.
    pub fn to_operating_point(&self) -> OperatingPoint {
        OperatingPoint {
            method: self.method,
            iterations: self.iterations,
            mismatch: self.mismatch,
            voltage_pu: (0..self.grid.bus_count()).map(|bus| self.voltage_pu(bus)).collect(),
            angle: self.angles(),
            flow: self.workspace.flow.clone(),
            source_power: self.workspace.source_power.clone(),
            losses: self.losses(),
        }
    }
}

/// Refuses a snapshot that does not fit the grid or holds a number that is not finite.
fn check(grid: &Grid, snapshot: &Snapshot<'_>) -> Result<(), Failure> {
    let lengths = [
        (grid.branches().len(), snapshot.closed.len()),
        (grid.bus_count(), snapshot.p.len()),
        (grid.bus_count(), snapshot.q.len()),
    ];
    for (expected, found) in lengths {
        if expected != found {
            return Err(Failure::WrongLength { expected, found });
        }
    }
    match snapshot.p.iter().zip(snapshot.q).position(|(p, q)| !(p.is_finite() && q.is_finite())) {
        Some(bus) => Err(Failure::NotFinite { bus }),
        None => Ok(()),
    }
}
