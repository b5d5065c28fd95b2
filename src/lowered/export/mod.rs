//! Writers of the lowered problem in the files other solvers read: LP, MPS and CBF.
//!
//! What is written is the *scaled* problem that the engines solve, always as a minimisation; the
//! header of each file says how to get back to the user's objective. Names are a reversible escape
//! of the user's names ([`names`]); the map from one to the other goes beside the file.

mod cbf;
mod check;
mod header;
mod lp;
mod mps;
pub mod names;
mod number;

pub use cbf::cbf;
pub use lp::lp;
pub use mps::mps;

use self::names::NameMap;

/// A written problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// The file's content.
    pub text: String,
    /// Names in the file and the user's names for them.
    pub names: NameMap,
}

/// Why a problem cannot be written in a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportError {
    /// The format is linear and the problem has cones.
    Cones {
        /// The format (`LP`, `MPS`).
        format: &'static str,
        /// How many cones there are.
        count: usize,
        /// Name of the first.
        first: String,
    },
    /// A coefficient or bound is not a number, or is infinite where the format has no infinity.
    NotFinite {
        /// The column, row or cone that has it.
        name: String,
    },
    /// A term refers to a column that does not exist.
    UnknownColumn {
        /// The row or cone that has it.
        name: String,
    },
}

impl std::fmt::Display for ExportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ExportError::Cones { format, count, first } => {
                write!(
                    f,
                    "{format} files hold linear rows only; this problem has {count} second-order cones (first: {first}), write CBF instead"
                )
            }
            ExportError::NotFinite { name } => {
                write!(f, "{name} has a coefficient or bound that is not a finite number")
            }
            ExportError::UnknownColumn { name } => write!(f, "{name} refers to a column that does not exist"),
        }
    }
}

impl std::error::Error for ExportError {}
