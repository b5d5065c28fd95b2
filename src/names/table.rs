//! The declaration table: every name of a study, with where it was declared. Editor features read it.

use crate::source::{FileId, Span};
use crate::syntax::ast;
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::sync::Arc;

/// Index of a class in [`Names::classes`]. Class 0 holds the declarations outside every device.
pub type ClassId = usize;
/// Index of a member in [`Names::members`].
pub type MemberId = usize;

/// The class of everything declared at the top level; it has one element.
pub const ROOT: ClassId = 0;

/// What kind of class.
#[derive(Debug, Clone, PartialEq)]
pub enum ClassKind {
    /// The top level.
    Root,
    /// `device`.
    Device,
    /// `set site = 1..3`: elements without members.
    Set,
    /// The arcs of a graph.
    Arc {
        /// Index in [`Names::graphs`].
        graph: usize,
    },
}

/// A class: a device, a set, the arcs of a graph, or the top level.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its name.
    pub name: SmolStr,
    /// Where it is named.
    pub span: Span,
    /// Documentation.
    pub doc: Option<SmolStr>,
    /// Kind.
    pub kind: ClassKind,
    /// How its elements are placed.
    pub terminals: ast::Terminals,
    /// Annotations.
    pub annotations: Vec<ast::Annotation>,
    /// Named members, in order of declaration.
    pub members: IndexMap<SmolStr, MemberId>,
    /// All members, unnamed ones included.
    pub all: Vec<MemberId>,
    /// For sets: the value.
    pub value: Option<ast::Expr>,
}

impl Class {
    /// Does the library give it this role?
    pub fn has_role(&self, role: &str) -> bool {
        has_role(&self.annotations, role)
    }
}

/// Is the role among the annotations?
pub(super) fn has_role(annotations: &[ast::Annotation], role: &str) -> bool {
    annotations.iter().any(|a| a.name.text == "role" && a.args.iter().any(|x| x == role))
}

/// What a member is.
#[derive(Debug, Clone)]
pub enum MemberKind {
    /// The bus a device stands at (or the set of elements it is over).
    Terminal {
        /// Class of the terminal.
        class: SmolStr,
        /// A set of elements rather than one.
        set: bool,
    },
    /// Incidence sets of a graph.
    GraphSet(GraphSet),
    /// A parameter.
    Param(ast::ParamDecl),
    /// A variable or state.
    Var(ast::VarDecl),
    /// A named expression.
    Let(ast::LetDecl),
    /// A total or balance.
    Total(ast::TotalDecl),
    /// A subset: `set hub in site = {1, 3}`.
    Subset {
        /// The set it is part of.
        within: ast::Expr,
        /// Its elements.
        value: ast::Expr,
    },
    /// A constraint family.
    Rule(ast::RuleDecl),
    /// A check.
    Check(ast::CheckDecl),
    /// A named cost.
    Cost {
        /// Its value.
        value: ast::Expr,
    },
    /// A contribution to a balance or total.
    Contribute(ast::ContributeDecl),
}

/// Incidence sets that a graph gives to its classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphSet {
    /// Arcs into a node.
    ArcsIn,
    /// Arcs out of a node.
    ArcsOut,
    /// The two arcs of an edge.
    Arcs,
}

/// A declaration inside a class.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its class.
    pub class: ClassId,
    /// Its name; unnamed rules, checks and contributions have a made-up one such as `rule 3`.
    pub name: SmolStr,
    /// Where it is named (or where the statement is).
    pub span: Span,
    /// The whole statement.
    pub statement: Span,
    /// Documentation.
    pub doc: Option<SmolStr>,
    /// Annotations.
    pub annotations: Vec<ast::Annotation>,
    /// Index families.
    pub indices: Vec<ast::Index>,
    /// Guards: all must hold.
    pub when: Vec<ast::Expr>,
    /// What it is.
    pub kind: MemberKind,
    /// The aspect that added it.
    pub aspect: Option<SmolStr>,
}

impl Member {
    /// Has it this role: `@role(losses)`?
    pub fn has_role(&self, role: &str) -> bool {
        has_role(&self.annotations, role)
    }

    /// The annotation of this name.
    pub fn annotation(&self, name: &str) -> Option<&ast::Annotation> {
        self.annotations.iter().find(|a| a.name.text == name)
    }
}

/// A graph declaration.
#[derive(Debug, Clone)]
pub struct Graph {
    /// Its name.
    pub name: ast::Ident,
    /// Class of nodes.
    pub nodes: ast::Ident,
    /// Class of edges.
    pub edges: ast::Ident,
}

/// Precedence of a setting, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A cell of a table (`each row in`).
    Table,
    /// A whole class or group: `bus.v_min = 0.9 pu`.
    Class,
    /// One device: its block, or a path with its id.
    Instance,
    /// A case or mode.
    Case,
    /// `--set`.
    CommandLine,
}

/// `path = value` outside of device blocks.
#[derive(Debug, Clone)]
pub struct SettingDecl {
    /// What is set.
    pub path: ast::Expr,
    /// Its value.
    pub value: ast::Expr,
    /// Is it in a case, or on the command line? (Class or instance follows from the path.)
    pub level: Option<Level>,
    /// The mode it holds in.
    pub mode: Option<SmolStr>,
}

/// `path : constant over periods, ahead`.
#[derive(Debug, Clone)]
pub struct Restage {
    /// The decision.
    pub path: ast::Expr,
    /// One value for all periods?
    pub constant: bool,
    /// Decided ahead (true), later (false), or not said.
    pub ahead: Option<bool>,
    /// Does a case say so?
    pub in_case: bool,
}

/// Elements to make.
#[derive(Debug, Clone)]
pub struct InstanceStatement {
    /// The statement.
    pub decl: Arc<ast::InstanceDecl>,
    /// Its span.
    pub span: Span,
    /// Documentation.
    pub doc: Option<SmolStr>,
}

/// A table declaration with the folder its CSV is looked up in.
#[derive(Debug, Clone)]
pub struct TableStatement {
    /// The statement.
    pub decl: Arc<ast::TableDecl>,
    /// Its span.
    pub span: Span,
    /// Folder of its module.
    pub folder: String,
}

/// One goal as declared.
#[derive(Debug, Clone)]
pub struct ObjectiveStatement {
    /// Its name.
    pub name: Option<ast::Ident>,
    /// Direction.
    pub maximize: bool,
    /// Terms.
    pub terms: Vec<(Option<ast::Ident>, ast::Expr)>,
    /// The statement.
    pub span: Span,
}

/// A study as declared.
#[derive(Debug, Clone)]
pub struct StudyStatement {
    /// Its name.
    pub name: ast::Ident,
    /// `robust`, ...
    pub method: ast::Ident,
    /// `ccg`, ...
    pub variant: Option<ast::Ident>,
    /// Arguments.
    pub args: Vec<ast::Arg>,
    /// Stage overrides: (ahead, path).
    pub stages: Vec<(bool, ast::Expr)>,
    /// The statement.
    pub span: Span,
}

/// Uncertain factor families.
#[derive(Debug, Clone)]
pub struct FactorStatement {
    /// Name.
    pub name: ast::Ident,
    /// Index families.
    pub indices: Vec<ast::Index>,
    /// Range.
    pub low: ast::Expr,
    /// Range.
    pub high: ast::Expr,
    /// The statement.
    pub span: Span,
}

/// A budget.
#[derive(Debug, Clone)]
pub struct BudgetStatement {
    /// Name.
    pub name: ast::Ident,
    /// Index families.
    pub indices: Vec<ast::Index>,
    /// The condition.
    pub condition: ast::Expr,
    /// The statement.
    pub span: Span,
}

/// Scenario sets.
#[derive(Debug, Clone)]
pub struct ScenarioStatement {
    /// Name.
    pub name: ast::Ident,
    /// Definition.
    pub value: ast::Expr,
    /// The statement.
    pub span: Span,
}

/// How time is cut.
#[derive(Debug, Clone)]
pub enum TimeStatement {
    /// One period without a step.
    Snapshot(Span),
    /// Length and step.
    Horizon(ast::Expr, ast::Expr, Span),
}

/// Dimension, kind and unit declarations in order.
#[derive(Debug, Clone)]
pub enum UnitStatement {
    /// `dimension`
    Dimension(ast::Ident, Option<ast::Expr>),
    /// `kind`
    Kind(ast::Ident, ast::Expr),
    /// `unit`, what it measures, and what its statement says of it.
    Unit(ast::Ident, Option<ast::Expr>, ast::Expr, UnitNotes),
}

/// What the annotations of a `unit` statement say.
#[derive(Debug, Clone)]
pub struct UnitNotes {
    /// `@role(money)`
    pub money: bool,
    /// `@floor(1 W)`
    pub floor: Option<ast::Annotation>,
}

/// Everything declared in a study.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Classes by name; the first is the top level, named `model`.
    pub classes: IndexMap<SmolStr, Class>,
    /// Members.
    pub members: Vec<Member>,
    /// Graphs.
    pub graphs: Vec<Graph>,
    /// Dimension, kind and unit declarations.
    pub units: Vec<UnitStatement>,
    /// Tables.
    pub tables: IndexMap<SmolStr, TableStatement>,
    /// Device statements.
    pub instances: Vec<InstanceStatement>,
    /// Groups: the name in `"ESS" at each ...`, with its class.
    pub groups: IndexMap<SmolStr, SmolStr>,
    /// Settings.
    pub settings: Vec<SettingDecl>,
    /// Changes of a variable's dimensions or stage.
    pub restage: Vec<Restage>,
    /// All aspects that exist, chosen or not: name → (declaration, chosen).
    pub aspects: IndexMap<SmolStr, (ast::AspectDecl, bool)>,
    /// Cases by name.
    pub cases: IndexMap<SmolStr, Span>,
    /// What sweeps set, and the values: each is a case too.
    pub swept: Vec<(ast::Expr, ast::Expr)>,
    /// Removed paths.
    pub without: Vec<ast::Expr>,
    /// Objectives.
    pub objectives: Vec<ObjectiveStatement>,
    /// Order of optimisation.
    pub order: Vec<ast::Ident>,
    /// Studies.
    pub studies: Vec<StudyStatement>,
    /// Factors.
    pub factors: Vec<FactorStatement>,
    /// Budgets.
    pub budgets: Vec<BudgetStatement>,
    /// Scenario sets.
    pub scenarios: Vec<ScenarioStatement>,
    /// Modes.
    pub modes: Vec<ast::Ident>,
    /// Horizon or snapshot.
    pub time: Option<TimeStatement>,
    /// Module aliases.
    pub aliases: IndexMap<SmolStr, String>,
    /// Names declared in statements that could not be read: their uses stay silent.
    pub poisoned: Vec<SmolStr>,
    /// The root file.
    pub root: Option<FileId>,
    /// Members that belong to aspects which were not chosen: (class, member, aspect).
    pub dormant: Vec<(SmolStr, SmolStr, SmolStr)>,
}

impl Names {
    /// Does the file ask for something: a goal, a time, a formulation, decisions or rules of its own?
    /// Otherwise it is a module for studies, such as a network, and its balances need not close.
    pub fn is_study(&self) -> bool {
        let asks = |m: &MemberId| matches!(self.members[*m].kind, MemberKind::Var(_) | MemberKind::Rule(_));
        !self.objectives.is_empty()
            || !self.studies.is_empty()
            || self.time.is_some()
            || self.aspects.values().any(|(_, chosen)| *chosen)
            || self.classes.first().is_some_and(|(_, root)| root.all.iter().any(asks))
    }

    /// The class of an id.
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id]
    }

    /// The class of a name.
    pub fn class_id(&self, name: &str) -> Option<ClassId> {
        self.classes.get_index_of(name)
    }

    /// A named member of a class.
    pub fn member(&self, class: ClassId, name: &str) -> Option<MemberId> {
        self.classes[class].members.get(name).copied()
    }

    /// A member qualified for messages: `storage.level`, or its bare name at the top level.
    pub fn qualified(&self, member: MemberId) -> String {
        let m = &self.members[member];
        if m.class == ROOT { m.name.to_string() } else { format!("{}.{}", self.classes[m.class].name, m.name) }
    }

    /// Is the name one of an unreadable statement?
    pub fn is_poisoned(&self, name: &str) -> bool {
        self.poisoned.iter().any(|p| p == name)
    }

    /// The first class with a role: `@role(bus)`.
    pub fn class_with_role(&self, role: &str) -> Option<ClassId> {
        self.classes.values().position(|c| c.has_role(role))
    }

    /// The first member of a class with a role.
    pub fn member_with_role(&self, class: ClassId, role: &str) -> Option<MemberId> {
        self.classes[class].all.iter().copied().find(|m| self.members[*m].has_role(role))
    }

    /// The member of a class with an annotation.
    pub fn annotated(&self, class: ClassId, annotation: &str) -> Option<MemberId> {
        self.classes[class].all.iter().copied().find(|m| self.members[*m].annotation(annotation).is_some())
    }
}
