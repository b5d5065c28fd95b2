//! Decisions under uncertainty, as transformations of programs: robust by column-and-constraint
//! generation, stochastic by scenarios, information gaps. Nothing here knows of networks.
//!
//! Symbols: factors `z` of a set, decisions `x` made ahead, decisions `y` made once `z` is known.

mod at;
mod ccg;
mod extensive;
mod parts;
mod polytope;
mod recourse;
mod rewrite;
mod run;
mod set;
mod solve;
mod study;
mod worst;

pub use at::at;
pub use ccg::{Iteration, Robust, solve_robust};
pub use extensive::{Aim, Extensive, Realisation, extensive};
pub use recourse::{Reaction, Recourse, Shortage};
pub use set::{Group, Set, deviations};
pub use solve::{Solved, WorstCase, solve};
pub use study::{Method, Study};
pub use worst::{Oracle, Worst};

/// A unit for numbers without one.
fn plain() -> crate::program::DisplayUnit {
    crate::program::DisplayUnit { label: "".into(), factor: 1.0 }
}
