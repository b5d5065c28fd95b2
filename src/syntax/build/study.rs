//! What is asked of a model: objectives, uncertainty, time, aspects, cases and studies.

use super::Builder;
use crate::diagnostics::ids_syntax as ids;
use crate::syntax::ast::{AspectUse, Expr, ExprKind, Statement, StatementKind};
use crate::syntax::grammar::Rule;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn objective(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let mut name = None;
        let mut maximize = false;
        let mut terms = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.ident(&part)),
                Rule::direction => maximize = part.as_str() == "maximize",
                Rule::expr => terms.push((None, self.expr(part)?)),
                Rule::goal_term => {
                    let mut inner = part.into_inner();
                    let term = self.ident(&inner.next()?);
                    let value = self.expr(inner.find(|p| p.as_rule() == Rule::term_expr)?)?;
                    terms.push((Some(term), value));
                }
                _ => {}
            }
        }
        Some(StatementKind::Objective { name, maximize, terms })
    }

    pub(super) fn uncertain(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let mut factors = Vec::new();
        let mut range = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::family => factors.push(self.family(part)?),
                Rule::sum_expr => range = Some(self.expr(part)?),
                _ => {}
            }
        }
        let (low, high) = self.range(range?)?;
        Some(StatementKind::Uncertain { factors, low: Box::new(low), high: Box::new(high) })
    }

    pub(super) fn budget(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let mut parts = pair.into_inner().filter(|p| matches!(p.as_rule(), Rule::family | Rule::expr));
        let (name, indices) = self.family(parts.next()?)?;
        Some(StatementKind::Budget { name, indices, condition: self.expr(parts.next()?)? })
    }

    pub(super) fn scenarios(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let name = self.inner_ident(pair.clone())?;
        let value = self.expr(pair.into_inner().find(|p| p.as_rule() == Rule::expr)?)?;
        Some(StatementKind::Scenarios { name, value })
    }

    pub(super) fn horizon(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let mut parts = pair.into_inner().filter(|p| p.as_rule() == Rule::sum_expr);
        let (length, step) = (parts.next()?, parts.next()?);
        Some(StatementKind::Horizon { length: self.expr(length)?, step: self.expr(step)? })
    }

    pub(super) fn with(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let mut uses = Vec::new();
        for part in pair.into_inner().filter(|p| p.as_rule() == Rule::aspect_use) {
            let mut inner = part.into_inner();
            let name = self.ident(&inner.next()?);
            let args = match inner.next() {
                Some(list) => self.plain_arguments(list)?,
                None => Vec::new(),
            };
            uses.push(AspectUse { name, args });
        }
        Some(StatementKind::With(uses))
    }

    /// Arguments in a place where no index can run.
    fn plain_arguments(&mut self, pair: Pair<'_, Rule>) -> Option<Vec<crate::syntax::ast::Arg>> {
        let mut args = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::argument => args.push(self.argument(part)?),
                Rule::where_clause | Rule::expr => {
                    let span = self.span(&part);
                    let help = "arguments are separated by commas: `(a = 1, b = 2)`";
                    self.report(ids::UNREADABLE_STATEMENT, span, "no index runs here", "not an argument", help);
                    return None;
                }
                _ => {}
            }
        }
        Some(args)
    }

    /// The paths directly inside a pair.
    pub(super) fn paths(&mut self, pair: Pair<'_, Rule>) -> Option<Vec<Expr>> {
        pair.into_inner().filter(|p| p.as_rule() == Rule::postfix).map(|p| self.postfix(p)).collect()
    }

    pub(super) fn case(&mut self, pair: Pair<'_, Rule>, body: Vec<Statement>) -> Option<StatementKind> {
        let name = self.nth_label(&pair, 0)?;
        let extends = self.nth_label(&pair, 1);
        Some(StatementKind::Case { name, extends, body })
    }

    pub(super) fn sweep(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let extends = self.nth_label(&pair, 0);
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let path = self.path(parts.find(|p| p.as_rule() == Rule::path)?)?;
        let list = self.list(parts.find(|p| p.as_rule() == Rule::list)?)?;
        let ExprKind::List(rows) = list.kind else { return None };
        let mut rows = rows.into_iter();
        let values = rows.next().unwrap_or_default();
        if values.is_empty() || rows.next().is_some() {
            let help = "write the values in one row: `sweep share in [0 %, 10 %, 20 %]`";
            self.report(ids::UNREADABLE_STATEMENT, span, "a sweep needs one row of values", "not one row", help);
            return None;
        }
        Some(StatementKind::Sweep { path, values, extends })
    }

    pub(super) fn study(&mut self, pair: Pair<'_, Rule>, body: Vec<Statement>) -> Option<StatementKind> {
        let name = self.nth_label(&pair, 0)?;
        let (mut method, mut variant, mut args) = (None, None, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::method => method = Some(self.ident(&part)),
                Rule::variant => variant = Some(self.ident(&part)),
                Rule::arguments => args = self.plain_arguments(part)?,
                _ => {}
            }
        }
        Some(StatementKind::Study { name, method: method?, variant, args, body })
    }

    pub(super) fn fault(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        Some(StatementKind::Fault(self.expr(pair.into_inner().find(|p| p.as_rule() == Rule::expr)?)?))
    }

    pub(super) fn stage_list(&mut self, pair: Pair<'_, Rule>) -> Option<StatementKind> {
        let ahead = pair.as_str().starts_with("ahead");
        Some(StatementKind::StageList { ahead, paths: self.paths(pair)? })
    }
}
