//! A network with tap changers, referred to the voltage of its sources: a radial state with ideal ratios is a
//! state without them, of other nominal voltages and impedances.

use crate::network::powerflow::{Branch, Grid, Source};
use crate::program::Network;

/// The grid of a state without ratios: same powers, same voltages per unit. `ratio` is, per branch, the voltage
/// behind its tap changer relative to that of its first bus; the branch's impedance is behind it. `holding` says
/// which sources hold their voltage: the grid has these alone, in their order.
///
/// Also gives, per branch, by what a current of that grid is divided to be the current of the branch.
///
/// # Errors
/// Why there is no such grid, in words: data that no grid can be made of, or a closed loop whose ratios differ.
pub(super) fn referred(
    network: &Network,
    holding: &[bool],
    closed: &[bool],
    ratio: &[f64],
) -> Result<(Grid, Vec<f64>), String> {
    let roots = || network.sources.iter().zip(holding).filter(|(_, holds)| **holds).map(|(source, _)| source);
    let buses = network.buses.len();
    let at = |k: usize| ratio.get(k).copied().unwrap_or(1.0);
    let mut incident: Vec<Vec<usize>> = vec![Vec::new(); buses];
    for (k, b) in network.branches.iter().enumerate().filter(|(k, _)| closed.get(*k) == Some(&true)) {
        for end in [b.from, b.to] {
            incident.get_mut(end).ok_or("a branch ends at no bus")?.push(k);
        }
    }
    // The level of a bus: its voltage relative to what it would be without ratios.
    let mut level: Vec<Option<f64>> = vec![None; buses];
    let starts = roots().map(|s| s.bus).chain(0..buses);
    for start in starts {
        if level.get(start).is_none_or(Option::is_some) {
            continue;
        }
        level[start] = Some(1.0);
        let mut queue = vec![(start, 1.0)];
        while let Some((bus, here)) = queue.pop() {
            for &k in &incident[bus] {
                let b = &network.branches[k];
                let (other, there) = if b.from == bus { (b.to, here * at(k)) } else { (b.from, here / at(k)) };
                match level[other] {
                    None => {
                        level[other] = Some(there);
                        queue.push((other, there));
                    }
                    Some(known) if (known / there - 1.0).abs() > 1e-9 => {
                        return Err(format!("line {} closes a loop whose ratios differ", b.id));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    let level: Vec<f64> = level.into_iter().map(|l| l.unwrap_or(1.0)).collect();
    let nominal = network.buses.iter().zip(&level).map(|(b, l)| b.nominal / l).collect();
    let inner: Vec<f64> = network.branches.iter().map(|b| level.get(b.to).copied().unwrap_or(1.0)).collect();
    let branch =
        |(b, l): (&crate::program::Branch, &f64)| Branch { from: b.from, to: b.to, r: b.r / (l * l), x: b.x / (l * l) };
    let branches = network.branches.iter().zip(&inner).map(branch).collect();
    let sources = roots().map(|s| Source { bus: s.bus, v_set: s.v_set }).collect();
    let grid = Grid::new(nominal, branches, sources).map_err(|e| e.to_string())?;
    Ok((grid, inner))
}
