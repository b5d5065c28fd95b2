//! Ranges that stand for "no limit", narrowed: by visiting their rules more often, and by what follows for each value
//! of a binary that they stand with.
//!
//! `charge <= 1e16 * charging` and `discharge <= 1e16 * (1 - charging)` bound neither, but while charging nothing is
//! discharged, and then the network bounds what is charged.

use super::bounds::{Bounds, Propagation, Reason};
use super::interval::Interval;
use super::occurrences::Shape;
use crate::program::{Relation, VarId};
use std::collections::{BTreeMap, BTreeSet};

/// Visits of a rule with a wide decision.
const VISITS: u16 = 400;
/// Visits of a rule while a binary is tried, and of all together.
const TRIED: (u16, usize) = (6, 4000);
/// Rounds of trying.
const ROUNDS: usize = 3;
/// Visits of rules in a round of trying at most.
const EFFORT: usize = 2_000_000;

/// Narrows the ranges that reach far beyond what the rules ask for.
pub(super) fn narrow(bounds: &mut Bounds, propagation: &mut Propagation<'_>) {
    for _ in 0..ROUNDS {
        let wide: BTreeSet<VarId> = (0..bounds.len() as u32).map(VarId).filter(|v| bounds.far(*v)).collect();
        if wide.is_empty() {
            return;
        }
        let occurrences = propagation.occurrences;
        let rules = |v: &VarId| occurrences.constraints(*v).to_vec();
        let of_wide: BTreeSet<u32> = wide.iter().flat_map(rules).collect();
        propagation.run(bounds, of_wide.iter().copied(), VISITS, EFFORT);
        let binaries = binaries(bounds, propagation, &of_wide);
        let mut left = EFFORT;
        let mut moved = BTreeSet::new();
        for (binary, rule) in binaries {
            if left < TRIED.1 {
                break;
            }
            left -= TRIED.1;
            moved.extend(try_both(bounds, propagation, binary, rule, &wide));
        }
        if moved.is_empty() {
            return;
        }
        let of_moved: BTreeSet<u32> = moved.iter().flat_map(rules).collect();
        propagation.run(bounds, of_moved.into_iter(), VISITS, EFFORT);
    }
}

/// The binaries that are open and stand in these rules, each with one of them.
fn binaries(bounds: &Bounds, propagation: &Propagation<'_>, rules: &BTreeSet<u32>) -> BTreeMap<VarId, u32> {
    let mut out = BTreeMap::new();
    for rule in rules {
        let mut offer = |v: VarId| {
            let whole = propagation.whole.get(v.0 as usize) == Some(&true);
            if whole && bounds.get(v) == Interval::new(0.0, 1.0) {
                out.entry(v).or_insert(*rule);
            }
        };
        let at = *rule as usize;
        match propagation.occurrences.shape(at) {
            Shape::Other => {
                let mut relation = &propagation.program.constraints[at].relation;
                while let Relation::Implies { when, then, .. } = relation {
                    offer(*when);
                    relation = then;
                }
                if let Relation::Le(form) | Relation::Eq(form) = relation {
                    form.products
                        .iter()
                        .flat_map(|p| p.left.terms.iter().chain(&p.right.terms))
                        .for_each(|t| offer(t.0));
                }
            }
            _ => propagation.occurrences.linear(at).1.iter().for_each(|v| offer(VarId(*v))),
        }
    }
    out
}

/// Narrows wide decisions to what is possible for one value of the binary or for the other; gives those that moved.
fn try_both(
    bounds: &mut Bounds,
    propagation: &mut Propagation<'_>,
    binary: VarId,
    rule: u32,
    wide: &BTreeSet<VarId>,
) -> Vec<VarId> {
    let mut hulls: Vec<BTreeMap<VarId, Interval>> = Vec::new();
    for value in [0.0, 1.0] {
        bounds.record();
        let reason = Reason::Constraint(rule);
        bounds.tighten(&propagation.whole, binary, (value, value == 0.0), 0.0, reason);
        let first = propagation.occurrences.constraints(binary).to_vec();
        propagation.run(bounds, first.into_iter(), TRIED.0, TRIED.1);
        hulls.push(bounds.undo().into_iter().filter(|(v, _)| wide.contains(v)).collect());
    }
    let [off, on] = hulls.as_slice() else { return Vec::new() };
    let mut moved = Vec::new();
    for (v, with) in off {
        let Some(without) = on.get(v) else { continue };
        let hull = with.hull(*without);
        let reason = Reason::Constraint(rule);
        let up = bounds.tighten(&propagation.whole, *v, (hull.upper, true), 0.0, reason);
        if bounds.tighten(&propagation.whole, *v, (hull.lower, false), 0.0, reason) || up {
            moved.push(*v);
        }
    }
    moved
}
