//! Ids of findings about names, modules, parameters and aspects.

use super::Id;

/// A name that nothing declares.
pub const UNKNOWN_NAME: Id = Id { code: "E0201", name: "unknown-name" };

/// Two declarations of one name in one scope.
pub const DUPLICATE_NAME: Id = Id { code: "E0202", name: "duplicate-name" };

/// A `use` of a module that is neither beside the study nor in the library.
pub const UNKNOWN_MODULE: Id = Id { code: "E0203", name: "unknown-module" };

/// A member that the class or table does not have.
pub const UNKNOWN_FIELD: Id = Id { code: "E0204", name: "unknown-field" };

/// A class of devices that nothing declares.
pub const UNKNOWN_CLASS: Id = Id { code: "E0205", name: "unknown-class" };

/// Two elements of one class with the same id.
pub const DUPLICATE_ID: Id = Id { code: "E0206", name: "duplicate-id" };

/// An id that no element of the class carries.
pub const UNKNOWN_ELEMENT: Id = Id { code: "E0207", name: "unknown-element" };

/// Two aspects that cannot be chosen together, or fill the same slot.
pub const ASPECT_CONFLICT: Id = Id { code: "E0208", name: "aspect-conflict" };

/// A slot, such as the physics, that no chosen aspect fills.
pub const SLOT_UNFILLED: Id = Id { code: "E0209", name: "slot-unfilled" };

/// A parameter without default that an element leaves out.
pub const MISSING_PARAMETER: Id = Id { code: "E0210", name: "missing-parameter" };

/// A setting of a parameter that the class does not have.
pub const UNKNOWN_PARAMETER: Id = Id { code: "E0211", name: "unknown-parameter" };

/// Too many, too few or foreign indices.
pub const WRONG_INDEX: Id = Id { code: "E0212", name: "wrong-index" };

/// A state's previous value is used but its first one is not declared.
pub const BEFORE_WITHOUT_START: Id = Id { code: "E0213", name: "before-without-start" };

/// Definitions that need each other.
pub const DEFINITION_CYCLE: Id = Id { code: "E0214", name: "definition-cycle" };

/// A statement that has no meaning where it stands.
pub const MISPLACED_STATEMENT: Id = Id { code: "E0215", name: "misplaced-statement" };

/// A value outside the choices of an enumerated parameter or argument.
pub const WRONG_VALUE: Id = Id { code: "E0216", name: "wrong-value" };

/// A data assertion of the library or the study that does not hold.
pub const CHECK_FAILED: Id = Id { code: "E0217", name: "check-failed" };

/// A case or study that the file does not declare.
pub const UNKNOWN_CASE: Id = Id { code: "E0218", name: "unknown-case" };

/// A name that exists, but not with the chosen aspects, modes or horizon.
pub const NOT_IN_THIS_STUDY: Id = Id { code: "E0219", name: "not-in-this-study" };

/// A horizon, set, range, sweep or study larger than the limits.
pub const TOO_LARGE: Id = Id { code: "E0220", name: "too-large" };

/// A declaration that nothing uses.
pub const UNUSED_NAME: Id = Id { code: "W0201", name: "unused-name" };

/// A setting that changes nothing.
pub const IDLE_SETTING: Id = Id { code: "W0202", name: "idle-setting" };

/// A table by period with more rows than there are periods.
pub const IDLE_ROWS: Id = Id { code: "W0203", name: "idle-rows" };

/// An optional parameter that is needed where nothing asks whether it is given.
pub const UNGUARDED_OPTIONAL: Id = Id { code: "W0204", name: "unguarded-optional" };

/// All of this file, in order.
pub const ALL: &[Id] = &[
    UNKNOWN_NAME,
    DUPLICATE_NAME,
    UNKNOWN_MODULE,
    UNKNOWN_FIELD,
    UNKNOWN_CLASS,
    DUPLICATE_ID,
    UNKNOWN_ELEMENT,
    ASPECT_CONFLICT,
    SLOT_UNFILLED,
    MISSING_PARAMETER,
    UNKNOWN_PARAMETER,
    WRONG_INDEX,
    BEFORE_WITHOUT_START,
    DEFINITION_CYCLE,
    MISPLACED_STATEMENT,
    WRONG_VALUE,
    CHECK_FAILED,
    UNKNOWN_CASE,
    NOT_IN_THIS_STUDY,
    TOO_LARGE,
    UNUSED_NAME,
    IDLE_SETTING,
    IDLE_ROWS,
    UNGUARDED_OPTIONAL,
];
