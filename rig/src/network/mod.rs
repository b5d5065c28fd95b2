//! Snapshots of networks: every radial state, every tap position and every bank step is looked at.

mod draw;
mod state;
mod written;

pub use draw::{Style, draw};

use crate::model::{Answer, Model};
use crate::random::Random;
use serde_json::Value;

/// What a limit may be passed by, relative to it, before a state breaks it, and how near to it a state is in
/// doubt.
const TOLERANCE: f64 = 3e-5;

/// A network and what is sought.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    buses: Vec<Bus>,
    lines: Vec<Line>,
    sources: Vec<Source>,
    taps: Vec<Tap>,
    banks: Vec<Bank>,
    /// Lowest and highest voltage, relative to nominal.
    window: (f64, f64),
    /// Linear flows instead of the cone.
    linear: bool,
    /// What the sources give instead of what is lost.
    import: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Bus {
    /// kV.
    nominal: f64,
    /// Loads: kW, kvar drawn.
    loads: Vec<(f64, f64)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Line {
    from: usize,
    to: usize,
    /// ohm.
    r: f64,
    x: f64,
    /// A.
    rate: Option<f64>,
    /// kVA.
    capacity: Option<f64>,
    switchable: bool,
    normally_open: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Source {
    bus: usize,
    v_set: f64,
    /// kW.
    p_min: Option<f64>,
    p_max: Option<f64>,
    /// kvar, both ways.
    q_max: Option<f64>,
}

#[derive(Debug, Clone, PartialEq)]
struct Tap {
    line: usize,
    tap: f64,
    lowest: i32,
    highest: i32,
}

#[derive(Debug, Clone, PartialEq)]
struct Bank {
    bus: usize,
    /// kvar.
    q: f64,
    steps: i32,
}

/// What is decided.
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    closed: Vec<bool>,
    positions: Vec<i32>,
    steps: Vec<i32>,
}

impl Network {
    /// The least value of all states whose margin is at least this.
    fn best(&self, states: &[state::State], margin: f64) -> Option<f64> {
        let values =
            states.iter().filter(|s| s.margin >= margin).map(|s| if self.import { s.import } else { s.losses });
        values.min_by(f64::total_cmp)
    }

    /// kW, the size of what flows.
    fn size(&self) -> f64 {
        self.buses.iter().flat_map(|b| &b.loads).map(|l| l.0.hypot(l.1)).sum()
    }
}

impl Model for Network {
    fn statements(&self) -> Vec<String> {
        self.written()
    }

    fn answer(&self) -> Answer {
        let states = self.states();
        // Where little is left of flows that cancel, their own accuracy counts.
        let floor = 1e-6 + 1e-7 * self.size();
        Answer::between(self.best(&states, -TOLERANCE), self.best(&states, TOLERANCE), floor)
    }

    fn judge(&self, document: &Value, value: f64) -> Result<(), String> {
        let choice = self.read(document)?;
        if !self.radial(&choice.closed) {
            return Err(format!("the plan {choice:?} is not radial"));
        }
        let Some(state) = self.state(&choice) else { return Err(format!("the plan {choice:?} has no power flow")) };
        if state.margin < -TOLERANCE {
            return Err(format!("the plan {choice:?} breaks a limit by {}", -state.margin));
        }
        let right = if self.import { state.import } else { state.losses };
        if (right - value).abs() > 1e-6 + 1e-7 * self.size() + 1e-5 * right.abs() {
            return Err(format!("the plan {choice:?} has the value {right}, not {value}"));
        }
        Ok(())
    }

    fn may_fail(&self) -> bool {
        // Linear flows promise voltages that the power flow need not keep.
        self.linear
    }

    fn same(&self, random: &mut Random) -> Vec<(&'static str, Vec<String>)> {
        let mut twice = self.clone();
        let free: Vec<usize> = (0..self.lines.len())
            .filter(|k| self.lines[*k].switchable && self.taps.iter().all(|t| t.line != *k))
            .collect();
        if free.is_empty() {
            return Vec::new();
        }
        let mut line = self.lines[random.pick(&free)].clone();
        line.normally_open = true;
        twice.lines.push(line);
        vec![("parallel line", twice.written())]
    }

    fn smaller(&self) -> Vec<Box<dyn Model>> {
        self.simpler().into_iter().map(|n| Box::new(n) as Box<dyn Model>).collect()
    }
}
