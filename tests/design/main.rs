//! The design's studies, written in the language on the library as it is: each must be understood up
//! to its program, with the uncertainty, stages, modes and goals that it states.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod formulations;
mod frozen;
mod studies;

use std::path::Path;
use tieline::analysis::{Request, analyse};
use tieline::program::{Affine, Form, Program, Relation, Stage, Variable};
use tieline::source::Files;

/// Files below the folder of these tests, with texts that stand in for some.
#[derive(Default)]
pub struct Folder {
    /// A root file that is not on disk.
    pub study: Option<String>,
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match &self.study {
            Some(text) if path == "study.tie" => Ok(text.clone().into_bytes()),
            _ => std::fs::read(folder().join(path)).map_err(|e| e.to_string()),
        }
    }
}

/// The folder of these tests.
pub fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/design")
}

/// The program of a study on disk, in a case.
pub fn program(file: &str, case: Option<&str>) -> Program {
    build(&Folder::default(), file, case)
}

/// The program of a text.
pub fn program_of(text: &str) -> Program {
    build(&Folder { study: Some(text.into()) }, "study.tie", None)
}

fn build(files: &Folder, file: &str, case: Option<&str>) -> Program {
    let request = Request { case: case.map(str::to_string), ..Request::default() };
    let mut analysis = analyse(files, file, &request);
    let program = analysis.program();
    let found: Vec<String> = analysis.diagnostics.iter().map(|d| format!("{} {}", d.id.code, d.message)).collect();
    assert!(found.is_empty(), "{file} {case:?}: {found:#?}");
    let program = program.expect("a program where there are no findings");
    finite(&program, file);
    program
}

/// All numbers of a program are finite, but for the limits of variables.
fn finite(program: &Program, file: &str) {
    let affine = |a: &Affine| a.constant.is_finite() && a.terms.iter().all(|(_, x)| x.is_finite());
    let form = |f: &Form| {
        affine(&f.affine)
            && f.products.iter().all(|p| p.coefficient.is_finite() && affine(&p.left) && affine(&p.right))
            && f.atoms.iter().all(|(_, x)| x.is_finite())
            && f.uncertain.iter().all(|(_, a)| affine(a))
    };
    for c in &program.constraints {
        let mut relation = &c.relation;
        while let Relation::Implies { then, .. } = relation {
            relation = then;
        }
        let (Relation::Le(f) | Relation::Eq(f)) = relation else { continue };
        assert!(form(f), "{file}: `{}` has a number that is not finite", c.name);
    }
    for o in &program.objectives {
        assert!(o.terms.iter().all(|(_, f)| form(f)), "{file}: objective {}", o.name);
    }
}

/// The variables of a family: `line.closed`.
pub fn family<'p>(program: &'p Program, name: &str) -> Vec<&'p Variable> {
    let of = |v: &&Variable| v.name == *name || v.name.to_string().starts_with(&format!("{name}["));
    program.variables.iter().filter(of).collect()
}

/// How many rows a rule has made.
pub fn rows(program: &Program, rule: &str) -> usize {
    program.constraints.iter().filter(|c| &*program.origin(c.origin).rule == rule).count()
}

/// Are all of them decided in this stage? (There must be some.)
pub fn staged(program: &Program, name: &str, stage: Stage) -> bool {
    let list = family(program, name);
    !list.is_empty() && list.iter().all(|v| v.stage == stage)
}
