//! Random small programs of everything that is accepted.

use crate::support::*;
use tieline::program::*;

/// A small deterministic generator (splitmix).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    pub fn whole(&mut self, low: i64, high: i64) -> f64 {
        (low + self.below((high - low + 1) as u64) as i64) as f64
    }
}

/// Three signed and two nonnegative continuous variables, two binaries, some constraints, a goal.
pub fn model(seed: u64) -> Model {
    let r = &mut Random(seed);
    let mut m = Model::new();
    let mut continuous: Vec<E> = ["x", "y", "z"]
        .iter()
        .map(|n| {
            let low = r.whole(-4, 0);
            let high = low + r.whole(1, 6);
            m.var(n, low, high)
        })
        .collect();
    let w = m.var("w", 0.0, 4.0);
    let l = m.var("l", 0.0, 3.0);
    continuous.extend([w.clone(), l.clone()]);
    let binaries = vec![m.binary("b"), m.binary("c")];
    let whole_budget = &mut 0;
    for i in 0..r.whole(1, 4) as usize {
        constraint(&mut m, r, &format!("rule{i}"), &continuous, &binaries, whole_budget);
    }
    let mut goal = affine(r, &continuous, &binaries);
    if r.below(2) == 0 {
        let inner = affine(r, &continuous, &[]);
        let a = m.abs(&inner);
        goal = goal + a;
    }
    if r.below(2) == 0 {
        let inner = affine(r, &continuous, &[]);
        goal = goal + sq(&inner);
    }
    if r.below(3) == 0 {
        goal = goal + &binaries[0] * &affine(r, &continuous, &[]);
    }
    if r.below(2) == 0 {
        m.minimize(goal)
    } else {
        m.maximize(-&goal)
    }
    m
}

fn affine(r: &mut Random, continuous: &[E], binaries: &[E]) -> E {
    let mut e = E::from(r.whole(-2, 2));
    for x in continuous.iter().chain(binaries) {
        if r.below(3) == 0 {
            e = e + r.whole(-3, 3) * x;
        }
    }
    e
}

fn constraint(m: &mut Model, r: &mut Random, name: &str, xs: &[E], bs: &[E], whole: &mut usize) {
    let (e, f, g) = (affine(r, xs, bs), affine(r, xs, &[]), affine(r, xs, bs));
    let k = r.whole(1, 6);
    let exact = *whole < 4;
    match r.below(if exact { 14 } else { 11 }) {
        0 => m.le(name, e, g + k),
        1 => {
            let a = m.abs(&f);
            m.le(name, a, g + k);
        }
        2 => {
            let a = m.max(&[&e, &f, &1.0.into()]);
            m.le(name, a + g, k.into());
        }
        3 => {
            let a = m.min(&[&e, &f]);
            m.le(name, g - a, k.into());
        }
        4 => {
            let a = m.norm(&[&f, &xs[0]]);
            m.le(name, a, g + k);
        }
        5 => m.le(name, sq(&f) + 2.0 * sq(&xs[1]), g + 2.0 * k),
        6 => m.le(name, sq(&f) + sq(&xs[2]), &xs[3] * &xs[4]),
        7 => m.le(name, &bs[0] * &f + &bs[1] * &xs[0], g + k),
        8 => m.when_le(name, &bs[0], r.below(2) == 0, f, g + k - 2.0),
        9 => {
            let a = m.piecewise(&[(-3.0, 4.0), (-1.0, 0.0), (1.0, 1.0), (2.0, 5.0)], &f);
            m.le(name, a, g + k);
        }
        10 => m.le(name, &bs[0] * &bs[1] + sq(&xs[0]) + &xs[0] * &xs[1] + sq(&xs[1]), g + k),
        11 => {
            *whole += 1;
            let a = m.atom(AtomKind::Abs, &[&f], true);
            m.le(name, r.whole(-2, 2) * a, g + k - 3.0);
        }
        12 => {
            *whole += 2;
            let kind = if r.below(2) == 0 { AtomKind::Max } else { AtomKind::Min };
            let a = m.atom(kind, &[&f, &xs[0]], true);
            m.le(name, r.whole(-2, 2) * a, g + k - 3.0);
        }
        _ => {
            *whole += 2;
            let points = vec![(-2.0, 1.0), (0.0, -1.0), (1.0, 2.0), (2.0, 1.0)];
            let a = m.atom(AtomKind::Piecewise(points), &[&xs[0]], true);
            m.le(name, r.whole(-2, 2) * a, g + k - 3.0);
        }
    }
}

/// A point in the box of the variables; numbers are multiples of a quarter half of the time.
pub fn point(program: &Program, r: &mut Random) -> Vec<f64> {
    let value = |v: &Variable, r: &mut Random| match v.domain {
        Domain::Continuous => {
            let x = v.lower + (v.upper - v.lower) * r.unit();
            if r.below(2) == 0 { ((4.0 * x).round() / 4.0).clamp(v.lower, v.upper) } else { x }
        }
        _ => r.whole(v.lower as i64, v.upper as i64),
    };
    program.variables.iter().map(|v| value(v, r)).collect()
}
