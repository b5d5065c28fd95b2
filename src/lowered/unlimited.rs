//! Numbers so large that they stand for "no limit", told by the data alone: beside the least number in the same unit
//! engines know nothing of them.

use crate::program::{DisplayUnit, Program, Relation};
use rustc_hash::FxHashMap;

/// The least number of the data in a unit, so many times, stands for "no limit", too: engines know a whole number to 1e-7 of itself, and
/// what it switches likewise.
const APART: f64 = 1e6;

/// The least number of the data in each unit that is more than nothing.
pub(super) struct Least<'p>(FxHashMap<&'p str, f64>);

impl<'p> Least<'p> {
    /// Of the ends of the decisions' ranges and of the constants of rules.
    pub fn of(program: &'p Program) -> Self {
        let mut out: FxHashMap<&str, f64> = FxHashMap::default();
        let ends = program.variables.iter().flat_map(|v| [(&v.unit, v.lower), (&v.unit, v.upper)]);
        let constants = program.constraints.iter().filter_map(|c| match &c.relation {
            Relation::Le(form) | Relation::Eq(form) => Some((&c.unit, form.affine.constant)),
            Relation::Implies { .. } => None,
        });
        for (unit, x) in ends.chain(constants).filter(|(unit, x)| x.is_finite() && x.abs() > unit.floor) {
            let least = out.entry(&unit.label).or_insert(f64::INFINITY);
            *least = least.min(x.abs());
        }
        Least(out)
    }

    /// What a number of this unit has to reach to stand for "no limit", in coherent units.
    pub fn no_limit(&self, unit: &DisplayUnit) -> f64 {
        let least = self.0.get(&*unit.label).copied().unwrap_or(f64::INFINITY);
        unit.no_limit.max(APART * least)
    }
}
