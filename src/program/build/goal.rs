//! What is to be solved needs something to be good at.

use crate::diagnostics::{Diagnostic, ids_program};
use crate::program::Program;

/// The finding that a program with decisions has no objective; for whoever is about to solve it.
pub fn no_objective(program: &Program) -> Option<Diagnostic> {
    if !program.objectives.is_empty() {
        return None;
    }
    let first = program.variables.first()?;
    let count = program.variables.len();
    let text = format!("nothing says which values of the {count} decisions are better");
    let d = Diagnostic::new(
        ids_program::NO_OBJECTIVE,
        program.origin(first.origin).span,
        text,
        "a decision without objective",
    );
    Some(d.help("add `minimize ...`; to ask only whether a solution exists, write `minimize 0`"))
}

/// The finding that a file is a module for studies, such as a network, and asks for nothing itself.
pub fn no_study() -> Diagnostic {
    Diagnostic::unlocated(ids_program::NO_OBJECTIVE, "this file declares things and asks for nothing")
        .help("use it in a study, which says how to model it and what is good: `use NAME`, `with ...`, `minimize ...`")
}
