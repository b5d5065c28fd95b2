//! Which parts of a program are settled before the uncertainty is known.

use crate::program::{Affine, AtomId, Constraint, Form, Objective, Program, Relation, Stage, VarId};

/// Does the relation depend on a factor or on a recourse decision?
pub fn is_later(program: &Program, relation: &Relation) -> bool {
    match relation {
        Relation::Le(form) | Relation::Eq(form) => form_is_later(program, form),
        Relation::Implies { when, then, .. } => is_recourse(program, *when) || is_later(program, then),
    }
}

/// The constraints of either stage: settled ahead, later.
pub fn split_constraints(program: &Program) -> (Vec<&Constraint>, Vec<&Constraint>) {
    program.constraints.iter().partition(|c| !is_later(program, &c.relation))
}

/// Is the variable decided after the uncertainty is known?
pub fn is_recourse(program: &Program, v: VarId) -> bool {
    program.variable(v).stage == Stage::Recourse
}

/// Does the form depend on a factor or on a recourse decision?
pub fn form_is_later(program: &Program, form: &Form) -> bool {
    affine_is_later(program, &form.affine)
        || !form.uncertain.is_empty()
        || form.products.iter().any(|p| affine_is_later(program, &p.left) || affine_is_later(program, &p.right))
        || form.atoms.iter().any(|(a, _)| atom_is_later(program, *a))
}

fn affine_is_later(program: &Program, affine: &Affine) -> bool {
    affine.terms.iter().any(|(v, _)| is_recourse(program, *v))
}

fn atom_is_later(program: &Program, atom: AtomId) -> bool {
    program.atom(atom).args.iter().any(|f| form_is_later(program, f))
}

/// The sum of an objective's terms, turned so that less is better.
pub fn cost(objective: &Objective) -> Form {
    let mut form = Form::default();
    for (_, term) in &objective.terms {
        form.add_scaled(term, 1.0);
    }
    if objective.maximize { form.scaled(-1.0) } else { form }
}

/// What of a form is settled ahead, and the rest.
pub fn split_form(program: &Program, form: &Form) -> (Form, Form) {
    let (mut ahead, mut later) = (Form::default(), Form::default());
    ahead.affine.constant = form.affine.constant;
    for (v, c) in &form.affine.terms {
        let side = if is_recourse(program, *v) { &mut later } else { &mut ahead };
        side.affine.terms.push((*v, *c));
    }
    for p in &form.products {
        let open = affine_is_later(program, &p.left) || affine_is_later(program, &p.right);
        if open { &mut later } else { &mut ahead }.products.push(p.clone());
    }
    for (a, c) in &form.atoms {
        if atom_is_later(program, *a) { &mut later } else { &mut ahead }.atoms.push((*a, *c));
    }
    later.uncertain.clone_from(&form.uncertain);
    (ahead, later)
}

/// Factors that stand in a rule or in the objective.
pub fn moved(program: &Program) -> std::collections::BTreeSet<usize> {
    let mut out = std::collections::BTreeSet::new();
    let mut see = |form: &Form| out.extend(form.uncertain.iter().map(|(f, _)| f.0 as usize));
    for c in &program.constraints {
        let mut relation = &c.relation;
        while let Relation::Implies { then, .. } = relation {
            relation = then;
        }
        if let Relation::Le(form) | Relation::Eq(form) = relation {
            see(form);
        }
    }
    program.objectives.iter().flat_map(|o| &o.terms).for_each(|(_, f)| see(f));
    program.atoms.iter().flat_map(|a| &a.args).for_each(see);
    out
}

/// The first objective at a point, turned so that less is better.
pub fn cost_value(program: &Program, values: &[f64], value: impl Fn(&Program, &Form, &[f64]) -> f64) -> f64 {
    let Some(o) = program.objectives.first() else { return 0.0 };
    let sum: f64 = o.terms.iter().map(|(_, f)| value(program, f, values)).sum();
    if o.maximize { -sum } else { sum }
}
