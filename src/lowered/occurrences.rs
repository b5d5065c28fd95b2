//! The constraints of a program one after the other in flat lists: which variables stand in them, and, where they are
//! linear, with which coefficients.

use crate::program::{Affine, Program, Relation, VarId};

/// What a constraint is for the propagation of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `constant + Σ terms <= 0`
    LinearLe,
    /// `constant + Σ terms = 0`
    LinearEq,
    /// Something with products, atoms or conditions.
    Other,
}

/// Occurrences of variables in constraints, by constraint and by variable.
pub(super) struct Occurrences {
    /// Where the occurrences of a constraint start; one more than constraints.
    starts: Vec<u32>,
    columns: Vec<u32>,
    coefficients: Vec<f64>,
    shapes: Vec<Shape>,
    constants: Vec<f64>,
    /// Where the constraints of a variable start; one more than variables.
    of_starts: Vec<u32>,
    of: Vec<u32>,
}

impl Occurrences {
    /// Those of a program.
    pub fn new(program: &Program) -> Self {
        let (count, variables) = (program.constraints.len(), program.variables.len());
        let terms = |c: &crate::program::Constraint| match &c.relation {
            Relation::Le(form) | Relation::Eq(form) => form.affine.terms.len(),
            Relation::Implies { .. } => 0,
        };
        let size = program.constraints.iter().map(terms).sum();
        let mut all = Occurrences {
            starts: Vec::with_capacity(count + 1),
            columns: Vec::with_capacity(size),
            coefficients: Vec::with_capacity(size),
            shapes: Vec::with_capacity(count),
            constants: Vec::with_capacity(count),
            of_starts: vec![0; variables + 2],
            of: Vec::new(),
        };
        all.starts.push(0);
        for c in &program.constraints {
            all.add(program, &c.relation);
        }
        for c in &all.columns {
            if let Some(s) = all.of_starts.get_mut(*c as usize + 2) {
                *s += 1;
            }
        }
        for i in 2..all.of_starts.len() {
            all.of_starts[i] += all.of_starts[i - 1];
        }
        all.of = vec![0; all.of_starts.last().copied().unwrap_or(0) as usize];
        for (index, range) in all.starts.windows(2).enumerate() {
            for c in &all.columns[range[0] as usize..range[1] as usize] {
                if let Some(s) = all.of_starts.get_mut(*c as usize + 1)
                    && (*c as usize) < variables
                {
                    all.of[*s as usize] = index as u32;
                    *s += 1;
                }
            }
        }
        all
    }

    fn add(&mut self, program: &Program, relation: &Relation) {
        let (shape, constant) = match relation {
            Relation::Le(f) if f.is_affine() => (Shape::LinearLe, f.affine.constant),
            Relation::Eq(f) if f.is_affine() => (Shape::LinearEq, f.affine.constant),
            _ => (Shape::Other, 0.0),
        };
        match relation {
            Relation::Le(form) | Relation::Eq(form) if shape != Shape::Other => {
                self.columns.extend(form.affine.terms.iter().map(|t| t.0.0));
                self.coefficients.extend(form.affine.terms.iter().map(|t| t.1));
            }
            _ => each_variable(relation, program, &mut |v| self.columns.push(v.0)),
        }
        self.coefficients.resize(self.columns.len(), 0.0);
        self.shapes.push(shape);
        self.constants.push(constant);
        self.starts.push(self.columns.len() as u32);
    }

    /// What a constraint is.
    pub fn shape(&self, constraint: usize) -> Shape {
        self.shapes[constraint]
    }

    /// Constant and terms of a linear constraint.
    pub fn linear(&self, constraint: usize) -> (f64, &[u32], &[f64]) {
        let (Some(a), Some(b)) = (self.starts.get(constraint), self.starts.get(constraint + 1)) else {
            return (0.0, &[], &[]);
        };
        let range = *a as usize..*b as usize;
        (self.constants[constraint], &self.columns[range.clone()], &self.coefficients[range])
    }

    /// The constraints that a variable stands in.
    pub fn constraints(&self, var: VarId) -> &[u32] {
        let i = var.0 as usize;
        match (self.of_starts.get(i), self.of_starts.get(i + 1)) {
            (Some(a), Some(b)) => self.of.get(*a as usize..*b as usize).unwrap_or(&[]),
            _ => &[],
        }
    }
}

/// Every variable occurrence in a relation; arguments of atoms inside atoms are left out.
fn each_variable(relation: &Relation, program: &Program, visit: &mut dyn FnMut(VarId)) {
    let form = match relation {
        Relation::Le(form) | Relation::Eq(form) => form,
        Relation::Implies { when, then, .. } => {
            visit(*when);
            return each_variable(then, program, visit);
        }
    };
    let mut affine = |a: &Affine| a.terms.iter().for_each(|(v, _)| visit(*v));
    affine(&form.affine);
    for p in &form.products {
        affine(&p.left);
        affine(&p.right);
    }
    for arg in form.atoms.iter().filter_map(|(a, _)| program.atoms.get(a.0 as usize)).flat_map(|a| &a.args) {
        affine(&arg.affine);
    }
}
