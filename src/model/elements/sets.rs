//! Sets: ids as a range, a list or a table gives them.

use super::Maker;
use crate::diagnostics::{Diagnostic, ids_names, ids_source};
use crate::names::{ClassKind, limits};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind};
use smol_str::{SmolStr, format_smolstr};

impl Maker<'_, '_> {
    pub(super) fn sets(&mut self) {
        for c in 0..self.names.classes.len() {
            let class = &self.names.classes[c];
            let (ClassKind::Set, Some(value)) = (&class.kind, &class.value) else { continue };
            let mut ids: Vec<(SmolStr, Span)> = Vec::new();
            self.set_ids(value, &mut ids);
            if ids.len() > limits::RANGE {
                let d = limits::too_large(value.span, "this set", Some(ids.len() as f64), "elements", limits::RANGE);
                self.report(d.help("check its parts"));
                continue;
            }
            for (id, span) in ids {
                self.add(c, id, span, None, None, None);
            }
        }
    }

    pub(super) fn set_ids(&mut self, e: &ast::Expr, out: &mut Vec<(SmolStr, Span)>) {
        match &e.kind {
            ExprKind::Range(a, b) => match (whole(a), whole(b)) {
                (Some(a), Some(b)) if a > b => {
                    let text = "this range ends before it begins, and the set would be empty";
                    let d = Diagnostic::new(ids_names::WRONG_VALUE, e.span, text, "ends reversed");
                    self.report(d.help(format!("write the lower end first: `{b}..{a}`")));
                }
                (Some(a), Some(b)) if b - a >= limits::RANGE as f64 => {
                    let d = limits::too_large(e.span, "this set", Some(b - a + 1.0), "elements", limits::RANGE);
                    self.report(d.help("check the ends of the range"));
                }
                (Some(a), Some(b)) => {
                    let mut i = a;
                    while i <= b {
                        out.push((format_smolstr!("{i}"), e.span));
                        i += 1.0;
                    }
                }
                _ => {
                    let text = "a set's range has whole numbers as ends";
                    self.report(Diagnostic::new(ids_names::WRONG_VALUE, e.span, text, "not whole numbers"));
                }
            },
            ExprKind::SetLiteral(items) => items.iter().for_each(|i| self.set_ids(i, out)),
            ExprKind::Number { unit: None, .. } => out.push((e.as_id().unwrap_or_default(), e.span)),
            ExprKind::Text(t) | ExprKind::Name(t) => {
                // A table's ids make a set too.
                if let (ExprKind::Name(_), Some(table)) = (&e.kind, self.names.tables.get_index_of(t)) {
                    let id = self.names.tables[table].decl.columns.iter().position(|c| c.ty == ast::ColumnType::Id);
                    let data = &self.tables[table];
                    if id.is_none() {
                        let text = format!("table `{t}` has no column of ids to make a set of");
                        self.report(
                            Diagnostic::new(ids_names::WRONG_VALUE, e.span, text, "no ids")
                                .help("declare one of its columns as `id`"),
                        );
                    }
                    for (row, span) in data.rows.iter().zip(&data.spans) {
                        match id.and_then(|i| row.get(i)) {
                            Some(crate::model::Cell::Text(t)) => out.push((t.clone(), *span)),
                            Some(_) => self.checker.diagnostics.push(
                                Diagnostic::new(
                                    ids_source::CELL_UNREADABLE,
                                    *span,
                                    "the id of this row is empty",
                                    "a value is missing",
                                )
                                .label(e.span, "needed here")
                                .help("write an id in each row"),
                            ),
                            None => {}
                        }
                    }
                } else {
                    out.push((t.clone(), e.span));
                }
            }
            ExprKind::Unreadable => {}
            _ => {
                let text = "a set is written `1..5`, `{a, b}` or as the name of a table";
                self.report(Diagnostic::new(ids_names::WRONG_VALUE, e.span, text, "not a list of ids"));
            }
        }
    }
}

/// A whole number as written, with its sign.
fn whole(e: &ast::Expr) -> Option<f64> {
    match &e.kind {
        ExprKind::Number { value, unit: None, .. } if value.fract() == 0.0 => Some(*value),
        ExprKind::Unary(ast::UnaryOp::Neg, inner) => whole(inner).map(|x| -x),
        _ => None,
    }
}
