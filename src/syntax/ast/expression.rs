//! Types and expressions.

use super::{Arg, Ident, Index};
use crate::source::Span;
use smol_str::SmolStr;

/// A type with its range.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeExpr {
    /// All of it.
    pub span: Span,
    /// The type.
    pub base: TypeBase,
    /// `> 0 kW`, `in 0..p_max`, ...
    pub bounds: Vec<Bound>,
}

/// Types.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeBase {
    /// A kind or dimension, or a product of dimensions: `active_power`, `power^2 / voltage^2`,
    /// `ratio`, `number`.
    Quantity(Expr),
    /// `binary`
    Binary,
    /// `integer`
    Integer,
    /// `count`: a whole number that is data.
    Count,
    /// `yes/no`
    YesNo,
    /// `text`
    Text,
    /// `one of {a, b}`
    OneOf(Vec<Ident>),
    /// `set of bus`, `set of periods`
    SetOf(Ident),
    /// `element of bus`
    ElementOf(Ident),
    /// `per_unit` or `per_unit of nominal`
    PerUnit(Option<Expr>),
}

/// A range condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// `>= 0 kW`
    Compare(BinaryOp, Expr),
    /// `in a..b`
    Within(Expr, Expr),
}

/// A product of powers of units: `EUR/MWh`, `power^2`.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitExpr {
    /// All of it.
    pub span: Span,
    /// Unit names with exponents (negative after `/`).
    pub factors: Vec<(Ident, i32)>,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: ExprKind,
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `3`, `0.5 MW`, `10 %` (the unit named `%`)
    Number {
        /// Its value.
        value: f64,
        /// Its unit.
        unit: Option<UnitExpr>,
        /// Its digits, where they are not the ones that its value is shown with: as an id `05` is not `5`.
        written: Option<SmolStr>,
    },
    /// `"text"`
    Text(SmolStr),
    /// `yes`, `no`
    YesNo(bool),
    /// A name, `self`, `first`, `last`, `step`, `none` included.
    Name(SmolStr),
    /// `a.edge`; `storage.14` has the field `14`, `storage.*` the field `*`
    Field(Box<Expr>, Ident),
    /// `p[n, t]`
    Index(Box<Expr>, Vec<Expr>),
    /// `before t`, `after t`
    Before(Ident),
    /// `bus 7`, `bus "A1"`, `bus row.bus`: an element by its id.
    Element(Ident, Box<Expr>),
    /// `-x`, `not x`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `f(a, b = c)`
    Call(Ident, Vec<Arg>),
    /// `sum(i in site, t where ...: e)`; also `any`, `all`, `min`, `max`, `integral`, `expected`
    Aggregate {
        /// `sum`, ...
        op: Ident,
        /// Index families.
        indices: Vec<Index>,
        /// Filter.
        where_: Option<Box<Expr>>,
        /// What is aggregated.
        body: Box<Expr>,
    },
    /// `if c then a else b`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `match service { firm: a; partial: b }`
    Match(Box<Expr>, Vec<(Ident, Expr)>),
    /// `s_max given`
    Given(Box<Expr>),
    /// `1..8`
    Range(Box<Expr>, Box<Expr>),
    /// `[1, 2]` is one row; `[1 2; 3 4]` two
    List(Vec<Vec<Expr>>),
    /// `{a, b}`
    SetLiteral(Vec<Expr>),
    /// `{ s in site where cap[s] > 10 }`
    SetBuilder(Box<Index>, Option<Box<Expr>>),
    /// `in islanded: e`
    InMode(Ident, Box<Expr>),
    /// An expression that could not be read.
    Unreadable,
}

/// Unary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `not`
    Not,
}

/// Binary operators, loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `=>`
    Implies,
    /// `or`
    Or,
    /// `and`
    And,
    /// `<=`
    Le,
    /// `>=`
    Ge,
    /// `<`
    Lt,
    /// `>`
    Gt,
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `in`
    In,
    /// `+-`
    PlusMinus,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `of` (as in `10 % of base`)
    Of,
    /// `^`
    Pow,
}

impl Expr {
    /// A number without a unit or a text as an id, as it was written.
    pub fn as_id(&self) -> Option<SmolStr> {
        match &self.kind {
            ExprKind::Number { unit: None, written: Some(digits), .. } => Some(digits.clone()),
            ExprKind::Number { value, unit: None, .. } => Some(smol_str::format_smolstr!("{value}")),
            ExprKind::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl BinaryOp {
    /// The operator as it is written.
    pub fn sign(self) -> &'static str {
        match self {
            BinaryOp::Implies => "=>",
            BinaryOp::Or => "or",
            BinaryOp::And => "and",
            BinaryOp::Le => "<=",
            BinaryOp::Ge => ">=",
            BinaryOp::Lt => "<",
            BinaryOp::Gt => ">",
            BinaryOp::Eq => "=",
            BinaryOp::Ne => "!=",
            BinaryOp::In => "in",
            BinaryOp::PlusMinus => "+-",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Of => "of",
            BinaryOp::Pow => "^",
        }
    }
}
