//! Units that are started and stopped: every schedule is tried, its runs and pauses are measured, and the power in
//! it is a linear program.

use super::{Draw, Place, agrees, tried};
use crate::small::{SmallProgram, least};

struct Unit {
    p_max: f64,
    p_min: f64,
    available: Vec<f64>,
    ramp: Option<f64>,
    before: Option<f64>,
    on_before: bool,
    lasted: Option<usize>,
    min_up: Option<usize>,
    min_down: Option<usize>,
    cost: f64,
    idle: f64,
    start: f64,
}

fn unit(draw: &mut Draw, hours: usize) -> Unit {
    let p_max = draw.one(&[0.0, 60.0, 100.0, 100.0, 120.0]);
    let p_min = p_max * draw.one(&[0.0, 0.25, 0.25, 0.5, 1.0]);
    let on_before = draw.chance(0.5);
    let before =
        draw.chance(0.6).then(|| if on_before { p_min + (p_max - p_min) * draw.one(&[0.0, 0.5, 1.0]) } else { 0.0 });
    let mut times = |chance| draw.chance(chance).then(|| draw.one(&[1usize, 2, 3]));
    let (min_up, min_down, lasted) = (times(0.4), times(0.2), times(0.5));
    let lasted = lasted.filter(|_| if on_before { min_up.is_some() } else { min_down.is_some() }).map(|n| n - 1);
    Unit {
        p_max,
        p_min,
        available: (0..hours).map(|_| p_max * draw.one(&[1.0, 1.0, 1.0, 0.6])).collect(),
        ramp: draw.chance(0.8).then(|| draw.one(&[10.0, 20.0, 40.0])),
        before,
        on_before,
        lasted,
        min_up,
        min_down,
        cost: draw.one(&[-20.0, 0.0, 0.0, 20.0]),
        idle: draw.one(&[0.0, 0.0, 1.0]),
        start: draw.one(&[0.0, 0.0, 0.2, 2.0]),
    }
}

impl Unit {
    fn text(&self, class: &str) -> String {
        let mut out = format!(
            "{class} \"D\" at bus 2 {{ p_max = {} kW; p_min = {} kW; q_max = 0 kvar; cost = {} EUR/MWh; idle_cost = {} EUR/h; start_cost = {} EUR; commit = yes; on_before = {}; available = {} kW",
            self.p_max,
            self.p_min,
            self.cost,
            self.idle,
            self.start,
            if self.on_before { "yes" } else { "no" },
            super::list(self.available.iter().copied())
        );
        let mut add = |name: &str, value: Option<f64>, unit: &str| {
            if let Some(value) = value {
                out += &format!("; {name} = {value} {unit}");
            }
        };
        add("ramp", self.ramp, "kW/h");
        add("p_before", self.before, "kW");
        add("min_up", self.min_up.map(|n| n as f64), "h");
        add("min_down", self.min_down.map(|n| n as f64), "h");
        add(if self.on_before { "on_for" } else { "off_for" }, self.lasted.map(|n| n as f64), "h");
        out + " }"
    }

    /// May it run so? Every run and pause that ends within the horizon lasts long enough.
    fn may(&self, on: &[bool]) -> bool {
        let mut state = self.on_before;
        let mut lasted = self.lasted.unwrap_or(usize::MAX / 2);
        for now in on {
            if *now != state {
                let least = if state { self.min_up } else { self.min_down };
                if least.is_some_and(|least| lasted < least) {
                    return false;
                }
                (state, lasted) = (*now, 0);
            }
            lasted += 1;
        }
        true
    }

    /// The least cost of one schedule.
    fn cost(&self, place: &Place, on: &[bool]) -> Option<f64> {
        if !self.may(on) {
            return None;
        }
        let mut lp = SmallProgram::default();
        lp.pay(place.paid());
        let known = self.before.or((!self.on_before).then_some(0.0));
        let mut last = known.map(|p| lp.column((p, p), 0.0));
        let mut ran = self.on_before;
        for (t, now) in on.iter().enumerate() {
            let room = place.room(t);
            let range = if *now { (self.p_min, self.p_max.min(self.available[t])) } else { (0.0, 0.0) };
            let (low, high) = (range.0.max(room.0), range.1.min(room.1));
            if low > high {
                return None;
            }
            let p = lp.column((low, high), (self.cost - place.price[t]) / 1e3);
            if let (Some(last), Some(ramp)) = (last, self.ramp) {
                let up = ramp + if *now && !ran { self.p_min } else { 0.0 };
                let down = ramp + if !*now && ran { self.p_min } else { 0.0 };
                lp.row((-down, up), &[(p, 1.0), (last, -1.0)]);
            }
            lp.pay(if *now { self.idle } else { 0.0 } + if *now && !ran { self.start } else { 0.0 });
            (last, ran) = (Some(p), *now);
        }
        lp.least()
    }
}

#[test]
fn units_run_as_the_best_schedule_does() {
    tried(80, |draw| {
        let mut place = Place::of(draw, 4, true);
        if draw.chance(0.7) {
            // Ramps bind where the market is dear.
            place.price.iter_mut().for_each(|c| *c = draw.one(&[90.0, 90.0, 50.0, -20.0]));
        }
        let unit = unit(draw, 4);
        let schedules = (0..16u32).map(|k| (0..4).map(|t| k >> t & 1 == 1).collect::<Vec<bool>>());
        let reference = least(schedules.map(|on| unit.cost(&place, &on)));
        agrees(&place.text(&unit.text(draw.one(&["diesel", "gas"]))), reference)
    });
}
