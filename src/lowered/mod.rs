//! The lowered stage: columns, linear rows and second-order cones in scaled numbers near 1, and how
//! to get back.

mod arborescence;
mod bounds;
mod display;
mod draft;
mod explain;
pub mod export;
mod interval;
mod loads;
mod lower;
mod map;
mod narrow;
mod occurrences;
mod position;
mod products;
mod refuse;
mod rules;
mod scale;
mod sizes;
mod span;
mod switches;
mod unlimited;

pub use bounds::{Bounds, Reason};
pub use display::display;
pub use explain::explain;
pub use interval::Interval;
pub use lower::{LowerOptions, Lowering, Near, Reached, lower};
pub use map::{ConeSource, Definition, Map, Relaxes, RowSource};
pub(crate) use scale::{power_of_two, row_scale};

use crate::ids::{Id, IdVec, id};
use crate::program::{Name, OriginId};

id! {
    /// A column of a problem.
    pub struct ColumnId of "column"
}

id! {
    /// A linear row of a problem.
    pub struct RowId of "row"
}

id! {
    /// A cone of a problem.
    pub struct ConeId of "cone"
}

/// Where a column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnSource {
    /// A variable of the program (its index).
    Variable(usize),
    /// Made by a lowering rule.
    Auxiliary,
}

/// A scaled variable: `program value = scale · column value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name in the user's terms.
    pub name: Name,
    /// Least value (may be minus infinity).
    pub lower: f64,
    /// Greatest value (may be infinity).
    pub upper: f64,
    /// Whole numbers only. Integer columns have scale 1.
    pub integer: bool,
    /// Coherent units in 1.
    pub scale: f64,
    /// Source.
    pub source: ColumnSource,
    /// Declaration or rule.
    pub origin: OriginId,
}

/// `lower <= Σ terms <= upper`; an equation has equal ends. Terms sorted by column, merged.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Name in the user's terms.
    pub name: Name,
    /// Least value (may be minus infinity).
    pub lower: f64,
    /// Greatest value (may be infinity).
    pub upper: f64,
    /// Column and coefficient.
    pub terms: Vec<(ColumnId, f64)>,
    /// Activity in coherent units = `scale · activity here`.
    pub scale: f64,
    /// The rule.
    pub origin: OriginId,
}

/// `constant + Σ terms`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// Constant.
    pub constant: f64,
    /// Column and coefficient, sorted by column, merged.
    pub terms: Vec<(ColumnId, f64)>,
}

/// The two cones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConeKind {
    /// `entries[0] >= ‖entries[1..]‖`
    SecondOrder,
    /// `2 · entries[0] · entries[1] >= ‖entries[2..]‖²`, both nonnegative
    Rotated,
}

/// One cone membership.
#[derive(Debug, Clone, PartialEq)]
pub struct Cone {
    /// Name in the user's terms.
    pub name: Name,
    /// Kind.
    pub kind: ConeKind,
    /// Entries.
    pub entries: Vec<Entry>,
    /// The rule.
    pub origin: OriginId,
}

/// An arborescence that binary columns select: every node that is not a root has exactly one
/// parent among its arcs, and the chosen arcs contain no cycle in any feasible point.
#[derive(Debug, Clone, PartialEq)]
pub struct Arborescence {
    /// Zero-based period.
    pub period: usize,
    /// Number of nodes.
    pub nodes: usize,
    /// Is this node a root?
    pub root: Vec<bool>,
    /// (tail, head, edge, column): the column is 1 when tail feeds head along edge.
    pub arcs: Vec<(usize, usize, usize, ColumnId)>,
    /// Number of edges.
    pub edges: usize,
    /// Per edge: the column that is 1 when it is closed, if it is one.
    pub closed: Vec<Option<ColumnId>>,
}

/// Minimise `offset + objective · x` subject to rows, cones, bounds and integrality.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lowered {
    /// Columns.
    pub columns: IdVec<ColumnId, Column>,
    /// Per column, scaled: least and greatest value that follow from the whole problem. They hold in
    /// every feasible point, are at least as tight as the column's own bounds and need not be given to
    /// an engine: they are for repairing dual bounds and for propagation. Empty if not derived.
    pub derived: IdVec<ColumnId, (f64, f64)>,
    /// Column and cost in scaled numbers.
    pub objective: Vec<(ColumnId, f64)>,
    /// Constant of the objective, scaled.
    pub offset: f64,
    /// Objective in coherent units and in the user's direction
    /// = `objective_scale · scaled objective` (negative for a maximisation).
    pub objective_scale: f64,
    /// Rows.
    pub rows: IdVec<RowId, Row>,
    /// Cones.
    pub cones: IdVec<ConeId, Cone>,
    /// Arborescences among the binaries, one per period where the topology has its own columns.
    pub arborescences: Vec<Arborescence>,
    /// The columns decide a radial topology and, other than with arborescences, which nodes are roots or alive.
    pub islands: bool,
    /// Rows that only say what the arborescences say already: that the chosen arcs contain no cycle.
    /// Empty where a topology is not among the arborescences.
    pub acyclic: Vec<RowId>,
}

impl Lowered {
    /// The same without a goal: whether anything is feasible is all that is asked.
    pub fn feasibility(&self) -> Lowered {
        Lowered { objective: Vec::new(), offset: 0.0, ..self.clone() }
    }

    /// The scaled objective at a point (a value per column).
    pub fn value(&self, point: &[f64]) -> f64 {
        self.offset + self.objective.iter().map(|(column, cost)| cost * column.of(point)).sum::<f64>()
    }
}
