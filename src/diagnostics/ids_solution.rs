//! Ids of findings about solving and checking the solution.

use super::Id;

/// Proven: no decision satisfies all rules.
pub const INFEASIBLE: Id = Id { code: "E0701", name: "infeasible" };

/// Proven: the objective can be improved without limit.
pub const UNBOUNDED: Id = Id { code: "E0702", name: "unbounded" };

/// A limit was reached before any solution was found.
pub const LIMIT_WITHOUT_SOLUTION: Id = Id { code: "E0703", name: "limit-without-solution" };

/// A solution that the independent check rejects.
pub const CHECK_FAILED_AFTER_SOLVE: Id = Id { code: "E0704", name: "check-failed-after-solve" };

/// Numerical trouble: nothing is claimed.
pub const SOLVER_FAILED: Id = Id { code: "E0705", name: "solver-failed" };

/// A kind of study that is checked but has no engine yet.
pub const NOT_SOLVABLE_YET: Id = Id { code: "E0706", name: "not-solvable-yet" };

/// A saved state was made for another study, or for this one before a change.
pub const OTHER_STATE: Id = Id { code: "E0707", name: "other-state" };

/// A file given as a plan that holds none.
pub const PLAN_UNREADABLE: Id = Id { code: "E0708", name: "plan-unreadable" };

/// A plan with names, periods or values that the study does not have.
pub const PLAN_DOES_NOT_FIT: Id = Id { code: "E0709", name: "plan-does-not-fit" };

/// A plan that misses rules over what it decides, whatever follows.
pub const PLAN_BREAKS_RULES: Id = Id { code: "E0710", name: "plan-breaks-rules" };

/// Affine rules were asked for where later decisions are not linear or not continuous.
pub const NEEDS_LINEAR_RECOURSE: Id = Id { code: "E0711", name: "needs-linear-recourse" };

/// No affine rules keep every rule in every realisation; other plans may.
pub const NO_AFFINE_PLAN: Id = Id { code: "E0712", name: "no-affine-plan" };

/// The relaxed power flow is not physical at the solution.
pub const CONE_NOT_TIGHT: Id = Id { code: "W0701", name: "cone-not-tight" };

/// A solution whose distance to the proven bound exceeds the gap asked for.
pub const GAP_NOT_CLOSED: Id = Id { code: "W0702", name: "gap-not-closed" };

/// All of this file, in order.
pub const ALL: &[Id] = &[
    INFEASIBLE,
    UNBOUNDED,
    LIMIT_WITHOUT_SOLUTION,
    CHECK_FAILED_AFTER_SOLVE,
    SOLVER_FAILED,
    NOT_SOLVABLE_YET,
    OTHER_STATE,
    PLAN_UNREADABLE,
    PLAN_DOES_NOT_FIT,
    PLAN_BREAKS_RULES,
    NEEDS_LINEAR_RECOURSE,
    NO_AFFINE_PLAN,
    CONE_NOT_TIGHT,
    GAP_NOT_CLOSED,
];
