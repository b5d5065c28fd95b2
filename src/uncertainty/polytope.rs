//! Corner points of a polytope: a box cut by half-spaces, one after the other.
//!
//! Double description: a half-space keeps the corners on its side and adds, for every edge that it
//! cuts, the point on it. Two corners share an edge when no third corner lies on all the limits that
//! both lie on.

/// `coefficients · z <= limit`
#[derive(Debug, Clone, PartialEq)]
pub struct HalfSpace {
    /// One per coordinate.
    pub coefficients: Vec<f64>,
    /// The limit.
    pub limit: f64,
}

/// A corner and the limits on which it lies.
#[derive(Debug, Clone)]
struct Corner {
    at: Vec<f64>,
    on: Vec<u64>,
}

/// Coordinates of a box whose corners are all written out.
const MOST_COORDINATES: usize = 16;

/// Corners of `low..high` cut by the half-spaces, sorted; none where there are more than `most` on the
/// way. `same`: share of a coordinate's range below which points are one. An empty set has no corner.
pub fn corners(low: &[f64], high: &[f64], cuts: &[HalfSpace], most: usize, same: f64) -> Option<Vec<Vec<f64>>> {
    let open: Vec<usize> = (0..low.len()).filter(|i| high[*i] > low[*i]).collect();
    if low.iter().zip(high).any(|(l, h)| !l.is_finite() || !h.is_finite() || l > h) || open.len() > MOST_COORDINATES {
        return None;
    }
    let words = (2 * low.len() + cuts.len()).div_ceil(64);
    let mut all = Vec::with_capacity(1 << open.len());
    for pattern in 0..1usize << open.len() {
        let mut corner = Corner { at: low.to_vec(), on: vec![0; words] };
        for (bit, i) in open.iter().enumerate() {
            let up = pattern >> bit & 1 == 1;
            if up {
                corner.at[*i] = high[*i];
            }
            set(&mut corner.on, 2 * i + usize::from(up));
        }
        all.push(corner);
    }
    for (k, cut) in cuts.iter().enumerate() {
        all = cut_by(all, cut, 2 * low.len() + k, most, same)?;
    }
    if all.len() > most {
        return None;
    }
    let mut points: Vec<Vec<f64>> = all.into_iter().map(|c| c.at).collect();
    points.sort_by(|a, b| {
        a.iter().zip(b).map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    points.dedup_by(|a, b| {
        a.iter()
            .zip(b.iter())
            .zip(low.iter().zip(high))
            .all(|((x, y), (l, h))| (x - y).abs() <= same * (h - l).max(1e-12))
    });
    Some(points)
}

fn cut_by(all: Vec<Corner>, cut: &HalfSpace, index: usize, most: usize, same: f64) -> Option<Vec<Corner>> {
    let size: f64 = cut.coefficients.iter().map(|c| c.abs()).sum::<f64>().max(1e-12);
    let over = |c: &Corner| {
        let x = cut.coefficients.iter().zip(&c.at).map(|(a, z)| a * z).sum::<f64>() - cut.limit;
        if x.abs() <= same * 1e-2 * size { 0.0 } else { x }
    };
    let side: Vec<f64> = all.iter().map(over).collect();
    if side.iter().all(|s| *s <= 0.0) {
        let mark = |(mut c, s): (Corner, f64)| {
            if s == 0.0 {
                set(&mut c.on, index);
            }
            c
        };
        return Some(all.into_iter().zip(side).map(mark).collect());
    }
    let (mut kept, mut added) = (Vec::new(), Vec::new());
    for (a, sa) in all.iter().zip(&side) {
        if *sa >= 0.0 {
            continue;
        }
        for (b, sb) in all.iter().zip(&side) {
            if *sb <= 0.0 {
                continue;
            }
            let on: Vec<u64> = a.on.iter().zip(&b.on).map(|(x, y)| x & y).collect();
            let third = |c: &Corner| {
                !std::ptr::eq(c, a) && !std::ptr::eq(c, b) && c.on.iter().zip(&on).all(|(x, y)| x & y == *y)
            };
            if all.iter().any(third) {
                continue;
            }
            let share = sa / (sa - sb);
            let at = a.at.iter().zip(&b.at).map(|(x, y)| x + share * (y - x)).collect();
            let mut corner = Corner { at, on };
            set(&mut corner.on, index);
            added.push(corner);
            if added.len() > most {
                return None;
            }
        }
    }
    for (mut c, s) in all.into_iter().zip(side) {
        if s <= 0.0 {
            if s == 0.0 {
                set(&mut c.on, index);
            }
            kept.push(c);
        }
    }
    kept.extend(added);
    (kept.len() <= most.max(1 << 12)).then_some(kept)
}

fn set(bits: &mut [u64], at: usize) {
    if let Some(word) = bits.get_mut(at / 64) {
        *word |= 1 << (at % 64);
    }
}

#[cfg(test)]
mod tests {
    use super::{HalfSpace, corners};

    fn cut(coefficients: &[f64], limit: f64) -> HalfSpace {
        HalfSpace { coefficients: coefficients.to_vec(), limit }
    }

    #[test]
    fn a_box_has_its_corners() {
        let found = corners(&[0.0, -1.0, 2.0], &[1.0, 1.0, 2.0], &[], 100, 1e-9).unwrap_or_default();
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|c| c[2] == 2.0));
    }

    #[test]
    fn budgets_of_the_textbook_have_fractional_corners() {
        let cuts = [cut(&[1.0, 1.0, 1.0], 1.8), cut(&[1.0, 1.0, 0.0], 1.2)];
        let found = corners(&[0.0; 3], &[1.0; 3], &cuts, 100, 1e-9).unwrap_or_default();
        let has = |p: [f64; 3]| found.iter().any(|c| c.iter().zip(p).all(|(a, b)| (a - b).abs() < 1e-9));
        for p in [[1.0, 0.2, 0.6], [0.2, 1.0, 0.6], [0.8, 0.0, 1.0], [0.0, 0.8, 1.0], [0.0, 0.0, 0.0], [1.0, 0.2, 0.0]]
        {
            assert!(has(p), "{p:?} in {found:?}");
        }
        assert_eq!(found.len(), 12, "{found:?}");
    }

    #[test]
    fn a_cross_polytope_in_a_box() {
        // Σ|z| <= 1.5 in [-1, 1]³: one at ±1, one at ±½, one at 0.
        let mut cuts = Vec::new();
        for s in 0..8u32 {
            let sign = |i: u32| if s >> i & 1 == 1 { -1.0 } else { 1.0 };
            cuts.push(cut(&[sign(0), sign(1), sign(2)], 1.5));
        }
        assert_eq!(corners(&[-1.0; 3], &[1.0; 3], &cuts, 1000, 1e-9).map(|c| c.len()), Some(24));
    }

    #[test]
    fn an_empty_set_has_none() {
        let cuts = [cut(&[1.0], -2.0)];
        assert_eq!(corners(&[-1.0], &[1.0], &cuts, 10, 1e-9), Some(vec![]));
    }

    #[test]
    fn too_many_are_refused() {
        assert_eq!(corners(&[0.0; 10], &[1.0; 10], &[], 100, 1e-9), None);
        assert_eq!(corners(&[0.0; 40], &[1.0; 40], &[], 100, 1e-9), None);
    }
}
