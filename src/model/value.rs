//! Values of expressions during elaboration: data, or forms of decisions.

use crate::program::{Affine, AtomId, FactorId, Form, Product, VarId};
use smol_str::SmolStr;
use std::sync::Arc;
use thin_vec::ThinVec;

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

/// Sums many forms without merging at every step. Keeps its room when a sum is finished.
#[derive(Debug, Default)]
pub struct Accumulator {
    constant: f64,
    /// Was a limit that is not there added?
    open: bool,
    terms: Vec<(VarId, f64)>,
    products: Vec<Product>,
    atoms: Vec<(AtomId, f64)>,
    uncertain: Vec<(FactorId, Affine)>,
}

impl Accumulator {
    /// Adds `factor · value`; false if it is not a number.
    pub fn add(&mut self, value: &Value, factor: f64) -> bool {
        match value {
            Value::Number(x) => self.add_number(factor * x),
            Value::Form(f) => self.add_form(f, factor),
            _ => return false,
        }
        true
    }

    /// Adds a number.
    pub fn add_number(&mut self, x: f64) {
        self.constant += x;
        self.open |= x.is_infinite();
    }

    /// The number that is added up so far, and whether a limit that is not there is part of it.
    pub fn constant(&self) -> (f64, bool) {
        (self.constant, self.open)
    }

    /// Adds `factor · variable`.
    pub fn add_variable(&mut self, v: VarId, factor: f64) {
        self.terms.push((v, factor));
    }

    /// Adds `factor · affine`.
    pub fn add_affine(&mut self, affine: &Affine, factor: f64) {
        self.add_number(factor * affine.constant);
        self.terms.extend(affine.terms.iter().map(|(v, c)| (*v, c * factor)));
    }

    /// Adds `factor · form`.
    pub fn add_form(&mut self, f: &Form, factor: f64) {
        self.add_affine(&f.affine, factor);
        self.products.extend(f.products.iter().map(|p| Product { coefficient: p.coefficient * factor, ..p.clone() }));
        self.atoms.extend(f.atoms.iter().map(|(a, c)| (*a, c * factor)));
        self.uncertain.extend(f.uncertain.iter().map(|(z, a)| (*z, a.scaled(factor))));
    }

    /// Takes the constant out.
    pub fn take_constant(&mut self) -> f64 {
        self.open = false;
        std::mem::take(&mut self.constant)
    }

    /// Number of summands that are no numbers.
    pub fn summands(&self) -> usize {
        self.terms.len() + self.products.len() + self.atoms.len() + self.uncertain.len()
    }

    /// The sum; what comes next starts at zero.
    pub fn finish(&mut self) -> Form {
        if !self.terms.is_sorted_by(|a, b| a.0 < b.0) {
            self.terms.sort_by_key(|t| t.0);
            self.terms.dedup_by(|next, have| {
                let same = next.0 == have.0;
                if same {
                    have.1 += next.1;
                }
                same
            });
        }
        self.terms.retain(|t| t.1 != 0.0);
        self.atoms.sort_by_key(|a| a.0);
        self.atoms.dedup_by(|next, have| {
            let same = next.0 == have.0;
            if same {
                have.1 += next.1;
            }
            same
        });
        self.atoms.retain(|a| a.1 != 0.0);
        if !self.uncertain.is_empty() {
            self.uncertain.sort_by_key(|u| u.0);
            self.uncertain.dedup_by(|next, have| {
                let same = next.0 == have.0;
                if same {
                    have.1.add_scaled(&next.1, 1.0);
                }
                same
            });
            self.uncertain.retain(|(_, a)| a.constant != 0.0 || !a.terms.is_empty());
        }
        let affine = Affine { constant: self.take_constant(), terms: self.terms.as_slice().into() };
        self.terms.clear();
        Form {
            affine,
            products: exact(&mut self.products),
            atoms: exact(&mut self.atoms),
            uncertain: exact(&mut self.uncertain),
        }
    }
}

/// What is in a list, in a list without spare room.
fn exact<T>(list: &mut Vec<T>) -> ThinVec<T> {
    let mut out = ThinVec::with_capacity(list.len());
    out.extend(list.drain(..));
    out
}
