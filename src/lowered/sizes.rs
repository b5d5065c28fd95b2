//! Sizes that decisions have by what the rules ask of them, whatever their declared ranges are.
//!
//! A rule that cannot hold at zero asks for something: `x >= 1`, a balance with a load. Its constant is the size of
//! its summands, and what it asks of one decision is what other rules ask of the next. Of several rules the least
//! counts, of several instances of a decision the greatest; what a first round takes too great later rounds lower. A rule that holds at zero, such as `x <= 1e9`, only caps:
//! it says something of decisions that nothing else speaks of. Rules with whole numbers say nothing, since their
//! coefficients may stand for "no limit" too.

use super::occurrences::{Occurrences, Shape};
use crate::ids::IdVec;
use crate::program::{Domain, Program, VarId};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Rounds over the rules.
const ROUNDS: usize = 8;
/// A size is lowered where it becomes less than this share of itself.
const LESS: f64 = 0.5;
/// A decision whose range keeps to one sign has the size of its far end up to this ratio of its ends, else that of
/// its near one.
const NARROW: f64 = 1e4;

/// The size of every variable in coherent units; 0 where no rule says anything.
pub(super) fn sizes(program: &Program, occurrences: &Occurrences) -> IdVec<VarId, f64> {
    let mut sizes: IdVec<VarId, f64> = program.variables.iter().map(|v| signed(v.lower, v.upper)).collect();
    let (family_of, families) = families(program);
    for caps in [false, true] {
        let open: IdVec<VarId, bool> =
            program.variables.iter().zip(&sizes).map(|(v, s)| *s == 0.0 && v.domain == Domain::Continuous).collect();
        if !open.iter().any(|open| *open) {
            break;
        }
        for _ in 0..ROUNDS {
            let asked = asked(program, occurrences, &sizes, &open, caps);
            let mut greatest = vec![0.0f64; families];
            for (family, a) in family_of.iter().zip(&asked).filter(|(_, a)| a.is_finite()) {
                let most = &mut greatest[*family as usize];
                *most = most.max(*a);
            }
            let mut moved = false;
            for ((family, size), _) in family_of.iter().zip(&mut sizes).zip(&open).filter(|(_, open)| **open) {
                let most = greatest[*family as usize];
                if most > 0.0 && (*size == 0.0 || most < LESS * *size) {
                    *size = most;
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
    }
    sizes
}

/// The family of every variable (same name, other index), and how many there are.
fn families(program: &Program) -> (Vec<u32>, usize) {
    let mut known: FxHashMap<Cow<'_, str>, u32> = FxHashMap::default();
    let mut family_of = Vec::with_capacity(program.variables.len());
    for v in &program.variables {
        let next = known.len() as u32;
        family_of.push(*known.entry(v.name.stem()).or_insert(next));
    }
    (family_of, known.len())
}

/// The size of a decision whose range says one.
fn signed(lower: f64, upper: f64) -> f64 {
    let (near, far) = if lower > 0.0 {
        (lower, upper)
    } else if upper < 0.0 {
        (-upper, -lower)
    } else {
        return 0.0;
    };
    if far <= NARROW * near { far } else { near }
}

/// Per open variable: the least that a rule asks of it, infinite where none does.
fn asked(
    program: &Program,
    occurrences: &Occurrences,
    sizes: &IdVec<VarId, f64>,
    open: &IdVec<VarId, bool>,
    caps: bool,
) -> IdVec<VarId, f64> {
    let mut out = IdVec::filled(f64::INFINITY, sizes.len());
    let whole = |v: &u32| program.variables[VarId(*v)].domain != Domain::Continuous;
    for (i, constraint) in program.constraints.iter().enumerate() {
        let shape = occurrences.shape(i);
        let (constant, columns, coefficients) = occurrences.linear(i);
        if shape == Shape::Other || columns.iter().any(whole) {
            continue;
        }
        let asks = caps || constant > 0.0 || shape == Shape::LinearEq;
        let own = if asks && constant.abs() > constraint.unit.floor { constant.abs() } else { 0.0 };
        let terms = || columns.iter().map(|v| VarId(*v)).zip(coefficients.iter().copied()).filter(|t| t.1 != 0.0);
        // What the others reach: the greatest of all, for the greatest itself the one after it.
        let (mut most, mut next) = (0.0f64, 0.0f64);
        for reach in terms().map(|(v, a)| a.abs() * sizes[v]) {
            (most, next) = if reach > most { (reach, most) } else { (most, next.max(reach)) };
        }
        for (v, a) in terms().filter(|(v, _)| open[*v]) {
            let level = own.max(if a.abs() * sizes[v] == most { next } else { most });
            if level > 0.0 {
                out[v] = out[v].min(level / a.abs());
            }
        }
    }
    out
}
