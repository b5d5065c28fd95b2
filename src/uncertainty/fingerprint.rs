//! A number that changes when a program does: what its variables, factors, rules, goals and budgets say,
//! not where or in which words of comment.

use crate::program::{Affine, AtomKind, Form, Program, Relation};

/// 64-bit FNV-1a: the same on every machine and in every version.
struct Hash(u64);

/// The fingerprint, as 16 hexadecimal digits.
pub fn fingerprint(program: &Program) -> String {
    let mut h = Hash(0xcbf2_9ce4_8422_2325);
    h.count(program.periods);
    h.number(program.step.unwrap_or(-1.0));
    h.count(program.variables.len());
    for v in &program.variables {
        h.text(&v.name.to_string());
        h.text(&format!("{:?} {:?}", v.domain, v.stage));
        h.number(v.lower);
        h.number(v.upper);
    }
    h.count(program.factors.len());
    for f in &program.factors {
        h.text(&f.name);
        h.number(f.lower);
        h.number(f.upper);
    }
    h.count(program.atoms.len());
    for a in &program.atoms {
        match &a.kind {
            AtomKind::Piecewise(points) => {
                h.text("piecewise");
                h.count(points.len());
                points.iter().for_each(|(x, y)| {
                    h.number(*x);
                    h.number(*y);
                });
            }
            other => h.text(&format!("{other:?}")),
        }
        h.text(&format!("{:?}", a.exact));
        h.count(a.args.len());
        a.args.iter().for_each(|f| h.form(f));
    }
    h.count(program.constraints.len());
    program.constraints.iter().for_each(|c| h.relation(&c.relation));
    h.count(program.budgets.len());
    program.budgets.iter().for_each(|b| h.relation(&b.relation));
    h.count(program.objectives.len());
    for o in &program.objectives {
        h.count(usize::from(o.maximize));
        h.count(o.terms.len());
        o.terms.iter().for_each(|t| h.form(&t.1));
    }
    format!("{:016x}", h.0)
}

impl Hash {
    fn bytes(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = (self.0 ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn count(&mut self, n: usize) {
        self.bytes(&(n as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, x: f64) {
        self.bytes(&x.to_bits().to_le_bytes());
    }

    fn affine(&mut self, a: &Affine) {
        self.number(a.constant);
        self.count(a.terms.len());
        for (v, c) in &a.terms {
            self.count(v.0 as usize);
            self.number(*c);
        }
    }

    fn form(&mut self, form: &Form) {
        self.affine(&form.affine);
        self.count(form.products.len());
        for p in &form.products {
            self.number(p.coefficient);
            self.affine(&p.left);
            self.affine(&p.right);
        }
        self.count(form.atoms.len());
        for (a, c) in &form.atoms {
            self.count(a.0 as usize);
            self.number(*c);
        }
        self.count(form.uncertain.len());
        for (f, a) in &form.uncertain {
            self.count(f.0 as usize);
            self.affine(a);
        }
    }

    fn relation(&mut self, relation: &Relation) {
        match relation {
            Relation::Le(form) => {
                self.text("<=");
                self.form(form);
            }
            Relation::Eq(form) => {
                self.text("=");
                self.form(form);
            }
            Relation::Implies { when, is, then } => {
                self.text("if");
                self.count(when.0 as usize);
                self.count(usize::from(*is));
                self.relation(then);
            }
        }
    }
}
