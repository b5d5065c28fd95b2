//! Typing function calls.

use super::{Checker, Scope};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names, ids_units};
use crate::names::{MemberKind, ROOT};
use crate::source::Span;
use crate::syntax::{ast, dictionary};
use crate::units::Quantity;
use crate::units::typed::*;

/// The function of this name.
fn function(name: &str) -> Option<Function> {
    Some(match name {
        "abs" => Function::Abs,
        "max" => Function::Max,
        "min" => Function::Min,
        "sqrt" => Function::Sqrt,
        "hypot" => Function::Hypot,
        "sin" => Function::Sin,
        "cos" => Function::Cos,
        "tan" => Function::Tan,
        "acos" => Function::Acos,
        "exp" => Function::Exp,
        "log" => Function::Log,
        "floor" => Function::Floor,
        "ceil" => Function::Ceil,
        "round" => Function::Round,
        "count" => Function::Count,
        "piecewise_square" => Function::PiecewiseSquare,
        "piecewise" => Function::Piecewise,
        "exact" => Function::Exact,
        "exact_on_demand" => Function::ExactOnDemand,
        "is_constant" => Function::IsConstant,
        "reach" => Function::Reach,
        "net_most" => Function::NetMost,
        "net_least" => Function::NetLeast,
        "greatest" => Function::Greatest,
        _ => return None,
    })
}

impl Checker<'_> {
    /// A name that is no function, with what stands in parentheses behind it.
    fn not_called(
        &self,
        d: Diagnostic,
        (f, span): (&ast::Ident, Span),
        args: &[ast::Arg],
        scope: &Scope,
    ) -> Diagnostic {
        let member = self.names.member(scope.class, &f.text).or_else(|| self.names.member(ROOT, &f.text));
        let indexed = member.is_some_and(|m| !args.is_empty() && self.names.members[m].indices.len() == args.len());
        let (Some(first), true) = (args.first(), indexed) else {
            return d.help("a product needs `*`; an index stands in `[...]`");
        };
        let open = Span { start: f.span.end, end: first.value.span.start, ..f.span };
        let close = Span { start: span.end.saturating_sub(1), ..span };
        d.help(format!("`{}` is indexed: its index stands in `[...]`", f.text))
            .fix("Write brackets", vec![(open, "[".to_owned()), (close, "]".to_owned())])
    }

    pub(super) fn call(&mut self, f: &ast::Ident, args: &[ast::Arg], span: Span, scope: &mut Scope) -> Node {
        let found = function(&f.text).zip(dictionary::word(&f.text).and_then(|w| w.arguments));
        let conversion = if found.is_none() { self.conversion(&f.text) } else { None };
        let (function, least, most) = match (found, conversion) {
            (Some((function, (least, most))), _) => (function, least, most),
            (None, Some(_)) => (Function::Convert, 1, 1),
            (None, None) => {
                let text = format!("there is no function `{}`", f.text);
                let mut d = Diagnostic::new(ids_names::UNKNOWN_NAME, f.span, text, "unknown function");
                let known = dictionary::WORDS.iter().map(|w| w.name).chain(dictionary::CONVERSIONS);
                d = match did_you_mean(&f.text, known) {
                    Some(s) => d.help(format!("did you mean `{s}`?")),
                    None if self.names.class_id(&f.text).is_some()
                        || self.names.member(scope.class, &f.text).is_some()
                        || self.names.member(ROOT, &f.text).is_some() =>
                    {
                        self.not_called(d, (f, span), args, scope)
                    }
                    None => d,
                };
                self.report(d);
                return self.error_node(span);
            }
        };
        if args.len() < least || args.len() > most {
            let want = if least == most { format!("{least}") } else { format!("{least} or more") };
            let text = format!("`{}` takes {want} argument(s), not {}", f.text, args.len());
            self.report(Diagnostic::new(ids_names::WRONG_VALUE, span, text, "wrong number of arguments"));
            return self.error_node(span);
        }
        self.argument_names(f, function, args);
        let mut nodes: Vec<Node> = Vec::new();
        for a in args {
            let node = match function {
                Function::Count => self.set(&a.value, scope),
                _ => {
                    let n = self.expression(&a.value, scope, None);
                    if matches!(n.kind, NodeKind::List(_)) { n } else { self.number(n) }
                }
            };
            nodes.push(node);
        }
        let first = nodes.first().map_or(Ty::Unknown, |n| n.ty.clone());
        let ty = match function {
            Function::Abs
            | Function::Floor
            | Function::Ceil
            | Function::Round
            | Function::Exact
            | Function::ExactOnDemand
            | Function::Greatest => first,
            Function::Reach | Function::NetMost | Function::NetLeast => {
                let is_total = matches!(&nodes[0].kind, NodeKind::Member { member, .. }
                    if matches!(self.names.members[*member].kind, MemberKind::Total(_)));
                if !is_total && nodes[0].ty != Ty::Unknown {
                    let text = format!("`{}` takes a balance or a total, such as `b.active[t]`", f.text);
                    self.report(Diagnostic::new(ids_names::WRONG_VALUE, nodes[0].span, text, "not a balance"));
                }
                first
            }
            Function::Max | Function::Min => self.fold_common(&nodes),
            Function::Hypot => match self.fold_common_bare(&nodes) {
                Some(q) => Ty::Number(q),
                None => Ty::Unknown,
            },
            Function::Sqrt => match &first {
                Ty::Number(q) => q.dimension.power(0.5).map_or(Ty::Unknown, |d| Ty::Number(Quantity::bare(d))),
                t => t.clone(),
            },
            Function::Sin | Function::Cos | Function::Tan | Function::Acos | Function::Exp | Function::Log => {
                if let Ty::Number(q) = &first
                    && !q.dimension.is_none()
                    && !self.is_angle(q)
                {
                    let text = format!("`{}` takes a plain number, not {}", f.text, self.units.describe(q));
                    self.report(Diagnostic::new(ids_units::UNIT_MISMATCH, nodes[0].span, text, "has a unit"));
                }
                Ty::NUMBER
            }
            Function::Convert => {
                let to = conversion.unwrap_or_default();
                if let Ty::Number(q) = &first
                    && q.dimension != to.dimension
                {
                    let q = *q;
                    self.unit_mismatch(f.span, &to, nodes[0].span, &q, "a conversion");
                }
                Ty::Number(to)
            }
            Function::Count => Ty::NUMBER,
            Function::IsConstant => {
                self.common(&nodes[0], &nodes[1], "a comparison");
                Ty::Bool
            }
            Function::PiecewiseSquare => {
                if let (Some(up), Ty::Number(q)) = (nodes.get(2), &first)
                    && let Ty::Number(u) = &up.ty
                    && q.meet(u).is_none()
                {
                    let (q, u, at) = (*q, *u, up.span);
                    self.unit_mismatch(nodes[0].span, &q, at, &u, "the range");
                }
                match &first {
                    Ty::Number(q) => q.dimension.power(2.0).map_or(Ty::Unknown, |d| Ty::Number(Quantity::bare(d))),
                    t => t.clone(),
                }
            }
            Function::Piecewise => self.points(&nodes),
        };
        Node { span, ty, kind: NodeKind::Call(function, nodes) }
    }

    /// The points of `piecewise(x, [x1, x2], [y1, y2])`: the first list is of the argument's quantity, the second of
    /// one quantity, which is that of the value.
    fn points(&mut self, nodes: &[Node]) -> Ty {
        let mut value = Ty::Unknown;
        for (k, node) in nodes.iter().enumerate().skip(1) {
            let NodeKind::List(rows) = &node.kind else {
                if node.kind != NodeKind::Error {
                    let text = "`piecewise` takes lists of points: `piecewise(x, [x1, x2], [y1, y2])`";
                    self.report(Diagnostic::new(ids_units::WRONG_TYPE, node.span, text, "not a list"));
                }
                return Ty::Unknown;
            };
            let entries = || rows.iter().flatten();
            if k == 1 {
                entries().for_each(|entry| self.fits(entry, &nodes[0].ty, entry.span));
            } else {
                value = super::member::element_of_list(node);
                entries().for_each(|entry| self.fits(entry, &value, entry.span));
            }
        }
        value
    }

    /// Arguments stand in their order; a name before one says which it is, and has to be that one.
    fn argument_names(&mut self, f: &ast::Ident, function: Function, args: &[ast::Arg]) {
        let known: &[&str] = match function {
            Function::PiecewiseSquare => &["x", "segments", "range", "grading"],
            _ => &[],
        };
        for (position, arg) in args.iter().enumerate() {
            let Some(name) = &arg.name else { continue };
            if known.get(position).is_some_and(|due| *due == name.text) {
                continue;
            }
            let text = format!("argument {} of `{}` is not called `{}`", position + 1, f.text, name.text);
            let d = Diagnostic::new(ids_names::UNKNOWN_PARAMETER, name.span, text, "not its name");
            self.report(match known.get(position) {
                Some(due) => d.help(format!("write `{due} = ...`, or the value alone")),
                None => d.help("write the value alone, in its place"),
            });
        }
    }

    fn is_angle(&self, q: &Quantity) -> bool {
        self.units.dimensions.get("angle").is_some_and(|d| d.0 == q.dimension)
    }

    /// `active(x)` and every kind's name convert on purpose.
    fn conversion(&self, name: &str) -> Option<Quantity> {
        let full = format!("{name}_power");
        [name, full.as_str()]
            .into_iter()
            .find(|n| self.units.kinds.contains_key(*n))
            .map(|n| self.units.kind_quantity(n))
    }

    fn fold_common(&mut self, nodes: &[Node]) -> Ty {
        let mut acc = nodes[0].clone();
        for n in &nodes[1..] {
            let ty = self.common(&acc, n, "the arguments");
            let zero = matches!(acc.kind, NodeKind::Number(_));
            acc = Node { ty, ..if zero { n.clone() } else { acc } };
        }
        acc.ty
    }

    /// Arguments of a norm: one dimension, kinds may differ (P and Q).
    fn fold_common_bare(&mut self, nodes: &[Node]) -> Option<Quantity> {
        let mut out: Option<Quantity> = None;
        for n in nodes {
            let Ty::Number(q) = &n.ty else { continue };
            let bare = Quantity::bare(q.dimension);
            match out {
                Some(o) if o != bare => {
                    self.unit_mismatch(nodes[0].span, &o, n.span, &bare, "the arguments");
                    return None;
                }
                _ => out = Some(bare),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_dictionary_is_typed() {
        for word in dictionary::WORDS {
            assert_eq!(function(word.name).is_some(), word.arguments.is_some(), "{}", word.name);
        }
    }
}
