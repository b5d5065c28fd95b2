//! Column bounds that the rows and the other bounds imply: they need not be given to a solver.

use super::work::Work;
use crate::ids::{Id, IdVec};
use crate::lowered::ColumnId;

/// Whether a bound must be kept.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// Not looked at yet.
    Open,
    /// Something was dropped because of it.
    Locked,
    /// Follows from locked bounds and bounds dropped before.
    Dropped,
}

/// Sides of a bound.
const LOWER: usize = 0;
const UPPER: usize = 1;

impl Work<'_> {
    /// Drops bounds that one row implies from bounds that are kept, or were dropped before for the
    /// same reason (so no two bounds are dropped because of each other), and zero bounds of cone
    /// heads. The implied bounds keep them.
    pub(super) fn drop_dominated_bounds(&mut self) {
        let mut roles = IdVec::filled([Role::Open; 2], self.gone.len());
        self.drop_heads(&mut roles);
        // Integer columns first: the bounds of switched columns follow from theirs.
        for integers in [true, false] {
            for column in ColumnId::first(self.gone.len()) {
                if self.is_integer(column) == integers && !self.gone[column] {
                    for side in [LOWER, UPPER] {
                        self.drop_if_implied(column, side, &mut roles);
                    }
                }
            }
        }
        for ((roles, lower), upper) in roles.iter().zip(&mut self.lower).zip(&mut self.upper) {
            if roles[LOWER] == Role::Dropped {
                *lower = f64::NEG_INFINITY;
            }
            if roles[UPPER] == Role::Dropped {
                *upper = f64::INFINITY;
            }
        }
    }

    fn drop_heads(&self, roles: &mut IdVec<ColumnId, [Role; 2]>) {
        for cone in self.cones.iter().flatten() {
            let heads = if cone.kind == crate::lowered::ConeKind::Rotated { 2 } else { 1 };
            for entry in cone.entries.iter().take(heads) {
                if let &[(column, a)] = entry.terms.as_slice()
                    && entry.constant == 0.0
                    && a > 0.0
                    && self.lower[column] <= 0.0
                {
                    roles[column][LOWER] = Role::Dropped;
                }
            }
        }
    }

    fn bound(&self, column: ColumnId, side: usize) -> f64 {
        if side == LOWER { self.lower[column] } else { self.upper[column] }
    }

    fn drop_if_implied(&self, column: ColumnId, side: usize, roles: &mut IdVec<ColumnId, [Role; 2]>) {
        let bound = self.bound(column, side);
        if !bound.is_finite() || roles[column][side] != Role::Open {
            return;
        }
        for &index in &self.column_rows[column] {
            let Some(row) = &self.rows[index] else { continue };
            let Some(&(_, a)) = row.terms.iter().find(|t| t.0 == column) else { continue };
            // An upper bound follows from the row's upper side if a > 0, else from its lower side.
            let upper_side = (side == UPPER) == (a > 0.0);
            let end = if upper_side { row.upper } else { row.lower };
            if !end.is_finite() {
                continue;
            }
            // The rest of the row at its least (for the upper side) or greatest.
            let used = |b: f64| if (b > 0.0) == upper_side { LOWER } else { UPPER };
            let others = || row.terms.iter().filter(|t| t.0 != column);
            let rest: f64 = others().map(|&(c, b)| b * self.bound(c, used(b))).sum();
            if !rest.is_finite() {
                continue;
            }
            let implied = (end - rest) / a;
            let slack = 1e-9 * bound.abs().max(implied.abs());
            let tight = if side == UPPER { implied <= bound + slack } else { implied >= bound - slack };
            if tight {
                for &(c, b) in others() {
                    let role = &mut roles[c][used(b)];
                    if *role == Role::Open {
                        *role = Role::Locked;
                    }
                }
                roles[column][side] = Role::Dropped;
                return;
            }
        }
    }
}
