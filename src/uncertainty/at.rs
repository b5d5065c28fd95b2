//! A program in one realisation: its factors are numbers, nothing else changes.

use super::rewrite::{ForFactor, ForVariable, Rewrite, Rewritten};
use crate::ids::IdVec;
use crate::program::{
    Affine, Atom, AtomId, Constraint, Contribution, Form, Network, Objective, OpenSum, Program, Relation, SolvedCheck,
    VarId,
};

/// The deterministic program in which every factor has its value (one per factor). Rules that hold
/// whatever is decided are left out; those that never hold stay, as a false rule of numbers.
pub fn at(program: &Program, factors: &[f64]) -> Program {
    let variables: Vec<ForVariable> =
        (0..program.variables.len()).map(|v| ForVariable::Variable(VarId(v as u32))).collect();
    let factors: Vec<ForFactor> = factors.iter().map(|z| ForFactor::Number(*z)).collect();
    let mut rewrite = Rewrite::new(program, &variables, &factors);
    let mut atoms: IdVec<AtomId, Atom> = IdVec::new();
    let constraint = |c: &Constraint, rewrite: &mut Rewrite<'_>, atoms: &mut IdVec<AtomId, Atom>| {
        let relation = match rewrite.relation(&c.relation, atoms) {
            Rewritten::Relation(relation) => relation,
            Rewritten::Holds => return None,
            Rewritten::Fails(by) => Relation::Le(Form::constant(by)),
        };
        Some(Constraint { relation, ..c.clone() })
    };
    let constraints = program.constraints.iter().filter_map(|c| constraint(c, &mut rewrite, &mut atoms)).collect();
    let objective = |o: &Objective, rewrite: &mut Rewrite<'_>, atoms: &mut IdVec<AtomId, Atom>| {
        let terms = o.terms.iter().map(|(name, f)| (name.clone(), rewrite.form(f, atoms))).collect();
        Objective { terms, ..o.clone() }
    };
    let objectives = program.objectives.iter().map(|o| objective(o, &mut rewrite, &mut atoms)).collect();
    let sum = |s: &OpenSum, rewrite: &mut Rewrite<'_>, atoms: &mut IdVec<AtomId, Atom>| {
        let contribution = |c: &Contribution| Contribution { form: rewrite.form(&c.form, atoms), ..c.clone() };
        OpenSum { contributions: s.contributions.iter().map(contribution).collect(), ..s.clone() }
    };
    let sums: Vec<OpenSum> = program.sums.iter().map(|s| sum(s, &mut rewrite, &mut atoms)).collect();
    let check = |c: &SolvedCheck, rewrite: &mut Rewrite<'_>, atoms: &mut IdVec<AtomId, Atom>| {
        let relation = |r: &Relation| match rewrite.relation(r, atoms) {
            Rewritten::Relation(relation) => Some(relation),
            Rewritten::Holds => None,
            Rewritten::Fails(by) => Some(Relation::Le(Form::constant(by))),
        };
        SolvedCheck { relations: c.relations.iter().filter_map(relation).collect(), ..c.clone() }
    };
    let checks = program.checks.iter().map(|c| check(c, &mut rewrite, &mut atoms)).collect();
    let network = program.network.as_ref().map(|n| injected(n, &sums));
    Program {
        periods: program.periods,
        step: program.step,
        variables: program.variables.clone(),
        factors: IdVec::new(),
        atoms,
        constraints,
        checks,
        sums,
        objectives,
        budgets: Vec::new(),
        origins: program.origins.clone(),
        network,
    }
}

/// The network with the injections of this realisation, as the balances now add them up.
fn injected(network: &Network, sums: &[OpenSum]) -> Network {
    let mut out = network.clone();
    for (t, state) in out.periods.iter_mut().enumerate() {
        for (role, list) in [("active", &mut state.active), ("reactive", &mut state.reactive)] {
            let mut fresh = vec![Affine::default(); list.len()];
            let of = |s: &&OpenSum| s.period == Some(t) && s.role.as_deref() == Some(role);
            for sum in sums.iter().filter(of) {
                let Some(bus) = sum.element.and_then(|e| fresh.get_mut(e)) else { continue };
                for c in sum.contributions.iter().filter(|c| !c.from_branch && !c.from_source) {
                    bus.add_scaled(&c.form.affine, 1.0);
                }
            }
            *list = fresh;
        }
    }
    out
}
