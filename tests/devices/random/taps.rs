//! Tap changers: every course of their positions is tried.

use super::{Draw, LINE, NOMINAL, Place, WINDOW, agrees, tried};
use crate::small::least;

struct Changer {
    tap: f64,
    range: (i32, i32),
    start: i32,
    moves: Option<u32>,
    pace: Option<u32>,
    cost: f64,
    /// EUR for each per unit of deviation.
    worth: f64,
}

fn changer(draw: &mut Draw) -> Changer {
    let range = draw.one(&[(-1, 1), (0, 2), (-2, 1)]);
    Changer {
        tap: draw.one(&[0.0005, 0.001]),
        range,
        start: draw.one(&[range.0, range.1]),
        moves: draw.chance(0.5).then(|| draw.one(&[0, 1, 3])),
        pace: draw.chance(0.5).then(|| draw.one(&[1, 2])),
        cost: draw.one(&[0.0, 0.0004, 0.01]),
        worth: draw.one(&[0.0, 1.0, 10.0]),
    }
}

impl Changer {
    fn text(&self, place: &Place) -> String {
        let mut device = format!(
            "tap_changer \"T\" at line 1 {{ tap = {}; lowest = {}; highest = {}; start = {}; switch_cost = {} EUR",
            self.tap, self.range.0, self.range.1, self.start, self.cost
        );
        if let Some(moves) = self.moves {
            device += &format!("; moves = {moves}");
        }
        if let Some(pace) = self.pace {
            device += &format!("; pace = {pace}");
        }
        place
            .text(&format!("{device} }}\nparam worth : money_eur = {} EUR", self.worth))
            .replace("minimize costs + ", "minimize costs + sum(b in bus, t: worth * b.voltage_deviation[t]) + ")
    }

    fn cost(&self, place: &Place, course: &[i32]) -> Option<f64> {
        let (mut last, mut passed, mut cost) = (self.start, 0, place.paid());
        for (t, now) in course.iter().enumerate() {
            let moved = now.abs_diff(last);
            last = *now;
            passed += moved;
            let ratio = 1.0 + self.tap * f64::from(*now);
            let drop = 2.0 * (LINE.0 * place.load[t] + LINE.1 * place.reactive) * 1e3 / NOMINAL.powi(2);
            let v2 = ratio * ratio - drop;
            let fits = v2 >= WINDOW.0.powi(2) - 1e-12 && v2 <= WINDOW.1.powi(2) + 1e-12;
            if !fits || self.pace.is_some_and(|p| moved > p) {
                return None;
            }
            cost += self.worth * (v2 - 1.0).abs() / 2.0;
        }
        self.moves.is_none_or(|m| passed <= m).then_some(cost + self.cost * f64::from(passed))
    }
}

#[test]
fn taps_are_changed_as_the_best_course_is() {
    tried(25, |draw| {
        let place = Place::of(draw, 3, true);
        let changer = changer(draw);
        let positions: Vec<i32> = (changer.range.0..=changer.range.1).collect();
        let n = positions.len();
        let courses = (0..n.pow(3)).map(|k| [k % n, k / n % n, k / n / n].map(|k| positions[k]));
        let reference = least(courses.map(|course| changer.cost(&place, &course)));
        agrees(&changer.text(&place), reference)
    });
}
