//! Loads, firm or not, loads that are shifted, and soft open points, which draw what they lose.

use super::device::{Device, Frame};

/// How a load is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Always.
    Firm,
    /// In any part.
    Partial,
    /// All or nothing.
    Whole,
}

/// A load.
#[derive(Debug, Clone)]
pub struct Load {
    /// Its bus.
    pub bus: usize,
    /// kW.
    pub p: f64,
    /// Relative to the peak.
    pub profile: Vec<f64>,
    /// How it is served.
    pub service: Service,
    /// EUR/MWh.
    pub shed_cost: f64,
    /// What is moved between periods.
    pub shift: Option<Shift>,
}

/// Load that is moved.
#[derive(Debug, Clone)]
pub struct Shift {
    /// Relative to what is drawn.
    pub share: f64,
    /// Likewise.
    pub raise: f64,
    /// What comes back of what is given up.
    pub recovery: f64,
    /// h.
    pub within: Option<f64>,
    /// May it be taken first?
    pub ahead: bool,
    /// EUR/MWh of what is given up.
    pub cost: f64,
}

impl Device for Load {
    fn written(&self, number: usize) -> Vec<String> {
        let mut data = format!("p = {} kW; q = 0 kvar; profile = {:?} pu", self.p, self.profile);
        data += match self.service {
            Service::Firm => "",
            Service::Partial => "; service = partial",
            Service::Whole => "; service = whole",
        };
        if self.service != Service::Firm {
            data += &format!("; shed_cost = {} EUR/MWh", self.shed_cost);
        }
        let mut out = vec![format!("load {number} at bus {} {{ {data} }}", self.bus + 2)];
        if let Some(s) = &self.shift {
            let mut data = format!("share = {}; raise = {}; recovery = {}", s.share, s.raise, s.recovery);
            data += &format!("; cost = {} EUR/MWh", s.cost);
            if let Some(within) = s.within {
                data += &format!("; within = {within} h");
            }
            if !s.ahead {
                data += "; ahead_of_time = no";
            }
            out.push(format!("load_shift {number} at load {number} {{ {data} }}"));
        }
        out
    }

    fn lower(&self, frame: &mut Frame) {
        let now: Vec<f64> = self.profile.iter().map(|f| self.p * f).collect();
        now.iter().enumerate().for_each(|(t, p)| frame.drawn[self.bus][t] += p);
        let mut cut = Vec::new();
        match self.service {
            Service::Firm => {}
            Service::Partial => {
                cut = frame.powers(0.0, f64::INFINITY, self.shed_cost);
                cut.iter().zip(&now).for_each(|(c, p)| frame.lp.most(&[(*c, 1.0)], *p));
                frame.give(self.bus, &cut, 1.0);
            }
            Service::Whole => {
                let off = frame.binaries(0.0);
                for (t, b) in off.iter().enumerate() {
                    frame.lp.charge(*b, self.shed_cost * now[t] * frame.step / 1e3);
                    frame.given[self.bus][t].push((*b, now[t]));
                }
            }
        }
        let Some(s) = &self.shift else { return };
        let down = frame.powers(0.0, f64::INFINITY, s.cost);
        let up = frame.powers(0.0, f64::INFINITY, 0.0);
        // Giving up and taking back at once is neither.
        let giving = frame.binaries(0.0);
        for t in 0..frame.hours {
            frame.lp.most(&[(down[t], 1.0), (giving[t], -s.share * now[t])], 0.0);
            frame.lp.most(&[(up[t], 1.0), (giving[t], s.raise * now[t])], s.raise * now[t]);
            if let Some(c) = cut.get(t) {
                frame.lp.most(&[(*c, 1.0), (down[t], 1.0)], now[t]);
            }
            let taken: Vec<(usize, f64)> = up[..=t].iter().map(|u| (*u, 1.0)).collect();
            if let Some(within) = s.within {
                let late = (within / frame.step).ceil() as usize;
                let due = down.iter().take((t + 1).saturating_sub(late)).map(|d| (*d, -s.recovery));
                frame.lp.least(&taken.iter().copied().chain(due).collect::<Vec<_>>(), 0.0);
            }
            if !s.ahead {
                let given = down[..=t].iter().map(|d| (*d, -s.recovery));
                frame.lp.most(&taken.iter().copied().chain(given).collect::<Vec<_>>(), 0.0);
            }
        }
        let all = up.iter().map(|u| (*u, 1.0)).chain(down.iter().map(|d| (*d, -s.recovery)));
        frame.lp.equal(&all.collect::<Vec<_>>(), 0.0);
        frame.give(self.bus, &down, 1.0);
        frame.give(self.bus, &up, -1.0);
    }
}

/// Two converters between two buses.
#[derive(Debug, Clone)]
pub struct SoftOpenPoint {
    /// Its buses.
    pub from: usize,
    /// The other.
    pub to: usize,
    /// kVA.
    pub rating: f64,
    /// Of each converter.
    pub loss: f64,
}

impl Device for SoftOpenPoint {
    fn written(&self, number: usize) -> Vec<String> {
        let data = format!("rating = {} kVA; loss = {}; q_min = 0 kvar; q_max = 0 kvar", self.rating, self.loss);
        vec![format!("soft_open_point {number} from bus {} to bus {} {{ {data} }}", self.from + 2, self.to + 2)]
    }

    fn lower(&self, frame: &mut Frame) {
        // What enters at one end, t, leaves at the other as t (1 - loss) / (1 + loss).
        let rest = (1.0 - self.loss) / (1.0 + self.loss);
        let there = frame.powers(0.0, self.rating, 0.0);
        let back = frame.powers(0.0, self.rating, 0.0);
        let way = frame.binaries(0.0);
        frame.while_on(&there, self.rating, &way, false);
        frame.while_on(&back, self.rating, &way, true);
        for (a, b, columns) in [(self.from, self.to, &there), (self.to, self.from, &back)] {
            frame.give(a, columns, -1.0);
            frame.give(b, columns, rest);
        }
    }
}
