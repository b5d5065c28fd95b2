//! Which rule applies: forms in the positions `<= 0`, `= 0` and minimised.
//!
//! In `form <= 0` and in a minimised form an atom or product may be replaced by a column above it
//! (coefficient positive) or below it (negative): the curvature decides whether such a column has a
//! convex description. In an equation it must be the value itself.

use super::draft::{Draft, Rule, Side};
use super::map::RowSource;
use super::products;
use super::refuse;
use super::rules::{self, Attempt, Shape};
use super::switches;
use crate::program::{Affine, Atom, AtomId, AtomKind, Exactness, Form, Product, Relation, VarId};
use std::collections::BTreeSet;

/// Nesting of atoms beyond which a form is refused.
const DEEPEST: usize = 200;

/// Lowers a constraint's relation under conditions (`binary` has this value).
pub(super) fn relation(
    draft: &mut Draft,
    relation: &Relation,
    conditions: &mut Vec<(VarId, bool)>,
    source: RowSource,
) -> Rule<()> {
    match relation {
        Relation::Le(form) => at_most(draft, form, conditions, source),
        Relation::Eq(form) => equal(draft, form, conditions, source),
        Relation::Implies { when, is, then } => {
            if !draft.is_binary(*when) {
                return Err(refuse::condition_not_binary(draft, *when));
            }
            let fixed = draft.columns.get(when.0 as usize).filter(|c| c.lower == c.upper).map(|c| c.lower >= 0.5);
            match fixed {
                Some(value) if value != *is => Ok(()),
                Some(_) => self::relation(draft, then, conditions, source),
                None if conditions.contains(&(*when, !*is)) => Ok(()),
                None if conditions.contains(&(*when, *is)) => self::relation(draft, then, conditions, source),
                None => {
                    conditions.push((*when, *is));
                    self::relation(draft, then, conditions, source)
                }
            }
        }
    }
}

/// `form <= 0`
pub(super) fn at_most(draft: &mut Draft, form: &Form, conditions: &[(VarId, bool)], source: RowSource) -> Rule<()> {
    if let ([(id, c)], true) = (form.atoms.as_slice(), conditions.is_empty() && form.products.is_empty())
        && let Some(Atom { kind: AtomKind::Norm, args, .. }) = draft.program.atoms.get(id.0 as usize)
        && *c > 0.0
        && args.len() > 1
        && args.iter().all(Form::is_affine)
    {
        rules::norm_below_affine_to_cone(draft, *c, args, &form.affine, source);
        return Ok(());
    }
    let (mut affine, products) = replace_atoms(draft, form, false, false)?;
    let mut products = products::normalised(&mut affine, products);
    let mut unproven = None;
    for round in 0..2 {
        if products.is_empty() {
            return linear(draft, affine, conditions, false, source);
        }
        if conditions.is_empty() {
            match rules::product_to_cone(draft, &affine, &products, source) {
                Attempt::Done => return Ok(()),
                Attempt::Unproven(why) => unproven = Some(why),
                Attempt::Other => {}
            }
        }
        if round == 0 {
            products = rules::products_of_binaries_to_rows(draft, &mut affine, products)?;
        }
    }
    let groups = rules::quadratic_to_squares(draft, products).map_err(|general| unproven.unwrap_or(general))?;
    let mut squares = Vec::new();
    for group in groups {
        affine.add_scaled(&group.rest, 1.0);
        squares.extend(group.squares);
    }
    if squares.is_empty() || !conditions.is_empty() {
        rules::squares_to_epigraphs(draft, &squares, &mut affine);
        return linear(draft, affine, conditions, false, source);
    }
    rules::squares_to_cone(draft, affine, squares, source)
}

/// `form = 0`
pub(super) fn equal(draft: &mut Draft, form: &Form, conditions: &[(VarId, bool)], source: RowSource) -> Rule<()> {
    let affine = exact(draft, form, false)?;
    linear(draft, affine, conditions, true, source)
}

fn linear(
    draft: &mut Draft,
    affine: Affine,
    conditions: &[(VarId, bool)],
    equation: bool,
    source: RowSource,
) -> Rule<()> {
    if !conditions.is_empty() {
        return rules::implication_to_rows(draft, affine, conditions, equation, source);
    }
    if affine.is_constant() {
        return rules::constant_to_verdict(draft, affine.constant, equation);
    }
    let name = draft.current.name.clone();
    let affine = if equation { affine } else { switches::tightened(draft, affine) };
    draft.row(name, affine, equation, source);
    Ok(())
}

/// An affine expression that is the form or more, and may be brought down to it.
pub(super) fn overestimate(draft: &mut Draft, form: &Form) -> Rule<Affine> {
    if form.is_affine() {
        return Ok(form.affine.clone());
    }
    let (mut affine, products) = replace_atoms(draft, form, false, false)?;
    let products = products::normalised(&mut affine, products);
    let products = rules::products_of_binaries_to_rows(draft, &mut affine, products)?;
    for group in rules::quadratic_to_squares(draft, products)? {
        affine.add_scaled(&group.rest, 1.0);
        rules::squares_to_epigraphs(draft, &group.squares, &mut affine);
    }
    Ok(affine)
}

/// An affine expression that is the form or less, and may be brought up to it.
pub(super) fn underestimate(draft: &mut Draft, form: &Form) -> Rule<Affine> {
    overestimate(draft, &form.scaled(-1.0)).map(|a| a.scaled(-1.0))
}

/// An affine expression that equals the form. `all` makes every atom exact, asked for or not.
pub(super) fn exact(draft: &mut Draft, form: &Form, all: bool) -> Rule<Affine> {
    if form.is_affine() {
        return Ok(form.affine.clone());
    }
    let (mut affine, products) = replace_atoms(draft, form, true, all)?;
    let products = products::normalised(&mut affine, products);
    let products = rules::products_of_binaries_to_rows(draft, &mut affine, products)?;
    match products.first() {
        None => Ok(affine),
        Some(p) => Err(refuse::product_in_equation(draft, p)),
    }
}

/// Replaces every atom by columns that the position allows; products come back as they are.
fn replace_atoms(draft: &mut Draft, form: &Form, equation: bool, all: bool) -> Rule<(Affine, Vec<Product>)> {
    let mut affine = form.affine.clone();
    let mut products = form.products.to_vec();
    let mut todo: Vec<(AtomId, f64)> = form.atoms.iter().rev().copied().collect();
    draft.depth += 1;
    let program = draft.program;
    while let Some((id, coefficient)) = todo.pop() {
        let Some(atom) = program.atoms.get(id.0 as usize) else { continue };
        if draft.depth > DEEPEST {
            return Err(refuse::too_deep(draft, atom));
        }
        if let Some(simple) = simplified(draft, id, atom) {
            affine.add_scaled(&simple.affine, coefficient);
            products
                .extend(simple.products.into_iter().map(|p| Product { coefficient: p.coefficient * coefficient, ..p }));
            todo.extend(simple.atoms.iter().rev().map(|(a, c)| (*a, c * coefficient)));
            continue;
        }
        let (side, loose) = side(draft, id, coefficient, equation, all)?;
        let column = match draft.atoms.get(&(id, side)) {
            Some(column) => *column,
            None => {
                let column = create(draft, atom, side)?;
                draft.atoms.insert((id, side), column);
                column
            }
        };
        if loose {
            draft.loose.insert(id, column);
        }
        affine.add_scaled(&Affine::variable(column), coefficient);
    }
    draft.depth -= 1;
    Ok((affine, products))
}

/// The atom as a simpler form where its arguments' bounds allow no other case. What was used of the
/// bounds stays on the columns.
fn simplified(draft: &mut Draft, id: AtomId, atom: &Atom) -> Option<Form> {
    let program = draft.program;
    let range = draft.bounds.atom(id);
    let known = if range.lower == range.upper {
        Form::constant(range.lower)
    } else {
        let first = atom.args.first()?;
        let over = draft.bounds.form(first);
        match &atom.kind {
            AtomKind::Norm if atom.args.len() > 1 => return None,
            AtomKind::Abs | AtomKind::Norm if over.lower >= 0.0 => first.clone(),
            AtomKind::Abs | AtomKind::Norm if over.upper <= 0.0 => first.scaled(-1.0),
            AtomKind::Abs | AtomKind::Norm => return None,
            AtomKind::Max | AtomKind::Min => {
                let sign = if atom.kind == AtomKind::Max { 1.0 } else { -1.0 };
                let ranges: Vec<_> = atom.args.iter().map(|a| draft.bounds.form(a).times(sign)).collect();
                let greatest = ranges.iter().enumerate().max_by(|a, b| a.1.lower.total_cmp(&b.1.lower))?.0;
                let wins = ranges.iter().enumerate().all(|(i, r)| i == greatest || r.upper <= ranges[greatest].lower);
                if !wins {
                    return None;
                }
                atom.args.get(greatest)?.clone()
            }
            AtomKind::Piecewise(points) => match rules::piecewise_shape(&rules::piecewise_on_range(points, over)) {
                Shape::Affine { constant, slope } => {
                    let mut form = first.scaled(slope);
                    form.affine.constant += constant;
                    form
                }
                _ => return None,
            },
        }
    };
    atom.args.iter().for_each(|a| rely_on(draft, program, a));
    Some(known)
}

/// Keeps the bounds of all variables of a form, inside products and atoms too.
fn rely_on(draft: &mut Draft, program: &crate::program::Program, form: &Form) {
    let mut todo = vec![form];
    let mut seen = rustc_hash::FxHashSet::default();
    while let Some(form) = todo.pop() {
        draft.rely_on(&form.affine);
        for p in &form.products {
            draft.rely_on(&p.left);
            draft.rely_on(&p.right);
        }
        for (a, _) in &form.atoms {
            if seen.insert(*a) {
                todo.extend(program.atoms.get(a.0 as usize).into_iter().flat_map(|a| &a.args));
            }
        }
    }
}

/// What the position asks of a column for the atom, if it can be had; and whether the column gets less
/// than the position asks, since the atom has its binaries on demand.
fn side(draft: &Draft, id: AtomId, coefficient: f64, equation: bool, all: bool) -> Rule<(Side, bool)> {
    let atom = draft.program.atom(id);
    let (convex, concave) = match &atom.kind {
        AtomKind::Abs | AtomKind::Max | AtomKind::Norm => (true, false),
        AtomKind::Min => (false, true),
        AtomKind::Piecewise(points) => {
            let over = atom.args.first().map_or(super::interval::Interval::ALL, |a| draft.bounds.form(a));
            match rules::piecewise_shape(&rules::piecewise_on_range(points, over)) {
                Shape::Convex => (true, false),
                Shape::Concave => (false, true),
                _ => (false, false),
            }
        }
    };
    let norm = atom.kind == AtomKind::Norm && atom.args.len() > 1;
    if !equation && coefficient > 0.0 && convex {
        Ok((Side::Epigraph, false))
    } else if !equation && coefficient < 0.0 && concave {
        Ok((Side::Hypograph, false))
    } else if (atom.exact != Exactness::No || all) && !norm {
        let waits = |demanded: &BTreeSet<AtomId>| atom.exact == Exactness::OnDemand && !demanded.contains(&id);
        match draft.demanded.as_ref().is_some_and(waits) && !all {
            true if convex => Ok((Side::Epigraph, true)),
            true if concave => Ok((Side::Hypograph, true)),
            _ => Ok((Side::Exact, false)),
        }
    } else if equation {
        Err(refuse::atom_in_equation(draft, atom))
    } else {
        Err(refuse::atom_not_convex(draft, atom, convex || concave))
    }
}

/// The column for an atom.
fn create(draft: &mut Draft, atom: &Atom, side: Side) -> Rule<VarId> {
    let force = side == Side::Exact;
    let single = |draft: &mut Draft| match atom.args.first() {
        Some(arg) => exact(draft, arg, force || atom.exact != Exactness::No),
        None => Ok(Affine::default()),
    };
    match (&atom.kind, side) {
        (AtomKind::Abs, Side::Exact) => {
            let x = single(draft)?;
            rules::abs_to_signs(draft, x, atom.span)
        }
        (AtomKind::Abs, _) => {
            let x = single(draft)?;
            rules::abs_to_linear(draft, x)
        }
        (AtomKind::Norm, Side::Exact) => {
            let x = single(draft)?;
            rules::abs_to_signs(draft, x, atom.span)
        }
        (AtomKind::Norm, _) => rules::norm_to_cone(draft, &atom.args),
        (AtomKind::Max | AtomKind::Min, Side::Exact) => {
            let args = atom.args.iter().map(|a| exact(draft, a, true)).collect::<Rule<Vec<_>>>()?;
            match atom.kind {
                AtomKind::Max => rules::max_to_selectors(draft, args, atom.span),
                _ => rules::min_to_selectors(draft, args, atom.span),
            }
        }
        (AtomKind::Max, _) => rules::max_to_epigraph(draft, &atom.args),
        (AtomKind::Min, _) => rules::min_to_hypograph(draft, &atom.args),
        (AtomKind::Piecewise(points), Side::Exact) => {
            let x = single(draft)?;
            rules::piecewise_to_shares(draft, points, x, atom.span)
        }
        (AtomKind::Piecewise(points), _) => {
            let Some(arg) = atom.args.first() else { return Err(refuse::atom_in_equation(draft, atom)) };
            let over = draft.bounds.form(arg);
            let reached = rules::piecewise_on_range(points, over);
            if reached.len() < points.len() {
                let program = draft.program;
                rely_on(draft, program, arg);
            }
            let upward = side == Side::Epigraph;
            let rising = reached.windows(2).all(|w| w[1].1 >= w[0].1);
            let falling = reached.windows(2).all(|w| w[1].1 <= w[0].1);
            let x = match (upward, rising, falling) {
                (true, true, _) | (false, _, true) => overestimate(draft, arg)?,
                (true, _, true) | (false, true, _) => underestimate(draft, arg)?,
                _ => single(draft)?,
            };
            rules::piecewise_to_epigraph(draft, reached, x, upward)
        }
    }
}
