//! The orientation of the network, and whether it is known before anything is solved.

use super::affine_only;
use super::network::{class, member};
use crate::model::{Context, Evaluator, Value};
use crate::names::MemberId;
use crate::program::{Affine, RadialArcs};

/// Where the library tells an orientation: what is the same in all periods.
pub(super) struct Orientation {
    /// The member that is 1 where an arc is chosen.
    chosen: MemberId,
    /// (branch, tail bus, head bus)
    arcs: Vec<(usize, usize, usize)>,
    buses: u32,
    root: Option<MemberId>,
    energised: Option<MemberId>,
    cut_cycles: bool,
}

impl Orientation {
    /// The one of the study, if it has one.
    pub fn find(ev: &mut Evaluator<'_>) -> Option<Self> {
        let model = ev.model;
        let bus = class(&model.names, "bus")?;
        let arc = model.names.class_id("arc")?;
        let chosen = member(&model.names, arc, "orientation")?;
        let ends = ["edge", "tail", "head"].map(|n| model.names.member(arc, n));
        let [Some(edge), Some(tail), Some(head)] = ends else { return None };
        let span = model.names.members[chosen].span;
        let mut arcs = Vec::new();
        for e in 0..model.classes[arc].elements.len() as u32 {
            let mut end = |m: MemberId| match ev.member_at(m, e, &[], span) {
                Ok(Value::Element(_, i)) => Some(i as usize),
                _ => None,
            };
            arcs.push((end(edge)?, end(tail)?, end(head)?));
        }
        let cut_cycles = member(&model.names, arc, "acyclic").is_some_and(|m| {
            let mut cx = Context::new(arc, 0, model.members[m].slots);
            ev.guarded_in(m, &mut cx) == Ok(true)
        });
        let [root, energised] = ["root", "energised"].map(|role| member(&model.names, bus, role));
        let buses = model.classes[bus].elements.len() as u32;
        Some(Orientation { chosen, arcs, buses, root, energised, cut_cycles })
    }

    /// What is chosen in a period.
    pub fn at(&self, ev: &mut Evaluator<'_>, t: usize) -> Option<RadialArcs> {
        let at = [Value::Period(t as i64)];
        let span = ev.model.names.members[self.chosen].span;
        let mut affine = |m: MemberId, e: u32| affine_only(&ev.member_at(m, e, &at, span).ok()?.into_form()?).cloned();
        let mut arcs = Vec::with_capacity(self.arcs.len());
        for (e, (edge, tail, head)) in (0..).zip(&self.arcs) {
            arcs.push((*edge, *tail, *head, affine(self.chosen, e)?));
        }
        let mut per_bus = |member: Option<MemberId>, otherwise: f64| -> Option<Vec<Affine>> {
            (0..self.buses)
                .map(|e| member.map_or_else(|| Some(Affine::constant(otherwise)), |m| affine(m, e)))
                .collect()
        };
        let root = per_bus(self.root, 0.0)?;
        let energised = per_bus(self.energised, 1.0)?;
        Some(RadialArcs { arcs, root, energised, cut_cycles: self.cut_cycles })
    }
}

/// Are all arcs of all periods settled, and do the chosen ones form a forest in which every live bus is
/// fed from a root? Then rules that only forbid cycles say nothing.
pub(super) fn is_known(ev: &mut Evaluator<'_>) -> bool {
    if ev.decisions.as_ref().is_none_or(|d| d.settled.is_none()) || ev.model.modes.len() > 1 {
        return false;
    }
    let Some(orientation) = Orientation::find(ev) else { return false };
    let mut last: Option<RadialArcs> = None;
    for t in 0..ev.model.periods {
        let Some(radial) = orientation.at(ev, t) else { return false };
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
