//! The graph of the network, checked before anything is decided: what the library's roles `bus`, `branch` and
//! `source` say, as plain indices, goes to [`crate::network::topology`], and what is found comes back with the
//! places where it was declared.

use super::{Evaluator, Model, Terminal, Value};
use crate::deadline::Deadline;
use crate::diagnostics::{Diagnostic, ids_network};
use crate::names::{ClassId, MemberId, MemberKind, Names};
use crate::network::topology::{
    Line, Topology, fixed_loops, islands_without_source, joined_sources, parallel_lines, unconnected_buses,
};

/// At most so many findings of one id.
const CAP: usize = 10;
/// At most so many ids in a list.
const LISTED: usize = 8;

/// Findings about the graph of the network; none in a study without buses and lines.
pub fn check(model: &Model, limit: &Deadline) -> Vec<Diagnostic> {
    let names = &model.names;
    let (Some(bus), Some(branch)) = (names.class_with_role("bus"), names.class_with_role("branch")) else {
        return Vec::new();
    };
    if model.classes[bus].elements.is_empty() || model.classes[branch].elements.is_empty() {
        return Vec::new();
    }
    let Some(topology) = graph(model, bus, branch, limit) else { return Vec::new() };
    let view = View { model, bus, branch, topology };
    let mut out = Vec::new();
    let radial = is_chosen(names, "radial");
    let all_live = !may_be_dark(names, bus);
    // A bus without line and device does no harm, unless it must have its place in a tree.
    let idle = if all_live && radial { Vec::new() } else { view.idle() };
    if all_live {
        view.unsupplied(&idle, &mut out);
        if radial {
            view.loops(&mut out);
            view.joined(&mut out);
        }
    }
    view.parallel(&mut out);
    view.isolated(&idle, &mut out);
    out
}

fn is_chosen(names: &Names, aspect: &str) -> bool {
    names.aspects.get(aspect).is_some_and(|a| a.1)
}

/// Does an aspect decide which buses are alive, or where a tree is rooted?
fn may_be_dark(names: &Names, bus: ClassId) -> bool {
    let redefined = |role| names.member_with_role(bus, role).is_some_and(|m| names.members[m].aspect.is_some());
    is_chosen(names, "islands") || redefined("energised") || redefined("root")
}

/// Ends of an element, in the order of its class's terminals.
fn ends(model: &Model, class: ClassId, element: usize) -> Vec<Option<usize>> {
    let terminals = model.names.classes[class]
        .all
        .iter()
        .filter(|m| matches!(model.names.members[**m].kind, MemberKind::Terminal { .. }));
    terminals
        .map(|m| match model.classes[class].terminals.get(m).and_then(|l| l.get(element)) {
            Some(Terminal::One(i)) => Some(*i as usize),
            _ => None,
        })
        .collect()
}

/// The graph; none where an end is unknown.
fn graph(model: &Model, bus: ClassId, branch: ClassId, limit: &Deadline) -> Option<Topology> {
    let names = &model.names;
    let mut topology = Topology { buses: model.classes[bus].elements.len(), ..Topology::default() };
    let mut ev = Evaluator::new(model, limit);
    let member = |role: &str| names.member_with_role(branch, role).or_else(|| names.member(branch, role));
    let (switchable, open, available) = (member("switchable"), member("normally_open"), member("available"));
    let closed = names.member_with_role(branch, "closed");
    let modes = model.modes.len().max(1);
    for (element, data) in model.classes[branch].elements.iter().enumerate() {
        let &[Some(from), Some(to)] = ends(model, branch, element).as_slice() else { return None };
        let (mut usable, mut fixed) = (false, true);
        for mode in 0..modes {
            ev.mode = mode;
            let mut yes = |member: Option<usize>, otherwise: bool| match member {
                None => otherwise,
                Some(m) => match ev.member_at(m, element as u32, &[], data.span) {
                    Ok(Value::Bool(b)) => b,
                    _ => otherwise,
                },
            };
            let exists = yes(available, true);
            let (moves, starts_open) = (yes(switchable, true), yes(open, false));
            let (mut may_close, mut may_open) = (moves || !starts_open, moves || starts_open);
            if let Some(m) = closed {
                let settled = frozen(&mut ev, m, element as u32, model.periods);
                may_close &= settled != Some(false);
                may_open &= settled != Some(true);
            }
            usable |= exists && may_close;
            fixed &= exists && !may_open;
        }
        topology.lines.push(Line { from, to, usable, fixed });
    }
    for class in (0..names.classes.len()).filter(|c| names.classes[*c].has_role("source")) {
        for element in 0..model.classes[class].elements.len() {
            topology.sources.extend(ends(model, class, element).into_iter().flatten());
        }
    }
    Some(topology)
}

/// Is the switch kept closed, or open, in all periods? None where it may move.
fn frozen(ev: &mut Evaluator<'_>, closed: MemberId, element: u32, periods: usize) -> Option<bool> {
    let mut all = None;
    for t in 0..periods as i64 {
        let (x, _) = ev.frozen_at(closed, element, &[Value::Period(t)], &"closed").ok()??;
        // Another number is a mistake, told where decisions are made.
        if (x != 0.0 && x != 1.0) || all.is_some_and(|a| a != (x == 1.0)) {
            return None;
        }
        all = Some(x == 1.0);
    }
    all
}

/// An id as it stands in a path: `line.7.rate`, `line."A 1".rate`.
fn field(id: &str) -> String {
    let word = !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || c == '_');
    if word { id.to_owned() } else { format!("\"{id}\"") }
}

struct View<'m> {
    model: &'m Model,
    bus: ClassId,
    branch: ClassId,
    topology: Topology,
}

impl View<'_> {
    fn list(&self, class: ClassId, elements: &[usize]) -> String {
        let ids: Vec<&str> =
            elements.iter().take(LISTED).map(|e| self.model.classes[class].elements[*e].id.as_str()).collect();
        let more = elements.len().saturating_sub(LISTED);
        if more == 0 { ids.join(", ") } else { format!("{} and {more} more", ids.join(", ")) }
    }

    fn unsupplied(&self, idle: &[usize], out: &mut Vec<Diagnostic>) {
        let names = &self.model.names;
        let (bus, line) = (&names.classes[self.bus].name, &names.classes[self.branch].name);
        let elements = &self.model.classes[self.bus].elements;
        if self.topology.sources.is_empty() {
            let text = format!("the network has {} {bus} elements and no source", elements.len());
            let Some(first) = elements.first() else { return };
            out.push(
                Diagnostic::new(ids_network::NO_SOURCE, first.span, text, "nothing supplies this network")
                    .note("a source sets the voltage, and everything else is supplied from it")
                    .help(format!("add `source \"substation\" at {bus} {} {{ v_set = 1 pu }}`", first.id)),
            );
            return;
        }
        let mut islands = islands_without_source(&self.topology);
        islands.retain(|i| i.buses.len() > 1 || !i.buses.iter().any(|b| idle.binary_search(b).is_ok()));
        let count = islands.len();
        for island in islands.into_iter().take(CAP) {
            let Some(first) = island.buses.first().map(|b| &elements[*b]) else { continue };
            let d = if island.buses.len() == 1 {
                let text = format!("no {line} connects {bus} {} to a source", first.id);
                Diagnostic::new(ids_network::UNREACHABLE_BUS, first.span, text, "cannot be supplied")
            } else {
                let all = self.list(self.bus, &island.buses);
                let text = format!("{} {bus} elements are connected to no source: {all}", island.buses.len());
                Diagnostic::new(ids_network::ISLAND_WITHOUT_SOURCE, first.span, text, "first of this island")
            };
            let d = d.note(format!("even with every switch closed; a {line} that is open for good does not count"));
            let d = if count > CAP { d.note(format!("{count} parts of the network have no source")) } else { d };
            out.push(d.help(format!(
                "check the ends of the {line}s nearby, or choose the aspect `islands` if parts may stay dark"
            )));
        }
    }

    fn loops(&self, out: &mut Vec<Diagnostic>) {
        let elements = &self.model.classes[self.branch].elements;
        let line = &self.model.names.classes[self.branch].name;
        for lines in fixed_loops(&self.topology, CAP) {
            let Some(last) = lines.last().map(|l| &elements[*l]) else { continue };
            let all = self.list(self.branch, &lines);
            let text = format!("no {line} of a loop can be opened: {all}");
            out.push(
                Diagnostic::new(ids_network::LOOP_WITHOUT_SWITCH, last.span, text, "closes a loop without switch")
                    .note("in radial operation every loop is open somewhere")
                    .help(format!("give one of them a switch: `{line}.{}.switchable = yes`", field(&last.id))),
            );
        }
    }

    /// Every source is the root of a tree of its own, so that a path between two must be open somewhere.
    fn joined(&self, out: &mut Vec<Diagnostic>) {
        let names = &self.model.names;
        let line = &names.classes[self.branch].name;
        let classes = (0..names.classes.len()).filter(|c| names.classes[*c].has_role("source"));
        let sources: Vec<_> = classes
            .flat_map(|class| (0..self.model.classes[class].elements.len()).map(move |e| (class, e)))
            .flat_map(|(class, e)| ends(self.model, class, e).into_iter().flatten().map(move |_| (class, e)))
            .collect();
        for pair in joined_sources(&self.topology, CAP) {
            let (Some(first), Some(second)) = (sources.get(pair.first), sources.get(pair.second)) else { continue };
            let element = |(class, e): &(usize, usize)| &self.model.classes[*class].elements[*e];
            let (first, second) = (element(first), element(second));
            let (all, noun) = (self.list(self.branch, &pair.lines), if pair.lines.len() == 1 { "" } else { "s" });
            let text = format!(
                "sources `{}` and `{}` are joined by {line}{noun} {all}, none of which can be opened",
                first.id, second.id
            );
            let d = Diagnostic::new(ids_network::LOOP_WITHOUT_SWITCH, second.span, text, "in one tree with another")
                .label(first.span, "the other source")
                .note("in radial operation each source feeds a tree of its own");
            let Some(last) = pair.lines.last().map(|l| &self.model.classes[self.branch].elements[*l]) else { continue };
            out.push(d.help(format!("give one of them a switch: `{line}.{}.switchable = yes`", field(&last.id))));
        }
    }

    fn parallel(&self, out: &mut Vec<Diagnostic>) {
        // Candidates of one corridor are alternatives, not copies.
        if self.model.names.member(self.branch, "candidate").is_some() {
            return;
        }
        let elements = &self.model.classes[self.branch].elements;
        let line = &self.model.names.classes[self.branch].name;
        for lines in parallel_lines(&self.topology).into_iter().take(CAP) {
            let &[first, second, ..] = lines.as_slice() else { continue };
            let text = format!("{line}s {} join the same two ends", self.list(self.branch, &lines));
            out.push(
                Diagnostic::new(ids_network::PARALLEL_LINES, elements[second].span, text, "parallel to another")
                    .label(elements[first].span, "the other")
                    .help("delete one if it is a copy"),
            );
        }
    }

    /// Buses that no element stands at and no branch ends at, ascending.
    fn idle(&self) -> Vec<usize> {
        let mut used = vec![false; self.topology.buses];
        for (class, data) in self.model.classes.iter().enumerate() {
            for member in &self.model.names.classes[class].all {
                let MemberKind::Terminal { class: to, .. } = &self.model.names.members[*member].kind else { continue };
                if self.model.names.class_id(to) != Some(self.bus) {
                    continue;
                }
                for terminal in data.terminals.get(member).into_iter().flatten() {
                    let places: Vec<u32> = match terminal {
                        Terminal::One(i) => vec![*i],
                        Terminal::Many(list) => {
                            let of = |v: &Value| if let Value::Element(_, i) = v { Some(*i) } else { None };
                            list.iter().filter_map(of).collect()
                        }
                        Terminal::Broken => Vec::new(),
                    };
                    for place in places {
                        if let Some(u) = used.get_mut(place as usize) {
                            *u = true;
                        }
                    }
                }
            }
        }
        unconnected_buses(&self.topology).into_iter().filter(|b| !used[*b]).collect()
    }

    fn isolated(&self, idle: &[usize], out: &mut Vec<Diagnostic>) {
        let names = &self.model.names;
        for b in idle.iter().take(CAP) {
            let data = &self.model.classes[self.bus].elements[*b];
            let (bus, line) = (&names.classes[self.bus].name, &names.classes[self.branch].name);
            let text = format!("no {line} ends at {bus} {} and nothing stands there", data.id);
            let d = Diagnostic::new(ids_network::ISOLATED_ELEMENT, data.span, text, "connected to nothing");
            out.push(d.help("connect it or delete it"));
        }
    }
}
