//! Which factors a later decision may depend on.

use crate::program::{Form, Program, Relation, Stage};
use crate::uncertainty::separate::blocks;
use std::collections::BTreeSet;

/// Per variable: factors, rising; none for what is decided ahead. `idle` factors are left out.
pub(super) fn known(program: &Program, causal: bool, idle: &BTreeSet<usize>) -> Vec<Vec<usize>> {
    let blocks = blocks(program);
    let since = if causal { since(program) } else { Vec::new() };
    let of = |(v, block): (&crate::program::Variable, &Option<usize>)| {
        let all = block.filter(|_| v.stage == Stage::Recourse).and_then(|b| blocks.factors.get(b));
        let period = v.name.columns().2.filter(|_| causal);
        let early = |f: &&usize| match (period, since.get(**f).copied().flatten()) {
            (Some(now), Some(first)) => first <= now,
            _ => true,
        };
        all.into_iter().flatten().filter(|f| !idle.contains(f)).filter(early).copied().collect()
    };
    program.variables.iter().zip(&blocks.variables).map(of).collect()
}

/// Per factor: the first period whose rules mention it.
fn since(program: &Program) -> Vec<Option<usize>> {
    let mut out: Vec<Option<usize>> = vec![None; program.factors.len()];
    for c in &program.constraints {
        let Some(t) = c.name.columns().2 else { continue };
        let mut see = |f: usize| {
            if let Some(slot) = out.get_mut(f) {
                *slot = Some(slot.map_or(t, |s| s.min(t)));
            }
        };
        let mut relation = &c.relation;
        while let Relation::Implies { then, .. } = relation {
            relation = then;
        }
        if let Relation::Le(form) | Relation::Eq(form) = relation {
            mentioned(program, form, &mut see);
        }
    }
    out
}

fn mentioned(program: &Program, form: &Form, see: &mut impl FnMut(usize)) {
    form.uncertain.iter().for_each(|(f, _)| see(f.0 as usize));
    for (a, _) in &form.atoms {
        program.atom(*a).args.iter().for_each(|arg| mentioned(program, arg, see));
    }
}
