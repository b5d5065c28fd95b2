//! Declarations and elements: what devices, aspects and tables are made of.

use super::{Expr, Ident, Statement, TypeExpr, UnitExpr};
use crate::source::Span;
use smol_str::SmolStr;

/// One index of a family: `t`, `i in site`, or a bare set name.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// The index variable, or the set's name where `set` is none.
    pub name: Ident,
    /// The set.
    pub set: Option<Expr>,
}

/// An open sum.
#[derive(Debug, Clone, PartialEq)]
pub struct TotalDecl {
    /// Its name.
    pub name: Ident,
    /// `balance` (its sum is zero) rather than `total`.
    pub balance: bool,
    /// Index families.
    pub indices: Vec<Index>,
    /// Unit type.
    pub ty: TypeExpr,
}

/// A class of things.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceDecl {
    /// Its name, which is also the set of all its elements.
    pub name: Ident,
    /// Where it stands.
    pub terminals: Terminals,
    /// `like pv`: members of another class are taken over.
    pub like: Option<Ident>,
    /// Members.
    pub body: Vec<Statement>,
}

/// How a device is placed.
#[derive(Debug, Clone, PartialEq)]
pub enum Terminals {
    /// Nowhere: `device bus { }`.
    None,
    /// `at b: bus`: (terminal name, class).
    At(Ident, Ident),
    /// `from i: bus to j: bus`.
    Between {
        /// (terminal name, class)
        from: (Ident, Ident),
        /// (terminal name, class)
        to: (Ident, Ident),
    },
    /// `over loads: set of load`.
    Over(Ident, Ident),
}

/// An extension of classes that a study chooses by `with`.
#[derive(Debug, Clone, PartialEq)]
pub struct AspectDecl {
    /// Its name.
    pub name: Ident,
    /// Parameters.
    pub params: Vec<ParamDecl>,
    /// The slot it fills.
    pub fills: Option<Ident>,
    /// Aspects that must be chosen too.
    pub needs: Vec<Ident>,
    /// Aspects that must not be chosen with it.
    pub excludes: Vec<Ident>,
    /// `extend` blocks, totals, rules.
    pub body: Vec<Statement>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamDecl {
    /// Its name.
    pub name: Ident,
    /// Index families.
    pub indices: Vec<Index>,
    /// Type and range; none for `param k = 3 kW` (taken from the value).
    pub ty: Option<TypeExpr>,
    /// May be left out.
    pub optional: bool,
    /// Default, or the value at the top level.
    pub default: Option<Expr>,
    /// The set of uncertain values `± 10 %` around the default (sugar), if written.
    pub deviation: Option<Expr>,
}

/// A decision variable or state.
#[derive(Debug, Clone, PartialEq)]
pub struct VarDecl {
    /// Names that share the rest.
    pub names: Vec<(Ident, Vec<Index>)>,
    /// `state`.
    pub state: bool,
    /// Type and range.
    pub ty: TypeExpr,
    /// `ahead` (true), `recourse` (false) or not said.
    pub ahead: Option<bool>,
    /// Value before the first period (`starts last` is the name `last`).
    pub starts: Option<Expr>,
    /// Filter on the indices.
    pub where_: Option<Expr>,
    /// Guard on parameters.
    pub when: Option<Expr>,
}

/// A named expression.
#[derive(Debug, Clone, PartialEq)]
pub struct LetDecl {
    /// Its name.
    pub name: Ident,
    /// Index families.
    pub indices: Vec<Index>,
    /// Unit type, if stated.
    pub ty: Option<TypeExpr>,
    /// The value.
    pub value: Expr,
    /// `open let`: a definition that an aspect may replace.
    pub open: bool,
    /// `redefine`: replaces an open definition.
    pub redefine: bool,
    /// `provide`: fills part of a slot's interface.
    pub provide: bool,
    /// Guard.
    pub when: Option<Expr>,
}

/// A constraint family.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleDecl {
    /// Its name (none for `require`).
    pub name: Option<Ident>,
    /// Follows from the other rules; tests drop it and compare.
    pub implied: bool,
    /// Index families.
    pub indices: Vec<Index>,
    /// Filter on the indices.
    pub where_: Option<Expr>,
    /// Guard on parameters.
    pub when: Option<Expr>,
    /// The condition.
    pub condition: Expr,
}

/// A statement about data, or about the solution.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckDecl {
    /// Checked on the solution instead of the data.
    pub after_solve: bool,
    /// What must hold.
    pub condition: Expr,
    /// What to say otherwise; `{name}` is filled in.
    pub message: Option<SmolStr>,
    /// Guard.
    pub when: Option<Expr>,
}

/// A contribution to a balance or total.
#[derive(Debug, Clone, PartialEq)]
pub struct ContributeDecl {
    /// `inject ... into` rather than `add ... to`.
    pub inject: bool,
    /// What is added.
    pub value: Expr,
    /// To what.
    pub target: Expr,
    /// Families: `for n in loads, t in present`. The period `t` is implied where the value uses it.
    pub indices: Vec<Index>,
    /// Filter on them.
    pub where_: Option<Expr>,
    /// Guard.
    pub when: Option<Expr>,
}

/// Elements of a class.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceDecl {
    /// The class.
    pub class: Ident,
    /// `candidate`: whether it is built is decided.
    pub candidate: bool,
    /// `"ESS"`, `ESS`: the id, or the id's stem in a list.
    pub name: Option<(SmolStr, Span)>,
    /// Where.
    pub place: Place,
    /// Settings of the parameters.
    pub body: Vec<Statement>,
}

/// Where and how often elements are made.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// One, nowhere.
    None,
    /// `at bus 1`
    At(Expr),
    /// `from bus 1 to bus 2`
    Between(Expr, Expr),
    /// `at each bus 6, 14`: class and ids.
    AtEach(Ident, Vec<Expr>),
    /// `at each bus in feeder.bus where ...`
    AtEachIn {
        /// The class word after `each`.
        class: Ident,
        /// The set.
        set: Expr,
        /// Filter; names are those of the element.
        where_: Option<Expr>,
    },
    /// `over feeder.load`
    Over(Expr),
    /// `each row in buses where ...`
    EachRow {
        /// The row's name.
        row: Ident,
        /// The table.
        table: Expr,
        /// Filter.
        where_: Option<Expr>,
    },
}

/// An inline or CSV table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDecl {
    /// Its name.
    pub name: Ident,
    /// The CSV file.
    pub from: Option<(SmolStr, Span)>,
    /// `wide h1..h24`: first and last column header of the series.
    pub wide: Option<(Ident, Ident)>,
    /// `by period`: rows (or wide columns) are periods.
    pub by_period: bool,
    /// Columns.
    pub columns: Vec<ColumnDecl>,
    /// Inline rows of cells.
    pub rows: Option<Vec<Vec<Expr>>>,
}

/// Columns of a table that share a type: `load_pu, pv_pu : pu` or `p_kw : kW as p`.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDecl {
    /// Header in the file (empty for the one value column of a wide table).
    pub header: Ident,
    /// Name in the model, if another.
    pub name: Option<Ident>,
    /// `id`, `0/1`, `text`, or a unit expression.
    pub ty: ColumnType,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnType {
    /// An id.
    Id,
    /// `0/1`, `yes/no`.
    YesNo,
    /// Text.
    Text,
    /// A plain number.
    Number,
    /// A number in this unit.
    Unit(UnitExpr),
}

/// `radial(encoding = single_commodity)`
#[derive(Debug, Clone, PartialEq)]
pub struct AspectUse {
    /// The aspect.
    pub name: Ident,
    /// Its arguments.
    pub args: Vec<Arg>,
}

/// A positional or named argument.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    /// `name =`
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
}
