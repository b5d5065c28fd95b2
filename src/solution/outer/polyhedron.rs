//! A polyhedron around the cones: every cone is split into three-dimensional ones, which are cut by
//! planes.
//!
//! `t₁² + … + t_k² <= 2 u w` is the same as `t_i² <= 2 w s_i`, `Σ s_i <= u`, and a second-order
//! cone is the case `2u = w = h`: planes for the small cones are much stronger than planes for the
//! large one. Every plane is `s_i >= 2 g t_i − 2 g² w` for a slope g (its tangent at t = 2 g w).

use crate::ids::{Id, IdVec};
use crate::lowered::{Column, ColumnId, ColumnSource, ConeId, ConeKind, Entry, Lowered, Row};
use crate::program::{Name, OriginId};
use crate::solution::conic::{Conic, evaluate};
use crate::solution::tree::space::Space;

/// Slopes per small cone that are never needed twice are told apart to this relative distance.
const SAME: f64 = 1e-9;
/// Violation of a plane worth adding it, relative to the size of its terms.
const VIOLATED: f64 = 1e-8;

/// One small cone `t² <= 2 w s` over entries of the searched problem.
struct Small {
    /// The cone it is part of.
    cone: ConeId,
    /// Position of `t` in that cone.
    tail: usize,
    /// Column of `s`.
    part: ColumnId,
    t: Entry,
    w: Entry,
    slopes: Vec<f64>,
}

/// The outer problem: the searched problem's linear part, the parts `s` and the planes so far.
pub struct Polyhedron {
    /// As a mixed-integer linear problem; the searched columns come first.
    pub problem: Lowered,
    smalls: Vec<Small>,
}

impl Polyhedron {
    /// Splits the cones and gives every small cone a few first planes.
    pub fn new(space: &Space) -> Polyhedron {
        let conic = &space.problem;
        let mut polyhedron = Polyhedron { problem: linear_part(space), smalls: Vec::new() };
        for (index, cone) in conic.cones.each() {
            let (u, w, tail, heads) = match (cone.kind, cone.entries.as_slice()) {
                (ConeKind::Rotated, [u, w, tail @ ..]) => (u.clone(), w.clone(), tail, 2),
                // h >= |t|: t² <= 2 h s with Σ s <= h / 2.
                (ConeKind::SecondOrder, [h, tail @ ..]) => (scaled(h, 0.5), h.clone(), tail, 1),
                _ => continue,
            };
            let mut sum: Vec<(ColumnId, f64)> = u.terms.clone();
            for (position, t) in tail.iter().enumerate() {
                let part = polyhedron.problem.columns.push(column(0.0, f64::INFINITY, false));
                sum.push((part, -1.0));
                let small =
                    Small { cone: index, tail: heads + position, part, t: t.clone(), w: w.clone(), slopes: Vec::new() };
                polyhedron.smalls.push(small);
            }
            polyhedron.problem.rows.push(row(-u.constant, f64::INFINITY, sum));
            if heads == 2 {
                polyhedron.problem.rows.push(row(-w.constant, f64::INFINITY, w.terms.clone()));
            }
        }
        for index in 0..polyhedron.smalls.len() {
            for slope in polyhedron.first_slopes(index, space) {
                polyhedron.cut(index, slope);
            }
        }
        polyhedron
    }

    /// Steep and flat planes on both sides, by the ranges of t and w.
    fn first_slopes(&self, index: usize, space: &Space) -> Vec<f64> {
        let Some(small) = self.smalls.get(index) else { return Vec::new() };
        let greatest = |entry: &Entry| {
            entry.terms.iter().fold(entry.constant.abs(), |sum, &(column, a)| {
                let (low, high) = (space.domain.implied_lower[column], space.domain.implied_upper[column]);
                sum + a.abs() * low.abs().max(high.abs())
            })
        };
        let typical = 0.5 * greatest(&small.t) / greatest(&small.w).max(1e-6);
        let typical = if typical.is_finite() && typical > 0.0 { typical } else { 1.0 };
        [1.0, 0.1].iter().flat_map(|f| [f * typical, -f * typical]).collect()
    }

    /// Adds the planes that the dual of a cone says (any multiple of it): with them the cone's
    /// multiplier is worth as much in the linear problem as it was in the conic one.
    pub fn cut_dual(&mut self, cone: ConeId, dual: &[f64]) -> usize {
        // zᵤ u + z_w w + Σ z_t t >= 0 is the sum of planes of slope −z_t / 2 zᵤ, and so is the plane
        // of a second-order cone.
        let head = dual.first().copied().unwrap_or(0.0);
        let largest = dual.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        if head <= 1e-9 * largest || largest == 0.0 {
            return 0;
        }
        let slopes: Vec<(usize, f64)> = (self.smalls.iter().enumerate())
            .filter(|(_, small)| small.cone == cone)
            .map(|(index, small)| (index, -0.5 * dual[small.tail] / head))
            .collect();
        slopes.into_iter().map(|(index, slope)| usize::from(self.cut(index, slope))).sum()
    }

    /// Adds the tangents at a point of the searched problem.
    pub fn cut_tangent(&mut self, x: &[f64]) -> usize {
        (0..self.smalls.len())
            .map(|index| {
                let Some(small) = self.smalls.get(index) else { return 0 };
                let (t, w) = (evaluate(&small.t, x), evaluate(&small.w, x));
                if w <= 1e-7 || t.abs() <= 1e-9 { 0 } else { usize::from(self.cut(index, 0.5 * t / w)) }
            })
            .sum()
    }

    /// A point of the searched problem with the parts that its cones need.
    pub fn lift(&self, x: &[f64]) -> Vec<f64> {
        let mut lifted = x.to_vec();
        lifted.resize(self.problem.columns.len(), 0.0);
        for small in &self.smalls {
            let (t, w) = (evaluate(&small.t, x), evaluate(&small.w, x));
            *small.part.of_mut(&mut lifted) = if t == 0.0 { 0.0 } else { t * t / (2.0 * w.max(1e-12)) };
        }
        lifted
    }

    /// Adds the planes that a point of this problem (parts included) violates.
    pub fn separate(&mut self, x: &[f64]) -> usize {
        let mut added = 0;
        for index in 0..self.smalls.len() {
            let Some(small) = self.smalls.get(index) else { continue };
            let (t, w) = (evaluate(&small.t, x), evaluate(&small.w, x));
            let s = *small.part.of(x);
            // The nearest plane touches where the ray through (t, w + s-shift) meets the cone; with
            // w near zero the slope that still separates is large but finite.
            let slope = 0.5 * t / w.max(1e-4 * t.abs()).max(1e-9);
            let violation = 2.0 * slope * t - 2.0 * slope * slope * w - s;
            if violation > VIOLATED * (1.0 + (2.0 * slope * t).abs()) {
                added += usize::from(self.cut(index, slope));
            }
        }
        added
    }

    /// `s − 2 g t + 2 g² w >= 0`, unless it is there already.
    fn cut(&mut self, index: usize, slope: f64) -> bool {
        let Some(small) = self.smalls.get_mut(index) else { return false };
        if !slope.is_finite() || slope.abs() > 1e6 {
            return false;
        }
        if small.slopes.iter().any(|s| (s - slope).abs() <= SAME * slope.abs().max(1e-6)) {
            return false;
        }
        small.slopes.push(slope);
        let mut terms = vec![(small.part, 1.0)];
        terms.extend(small.t.terms.iter().map(|&(c, a)| (c, -2.0 * slope * a)));
        terms.extend(small.w.terms.iter().map(|&(c, a)| (c, 2.0 * slope * slope * a)));
        let constant = -2.0 * slope * small.t.constant + 2.0 * slope * slope * small.w.constant;
        let mut plane = row(-constant, f64::INFINITY, terms);
        self.drop_tiny(&mut plane);
        self.problem.rows.push(plane);
        true
    }

    /// HiGHS drops tiny coefficients silently; here the row is loosened for them.
    fn drop_tiny(&self, row: &mut Row) {
        let mut slack = 0.0;
        row.terms.retain(|&(column, a)| {
            let column = &self.problem.columns[column];
            let most = (a * column.lower).max(a * column.upper);
            let tiny = a.abs() < 1e-8 && most.is_finite();
            if tiny {
                slack += most.max(0.0);
            }
            !tiny
        });
        row.lower -= slack;
    }

    /// Excludes one assignment of 0/1 columns that is proven infeasible.
    pub fn exclude(&mut self, assignment: &[(ColumnId, f64)]) {
        let ones = assignment.iter().filter(|(_, v)| *v > 0.5).count() as f64;
        let terms = assignment.iter().map(|&(c, v)| (c, if v > 0.5 { -1.0 } else { 1.0 })).collect();
        self.problem.rows.push(row(1.0 - ones, f64::INFINITY, terms));
    }
}

fn scaled(entry: &Entry, factor: f64) -> Entry {
    Entry { constant: factor * entry.constant, terms: entry.terms.iter().map(|&(c, a)| (c, factor * a)).collect() }
}

fn linear_part(space: &Space) -> Lowered {
    let Conic { offset, cost, rows, .. } = &space.problem;
    let columns = (space.domain.implied_lower.iter().zip(&space.domain.implied_upper).zip(&space.integer))
        .map(|((&low, &high), &integer)| column(low, high, integer))
        .collect();
    Lowered {
        columns,
        derived: IdVec::new(),
        objective: cost.each().map(|(column, c)| (column, *c)).filter(|(_, c)| *c != 0.0).collect(),
        offset: *offset,
        objective_scale: 1.0,
        rows: rows.iter().map(|r| row(r.lower, r.upper, r.terms.clone())).collect(),
        cones: IdVec::new(),
        arborescences: Vec::new(),
        islands: false,
        acyclic: Vec::new(),
    }
}

fn column(lower: f64, upper: f64, integer: bool) -> Column {
    let (source, origin) = (ColumnSource::Auxiliary, OriginId(0));
    Column { name: Name::default(), lower, upper, integer, scale: 1.0, source, origin }
}

/// A row with merged terms, its largest coefficient 1.
fn row(lower: f64, upper: f64, mut terms: Vec<(ColumnId, f64)>) -> Row {
    terms.sort_by_key(|t| t.0);
    terms.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    let largest = terms.iter().fold(0.0, |m: f64, t| m.max(t.1.abs()));
    let factor = if largest > 0.0 { 1.0 / largest } else { 1.0 };
    terms.iter_mut().for_each(|t| t.1 *= factor);
    Row { name: Name::default(), lower: lower * factor, upper: upper * factor, terms, scale: 1.0, origin: OriginId(0) }
}
