//! Charging stations with vehicle-to-grid: in every hour of the stay one way or the other.

use super::{Draw, Place, agrees, agrees_or_is_told, tried};
use crate::small::{SmallProgram, least};

struct Station {
    power: f64,
    back: f64,
    need: f64,
    battery: f64,
    arrival: f64,
    efficiency: f64,
    wear: f64,
    present: Vec<usize>,
}

fn station(draw: &mut Draw, hours: usize) -> Station {
    let present: Vec<usize> = (0..hours).filter(|_| draw.chance(0.75)).collect();
    let present = if present.is_empty() { vec![0] } else { present };
    let (power, efficiency) = (draw.one(&[20.0, 60.0]), draw.one(&[0.5, 0.9, 1.0]));
    let (battery, arrival) = (draw.one(&[40.0, 120.0]), draw.one(&[0.0, 0.5, 1.0]));
    let most = (efficiency * power * present.len() as f64).min(battery * (1.0 - arrival));
    let back = draw.one(&[0.0, 20.0, 60.0]);
    Station {
        power,
        back,
        need: most * draw.one(&[0.0, 0.5, 0.9]),
        battery,
        arrival,
        efficiency,
        wear: draw.one(&[0.0, 5.0]),
        present,
    }
}

impl Station {
    fn text(&self, exclusion: &str) -> String {
        let present: Vec<String> = self.present.iter().map(|t| format!("{}", t + 1)).collect();
        format!(
            "ev_station \"E\" at bus 2 {{ power = {} kW; power_back = {} kW; need = {} kWh; battery = {} kWh; arrival = {}; efficiency = {}; wear = w; exclusion = {exclusion}; present = {{{}}} }}\nparam w : money_eur / energy = {} EUR/MWh",
            self.power,
            self.back,
            self.need,
            self.battery,
            self.arrival,
            self.efficiency,
            present.join(", "),
            self.wear
        )
    }

    /// The least cost where the hours that give back are given.
    fn cost(&self, place: &Place, giving: u32) -> Option<f64> {
        let mut lp = SmallProgram::default();
        lp.pay(place.paid());
        let start = self.arrival * self.battery;
        let mut held = lp.column((start, start), 0.0);
        for t in 0..place.hours() {
            let room = place.room(t);
            if !self.present.contains(&t) {
                if room.0 > 0.0 || room.1 < 0.0 {
                    return None;
                }
                continue;
            }
            let gives = giving >> t & 1 == 1;
            let (most, sign, wear) = if gives { (self.back, 1.0, self.wear) } else { (self.power, -1.0, 0.0) };
            let passed = lp.column((0.0, most), (wear - sign * place.price[t]) / 1e3);
            lp.row(room, &[(passed, sign)]);
            let next = lp.column((0.0, self.battery), 0.0);
            let gain = if gives { -1.0 / self.efficiency } else { self.efficiency };
            lp.row((0.0, 0.0), &[(next, 1.0), (held, -1.0), (passed, -gain)]);
            held = next;
        }
        lp.row((start + self.need, start + self.need), &[(held, 1.0)]);
        lp.least()
    }
}

#[test]
fn stations_charge_as_the_best_choice_of_ways_does() {
    tried(30, |draw| {
        let place = Place::of(draw, 4, true);
        let station = station(draw, 4);
        let reference = least((0..16).map(|ways| station.cost(&place, ways)));
        agrees(&place.text(&station.text("binary")), reference)?;
        let message = "charges and gives back at once";
        agrees_or_is_told(&place.text(&station.text("relaxed")), reference, message)
    });
}
