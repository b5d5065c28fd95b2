//! Information-gap decisions (S1 6-15): how far may the uncertain move before a tolerated cost is passed
//! (risk averse), and how far must it move before a wanted cost can be had (opportunity).
//!
//! The radius is a parameter that scales the set: its sets are nested, so the robust cost rises with it
//! and the most favourable cost falls. Bisection on proven bounds: where the upper bound of the robust
//! cost keeps the threshold the radius is allowed, where the lower bound passes it the radius is not, and
//! what lies between the two is the certified interval.

use super::ccg::{Ask, Robust, solve_robust};
use super::parts::cost;
use super::rewrite::{ForFactor, ForVariable, Rewrite, Rewritten};
use super::rule;
use super::run::run;
use super::{Oracle, Set, at};
use crate::diagnostics::Diagnostic;
use crate::lowered::{LowerOptions, lower};
use crate::program::{Constraint, Objective, Program, Relation, VarId};
use crate::solution::{Engine, Options, Termination};

/// The program at a radius; none where the data do not allow it.
pub type AtRadius<'a> = dyn Fn(f64) -> Option<Program> + 'a;

/// Which way the uncertain is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The largest radius whose worst case costs no more than tolerated.
    RiskAverse,
    /// The smallest radius whose best case costs no more than wanted.
    Opportunity,
}

/// A radius for one tolerance. Costs are turned so that less is better, in coherent units.
#[derive(Debug, Clone, PartialEq)]
pub struct Radius {
    /// Tolerated worsening or wanted gain, as a share of the cost without deviation.
    pub tolerance: f64,
    /// The cost that may not be passed.
    pub threshold: f64,
    /// Proven: risk averse, this radius is allowed; opportunity, this one is too small.
    pub lower: f64,
    /// Proven: risk averse, this radius is too large; opportunity, this one is enough.
    pub upper: f64,
    /// Proven only up to the largest radius asked for: risk averse, all of it is allowed; opportunity,
    /// none of it is enough.
    pub capped: bool,
    /// Is the interval as narrow as asked?
    pub closed: bool,
    /// Has anything been proven of `upper`? Otherwise it is the largest radius asked for, which was not decided.
    pub reached: bool,
    /// Values of all variables at the radius that is proven, in its worst (best) case.
    pub values: Option<Vec<f64>>,
    /// Value per factor in that case.
    pub factors: Option<Vec<f64>>,
    /// Its cost.
    pub cost: Option<f64>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Which way.
    pub view: View,
    /// Tolerances (shares of the cost without deviation).
    pub tolerances: Vec<f64>,
    /// Width of the interval that is narrow enough.
    pub precision: f64,
    /// The largest radius looked at.
    pub most: f64,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// How the search for the base ended.
    pub termination: Termination,
    /// Cost without deviation, and its proven bound.
    pub base: Option<(f64, f64)>,
    /// One radius per tolerance.
    pub radii: Vec<Radius>,
    /// Problems solved on the way.
    pub evaluations: usize,
    /// What stopped it.
    pub diagnostics: Vec<Diagnostic>,
}

/// What is known at one radius.
#[derive(Debug, Clone)]
struct Known {
    radius: f64,
    lower: f64,
    upper: f64,
    values: Option<Vec<f64>>,
    factors: Option<Vec<f64>>,
}

/// Times the gap is tightened where bounds stand on both sides of a threshold.
const TIGHTENED: usize = 3;
/// Bisections per tolerance.
const BISECTIONS: usize = 60;

/// Answers the question.
pub fn solve_igdt(question: &Question, at_radius: &AtRadius<'_>, engine: Engine, options: &Options) -> Answer {
    let mut search = Search {
        question,
        at_radius,
        engine,
        options,
        last: None,
        known: Vec::new(),
        found: Vec::new(),
        diagnostics: Vec::new(),
        evaluations: 0,
    };
    let mut answer = Answer {
        termination: Termination::Failed,
        base: None,
        radii: Vec::new(),
        evaluations: 0,
        diagnostics: Vec::new(),
    };
    match search.value(0.0, None, options.gap) {
        Ok(base) => {
            answer.termination = Termination::Optimal;
            answer.base = Some((base.upper, base.lower));
            for tolerance in &question.tolerances {
                let sign = if question.view == View::RiskAverse { 1.0 } else { -1.0 };
                let threshold = base.upper + sign * tolerance * base.upper.abs();
                let radius = search.radius(*tolerance, threshold);
                answer.radii.push(radius);
            }
        }
        Err(why) => answer.termination = why,
    }
    answer.evaluations = search.evaluations;
    answer.diagnostics = search.diagnostics;
    answer
}

struct Search<'a> {
    question: &'a Question,
    at_radius: &'a AtRadius<'a>,
    engine: Engine,
    options: &'a Options,
    /// The last plan found, at whatever radius: where the next search begins.
    last: Option<Vec<f64>>,
    known: Vec<Known>,
    /// Realisations found: factors do not change with the radius.
    found: Vec<Vec<f64>>,
    diagnostics: Vec<Diagnostic>,
    evaluations: usize,
}

impl Search<'_> {
    /// Bisects for one threshold, from what is known.
    fn radius(&mut self, tolerance: f64, threshold: f64) -> Radius {
        let averse = self.question.view == View::RiskAverse;
        // Risk averse: small radii are good. Opportunity: large ones are.
        let good = |k: &Known| k.upper <= threshold * (1.0 + sign_slack(threshold));
        let bad = |k: &Known| k.lower > threshold;
        let (mut low, mut high) = (0.0, self.question.most);
        let mut reached_end = false;
        for k in &self.known {
            let small = if averse { good(k) } else { bad(k) };
            let large = if averse { bad(k) } else { good(k) };
            if small {
                low = k.radius.max(low);
            }
            if large {
                high = k.radius.min(high);
                reached_end = true;
            }
        }
        let mut closed = false;
        let mut next = if reached_end { 0.5 * (low + high) } else { high };
        let mut capped = false;
        for _ in 0..BISECTIONS {
            if high - low <= self.question.precision && (reached_end || capped) {
                closed = true;
                break;
            }
            let Some(k) = self.decide(next, threshold) else { break };
            let small = if averse { good(&k) } else { bad(&k) };
            let large = if averse { bad(&k) } else { good(&k) };
            self.known.push(k);
            if small {
                low = next;
                if next >= self.question.most {
                    (high, capped, closed) = (self.question.most, true, true);
                    break;
                }
            } else if large {
                high = next;
                reached_end = true;
            } else {
                break;
            }
            next = 0.5 * (low + high);
        }
        let proven = if averse { low } else { high };
        let shown = self.known.iter().rfind(|k| good(k) && (k.radius - proven).abs() < 1e-12 && k.values.is_some());
        Radius {
            tolerance,
            threshold,
            lower: low,
            upper: high,
            capped,
            closed,
            reached: reached_end,
            values: shown.and_then(|k| k.values.clone()),
            factors: shown.and_then(|k| k.factors.clone()),
            cost: shown.map(|k| k.upper),
        }
    }

    /// Bounds at a radius, until they stand on one side of the threshold; none where a solve fails.
    fn decide(&mut self, radius: f64, threshold: f64) -> Option<Known> {
        let mut gap = self.options.gap;
        let mut last = None;
        for _ in 0..TIGHTENED {
            let known = match self.value(radius, Some(threshold), gap) {
                Ok(known) => known,
                // Nothing serves the worst case: the radius is too large.
                Err(Termination::Infeasible) => {
                    Known { radius, lower: f64::INFINITY, upper: f64::INFINITY, values: None, factors: None }
                }
                Err(_) => return last,
            };
            let decided = known.upper <= threshold * (1.0 + sign_slack(threshold)) || known.lower > threshold;
            last = Some(known);
            if decided {
                break;
            }
            gap *= 0.1;
        }
        last
    }

    fn value(&mut self, radius: f64, target: Option<f64>, gap: f64) -> Result<Known, Termination> {
        let missing = || if self.options.limit.passed() { self.options.stopped() } else { Termination::Failed };
        let program = (self.at_radius)(radius).ok_or_else(missing)?;
        self.evaluations += 1;
        let options = self.options.part(gap, self.options.limit.clone());
        if radius == 0.0 || self.question.view == View::Opportunity {
            return self.favourable(&program, radius, &options);
        }
        let set = Set::new(&program);
        let oracle = Oracle::choose(&program, &set).ok_or(Termination::Failed)?;
        let ask = Ask { target, known: std::mem::take(&mut self.found), start: self.last.clone(), ..Ask::default() };
        let Robust { termination, cost, bound, values, worst, realisations, diagnostics, .. } =
            solve_robust(&program, &set, &oracle, self.engine, &options, ask);
        self.found = realisations.into_iter().map(|r| r.factors).collect();
        self.diagnostics.extend(diagnostics);
        self.last = values.clone().or(self.last.take());
        match termination {
            Termination::Optimal | Termination::Limit => {
                Ok(Known { radius, lower: bound, upper: cost.unwrap_or(f64::INFINITY), values, factors: worst })
            }
            other => Err(other),
        }
    }

    /// The cost if everything uncertain were ours to choose; at radius 0 nothing is uncertain.
    fn favourable(&mut self, program: &Program, radius: f64, options: &Options) -> Result<Known, Termination> {
        let nominal = Set::new(program).nominal();
        let chosen = if radius == 0.0 { at(program, &nominal) } else { factors_chosen(program) };
        let limit = options.limit.clone();
        let lowering = lower(&chosen, &LowerOptions { limit, ..LowerOptions::default() });
        if lowering.is_unfinished() {
            return Err(options.stopped());
        }
        if !lowering.diagnostics.is_empty() {
            self.diagnostics.extend(lowering.diagnostics);
            return Err(Termination::Failed);
        }
        let sign = if chosen.objectives.first().is_some_and(|o| o.maximize) { -1.0 } else { 1.0 };
        let scale = lowering.problem.objective_scale * sign;
        let outcome = run(&lowering.problem, self.engine, options);
        match (outcome.termination, outcome.point, outcome.objective) {
            (Termination::Optimal, Some(point), Some(value)) => {
                let mut values = lowering.map.values(&lowering.problem, &point);
                let factors = if radius == 0.0 { nominal } else { values.split_off(program.variables.len()) };
                let factors = Some(factors);
                self.last = Some(values.clone());
                Ok(Known { radius, lower: outcome.bound * scale, upper: value * scale, values: Some(values), factors })
            }
            (Termination::Optimal, ..) => Err(Termination::Failed),
            (other, ..) => Err(other),
        }
    }
}

/// A threshold is kept up to the last digits of a float.
fn sign_slack(threshold: f64) -> f64 {
    1e-9 * threshold.signum()
}

/// The program in which the factors are decisions, within their set.
pub(super) fn factors_chosen(program: &Program) -> Program {
    let symbols: Vec<ForVariable> =
        (0..program.variables.len()).map(|v| ForVariable::Variable(VarId(v as u32))).collect();
    let first = program.variables.len();
    let factor = |f: usize| VarId((first + f) as u32);
    let factors: Vec<ForFactor> = (0..program.factors.len()).map(|f| ForFactor::Variable(factor(f))).collect();
    let mut to = Program {
        periods: program.periods,
        step: program.step,
        variables: program.variables.clone(),
        origins: program.origins.clone(),
        ..Program::default()
    };
    to.variables.extend(program.factors.iter().map(super::decided));
    let mut rewrite = Rewrite::new(program, &symbols, &factors);
    for c in &program.constraints {
        if let Rewritten::Relation(relation) = rewrite.relation(&c.relation, &mut to.atoms) {
            to.constraints.push(Constraint { relation, acyclic: false, ..c.clone() });
        }
    }
    if let Some(o) = program.objectives.first() {
        let aim = rewrite.form(&cost(o), &mut to.atoms);
        to.objectives.push(Objective { maximize: false, terms: vec![("cost".into(), aim)], ..o.clone() });
    }
    // Budgets speak of factors by their numbers.
    let as_variables: Vec<ForVariable> = (0..program.factors.len()).map(|f| ForVariable::Variable(factor(f))).collect();
    let mut rewrite = Rewrite::new(program, &as_variables, &[]);
    for b in &program.budgets {
        let relation = match rewrite.relation(&b.relation, &mut to.atoms) {
            Rewritten::Relation(relation) => relation,
            Rewritten::Holds => continue,
            Rewritten::Fails(by) => Relation::Le(crate::program::Form::constant(by)),
        };
        to.constraints.push(Constraint { origin: b.origin, ..rule(b.name.as_str(), relation) });
    }
    to
}
