//! The direct parts of an expression.

use super::ast::{Expr, ExprKind, Index};

/// Calls `visit` with every direct subexpression, in source order where the tree keeps it.
pub fn children<'e>(expr: &'e Expr, visit: &mut impl FnMut(&'e Expr)) {
    match &expr.kind {
        ExprKind::Number { .. }
        | ExprKind::Text(_)
        | ExprKind::YesNo(_)
        | ExprKind::Name(_)
        | ExprKind::Before(_)
        | ExprKind::Unreadable => {}
        ExprKind::Field(inner, _)
        | ExprKind::Element(_, inner)
        | ExprKind::Unary(_, inner)
        | ExprKind::Given(inner)
        | ExprKind::InMode(_, inner) => visit(inner),
        ExprKind::Index(base, args) => {
            visit(base);
            args.iter().for_each(visit);
        }
        ExprKind::Binary(_, left, right) | ExprKind::Range(left, right) => {
            visit(left);
            visit(right);
        }
        ExprKind::Call(_, args) => args.iter().for_each(|a| visit(&a.value)),
        ExprKind::Aggregate { indices, where_, body, .. } => {
            indices.iter().for_each(|i| index(i, visit));
            where_.iter().for_each(|w| visit(w));
            visit(body);
        }
        ExprKind::If(condition, yes, no) => {
            visit(condition);
            visit(yes);
            visit(no);
        }
        ExprKind::Match(subject, arms) => {
            visit(subject);
            arms.iter().for_each(|(_, value)| visit(value));
        }
        ExprKind::List(rows) => rows.iter().flatten().for_each(visit),
        ExprKind::SetLiteral(items) => items.iter().for_each(visit),
        ExprKind::SetBuilder(over, filter) => {
            index(over, visit);
            filter.iter().for_each(|f| visit(f));
        }
    }
}

fn index<'e>(index: &'e Index, visit: &mut impl FnMut(&'e Expr)) {
    index.set.iter().for_each(visit);
}

/// How deep an expression nests, counted up to `limit`.
pub fn depth(expr: &Expr, limit: usize) -> usize {
    let mut stack = vec![(expr, 1)];
    let mut deepest = 0;
    while let Some((next, level)) = stack.pop() {
        deepest = deepest.max(level);
        if deepest >= limit {
            break;
        }
        children(next, &mut |child| stack.push((child, level + 1)));
    }
    deepest
}
