//! Forms as text, close to how an engineer writes them: `P[3]^2 + Q[3]^2 <= W[3] * l[3]`.

use super::{
    Affine, Atom, AtomId, AtomKind, DisplayUnit, Exactness, FactorId, Form, Product, Program, Relation, VarId, number,
};
use std::fmt::Write;

/// Nesting of functions beyond which `...` stands for the inner ones.
const DEEPEST: usize = 8;

/// Writes forms with the names of a program.
pub(super) struct Writer<'a> {
    program: &'a Program,
    /// The symbols are uncertain factors, not variables (in budgets).
    factors: bool,
}

/// Which summands of a form are written.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    All,
    Positive,
    /// With opposite sign.
    Negative,
}

impl Part {
    /// The coefficient to write, if this part has it.
    fn take(self, coefficient: f64) -> Option<f64> {
        match self {
            Part::All => Some(coefficient),
            Part::Positive => (coefficient > 0.0).then_some(coefficient),
            Part::Negative => (coefficient < 0.0).then_some(-coefficient),
        }
    }
}

impl<'a> Writer<'a> {
    /// Over the variables of a program.
    pub fn new(program: &'a Program) -> Self {
        Writer { program, factors: false }
    }

    /// Over its uncertain factors.
    pub fn of_factors(program: &'a Program) -> Self {
        Writer { program, factors: true }
    }

    /// A relation with positive summands on the left and negative ones on the right, its constant in this unit.
    pub fn relation(&self, relation: &Relation, unit: &DisplayUnit) -> String {
        match relation {
            Relation::Le(form) => self.sides(form, "<=", unit),
            Relation::Eq(form) => self.sides(form, "=", unit),
            Relation::Implies { when, is, then } => {
                format!("{}{} => {}", self.symbol(*when), if *is { "" } else { " = 0" }, self.relation(then, unit))
            }
        }
    }

    /// A form, its constant in this unit.
    pub fn form(&self, form: &Form, unit: &DisplayUnit) -> String {
        let mut out = String::new();
        self.summands(&mut out, form, Part::All, 0);
        push_amount(&mut out, form.affine.constant, unit);
        or_zero(out)
    }

    fn sides(&self, form: &Form, sign: &str, unit: &DisplayUnit) -> String {
        let (mut left, mut right) = (String::new(), String::new());
        self.summands(&mut left, form, Part::Positive, 0);
        self.summands(&mut right, form, Part::Negative, 0);
        let constant = form.affine.constant;
        if sign == "=" && left.is_empty() {
            std::mem::swap(&mut left, &mut right);
            push_amount(&mut right, constant, unit);
        } else if constant > 0.0 && !right.is_empty() {
            push_amount(&mut left, constant, unit);
        } else {
            push_amount(&mut right, -constant, unit);
        }
        format!("{} {sign} {}", or_zero(left), or_zero(right))
    }

    /// All summands but the constant.
    fn summands(&self, out: &mut String, form: &Form, part: Part, depth: usize) {
        for p in &form.products {
            if let Some(c) = part.take(p.coefficient) {
                push(out, c, &self.product(p));
            }
        }
        for (atom, c) in &form.atoms {
            if let Some(c) = part.take(*c) {
                push(out, c, &self.atom(*atom, depth));
            }
        }
        for (v, c) in &form.affine.terms {
            if let Some(c) = part.take(*c) {
                push(out, c, &self.symbol(*v));
            }
        }
        for (factor, affine) in &form.uncertain {
            let name = self.factor(*factor);
            if affine.is_constant() {
                if let Some(c) = part.take(affine.constant) {
                    push(out, c, name);
                }
            } else if part != Part::Negative {
                push(out, 1.0, &format!("{name} * {}", self.side(affine)));
            }
        }
    }

    fn product(&self, product: &Product) -> String {
        if product.left == product.right {
            return format!("{}^2", self.side(&product.left));
        }
        format!("{} * {}", self.side(&product.left), self.side(&product.right))
    }

    /// An affine expression as a factor: in parentheses unless it is one symbol.
    fn side(&self, affine: &Affine) -> String {
        match affine.terms.as_slice() {
            [(v, c)] if *c == 1.0 && affine.constant == 0.0 => self.symbol(*v),
            _ => format!("({})", self.affine(affine)),
        }
    }

    fn affine(&self, affine: &Affine) -> String {
        let mut out = String::new();
        affine.terms.iter().for_each(|(v, c)| push(&mut out, *c, &self.symbol(*v)));
        push_number(&mut out, affine.constant);
        or_zero(out)
    }

    fn atom(&self, id: AtomId, depth: usize) -> String {
        let Some(Atom { kind, args, exact, .. }) = self.program.atoms.get(id.0 as usize) else { return "?".into() };
        if depth >= DEEPEST {
            return "...".into();
        }
        let arg = |form: &Form| {
            let mut out = String::new();
            self.summands(&mut out, form, Part::All, depth + 1);
            push_number(&mut out, form.affine.constant);
            or_zero(out)
        };
        let args = args.iter().map(arg).collect::<Vec<_>>().join(", ");
        let text = match kind {
            AtomKind::Abs => format!("abs({args})"),
            AtomKind::Max => format!("max({args})"),
            AtomKind::Min => format!("min({args})"),
            AtomKind::Norm => format!("hypot({args})"),
            AtomKind::Piecewise(points) => {
                let mut text = format!("piecewise({args};");
                for (i, (x, y)) in points.iter().enumerate() {
                    let _ = write!(text, "{} ({}, {})", if i == 0 { "" } else { "," }, number(*x), number(*y));
                }
                text.push(')');
                text
            }
        };
        match exact {
            Exactness::No => text,
            Exactness::Always => format!("exact({text})"),
            Exactness::OnDemand => format!("exact_on_demand({text})"),
        }
    }

    fn symbol(&self, var: VarId) -> String {
        if self.factors {
            return self.factor(FactorId(var.0)).to_owned();
        }
        self.program.variables.get(var.0 as usize).map_or_else(|| "?".into(), |v| v.name.to_string())
    }

    fn factor(&self, factor: FactorId) -> &str {
        self.program.factors.get(factor.0 as usize).map_or("?", |f| &f.name)
    }
}

fn push(out: &mut String, coefficient: f64, symbol: &str) {
    push_sign(out, coefficient);
    let size = number(coefficient.abs());
    if size != "1" {
        let _ = write!(out, "{size} ");
    }
    out.push_str(symbol);
}

/// Adds a constant unless it is zero.
fn push_number(out: &mut String, constant: f64) {
    if constant != 0.0 {
        push_sign(out, constant);
        out.push_str(&number(constant.abs()));
    }
}

/// Adds an amount with its unit, unless it is zero.
fn push_amount(out: &mut String, constant: f64, unit: &DisplayUnit) {
    let factor = if unit.factor > 0.0 { unit.factor } else { 1.0 };
    push_number(out, constant / factor);
    if constant != 0.0 && !unit.label.is_empty() {
        let _ = write!(out, " {}", unit.label);
    }
}

fn push_sign(out: &mut String, number: f64) {
    out.push_str(match (out.is_empty(), number < 0.0) {
        (true, true) => "-",
        (true, false) => "",
        (false, true) => " - ",
        (false, false) => " + ",
    });
}

fn or_zero(text: String) -> String {
    if text.is_empty() { "0".into() } else { text }
}
