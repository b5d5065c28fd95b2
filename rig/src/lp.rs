//! The rig's own linear and integer programs: a dense two-phase simplex and a depth-first search, for a few
//! dozen columns. Slow and plain on purpose.

/// A linear program, minimised; some columns may be whole numbers.
#[derive(Debug, Clone, Default)]
pub struct Lp {
    lower: Vec<f64>,
    upper: Vec<f64>,
    cost: Vec<f64>,
    integer: Vec<bool>,
    rows: Vec<Row>,
    /// Added to the objective.
    pub constant: f64,
}

/// Terms, least and greatest value.
type Row = (Vec<(usize, f64)>, f64, f64);

/// What comes out.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Value and point.
    Optimal(f64, Vec<f64>),
    /// No point.
    Infeasible,
    /// No least value.
    Unbounded,
}

impl Outcome {
    /// The least value, if there is one.
    pub fn value(&self) -> Option<f64> {
        match self {
            Outcome::Optimal(value, _) => Some(*value),
            _ => None,
        }
    }
}

const TINY: f64 = 1e-9;

impl Lp {
    /// A new column.
    pub fn column(&mut self, lower: f64, upper: f64, cost: f64) -> usize {
        self.lower.push(lower);
        self.upper.push(upper);
        self.cost.push(cost);
        self.integer.push(false);
        self.cost.len() - 1
    }

    /// A new column of whole numbers.
    pub fn whole(&mut self, lower: f64, upper: f64, cost: f64) -> usize {
        let column = self.column(lower, upper, cost);
        self.integer[column] = true;
        column
    }

    /// Adds to the cost of a column.
    pub fn charge(&mut self, column: usize, cost: f64) {
        self.cost[column] += cost;
    }

    /// A row `lower <= terms <= upper`.
    pub fn row(&mut self, terms: &[(usize, f64)], lower: f64, upper: f64) {
        self.rows.push((terms.to_vec(), lower, upper));
    }

    /// A row `terms <= limit`.
    pub fn most(&mut self, terms: &[(usize, f64)], limit: f64) {
        self.row(terms, f64::NEG_INFINITY, limit);
    }

    /// A row `terms >= limit`.
    pub fn least(&mut self, terms: &[(usize, f64)], limit: f64) {
        self.row(terms, limit, f64::INFINITY);
    }

    /// A row `terms = value`.
    pub fn equal(&mut self, terms: &[(usize, f64)], value: f64) {
        self.row(terms, value, value);
    }

    /// The same with every row wider by a share of what stands in it: its sides, or its least coefficient.
    pub fn widened(&self, share: f64) -> Lp {
        let mut wide = self.clone();
        for (terms, lower, upper) in &mut wide.rows {
            let least = terms.iter().map(|t| t.1.abs()).filter(|c| *c > 0.0).fold(f64::INFINITY, f64::min);
            let sides = [*lower, *upper].into_iter().filter(|s| s.is_finite());
            let size = sides.fold(least.min(1e3), |a, s| a.max(s.abs()));
            *lower -= share * size;
            *upper += share * size;
        }
        wide
    }

    /// The least value.
    pub fn solve(&self) -> Outcome {
        let mut best = Outcome::Infeasible;
        let mut open = vec![(self.lower.clone(), self.upper.clone())];
        while let Some((lower, upper)) = open.pop() {
            match self.relaxed(&lower, &upper) {
                Outcome::Infeasible => {}
                Outcome::Unbounded => return Outcome::Unbounded,
                Outcome::Optimal(value, point) => {
                    if best.value().is_some_and(|b| value >= b - 1e-9 * b.abs().max(1.0)) {
                        continue;
                    }
                    let off = |j: &usize| (point[*j] - point[*j].round()).abs();
                    let fractional = (0..point.len()).filter(|j| self.integer[*j] && off(j) > 1e-6);
                    let Some(j) = fractional.max_by(|a, b| off(a).total_cmp(&off(b))) else {
                        best = Outcome::Optimal(value, point);
                        continue;
                    };
                    let (mut down, mut up) = (upper.clone(), lower.clone());
                    down[j] = point[j].floor();
                    up[j] = point[j].ceil();
                    open.push((lower, down));
                    open.push((up, upper));
                }
            }
        }
        best
    }

    /// Without whole numbers, within these ranges.
    fn relaxed(&self, lower: &[f64], upper: &[f64]) -> Outcome {
        if lower.iter().zip(upper).any(|(l, u)| l > u) {
            return Outcome::Infeasible;
        }
        // Each column as an offset and one or two nonnegative ones.
        let mut parts: Vec<(usize, f64)> = Vec::new();
        let mut offset = vec![0.0; lower.len()];
        let mut rows: Vec<(Vec<f64>, f64, Side)> = Vec::new();
        let mut first = vec![0; lower.len()];
        for j in 0..lower.len() {
            first[j] = parts.len();
            if lower[j].is_finite() {
                offset[j] = lower[j];
                parts.push((j, 1.0));
            } else if upper[j].is_finite() {
                offset[j] = upper[j];
                parts.push((j, -1.0));
            } else {
                parts.push((j, 1.0));
                parts.push((j, -1.0));
            }
        }
        for j in 0..lower.len() {
            if lower[j].is_finite() && upper[j].is_finite() {
                let mut dense = vec![0.0; parts.len()];
                dense[first[j]] = 1.0;
                rows.push((dense, upper[j] - lower[j], Side::Most));
            }
        }
        for (terms, low, high) in &self.rows {
            let base: f64 = terms.iter().map(|(j, c)| c * offset[*j]).sum();
            let mut whole = vec![0.0; lower.len()];
            terms.iter().for_each(|(j, c)| whole[*j] += c);
            let dense: Vec<f64> = parts.iter().map(|(j, s)| whole[*j] * s).collect();
            if low == high {
                rows.push((dense, low - base, Side::Equal));
                continue;
            }
            if low.is_finite() {
                rows.push((dense.clone(), low - base, Side::Least));
            }
            if high.is_finite() {
                rows.push((dense, high - base, Side::Most));
            }
        }
        let cost: Vec<f64> = parts.iter().map(|(j, s)| self.cost[*j] * s).collect();
        let Some(mut tableau) = Tableau::new(&rows, parts.len()) else { return Outcome::Infeasible };
        if !tableau.minimise(&cost) {
            return Outcome::Unbounded;
        }
        let values = tableau.point(parts.len());
        let mut point = offset;
        parts.iter().zip(&values).for_each(|((j, s), x)| point[*j] += s * x);
        let value = self.constant + point.iter().zip(&self.cost).map(|(x, c)| x * c).sum::<f64>();
        Outcome::Optimal(value, point)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Most,
    Least,
    Equal,
}

/// Rows `a x = b` with a basis, all columns nonnegative.
struct Tableau {
    a: Vec<Vec<f64>>,
    b: Vec<f64>,
    basis: Vec<usize>,
    /// Columns that may enter.
    columns: usize,
}

impl Tableau {
    /// With a feasible basis; none where there is no point.
    fn new(rows: &[(Vec<f64>, f64, Side)], n: usize) -> Option<Tableau> {
        let slacks = rows.iter().filter(|r| r.2 != Side::Equal).count();
        let columns = n + slacks;
        let total = columns + rows.len();
        let mut t = Tableau { a: Vec::new(), b: Vec::new(), basis: Vec::new(), columns: total };
        let mut slack = n;
        for (i, (dense, right, side)) in rows.iter().enumerate() {
            let size = dense.iter().fold(0.0f64, |a, c| a.max(c.abs()));
            let scale = if size > 0.0 { 1.0 / size } else { 1.0 };
            let mut row: Vec<f64> = dense.iter().map(|c| c * scale).collect();
            row.resize(total, 0.0);
            if *side != Side::Equal {
                row[slack] = if *side == Side::Most { 1.0 } else { -1.0 };
                slack += 1;
            }
            let mut right = right * scale;
            if right < 0.0 {
                row.iter_mut().for_each(|c| *c = -*c);
                right = -right;
            }
            row[columns + i] = 1.0;
            t.a.push(row);
            t.b.push(right);
            t.basis.push(columns + i);
        }
        let mut artificial = vec![0.0; total];
        artificial[columns..].fill(1.0);
        t.minimise(&artificial);
        let left: f64 = (0..t.basis.len()).filter(|i| t.basis[*i] >= columns).map(|i| t.b[i]).sum();
        let size = t.b.iter().fold(1.0f64, |a, b| a.max(b.abs()));
        if left > 1e-7 * size.min(1e3) {
            return None;
        }
        // Artificial columns leave, or their row says nothing.
        let mut i = 0;
        while i < t.basis.len() {
            if t.basis[i] < columns {
                i += 1;
                continue;
            }
            match (0..columns).find(|j| t.a[i][*j].abs() > 1e-7) {
                Some(j) => {
                    t.pivot(i, j);
                    i += 1;
                }
                None => {
                    t.a.remove(i);
                    t.b.remove(i);
                    t.basis.remove(i);
                }
            }
        }
        t.columns = columns;
        Some(t)
    }

    /// Minimises from the basis; false where there is no least value.
    fn minimise(&mut self, cost: &[f64]) -> bool {
        let cost = |j: usize| cost.get(j).copied().unwrap_or(0.0);
        for step in 0.. {
            let reduced =
                |j: usize| cost(j) - self.basis.iter().zip(&self.a).map(|(b, row)| cost(*b) * row[j]).sum::<f64>();
            // The steepest at first; the first one once it takes long, which cannot go in circles.
            let mut entering: Option<(usize, f64)> = None;
            for j in 0..self.columns {
                let d = reduced(j);
                if d < -TINY && entering.is_none_or(|(_, e)| d < e) {
                    entering = Some((j, d));
                    if step > 500 {
                        break;
                    }
                }
            }
            let Some((j, _)) = entering else { return true };
            let mut leaving: Option<(usize, f64)> = None;
            for i in 0..self.basis.len() {
                if self.a[i][j] > TINY {
                    let ratio = self.b[i].max(0.0) / self.a[i][j];
                    let better = match leaving {
                        None => true,
                        Some((l, least)) => {
                            ratio < least - 1e-12 || (ratio <= least + 1e-12 && self.basis[i] < self.basis[l])
                        }
                    };
                    if better {
                        leaving = Some((i, ratio));
                    }
                }
            }
            let Some((i, _)) = leaving else { return false };
            self.pivot(i, j);
        }
        true
    }

    fn pivot(&mut self, i: usize, j: usize) {
        let by = self.a[i][j];
        self.a[i].iter_mut().for_each(|c| *c /= by);
        self.b[i] /= by;
        let (row, right) = (self.a[i].clone(), self.b[i]);
        for k in 0..self.a.len() {
            let factor = self.a[k][j];
            if k != i && factor != 0.0 {
                self.a[k].iter_mut().zip(&row).for_each(|(c, r)| *c -= factor * r);
                self.b[k] -= factor * right;
            }
        }
        self.basis[i] = j;
    }

    fn point(&self, n: usize) -> Vec<f64> {
        let mut x = vec![0.0; n];
        for (j, b) in self.basis.iter().zip(&self.b) {
            if *j < n {
                x[*j] = *b;
            }
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_program() {
        let mut lp = Lp::default();
        let (x, y) = (lp.column(0.0, f64::INFINITY, -3.0), lp.column(0.0, f64::INFINITY, -5.0));
        lp.most(&[(x, 1.0)], 4.0);
        lp.most(&[(y, 2.0)], 12.0);
        lp.most(&[(x, 3.0), (y, 2.0)], 18.0);
        assert_eq!(lp.solve(), Outcome::Optimal(-36.0, vec![2.0, 6.0]));
    }

    #[test]
    fn free_columns_equations_and_no_least_value() {
        let mut lp = Lp::default();
        let (x, y) = (lp.column(f64::NEG_INFINITY, f64::INFINITY, 1.0), lp.column(f64::NEG_INFINITY, 2.0, 0.0));
        lp.equal(&[(x, 1.0), (y, 1.0)], -1.0);
        assert_eq!(lp.solve().value(), Some(-3.0));
        lp.charge(x, -2.0);
        assert_eq!(lp.solve(), Outcome::Unbounded);
        lp.least(&[(x, 1.0)], 5.0);
        lp.most(&[(x, 1.0)], 4.0);
        assert_eq!(lp.solve(), Outcome::Infeasible);
    }

    #[test]
    fn whole_numbers_against_enumeration() {
        let mut random = crate::random::Random::of(1, 1);
        for _ in 0..200 {
            let mut lp = Lp::default();
            let cost: Vec<f64> = (0..4).map(|_| random.round(-9.0, 9.0, 0)).collect();
            cost.iter().for_each(|c| {
                lp.whole(0.0, 3.0, *c);
            });
            let rows: Vec<(Vec<f64>, f64)> = (0..3)
                .map(|_| ((0..4).map(|_| random.round(-5.0, 5.0, 0)).collect(), random.round(-6.0, 8.0, 0)))
                .collect();
            for (row, limit) in &rows {
                let terms: Vec<(usize, f64)> = row.iter().copied().enumerate().collect();
                lp.most(&terms, *limit);
            }
            let mut best: Option<f64> = None;
            for code in 0..256 {
                let x: Vec<f64> = (0..4).map(|j| f64::from(code / 4i32.pow(j) % 4)).collect();
                let dot = |c: &[f64]| c.iter().zip(&x).map(|(c, x)| c * x).sum::<f64>();
                if rows.iter().all(|(row, limit)| dot(row) <= *limit) {
                    best = Some(best.map_or(dot(&cost), |b| b.min(dot(&cost))));
                }
            }
            let found = lp.solve().value();
            assert_eq!(found.is_some(), best.is_some());
            if let (Some(f), Some(b)) = (found, best) {
                assert!((f - b).abs() < 1e-7, "{f} {b}");
            }
        }
    }
}
