//! Load that is shifted: in every hour it gives up or takes back.

use super::{Draw, Place, agrees, agrees_or_is_told, tried};
use crate::small::{SmallProgram, least};

struct Shift {
    share: f64,
    raise: f64,
    recovery: f64,
    within: Option<usize>,
    ahead: bool,
    cost: f64,
}

fn shift(draw: &mut Draw) -> Shift {
    let share = draw.one(&[0.0, 0.3, 1.0]);
    Shift {
        share,
        raise: draw.one(&[0.0, share, 2.0 * share]),
        recovery: draw.one(&[0.0, 0.8, 1.0, 1.5]),
        within: draw.chance(0.5).then(|| draw.one(&[0, 1, 2])),
        ahead: draw.chance(0.5),
        cost: draw.one(&[0.0, 10.0]),
    }
}

impl Shift {
    fn text(&self, exclusion: &str) -> String {
        let within = self.within.map_or(String::new(), |n| format!("within = {n} h; "));
        format!(
            "load_shift \"F\" at load 2 {{ share = {}; raise = {}; recovery = {}; {within}ahead_of_time = {}; cost = {} EUR/MWh; exclusion = {exclusion} }}",
            self.share,
            self.raise,
            self.recovery,
            if self.ahead { "yes" } else { "no" },
            self.cost
        )
    }

    /// The least cost where the hours that give up are given.
    fn cost(&self, place: &Place, giving: u32) -> Option<f64> {
        let mut lp = SmallProgram::default();
        lp.pay(place.paid());
        // What is owed at the end of each hour.
        let mut owed = lp.column((0.0, 0.0), 0.0);
        let mut given = Vec::new();
        let mut taken = Vec::new();
        for t in 0..place.hours() {
            let gives = giving >> t & 1 == 1;
            let draws = place.load[t].max(0.0);
            let (most, sign) = if gives { (self.share * draws, 1.0) } else { (self.raise * draws, -1.0) };
            let cost = -sign * place.price[t] / 1e3 + if gives { self.cost / 1e3 } else { 0.0 };
            let moved = lp.column((0.0, most), cost);
            lp.row(place.room(t), &[(moved, sign)]);
            if gives {
                given.push((t, moved))
            } else {
                taken.push((t, moved))
            }
            let end = t + 1 == place.hours();
            let low = if self.ahead { f64::NEG_INFINITY } else { 0.0 };
            let next = lp.column(if end { (0.0, 0.0) } else { (low, f64::INFINITY) }, 0.0);
            lp.row((0.0, 0.0), &[(next, 1.0), (owed, -1.0), (moved, if gives { -self.recovery } else { 1.0 })]);
            owed = next;
            if let Some(within) = self.within {
                let back = taken.iter().map(|(_, m)| (*m, 1.0));
                let due = given.iter().filter(|(u, _)| u + within <= t).map(|(_, m)| (*m, -self.recovery));
                lp.row((0.0, f64::INFINITY), &back.chain(due).collect::<Vec<_>>());
            }
        }
        lp.least()
    }
}

#[test]
fn load_is_shifted_as_the_best_choice_of_hours_does() {
    tried(30, |draw| {
        let place = Place::of(draw, 4, true);
        let shift = shift(draw);
        let reference = least((0..16).map(|ways| shift.cost(&place, ways)));
        agrees(&place.text(&shift.text("binary")), reference)?;
        agrees_or_is_told(&place.text(&shift.text("relaxed")), reference, "gives up and takes back at once")
    });
}
