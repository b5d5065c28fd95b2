//! An island that a unit may hold, after the source is lost: dark, at the unit's bus alone, or at both.

use super::{Draw, agrees, tried, two_buses};
use crate::small::{SmallProgram, least};

/// So short a line that what it loses is within what passes.
const LINE: (f64, f64) = (1e-6, 1e-6);

#[derive(Clone, Copy, PartialEq)]
enum Service {
    Firm,
    Partial,
    Whole,
}

struct Customer {
    bus: usize,
    p: f64,
    q: f64,
    cost: f64,
    service: Service,
}

struct Island {
    customers: Vec<Customer>,
    p_max: f64,
    q: (f64, f64),
    available: f64,
    cost: f64,
    /// A plant at bus 1: what the weather gives, and may it be curtailed?
    plant: (f64, bool),
    /// A unit at bus 1 that follows the voltage: most power, cost of running.
    follower: (f64, f64),
}

fn island(draw: &mut Draw) -> Island {
    let mut customer = |k: usize| Customer {
        bus: 1 + k % 2,
        p: draw.one(&[-20.0, 0.0, 40.0, 80.0]),
        q: draw.one(&[-10.0, 0.0, 20.0]),
        cost: draw.one(&[0.0, 50.0, 300.0]),
        service: draw.one(&[Service::Firm, Service::Partial, Service::Whole]),
    };
    let customers = (0..4).map(&mut customer).collect();
    Island {
        customers,
        p_max: draw.one(&[0.0, 40.0, 100.0]),
        q: (draw.one(&[-30.0, 0.0, 5.0]), draw.one(&[10.0, 40.0])),
        available: draw.one(&[1.0, 0.5]),
        cost: draw.one(&[-10.0, 0.0, 100.0]),
        plant: (draw.one(&[0.0, 30.0, 80.0]), draw.chance(0.5)),
        follower: (draw.one(&[0.0, 50.0]), draw.one(&[0.0, 60.0])),
    }
}

impl Island {
    fn text(&self) -> String {
        let mut out = two_buses(&[0.0], LINE)
            .replace("switchable = no", "switchable = yes")
            .replace("v_set = 1 pu;", "v_set = 1 pu; available = no;")
            .replace("lindistflow, radial", "lindistflow, radial, islands");
        for (k, c) in self.customers.iter().enumerate() {
            let service = match c.service {
                Service::Firm => "firm",
                Service::Partial => "partial",
                Service::Whole => "whole",
            };
            out += &format!(
                "load c{k} at bus {} {{ p = {} kW; q = {} kvar; service = {service}; shed_cost = {} EUR/MWh }}\n",
                c.bus, c.p, c.q, c.cost
            );
        }
        out + &format!(
            "grid_forming \"U\" at bus 2 {{ p_max = {} kW; q_min = {} kvar; q_max = {} kvar; available = {} kW; v_set = 1 pu; cost = {} EUR/MWh }}
pv \"P\" at bus 1 {{ capacity = {} kW; profile = 1 pu; curtailable = {} }}
diesel \"F\" at bus 1 {{ p_max = {} kW; p_min = {} kW; q_max = 0 kvar; cost = {} EUR/MWh; commit = yes; on_before = no; start_cost = 1 EUR }}
",
            self.p_max,
            self.q.0,
            self.q.1,
            self.p_max * self.available,
            self.cost,
            self.plant.0,
            if self.plant.1 { "yes" } else { "no" },
            self.follower.0,
            self.follower.0 / 2.0,
            self.follower.1
        )
    }

    /// The least cost where the first `live` buses counted from the unit's are alive, and the other choices are the
    /// bits of `choice`: whole loads, and the unit that follows.
    fn of(&self, live: usize, choice: u32) -> Option<f64> {
        let alive = |bus: usize| bus == 2 && live >= 1 || bus == 1 && live == 2;
        let mut lp = SmallProgram::default();
        let (mut p, mut q) = (Vec::new(), Vec::new());
        let (mut given_p, mut given_q) = (0.0, 0.0);
        for (k, c) in self.customers.iter().enumerate() {
            let chosen = choice >> k & 1 == 1;
            if chosen && !(c.service == Service::Whole && alive(c.bus)) {
                return None;
            }
            if !alive(c.bus) || c.service == Service::Whole && !chosen {
                lp.pay(c.cost * c.p.max(0.0) / 1e3);
                continue;
            }
            given_p += c.p;
            given_q += c.q;
            if c.service == Service::Partial && c.p > 0.0 {
                let cut = lp.column((0.0, c.p), c.cost / 1e3);
                p.push((cut, 1.0));
                q.push((cut, c.q / c.p));
            }
        }
        if alive(2) {
            p.push((lp.column((0.0, self.p_max * self.available), self.cost / 1e3), 1.0));
            q.push((lp.column(self.q, 0.0), 1.0));
        }
        if alive(1) {
            p.push((lp.column((if self.plant.1 { 0.0 } else { self.plant.0 }, self.plant.0), 0.0), 1.0));
        }
        if choice >> self.customers.len() & 1 == 1 {
            if !alive(1) {
                return None;
            }
            let most = self.follower.0;
            p.push((lp.column((most / 2.0, most), self.follower.1 / 1e3), 1.0));
            lp.pay(1.0);
        }
        // What is dark gives and takes nothing.
        let nothing = lp.column((0.0, 0.0), 0.0);
        p.push((nothing, 1.0));
        q.push((nothing, 1.0));
        lp.row((given_p, given_p), &p);
        lp.row((given_q, given_q), &q);
        lp.least()
    }
}

#[test]
fn an_island_serves_what_the_best_choice_does() {
    tried(40, |draw| {
        let island = island(draw);
        let choices = 1u32 << (island.customers.len() + 1);
        let reference =
            least((0..3).flat_map(|live| (0..choices).map(move |c| (live, c))).map(|(l, c)| island.of(l, c)));
        agrees(&island.text(), reference)
    });
}
