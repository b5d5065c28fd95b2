//! Resolving names inside expressions and checking types and units, in one pass.

mod aggregate;
mod arithmetic;
mod call;
mod expression;
mod member;
mod name;
mod setting;
mod word;
mod written;

pub use setting::{SettingTarget, SettingValue, TypedSetting};

use super::typed::{Node, NodeKind, Ty, TypedMember};
use super::{Quantity, UnitTable};
use crate::diagnostics::{Diagnostic, ids_units};
use crate::names::{ClassId, MemberId, Names, ROOT};
use crate::source::Span;
use crate::syntax::ast;
use smol_str::SmolStr;
use std::sync::Arc;
use written::Written;

/// Types of a factor family.
#[derive(Debug, Clone)]
pub struct TypedFactor {
    /// Name.
    pub name: SmolStr,
    /// Indices.
    pub indices: Vec<super::typed::TypedIndex>,
    /// Range; none for scenario data.
    pub range: Option<(Node, Node)>,
    /// The statement.
    pub span: Span,
    /// For scenario sets: the table whose rows are clustered.
    pub table: Option<usize>,
    /// Unit type.
    pub ty: Ty,
}

/// A budget with its condition typed.
#[derive(Debug, Clone)]
pub struct TypedBudget {
    /// Name.
    pub name: SmolStr,
    /// Indices.
    pub indices: Vec<super::typed::TypedIndex>,
    /// The condition.
    pub condition: Node,
    /// The statement.
    pub span: Span,
}

/// An objective with its terms typed.
#[derive(Debug, Clone)]
pub struct TypedObjective {
    /// Name.
    pub name: SmolStr,
    /// Direction.
    pub maximize: bool,
    /// Terms.
    pub terms: Vec<(SmolStr, Node)>,
    /// Unit type.
    pub quantity: Quantity,
    /// The statement.
    pub span: Span,
}

/// Where an expression stands: what bare names mean.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Class of the element (`self`).
    pub class: ClassId,
    /// Aspect whose parameters are visible.
    pub aspect: Option<SmolStr>,
    /// Index variables.
    pub locals: Vec<(SmolStr, Ty)>,
    /// Class or group whose name stands for the element (in class-wide settings).
    pub alias: Option<SmolStr>,
    /// The member that is being set: in its own value its name means what the study declares under it.
    pub setting: Option<MemberId>,
    /// Most slots used so far.
    pub deepest: usize,
}

impl Scope {
    /// The scope of a class, without index variables.
    pub fn of(class: ClassId, aspect: Option<SmolStr>) -> Scope {
        Scope { class, aspect, locals: Vec::new(), alias: None, setting: None, deepest: 0 }
    }

    fn push(&mut self, name: SmolStr, ty: Ty) -> usize {
        self.locals.push((name, ty));
        self.deepest = self.deepest.max(self.locals.len());
        self.locals.len() - 1
    }
}

/// Resolves and types all expressions of a study.
pub struct Checker<'a> {
    /// Declarations.
    pub names: &'a Names,
    /// Units.
    pub units: &'a UnitTable,
    /// Findings.
    pub diagnostics: Vec<Diagnostic>,
    members: Vec<State>,
    /// Factor families.
    pub factors: Vec<TypedFactor>,
    /// Is there one period without a step?
    pub snapshot: bool,
    depth: usize,
    /// Literals written in percent: they may stand for per-unit values.
    percent: Vec<Span>,
    written: Written,
}

#[derive(Clone)]
enum State {
    Untouched,
    Open,
    Done(Arc<TypedMember>),
}

impl<'a> Checker<'a> {
    /// A checker over a declaration table.
    pub fn new(names: &'a Names, units: &'a UnitTable) -> Self {
        let snapshot = !matches!(names.time, Some(crate::names::TimeStatement::Horizon(..)));
        let members = vec![State::Untouched; names.members.len()];
        let mut checker = Checker {
            names,
            units,
            diagnostics: Vec::new(),
            members,
            factors: Vec::new(),
            snapshot,
            depth: 0,
            percent: Vec::new(),
            written: Written::default(),
        };
        checker.factor_families();
        checker
    }

    /// All members typed, in order.
    pub fn all_members(&mut self) -> Vec<Arc<TypedMember>> {
        (0..self.names.members.len()).map(|m| self.member(m)).collect()
    }

    fn error_node(&self, span: Span) -> Node {
        Node { span, ty: Ty::Unknown, kind: NodeKind::Error }
    }

    fn report(&mut self, d: Diagnostic) {
        self.diagnostics.push(d);
    }

    /// The type in words.
    pub fn describe(&self, ty: &Ty) -> String {
        match ty {
            Ty::Number(q) => self.units.describe(q),
            Ty::Bool => "yes/no".into(),
            Ty::Text => "text".into(),
            Ty::Element(c) => format!("a {}", self.names.classes[*c].name),
            Ty::Period => "a period".into(),
            Ty::Symbol(list) => format!("one of {{{}}}", list.join(", ")),
            Ty::Set(t) => match &**t {
                Ty::Element(c) => format!("a set of {}", self.names.classes[*c].name),
                Ty::Period => "a set of periods".into(),
                _ => "a set".into(),
            },
            Ty::Row(t) => format!("a row of `{}`", self.names.tables.get_index(*t).map_or("?", |x| x.0)),
            Ty::Unknown => "unknown".into(),
        }
    }

    /// Types an objective's terms.
    pub fn objective(&mut self, o: &crate::names::ObjectiveStatement, position: usize) -> TypedObjective {
        let mut quantity: Option<Quantity> = None;
        let mut first_span: Option<Span> = None;
        let mut terms = Vec::new();
        for (i, (name, e)) in o.terms.iter().enumerate() {
            let mut scope = Scope::of(ROOT, None);
            let node = self.expression(e, &mut scope, None);
            if let Ty::Number(q) = &node.ty {
                match quantity {
                    None => {
                        quantity = Some(*q);
                        first_span = Some(e.span);
                    }
                    Some(have) => match have.meet(q) {
                        Some(m) => quantity = Some(m),
                        None => self.unit_mismatch(first_span.unwrap_or(e.span), &have, e.span, q, "objective terms"),
                    },
                }
            } else if node.ty != Ty::Unknown {
                let text = format!("an objective is a number, not {}", self.describe(&node.ty));
                self.report(Diagnostic::new(crate::diagnostics::ids_units::WRONG_TYPE, e.span, text, "not a number"));
            }
            let fallback = || match &e.kind {
                ast::ExprKind::Name(n) => n.clone(),
                _ if o.terms.len() == 1 => o.name.as_ref().map_or("objective".into(), |n| n.text.clone()),
                _ => smol_str::format_smolstr!("term {}", i + 1),
            };
            terms.push((name.as_ref().map_or_else(fallback, |n| n.text.clone()), node));
        }
        let name = o.name.as_ref().map_or_else(
            || if position == 0 { "objective".into() } else { smol_str::format_smolstr!("objective {}", position + 1) },
            |n| n.text.clone(),
        );
        TypedObjective { name, maximize: o.maximize, terms, quantity: quantity.unwrap_or_default(), span: o.span }
    }

    /// Types a budget.
    pub fn budget(&mut self, b: &crate::names::BudgetStatement) -> TypedBudget {
        let mut scope = Scope::of(ROOT, None);
        let indices = self.indices(&b.indices, &mut scope);
        let condition = self.condition(&b.condition, &mut scope);
        if let Some((span, name)) = self.decision_in(&condition, &mut Vec::new()) {
            let text = format!("a budget limits uncertain factors, and `{name}` is decided");
            let d = Diagnostic::new(crate::diagnostics::ids_names::WRONG_VALUE, span, text, "a decision");
            self.report(d.help("what decisions and factors must satisfy together is a `rule`"));
        }
        TypedBudget { name: b.name.text.clone(), indices, condition, span: b.span }
    }

    fn factor_families(&mut self) {
        for f in &self.names.factors {
            let mut scope = Scope::of(ROOT, None);
            let indices = self.indices(&f.indices, &mut scope);
            let low = self.expression(&f.low, &mut scope, None);
            let high = self.expression(&f.high, &mut scope, None);
            self.factor_limits(&low, &high);
            for end in [&low, &high] {
                if let Ty::Number(q) = &end.ty
                    && q.dimension != Quantity::NUMBER.dimension
                {
                    let text = format!("the range of the uncertain `{}` is a {}", f.name.text, self.units.describe(q));
                    let d = Diagnostic::new(ids_units::UNIT_MISMATCH, end.span, text, "not a plain number");
                    self.report(d.help(format!(
                        "let `{}` be a share, such as `-1..1`, and write what it moves: `10 kW * {}`",
                        f.name.text, f.name.text
                    )));
                    break;
                }
            }
            self.factors.push(TypedFactor {
                name: f.name.text.clone(),
                indices,
                range: Some((low, high)),
                span: f.span,
                table: None,
                ty: Ty::NUMBER,
            });
        }
        for s in &self.names.scenarios {
            // `cluster(table, ...)`: data by period; products and reductions of sets add nothing of their own.
            let ast::ExprKind::Call(function, args) = &s.value.kind else { continue };
            if function.text == "reduce" {
                continue;
            }
            let table = args.first().and_then(|a| match &a.value.kind {
                ast::ExprKind::Name(n) => self.names.tables.get_index_of(n),
                _ => None,
            });
            let Some(table) = table else {
                let span = args.first().map_or(s.value.span, |a| a.value.span);
                self.report(
                    Diagnostic::new(
                        crate::diagnostics::ids_names::WRONG_VALUE,
                        span,
                        "scenarios are made from a table",
                        "not a table",
                    )
                    .help("write `cluster(raw_load, into = 3)` with a `table raw_load ... by period`"),
                );
                continue;
            };
            let ty = self.names.tables[table].decl.columns.last().map_or(Ty::NUMBER, |c| self.column_type(c));
            let set = Node { span: s.name.span, ty: Ty::Set(Box::new(Ty::Period)), kind: NodeKind::Periods };
            self.factors.push(TypedFactor {
                name: s.name.text.clone(),
                indices: vec![super::typed::TypedIndex { name: "t".into(), ty: Ty::Period, set }],
                range: None,
                span: s.span,
                table: Some(table),
                ty,
            });
        }
    }

    /// Limits of a factor that are written as numbers.
    fn factor_limits(&mut self, low: &Node, high: &Node) {
        if let (Some(a), Some(b)) = (member::written_number(low), member::written_number(high))
            && a > b
        {
            let text = "the range of an uncertain factor leaves nothing between its limits";
            let span = low.span.to(high.span);
            let d = Diagnostic::new(crate::diagnostics::ids_network::CROSSED_LIMITS, span, text, "limits cross");
            self.report(d.help("write the lower limit first: `in -1..1`"));
        }
    }

    /// The type of a table's column.
    pub fn column_type(&mut self, c: &ast::ColumnDecl) -> Ty {
        match &c.ty {
            ast::ColumnType::Id | ast::ColumnType::Text => Ty::Text,
            ast::ColumnType::YesNo => Ty::Bool,
            ast::ColumnType::Number => Ty::NUMBER,
            ast::ColumnType::Unit(u) => match self.units.unit(u) {
                Ok((factor, q)) => {
                    self.wrote(u, factor, q);
                    Ty::Number(q)
                }
                Err(d) => {
                    if !self.diagnostics.contains(&d) {
                        self.report(d);
                    }
                    Ty::Unknown
                }
            },
        }
    }

    /// The members a class shows to did-you-mean.
    fn member_names(&self, class: ClassId) -> impl Iterator<Item = &str> + '_ {
        self.names.classes[class].members.keys().map(SmolStr::as_str)
    }

    /// Type of a member's value, and its indices.
    pub fn member(&mut self, id: MemberId) -> Arc<TypedMember> {
        match &self.members[id] {
            State::Done(m) => m.clone(),
            State::Open => {
                let m = &self.names.members[id];
                self.report(
                    Diagnostic::new(
                        crate::diagnostics::ids_names::DEFINITION_CYCLE,
                        m.span,
                        format!("`{}` is defined by itself", self.names.qualified(id)),
                        "circular definition",
                    )
                    .help("break the circle; a value of the period before is written `x[before t]` of a `state`"),
                );
                let done = Arc::new(member::broken());
                self.members[id] = State::Done(done.clone());
                done
            }
            State::Untouched => {
                self.members[id] = State::Open;
                let typed = Arc::new(self.type_member(id));
                if matches!(self.members[id], State::Open) {
                    self.members[id] = State::Done(typed.clone());
                }
                typed
            }
        }
    }
}
