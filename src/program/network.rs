//! What annotations in the library tell of the electrical network: read by the AC power flow,
//! the reports and the combinatorial heuristics. The lowering never reads it.

use super::{Affine, VarId};

/// A bus.
#[derive(Debug, Clone, PartialEq)]
pub struct Bus {
    /// Its id as written.
    pub id: String,
    /// Nominal line-to-line voltage, V.
    pub nominal: f64,
    /// Lowest voltage, pu of nominal (none where the study drops it).
    pub v_min: Option<f64>,
    /// Highest voltage, pu of nominal.
    pub v_max: Option<f64>,
}

/// A branch: a line, a switch, a tie line.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Its id as written.
    pub id: String,
    /// Index of one bus.
    pub from: usize,
    /// Index of the other.
    pub to: usize,
    /// Series resistance, ohm.
    pub r: f64,
    /// Series reactance, ohm.
    pub x: f64,
    /// Current rating, A.
    pub rate: Option<f64>,
    /// Most apparent power at both ends of its impedance, VA.
    pub capacity: Option<f64>,
    /// Normal state (base case).
    pub normally_open: bool,
    /// May it be switched?
    pub switchable: bool,
}

/// A device that can hold the voltage of its bus: a source, or a unit that can form an island.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// Its class in the library.
    pub class: String,
    /// It is a source: what it gives is import, and no injection. What other devices give is among the
    /// injections whether they hold a voltage or not.
    pub is_source: bool,
    /// Index of its bus.
    pub bus: usize,
    /// Voltage, pu of the bus's nominal.
    pub v_set: f64,
    /// Most active power, W.
    pub p_max: Option<f64>,
    /// Least active power, W.
    pub p_min: Option<f64>,
    /// Most reactive power, var.
    pub q_max: Option<f64>,
    /// Least reactive power, var; minus the most where only that is given.
    pub q_min: Option<f64>,
    /// Most apparent power, VA.
    pub s_max: Option<f64>,
}

/// An arc of the radial orientation: `column = 1` when `tail` feeds `head`.
#[derive(Debug, Clone, PartialEq)]
pub struct RadialArcs {
    /// (branch, tail bus, head bus, "tail feeds head")
    pub arcs: Vec<(usize, usize, usize, Affine)>,
    /// Per bus: 1 when it is a root (constant 0 or 1 without islands).
    pub root: Vec<Affine>,
    /// Per bus: 1 when it is energised.
    pub energised: Vec<Affine>,
    /// The rules leave it to the solving to cut off chosen arcs that form a cycle.
    pub cut_cycles: bool,
}

/// One period's network quantities as affine expressions of the variables.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodState {
    /// Per branch: closed (0 or 1).
    pub closed: Vec<Affine>,
    /// Per branch: voltage behind its tap changer relative to that of its first bus. Empty where all are 1.
    pub ratio: Vec<Affine>,
    /// The same before the first period.
    pub normal_ratio: Vec<f64>,
    /// Per bus: active power injected by everything that is neither branch nor source, W.
    pub active: Vec<Affine>,
    /// Per bus: reactive power injected likewise, var.
    pub reactive: Vec<Affine>,
    /// Per bus: squared voltage in the physics of the model, V².
    pub voltage2: Vec<Affine>,
    /// Orientation, where the study has one.
    pub radial: Option<RadialArcs>,
    /// Per bus: 1 when it is energised.
    pub energised: Vec<Affine>,
    /// Per source: 1 when it holds the voltage of its bus (constant 1 unless the plan decides it).
    pub holds: Vec<Affine>,
    /// Per source: active power variable.
    pub source_active: Vec<Affine>,
    /// Per source: reactive power variable.
    pub source_reactive: Vec<Affine>,
    /// Cones of the physics: an equation of the power flow relaxed to an inequality.
    pub cones: Vec<FlowCone>,
}

/// `p² + q² <= v l` of one arc, where the power flow has an equation.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowCone {
    /// Its branch.
    pub branch: usize,
    /// The bus at which the arc begins.
    pub tail: usize,
    /// Active power that leaves the tail, W.
    pub p: Affine,
    /// Reactive power that leaves the tail, var.
    pub q: Affine,
    /// Squared voltage of the tail where the arc is used, else 0, V².
    pub v: Affine,
    /// Squared current, (p² + q²)/v, A² (three times the squared phase current).
    pub l: Affine,
}

impl PeriodState {
    /// Does the plan decide which devices hold a voltage, and so which buses are alive?
    pub fn decides_roots(&self) -> bool {
        self.holds.iter().any(|h| *h != Affine::constant(1.0))
    }
}

/// How much power is nothing: the floors of the kinds in which the library balances and limits it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PowerFloors {
    /// W.
    pub active: f64,
    /// var.
    pub reactive: f64,
    /// VA.
    pub apparent: f64,
}

/// The network over all periods.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Network {
    /// Buses.
    pub buses: Vec<Bus>,
    /// Branches.
    pub branches: Vec<Branch>,
    /// Devices that can hold a voltage.
    pub sources: Vec<Source>,
    /// One state per period.
    pub periods: Vec<PeriodState>,
    /// What injections depend on and is known from before the first period: states and what they start at, coherent
    /// units.
    pub starts: Vec<(VarId, f64)>,
    /// How much power is nothing.
    pub floors: PowerFloors,
    /// The objective of the study is exactly the network's losses (summed over periods).
    pub minimises_losses: bool,
}

impl Network {
    /// The branch that a closed-variable belongs to, if the affine expression is that variable.
    pub fn single_variable(affine: &Affine) -> Option<VarId> {
        match affine.terms.as_slice() {
            [(v, c)] if *c == 1.0 && affine.constant == 0.0 => Some(*v),
            _ => None,
        }
    }
}
