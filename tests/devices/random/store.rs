//! Storage: in every hour one way or the other, all of them tried; charge and discharge are a linear program.

use super::{Draw, Place, agrees, agrees_or_is_told, tried};
use crate::small::{SmallProgram, least};

struct Store {
    power: (f64, f64),
    energy: f64,
    least: f64,
    efficiency: (f64, f64),
    leak: f64,
    initial: f64,
    cyclic: bool,
    wear: f64,
}

fn store(draw: &mut Draw) -> Store {
    let power = draw.one(&[20.0, 50.0]);
    let least = draw.one(&[0.0, 0.2]);
    Store {
        power: (power * draw.one(&[0.0, 1.0, 1.0]), power * draw.one(&[0.0, 1.0, 1.0])),
        energy: draw.one(&[0.0, 30.0, 100.0]),
        least,
        efficiency: (draw.one(&[0.5, 0.9, 1.0]), draw.one(&[0.5, 0.9, 1.0])),
        leak: draw.one(&[0.0, 0.0, 0.1]),
        initial: draw.one(&[least, 0.5, 1.0]),
        cyclic: draw.chance(0.5),
        wear: draw.one(&[0.0, 5.0]),
    }
}

impl Store {
    fn text(&self, exclusion: &str) -> String {
        format!(
            "storage \"B\" at bus 2 {{ power = 50 kW; power_in = {} kW; power_out = {} kW; energy = {} kWh; least = {}; efficiency_in = {}; efficiency_out = {}; leak = {} %/h; initial = {}; end = {}; exclusion = {exclusion}; wear = w }}\nparam w : money_eur / energy = {} EUR/MWh",
            self.power.0,
            self.power.1,
            self.energy,
            self.least,
            self.efficiency.0,
            self.efficiency.1,
            100.0 * self.leak,
            self.initial,
            if self.cyclic { "cyclic" } else { "free" },
            self.wear
        )
    }

    /// The least cost where the hours that charge are given.
    fn cost(&self, place: &Place, charging: u32) -> Option<f64> {
        let mut lp = SmallProgram::default();
        lp.pay(place.paid());
        let start = self.initial * self.energy;
        let mut held = lp.column((start, start), 0.0);
        for t in 0..place.hours() {
            let charges = charging >> t & 1 == 1;
            let (most, sign) = if charges { (self.power.0, -1.0) } else { (self.power.1, 1.0) };
            let cost = -sign * place.price[t] / 1e3 + if charges { 0.0 } else { self.wear / 1e3 };
            let passed = lp.column((0.0, most), cost);
            lp.row(place.room(t), &[(passed, sign)]);
            let end = self.cyclic && t + 1 == place.hours();
            let range = if end { (start, start) } else { (self.least * self.energy, self.energy) };
            let next = lp.column(range, 0.0);
            let gain = if charges { self.efficiency.0 } else { -1.0 / self.efficiency.1 };
            lp.row((0.0, 0.0), &[(next, 1.0), (held, self.leak - 1.0), (passed, -gain)]);
            held = next;
        }
        lp.least()
    }
}

#[test]
fn storage_trades_as_the_best_choice_of_ways_does() {
    tried(30, |draw| {
        let place = Place::of(draw, 4, true);
        let store = store(draw);
        let reference = least((0..16).map(|ways| store.cost(&place, ways)));
        agrees(&place.text(&store.text("binary")), reference)?;
        let message = "charges and discharges at once";
        agrees_or_is_told(&place.text(&store.text("relaxed")), reference, message)
    });
}
