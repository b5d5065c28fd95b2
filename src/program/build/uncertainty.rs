//! Uncertain factors that move nothing, and sets of them that contain nothing.

use crate::diagnostics::{Diagnostic, ids_program};
use crate::model::Model;
use crate::names::Level;
use crate::program::{Form, Program, Relation, shown};
use rustc_hash::FxHashSet;

/// Findings about the uncertainty of a program without errors.
pub fn check(model: &Model, program: &Program) -> Vec<Diagnostic> {
    let mut out = unused(model, program);
    out.extend(empty(program));
    out
}

fn form(relation: &Relation) -> &Form {
    match relation {
        Relation::Le(f) | Relation::Eq(f) => f,
        Relation::Implies { then, .. } => form(then),
    }
}

/// Families of factors without any factor in a rule, a total or an objective.
fn unused(model: &Model, program: &Program) -> Vec<Diagnostic> {
    // A case may take away what the factors move.
    let in_case = model.names.settings.iter().any(|s| s.level == Some(Level::Case)) || !model.names.without.is_empty();
    if model.factors.is_empty() || in_case {
        return Vec::new();
    }
    let mut used: FxHashSet<&str> = FxHashSet::default();
    let rules = program.constraints.iter().map(|c| form(&c.relation));
    let sums = program.sums.iter().flat_map(|s| &s.contributions).map(|c| &c.form);
    let goals = program.objectives.iter().flat_map(|o| &o.terms).map(|(_, f)| f);
    let arguments = program.atoms.iter().flat_map(|a| &a.args);
    for f in rules.chain(sums).chain(goals).chain(arguments) {
        for (factor, _) in &f.uncertain {
            if let Some(factor) = program.factors.get(factor.0 as usize) {
                used.insert(factor.name.split(['[', '@']).next().unwrap_or_default());
            }
        }
    }
    let idle = model.factors.iter().filter(|f| !used.contains(f.name.as_str()));
    idle.map(|f| {
        let text = format!("the uncertain `{}` reaches no rule and no objective", f.name);
        Diagnostic::new(ids_program::UNUSED_UNCERTAINTY, f.span, text, "moves nothing")
            .help("let it move the parameter it was meant for, or delete it")
    })
    .collect()
}

/// Affine budgets that no point in the ranges of the factors satisfies.
fn empty(program: &Program) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    for budget in &program.budgets {
        let (f, both) = match &budget.relation {
            Relation::Le(f) => (f, false),
            Relation::Eq(f) => (f, true),
            Relation::Implies { .. } => continue,
        };
        if !f.is_affine() {
            continue;
        }
        let (mut least, mut most, mut size) = (f.affine.constant, f.affine.constant, f.affine.constant.abs());
        for (factor, coefficient) in &f.affine.terms {
            // In a budget the variables are the factors.
            let Some(factor) = program.factors.get(factor.0 as usize) else { continue };
            let ends = [coefficient * factor.lower, coefficient * factor.upper];
            least += ends[0].min(ends[1]);
            most += ends[0].max(ends[1]);
            size += ends[0].abs().max(ends[1].abs());
        }
        let tolerance = 1e-9 * size;
        let missing = if least > tolerance {
            least
        } else if both && most < -tolerance {
            -most
        } else {
            continue;
        };
        let origin = program.origin(budget.origin);
        let unit = crate::program::DisplayUnit { label: "".into(), factor: 1.0 };
        let text = format!("no values of the uncertain factors satisfy the budget `{}`", budget.name);
        out.push(
            Diagnostic::new(ids_program::EMPTY_UNCERTAINTY_SET, origin.span, text, "cannot hold")
                .note(format!("within the ranges of the factors its sides stay {} apart", shown(missing, &unit)))
                .help("a budget is usually an upper limit on how much the factors move together"),
        );
    }
    out
}
