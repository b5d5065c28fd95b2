//! What a run says against what is right.

use crate::model::Answer;
use crate::program::Ended;
use serde_json::Value;

/// A share of a value that counts as rounding.
const ROUNDING: f64 = 2e-6;

/// The verdict on one run.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The optimum, proven.
    Agreed,
    /// No solution (or no least value), by both.
    NoSolution,
    /// A plan whose gap is told to be open.
    Open,
    /// A limit was reached without a plan.
    Limit,
    /// Refused, since no engine can tell its numbers apart.
    Told,
    /// No answer where the reference has one.
    Failed(String),
    /// A wrong answer.
    Wrong(String),
}

impl Verdict {
    /// Why it is a failure, if it is one.
    pub fn failure(&self) -> Option<(&'static str, &str)> {
        match self {
            Verdict::Failed(why) => Some(("FAILED", why)),
            Verdict::Wrong(why) => Some(("WRONG", why)),
            _ => None,
        }
    }
}

/// How an answer is to be read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// The gap asked for.
    pub gap: f64,
    /// Whether the objective is maximised.
    pub maximised: bool,
    /// Whether its numbers span more than engines can resolve, and may be refused for it (`E0512`).
    pub wide: bool,
    /// Whether `failed` is an honest answer.
    pub may_fail: bool,
}

/// Judges a run; `state` judges the document of a plan and its value.
pub fn judge(
    ended: &Ended,
    answer: &Answer,
    reading: Reading,
    state: impl FnOnce(&Value, f64) -> Result<(), String>,
) -> Verdict {
    let (document, code) = match ended {
        Ended::Document(document, code) => (document, *code),
        Ended::Refused(findings) if reading.wide && findings.contains("error[E0512") => return Verdict::Told,
        Ended::Refused(findings) => return Verdict::Failed(format!("refused: {}", findings.trim())),
        Ended::Crashed(why) => return Verdict::Failed(format!("crashed: {}", why.trim())),
        Ended::Hung => return Verdict::Failed("does not end".into()),
    };
    let status = document["status"].as_str().unwrap_or("none");
    let expected: &[i32] = match status {
        "optimal" => &[0],
        "feasible" => &[4],
        "infeasible" => &[3],
        "unbounded" => &[1],
        "limit" => &[5],
        "failed" => &[5, 6],
        _ => &[],
    };
    if !expected.contains(&code) {
        return Verdict::Failed(format!("status {status} with exit code {code}"));
    }
    // A reference that lets a whole number's tolerance through contradicts itself and says nothing.
    if let (Some(least), Some(most)) = (answer.least, answer.most)
        && least > most + answer.floor + 1e-5 * least.abs().max(most.abs())
    {
        return Verdict::Open;
    }
    match status {
        "optimal" | "feasible" => {}
        "infeasible" => {
            return match answer.most {
                Some(most) => Verdict::Wrong(format!("infeasible, and {most} is possible")),
                None if answer.unbounded => Verdict::Wrong("infeasible, and nothing limits it".into()),
                None => Verdict::NoSolution,
            };
        }
        "unbounded" if answer.unbounded => return Verdict::NoSolution,
        "unbounded" => return Verdict::Wrong("unbounded".into()),
        "limit" => return Verdict::Limit,
        _ if reading.may_fail => return Verdict::Open,
        _ => {
            // On the border, where solutions are feasible by tolerance alone, nothing better can be asked.
            let border = answer.most.is_none() && answer.least.is_some();
            return if border { Verdict::Open } else { Verdict::Failed(failed(document, answer)) };
        }
    }
    let unit = document["objective"]["unit"].as_str().unwrap_or_default();
    let Some(factor) = factor(unit) else { return Verdict::Failed(format!("an objective in {unit}")) };
    let sign = if reading.maximised { -1.0 } else { 1.0 };
    let Some(value) = document["objective"]["value"].as_f64().map(|v| v * factor) else {
        return Verdict::Failed(format!("{status} without a value"));
    };
    let signed = sign * value;
    let near = |a: f64| answer.floor + ROUNDING * a.abs();
    let Some(least) = answer.least else {
        let what = if answer.unbounded { "nothing limits it" } else { "there is no solution" };
        return Verdict::Wrong(format!("{status} with {value}, and {what}"));
    };
    if signed < least - near(least) {
        return Verdict::Wrong(format!("{status} with {value}, better than the best: {}", sign * least));
    }
    let bound = document["bound"].as_f64().map(|b| sign * b * factor);
    if let (Some(bound), Some(most)) = (bound, answer.most)
        && bound > most + near(most)
    {
        return Verdict::Wrong(format!("a bound of {} where {} is possible", sign * bound, sign * most));
    }
    // A millionth of the unit shown counts as nothing left to gain.
    let shown = 1e-6 * factor;
    if let Some(most) = answer.most
        && status == "optimal"
        && signed > most + near(most) + shown + 1.01 * reading.gap * signed.abs().max(most.abs())
    {
        return Verdict::Wrong(format!("optimal with {value}, and {} is possible", sign * most));
    }
    if let Err(why) = state(document, value) {
        return Verdict::Wrong(why);
    }
    if status == "optimal" { Verdict::Agreed } else { Verdict::Open }
}

fn failed(document: &Value, answer: &Answer) -> String {
    let right = match (answer.most, answer.unbounded) {
        (Some(most), _) => format!("{most} is the optimum"),
        (None, true) => "nothing limits it".into(),
        (None, false) => "there is no solution".into(),
    };
    format!("failed ({}), and {right}", document["verification"]["violated"])
}

/// What a unit is in those of the references.
pub fn factor(unit: &str) -> Option<f64> {
    Some(match unit {
        "" | "kW" | "kWh" | "EUR" | "kvar" | "pu" => 1.0,
        "W" | "Wh" => 1e-3,
        "MW" | "MWh" => 1e3,
        "%" => 1e-2,
        _ => return None,
    })
}
