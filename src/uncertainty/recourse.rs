//! What can be done once the uncertainty is known: the later decisions of a plan, lowered once per
//! plan with the factors as fixed columns, and solved for one realisation after another.

use super::parts::{cost, split_constraints};
use super::rewrite::{ForFactor, ForVariable, Rewrite, Rewritten};
use super::run::run;
use crate::diagnostics::Diagnostic;
use crate::lowered::{LowerOptions, Lowering, lower};
use crate::program::{
    Affine, Constraint, Domain, Form, Objective, OriginId, Program, Relation, Stage, VarId, Variable,
};
use crate::solution::{Engine, Options, Outcome, Termination};

/// The later decisions of one plan.
#[derive(Debug, Clone)]
pub struct Recourse {
    /// What is left to decide.
    pub later: Later,
    /// The lowered problem.
    pub lowering: Lowering,
}

/// The program of later decisions, the plan's values put in.
#[derive(Debug, Clone)]
pub struct Later {
    /// Recourse variables, factors as variables, slacks.
    pub program: Program,
    /// What each of its variables is.
    pub sources: Vec<Source>,
    /// A rule that fails whatever is decided and whatever comes.
    broken: Option<String>,
}

/// What a variable of the later decisions is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A recourse variable of the original (its number).
    Variable(usize),
    /// A factor (its number).
    Factor(usize),
    /// A slack.
    Slack,
}

/// What a realisation comes to under a plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Reaction {
    /// Cost (less is better, coherent units): an upper and a lower bound that a gap keeps apart, and the
    /// values of the original's recourse variables.
    Served {
        /// Cost of the decisions in `values`.
        cost: f64,
        /// No decisions cost less.
        bound: f64,
        /// Value per original variable, those decided ahead included.
        values: Vec<f64>,
    },
    /// No later decision keeps all rules.
    Unserved,
    /// Nothing is known.
    Unknown(Termination),
}

impl Reaction {
    /// The cost, if anything is known: none where nothing can be done.
    pub fn known(&self) -> Option<Option<f64>> {
        match self {
            Reaction::Served { cost, .. } => Some(Some(*cost)),
            Reaction::Unserved => Some(None),
            Reaction::Unknown(_) => None,
        }
    }
}

/// A rule that cannot be kept.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Shortage {
    /// Its name.
    pub rule: String,
    /// By how much, in its unit.
    pub by: f64,
    /// Its unit.
    pub unit: String,
}

/// Slack below this (in a rule's unit) is none.
const LEAST_SHORTAGE: f64 = 1e-6;

/// What the later decisions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Least cost.
    Cost,
    /// Least total by which rules are missed, each in its own unit.
    Shortage,
}

impl Recourse {
    /// The later decisions of `plan` (values of the original variables) at least cost.
    pub fn of(program: &Program, plan: &[f64]) -> Result<Recourse, Vec<Diagnostic>> {
        Later::of(program, plan, Ask::Cost).lowered()
    }

    /// The same with a slack in every rule, at the least total of slacks, each in its rule's unit.
    pub fn short_of(program: &Program, plan: &[f64]) -> Result<Recourse, Vec<Diagnostic>> {
        Later::of(program, plan, Ask::Shortage).lowered()
    }

    /// Are some of the later decisions whole numbers?
    pub fn has_integers(&self) -> bool {
        self.lowering.problem.columns.iter().any(|c| c.integer)
    }

    /// Solves for one realisation. `plan` fills in what was decided ahead.
    pub fn at(&self, factors: &[f64], plan: &[f64], engine: Engine, options: &Options) -> Reaction {
        let (outcome, _) = self.solve(factors, engine, options);
        self.reaction(&outcome, plan)
    }

    /// What an outcome says.
    pub(super) fn reaction(&self, outcome: &Outcome, plan: &[f64]) -> Reaction {
        let scale = self.lowering.problem.objective_scale;
        let solved = outcome.point.as_ref().map(|p| self.lowering.map.values(&self.lowering.problem, p));
        match (outcome.termination, solved, outcome.objective) {
            _ if self.later.broken.is_some() => Reaction::Unserved,
            (Termination::Infeasible, _, _) => Reaction::Unserved,
            (Termination::Optimal, Some(solved), Some(objective)) => {
                let mut values = plan.to_vec();
                for (source, value) in self.later.sources.iter().zip(&solved) {
                    if let Source::Variable(at) = source
                        && let Some(v) = values.get_mut(*at)
                    {
                        *v = *value;
                    }
                }
                Reaction::Served { cost: objective * scale, bound: outcome.bound * scale, values }
            }
            (other, ..) => Reaction::Unknown(other),
        }
    }

    /// The whole numbers of a point of the lowered problem, auxiliary ones included.
    pub(super) fn whole(&self, point: &[f64]) -> Vec<i64> {
        let columns = self.lowering.problem.columns.iter().zip(point);
        columns.filter(|(c, _)| c.integer).map(|(_, x)| x.round() as i64).collect()
    }

    /// The later decisions with all whole numbers as in a point of the lowered problem.
    pub(super) fn settled(&self, point: &[f64]) -> Recourse {
        let mut out = self.clone();
        for (column, x) in out.lowering.problem.columns.iter_mut().zip(point).filter(|(c, _)| c.integer) {
            let x = x.round();
            (column.lower, column.upper) = (x, x);
        }
        for ((low, high), column) in out.lowering.problem.derived.iter_mut().zip(&out.lowering.problem.columns) {
            if column.integer {
                (*low, *high) = (column.lower, column.upper);
            }
        }
        out
    }

    /// With slacks: the rules missed in one realisation, worst first, and their total (each in its
    /// rule's unit); none where nothing is known.
    pub fn shortages(&self, factors: &[f64], engine: Engine, options: &Options) -> Option<(f64, Vec<Shortage>)> {
        let solved = self.solve(factors, engine, options).1?;
        let all = self.later.program.variables.iter().zip(&solved).zip(&self.later.sources);
        let slacks = all.filter(|(_, s)| **s == Source::Slack).map(|(slack, _)| slack);
        let factor = |v: &Variable| if v.unit.factor > 0.0 { v.unit.factor } else { 1.0 };
        let mut list: Vec<Shortage> = slacks
            .filter(|(v, s)| **s > LEAST_SHORTAGE * factor(v))
            .map(|(v, s)| Shortage { rule: v.name.to_string(), by: s / factor(v), unit: v.unit.label.to_string() })
            .collect();
        list.sort_by(|a, b| b.by.total_cmp(&a.by));
        Some((list.iter().map(|s| s.by).sum(), list))
    }

    pub(super) fn solve(&self, factors: &[f64], engine: Engine, options: &Options) -> (Outcome, Option<Vec<f64>>) {
        let mut problem = self.lowering.problem.clone();
        for (column, source) in problem.columns.iter_mut().zip(&self.later.sources) {
            if let Source::Factor(f) = source {
                let z = factors[*f] / column.scale;
                (column.lower, column.upper) = (z, z);
            }
        }
        let outcome = run(&problem, engine, options);
        let solved = outcome.point.as_ref().map(|p| self.lowering.map.values(&problem, p));
        (outcome, solved)
    }
}

impl Later {
    /// The later decisions of a plan (values of the original variables).
    pub fn of(from: &Program, plan: &[f64], ask: Ask) -> Later {
        let mut to =
            Program { periods: from.periods, step: from.step, origins: from.origins.clone(), ..Program::default() };
        let mut sources = Vec::new();
        let mut symbols = Vec::with_capacity(from.variables.len());
        for (i, v) in from.variables.iter().enumerate() {
            if v.stage == Stage::Recourse {
                symbols.push(ForVariable::Variable(VarId(to.variables.len() as u32)));
                sources.push(Source::Variable(i));
                to.variables.push(v.clone());
            } else {
                symbols.push(ForVariable::Number(plan[i]));
            }
        }
        let mut factors = Vec::with_capacity(from.factors.len());
        for (i, f) in from.factors.iter().enumerate() {
            sources.push(Source::Factor(i));
            factors.push(ForFactor::Variable(VarId(to.variables.len() as u32)));
            to.variables.push(super::decided(f));
        }
        let mut rewrite = Rewrite::new(from, &symbols, &factors);
        let (mut shortage, mut broken) = (Affine::default(), None);
        for c in split_constraints(from).1 {
            let relation = match rewrite.relation(&c.relation, &mut to.atoms) {
                Rewritten::Relation(relation) => relation,
                Rewritten::Holds => continue,
                Rewritten::Fails(by) if ask == Ask::Shortage => Relation::Le(Form::constant(by)),
                Rewritten::Fails(_) => {
                    broken.get_or_insert_with(|| c.name.to_string());
                    continue;
                }
            };
            let relation = match ask {
                Ask::Cost => relation,
                Ask::Shortage => slackened(relation, c, &mut to, &mut shortage),
            };
            to.constraints.push(Constraint { relation, acyclic: false, ..c.clone() });
        }
        let aim = match (ask, from.objectives.first()) {
            (Ask::Cost, Some(o)) => rewrite.form(&cost(o), &mut to.atoms),
            (Ask::Cost, None) => Form::default(),
            (Ask::Shortage, _) => Form::affine(shortage),
        };
        let unit = if ask == Ask::Cost {
            from.objectives.first().map_or_else(super::plain, |o| o.unit.clone())
        } else {
            super::plain()
        };
        let origin = from.objectives.first().map_or(OriginId(0), |o| o.origin);
        to.objectives.push(Objective {
            name: "later".into(),
            maximize: false,
            terms: vec![("later".into(), aim)],
            unit,
            origin,
        });
        sources.resize(to.variables.len(), Source::Slack);
        Later { program: to, sources, broken }
    }

    /// Lowered.
    ///
    /// # Errors
    /// What the lowering refuses.
    pub fn lowered(self) -> Result<Recourse, Vec<Diagnostic>> {
        let lowering = lower(&self.program, &LowerOptions::default());
        if lowering.diagnostics.iter().any(|d| d.severity == crate::diagnostics::Severity::Error) {
            return Err(lowering.diagnostics);
        }
        Ok(Recourse { later: self, lowering })
    }

    /// Its parts that no rule connects: nothing decided in one changes what can be done in another. The
    /// first holds the constant cost, and everything that no factor moves, if there is such.
    pub fn components(&self) -> Vec<Later> {
        let split = super::components::split(&self.program, &self.sources);
        let of = |(program, kept): (Program, Vec<usize>)| Later {
            program,
            sources: kept.iter().map(|v| self.sources[*v]).collect(),
            broken: self.broken.clone(),
        };
        split.into_iter().map(of).collect()
    }

    /// Copies the values of its own variables (values of the original's variables, `from`) to `to`.
    pub fn put(&self, from: &[f64], to: &mut [f64]) {
        for source in &self.sources {
            if let Source::Variable(v) = source
                && let (Some(from), Some(to)) = (from.get(*v), to.get_mut(*v))
            {
                *to = *from;
            }
        }
    }

    /// The factors that it depends on, rising.
    pub fn factors(&self) -> Vec<usize> {
        self.sources.iter().filter_map(|s| if let Source::Factor(f) = s { Some(*f) } else { None }).collect()
    }
}

/// A relation that a slack forgives, counted in `shortage`.
fn slackened(relation: Relation, c: &Constraint, to: &mut Program, shortage: &mut Affine) -> Relation {
    let mut slack = |to: &mut Program| {
        let v = VarId(to.variables.len() as u32);
        to.variables.push(Variable {
            name: c.name.clone(),
            domain: Domain::Continuous,
            lower: 0.0,
            upper: f64::INFINITY,
            stage: Stage::Recourse,
            unit: c.unit.clone(),
            origin: c.origin,
        });
        let factor = if c.unit.factor > 0.0 { c.unit.factor } else { 1.0 };
        shortage.add_scaled(&Affine::variable(v), 1.0 / factor);
        v
    };
    match relation {
        Relation::Le(mut form) => {
            let s = slack(to);
            form.affine.add_scaled(&Affine::variable(s), -1.0);
            Relation::Le(form)
        }
        Relation::Eq(mut form) => {
            let (more, less) = (slack(to), slack(to));
            form.affine.add_scaled(&Affine::variable(more), 1.0);
            form.affine.add_scaled(&Affine::variable(less), -1.0);
            Relation::Eq(form)
        }
        // A condition that is not kept needs the greatest slack that it may need, which nothing bounds.
        implies => implies,
    }
}
