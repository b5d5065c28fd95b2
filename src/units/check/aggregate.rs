//! Typing folds: sum, integral, any, all, count, min, max, expected.

use super::{Checker, Scope};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names, ids_units};
use crate::source::Span;
use crate::syntax::{ast, dictionary};
use crate::units::Quantity;
use crate::units::typed::*;

/// The fold of this name.
fn fold(name: &str) -> Option<Fold> {
    Some(match name {
        "sum" => Fold::Sum,
        "integral" => Fold::Integral,
        "max" => Fold::Max,
        "min" => Fold::Min,
        "any" => Fold::Any,
        "all" => Fold::All,
        "count" => Fold::Count,
        "expected" => Fold::Expected,
        _ => return None,
    })
}

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
        let Some(fold) = fold(&op.text) else {
            let text = format!("`{}` does not fold over a set", op.text);
            let mut d = Diagnostic::new(ids_names::UNKNOWN_NAME, op.span, text, "unknown fold");
            d = match did_you_mean(&op.text, dictionary::folds()) {
                Some(s) => d.help(format!("did you mean `{s}`?")),
                None => {
                    let known: Vec<&str> = dictionary::folds().collect();
                    d.help(format!("what runs over a set: {}", known.join(", ")))
                }
            };
            self.report(d);
            return self.error_node(span);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fold_of_the_dictionary_is_typed() {
        for word in dictionary::WORDS {
            assert_eq!(fold(word.name).is_some(), word.folds, "{}", word.name);
        }
    }
}
