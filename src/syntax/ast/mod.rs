//! The syntax tree: what the engineer wrote, with a span on everything.
//!
//! Produced by [`super::parse`], which never fails: a statement that cannot be read becomes
//! [`StatementKind::Unreadable`] and a diagnostic, and everything around it is kept.

mod declaration;
mod expression;

pub use declaration::*;
pub use expression::*;

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
