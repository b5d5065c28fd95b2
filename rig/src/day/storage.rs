//! Batteries.

use super::device::{Device, Frame, size};

/// A storage that never charges and discharges at once.
#[derive(Debug, Clone)]
pub struct Storage {
    /// Its bus.
    pub bus: usize,
    /// kW; a huge number stands for no limit.
    pub power_in: f64,
    /// kW.
    pub power_out: f64,
    /// kWh.
    pub energy: f64,
    /// Relative to `energy`.
    pub least: f64,
    /// Efficiencies.
    pub efficiency: (f64, f64),
    /// Per hour.
    pub leak: f64,
    /// Relative to `energy`.
    pub initial: f64,
    /// Does it end as it began?
    pub cyclic: bool,
    /// EUR/MWh of what is discharged.
    pub wear: f64,
}

impl Device for Storage {
    fn written(&self, number: usize) -> Vec<String> {
        let mut data = format!("power = {} kW; power_out = {} kW", self.power_in, self.power_out);
        data += &format!("; energy = {} kWh; initial = {}; least = {}", self.energy, self.initial, self.least);
        data += &format!("; efficiency_in = {}; efficiency_out = {}", self.efficiency.0, self.efficiency.1);
        data += &format!("; wear = {} EUR/MWh", self.wear);
        if self.leak > 0.0 {
            data += &format!("; leak = {} %/h", 100.0 * self.leak);
        }
        if !self.cyclic {
            data += "; end = free";
        }
        vec![format!("storage {number} at bus {} {{ {data} }}", self.bus + 2)]
    }

    fn lower(&self, frame: &mut Frame) {
        let (power_in, power_out, energy) = (size(self.power_in), size(self.power_out), size(self.energy));
        let charge = frame.powers(0.0, power_in, 0.0);
        let discharge = frame.powers(0.0, power_out, self.wear);
        let charging = frame.binaries(0.0);
        // No more can be moved in a period than what the store holds.
        let most_in = power_in.min(energy / (self.efficiency.0 * frame.step) + 1.0);
        let most_out = power_out.min(energy * self.efficiency.1 / frame.step + 1.0);
        frame.while_on(&charge, most_in, &charging, false);
        frame.while_on(&discharge, most_out, &charging, true);
        let stored: Vec<usize> = (0..frame.hours).map(|_| frame.lp.column(self.least * energy, energy, 0.0)).collect();
        let begin = self.initial * energy;
        let keeps = 1.0 - self.leak * frame.step;
        for t in 0..frame.hours {
            let mut terms = vec![(stored[t], 1.0), (charge[t], -self.efficiency.0 * frame.step)];
            terms.push((discharge[t], frame.step / self.efficiency.1));
            if t == 0 {
                frame.lp.equal(&terms, keeps * begin);
            } else {
                terms.push((stored[t - 1], -keeps));
                frame.lp.equal(&terms, 0.0);
            }
        }
        if self.cyclic {
            frame.lp.equal(&[(stored[frame.hours - 1], 1.0)], begin);
        }
        frame.give(self.bus, &discharge, 1.0);
        frame.give(self.bus, &charge, -1.0);
    }
}
