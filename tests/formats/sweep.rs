//! Losses of the network as it stands, by a plain backward/forward sweep over what an importer read.

use tieline::import::Feeder;

/// Active losses in kW with normally open branches open. Panics if they do not form a forest
/// rooted at the sources, or if the sweep does not converge.
pub fn losses_kw(feeder: &Feeder) -> f64 {
    let position: std::collections::HashMap<&str, usize> =
        feeder.buses.iter().enumerate().map(|(i, b)| (b.id.as_str(), i)).collect();
    let n = feeder.buses.len();
    let mut neighbours: Vec<Vec<(usize, usize)>> = vec![Vec::new(); n];
    for (k, b) in feeder.branches.iter().enumerate().filter(|(_, b)| !b.normally_open) {
        let (i, j) = (position[b.from.as_str()], position[b.to.as_str()]);
        neighbours[i].push((j, k));
        neighbours[j].push((i, k));
    }
    let mut power: Vec<(f64, f64)> = feeder.buses.iter().map(|b| (b.p_kw * 1e3, b.q_kvar * 1e3)).collect();
    for injection in &feeder.injections {
        let s = &mut power[position[injection.bus.as_str()]];
        *s = (s.0 - injection.p_kw * 1e3, s.1 - injection.q_kvar * 1e3);
    }
    let mut v: Vec<(f64, f64)> = vec![(f64::NAN, 0.0); n];
    let mut order: Vec<(usize, Option<(usize, usize)>)> = Vec::new();
    let mut seen = vec![false; n];
    for source in &feeder.sources {
        let at = position[source.bus.as_str()];
        v[at] = (source.v_set * feeder.buses[at].nominal_kv * 1e3, 0.0);
        seen[at] = true;
        order.push((at, None));
    }
    let mut head = 0;
    while head < order.len() {
        let (i, up) = order[head];
        head += 1;
        for (j, k) in &neighbours[i] {
            if up.map(|(_, k)| k) == Some(*k) {
                continue;
            }
            assert!(!seen[*j], "the network as given is not radial at bus {}", feeder.buses[*j].id);
            seen[*j] = true;
            v[*j] = v[i];
            order.push((*j, Some((i, *k))));
        }
    }
    for _ in 0..200 {
        let mut current = vec![(0.0, 0.0); n];
        let mut losses = 0.0;
        let mut change: f64 = 0.0;
        // Line-to-line volts and √3 times the current: power is v · conj(i) without factors.
        for (j, up) in order.iter().rev() {
            let (p, q) = power[*j];
            let size = v[*j].0.powi(2) + v[*j].1.powi(2);
            current[*j].0 += (p * v[*j].0 + q * v[*j].1) / size;
            current[*j].1 += (p * v[*j].1 - q * v[*j].0) / size;
            if let Some((i, k)) = up {
                losses += feeder.branches[*k].r_ohm * (current[*j].0.powi(2) + current[*j].1.powi(2));
                current[*i].0 += current[*j].0;
                current[*i].1 += current[*j].1;
            }
        }
        for (j, up) in &order {
            if let Some((i, k)) = up {
                let (r, x) = (feeder.branches[*k].r_ohm, feeder.branches[*k].x_ohm);
                let (re, im) = current[*j];
                let new = (v[*i].0 - r * re + x * im, v[*i].1 - r * im - x * re);
                change = change.max((new.0 - v[*j].0).abs() + (new.1 - v[*j].1).abs());
                v[*j] = new;
            }
        }
        if change < 1e-6 {
            return losses / 1e3;
        }
    }
    panic!("the sweep does not converge");
}
