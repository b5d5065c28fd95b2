//! A claim of a search that nothing is feasible, proven again: HiGHS says that its branch and bound left no node, and
//! hands over nothing that could be checked. Our own tree closes a node only by what duals or ranges prove in unscaled
//! numbers, so where it ends without a solution, too, the claim is certified; where it meets a solution, the claim was
//! wrong.

use super::{Options, Outcome, Termination, tree};
use crate::deadline::Stopwatch;
use crate::lowered::Lowered;

/// Seconds that the second search may take in any case, and how many times what the first one took.
const SECONDS: f64 = 5.0;
const TIMES: f64 = 5.0;

/// What is known of a problem after `search` has answered, a claim of infeasibility looked at again.
pub(super) fn looked_at_again(problem: &Lowered, options: &Options, search: impl FnOnce() -> Outcome) -> Outcome {
    let began = Stopwatch::start();
    let mut outcome = search();
    let claimed = outcome.termination == Termination::Infeasible && outcome.certified < f64::INFINITY;
    if !claimed || options.limit.passed() {
        return outcome;
    }
    let limit = options.limit.within(SECONDS + TIMES * began.seconds());
    // Whatever is feasible decides, so the goal would only cost time.
    let again = tree::solve(&problem.feasibility(), &options.part(1.0, limit), None);
    outcome.nodes += again.nodes;
    outcome.iterations += again.iterations;
    if again.termination == Termination::Infeasible {
        outcome.certified = f64::INFINITY;
    } else if let Some(point) = again.point {
        // Nothing is known of how good it is.
        outcome.termination = Termination::Limit;
        outcome.objective = Some(problem.value(&point));
        outcome.point = Some(point);
        (outcome.bound, outcome.certified) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    }
    outcome
}
