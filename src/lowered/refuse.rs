//! Why a construct is refused, in the engineer's words: the wording of all findings of the lowering.

use super::draft::Draft;
use super::interval::Interval;
use super::map::RowSource;
use crate::diagnostics::ids_program::{
    CONSTANT_RULE_VIOLATED, NEEDS_FINITE_BOUND, NOT_CONVEX, PRODUCT_OF_DECISIONS, UNSUPPORTED_POSITION,
};
use crate::diagnostics::{Diagnostic, Id};
use crate::program::{Affine, Atom, AtomKind, DisplayUnit, Product, VarId};
use crate::source::Span;
use std::sync::Arc;

type Refusal = Box<Diagnostic>;

const TABLE: &str = "What is accepted in which position is listed in docs/lowering.md.";

/// Some of these variables lack the bounds that an exact form needs.
pub(super) fn needs_bounds(draft: &Draft, span: Span, what: &str, x: &Affine, lower: bool, upper: bool) -> Refusal {
    let message = format!("{what} in {} needs finite bounds of {}", place(draft), describe(draft, x));
    bounds_missing(draft, Diagnostic::new(NEEDS_FINITE_BOUND, span, message, "needs a finite range"), x, lower, upper)
}

/// A condition that cannot be switched off without a bound of its relation.
pub(super) fn implication_needs_bounds(draft: &Draft, x: &Affine, equation: bool) -> Refusal {
    let message = format!("{} is conditional and needs finite bounds of {}", place(draft), describe(draft, x));
    let d = at_statement(draft, NEEDS_FINITE_BOUND, message, "needs finite bounds");
    bounds_missing(draft, d, x, equation, true)
}

fn bounds_missing(draft: &Draft, mut d: Diagnostic, x: &Affine, lower: bool, upper: bool) -> Refusal {
    let mut told = Vec::new();
    for (v, c) in &x.terms {
        let range = draft.bounds.get(*v);
        let (needs_lower, needs_upper) = if *c > 0.0 { (lower, upper) } else { (upper, lower) };
        let missing = match (needs_lower && !range.lower.is_finite(), needs_upper && !range.upper.is_finite()) {
            (true, true) => "no least and no greatest value",
            (true, false) => "no least value",
            (false, true) => "no greatest value",
            (false, false) => continue,
        };
        let origin = draft.columns.get(v.0 as usize).and_then(|c| draft.program.origins.get(c.origin.0 as usize));
        if let Some(origin) = origin
            && told.len() < 5
            && !told.contains(&origin.span)
        {
            told.push(origin.span);
            d = d.label(origin.span, missing);
        }
        if d.notes.len() < 5 {
            d = d.note(format!("`{}` has {missing}, neither declared nor following from the rules", draft.name(*v)));
        }
    }
    Box::new(d.help("declare a range that the physics or the ratings justify, as tight as the data allow"))
}

/// A sum of products that no sum of squares equals.
pub(super) fn not_convex(draft: &Draft, group: &[Product], too_large: Option<usize>) -> Refusal {
    let square = group.iter().find(|p| p.left == p.right && p.coefficient < 0.0);
    let product = group.iter().find(|p| p.left != p.right).or_else(|| group.first());
    if let Some(most) = too_large {
        let message = format!("the quadratic in {} has more than {most} connected decisions", place(draft));
        let d = match product {
            Some(p) => Diagnostic::new(NOT_CONVEX, p.span, message, "too large to be shown convex"),
            None => at_statement(draft, NOT_CONVEX, message, "too large to be shown convex"),
        };
        return Box::new(d.help("write it as a sum of squares, which needs no factorisation"));
    }
    match (square, product) {
        (Some(p), _) => {
            let text = format!("the square of {} makes {} not convex", describe(draft, &p.left), place(draft));
            Box::new(
                Diagnostic::new(NOT_CONVEX, p.span, text, "square on the greater side")
                    .note(position_note(draft))
                    .note(TABLE)
                    .help("turn the inequality round if that is meant, or approximate the square by exact(piecewise(...))"),
            )
        }
        (None, Some(p)) => product_of_decisions(draft, p).map_or_else(
            || Box::new(at_statement(draft, NOT_CONVEX, "the quadratic is not convex", "not convex")),
            Box::new,
        ),
        (None, None) => Box::new(at_statement(draft, NOT_CONVEX, "the quadratic is not convex", "not convex")),
    }
}

fn product_of_decisions(draft: &Draft, p: &Product) -> Option<Diagnostic> {
    if p.left == p.right {
        return None;
    }
    let (a, b) = (describe(draft, &p.left), describe(draft, &p.right));
    let message = format!("{} multiplies two decisions, {a} and {b}, in a way that is not convex", place(draft));
    Some(
        Diagnostic::new(PRODUCT_OF_DECISIONS, p.span, message, "product of two decisions")
            .note("Accepted are a binary times a bounded expression, x^2 + y^2 <= v * w with v and w not negative, and quadratics that are a sum of squares.")
            .note(TABLE)
            .help("fix one factor by a parameter, make one of them binary, or write the rule as a cone"),
    )
}

/// A product or square in an equation.
pub(super) fn product_in_equation(draft: &Draft, p: &Product) -> Refusal {
    if p.left != p.right
        && let Some(d) = product_of_decisions(draft, p)
    {
        return Box::new(d.note("An equation with a product of two continuous decisions is never convex."));
    }
    let text =
        format!("the square of {} stands where {} must have its exact value", describe(draft, &p.left), place(draft));
    Box::new(
        Diagnostic::new(UNSUPPORTED_POSITION, p.span, text, "square with an exact value")
            .note("The points on a parabola are not a convex set, only those above it are.")
            .note(TABLE)
            .help("write `>=` where the objective presses against it, or exact(piecewise(...)) for a piecewise form"),
    )
}

/// A cone whose product has a factor of unproven sign.
pub(super) fn unproven_sign(draft: &Draft, p: &Product, w: &Affine, l: &Affine) -> Refusal {
    let (what, label) = if w == l {
        ("what is squared on its greater side is", "sign of what is squared is unproven")
    } else {
        ("both factors of its product are", "sign of a factor is not proven")
    };
    let message = format!("{} is a cone only where {what} not negative", place(draft));
    let mut d = Diagnostic::new(NOT_CONVEX, p.span, message, label);
    for side in if w == l { vec![w] } else { vec![w, l] } {
        let range = draft.bounds.affine(side);
        if range.lower < 0.0 {
            d = d.note(format!(
                "{} has the range {}, by its declaration and the rules",
                describe(draft, side),
                span_of(range)
            ));
        }
    }
    Box::new(d.note(TABLE).help("declare a least value of 0"))
}

/// An atom whose value an equation needs.
pub(super) fn atom_in_equation(draft: &Draft, atom: &Atom) -> Refusal {
    let name = atom_name(atom);
    let message = format!("`{name}` stands where {} must have its exact value", place(draft));
    let d = Diagnostic::new(UNSUPPORTED_POSITION, atom.span, message, format!("`{name}` with an exact value"))
        .note("The points on the graph of a function that is not linear are not a convex set.");
    exact_help(atom, d)
}

/// An atom on the wrong side.
pub(super) fn atom_not_convex(draft: &Draft, atom: &Atom, curved: bool) -> Refusal {
    let name = atom_name(atom);
    let message = format!("`{name}` makes {} not convex", place(draft));
    let label = if curved { format!("`{name}` on the wrong side") } else { "neither convex nor concave".to_owned() };
    let d = Diagnostic::new(NOT_CONVEX, atom.span, message, label).note(match (atom.kind.clone(), curved) {
        (_, false) => "The slopes of the function rise and fall on the range of its argument.".to_owned(),
        (AtomKind::Min, _) => "`min` is exact on the greater side of `<=` and in a maximised objective.".to_owned(),
        _ => format!("`{name}` is exact on the smaller side of `<=` (if convex) and in a minimised objective."),
    });
    exact_help(atom, d)
}

fn exact_help(atom: &Atom, d: Diagnostic) -> Refusal {
    let d = d.note(TABLE);
    Box::new(if matches!(atom.kind, AtomKind::Norm) && atom.args.len() > 1 {
        d.help("write the rule so that `hypot` is bounded from above")
    } else {
        d.help(format!("write exact({}(...)) to have it made exact with binary decisions", atom_name(atom)))
    })
}

/// Atoms inside atoms inside atoms.
pub(super) fn too_deep(draft: &Draft, atom: &Atom) -> Refusal {
    let message = format!("the functions in {} are nested too deeply", place(draft));
    Box::new(
        Diagnostic::new(UNSUPPORTED_POSITION, atom.span, message, "nested too deeply")
            .help("give inner parts a variable and a rule of their own"),
    )
}

/// `x => rule` where `x` is not binary.
pub(super) fn condition_not_binary(draft: &Draft, when: VarId) -> Refusal {
    let message = format!("the condition `{}` of {} is not binary", draft.name(when), place(draft));
    Box::new(at_statement(draft, UNSUPPORTED_POSITION, message, "condition is not binary"))
}

/// A constraint without decisions that is false.
pub(super) fn never_holds(draft: &Draft, value: f64, equation: bool) -> Refusal {
    let unit = unit(draft);
    let amount = with_unit(value.abs(), &unit);
    let message = format!("{} never holds: it misses by {amount} whatever is decided", place(draft));
    let d = at_statement(draft, CONSTANT_RULE_VIOLATED, message, "never holds");
    let sides = match (equation, value > 0.0) {
        (true, true) => "the left side is greater than the right side",
        (true, false) => "the left side is smaller than the right side",
        (false, _) => "the smaller side of `<=` is the greater one",
    };
    Box::new(
        d.note(format!("With the data filled in, no decision can mend it: {sides} by {amount}."))
            .help("correct the data that enter this rule"),
    )
}

/// Display unit of the current constraint.
pub(super) fn unit(draft: &Draft) -> Arc<DisplayUnit> {
    let plain = || DisplayUnit::new("", 1.0).into();
    match draft.current.source {
        RowSource::Constraint(c) | RowSource::Reverse(c) => {
            draft.program.constraints.get(c).map_or_else(plain, |c| c.unit.clone())
        }
        RowSource::Objective(o) => draft.program.objectives.get(o).map_or_else(plain, |o| o.unit.clone()),
        RowSource::Definition => plain(),
    }
}

fn at_statement(draft: &Draft, id: Id, message: impl Into<String>, label: &str) -> Diagnostic {
    match draft.span() {
        Some(span) => Diagnostic::new(id, span, message, label),
        None => Diagnostic::unlocated(id, message),
    }
}

fn place(draft: &Draft) -> String {
    match draft.current.source {
        RowSource::Objective(_) => format!("objective `{}`", draft.current.name),
        _ => format!("rule `{}`", draft.current.name),
    }
}

fn position_note(draft: &Draft) -> String {
    match draft.current.source {
        RowSource::Objective(o) if draft.program.objectives.get(o).is_some_and(|o| o.maximize) => {
            "In a maximised objective a square needs a negative sign.".into()
        }
        RowSource::Objective(_) => "In a minimised objective a square needs a positive sign.".into(),
        _ => "The points outside a parabola or a circle are not a convex set; a square may stand below a limit only."
            .into(),
    }
}

fn atom_name(atom: &Atom) -> &'static str {
    match atom.kind {
        AtomKind::Abs => "abs",
        AtomKind::Max => "max",
        AtomKind::Min => "min",
        AtomKind::Norm => "hypot",
        AtomKind::Piecewise(_) => "piecewise",
    }
}

/// A short text for an affine expression: at most three variables.
fn describe(draft: &Draft, x: &Affine) -> String {
    let names: Vec<String> = x.terms.iter().take(3).map(|(v, _)| draft.name(*v)).collect();
    match (names.as_slice(), x.terms.len()) {
        ([], _) => "a constant".into(),
        ([one], 1) => format!("`{one}`"),
        (_, n) if n > 3 => format!("the sum of `{}` and {} more", names.join("`, `"), n - 3),
        _ => format!("the sum of `{}`", names.join("`, `")),
    }
}

fn span_of(range: Interval) -> String {
    let end = |x: f64| {
        if x.is_finite() {
            crate::program::number(x)
        } else if x > 0.0 {
            "∞".into()
        } else {
            "−∞".into()
        }
    };
    format!("{} to {}", end(range.lower), end(range.upper))
}

fn with_unit(value: f64, unit: &DisplayUnit) -> String {
    let factor = if unit.factor == 0.0 { 1.0 } else { unit.factor };
    let text = crate::program::number(value / factor);
    if unit.label.is_empty() { text } else { format!("{text} {}", unit.label) }
}
