//! Random days.

use super::Day;
use super::device::Device;
use super::load::{Load, Service, Shift, SoftOpenPoint};
use super::station::Station;
use super::storage::Storage;
use super::unit::{Commitment, Plant, Unit};
use crate::random::{Random, digits};
use std::sync::Arc;

/// What a day is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Batteries, vehicles, plants, loads that may be shed.
    Storage,
    /// Units that are started and stopped.
    Commitment,
    /// Loads that are shifted, soft open points.
    Flexible,
    /// Numbers that stand for no limit.
    Wide,
}

/// A random day.
pub fn draw(random: &mut Random, style: Style) -> Day {
    let hours = 2 + random.below(3);
    let step = random.pick(&[1.0, 1.0, 1.0, 0.5, 2.0]);
    let buses: Vec<Option<f64>> =
        (0..1 + random.below(2)).map(|_| random.one_in(6).then(|| random.round(100.0, 1500.0, 0))).collect();
    // Prices: equal, negative, or anything.
    let price: Vec<f64> = match random.below(4) + if style == Style::Wide { 4 } else { 0 } {
        0 => vec![random.round(-20.0, 90.0, 0); hours],
        1 => (0..hours).map(|_| random.round(-60.0, 60.0, 0)).collect(),
        _ => (0..hours).map(|_| random.round(10.0, 120.0, 0)).collect(),
    };
    let mut devices: Vec<Arc<dyn Device>> = Vec::new();
    for bus in 0..buses.len() {
        let p = if random.one_in(8) { 0.0 } else { random.round(50.0, 900.0, 0) };
        devices.push(Arc::new(load(random, bus, hours, p, style == Style::Flexible)));
    }
    for _ in 0..1 + random.below(2) {
        let bus = random.below(buses.len());
        let device: Arc<dyn Device> = match style {
            Style::Storage => match random.below(3) {
                0 => Arc::new(station(random, bus, hours, step)),
                _ => Arc::new(storage(random, bus, false)),
            },
            Style::Commitment => Arc::new(unit(random, bus)),
            Style::Flexible if buses.len() > 1 && random.one_in(2) => Arc::new(SoftOpenPoint {
                from: bus,
                to: 1 - bus,
                rating: random.round(50.0, 800.0, 0),
                loss: random.pick(&[0.0, 0.01, 0.02, 0.05]),
            }),
            Style::Flexible => Arc::new(plant(random, bus, hours)),
            Style::Wide => match random.below(3) {
                0 => Arc::new(wide_unit(random, bus)),
                _ => Arc::new(storage(random, bus, true)),
            },
        };
        devices.push(device);
    }
    if random.one_in(3) {
        let bus = random.below(buses.len());
        devices.push(Arc::new(plant(random, bus, hours)));
    }
    let wide = style == Style::Wide;
    let limit = |random: &mut Random| if wide && random.one_in(2) { 1e9 } else { random.round(300.0, 1500.0, 0) };
    let p_max = random.one_in(3).then(|| limit(random));
    // Without a limit on export a price below zero or a device that is wide pays without end.
    let p_min = (wide || random.one_in(3)).then(|| if random.one_in(2) { 0.0 } else { -random.round(50.0, 500.0, 0) });
    Day { hours, step, buses, price, p_min, p_max, devices, wide }
}

fn profile(random: &mut Random, hours: usize, high: f64) -> Vec<f64> {
    if random.one_in(4) {
        return vec![1.0; hours];
    }
    (0..hours).map(|_| if random.one_in(6) { 0.0 } else { random.round(0.1, high, 2) }).collect()
}

fn load(random: &mut Random, bus: usize, hours: usize, p: f64, shifted: bool) -> Load {
    let service = match random.below(4) {
        0 => Service::Partial,
        1 if !shifted => Service::Whole,
        _ => Service::Firm,
    };
    let share = random.round(0.1, 0.6, 2);
    let shift = Shift {
        share,
        raise: if random.one_in(2) { share } else { random.round(0.1, 1.0, 2) },
        recovery: random.pick(&[1.0, 1.0, 0.9, 0.5, 1.1]),
        within: random.one_in(3).then(|| f64::from(random.below(3) as u32)),
        ahead: !random.one_in(3),
        cost: random.pick(&[0.0, 0.0, 5.0, 20.0]),
    };
    Load {
        bus,
        p,
        profile: profile(random, hours, 1.2),
        service,
        shed_cost: random.pick(&[0.0, 30.0, 100.0, 2000.0]),
        shift: (shifted && p > 0.0 && random.one_in(2)).then_some(shift),
    }
}

fn storage(random: &mut Random, bus: usize, wide: bool) -> Storage {
    let no_limit = [1e8, 1e9, 1e12];
    let size = |random: &mut Random, high: f64| match random.below(8) {
        0 => 0.0,
        1..=3 if wide => random.pick(&no_limit),
        _ => random.round(20.0, high, 0),
    };
    let (power_in, power_out, mut energy) = (size(random, 500.0), size(random, 500.0), size(random, 900.0));
    if !wide && energy == 0.0 && random.one_in(2) {
        energy = 100.0;
    }
    let least = if random.one_in(3) && energy < 1e6 { random.round(0.05, 0.3, 2) } else { 0.0 };
    Storage {
        bus,
        power_in,
        power_out,
        energy,
        least,
        efficiency: (random.pick(&[1.0, 0.95, 0.9, 0.8]), random.pick(&[1.0, 0.95, 0.9, 0.7])),
        leak: if random.one_in(4) && energy < 1e6 { 0.02 } else { 0.0 },
        initial: if energy > 1e6 { 0.0 } else { digits(2, random.round(least, 1.0, 2)).clamp(least, 1.0) },
        cyclic: !random.one_in(3),
        wear: random.pick(&[0.0, 0.0, 3.0, 15.0]),
    }
}

fn station(random: &mut Random, bus: usize, hours: usize, step: f64) -> Station {
    let mut present: Vec<usize> = (0..hours).filter(|_| !random.one_in(3)).collect();
    if present.is_empty() {
        present.push(hours - 1);
    }
    let power = random.round(20.0, 200.0, 0);
    let efficiency = random.pick(&[1.0, 0.95, 0.9]);
    let most = efficiency * power * step * present.len() as f64;
    let need = if random.one_in(6) { 0.0 } else { (most * random.round(0.1, 0.9, 2)).floor() };
    let back = random.one_in(2).then(|| {
        let arrival = random.round(0.1, 0.5, 2);
        let battery = (need / (1.0 - arrival)).ceil() + random.round(5.0, 100.0, 0);
        (random.round(10.0, 200.0, 0), battery, arrival, random.pick(&[0.0, 5.0, 40.0]))
    });
    Station { bus, power, need, present, efficiency, back }
}

fn unit(random: &mut Random, bus: usize) -> Unit {
    let p_max = random.round(100.0, 1000.0, 0);
    let commit = (!random.one_in(5)).then(|| Commitment {
        on_before: random.one_in(2),
        start_cost: random.pick(&[0.0, 1.0, 20.0, 80.0]),
        idle_cost: random.pick(&[0.0, 0.0, 2.0, 10.0]),
        min_up: random.one_in(3).then(|| f64::from(1 + random.below(3) as u32)),
        min_down: random.one_in(3).then(|| f64::from(1 + random.below(3) as u32)),
    });
    let p_min = if commit.is_some() && !random.one_in(4) { (p_max * random.round(0.1, 0.6, 2)).floor() } else { 0.0 };
    let ramp = random.one_in(2).then(|| (p_max * random.round(0.05, 0.6, 2)).ceil());
    let ran = commit.as_ref().is_none_or(|c| c.on_before);
    let p_before = (ramp.is_some() && random.one_in(2)).then(|| if ran { random.round(p_min, p_max, 0) } else { 0.0 });
    Unit { bus, p_max, p_min, cost: random.round(5.0, 110.0, 0), ramp, p_before, commit }
}

fn wide_unit(random: &mut Random, bus: usize) -> Unit {
    let mut unit = unit(random, bus);
    unit.p_max = random.pick(&[1e7, 1e8, 1e9]);
    unit.p_before = None;
    if unit.commit.is_some() {
        unit.p_min = random.pick(&[0.0, 1.0, 50.0, 300.0]);
    }
    if unit.ramp.is_some() {
        unit.ramp = Some(random.round(50.0, 400.0, 0));
    }
    unit
}

fn plant(random: &mut Random, bus: usize, hours: usize) -> Plant {
    Plant {
        bus,
        capacity: if random.one_in(8) { 0.0 } else { random.round(20.0, 800.0, 0) },
        profile: profile(random, hours, 1.0),
        curtailable: !random.one_in(3),
        cost: random.pick(&[0.0, 0.0, 4.0]),
    }
}
