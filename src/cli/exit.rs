//! How the program ends, in numbers that scripts rely on.

use std::process::ExitCode;

/// The exit codes. They never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Done; a study was solved to the gap asked for.
    Done = 0,
    /// Findings with errors, or an unbounded study.
    Errors = 1,
    /// Wrong usage: arguments, or a file that cannot be written.
    Usage = 2,
    /// Proven infeasible, and explained.
    Infeasible = 3,
    /// A limit was reached with a solution; its gap is printed.
    LimitWithSolution = 4,
    /// A limit was reached without a solution, or the solver failed.
    LimitWithoutSolution = 5,
    /// The check of the solution failed.
    CheckFailed = 6,
}

/// For `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done; solved to the gap asked for
  1  findings with errors
  2  wrong usage, or a file that cannot be written
  3  the study is proven infeasible
  4  a limit was reached with a solution (its gap is printed)
  5  a limit was reached without a solution
  6  the check of the solution failed";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_published_ones() {
        let all = [
            Exit::Done,
            Exit::Errors,
            Exit::Usage,
            Exit::Infeasible,
            Exit::LimitWithSolution,
            Exit::LimitWithoutSolution,
            Exit::CheckFailed,
        ];
        for (number, exit) in all.into_iter().enumerate() {
            assert_eq!(exit as usize, number);
            assert!(EXIT_CODES.contains(&format!("\n  {number}  ")), "{number} is not in the help");
        }
    }
}
