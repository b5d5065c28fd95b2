//! What the library's `@role` annotations say of the electrical network.

use super::affine_only;
use super::oriented::Orientation;
use super::roots::{RootClass, root_classes, roots};
use crate::model::{Accumulator, Evaluator, Value};
use crate::names::{MemberId, Names};
use crate::program::{Affine, Branch, Bus, FlowCone, Network, PeriodState, PowerFloors, Program, Relation, VarId};
use crate::units::typed::Ty;
use rustc_hash::{FxHashMap, FxHashSet};

/// The class with a role.
pub fn class(names: &Names, role: &str) -> Option<usize> {
    names.class_with_role(role)
}

/// The member of a class with a role.
pub fn member(names: &Names, class: usize, role: &str) -> Option<MemberId> {
    names.member_with_role(class, role)
}

/// Reads the network of the first mode.
pub fn describe(ev: &mut Evaluator<'_>) -> Option<Network> {
    let model = ev.model;
    let names = &model.names;
    let (bus, branch) = (class(names, "bus")?, class(names, "branch")?);
    let mut network = Network::default();
    let number = |ev: &mut Evaluator<'_>, c: usize, role: &str, e: u32| -> Option<f64> {
        let m = member(&ev.model.names, c, role)?;
        match ev.member_at(m, e, &[], ev.model.names.members[m].span) {
            Ok(Value::Number(x)) => Some(x),
            Ok(Value::Bool(b)) => Some(f64::from(u8::from(b))),
            _ => None,
        }
    };
    for (e, data) in model.classes[bus].elements.iter().enumerate() {
        let e = e as u32;
        network.buses.push(Bus {
            id: data.id.to_string(),
            nominal: number(ev, bus, "nominal", e)?,
            v_min: number(ev, bus, "v_min", e),
            v_max: number(ev, bus, "v_max", e),
        });
    }
    let ends: Vec<MemberId> = names.classes[branch]
        .all
        .iter()
        .copied()
        .filter(|m| matches!(names.members[*m].kind, crate::names::MemberKind::Terminal { .. }))
        .collect();
    let &[from, to] = ends.as_slice() else { return None };
    for (e, data) in model.classes[branch].elements.iter().enumerate() {
        let e = e as u32;
        let end = |ev: &mut Evaluator<'_>, m: MemberId| match ev.member_at(m, e, &[], data.span) {
            Ok(Value::Element(_, i)) => Some(i as usize),
            _ => None,
        };
        network.branches.push(Branch {
            id: data.id.to_string(),
            from: end(ev, from)?,
            to: end(ev, to)?,
            r: number(ev, branch, "resistance", e)?,
            x: number(ev, branch, "reactance", e)?,
            rate: number(ev, branch, "rating", e),
            capacity: number(ev, branch, "capacity", e),
            normally_open: number(ev, branch, "normally_open", e).is_some_and(|x| x > 0.5),
            switchable: number(ev, branch, "switchable", e).is_none_or(|x| x > 0.5),
        });
    }
    let classes = root_classes(ev);
    for class in &classes {
        network.sources.extend(roots(ev, class)?);
    }
    let floor = |class: usize, role: &str| {
        member(names, class, role).and_then(|m| match &model.members[m].ty {
            Ty::Number(q) => Some(model.units.floor(q)),
            _ => None,
        })
    };
    let (active, reactive) = (floor(bus, "active").unwrap_or(0.0), floor(bus, "reactive").unwrap_or(0.0));
    let apparent = floor(branch, "capacity").unwrap_or(active.max(reactive));
    network.floors = PowerFloors { active, reactive, apparent };
    let mut cones_of = vec![Vec::new(); model.periods];
    for (t, cone) in cones(ev) {
        cones_of.get_mut(t)?.push(cone);
    }
    let mut balances = vec![Vec::new(); model.periods];
    for (i, sum) in ev.decisions.as_ref()?.program.sums.iter().enumerate() {
        if let (Some(t), Some("active" | "reactive"), Some(_)) = (sum.period, sum.role.as_deref(), sum.element) {
            balances.get_mut(t)?.push(i);
        }
    }
    let mut roles = Roles::default();
    let orientation = Orientation::find(ev);
    for (t, (cones, balances)) in cones_of.into_iter().zip(balances).enumerate() {
        network.periods.push(state(ev, &mut roles, (bus, branch, &classes), &orientation, t, cones, &balances)?);
    }
    let injected = network.periods.iter().flat_map(|p| p.active.iter().chain(&p.reactive));
    let injected: FxHashSet<VarId> = injected.flat_map(|a| a.terms.iter().map(|t| t.0)).collect();
    network.starts = ev.starts(&injected);
    let program = &ev.decisions.as_ref()?.program;
    network.minimises_losses = minimises_losses(program);
    Some(network)
}

/// A cone of a period.
type ConeParts = (usize, FlowCone);

/// The flow cones with their periods.
fn cones(ev: &mut Evaluator<'_>) -> Vec<ConeParts> {
    let model = ev.model;
    let mut out = Vec::new();
    let Some(arc) = model.names.class_id("arc") else { return out };
    let Some(rule) = member(&model.names, arc, "cone") else { return out };
    let origin = ev.origin(rule);
    let ends = ["edge", "tail"].map(|n| model.names.member(arc, n));
    let [Some(edge), Some(tail)] = ends else { return out };
    let Some(d) = &ev.decisions else { return out };
    // The network is that of the first of several modes, whose cones are not told.
    let rows = d.program.constraints.iter().enumerate().filter(|(_, c)| c.origin == origin && model.modes.is_empty());
    let found: Vec<(u32, usize, usize)> = rows
        .filter_map(|(i, c)| match c.name.positions()?.as_slice() {
            [e] => Some((*e as u32, 0, i)),
            [e, t] => Some((*e as u32, *t, i)),
            _ => None,
        })
        .collect();
    for (e, t, c) in found {
        let Some(d) = &ev.decisions else { break };
        let parts = match &d.program.constraints[c].relation {
            Relation::Le(f) => flow_cone(f),
            _ => None,
        };
        let Some([p, q, v, l]) = parts else { continue };
        let span = model.names.members[rule].span;
        if let (Ok(Value::Element(_, branch)), Ok(Value::Element(_, tail))) =
            (ev.member_at(edge, e, &[], span), ev.member_at(tail, e, &[], span))
        {
            out.push((t, FlowCone { branch: branch as usize, tail: tail as usize, p, q, v, l }));
        }
    }
    out
}

/// P² + Q² − v·l in its parts.
fn flow_cone(f: &crate::program::Form) -> Option<[Affine; 4]> {
    let mut squares = f.products.iter().filter(|p| p.coefficient > 0.0 && p.left == p.right);
    let mut others = f.products.iter().filter(|p| p.coefficient < 0.0);
    let (p, q, w) = (squares.next()?, squares.next()?, others.next()?);
    if squares.next().is_some() || others.next().is_some() {
        return None;
    }
    Some([p.left.clone(), q.left.clone(), w.left.clone(), w.right.clone()])
}

/// Members by class and role, found once.
#[derive(Default)]
struct Roles(FxHashMap<(usize, &'static str), Option<MemberId>>);

impl Roles {
    fn member(&mut self, names: &Names, class: usize, role: &'static str) -> Option<MemberId> {
        *self.0.entry((class, role)).or_insert_with(|| member(names, class, role))
    }
}

/// The state of a period, with its cones and the places of its balances among the sums.
fn state(
    ev: &mut Evaluator<'_>,
    roles: &mut Roles,
    (bus, branch, classes): (usize, usize, &[RootClass]),
    orientation: &Option<Orientation>,
    t: usize,
    cones: Vec<FlowCone>,
    balances: &[usize],
) -> Option<PeriodState> {
    let model = ev.model;
    let at = [Value::Period(t as i64)];
    let mut affine = |ev: &mut Evaluator<'_>, c: usize, role: &'static str, e: u32| -> Option<Affine> {
        let m = roles.member(&ev.model.names, c, role)?;
        let indexed = ev.model.members[m].indices.iter().any(|i| i.ty == Ty::Period);
        let index: &[Value] = if indexed { &at } else { &[] };
        let v = ev.member_at(m, e, index, ev.model.names.members[m].span).ok()?;
        affine_only(&v.into_form()?).cloned()
    };
    let branches = model.classes[branch].elements.len() as u32;
    let buses = model.classes[bus].elements.len() as u32;
    let one = || Affine::constant(1.0);
    let closed: Option<Vec<Affine>> = (0..branches).map(|e| affine(ev, branch, "closed", e)).collect();
    let (ratio, normal_ratio) = ratios(ev, branch, &mut affine);
    let voltage2: Vec<Affine> =
        (0..buses).map(|e| affine(ev, bus, "voltage2", e)).collect::<Option<_>>().unwrap_or_default();
    let radial = orientation.as_ref().and_then(|o| o.at(ev, t));
    let energised = (0..buses)
        .map(|e| affine(ev, bus, "energised", e))
        .collect::<Option<_>>()
        .unwrap_or_else(|| vec![one(); buses as usize]);
    let (mut holds, mut source_active, mut source_reactive) = (Vec::new(), Vec::new(), Vec::new());
    for of in classes {
        for e in 0..model.classes[of.class].elements.len() as u32 {
            holds.push(affine(ev, of.class, "holds", e).unwrap_or_else(one));
            source_active.extend(affine(ev, of.class, "active", e));
            source_reactive.extend(affine(ev, of.class, "reactive", e));
        }
    }
    let program = &ev.decisions.as_ref()?.program;
    let mut sums = [vec![Affine::default(); buses as usize], vec![Affine::default(); buses as usize]];
    for sum in balances.iter().filter_map(|i| program.sums.get(*i)) {
        let which = match sum.role.as_deref() {
            Some("active") => 0,
            Some("reactive") => 1,
            _ => continue,
        };
        let Some(e) = sum.element else { continue };
        for c in sum.contributions.iter().filter(|c| !c.from_branch && !c.from_source) {
            sums[which][e].add_scaled(&c.form.affine, 1.0);
        }
    }
    let [active, reactive] = sums;
    Some(PeriodState {
        closed: closed?,
        ratio,
        normal_ratio,
        active,
        reactive,
        voltage2,
        radial,
        energised,
        holds,
        source_active,
        source_reactive,
        cones,
    })
}

/// Ratios of the branches in a period and before the first one; nothing where all are 1.
fn ratios(
    ev: &mut Evaluator<'_>,
    branch: usize,
    affine: &mut impl FnMut(&mut Evaluator<'_>, usize, &'static str, u32) -> Option<Affine>,
) -> (Vec<Affine>, Vec<f64>) {
    if member(&ev.model.names, branch, "ratio").is_none() {
        return Default::default();
    }
    let branches = ev.model.classes[branch].elements.len() as u32;
    let one = Affine::constant(1.0);
    let mut of = |role: &'static str| -> Vec<Affine> {
        (0..branches).map(|e| affine(ev, branch, role, e).unwrap_or_else(|| one.clone())).collect()
    };
    let (now, before) = (of("ratio"), of("normal_ratio"));
    if now.iter().all(|r| *r == one) {
        return Default::default();
    }
    (now, before.into_iter().map(|r| r.constant).collect())
}

fn minimises_losses(program: &Program) -> bool {
    let [objective] = program.objectives.as_slice() else { return false };
    if objective.maximize || program.periods != 1 || !objective.terms.iter().all(|(_, f)| f.is_affine()) {
        return false;
    }
    let sums = program.sums.iter().filter(|s| s.role.as_deref() == Some("losses"));
    let parts: Vec<_> = sums.flat_map(|s| &s.contributions).collect();
    // What a device loses is no loss of the network, which the AC power flow computes.
    if parts.is_empty() || !parts.iter().all(|c| c.from_branch) {
        return false;
    }
    let mut sum = Accumulator::default();
    parts.iter().for_each(|c| sum.add_affine(&c.form.affine, 1.0));
    let losses = sum.finish();
    objective.terms.iter().for_each(|(_, f)| sum.add_affine(&f.affine, 1.0));
    sum.finish() == losses
}
