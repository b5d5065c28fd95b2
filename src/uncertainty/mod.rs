//! Decisions under uncertainty, as transformations of programs: robust by column-and-constraint
//! generation, stochastic by scenarios, information gaps. Nothing here knows of networks.
//!
//! Symbols: factors `z` of a set, decisions `x` made ahead, decisions `y` made once `z` is known.

mod affine;
mod arguments;
mod at;
mod blocks;
mod ccg;
mod components;
mod counted;
mod decomposed;
mod extensive;
mod fingerprint;
mod igdt;
mod parts;
mod plan;
mod polytope;
mod recourse;
mod regions;
mod rewrite;
mod run;
mod sampling;
mod saved;
mod scenarios;
mod separate;
mod set;
mod solve;
mod stochastic;
mod study;
mod topology;
mod verify;
mod worst;

pub use affine::{ByRules, Policy, solve_affine};
pub use at::at;
pub use ccg::{Ask, Follower, Iteration, Robust, State, solve_robust};
pub use counted::{Counted, Levels, counted};
pub use decomposed::{Steps, solve_decomposed};
pub use extensive::{Aim, Chance, Extensive, Realisation, extensive};
pub use fingerprint::fingerprint;
pub use igdt::{Answer, AtRadius, Question, Radius, View, solve_igdt};
pub use plan::{Fixed, Given, Plan, fit};
pub use recourse::{Later, Reaction, Recourse, Shortage, Source};
pub use sampling::{Judged, judge, samples};
pub use saved::Saved;
pub use scenarios::{Cluster, fast_forward, k_means, k_medoids, realisations, unreadable};
pub use set::{Group, Set, deviations};
pub use solve::{
    AtBest, AtMost, Context, Found, Keeper, Radii, Scenarios, SolveOptions, Solved, With, WorstCase, refusals, solve,
};
pub use stochastic::{Stochastics, Value, solve_stochastic, value};
pub use study::{Method, Rules, Stochastic, Study};
pub use verify::{Missed, Stands};
pub use worst::{Oracle, Worst};

/// A unit for numbers without one.
fn plain() -> std::sync::Arc<crate::program::DisplayUnit> {
    crate::program::DisplayUnit::new("", 1.0).into()
}

/// A factor as a decision within its range.
fn decided(factor: &crate::program::Factor) -> crate::program::Variable {
    crate::program::Variable {
        name: factor.name.as_str().into(),
        domain: crate::program::Domain::Continuous,
        lower: factor.lower,
        upper: factor.upper,
        stage: crate::program::Stage::Recourse,
        unit: plain(),
        origin: factor.origin,
    }
}

/// A rule of an auxiliary program.
fn rule(name: impl Into<crate::program::Name>, relation: crate::program::Relation) -> crate::program::Constraint {
    crate::program::Constraint {
        name: name.into(),
        relation,
        implied: false,
        acyclic: false,
        relaxed: false,
        unit: plain(),
        origin: crate::program::OriginId(0),
    }
}
