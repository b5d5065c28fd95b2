//! Loads that may be left unserved: every choice of those that are served whole is tried.

use super::{Draw, LINE, Place, agrees, carried, tried};
use crate::small::{SmallProgram, least};

struct Customer {
    p: f64,
    q: f64,
    cost: f64,
}

fn customer(draw: &mut Draw) -> Customer {
    Customer {
        p: draw.one(&[-50.0, 0.0, 30.0, 80.0]),
        q: draw.one(&[-10.0, 0.0, 15.0]),
        cost: draw.one(&[0.0, 40.0, 200.0]),
    }
}

fn text(of: &[Customer; 4], price: f64) -> String {
    let place = Place { price: vec![price], load: vec![0.0], reactive: 0.0 };
    let one = |(k, c): (usize, &Customer)| {
        let service = if k < 2 { "whole" } else { "partial" };
        format!(
            "load c{k} at bus 2 {{ p = {} kW; q = {} kvar; service = {service}; shed_cost = {} EUR/MWh }}\n",
            c.p, c.q, c.cost
        )
    };
    place.text(&of.iter().enumerate().map(one).collect::<String>())
}

fn cost(of: &[Customer; 4], price: f64, served: u32) -> Option<f64> {
    let mut lp = SmallProgram::default();
    let weight = LINE.1 / LINE.0;
    let (mut low, mut high) = carried(0.0);
    let mut terms = Vec::new();
    for (k, c) in of.iter().enumerate() {
        let on = k >= 2 || served >> k & 1 == 1;
        if on {
            lp.pay(price * c.p / 1e3);
            low -= c.p + weight * c.q;
            high -= c.p + weight * c.q;
        } else {
            lp.pay(c.cost * c.p.max(0.0) / 1e3);
        }
        if k >= 2 && c.p > 0.0 {
            let cut = lp.column((0.0, c.p), (c.cost - price) / 1e3);
            terms.push((cut, -1.0 - weight * c.q / c.p));
        }
    }
    if terms.is_empty() {
        let nothing = lp.column((0.0, 0.0), 0.0);
        terms.push((nothing, 1.0));
    }
    lp.row((low, high), &terms);
    lp.least()
}

#[test]
fn loads_are_served_as_the_best_choice_is() {
    tried(40, |draw| {
        let of = [(); 4].map(|()| customer(draw));
        let price = draw.one(&[-60.0, 0.0, 50.0]);
        let reference = least((0..4).map(|served| cost(&of, price, served)));
        agrees(&text(&of, price), reference)
    });
}
