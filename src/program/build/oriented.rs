//! Whether the topology is known before anything is solved.

use super::network::radial_arcs;
use crate::model::Evaluator;
use crate::program::{Affine, RadialArcs};

/// Are all arcs of all periods settled, and do the chosen ones form a forest in which every live bus is
/// fed from a root? Then rules that only forbid cycles say nothing.
pub(super) fn is_known(ev: &mut Evaluator<'_>) -> bool {
    if ev.decisions.as_ref().is_none_or(|d| d.settled.is_none()) || ev.model.modes.len() > 1 {
        return false;
    }
    let mut last: Option<RadialArcs> = None;
    for t in 0..ev.model.periods {
        let Some(radial) = radial_arcs(ev, t) else { return false };
        if last.as_ref() != Some(&radial) {
            if !is_forest(&radial) {
                return false;
            }
            last = Some(radial);
        }
    }
    last.is_some()
}

fn is_forest(radial: &RadialArcs) -> bool {
    let one = |a: &Affine| a.is_constant() && a.constant > 0.5;
    let known = radial.arcs.iter().map(|arc| &arc.3).chain(&radial.root).chain(&radial.energised);
    if !known.into_iter().all(Affine::is_constant) {
        return false;
    }
    let chosen: Vec<(usize, usize)> =
        radial.arcs.iter().filter(|arc| one(&arc.3)).map(|(_, tail, head, _)| (*tail, *head)).collect();
    let mut fed: Vec<bool> = radial.root.iter().map(one).collect();
    let mut fresh: Vec<usize> = (0..fed.len()).filter(|b| fed[*b]).collect();
    let mut used = 0;
    while let Some(bus) = fresh.pop() {
        for (_, head) in chosen.iter().filter(|(tail, _)| *tail == bus) {
            if std::mem::replace(&mut fed[*head], true) {
                return false;
            }
            used += 1;
            fresh.push(*head);
        }
    }
    // What is left would be a ring of its own.
    used == chosen.len() && fed.iter().zip(&radial.energised).all(|(fed, live)| *fed || !one(live))
}

#[cfg(test)]
mod tests {
    use super::is_forest;
    use crate::program::{Affine, RadialArcs, VarId};

    fn radial(arcs: &[(usize, usize, f64)]) -> RadialArcs {
        let number = Affine::constant;
        RadialArcs {
            arcs: arcs.iter().enumerate().map(|(k, (i, j, y))| (k, *i, *j, number(*y))).collect(),
            root: vec![number(1.0), number(0.0), number(0.0), number(0.0)],
            energised: vec![number(1.0); 4],
            cut_cycles: false,
        }
    }

    #[test]
    fn a_tree_is_one() {
        assert!(is_forest(&radial(&[(0, 1, 1.0), (1, 0, 0.0), (1, 2, 1.0), (0, 3, 1.0)])));
    }

    #[test]
    fn a_ring_beside_the_root_a_second_parent_or_a_bus_without_one_are_none() {
        assert!(!is_forest(&radial(&[(0, 1, 1.0), (2, 3, 1.0), (3, 2, 1.0)])));
        assert!(!is_forest(&radial(&[(0, 1, 1.0), (1, 2, 1.0), (1, 3, 1.0), (2, 3, 1.0)])));
        assert!(!is_forest(&radial(&[(0, 1, 1.0), (1, 2, 1.0)])));
    }

    #[test]
    fn an_arc_that_is_still_decided_makes_it_unknown() {
        let mut open = radial(&[(0, 1, 1.0), (1, 2, 1.0), (0, 3, 1.0)]);
        open.arcs[2].3 = Affine::variable(VarId(0));
        assert!(!is_forest(&open));
    }
}
