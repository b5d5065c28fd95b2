//! Switches: one of two lines carries the load, and every course is tried.

use super::{Draw, NOMINAL, agrees, list, tried};
use crate::small::least;

struct Lines {
    r: [f64; 2],
    load: Vec<f64>,
    moves: Option<usize>,
    daily: Option<usize>,
    hold: Option<usize>,
    cost: f64,
    worth: f64,
}

fn lines(draw: &mut Draw, hours: usize) -> Lines {
    let r = draw.one(&[0.001, 0.003]);
    Lines {
        r: [r, draw.one(&[r, 0.002])],
        load: (0..hours).map(|_| draw.one(&[0.0, 20.0, 60.0])).collect(),
        moves: draw.chance(0.5).then(|| draw.one(&[0, 1, 2])),
        daily: draw.chance(0.3).then(|| draw.one(&[1, 2])),
        hold: draw.chance(0.5).then(|| draw.one(&[1, 2, 3])),
        cost: draw.one(&[0.0, 0.001]),
        worth: draw.one(&[10.0, 1000.0]),
    }
}

impl Lines {
    fn text(&self) -> String {
        let mut limits = format!("; switch_cost = {} EUR", self.cost);
        for (name, value, unit) in
            [("moves", self.moves, ""), ("daily_moves", self.daily, ""), ("hold", self.hold, " h")]
        {
            if let Some(value) = value {
                limits += &format!("; {name} = {value}{unit}");
            }
        }
        format!(
            "use std.grid
horizon {} h step 1 h
bus 1 {{ nominal = 0.4 kV }}
bus 2 {{ nominal = 0.4 kV }}
line A from bus 1 to bus 2 {{ r = {} ohm; x = 0.001 ohm{limits} }}
line B from bus 1 to bus 2 {{ r = {} ohm; x = 0.001 ohm; normally_open = yes{limits} }}
source \"S\" at bus 1 {{ v_set = 1 pu }}
load 2 at bus 2 {{ p = 100 kW; q = 0 kvar; profile = {} pu }}
bus.v_min = 0.99 pu; bus.v_max = 1.01 pu
with lindistflow, radial
param worth : money_eur / energy = {} EUR/MWh
minimize costs + integral(t: worth * losses[t])
",
            self.load.len(),
            self.r[0],
            self.r[1],
            list(self.load.iter().map(|p| p / 100.0)),
            self.worth
        )
    }

    fn cost(&self, course: u32) -> Option<f64> {
        let (mut last, mut moved, mut cost) = (0usize, Vec::new(), 0.0);
        for (t, p) in self.load.iter().enumerate() {
            let now = (course >> t & 1) as usize;
            moved.push(usize::from(now != last));
            last = now;
            cost += self.worth * self.r[now] * p * p / NOMINAL.powi(2);
        }
        let all: usize = moved.iter().sum();
        let crowded =
            |hold: usize| (0..moved.len()).any(|t| moved[(t + 1).saturating_sub(hold)..=t].iter().sum::<usize>() > 1);
        let fits = self.moves.is_none_or(|m| all <= m)
            && self.daily.is_none_or(|m| all <= m)
            && !self.hold.is_some_and(crowded);
        // Both switches move.
        fits.then_some(cost + 2.0 * self.cost * all as f64)
    }
}

#[test]
fn lines_are_switched_as_the_best_course_is() {
    tried(20, |draw| {
        let lines = lines(draw, 4);
        agrees(&lines.text(), least((0..16).map(|course| lines.cost(course))))
    });
}
