//! The report stage: a solved program back in source terms, re-checked on the program by direct
//! evaluation and on the network by an AC power flow.

mod ac;
mod compare;
mod cones;
mod cycles;
mod demand;
mod evaluate;
mod given;
mod horizon;
mod infeasible;
mod islands;
mod json;
mod losses;
mod physical;
mod primal;
mod progress;
mod published;
mod quantities;
mod referred;
mod repair;
mod roots;
mod rules;
mod source_rules;
mod study;
mod terminal;
mod unbounded;
mod uncertain;
mod verdict;

pub use ac::{AcState, power_flow};
pub use compare::{Case, Comparison, Entry, compare};
pub use cones::{Loosest, loosest};
pub(crate) use demand::{solve_on_demand, solve_undemanded};
pub(crate) use evaluate::broken_rules;
pub use evaluate::{TOLERANCE, failed_checks, form_value, goal_value, largest_violation};
pub use islands::{Island, Islands, islands};
pub use json::{Document, document};
pub(crate) use json::{device, periods};
pub use physical::physical;
pub(crate) use progress::of_costs;
pub use progress::{StudyListener, StudyProgress};
pub use published::published;
pub use quantities::{Quantity, quantities};
pub use repair::{Found, Repair};
pub use study::{Keeper, Status, StudyOptions, StudyResult, check, solve};
pub use terminal::summary;
pub use uncertain::{uncertain_document, uncertain_summary};
