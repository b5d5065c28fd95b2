//! Typing folds: sum, integral, any, all, count, min, max, expected.

use super::{Checker, Scope};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names, ids_units};
use crate::source::Span;
use crate::syntax::ast;
use crate::units::Quantity;
use crate::units::typed::*;

impl Checker<'_> {
    pub(super) fn aggregate(
        &mut self,
        op: &ast::Ident,
        indices: &[ast::Index],
        where_: Option<&ast::Expr>,
        body: &ast::Expr,
        span: Span,
        scope: &mut Scope,
    ) -> Node {
        let fold = match op.text.as_str() {
            "sum" => Fold::Sum,
            "integral" => Fold::Integral,
            "max" => Fold::Max,
            "min" => Fold::Min,
            "any" => Fold::Any,
            "all" => Fold::All,
            "count" => Fold::Count,
            "expected" => Fold::Expected,
            other => {
                let text = format!("`{other}` does not fold over a set");
                let mut d = Diagnostic::new(ids_names::UNKNOWN_NAME, op.span, text, "unknown fold");
                let known = ["sum", "integral", "max", "min", "any", "all", "count", "expected"];
                d = match did_you_mean(other, known) {
                    Some(s) => d.help(format!("did you mean `{s}`?")),
                    None => d.help("use sum, integral, min, max, any, all or count"),
                };
                self.report(d);
                return self.error_node(span);
            }
        };
        let depth = scope.locals.len();
        if fold == Fold::Expected {
            // Scenarios are not spelled in expressions: the expectation is over all of them.
            for i in indices {
                if !self.names.scenarios.iter().any(|s| s.name.text == i.name.text) {
                    let text = format!("there are no scenarios `{}`", i.name.text);
                    self.report(Diagnostic::new(ids_names::UNKNOWN_NAME, i.name.span, text, "unknown scenarios"));
                }
            }
            let body = self.expression(body, scope, None);
            let ty = body.ty.clone();
            return Node {
                span,
                ty,
                kind: NodeKind::Fold { op: fold, indices: Vec::new(), filter: None, body: Box::new(body) },
            };
        }
        let typed = self.indices(indices, scope);
        let filter = where_.map(|w| Box::new(self.condition(w, scope)));
        let logical = matches!(fold, Fold::Any | Fold::All | Fold::Count);
        let body = if logical {
            self.condition(body, scope)
        } else {
            let b = self.expression(body, scope, None);
            self.number(b)
        };
        let ty = match fold {
            Fold::Any | Fold::All => Ty::Bool,
            Fold::Count => Ty::NUMBER,
            Fold::Integral => {
                if !typed.iter().any(|i| i.ty == Ty::Period) {
                    let text = "an integral is over the periods `t`";
                    self.report(Diagnostic::new(ids_units::WRONG_TYPE, op.span, text, "no period here"));
                }
                match &body.ty {
                    Ty::Number(q) => Ty::Number(self.times_time(q)),
                    t => t.clone(),
                }
            }
            _ => body.ty.clone(),
        };
        scope.locals.truncate(depth);
        let start = depth;
        let indices = typed.into_iter().enumerate().map(|(i, t)| (start + i, t.set)).collect();
        Node { span, ty, kind: NodeKind::Fold { op: fold, indices, filter, body: Box::new(body) } }
    }

    /// A quantity times time; a kind of that dimension is taken (active power → energy).
    fn times_time(&self, q: &Quantity) -> Quantity {
        let time = self.units.dimensions.get("time").map_or_else(Default::default, |d| d.0);
        Quantity::bare(q.dimension.combine(&time, 1))
    }
}
