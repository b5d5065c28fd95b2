//! Feed-in that may be curtailed and may take or give reactive power, at the upper limit of voltage: where the
//! relaxation of power flow would rather lose power in lines than feed less in. What a plant gives is no whole
//! number, so plans are looked for on ever finer lattices, and the one that is returned is judged by power flow.

use crate::flow::{Branch, Flow, solve};
use crate::model::{Answer, Model};
use crate::random::{Random, digits};
use serde_json::Value;

/// What voltages and currents of a plan may be beyond their limits, relative.
const TOLERANCE: f64 = 3e-5;
/// Values of a quantity on a lattice.
const VALUES: usize = 9;
/// Lattices, each around the best place of the one before.
const ROUNDS: usize = 10;

/// A tree of lines that starts at a source, with plants.
#[derive(Debug, Clone, PartialEq)]
pub struct Curtailed {
    kv: f64,
    /// What each bus draws.
    loads: Vec<(f64, f64)>,
    /// Bus before each further bus, resistance, reactance, rating.
    lines: Vec<(usize, f64, f64, Option<f64>)>,
    plants: Vec<Plant>,
    window: (f64, f64),
    /// What energy from the source costs.
    price: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct Plant {
    bus: usize,
    p: (f64, f64),
    q: (f64, f64),
    /// What its energy costs.
    cost: f64,
}

/// A random study.
pub fn draw(random: &mut Random) -> Curtailed {
    let kv = random.pick(&[0.4, 11.0, 20.0]);
    let buses = 2 + random.below(3);
    let power = kv * kv * random.round(5.0, 20.0, 0);
    let ohm = 2.0 * kv * kv / power * random.round(5.0, 60.0, 1) / buses as f64;
    let lines = (1..buses)
        .map(|bus| {
            let part = |random: &mut Random| digits(3, ohm * (0.1 + random.unit()));
            let rate = random.one_in(5).then(|| digits(3, power * (0.4 + random.unit()) / kv / 1.732));
            (random.below(bus), part(random), part(random), rate)
        })
        .collect();
    let loads = (0..buses).map(|_| (digits(3, 0.3 * power * random.unit()), digits(2, 0.1 * power * random.unit())));
    let loads = loads.collect();
    let plants = (0..1 + random.below(2))
        .map(|_| {
            let most = digits(3, power * (0.5 + 2.0 * random.unit()));
            let least = if random.one_in(4) { digits(3, most * random.unit()) } else { 0.0 };
            let q = if random.one_in(2) { digits(2, 0.4 * most * random.unit()) } else { 0.0 };
            Plant { bus: 1 + random.below(buses - 1), p: (least, most), q: (-q, q), cost: random.round(0.0, 60.0, 0) }
        })
        .collect();
    let window = (random.round(0.9, 0.97, 2), random.round(1.02, 1.08, 2));
    let price = random.pick(&[80.0, 80.0, 50.0, 10.0, -20.0]);
    Curtailed { kv, loads, lines, plants, window, price }
}

impl Curtailed {
    fn flow(&self, given: &[(f64, f64)]) -> Option<Flow> {
        let mut injected: Vec<(f64, f64)> = self.loads.iter().map(|l| (-l.0 / 1e3, -l.1 / 1e3)).collect();
        for (plant, (p, q)) in self.plants.iter().zip(given) {
            injected[plant.bus].0 += p / 1e3;
            injected[plant.bus].1 += q / 1e3;
        }
        let branch = |(k, l): (usize, &(usize, f64, f64, Option<f64>))| Branch {
            from: l.0,
            to: k + 1,
            r: l.1,
            x: l.2,
            ratio: 1.0,
        };
        let branches: Vec<Branch> = self.lines.iter().enumerate().map(branch).collect();
        let nominal = vec![self.kv; self.loads.len()];
        let mut held = vec![None; self.loads.len()];
        held[0] = Some(self.kv);
        solve(&nominal, &held, &injected, &branches)
    }

    /// By how much a state is beyond limits, relative to them.
    fn beyond(&self, flow: &Flow) -> f64 {
        let volts = flow.volts.iter().skip(1).map(|v| v / self.kv);
        let voltage = volts.map(|v| (self.window.0 - v).max(v - self.window.1)).fold(f64::NEG_INFINITY, f64::max);
        let rated = self.lines.iter().zip(&flow.current).filter_map(|(l, i)| Some(i * 1e3 / l.3? - 1.0));
        rated.fold(voltage, f64::max)
    }

    /// EUR for an hour.
    fn cost(&self, flow: &Flow, given: &[(f64, f64)]) -> f64 {
        let import = flow.injected[0].0 + self.loads[0].0 / 1e3;
        self.price * import + self.plants.iter().zip(given).map(|(plant, g)| plant.cost * g.0 / 1e3).sum::<f64>()
    }

    /// The cheapest plan found that keeps limits by a margin.
    fn found(&self, margin: f64) -> Option<f64> {
        let ranges: Vec<(f64, f64)> = self.plants.iter().flat_map(|p| [p.p, p.q]).collect();
        let free: Vec<usize> = (0..ranges.len()).filter(|k| ranges[*k].1 > ranges[*k].0).collect();
        let mut box_ = ranges.clone();
        let mut best: Option<(f64, Vec<f64>)> = None;
        for _ in 0..ROUNDS {
            let mut at = vec![0usize; free.len()];
            loop {
                let mut x: Vec<f64> = ranges.iter().map(|r| r.0).collect();
                for (place, k) in free.iter().enumerate() {
                    let share = at[place] as f64 / (VALUES - 1) as f64;
                    x[*k] = box_[*k].0 + share * (box_[*k].1 - box_[*k].0);
                }
                let given: Vec<(f64, f64)> = x.chunks(2).map(|g| (g[0], g[1])).collect();
                if let Some(flow) = self.flow(&given)
                    && self.beyond(&flow) <= -margin
                {
                    let cost = self.cost(&flow, &given);
                    if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                        best = Some((cost, x));
                    }
                }
                let Some(place) = at.iter().position(|a| *a + 1 < VALUES) else { break };
                at[place] += 1;
                at[..place].fill(0);
            }
            let (_, place) = best.as_ref()?;
            for k in &free {
                let half = (box_[*k].1 - box_[*k].0) / (VALUES - 1) as f64 * 1.5;
                box_[*k] = ((place[*k] - half).max(ranges[*k].0), (place[*k] + half).min(ranges[*k].1));
            }
        }
        best.map(|b| b.0)
    }
}

impl Model for Curtailed {
    fn statements(&self) -> Vec<String> {
        let mut out = vec!["use std.grid, std.generators".to_owned()];
        out.extend((1..=self.loads.len()).map(|b| format!("bus {b} {{ nominal = {} kV }}", self.kv)));
        for (k, (p, q)) in self.loads.iter().enumerate() {
            out.push(format!("load {} at bus {} {{ p = {p} kW; q = {q} kvar }}", k + 1, k + 1));
        }
        for (k, (from, r, x, rate)) in self.lines.iter().enumerate() {
            let rate = rate.map(|rate| format!("; rate = {rate} A")).unwrap_or_default();
            let data = format!("r = {r} ohm; x = {x} ohm; switchable = no{rate}");
            out.push(format!("line {} from bus {} to bus {} {{ {data} }}", k + 1, from + 1, k + 2));
        }
        for (k, p) in self.plants.iter().enumerate() {
            let power = format!("p_max = {} kW; available = {} kW; cost = {} EUR/MWh", p.p.1, p.p.1, p.cost);
            let data = format!("{power}; q_min = {} kvar; q_max = {} kvar", p.q.0, p.q.1);
            out.push(format!("diesel {} at bus {} {{ {data} }}", k + 1, p.bus + 1));
            if p.p.0 > 0.0 {
                out.push(format!("rule least_{}[t] : (diesel {}).p[t] >= {} kW", k + 1, k + 1, p.p.0));
            }
        }
        out.push(format!("source 1 at bus 1 {{ v_set = 1 pu; price = {} EUR/MWh }}", self.price));
        out.push(format!("bus.v_min = {} pu", self.window.0));
        out.push(format!("bus.v_max = {} pu", self.window.1));
        out.push("horizon 1 h step 1 h".to_owned());
        out.push("with conic, radial".to_owned());
        out.push("minimize integral(t: running_costs[t])".to_owned());
        out
    }

    fn answer(&self) -> Answer {
        let power: f64 = self.plants.iter().map(|p| p.p.1).sum::<f64>() + self.loads.iter().map(|l| l.0).sum::<f64>();
        let size = 1e-3 * power * self.price.abs().max(60.0);
        // Whether a plan is too good to be one is judged by its power flow.
        Answer::between(Some(-1e3 * size), self.found(TOLERANCE), 1e-6 * size)
    }

    fn judge(&self, document: &Value, value: f64) -> Result<(), String> {
        let of = |k: usize, what: &str| {
            document["devices"][format!("diesel {}", k + 1)][what][0].as_f64().ok_or("a plant is not shown")
        };
        let given: Result<Vec<(f64, f64)>, &str> =
            (0..self.plants.len()).map(|k| Ok((of(k, "p")?, of(k, "q")?))).collect();
        let given = given?;
        let flow = self.flow(&given).ok_or("the plan has no power flow")?;
        let beyond = self.beyond(&flow);
        if beyond > TOLERANCE {
            return Err(format!("the plan is {beyond:.2e} beyond a limit"));
        }
        let cost = self.cost(&flow, &given);
        let size = self.price.abs().max(60.0) * flow.injected[0].0.abs().max(1e-3 * self.plants[0].p.1);
        if (cost - value).abs() > 1e-5 * size {
            return Err(format!("the plan costs {cost}, and {value} is told"));
        }
        Ok(())
    }

    fn smaller(&self) -> Vec<Box<dyn Model>> {
        let mut out: Vec<Box<dyn Model>> = Vec::new();
        if self.plants.len() > 1 {
            for k in 0..self.plants.len() {
                let mut other = self.clone();
                other.plants.remove(k);
                out.push(Box::new(other));
            }
        }
        for k in 0..self.loads.len() {
            if self.loads[k] != (0.0, 0.0) {
                let mut other = self.clone();
                other.loads[k] = (0.0, 0.0);
                out.push(Box::new(other));
            }
        }
        out
    }
}
