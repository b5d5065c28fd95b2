//! The study stage: one deterministic program solved in order of its goals, its plan completed to a state of the
//! network, re-checked on the program by direct evaluation and on the network by an AC power flow, and explained where
//! there is none.

mod ac;
mod answer;
mod before;
mod cones;
mod cycles;
mod demand;
mod evaluate;
mod infeasible;
mod islands;
mod judge;
pub(crate) mod losses;
mod options;
mod physical;
mod primal;
mod progress;
mod referred;
mod repair;
mod rescaled;
mod roots;
mod settled;
mod solve;
mod source_rules;
mod unbounded;
mod verdict;

pub use ac::{AcState, power_flow};
pub use answer::{Status, StudyResult};
pub use cones::{Loosest, TIGHT, loosest};
pub(crate) use demand::{solve_on_demand, solve_undemanded};
pub(crate) use evaluate::broken_rules;
use evaluate::largest_violation_beside_cones;
pub use evaluate::{TOLERANCE, failed_checks, form_value, goal_value, largest_violation};
pub use islands::{Island, Islands, islands};
pub use options::StudyOptions;
pub use physical::physical;
pub(crate) use progress::of_costs;
pub use progress::{StudyListener, StudyProgress};
pub use repair::{Excluded, Found, Repair};
pub use solve::{check, solve};
