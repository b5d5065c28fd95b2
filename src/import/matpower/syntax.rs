//! Syntax tree of the statements that case files use.

use super::value::Matrix;

/// Byte range in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Place {
    /// From here to the end of another.
    pub(super) fn to(self, other: Place) -> Place {
        Place { start: self.start, end: other.end.max(self.end) }
    }
}

/// An expression with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    pub(super) place: Place,
    pub(super) kind: ExprKind,
    /// Height of the tree, bounded by the parser so that walks of it may recurse.
    pub(super) height: u16,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum ExprKind {
    Number(f64),
    Text(String),
    /// A matrix written out in numbers.
    Literal(Matrix),
    /// `[a, b; c, d]` with anything in the cells.
    Rows(Vec<Vec<Expr>>),
    /// `{ … }`
    Cells,
    /// `mpc.bus`, or a function's name.
    Name(String),
    /// `name(arguments)`: an index or a call.
    Apply {
        name: String,
        arguments: Vec<Expr>,
    },
    /// `:` as an argument.
    All,
    /// `end` within an index.
    Last,
    Range {
        first: Box<Expr>,
        step: Option<Box<Expr>>,
        last: Box<Expr>,
    },
    Unary {
        operator: Unary,
        operand: Box<Expr>,
    },
    Binary {
        operator: Binary,
        left: Box<Expr>,
        right: Box<Expr>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    Minus,
    Plus,
    Not,
    Transpose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    /// `*`, a product of matrices unless one side is a number.
    Times,
    /// `/`, by a number.
    Over,
    /// `^` of numbers.
    Power,
    EachTimes,
    EachOver,
    EachPower,
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
}

/// What is assigned to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) index: Option<Vec<Expr>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Statement {
    /// `function mpc = case33bw`
    Function {
        place: Place,
        outputs: Vec<String>,
        name: String,
    },
    Assign {
        target: Target,
        value: Expr,
    },
    /// `[A, B] = call`; a dropped output (`~`) has no name.
    AssignMany {
        targets: Vec<Option<String>>,
        value: Expr,
    },
    /// A call for its effect, or a value that nobody reads.
    Bare(Expr),
    If {
        branches: Vec<(Expr, Vec<Statement>)>,
        otherwise: Vec<Statement>,
    },
    Return,
}
