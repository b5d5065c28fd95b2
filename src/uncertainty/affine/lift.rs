//! The polytope of a group of factors with its absolute values and maxima as further coordinates:
//! `{ z : A z + B w <= b, some of these as equations, l <= z <= u }`.

use crate::program::{AtomKind, Budget, Form, Program, Relation};
use crate::uncertainty::Group;

/// A row `a · z + c · w <= limit`, or `=`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    /// Factors (their numbers in the program).
    pub z: Vec<(usize, f64)>,
    /// Further coordinates.
    pub w: Vec<(usize, f64)>,
    /// The limit.
    pub limit: f64,
    /// An equation.
    pub equal: bool,
}

/// What budgets say of a group; ranges of factors are not among the rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lift {
    /// The factors.
    pub factors: Vec<usize>,
    /// How many further coordinates there are.
    pub more: usize,
    /// The rows.
    pub rows: Vec<Row>,
    /// Where the only budget is a sum over factors, each by itself: what each adds.
    pub sum: Option<Sum>,
}

/// `weight · z` of a factor, or `weight · |slope · z + constant|`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// The factor.
    pub factor: usize,
    /// Its weight.
    pub weight: f64,
    /// Slope and constant inside the absolute value.
    pub inside: Option<(f64, f64)>,
}

/// `Σ pieces <= limit`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sum {
    /// What is added up.
    pub pieces: Vec<Piece>,
    /// The limit.
    pub limit: f64,
}

impl Lift {
    /// Of a group; the budget that is no polytope where there is one.
    pub fn of<'a>(program: &'a Program, group: &Group) -> Result<Lift, &'a Budget> {
        let mut out = Lift { factors: group.factors.clone(), ..Lift::default() };
        let budgets: Vec<&Budget> = group.budgets.iter().filter_map(|b| program.budgets.get(*b)).collect();
        for budget in &budgets {
            let (form, equal) = match &budget.relation {
                Relation::Le(form) => (form, false),
                Relation::Eq(form) if form.is_affine() => (form, true),
                _ => return Err(budget),
            };
            let Some(row) = out.row(program, form) else { return Err(budget) };
            out.rows.push(Row { equal, ..row });
        }
        if let [Budget { relation: Relation::Le(form), .. }] = budgets.as_slice() {
            out.sum = sum(program, form);
        }
        Ok(out)
    }

    fn row(&mut self, program: &Program, form: &Form) -> Option<Row> {
        if !form.products.is_empty() || !form.uncertain.is_empty() {
            return None;
        }
        let z = form.affine.terms.iter().map(|(v, c)| (v.0 as usize, *c)).collect();
        let mut out = Row { z, w: Vec::new(), limit: -form.affine.constant, equal: false };
        for (id, weight) in &form.atoms {
            let atom = program.atom(*id);
            let w = self.more;
            self.more += 1;
            let above = |lift: &mut Lift, arg: &Form, sign: f64| -> Option<()> {
                let mut row = lift.row(program, arg)?;
                row.z.iter_mut().for_each(|t| t.1 *= sign);
                row.limit *= sign;
                row.w.push((w, -1.0));
                lift.rows.push(row);
                Some(())
            };
            match atom.kind {
                _ if *weight < 0.0 => return None,
                AtomKind::Abs => {
                    let arg = atom.args.first().filter(|a| a.is_affine())?;
                    above(self, arg, 1.0)?;
                    above(self, arg, -1.0)?;
                }
                AtomKind::Max => atom.args.iter().try_for_each(|arg| above(self, arg, 1.0))?,
                _ => return None,
            }
            out.w.push((w, *weight));
        }
        Some(out)
    }
}

fn sum(program: &Program, form: &Form) -> Option<Sum> {
    let plain = |(v, c): &(crate::program::VarId, f64)| Piece { factor: v.0 as usize, weight: *c, inside: None };
    let mut pieces: Vec<Piece> = form.affine.terms.iter().map(plain).collect();
    for (id, weight) in &form.atoms {
        let atom = program.atom(*id);
        let (AtomKind::Abs, [arg]) = (&atom.kind, atom.args.as_slice()) else { return None };
        let [(v, slope)] = arg.affine.terms.as_slice() else { return None };
        if !arg.is_affine() || *weight < 0.0 {
            return None;
        }
        pieces.push(Piece { factor: v.0 as usize, weight: *weight, inside: Some((*slope, arg.affine.constant)) });
    }
    Some(Sum { pieces, limit: -form.affine.constant })
}

impl Sum {
    /// Least and greatest of what a factor adds over its range.
    pub fn range(&self, factor: usize, low: f64, high: f64) -> (f64, f64) {
        let of: Vec<&Piece> = self.pieces.iter().filter(|p| p.factor == factor).collect();
        let value =
            |z: f64| -> f64 { of.iter().map(|p| p.weight * p.inside.map_or(z, |(a, b)| (a * z + b).abs())).sum() };
        let kinks =
            of.iter().filter_map(|p| p.inside.filter(|(a, _)| *a != 0.0).map(|(a, b)| (-b / a).clamp(low, high)));
        let values: Vec<f64> = kinks.chain([low, high]).map(value).collect();
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        (least, values.into_iter().fold(f64::NEG_INFINITY, f64::max))
    }
}
