//! Where derived ranges come from, as text.

use super::{Lowering, Reason, display};
use crate::program::{Program, VarId, number};
use std::fmt::Write;

/// [`display()`] of the problem, then every range that is tighter than declared with the rule it
/// follows from, in the variable's display unit.
pub fn explain(program: &Program, lowering: &Lowering) -> String {
    let mut out = display(&lowering.problem);
    let mut first = true;
    for (i, v) in program.variables.iter().enumerate() {
        let id = VarId(i as u32);
        let reasons = lowering.map.bounds.reasons(id);
        if !matches!(reasons.0, Reason::Constraint(_)) && !matches!(reasons.1, Reason::Constraint(_)) {
            continue;
        }
        if first {
            out.push_str("\nderived ranges\n");
            first = false;
        }
        let factor = if v.unit.factor == 0.0 { 1.0 } else { v.unit.factor };
        let unit = if v.unit.label.is_empty() { String::new() } else { format!(" {}", v.unit.label) };
        let range = lowering.map.bounds.get(id);
        let (lower, upper) = (number(range.lower / factor), number(range.upper / factor));
        let why = |end| lowering.map.bounds.explain(program, id, end);
        let _ =
            writeln!(out, "  {} in {lower}..{upper}{unit}  (least: {}; greatest: {})", v.name, why(false), why(true));
    }
    out
}
