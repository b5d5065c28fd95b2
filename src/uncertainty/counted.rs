//! Sets that count deviations: each factor is free in a range around 0, and a budget limits how many of
//! a group may deviate, in whole or in part.
//!
//! A corner of `{|z| <= u, Σ |z| / u <= k}` has ⌊k⌋ factors at an end, one at the rest of k, and the
//! others at 0. So every corner is on the grid of these levels, and every point of the grid that keeps
//! the count is in the set: the worst over the grid is the worst over the set.

use super::set::{Group, Set};
use crate::program::{AtomKind, Program, Relation};

/// Levels of one factor: a value and what it takes from the count of its group.
pub type Levels = Vec<(f64, f64)>;

/// A set as levels and counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Levels per factor.
    pub levels: Vec<Levels>,
    /// Per factor: its group.
    pub group: Vec<usize>,
    /// Per group: most in sum (infinity for none).
    pub most: Vec<f64>,
}

/// Difference that counts as none.
const SAME: f64 = 1e-9;

/// Reads the set that way; none where a group is of another kind.
pub fn counted(program: &Program, set: &Set<'_>) -> Option<Counted> {
    let n = program.factors.len();
    let mut out = Counted { levels: vec![Vec::new(); n], group: vec![0; n], most: Vec::new() };
    for (g, group) in set.groups().iter().enumerate() {
        let most = match group.budgets.as_slice() {
            [] => f64::INFINITY,
            [budget] => count(program, group, *budget)?,
            _ => return None,
        };
        if most < 0.0 {
            return None;
        }
        out.most.push(most);
        for f in &group.factors {
            let factor = program.factors.get(*f)?;
            out.group[*f] = g;
            out.levels[*f] = levels(factor.lower, factor.upper, most, group.factors.len());
        }
    }
    Some(out)
}

fn levels(lower: f64, upper: f64, most: f64, size: usize) -> Levels {
    let ends = || [lower, upper].into_iter().filter(|z| *z != 0.0);
    if most.is_infinite() || most >= size as f64 {
        let mut all = vec![(lower, 0.0), (upper, 0.0)];
        all.dedup();
        return all;
    }
    let mut out = vec![(0.0, 0.0)];
    let rest = most - most.floor();
    if most >= 1.0 - SAME {
        out.extend(ends().map(|z| (z, 1.0)));
    }
    if rest > SAME && rest < 1.0 - SAME {
        out.extend(ends().map(|z| (z * rest, rest)));
    }
    out
}

/// How many factors of the group may be at an end; none where the budget does not count that way.
fn count(program: &Program, group: &Group, budget: usize) -> Option<f64> {
    let Relation::Le(form) = &program.budgets.get(budget)?.relation else { return None };
    if !form.products.is_empty() || !form.uncertain.is_empty() {
        return None;
    }
    // What each factor takes at its end.
    let mut takes = vec![0.0; group.factors.len()];
    for (v, c) in &form.affine.terms {
        let place = group.factors.binary_search(&(v.0 as usize)).ok()?;
        let f = program.factors.get(v.0 as usize)?;
        if *c <= 0.0 || f.lower != 0.0 {
            return None;
        }
        takes[place] += c * f.upper;
    }
    for (atom, c) in &form.atoms {
        let atom = program.atom(*atom);
        let (AtomKind::Abs, [arg]) = (&atom.kind, atom.args.as_slice()) else { return None };
        let [(v, a)] = arg.affine.terms.as_slice() else { return None };
        if !arg.is_affine() || arg.affine.constant != 0.0 || *c <= 0.0 {
            return None;
        }
        let f = program.factors.get(v.0 as usize)?;
        let symmetric = (f.lower + f.upper).abs() <= SAME * f.upper.abs() || f.lower == 0.0;
        if !symmetric {
            return None;
        }
        takes[group.factors.binary_search(&(v.0 as usize)).ok()?] += c * a.abs() * f.upper;
    }
    let first = *takes.first()?;
    let equal = first > 0.0 && takes.iter().all(|t| (t - first).abs() <= SAME * first);
    equal.then(|| {
        let most = -form.affine.constant / first;
        // A limit that is whole but for rounding is whole.
        if (most - most.round()).abs() <= SAME { most.round() } else { most }
    })
}
