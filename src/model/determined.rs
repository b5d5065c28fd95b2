//! Variables that others determine are constant over periods where those are.

use crate::names::{Member, MemberId, MemberKind, Names};
use crate::syntax::ast::{Expr, ExprKind};
use crate::syntax::walk::children;
use rustc_hash::FxHashMap;

/// Restages every variable with `@determined_by(role, …)`, all of whose roles are played by
/// variables that are constant over periods or by definitions that do not mention the period. Of
/// several solutions that differ in nothing but the period, one is kept: the same topology from the
/// same roots has one orientation.
pub(super) fn restage(names: &Names, restage: &mut FxHashMap<MemberId, (bool, Option<bool>)>) {
    for (id, member) in names.members.iter().enumerate() {
        let (MemberKind::Var(_), Some(by)) = (&member.kind, member.annotation("determined_by")) else { continue };
        let constant = by.args.iter().all(|role| {
            let mut players = names.members.iter().enumerate().filter(|(_, m)| m.has_role(role)).peekable();
            players.peek().is_some() && players.all(|(m, member)| constant(m, member, restage))
        });
        if constant {
            restage.entry(id).or_insert((false, None)).0 = true;
        }
    }
}

fn constant(id: MemberId, member: &Member, restage: &FxHashMap<MemberId, (bool, Option<bool>)>) -> bool {
    match &member.kind {
        MemberKind::Var(_) => restage.get(&id).is_some_and(|r| r.0),
        MemberKind::Let(definition) => {
            member.indices.iter().filter(|i| i.set.is_none()).all(|i| !mentions(&definition.value, &i.name.text))
        }
        MemberKind::Param(_) => member.indices.is_empty(),
        _ => false,
    }
}

fn mentions(expr: &Expr, name: &str) -> bool {
    let mut stack = vec![expr];
    while let Some(next) = stack.pop() {
        let met = match &next.kind {
            ExprKind::Name(n) => n == name,
            ExprKind::Before(n) => n.text == name,
            _ => false,
        };
        if met {
            return true;
        }
        children(next, &mut |child| stack.push(child));
    }
    false
}
