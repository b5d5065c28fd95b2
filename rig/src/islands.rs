//! Restoration: parts of a network that live of one source or of one unit that forms an island, and parts that
//! are dark. Every forest of closed lines is looked at, part by part.

use crate::flow::{Branch, solve};
use crate::model::{Answer, Model};
use crate::random::{Random, digits};

/// As for networks.
const TOLERANCE: f64 = 3e-5;

/// A network of one voltage that is to be restored.
#[derive(Debug, Clone, PartialEq)]
pub struct Islands {
    kv: f64,
    buses: usize,
    loads: Vec<Load>,
    lines: Vec<Line>,
    roots: Vec<Root>,
    window: (f64, f64),
}

#[derive(Debug, Clone, PartialEq)]
struct Load {
    bus: usize,
    p: f64,
    q: f64,
    priority: f64,
    /// All or nothing; otherwise served where its bus is alive.
    whole: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Line {
    from: usize,
    to: usize,
    r: f64,
    x: f64,
    rate: Option<f64>,
}

/// A source, or the only unit that forms an island.
#[derive(Debug, Clone, PartialEq)]
struct Root {
    bus: usize,
    v_set: f64,
    p_max: f64,
    q_max: f64,
    unit: bool,
}

/// A random study.
pub fn draw(random: &mut Random) -> Islands {
    let kv = random.pick(&[0.4, 11.0, 20.0]);
    let buses = 2 + random.below(4);
    let power = kv * kv * random.round(5.0, 20.0, 0);
    let ohm = 2.0 * kv * kv / power * random.round(5.0, 60.0, 1) / buses as f64;
    let mut lines: Vec<Line> = Vec::new();
    let mut ends: Vec<(usize, usize)> = (1..buses).map(|b| (random.below(b), b)).collect();
    for _ in 0..random.below(3) {
        let (a, b) = (random.below(buses), random.below(buses));
        if a != b {
            ends.push((a, b));
        }
    }
    for (from, to) in ends {
        let part = |random: &mut Random| digits(3, ohm * (0.1 + random.unit()));
        let rate = random.one_in(6).then(|| digits(3, power * (0.5 + random.unit()) / kv / 1.732));
        lines.push(Line { from, to, r: part(random), x: part(random), rate });
    }
    let mut loads = Vec::new();
    for bus in 0..buses {
        for _ in 0..random.below(3) {
            let p = digits(3, power * (0.05 + random.unit()));
            let whole = loads.iter().filter(|l: &&Load| l.whole).count() < 4 && random.one_in(2);
            loads.push(Load {
                bus,
                p,
                q: digits(2, 0.5 * p * random.unit()),
                priority: random.round(1.0, 9.0, 0),
                whole,
            });
        }
    }
    let total: f64 = loads.iter().map(|l| l.p).sum::<f64>().max(1.0);
    let root = |random: &mut Random, bus: usize, unit: bool| Root {
        bus,
        v_set: random.round(0.99, 1.02, 2),
        p_max: digits(3, total * (0.1 + random.unit())),
        q_max: digits(3, total * (0.1 + random.unit())),
        unit,
    };
    let roots = if random.one_in(2) {
        let bus = random.below(buses);
        vec![root(random, bus, true)]
    } else {
        (0..buses.min(1 + random.below(3))).map(|bus| root(random, bus, false)).collect()
    };
    let window = (if random.one_in(2) { random.round(0.93, 0.98, 3) } else { 0.9 }, 1.1);
    Islands { kv, buses, loads, lines, roots, window }
}

impl Islands {
    /// Least weight of what is not served, with limits to be kept by this margin.
    fn least(&self, margin: f64) -> f64 {
        let mut best = f64::INFINITY;
        for mask in 0u32..1 << self.lines.len() {
            let mut part: Vec<usize> = (0..self.buses).collect();
            let closed: Vec<usize> = (0..self.lines.len()).filter(|k| mask >> k & 1 == 1).collect();
            let mut forest = true;
            for k in &closed {
                let (a, b) = (part[self.lines[*k].from], part[self.lines[*k].to]);
                forest &= a != b;
                part.iter_mut().filter(|p| **p == b).for_each(|p| *p = a);
            }
            if !forest {
                continue;
            }
            let parts = (0..self.buses).filter(|b| !(0..*b).any(|a| part[a] == part[*b]));
            let value = parts
                .map(|first| {
                    let inside: Vec<usize> = (0..self.buses).filter(|b| part[*b] == part[first]).collect();
                    self.part(&inside, &closed, margin)
                })
                .sum();
            best = f64::min(best, value);
        }
        best
    }

    /// Least weight of what is not served in a tree.
    fn part(&self, inside: &[usize], closed: &[usize], margin: f64) -> f64 {
        let loads: Vec<&Load> = self.loads.iter().filter(|l| inside.contains(&l.bus)).collect();
        let dark: f64 = loads.iter().map(|l| l.priority * l.p).sum();
        let roots: Vec<&Root> = self.roots.iter().filter(|r| inside.contains(&r.bus)).collect();
        // Every source of a live bus is a root, and a tree has one.
        let [root] = roots[..] else { return dark };
        let whole: Vec<usize> = (0..loads.len()).filter(|k| loads[*k].whole).collect();
        let mut best = dark;
        for mask in 0u32..1 << whole.len() {
            let off = |k: &usize| whole.iter().position(|w| w == k).is_some_and(|at| mask >> at & 1 == 0);
            let (unserved, served): (Vec<usize>, Vec<usize>) = (0..loads.len()).partition(off);
            let value: f64 = unserved.iter().map(|k| loads[*k].priority * loads[*k].p).sum();
            if value < best {
                let served: Vec<&Load> = served.iter().map(|k| loads[*k]).collect();
                if self.margin(inside, closed, root, &served).is_some_and(|m| m >= margin) {
                    best = value;
                }
            }
        }
        best
    }

    /// How far the nearest limit of a live tree is.
    fn margin(&self, inside: &[usize], closed: &[usize], root: &Root, served: &[&Load]) -> Option<f64> {
        let place = |bus: usize| inside.iter().position(|b| *b == bus);
        let mut injected = vec![(0.0, 0.0); inside.len()];
        for load in served {
            let at = place(load.bus)?;
            injected[at].0 -= load.p / 1e3;
            injected[at].1 -= load.q / 1e3;
        }
        let mut held = vec![None; inside.len()];
        held[place(root.bus)?] = Some(root.v_set * self.kv);
        let mut branches = Vec::new();
        let mut rates = Vec::new();
        for k in closed {
            let l = &self.lines[*k];
            if let (Some(from), Some(to)) = (place(l.from), place(l.to)) {
                branches.push(Branch { from, to, r: l.r, x: l.x, ratio: 1.0 });
                rates.push(l.rate);
            }
        }
        let flow = solve(&vec![self.kv; inside.len()], &held, &injected, &branches)?;
        let at = place(root.bus)?;
        let p = 1e3 * (flow.injected[at].0 - injected[at].0);
        let q = 1e3 * (flow.injected[at].1 - injected[at].1);
        let size = self.loads.iter().map(|l| l.p).sum::<f64>().max(1.0);
        let mut margin = ((root.p_max - p) / size).min((root.q_max - q) / size);
        for (b, v) in flow.volts.iter().enumerate().filter(|(b, _)| *b != at) {
            let _ = b;
            margin = margin.min(v / self.kv / self.window.0 - 1.0).min(1.0 - v / self.kv / self.window.1);
        }
        for (current, rate) in flow.current.iter().zip(rates) {
            if let Some(rate) = rate {
                margin = margin.min(1.0 - 1e3 * current / rate);
            }
        }
        Some(margin)
    }
}

impl Model for Islands {
    fn statements(&self) -> Vec<String> {
        let mut out = vec!["use std.grid, std.islands, std.generators".to_owned()];
        out.extend((1..=self.buses).map(|b| format!("bus {b} {{ nominal = {} kV }}", self.kv)));
        for (k, l) in self.loads.iter().enumerate() {
            let whole = if l.whole { "; service = whole" } else { "" };
            let data = format!("p = {} kW; q = {} kvar; priority = {}{whole}", l.p, l.q, l.priority);
            out.push(format!("load {} at bus {} {{ {data} }}", k + 1, l.bus + 1));
        }
        for (k, l) in self.lines.iter().enumerate() {
            let rate = l.rate.map(|r| format!("; rate = {r} A")).unwrap_or_default();
            let data = format!("r = {} ohm; x = {} ohm{rate}", l.r, l.x);
            out.push(format!("line {} from bus {} to bus {} {{ {data} }}", k + 1, l.from + 1, l.to + 1));
        }
        for (k, r) in self.roots.iter().enumerate() {
            let data = format!("v_set = {} pu; p_max = {} kW; q_max = {} kvar", r.v_set, r.p_max, r.q_max);
            if r.unit {
                out.push(format!("grid_forming {} at bus {} {{ {data} }}", k + 1, r.bus + 1));
                let lost = if r.bus == 0 { 2 } else { 1 };
                out.push(format!("source 1 at bus {lost} {{ v_set = 1 pu; available = no }}"));
            } else {
                out.push(format!("source {} at bus {} {{ {data} }}", k + 1, r.bus + 1));
            }
        }
        out.push(format!("bus.v_min = {} pu", self.window.0));
        out.push(format!("bus.v_max = {} pu", self.window.1));
        out.push("with conic, radial, islands".to_owned());
        out.push("snapshot".to_owned());
        out.push("minimize shed_weighted".to_owned());
        out
    }

    fn answer(&self) -> Answer {
        let size: f64 = self.loads.iter().map(|l| l.priority * l.p).sum();
        Answer::between(Some(self.least(-TOLERANCE)), Some(self.least(TOLERANCE)), 1e-6 * size + 1e-6)
    }

    fn smaller(&self) -> Vec<Box<dyn Model>> {
        let mut out: Vec<Box<dyn Model>> = Vec::new();
        for k in 0..self.loads.len() {
            let mut other = self.clone();
            other.loads.remove(k);
            out.push(Box::new(other));
        }
        for k in 0..self.lines.len() {
            let mut other = self.clone();
            other.lines.remove(k);
            out.push(Box::new(other));
            let mut other = self.clone();
            if other.lines[k].rate.take().is_some() {
                out.push(Box::new(other));
            }
        }
        if self.window != (0.9, 1.1) {
            out.push(Box::new(Islands { window: (0.9, 1.1), ..self.clone() }));
        }
        out
    }
}
