//! Banks and reactors: every course of their steps is tried.

use super::{Draw, WINDOW, agrees, list, tried, two_buses};
use crate::small::least;

/// Resistance and reactance of the line, ohm: reactive power matters.
const LINE: (f64, f64) = (0.001, 0.0032);

struct Bank {
    size: f64,
    steps: usize,
    start: usize,
    moves: Option<usize>,
    daily: Option<usize>,
    hold: Option<usize>,
    cost: f64,
    sign: f64,
    /// kvar and kW by hour.
    load: Vec<(f64, f64)>,
    /// EUR/MWh of losses.
    worth: f64,
}

fn bank(draw: &mut Draw, hours: usize) -> Bank {
    let steps = draw.one(&[1, 2, 3]);
    let sign = draw.one(&[1.0, -1.0]);
    let load = (0..hours).map(|_| (sign * draw.one(&[-30.0, 0.0, 50.0, 120.0]), draw.one(&[0.0, 40.0]))).collect();
    Bank {
        size: draw.one(&[30.0, 90.0]),
        steps,
        start: draw.one(&[0, steps]),
        moves: draw.chance(0.4).then(|| draw.one(&[0, 1, 2])),
        daily: draw.chance(0.3).then(|| draw.one(&[1, 2])),
        hold: draw.chance(0.4).then(|| draw.one(&[1, 2, 3])),
        cost: draw.one(&[0.0, 0.001, 0.05]),
        sign,
        load,
        worth: draw.one(&[0.0, 1000.0]),
    }
}

impl Bank {
    fn text(&self) -> String {
        let price = vec![0.0; self.load.len()];
        let mut out = two_buses(&price, LINE)
            .replace("minimize costs + ", "minimize costs + integral(t: worth * line_losses[t]) + ");
        out += &format!("param worth : money_eur / energy = {} EUR/MWh\n", self.worth);
        let size = |list: &dyn Fn(&(f64, f64)) -> f64| self.load.iter().map(list).collect::<Vec<f64>>();
        let (q, p) = (size(&|l| l.0), size(&|l| l.1));
        for (name, of, unit) in [("q", q, ("0 kW", "kvar")), ("p", p, ("0 kvar", "kW"))] {
            // A load has one sign; two share what changes its own.
            for (side, sign) in [("a", 1.0), ("b", -1.0)] {
                let profile = list(of.iter().map(|x| (sign * x).max(0.0) / 100.0));
                let sized = format!("{} {}", 100.0 * sign, unit.1);
                let (p, q) = if name == "q" { (unit.0.to_owned(), sized) } else { (sized, unit.0.to_owned()) };
                out += &format!("load {name}{side} at bus 2 {{ p = {p}; q = {q}; profile = {profile} pu }}\n");
            }
        }
        let class = if self.sign > 0.0 { "capacitor" } else { "reactor" };
        out += &format!(
            "{class} \"C\" at bus 2 {{ q = {} kvar; steps = {}; start = {}; switch_cost = {} EUR",
            self.size, self.steps, self.start, self.cost
        );
        for (name, value, unit) in
            [("moves", self.moves, ""), ("daily_moves", self.daily, ""), ("hold", self.hold, " h")]
        {
            if let Some(value) = value {
                out += &format!("; {name} = {value}{unit}");
            }
        }
        out + " }\n"
    }

    /// What a course of steps costs, EUR.
    fn cost(&self, course: &[usize]) -> Option<f64> {
        let mut last = self.start;
        let mut moved = Vec::new();
        let mut cost = 0.0;
        for (t, now) in course.iter().enumerate() {
            moved.push(now.abs_diff(last));
            last = *now;
            let q = self.load[t].0 - self.sign * self.size * *now as f64 / self.steps as f64;
            let p = self.load[t].1;
            let v2 = 1.0 - 2.0 * (LINE.0 * p + LINE.1 * q) * 1e3 / super::NOMINAL.powi(2);
            if v2 < WINDOW.0.powi(2) - 1e-12 || v2 > WINDOW.1.powi(2) + 1e-12 {
                return None;
            }
            cost += self.worth * LINE.0 * (p * p + q * q) / super::NOMINAL.powi(2);
        }
        let all: usize = moved.iter().sum();
        let crowded =
            |hold: usize| (0..moved.len()).any(|t| moved[(t + 1).saturating_sub(hold)..=t].iter().sum::<usize>() > 1);
        let fits = self.moves.is_none_or(|m| all <= m)
            && self.daily.is_none_or(|m| all <= m)
            && !self.hold.is_some_and(crowded);
        fits.then_some(cost + self.cost * all as f64)
    }
}

#[test]
fn banks_are_switched_as_the_best_course_is() {
    tried(30, |draw| {
        let bank = bank(draw, 3);
        let base = bank.steps + 1;
        let courses = (0..base.pow(3)).map(|k| [k % base, k / base % base, k / base / base]);
        let reference = least(courses.map(|course| bank.cost(&course)));
        agrees(&bank.text(), reference)
    });
}
