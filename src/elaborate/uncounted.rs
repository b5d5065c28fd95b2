//! Sums that belong beside what a goal counts, and that no goal counts: running costs where costs
//! are minimised.

use crate::diagnostics::{Diagnostic, ids_program};
use crate::model::Model;
use crate::names::{MemberKind, ROOT};
use crate::program::{Form, Objective, OpenSum, Program};
use crate::units::typed::Ty;
use rustc_hash::FxHashSet;

/// A warning for each total declared `@beside(other)` that decisions add to, where a goal is
/// measured as `other` is and none has these decisions in it.
pub fn check(model: &Model, program: &Program) -> Vec<Diagnostic> {
    let names = &model.names;
    let mut out = Vec::new();
    for (id, member) in names.members.iter().enumerate() {
        let (MemberKind::Total(_), Some(beside)) = (&member.kind, member.annotation("beside")) else { continue };
        let other = beside.args.first().and_then(|name| names.member(ROOT, name));
        let Some((other, Ty::Number(quantity))) = other.map(|m| (m, &model.members[m].ty)) else { continue };
        let goals = model.objectives.iter().zip(&program.objectives);
        let mut goals = goals.filter(|(g, _)| g.quantity.dimension == quantity.dimension).map(|(_, o)| o);
        let Some(goal) = goals.next() else { continue };
        let name = names.qualified(id);
        let decisions = decisions(program.sums.iter().filter(|s| s.name.family() == name));
        if decisions.is_empty() || program.objectives.iter().any(|o| counts(o, &decisions)) {
            continue;
        }
        let periods = model.members[id].indices.iter().any(|i| i.ty == Ty::Period);
        let whole = match (periods, program.step) {
            (true, Some(_)) => format!("`{} + integral(t: {name}[t])`", names.qualified(other)),
            (true, None) => format!("`sum(t: {name}[t])`"),
            (false, _) => format!("`{} + {name}`", names.qualified(other)),
        };
        let text = format!("no goal counts `{name}`, to which this study adds");
        let label = format!("leaves out {}", member.name);
        let d = Diagnostic::new(ids_program::UNCOUNTED_TOTAL, program.origin(goal.origin).span, text, label);
        let doc = member.doc.as_deref().and_then(|d| d.lines().next());
        let d = match doc {
            Some(doc) => d.note(format!("`{name}`: {doc}")),
            None => d,
        };
        out.push(d.help(format!("to count it, write {whole}")));
    }
    out
}

fn decisions<'p>(sums: impl Iterator<Item = &'p OpenSum>) -> FxHashSet<u32> {
    sums.flat_map(|s| &s.contributions).flat_map(|c| c.form.affine.terms.iter().map(|(v, _)| v.0)).collect()
}

/// Could this goal have one of these decisions in it?
fn counts(goal: &Objective, decisions: &FxHashSet<u32>) -> bool {
    let has = |form: &Form| {
        !form.atoms.is_empty()
            || !form.products.is_empty()
            || form.affine.terms.iter().any(|(v, _)| decisions.contains(&v.0))
    };
    goal.terms.iter().any(|(_, form)| has(form))
}
