//! Small random two-stage problems as texts, once with uncertain factors and once with every corner of
//! their set written out as a case of its own; corners by brute force.

use crate::support::random::Random;
use std::fmt::Write;

/// A random problem: plants with a fixed cost and a size decided ahead serve customers later.
pub struct Instance {
    plants: usize,
    /// Factors, one per customer.
    pub customers: usize,
    fixed: Vec<f64>,
    per_size: Vec<f64>,
    base: Vec<f64>,
    swing: Vec<f64>,
    ship: Vec<Vec<f64>>,
    /// Cost of what is not served; none where all must be served.
    shed: Option<f64>,
    /// Later cost grows with the square of flows.
    pub conic: bool,
    /// Factors start at 0, not at -1.
    one_sided: bool,
    /// (coefficients, limit, of absolute values)
    pub budgets: Vec<(Vec<f64>, f64, bool)>,
}

impl Instance {
    /// With so many customers and either kind of later cost.
    pub fn random(seed: u64, customers: usize, conic: bool) -> Instance {
        let mut r = Random(seed);
        let mut in_range = |low: f64, high: f64| (10.0 * (low + (high - low) * r.unit())).round() / 10.0;
        let plants = 2;
        let list =
            |n: usize, low: f64, high: f64, f: &mut dyn FnMut(f64, f64) -> f64| (0..n).map(|_| f(low, high)).collect();
        let fixed = list(plants, 10.0, 60.0, &mut in_range);
        let per_size = list(plants, 1.0, 4.0, &mut in_range);
        let base = list(customers, 5.0, 20.0, &mut in_range);
        let swing = list(customers, 1.0, 6.0, &mut in_range);
        let ship = (0..plants).map(|_| list(customers, 1.0, 9.0, &mut in_range)).collect();
        let shed = (in_range(0.0, 1.0) < 0.5).then(|| in_range(8.0, 30.0));
        let one_sided = in_range(0.0, 1.0) < 0.5;
        let mut budgets = vec![(vec![1.0; customers], in_range(0.3, 0.8 * customers as f64), !one_sided)];
        if in_range(0.0, 1.0) < 0.6 {
            let coefficients = (0..customers).map(|_| in_range(-1.0, 2.0)).collect();
            budgets.push((coefficients, in_range(0.2, 1.5), false));
        }
        Instance { plants, customers, fixed, per_size, base, swing, ship, shed, conic, one_sided, budgets }
    }

    /// The same with this limit of the first budget.
    pub fn with_limit(mut self, limit: f64) -> Instance {
        self.budgets[0].1 = limit;
        self
    }

    /// The same with the first budget alone.
    pub fn first_budget(mut self) -> Instance {
        self.budgets.truncate(1);
        self
    }

    fn low(&self) -> f64 {
        if self.one_sided { 0.0 } else { -1.0 }
    }

    fn ahead(&self) -> String {
        let mut out = String::new();
        for i in 0..self.plants {
            let _ = writeln!(out, "var open_{i} : binary, ahead\nvar size_{i} : number in 0..400, ahead");
            let _ = writeln!(out, "rule limit_{i} : size_{i} <= 400 * open_{i}");
        }
        out
    }

    fn ahead_cost(&self) -> String {
        let parts: Vec<String> = (0..self.plants)
            .map(|i| format!("{} * open_{i} + {} * size_{i}", self.fixed[i], self.per_size[i]))
            .collect();
        parts.join(" + ")
    }

    /// Later decisions with a suffix, the demand of each customer as text, and their cost.
    fn later(&self, suffix: &str, demand: &dyn Fn(usize) -> String) -> (String, String) {
        let (mut out, mut cost) = (String::new(), Vec::new());
        for i in 0..self.plants {
            let mut sent = Vec::new();
            for j in 0..self.customers {
                let flow = format!("flow_{i}_{j}{suffix}");
                let _ = writeln!(out, "var {flow} : number in 0..400, recourse");
                cost.push(format!("{} * {flow}", self.ship[i][j]));
                if self.conic {
                    cost.push(format!("0.1 * {flow}^2"));
                }
                sent.push(flow);
            }
            let _ = writeln!(out, "rule ship_{i}{suffix} : {} <= size_{i}", sent.join(" + "));
        }
        for j in 0..self.customers {
            let got: Vec<String> = (0..self.plants).map(|i| format!("flow_{i}_{j}{suffix}")).collect();
            let mut got = got.join(" + ");
            if let Some(price) = self.shed {
                let _ = writeln!(out, "var shed_{j}{suffix} : number in 0..400, recourse");
                let _ = write!(got, " + shed_{j}{suffix}");
                cost.push(format!("{price} * shed_{j}{suffix}"));
            }
            let _ = writeln!(out, "rule meet_{j}{suffix} : {got} >= {}", demand(j));
        }
        (out, cost.join(" + "))
    }

    /// With uncertain factors.
    pub fn uncertain(&self) -> String {
        let mut out = self.ahead();
        let names: Vec<String> = (0..self.customers).map(|j| format!("g_{j}")).collect();
        let _ = writeln!(out, "uncertain {} in {}..1", names.join(", "), self.low());
        for (k, (coefficients, limit, absolute)) in self.budgets.iter().enumerate() {
            let term = |j: usize| {
                let g = if *absolute { format!("abs(g_{j})") } else { format!("g_{j}") };
                format!("({}) * {g}", coefficients[j])
            };
            let parts: Vec<String> = (0..self.customers).map(term).collect();
            let _ = writeln!(out, "budget b_{k} : {} <= {limit}", parts.join(" + "));
        }
        let (rules, cost) = self.later("", &|j| format!("{} + {} * g_{j}", self.base[j], self.swing[j]));
        let _ = writeln!(out, "{rules}minimize {} + {cost}", self.ahead_cost());
        out
    }

    /// Deterministic, against all of these points.
    pub fn against(&self, points: &[Vec<f64>]) -> String {
        let mut out = self.ahead();
        out.push_str("var worst : number >= 0, ahead\n");
        for (k, z) in points.iter().enumerate() {
            let demand = |j: usize| format!("{}", self.base[j] + self.swing[j] * z[j]);
            let (rules, cost) = self.later(&format!("_at_{k}"), &demand);
            let _ = writeln!(out, "{rules}rule worst_at_{k} : worst >= {cost}");
        }
        let _ = writeln!(out, "minimize {} + worst", self.ahead_cost());
        out
    }

    /// Rows `a · z <= b` of the set, absolute values written out by their signs.
    pub fn rows(&self) -> Vec<(Vec<f64>, f64)> {
        let n = self.customers;
        let mut rows = Vec::new();
        for j in 0..n {
            let unit = |s: f64| (0..n).map(|k| if k == j { s } else { 0.0 }).collect();
            rows.push((unit(1.0), 1.0));
            rows.push((unit(-1.0), -self.low()));
        }
        for (coefficients, limit, absolute) in &self.budgets {
            let patterns = if *absolute { 1usize << n } else { 1 };
            for p in 0..patterns {
                let sign = |j: usize| if p >> j & 1 == 1 { -1.0 } else { 1.0 };
                rows.push(((0..n).map(|j| coefficients[j] * sign(j)).collect(), *limit));
            }
        }
        rows
    }

    /// All corners: every choice of as many rows as factors that meet in one point of the set.
    pub fn corners(&self) -> Vec<Vec<f64>> {
        let (n, rows) = (self.customers, self.rows());
        let mut found: Vec<Vec<f64>> = Vec::new();
        let mut chosen: Vec<usize> = (0..n).collect();
        loop {
            if let Some(z) = meet(&chosen.iter().map(|r| rows[*r].clone()).collect::<Vec<_>>()) {
                let inside = rows.iter().all(|(a, b)| a.iter().zip(&z).map(|(a, z)| a * z).sum::<f64>() <= b + 1e-9);
                let new = || found.iter().all(|f| f.iter().zip(&z).any(|(x, y)| (x - y).abs() > 1e-9));
                if inside && new() {
                    found.push(z);
                }
            }
            let Some(k) = (0..n).rev().find(|k| chosen[*k] < rows.len() - n + k) else { return found };
            chosen[k] += 1;
            for later in k + 1..n {
                chosen[later] = chosen[later - 1] + 1;
            }
        }
    }
}

/// The point on all rows, by elimination; none where they are dependent.
fn meet(rows: &[(Vec<f64>, f64)]) -> Option<Vec<f64>> {
    let n = rows.len();
    let mut m: Vec<Vec<f64>> = rows.iter().map(|(a, b)| a.iter().copied().chain([*b]).collect()).collect();
    for c in 0..n {
        let pivot = (c..n).max_by(|x, y| m[*x][c].abs().total_cmp(&m[*y][c].abs()))?;
        if m[pivot][c].abs() < 1e-9 {
            return None;
        }
        m.swap(c, pivot);
        for r in 0..n {
            if r != c {
                let f = m[r][c] / m[c][c];
                let pivot = m[c].clone();
                m[r].iter_mut().zip(pivot).for_each(|(x, p)| *x -= f * p);
            }
        }
    }
    Some((0..n).map(|i| m[i][n] / m[i][i]).collect())
}
