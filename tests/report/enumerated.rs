//! Small networks with feed-in and alternative lines against every state there is, by power flow.

use crate::random::Random;
use crate::studies::{options, program};
use tieline::network::powerflow::{Branch, Grid, OperatingPoint, Snapshot, Source};
use tieline::solution::Engine;
use tieline::study::{Status, solve};

fn within(random: &mut Random, low: f64, high: f64) -> f64 {
    low + (high - low) * random.unit()
}

/// Two or three buses behind each other, with one or two alternatives for each line.
struct Case {
    lines: Vec<(usize, usize, f64, f64)>,
    loads: Vec<(f64, f64)>,
    set: f64,
    most: f64,
}

impl Case {
    fn new(random: &mut Random) -> Case {
        let buses = 2 + random.below(2);
        let mut lines = Vec::new();
        for to in 1..buses {
            for _ in 0..1 + random.below(2) {
                let from = random.below(to);
                lines.push((from, to, within(random, 0.5, 3.0), within(random, 0.5, 3.0)));
            }
        }
        let load = |random: &mut Random| {
            let feeds = random.below(3) > 0;
            let p = if feeds { within(random, -2500.0, -800.0) } else { within(random, 100.0, 900.0) };
            (p, within(random, -300.0, 300.0))
        };
        let loads = (1..buses).map(|_| load(random)).collect();
        Case { lines, loads, set: within(random, 1.0, 1.03), most: within(random, 1.03, 1.07) }
    }

    fn text(&self) -> String {
        let mut text = String::from("use std.grid\nbus 0 { nominal = 11 kV }\n");
        for (k, (p, q)) in (1..).zip(&self.loads) {
            text += &format!("bus {k} {{ nominal = 11 kV }}\nload {k} at bus {k} {{ p = {p} kW; q = {q} kvar }}\n");
        }
        for (k, (from, to, r, x)) in (1..).zip(&self.lines) {
            text += &format!("line {k} from bus {from} to bus {to} {{ r = {r} ohm; x = {x} ohm }}\n");
        }
        text += &format!(
            "source \"s\" at bus 0 {{ v_set = {} pu }}\nbus.v_min = 0.95 pu\nbus.v_max = {} pu\n",
            self.set, self.most
        );
        text + "with conic, radial\nsnapshot\nminimize losses\n"
    }

    /// Least losses of a radial state that keeps the limits, W, and how near a limit any state comes, pu.
    fn best(&self) -> (Option<f64>, f64) {
        let buses = self.loads.len() + 1;
        let branches = self.lines.iter().map(|&(from, to, r, x)| Branch { from, to, r, x }).collect();
        let grid = Grid::new(vec![11e3; buses], branches, vec![Source { bus: 0, v_set: self.set }]).expect("a grid");
        let p: Vec<f64> = std::iter::once(0.0).chain(self.loads.iter().map(|l| -1e3 * l.0)).collect();
        let q: Vec<f64> = std::iter::once(0.0).chain(self.loads.iter().map(|l| -1e3 * l.1)).collect();
        let (mut best, mut near): (Option<f64>, f64) = (None, f64::INFINITY);
        for choice in 0_u32..1 << self.lines.len() {
            let closed: Vec<bool> = (0..self.lines.len()).map(|k| choice >> k & 1 == 1).collect();
            if closed.iter().filter(|c| **c).count() + 1 != buses {
                continue;
            }
            let Ok(state) = OperatingPoint::of(&grid, &Snapshot { closed: &closed, p: &p, q: &q }) else { continue };
            if state.voltage_pu.iter().any(Option::is_none) {
                continue;
            }
            let voltages = || state.voltage_pu.iter().flatten();
            for v in voltages() {
                near = near.min((v - self.most).abs()).min((v - 0.95).abs());
            }
            if voltages().all(|v| *v >= 0.95 && *v <= self.most) {
                best = Some(best.map_or(state.losses, |b: f64| b.min(state.losses)));
            }
        }
        (best, near)
    }
}

#[test]
fn feed_in_is_infeasible_exactly_where_every_state_breaks_a_limit() {
    let mut random = Random(7);
    let (mut none, mut some) = (0, 0);
    for number in 0..150 {
        let case = Case::new(&mut random);
        let (best, near) = case.best();
        // What is a hair's breadth from a limit may count as either.
        if near < 5e-5 {
            continue;
        }
        let result = solve(&program(&case.text()), &options(Engine::Auto, 1e-4));
        match best {
            None => {
                none += 1;
                assert_eq!(result.status, Status::Infeasible, "{number}: {:?}\n{}", result.diagnostics, case.text());
                assert!(result.objective.is_none() && result.values.is_none(), "{number}");
            }
            Some(best) => {
                some += 1;
                assert_eq!(result.status, Status::Optimal, "{number}: {:?}\n{}", result.diagnostics, case.text());
                let value = result.objective.expect("a value");
                assert!(
                    (value - best).abs() <= 2e-4 * best + 1.0,
                    "{number}: {value} W, least {best} W\n{}",
                    case.text()
                );
            }
        }
    }
    assert!(none > 20 && some > 20, "{none} without a state, {some} with one");
}
