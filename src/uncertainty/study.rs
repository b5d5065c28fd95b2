//! Reading a `study` statement: its method and arguments.

use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::names::StudyStatement;
use crate::source::Span;
use crate::syntax::ast::{Arg, ExprKind, Ident, UnaryOp};

/// What a study asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// Its name.
    pub name: String,
    /// How it is solved.
    pub method: Method,
    /// Relative gap; none for that of the command line.
    pub gap: Option<f64>,
    /// The statement.
    pub span: Span,
}

/// Methods.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// Every factor in the middle of its range.
    Deterministic,
    /// The worst case, by column-and-constraint generation.
    Robust {
        /// Budgets that count; none for all.
        sets: Option<Vec<(String, Span)>>,
    },
}

/// Reads the statement.
pub fn read(statement: &StudyStatement) -> Result<Study, Vec<Diagnostic>> {
    let mut args = Args { statement, found: Vec::new(), known: Vec::new() };
    let gap = args.share("gap");
    let variant = statement.variant.as_ref();
    let method = match statement.method.text.as_str() {
        "deterministic" => {
            args.variants(variant, &[]);
            Method::Deterministic
        }
        "robust" => {
            args.variants(variant, &["ccg"]);
            Method::Robust { sets: args.names("sets") }
        }
        other => {
            let known = ["deterministic", "robust"];
            let text = format!("`{other}` is no method of a study");
            args.found.push(suggest(
                Diagnostic::new(ids_names::WRONG_VALUE, statement.method.span, text, "unknown method"),
                other,
                &known,
            ));
            Method::Deterministic
        }
    };
    args.unknown();
    if args.found.is_empty() {
        Ok(Study { name: statement.name.text.to_string(), method, gap, span: statement.span })
    } else {
        Err(args.found)
    }
}

fn suggest(d: Diagnostic, word: &str, known: &[&str]) -> Diagnostic {
    match did_you_mean(word, known.iter().copied()) {
        Some(s) => d.help(format!("did you mean `{s}`?")),
        None if known.is_empty() => d.help("leave it out"),
        None => d.help(format!("known here: {}", known.join(", "))),
    }
}

/// The arguments of a statement, as they are read.
struct Args<'a> {
    statement: &'a StudyStatement,
    found: Vec<Diagnostic>,
    known: Vec<&'static str>,
}

impl<'a> Args<'a> {
    fn variants(&mut self, variant: Option<&Ident>, known: &[&str]) {
        let Some(v) = variant else { return };
        if !known.contains(&v.text.as_str()) {
            let text = format!("`{}` studies are not solved by `{}`", self.statement.method.text, v.text);
            let d = Diagnostic::new(ids_names::WRONG_VALUE, v.span, text, "unknown variant");
            self.found.push(suggest(d, &v.text, known));
        }
    }

    fn named(&mut self, name: &'static str) -> Option<&'a Arg> {
        self.known.push(name);
        self.statement.args.iter().find(|a| a.name.as_ref().is_some_and(|n| n.text == name))
    }

    /// A share: `1 %`, `0.01`.
    fn share(&mut self, name: &'static str) -> Option<f64> {
        let arg = self.named(name)?;
        match number(&arg.value) {
            Some(x) if x.is_finite() && x >= 0.0 => Some(x),
            _ => {
                let text = format!("`{name}` is a share, such as `1 %`");
                self.found.push(Diagnostic::new(ids_names::WRONG_VALUE, arg.value.span, text, "not a share"));
                None
            }
        }
    }

    /// A list of names: `[a, b]`, or one.
    fn names(&mut self, name: &'static str) -> Option<Vec<(String, Span)>> {
        let arg = self.named(name)?;
        let items: Vec<_> = match &arg.value.kind {
            ExprKind::List(rows) => rows.iter().flatten().collect(),
            _ => vec![&arg.value],
        };
        let mut out = Vec::new();
        for item in items {
            if let ExprKind::Name(n) = &item.kind {
                out.push((n.to_string(), item.span));
            } else {
                let text = format!("`{name}` is a list of names");
                self.found.push(Diagnostic::new(ids_names::WRONG_VALUE, item.span, text, "not a name"));
            }
        }
        Some(out)
    }

    /// Arguments that nothing has asked for.
    fn unknown(&mut self) {
        for arg in &self.statement.args {
            let word = arg.name.as_ref().map_or("", |n| n.text.as_str());
            if !self.known.contains(&word) {
                let span = arg.name.as_ref().map_or(arg.value.span, |n| n.span);
                let text = format!("a `{}` study has no such argument", self.statement.method.text);
                self.found.push(suggest(
                    Diagnostic::new(ids_names::WRONG_VALUE, span, text, "unknown argument"),
                    word,
                    &self.known,
                ));
            }
        }
    }
}

/// A literal, in percent or plain.
fn number(e: &crate::syntax::ast::Expr) -> Option<f64> {
    match &e.kind {
        ExprKind::Number { value, unit: None } => Some(*value),
        ExprKind::Number { value, unit: Some(u) } => {
            let percent = u.factors.iter().all(|(n, power)| n.text == "%" && *power == 1);
            percent.then_some(value / 100.0)
        }
        ExprKind::Unary(UnaryOp::Neg, inner) => number(inner).map(|x| -x),
        _ => None,
    }
}
