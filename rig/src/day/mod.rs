//! Days at a star of short lines, where flows are sums: devices over some hours as a small integer program
//! of the rig's own.

mod device;
mod draw;
mod load;
mod station;
mod storage;
mod unit;

pub use draw::{Style, draw};

use crate::lp::{Lp, Outcome};
use crate::model::{Answer, Model};
use device::{Device, Frame, size};
use std::sync::Arc;

/// A day: bus 1 has the source, the others the devices.
#[derive(Clone)]
pub struct Day {
    hours: usize,
    /// Length of a period, h.
    step: f64,
    /// Buses besides that of the source, with the capacity of their line, kVA.
    buses: Vec<Option<f64>>,
    /// EUR/MWh.
    price: Vec<f64>,
    /// kW.
    p_min: Option<f64>,
    p_max: Option<f64>,
    devices: Vec<Arc<dyn Device>>,
    /// Do numbers stand for no limit?
    wide: bool,
}

impl Day {
    /// The integer program; the second form of each device is chosen by none.
    fn program(&self) -> Lp {
        let mut frame = Frame {
            lp: Lp::default(),
            hours: self.hours,
            step: self.step,
            given: vec![vec![Vec::new(); self.hours]; self.buses.len()],
            drawn: vec![vec![0.0; self.hours]; self.buses.len()],
        };
        for device in &self.devices {
            device.lower(&mut frame);
        }
        let Frame { mut lp, given, drawn, .. } = frame;
        for t in 0..self.hours {
            let cost = self.price[t] * self.step / 1e3;
            let low = self.p_min.unwrap_or(f64::NEG_INFINITY);
            let source = lp.column(low, self.p_max.map_or(f64::INFINITY, size), cost);
            let mut all = vec![(source, 1.0)];
            for (b, capacity) in self.buses.iter().enumerate() {
                all.extend(&given[b][t]);
                if let Some(capacity) = capacity {
                    // What the bus draws over its line.
                    let terms: Vec<(usize, f64)> = given[b][t].iter().map(|(j, c)| (*j, -c)).collect();
                    lp.row(&terms, -capacity - drawn[b][t], capacity - drawn[b][t]);
                }
            }
            lp.equal(&all, drawn.iter().map(|d| d[t]).sum());
        }
        lp
    }
}

impl Model for Day {
    fn statements(&self) -> Vec<String> {
        let mut out = vec![
            "use std.grid, std.generators, std.storage, std.ev_station, std.demand_response, std.soft_open_point"
                .to_owned(),
            format!("horizon {} h step {} h", self.hours as f64 * self.step, self.step),
            "bus 1 { nominal = 20 kV }".to_owned(),
        ];
        for (b, capacity) in self.buses.iter().enumerate() {
            out.push(format!("bus {} {{ nominal = 20 kV }}", b + 2));
            let capacity = capacity.map(|c| format!("capacity = {c} kVA; ")).unwrap_or_default();
            let data = format!("r = 0.0001 ohm; x = 0.0001 ohm; {capacity}switchable = no");
            out.push(format!("line {} from bus 1 to bus {} {{ {data} }}", b + 1, b + 2));
        }
        let limit = |name: &str, p: Option<f64>| p.map(|p| format!("; {name} = {p} kW")).unwrap_or_default();
        let limits = limit("p_min", self.p_min) + &limit("p_max", self.p_max);
        let price = format!("{:?} EUR/MWh", self.price);
        out.push(format!("source 1 at bus 1 {{ v_set = 1 pu; price = {price}{limits} }}"));
        out.extend(self.devices.iter().enumerate().flat_map(|(k, d)| d.written(k + 1)));
        out.push("bus.v_min = 0.9 pu".to_owned());
        out.push("bus.v_max = 1.1 pu".to_owned());
        out.push("with lindistflow, radial".to_owned());
        out.push("minimize costs + integral(t: running_costs[t])".to_owned());
        out
    }

    fn answer(&self) -> Answer {
        let program = self.program();
        let (exact, wide) = (program.solve(), program.widened(1e-5).solve());
        if exact == Outcome::Unbounded || wide == Outcome::Unbounded {
            return Answer { unbounded: true, ..Answer::infeasible() };
        }
        Answer::between(wide.value(), exact.value(), 1e-5)
    }

    fn wide(&self) -> bool {
        self.wide
    }

    fn smaller(&self) -> Vec<Box<dyn Model>> {
        let mut out: Vec<Day> = Vec::new();
        for k in 0..self.devices.len() {
            let mut other = self.clone();
            other.devices.remove(k);
            out.push(other);
        }
        for k in 0..self.buses.len() {
            let mut other = self.clone();
            other.buses[k] = None;
            if self.buses[k].is_some() {
                out.push(other);
            }
        }
        if self.p_min.is_some() || self.p_max.is_some() {
            out.push(Day { p_min: None, ..self.clone() });
            out.push(Day { p_max: None, ..self.clone() });
        }
        out.retain(|d| d.statements() != self.statements());
        out.into_iter().map(|d| Box::new(d) as Box<dyn Model>).collect()
    }
}
