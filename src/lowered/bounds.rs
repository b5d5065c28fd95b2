//! Derived bounds: for every variable the least and greatest value that follow from its declaration
//! and from the constraints, each with its reason.
//!
//! Feasibility-based tightening: in `Σ pieces <= 0` every piece is at most minus the least sum of the
//! others. Pieces are terms, squares, products and atoms; a bound on a square or on a convex atom is
//! a bound on what stands inside. Constraints are revisited while bounds move, a limited number of
//! times, so the effort is linear. A bound is never invented: where nothing is finite it stays
//! infinite and a rule that needs it reports so.

use super::interval::Interval;
use super::occurrences::{Occurrences, Shape};
use crate::deadline::Deadline;
use crate::ids::Id;
use crate::program::{Affine, AtomId, AtomKind, Domain, Form, Product, Program, Relation, VarId};
use std::collections::VecDeque;

/// Why a bound has its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// There is no bound.
    Unbounded,
    /// The declaration of the variable.
    Declared,
    /// The variable is binary.
    Binary,
    /// It follows from this constraint and the bounds of its other variables.
    Constraint(u32),
    /// The range of the expression that an auxiliary column stands for.
    Definition,
}

/// Bounds of all columns: variables of the program first, auxiliary columns after them.
#[derive(Debug, Clone, Default)]
pub struct Bounds {
    ranges: Vec<Interval>,
    reasons: Vec<(Reason, Reason)>,
    atoms: Vec<Interval>,
}

/// Visits per constraint.
const VISITS: u8 = 8;
/// Share of the width that a bound must move by to count.
const PROGRESS: f64 = 1e-3;
/// Visits after which the limit is looked at.
const STEP: usize = 64;
/// Beyond this a number is no bound.
const HUGE: f64 = 1e20;

impl Bounds {
    /// Bounds as declared, nothing propagated.
    pub fn declared(program: &Program) -> Bounds {
        let mut bounds = Bounds::default();
        for v in &program.variables {
            let (mut lower, mut upper) = (v.lower, v.upper);
            let mut reason = (Reason::Declared, Reason::Declared);
            if v.domain == Domain::Binary {
                if lower.is_nan() || lower <= 0.0 {
                    (lower, reason.0) = (0.0, Reason::Binary);
                }
                if upper.is_nan() || upper >= 1.0 {
                    (upper, reason.1) = (1.0, Reason::Binary);
                }
            }
            if lower.is_nan() || lower < -HUGE {
                (lower, reason.0) = (f64::NEG_INFINITY, Reason::Unbounded);
            }
            if upper.is_nan() || upper > HUGE {
                (upper, reason.1) = (f64::INFINITY, Reason::Unbounded);
            }
            bounds.ranges.push(Interval::new(lower, upper));
            bounds.reasons.push(reason);
        }
        bounds.refresh_atoms(program);
        bounds
    }

    /// Declared bounds tightened by propagation through the constraints; none where the limit came before.
    pub fn derive(program: &Program, limit: &Deadline) -> Option<Bounds> {
        let mut bounds = Bounds::declared(program);
        let occurrences = Occurrences::new(program);
        let whole: Vec<bool> = program.variables.iter().map(|v| v.domain != Domain::Continuous).collect();
        let mut pieces = Vec::new();
        let count = program.constraints.len();
        let mut queue: VecDeque<u32> = (0..count as u32).collect();
        let mut queued = vec![true; count];
        let mut visits = vec![0u8; count];
        let mut moved = Vec::new();
        let mut steps = 0_usize;
        while let Some(index) = queue.pop_front() {
            let i = index as usize;
            queued[i] = false;
            visits[i] += 1;
            steps += 1;
            if steps.is_multiple_of(STEP) && limit.passed() {
                return None;
            }
            moved.clear();
            let mut step = Step { program, bounds: &mut bounds, whole: &whole, constraint: index, moved: &mut moved };
            match occurrences.shape(i) {
                Shape::Other => step.relation(&program.constraints[i].relation),
                shape => step.linear(occurrences.linear(i), shape == Shape::LinearEq, &mut pieces),
            }
            for var in &moved {
                for next in occurrences.constraints(*var) {
                    let n = *next as usize;
                    if !queued[n] && visits[n] < VISITS {
                        queued[n] = true;
                        queue.push_back(*next);
                    }
                }
            }
        }
        bounds.refresh_atoms(program);
        Some(bounds)
    }

    /// Appends the range of an auxiliary column.
    pub(super) fn push(&mut self, range: Interval) {
        self.ranges.push(range);
        let reason = |x: f64| if x.is_finite() { Reason::Definition } else { Reason::Unbounded };
        self.reasons.push((reason(range.lower), reason(range.upper)));
    }

    /// Range of a column.
    pub fn get(&self, column: VarId) -> Interval {
        *column.of(&self.ranges)
    }

    /// Reasons of the lower and the upper bound of a column.
    pub fn reasons(&self, column: VarId) -> (Reason, Reason) {
        *column.of(&self.reasons)
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Are there no columns?
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Range of an affine expression.
    pub fn affine(&self, affine: &Affine) -> Interval {
        let (lower, upper) = affine.range(|v| {
            let i = self.get(v);
            (i.lower, i.upper)
        });
        Interval::new(
            if lower.is_nan() { f64::NEG_INFINITY } else { lower },
            if upper.is_nan() { f64::INFINITY } else { upper },
        )
    }

    /// Range of `coefficient · left · right`.
    pub fn product(&self, product: &Product) -> Interval {
        let left = self.affine(&product.left);
        let range =
            if product.left == product.right { left.square() } else { left.product(self.affine(&product.right)) };
        range.times(product.coefficient)
    }

    /// Range of an atom (as of the last refresh).
    pub fn atom(&self, atom: AtomId) -> Interval {
        *atom.of(&self.atoms)
    }

    /// Range of a form without uncertain data.
    pub fn form(&self, form: &Form) -> Interval {
        let mut range = self.affine(&form.affine);
        for p in &form.products {
            range = range.plus(self.product(p));
        }
        for (a, c) in &form.atoms {
            range = range.plus(self.atom(*a).times(*c));
        }
        range
    }

    /// In words: where the least or greatest value of a variable comes from.
    pub fn explain(&self, program: &Program, column: VarId, upper: bool) -> String {
        let reasons = self.reasons(column);
        match if upper { reasons.1 } else { reasons.0 } {
            Reason::Unbounded => "no bound".into(),
            Reason::Declared => "declared".into(),
            Reason::Binary => "binary".into(),
            Reason::Definition => "range of its definition".into(),
            Reason::Constraint(c) => match program.constraints.get(c as usize) {
                Some(c) => format!("follows from {}", c.name),
                None => "follows from a constraint".into(),
            },
        }
    }

    fn refresh_atoms(&mut self, program: &Program) {
        self.atoms.clear();
        for index in 0..program.atoms.len() {
            let range = self.atom_range(program, AtomId(index as u32));
            self.atoms.push(range);
        }
    }

    /// Range of an atom from the ranges of its arguments now.
    fn atom_range(&self, program: &Program, atom: AtomId) -> Interval {
        let Some(atom) = program.atoms.get(atom.0 as usize) else { return Interval::ALL };
        let mut args = atom.args.iter().map(|a| self.form(a));
        let Some(first) = args.next() else { return Interval::point(0.0) };
        match &atom.kind {
            AtomKind::Abs => first.abs(),
            AtomKind::Max => args.fold(first, Interval::max),
            AtomKind::Min => args.fold(first, Interval::min),
            AtomKind::Norm => args.map(Interval::abs).fold(first.abs(), Interval::hypot),
            AtomKind::Piecewise(points) => super::rules::piecewise_range(points, first),
        }
    }

    /// Tightens one end; returns whether it moved noticeably.
    fn tighten(&mut self, whole: &[bool], var: VarId, bound: f64, upper: bool, constraint: u32) -> bool {
        let index = var.0 as usize;
        let (Some(range), Some(whole)) = (self.ranges.get(index).copied(), whole.get(index).copied()) else {
            return false;
        };
        if !bound.is_finite() || bound.abs() > HUGE {
            return false;
        }
        let mut bound = bound;
        if whole {
            let slack = 1e-6 * bound.abs().max(1.0);
            bound = if upper { (bound + slack).floor() } else { (bound - slack).ceil() };
        }
        let (old, other, gain) = if upper {
            (range.upper, range.lower, range.upper - bound)
        } else {
            (range.lower, range.upper, bound - range.lower)
        };
        let width = if other.is_finite() { (old - other).abs() } else { old.abs() };
        if old.is_finite() && gain <= (PROGRESS * width).max(1e-12 * old.abs()).max(if whole { 0.5 } else { 0.0 }) {
            return false;
        }
        let crossed = if upper { other - bound } else { bound - other };
        if crossed > 0.0 {
            if crossed > 1e-9 * bound.abs().max(other.abs()) || whole {
                return false;
            }
            bound = other;
        }
        let reason = Reason::Constraint(constraint);
        if upper {
            self.ranges[index].upper = bound;
            self.reasons[index].1 = reason;
        } else {
            self.ranges[index].lower = bound;
            self.reasons[index].0 = reason;
        }
        true
    }
}

/// One visit of one constraint.
struct Step<'a> {
    program: &'a Program,
    bounds: &'a mut Bounds,
    /// Which variables are whole numbers.
    whole: &'a [bool],
    constraint: u32,
    moved: &'a mut Vec<VarId>,
}

/// A sum of intervals that remembers its infinite summands, so that one can be taken out again.
#[derive(Default, Clone, Copy)]
struct Sum {
    finite: f64,
    infinite: usize,
}

impl Sum {
    fn add(&mut self, x: f64) {
        if x.is_finite() {
            self.finite += x;
        } else {
            self.infinite += 1;
        }
    }

    /// The sum of all others.
    fn without(self, x: f64) -> Option<f64> {
        match (self.infinite, x.is_finite()) {
            (0, _) => Some(self.finite - x),
            (1, false) => Some(self.finite),
            _ => None,
        }
    }
}

impl Step<'_> {
    fn relation(&mut self, relation: &Relation) {
        match relation {
            Relation::Le(form) => self.form(form, false),
            Relation::Eq(form) => self.form(form, true),
            Relation::Implies { when, is, then } => {
                let range = self.bounds.get(*when);
                if range.lower == range.upper && (range.lower >= 0.5) == *is {
                    self.relation(then);
                }
            }
        }
    }

    /// The same for `constant + Σ terms`, with room for the ranges of the terms.
    fn linear(&mut self, row: (f64, &[u32], &[f64]), equation: bool, pieces: &mut Vec<Interval>) {
        let (constant, columns, coefficients) = row;
        let (mut least, mut greatest) = (Sum::default(), Sum::default());
        least.add(constant);
        greatest.add(constant);
        pieces.clear();
        let mut widest = 0.0f64;
        for (v, c) in columns.iter().zip(coefficients) {
            let piece = self.bounds.get(VarId(*v)).times(*c);
            least.add(piece.lower);
            greatest.add(piece.upper);
            widest = widest.max(piece.upper - piece.lower);
            pieces.push(piece);
        }
        if least.infinite > 1 && (!equation || greatest.infinite > 1) {
            return;
        }
        // No term can be greater than it may be already.
        if !equation && least.infinite == 0 && widest <= -least.finite {
            return;
        }
        for ((v, c), piece) in columns.iter().zip(coefficients).zip(pieces.iter()) {
            let upper = least.without(piece.lower).map_or(f64::INFINITY, |others| -others);
            let lower = match greatest.without(piece.upper) {
                Some(others) if equation => -others,
                _ => f64::NEG_INFINITY,
            };
            self.variable(VarId(*v), Interval::new(lower, upper).times(1.0 / c));
        }
    }

    /// `form <= 0`, and `form >= 0` too for an equation.
    fn form(&mut self, form: &Form, equation: bool) {
        if !form.uncertain.is_empty() {
            return;
        }
        let (mut least, mut greatest) = (Sum::default(), Sum::default());
        let mut count = |i: Interval| {
            least.add(i.lower);
            greatest.add(i.upper);
        };
        count(Interval::point(form.affine.constant));
        for (v, c) in &form.affine.terms {
            count(self.bounds.get(*v).times(*c));
        }
        let products: Vec<Interval> = form.products.iter().map(|p| self.bounds.product(p)).collect();
        products.iter().for_each(|p| count(*p));
        let atoms: Vec<Interval> =
            form.atoms.iter().map(|(a, c)| self.bounds.atom_range(self.program, *a).times(*c)).collect();
        atoms.iter().for_each(|a| count(*a));
        if least.infinite > 1 && (!equation || greatest.infinite > 1) {
            return;
        }
        let room = |piece: Interval| {
            let upper = least.without(piece.lower).map_or(f64::INFINITY, |others| -others);
            let lower = match greatest.without(piece.upper) {
                Some(others) if equation => -others,
                _ => f64::NEG_INFINITY,
            };
            Interval::new(lower, upper)
        };
        for (v, c) in &form.affine.terms {
            let range = room(self.bounds.get(*v).times(*c)).times(1.0 / c);
            self.variable(*v, range);
        }
        for (p, range) in form.products.iter().zip(products) {
            let inside = room(range).times(1.0 / p.coefficient);
            if p.left == p.right && inside.upper >= 0.0 && inside.upper.is_finite() {
                let root = inside.upper.sqrt();
                self.affine(&p.left, Interval::new(-root, root));
            }
        }
        for ((a, c), range) in form.atoms.iter().zip(atoms) {
            self.atom(*a, room(range).times(1.0 / c));
        }
    }

    fn variable(&mut self, var: VarId, range: Interval) {
        let up = self.bounds.tighten(self.whole, var, range.upper, true, self.constraint);
        let down = self.bounds.tighten(self.whole, var, range.lower, false, self.constraint);
        if up || down {
            self.moved.push(var);
        }
    }

    /// The affine expression lies in `range`.
    fn affine(&mut self, affine: &Affine, range: Interval) {
        let (mut least, mut greatest) = (Sum::default(), Sum::default());
        least.add(affine.constant);
        greatest.add(affine.constant);
        for (v, c) in &affine.terms {
            let piece = self.bounds.get(*v).times(*c);
            least.add(piece.lower);
            greatest.add(piece.upper);
        }
        for (v, c) in &affine.terms {
            let piece = self.bounds.get(*v).times(*c);
            let upper = least.without(piece.lower).map_or(f64::INFINITY, |others| range.upper - others);
            let lower = greatest.without(piece.upper).map_or(f64::NEG_INFINITY, |others| range.lower - others);
            self.variable(*v, Interval::new(lower, upper).times(1.0 / c));
        }
    }

    /// The atom's value lies in `range`.
    fn atom(&mut self, atom: AtomId, range: Interval) {
        let Some(atom) = self.program.atoms.get(atom.0 as usize) else { return };
        let inside = match atom.kind {
            AtomKind::Abs | AtomKind::Norm if range.upper >= 0.0 => Interval::new(-range.upper, range.upper),
            AtomKind::Max => Interval::new(f64::NEG_INFINITY, range.upper),
            AtomKind::Min => Interval::new(range.lower, f64::INFINITY),
            _ => return,
        };
        for arg in atom.args.iter().filter(|a| a.is_affine()) {
            self.affine(&arg.affine, inside);
        }
    }
}
