//! Tables: header, columns, cells.

use super::Builder;
use crate::diagnostics::ids_syntax as ids;
use crate::source::Span;
use crate::syntax::ast::{ColumnDecl, ColumnType, Expr, Ident, StatementKind, TableDecl, UnitExpr};
use crate::syntax::grammar::Rule;
use crate::syntax::literal;
use pest::iterators::Pair;
use smol_str::SmolStr;

impl Builder<'_> {
    pub(super) fn table(&mut self, pair: Pair<'_, Rule>, groups: TableDecl) -> Option<StatementKind> {
        let mut decl = groups;
        decl.name = self.inner_ident(pair.clone())?;
        let (mut wide, mut by) = (0, 0);
        for part in pair.into_inner() {
            let from = usize::from(part.as_rule() == Rule::table_from && decl.from.is_some());
            wide += usize::from(part.as_rule() == Rule::table_wide);
            by += usize::from(part.as_rule() == Rule::table_by);
            if from > 0 || wide > 1 || by > 1 {
                let help = "a table is read from one file, with one range of columns";
                self.report(
                    ids::UNREADABLE_STATEMENT,
                    self.span(&part),
                    "the table says this twice",
                    "a second time",
                    help,
                );
                return None;
            }
            match part.as_rule() {
                Rule::table_from => {
                    let file = part.into_inner().find(|p| p.as_rule() == Rule::text)?;
                    decl.from = Some((literal::text(file.as_str()), self.span(&file)));
                }
                Rule::table_wide => {
                    let mut ends = self.idents(part).into_iter();
                    decl.wide = Some((ends.next()?, ends.next()?));
                }
                Rule::table_by => decl.by_period = true,
                _ => {}
            }
        }
        if let (Some((_, span)), Some(rows)) = (&decl.from, &decl.rows) {
            let at = rows.iter().flatten().map(|cell| cell.span).reduce(Span::to).unwrap_or(*span);
            let help = "leave out the file, or the rows";
            let text = "the rows of this table stand in a file and here";
            self.report(ids::UNREADABLE_STATEMENT, at, text, "not read beside the file", help);
            return None;
        }
        Some(StatementKind::Table(decl.into()))
    }
}

/// The columns of one entry between separators (an `s_column` pair): one for each header.
pub fn columns(b: &mut Builder<'_>, pair: Pair<'_, Rule>) -> Option<Vec<ColumnDecl>> {
    let mut headers = Vec::new();
    let mut ty = None;
    let mut alias = None;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::header => {
                let word = part.into_inner().next()?;
                headers.push(b.label(&word));
            }
            Rule::column_type => ty = Some(b.column_type(part.into_inner().next()?)?),
            Rule::alias => alias = Some(b.ident(&part)),
            Rule::unit => {
                headers.push(Ident { text: SmolStr::default(), span: b.span(&part) });
                ty = Some(b.column_type(part)?);
            }
            _ => {}
        }
    }
    let ty = ty?;
    Some(headers.into_iter().map(|header| ColumnDecl { header, name: alias.clone(), ty: ty.clone() }).collect())
}

/// A cell (an `s_cell` pair).
pub fn cell(b: &mut Builder<'_>, pair: Pair<'_, Rule>) -> Option<Expr> {
    b.expr(pair.into_inner().find(|p| p.as_rule() == Rule::expr)?)
}

impl Builder<'_> {
    fn column_type(&mut self, pair: Pair<'_, Rule>) -> Option<ColumnType> {
        if pair.as_rule() != Rule::unit {
            return Some(ColumnType::YesNo);
        }
        let unit = self.unit(pair)?;
        Some(column_type_of(unit))
    }
}

/// `id`, `text` and `number` are words of their own; all else is a unit.
pub fn column_type_of(unit: UnitExpr) -> ColumnType {
    match unit.factors.as_slice() {
        [(name, 1)] => match name.text.as_str() {
            "id" => ColumnType::Id,
            "text" => ColumnType::Text,
            "number" => ColumnType::Number,
            _ => ColumnType::Unit(unit),
        },
        _ => ColumnType::Unit(unit),
    }
}
