//! A lower bound on the later cost that holds for every plan and every realisation.

use crate::deadline::Deadline;
use crate::lowered::Bounds;
use crate::program::{Program, VarId};
use crate::uncertainty::parts::{cost, split_form};
use crate::uncertainty::rewrite::{ForFactor, ForVariable, Rewrite, Rewritten};

/// The least later cost by the derived ranges of variables and the ranges of factors; minus infinity
/// where a range is open or the limit comes before.
pub fn of(program: &Program, limit: &Deadline) -> f64 {
    let Some(objective) = program.objectives.first() else { return 0.0 };
    let symbols: Vec<ForVariable> =
        (0..program.variables.len()).map(|v| ForVariable::Variable(VarId(v as u32))).collect();
    let first = program.variables.len();
    let factors: Vec<ForFactor> =
        (0..program.factors.len()).map(|f| ForFactor::Variable(VarId((first + f) as u32))).collect();
    let mut whole = Program {
        periods: program.periods,
        variables: program.variables.clone(),
        origins: program.origins.clone(),
        ..Program::default()
    };
    whole.variables.extend(program.factors.iter().map(crate::uncertainty::decided));
    let mut rewrite = Rewrite::new(program, &symbols, &factors);
    for c in &program.constraints {
        if let Rewritten::Relation(relation) = rewrite.relation(&c.relation, &mut whole.atoms) {
            whole.constraints.push(crate::program::Constraint { relation, ..c.clone() });
        }
    }
    let later = rewrite.form(&split_form(program, &cost(objective)).1, &mut whole.atoms);
    Bounds::derive(&whole, limit).map_or(f64::NEG_INFINITY, |bounds| bounds.form(&later).lower)
}
