//! From a header's pair to a statement, by its grammar rule.

use super::Builder;
use crate::syntax::ast::{Statement, StatementKind, TableDecl};
use crate::syntax::grammar::Rule;
use pest::iterators::Pair;

/// A statement's block, read before its header is put together.
#[derive(Default)]
pub struct Parts {
    /// Statements in braces.
    pub body: Vec<Statement>,
    /// A table's columns and rows; its header is filled in.
    pub table: Option<TableDecl>,
}

/// The statement of a header's pair (an `s_…` rule).
pub fn statement_kind(builder: &mut Builder<'_>, pair: Pair<'_, Rule>, parts: Parts) -> Option<StatementKind> {
    let b = builder;
    let body = parts.body;
    match pair.as_rule() {
        Rule::s_use => b.use_paths(pair),
        Rule::s_dimension => Some(StatementKind::Dimension(b.definitions(&pair)?)),
        Rule::s_kind => b.kind(pair),
        Rule::s_unit => b.units(pair),
        Rule::s_graph => b.graph(pair),
        Rule::s_slot => Some(StatementKind::Slot(b.inner_ident(pair)?)),
        Rule::s_total => b.total(pair),
        Rule::s_device => b.device(pair, body),
        Rule::s_aspect => b.aspect(pair, body),
        Rule::s_extend => b.extend(pair, body),
        Rule::s_set => b.set_decl(pair),
        Rule::s_param => Some(StatementKind::Param(b.params(pair.into_inner())?)),
        Rule::s_var => b.var(pair),
        Rule::s_let => b.let_decl(pair),
        Rule::s_rule => b.rule(pair),
        Rule::s_require => b.require(pair),
        Rule::s_check => b.check(pair),
        Rule::s_cost => b.cost(pair),
        Rule::s_inject => b.contribute(pair, true),
        Rule::s_add => b.contribute(pair, false),
        Rule::s_minimize | Rule::s_objective => b.objective(pair),
        Rule::s_optimize => Some(StatementKind::Optimize(b.idents(pair))),
        Rule::s_uncertain => b.uncertain(pair),
        Rule::s_budget => b.budget(pair),
        Rule::s_scenarios => b.scenarios(pair),
        Rule::s_horizon => b.horizon(pair),
        Rule::s_snapshot => Some(StatementKind::Snapshot),
        Rule::s_with => b.with(pair),
        Rule::s_without => Some(StatementKind::Without(b.paths(pair)?)),
        Rule::s_case => b.case(pair, body),
        Rule::s_sweep => b.sweep(pair),
        Rule::s_study => b.study(pair, body),
        Rule::s_modes => Some(StatementKind::Modes(b.idents(pair))),
        Rule::s_in => Some(StatementKind::In { mode: b.inner_ident(pair)?, body }),
        Rule::s_fault => b.fault(pair),
        Rule::s_stage => b.stage_list(pair),
        Rule::s_instance => b.instance(pair, body),
        Rule::s_setting => b.setting(pair),
        Rule::s_table => b.table(pair, parts.table?),
        _ => None,
    }
}
