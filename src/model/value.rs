//! Values of expressions during elaboration: data, or forms of decisions.

use crate::program::{Affine, AtomId, FactorId, Form, Product, VarId};
use smol_str::SmolStr;
use std::sync::Arc;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number in coherent units.
    Number(f64),
    /// An expression of decisions or uncertain factors.
    Form(Arc<Form>),
    /// yes or no.
    Bool(bool),
    /// Text or id.
    Text(SmolStr),
    /// A word of an enumeration.
    Symbol(SmolStr),
    /// An element: class and index.
    Element(u32, u32),
    /// A period; −1 is the state before the first.
    Period(i64),
    /// A row of a table.
    Row(u32, u32),
    /// A set.
    Set(Arc<Vec<Value>>),
    /// An optional parameter that is not given.
    Missing,
}

impl Value {
    /// As a form.
    pub fn into_form(self) -> Option<Form> {
        match self {
            Value::Number(x) => Some(Form::constant(x)),
            Value::Form(f) => Some(Arc::unwrap_or_clone(f)),
            _ => None,
        }
    }

    /// From a form; constants become numbers.
    pub fn from_form(f: Form) -> Value {
        if f.is_constant() { Value::Number(f.affine.constant) } else { Value::Form(Arc::new(f)) }
    }
}

/// Sums many forms without merging at every step.
#[derive(Debug, Default)]
pub struct Accumulator {
    constant: f64,
    terms: Vec<(VarId, f64)>,
    products: Vec<Product>,
    atoms: Vec<(AtomId, f64)>,
    uncertain: Vec<(FactorId, Affine)>,
}

impl Accumulator {
    /// Adds `factor · value`; false if it is not a number.
    pub fn add(&mut self, value: &Value, factor: f64) -> bool {
        match value {
            Value::Number(x) => self.constant += factor * x,
            Value::Form(f) => self.add_form(f, factor),
            _ => return false,
        }
        true
    }

    /// Adds `factor · form`.
    pub fn add_form(&mut self, f: &Form, factor: f64) {
        self.constant += factor * f.affine.constant;
        self.terms.extend(f.affine.terms.iter().map(|(v, c)| (*v, c * factor)));
        self.products.extend(f.products.iter().map(|p| Product { coefficient: p.coefficient * factor, ..p.clone() }));
        self.atoms.extend(f.atoms.iter().map(|(a, c)| (*a, c * factor)));
        self.uncertain.extend(f.uncertain.iter().map(|(z, a)| (*z, a.scaled(factor))));
    }

    /// The sum.
    pub fn finish(mut self) -> Form {
        if !self.terms.is_sorted_by(|a, b| a.0 < b.0) {
            self.terms.sort_by_key(|t| t.0);
            let mut merged: Vec<(VarId, f64)> = Vec::with_capacity(self.terms.len());
            for (v, c) in self.terms {
                match merged.last_mut() {
                    Some((last, have)) if *last == v => *have += c,
                    _ => merged.push((v, c)),
                }
            }
            self.terms = merged;
        }
        self.terms.retain(|t| t.1 != 0.0);
        self.atoms.sort_by_key(|a| a.0);
        let mut atoms: Vec<(AtomId, f64)> = Vec::with_capacity(self.atoms.len());
        for (a, c) in self.atoms {
            match atoms.last_mut() {
                Some((last, have)) if *last == a => *have += c,
                _ => atoms.push((a, c)),
            }
        }
        atoms.retain(|a| a.1 != 0.0);
        self.uncertain.sort_by_key(|u| u.0);
        let mut uncertain: Vec<(FactorId, Affine)> = Vec::with_capacity(self.uncertain.len());
        for (z, a) in self.uncertain {
            match uncertain.last_mut() {
                Some((last, have)) if *last == z => have.add_scaled(&a, 1.0),
                _ => uncertain.push((z, a)),
            }
        }
        uncertain.retain(|(_, a)| a.constant != 0.0 || !a.terms.is_empty());
        let affine = Affine { constant: self.constant, terms: self.terms };
        Form { affine, products: self.products, atoms, uncertain }
    }
}
