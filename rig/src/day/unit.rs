//! Units that are started and stopped, and plants that follow the weather.

use super::device::{Device, Frame, size};

/// A dispatchable unit.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its bus.
    pub bus: usize,
    /// kW.
    pub p_max: f64,
    /// kW.
    pub p_min: f64,
    /// EUR/MWh.
    pub cost: f64,
    /// kW/h.
    pub ramp: Option<f64>,
    /// kW.
    pub p_before: Option<f64>,
    /// Started and stopped?
    pub commit: Option<Commitment>,
}

/// What is known of starts.
#[derive(Debug, Clone)]
pub struct Commitment {
    /// Did it run?
    pub on_before: bool,
    /// EUR.
    pub start_cost: f64,
    /// EUR/h.
    pub idle_cost: f64,
    /// h.
    pub min_up: Option<f64>,
    /// h.
    pub min_down: Option<f64>,
}

impl Device for Unit {
    fn written(&self, number: usize) -> Vec<String> {
        let mut data = format!("p_max = {} kW; q_max = 0 kvar; cost = {} EUR/MWh", self.p_max, self.cost);
        if self.p_min > 0.0 {
            data += &format!("; p_min = {} kW", self.p_min);
        }
        if let Some(ramp) = self.ramp {
            data += &format!("; ramp = {ramp} kW/h");
        }
        if let Some(p) = self.p_before {
            data += &format!("; p_before = {p} kW");
        }
        if let Some(c) = &self.commit {
            data += if c.on_before { "; commit = yes; on_before = yes" } else { "; commit = yes; on_before = no" };
            data += &format!("; start_cost = {} EUR; idle_cost = {} EUR/h", c.start_cost, c.idle_cost);
            let time = |name: &str, h: Option<f64>| h.map(|h| format!("; {name} = {h} h")).unwrap_or_default();
            data += &(time("min_up", c.min_up) + &time("min_down", c.min_down));
        }
        vec![format!("diesel {number} at bus {} {{ {data} }}", self.bus + 2)]
    }

    fn lower(&self, frame: &mut Frame) {
        let p_max = size(self.p_max);
        let p = frame.powers(0.0, p_max, self.cost);
        frame.give(self.bus, &p, 1.0);
        let step = self.ramp.unwrap_or(0.0) * frame.step;
        let Some(c) = &self.commit else {
            if self.ramp.is_some() {
                p.windows(2).for_each(|w| frame.lp.row(&[(w[1], 1.0), (w[0], -1.0)], -step, step));
                if let Some(before) = self.p_before {
                    frame.lp.row(&[(p[0], 1.0)], before - step, before + step);
                }
            }
            return;
        };
        let on = frame.binaries(c.idle_cost * frame.step);
        let started = frame.binaries(c.start_cost);
        let before = f64::from(u8::from(c.on_before));
        // A unit that stood still starts from nothing.
        let was = self.p_before.or((!c.on_before).then_some(0.0));
        for t in 0..frame.hours {
            frame.lp.most(&[(p[t], 1.0), (on[t], -p_max)], 0.0);
            frame.lp.least(&[(p[t], 1.0), (on[t], -self.p_min)], 0.0);
            // A start is where it runs and did not.
            frame.lp.most(&[(started[t], 1.0), (on[t], -1.0)], 0.0);
            if t == 0 {
                frame.lp.least(&[(started[0], 1.0), (on[0], -1.0)], -before);
                frame.lp.most(&[(started[0], 1.0)], 1.0 - before);
            } else {
                frame.lp.least(&[(started[t], 1.0), (on[t], -1.0), (on[t - 1], 1.0)], 0.0);
                frame.lp.most(&[(started[t], 1.0), (on[t - 1], 1.0)], 1.0);
            }
            // Once started it runs so long; once stopped it stands so long.
            if let Some(up) = c.min_up {
                let long = (up / frame.step).ceil() as usize;
                for later in on.iter().skip(t).take(long) {
                    frame.lp.most(&[(started[t], 1.0), (*later, -1.0)], 0.0);
                }
            }
            if let Some(down) = c.min_down {
                let long = (down / frame.step).ceil() as usize;
                for later in on.iter().skip(t).take(long) {
                    // Stopped in t: ran before, does not run now; then it does not run later.
                    if t == 0 {
                        frame.lp.most(&[(on[0], -1.0), (*later, 1.0)], 1.0 - before);
                    } else {
                        frame.lp.most(&[(on[t - 1], 1.0), (on[t], -1.0), (*later, 1.0)], 1.0);
                    }
                }
            }
            if self.ramp.is_some() {
                // A unit that starts or stops may do so at its least power.
                if t > 0 {
                    frame.lp.most(&[(p[t], 1.0), (p[t - 1], -1.0), (started[t], -self.p_min)], step);
                    frame.lp.most(&[(p[t - 1], 1.0), (p[t], -1.0), (on[t], self.p_min)], step + self.p_min);
                } else if let Some(was) = was {
                    frame.lp.most(&[(p[0], 1.0), (started[0], -self.p_min)], step + was);
                    frame.lp.most(&[(p[0], -1.0), (on[0], self.p_min)], step + self.p_min - was);
                }
            }
        }
    }
}

/// A photovoltaic plant.
#[derive(Debug, Clone)]
pub struct Plant {
    /// Its bus.
    pub bus: usize,
    /// kW.
    pub capacity: f64,
    /// Relative to the capacity; above 1 it is cut.
    pub profile: Vec<f64>,
    /// May it be curtailed?
    pub curtailable: bool,
    /// EUR/MWh.
    pub cost: f64,
}

impl Device for Plant {
    fn written(&self, number: usize) -> Vec<String> {
        let mut data = format!("capacity = {} kW; profile = {:?} pu", self.capacity, self.profile);
        data += &format!("; cost = {} EUR/MWh", self.cost);
        if !self.curtailable {
            data += "; curtailable = no";
        }
        vec![format!("pv {number} at bus {} {{ {data} }}", self.bus + 2)]
    }

    fn lower(&self, frame: &mut Frame) {
        let p = frame.powers(0.0, self.capacity, self.cost);
        for (j, f) in p.iter().zip(&self.profile) {
            let least = if self.curtailable { 0.0 } else { self.capacity * f };
            frame.lp.row(&[(*j, 1.0)], least, self.capacity * f);
        }
        frame.give(self.bus, &p, 1.0);
    }
}
