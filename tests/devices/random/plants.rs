//! Plants: what they may feed in is an interval, found by bisection on what their reactive power can mend.

use super::{Draw, LINE, Place, agrees, carried, tried};

struct Plant {
    capacity: f64,
    profile: Vec<f64>,
    curtailable: bool,
    pf_min: Option<f64>,
    s_max: Option<f64>,
    cost: f64,
}

fn plant(draw: &mut Draw, hours: usize) -> Plant {
    let capacity = draw.one(&[0.0, 60.0, 150.0]);
    Plant {
        capacity,
        profile: (0..hours).map(|_| draw.one(&[0.0, 0.3, 1.0])).collect(),
        curtailable: draw.chance(0.7),
        pf_min: draw.chance(0.5).then(|| draw.one(&[0.8, 0.95, 1.0])),
        s_max: draw.chance(0.5).then(|| draw.one(&[60.0, 100.0, 160.0])),
        cost: draw.one(&[-5.0, 0.0, 30.0]),
    }
}

impl Plant {
    fn text(&self, class: &str) -> String {
        let mut out = format!(
            "{class} \"P\" at bus 2 {{ capacity = {} kW; profile = {} pu; curtailable = {}; cost = {} EUR/MWh",
            self.capacity,
            super::list(self.profile.iter().copied()),
            if self.curtailable { "yes" } else { "no" },
            self.cost
        );
        if let Some(pf) = self.pf_min {
            out += &format!("; pf_min = {pf}");
        }
        if let Some(s) = self.s_max {
            out += &format!("; s_max = {s} kVA");
        }
        out + " }"
    }

    /// By how much it misses what the voltage allows at a power, above and below, kW; none where the converter is too
    /// small for it.
    fn missed(&self, place: &Place, t: usize, p: f64) -> Option<(f64, f64)> {
        let by_factor = self.pf_min.map(|pf| (pf.acos().tan() * p).max(0.0));
        let by_size = match self.s_max {
            Some(s) if s < p - 1e-9 => return None,
            Some(s) => Some((s * s - p * p).max(0.0).sqrt()),
            None => None,
        };
        let q = match (by_factor, by_size) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b).unwrap_or(0.0),
        };
        let (low, high) = carried(place.reactive);
        let (flow, mends) = (place.load[t] - p, LINE.1 / LINE.0 * q);
        Some((flow - mends - high, low - flow - mends))
    }

    fn hour(&self, place: &Place, t: usize) -> Option<f64> {
        let most = self.capacity * self.profile[t];
        let fits = |p: f64| self.missed(place, t, p).is_some_and(|(a, b)| a <= 1e-9 && b <= 1e-9);
        let cost = |p: f64| (place.price[t] * (place.load[t] - p) + self.cost * p) / 1e3;
        if !self.curtailable {
            return fits(most).then(|| cost(most));
        }
        // The powers that fit are an interval: some point of it, then both ends.
        let steps = 3000;
        let at = |k: i32| most * f64::from(k) / f64::from(steps);
        let inner = (0..=steps).map(at).filter(|p| fits(*p)).collect::<Vec<f64>>();
        let (first, last) = (*inner.first()?, *inner.last()?);
        let end = |inside: f64, outside: f64| {
            let (mut a, mut b) = (inside, outside.clamp(0.0, most));
            for _ in 0..60 {
                let middle = (a + b) / 2.0;
                if fits(middle) { a = middle } else { b = middle }
            }
            if fits(b) { b } else { a }
        };
        let width = most / f64::from(steps);
        Some(cost(end(first, first - width)).min(cost(end(last, last + width))))
    }
}

#[test]
fn plants_feed_in_what_pays_and_fits() {
    tried(40, |draw| {
        let place = Place::of(draw, 2, true);
        let plant = plant(draw, 2);
        let reference = (0..2).map(|t| plant.hour(&place, t)).sum::<Option<f64>>();
        agrees(&place.text(&plant.text(draw.one(&["pv", "wind"]))), reference)
    });
}
