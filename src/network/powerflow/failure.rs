//! Why a power flow has no solution to show.

use std::fmt;

use super::Method;

/// A power flow that gave no solution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Failure {
    /// No solution was found: most often the load is beyond what the network can carry.
    Diverged {
        /// The method that gave up last.
        method: Method,
        /// Iterations of that method.
        iterations: usize,
        /// Largest power mismatch of its last iteration, per unit (infinite or NaN when it blew up).
        mismatch: f64,
    },
    /// The sweep alone was asked for and the closed branches contain a loop or join two sources.
    Meshed {
        /// A branch that closes a loop.
        branch: usize,
    },
    /// Two sources that hold different voltages stand at the same bus or are joined without
    /// impedance.
    SourcesConflict {
        /// Index of the first source.
        first: usize,
        /// Index of the second.
        second: usize,
    },
    /// A number given for a bus is not finite.
    NotFinite {
        /// The bus.
        bus: usize,
    },
    /// A slice of the snapshot does not have one entry per branch or bus.
    WrongLength {
        /// Entries needed.
        expected: usize,
        /// Entries given.
        found: usize,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Diverged { method, iterations, mismatch } => write!(
                f,
                "the power flow found no solution ({method} gave up after {iterations} iterations at a mismatch of {mismatch:.1e} pu)"
            ),
            Failure::Meshed { branch } => {
                write!(f, "the closed branches are not radial (branch {branch} closes a loop)")
            }
            Failure::SourcesConflict { first, second } => {
                write!(f, "sources {first} and {second} hold different voltages at the same point")
            }
            Failure::NotFinite { bus } => write!(f, "the injection at bus {bus} is not a finite number"),
            Failure::WrongLength { expected, found } => {
                write!(f, "the snapshot has {found} entries where {expected} are needed")
            }
        }
    }
}

impl std::error::Error for Failure {}
