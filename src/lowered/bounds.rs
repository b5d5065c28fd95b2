//! Derived bounds: for every variable the least and greatest value that follow from its declaration
//! and from the constraints, each with its reason.
//!
//! Feasibility-based tightening: in `Σ pieces <= 0` every piece is at most minus the least sum of the
//! others. Pieces are terms, squares, products and atoms; a bound on a square or on a convex atom is
//! a bound on what stands inside. Constraints are revisited while bounds move, a limited number of
//! times, so the effort is linear. A bound is never invented: where nothing is finite it stays
//! infinite and a rule that needs it reports so.

use super::interval::Interval;
use super::narrow::narrow;
use super::occurrences::{Occurrences, Shape};
use super::sizes::sizes;
use super::unlimited::Least;
use crate::deadline::Deadline;
use crate::ids::{Id, IdVec};
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
    /// Per variable: its size by the rules, 0 where they say none.
    sizes: IdVec<VarId, f64>,
    /// Per variable: what an end moves by at least; less is nothing.
    steps: IdVec<VarId, f64>,
    /// Per variable: no finite range is declared.
    undeclared: IdVec<VarId, bool>,
    /// Per variable: what reaches further stands for "no limit" by the data alone.
    no_limit: IdVec<VarId, f64>,
    /// A declared range stands for "no limit".
    unlimited: bool,
    /// Ranges and reasons before they were changed, while they are recorded.
    trail: Option<Vec<Before>>,
}

/// A variable with the range and the reasons that it had.
type Before = (u32, Interval, (Reason, Reason));

/// A range that reaches so many times the size that the rules ask for may stand for "no limit".
const WIDE: f64 = 4096.0;
/// The same for a range that is not declared but follows, which is no more than a rough estimate.
const WIDE_DERIVED: f64 = 16_777_216.0;
/// A declared range that reaches so many times what follows from the rules stands for "no limit".
const FAR: f64 = 65_536.0;
/// Visits per constraint.
const VISITS: u16 = 8;
/// Share of the width that a bound must move by to count.
const PROGRESS: f64 = 1e-3;
/// The same as a share of the floor of its quantity: ends that close in on one another for ever end here.
const NOTHING: f64 = 1e-3;
/// A range whose nearer end is at least this share of its further one is meant.
const MEANT: f64 = 1e-3;
/// An end within this share of the floor of its quantity is nothing.
const EMPTY: f64 = 1e-6;
/// The same of an end that is rounding beside the other one: what ends that close in on one another leave.
const LEFT: f64 = 1e-2;
/// An end within this share of the other one is rounding.
const ROUNDED: f64 = 1e-9;
/// Visits after which the limit is looked at.
const STEP: usize = 64;
/// Beyond this a number is no bound.
const HUGE: f64 = 1e20;

/// The greatest magnitude of the ends that are finite; 0 without any.
pub(super) fn reach(lower: f64, upper: f64) -> f64 {
    [lower, upper].into_iter().map(f64::abs).filter(|e| e.is_finite()).fold(0.0, f64::max)
}

/// Does a range reach beyond `most`, the least that stands for "no limit"? One that keeps its distance from nothing,
/// such as a voltage window, is meant.
fn no_limit(lower: f64, upper: f64, most: f64) -> bool {
    let least = if lower * upper > 0.0 { lower.abs().min(upper.abs()) } else { 0.0 };
    let reach = reach(lower, upper);
    reach > most && least < MEANT * reach
}

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
        bounds.sizes = IdVec::filled(0.0, program.variables.len());
        bounds.steps = program.variables.iter().map(|v| NOTHING * v.unit.floor).collect();
        bounds.undeclared = IdVec::filled(false, program.variables.len());
        bounds.refresh_atoms(program);
        bounds
    }

    /// Declared bounds tightened by propagation through the constraints; those that reach far beyond what the rules
    /// ask for by what follows for each value of a binary, too. None where the limit came before.
    pub fn derive(program: &Program, limit: &Deadline) -> Option<Bounds> {
        let occurrences = Occurrences::new(program);
        let mut bounds = Bounds::declared(program);
        let mut propagation = Propagation::new(program, &occurrences, limit);
        propagation.run(&mut bounds, 0..program.constraints.len() as u32, VISITS, usize::MAX);
        bounds.sizes = sizes(program, &occurrences);
        bounds.undeclared = program.variables.iter().map(|v| reach(v.lower, v.upper) == 0.0).collect();
        let least = Least::of(program);
        bounds.no_limit = program.variables.iter().map(|v| least.no_limit(&v.unit)).collect();
        let stands = |v: VarId| {
            let declared = &program.variables[v];
            let (reach, follows) = (reach(declared.lower, declared.upper), bounds.get(v).magnitude());
            let beyond = follows > declared.unit.floor && reach > FAR * follows;
            let beyond_size = bounds.sizes[v] > 0.0 && reach > FAR * bounds.sizes[v];
            let meant = declared.domain != Domain::Continuous || !(beyond || beyond_size);
            !meant || bounds.declared_no_limit(program, v).is_some()
        };
        bounds.unlimited = bounds.ids().any(stands);
        if bounds.unlimited {
            narrow(&mut bounds, &mut propagation);
            bounds.empty(program);
        }
        if limit.passed() {
            return None;
        }
        bounds.refresh_atoms(program);
        Some(bounds)
    }

    /// Ends of ranges that rounding alone leaves of nothing become nothing: engines would meet numbers that none of
    /// them reads.
    fn empty(&mut self, program: &Program) {
        for (v, range) in program.variables.iter().zip(&mut self.ranges) {
            let floor = v.unit.floor;
            let nothing = |other: f64| {
                let rounded = if other.is_finite() { (ROUNDED * other.abs()).min(LEFT * floor) } else { 0.0 };
                rounded.max(EMPTY * floor)
            };
            let (least, most) = (nothing(range.upper), nothing(range.lower));
            if v.domain != Domain::Continuous || range.lower > 0.0 || range.upper < 0.0 {
                continue;
            }
            if -range.lower <= least {
                range.lower = 0.0;
            }
            if range.upper <= most {
                range.upper = 0.0;
            }
        }
    }

    /// The size of a variable by the rules, where its range reaches so far beyond it that it may stand for "no
    /// limit".
    pub fn wide(&self, column: VarId) -> Option<f64> {
        let size = self.sizes[column];
        let range = self.get(column);
        let reach = reach(range.lower, range.upper);
        let most = if self.undeclared[column] { WIDE_DERIVED } else { WIDE };
        (size > 0.0 && reach > most * size).then_some(size)
    }

    /// Is the range of a variable one that follows alone, with no finite end declared?
    pub(super) fn undeclared(&self, variable: VarId) -> bool {
        self.undeclared[variable]
    }

    /// Does the range of a variable of the program reach so far that it may stand for "no limit"?
    pub(super) fn far(&self, variable: VarId) -> bool {
        let range = self.get(variable);
        self.wide(variable).is_some() || no_limit(range.lower, range.upper, self.no_limit[variable])
    }

    /// What the range of a variable of the program reaches beyond, where as declared it stands for "no limit" by the
    /// data alone.
    pub(super) fn declared_no_limit(&self, program: &Program, variable: VarId) -> Option<f64> {
        let (declared, most) = (program.variables.get(variable.0 as usize)?, self.no_limit[variable]);
        no_limit(declared.lower, declared.upper, most).then_some(most)
    }

    /// Does a declared range stand for "no limit"?
    pub(super) fn unlimited(&self) -> bool {
        self.unlimited
    }

    /// The range that follows for a variable whose declared one stands for "no limit": it reaches far beyond what the
    /// rules ask for or, where there is such a range anywhere, far beyond what follows.
    pub(super) fn instead_of_declared(&self, program: &Program, column: VarId) -> Option<Interval> {
        let declared = program.variables.get(column.0 as usize)?;
        let most = WIDE * self.sizes[column];
        let beyond_size = most > 0.0 && reach(declared.lower, declared.upper) > most;
        let follows = || reach(declared.lower, declared.upper) > WIDE * self.get(column).magnitude();
        (declared.domain == Domain::Continuous && (beyond_size || self.unlimited && follows()))
            .then(|| self.get(column))
    }

    /// The size by the rules of an affine expression; 0 where they say nothing of one of its variables.
    pub(super) fn size(&self, affine: &Affine) -> f64 {
        let of = |(v, c): &(VarId, f64)| c.abs() * self.sizes[*v];
        if affine.terms.iter().any(|t| of(t) <= 0.0) {
            return 0.0;
        }
        affine.terms.iter().map(of).fold(affine.constant.abs(), f64::max)
    }

    /// From here on changes are recorded.
    pub(super) fn record(&mut self) {
        self.trail = Some(Vec::new());
    }

    /// Takes back what was recorded; gives what was changed with the ranges that it had in the end.
    pub(super) fn undo(&mut self) -> Vec<(VarId, Interval)> {
        let trail = self.trail.take().unwrap_or_default();
        let changed = trail.iter().map(|(v, ..)| (VarId(*v), self.get(VarId(*v)))).collect();
        for (v, range, reasons) in trail.into_iter().rev() {
            let at = v as usize;
            (self.ranges[at], self.reasons[at]) = (range, reasons);
        }
        changed
    }

    /// Appends the range of an auxiliary column, and its size by what it stands for.
    pub(super) fn push(&mut self, range: Interval, size: f64) {
        self.ranges.push(range);
        self.sizes.push(size);
        self.steps.push(0.0);
        self.undeclared.push(false);
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

    /// All columns.
    fn ids(&self) -> impl Iterator<Item = VarId> + use<> {
        (0..self.ranges.len() as u32).map(VarId)
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

    /// Tightens one end; returns whether it moved noticeably. Whole numbers are rounded inwards where they miss one
    /// by more than `slack`.
    pub(super) fn tighten(
        &mut self,
        whole: &[bool],
        var: VarId,
        (bound, upper): (f64, bool),
        slack: f64,
        reason: Reason,
    ) -> bool {
        let index = var.0 as usize;
        let (Some(range), Some(whole)) = (self.ranges.get(index).copied(), whole.get(index).copied()) else {
            return false;
        };
        if !bound.is_finite() || bound.abs() > HUGE {
            return false;
        }
        let mut bound = bound;
        if whole {
            let slack = slack.max(1e-12 * bound.abs());
            bound = if upper { (bound + slack).floor() } else { (bound - slack).ceil() };
        }
        let (old, other, gain) = if upper {
            (range.upper, range.lower, range.upper - bound)
        } else {
            (range.lower, range.upper, bound - range.lower)
        };
        let width = if other.is_finite() { (old - other).abs() } else { old.abs() };
        let least = if whole { 0.5 } else { self.steps[var] };
        if old.is_finite() && gain <= (PROGRESS * width).max(1e-12 * old.abs()).max(least) {
            return false;
        }
        let crossed = if upper { other - bound } else { bound - other };
        if crossed > 0.0 {
            if crossed > 1e-9 * bound.abs().max(other.abs()) || whole {
                return false;
            }
            bound = other;
        }
        if let Some(trail) = &mut self.trail {
            trail.push((var.0, range, self.reasons[index]));
        }
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

/// Propagation through the constraints of a program.
pub(super) struct Propagation<'a> {
    pub program: &'a Program,
    pub occurrences: &'a Occurrences,
    limit: &'a Deadline,
    /// Which variables are whole numbers.
    pub whole: Vec<bool>,
    visits: Vec<u16>,
    queued: Vec<bool>,
}

impl<'a> Propagation<'a> {
    fn new(program: &'a Program, occurrences: &'a Occurrences, limit: &'a Deadline) -> Self {
        let whole = program.variables.iter().map(|v| v.domain != Domain::Continuous).collect();
        let count = program.constraints.len();
        Propagation { program, occurrences, limit, whole, visits: vec![0; count], queued: vec![false; count] }
    }

    /// Visits these constraints, and those that what moves stands in: each at most `each` times, and `all` together
    /// at most so many times.
    pub(super) fn run(&mut self, bounds: &mut Bounds, first: impl Iterator<Item = u32>, each: u16, all: usize) {
        let mut pieces = Vec::new();
        let mut queue: VecDeque<u32> = first.collect();
        let mut seen: Vec<u32> = queue.iter().copied().collect();
        queue.iter().for_each(|i| self.queued[*i as usize] = true);
        let mut moved = Vec::new();
        let (mut done, mut over) = (0_usize, false);
        while let Some(index) = queue.pop_front() {
            let i = index as usize;
            self.queued[i] = false;
            self.visits[i] += 1;
            done += 1;
            over |= done > all || done.is_multiple_of(STEP) && self.limit.passed();
            if over {
                continue;
            }
            moved.clear();
            let constraint = &self.program.constraints[i];
            let mut step = Step {
                program: self.program,
                bounds,
                whole: &self.whole,
                constraint: index,
                floor: constraint.unit.floor,
                moved: &mut moved,
            };
            match self.occurrences.shape(i) {
                Shape::Other => step.relation(&constraint.relation),
                shape => step.linear(self.occurrences.linear(i), shape == Shape::LinearEq, &mut pieces),
            }
            for var in &moved {
                for next in self.occurrences.constraints(*var) {
                    let n = *next as usize;
                    if !self.queued[n] && self.visits[n] < each {
                        if self.visits[n] == 0 {
                            seen.push(*next);
                        }
                        self.queued[n] = true;
                        queue.push_back(*next);
                    }
                }
            }
        }
        seen.into_iter().for_each(|i| self.visits[i as usize] = 0);
    }
}

/// One visit of one constraint.
struct Step<'a> {
    program: &'a Program,
    bounds: &'a mut Bounds,
    /// Which variables are whole numbers.
    whole: &'a [bool],
    constraint: u32,
    /// By how much the constraint may be missed, which no whole number has to change for.
    floor: f64,
    moved: &'a mut Vec<VarId>,
}

/// A sum of intervals that remembers its infinite summands, so that one can be taken out again.
#[derive(Default, Clone, Copy)]
struct Sum {
    finite: f64,
    /// Sum of magnitudes.
    size: f64,
    infinite: usize,
}

impl Sum {
    fn add(&mut self, x: f64) {
        if x.is_finite() {
            self.finite += x;
            self.size += x.abs();
        } else {
            self.infinite += 1;
        }
    }

    /// The sum of all others, less its rounding (`sign` −1) or more (1), and the sum of their magnitudes.
    fn without(self, x: f64, sign: f64) -> Option<(f64, f64)> {
        let others = match (self.infinite, x.is_finite()) {
            (0, _) => (self.finite - x, self.size - x.abs()),
            (1, false) => (self.finite, self.size),
            _ => return None,
        };
        // Beside a number that stands for "no limit" little is left of the digits of the others.
        let rounding = 4.0 * f64::EPSILON * self.size;
        let lost = rounding > ROUNDING.sqrt() * others.0.abs().max(others.1);
        Some(if lost { (others.0 + sign * rounding, others.1 + rounding) } else { others })
    }
}

/// Rounding of a sum, relative to the magnitudes of its summands.
const ROUNDING: f64 = 1e-12;

impl Step<'_> {
    /// The range that a piece has room for, and by how much its ends may be off: by rounding, and by what the rule
    /// may be missed by.
    fn room(&self, piece: Interval, least: Sum, greatest: Sum, equation: bool) -> (Interval, f64) {
        let (upper, size) = least.without(piece.lower, -1.0).map_or((f64::INFINITY, 0.0), |(x, size)| (-x, size));
        let (lower, other) = match greatest.without(piece.upper, 1.0) {
            Some((others, size)) if equation => (-others, size),
            _ => (f64::NEG_INFINITY, 0.0),
        };
        (Interval::new(lower, upper), self.floor + ROUNDING * size.max(other))
    }

    fn relation(&mut self, relation: &Relation) {
        match relation {
            Relation::Le(form) => self.form(form, false),
            Relation::Eq(form) => self.form(form, true),
            Relation::Implies { when, is, then } => {
                let range = self.bounds.get(*when);
                if range.lower == range.upper && (range.lower >= 0.5) == *is {
                    self.relation(then);
                } else if range.lower < range.upper && self.impossible(then) {
                    let off =
                        if *is { Interval::new(f64::NEG_INFINITY, 0.0) } else { Interval::new(1.0, f64::INFINITY) };
                    self.variable(*when, off, 0.0);
                }
            }
        }
    }

    /// Can the relation not hold, whatever the values in the ranges?
    fn impossible(&self, relation: &Relation) -> bool {
        let (form, equation) = match relation {
            Relation::Le(form) => (form, false),
            Relation::Eq(form) => (form, true),
            Relation::Implies { .. } => return false,
        };
        if !form.is_affine() || !form.uncertain.is_empty() {
            return false;
        }
        let range = self.bounds.affine(&form.affine);
        let slack = |end: f64| self.floor + ROUNDING * end.abs();
        range.lower > slack(range.lower) || equation && range.upper < -slack(range.upper)
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
            let (range, slack) = self.room(*piece, least, greatest, equation);
            self.variable(VarId(*v), range.times(1.0 / c), slack / c.abs());
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
        for (v, c) in &form.affine.terms {
            let (range, slack) = self.room(self.bounds.get(*v).times(*c), least, greatest, equation);
            self.variable(*v, range.times(1.0 / c), slack / c.abs());
        }
        for (p, range) in form.products.iter().zip(products) {
            let inside = self.room(range, least, greatest, equation).0.times(1.0 / p.coefficient);
            if p.left == p.right && inside.upper >= 0.0 && inside.upper.is_finite() {
                let root = inside.upper.sqrt();
                self.affine(&p.left, Interval::new(-root, root));
            }
        }
        for ((a, c), range) in form.atoms.iter().zip(atoms) {
            self.atom(*a, self.room(range, least, greatest, equation).0.times(1.0 / c));
        }
    }

    /// The variable lies in `range`, whose ends may be off by `slack`.
    fn variable(&mut self, var: VarId, range: Interval, slack: f64) {
        let reason = Reason::Constraint(self.constraint);
        let up = self.bounds.tighten(self.whole, var, (range.upper, true), slack, reason);
        let down = self.bounds.tighten(self.whole, var, (range.lower, false), slack, reason);
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
            let upper = least.without(piece.lower, -1.0).map_or(f64::INFINITY, |(others, _)| range.upper - others);
            let lower =
                greatest.without(piece.upper, 1.0).map_or(f64::NEG_INFINITY, |(others, _)| range.lower - others);
            let slack = self.floor + ROUNDING * (least.size + greatest.size);
            self.variable(*v, Interval::new(lower, upper).times(1.0 / c), slack / c.abs());
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
