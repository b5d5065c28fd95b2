//! The rig's own AC power flow: Newton's method on complex voltages in rectangular form, all unknowns in one
//! dense system. Written for a dozen buses and to be read.

/// A branch that is closed: an ideal transformer of this ratio at its first bus, then its impedance in ohm.
#[derive(Debug, Clone, Copy)]
pub struct Branch {
    /// First bus.
    pub from: usize,
    /// Second bus.
    pub to: usize,
    /// Resistance, ohm.
    pub r: f64,
    /// Reactance, ohm.
    pub x: f64,
    /// Voltage behind the transformer, relative to that of the first bus.
    pub ratio: f64,
}

/// A state of a network: kV, MW, Mvar, kA.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Voltage of each bus, line to line.
    pub volts: Vec<f64>,
    /// Current of each branch (that of its impedance).
    pub current: Vec<f64>,
    /// Apparent power at both ends of each branch.
    pub power: Vec<(f64, f64)>,
    /// What each bus takes from outside: as given, or at held buses as it comes out.
    pub injected: Vec<(f64, f64)>,
    /// Lost in resistances.
    pub losses: f64,
}

type Complex = (f64, f64);

fn times(a: Complex, b: Complex) -> Complex {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

fn conjugate(a: Complex) -> Complex {
    (a.0, -a.1)
}

/// The state with `held` voltages (kV, where one is held) and injections elsewhere (MW, Mvar), begun at the
/// nominal voltages; none where Newton's method finds none.
pub fn solve(nominal: &[f64], held: &[Option<f64>], injected: &[(f64, f64)], branches: &[Branch]) -> Option<Flow> {
    let n = nominal.len();
    // Admittances, siemens: current (kA √3) = Y V with line-to-line kV, and power = V conj(Y V).
    let mut y = vec![vec![(0.0, 0.0); n]; n];
    let series = |b: &Branch| {
        let square = b.r * b.r + b.x * b.x;
        (b.r / square, -b.x / square)
    };
    for b in branches {
        let a = series(b);
        let mut add = |i: usize, j: usize, factor: f64| {
            y[i][j].0 += factor * a.0;
            y[i][j].1 += factor * a.1;
        };
        add(b.from, b.from, b.ratio * b.ratio);
        add(b.to, b.to, 1.0);
        add(b.from, b.to, -b.ratio);
        add(b.to, b.from, -b.ratio);
    }
    let mut v: Vec<Complex> = (0..n).map(|i| (held[i].unwrap_or(nominal[i]), 0.0)).collect();
    let free: Vec<usize> = (0..n).filter(|i| held[*i].is_none()).collect();
    let currents = |v: &[Complex]| -> Vec<Complex> {
        let sum = |i: usize| (0..n).map(|j| times(y[i][j], v[j])).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        (0..n).map(sum).collect()
    };
    let size = injected.iter().fold(1e-6f64, |a, s| a.max(s.0.abs()).max(s.1.abs()));
    // Without a load a residual is the rounding of what the admittances add up.
    let short = (0..n).map(|k| y[k][k].0.hypot(y[k][k].1) * nominal[k] * nominal[k]).fold(0.0, f64::max);
    let enough = (1e-9 * size).max(64.0 * f64::EPSILON * short);
    let mut settled = free.is_empty();
    for _ in 0..40 {
        let i = currents(&v);
        let power: Vec<Complex> = (0..n).map(|k| times(v[k], conjugate(i[k]))).collect();
        let missing: Vec<f64> =
            free.iter().flat_map(|k| [injected[*k].0 - power[*k].0, injected[*k].1 - power[*k].1]).collect();
        // A last step after the residual is at rounding, whose own size depends on the admittances.
        let worst = missing.iter().fold(0.0f64, |a, m| a.max(m.abs()));
        if settled || free.is_empty() {
            break;
        }
        settled = worst < enough;
        // S_k = V_k conj(I_k): dS = dV conj(I) + V conj(Y dV).
        let mut matrix = vec![vec![0.0; 2 * free.len()]; 2 * free.len()];
        for (row, k) in free.iter().enumerate() {
            for (column, j) in free.iter().enumerate() {
                for (part, dv) in [(0, (1.0, 0.0)), (1, (0.0, 1.0))] {
                    let mut ds = times(v[*k], conjugate(times(y[*k][*j], dv)));
                    if k == j {
                        let own = times(dv, conjugate(i[*k]));
                        ds = (ds.0 + own.0, ds.1 + own.1);
                    }
                    matrix[2 * row][2 * column + part] = ds.0;
                    matrix[2 * row + 1][2 * column + part] = ds.1;
                }
            }
        }
        let step = eliminate(matrix, missing)?;
        for (column, k) in free.iter().enumerate() {
            v[*k].0 += step[2 * column];
            v[*k].1 += step[2 * column + 1];
        }
        if v.iter().any(|v| !v.0.is_finite() || !v.1.is_finite()) {
            return None;
        }
    }
    if !settled {
        return None;
    }
    let i = currents(&v);
    let mut flow = Flow {
        volts: v.iter().map(|v| v.0.hypot(v.1)).collect(),
        current: Vec::new(),
        power: Vec::new(),
        injected: (0..n).map(|k| times(v[k], conjugate(i[k]))).collect(),
        losses: 0.0,
    };
    for b in branches {
        let behind = (b.ratio * v[b.from].0, b.ratio * v[b.from].1);
        let drop = (behind.0 - v[b.to].0, behind.1 - v[b.to].1);
        let current = times(series(b), drop);
        let size = current.0.hypot(current.1);
        flow.current.push(size / 3f64.sqrt());
        flow.power.push((size * behind.0.hypot(behind.1), size * v[b.to].0.hypot(v[b.to].1)));
        flow.losses += b.r * size * size;
    }
    Some(flow)
}

/// Gaussian elimination with pivoting by rows.
fn eliminate(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for k in 0..n {
        let pivot = (k..n).max_by(|i, j| a[*i][k].abs().total_cmp(&a[*j][k].abs()))?;
        if a[pivot][k] == 0.0 || !a[pivot][k].is_finite() {
            return None;
        }
        a.swap(pivot, k);
        b.swap(pivot, k);
        let row = a[k].clone();
        for i in k + 1..n {
            let factor = a[i][k] / row[k];
            if factor != 0.0 {
                a[i].iter_mut().zip(&row).skip(k).for_each(|(c, r)| *c -= factor * r);
                b[i] -= factor * b[k];
            }
        }
    }
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|j| a[k][j] * b[j]).sum();
        b[k] = (b[k] - known) / a[k][k];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two buses have a closed form: with X = 0 and P drawn at U behind R, U² - E U + R P = 0.
    #[test]
    fn two_buses_by_hand() {
        let line = Branch { from: 0, to: 1, r: 2.0, x: 0.0, ratio: 1.0 };
        let flow = solve(&[10.0, 10.0], &[Some(10.0), None], &[(0.0, 0.0), (-4.0, 0.0)], &[line]).expect("a state");
        let volts = (10.0 + (100.0f64 - 4.0 * 2.0 * 4.0).sqrt()) / 2.0;
        assert!((flow.volts[1] - volts).abs() < 1e-9);
        assert!((flow.losses - 2.0 * (4.0 / volts).powi(2)).abs() < 1e-9);
        assert!((flow.injected[0].0 - 4.0 - flow.losses).abs() < 1e-9);
        assert!((flow.current[0] - 4.0 / volts / 3f64.sqrt()).abs() < 1e-9);
        assert!(solve(&[10.0, 10.0], &[Some(10.0), None], &[(0.0, 0.0), (-40.0, 0.0)], &[line]).is_none());
    }

    /// Short lines of a high voltage leave rounding of 1e-11 MVA where nothing is drawn.
    #[test]
    fn nothing_is_drawn() {
        let line = |from, to| Branch { from, to, r: 1e-3, x: 3e-3, ratio: 1.0 };
        let held = [Some(22.0), None, None];
        let flow = solve(&[20.0; 3], &held, &[(0.0, 0.0); 3], &[line(0, 1), line(1, 2)]).expect("a state");
        assert!((flow.volts[2] - 22.0).abs() < 1e-9 && flow.losses < 1e-12);
    }

    /// A transformer of 1.05 before an impedance is a source of 1.05 times the voltage.
    #[test]
    fn a_ratio_by_hand() {
        let at = |ratio: f64, held: f64| {
            let line = Branch { from: 0, to: 1, r: 1.0, x: 2.0, ratio };
            solve(&[20.0, 20.0], &[Some(held), None], &[(0.0, 0.0), (-5.0, -2.0)], &[line]).expect("a state")
        };
        let (a, b) = (at(1.05, 20.0), at(1.0, 21.0));
        assert!((a.volts[1] - b.volts[1]).abs() < 1e-9 && (a.losses - b.losses).abs() < 1e-9);
        assert!((a.injected[0].0 - b.injected[0].0).abs() < 1e-9);
    }
}
