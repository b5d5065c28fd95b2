//! Scaling: columns, rows, cones and objective in numbers near 1, by powers of two, which are exact.
//!
//! - A whole column has scale 1. A column with a finite declared range has its greatest absolute
//!   value, unless the range reaches far beyond what the rules ask for: then it has that of the range
//!   that follows, or where that reaches as far, the size that the rules ask for. Others take the
//!   geometric mean of the derived ranges of their family (same name, other index) that are more than
//!   nothing, so that the flows of all lines share one base, unless their
//!   own is far greater; families without any take the size that
//!   balances them in their rows, or their display unit. Where a solution is known, its greatest value of each
//!   family counts before all of these. Flows of a network whose ranges reach far beyond its loads take their size.
//! - A row is divided by its greatest coefficient, or by the mean of the greatest and the least where
//!   they are far apart. One that cannot hold is divided by what it misses.
//! - A rotated cone is divided so that its first two entries have greatest coefficient 1; the others
//!   follow, since `2 (e₀/a)(e₁/b) >= ‖rest/√(ab)‖²`. With flows scaled by `√(v̄ l̄)`, which is their
//!   derived range, `P² + Q² <= v l` keeps coefficients near 1.
//! - The objective is divided by its greatest coefficient.

use super::bounds::Bounds;
use super::loads::by_loads;
use super::lower::Near;
use super::map::{Relaxes, RowSource};
use super::{Column, ColumnSource, Cone, ConeKind, Entry, Lowered, Row};
use crate::ids::{Id, IdVec};
use crate::lowered::ColumnId;
use crate::program::{Affine, Program, VarId};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Scales the problem in place and installs the objective `sign · cost`. Returns, per cone, the
/// growth of what relaxes (gap, first entry) per coherent unit.
pub(super) fn scale(
    program: &Program,
    bounds: &Bounds,
    problem: &mut Lowered,
    (sources, near): (&[RowSource], &Near),
    (cost, sign): (Affine, f64),
) -> Vec<(f64, f64)> {
    let scales = column_scales(program, bounds, problem, near);
    problem.derived = scales
        .iter()
        .enumerate()
        .map(|(i, s)| {
            let range = bounds.get(VarId(i as u32));
            let column = problem.columns.get(i);
            let (lower, upper) = column.map_or((range.lower, range.upper), |c| (c.lower, c.upper));
            (range.lower.max(lower) / s, range.upper.min(upper) / s)
        })
        .collect();
    for (i, (column, s)) in problem.columns.iter_mut().zip(&scales).enumerate() {
        if let Some(range) = bounds.instead_of_declared(program, VarId(i as u32)) {
            column.lower = column.lower.max(range.lower);
            column.upper = column.upper.min(range.upper);
        }
        column.scale = *s;
        column.lower /= s;
        column.upper /= s;
    }
    let scale_of = |c: ColumnId| *c.of(&scales);
    for (row, source) in problem.rows.iter_mut().zip(sources) {
        row.terms.iter_mut().for_each(|(c, a)| *a *= scale_of(*c));
        let floor =
            source.constraint().and_then(|c| program.constraints.get(c)).map_or(f64::INFINITY, |c| c.unit.floor);
        let missed = missed(&problem.columns, row).filter(|missed| *missed > floor);
        let r = missed.map_or_else(|| row_scale(&row.terms), power_of_two);
        row.terms.iter_mut().for_each(|(_, a)| *a /= r);
        row.lower /= r;
        row.upper /= r;
        row.scale = r;
    }
    let factors = problem.cones.iter_mut().map(|cone| scale_cone(cone, &scale_of)).collect();
    let in_columns = cost.terms.iter().map(|(v, c)| (ColumnId(v.0), c * scale_of(ColumnId(v.0))));
    let mut terms: Vec<(ColumnId, f64)> = in_columns.collect();
    let k = cost_scale(&terms);
    terms.iter_mut().for_each(|(_, c)| *c /= k);
    problem.objective = terms;
    problem.offset = cost.constant / k;
    problem.objective_scale = sign * k;
    factors
}

/// Coefficients that differ by more than this are far apart: the least would be next to nothing beside the greatest.
const APART: f64 = 1_048_576.0;

/// A derived range that is so many times the mean of its family's is on another level of voltage.
const OTHER_LEVEL: f64 = 4096.0;

/// A column's range that is so many times what a row asks of it alone says nothing of its size.
const ALONE: f64 = 65_536.0;

/// A flow that is so many times beyond the loads of its network is not what they ask for.
const BEYOND_LOADS: f64 = 1024.0;

/// A range that is narrower than this, in coherent units, is rounding.
const ROUNDING: f64 = 1e-12;

/// A scaled range that is narrower than this is nothing.
const SETTLED: f64 = 1e-9;

/// Least and greatest magnitude of coefficients that are not zero.
fn ends(terms: &[(ColumnId, f64)]) -> (f64, f64) {
    let sizes = terms.iter().map(|t| t.1.abs()).filter(|a| *a > 0.0);
    sizes.fold((f64::INFINITY, 0.0), |(least, most), a| (least.min(a), most.max(a)))
}

/// What a row is divided by.
pub(crate) fn row_scale(terms: &[(ColumnId, f64)]) -> f64 {
    let (least, most) = ends(terms);
    let mean = if most > APART * least { (least.sqrt() * most.sqrt()).max(most / 32_768.0) } else { most };
    power_of_two(mean)
}

/// By how much a row cannot hold, whatever its columns are; none where it can. Divided by its greatest coefficient it
/// might hold within the tolerance of an engine.
fn missed(columns: &IdVec<ColumnId, Column>, row: &Row) -> Option<f64> {
    let (mut least, mut most, mut size) = (0.0, 0.0, 0.0f64);
    for &(c, a) in &row.terms {
        let ends = (a * columns[c].lower, a * columns[c].upper);
        least += ends.0.min(ends.1);
        most += ends.0.max(ends.1);
        size = size.max(ends.0.abs().min(ends.1.abs()));
    }
    let missed = (row.lower - most).max(least - row.upper);
    (missed.is_finite() && missed > MISSED * size).then_some(missed)
}

/// Less than this share of what a row adds up is rounding.
const MISSED: f64 = 1e-6;

/// What the objective is divided by: its greatest coefficient, less where the least would be next to nothing.
fn cost_scale(terms: &[(ColumnId, f64)]) -> f64 {
    let (least, most) = ends(terms);
    let far = (most / (APART * least)).clamp(1.0, APART);
    power_of_two(if least.is_finite() { most / far } else { most })
}

/// Growth per coherent unit, of the kind that the cone's source tells.
pub(super) fn growth(relaxes: Relaxes, factors: (f64, f64)) -> f64 {
    match relaxes {
        Relaxes::Gap => factors.0,
        Relaxes::First => factors.1,
    }
}

fn scale_cone(cone: &mut Cone, scale_of: &impl Fn(ColumnId) -> f64) -> (f64, f64) {
    for entry in &mut cone.entries {
        entry.terms.iter_mut().for_each(|(c, a)| *a *= scale_of(*c));
    }
    let size = |e: &Entry| {
        let most = e.terms.iter().map(|t| t.1.abs()).fold(0.0, f64::max);
        if most > 0.0 { most } else { e.constant.abs() }
    };
    let sizes: Vec<f64> = cone.entries.iter().map(size).collect();
    let rest = sizes.iter().skip(1).copied().fold(0.0, f64::max);
    let (first, second, others) = match cone.kind {
        ConeKind::SecondOrder => {
            let c = power_of_two(sizes.first().copied().filter(|s| *s > 0.0).unwrap_or(rest));
            (c, c, c)
        }
        ConeKind::Rotated => {
            let exponent = |i: usize| power_of_two(sizes.get(i).copied().unwrap_or(1.0)).log2().round() as i32;
            let (i, mut j) = (exponent(0), exponent(1));
            j += (i + j).rem_euclid(2);
            (2f64.powi(i), 2f64.powi(j), 2f64.powi((i + j) / 2))
        }
    };
    for (i, entry) in cone.entries.iter_mut().enumerate() {
        let by = match i {
            0 => first,
            1 => second,
            _ => others,
        };
        entry.constant /= by;
        entry.terms.iter_mut().for_each(|(_, a)| *a /= by);
    }
    (1.0 / (others * others), 1.0 / first)
}

/// The power of two nearest to a size (1 for none).
pub(crate) fn power_of_two(size: f64) -> f64 {
    if size > 0.0 && size.is_finite() { 2f64.powi((size.log2().round() as i32).clamp(-300, 300)) } else { 1.0 }
}

/// A geometric mean under construction.
#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    fn add(&mut self, size: f64) {
        if size > 0.0 && size.is_finite() {
            self.sum += size.log2();
            self.count += 1.0;
        }
    }

    fn value(self) -> Option<f64> {
        (self.count > 0.0).then(|| (self.sum / self.count).exp2())
    }
}

fn column_scales(program: &Program, bounds: &Bounds, problem: &Lowered, near: &Near) -> Vec<f64> {
    let count = problem.columns.len();
    let mut scales = vec![0.0; count];
    // Where rules settle a column at nothing, what is left of its range is rounding: for a range that follows, what
    // is less than the floor of its quantity, too.
    let floors = floors(program, bounds, problem);
    let floor = |i: usize| floors[i];
    let mut sizes_near: FxHashMap<Cow<'_, str>, f64> = FxHashMap::default();
    let plan = if let Near::Plan(x) = near { x.as_slice() } else { &[] };
    for (variable, x) in program.variables.iter().zip(plan) {
        let most = sizes_near.entry(variable.name.stem()).or_insert(0.0);
        *most = most.max(x.abs());
    }
    let mut family_of: Vec<u32> = Vec::with_capacity(count);
    let mut families: FxHashMap<Cow<'_, str>, u32> = FxHashMap::default();
    for (i, (column, s)) in problem.columns.iter().zip(&mut scales).enumerate() {
        let next = families.len() as u32;
        family_of.push(*families.entry(family(column)).or_insert(next));
        let id = VarId(i as u32);
        if column.integer {
            *s = 1.0;
        } else if let Some(size) = sizes_near.get(&*family(column)).filter(|size| **size > floor(i)) {
            *s = power_of_two(*size);
        } else if let Some(size) = bounds.wide(id) {
            *s = power_of_two(size);
        } else if column.lower.is_finite() && column.upper.is_finite() {
            let range = bounds.instead_of_declared(program, id);
            let (lower, upper) = range.map_or((column.lower, column.upper), |r| (r.lower, r.upper));
            let size = lower.abs().max(upper.abs());
            let variable = program.variables.get(i);
            let declared = variable.is_some_and(|v| v.lower == column.lower && v.upper == column.upper);
            let nothing = if declared && range.is_none() { ROUNDING } else { floor(i) };
            *s = if size > nothing { power_of_two(size) } else { 0.0 };
        }
    }
    if bounds.unlimited() {
        asked_alone(problem, &mut scales);
    }
    let mut means = vec![Mean::default(); families.len()];
    let open = || (0..count).filter(|i| scales[*i] == 0.0).map(|i| (i, bounds.get(VarId(i as u32)).magnitude()));
    let mut greatest = vec![0.0f64; families.len()];
    for (i, size) in open().filter(|(_, size)| size.is_finite()) {
        let most = &mut greatest[family_of[i] as usize];
        *most = most.max(size);
    }
    for (i, size) in open().filter(|(i, size)| *size >= floor(*i).max(greatest[family_of[*i] as usize] / APART)) {
        means[family_of[i] as usize].add(size);
    }
    // Where nothing follows for any of them: what those of the family have that have a range.
    let mut others = vec![Mean::default(); families.len()];
    for (i, s) in scales.iter().enumerate().filter(|(i, s)| **s > 0.0 && !problem.columns[ColumnId(*i as u32)].integer)
    {
        others[family_of[i] as usize].add(*s);
    }
    means.iter_mut().zip(others).filter(|(m, _)| m.count == 0.0).for_each(|(m, other)| *m = other);
    let install = |scales: &mut Vec<f64>, means: &[Mean]| {
        let mut missing = false;
        for (s, f) in scales.iter_mut().zip(&family_of).filter(|(s, _)| **s == 0.0) {
            match means[*f as usize].value() {
                Some(size) => *s = power_of_two(size),
                None => missing = true,
            }
        }
        missing
    };
    // On another level of voltage than most of its family a decision has a size of its own.
    let beyond = |i: usize, size: f64| {
        size.is_finite() && means[family_of[i] as usize].value().is_some_and(|mean| size > OTHER_LEVEL * mean)
    };
    let own: Vec<(usize, f64)> = open().filter(|(i, size)| beyond(*i, *size)).collect();
    own.into_iter().for_each(|(i, size)| scales[i] = power_of_two(size));
    for _ in 0..4 {
        if !install(&mut scales, &means) {
            break;
        }
        means.fill(Mean::default());
        for row in &problem.rows {
            let known = |(c, a): &(ColumnId, f64)| a.abs() * c.of(&scales);
            let end = [row.lower, row.upper].into_iter().filter(|e| e.is_finite()).map(f64::abs).fold(0.0, f64::max);
            let size = row.terms.iter().map(known).fold(end, f64::max);
            for (c, a) in &row.terms {
                if *c.of(&scales) == 0.0 && *a != 0.0 {
                    means[*c.of(&family_of) as usize].add(size / a.abs());
                }
            }
        }
    }
    for (column, s) in problem.columns.iter().zip(&mut scales).filter(|(_, s)| **s == 0.0) {
        *s = match column.source {
            ColumnSource::Variable(v) => program.variables.get(v).map_or(1.0, |v| power_of_two(v.unit.factor.abs())),
            ColumnSource::Auxiliary => 1.0,
        };
    }
    match near {
        Near::Ranges => of_loads(program, &mut scales, BEYOND_LOADS),
        Near::Loads => of_loads(program, &mut scales, 1.0),
        Near::Plan(_) => {}
    }
    if bounds.unlimited() {
        settle(bounds, problem, &floors, &mut scales);
    }
    scales
}

/// A column that a row asks for alone has the size that it asks for, where its range reaches far beyond: its rule may
/// have been one of products, of which sizes follow only here.
fn asked_alone(problem: &Lowered, scales: &mut [f64]) {
    for row in &problem.rows {
        let &[(column, a)] = row.terms.as_slice() else { continue };
        let asks = if row.lower > 0.0 { row.lower } else { -row.upper };
        let size = asks / a.abs();
        let s = column.of_mut(scales);
        if size > 0.0 && size.is_finite() && !problem.columns[column].integer && *s > ALONE * size {
            *s = power_of_two(size);
        }
    }
}

/// Flows whose ranges reach `far` times beyond what the loads of the network ask for take the size of these.
fn of_loads(program: &Program, scales: &mut [f64], far: f64) {
    let Some(loads) = by_loads(program) else { return };
    for (size, s) in loads.into_iter().zip(scales).filter(|(size, _)| *size > 0.0) {
        if *s > far * size {
            *s = power_of_two(size);
        }
    }
}

/// What is nothing, per column in coherent units. An auxiliary column has that of the decisions that it stands with,
/// where a range stands for "no limit".
fn floors(program: &Program, bounds: &Bounds, problem: &Lowered) -> Vec<f64> {
    let of_variable = |i: usize| program.variables.get(i).map_or(ROUNDING, |v| v.unit.floor.max(ROUNDING));
    let mut floors: Vec<f64> = (0..problem.columns.len()).map(of_variable).collect();
    if !bounds.unlimited() {
        return floors;
    }
    let of_program = |c: ColumnId| matches!(problem.columns[c].source, ColumnSource::Variable(_));
    for row in &problem.rows {
        let own = row.terms.iter().filter(|(c, _)| of_program(*c) && !problem.columns[*c].integer);
        let floor = own.map(|(c, a)| a.abs() * of_variable(c.0 as usize)).fold(0.0, f64::max);
        for (c, a) in row.terms.iter().filter(|(c, a)| !of_program(*c) && *a != 0.0) {
            let own = &mut floors[c.0 as usize];
            *own = own.max(floor / a.abs());
        }
    }
    floors
}

/// Columns that rules settle at nothing take no part in what their rows are divided by.
fn settle(bounds: &Bounds, problem: &Lowered, floors: &[f64], scales: &mut [f64]) {
    let nothing = |c: ColumnId| {
        let most = c.of(floors).max(SETTLED * *c.of(scales));
        !problem.columns[c].integer && bounds.get(VarId(c.0)).magnitude() <= most
    };
    let settled: Vec<bool> = problem.columns.ids().map(nothing).collect();
    let mut least = vec![f64::INFINITY; scales.len()];
    for row in &problem.rows {
        let others = row.terms.iter().filter(|(c, _)| !*c.of(&settled) && !problem.columns[*c].integer);
        let of_others = others.map(|(c, a)| a.abs() * *c.of(scales));
        let most = of_others.fold(0.0, f64::max);
        for (c, a) in row.terms.iter().filter(|(c, a)| *c.of(&settled) && *a != 0.0 && most > 0.0) {
            let least = &mut least[c.0 as usize];
            *least = least.min(most / a.abs());
        }
    }
    for (s, least) in scales.iter_mut().zip(least).filter(|(s, least)| *least < **s) {
        *s = power_of_two(least);
    }
}

/// The name without indices; auxiliary columns are told apart by their rule and their owner's family.
fn family(column: &Column) -> Cow<'_, str> {
    match column.source {
        ColumnSource::Variable(_) => column.name.stem(),
        ColumnSource::Auxiliary => Cow::Owned(column.name.to_string()),
    }
}
