//! What is decided ahead must not depend on what is decided later.

use crate::diagnostics::{Diagnostic, ids_program};
use crate::ids::Id;
use crate::program::{FactorId, Program, Relation, Stage, VarId};

/// Where there is uncertainty: costs and rules of uncertain data on recourse decisions.
pub fn check(program: &Program) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    if program.factors.is_empty() {
        return out;
    }
    for c in &program.constraints {
        let form = match &c.relation {
            Relation::Le(f) | Relation::Eq(f) => f,
            Relation::Implies { then, .. } => match then.as_ref() {
                Relation::Le(f) | Relation::Eq(f) => f,
                Relation::Implies { .. } => continue,
            },
        };
        for (factor, affine) in &form.uncertain {
            let later = affine.terms.iter().find(|(v, _)| program.variable(*v).stage == Stage::Recourse);
            if let Some((v, _)) = later {
                out.push(recourse_matrix(program, c, factor.0 as usize, *v));
            }
        }
    }
    out.sort_by_key(Diagnostic::span);
    out.dedup_by(|a, b| a.id == b.id && a.span() == b.span());
    out
}

fn recourse_matrix(program: &Program, c: &crate::program::Constraint, factor: usize, v: VarId) -> Diagnostic {
    let rule = program.origin(c.origin);
    let var = program.variable(v);
    let f = &program.factors[FactorId::at(factor)];
    Diagnostic::new(
        ids_program::UNCERTAIN_RECOURSE_MATRIX,
        rule.span,
        format!(
            "in `{}` the uncertain `{}` multiplies `{}`, which is decided after it is known",
            c.name, f.name, var.name
        ),
        "uncertain times recourse",
    )
    .label(program.origin(var.origin).span, "decided later")
    .label(program.origin(f.origin).span, "uncertain")
    .note("worst cases can be found when uncertain data stand alone or with decisions made ahead")
    .help("model the quantity itself (shed power in kW rather than a served fraction), or decide it `ahead`")
}
