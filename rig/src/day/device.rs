//! What a device of a day gives.

use crate::lp::Lp;

/// The program of a day while its devices are added.
pub struct Frame {
    /// kW and kWh.
    pub lp: Lp,
    /// Number of periods.
    pub hours: usize,
    /// Length of a period, h.
    pub step: f64,
    /// Terms that are given to a bus, by bus and period.
    pub given: Vec<Vec<Vec<(usize, f64)>>>,
    /// Power that is drawn whatever is decided, kW, likewise.
    pub drawn: Vec<Vec<f64>>,
}

impl Frame {
    /// A column for each period, at a cost in EUR/MWh of what it is.
    pub fn powers(&mut self, low: f64, high: f64, cost: f64) -> Vec<usize> {
        let cost = cost * self.step / 1e3;
        (0..self.hours).map(|_| self.lp.column(low, high, cost)).collect()
    }

    /// A binary for each period, at a cost.
    pub fn binaries(&mut self, cost: f64) -> Vec<usize> {
        (0..self.hours).map(|_| self.lp.whole(0.0, 1.0, cost)).collect()
    }

    /// Gives a multiple of a column to a bus in every period.
    pub fn give(&mut self, bus: usize, columns: &[usize], factor: f64) {
        columns.iter().enumerate().for_each(|(t, j)| self.given[bus][t].push((*j, factor)));
    }

    /// `column <= most * binary` in every period, or `most * (1 - binary)`.
    pub fn while_on(&mut self, columns: &[usize], most: f64, on: &[usize], inverted: bool) {
        for (p, b) in columns.iter().zip(on) {
            let (factor, limit) = if inverted { (most, most) } else { (-most, 0.0) };
            self.lp.most(&[(*p, 1.0), (*b, factor)], limit);
        }
    }
}

/// What stands for no limit in the reference, kW and kWh: more than a day can use, which has no price below
/// zero then and a limit on export.
const NO_LIMIT: f64 = 1e5;

/// A size as the reference takes it.
pub fn size(written: f64) -> f64 {
    written.min(NO_LIMIT)
}

/// A device.
pub trait Device: Send + Sync {
    /// Its statements.
    fn written(&self, number: usize) -> Vec<String>;

    /// Its columns, rows and costs.
    fn lower(&self, frame: &mut Frame);
}
