//! Program → lowered problem and the way back.

use super::bounds::Bounds;
use super::draft::Draft;
use super::map::{ConeSource, Map, RowSource};
use super::rules;
use super::{Lowered, arborescence, position, scale, span};
use crate::deadline::Deadline;
use crate::diagnostics::ids_program::NOTHING_TO_DECIDE;
use crate::diagnostics::ids_solution::NOT_SOLVABLE_YET;
use crate::diagnostics::{Diagnostic, ids_solution, unfinished};
use crate::program::{Affine, AtomId, Form, Objective, Program, Relation};
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A goal of greater importance that has been reached and must not get worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reached {
    /// Index of the objective.
    pub objective: usize,
    /// Worst value still accepted, in coherent units and in the user's direction.
    pub value: f64,
}

/// What to lower.
#[derive(Debug, Clone, Default)]
pub struct LowerOptions {
    /// Index of the objective to optimise. A program without objectives has every feasible point optimal.
    pub objective: usize,
    /// Objectives before it.
    pub reached: Vec<Reached>,
    /// Leave out valid inequalities (constraints marked `implied`).
    pub without_implied: bool,
    /// Atoms asked for by `exact_on_demand(...)` that get their binaries; all of them where this is none.
    pub demanded: Option<BTreeSet<AtomId>>,
    /// Further rows `affine <= 0` over the program's variables, which its feasible points keep.
    pub cuts: Vec<Affine>,
    /// What columns are scaled by.
    pub near: Near,
    /// When to give up.
    pub limit: Deadline,
}

/// What columns are scaled by.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Near {
    /// Their ranges, as far as rules and loads do not say that these reach too far.
    #[default]
    Ranges,
    /// The same, but flows by the loads of the network.
    Loads,
    /// Values of the program's variables near which the best ones are.
    Plan(Arc<Vec<f64>>),
}

/// A lowered problem with the way back.
#[derive(Debug, Clone, Default)]
pub struct Lowering {
    /// The problem; meaningless where there are errors among the diagnostics.
    pub problem: Lowered,
    /// What was refused and why.
    pub diagnostics: Vec<Diagnostic>,
    /// Values, rows, bounds and prices back to the program.
    pub map: Map,
    /// A range stands for "no limit": engines' tolerances may count in what they find.
    pub unlimited: bool,
}

impl Lowering {
    /// Was it given up before its end?
    pub fn is_unfinished(&self) -> bool {
        self.diagnostics.iter().any(|d| d.id == ids_solution::LIMIT_WITHOUT_SOLUTION)
    }
}

/// Constraints after which the limit is looked at.
const STEP: usize = 64;

/// Lowers a deterministic program: every construct by its rule (`docs/lowering.md`), exactly and with
/// derived bounds, then scaled to numbers near 1.
///
/// Uncertain data in the constraints or the objective, constructs without an exact form and constant
/// constraints that are violated end in diagnostics.
pub fn lower(program: &Program, options: &LowerOptions) -> Lowering {
    let refusals = preconditions(program);
    if !refusals.is_empty() {
        return Lowering { diagnostics: refusals, ..Lowering::default() };
    }
    let over = || {
        let found = unfinished(options.limit.interrupted(), "rules were brought into the form of the engines");
        Lowering { diagnostics: vec![found], ..Lowering::default() }
    };
    let Some(bounds) = Bounds::derive(program, &options.limit) else { return over() };
    let mut draft = Draft::new(program, bounds);
    draft.demanded = options.demanded.clone();
    let mut refusals = Refusals::default();
    for (index, constraint) in program.constraints.iter().enumerate() {
        if constraint.implied && options.without_implied {
            continue;
        }
        if index.is_multiple_of(STEP) && options.limit.passed() {
            return over();
        }
        let source = RowSource::Constraint(index);
        draft.start(constraint.name.clone(), constraint.origin, source);
        let result = position::relation(&mut draft, &constraint.relation, &mut Vec::new(), source);
        refusals.collect(result);
    }
    for (k, cut) in options.cuts.iter().enumerate() {
        let name = format!("cycle[{}]", k + 1);
        draft.row(name.into(), cut.clone(), false, RowSource::Definition);
    }
    for reached in &options.reached {
        let Some(objective) = program.objectives.get(reached.objective) else { continue };
        let source = RowSource::Objective(reached.objective);
        draft.start(objective.name.as_str().into(), objective.origin, source);
        let mut form = total(objective);
        form.affine.constant -= reached.value;
        let form = if objective.maximize { form.scaled(-1.0) } else { form };
        refusals.collect(position::at_most(&mut draft, &form, &[], source));
    }
    let mut cost = Affine::default();
    let mut sign = 1.0;
    if let Some(objective) = program.objectives.get(options.objective) {
        draft.start(objective.name.as_str().into(), objective.origin, RowSource::Objective(options.objective));
        sign = if objective.maximize { -1.0 } else { 1.0 };
        match rules::objective_to_epigraph(&mut draft, &total(objective).scaled(sign)) {
            Ok(affine) => cost = affine,
            Err(why) => refusals.collect(Err(why)),
        }
    }
    finish(draft, cost, sign, &options.near, refusals.into_diagnostics())
}

fn finish(draft: Draft, cost: Affine, sign: f64, near: &Near, mut diagnostics: Vec<Diagnostic>) -> Lowering {
    let Draft { program, bounds, columns, definitions, rows, row_sources, cones, cone_sources, loose, .. } = draft;
    let mut problem = Lowered { columns: columns.into(), rows: rows.into(), cones: cones.into(), ..Lowered::default() };
    let unlimited = bounds.unlimited();
    let factors = scale::scale(program, &bounds, &mut problem, (&row_sources, near), (cost, sign));
    // The numbers of ranges have been judged where a solution is known.
    if diagnostics.is_empty() && *near == Near::Ranges {
        diagnostics.extend(span::too_far_apart(program, &problem, &bounds, &row_sources));
    }
    problem.arborescences = arborescence::arborescences(program);
    problem.islands = problem.arborescences.is_empty() && arborescence::islands(program);
    if arborescence::all(program, &problem.arborescences) {
        let acyclic = |source: &RowSource| matches!(source, RowSource::Constraint(c) if program.constraints.get(*c).is_some_and(|c| c.acyclic));
        problem.acyclic =
            problem.rows.ids().zip(&row_sources).filter(|(_, source)| acyclic(source)).map(|(row, _)| row).collect();
    }
    let cones = cone_sources
        .into_iter()
        .zip(factors)
        .map(|(c, f)| ConeSource { factor: c.factor * scale::growth(c.relaxes, f), ..c })
        .collect();
    let map = Map {
        variables: program.variables.len(),
        definitions,
        rows: row_sources,
        cones,
        bounds,
        constraints: program.constraints.len(),
        loose,
    };
    Lowering { problem, diagnostics, map, unlimited }
}

/// The sum of an objective's terms.
fn total(objective: &Objective) -> Form {
    let mut form = Form::default();
    for (_, term) in &objective.terms {
        form.add_scaled(term, 1.0);
    }
    form
}

fn preconditions(program: &Program) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if program.variables.is_empty() {
        let d = Diagnostic::unlocated(NOTHING_TO_DECIDE, "the study has no decision");
        found.push(d.help("declare at least one `var`, or use a device that has one"));
    }
    let uncertain = |form: &Form| !form.uncertain.is_empty();
    let constraint = program.constraints.iter().find(|c| uncertain(relation_form(&c.relation)));
    let objective = program.objectives.iter().find(|o| o.terms.iter().any(|(_, f)| uncertain(f)));
    let atom = program.atoms.iter().find(|a| a.args.iter().any(uncertain));
    let place = constraint
        .map(|c| (format!("rule `{}`", c.name), c.origin))
        .or_else(|| objective.map(|o| (format!("objective `{}`", o.name), o.origin)));
    let (name, span) = match (place, atom) {
        (Some((name, origin)), _) => (name, program.origins.get(origin.0 as usize).map(|o| o.span)),
        (None, Some(atom)) => ("a function's argument".to_owned(), Some(atom.span)),
        (None, None) => return found,
    };
    let message = format!("{name} contains uncertain factors, and there is no lowered problem of it as it stands");
    let d = match span {
        Some(span) => Diagnostic::new(NOT_SOLVABLE_YET, span, message, "contains uncertain factors"),
        None => Diagnostic::unlocated(NOT_SOLVABLE_YET, message),
    };
    found.push(
        d.note("a study under uncertainty is solved as a sequence of problems without factors")
            .help("declare `study worst = robust ccg()` and solve it, or look at `emit --stage program`"),
    );
    found
}

fn relation_form(relation: &Relation) -> &Form {
    match relation {
        Relation::Le(form) | Relation::Eq(form) => form,
        Relation::Implies { then, .. } => relation_form(then),
    }
}

/// Refusals, one per finding and place: a rule over a set fails for all its members alike.
#[derive(Default)]
struct Refusals {
    found: IndexMap<(&'static str, Option<crate::source::Span>), (Diagnostic, usize)>,
}

impl Refusals {
    fn collect(&mut self, result: super::draft::Rule<()>) {
        if let Err(why) = result {
            let entry = self.found.entry((why.id.code, why.span())).or_insert((*why, 0));
            entry.1 += 1;
        }
    }

    fn into_diagnostics(self) -> Vec<Diagnostic> {
        let note = |(d, count): (Diagnostic, usize)| match count {
            0 | 1 => d,
            n => d.note(format!("The same holds for {} more of its instances.", n - 1)),
        };
        self.found.into_values().map(note).collect()
    }
}
