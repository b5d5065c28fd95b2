//! Fast forward selection (Heitsch and Römisch 2003): one after the other, the scenario is kept that
//! brings the rest nearest to what is kept; then every scenario gives its probability to the nearest.

/// Indices of the kept scenarios, in the order of choice, and their probabilities. `distance` is that
/// of two scenarios by their indices.
pub fn fast_forward(probability: &[f64], keep: usize, distance: impl Fn(usize, usize) -> f64) -> Vec<(usize, f64)> {
    let n = probability.len();
    let mut nearest = vec![f64::INFINITY; n];
    let mut kept: Vec<usize> = Vec::new();
    while kept.len() < keep.min(n) {
        let left_over = |c: usize| -> f64 {
            (0..n)
                .filter(|i| *i != c && !kept.contains(i))
                .map(|i| probability[i] * nearest[i].min(distance(i, c)))
                .sum()
        };
        let free = (0..n).filter(|c| !kept.contains(c));
        let Some((next, _)) = free.map(|c| (c, left_over(c))).min_by(|a, b| a.1.total_cmp(&b.1)) else { break };
        for (i, d) in nearest.iter_mut().enumerate() {
            *d = d.min(distance(i, next));
        }
        kept.push(next);
    }
    let mut out: Vec<(usize, f64)> = kept.iter().map(|k| (*k, 0.0)).collect();
    for (i, p) in probability.iter().enumerate() {
        let to = (0..kept.len()).min_by(|a, b| distance(i, kept[*a]).total_cmp(&distance(i, kept[*b])));
        if let Some(entry) = to.and_then(|t| out.get_mut(t)) {
            entry.1 += p;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::fast_forward;

    #[test]
    fn the_first_kept_is_the_median_and_probabilities_move_to_the_nearest() {
        let at: [f64; 5] = [0.0, 1.0, 2.0, 10.0, 11.0];
        let kept = fast_forward(&[0.2; 5], 2, |a, b| (at[a] - at[b]).abs());
        assert_eq!(kept[0].0, 2);
        assert!([3, 4].contains(&kept[1].0));
        assert!((kept[0].1 - 0.6).abs() < 1e-12 && (kept[1].1 - 0.4).abs() < 1e-12);
    }

    #[test]
    fn keeping_all_changes_nothing() {
        let kept = fast_forward(&[0.5, 0.3, 0.2], 9, |a, b| (a as f64 - b as f64).abs());
        let mut sorted = kept.clone();
        sorted.sort_by_key(|k| k.0);
        assert_eq!(sorted, [(0, 0.5), (1, 0.3), (2, 0.2)]);
    }
}
