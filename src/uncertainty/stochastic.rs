//! Expectation over scenarios: one program over all of them, and what knowing more is worth.

use super::extensive::{Aim, Chance, Realisation, extensive};
use super::recourse::{Reaction, Recourse};
use super::run::run;
use super::worst::each;
use crate::diagnostics::Diagnostic;
use crate::lowered::{LowerOptions, lower};
use crate::program::{Domain, Program, Stage};
use crate::solution::{Engine, Options, Termination};
use crate::study::form_value;

/// A solved stochastic program. Costs are turned so that less is better, in coherent units.
#[derive(Debug, Clone)]
pub struct Stochastics {
    /// Why it ended.
    pub termination: Termination,
    /// Value of the aim.
    pub cost: Option<f64>,
    /// No plan does better.
    pub bound: f64,
    /// What duals prove of it.
    pub certified: f64,
    /// Values of all variables in each scenario.
    pub courses: Vec<Vec<f64>>,
    /// Cost of each scenario, what is decided ahead included.
    pub costs: Vec<f64>,
    /// Engine.
    pub engine: String,
    /// Tree nodes.
    pub nodes: u64,
    /// Subproblems.
    pub iterations: u64,
    /// Columns, rows and cones of the program over all scenarios.
    pub size: (usize, usize, usize),
    /// What stopped it.
    pub diagnostics: Vec<Diagnostic>,
    /// What better information would be worth, where that has come out on the way.
    pub value: Option<Value>,
}

/// What better information would be worth. Costs less is better.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What the plan made for the mean of the scenarios is worth in the study's aim, with the chance that rules may
    /// fail; none where it cannot serve all.
    pub mean_plan: Option<f64>,
    /// The same if each scenario were known before anything is decided; at most this, where there is a bound below
    /// it.
    pub perfect: Option<f64>,
    /// It is proven to be no less than this.
    pub perfect_bound: Option<f64>,
}

/// Solves over all scenarios at once.
pub fn solve_stochastic(
    program: &Program,
    scenarios: &[Realisation],
    aim: Aim,
    chance: Option<&Chance>,
    engine: Engine,
    options: &Options,
) -> Stochastics {
    let mut result = Stochastics {
        termination: Termination::Failed,
        cost: None,
        bound: f64::NEG_INFINITY,
        certified: f64::NEG_INFINITY,
        courses: Vec::new(),
        costs: Vec::new(),
        engine: String::new(),
        nodes: 0,
        iterations: 0,
        size: (0, 0, 0),
        diagnostics: Vec::new(),
        value: None,
    };
    let whole = extensive(program, scenarios, aim, chance);
    if whole.broken.is_some() {
        result.termination = Termination::Infeasible;
        (result.bound, result.certified) = (f64::INFINITY, f64::INFINITY);
        return result;
    }
    let limit = options.limit.clone();
    let lowering = lower(&whole.program, &LowerOptions { limit, ..LowerOptions::default() });
    if lowering.is_unfinished() {
        result.termination = options.stopped();
        return result;
    }
    result.size = (lowering.problem.columns.len(), lowering.problem.rows.len(), lowering.problem.cones.len());
    if !lowering.diagnostics.is_empty() {
        result.diagnostics = lowering.diagnostics;
        return result;
    }
    let outcome = run(&lowering.problem, engine, options);
    let scale = lowering.problem.objective_scale;
    result.termination = outcome.termination;
    result.bound = outcome.bound * scale;
    result.certified = outcome.certified * scale;
    result.cost = outcome.objective.map(|o| o * scale);
    result.engine = outcome.engine;
    result.nodes = outcome.nodes;
    result.iterations = outcome.iterations;
    if let Some(point) = outcome.point {
        let values = lowering.map.values(&lowering.problem, &point);
        let settled = form_value(&whole.program, &whole.settled, &values);
        result.courses = (0..scenarios.len()).map(|s| whole.course(s, &values)).collect();
        result.costs = whole.costs.iter().map(|f| settled + form_value(&whole.program, f, &values)).collect();
    }
    result
}

/// What the plan for the mean scenario is worth, and perfect information, in the aim of a study; none where the time ended
/// before.
pub fn value(
    program: &Program,
    scenarios: &[Realisation],
    aim: Aim,
    chance: Option<&Chance>,
    engine: Engine,
    options: &Options,
) -> Option<Value> {
    let mut mean = vec![0.0; program.factors.len()];
    for s in scenarios {
        mean.iter_mut().zip(&s.factors).for_each(|(m, z)| *m += s.probability * z);
    }
    let mean = Realisation { name: "mean".into(), factors: mean, probability: 1.0 };
    let alone = |s: &Realisation, o: &Options| {
        let only = Realisation { probability: 1.0, ..s.clone() };
        solve_stochastic(program, std::slice::from_ref(&only), Aim::Expected, None, engine, o)
    };
    let plan = alone(&mean, options).courses.into_iter().next();
    if aim != Aim::Expected || chance.is_some() {
        // What joins the scenarios joins them for other plans, too.
        let joined = |program: &Program| solve_stochastic(program, scenarios, aim, chance, engine, options);
        let mean_plan = plan.and_then(|plan| joined(&fixed(program, &plan)).cost);
        let known = joined(&known_before(program));
        let perfect_bound = Some(known.bound).filter(|b| b.is_finite());
        let joined = Value { mean_plan, perfect: known.cost, perfect_bound };
        return (!options.limit.passed()).then_some(joined);
    }
    let mean_plan = plan.and_then(|plan| {
        let recourse = Recourse::of(program, &plan).ok()?;
        let costs = each(scenarios, options, |s, o| match recourse.at(&s.factors, &plan, engine, o) {
            Reaction::Served { cost, .. } => Some(s.probability * cost),
            _ => None,
        });
        costs.into_iter().sum::<Option<f64>>()
    });
    let costs = each(scenarios, options, |s, o| {
        let solved = alone(s, o);
        Some((s.probability * solved.cost?, s.probability * solved.bound))
    });
    let perfect = costs.iter().map(|c| Some(c.as_ref()?.0)).sum();
    let perfect_bound = costs.iter().map(|c| Some(c.as_ref()?.1)).sum::<Option<f64>>().filter(|b| b.is_finite());
    (!options.limit.passed()).then_some(Value { mean_plan, perfect, perfect_bound })
}

/// The program with what is decided ahead as in a plan.
fn fixed(program: &Program, plan: &[f64]) -> Program {
    let mut out = program.clone();
    for (v, x) in out.variables.iter_mut().zip(plan).filter(|(v, _)| v.stage == Stage::Ahead) {
        let x = if v.domain == Domain::Continuous { *x } else { x.round() };
        (v.lower, v.upper) = (x, x);
    }
    out
}

/// The program with everything decided once the scenario is known.
fn known_before(program: &Program) -> Program {
    let mut out = program.clone();
    out.variables.iter_mut().for_each(|v| v.stage = Stage::Recourse);
    out
}
