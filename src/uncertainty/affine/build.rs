//! The deterministic program of a plan with affine rules.

use super::Policy;
use super::known::known;
use super::linear::{Linear, Piece, refusal};
use super::support::{Slopes, Support};
use crate::diagnostics::Diagnostic;
use crate::ids::Id;
use crate::program::{
    Affine, Constraint, Domain, Form, Objective, OriginId, Program, Relation, Stage, VarId, Variable,
};
use crate::uncertainty::parts::{cost, form_is_later, is_later, is_recourse, split_form};
use crate::uncertainty::rule;
use crate::uncertainty::{Set, at};

/// The program and what its variables are: first those of the original, later ones at the centre.
pub(super) struct Built {
    pub program: Program,
    /// Per variable of the original, and per further decision: factors and the slopes' numbers.
    slopes: Vec<Vec<(usize, VarId)>>,
    originals: usize,
    centre: Vec<f64>,
    /// Change of the cost per unit of each factor.
    pub cost: Slopes,
    /// A rule without any decision moves with a factor and cannot.
    pub broken: bool,
}

impl Built {
    /// The rules in a point of the program.
    pub fn policy(&self, values: &[f64]) -> Policy {
        let value = |v: &VarId| *v.of(values);
        let slopes = |list: &Vec<(usize, VarId)>| list.iter().map(|(f, v)| (*f, value(v))).collect();
        Policy {
            centre: self.centre.clone(),
            base: values.iter().take(self.originals).copied().collect(),
            slopes: self.slopes.iter().take(self.originals).map(slopes).collect(),
        }
    }
}

/// Writes the program down.
pub(super) fn build(
    program: &Program,
    set: &Set<'_>,
    centre: Vec<f64>,
    causal: bool,
) -> Result<Built, Vec<Diagnostic>> {
    let span =
        program.objectives.first().map_or_else(|| program.origin(OriginId(0)).span, |o| program.origin(o.origin).span);
    let support = Support::new(program, set, &centre, span)
        .map_err(|budget| vec![*refusal(program.origin(budget.origin).span, "a set without linear limits")])?;
    let mut to = Program {
        periods: program.periods,
        step: program.step,
        variables: program.variables.clone(),
        atoms: program.atoms.clone(),
        origins: program.origins.clone(),
        network: at(program, &centre).network,
        ..Program::default()
    };
    for (i, atom) in to.atoms.iter_mut().enumerate() {
        let alone = Form { atoms: [(crate::program::AtomId(i as u32), 1.0)].into(), ..Form::default() };
        if form_is_later(program, &alone) {
            atom.args.clear();
        }
    }
    let mut build =
        Build { program, set, to, support, linear: Linear::new(program), slopes: Vec::new(), centre, broken: false };
    build.decisions(causal)?;
    build.rules();
    let cost = build.cost();
    let Build { to, slopes, centre, broken, .. } = build;
    Ok(Built { program: to, slopes, originals: program.variables.len(), centre, cost, broken })
}

struct Build<'a> {
    program: &'a Program,
    set: &'a Set<'a>,
    to: Program,
    support: Support,
    linear: Linear<'a>,
    slopes: Vec<Vec<(usize, VarId)>>,
    centre: Vec<f64>,
    broken: bool,
}

/// Share of a factor's range that the set must be long to limit slopes.
const LEAST_CHORD: f64 = 1e-3;
/// The cost stands behind the rules.
const COST: usize = usize::MAX;

/// A later rule without atoms: its relation's form, whether it is an equation, its place.
struct Flat {
    form: Form,
    equal: bool,
    rule: usize,
}

impl Build<'_> {
    /// Slopes of later decisions. Rules are looked at first: they say which further decisions there are.
    fn decisions(&mut self, causal: bool) -> Result<(), Vec<Diagnostic>> {
        let program = self.program;
        let whole = |v: &&Variable| v.stage == Stage::Recourse && v.domain != Domain::Continuous;
        if let Some(v) = program.variables.iter().find(whole) {
            return Err(vec![*refusal(program.origin(v.origin).span, "a whole number decided later")]);
        }
        let mut found = Vec::new();
        let later = |c: &&(usize, &Constraint)| !c.1.implied && is_later(program, &c.1.relation);
        for (i, c) in program.constraints.iter().enumerate().collect::<Vec<_>>().iter().filter(later) {
            if let Err(d) = self.flat(*i, c) {
                found.push(*d);
                break;
            }
        }
        if let (Some(o), true) = (program.objectives.first(), found.is_empty()) {
            let (_, later) = split_form(program, &cost(o));
            if let Err(d) = self.linear.form(&later, COST, program.origin(o.origin).span) {
                found.push(*d);
            }
        }
        if !found.is_empty() {
            return Err(found);
        }
        let idle = (0..program.factors.len()).filter(|f| !self.support.moves(*f)).collect();
        let mut known = known(program, causal, &idle);
        for Piece { decisions, factors, .. } in &self.linear.of {
            let all = decisions.iter().filter_map(|v| known.get(v.0 as usize)).flatten().chain(factors);
            let mut all: Vec<usize> = all.copied().filter(|f| !idle.contains(f)).collect();
            all.sort_unstable();
            all.dedup();
            known.push(all);
        }
        for of in &self.linear.of {
            let unit = of.decisions.first().map_or_else(crate::uncertainty::plain, |v| self.unit(*v));
            self.to.variables.push(Variable {
                name: of.name.as_str().into(),
                domain: Domain::Continuous,
                lower: f64::NEG_INFINITY,
                upper: f64::INFINITY,
                stage: Stage::Recourse,
                unit,
                origin: OriginId(0),
            });
        }
        let chords: Vec<f64> = (0..program.factors.len()).map(|f| self.chord(f)).collect();
        for (v, factors) in known.iter().enumerate() {
            let Some(variable) = self.to.variables.get(v).cloned() else { continue };
            let width = variable.upper - variable.lower;
            let mut list = Vec::with_capacity(factors.len());
            for f in factors {
                let most = chords.get(*f).filter(|c| **c > 0.0).map_or(f64::INFINITY, |c| width / c);
                let most = if most.is_nan() { f64::INFINITY } else { most };
                list.push((*f, VarId(self.to.variables.len() as u32)));
                let name = variable.name.with(":slope");
                self.to.variables.push(Variable { name, lower: -most, upper: most, ..variable.clone() });
            }
            self.slopes.push(list);
        }
        Ok(())
    }

    fn unit(&self, v: VarId) -> std::sync::Arc<crate::program::DisplayUnit> {
        self.to.variables.get(v.0 as usize).map_or_else(crate::uncertainty::plain, |v| v.unit.clone())
    }

    /// Length of the set through its centre along a factor, over which a decision within its range changes
    /// by no more than that range; 0 where that says little.
    fn chord(&self, factor: usize) -> f64 {
        let (low, high) = self.set.ranges()[factor];
        let reach = |end: f64| {
            let inside = |share: f64| {
                let mut z = self.centre.clone();
                if let Some(x) = z.get_mut(factor) {
                    *x += share * (end - *x);
                }
                self.set.contains(&z, 1e-9)
            };
            let (mut least, mut most) = (0.0, 1.0);
            if inside(1.0) {
                return (end - self.centre[factor]).abs();
            }
            for _ in 0..30 {
                let middle = 0.5 * (least + most);
                if inside(middle) { least = middle } else { most = middle }
            }
            least * (end - self.centre[factor]).abs()
        };
        let length = reach(low) + reach(high);
        if length > LEAST_CHORD * (high - low) { length } else { 0.0 }
    }

    /// The innermost relation of a rule as a flat form.
    fn flat(&mut self, rule: usize, c: &Constraint) -> Result<Flat, Box<Diagnostic>> {
        let span = self.program.origin(c.origin).span;
        let mut relation = &c.relation;
        while let Relation::Implies { when, then, .. } = relation {
            if is_recourse(self.program, *when) {
                return Err(refusal(span, "a condition that is decided later"));
            }
            relation = then;
        }
        match relation {
            Relation::Le(form) => Ok(Flat { form: self.linear.form(form, rule, span)?, equal: false, rule }),
            Relation::Eq(form) => {
                let flat = self.linear.form(form, rule, span)?;
                if flat.atoms.len() < form.atoms.len() {
                    return Err(refusal(span, "an equation with a bend"));
                }
                Ok(Flat { form: flat, equal: true, rule })
            }
            Relation::Implies { .. } => Err(refusal(span, "nested conditions")),
        }
    }

    /// All rules, those over later decisions for all of the set.
    fn rules(&mut self) {
        let program = self.program;
        for (i, c) in program.constraints.iter().enumerate() {
            if !is_later(program, &c.relation) {
                self.to.constraints.push(c.clone());
            } else if !c.implied
                && let Ok(flat) = self.flat(i, c)
            {
                self.robust(flat);
            }
        }
        let further: Vec<(Form, usize)> = self.linear.rules.clone();
        for (form, rule) in further {
            self.robust(Flat { form, equal: false, rule });
        }
        for v in 0..program.variables.len() {
            if self.slopes.get(v).is_some_and(|s| !s.is_empty()) {
                self.limits(v);
            }
        }
    }

    /// A decision stays within its range.
    fn limits(&mut self, v: usize) {
        let Some(variable) = self.program.variables.get(v).cloned() else { return };
        for (sign, end) in [(1.0, variable.upper), (-1.0, variable.lower)] {
            if end.is_finite() {
                let affine = Affine { constant: -sign * end, terms: [(VarId(v as u32), sign)].into() };
                let (form, slopes) = self.around(&Form::affine(affine));
                let mut form = form;
                self.support.add(&slopes, &mut form, &mut self.to, variable.origin);
                self.to.constraints.push(Constraint {
                    unit: variable.unit.clone(),
                    origin: variable.origin,
                    ..rule(variable.name.with(":range"), Relation::Le(form))
                });
            }
        }
    }

    /// A form at the centre, and its change per unit of each factor.
    fn around(&self, form: &Form) -> (Form, Slopes) {
        let mut out = Form { uncertain: Default::default(), ..form.clone() };
        let mut slopes = Slopes::new();
        for (f, affine) in &form.uncertain {
            let f = f.0 as usize;
            out.affine.add_scaled(affine, self.centre[f]);
            slopes.entry(f).or_default().add_scaled(affine, 1.0);
        }
        for (v, c) in &form.affine.terms {
            for (f, slope) in self.slopes.get(v.0 as usize).into_iter().flatten() {
                slopes.entry(*f).or_default().add_scaled(&Affine::variable(*slope), *c);
            }
        }
        slopes.retain(|_, a| a.constant != 0.0 || !a.terms.is_empty());
        (out, slopes)
    }

    /// A later rule for all of the set.
    fn robust(&mut self, flat: Flat) {
        let program = self.program;
        let Some(c) = program.constraints.get(flat.rule) else {
            self.of_cost(&flat);
            return;
        };
        let (mut form, slopes) = self.around(&flat.form);
        if flat.equal {
            for (f, form) in self.support.vanishes(&slopes, &mut self.to) {
                if form.is_constant() {
                    self.broken |= form.affine.constant.abs() > 1e-9;
                    continue;
                }
                let name = program.factors.get(f).map_or_else(String::new, |f| format!(":{}", f.name));
                self.push(c, name, Relation::Eq(form));
            }
            self.push(c, String::new(), Relation::Eq(form));
        } else {
            self.support.add(&slopes, &mut form, &mut self.to, c.origin);
            self.push(c, String::new(), Relation::Le(form));
        }
    }

    /// A piece of the cost for all of the set.
    fn of_cost(&mut self, flat: &Flat) {
        let Some(o) = self.program.objectives.first() else { return };
        let (mut form, slopes) = self.around(&flat.form);
        self.support.add(&slopes, &mut form, &mut self.to, o.origin);
        self.to.constraints.push(Constraint {
            unit: o.unit.clone(),
            origin: o.origin,
            ..rule("cost", Relation::Le(form))
        });
    }

    /// Adds a rule under the conditions of the one that it comes from.
    fn push(&mut self, c: &Constraint, more: String, relation: Relation) {
        let constant = match &relation {
            Relation::Le(f) if f.is_constant() => Some(f.affine.constant),
            Relation::Eq(f) if f.is_constant() => Some(f.affine.constant.abs()),
            _ => None,
        };
        let mut conditions = Vec::new();
        let mut from = &c.relation;
        while let Relation::Implies { when, is, then } = from {
            conditions.push((*when, *is));
            from = then;
        }
        if let Some(x) = constant.filter(|x| *x <= 1e-7 || conditions.is_empty()) {
            self.broken |= x > 1e-7;
            return;
        }
        let relation = conditions.into_iter().rev().fold(relation, |then, (when, is)| Relation::Implies {
            when,
            is,
            then: Box::new(then),
        });
        let name = if more.is_empty() { c.name.clone() } else { c.name.with(more) };
        self.to.constraints.push(Constraint { name, relation, acyclic: false, ..c.clone() });
    }

    /// The objective: what is settled ahead and the worst of the rest. Change of the cost by factor.
    fn cost(&mut self) -> Slopes {
        let Some(o) = self.program.objectives.first() else { return Slopes::new() };
        let (ahead, later) = split_form(self.program, &cost(o));
        let span = self.program.origin(o.origin).span;
        let Ok(later) = self.linear.form(&later, COST, span) else { return Slopes::new() };
        let (mut form, slopes) = self.around(&later);
        self.support.add(&slopes, &mut form, &mut self.to, o.origin);
        let mut total = ahead;
        total.add_scaled(&form, 1.0);
        self.to.objectives.push(Objective {
            name: o.name.clone(),
            maximize: false,
            terms: vec![("worst".into(), total)],
            unit: o.unit.clone(),
            origin: o.origin,
        });
        slopes
    }
}
