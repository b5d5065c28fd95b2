//! Typed expressions: names resolved, numbers in coherent units, every node with its type.

use super::Quantity;
use crate::names::{ClassId, GraphSet, MemberId};
use crate::program::Domain;
use crate::source::Span;
use crate::syntax::ast::BinaryOp;
use smol_str::SmolStr;
use std::sync::Arc;

/// The type of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Ty {
    /// A number with its unit type.
    Number(Quantity),
    /// yes or no, and every comparison.
    Bool,
    /// Text.
    Text,
    /// An element of a class.
    Element(ClassId),
    /// A period.
    Period,
    /// One of these words.
    Symbol(Arc<[SmolStr]>),
    /// A set.
    Set(Box<Ty>),
    /// A row of the table of this index.
    Row(usize),
    /// Unknown because of an error already reported: fits everything.
    Unknown,
}

impl Ty {
    /// A pure number.
    pub const NUMBER: Ty = Ty::Number(Quantity::NUMBER);

    /// The type of a set's elements.
    pub fn element(&self) -> Ty {
        match self {
            Ty::Set(t) => (**t).clone(),
            _ => Ty::Unknown,
        }
    }
}

/// Functions of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// Absolute value.
    Abs,
    /// Greatest.
    Max,
    /// Least.
    Min,
    /// Square root (of data).
    Sqrt,
    /// Euclidean norm.
    Hypot,
    /// Sine.
    Sin,
    /// Cosine.
    Cos,
    /// Tangent.
    Tan,
    /// Arc cosine.
    Acos,
    /// e to the power.
    Exp,
    /// Natural logarithm.
    Log,
    /// Whole number below.
    Floor,
    /// Whole number above.
    Ceil,
    /// Nearest whole number.
    Round,
    /// Change of kind on purpose.
    Convert,
    /// Number of elements of a set.
    Count,
    /// `piecewise_square(x, segments, up_to, grading)`: x² through the points `up_to · (i / segments)^grading`;
    /// equal segments without `grading`.
    PiecewiseSquare,
    /// `piecewise(x, [x1, x2, …], [y1, y2, …])`
    Piecewise,
    /// Asks for an exact model with binaries where the position is not convex.
    Exact,
    /// Likewise, with binaries only where a solution without them is not exact.
    ExactOnDemand,
    /// `x is constant 1`: is it data, with this value?
    IsConstant,
    /// `greatest(x)`: the most that x can be, by the limits of variables and the ranges of factors.
    Greatest,
    /// `reach(b.active[t])`: the most that devices other than branches and sources can add to a
    /// balance, by their declared limits.
    Reach,
    /// `net_most(b.active[t])`: the greatest value of that sum; negative where they can only take.
    NetMost,
    /// `net_least(b.active[t])`: the least value of that sum.
    NetLeast,
}

/// What an aggregate does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Sum.
    Sum,
    /// Sum times the step.
    Integral,
    /// Greatest.
    Max,
    /// Least.
    Min,
    /// Is there one?
    Any,
    /// Do all?
    All,
    /// How many?
    Count,
    /// Expectation over scenarios.
    Expected,
}

/// A typed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it was written.
    pub span: Span,
    /// Its type.
    pub ty: Ty,
    /// What it is.
    pub kind: NodeKind,
}

/// The kinds of typed expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// A number in coherent units.
    Number(f64),
    /// yes, no.
    Bool(bool),
    /// Text.
    Text(SmolStr),
    /// A word of an enumeration.
    Symbol(SmolStr),
    /// An index variable, by its slot.
    Local(usize),
    /// The element itself.
    This,
    /// Length of a period.
    Step,
    /// The first period.
    First,
    /// The last period.
    Last,
    /// The value of a numbered element: 3 of `set site = 1..5`.
    NumberOf(Box<Node>),
    /// A cell (with row) or a column over periods (row is a period).
    Cell {
        /// Table.
        table: usize,
        /// Column.
        column: usize,
        /// Row, period or element.
        row: Box<Node>,
    },
    /// A member of an element (of the top level if `of` is none).
    Member {
        /// The element.
        of: Option<Box<Node>>,
        /// The member.
        member: MemberId,
        /// Its indices.
        index: Vec<Node>,
    },
    /// An uncertain factor.
    Factor {
        /// Family.
        family: usize,
        /// Indices.
        index: Vec<Node>,
    },
    /// `before t` (−1), `after t` (+1).
    Shift(Box<Node>, i32),
    /// The id of an element.
    IdOf(Box<Node>),
    /// An element by its id.
    ById(ClassId, Box<Node>),
    /// All elements of a class.
    All(ClassId),
    /// Elements of a device statement with a name.
    Group(ClassId, SmolStr),
    /// All periods.
    Periods,
    /// `a..b` of whole numbers (or periods).
    Range(Box<Node>, Box<Node>),
    /// `{a, b, 1..3}`
    Collect(Vec<Node>),
    /// `{ i in set where cond }`
    Filter {
        /// Slot of the index.
        slot: usize,
        /// The set.
        set: Box<Node>,
        /// The condition.
        cond: Option<Box<Node>>,
    },
    /// `-x`
    Neg(Box<Node>),
    /// `not x`
    Not(Box<Node>),
    /// Arithmetic, comparison, logic.
    Binary(BinaryOp, Box<Node>, Box<Node>),
    /// A function.
    Call(Function, Vec<Node>),
    /// A fold over index sets.
    Fold {
        /// Which.
        op: Fold,
        /// Slot and set of each index.
        indices: Vec<(usize, Node)>,
        /// Filter.
        filter: Option<Box<Node>>,
        /// Body.
        body: Box<Node>,
    },
    /// `if`
    If(Box<Node>, Box<Node>, Box<Node>),
    /// `match`
    Match(Box<Node>, Vec<(SmolStr, Node)>),
    /// `x given`
    Given(Box<Node>),
    /// `[1, 2; 3, 4]`
    List(Vec<Vec<Node>>),
    /// In a mode.
    InMode(usize, Box<Node>),
    /// An error already reported.
    Error,
}

impl Node {
    /// Calls `visit` for every part of an expression.
    pub fn children(&self, visit: &mut dyn FnMut(&Node)) {
        match &self.kind {
            NodeKind::Number(_)
            | NodeKind::Bool(_)
            | NodeKind::Text(_)
            | NodeKind::Symbol(_)
            | NodeKind::Local(_)
            | NodeKind::This
            | NodeKind::Step
            | NodeKind::First
            | NodeKind::Last
            | NodeKind::All(_)
            | NodeKind::Group(..)
            | NodeKind::Periods
            | NodeKind::Error => {}
            NodeKind::NumberOf(a)
            | NodeKind::Shift(a, _)
            | NodeKind::IdOf(a)
            | NodeKind::ById(_, a)
            | NodeKind::Neg(a)
            | NodeKind::Not(a)
            | NodeKind::Given(a)
            | NodeKind::InMode(_, a)
            | NodeKind::Cell { row: a, .. } => visit(a),
            NodeKind::Range(a, b) | NodeKind::Binary(_, a, b) => [a, b].into_iter().for_each(|n| visit(n)),
            NodeKind::If(a, b, c) => [a, b, c].into_iter().for_each(|n| visit(n)),
            NodeKind::Member { of, index, .. } => of.iter().map(|n| &**n).chain(index).for_each(visit),
            NodeKind::Factor { index: list, .. } | NodeKind::Collect(list) | NodeKind::Call(_, list) => {
                list.iter().for_each(visit);
            }
            NodeKind::Filter { set, cond, .. } => [set].into_iter().chain(cond).for_each(|n| visit(n)),
            NodeKind::Fold { indices, filter, body, .. } => {
                indices.iter().for_each(|i| visit(&i.1));
                filter.iter().chain([body]).for_each(|n| visit(n));
            }
            NodeKind::Match(on, arms) => {
                visit(on);
                arms.iter().for_each(|a| visit(&a.1));
            }
            NodeKind::List(rows) => rows.iter().flatten().for_each(visit),
        }
    }
}

/// An index of a member, with its set.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedIndex {
    /// Its name.
    pub name: SmolStr,
    /// Type of its values.
    pub ty: Ty,
    /// The set (may use the element and earlier indices).
    pub set: Node,
}

/// How a state starts.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// With a value.
    Value(Node),
    /// With the value of the last period.
    Cyclic,
}

/// A range condition of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedBound {
    /// The comparison that must hold: value op limit.
    pub op: BinaryOp,
    /// The limit.
    pub limit: Node,
}

/// A member with its expressions typed.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedMember {
    /// Indices; index `k` is in slot `k`.
    pub indices: Vec<TypedIndex>,
    /// Type of its value.
    pub ty: Ty,
    /// Guards.
    pub when: Vec<Node>,
    /// Filter on the indices.
    pub where_: Option<Node>,
    /// The rest.
    pub body: TypedBody,
    /// Number of slots that evaluation needs.
    pub slots: usize,
}

/// What a typed member holds.
#[derive(Debug, Clone, PartialEq)]
pub enum TypedBody {
    /// A terminal.
    Terminal,
    /// An incidence set.
    GraphSet(GraphSet),
    /// A parameter.
    Param {
        /// Default.
        default: Option<Node>,
        /// Ranges.
        bounds: Vec<TypedBound>,
        /// May be left out.
        optional: bool,
        /// Is it a whole number?
        whole: bool,
    },
    /// A variable.
    Var {
        /// Domain.
        domain: Domain,
        /// Lower bounds.
        lower: Vec<Node>,
        /// Upper bounds.
        upper: Vec<Node>,
        /// Start of a state.
        starts: Option<Start>,
        /// Decided ahead?
        ahead: Option<bool>,
    },
    /// A named expression.
    Let(Node),
    /// A total or balance.
    Total {
        /// A balance?
        balance: bool,
    },
    /// A subset.
    Subset {
        /// The set that it is part of.
        within: Node,
        /// Its elements.
        value: Node,
    },
    /// A rule.
    Rule {
        /// The condition.
        condition: Node,
        /// Implied?
        implied: bool,
    },
    /// A check.
    Check {
        /// The condition.
        condition: Node,
        /// Message template.
        message: Option<SmolStr>,
        /// On the solution?
        after_solve: bool,
    },
    /// A contribution; a cost contributes to the total `costs`.
    Contribute {
        /// Value.
        value: Node,
        /// The balance or total: a `Member` node.
        target: Node,
        /// Name as a cost term.
        cost: bool,
    },
    /// Something with an error.
    Error,
}
