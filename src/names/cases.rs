//! Cases: the chain of what a case is made of, and the names of those that a sweep makes.

use super::load::Modules;
use crate::syntax::ast::{Expr, ExprKind, Statement, StatementKind, UnaryOp, UnitExpr};
use crate::syntax::outline;
use smol_str::{SmolStr, format_smolstr};

/// What the study is called, beside its cases, where no case is applied.
pub const AS_WRITTEN: &str = "as written";

/// What a case consists of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    /// The block of a `case`.
    Body(&'a [Statement]),
    /// The path of a `sweep` and one of its values.
    Value(&'a Expr, &'a Expr),
}

/// Parts of the case and of those it extends, base first.
pub(super) fn parts<'a>(modules: &'a Modules, case: Option<&str>) -> Vec<Part<'a>> {
    let mut out: Vec<Part<'a>> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let mut next = case.map(str::to_string);
    while let Some(name) = next.take() {
        if seen.contains(&name) {
            break;
        }
        for s in modules.modules.iter().flat_map(|m| &m.ast.statements) {
            match &s.kind {
                StatementKind::Case { name: n, extends, body } if n.text == name.as_str() => {
                    out.push(Part::Body(body));
                    next = extends.as_ref().map(|e| e.text.to_string());
                }
                StatementKind::Sweep { path, values, extends } => {
                    if let Some(value) = values.iter().find(|v| case_name(path, v) == name.as_str()) {
                        out.push(Part::Value(path, value));
                        next = extends.as_ref().map(|e| e.text.to_string());
                    }
                }
                _ => {}
            }
        }
        seen.push(name);
    }
    out.reverse();
    out
}

/// The name of the case that a sweep makes of a value: `dr.share = 10 %`.
pub(super) fn case_name(path: &Expr, value: &Expr) -> SmolStr {
    format_smolstr!("{} = {}", words(path), words(value))
}

/// A value as it is usually written.
fn words(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Number { value, unit: Some(u), .. } => format!("{value} {}", unit(u)),
        ExprKind::Unary(UnaryOp::Neg, inner) => format!("-{}", words(inner)),
        ExprKind::Text(text) => text.to_string(),
        ExprKind::Field(base, field) => format!("{}.{}", words(base), field.text),
        ExprKind::Index(base, list) => {
            format!("{}[{}]", words(base), list.iter().map(words).collect::<Vec<_>>().join(", "))
        }
        _ => outline::expr(e),
    }
}

/// `EUR/MWh`, `m^2`.
fn unit(unit: &UnitExpr) -> String {
    let mut out = String::new();
    for (name, power) in &unit.factors {
        let sign = match (out.is_empty(), *power < 0) {
            (_, true) => "/",
            (true, false) => "",
            (false, false) => "*",
        };
        out.push_str(sign);
        out.push_str(&name.text);
        if power.abs() != 1 {
            out.push_str(&format!("^{}", power.abs()));
        }
    }
    out
}
