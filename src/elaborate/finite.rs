//! Numbers of a program are finite. What data computes is told where it is computed; this is for what only
//! adding up makes too large.

use crate::diagnostics::{Diagnostic, ids_names};
use crate::program::{Affine, Form, OriginId, Program, Relation};

/// Findings about forms with a number that no solver can take.
pub fn check(program: &Program) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    let mut judge = |finite: bool, origin: OriginId, name: &str| {
        if finite || out.len() >= 20 {
            return;
        }
        let text = format!("a number in `{name}` is beyond all numbers");
        let d = Diagnostic::new(ids_names::WRONG_VALUE, program.origin(origin).span, text, "not finite");
        let d = d.help("see the sizes of the data in it, and their units");
        if !out.contains(&d) {
            out.push(d);
        }
    };
    let form_of = |r: &Relation| relation(program, r);
    for c in &program.constraints {
        if !form_of(&c.relation) {
            judge(false, c.origin, &c.name.to_string());
        }
    }
    for o in &program.objectives {
        judge(o.terms.iter().all(|(_, f)| form(program, f)), o.origin, &o.name);
    }
    for b in &program.budgets {
        judge(form_of(&b.relation), b.origin, &b.name);
    }
    for v in &program.variables {
        if v.lower.is_nan() || v.upper.is_nan() {
            judge(false, v.origin, &v.name.to_string());
        }
    }
    out
}

fn relation(program: &Program, r: &Relation) -> bool {
    match r {
        Relation::Le(f) | Relation::Eq(f) => form(program, f),
        Relation::Implies { then, .. } => relation(program, then),
    }
}

fn form(program: &Program, f: &Form) -> bool {
    affine(&f.affine)
        && f.products.iter().all(|p| p.coefficient.is_finite() && affine(&p.left) && affine(&p.right))
        && f.uncertain.iter().all(|(_, a)| affine(a))
        && f.atoms.iter().all(|(id, c)| c.is_finite() && program.atom(*id).args.iter().all(|a| form(program, a)))
}

fn affine(a: &Affine) -> bool {
    a.constant.is_finite() && a.terms.iter().all(|(_, c)| c.is_finite())
}
