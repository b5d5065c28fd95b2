//! What is searched: the lowered problem after one reduction that leaves the integers in place.

use super::node::Bounds;
use super::orientation::Orientation;
use crate::ids::{Id, IdVec};
use crate::lowered::{ColumnId, ConeId, ConeKind, Lowered, RowId};
use crate::solution::Candidate;
use crate::solution::clarabel::Request;
use crate::solution::conic::Conic;
use crate::solution::reduce::{Contradiction, Domain, Effort, Reduction, reduce};
use crate::solution::relaxation::{Verdict, relax};

/// The searched problem.
#[derive(Debug, Clone)]
pub struct Space {
    /// The lowered problem's own relaxation: what solutions are checked on.
    pub original: Conic,
    /// Continuous part of the searched problem.
    pub problem: Conic,
    /// Bounds of its columns.
    pub domain: Domain,
    /// Per searched column: integer.
    pub integer: IdVec<ColumnId, bool>,
    /// The integer columns.
    pub integers: Vec<ColumnId>,
    /// Arborescences among them.
    pub orientations: Vec<Orientation>,
    /// Per integer: the cones it switches, i.e. those with a head that is zero when it is.
    pub switched: Vec<Vec<ConeId>>,
    lean: bool,
    original_integer: IdVec<ColumnId, bool>,
    reduction: Reduction,
    /// Per original column: searched column.
    place: IdVec<ColumnId, Option<ColumnId>>,
    /// Per searched column: position among the integers.
    index: IdVec<ColumnId, Option<usize>>,
}

impl Space {
    /// Reduces the lowered problem, without the rows that say what the arborescences say if `lean`.
    ///
    /// # Errors
    /// [`Contradiction`] if that proves it infeasible.
    pub fn new(lowered: &Lowered, lean: bool) -> Result<Space, Contradiction> {
        let original = Conic::relaxation(lowered);
        let lean = lean && !lowered.acyclic.is_empty();
        let searched = if lean { without(&original, &lowered.acyclic) } else { original.clone() };
        let original_integer: IdVec<ColumnId, bool> = lowered.columns.iter().map(|c| c.integer).collect();
        let mut domain = Domain::of_lowered(lowered);
        for source in &lowered.arborescences {
            let orientation = Orientation::new(source, Ok);
            orientation.propagate(&mut domain.implied_lower, &mut domain.implied_upper)?;
            for &(_, _, _, column) in &source.arcs {
                let (low, high) = (domain.implied_lower[column], domain.implied_upper[column]);
                domain.restrict(column, low, high);
            }
        }
        // That arcs form an arborescence is not said by rows alone.
        let mut arcs: Vec<ColumnId> = lowered.arborescences.iter().flat_map(|a| &a.arcs).map(|a| a.3).collect();
        arcs.sort_unstable();
        arcs.dedup();
        let effort = Effort { integer: &original_integer, eliminate_integers: false, kept: &arcs };
        let reduction = reduce(&searched, &domain, &effort)?;
        let mut place = IdVec::filled(None, original.columns());
        for (searched, &column) in reduction.kept.each() {
            place[column] = Some(searched);
        }
        let integer: IdVec<ColumnId, bool> = reduction.kept.iter().map(|&c| original_integer[c]).collect();
        let integers: Vec<ColumnId> = integer.ids().filter(|&c| integer[c]).collect();
        let mut index = IdVec::filled(None, integer.len());
        for (position, &column) in integers.iter().enumerate() {
            index[column] = Some(position);
        }
        let orientations = lowered
            .arborescences
            .iter()
            .map(|source| Orientation::new(source, |column| place[column].ok_or(reduction.original_lower[column])))
            .collect();
        let domain = Domain {
            lower: reduction.problem.lower.clone(),
            upper: reduction.problem.upper.clone(),
            implied_lower: reduction.lower.clone(),
            implied_upper: reduction.upper.clone(),
        };
        let problem = reduction.problem.clone();
        let switched = switched(&problem, &index, integers.len());
        Ok(Space {
            lean,
            switched,
            original,
            problem,
            domain,
            integer,
            integers,
            orientations,
            original_integer,
            reduction,
            place,
            index,
        })
    }

    /// Bounds of the integers at the root.
    pub fn bounds(&self) -> Bounds {
        self.integers.iter().map(|&c| (self.domain.implied_lower[c], self.domain.implied_upper[c])).collect()
    }

    /// Position of a searched column among the integers.
    pub fn integer_index(&self, column: ColumnId) -> Option<usize> {
        self.index[column]
    }

    /// Propagates the arborescences on bounds of the integers.
    ///
    /// # Errors
    /// [`Contradiction`] where an arborescence is left without a choice.
    pub fn orient(&self, bounds: &mut Bounds) -> Result<(), Contradiction> {
        if self.orientations.is_empty() {
            return Ok(());
        }
        let (mut lower, mut upper) = self.spread(bounds);
        for orientation in &self.orientations {
            orientation.propagate(&mut lower, &mut upper)?;
        }
        for (&column, bounds) in self.integers.iter().zip(bounds.iter_mut()) {
            *bounds = (lower[column], upper[column]);
        }
        Ok(())
    }

    /// Bounds per searched column, those of the integers replaced.
    pub fn spread(&self, bounds: &Bounds) -> (IdVec<ColumnId, f64>, IdVec<ColumnId, f64>) {
        let (mut lower, mut upper) = (self.domain.implied_lower.clone(), self.domain.implied_upper.clone());
        for (&column, &(low, high)) in self.integers.iter().zip(bounds) {
            lower[column] = low;
            upper[column] = high;
        }
        (lower, upper)
    }

    /// The domain with the integers in `bounds`.
    pub fn restricted(&self, bounds: &Bounds) -> Domain {
        let mut domain = self.domain.clone();
        for (&column, &(low, high)) in self.integers.iter().zip(bounds) {
            domain.restrict(column, low, high);
        }
        domain
    }

    /// The point of the lowered problem with the integers of an expanded point: itself, unless rows
    /// were left out of the search, whose columns are then solved for.
    pub fn complete(&self, point: Vec<f64>, request: &Request) -> Option<Vec<f64>> {
        if !self.lean {
            return Some(point);
        }
        let mut domain = Domain::of(&self.original);
        for (&value, (column, &integer)) in point.iter().zip(self.original_integer.each()) {
            if integer {
                domain.restrict(column, value, value);
            }
        }
        let continuous = IdVec::filled(false, point.len());
        let relaxed = relax(
            &self.original,
            &domain,
            &Effort { integer: &continuous, eliminate_integers: true, kept: &[] },
            request,
        );
        (relaxed.verdict == Verdict::Solved).then_some(relaxed.x)
    }

    /// Values of all original columns; integers are made whole.
    pub fn expand(&self, x: &[f64]) -> Vec<f64> {
        let mut full = self.reduction.expand(x);
        for (value, &integer) in full.iter_mut().zip(&self.original_integer) {
            if integer && (*value - value.round()).abs() < 1e-5 {
                *value = value.round();
            }
        }
        full
    }

    /// Whether every integer column of an original point is whole.
    pub fn whole(&self, full: &[f64]) -> bool {
        full.iter().zip(&self.original_integer).all(|(v, &integer)| !integer || v.fract() == 0.0)
    }

    /// Bounds that a candidate for original columns means for the searched integers; `None` if it
    /// contradicts what is decided already.
    pub fn adopt(&self, candidate: &Candidate) -> Option<Bounds> {
        let mut bounds = self.bounds();
        for &(column, value) in &candidate.values {
            match self.place[column].and_then(|p| self.integer_index(p)) {
                Some(index) => {
                    let slot = bounds.get_mut(index)?;
                    if value < slot.0 - 0.5 || value > slot.1 + 0.5 {
                        return None;
                    }
                    *slot = (value.round(), value.round());
                }
                None => {
                    let (low, high) = (self.reduction.original_lower[column], self.reduction.original_upper[column]);
                    if value < low - 0.5 || value > high + 0.5 {
                        return None;
                    }
                }
            }
        }
        Some(bounds)
    }

    /// Bounds that differ from a solution's by one branch exchange in one arborescence, everything
    /// else than arborescences being left to follow.
    pub fn exchanges(&self, point: &[f64]) -> Vec<Bounds> {
        let wide = self.bounds();
        let (lower, upper) = self.spread(&wide);
        let values: IdVec<ColumnId, f64> = self.reduction.kept.iter().map(|c| *c.of(point)).collect();
        let mut kept = wide;
        for column in self.orientations.iter().flat_map(Orientation::arc_columns) {
            let value = values[column].round();
            if let Some(slot) = self.integer_index(column).and_then(|i| kept.get_mut(i)) {
                *slot = (value, value);
            }
        }
        let moved = |columns: Vec<(ColumnId, f64)>| {
            let mut bounds = kept.clone();
            for (column, value) in columns {
                *bounds.get_mut(self.integer_index(column)?)? = (value, value);
            }
            Some(bounds)
        };
        self.orientations.iter().flat_map(|o| o.exchanges(&values, &lower, &upper)).filter_map(moved).collect()
    }

    /// A relaxation rounded within bounds: arborescences grown along it and other integers left to
    /// follow; without arborescences every integer to its nearest value.
    pub fn rounded(&self, bounds: &Bounds, x: &[f64]) -> Option<Bounds> {
        let mut rounded = bounds.clone();
        let (lower, upper) = self.spread(bounds);
        for orientation in &self.orientations {
            for (column, value) in orientation.round(x, &lower, &upper)? {
                *rounded.get_mut(self.integer_index(column)?)? = (value, value);
            }
        }
        if self.orientations.is_empty() {
            for (&column, bounds) in self.integers.iter().zip(&mut rounded) {
                let value = column.of(x).round().clamp(bounds.0, bounds.1);
                *bounds = (value, value);
            }
        }
        Some(rounded)
    }
}

/// The problem without these rows.
fn without(problem: &Conic, rows: &[RowId]) -> Conic {
    let mut kept: IdVec<RowId, bool> = IdVec::filled(true, problem.rows.len());
    for &row in rows {
        kept[row] = false;
    }
    let rows = problem.rows.iter().zip(kept).filter(|(_, keep)| *keep).map(|(row, _)| row.clone()).collect();
    Conic { rows, ..problem.clone() }
}

/// Finds the cones that each integer switches: a head column stands in a row `head <= factor ·
/// integer`.
fn switched(problem: &Conic, index: &IdVec<ColumnId, Option<usize>>, integers: usize) -> Vec<Vec<ConeId>> {
    let mut switch: IdVec<ColumnId, Option<usize>> = IdVec::filled(None, problem.columns());
    for row in &problem.rows {
        let &[first, second] = row.terms.as_slice() else { continue };
        let (head, integer, factor) = match (index[first.0], index[second.0]) {
            (None, Some(integer)) => (first, integer, -second.1 / first.1),
            (Some(integer), None) => (second, integer, -first.1 / second.1),
            _ => continue,
        };
        let side = if head.1 > 0.0 { row.upper } else { row.lower };
        if side == 0.0 && factor > 0.0 {
            switch[head.0] = Some(integer);
        }
    }
    let mut switched = vec![Vec::new(); integers];
    for (cone, row) in problem.cones.each() {
        let heads = if row.kind == ConeKind::Rotated { 2 } else { 1 };
        let integer = row.entries.iter().take(heads).find_map(|entry| match entry.terms.as_slice() {
            &[(column, _)] if entry.constant == 0.0 => switch[column],
            _ => None,
        });
        if let Some(list) = integer.and_then(|i| switched.get_mut(i)) {
            list.push(cone);
        }
    }
    switched
}
