//! Decisions made ahead: which of them count, which belong together, and plans made of several.

use super::super::parts::{cost, is_later};
use crate::ids::Id;
use crate::program::{Affine, Constraint, Domain, Form, OriginId, Program, Relation, Stage, VarId};
use crate::uncertainty::rule;
use rustc_hash::FxHashMap;

/// What a program decides ahead.
#[derive(Debug, Clone)]
pub(super) struct Ahead {
    /// Variables that later rules or the cost speak of: two plans that agree on them are worth the same.
    pub deciding: Vec<VarId>,
    /// Variables that rules over decisions made ahead connect, block by block.
    blocks: Vec<Vec<VarId>>,
    /// Per variable of the program: is it deciding?
    counts: Vec<bool>,
    /// Per variable of the program: may it take all values between two?
    continuous: Vec<bool>,
    /// All deciding variables are 0 or 1.
    pub binary: bool,
    origin: OriginId,
}

/// A plan as far as it counts: one entry per deciding variable.
pub(super) type Key = Vec<u64>;

impl Ahead {
    /// Of a program.
    pub fn of(program: &Program) -> Ahead {
        let ahead: Vec<bool> = program.variables.iter().map(|v| v.stage == Stage::Ahead).collect();
        let is_ahead = |v: &VarId| *v.of(&ahead);
        let mut counts = vec![false; program.variables.len()];
        let mut parent: Vec<usize> = (0..program.variables.len()).collect();
        let mut list = Vec::new();
        for c in &program.constraints {
            list.clear();
            of_relation(program, &c.relation, &mut list);
            list.retain(is_ahead);
            if is_later(program, &c.relation) {
                list.iter().for_each(|v| mark(&mut counts, v.0 as usize));
            } else {
                for pair in list.windows(2) {
                    if let [a, b] = pair {
                        let (a, b) = (root(&mut parent, a.0 as usize), root(&mut parent, b.0 as usize));
                        if let Some(slot) = parent.get_mut(a.max(b)) {
                            *slot = a.min(b);
                        }
                    }
                }
            }
        }
        if let Some(o) = program.objectives.first() {
            list.clear();
            of_form(program, &cost(o), &mut list);
            list.iter().filter(|v| is_ahead(v)).for_each(|v| mark(&mut counts, v.0 as usize));
        }
        let mut place: FxHashMap<usize, usize> = FxHashMap::default();
        let (mut blocks, mut deciding): (Vec<Vec<VarId>>, Vec<VarId>) = (Vec::new(), Vec::new());
        for v in (0..program.variables.len()).filter(|v| ahead.get(*v) == Some(&true)) {
            let id = VarId(v as u32);
            let block = *place.entry(root(&mut parent, v)).or_insert(blocks.len());
            if block == blocks.len() {
                blocks.push(Vec::new());
            }
            if let Some(block) = blocks.get_mut(block) {
                block.push(id);
            }
            if counts.get(v) == Some(&true) {
                deciding.push(id);
            }
        }
        let binary = deciding.iter().all(|v| is_binary(program, *v));
        let continuous = program.variables.iter().map(|v| v.domain == Domain::Continuous).collect();
        let origin = program.objectives.first().map_or(OriginId(0), |o| o.origin);
        Ahead { deciding, blocks, counts, continuous, binary, origin }
    }

    /// What of a plan counts.
    pub fn key(&self, plan: &[f64]) -> Key {
        let value = |v: &VarId| {
            let x = *v.of(plan);
            // Both zeros are one value.
            (if self.is_continuous(v) { x } else { x.round() } + 0.0).to_bits()
        };
        self.deciding.iter().map(value).collect()
    }

    /// Values of the deciding variables.
    pub fn values(&self, plan: &[f64]) -> Vec<f64> {
        self.deciding.iter().map(|v| *v.of(plan)).collect()
    }

    /// Block by block what weighs most among these plans, the first of those that weigh the same; the mean
    /// where nothing in a block is whole. Rules over decisions made ahead stay kept.
    pub fn combined(&self, plans: &[(f64, &[f64])]) -> Option<Vec<f64>> {
        let mut out = plans.first()?.1.to_vec();
        let total: f64 = plans.iter().map(|p| p.0).sum();
        for block in &self.blocks {
            if block.iter().all(|v| self.is_continuous(v)) {
                for v in block {
                    let mean: f64 = plans.iter().map(|(w, plan)| w * value(plan, v)).sum();
                    set(&mut out, v, mean / total);
                }
                continue;
            }
            // Weight of each way to decide the block, in the order of first sight.
            let mut ways: Vec<(Vec<u64>, f64, &[f64])> = Vec::new();
            for (weight, plan) in plans {
                let of = |v: &VarId| {
                    (if self.is_continuous(v) { value(plan, v) } else { value(plan, v).round() } + 0.0).to_bits()
                };
                let way: Vec<u64> = block.iter().filter(|v| *v.of(&self.counts)).map(of).collect();
                match ways.iter_mut().find(|w| w.0 == way) {
                    Some(known) => known.1 += weight,
                    None => ways.push((way, *weight, plan)),
                }
            }
            let best = ways.iter().reduce(|a, b| if b.1 > a.1 { b } else { a })?;
            block.iter().for_each(|v| set(&mut out, v, value(best.2, v)));
        }
        Some(out)
    }

    /// A rule that this plan breaks and every other keeps, where all that counts is 0 or 1.
    pub fn other_than(&self, plan: &Key, unit: std::sync::Arc<crate::program::DisplayUnit>) -> Constraint {
        let mut same = Affine::constant(1.0);
        for (v, value) in self.deciding.iter().zip(plan) {
            let one = f64::from_bits(*value) > 0.5;
            same.add_scaled(&Affine::variable(*v), if one { 1.0 } else { -1.0 });
            same.constant -= f64::from(u8::from(one));
        }
        Constraint { unit, origin: self.origin, ..rule("another plan", Relation::Le(Form::affine(same))) }
    }

    fn is_continuous(&self, v: &VarId) -> bool {
        *v.of(&self.continuous)
    }
}

fn is_binary(program: &Program, v: VarId) -> bool {
    let v = program.variable(v);
    v.domain == Domain::Binary || (v.domain == Domain::Integer && v.lower >= 0.0 && v.upper <= 1.0)
}

fn value(plan: &[f64], v: &VarId) -> f64 {
    *v.of(plan)
}

fn set(plan: &mut [f64], v: &VarId, x: f64) {
    if let Some(slot) = plan.get_mut(v.0 as usize) {
        *slot = x;
    }
}

fn mark(flags: &mut [bool], at: usize) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while let Some(up) = parent.get(at).copied().filter(|up| *up != at) {
        let higher = parent.get(up).copied().unwrap_or(up);
        if let Some(slot) = parent.get_mut(at) {
            *slot = higher;
        }
        at = higher;
    }
    at
}

/// The variables of a relation.
fn of_relation(program: &Program, relation: &Relation, out: &mut Vec<VarId>) {
    match relation {
        Relation::Le(form) | Relation::Eq(form) => of_form(program, form, out),
        Relation::Implies { when, then, .. } => {
            out.push(*when);
            of_relation(program, then, out);
        }
    }
}

/// The variables of a form.
fn of_form(program: &Program, form: &Form, out: &mut Vec<VarId>) {
    let mut affine = |a: &Affine| out.extend(a.terms.iter().map(|t| t.0));
    affine(&form.affine);
    form.uncertain.iter().for_each(|(_, a)| affine(a));
    for p in &form.products {
        affine(&p.left);
        affine(&p.right);
    }
    for (atom, _) in &form.atoms {
        program.atom(*atom).args.iter().for_each(|arg| of_form(program, arg, out));
    }
}
