//! Voltage levels. Where branches join buses of different nominal voltage, the connected part is
//! referred to one level, which leaves every per-unit voltage, power and loss as it is.

use petgraph::unionfind::UnionFind;

/// The nominal voltage to which each bus is referred: its own where its connected part has one
/// level, else that of the part's first source, else that of its first bus.
///
/// `nominal` is in kV per bus, `branches` and `sources` are bus positions.
pub(super) fn referred(nominal: &[f64], branches: &[(usize, usize)], sources: &[usize]) -> Vec<f64> {
    let mut parts: UnionFind<usize> = UnionFind::new(nominal.len());
    for (from, to) in branches {
        parts.union(*from, *to);
    }
    let roots = parts.into_labeling();
    let kv = |i: usize| nominal.get(i).copied().unwrap_or(f64::NAN);
    let mut reference: Vec<Option<f64>> = vec![None; nominal.len()];
    for bus in sources.iter().copied().chain(0..nominal.len()) {
        if let Some(slot) = roots.get(bus).and_then(|root| reference.get_mut(*root)) {
            slot.get_or_insert(kv(bus));
        }
    }
    roots.iter().enumerate().map(|(i, root)| reference.get(*root).copied().flatten().unwrap_or(kv(i))).collect()
}

#[cfg(test)]
mod tests {
    use super::referred;

    #[test]
    fn parts_of_one_level_keep_it_and_others_take_their_source() {
        let nominal = [138.0, 12.5, 12.5, 0.4, 0.4];
        assert_eq!(referred(&nominal, &[(0, 1), (1, 2), (3, 4)], &[1]), vec![12.5, 12.5, 12.5, 0.4, 0.4]);
        assert_eq!(referred(&nominal, &[(0, 1)], &[]), vec![138.0, 138.0, 12.5, 0.4, 0.4]);
    }
}
