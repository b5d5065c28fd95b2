//! Exactness: feasible points go both ways, optima agree, prices are derivatives.

use crate::random::{Random, model, point};
use crate::support::*;
use proptest::prelude::*;
use tieline::lowered::{LowerOptions, Lowering, Reached, lower};
use tieline::program::*;

fn lowered(m: &Model) -> Lowering {
    let lowering = lower(&m.program, &LowerOptions::default());
    assert!(lowering.diagnostics.is_empty(), "{:?}", lowering.diagnostics);
    lowering
}

/// The lowering of a random model; nothing where a rule without decisions fails, and then no point
/// may be feasible.
fn unless_false(m: &Model) -> Option<Lowering> {
    let lowering = lower(&m.program, &LowerOptions::default());
    if lowering.diagnostics.iter().any(|d| d.id.code == "E0507") {
        let r = &mut Random(7);
        assert!((0..300).all(|_| violation(&m.program, &point(&m.program, r)) > 0.0));
        return None;
    }
    assert!(lowering.diagnostics.is_empty(), "{:?}", lowering.diagnostics);
    Some(lowering)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// A program-feasible point extends to a lowered-feasible one of equal objective, an infeasible
    /// one does not, and values come back.
    #[test]
    fn points_extend_exactly_when_they_are_feasible(seed in any::<u64>()) {
        let m = model(seed);
        let Some(Lowering { problem, map, .. }) = unless_false(&m) else { return Ok(()) };
        let r = &mut Random(seed ^ 1);
        for _ in 0..100 {
            let p = point(&m.program, r);
            let extended = map.extend(&problem, &p);
            let (before, after) = (violation(&m.program, &p), lowered_violation(&problem, &extended));
            if before <= 0.0 {
                prop_assert!(after <= 1e-8, "feasible point lost: {p:?} {after} {}", tieline::lowered::display(&problem));
                let (a, b) = (objective(&m.program, &p), lowered_objective(&problem, &extended));
                prop_assert!((a - b).abs() <= 1e-8 * (1.0 + a.abs()), "{a} {b}");
            } else if before > 1e-6 {
                prop_assert!(after > 1e-12, "infeasible point kept: {p:?} {before}");
            }
            let back = map.values(&problem, &extended);
            prop_assert!(back.iter().zip(&p).all(|(a, b)| (a - b).abs() <= 1e-12 * (1.0 + b.abs())));
            let inside = map.bounds.len() == extended.len()
                && (before > 0.0 || problem.derived.iter().zip(&extended).all(|((l, u), x)| l - 1e-8 <= *x && *x <= u + 1e-8));
            prop_assert!(inside, "derived bounds cut off {p:?}");
        }
    }

    /// Whatever the made columns do, a lowered-feasible point is program-feasible.
    #[test]
    fn made_columns_allow_nothing_more(seed in any::<u64>()) {
        let m = model(seed);
        let Some(Lowering { problem, map, .. }) = unless_false(&m) else { return Ok(()) };
        let r = &mut Random(seed ^ 2);
        for _ in 0..300 {
            let p = point(&m.program, r);
            let mut extended = map.extend(&problem, &p);
            for (x, c) in extended.iter_mut().zip(&problem.columns).skip(map.variables) {
                match (c.integer, r.below(3)) {
                    (true, 0) => *x = 1.0 - *x,
                    (false, 0) => *x += (r.unit() - 0.5) * 2f64.powi(-(r.below(12) as i32)),
                    (false, 1) => *x += r.unit(),
                    _ => {}
                }
            }
            if lowered_violation(&problem, &extended) <= 1e-10 {
                let after = violation(&m.program, &p);
                prop_assert!(after <= 1e-7, "{p:?} {after} {}", tieline::lowered::display(&problem));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    /// The lowered optimum is program-feasible, has the program's objective there, and no feasible
    /// point is better.
    #[test]
    fn optima_agree(seed in any::<u64>()) {
        let m = model(seed);
        let Some(Lowering { problem, map, .. }) = unless_false(&m) else { return Ok(()) };
        let r = &mut Random(seed ^ 3);
        let sign = if m.program.objectives[0].maximize { -1.0 } else { 1.0 };
        let optimum = solve(&problem);
        if let Some(o) = &optimum {
            let p = map.values(&problem, &o.point);
            prop_assert!(violation(&m.program, &p) <= 1e-4, "{} {}", violation(&m.program, &p), tieline::lowered::display(&problem));
            let there = objective(&m.program, &p);
            prop_assert!((there - o.objective).abs() <= 1e-3 * (1.0 + there.abs()), "{there} {}", o.objective);
        }
        for _ in 0..500 {
            let p = point(&m.program, r);
            if violation(&m.program, &p) <= 0.0 {
                let value = objective(&m.program, &p);
                let best = optimum.as_ref().map(|o| o.objective);
                let beaten = best.is_none_or(|b| sign * value < sign * b - 1e-4 * (1.0 + b.abs()));
                prop_assert!(!beaten, "{p:?} has {value}, optimum {best:?} {}", tieline::lowered::display(&problem));
            }
        }
    }

    /// Other units of every variable, constraints in another order: the same optimum.
    #[test]
    fn units_and_order_do_not_matter(seed in any::<u64>()) {
        let m = model(seed);
        let mut other = model(seed);
        other.program.constraints.reverse();
        let r = &mut Random(seed ^ 4);
        let factors: Vec<f64> = other.program.variables.iter().map(|v| match v.domain {
            Domain::Continuous => 10f64.powf(8.0 * r.unit() - 4.0),
            _ => 1.0,
        }).collect();
        rescale(&mut other.program, &factors);
        let (Some(a), Some(b)) = (unless_false(&m), unless_false(&other)) else { return Ok(()) };
        let (a, b) = (solve(&a.problem), solve(&b.problem));
        match (a, b) {
            (Some(a), Some(b)) => {
                prop_assert!((a.objective - b.objective).abs() <= 1e-4 * (1.0 + a.objective.abs()), "{} {}", a.objective, b.objective)
            }
            (None, None) => {}
            (a, b) => prop_assert!(false, "{:?} {:?}", a.map(|a| a.objective), b.map(|b| b.objective)),
        }
    }
}

/// Measures variable `i` in a unit that is `1 / factors[i]` of the old one.
fn rescale(program: &mut Program, factors: &[f64]) {
    let affine = |a: &mut Affine| a.terms.iter_mut().for_each(|(v, c)| *c /= factors[v.0 as usize]);
    let form = |f: &mut Form| {
        affine(&mut f.affine);
        for p in &mut f.products {
            affine(&mut p.left);
            affine(&mut p.right);
        }
    };
    fn relation(r: &mut Relation, form: &dyn Fn(&mut Form)) {
        match r {
            Relation::Le(f) | Relation::Eq(f) => form(f),
            Relation::Implies { then, .. } => relation(then, form),
        }
    }
    for (v, f) in program.variables.iter_mut().zip(factors) {
        v.lower *= f;
        v.upper *= f;
    }
    program.constraints.iter_mut().for_each(|c| relation(&mut c.relation, &form));
    program.atoms.iter_mut().flat_map(|a| &mut a.args).for_each(form);
    program.objectives.iter_mut().flat_map(|o| &mut o.terms).for_each(|(_, f)| form(f));
}

/// Price of every constraint by the map against the difference quotient of the optimum.
fn assert_prices(m: &Model, step: f64, tolerance: f64) {
    let Lowering { problem, map, .. } = lowered(m);
    let o = solve(&problem).expect("optimum");
    let prices = map.prices(&problem, &o.point, &o.rows, &o.cones);
    for (i, price) in prices.iter().enumerate() {
        let relaxed = |by: f64| {
            let mut program = m.program.clone();
            match &mut program.constraints[i].relation {
                Relation::Le(f) | Relation::Eq(f) => f.affine.constant -= by,
                Relation::Implies { .. } => panic!("no price of a condition"),
            }
            solve(&lower(&program, &LowerOptions::default()).problem).expect("optimum").objective
        };
        let quotient = (relaxed(step) - relaxed(-step)) / (2.0 * step);
        let name = &m.program.constraints[i].name;
        assert!((price - quotient).abs() <= tolerance * (1.0 + quotient.abs()), "{name}: {price} {quotient}");
    }
}

#[test]
fn prices_of_rows_are_derivatives() {
    let mut m = Model::new();
    let x = m.var("x", 0.0, 1000.0);
    let y = m.var("y", 0.0, 1000.0);
    m.le("first", &x + 2.0 * &y, 140.0.into());
    m.le("second", 3.0 * &x + &y, 240.0.into());
    m.eq("tied", x.clone(), &y + 30.0);
    m.maximize(5.0 * &x + 4.0 * &y);
    assert_prices(&m, 1e-2, 1e-4);
}

#[test]
fn prices_of_cones_are_derivatives() {
    let mut m = Model::new();
    let p = m.var("p", -2000.0, 2000.0);
    let q = m.var("q", -2000.0, 2000.0);
    let w = m.var("w", 0.0, 90.0);
    let l = m.var("l", 0.0, 1e5);
    let s = m.var("s", 0.0, 1e7);
    m.eq("need", 0.5 * &p + &q, 600.0.into());
    m.le("cone", sq(&p) + sq(&q) + 1e4, &w * &l);
    m.le("parabola", sq(&q), 3.0 * &s - 50.0);
    m.minimize(4.0 * &l + &w + 0.1 * &s);
    assert_prices(&m, 10.0, 1e-3);

    let mut m = Model::new();
    let p = m.var("p", -200.0, 200.0);
    let q = m.var("q", -200.0, 200.0);
    let n = m.norm(&[&p, &q]);
    m.le("rating", 2.0 * n, 60.0.into());
    m.le("circle", sq(&(&p - 40.0)) + sq(&q), 900.0.into());
    m.maximize(&p + 2.0 * &q);
    assert_prices(&m, 0.1, 1e-3);
}

#[test]
fn a_goal_that_was_reached_is_kept() {
    let mut m = Model::new();
    let x = m.var("x", 0.0, 10.0);
    let y = m.var("y", 0.0, 10.0);
    m.le("limit", &x + &y, 12.0.into());
    m.maximize(x.clone());
    m.minimize(sq(&(&y - 5.0)) + &x);
    let first = solve(&lowered(&m).problem).expect("optimum");
    assert!((first.objective - 10.0).abs() < 1e-5);
    let reached = vec![Reached { objective: 0, value: 9.0 }];
    let second = lower(&m.program, &LowerOptions { objective: 1, reached, ..LowerOptions::default() });
    let o = solve(&second.problem).expect("optimum");
    let p = second.map.values(&second.problem, &o.point);
    assert!((p[0] - 9.0).abs() < 1e-4 && (p[1] - 3.0).abs() < 1e-3, "{p:?}");
}

#[test]
fn implied_constraints_can_be_left_out() {
    let mut m = Model::new();
    let x = m.var("x", 0.0, 10.0);
    m.le("limit", 2.0 * &x, 12.0.into());
    m.le("follows", x.clone(), 7.0.into());
    m.program.constraints[1].implied = true;
    assert_eq!(lowered(&m).problem.rows.len(), 2);
    let options = LowerOptions { without_implied: true, ..LowerOptions::default() };
    assert_eq!(lower(&m.program, &options).problem.rows.len(), 1);
}

#[test]
fn a_bound_that_rests_on_the_rule_itself_is_kept() {
    let mut m = Model::new();
    let x = m.var("x", -5.0, 5.0);
    let a = m.abs(&x);
    m.le("positive", a, x.clone());
    m.minimize(x.clone());
    let o = solve(&lowered(&m).problem).expect("optimum");
    assert!(o.objective.abs() < 1e-6, "|x| <= x means x >= 0, got {}", o.objective);
}

#[test]
fn lowering_is_deterministic() {
    for seed in 0..20 {
        assert_eq!(lowered(&model(seed)).problem, lowered(&model(seed)).problem);
    }
}
