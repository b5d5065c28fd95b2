//! Clusters of profiles: k-means (k-means++ seeds, Lloyd's steps, the best of several starts) and
//! k-medoids (PAM: build, then swap). Deterministic for a seed.

use crate::random::Random;

/// A cluster: its representative and how many profiles it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Values of the representative.
    pub profile: Vec<f64>,
    /// The profile it is, for medoids.
    pub medoid: Option<usize>,
    /// Number of profiles in it.
    pub size: usize,
}

/// Starts of k-means.
const STARTS: usize = 20;
/// Lloyd's steps at most.
const STEPS: usize = 300;

fn distance2(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// Index of the nearest center and its squared distance; the first of equals.
fn nearest(profile: &[f64], centers: &[Vec<f64>]) -> (usize, f64) {
    let mut best = (0, f64::INFINITY);
    for (i, c) in centers.iter().enumerate() {
        let d = distance2(profile, c);
        if d < best.1 {
            best = (i, d);
        }
    }
    best
}

/// At most `k` clusters around their means, ordered by the sum of the mean's values.
pub fn k_means(profiles: &[Vec<f64>], k: usize, seed: u64) -> Vec<Cluster> {
    let mut random = Random::of(seed);
    let mut best: Option<(f64, Vec<Cluster>)> = None;
    for _ in 0..STARTS {
        let mut centers = seeds(profiles, k, &mut random);
        let mut of: Vec<usize> = Vec::new();
        for _ in 0..STEPS {
            let now: Vec<usize> = profiles.iter().map(|p| nearest(p, &centers).0).collect();
            if now == of {
                break;
            }
            of = now;
            for (i, center) in centers.iter_mut().enumerate() {
                let members: Vec<&Vec<f64>> =
                    profiles.iter().zip(&of).filter(|(_, c)| **c == i).map(|(p, _)| p).collect();
                if let Some(mean) = mean(&members) {
                    *center = mean;
                }
            }
        }
        let cost: f64 = profiles.iter().map(|p| nearest(p, &centers).1).sum();
        if best.as_ref().is_none_or(|b| cost < b.0 * (1.0 - 1e-12)) {
            let size = |i: usize| of.iter().filter(|c| **c == i).count();
            let list =
                centers.into_iter().enumerate().map(|(i, profile)| Cluster { profile, medoid: None, size: size(i) });
            best = Some((cost, list.filter(|c| c.size > 0).collect()));
        }
    }
    ordered(best.map(|b| b.1).unwrap_or_default())
}

fn mean(members: &[&Vec<f64>]) -> Option<Vec<f64>> {
    let first = members.first()?;
    let at = |i: usize| members.iter().filter_map(|m| m.get(i)).sum::<f64>() / members.len() as f64;
    Some((0..first.len()).map(at).collect())
}

/// k-means++: each next seed with a probability proportional to its squared distance from the others.
fn seeds(profiles: &[Vec<f64>], k: usize, random: &mut Random) -> Vec<Vec<f64>> {
    let mut out: Vec<Vec<f64>> = Vec::new();
    let first = ((random.unit() * profiles.len() as f64) as usize).min(profiles.len().saturating_sub(1));
    out.extend(profiles.get(first).cloned());
    while out.len() < k.min(profiles.len()) {
        let far: Vec<f64> = profiles.iter().map(|p| nearest(p, &out).1).collect();
        let total: f64 = far.iter().sum();
        if total <= 0.0 {
            break;
        }
        let mut left = random.unit() * total;
        let mut chosen = far.len() - 1;
        for (i, d) in far.iter().enumerate() {
            if left < *d {
                chosen = i;
                break;
            }
            left -= d;
        }
        out.extend(profiles.get(chosen).cloned());
    }
    out
}

/// At most `k` clusters around profiles of the data, ordered by the sum of the profile's values.
pub fn k_medoids(profiles: &[Vec<f64>], k: usize) -> Vec<Cluster> {
    let distance: Vec<Vec<f64>> =
        profiles.iter().map(|a| profiles.iter().map(|b| distance2(a, b).sqrt()).collect()).collect();
    let cost = |medoids: &[usize]| -> f64 {
        distance.iter().map(|row| medoids.iter().map(|m| row[*m]).fold(f64::INFINITY, f64::min)).sum()
    };
    let mut medoids: Vec<usize> = Vec::new();
    while medoids.len() < k.min(profiles.len()) {
        let with = |c: usize| cost(&[medoids.as_slice(), &[c]].concat());
        let free = (0..profiles.len()).filter(|c| !medoids.contains(c));
        let Some(next) = free.min_by(|a, b| with(*a).total_cmp(&with(*b))) else { break };
        medoids.push(next);
    }
    let mut now = cost(&medoids);
    'swap: loop {
        for place in 0..medoids.len() {
            for other in 0..profiles.len() {
                if medoids.contains(&other) {
                    continue;
                }
                let mut tried = medoids.clone();
                if let Some(m) = tried.get_mut(place) {
                    *m = other;
                }
                let then = cost(&tried);
                if then < now * (1.0 - 1e-12) - 1e-12 {
                    (medoids, now) = (tried, then);
                    continue 'swap;
                }
            }
        }
        break;
    }
    let centers: Vec<Vec<f64>> = medoids.iter().filter_map(|m| profiles.get(*m).cloned()).collect();
    let mut sizes = vec![0; centers.len()];
    for p in profiles {
        if let Some(size) = sizes.get_mut(nearest(p, &centers).0) {
            *size += 1;
        }
    }
    let list = centers.into_iter().zip(medoids).zip(sizes);
    ordered(
        list.map(|((profile, m), size)| Cluster { profile, medoid: Some(m), size }).filter(|c| c.size > 0).collect(),
    )
}

fn ordered(mut clusters: Vec<Cluster>) -> Vec<Cluster> {
    clusters.sort_by(|a, b| a.profile.iter().sum::<f64>().total_cmp(&b.profile.iter().sum::<f64>()));
    clusters
}

#[cfg(test)]
mod tests {
    use super::{k_means, k_medoids};
    use crate::random::Random;

    fn blobs() -> Vec<Vec<f64>> {
        let mut r = Random::of(7);
        (0..30).map(|i| (0..4).map(|_| [1.0, 5.0, 9.0][i % 3] + 0.2 * r.unit()).collect()).collect()
    }

    #[test]
    fn three_blobs_are_three_clusters() {
        for found in [k_means(&blobs(), 3, 1), k_medoids(&blobs(), 3)] {
            assert_eq!(found.iter().map(|c| c.size).collect::<Vec<_>>(), [10, 10, 10]);
            for (c, at) in found.iter().zip([1.1, 5.1, 9.1]) {
                assert!(c.profile.iter().all(|x| (x - at).abs() < 0.1), "{c:?}");
            }
        }
    }

    #[test]
    fn a_seed_gives_one_answer_and_no_cluster_is_empty() {
        let profiles = blobs();
        assert_eq!(k_means(&profiles, 7, 3), k_means(&profiles, 7, 3));
        assert_eq!(k_means(&profiles, 7, 3).iter().map(|c| c.size).sum::<usize>(), 30);
        assert_eq!(k_means(&profiles[..2], 5, 3).len(), 2);
        assert!(k_means(&[], 3, 1).is_empty() && k_medoids(&[], 3).is_empty());
    }

    #[test]
    fn medoids_equal_the_best_of_all_pairs() {
        let profiles = blobs();
        let d = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
        let cost = |m: &[usize]| -> f64 {
            profiles.iter().map(|p| m.iter().map(|m| d(p, &profiles[*m])).fold(f64::INFINITY, f64::min)).sum()
        };
        let all =
            (0..30).flat_map(|a| (a + 1..30).map(move |b| [a, b])).map(|m| cost(&m)).fold(f64::INFINITY, f64::min);
        let found: Vec<usize> = k_medoids(&profiles, 2).iter().filter_map(|c| c.medoid).collect();
        assert!((cost(&found) - all).abs() < 1e-9, "{} against {all}", cost(&found));
    }
}
