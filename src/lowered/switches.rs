//! Coefficients of binaries that only switch a limit off, where a range that stands for "no limit" gave them: in
//! `x - 1e9 b <= 0` any number that `x` cannot pass does, and a small one is one that engines can tell from nothing.
//!
//! For `rest + c + a b <= 0`, a binary `b` and the greatest value `m` of `rest + c`: with `a < 0` the row says nothing
//! for `b = 1` where `m + a < 0`, and `-m` says the same as `a`; with `a > 0` it says nothing for `b = 0` where
//! `m < 0`, and moving `-m` from the coefficient to the constant says the same.

use super::draft::Draft;
use crate::program::{Affine, VarId};

/// A coefficient is replaced where it shrinks by this.
const WORTH: f64 = 64.0;

/// The row `affine <= 0` with smaller coefficients of its binaries, where the ranges of the rest allow them.
pub(super) fn tightened(draft: &Draft, mut affine: Affine) -> Affine {
    let wide = |v: VarId| draft.bounds.instead_of_declared(draft.program, v).is_some();
    if !affine.terms.iter().any(|(v, _)| wide(*v)) {
        return affine;
    }
    for at in 0..affine.terms.len() {
        let (binary, a) = affine.terms[at];
        if !draft.is_binary(binary) {
            continue;
        }
        let mut rest = affine.clone();
        rest.terms.remove(at);
        // Constant and coefficient come from the same range: together they are small again.
        let (constant, shifted) = (std::mem::take(&mut rest.constant), if a < 0.0 { 0.0 } else { a });
        let most = draft.bounds.affine(&rest).upper;
        let needed = (constant + shifted) + most;
        let needed = if a < 0.0 { -needed } else { needed };
        if !(needed.is_finite() && needed * a > 0.0 && needed.abs() <= a.abs() / WORTH) {
            continue;
        }
        affine.terms[at].1 = needed;
        if a > 0.0 {
            affine.constant = -most;
        }
    }
    affine
}
