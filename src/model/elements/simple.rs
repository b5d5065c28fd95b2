//! Expressions over table rows and ids alone: what elements are made from, before there is a model.

use super::super::tables::{Cell, Table};
use super::super::value::Value;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::syntax::ast::BinaryOp;
use crate::units::typed::{Node, NodeKind};
use smol_str::SmolStr;

/// What the expression may use.
pub struct SimpleScope<'a> {
    /// Tables.
    pub tables: &'a [Table],
    /// The row that slot 0 holds.
    pub row: Option<(usize, usize)>,
    /// The id of the element that is filtered.
    pub id: Option<&'a SmolStr>,
}

type Outcome = Result<Value, Option<Box<Diagnostic>>>;

/// Evaluates; an error without diagnostic has been reported before.
pub fn simple(node: &Node, scope: &SimpleScope<'_>) -> Outcome {
    let refuse = || {
        let text = "which elements there are depends on ids and table cells only";
        Err(Some(Box::new(
            Diagnostic::new(ids_names::WRONG_VALUE, node.span, text, "neither id nor cell")
                .help("use cells of the row or `id`; guard by parameters inside the device instead"),
        )))
    };
    match &node.kind {
        NodeKind::Number(x) => Ok(Value::Number(*x)),
        NodeKind::Bool(b) => Ok(Value::Bool(*b)),
        NodeKind::Text(t) => Ok(Value::Text(t.clone())),
        NodeKind::Cell { table, column, row } if matches!(row.kind, NodeKind::Local(0)) => {
            let Some((t, r)) = scope.row.filter(|(t, _)| t == table) else { return refuse() };
            match scope.tables[t].rows[r].get(*column) {
                Some(Cell::Number(x)) => Ok(Value::Number(*x)),
                Some(Cell::Text(x)) => Ok(Value::Text(x.clone())),
                Some(Cell::Bool(b)) => Ok(Value::Bool(*b)),
                _ => Ok(Value::Missing),
            }
        }
        NodeKind::IdOf(inner) if matches!(inner.kind, NodeKind::This) => match scope.id {
            Some(id) => Ok(Value::Text(id.clone())),
            None => refuse(),
        },
        NodeKind::ById(_, id) => match simple(id, scope)? {
            Value::Number(x) => Ok(Value::Text(smol_str::format_smolstr!("{x}"))),
            other => Ok(other),
        },
        NodeKind::Given(a) => Ok(Value::Bool(simple(a, scope)? != Value::Missing)),
        NodeKind::Neg(a) => match simple(a, scope)? {
            Value::Number(x) => Ok(Value::Number(-x)),
            _ => refuse(),
        },
        NodeKind::Not(a) => match simple(a, scope)? {
            Value::Bool(b) => Ok(Value::Bool(!b)),
            _ => refuse(),
        },
        NodeKind::Binary(op, a, b) => {
            let nodes = (a, b);
            let a = simple(a, scope)?;
            // `row.p given and row.p > 0 kW`
            match (op, &a) {
                (BinaryOp::And, Value::Bool(false)) => return Ok(Value::Bool(false)),
                (BinaryOp::Or, Value::Bool(true)) => return Ok(Value::Bool(true)),
                _ => {}
            }
            let b = simple(b, scope)?;
            if let Some(empty) = [(&a, nodes.0), (&b, nodes.1)].into_iter().find(|v| *v.0 == Value::Missing) {
                let text = "a cell that this asks for is empty";
                let d = Diagnostic::new(ids_names::WRONG_VALUE, empty.1.span, text, "has no value in some row");
                return Err(Some(Box::new(d.help("ask first: `row.p given and row.p > 0 kW`"))));
            }
            let out = match (op, &a, &b) {
                (BinaryOp::And, Value::Bool(a), Value::Bool(b)) => Value::Bool(*a && *b),
                (BinaryOp::Or, Value::Bool(a), Value::Bool(b)) => Value::Bool(*a || *b),
                (BinaryOp::Eq, a, b) => Value::Bool(a == b),
                (BinaryOp::Ne, a, b) => Value::Bool(a != b),
                (BinaryOp::Le, Value::Number(a), Value::Number(b)) => Value::Bool(a <= b),
                (BinaryOp::Ge, Value::Number(a), Value::Number(b)) => Value::Bool(a >= b),
                (BinaryOp::Lt, Value::Number(a), Value::Number(b)) => Value::Bool(a < b),
                (BinaryOp::Gt, Value::Number(a), Value::Number(b)) => Value::Bool(a > b),
                (BinaryOp::Add, Value::Number(a), Value::Number(b)) => Value::Number(a + b),
                (BinaryOp::Sub, Value::Number(a), Value::Number(b)) => Value::Number(a - b),
                (BinaryOp::Mul, Value::Number(a), Value::Number(b)) => Value::Number(a * b),
                (BinaryOp::Div, Value::Number(a), Value::Number(b)) => Value::Number(a / b),
                _ => return refuse(),
            };
            Ok(out)
        }
        NodeKind::Error => Err(None),
        _ => refuse(),
    }
}
