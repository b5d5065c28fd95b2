//! Putting numbers, other variables or variables for factors in the place of a program's symbols.
//! Every transformation of this stage is such a rewriting.

use crate::ids::{Id, IdVec};
use crate::program::{Affine, Atom, AtomId, AtomKind, FactorId, Form, Product, Program, Relation, Terms, VarId};
use rustc_hash::FxHashMap;
use thin_vec::ThinVec;

/// What stands in the place of a variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ForVariable {
    /// A variable of the new program.
    Variable(VarId),
    /// A number, in coherent units.
    Number(f64),
}

/// What stands in the place of a factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ForFactor {
    /// A variable of the new program.
    Variable(VarId),
    /// A number.
    Number(f64),
}

/// A relation after its rewriting.
#[derive(Debug, Clone, PartialEq)]
pub enum Rewritten {
    /// It still depends on something.
    Relation(Relation),
    /// It holds whatever is decided.
    Holds,
    /// It never holds; by so much (coherent units).
    Fails(f64),
}

/// Rewrites forms of one program for another, whose atoms it makes.
pub struct Rewrite<'a> {
    from: &'a Program,
    variables: &'a [ForVariable],
    factors: &'a [ForFactor],
    made: FxHashMap<AtomId, Result<AtomId, f64>>,
}

/// Share of the size of a constant condition by which it may be missed.
const TOLERANCE: f64 = 1e-7;

impl<'a> Rewrite<'a> {
    /// For each variable and each factor of `from`, what stands in its place.
    pub fn new(from: &'a Program, variables: &'a [ForVariable], factors: &'a [ForFactor]) -> Self {
        Rewrite { from, variables, factors, made: FxHashMap::default() }
    }

    /// A relation; `atoms` are those of the new program.
    pub fn relation(&mut self, relation: &Relation, atoms: &mut IdVec<AtomId, Atom>) -> Rewritten {
        match relation {
            Relation::Le(form) => {
                let (form, size) = (self.form(form, atoms), self.size(form));
                if !form.is_constant() {
                    return Rewritten::Relation(Relation::Le(form));
                }
                let over = form.affine.constant;
                if over <= TOLERANCE * size { Rewritten::Holds } else { Rewritten::Fails(over) }
            }
            Relation::Eq(form) => {
                let (form, size) = (self.form(form, atoms), self.size(form));
                if !form.is_constant() {
                    return Rewritten::Relation(Relation::Eq(form));
                }
                let off = form.affine.constant.abs();
                if off <= TOLERANCE * size { Rewritten::Holds } else { Rewritten::Fails(off) }
            }
            Relation::Implies { when, is, then } => match self.variable(*when) {
                ForVariable::Number(x) if (x > 0.5) != *is => Rewritten::Holds,
                ForVariable::Number(_) => self.relation(then, atoms),
                ForVariable::Variable(when) => match self.relation(then, atoms) {
                    Rewritten::Relation(then) => {
                        Rewritten::Relation(Relation::Implies { when, is: *is, then: Box::new(then) })
                    }
                    Rewritten::Holds => Rewritten::Holds,
                    Rewritten::Fails(_) => {
                        // The binary must have its other value.
                        let affine = Affine { constant: -f64::from(u8::from(!*is)), terms: [(when, 1.0)].into() };
                        Rewritten::Relation(Relation::Eq(Form::affine(affine)))
                    }
                },
            },
        }
    }

    /// A form.
    pub fn form(&mut self, form: &Form, atoms: &mut IdVec<AtomId, Atom>) -> Form {
        let mut out = Form::affine(self.affine(&form.affine));
        for p in &form.products {
            let (left, right) = (self.affine(&p.left), self.affine(&p.right));
            if left.is_constant() {
                out.affine.add_scaled(&right, p.coefficient * left.constant);
            } else if right.is_constant() {
                out.affine.add_scaled(&left, p.coefficient * right.constant);
            } else {
                out.products.push(Product { left, right, ..p.clone() });
            }
        }
        for (id, coefficient) in &form.atoms {
            match self.atom(*id, atoms) {
                Ok(new) => out.atoms.push((new, *coefficient)),
                Err(value) => out.affine.constant += coefficient * value,
            }
        }
        for (factor, coefficient) in &form.uncertain {
            self.uncertain(&mut out, *factor, coefficient);
        }
        out
    }

    fn uncertain(&self, out: &mut Form, factor: FactorId, coefficient: &Affine) {
        let affine = self.affine(coefficient);
        match self.factors.get(factor.0 as usize) {
            None => {}
            Some(ForFactor::Number(z)) => out.affine.add_scaled(&affine, *z),
            Some(ForFactor::Variable(z)) if affine.is_constant() => {
                out.affine.add_scaled(&Affine::variable(*z), affine.constant);
            }
            Some(ForFactor::Variable(z)) => {
                let Some(span) = self.from.origins.first().map(|o| o.span) else { return };
                let left = Affine::variable(*z);
                out.products.push(Product { coefficient: 1.0, left, right: affine, span });
            }
        }
    }

    /// An affine expression.
    pub fn affine(&self, affine: &Affine) -> Affine {
        let mut constant = affine.constant;
        let mut terms: Vec<(VarId, f64)> = Vec::with_capacity(affine.terms.len());
        for (v, c) in &affine.terms {
            match self.variable(*v) {
                ForVariable::Number(x) => constant += c * x,
                ForVariable::Variable(new) => terms.push((new, *c)),
            }
        }
        terms.sort_by_key(|t| t.0);
        let mut out = Affine { constant, terms: Terms::with_capacity(terms.len()) };
        for (v, c) in terms {
            match out.terms.last_mut() {
                Some(last) if last.0 == v => last.1 += c,
                _ => out.terms.push((v, c)),
            }
        }
        out.terms.retain(|t| t.1 != 0.0);
        out
    }

    /// What stands for a variable.
    fn variable(&self, v: VarId) -> ForVariable {
        *v.of(self.variables)
    }

    /// The new atom, or its value where nothing in it is left open.
    fn atom(&mut self, id: AtomId, atoms: &mut IdVec<AtomId, Atom>) -> Result<AtomId, f64> {
        if let Some(known) = self.made.get(&id) {
            return *known;
        }
        let old = self.from.atom(id);
        let args: ThinVec<Form> = old.args.iter().map(|a| self.form(a, atoms)).collect();
        let made = if args.iter().all(Form::is_constant) {
            let values: Vec<f64> = args.iter().map(|a| a.affine.constant).collect();
            Err(value(&old.kind, &values))
        } else {
            atoms.push(Atom { args, ..old.clone() });
            Ok(AtomId(atoms.len() as u32 - 1))
        };
        self.made.insert(id, made);
        made
    }

    /// What the numbers of a form add up to, to judge a constant by.
    fn size(&self, form: &Form) -> f64 {
        let affine = |a: &Affine| -> f64 {
            let value = |v: &VarId| match self.variable(*v) {
                ForVariable::Number(x) => x.abs(),
                ForVariable::Variable(_) => 0.0,
            };
            a.constant.abs() + a.terms.iter().map(|(v, c)| c.abs() * value(v)).sum::<f64>()
        };
        let factor = |f: &FactorId| match self.factors.get(f.0 as usize) {
            Some(ForFactor::Number(z)) => z.abs(),
            _ => 0.0,
        };
        let products = form.products.iter().map(|p| p.coefficient.abs() * affine(&p.left) * affine(&p.right));
        let uncertain = form.uncertain.iter().map(|(f, a)| factor(f) * affine(a));
        (affine(&form.affine) + products.sum::<f64>() + uncertain.sum::<f64>()).max(1e-9)
    }
}

/// The value of a function at numbers.
pub fn value(kind: &AtomKind, args: &[f64]) -> f64 {
    let first = args.first().copied().unwrap_or(0.0);
    match kind {
        AtomKind::Abs => first.abs(),
        AtomKind::Max => args.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        AtomKind::Min => args.iter().copied().fold(f64::INFINITY, f64::min),
        AtomKind::Norm => args.iter().copied().fold(0.0, f64::hypot),
        AtomKind::Piecewise(points) => {
            let last = points.len().saturating_sub(1).max(1);
            let at = points.partition_point(|p| p.0 < first).clamp(1, last);
            match (points.get(at - 1), points.get(at)) {
                (Some(a), Some(b)) => a.1 + (first - a.0) / (b.0 - a.0) * (b.1 - a.1),
                _ => 0.0,
            }
        }
    }
}
