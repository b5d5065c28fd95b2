//! Many realisations in one deterministic program: what is decided ahead stands once, what is decided
//! later once per realisation. Realisations that agree on all factors of a block share its copy, which
//! is then as good for the one as for the other.

use super::parts::{cost, split_constraints, split_form};
use super::rewrite::{ForFactor, ForVariable, Rewrite, Rewritten};
use super::rule;
use super::separate::{Blocks, blocks};
use super::topology::topology;
use crate::ids::Id;
use crate::program::{Affine, Constraint, Domain, Form, Network, Objective, Program, Relation, Stage, VarId, Variable};
use rustc_hash::FxHashMap;

/// One possible course of what is uncertain.
#[derive(Debug, Clone, PartialEq)]
pub struct Realisation {
    /// How it is called in results: `1`, `high load`.
    pub name: String,
    /// A value per factor of the program.
    pub factors: Vec<f64>,
    /// Its probability; 0 where there is none.
    pub probability: f64,
}

/// What is minimised over the realisations (costs of the first objective, turned so that less is better).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// The cost of the worst; no less than `floor`, a bound that holds for every realisation there may be.
    Worst {
        /// Derived lower bound on the later cost (minus infinity if there is none).
        floor: f64,
    },
    /// Expected cost.
    Expected,
    /// `(1 − weight) · expectation + weight · CVaR`, the mean of the worst `1 − level` share.
    RiskAverse {
        /// Confidence level, in `0..1`.
        level: f64,
        /// Weight of the conditional value at risk, in `0..=1`.
        weight: f64,
    },
}

/// Rules that need not hold in every realisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Chance {
    /// Names of the rules, without indices.
    pub rules: Vec<String>,
    /// Probability with which one of them may fail, at most.
    pub risk: f64,
}

/// A deterministic program over several realisations.
#[derive(Debug, Clone)]
pub struct Extensive {
    /// The program; its only objective is minimised, in the unit of the original one.
    pub program: Program,
    /// Per variable of the original decided ahead: its number here.
    ahead: Vec<Option<VarId>>,
    /// Per realisation: the number of every original variable.
    copies: Vec<Vec<VarId>>,
    /// Cost of each realisation: a form over the program's variables.
    pub costs: Vec<Form>,
    /// What is settled ahead costs this.
    pub settled: Form,
    /// A rule over decisions made ahead alone, or over none, that fails: its name and by how much.
    pub broken: Option<(String, f64)>,
}

impl Extensive {
    /// Values of the original variables decided ahead (others are 0), from values here.
    pub fn plan(&self, values: &[f64]) -> Vec<f64> {
        let at = |v: &Option<VarId>| v.map_or(0.0, |v| *v.of(values));
        self.ahead.iter().map(at).collect()
    }

    /// Per original variable decided ahead: its number here.
    pub fn ahead(&self) -> &[Option<VarId>] {
        &self.ahead
    }

    /// Values of all original variables in one realisation, from values here.
    pub fn course(&self, realisation: usize, values: &[f64]) -> Vec<f64> {
        let copy = &self.copies[realisation];
        copy.iter().map(|v| *v.of(values)).collect()
    }
}

/// Builds the program over these realisations.
pub fn extensive(program: &Program, realisations: &[Realisation], aim: Aim, chance: Option<&Chance>) -> Extensive {
    let mut build = Build::new(program);
    let shared = build.shared.clone();
    let mut rewrite = Rewrite::new(program, &shared, &[]);
    for c in split_constraints(program).0 {
        build.constraint(c, &mut rewrite, "", None);
    }
    let blocks = blocks(program);
    let (ahead_cost, later_cost) =
        program.objectives.first().map_or_else(Default::default, |o| split_form(program, &cost(o)));
    let settled_cost = rewrite.form(&ahead_cost, &mut build.to.atoms);
    let (mut costs, mut risk) = (Vec::new(), Affine::constant(-chance.map_or(0.0, |c| c.risk)));
    for r in realisations {
        // Where rules may fail, a realisation's copy is its own.
        let (symbols, fresh) = build.copy(r, &blocks, chance.is_none());
        let factors: Vec<ForFactor> = r.factors.iter().map(|z| ForFactor::Number(*z)).collect();
        let mut rewrite = Rewrite::new(program, &symbols, &factors);
        let fails = chance.map(|c| (build.binary(&format!("fails@{}", r.name)), c));
        let own = |block: Option<usize>| block.is_some_and(|b| fresh.get(b) == Some(&true));
        for (c, _) in program.constraints.iter().zip(&blocks.constraints).filter(|(_, b)| own(**b)) {
            let forgiven = fails.filter(|(_, chance)| chance.rules.iter().any(|rule| *rule == c.name.family()));
            build.constraint(c, &mut rewrite, &r.name, forgiven.map(|f| f.0));
        }
        if let Some((v, _)) = fails {
            risk.add_scaled(&Affine::variable(v), r.probability);
        }
        costs.push(rewrite.form(&later_cost, &mut build.to.atoms));
        if let Some(network) = &program.network {
            build.periods.extend(topology(network, &symbols));
        }
        build
            .copies
            .push(symbols.iter().map(|s| if let ForVariable::Variable(v) = s { *v } else { VarId(0) }).collect());
    }
    if chance.is_some() && !risk.is_constant() {
        build.row("chance".into(), Form::affine(risk));
    }
    let mut terms = vec![("decided ahead".to_string(), settled_cost.clone())];
    terms.extend(build.aim(&costs, realisations, aim));
    build.finish(terms, costs, settled_cost)
}

struct Build<'a> {
    from: &'a Program,
    to: Program,
    /// Symbols of what is decided ahead; recourse is 0 here, and never meant.
    shared: Vec<ForVariable>,
    ahead: Vec<Option<VarId>>,
    copies: Vec<Vec<VarId>>,
    broken: Option<(String, f64)>,
    /// Per block and values of its factors: the realisation that has a copy.
    made: FxHashMap<(usize, Vec<u64>), usize>,
    /// Topologies of the realisations.
    periods: Vec<crate::program::PeriodState>,
}

impl<'a> Build<'a> {
    fn new(from: &'a Program) -> Self {
        let mut to =
            Program { periods: from.periods, step: from.step, origins: from.origins.clone(), ..Program::default() };
        let mut ahead = Vec::new();
        for v in &from.variables {
            ahead.push((v.stage == Stage::Ahead).then_some(VarId(to.variables.len() as u32)));
            if v.stage == Stage::Ahead {
                to.variables.push(v.clone());
            }
        }
        let shared = ahead.iter().map(|v| v.map_or(ForVariable::Number(0.0), ForVariable::Variable)).collect();
        Build {
            from,
            to,
            shared,
            ahead,
            copies: Vec::new(),
            broken: None,
            made: FxHashMap::default(),
            periods: Vec::new(),
        }
    }

    /// Symbols of a realisation, and which blocks they are new for: others are shared with an earlier
    /// one that agrees on their factors.
    fn copy(&mut self, r: &Realisation, blocks: &Blocks, share: bool) -> (Vec<ForVariable>, Vec<bool>) {
        let value = |f: &usize| r.factors[*f];
        let number = self.copies.len();
        let mut from = Vec::with_capacity(blocks.factors.len());
        for (b, factors) in blocks.factors.iter().enumerate() {
            // Both zeros are one value.
            let key = (b, factors.iter().map(|f| (value(f) + 0.0).to_bits()).collect());
            from.push(if share { *self.made.entry(key).or_insert(number) } else { number });
        }
        let mut symbols = self.shared.clone();
        let ending: std::sync::Arc<str> = format!("@{}", r.name).into();
        for (i, (symbol, block)) in symbols.iter_mut().zip(&blocks.variables).enumerate() {
            let Some(made) = block.and_then(|b| from.get(b)) else { continue };
            if let Some(known) = self.copies.get(*made).and_then(|c| c.get(i)) {
                *symbol = ForVariable::Variable(*known);
            } else if let Some(v) = self.from.variables.get(i) {
                *symbol = ForVariable::Variable(VarId(self.to.variables.len() as u32));
                self.to.variables.push(Variable { name: v.name.with(ending.clone()), ..v.clone() });
            }
        }
        (symbols, from.iter().map(|k| *k == number).collect())
    }

    fn constraint(&mut self, c: &Constraint, rewrite: &mut Rewrite<'_>, realisation: &str, forgiven: Option<VarId>) {
        let name = if realisation.is_empty() { c.name.clone() } else { c.name.with(format!("@{realisation}")) };
        let relation = match rewrite.relation(&c.relation, &mut self.to.atoms) {
            Rewritten::Relation(relation) => relation,
            Rewritten::Holds => return,
            Rewritten::Fails(by) if forgiven.is_some() => Relation::Le(Form::constant(by)),
            Rewritten::Fails(by) => {
                self.broken.get_or_insert((name.to_string(), by));
                return;
            }
        };
        let relation = match forgiven {
            Some(when) => Relation::Implies { when, is: false, then: Box::new(relation) },
            None => relation,
        };
        self.to.constraints.push(Constraint { name, relation, ..c.clone() });
    }

    /// The later part of the aim.
    fn aim(&mut self, costs: &[Form], realisations: &[Realisation], aim: Aim) -> Vec<(String, Form)> {
        let expected = |weight: f64| {
            let mut form = Form::default();
            for (cost, r) in costs.iter().zip(realisations) {
                form.add_scaled(cost, weight * r.probability);
            }
            form
        };
        match aim {
            Aim::Expected => vec![("expected".into(), expected(1.0))],
            Aim::Worst { floor } => {
                if let [cost] = costs {
                    return vec![("worst".into(), cost.clone())];
                }
                let worst = self.number("worst cost", floor);
                for (cost, r) in costs.iter().zip(realisations) {
                    let mut form = cost.clone();
                    form.affine.add_scaled(&Affine::variable(worst), -1.0);
                    self.row(format!("worst cost@{}", r.name), form);
                }
                vec![("worst".into(), Form::affine(Affine::variable(worst)))]
            }
            Aim::RiskAverse { level, weight } => {
                let at_risk = self.number("value at risk", f64::NEG_INFINITY);
                let mut tail = Affine::variable(at_risk);
                for (cost, r) in costs.iter().zip(realisations) {
                    let beyond = self.number(&format!("beyond value at risk@{}", r.name), 0.0);
                    let mut form = cost.clone();
                    form.affine.add_scaled(&Affine::variable(at_risk), -1.0);
                    form.affine.add_scaled(&Affine::variable(beyond), -1.0);
                    self.row(format!("beyond value at risk@{}", r.name), form);
                    tail.add_scaled(&Affine::variable(beyond), r.probability / (1.0 - level));
                }
                vec![("expected".into(), expected(1.0 - weight)), ("at risk".into(), Form::affine(tail.scaled(weight)))]
            }
        }
    }

    /// A variable that is 1 where rules are let go.
    fn binary(&mut self, name: &str) -> VarId {
        let v = self.number(name, 0.0);
        if let Some(v) = self.to.variables.get_mut(v.0 as usize) {
            (v.domain, v.upper, v.unit) = (Domain::Binary, 1.0, super::plain());
        }
        v
    }

    /// A variable that stands for a cost.
    fn number(&mut self, name: &str, lower: f64) -> VarId {
        let Some(o) = self.from.objectives.first() else { return VarId(0) };
        let unit = o.unit.clone();
        let v = Variable {
            name: name.into(),
            domain: Domain::Continuous,
            lower,
            upper: f64::INFINITY,
            stage: Stage::Recourse,
            unit,
            origin: o.origin,
        };
        self.to.variables.push(v);
        VarId(self.to.variables.len() as u32 - 1)
    }

    /// `form <= 0`, as a part of the objective.
    fn row(&mut self, name: String, form: Form) {
        let Some(o) = self.from.objectives.first() else { return };
        let c = Constraint { unit: o.unit.clone(), origin: o.origin, ..rule(name, Relation::Le(form)) };
        self.to.constraints.push(c);
    }

    fn finish(self, terms: Vec<(String, Form)>, costs: Vec<Form>, settled: Form) -> Extensive {
        let Build { from, mut to, ahead, copies, broken, periods, .. } = self;
        // What engines may know of it: which columns orient a tree.
        to.network = from.network.as_ref().filter(|_| !periods.is_empty()).map(|n| Network {
            buses: n.buses.clone(),
            branches: n.branches.clone(),
            periods,
            ..Network::default()
        });
        if let Some(o) = from.objectives.first() {
            to.objectives.push(Objective { maximize: false, terms, ..o.clone() });
        }
        Extensive { program: to, ahead, copies, costs, settled, broken }
    }
}
