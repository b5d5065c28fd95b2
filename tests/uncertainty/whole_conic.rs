//! Whole numbers decided later beside quadratic costs, against the best reaction in closed form on a fine
//! grid of the set.

use crate::support::random::Random;
use crate::{options, program_of, robust};
use std::fmt::Write;
use tieline::solution::Termination;

/// Two goods, bought ahead in whole lots. Later two switches shift both at a price, more of each is had at
/// a price, and what is then still off costs with its square.
struct Squares {
    base: [f64; 2],
    swing: [f64; 2],
    lot: [f64; 2],
    lot_cost: [f64; 2],
    shift: [[f64; 2]; 2],
    switch_cost: [f64; 2],
    price: [f64; 2],
    weight: [f64; 2],
}

/// The most that is had later.
const MOST: f64 = 4.0;
/// Steps of the grid.
const STEPS: usize = 20_000;

impl Squares {
    fn random(seed: u64) -> Self {
        let mut r = Random(seed);
        let mut pair = |low: f64, high: f64| [(); 2].map(|()| ((low + (high - low) * r.unit()) * 10.0).round() / 10.0);
        Squares {
            base: pair(0.0, 12.0),
            swing: pair(-6.0, 6.0),
            lot: pair(4.0, 9.0),
            lot_cost: pair(5.0, 30.0),
            shift: [pair(-14.0, 14.0), pair(-14.0, 14.0)],
            switch_cost: pair(0.0, 9.0),
            price: pair(0.5, 4.0),
            weight: pair(0.2, 1.5),
        }
    }

    fn study(&self) -> String {
        let mut out = String::from("uncertain z in -1..1\n");
        let mut cost = Vec::new();
        for j in 0..2 {
            let _ = writeln!(out, "var lots_{j} : integer in 0..2, ahead\nvar on_{j} : binary, recourse");
            let _ = writeln!(
                out,
                "var more_{j} : number in 0..{MOST}, recourse\nvar off_{j} : number in -60..60, recourse"
            );
            cost.push(format!(
                "{} * lots_{j} + {} * on_{j} + {} * more_{j} + {} * off_{j}^2",
                self.lot_cost[j], self.switch_cost[j], self.price[j], self.weight[j]
            ));
        }
        for j in 0..2 {
            let _ = writeln!(
                out,
                "rule balance_{j} : off_{j} = {} + ({}) * z - {} * lots_{j} - ({}) * on_0 - ({}) * on_1 - more_{j}",
                self.base[j], self.swing[j], self.lot[j], self.shift[0][j], self.shift[1][j]
            );
        }
        let _ = writeln!(out, "minimize {}\nstudy worst = robust ccg(gap = 0.01 %)", cost.join(" + "));
        out
    }

    /// The cost of the best reaction.
    fn reaction(&self, lots: [usize; 2], z: f64) -> f64 {
        let way = |way: usize| -> f64 {
            let on = [(way & 1) as f64, (way >> 1) as f64];
            let good = |j: usize| {
                let need = self.base[j] + self.swing[j] * z - self.lot[j] * lots[j] as f64;
                let need = need - self.shift[0][j] * on[0] - self.shift[1][j] * on[1];
                let more = (need - self.price[j] / (2.0 * self.weight[j])).clamp(0.0, MOST);
                self.price[j] * more + self.weight[j] * (need - more).powi(2)
            };
            good(0) + good(1) + self.switch_cost[0] * on[0] + self.switch_cost[1] * on[1]
        };
        (0..4).map(way).fold(f64::INFINITY, f64::min)
    }

    /// The worst case of a plan and where it is.
    fn worst_of(&self, lots: [usize; 2]) -> (f64, f64) {
        let ahead: f64 = (0..2).map(|j| self.lot_cost[j] * lots[j] as f64).sum();
        let at = |k: usize| 2.0 * k as f64 / STEPS as f64 - 1.0;
        let costs = (0..=STEPS).map(|k| (ahead + self.reaction(lots, at(k)), at(k)));
        costs.fold((f64::NEG_INFINITY, 0.0), |most, next| if next.0 > most.0 { next } else { most })
    }
}

#[test]
fn the_best_worst_case_equals_that_of_the_grid() {
    let mut inside = 0;
    for seed in 0..20 {
        let instance = Squares::random(seed);
        let result = robust(&program_of(&instance.study()), &options(1e-4, 2));
        assert_eq!(result.termination, Termination::Optimal, "seed {seed}: {:?}", result.iterations);
        let plans = (0..9).map(|n| instance.worst_of([n % 3, n / 3]));
        let (exact, z) = plans.fold((f64::INFINITY, 0.0), |least, next| if next.0 < least.0 { next } else { least });
        let (cost, slack) = (result.cost.expect("a cost"), 1e-3 + 1e-3 * exact.abs());
        assert!((cost - exact).abs() <= slack, "seed {seed}: {cost} against {exact}, {:?}", result.iterations);
        assert!(result.bound <= exact + slack, "seed {seed}: bound {} above {exact}", result.bound);
        inside += usize::from(z.abs() < 0.999);
    }
    // Corners alone would not do.
    assert!(inside >= 2, "{inside} worst cases away from corners");
}
