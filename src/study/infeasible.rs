//! Why a study has no solution: rules and limits that contradict each other, found by leaving out one
//! named rule after the other as long as what remains has still no solution.
//!
//! The continuous relaxation is asked first, because it is fast and its conflicts are plain; the
//! problem with its whole numbers only where the relaxation has a solution. Where switches are in
//! question, it is said which limits the best radial state found still breaks; where no state is known,
//! limits alone are left out, while equations, cones and what makes the network a tree hold.

use crate::diagnostics::{Diagnostic, ids_solution};
use crate::ids::{Id, IdVec};
use crate::lowered::{Column, ColumnId, ColumnSource, ConeKind, Lowered, Map, Row, RowId};
use crate::program::{Constraint, DisplayUnit, Domain, OriginId, Program, Relation, VarId, number};
use crate::solution::{Engine, Options, Primal, Termination, solve};
use crate::study::{Excluded, Repair, power_flow};
use indexmap::IndexSet;

/// Seconds for the whole analysis.
const SECONDS: f64 = 20.0;
/// Limits that are listed of one state.
const LISTED: usize = 3;
/// Rules that are named.
const NAMED: usize = 6;
/// A slack below this, in scaled numbers, is rounding.
const ROUNDING: f64 = 1e-6;

/// What can be left out: all instances of a rule, or the limits of a family of variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Rule(OriginId),
    Limits(OriginId),
}

/// How well it is known that every part of a conflict belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needed {
    /// Without any one of them the others can be satisfied.
    All,
    /// An engine could not tell for some.
    Unknown,
    /// The time of the analysis ended before.
    Unfinished,
}

/// What gives.
#[derive(Debug, Clone, Copy)]
enum Instance {
    /// A row, by its place in the problem that is left.
    Row(usize),
    /// The limits of a variable.
    Limit(usize),
    /// A cone, whose slack has no unit.
    Cone,
}

struct Search<'a> {
    program: &'a Program,
    problem: &'a Lowered,
    map: &'a Map,
    options: Options,
    integers: bool,
    /// Rules that are never left out.
    always: IndexSet<OriginId>,
    /// Are switches in question? Then limits of variables are never left out either.
    switches: bool,
}

/// The finding for a problem that is proven to have no solution.
/// `nearby` proposes values of whole numbers.
pub(super) fn infeasible(
    program: &Program,
    problem: &Lowered,
    map: &Map,
    options: &Options,
    nearby: Option<&dyn Primal>,
) -> Diagnostic {
    let options = options.part(1e-3, options.limit.grace().within(SECONDS));
    let mut search =
        Search { program, problem, map, options, integers: false, always: IndexSet::new(), switches: false };
    let all = search.parts();
    let switches = !problem.arborescences.is_empty();
    let relaxed = search.contradicts(&all) == Some(true);
    if !relaxed
        && switches
        && let Some(nearest) = best_state(program, nearby)
    {
        return nearest;
    }
    let conflict = if relaxed {
        search.reduced(&all)
    } else if switches {
        search.with_switches();
        // Where time did not suffice, a long list says nothing.
        search.reduced(&search.limits()).filter(|(parts, needed)| *needed == Needed::All || parts.len() <= NAMED)
    } else {
        search.integers = true;
        if search.contradicts(&all) == Some(true) { search.reduced(&all) } else { None }
    };
    let Some((parts, needed)) = conflict.filter(|(parts, _)| !parts.is_empty()) else {
        let d = Diagnostic::unlocated(ids_solution::INFEASIBLE, "no decision satisfies all rules");
        return d.help("relax limits one by one, or leave out a case's settings, to see which one matters");
    };
    // Without a part the relaxation can be satisfied; with whole numbers that is another question.
    let needed = if relaxed && needed == Needed::All { search.whole(&parts) } else { needed };
    search.told(&parts, needed)
}

/// The finding for a study of which AC power flow excludes every choice of whole numbers, or every range of flows.
pub(super) fn no_state(repair: &Repair) -> Diagnostic {
    let text = match repair.excluded.first().and_then(|e| e.broken.first()) {
        Some(broken) => format!("no state of the network keeps all limits: {broken}"),
        None => "no state of the network keeps all limits".into(),
    };
    let mut d = Diagnostic::unlocated(ids_solution::INFEASIBLE, text);
    for Excluded { open, broken } in &repair.excluded {
        let with = match open.as_slice() {
            [] => "with all lines closed that may be switched".to_string(),
            [one] => format!("with line {one} open"),
            _ => format!("with lines {} open", open.join(", ")),
        };
        let more = broken.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        let listed: Vec<&str> = broken.iter().take(LISTED).map(String::as_str).collect();
        d = d.note(format!("{with}, {}{more} by AC power flow", listed.join(", ")));
    }
    let judged = match repair.topologies {
        1 => "this choice of whole numbers was".to_string(),
        count => format!("these {count} choices of whole numbers were"),
    };
    d = d.note(match repair.boxes {
        0 => format!("{judged} judged by AC power flow; the relaxation allows no other"),
        boxes => format!(
            "voltages, currents and flows were divided into {} ranges: in none of them do the equations of power flow have a solution within the limits",
            boxes + 1
        ),
    });
    d.help("widen the limit that is not physical, or let feed-in be curtailed or load be shed")
}

/// What the best radial state found still breaks.
fn best_state(program: &Program, nearby: Option<&dyn Primal>) -> Option<Diagnostic> {
    let network = program.network.as_ref()?;
    let candidate = nearby?.propose(&[]).into_iter().next()?;
    let mut x = vec![0.0; program.variables.len()];
    for (column, value) in candidate.values {
        // The first columns are the variables of the program.
        if let Some(x) = x.get_mut(column.place()) {
            *x = value;
        }
    }
    let state = power_flow(network, 0, &x, false).ok().filter(|s| !s.broken.is_empty())?;
    let branches = network.branches.iter().zip(&state.closed);
    let open: Vec<&str> = branches.filter(|(_, closed)| !**closed).map(|(b, _)| b.id.as_str()).collect();
    let text = "no choice of switches keeps all limits of the network";
    let mut d = Diagnostic::unlocated(ids_solution::INFEASIBLE, text)
        .note(format!("the state that comes nearest, of those searched, has these lines open: {}", open.join(", ")));
    for broken in state.broken.iter().take(NAMED) {
        d = d.note(format!("there {broken} by AC power flow"));
    }
    if state.broken.len() > NAMED {
        d = d.note(format!("and {} more limits are broken", state.broken.len() - NAMED));
    }
    Some(d.help("widen the limit that is not physical, or let load be shed"))
}

impl Search<'_> {
    fn parts(&self) -> Vec<Part> {
        let mut out: IndexSet<Part> = IndexSet::new();
        for v in 0..self.map.variables {
            if let Some(column) = self.problem.columns.get(v).filter(|c| limited(c)) {
                out.insert(Part::Limits(column.origin));
            }
        }
        for c in &self.program.constraints {
            out.insert(Part::Rule(c.origin));
        }
        out.into_iter().collect()
    }

    /// From here on whole numbers count, and equations, cones and what makes the network a tree hold.
    fn with_switches(&mut self) {
        (self.integers, self.switches) = (true, true);
        let whole = |v: &VarId| self.program.variable(*v).domain != Domain::Continuous;
        let holds = |c: &Constraint| match &c.relation {
            Relation::Le(f) if f.products.is_empty() && f.atoms.is_empty() => {
                c.acyclic || f.affine.terms.iter().all(|(v, _)| whole(v))
            }
            _ => true,
        };
        let constraints = &self.program.constraints;
        let limits: IndexSet<OriginId> = constraints.iter().filter(|c| !holds(c)).map(|c| c.origin).collect();
        self.always = constraints.iter().map(|c| c.origin).filter(|o| !limits.contains(o)).collect();
    }

    /// The rules that may be left out where switches are in question; first what follows from others.
    fn limits(&self) -> Vec<Part> {
        let mut rules: Vec<&Constraint> = self.program.constraints.iter().collect();
        rules.sort_by_key(|c| !c.implied);
        let limits = rules.into_iter().map(|c| c.origin).filter(|o| !self.always.contains(o));
        limits.map(Part::Rule).collect::<IndexSet<Part>>().into_iter().collect()
    }

    /// The problem with these parts only. Definitions of auxiliary columns always hold.
    fn with(&self, parts: &[Part]) -> Lowered {
        let kept: IndexSet<Part> = parts.iter().copied().collect();
        let islands = self.problem.islands;
        let mut out = Lowered { offset: 0.0, objective_scale: 1.0, islands, ..Lowered::default() };
        out.columns = self.problem.columns.clone();
        for column in &mut out.columns {
            let auxiliary = column.source == ColumnSource::Auxiliary;
            if limited(column) && !self.switches && (auxiliary || !kept.contains(&Part::Limits(column.origin))) {
                (column.lower, column.upper) = (f64::NEG_INFINITY, f64::INFINITY);
            }
            column.integer &= self.integers;
        }
        let holds = |constraint: Option<usize>| match constraint.and_then(|c| self.program.constraints.get(c)) {
            Some(c) => self.always.contains(&c.origin) || kept.contains(&Part::Rule(c.origin)),
            None => true,
        };
        let rows = self.problem.rows.iter().enumerate();
        let rows: Vec<_> = rows.filter(|(i, _)| holds(self.map.constraint_of_row(*i))).collect();
        if self.switches {
            out.arborescences.clone_from(&self.problem.arborescences);
            let acyclic = |(_, (i, _)): &(RowId, &(usize, _))| self.problem.acyclic.contains(&RowId::at(*i));
            out.acyclic = RowId::first(rows.len()).zip(&rows).filter(acyclic).map(|(at, _)| at).collect();
        }
        out.rows = rows.into_iter().map(|(_, r)| r.clone()).collect();
        let cones = self.problem.cones.iter().enumerate();
        out.cones = cones.filter(|(i, _)| holds(self.map.constraint_of_cone(*i))).map(|(_, c)| c.clone()).collect();
        out
    }

    /// Have these parts together no solution? None where that stays open.
    fn contradicts(&self, parts: &[Part]) -> Option<bool> {
        let outcome = solve(&self.with(parts), Engine::Auto, &self.options, None);
        match outcome.termination {
            Termination::Infeasible => Some(true),
            Termination::Optimal => Some(false),
            _ if outcome.point.is_some() => Some(false),
            _ => None,
        }
    }

    /// A set that still contradicts itself, and how well it is known that all its parts are needed.
    fn reduced(&self, all: &[Part]) -> Option<(Vec<Part>, Needed)> {
        let (mut kept, mut needed) = (all.to_vec(), Needed::All);
        // Halves first, then single parts: most parts have nothing to do with the conflict.
        let mut size = kept.len().div_ceil(2).max(1);
        loop {
            let mut at = 0;
            while at < kept.len() {
                if self.options.limit.passed() {
                    return Some((kept, Needed::Unfinished));
                }
                let end = (at + size).min(kept.len());
                let rest: Vec<Part> = [&kept[..at], &kept[end..]].concat();
                match self.contradicts(&rest) {
                    Some(true) => kept = rest,
                    other => {
                        if size == 1 && other.is_none() {
                            needed = Needed::Unknown;
                        }
                        at = end;
                    }
                }
            }
            if size == 1 {
                return Some((kept, needed));
            }
            size = size.div_ceil(2);
        }
    }

    /// The instance that has to give most, and by how much in its unit, if this part alone may give.
    fn gives(&self, parts: &[Part], part: Part) -> Option<String> {
        let mut relaxed = self.with(parts);
        let mut slack: Vec<(ColumnId, Instance, f64)> = Vec::new();
        let origin = match part {
            Part::Rule(o) | Part::Limits(o) => o,
        };
        let add = |columns: &mut IdVec<ColumnId, Column>| {
            let (name, source) = ("slack".into(), ColumnSource::Auxiliary);
            let (lower, upper) = (0.0, f64::INFINITY);
            columns.push(Column { name, lower, upper, integer: false, scale: 1.0, source, origin })
        };
        if let Part::Limits(_) = part {
            // Limits give as rows: x stays within them but for the slack.
            for at in 0..self.map.variables.min(relaxed.columns.len()) {
                let column = &mut relaxed.columns[ColumnId::at(at)];
                if column.origin != origin || !limited(column) {
                    continue;
                }
                let (lower, upper, scale, name) = (column.lower, column.upper, column.scale, column.name.clone());
                (column.lower, column.upper) = (f64::NEG_INFINITY, f64::INFINITY);
                let mut terms = vec![(ColumnId::at(at), 1.0)];
                for sign in [1.0, -1.0] {
                    if (if sign > 0.0 { lower } else { upper }).is_finite() {
                        let column = add(&mut relaxed.columns);
                        terms.push((column, sign));
                        slack.push((column, Instance::Limit(at), scale));
                    }
                }
                relaxed.rows.push(Row { name, lower, upper, terms, scale, origin });
            }
        } else {
            for (at, row) in relaxed.rows.iter_mut().enumerate().filter(|(_, r)| r.origin == origin) {
                for sign in [1.0, -1.0] {
                    let needed = if sign > 0.0 { row.lower.is_finite() } else { row.upper.is_finite() };
                    if needed {
                        let column = add(&mut relaxed.columns);
                        row.terms.push((column, sign));
                        slack.push((column, Instance::Row(at), row.scale));
                    }
                }
            }
            for cone in relaxed.cones.iter_mut().filter(|c| c.origin == origin) {
                let column = add(&mut relaxed.columns);
                let entries = if cone.kind == ConeKind::Rotated { 2 } else { 1 };
                cone.entries.iter_mut().take(entries).for_each(|e| e.terms.push((column, 1.0)));
                slack.push((column, Instance::Cone, 0.0));
            }
        }
        relaxed.objective = slack.iter().map(|(c, ..)| (*c, 1.0)).collect();
        let point = solve(&relaxed, Engine::Auto, &self.options, None).point?;
        let value = |column: ColumnId| *column.of(&point);
        let giving: Vec<_> = slack.iter().filter(|(c, ..)| value(*c) > ROUNDING).collect();
        let (column, instance, scale) = giving.iter().max_by(|a, b| value(a.0).total_cmp(&value(b.0)))?;
        let amount = value(*column) * scale;
        let others = giving.len() - 1;
        let more = |what: &str| if others > 0 { format!(", and {others} more of its {what}") } else { String::new() };
        match instance {
            Instance::Row(at) => {
                let constraint = self.program.constraints.iter().find(|c| c.origin == origin)?;
                // What the lowering made of the rule has a name of its own behind the rule's.
                let name = relaxed.rows[RowId::at(*at)].name.to_string();
                let name = name.split_once("]:").map_or(name.clone(), |(rule, _)| format!("{rule}]"));
                let missed = shown(amount, &constraint.unit);
                Some(format!("`{name}` is missed by {missed}{}", more("instances")))
            }
            Instance::Limit(at) => {
                let variable = &self.program.variables[VarId::at(*at)];
                let missed = shown(amount, &variable.unit);
                Some(format!("the limit of `{}` is missed by {missed}{}", variable.name, more("limits")))
            }
            Instance::Cone => None,
        }
    }

    /// Are all parts of a conflict of the relaxation needed with whole numbers, too?
    fn whole(&mut self, parts: &[Part]) -> Needed {
        if !self.program.variables.iter().any(|v| v.domain != Domain::Continuous) {
            return Needed::All;
        }
        self.integers = true;
        let satisfied = |at: usize| {
            let rest = [&parts[..at], &parts[at + 1..]].concat();
            !self.options.limit.passed() && self.contradicts(&rest) == Some(false)
        };
        let all = (0..parts.len()).all(satisfied);
        self.integers = false;
        if all { Needed::All } else { Needed::Unknown }
    }

    fn told(&self, parts: &[Part], needed: Needed) -> Diagnostic {
        let origin = |part: &Part| match part {
            Part::Rule(o) | Part::Limits(o) => self.program.origin(*o),
        };
        let name = |part: &Part| match part {
            Part::Rule(o) => format!("`{}`", self.program.origin(*o).rule),
            Part::Limits(o) => format!("the limits of `{}`", self.program.origin(*o).rule),
        };
        // What the engineer wrote stands after the library.
        let mut shown: Vec<Part> = parts.to_vec();
        shown.sort_by_key(|p| (matches!(p, Part::Limits(_)), std::cmp::Reverse(origin(p).span.file)));
        let mut names: Vec<String> = shown.iter().take(NAMED).map(name).collect();
        if shown.len() > NAMED {
            names.push(format!("{} more", shown.len() - NAMED));
        }
        let text = match names.split_last() {
            _ if self.switches => {
                format!("no decision satisfies {} beside equations and rules over whole numbers", names.join(", "))
            }
            Some((last, [])) => format!("no decision satisfies {last}"),
            Some((last, first)) => format!("no decision satisfies {} and {last} together", first.join(", ")),
            None => "no decision satisfies all rules".into(),
        };
        let label = |part: &Part| match part {
            Part::Rule(_) => "cannot hold with the others",
            Part::Limits(_) => "limits that leave no room",
        };
        let mut d = match shown.first() {
            Some(first) => Diagnostic::new(ids_solution::INFEASIBLE, origin(first).span, text, label(first)),
            None => Diagnostic::unlocated(ids_solution::INFEASIBLE, text),
        };
        for part in shown.iter().skip(1).take(NAMED - 1) {
            d = d.label(origin(part).span, label(part));
        }
        d = d.note(match needed {
            Needed::All if self.switches => {
                "equations and rules over whole numbers alone were kept throughout: some of them may belong to the conflict"
            }
            Needed::All => "without any one of them the others can be satisfied; the study may have further conflicts",
            Needed::Unfinished => "the analysis ended before all was left out that has nothing to do with it",
            Needed::Unknown => "some of them may have nothing to do with it: that was not decided for each",
        });
        if self.integers {
            d = d.note("the conflict is one of whole numbers: with fractions of switches the rules could be kept");
        }
        for part in shown.iter().take(NAMED) {
            if let Some(text) = self.gives(parts, *part) {
                d = d.note(format!("with every other rule kept, {text}"));
            }
        }
        d.help("relax the one that is not physical: a voltage window, a rating, a demand that may not be shed")
    }
}

/// An amount with its unit, in six digits.
fn shown(amount: f64, unit: &DisplayUnit) -> String {
    let text = number(amount / unit.factor);
    if unit.label.is_empty() { text } else { format!("{text} {}", unit.label) }
}

fn limited(column: &Column) -> bool {
    !column.integer && (column.lower.is_finite() || column.upper.is_finite())
}
