//! Uncertain factors that move nothing, and sets of them that contain nothing.

use crate::diagnostics::{Diagnostic, ids_program};
use crate::model::Model;
use crate::names::Level;
use crate::program::{AtomKind, Form, Program, Relation, shown};
use rustc_hash::FxHashSet;

/// Findings about the uncertainty of a program without errors.
pub fn check(model: &Model, program: &Program) -> Vec<Diagnostic> {
    let mut out = unused(model, program);
    out.extend(budgets(program));
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

/// Budgets that no point in the ranges of the factors satisfies, and such that every point does.
fn budgets(program: &Program) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    for budget in &program.budgets {
        let (f, both) = match &budget.relation {
            Relation::Le(f) => (f, false),
            Relation::Eq(f) => (f, true),
            Relation::Implies { .. } => continue,
        };
        let Some(Range { least, most, size }) = range(program, f) else { continue };
        let tolerance = 1e-9 * size;
        let origin = program.origin(budget.origin);
        let missing = if least > tolerance {
            least
        } else if both && most < -tolerance {
            -most
        } else {
            if !both && most <= tolerance && !f.is_constant() {
                let text =
                    format!("the budget `{}` binds nothing: its factors cannot move that far together", budget.name);
                out.push(
                    Diagnostic::new(ids_program::IDLE_BUDGET, origin.span, text, "always holds")
                        .note(
                            "the ranges of the factors are the whole uncertainty set, as if the budget were not there",
                        )
                        .help("lower its limit, or delete it"),
                );
            }
            continue;
        };
        let unit = crate::program::DisplayUnit::new("", 1.0);
        let text = format!("no values of the uncertain factors satisfy the budget `{}`", budget.name);
        out.push(
            Diagnostic::new(ids_program::EMPTY_UNCERTAINTY_SET, origin.span, text, "cannot hold")
                .note(format!("within the ranges of the factors its sides stay {} apart", shown(missing, &unit)))
                .help("a budget is usually an upper limit on how much the factors move together"),
        );
    }
    out
}

/// What a form may be, and what its parts add up to.
struct Range {
    least: f64,
    most: f64,
    size: f64,
}

/// The range of a form of factors by the ranges of each; exact where every factor stands in it once.
fn range(program: &Program, f: &Form) -> Option<Range> {
    let constant = f.affine.constant;
    let mut sum = Range { least: constant, most: constant, size: constant.abs() };
    for (factor, coefficient) in &f.affine.terms {
        // In a budget the variables are the factors.
        let Some(factor) = program.factors.get(factor.0 as usize) else { continue };
        sum.add(coefficient * factor.lower, coefficient * factor.upper);
    }
    for (atom, coefficient) in &f.atoms {
        let atom = program.atom(*atom);
        let args: Vec<Range> = atom.args.iter().map(|a| range(program, a)).collect::<Option<_>>()?;
        let first = args.first()?;
        let (low, high) = match atom.kind {
            AtomKind::Abs => {
                let inner = first.least.max(-first.most).max(0.0);
                (inner, first.least.abs().max(first.most.abs()))
            }
            AtomKind::Max => {
                args.iter().fold((f64::NEG_INFINITY, f64::NEG_INFINITY), |(l, h), a| (l.max(a.least), h.max(a.most)))
            }
            AtomKind::Min => {
                args.iter().fold((f64::INFINITY, f64::INFINITY), |(l, h), a| (l.min(a.least), h.min(a.most)))
            }
            AtomKind::Norm | AtomKind::Piecewise(_) => return None,
        };
        sum.add(coefficient * low, coefficient * high);
    }
    f.products.is_empty().then_some(sum)
}

impl Range {
    fn add(&mut self, a: f64, b: f64) {
        self.least += a.min(b);
        self.most += a.max(b);
        self.size += a.abs().max(b.abs());
    }
}
