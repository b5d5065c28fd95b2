//! Random networks.

use super::{Bank, Bus, Line, Network, Source, Tap};
use crate::random::{Random, digits};

/// What a network is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Loads alone.
    Loads,
    /// Plants that reverse flows; the upper limit binds.
    FeedIn,
    /// Two or three sources.
    Sources,
    /// Equal lines and loads, lines in parallel, empty buses.
    Degenerate,
    /// Two levels of voltage, tap changers, capacitor banks.
    Taps,
    /// Linear flows.
    Linear,
}

/// A random network.
pub fn draw(random: &mut Random, style: Style) -> Network {
    let kv = random.pick(&[0.4, 10.0, 11.0, 20.0]);
    let n = 3 + random.below(if style == Style::Taps { 3 } else { 6 });
    // Loads and impedances of a size that moves voltages by some per cent.
    let power = 10f64.powf(random.round(0.5, 1.3, 2)) * kv * kv;
    let decimals = if kv < 1.0 { 4 } else { 3 };
    let ohm = 2.0 * kv * kv / power * random.round(5.0, 60.0, 1) / n as f64;
    let mut buses: Vec<Bus> = (0..n).map(|_| Bus { nominal: kv, loads: Vec::new() }).collect();
    let equal = style == Style::Degenerate;
    let plain = (digits(3, power / 2.0), digits(3, power / 5.0));
    for (b, bus) in buses.iter_mut().enumerate() {
        let zero = random.one_in(if equal { 3 } else { 8 });
        if zero && random.one_in(2) {
            bus.loads.push((0.0, 0.0));
        }
        if zero || (b == 0 && random.one_in(2)) {
            continue;
        }
        let (p, q) = (power * random.unit(), 0.6 * power * (random.unit() - 0.15));
        bus.loads.push(if equal { plain } else { (digits(3, p), digits(3, q)) });
        let feeds = match style {
            Style::FeedIn => random.one_in(2),
            Style::Loads | Style::Degenerate => false,
            _ => random.one_in(4),
        };
        if feeds {
            let p = power * (0.5 + 3.0 * random.unit());
            bus.loads.push((-digits(3, p), digits(3, p * 0.3 * (random.unit() - 0.5))));
        }
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut add = |random: &mut Random, from: usize, to: usize| {
        let (from, to) = if random.one_in(2) { (from, to) } else { (to, from) };
        let part = |random: &mut Random, low: f64| {
            let grid = 10f64.powi(decimals);
            ((ohm * (low + random.unit())) * grid).round().max(1.0) / grid
        };
        let (r, x) =
            if equal && !lines.is_empty() { (lines[0].r, lines[0].x) } else { (part(random, 0.1), part(random, 0.05)) };
        lines.push(Line { from, to, r, x, rate: None, capacity: None, switchable: true, normally_open: false });
    };
    for b in 1..n {
        let a = random.below(b);
        add(random, a, b);
    }
    let loops = 1 + random.below(if style == Style::Taps { 2 } else { 4 });
    for _ in 0..loops {
        let (a, b) = (random.below(n), random.below(n));
        if a != b {
            add(random, a, b);
        }
    }
    let mut sources =
        vec![Source { bus: 0, v_set: random.round(0.98, 1.03, 2), p_min: None, p_max: None, q_max: None }];
    if style == Style::Sources {
        for bus in 1..n.min(2 + random.below(2)) {
            sources.push(Source { bus, v_set: random.round(0.98, 1.03, 2), p_min: None, p_max: None, q_max: None });
        }
    }
    let mut network = Network {
        buses,
        lines,
        sources,
        taps: Vec::new(),
        banks: Vec::new(),
        window: (0.5, 1.5),
        linear: style == Style::Linear,
        import: random.one_in(5),
    };
    if style == Style::Taps {
        taps_and_banks(random, &mut network, power);
    }
    // Some switches do not move.
    for line in &mut network.lines {
        if random.one_in(6) {
            line.switchable = false;
            line.normally_open = random.one_in(3);
        }
    }
    limits(random, &mut network);
    network
}

fn taps_and_banks(random: &mut Random, network: &mut Network, power: f64) {
    if random.one_in(3) {
        // The first bus stands at a higher level; every line to it has a transformer.
        let high = random.pick(&[33.0, 110.0]);
        network.buses[0].nominal = high;
        for k in 0..network.lines.len() {
            let line = &network.lines[k];
            if line.from == 0 || line.to == 0 {
                network.taps.push(tap(random, k));
            }
        }
    } else {
        let k = random.below(network.lines.len());
        network.taps.push(tap(random, k));
    }
    network.taps.truncate(3);
    // Levels are joined by transformers alone.
    let levels = |n: &Network, k: usize| n.buses[n.lines[k].from].nominal != n.buses[n.lines[k].to].nominal;
    for k in (0..network.lines.len()).rev() {
        if levels(network, k) && network.taps.iter().all(|t| t.line != k) {
            network.remove_line(k);
        }
    }
    for _ in 0..random.below(3) {
        let bus = random.below(network.buses.len());
        network.banks.push(Bank {
            bus,
            q: digits(3, power * (0.1 + 0.8 * random.unit())),
            steps: 1 + random.below(3) as i32,
        });
    }
}

fn tap(random: &mut Random, line: usize) -> Tap {
    let lowest = -(random.below(3) as i32);
    Tap {
        line,
        tap: random.pick(&[0.00625, 0.0125, 0.025, 0.05]),
        lowest,
        highest: lowest + 1 + random.below(3) as i32,
    }
}

/// Limits near what the states have, so that some bind and some exclude all.
fn limits(random: &mut Random, network: &mut Network) {
    let states = network.states();
    if states.is_empty() {
        network.window = (0.9, 1.1);
        widen(network);
        return;
    }
    let one = |random: &mut Random| states[random.below(states.len())].clone();
    let (a, b) = (one(random), one(random));
    network.window = (0.9, 1.1);
    if random.one_in(2) {
        network.window.0 = (a.volts.0 + random.round(-0.004, 0.003, 4)).clamp(0.6, 1.02);
    }
    if random.one_in(2) {
        network.window.1 = (b.volts.1 + random.round(-0.003, 0.004, 4)).clamp(0.98, 1.4);
    }
    network.window = ((network.window.0 * 1e4).round() / 1e4, (network.window.1 * 1e4).round() / 1e4);
    widen(network);
    let total = network.size().max(1.0);
    for line in &mut network.lines {
        let volts = network.buses[line.to].nominal;
        if random.one_in(8) {
            line.capacity = Some(digits(3, total * (0.2 + random.unit())).max(1.0));
        } else if random.one_in(8) && !network.linear {
            line.rate = Some(digits(3, total * (0.2 + random.unit()) / volts / 1.732).max(1.0));
        }
    }
    for source in &mut network.sources {
        if random.one_in(8) {
            source.p_max = Some(digits(3, total * random.unit()));
        }
        if random.one_in(10) {
            source.p_min = Some(if random.one_in(3) { 0.0 } else { -digits(3, total * random.unit()) });
        }
        if source.p_min > source.p_max && source.p_max.is_some() {
            source.p_min = None;
        }
        if random.one_in(10) {
            source.q_max = Some(digits(3, total * random.unit()));
        }
    }
}

/// Sources hold voltages within the window.
fn widen(network: &mut Network) {
    for source in &network.sources {
        network.window.0 = network.window.0.min(source.v_set);
        network.window.1 = network.window.1.max(source.v_set);
    }
}
