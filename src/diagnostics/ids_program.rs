//! Ids of findings about convexity, bounds, stages and uncertainty.

use super::Id;

/// A rule or objective that is not convex where it stands.
pub const NOT_CONVEX: Id = Id { code: "E0501", name: "not-convex" };

/// A product of two decisions with no exact linear form.
pub const PRODUCT_OF_DECISIONS: Id = Id { code: "E0502", name: "product-of-decisions" };

/// A decision that needs a finite bound and has none.
pub const NEEDS_FINITE_BOUND: Id = Id { code: "E0503", name: "needs-finite-bound" };

/// An uncertain factor multiplied by a recourse decision.
pub const UNCERTAIN_RECOURSE_MATRIX: Id = Id { code: "E0505", name: "uncertain-recourse-matrix" };

/// A study with decisions and nothing to minimise or maximise.
pub const NO_OBJECTIVE: Id = Id { code: "E0506", name: "no-objective" };

/// A rule without any decision that does not hold.
pub const CONSTANT_RULE_VIOLATED: Id = Id { code: "E0507", name: "constant-rule-violated" };

/// A strict comparison of decisions.
pub const STRICT_COMPARISON: Id = Id { code: "E0508", name: "strict-comparison" };

/// A construct that has no exact form in this position.
pub const UNSUPPORTED_POSITION: Id = Id { code: "E0509", name: "unsupported-position" };

/// A study without any decision.
pub const NOTHING_TO_DECIDE: Id = Id { code: "E0510", name: "nothing-to-decide" };

/// A mistake of the compiler: something of the study has got lost.
pub const INTERNAL_ERROR: Id = Id { code: "E0511", name: "internal-error" };

/// Numbers in a rule that are too far apart for any engine.
pub const NUMBERS_TOO_FAR_APART: Id = Id { code: "E0512", name: "numbers-too-far-apart" };

/// A budget or set of uncertain factors that contains nothing.
pub const EMPTY_UNCERTAINTY_SET: Id = Id { code: "E0601", name: "empty-uncertainty-set" };

/// An uncertain factor that reaches no rule.
pub const UNUSED_UNCERTAINTY: Id = Id { code: "W0601", name: "unused-uncertainty" };

/// A budget that the ranges of the factors keep anyway.
pub const IDLE_BUDGET: Id = Id { code: "W0602", name: "idle-budget" };

/// A sum that belongs beside what is minimised, and is in no goal.
pub const UNCOUNTED_TOTAL: Id = Id { code: "W0501", name: "uncounted-total" };

/// All of this file, in order.
pub const ALL: &[Id] = &[
    NOT_CONVEX,
    PRODUCT_OF_DECISIONS,
    NEEDS_FINITE_BOUND,
    UNCERTAIN_RECOURSE_MATRIX,
    NO_OBJECTIVE,
    CONSTANT_RULE_VIOLATED,
    STRICT_COMPARISON,
    UNSUPPORTED_POSITION,
    NOTHING_TO_DECIDE,
    INTERNAL_ERROR,
    NUMBERS_TOO_FAR_APART,
    UNCOUNTED_TOTAL,
    EMPTY_UNCERTAINTY_SET,
    UNUSED_UNCERTAINTY,
    IDLE_BUDGET,
];
