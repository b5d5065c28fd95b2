//! Arguments of statements, as they are read: what is asked for is known, the rest is a finding.

use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, ids_names};
use crate::source::Span;
use crate::syntax::ast::{Arg, Expr, ExprKind, Ident, UnaryOp};

/// A finding with the nearest known word.
pub(super) fn suggest(d: Diagnostic, word: &str, known: &[&str]) -> Diagnostic {
    match did_you_mean(word, known.iter().copied()) {
        Some(s) => d.help(format!("did you mean `{s}`?")),
        None if known.is_empty() => d.help("leave it out"),
        None => d.help(format!("known here: {}", known.join(", "))),
    }
}

/// The named arguments of a statement.
pub(super) struct Args<'a> {
    args: &'a [Arg],
    owner: &'a str,
    /// What was wrong.
    pub found: Vec<Diagnostic>,
    known: Vec<&'static str>,
    /// Is the first argument one without a name?
    leading: bool,
}

impl<'a> Args<'a> {
    /// Of `owner`, a method or function.
    pub fn of(args: &'a [Arg], owner: &'a str) -> Self {
        Args { args, owner, found: Vec::new(), known: Vec::new(), leading: false }
    }

    /// The first argument has no name.
    pub fn leading(mut self) -> Self {
        self.leading = true;
        self
    }

    /// The word after the method is one of these.
    pub fn variant(&mut self, variant: Option<&Ident>, known: &[&str]) {
        let Some(v) = variant else { return };
        if !known.contains(&v.text.as_str()) {
            let text = format!("`{}` studies are not solved by `{}`", self.owner, v.text);
            let d = Diagnostic::new(ids_names::WRONG_VALUE, v.span, text, "unknown variant");
            self.found.push(suggest(d, &v.text, known));
        }
    }

    fn named(&mut self, name: &'static str) -> Option<&'a Arg> {
        self.known.push(name);
        self.args.iter().find(|a| a.name.as_ref().is_some_and(|n| n.text == name))
    }

    /// A share of a whole: `1 %`, `0.01`, at most 100 %.
    pub fn share(&mut self, name: &'static str) -> Option<f64> {
        let arg = self.named(name)?;
        match number(&arg.value) {
            Some(x) if (0.0..=1.0).contains(&x) => Some(x),
            Some(x) if x > 1.0 => {
                let text = format!("`{name}` is at most 100 %");
                let d = Diagnostic::new(ids_names::WRONG_VALUE, arg.value.span, text, "more than the whole");
                self.found.push(d.help(format!("write the per cent sign if {} % is meant", crate::program::number(x))));
                None
            }
            _ => {
                let text = format!("`{name}` is a share, such as `1 %`");
                self.found.push(Diagnostic::new(ids_names::WRONG_VALUE, arg.value.span, text, "not a share"));
                None
            }
        }
    }

    /// A share of the whole, neither nothing nor all of it.
    pub fn share_between(&mut self, name: &'static str) -> Option<f64> {
        let share = self.share(name)?;
        if share > 0.0 && share < 1.0 {
            return Some(share);
        }
        self.wrong(name, format!("`{name}` lies between 0 and 100 %"), "neither 0 nor all");
        None
    }

    /// A number above zero, in percent or plain.
    pub fn positive(&mut self, name: &'static str) -> Option<f64> {
        let arg = self.named(name)?;
        let found = number(&arg.value).filter(|x| x.is_finite() && *x > 0.0);
        if found.is_none() {
            self.wrong(name, format!("`{name}` is a number above zero, such as `1 %`"), "not above zero");
        }
        found
    }

    /// Says what is wrong with an argument.
    pub fn wrong(&mut self, name: &str, text: String, label: &str) {
        let arg = self.args.iter().find(|a| a.name.as_ref().is_some_and(|n| n.text == name));
        if let Some(arg) = arg {
            self.found.push(Diagnostic::new(ids_names::WRONG_VALUE, arg.value.span, text, label));
        }
    }

    /// An argument that means nothing without another one.
    pub fn needs(&mut self, name: &str, other: &str, example: &str) {
        let given = |n: &str| self.args.iter().any(|a| a.name.as_ref().is_some_and(|w| w.text == n));
        if given(name) && !given(other) {
            self.wrong(name, format!("`{name}` means nothing without `{other}`"), "alone");
            if let Some(d) = self.found.pop() {
                self.found.push(d.help(format!("write `{example}`, or leave `{name}` out")));
            }
        }
    }

    /// Shares: `[5 %, 10 %]`, or one.
    pub fn shares(&mut self, name: &'static str) -> Option<Vec<f64>> {
        let arg = self.named(name)?;
        let items: Vec<&Expr> = match &arg.value.kind {
            ExprKind::List(rows) => rows.iter().flatten().collect(),
            _ => vec![&arg.value],
        };
        let mut out = Vec::new();
        for item in items {
            match number(item) {
                Some(x) if x.is_finite() && x >= 0.0 => out.push(x),
                _ => {
                    let text = format!("`{name}` is a share, such as `1 %`, or a list of shares");
                    self.found.push(Diagnostic::new(ids_names::WRONG_VALUE, item.span, text, "not a share"));
                }
            }
        }
        Some(out)
    }

    /// The first argument without a name, if it is a name itself.
    pub fn first_name(&mut self) -> Option<(String, Span)> {
        let arg = self.args.iter().find(|a| a.name.is_none())?;
        if let ExprKind::Name(n) = &arg.value.kind { Some((n.to_string(), arg.value.span)) } else { None }
    }

    /// A list of names: `[a, b]`, or one.
    pub fn names(&mut self, name: &'static str) -> Option<Vec<(String, Span)>> {
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
        if out.is_empty() && self.found.is_empty() {
            self.wrong(name, format!("`{name}` names nothing"), "an empty list");
        }
        Some(out)
    }

    /// One name.
    pub fn name(&mut self, name: &'static str) -> Option<(String, Span)> {
        let list = self.names(name)?;
        if list.len() > 1 {
            self.wrong(name, format!("`{name}` is one name"), "more than one");
        }
        list.into_iter().next()
    }

    /// A whole number from 1.
    pub fn count(&mut self, name: &'static str) -> Option<usize> {
        let arg = self.named(name)?;
        let whole = number(&arg.value).filter(|x| *x >= 1.0 && *x <= 1e9 && x.fract() == 0.0);
        if whole.is_none() {
            let text = format!("`{name}` is a whole number, at least 1");
            self.found.push(Diagnostic::new(ids_names::WRONG_VALUE, arg.value.span, text, "not a whole number"));
        }
        whole.map(|x| x as usize)
    }

    /// One of these words.
    pub fn word(&mut self, name: &'static str, known: &[&str]) -> Option<String> {
        let arg = self.named(name)?;
        match &arg.value.kind {
            ExprKind::Name(n) if known.contains(&n.as_str()) => Some(n.to_string()),
            other => {
                let word = if let ExprKind::Name(n) = other { n.as_str() } else { "" };
                let text = format!("`{name}` is one of {}", known.join(", "));
                let d = Diagnostic::new(ids_names::WRONG_VALUE, arg.value.span, text, "not one of these");
                self.found.push(suggest(d, word, known));
                None
            }
        }
    }

    /// `yes` or `no`.
    pub fn yes_no(&mut self, name: &'static str) -> Option<bool> {
        let arg = self.named(name)?;
        if let ExprKind::YesNo(b) = arg.value.kind {
            return Some(b);
        }
        let text = format!("`{name}` is yes or no");
        self.found.push(Diagnostic::new(ids_names::WRONG_VALUE, arg.value.span, text, "neither yes nor no"));
        None
    }

    /// The first thing that was wrong, if anything was.
    pub fn finish(mut self) -> Result<(), Box<Diagnostic>> {
        self.unknown();
        self.found.into_iter().next().map_or(Ok(()), |d| Err(Box::new(d)))
    }

    /// Arguments that nothing has asked for, and those given twice.
    pub fn unknown(&mut self) {
        for (at, arg) in self.args.iter().enumerate() {
            let Some(word) = arg.name.as_ref().map(|n| n.text.as_str()) else {
                if at > 0 || !self.leading {
                    let text = format!("this argument of `{}` has no name", self.owner);
                    let d = Diagnostic::new(ids_names::WRONG_VALUE, arg.value.span, text, "no name");
                    self.found.push(suggest(d, "", &self.known));
                }
                continue;
            };
            let before = self.args.iter().take(at).filter_map(|a| a.name.as_ref()).find(|n| n.text == word);
            if let Some(first) = before {
                let span = arg.name.as_ref().map_or(arg.value.span, |n| n.span);
                let d =
                    Diagnostic::new(ids_names::WRONG_VALUE, span, format!("`{word}` is given twice"), "second time");
                self.found.push(d.label(first.span, "first time").help("leave one of them out"));
                continue;
            }
            if !self.known.contains(&word) {
                let span = arg.name.as_ref().map_or(arg.value.span, |n| n.span);
                let text = format!("`{}` has no such argument", self.owner);
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
pub(super) fn number(e: &Expr) -> Option<f64> {
    match &e.kind {
        ExprKind::Number { value, unit: None, .. } => Some(*value),
        ExprKind::Number { value, unit: Some(u), .. } => {
            let percent = u.factors.iter().all(|(n, power)| n.text == "%" && *power == 1);
            percent.then_some(value / 100.0)
        }
        ExprKind::Unary(UnaryOp::Neg, inner) => number(inner).map(|x| -x),
        _ => None,
    }
}
