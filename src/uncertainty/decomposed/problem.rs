//! One scenario as a problem of its own: with all its decisions, with those made ahead as a plan has them,
//! and without whole numbers.

use super::super::at;
use super::super::parts::cost;
use crate::diagnostics::{Diagnostic, Severity};
use crate::lowered::{LowerOptions, lower};
use crate::program::{Affine, Constraint, Domain, Exactness, Form, Objective, Program, Relation, Stage, VarId};
use crate::solution::highs::{Start, Vertex};
use crate::solution::{Engine, Options, Outcome, Termination, bound_by, continuous, highs};
use crate::study::{solve_on_demand, solve_undemanded};

/// What is known of a scenario's problem. Costs are in coherent units, less is better.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub termination: Termination,
    /// Cost of `values`.
    pub cost: Option<f64>,
    /// No decisions cost less.
    pub bound: f64,
    /// Value per variable of the program.
    pub values: Option<Vec<f64>>,
    pub engine: String,
    pub nodes: u64,
    pub iterations: u64,
    /// Columns, rows and cones.
    pub size: (usize, usize, usize),
    /// What the lowering refuses.
    pub refused: Vec<Diagnostic>,
}

impl Answer {
    fn nothing(termination: Termination) -> Answer {
        let bound = if termination == Termination::Infeasible { f64::INFINITY } else { f64::NEG_INFINITY };
        Answer {
            termination,
            cost: None,
            bound,
            values: None,
            engine: String::new(),
            nodes: 0,
            iterations: 0,
            size: (0, 0, 0),
            refused: Vec::new(),
        }
    }
}

/// The program of a scenario, its cost to be minimised.
pub(super) fn scenario(program: &Program, factors: &[f64]) -> Program {
    let mut here = at(program, factors);
    here.objectives.truncate(1);
    for o in &mut here.objectives {
        let form = cost(o);
        *o = Objective { maximize: false, terms: vec![("cost".into(), form)], ..o.clone() };
    }
    here
}

/// Adds prices of variables to the cost, and further rules.
pub(super) fn extended(mut program: Program, prices: &[(VarId, f64)], rules: &[Constraint]) -> Program {
    if let Some(o) = program.objectives.first_mut() {
        let mut priced = Affine::default();
        prices.iter().for_each(|(v, price)| priced.add_scaled(&Affine::variable(*v), *price));
        o.terms.push(("prices".into(), Form::affine(priced)));
    }
    program.constraints.extend_from_slice(rules);
    program
}

/// The program with what is decided ahead as in a plan.
pub(super) fn under(mut program: Program, plan: &[f64]) -> Program {
    for (v, x) in program.variables.iter_mut().zip(plan).filter(|(v, _)| v.stage == Stage::Ahead) {
        let x = if v.domain == Domain::Continuous { *x } else { x.round() };
        (v.lower, v.upper) = (x, x);
    }
    // Nothing is left of the topologies that engines could search.
    program.network = None;
    program
}

/// Solves, with the binaries of `exact_on_demand` that its solution needs.
pub(super) fn solve(program: &Program, engine: Engine, options: &Options) -> Answer {
    twice(program, engine, options, true)
}

/// Solves for a bound and a plan; where there is `exact_on_demand` without its binaries, and without a cost
/// then. What is decided ahead is worth as much, and a plan is judged with them.
pub(super) fn planned(program: &Program, engine: Engine, options: &Options) -> Answer {
    let open = program.atoms.iter().any(|a| a.exact == Exactness::OnDemand);
    let answer = twice(program, engine, options, false);
    Answer { cost: answer.cost.filter(|_| !open), ..answer }
}

fn twice(program: &Program, engine: Engine, options: &Options, exact: bool) -> Answer {
    if broken(program) {
        return Answer::nothing(Termination::Infeasible);
    }
    let first = attempt(program, engine, options, exact);
    // Outer approximation needs no accurate duals at its leaves.
    let again = first.termination == Termination::Failed && first.refused.is_empty() && engine == Engine::Auto;
    if !again || first.size.2 == 0 {
        return first;
    }
    let second = attempt(program, Engine::OuterApproximation, options, exact);
    Answer { nodes: first.nodes + second.nodes, iterations: first.iterations + second.iterations, ..second }
}

fn attempt(program: &Program, engine: Engine, options: &Options, exact: bool) -> Answer {
    let solved = match exact {
        true => solve_on_demand(program, &LowerOptions::default(), engine, options, None),
        false => solve_undemanded(program, &LowerOptions::default(), engine, options),
    };
    let problem = &solved.lowering.problem;
    let size = (problem.columns.len(), problem.rows.len(), problem.cones.len());
    let Some(outcome) = solved.outcome else {
        if solved.lowering.is_unfinished() {
            return Answer::nothing(options.stopped());
        }
        return Answer { refused: solved.lowering.diagnostics, ..Answer::nothing(Termination::Failed) };
    };
    let values = outcome.point.as_ref().map(|point| solved.lowering.map.values(problem, point));
    Answer { values, size, ..read(&outcome, problem.objective_scale) }
}

/// Where the relaxation of a scenario ended, from which that of another is not far.
#[derive(Debug, Clone)]
pub(super) struct End {
    vertex: Vertex,
    row_duals: Vec<f64>,
}

/// A bound without whole numbers, and without the binaries of `exact_on_demand`; where the relaxation ended, if it
/// is linear. `near` is where that of another scenario did: this one starts there, and its prices give a bound
/// where time does not suffice.
pub(super) fn relaxed(program: &Program, options: &Options, near: Option<&End>) -> (Answer, Option<End>) {
    if broken(program) {
        return (Answer::nothing(Termination::Infeasible), None);
    }
    let (demanded, limit) = (Some(Default::default()), options.limit.clone());
    let mut lowering = lower(program, &LowerOptions { demanded, limit, ..LowerOptions::default() });
    if lowering.is_unfinished() {
        return (Answer::nothing(options.stopped()), None);
    }
    if lowering.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return (Answer { refused: lowering.diagnostics, ..Answer::nothing(Termination::Failed) }, None);
    }
    let problem = &mut lowering.problem;
    problem.columns.iter_mut().for_each(|c| c.integer = false);
    let size = (problem.columns.len(), problem.rows.len(), problem.cones.len());
    if !problem.cones.is_empty() {
        let outcome = continuous::solve(problem, options);
        return (Answer { cost: None, size, ..read(&outcome, problem.objective_scale) }, None);
    }
    let mut solved = highs::solve(problem, options, near.map(|n| Start::Vertex(&n.vertex)));
    if let Some(near) = near.filter(|_| solved.outcome.termination == Termination::Limit) {
        solved.outcome.bound = solved.outcome.bound.max(bound_by(problem, &near.row_duals));
    }
    let end = solved.vertex.zip(solved.row_duals).map(|(vertex, row_duals)| End { vertex, row_duals });
    (Answer { cost: None, size, ..read(&solved.outcome, problem.objective_scale) }, end)
}

fn read(outcome: &Outcome, scale: f64) -> Answer {
    Answer {
        cost: outcome.objective.map(|o| o * scale),
        bound: outcome.bound * scale,
        engine: outcome.engine.clone(),
        nodes: outcome.nodes,
        iterations: outcome.iterations,
        ..Answer::nothing(outcome.termination)
    }
}

/// Does a rule of numbers fail?
fn broken(program: &Program) -> bool {
    let fails = |relation: &Relation| match relation {
        Relation::Le(form) => *form == Form::constant(form.affine.constant) && form.affine.constant > 0.0,
        _ => false,
    };
    program.constraints.iter().any(|c| fails(&c.relation))
}
