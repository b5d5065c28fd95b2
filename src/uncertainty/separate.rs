//! Blocks of later decisions: parts that no rule and no shared cost connects, whatever is decided ahead.
//! Where two realisations agree on the factors of a block, its best decisions are the same in both.

use super::parts::{cost, is_recourse};
use crate::program::{Affine, Form, Program, Relation};
use petgraph::unionfind::UnionFind;

/// Which block everything belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    /// Per variable: its block; none for those decided ahead.
    pub variables: Vec<Option<usize>>,
    /// Per block: its factors, rising.
    pub factors: Vec<Vec<usize>>,
    /// Per constraint: its block; none where it is settled ahead.
    pub constraints: Vec<Option<usize>>,
}

/// The blocks of a program, numbered in the order of their first variable or factor.
pub fn blocks(program: &Program) -> Blocks {
    let (n, m) = (program.variables.len(), program.factors.len());
    let mut join = Join { program, parts: UnionFind::new(n + m), list: Vec::new() };
    let mut first = Vec::with_capacity(program.constraints.len());
    for c in &program.constraints {
        // What is settled ahead lists nothing.
        join.relation(&c.relation);
        first.push(join.unite());
    }
    for o in program.objectives.iter().take(1) {
        let form = cost(o);
        for p in &form.products {
            join.affine(&p.left);
            join.affine(&p.right);
            join.unite();
        }
        for (a, _) in &form.atoms {
            program.atom(*a).args.iter().for_each(|f| join.form(f));
            join.unite();
        }
        for (f, affine) in &form.uncertain {
            join.list.push(n + f.0 as usize);
            join.affine(affine);
            join.unite();
        }
    }
    let mut number = vec![usize::MAX; n + m];
    let mut out = Blocks { variables: vec![None; n], factors: Vec::new(), constraints: Vec::new() };
    let mut of = |at: usize, join: &mut Join<'_>, out: &mut Blocks| {
        let r = join.parts.find_mut(at);
        if number[r] == usize::MAX {
            number[r] = out.factors.len();
            out.factors.push(Vec::new());
        }
        number[r]
    };
    for (v, variable) in program.variables.iter().enumerate() {
        if variable.stage == crate::program::Stage::Recourse {
            out.variables[v] = Some(of(v, &mut join, &mut out));
        }
    }
    for f in 0..m {
        let b = of(n + f, &mut join, &mut out);
        out.factors[b].push(f);
    }
    out.constraints = first.into_iter().map(|v| v.map(|v| of(v, &mut join, &mut out))).collect();
    out
}

struct Join<'a> {
    program: &'a Program,
    parts: UnionFind<usize>,
    list: Vec<usize>,
}

impl Join<'_> {
    fn relation(&mut self, relation: &Relation) {
        match relation {
            Relation::Le(form) | Relation::Eq(form) => self.form(form),
            Relation::Implies { when, then, .. } => {
                self.affine(&Affine::variable(*when));
                self.relation(then);
            }
        }
    }

    fn form(&mut self, form: &Form) {
        self.affine(&form.affine);
        for p in &form.products {
            self.affine(&p.left);
            self.affine(&p.right);
        }
        for (f, affine) in &form.uncertain {
            self.list.push(self.program.variables.len() + f.0 as usize);
            self.affine(affine);
        }
        for (a, _) in &form.atoms {
            self.program.atom(*a).args.iter().for_each(|f| self.form(f));
        }
    }

    fn affine(&mut self, affine: &Affine) {
        let later = affine.terms.iter().map(|(v, _)| *v).filter(|v| is_recourse(self.program, *v));
        self.list.extend(later.map(|v| v.0 as usize));
    }

    /// Joins what has been listed; the first of it.
    fn unite(&mut self) -> Option<usize> {
        let list = std::mem::take(&mut self.list);
        for pair in list.windows(2) {
            self.parts.union(pair[0], pair[1]);
        }
        list.first().copied()
    }
}
