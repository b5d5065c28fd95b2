//! The syntax tree: what the engineer wrote, with a span on everything.
//!
//! Produced by [`super::parse`], which never fails: a statement that cannot be read becomes
//! [`StatementKind::Unreadable`] and a diagnostic, and everything around it is kept.

use crate::source::Span;
use smol_str::SmolStr;
use std::sync::Arc;

/// A name as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Ident {
    /// The text.
    pub text: SmolStr,
    /// Where.
    pub span: Span,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Module {
    /// Statements in file order.
    pub statements: Vec<Statement>,
    /// The `##` lines at its head, where a blank line sets them apart from the first statement.
    pub doc: Option<SmolStr>,
}

/// One statement, at the top level or in a block.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// From the first to the last byte, doc comments excluded, block included.
    pub span: Span,
    /// The text of `##` lines before it, and of a trailing `##` on its line.
    pub doc: Option<SmolStr>,
    /// `@role(args)` written before it.
    pub annotations: Vec<Annotation>,
    /// What it is.
    pub kind: StatementKind,
}

/// `@name` or `@name(args)`: how the library tells reports and checks what a declaration means.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// The role.
    pub name: Ident,
    /// Its arguments: names or texts.
    pub args: Vec<SmolStr>,
    /// All of it.
    pub span: Span,
}

/// The kinds of statements.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// `use networks.ieee33 as feeder, std.pv`
    Use(Vec<UsePath>),
    /// `dimension time, length` or `dimension voltage = power / current`
    Dimension(Vec<(Ident, Option<Expr>)>),
    /// `kind active_power, reactive_power of power`
    Kind {
        /// The kinds' names.
        names: Vec<Ident>,
        /// Their dimension.
        of: Expr,
    },
    /// `unit W, kW = 1e3 W : active_power`
    Unit {
        /// Each unit with its definition in terms of another (none for a coherent unit).
        units: Vec<(Ident, Option<Expr>)>,
        /// Kind or dimension of all of them.
        of: Expr,
    },
    /// `graph grid of bus joined by line`
    Graph {
        /// The graph's name.
        name: Ident,
        /// The class of nodes.
        nodes: Ident,
        /// The class of edges.
        edges: Ident,
    },
    /// `slot physics`
    Slot(Ident),
    /// `total losses[t] : active_power` or, in a device, `balance active[t] : active_power`
    Total(Box<TotalDecl>),
    /// `device storage at b: bus { ... }`
    Device(Box<DeviceDecl>),
    /// `aspect conic fills physics needs radial { ... }`
    Aspect(AspectDecl),
    /// `extend bus when ... { ... }` (in an aspect)
    Extend {
        /// The class.
        class: Ident,
        /// Guard on the aspect's parameters.
        when: Option<Expr>,
        /// Members.
        body: Vec<Statement>,
    },
    /// `set site = 1..3`, `set hub in site = {1, 3}`
    Set {
        /// Its name.
        name: Ident,
        /// The set it is a subset of.
        within: Option<Expr>,
        /// Its elements.
        value: Box<Expr>,
    },
    /// `param cap[site] : active_power > 0 kW = 3 kW`
    Param(Vec<ParamDecl>),
    /// `var p[t] : active_power in 0..p_max, recourse when ...` and `state ... starts ...`
    Var(Box<VarDecl>),
    /// `let`, `open let`, `redefine`, `provide`
    Let(Box<LetDecl>),
    /// `rule`, `implied rule`, `require`
    Rule(Box<RuleDecl>),
    /// `check cond else "text"`, `after_solve check cond else "text"`
    Check(Box<CheckDecl>),
    /// `cost wear = integral(...)`
    Cost {
        /// Its name.
        name: Ident,
        /// Its value.
        value: Box<Expr>,
        /// Guard.
        when: Option<Expr>,
    },
    /// `inject e into b.active for n in loads where ... when ...` and `add e to losses ...`
    Contribute(Box<ContributeDecl>),
    /// `objective restored : maximize ...`, `minimize losses`, `maximize money : ...`
    Objective {
        /// Its name, if given.
        name: Option<Ident>,
        /// Direction.
        maximize: bool,
        /// Named terms: `switching : a + energy : b`; a single unnamed one as a rule.
        terms: Vec<(Option<Ident>, Expr)>,
    },
    /// `optimize restored, then switching, then cost`
    Optimize(Vec<Ident>),
    /// `uncertain z[t], w[t] in -1..1`
    Uncertain {
        /// Factor families.
        factors: Vec<(Ident, Vec<Index>)>,
        /// Lower end.
        low: Box<Expr>,
        /// Upper end.
        high: Box<Expr>,
    },
    /// `budget days : sum(t: abs(z[t])) <= 6`
    Budget {
        /// Its name.
        name: Ident,
        /// Index families, as in a rule.
        indices: Vec<Index>,
        /// The condition.
        condition: Expr,
    },
    /// `scenarios L = cluster(raw, into = 3)`
    Scenarios {
        /// The set's name.
        name: Ident,
        /// A call of a built-in, or a product of scenario sets.
        value: Expr,
    },
    /// `table day from "d.csv" wide h1..h24 by period { ... } { ... }`
    Table(Arc<TableDecl>),
    /// `horizon 24 h step 1 h`
    Horizon {
        /// Total length.
        length: Expr,
        /// Length of a period.
        step: Expr,
    },
    /// `snapshot`
    Snapshot,
    /// `with conic, radial(encoding = single_commodity)`
    With(Vec<AspectUse>),
    /// `without storage, pv`
    Without(Vec<Expr>),
    /// `case "D.1" extends D { ... }`
    Case {
        /// Its name.
        name: Ident,
        /// The case it builds on.
        extends: Option<Ident>,
        /// Settings.
        body: Vec<Statement>,
    },
    /// `sweep share in [0 %, 10 %] extends D`: a case for each value.
    Sweep {
        /// What is set.
        path: Expr,
        /// Its values.
        values: Vec<Expr>,
        /// The case they build on.
        extends: Option<Ident>,
    },
    /// `study worst = robust ccg(gap = 1 %) { ... }`
    Study {
        /// Its name.
        name: Ident,
        /// `deterministic`, `robust`, `stochastic`, `igdt`.
        method: Ident,
        /// `ccg`, `extensive`, `risk_averse`, ...
        variant: Option<Ident>,
        /// Arguments.
        args: Vec<Arg>,
        /// Stage lists and settings.
        body: Vec<Statement>,
    },
    /// `modes connected, islanded`
    Modes(Vec<Ident>),
    /// `in islanded { ... }`
    In {
        /// The mode.
        mode: Ident,
        /// Settings.
        body: Vec<Statement>,
    },
    /// `fault at source "substation"`
    Fault(Expr),
    /// `ahead storage.*, diesel.p` or `recourse source.*` (in a study)
    StageList {
        /// Decided before the uncertainty is known?
        ahead: bool,
        /// Paths; a trailing `.*` is a [`ExprKind::Field`] named `*`.
        paths: Vec<Expr>,
    },
    /// `storage "ESS" at each bus 6, 14 { power = 0.5 MW }`, `load each row in buses where ... { ... }`
    Instance(Arc<InstanceDecl>),
    /// `bus.v_min = 0.9 pu`; in blocks of instances and cases also `power = 1 MW`
    Setting {
        /// What is set (names, fields, indices).
        path: Expr,
        /// Its value; `none` is a name.
        value: Expr,
    },
    /// `line.closed : constant over periods, ahead`
    Restage {
        /// The variable's path.
        path: Expr,
        /// `constant over periods`?
        constant_over_periods: bool,
        /// `ahead` / `recourse`, if said.
        ahead: Option<bool>,
    },
    /// A statement that could not be read. Names it may declare, so that their uses stay silent.
    Unreadable {
        /// Identifiers directly after its keyword.
        declares: Vec<SmolStr>,
    },
}

/// `networks.ieee33 as feeder`
#[derive(Debug, Clone, PartialEq)]
pub struct UsePath {
    /// `networks`, `ieee33`.
    pub path: Vec<Ident>,
    /// `feeder`.
    pub alias: Option<Ident>,
}

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
        /// As written.
        value: f64,
        /// Its unit.
        unit: Option<UnitExpr>,
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
