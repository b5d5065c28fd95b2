//! Charging stations.

use super::device::{Device, Frame};

/// Vehicles of one stay.
#[derive(Debug, Clone)]
pub struct Station {
    /// Their bus.
    pub bus: usize,
    /// kW.
    pub power: f64,
    /// kWh.
    pub need: f64,
    /// Periods, from 0.
    pub present: Vec<usize>,
    /// Both ways.
    pub efficiency: f64,
    /// kW, kWh, relative to the latter, EUR/MWh: vehicle to grid.
    pub back: Option<(f64, f64, f64, f64)>,
}

impl Device for Station {
    fn written(&self, number: usize) -> Vec<String> {
        let present: Vec<String> = self.present.iter().map(|t| (t + 1).to_string()).collect();
        let mut data = format!("power = {} kW; need = {} kWh", self.power, self.need);
        data += &format!("; present = {{{}}}; efficiency = {}", present.join(", "), self.efficiency);
        if let Some((power, battery, arrival, wear)) = self.back {
            data += &format!("; power_back = {power} kW; battery = {battery} kWh; arrival = {arrival}");
            data += &format!("; wear = {wear} EUR/MWh");
        }
        vec![format!("ev_station {number} at bus {} {{ {data} }}", self.bus + 2)]
    }

    fn lower(&self, frame: &mut Frame) {
        let mut gained: Vec<(usize, f64)> = Vec::new();
        for &t in &self.present {
            let charge = frame.lp.column(0.0, self.power, 0.0);
            frame.given[self.bus][t].push((charge, -1.0));
            gained.push((charge, self.efficiency * frame.step));
            if let Some((power, battery, arrival, wear)) = self.back {
                let back = frame.lp.column(0.0, power, wear * frame.step / 1e3);
                let charging = frame.lp.whole(0.0, 1.0, 0.0);
                frame.while_on(&[charge], self.power, &[charging], false);
                frame.while_on(&[back], power, &[charging], true);
                frame.given[self.bus][t].push((back, 1.0));
                gained.push((back, -frame.step / self.efficiency));
                frame.lp.row(&gained, -arrival * battery, (1.0 - arrival) * battery);
            }
        }
        frame.lp.equal(&gained, self.need);
    }
}
