//! Failures of the past, each a study with what is right in its first lines:
//!
//! ```text
//! # right: 238 EUR            or `infeasible`, `unbounded`, `refused E0403`
//! # maximised                 where the objective is
//! # study: worst              of those declared
//! # open: why it is not mended yet
//! ```

use crate::judge::{Reading, Verdict, judge};
use crate::model::Answer;
use crate::program::{Ended, Tieline};
use std::path::Path;

/// A case.
#[derive(Debug)]
pub struct Case {
    /// Name of its file.
    pub name: String,
    /// Its text.
    pub text: String,
    right: Right,
    maximised: bool,
    study: Option<String>,
    /// Why it still fails, where that is known.
    pub open: Option<String>,
}

#[derive(Debug)]
enum Right {
    Is(Answer),
    Refused(String),
}

/// Reads the cases of a folder, in the order of their names.
///
/// # Errors
/// A file that cannot be read or does not say what is right.
pub fn read(folder: &Path) -> Result<Vec<Case>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut paths: Vec<_> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "tie"));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            case(name.clone(), text).ok_or(format!("case {name} does not say what is right"))
        })
        .collect()
}

fn case(name: String, text: String) -> Option<Case> {
    let header = |key: &str| {
        let line = text.lines().find_map(|l| l.strip_prefix("# ")?.strip_prefix(key));
        line.map(|l| l.trim_start_matches(':').trim().to_owned())
    };
    let right = header("right:")?;
    let mut words = right.split_whitespace();
    let maximised = header("maximised").is_some();
    let right = match words.next()? {
        "infeasible" => Right::Is(Answer::infeasible()),
        "unbounded" => Right::Is(Answer { unbounded: true, ..Answer::infeasible() }),
        "refused" => Right::Refused(words.next()?.to_owned()),
        number => {
            let value: f64 = number.parse().ok()?;
            Right::Is(Answer::exactly(if maximised { -value } else { value }, 1e-5 * value.abs() + 1e-6))
        }
    };
    let (study, open) = (header("study:"), header("open:"));
    Some(Case { name, text, right, maximised, study, open })
}

impl Case {
    /// Solves it.
    pub fn run(&self, tieline: &Tieline) -> Verdict {
        let ended = tieline.solve(&self.text, self.study.as_deref());
        match &self.right {
            Right::Is(answer) => {
                let reading = Reading { gap: tieline.gap, maximised: self.maximised, wide: false, may_fail: false };
                judge(&ended, answer, reading, |_, _| Ok(()))
            }
            Right::Refused(id) => match ended {
                Ended::Refused(findings) if findings.contains(id.as_str()) => Verdict::NoSolution,
                other => Verdict::Wrong(format!("not refused with {id}: {other:?}")),
            },
        }
    }
}
