//! The greatest value of a linear function of the factors over the set, as a form that is never less:
//! by duality over the polytope of each group, in closed form where only ranges bind.

use super::lift::{Lift, Piece, Row};
use crate::program::{
    Affine, Atom, AtomId, AtomKind, Budget, Constraint, Domain, Exactness, Form, OriginId, Program, Relation, Stage,
    VarId, Variable,
};
use crate::source::Span;
use crate::uncertainty::rule;
use crate::uncertainty::{Set, plain};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Change per unit of each factor.
pub(super) type Slopes = BTreeMap<usize, Affine>;

/// Terms as bits, by which equal forms are known.
type Key = Vec<(u32, u64)>;

/// The groups of a set, around a point.
pub(super) struct Support {
    lifts: Vec<Lift>,
    /// Per factor: its group.
    group: Vec<usize>,
    /// Per factor: least and greatest deviation from the point by its range.
    range: Vec<(f64, f64)>,
    centre: Vec<f64>,
    absolute: FxHashMap<Key, AtomId>,
    span: Span,
}

impl Support {
    /// Of a program's set around `centre`; the budget that is no polytope where there is one.
    pub fn new<'a>(program: &'a Program, set: &Set<'_>, centre: &[f64], span: Span) -> Result<Self, &'a Budget> {
        let lifts = set.groups().iter().map(|g| Lift::of(program, g)).collect::<Result<Vec<_>, _>>()?;
        let mut group = vec![0; program.factors.len()];
        for (g, lift) in lifts.iter().enumerate() {
            for f in &lift.factors {
                if let Some(slot) = group.get_mut(*f) {
                    *slot = g;
                }
            }
        }
        let range = set.ranges().iter().zip(centre).map(|((l, u), c)| (l - c, u - c)).collect();
        Ok(Support { lifts, group, range, centre: centre.to_vec(), absolute: FxHashMap::default(), span })
    }

    /// Rules that make `slopes · deviation` zero in all of the set: one for each factor.
    pub fn vanishes(&self, slopes: &Slopes, to: &mut Program) -> Vec<(usize, Form)> {
        let mut out: BTreeMap<usize, Affine> = slopes.clone();
        // Equations of the set leave this much freedom.
        for lift in &self.lifts {
            for row in lift.rows.iter().filter(|r| r.equal && r.z.iter().any(|(f, _)| slopes.contains_key(f))) {
                let v = variable(to, f64::NEG_INFINITY, OriginId(0));
                for (f, a) in &row.z {
                    out.entry(*f).or_default().add_scaled(&Affine::variable(v), -a);
                }
            }
        }
        out.into_iter().filter(|(f, _)| self.moves(*f)).map(|(f, a)| (f, Form::affine(a))).collect()
    }

    /// Does the factor move at all?
    pub fn moves(&self, factor: usize) -> bool {
        self.range[factor].1 > self.range[factor].0
    }

    /// Adds to `form` what is at least `slopes · deviation` anywhere in the set.
    pub fn add(&mut self, slopes: &Slopes, form: &mut Form, to: &mut Program, origin: OriginId) {
        let mut groups: BTreeMap<usize, Vec<(usize, &Affine)>> = BTreeMap::new();
        for (f, a) in slopes.iter().filter(|(f, a)| self.moves(**f) && (a.constant != 0.0 || !a.terms.is_empty())) {
            groups.entry(self.group[*f]).or_default().push((*f, a));
        }
        for (g, list) in groups {
            match self.rows(g, &list.iter().map(|l| l.0).collect::<Vec<_>>()) {
                None => list.iter().for_each(|(f, a)| self.by_range(*f, a, form, to)),
                Some((factors, rows, more)) => self.by_duality(&list, &factors, &rows, more, form, to, origin),
            }
        }
    }

    /// Factors, rows and further coordinates that bind deviations of `moved`; none where ranges alone do.
    fn rows(&self, group: usize, moved: &[usize]) -> Option<(Vec<usize>, Vec<Row>, usize)> {
        let lift = self.lifts.get(group).filter(|l| !l.rows.is_empty())?;
        let Some(sum) = &lift.sum else { return Some((lift.factors.clone(), lift.rows.clone(), lift.more)) };
        let (mut most, mut rest) = (0.0, 0.0);
        for f in &lift.factors {
            let ((low, high), c) = (self.range.get(*f)?, self.centre.get(*f)?);
            let (least, greatest) = sum.range(*f, low + c, high + c);
            if moved.contains(f) { most += greatest } else { rest += least }
        }
        let limit = sum.limit - rest;
        if most <= limit + 1e-9 * (1.0 + limit.abs()) {
            return None;
        }
        // The others where they take least: what is left for these.
        let (mut rows, mut more) = (Vec::new(), 0);
        let mut total = Row { limit, ..Row::default() };
        for Piece { factor: f, weight, inside } in sum.pieces.iter().filter(|p| moved.contains(&p.factor)) {
            match inside {
                None => total.z.push((*f, *weight)),
                Some((slope, constant)) => {
                    for sign in [1.0, -1.0] {
                        let limit = -sign * constant;
                        rows.push(Row { z: vec![(*f, sign * slope)], w: vec![(more, -1.0)], limit, equal: false });
                    }
                    total.w.push((more, *weight));
                    more += 1;
                }
            }
        }
        rows.push(total);
        Some((moved.to_vec(), rows, more))
    }

    /// `middle · a + half · |a|`
    fn by_range(&mut self, factor: usize, a: &Affine, form: &mut Form, to: &mut Program) {
        let (low, high) = self.range[factor];
        form.affine.add_scaled(a, (low + high) / 2.0);
        let half = (high - low) / 2.0;
        let Some((first, size)) = a.terms.first().copied() else {
            form.affine.constant += half * a.constant.abs();
            return;
        };
        let unit = a.scaled(1.0 / size);
        let mut key: Key = unit.terms.iter().map(|(v, c)| (v.0, c.to_bits())).collect();
        key.push((first.0, unit.constant.to_bits()));
        let id = *self.absolute.entry(key).or_insert_with(|| {
            to.atoms.push(Atom {
                kind: AtomKind::Abs,
                args: [Form::affine(unit)].into(),
                exact: Exactness::No,
                span: self.span,
            });
            AtomId(to.atoms.len() as u32 - 1)
        });
        match form.atoms.iter_mut().find(|(a, _)| *a == id) {
            Some((_, weight)) => *weight += half * size.abs(),
            None => form.atoms.push((id, half * size.abs())),
        }
    }

    /// `max { a · d : rows, ranges } <= Σ λ · limit` for every `λ >= 0` that adds up to `a`.
    #[allow(clippy::too_many_arguments)]
    fn by_duality(
        &self,
        slopes: &[(usize, &Affine)],
        factors: &[usize],
        rows: &[Row],
        more: usize,
        form: &mut Form,
        to: &mut Program,
        origin: OriginId,
    ) {
        let mut of: BTreeMap<usize, Affine> = factors.iter().map(|f| (*f, Affine::default())).collect();
        for (f, a) in slopes {
            of.entry(*f).or_default().add_scaled(a, -1.0);
        }
        let mut of_more = vec![Affine::default(); more];
        for row in rows {
            let dual = Affine::variable(variable(to, if row.equal { f64::NEG_INFINITY } else { 0.0 }, origin));
            let centre = |(f, a): &(usize, f64)| a * self.centre[*f];
            form.affine.add_scaled(&dual, row.limit - row.z.iter().map(centre).sum::<f64>());
            row.z.iter().for_each(|(f, a)| of.entry(*f).or_default().add_scaled(&dual, *a));
            for (w, a) in &row.w {
                if let Some(sum) = of_more.get_mut(*w) {
                    sum.add_scaled(&dual, *a);
                }
            }
        }
        for (f, sum) in &mut of {
            let (low, high) = self.range[*f];
            for (sign, end) in [(1.0, high), (-1.0, low)] {
                let dual = Affine::variable(variable(to, 0.0, origin));
                form.affine.add_scaled(&dual, sign * end);
                sum.add_scaled(&dual, sign);
            }
        }
        for sum in of.into_values().chain(of_more) {
            to.constraints.push(Constraint { origin, ..rule("dual", Relation::Eq(Form::affine(sum))) });
        }
    }
}

/// A further decision of no name.
fn variable(to: &mut Program, lower: f64, origin: OriginId) -> VarId {
    let v = VarId(to.variables.len() as u32);
    // Rules of one statement share a scale.
    let name = to.origins.get(origin.0 as usize).map_or_else(|| "dual".into(), |o| format!("dual of {}", o.rule));
    to.variables.push(Variable {
        name: name.into(),
        domain: Domain::Continuous,
        lower,
        upper: f64::INFINITY,
        stage: Stage::Ahead,
        unit: plain(),
        origin,
    });
    v
}
