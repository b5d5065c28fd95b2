//! What a study says was published of its cases: a table `published` whose first column is the case.

use super::Quantity;
use crate::model::{Cell, Model};
use crate::syntax::ast::{ColumnType, UnitExpr};

/// The numbers of a case in the table `published` of the study, in the units of its columns; named
/// `published` and the column, words apart. Nothing without such a table, row or cell.
pub fn published(model: &Model, case: &str) -> Vec<Quantity> {
    let tables = model.names.tables.iter().zip(&model.tables);
    let Some(((_, statement), table)) = tables.into_iter().find(|((name, _), _)| name.as_str() == "published") else {
        return Vec::new();
    };
    let Some(row) = table.ids.get(case).and_then(|row| table.rows.get(*row)) else { return Vec::new() };
    let columns = statement.decl.columns.iter().zip(row);
    let quantity = |(column, cell): (&crate::syntax::ast::ColumnDecl, &Cell)| {
        let Cell::Number(value) = cell else { return None };
        let (unit, factor) = match &column.ty {
            ColumnType::Unit(u) => (label(u), model.units.unit(u).map_or(1.0, |(factor, _)| factor)),
            _ => (String::new(), 1.0),
        };
        let name = &column.name.as_ref().unwrap_or(&column.header).text;
        Some(Quantity { name: format!("published {}", name.replace('_', " ")), unit, value: value / factor })
    };
    columns.filter_map(quantity).collect()
}

/// A unit as it was written.
fn label(unit: &UnitExpr) -> String {
    let power = |(name, exponent): &(crate::syntax::ast::Ident, i32)| match exponent.abs() {
        1 => name.text.to_string(),
        n => format!("{}^{n}", name.text),
    };
    let side = |above: bool| -> Vec<String> { unit.factors.iter().filter(|f| (f.1 > 0) == above).map(power).collect() };
    let (above, below) = (side(true), side(false));
    let above = if above.is_empty() { "1".into() } else { above.join("*") };
    below.iter().fold(above, |text, unit| format!("{text}/{unit}"))
}
