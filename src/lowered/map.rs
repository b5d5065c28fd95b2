//! The inverse of the lowering: values, rows, bounds and duals back to the program.

use super::bounds::Bounds;
use super::{ConeKind, Entry, Lowered};
use crate::ids::Id;
use crate::program::{Affine, AtomId, VarId};
use std::collections::BTreeMap;

/// What a row says in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowSource {
    /// `form <= 0` or `form = 0` of this constraint.
    Constraint(usize),
    /// `-form <= 0`: the other half of a conditional equation of this constraint.
    Reverse(usize),
    /// A goal of greater importance (its index) is kept at its value.
    Objective(usize),
    /// Part of the definition of an auxiliary column.
    Definition,
}

/// What a cone says in the program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConeSource {
    /// The constraint (or goal) that the cone states, or the definition of an auxiliary column.
    pub source: RowSource,
    /// How relaxing the constraint shows in the cone.
    pub relaxes: Relaxes,
    /// What relaxes grows by `factor` (in scaled numbers) per coherent unit of the constraint.
    pub factor: f64,
}

/// What in a cone grows when `form <= 0` becomes `form <= ε`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relaxes {
    /// The first entry.
    First,
    /// `2 e₀ e₁ − ‖rest‖²` (rotated) or `e₀² − ‖rest‖²`.
    Gap,
}

/// What an auxiliary column stands for, over columns made before it, in coherent units.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// Greatest of these.
    Max(Vec<Affine>),
    /// Least of these.
    Min(Vec<Affine>),
    /// Euclidean norm.
    Norm(Vec<Affine>),
    /// Piecewise linear function through the points.
    Piecewise(Vec<(f64, f64)>, Affine),
    /// Binary column times an affine expression.
    Product(VarId, Affine),
    /// `Σ coefficient · square`.
    Squares(Vec<(f64, Affine)>),
    /// 1 where the expression is at least 0.
    Sign(Affine),
    /// 1 where the expression of this index is the first greatest one.
    Selected(Vec<Affine>, usize),
    /// Share of `[start, start + width]` that the expression has passed, 0 to 1.
    Share(Affine, f64, f64),
    /// 1 where the expression is at least this.
    Reached(Affine, f64),
}

impl Definition {
    /// Its size from the sizes of the expressions that it is over; 0 where it does not grow with them alone.
    pub(super) fn size(&self, of: impl Fn(&Affine) -> f64) -> f64 {
        match self {
            Definition::Max(args) | Definition::Min(args) | Definition::Norm(args) => {
                let sizes = args.iter().map(of);
                sizes.fold(0.0, f64::max)
            }
            Definition::Product(_, affine) => of(affine),
            _ => 0.0,
        }
    }

    /// Its value where all earlier columns have the values of `point` (coherent units).
    pub fn value(&self, point: &[f64]) -> f64 {
        match self {
            Definition::Max(args) => args.iter().map(|a| a.value(point)).fold(f64::NEG_INFINITY, f64::max),
            Definition::Min(args) => args.iter().map(|a| a.value(point)).fold(f64::INFINITY, f64::min),
            Definition::Norm(args) => args.iter().map(|a| a.value(point)).fold(0.0, f64::hypot),
            Definition::Piecewise(points, arg) => super::rules::piecewise_value(points, arg.value(point)),
            Definition::Product(binary, affine) => binary.of(point) * affine.value(point),
            Definition::Squares(squares) => squares.iter().map(|(c, a)| c * a.value(point).powi(2)).sum(),
            Definition::Sign(arg) => f64::from(arg.value(point) >= 0.0),
            Definition::Selected(args, index) => {
                let (mut best, mut greatest) = (0, f64::NEG_INFINITY);
                for (i, a) in args.iter().enumerate() {
                    let value = a.value(point);
                    if value > greatest {
                        (best, greatest) = (i, value);
                    }
                }
                f64::from(best == *index)
            }
            Definition::Share(arg, start, width) => ((arg.value(point) - start) / width).clamp(0.0, 1.0),
            Definition::Reached(arg, at) => f64::from(arg.value(point) >= *at),
        }
    }
}

/// The way back from a lowered problem to its program.
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// Number of program variables: column `i` is variable `i` below this.
    pub variables: usize,
    /// What each further column stands for.
    pub definitions: Vec<Definition>,
    /// What each row says.
    pub rows: Vec<RowSource>,
    /// What each cone says.
    pub cones: Vec<ConeSource>,
    /// Derived bounds of all columns in coherent units, with reasons.
    pub bounds: Bounds,
    /// Number of program constraints.
    pub constraints: usize,
    /// Atoms in an exact position that were asked for on demand and have no binaries, with the columns
    /// that stand for them: a solution may leave these off the atom's value, see [`Map::inexact`].
    pub loose: BTreeMap<AtomId, VarId>,
}

impl Map {
    /// Values of the program's variables, in coherent units, from column values. Whole numbers are
    /// rounded when they are within 1e-4 of one.
    pub fn values(&self, problem: &Lowered, point: &[f64]) -> Vec<f64> {
        let value = |(column, x): (&super::Column, &f64)| {
            let value = column.scale * x;
            if column.integer && (value - value.round()).abs() <= 1e-4 { value.round() } else { value }
        };
        problem.columns.iter().zip(point).take(self.variables).map(value).collect()
    }

    /// The same of a plan: what an engine left beyond an end of a range is put there. A product may ask more of a
    /// current of minus nothing than any tolerance gives.
    pub fn plan(&self, problem: &Lowered, point: &[f64]) -> Vec<f64> {
        let inside = |(x, column): (&f64, &super::Column)| x.max(column.lower).min(column.upper);
        self.values(problem, &point.iter().zip(&problem.columns).map(inside).collect::<Vec<f64>>())
    }

    /// Column values from values of the program's variables: auxiliary columns by their definitions.
    /// A program-feasible point becomes a feasible point of the lowered problem.
    pub fn extend(&self, problem: &Lowered, values: &[f64]) -> Vec<f64> {
        let mut point = Vec::with_capacity(problem.columns.len());
        point.extend(values.iter().take(self.variables));
        point.resize(self.variables, 0.0);
        for definition in &self.definitions {
            let value = definition.value(&point);
            point.push(value);
        }
        point.iter_mut().zip(&problem.columns).for_each(|(x, c)| *x /= c.scale);
        point
    }

    /// The loose atoms whose column is off the value that `value` gives (coherent units) by more than
    /// `tolerance` of the column's scale.
    pub fn inexact(
        &self,
        problem: &Lowered,
        point: &[f64],
        value: impl Fn(AtomId) -> f64,
        tolerance: f64,
    ) -> Vec<AtomId> {
        let off = |(atom, column): (&AtomId, &VarId)| {
            let at = column.0 as usize;
            let (column, x) = (problem.columns.get(at)?, point.get(at)?);
            ((x - value(*atom) / column.scale).abs() > tolerance).then_some(*atom)
        };
        self.loose.iter().filter_map(off).collect()
    }

    /// The constraint that a row states, if it states one.
    pub fn constraint_of_row(&self, row: usize) -> Option<usize> {
        self.rows.get(row).and_then(|s| s.constraint())
    }

    /// The constraint that a cone states, if it states one.
    pub fn constraint_of_cone(&self, cone: usize) -> Option<usize> {
        self.cones.get(cone).and_then(|c| c.source.constraint())
    }

    /// Prices of the program's constraints: change of the objective (coherent units, the user's
    /// direction) per coherent unit by which `form <= 0` is relaxed to `form <= ε` (or `form = ε`).
    ///
    /// `rows`: per row, change of the scaled objective per unit of its binding bound.
    /// `cones`: per cone and entry, the multiplier in the dual cone (Lagrangian
    /// `objective − Σ multiplier · entry`). Constraints whose cone touches its apex get 0.
    pub fn prices(&self, problem: &Lowered, point: &[f64], rows: &[f64], cones: &[Vec<f64>]) -> Vec<f64> {
        let mut prices = vec![0.0; self.constraints];
        let mut add = |source: RowSource, price: f64| {
            let (index, sign) = match source {
                RowSource::Constraint(c) => (c, 1.0),
                RowSource::Reverse(c) => (c, -1.0),
                _ => return,
            };
            if let Some(p) = prices.get_mut(index)
                && price.is_finite()
            {
                *p += sign * price * problem.objective_scale;
            }
        };
        for ((source, row), dual) in self.rows.iter().zip(&problem.rows).zip(rows) {
            add(*source, dual / row.scale);
        }
        for ((source, cone), dual) in self.cones.iter().zip(&problem.cones).zip(cones) {
            let entry = |i: usize| cone.entries[i].value(point);
            let multiplier = |i: usize| dual[i];
            let price = match cone.kind {
                _ if source.relaxes == Relaxes::First => multiplier(0),
                ConeKind::SecondOrder => multiplier(0) / (2.0 * entry(0)),
                ConeKind::Rotated if entry(1) >= entry(0) => multiplier(0) / (2.0 * entry(1)),
                ConeKind::Rotated => multiplier(1) / (2.0 * entry(0)),
            };
            add(source.source, -price * source.factor);
        }
        prices
    }
}

impl RowSource {
    /// The constraint, if it is one.
    pub fn constraint(self) -> Option<usize> {
        match self {
            RowSource::Constraint(c) | RowSource::Reverse(c) => Some(c),
            _ => None,
        }
    }
}

impl Entry {
    /// Its value at a point of column values.
    pub fn value(&self, point: &[f64]) -> f64 {
        self.constant + self.terms.iter().map(|(c, a)| a * c.of(point)).sum::<f64>()
    }
}
