//! Uncertainty sets: budgets become relations over factors.

use crate::diagnostics::{Diagnostic, ids_program};
use crate::ids::IdVec;
use crate::model::{Context, Demand, Evaluator};
use crate::names::ROOT;
use crate::program::ledger::{Outcome, Tally};
use crate::program::{Affine, Atom, AtomId, Budget, Form, Relation, VarId};
use crate::units::typed::Node;

/// Adds all budgets.
pub fn all(ev: &mut Evaluator<'_>) {
    let model = ev.model;
    for b in &model.budgets {
        let indices: Vec<(usize, Node)> = b.indices.iter().enumerate().map(|(k, i)| (k, i.set.clone())).collect();
        let mut cx = Context::new(ROOT, 0, b.indices.len());
        let mut tally = Tally::default();
        let done = ev.each(&indices, None, &mut cx, &mut |ev, cx| {
            let demand = ev.demand(&b.condition, cx)?;
            let name = ev.instance_name(&b.name, ROOT, 0, &cx.slots[..b.indices.len()], false);
            if matches!(demand, Demand::Fails(_)) {
                tally.add(Outcome::Finding);
                let text = format!("the budget `{name}` cannot hold");
                let d = Diagnostic::new(ids_program::EMPTY_UNCERTAINTY_SET, b.span, text, "never holds");
                ev.report(d.note("no uncertain factor is left in it"));
            }
            if demand == Demand::Holds {
                tally.add(Outcome::Holds);
            }
            if let Demand::Relations(list) = demand {
                tally.add(Outcome::Row);
                for relation in list {
                    let Some(d) = &mut ev.decisions else { continue };
                    let origin = d.origin(b.span, &b.name);
                    let relation = over_factors(relation, &mut d.program.atoms);
                    d.program.budgets.push(Budget { name: name.clone(), relation, origin });
                }
            }
            Ok(true)
        });
        // What cannot be computed is told.
        if done.is_err() {
            tally.add(Outcome::Finding);
        }
        if let Some(d) = &mut ev.decisions {
            d.budgets.push(tally);
        }
    }
}

/// In a budget the unknowns are the factors: their uncertain parts become affine terms.
fn over_factors(relation: Relation, atoms: &mut IdVec<AtomId, Atom>) -> Relation {
    match relation {
        Relation::Le(f) => Relation::Le(form(f, atoms)),
        Relation::Eq(f) => Relation::Eq(form(f, atoms)),
        Relation::Implies { when, is, then } => {
            Relation::Implies { when, is, then: Box::new(over_factors(*then, atoms)) }
        }
    }
}

fn form(f: Form, atoms: &mut IdVec<AtomId, Atom>) -> Form {
    let mut affine = Affine::constant(f.affine.constant);
    for (factor, a) in &f.uncertain {
        affine.add_scaled(&Affine { constant: 0.0, terms: [(VarId(factor.0), a.constant)].into() }, 1.0);
    }
    let mut out = Form::affine(affine);
    for (id, coefficient) in f.atoms {
        let atom = atoms[id].clone();
        let args = atom.args.into_iter().map(|a| form(a, atoms)).collect();
        out.atoms.push((atoms.push(Atom { args, ..atom }), coefficient));
    }
    out
}
