//! The states of a network: what each choice of switches, positions and steps leads to.

use super::{Choice, Network};
use crate::flow::{Branch, solve};

/// A state, judged.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// kW.
    pub losses: f64,
    /// kW, of all sources.
    pub import: f64,
    /// How far the nearest limit is, relative to it; negative where one is broken.
    pub margin: f64,
    /// Lowest and highest voltage, relative to nominal.
    pub volts: (f64, f64),
}

impl Network {
    /// Is every bus joined to one source by one way?
    pub(super) fn radial(&self, closed: &[bool]) -> bool {
        let mut part: Vec<usize> = (0..self.buses.len()).collect();
        let find = |part: &[usize], mut b: usize| {
            while part[b] != b {
                b = part[b];
            }
            b
        };
        let source = self.sources[0].bus;
        for s in &self.sources[1..] {
            let (a, b) = (find(&part, source), find(&part, s.bus));
            part[a] = b;
        }
        for (line, _) in self.lines.iter().zip(closed).filter(|(_, c)| **c) {
            let (a, b) = (find(&part, line.from), find(&part, line.to));
            if a == b {
                return false;
            }
            part[a] = b;
        }
        let root = find(&part, source);
        (0..self.buses.len()).all(|b| find(&part, b) == root)
    }

    /// Every state that has a power flow.
    pub(super) fn states(&self) -> Vec<State> {
        let mut out = Vec::new();
        for mask in 0u32..1 << self.lines.len() {
            let closed: Vec<bool> = (0..self.lines.len()).map(|k| mask >> k & 1 == 1).collect();
            let fixed = |k: usize| self.lines[k].switchable || closed[k] != self.lines[k].normally_open;
            if !(0..closed.len()).all(fixed) || !self.radial(&closed) {
                continue;
            }
            let mut choice = Choice {
                closed,
                positions: self.taps.iter().map(|t| t.lowest).collect(),
                steps: vec![0; self.banks.len()],
            };
            loop {
                out.extend(self.state(&choice));
                if !self.next(&mut choice) {
                    break;
                }
            }
        }
        out
    }

    /// Goes on to the next positions and steps; false after the last.
    fn next(&self, choice: &mut Choice) -> bool {
        for (position, tap) in choice.positions.iter_mut().zip(&self.taps) {
            *position += 1;
            if *position <= tap.highest {
                return true;
            }
            *position = tap.lowest;
        }
        for (steps, bank) in choice.steps.iter_mut().zip(&self.banks) {
            *steps += 1;
            if *steps <= bank.steps {
                return true;
            }
            *steps = 0;
        }
        false
    }

    /// The state that a choice leads to; none where there is no power flow.
    pub(super) fn state(&self, choice: &Choice) -> Option<State> {
        let mut drawn: Vec<(f64, f64)> = self.buses.iter().map(|b| sum(&b.loads)).collect();
        for (bank, steps) in self.banks.iter().zip(&choice.steps) {
            drawn[bank.bus].1 -= bank.q * f64::from(*steps) / f64::from(bank.steps);
        }
        let ratio = |k: usize| {
            let Some(at) = self.taps.iter().position(|t| t.line == k) else { return 1.0 };
            let turns = self.buses[self.lines[k].to].nominal / self.buses[self.lines[k].from].nominal;
            turns * (1.0 + self.taps[at].tap * f64::from(choice.positions[at]))
        };
        let closed: Vec<usize> = (0..self.lines.len()).filter(|k| choice.closed[*k]).collect();
        let ratios: Vec<f64> = closed.iter().map(|k| ratio(*k)).collect();
        if self.linear { self.by_sums(&drawn, &closed, &ratios) } else { self.by_newton(&drawn, &closed, &ratios) }
    }

    fn by_newton(&self, drawn: &[(f64, f64)], closed: &[usize], ratios: &[f64]) -> Option<State> {
        let nominal: Vec<f64> = self.buses.iter().map(|b| b.nominal).collect();
        let held: Vec<Option<f64>> = (0..nominal.len())
            .map(|b| self.sources.iter().find(|s| s.bus == b).map(|s| s.v_set * nominal[b]))
            .collect();
        let injected: Vec<(f64, f64)> = drawn.iter().map(|d| (-d.0 / 1e3, -d.1 / 1e3)).collect();
        let branches: Vec<Branch> = closed
            .iter()
            .zip(ratios)
            .map(|(k, ratio)| {
                let l = &self.lines[*k];
                Branch { from: l.from, to: l.to, r: l.r, x: l.x, ratio: *ratio }
            })
            .collect();
        let flow = solve(&nominal, &held, &injected, &branches)?;
        let volts: Vec<f64> = flow.volts.iter().zip(&nominal).map(|(v, n)| v / n).collect();
        let given: Vec<(f64, f64)> = self
            .sources
            .iter()
            .map(|s| (1e3 * flow.injected[s.bus].0 + drawn[s.bus].0, 1e3 * flow.injected[s.bus].1 + drawn[s.bus].1))
            .collect();
        let mut state = self.judged(&volts, &given, 1e3 * flow.losses);
        for (place, k) in closed.iter().enumerate() {
            if let Some(rate) = self.lines[*k].rate {
                state.margin = state.margin.min(1.0 - 1e3 * flow.current[place] / rate);
            }
            if let Some(capacity) = self.lines[*k].capacity {
                let (a, b) = flow.power[place];
                state.margin = state.margin.min(1.0 - 1e3 * a.max(b) / capacity);
            }
        }
        Some(state)
    }

    /// As LinDistFlow has it: sums along the tree, squared voltages that fall linearly.
    fn by_sums(&self, drawn: &[(f64, f64)], closed: &[usize], ratios: &[f64]) -> Option<State> {
        let n = self.buses.len();
        let mut order: Vec<(usize, Option<(usize, usize)>)> = self.sources.iter().map(|s| (s.bus, None)).collect();
        let mut at = 0;
        while at < order.len() {
            let (bus, via) = order[at];
            for (place, k) in closed.iter().enumerate() {
                let line = &self.lines[*k];
                if via.is_none_or(|(_, p)| p != place) && (line.from == bus || line.to == bus) {
                    order.push((line.from + line.to - bus, Some((bus, place))));
                }
            }
            at += 1;
        }
        let mut fed = drawn.to_vec();
        let mut losses = 0.0;
        let mut margin = f64::INFINITY;
        for &(bus, via) in order.iter().rev() {
            let Some((parent, place)) = via else { continue };
            let line = &self.lines[closed[place]];
            let (p, q) = fed[bus];
            fed[parent] = (fed[parent].0 + p, fed[parent].1 + q);
            losses += line.r * (p * p + q * q) / self.buses[line.to].nominal.powi(2) / 1e3;
            if let Some(capacity) = line.capacity {
                margin = margin.min(1.0 - p.hypot(q) / capacity);
            }
        }
        let mut square = vec![0.0; n];
        for &(bus, via) in &order {
            square[bus] = match via {
                None => {
                    let source = self.sources.iter().find(|s| s.bus == bus)?;
                    (source.v_set * self.buses[bus].nominal).powi(2)
                }
                Some((parent, place)) => {
                    let (line, ratio) = (&self.lines[closed[place]], ratios[place] * ratios[place]);
                    let fall = 2.0 * (line.r * fed[bus].0 + line.x * fed[bus].1) / 1e3;
                    if line.from == parent { ratio * square[parent] - fall } else { (square[parent] - fall) / ratio }
                }
            };
        }
        if square.iter().any(|s| *s <= 0.0) {
            return None;
        }
        let volts: Vec<f64> = square.iter().zip(&self.buses).map(|(s, b)| s.sqrt() / b.nominal).collect();
        let given: Vec<(f64, f64)> = self.sources.iter().map(|s| fed[s.bus]).collect();
        let mut state = self.judged(&volts, &given, losses);
        state.margin = state.margin.min(margin);
        Some(state)
    }

    fn judged(&self, volts: &[f64], given: &[(f64, f64)], losses: f64) -> State {
        let low = volts.iter().copied().fold(f64::INFINITY, f64::min);
        let high = volts.iter().copied().fold(0.0, f64::max);
        // Voltages that sources hold are data, and are allowed to stand at a limit.
        let free = |b: &usize| self.sources.iter().all(|s| s.bus != *b);
        let (lowest, highest) =
            (0..volts.len()).filter(free).fold((f64::INFINITY, 0.0f64), |(l, h), b| (l.min(volts[b]), h.max(volts[b])));
        let mut margin = (lowest / self.window.0 - 1.0).min(1.0 - highest / self.window.1);
        let size = self.size().max(1.0);
        for (source, (p, q)) in self.sources.iter().zip(given) {
            let limits = [
                source.p_min.map(|least| p - least),
                source.p_max.map(|most| most - p),
                source.q_max.map(|most| most - q.abs()),
            ];
            margin = limits.into_iter().flatten().fold(margin, |m, slack| m.min(slack / size));
        }
        State { losses, import: given.iter().map(|g| g.0).sum(), margin, volts: (low, high) }
    }
}

fn sum(loads: &[(f64, f64)]) -> (f64, f64) {
    loads.iter().fold((0.0, 0.0), |a, l| (a.0 + l.0, a.1 + l.1))
}
