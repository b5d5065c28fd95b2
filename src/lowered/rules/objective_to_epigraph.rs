//! `objective_to_epigraph`
//!
//! Mathematics: `min f(x) + c·x` with `f` convex is `min t + c·x` with `t >= f(x)`.
//! Source: convex quadratics, norms, `abs`, `max` and convex piecewise functions in a minimised
//! objective (concave ones in a maximised objective, which is minimised with opposite sign).
//! Creates: a column and a cone (or rows) per convex summand; quadratics are split into groups that
//! share no variable.
//! Bounds: none, except where a product with a binary needs them.
//! Exact: at an optimum every `t` is its `f(x)`, since a smaller `t` is cheaper.

use crate::lowered::draft::{Draft, Rule};
use crate::lowered::position;
use crate::program::{Affine, Form};

/// The affine expression to be minimised instead of `form`.
pub(in crate::lowered) fn objective_to_epigraph(draft: &mut Draft, form: &Form) -> Rule<Affine> {
    position::overestimate(draft, form)
}
