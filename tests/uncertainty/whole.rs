//! Whole numbers decided later, against an independent exact method: for every plan, the worst case as one
//! mixed-integer linear program over the set, with the choice among the ways to react written out.

use crate::support::random::Random;
use crate::{analysis_of, options, program_of, robust};
use std::fmt::Write;
use tieline::lowered::{LowerOptions, lower};
use tieline::solution::{Engine, Termination, solve as run};
use tieline::study::{Status, StudyOptions};
use tieline::uncertainty::{Oracle, Set, SolveOptions, solve};

/// Two goods, bought ahead in whole lots; two switches later shift both at a price, and what is missing or
/// left over of each costs.
struct Switches {
    base: [f64; 2],
    swing: [Vec<f64>; 2],
    lot: [f64; 2],
    lot_cost: [f64; 2],
    shift: [[f64; 2]; 2],
    switch_cost: [f64; 2],
    missing: [f64; 2],
    left: [f64; 2],
    budget: f64,
}

impl Switches {
    fn random(seed: u64, factors: usize) -> Self {
        let mut r = Random(seed);
        let mut draw = |low: f64, high: f64| ((low + (high - low) * r.unit()) * 10.0).round() / 10.0;
        let pair = |draw: &mut dyn FnMut(f64, f64) -> f64, low: f64, high: f64| [draw(low, high), draw(low, high)];
        Switches {
            base: pair(&mut draw, 5.0, 20.0),
            swing: [(0..factors).map(|_| draw(-8.0, 8.0)).collect(), (0..factors).map(|_| draw(-8.0, 8.0)).collect()],
            lot: pair(&mut draw, 4.0, 9.0),
            lot_cost: pair(&mut draw, 1.0, 9.0),
            shift: [pair(&mut draw, -6.0, 8.0), pair(&mut draw, -6.0, 8.0)],
            switch_cost: pair(&mut draw, 0.0, 4.0),
            missing: pair(&mut draw, 1.0, 4.0),
            left: pair(&mut draw, 0.5, 3.0),
            budget: draw(0.4, factors as f64),
        }
    }

    fn factors(&self) -> usize {
        self.swing[0].len()
    }

    /// What is missing (or, below 0, left over) of a good.
    fn balance(&self, j: usize, lots: &str, switches: [&str; 2]) -> String {
        let swing: Vec<String> = self.swing[j].iter().enumerate().map(|(k, s)| format!(" + ({s}) * z_{k}")).collect();
        format!(
            "{}{} - {} * {lots} - ({}) * {} - ({}) * {}",
            self.base[j],
            swing.concat(),
            self.lot[j],
            self.shift[0][j],
            switches[0],
            self.shift[1][j],
            switches[1]
        )
    }

    fn count(&self) -> String {
        (0..self.factors()).map(|k| format!("abs(z_{k})")).collect::<Vec<_>>().join(" + ")
    }

    fn study(&self) -> String {
        let mut out = String::new();
        let names: Vec<String> = (0..self.factors()).map(|k| format!("z_{k}")).collect();
        let _ = writeln!(
            out,
            "uncertain {} in -1..1\nbudget count : {} <= {}",
            names.join(", "),
            self.count(),
            self.budget
        );
        let mut cost = Vec::new();
        for j in 0..2 {
            let _ = writeln!(out, "var lots_{j} : integer in 0..2, ahead\nvar on_{j} : binary, recourse");
            let _ =
                writeln!(out, "var short_{j} : number in 0..200, recourse\nvar over_{j} : number in 0..200, recourse");
            cost.push(format!(
                "{} * lots_{j} + {} * on_{j} + {} * short_{j} + {} * over_{j}",
                self.lot_cost[j], self.switch_cost[j], self.missing[j], self.left[j]
            ));
        }
        for j in 0..2 {
            let balance = self.balance(j, &format!("lots_{j}"), ["on_0", "on_1"]);
            let _ = writeln!(out, "rule balance_{j} : short_{j} - over_{j} = {balance}");
        }
        let _ = writeln!(out, "minimize {}\nstudy worst = robust ccg(gap = 0.001 %)", cost.join(" + "));
        out
    }

    /// The worst case of a plan: the greatest θ below the cost of every way to set the switches; each such
    /// cost is a sum of the greater of two lines, one of which is chosen.
    fn worst_of(&self, lots: [usize; 2]) -> f64 {
        let mut out = String::from("var theta : number in -1000..1000\n");
        for k in 0..self.factors() {
            let _ = writeln!(out, "var z_{k} : number in -1..1");
        }
        let _ = writeln!(out, "rule count : {} <= {}", self.count(), self.budget);
        for way in 0..4 {
            let switches = [way & 1, way >> 1];
            let mut parts = Vec::new();
            for j in 0..2 {
                let (name, on) = (format!("{way}_{j}"), [switches[0].to_string(), switches[1].to_string()]);
                let balance = self.balance(j, &lots[j].to_string(), [&on[0], &on[1]]);
                let _ = writeln!(out, "var cost_{name} : number in -700..700\nvar missing_{name} : binary");
                let _ = writeln!(
                    out,
                    "rule first_{name} : cost_{name} <= {} * ({balance}) + 700 * (1 - missing_{name})",
                    self.missing[j]
                );
                let _ = writeln!(
                    out,
                    "rule second_{name} : cost_{name} <= -{} * ({balance}) + 700 * missing_{name}",
                    self.left[j]
                );
                parts.push(format!("cost_{name} + {}", self.switch_cost[j] * switches[j] as f64));
            }
            let _ = writeln!(out, "rule way_{way} : theta <= {}", parts.join(" + "));
        }
        out.push_str("maximize theta\n");
        let problem = lower(&program_of(&out), &LowerOptions::default()).problem;
        let outcome = run(&problem, Engine::Highs, &options(1e-6, 1), None);
        let (value, bound) = (outcome.objective.expect("a value"), outcome.bound);
        assert!((value - bound).abs() <= 2e-5 * value.abs(), "{value} against {bound}");
        let worst = value * problem.objective_scale;
        let ahead: f64 = (0..2).map(|j| self.lot_cost[j] * lots[j] as f64).sum();
        ahead + worst
    }
}

#[test]
fn the_best_worst_case_equals_that_of_an_independent_method() {
    let mut inside = 0;
    for seed in 0..20 {
        let instance = Switches::random(seed, 1 + (seed % 3) as usize);
        let program = program_of(&instance.study());
        let gap = 1e-4;
        let result = robust(&program, &options(gap, 2));
        assert_eq!(result.termination, Termination::Optimal, "seed {seed}: {:?}", result.iterations);
        let exact = (0..9).map(|n| instance.worst_of([n % 3, n / 3])).fold(f64::INFINITY, f64::min);
        let (cost, slack) = (result.cost.expect("a cost"), 1e-6 + 1.2 * gap * exact.abs());
        assert!((cost - exact).abs() <= slack, "seed {seed}: {cost} against {exact}, {:?}", result.iterations);
        assert!(result.bound <= exact + 2e-5 * (1.0 + exact), "seed {seed}: bound {} above {exact}", result.bound);
        let set = Set::new(&program);
        let corners = set.corners(&set.groups()[0], 1000).expect("few corners");
        let worst = result.worst.expect("a worst case");
        let far = |c: &Vec<f64>| c.iter().zip(&worst).any(|(a, b)| (a - b).abs() > 1e-3);
        inside += usize::from(corners.iter().all(far));
    }
    // Corners alone would not do.
    assert!(inside >= 3, "{inside} worst cases away from corners");
}

#[test]
fn a_study_with_a_switch_decided_later_passes_its_checks() {
    let (analysis, program) = analysis_of(&Switches::random(4, 2).study());
    let ask = SolveOptions::from(StudyOptions { solver: options(1e-4, 2), ..StudyOptions::default() });
    let solved = solve(&program, &analysis.model, &|_| None, &ask);
    assert_eq!(solved.result.status, Status::Optimal, "{:?}", solved.result.diagnostics);
    assert!(solved.result.passed);
    let again = solve(
        &program,
        &analysis.model,
        &|_| None,
        &StudyOptions { solver: options(1e-4, 1), ..StudyOptions::default() }.into(),
    );
    assert_eq!(solved.result.values, again.result.values);
    assert_eq!(format!("{:?}", solved.found), format!("{:?}", again.found));
}

#[test]
fn where_nothing_can_be_done_the_situation_is_named() {
    let program = program_of(
        "uncertain z in 0..1\nvar size : number in 0..10, ahead\nvar on : binary, recourse
rule served : size + 3 * on >= 4 + 2 * z\nminimize 5 * size + 2 * on\nstudy worst = robust ccg\n",
    );
    let result = robust(&program, &options(1e-6, 1));
    // The switch gives 3; the rest must have been built.
    assert!((result.cost.expect("a cost") - 17.0).abs() < 1e-4, "{:?}", result);
    assert!(result.iterations.iter().any(|i| i.shortages.iter().any(|s| s.rule == "served")));
}

#[test]
fn sets_that_are_too_large_are_refused() {
    let text = "horizon 24 h step 1 h\nuncertain z[t] in -1..1\nvar size : number in 0..10, ahead
var on[t] : binary, recourse\nvar missing[t] : number in 0..10, recourse
rule served[t] : size + missing[t] + on[t] >= 4 + z[t]\nminimize size + sum(t: 3 * missing[t] + on[t])
study worst = robust ccg(gap = 1 %)\n";
    let (analysis, program) = analysis_of(text);
    assert!(Oracle::choose(&program, &Set::new(&program)).is_none());
    let found = solve(&program, &analysis.model, &|_| None, &SolveOptions::default()).result.diagnostics;
    let told: Vec<(&str, bool)> = found.iter().map(|d| (d.id.code, d.message.contains("whole number"))).collect();
    assert_eq!(told, [("E0706", true)]);
}
