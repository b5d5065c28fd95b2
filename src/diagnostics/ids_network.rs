//! Ids of findings about the topology of the network.

use super::Id;

/// A bus that no line connects to a source, whatever is switched.
pub const UNREACHABLE_BUS: Id = Id { code: "E0401", name: "unreachable-bus" };

/// A part of the network with load and no source.
pub const ISLAND_WITHOUT_SOURCE: Id = Id { code: "E0402", name: "island-without-source" };

/// A loop that a radial study has no switch to open.
pub const LOOP_WITHOUT_SWITCH: Id = Id { code: "E0403", name: "loop-without-switch" };

/// A line with both ends at the same bus.
pub const SELF_LOOP: Id = Id { code: "E0404", name: "self-loop" };

/// A line without impedance.
pub const ZERO_IMPEDANCE: Id = Id { code: "E0405", name: "zero-impedance" };

/// A lower limit above its upper limit.
pub const CROSSED_LIMITS: Id = Id { code: "E0406", name: "crossed-limits" };

/// A network without any source.
pub const NO_SOURCE: Id = Id { code: "E0407", name: "no-source" };

/// Two lines between the same buses.
pub const PARALLEL_LINES: Id = Id { code: "W0401", name: "parallel-lines" };

/// An element that nothing connects and that has no effect.
pub const ISOLATED_ELEMENT: Id = Id { code: "W0402", name: "isolated-element" };

/// Lines oriented by parents alone, where a ring without source could live.
pub const INCOMPLETE_RADIALITY: Id = Id { code: "W0403", name: "incomplete-radiality" };

/// All of this file, in order.
pub const ALL: &[Id] = &[
    UNREACHABLE_BUS,
    ISLAND_WITHOUT_SOURCE,
    LOOP_WITHOUT_SWITCH,
    SELF_LOOP,
    ZERO_IMPEDANCE,
    CROSSED_LIMITS,
    NO_SOURCE,
    PARALLEL_LINES,
    ISOLATED_ELEMENT,
    INCOMPLETE_RADIALITY,
];
