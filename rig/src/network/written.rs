//! A network as text, a plan as read from a document, and simpler networks.

use super::{Bus, Choice, Line, Network, Source};
use crate::random::digits;
use serde_json::Value;

impl Network {
    /// The statements of the study.
    pub(super) fn written(&self) -> Vec<String> {
        let mut out = vec!["use std.grid, std.tap_changer, std.capacitor".to_owned()];
        let mut number = 0;
        for (b, bus) in self.buses.iter().enumerate() {
            out.push(format!("bus {} {{ nominal = {} kV }}", b + 1, bus.nominal));
            for (p, q) in &bus.loads {
                number += 1;
                out.push(format!("load {number} at bus {} {{ p = {p} kW; q = {q} kvar }}", b + 1));
            }
        }
        out.extend(self.lines.iter().enumerate().map(|(k, line)| written_line(k, line)));
        out.extend(self.sources.iter().enumerate().map(|(k, source)| written_source(k, source)));
        for (k, t) in self.taps.iter().enumerate() {
            let range = format!("lowest = {}; highest = {}; start = {}", t.lowest, t.highest, t.lowest);
            out.push(format!("tap_changer {} at line {} {{ tap = {}; {range} }}", k + 1, t.line + 1, t.tap));
        }
        for (k, c) in self.banks.iter().enumerate() {
            out.push(format!("capacitor {} at bus {} {{ q = {} kvar; steps = {} }}", k + 1, c.bus + 1, c.q, c.steps));
        }
        out.push(format!("bus.v_min = {} pu", self.window.0));
        out.push(format!("bus.v_max = {} pu", self.window.1));
        out.push(format!("with {}, radial", if self.linear { "lindistflow" } else { "conic" }));
        out.push("snapshot".to_owned());
        out.push(format!("minimize {}", if self.import { "import" } else { "losses" }));
        out
    }

    /// What a plan decides.
    pub(super) fn read(&self, document: &Value) -> Result<Choice, String> {
        let open = document["periods"][0]["open_lines"].as_array().ok_or("a plan without open lines")?;
        let mut closed = vec![true; self.lines.len()];
        for id in open {
            let place = id.as_str().and_then(|id| id.parse::<usize>().ok()).filter(|k| (1..=closed.len()).contains(k));
            closed[place.ok_or(format!("an open line {id}"))? - 1] = false;
        }
        let whole = |device: String, quantity: &str| {
            let value = document["devices"][&device][quantity][0].as_f64();
            value.map(|v| v.round() as i32).ok_or(format!("no `{quantity}` of {device}"))
        };
        let positions = (1..=self.taps.len()).map(|k| whole(format!("tap_changer {k}"), "position"));
        let steps = (1..=self.banks.len()).map(|k| whole(format!("capacitor {k}"), "steps_in"));
        Ok(Choice { closed, positions: positions.collect::<Result<_, _>>()?, steps: steps.collect::<Result<_, _>>()? })
    }

    /// Networks with one thing less.
    pub(super) fn simpler(&self) -> Vec<Network> {
        let mut out = Vec::new();
        let mut change = |by: &dyn Fn(&mut Network)| {
            let mut other = self.clone();
            by(&mut other);
            if other != *self {
                out.push(other);
            }
        };
        for b in 0..self.buses.len() {
            if self.buses.len() > 2 && self.sources.iter().all(|s| s.bus != b) {
                change(&|n| n.remove_bus(b));
            }
        }
        for k in 0..self.lines.len() {
            change(&|n| n.remove_line(k));
            change(&|n| n.lines[k].rate = None);
            change(&|n| n.lines[k].capacity = None);
            change(&|n| n.lines[k].switchable = true);
            change(&|n| n.lines[k].normally_open = false);
            change(&|n| {
                n.lines[k].r = digits(2, n.lines[k].r);
                n.lines[k].x = digits(2, n.lines[k].x);
            });
        }
        for k in 0..self.sources.len() {
            if self.sources.len() > 1 {
                change(&|n| {
                    n.sources.remove(k);
                });
            }
            change(&|n| {
                n.sources[k] =
                    Source { bus: n.sources[k].bus, v_set: n.sources[k].v_set, p_min: None, p_max: None, q_max: None }
            });
            change(&|n| n.sources[k].v_set = 1.0);
        }
        for k in 0..self.taps.len() {
            change(&|n| {
                n.taps.remove(k);
            });
        }
        for k in 0..self.banks.len() {
            change(&|n| {
                n.banks.remove(k);
            });
        }
        for b in 0..self.buses.len() {
            for k in 0..self.buses[b].loads.len() {
                change(&|n| {
                    n.buses[b].loads.remove(k);
                });
                change(&|n| n.buses[b].loads[k].1 = 0.0);
                change(&|n| {
                    let load = &mut n.buses[b].loads[k];
                    *load = (digits(2, load.0), digits(2, load.1));
                });
            }
        }
        out
    }

    /// Takes a line away, with its tap changer.
    pub(super) fn remove_line(&mut self, k: usize) {
        self.lines.remove(k);
        self.taps.retain(|t| t.line != k);
        self.taps.iter_mut().filter(|t| t.line > k).for_each(|t| t.line -= 1);
    }

    fn remove_bus(&mut self, b: usize) {
        while let Some(k) = self.lines.iter().position(|l| l.from == b || l.to == b) {
            self.remove_line(k);
        }
        let moved = |bus: &mut usize| *bus -= usize::from(*bus > b);
        self.lines.iter_mut().for_each(|l| {
            moved(&mut l.from);
            moved(&mut l.to);
        });
        self.sources.iter_mut().for_each(|s| moved(&mut s.bus));
        self.banks.retain(|c| c.bus != b);
        self.banks.iter_mut().for_each(|c| moved(&mut c.bus));
        let _: Bus = self.buses.remove(b);
    }
}

fn written_line(k: usize, line: &Line) -> String {
    let mut data = format!("r = {} ohm; x = {} ohm", line.r, line.x);
    if let Some(rate) = line.rate {
        data += &format!("; rate = {rate} A");
    }
    if let Some(capacity) = line.capacity {
        data += &format!("; capacity = {capacity} kVA");
    }
    if !line.switchable {
        data += "; switchable = no";
    }
    if line.normally_open {
        data += "; normally_open = yes";
    }
    format!("line {} from bus {} to bus {} {{ {data} }}", k + 1, line.from + 1, line.to + 1)
}

fn written_source(k: usize, source: &Source) -> String {
    let mut data = format!("v_set = {} pu", source.v_set);
    for (name, value, unit) in
        [("p_min", source.p_min, "kW"), ("p_max", source.p_max, "kW"), ("q_max", source.q_max, "kvar")]
    {
        if let Some(value) = value {
            data += &format!("; {name} = {value} {unit}");
        }
    }
    format!("source {} at bus {} {{ {data} }}", k + 1, source.bus + 1)
}
