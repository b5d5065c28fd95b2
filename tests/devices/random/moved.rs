//! Load that moves between buses, written as S0 prints it: as the load that results.

use super::{Draw, Place, agrees, carried, tried};
use crate::small::SmallProgram;

struct Loads {
    /// At bus 1, at bus 2, and at bus 2 with a part that may be left unserved; active and reactive.
    at: [(f64, f64); 3],
    share: f64,
    price: f64,
    shed: f64,
}

fn loads(draw: &mut Draw) -> Loads {
    let at = [0, 1, 2].map(|_| (draw.one(&[-40.0, 0.0, 20.0, 60.0, 120.0]), draw.one(&[-10.0, 0.0, 20.0])));
    Loads { at, share: draw.one(&[0.0, 0.2, 1.0]), price: draw.one(&[-50.0, 0.0, 40.0]), shed: draw.one(&[0.0, 100.0]) }
}

impl Loads {
    fn text(&self) -> String {
        let place = Place { price: vec![self.price], load: vec![0.0], reactive: 0.0 };
        let [(p1, q1), (p2, q2), (p3, q3)] = self.at;
        place.text(&format!(
            "load a at bus 1 {{ p = {p1} kW; q = {q1} kvar }}
load b at bus 2 {{ p = {p2} kW; q = {q2} kvar }}
load c at bus 2 {{ p = {p3} kW; q = {q3} kvar; service = partial; shed_cost = {} EUR/MWh }}
demand_response \"D\" over load {{ share = {} }}",
            self.shed, self.share
        ))
    }

    fn cost(&self) -> Option<f64> {
        let mut lp = SmallProgram::default();
        let mut active = Vec::new();
        let mut reactive = Vec::new();
        for (p, q) in self.at {
            let most = self.share * p.max(0.0);
            active.push(lp.column((p - most, p + most), self.price / 1e3));
            let most = self.share * q.abs();
            reactive.push(lp.column((q - most, q + most), 0.0));
        }
        let cut = lp.column((0.0, self.at[2].0.max(0.0)), (self.shed - self.price) / 1e3);
        let (p, q) = ([0, 1].map(|k| self.at.iter().map(|of| if k == 0 { of.0 } else { of.1 }).sum::<f64>())).into();
        lp.row((p, p), &[(active[0], 1.0), (active[1], 1.0), (active[2], 1.0)]);
        lp.row((q, q), &[(reactive[0], 1.0), (reactive[1], 1.0), (reactive[2], 1.0)]);
        // Of the load that may be left unserved no more than it draws, with the reactive power that it has as given.
        lp.row((0.0, f64::INFINITY), &[(active[2], 1.0), (cut, -1.0)]);
        let factor = if self.at[2].0 > 0.0 { self.at[2].1 / self.at[2].0 } else { 0.0 };
        let weight = super::LINE.1 / super::LINE.0;
        lp.row(
            carried(0.0),
            &[
                (active[1], 1.0),
                (active[2], 1.0),
                (cut, -1.0 - weight * factor),
                (reactive[1], weight),
                (reactive[2], weight),
            ],
        );
        lp.least()
    }
}

#[test]
fn load_moves_between_buses_as_in_the_form_of_s0() {
    tried(40, |draw| {
        let loads = loads(draw);
        agrees(&loads.text(), loads.cost())
    });
}
