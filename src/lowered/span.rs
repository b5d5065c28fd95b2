//! Numbers that are too far apart for any engine: what stands beside a range or a constant so much larger counts as
//! nothing, and an answer would be worth nothing.

use super::bounds::{Bounds, reach};
use super::map::RowSource;
use super::{ColumnId, ColumnSource, Lowered, Row};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::ids_program::NUMBERS_TOO_FAR_APART;
use crate::program::{DisplayUnit, Program, VarId, number};

/// Coefficient of a whole number relative to that of a decision beside it: a share of the whole number within the
/// engines' tolerance would let all of it through.
const SWITCH: f64 = 1_073_741_824.0;
/// What all other decisions of an equation may reach relative to its constant: less is within the engines' tolerance.
const NOTHING: f64 = 1e-7;

/// Floors of the rule that the other decisions reach at least: what adds up to less is nothing in any case.
const FLOORS: f64 = 1000.0;

/// The first of them, of a scaled problem.
pub(super) fn too_far_apart(
    program: &Program,
    problem: &Lowered,
    bounds: &Bounds,
    sources: &[RowSource],
) -> Option<Diagnostic> {
    let rows = || problem.rows.iter().zip(sources);
    let switch = rows().find_map(|(row, source)| switched(program, problem, bounds, row, *source));
    switch.or_else(|| rows().find_map(|(row, source)| beside_constant(program, problem, row, *source)))
}

/// A whole number whose coefficient is a range that stands for "no limit".
fn switched(program: &Program, problem: &Lowered, bounds: &Bounds, row: &Row, source: RowSource) -> Option<Diagnostic> {
    let whole = |c: &ColumnId| problem.columns[*c].integer;
    let most = row.terms.iter().filter(|(c, _)| whole(c)).map(|t| t.1.abs()).fold(0.0, f64::max);
    let unlimited = |c: ColumnId, a: f64| {
        if !matches!(problem.columns[c].source, ColumnSource::Variable(_)) {
            return false;
        }
        let switched = most / a.abs() * problem.columns[c].scale;
        let reaches = bounds.get(VarId(c.0)).magnitude().min(switched).min(problem.columns[c].scale);
        bounds.declared_no_limit(program, VarId(c.0)).is_some_and(|no_limit| reaches > no_limit)
    };
    let counts = |(c, a): &(ColumnId, f64)| {
        if whole(c) || *a == 0.0 {
            return None;
        }
        // Flows that loads scale have ranges that nobody wrote.
        let size = bounds.wide(VarId(c.0)).filter(|_| most > SWITCH * a.abs() && !bounds.undeclared(VarId(c.0)));
        (size.is_some() || unlimited(*c, *a)).then_some((*c, size))
    };
    let (column, size) = row.terms.iter().find_map(counts)?;
    let data = &problem.columns[column];
    let (unit, origin) = match data.source {
        ColumnSource::Variable(v) => program.variables.get(v).map(|v| (v.unit.clone(), v.origin))?,
        ColumnSource::Auxiliary => (unit_of(program, source), data.origin),
    };
    let range = bounds.get(VarId(column.0));
    let reach = reach(range.lower, range.upper);
    let shown = |x: f64| with_unit(x, &unit);
    let text = match size {
        Some(size) => format!(
            "`{}` may reach {}, where {} count: no engine can tell them apart",
            data.name,
            shown(reach),
            shown(size)
        ),
        None => format!(
            "`{}` may reach {}, of which an engine may let {} pass unseen where nothing may",
            data.name,
            shown(reach),
            shown(1e-7 * reach)
        ),
    };
    let span = program.origins.get(origin.0 as usize)?.span;
    let d = Diagnostic::new(NUMBERS_TOO_FAR_APART, span, text, "range that stands for no limit");
    let d = d.note(format!("`{}` switches it by a whole number, and engines know a whole number to 1e-7", row.name));
    Some(d.help("set the limit that it really has, or leave the limit out"))
}

/// An equation whose constant leaves nothing of its other decisions.
fn beside_constant(program: &Program, problem: &Lowered, row: &Row, source: RowSource) -> Option<Diagnostic> {
    let RowSource::Constraint(index) = source else { return None };
    if row.lower != row.upper || row.lower == 0.0 || row.terms.len() < 2 {
        return None;
    }
    let reach = |(c, a): &(ColumnId, f64)| {
        let (low, high) = problem.derived[*c];
        a.abs() * low.abs().max(high.abs())
    };
    let mut reaches: Vec<f64> = row.terms.iter().map(reach).collect();
    reaches.sort_by(|a, b| b.total_cmp(a));
    let others: f64 = reaches.iter().skip(1).sum();
    // One decision takes the constant up.
    if !(others > 0.0 && others < NOTHING * row.lower.abs()) {
        return None;
    }
    let rule = program.constraints.get(index)?;
    if others * row.scale < FLOORS * rule.unit.floor {
        return None;
    }
    let shown = |x: f64| with_unit(x * row.scale, &rule.unit);
    let text = format!(
        "`{}` adds up {}, beside which at most {} of its other decisions count as nothing",
        rule.name,
        shown(row.lower.abs()),
        shown(others)
    );
    let d =
        Diagnostic::new(NUMBERS_TOO_FAR_APART, program.origin(rule.origin).span, text, "adds up numbers too far apart");
    let d = d.note("engines tell numbers apart that differ by about seven powers of ten");
    Some(d.help("correct the setting that makes the greater number, or give the smaller part a model of its own"))
}

fn unit_of(program: &Program, source: RowSource) -> std::sync::Arc<DisplayUnit> {
    let rule = source.constraint().and_then(|c| program.constraints.get(c));
    rule.map_or_else(|| DisplayUnit::new("", 1.0).into(), |c| c.unit.clone())
}

fn with_unit(x: f64, unit: &DisplayUnit) -> String {
    let factor = if unit.factor == 0.0 { 1.0 } else { unit.factor };
    format!("{} {}", number(x / factor), unit.label).trim_end().to_owned()
}
