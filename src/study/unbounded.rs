//! Which decision runs away where the objective can be improved without limit.

use crate::diagnostics::{Diagnostic, ids_solution};
use crate::ids::{Id, IdVec};
use crate::lowered::{ColumnSource, Lowered};
use crate::program::Program;
use crate::solution::{Engine, Options, solve};

/// Limit put on columns that have none, in scaled numbers near 1.
const FAR: f64 = 1e5;
/// Seconds to find out.
const SECONDS: f64 = 10.0;
/// Decisions that are named.
const NAMED: usize = 5;

/// The finding: the decisions that go as far as they are let when everything is limited.
pub(super) fn unbounded(program: &Program, problem: &Lowered, options: &Options) -> Diagnostic {
    let text = "the objective can be improved without limit";
    let mut boxed = Lowered { derived: IdVec::new(), arborescences: Vec::new(), ..problem.clone() };
    for column in &mut boxed.columns {
        column.integer = false;
        column.lower = column.lower.max(-FAR);
        column.upper = column.upper.min(FAR);
    }
    let options = options.part(options.gap, options.limit.grace().within(SECONDS));
    let point = solve(&boxed, Engine::Auto, &options, None).point.unwrap_or_default();
    let cost = |column: usize| problem.objective.iter().find(|(c, _)| c.place() == column).map_or(0.0, |c| c.1.abs());
    let mut far: Vec<(usize, usize)> = problem
        .columns
        .iter()
        .enumerate()
        .filter(|(i, _)| point.get(*i).is_some_and(|x| x.abs() > 0.5 * FAR))
        .filter_map(|(i, c)| if let ColumnSource::Variable(v) = c.source { Some((i, v)) } else { None })
        .collect();
    far.sort_by(|a, b| cost(b.0).total_cmp(&cost(a.0)).then(a.0.cmp(&b.0)));
    let named: Vec<_> = far.iter().filter_map(|(_, v)| program.variables.get(*v)).collect();
    let Some(first) = named.first() else {
        return Diagnostic::unlocated(ids_solution::UNBOUNDED, text).help("give every decision finite limits");
    };
    let text = format!("{text}: nothing limits `{}`", first.name);
    let mut d =
        Diagnostic::new(ids_solution::UNBOUNDED, program.origin(first.origin).span, text, "grows without limit");
    let others: Vec<String> = named.iter().skip(1).take(NAMED).map(|v| format!("`{}`", v.name)).collect();
    if !others.is_empty() {
        d = d.note(format!("with it go {}", others.join(", ")));
    }
    d.help("bound it, or correct the sign of its cost")
}
