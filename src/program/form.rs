//! Forms: affine part, products of two affine expressions, and convex atoms.
//!
//! Products are kept as they were written, so that a diagnostic can underline the smallest
//! offending one and a lowering rule sees the cone that the engineer meant.
//!
//! A study over a year has millions of forms, most of them with a term or two and nothing else: lists that are
//! nearly always empty take the room of a pointer.

use super::{FactorId, VarId};
use crate::ids::id;
use crate::source::Span;
use smallvec::SmallVec;
use thin_vec::ThinVec;

/// Terms of an affine expression: a single one, the most frequent case, stands without a list of its own.
pub type Terms = SmallVec<[(VarId, f64); 1]>;

/// `constant + Σ coefficient · variable`; terms sorted by variable, merged, without zeros.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Affine {
    /// The constant.
    pub constant: f64,
    /// The terms.
    pub terms: Terms,
}

/// `coefficient · left · right`. A square has equal sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Its factor.
    pub coefficient: f64,
    /// One side.
    pub left: Affine,
    /// The other.
    pub right: Affine,
    /// Where it was written.
    pub span: Span,
}

id! {
    /// Index into [`super::Program::atoms`].
    pub struct AtomId of "atom"
}

/// Convex functions that are not products.
#[derive(Debug, Clone, PartialEq)]
pub enum AtomKind {
    /// `abs(x)`
    Abs,
    /// `max(x, y, ...)`
    Max,
    /// `min(x, y, ...)` (concave)
    Min,
    /// `hypot(x, y, ...)`, the Euclidean norm
    Norm,
    /// A piecewise linear function of one argument through these points (x, y), x rising. Outside
    /// them it goes on along its end pieces.
    Piecewise(Vec<(f64, f64)>),
}

/// Whether an atom in a position that is not convex has binaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exactness {
    /// No: there it is refused.
    #[default]
    No,
    /// Yes: `exact(...)`.
    Always,
    /// Where a solution without them is not exact: `exact_on_demand(...)`.
    OnDemand,
}

/// A convex (or, for [`AtomKind::Min`], concave) function of forms.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// The function.
    pub kind: AtomKind,
    /// Its arguments.
    pub args: ThinVec<Form>,
    /// Is it made exact with binaries where it stands in a non-convex position?
    pub exact: Exactness,
    /// Where it was written.
    pub span: Span,
}

/// The general expression of the program stage.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Form {
    /// Affine part.
    pub affine: Affine,
    /// Products.
    pub products: ThinVec<Product>,
    /// `coefficient · atom`.
    pub atoms: ThinVec<(AtomId, f64)>,
    /// `factor · affine`: uncertain data; an affine without terms is an uncertain right-hand side.
    pub uncertain: ThinVec<(FactorId, Affine)>,
}

impl Affine {
    /// A constant.
    pub fn constant(value: f64) -> Self {
        Affine { constant: value, terms: Terms::new() }
    }

    /// One variable.
    pub fn variable(id: VarId) -> Self {
        Affine { constant: 0.0, terms: [(id, 1.0)].into() }
    }

    /// Has it no variable?
    pub fn is_constant(&self) -> bool {
        self.terms.is_empty()
    }

    /// `self += factor · other`.
    pub fn add_scaled(&mut self, other: &Affine, factor: f64) {
        self.constant += factor * other.constant;
        if other.terms.is_empty() || factor == 0.0 {
            return;
        }
        if self.terms.last().is_none_or(|l| l.0 < other.terms[0].0) {
            self.terms.extend(other.terms.iter().map(|(v, c)| (*v, c * factor)).filter(|t| t.1 != 0.0));
            return;
        }
        let mut merged = Terms::with_capacity(self.terms.len() + other.terms.len());
        let (mut i, mut j) = (0, 0);
        while i < self.terms.len() || j < other.terms.len() {
            let take = match (self.terms.get(i), other.terms.get(j)) {
                (Some(a), Some(b)) if a.0 == b.0 => {
                    i += 1;
                    j += 1;
                    (a.0, a.1 + factor * b.1)
                }
                (Some(a), Some(b)) if a.0 < b.0 => {
                    i += 1;
                    *a
                }
                (Some(a), None) => {
                    i += 1;
                    *a
                }
                (_, Some(b)) => {
                    j += 1;
                    (b.0, factor * b.1)
                }
                (None, None) => break,
            };
            if take.1 != 0.0 {
                merged.push(take);
            }
        }
        self.terms = merged;
    }

    /// `factor · self`.
    pub fn scaled(&self, factor: f64) -> Affine {
        let mut out = Affine::default();
        out.add_scaled(self, factor);
        out
    }

    /// Its value at a point.
    pub fn value(&self, point: &[f64]) -> f64 {
        self.constant + self.terms.iter().map(|(v, c)| c * point[v.0 as usize]).sum::<f64>()
    }

    /// Least and greatest value over boxes given per variable.
    pub fn range(&self, bounds: impl Fn(VarId) -> (f64, f64)) -> (f64, f64) {
        let (mut low, mut high) = (self.constant, self.constant);
        for (v, c) in &self.terms {
            let (l, u) = bounds(*v);
            let (a, b) = if *c >= 0.0 { (c * l, c * u) } else { (c * u, c * l) };
            low += a;
            high += b;
        }
        (low, high)
    }
}

impl Form {
    /// A constant.
    pub fn constant(value: f64) -> Self {
        Form { affine: Affine::constant(value), ..Form::default() }
    }

    /// An affine form.
    pub fn affine(affine: Affine) -> Self {
        Form { affine, ..Form::default() }
    }

    /// Is it affine, with no uncertain data?
    pub fn is_affine(&self) -> bool {
        self.products.is_empty() && self.atoms.is_empty() && self.uncertain.is_empty()
    }

    /// Is it a plain number?
    pub fn is_constant(&self) -> bool {
        self.is_affine() && self.affine.is_constant()
    }

    /// `self += factor · other`.
    pub fn add_scaled(&mut self, other: &Form, factor: f64) {
        self.affine.add_scaled(&other.affine, factor);
        if factor == 0.0 {
            return;
        }
        for p in &other.products {
            self.products.push(Product { coefficient: p.coefficient * factor, ..p.clone() });
        }
        for (atom, c) in &other.atoms {
            match self.atoms.iter_mut().find(|(a, _)| a == atom) {
                Some((_, have)) => *have += c * factor,
                None => self.atoms.push((*atom, c * factor)),
            }
        }
        self.atoms.retain(|(_, c)| *c != 0.0);
        for (f, affine) in &other.uncertain {
            match self.uncertain.iter_mut().find(|(g, _)| g == f) {
                Some((_, have)) => have.add_scaled(affine, factor),
                None => self.uncertain.push((*f, affine.scaled(factor))),
            }
        }
        self.uncertain.retain(|(_, a)| a.constant != 0.0 || !a.terms.is_empty());
    }

    /// `factor · self`.
    pub fn scaled(&self, factor: f64) -> Form {
        let mut out = Form::default();
        out.add_scaled(self, factor);
        out
    }
}
