//! What is to be solved needs something to be good at, and a state of the network that is one.

use crate::diagnostics::{Diagnostic, ids_program, ids_solution};
use crate::model::Model;
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

/// The finding that a study has several modes, which no engine tells apart yet: the states of the network of all
/// modes would be taken for one. For whoever is about to solve it or to hand its program on.
pub fn several_modes(model: &Model) -> Option<Diagnostic> {
    let [first, rest @ ..] = model.names.modes.as_slice() else { return None };
    let last = rest.last()?;
    let text = format!("the {} modes of this study cannot be solved together yet", rest.len() + 1);
    let d = Diagnostic::new(ids_solution::NOT_SOLVABLE_YET, first.span.to(last.span), text, "more than one mode");
    Some(
        d.note("each mode has a state of the network of its own, and those of several modes would be added up")
            .help("solve each mode as a study of its own, with its `in MODE { … }` as the settings of a `case`"),
    )
}
