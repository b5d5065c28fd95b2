//! Ids of findings about dimensions, kinds, units and ranges.

use super::Id;

/// Two sides whose dimensions differ.
pub const UNIT_MISMATCH: Id = Id { code: "E0301", name: "unit-mismatch" };

/// A bare number where a dimension is expected.
pub const MISSING_UNIT: Id = Id { code: "E0302", name: "missing-unit" };

/// A unit that nothing declares.
pub const UNKNOWN_UNIT: Id = Id { code: "E0303", name: "unknown-unit" };

/// A per-unit value where no reference is declared.
pub const PER_UNIT_WITHOUT_REFERENCE: Id = Id { code: "E0304", name: "per-unit-without-reference" };

/// Quantities of one dimension but of different kinds, such as kW and kvar.
pub const KIND_MISMATCH: Id = Id { code: "E0305", name: "kind-mismatch" };

/// A value outside its declared range.
pub const OUT_OF_RANGE: Id = Id { code: "E0306", name: "out-of-range" };

/// A number, condition, set or text where another type is expected.
pub const WRONG_TYPE: Id = Id { code: "E0307", name: "wrong-type" };

/// An integral over time in a study without time step.
pub const MISSING_STEP: Id = Id { code: "E0308", name: "missing-step" };

/// Two definitions of one unit, kind or dimension that disagree.
pub const UNIT_CONFLICT: Id = Id { code: "E0309", name: "unit-conflict" };

/// All of this file, in order.
pub const ALL: &[Id] = &[
    UNIT_MISMATCH,
    MISSING_UNIT,
    UNKNOWN_UNIT,
    PER_UNIT_WITHOUT_REFERENCE,
    KIND_MISMATCH,
    OUT_OF_RANGE,
    WRONG_TYPE,
    MISSING_STEP,
    UNIT_CONFLICT,
];
