//! Parts of a program that no constraint connects.

use super::recourse::Source;
use super::rewrite::{ForVariable, Rewrite, Rewritten};
use crate::ids::Id;
use crate::program::{Affine, Constraint, Form, Objective, Program, Relation, VarId};
use petgraph::unionfind::UnionFind;

/// Programs over disjoint variables, each with the numbers of the variables that it keeps. Whatever
/// depends on no factor is in the first, if there is such; the constant cost is in the first.
pub fn split(program: &Program, sources: &[Source]) -> Vec<(Program, Vec<usize>)> {
    let n = program.variables.len();
    let mut parts: UnionFind<usize> = UnionFind::new(n);
    let mut first: Vec<Option<usize>> = Vec::with_capacity(program.constraints.len());
    for c in &program.constraints {
        first.push(joined(program, &c.relation, &mut parts));
    }
    let cost = program.objectives.first().map(|o| {
        let mut form = Form::default();
        o.terms.iter().for_each(|(_, f)| form.add_scaled(f, 1.0));
        form
    });
    let cost = cost.unwrap_or_default();
    let part = |affines: Vec<Affine>, atoms: &[(crate::program::AtomId, f64)], parts: &mut UnionFind<usize>| {
        let mut list = Vec::new();
        affines.iter().for_each(|a| list.extend(a.terms.iter().map(|(v, _)| v.0 as usize)));
        let form = Form { atoms: atoms.into(), ..Form::default() };
        variables(program, &form, &mut list);
        unite(&list, parts)
    };
    let products: Vec<Option<usize>> =
        cost.products.iter().map(|p| part(vec![p.left.clone(), p.right.clone()], &[], &mut parts)).collect();
    let atoms: Vec<Option<usize>> = cost.atoms.iter().map(|a| part(Vec::new(), &[*a], &mut parts)).collect();
    // Components with a factor are numbered from 1, in the order of their first variable.
    let mut number = vec![0usize; n];
    let mut count = 1;
    for (v, source) in sources.iter().enumerate() {
        if matches!(source, Source::Factor(_)) {
            let r = parts.find_mut(v);
            if number[r] == 0 {
                number[r] = count;
                count += 1;
            }
        }
    }
    let mut of = |v: usize| number[parts.find_mut(v)];
    let place: Vec<usize> = (0..n).map(&mut of).collect();
    let at = |first: &Option<usize>| first.map_or(0, |v| place[v]);
    let mut constraints: Vec<Vec<&Constraint>> = vec![Vec::new(); count];
    for (c, first) in program.constraints.iter().zip(&first) {
        constraints[at(first)].push(c);
    }
    let mut costs = vec![Form::default(); count];
    costs[0].affine.constant = cost.affine.constant;
    for (v, c) in &cost.affine.terms {
        costs[place[v.0 as usize]].affine.terms.push((*v, *c));
    }
    cost.products.iter().zip(&products).for_each(|(p, first)| costs[at(first)].products.push(p.clone()));
    cost.atoms.iter().zip(&atoms).for_each(|(a, first)| costs[at(first)].atoms.push(*a));
    let mut kept: Vec<Vec<usize>> = vec![Vec::new(); count];
    place.iter().enumerate().for_each(|(v, k)| kept[*k].push(v));
    let build = |((kept, constraints), cost): ((Vec<usize>, Vec<&Constraint>), Form)| {
        (part_of(program, &kept, &constraints, &cost), kept)
    };
    // Where nothing is without a factor, the constant goes to the next.
    if kept.first().is_some_and(Vec::is_empty) && count > 1 {
        let constant = costs[0].affine.constant;
        costs[1].affine.constant += constant;
        kept.remove(0);
        constraints.remove(0);
        costs.remove(0);
    }
    kept.into_iter().zip(constraints).zip(costs).map(build).collect()
}

fn part_of(program: &Program, kept: &[usize], constraints: &[&Constraint], cost: &Form) -> Program {
    let mut symbols = vec![ForVariable::Number(0.0); program.variables.len()];
    let mut to = Program {
        periods: program.periods,
        step: program.step,
        origins: program.origins.clone(),
        ..Program::default()
    };
    for (new, old) in kept.iter().enumerate() {
        symbols[*old] = ForVariable::Variable(VarId(new as u32));
        to.variables.push(program.variables[VarId::at(*old)].clone());
    }
    let mut rewrite = Rewrite::new(program, &symbols, &[]);
    for c in constraints {
        if let Rewritten::Relation(relation) = rewrite.relation(&c.relation, &mut to.atoms) {
            to.constraints.push(Constraint { relation, ..(*c).clone() });
        }
    }
    let form = rewrite.form(cost, &mut to.atoms);
    if let Some(o) = program.objectives.first() {
        to.objectives.push(Objective { terms: vec![("later".into(), form)], ..o.clone() });
    }
    to
}

/// Joins the variables of a relation; the first of them.
fn joined(program: &Program, relation: &Relation, parts: &mut UnionFind<usize>) -> Option<usize> {
    let mut list = Vec::new();
    let mut relation = relation;
    while let Relation::Implies { when, then, .. } = relation {
        list.push(when.0 as usize);
        relation = then;
    }
    if let Relation::Le(form) | Relation::Eq(form) = relation {
        variables(program, form, &mut list);
    }
    unite(&list, parts)
}

fn unite(list: &[usize], parts: &mut UnionFind<usize>) -> Option<usize> {
    for pair in list.windows(2) {
        parts.union(pair[0], pair[1]);
    }
    list.first().copied()
}

fn variables(program: &Program, form: &Form, out: &mut Vec<usize>) {
    let affine = |a: &Affine, out: &mut Vec<usize>| out.extend(a.terms.iter().map(|(v, _)| v.0 as usize));
    affine(&form.affine, out);
    for p in &form.products {
        affine(&p.left, out);
        affine(&p.right, out);
    }
    for (a, _) in &form.atoms {
        program.atom(*a).args.iter().for_each(|f| variables(program, f, out));
    }
}
