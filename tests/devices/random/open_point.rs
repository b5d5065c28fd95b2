//! Soft open points between two feeders: what comes out at one end follows from what goes in at the other, so an
//! hour has one unknown, and a cost that is linear on both sides of zero.

use super::{Draw, LINE, WINDOW, agrees, agrees_or_is_told, carried, list, tried};

struct Point {
    rating: f64,
    loss: f64,
    load: [Vec<f64>; 2],
    price: Vec<f64>,
}

fn point(draw: &mut Draw, hours: usize) -> Point {
    let mut load = || -> Vec<f64> {
        let size = draw.one(&[-130.0, -60.0, 0.0, 60.0, 130.0]);
        (0..hours).map(|_| size * draw.one(&[0.5, 0.8, 1.0])).collect()
    };
    let load = [load(), load()];
    Point {
        rating: draw.one(&[5.0, 40.0, 100.0]),
        loss: draw.one(&[0.0, 0.02, 0.1, 0.9]),
        load,
        price: (0..hours).map(|_| draw.one(&[-60.0, -10.0, 0.0, 50.0])).collect(),
    }
}

impl Point {
    fn text(&self, exclusion: &str) -> String {
        let (r, x) = LINE;
        let load = |k: usize| list(self.load[k].iter().map(|p| p / 100.0));
        // Profiles cannot be negative, sizes can.
        let sized = |k: usize| {
            let sign = if self.load[k].iter().any(|p| *p < 0.0) { -1.0 } else { 1.0 };
            (100.0 * sign, load(k).replace('-', ""))
        };
        let ((p2, profile2), (p3, profile3)) = (sized(0), sized(1));
        format!(
            "use std.grid, std.soft_open_point
horizon {} h step 1 h
bus 1 {{ nominal = 0.4 kV }}
bus 2 {{ nominal = 0.4 kV }}
bus 3 {{ nominal = 0.4 kV }}
line 1 from bus 1 to bus 2 {{ r = {r} ohm; x = {x} ohm; switchable = no }}
line 2 from bus 1 to bus 3 {{ r = {r} ohm; x = {x} ohm; switchable = no }}
source \"S\" at bus 1 {{ v_set = 1 pu; price = {} EUR/MWh }}
load 2 at bus 2 {{ p = {p2} kW; q = 0 kvar; profile = {profile2} pu }}
load 3 at bus 3 {{ p = {p3} kW; q = 0 kvar; profile = {profile3} pu }}
soft_open_point \"O\" from bus 2 to bus 3 {{ rating = {} kVA; loss = {}; q_min = 0 kvar; q_max = 0 kvar; exclusion = {exclusion} }}
bus.v_min = {} pu; bus.v_max = {} pu
with lindistflow, radial
minimize integral(t: running_costs[t])
",
            self.price.len(),
            list(self.price.iter().copied()),
            self.rating,
            self.loss,
            WINDOW.0,
            WINDOW.1
        )
    }

    /// What comes out at the other end, negative where it goes in there.
    fn other(&self, out: f64) -> f64 {
        let passes = (1.0 - self.loss) / (1.0 + self.loss);
        if out < 0.0 { -out * passes } else { -out / passes }
    }

    /// The least cost of an hour.
    fn hour(&self, t: usize) -> Option<f64> {
        let (low, high) = carried(0.0);
        let room = |k: usize| ((self.load[k][t] - high).max(-self.rating), (self.load[k][t] - low).min(self.rating));
        let (i, j) = (room(0), room(1));
        // What comes out at j falls while what comes out at i rises; `other` undoes itself.
        let range = (i.0.max(self.other(j.1)), i.1.min(self.other(j.0)));
        if range.0 > range.1 + 1e-9 {
            return None;
        }
        let ends = [range.0, range.1, 0.0f64.clamp(range.0, range.1.max(range.0))];
        let cost = |out: f64| self.price[t] * (self.load[0][t] + self.load[1][t] - out - self.other(out)) / 1e3;
        ends.into_iter().map(cost).reduce(f64::min)
    }
}

#[test]
fn power_passes_with_the_converters_losses_and_no_more() {
    tried(30, |draw| {
        let point = point(draw, 2);
        let reference = (0..2).map(|t| point.hour(t)).sum::<Option<f64>>();
        agrees(&point.text("binary"), reference)?;
        agrees_or_is_told(&point.text("relaxed"), reference, "passes power both ways at once")
    });
}
