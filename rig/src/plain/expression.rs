//! Expressions as the language writes them, and what they are once whole numbers are known.

use std::fmt::{Display, Formatter, Result};

/// An expression over decisions, which are numbered.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A number.
    Number(f64),
    /// A decision.
    Decision(usize),
    /// A multiple.
    Times(f64, Box<Expression>),
    /// A sum.
    Sum(Vec<Expression>),
    /// A binary's product with something.
    Gate(usize, Box<Expression>),
    /// One minus a binary, times something.
    Closed(usize, Box<Expression>),
    /// The absolute value, by binaries where it must be.
    Abs(Box<Expression>),
    /// The greatest.
    Max(Vec<Expression>),
    /// The least.
    Min(Vec<Expression>),
}

/// A constant and terms.
#[derive(Debug, Clone, Default)]
pub struct Affine {
    /// What is known.
    pub constant: f64,
    /// Decision, factor.
    pub terms: Vec<(usize, f64)>,
}

impl Expression {
    /// With the decisions that are known; none where what is left is curved.
    pub fn affine(&self, known: &[Option<f64>]) -> Option<Affine> {
        let value = |e: &Expression| e.affine(known).filter(|a| a.terms.is_empty()).map(|a| a.constant);
        let number = |constant: f64| Some(Affine { constant, terms: Vec::new() });
        let values = |list: &[Expression]| list.iter().map(value).collect::<Option<Vec<f64>>>();
        match self {
            Expression::Number(x) => number(*x),
            Expression::Decision(j) => match known[*j] {
                Some(x) => number(x),
                None => Some(Affine { constant: 0.0, terms: vec![(*j, 1.0)] }),
            },
            Expression::Times(factor, of) => {
                let of = of.affine(known)?;
                let terms = of.terms.iter().map(|(j, c)| (*j, factor * c)).collect();
                Some(Affine { constant: factor * of.constant, terms })
            }
            Expression::Sum(list) => {
                let mut sum = Affine::default();
                for part in list {
                    let part = part.affine(known)?;
                    sum.constant += part.constant;
                    sum.terms.extend(part.terms);
                }
                Some(sum)
            }
            Expression::Gate(b, of) => {
                if known[*b]? > 0.5 {
                    of.affine(known)
                } else {
                    number(0.0)
                }
            }
            Expression::Closed(b, of) => {
                if known[*b]? > 0.5 {
                    number(0.0)
                } else {
                    of.affine(known)
                }
            }
            Expression::Abs(of) => number(value(of)?.abs()),
            Expression::Max(list) => number(values(list)?.into_iter().fold(f64::NEG_INFINITY, f64::max)),
            Expression::Min(list) => number(values(list)?.into_iter().fold(f64::INFINITY, f64::min)),
        }
    }

    /// Expressions with one thing less.
    pub fn simpler(&self) -> Vec<Expression> {
        let wrap = |of: &Expression, by: &dyn Fn(Box<Expression>) -> Expression| {
            let mut out: Vec<Expression> = of.simpler().into_iter().map(|e| by(Box::new(e))).collect();
            out.insert(0, of.clone());
            out
        };
        let parts = |list: &[Expression], by: &dyn Fn(Vec<Expression>) -> Expression| {
            let mut out = Vec::new();
            for k in 0..list.len() {
                if list.len() > 1 {
                    let mut less = list.to_vec();
                    less.remove(k);
                    out.push(by(less));
                }
                for simpler in list[k].simpler() {
                    let mut other = list.to_vec();
                    other[k] = simpler;
                    out.push(by(other));
                }
            }
            out
        };
        match self {
            Expression::Number(_) | Expression::Decision(_) => Vec::new(),
            Expression::Times(f, of) => wrap(of, &|e| Expression::Times(*f, e)),
            Expression::Gate(b, of) => wrap(of, &|e| Expression::Gate(*b, e)),
            Expression::Closed(b, of) => wrap(of, &|e| Expression::Closed(*b, e)),
            Expression::Abs(of) => wrap(of, &|e| Expression::Abs(e)),
            Expression::Sum(list) => parts(list, &|l| Expression::Sum(l)),
            Expression::Max(list) => parts(list, &|l| Expression::Max(l)),
            Expression::Min(list) => parts(list, &|l| Expression::Min(l)),
        }
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let list =
            |list: &[Expression], between: &str| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(between);
        match self {
            Expression::Number(x) if *x < 0.0 => write!(f, "({x})"),
            Expression::Number(x) => write!(f, "{x}"),
            Expression::Decision(j) => write!(f, "x{j}"),
            Expression::Times(factor, of) => write!(f, "({factor}) * {of}"),
            Expression::Sum(parts) => write!(f, "({})", list(parts, " + ")),
            Expression::Gate(b, of) => write!(f, "x{b} * {of}"),
            Expression::Closed(b, of) => write!(f, "(1 - x{b}) * {of}"),
            Expression::Abs(of) => write!(f, "exact(abs({of}))"),
            Expression::Max(parts) => write!(f, "exact(max({}))", list(parts, ", ")),
            Expression::Min(parts) => write!(f, "exact(min({}))", list(parts, ", ")),
        }
    }
}
